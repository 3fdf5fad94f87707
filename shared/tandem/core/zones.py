"""Instants and local times, by the `tzdata` package alone: never by the machine's own zone files.

Instants are aware datetimes in UTC. A local time is a date and minutes after midnight in an IANA zone; one that occurs
twice is its first occurrence, one that does not occur is read with the offset before the gap (RFC 5545, 3.3.5).
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

zoneinfo.reset_tzpath(())  # whatever PYTHONTZPATH says: the same year on every machine

_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})  # in the database, but the clock of nowhere


@cache
def names() -> frozenset[str]:
    """Every zone that the `tzdata` package knows."""
    return frozenset(zoneinfo.available_timezones()) - _NO_PLACE


def known(zone: str) -> bool:
    """Whether that is a zone's name, written as the database writes it."""
    return zone in names()


@cache
def get(zone: str) -> zoneinfo.ZoneInfo:
    """The zone of that name. Raises KeyError (ZoneInfoNotFoundError is one) where there is none."""
    return zoneinfo.ZoneInfo(zone)


def local(instant: datetime, zone: str) -> datetime:
    """That instant on the zone's clock, aware."""
    return instant.astimezone(get(zone))


@lru_cache(maxsize=4096)
def instant(day: date, minutes: int, zone: str) -> datetime:
    """When the zone's clock shows that many minutes after midnight on that day, in UTC; 1440 is the next midnight.

    `fold=0` is both of RFC 5545's rules: the first of two, and the offset before a gap.
    """
    days, rest = divmod(minutes, 1440)
    day += timedelta(days=days)
    naive = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=get(zone))
    return naive.astimezone(UTC)


def offset(instant: datetime, zone: str) -> int:
    """How many minutes the zone's clock is ahead of UTC at that instant."""
    ahead = local(instant, zone).utcoffset() or timedelta()
    return int(ahead.total_seconds() // 60)
