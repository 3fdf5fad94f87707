"""The zones that calendar programs name in their TZIDs, and the instants that local times in them mean.

A TZID is only a label inside its own calendar object (RFC 5545 3.2.19). In mail it is an IANA name, the same behind a
maker's prefix, a Windows name, "tzone://Microsoft/Utc", or any text at all with a VTIMEZONE that defines it. What is
none of these is unknown, and stays so: a time in it has no instant, and nobody may guess UTC.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from tandem.core import zones

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PREFIXED = re.compile(r"/([A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2})\Z")
_BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)\Z")
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?\Z")
_DATE_TIME = re.compile(r"(\d{8})T(\d{6})(Z?)\Z")
_UTC_NAMES = {"utc", "z", "etc/utc", "tzone://microsoft/utc", "gmt", "coordinated universal time"}
_MOST_TIMES = 500  # RDATEs and BYMONTHDAYs that are looked at: enough for any zone, and a bound for any input


class NotUnderstood(ValueError):
    """A zone's definition, or a date, has a form that is not understood; the text says which."""


@dataclass(frozen=True, slots=True)
class Observance:
    """STANDARD or DAYLIGHT of a VTIMEZONE, its properties by name in upper case, as written."""

    properties: Mapping[str, Sequence[str]]

    def first(self, name: str) -> str | None:
        values = self.properties.get(name)
        return values[0] if values else None


def date_time(text: str) -> tuple[datetime, bool]:
    """(naive moment, whether it is UTC) of a DATE-TIME value; raises NotUnderstood."""
    found = _DATE_TIME.match(text.strip().upper())
    if not found:
        raise NotUnderstood(f"no date and time: {text[:40]}")
    try:
        return datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S"), found[3] == "Z"  # noqa: DTZ007 (local time)
    except ValueError as error:
        raise NotUnderstood(f"no such date and time: {text[:40]}") from error


@lru_cache(maxsize=1)
def _iana_names() -> dict[str, str]:
    return {name.lower(): name for name in zones.names()}


@lru_cache(maxsize=256)
def known_name(tzid: str) -> str | None:
    """The IANA name that a TZID stands for by itself, without a VTIMEZONE; None where it stands for none."""
    label = tzid.strip().strip('"').strip()
    if label.lower() in _UTC_NAMES:
        return "UTC"
    names = _iana_names()
    if label.lower() in names:
        return names[label.lower()]
    # /freeassociation.sourceforge.net/Tzfile/Europe/London, /mozilla.org/20050126_1/America/Argentina/Buenos_Aires
    found = _PREFIXED.search(label) if label.startswith("/") else None
    if found:
        path = found[1].split("/")
        for n in range(len(path), 1, -1):
            name = names.get("/".join(path[-n:]).lower())
            if name:
                return name
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # 100 ms to load, and few mails need it

    windows = {name.lower(): iana for name, iana in WINDOWS_TO_OLSON.items()}
    return windows.get(label.lower())


def instant(local: datetime, tzid: str, definitions: Mapping[str, Sequence[Observance]]) -> datetime | None:
    """The moment, in UTC, of a naive local time in the zone that `tzid` names; None where the zone is unknown.

    A time that occurs twice is its first occurrence, one that does not occur is read with the offset before the gap
    (RFC 5545 3.3.5). A name of the IANA's form "Area/City" or a Windows name means that zone, whatever the mail says
    of it; any other label means what its VTIMEZONE says, and "EST" or "CET" only without one the zone of that name.
    Raises NotUnderstood where a VTIMEZONE has a rule that no zone needs.
    """
    label = tzid.strip().strip('"').strip()
    own = definitions.get(label)
    name = known_name(label)
    if name and (not own or "/" in label or label.lower().endswith(" standard time")):
        return local.replace(tzinfo=zones.get(name)).astimezone(UTC)
    if not own:
        return None
    return (local - timedelta(seconds=_offset_at(local, own))).replace(tzinfo=UTC)


def _seconds(text: str | None) -> int:
    found = _OFFSET.match((text or "").strip())
    if not found:
        raise NotUnderstood(f"no offset: {(text or '')[:20]}")
    sign = -1 if found[1] == "-" else 1
    return sign * (int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0))


def _offset_at(local: datetime, observances: Sequence[Observance]) -> int:
    """Seconds east of Greenwich that a VTIMEZONE gives a local time."""
    changes = []
    for observance in observances[:_MOST_TIMES]:
        before, after = _seconds(observance.first("TZOFFSETFROM")), _seconds(observance.first("TZOFFSETTO"))
        changes += [(onset - timedelta(seconds=before), onset, before, after) for onset in _onsets(observance, local)]
    if not changes:
        raise NotUnderstood("a VTIMEZONE without an observance")
    changes.sort()
    offset = changes[0][2]
    for _, onset, before, after in changes:
        # Inside a gap the offset before it still counts, so the change takes hold only after the hour that is missing.
        if local >= onset + timedelta(seconds=max(0, after - before)):
            offset = after
    return offset


def _onsets(observance: Observance, local: datetime) -> list[datetime]:
    """The local times, by the offset before, at which an observance begins: those that can matter for `local`."""
    start, _ = date_time(observance.first("DTSTART") or "")
    out = [start]
    listed = ",".join(observance.properties.get("RDATE", ()))[: _MOST_TIMES * 20]
    for text in filter(None, listed.split(",")):
        out.append(date_time(text.split("/")[0])[0])
    rule = observance.first("RRULE")
    if rule:
        out += _recurring(_parts(rule), start, local)
    return out


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rule.upper().replace(" ", "").split(";")[:20] if part)
    return {name: value for name, _, value in pairs}


def _recurring(rule: Mapping[str, str], start: datetime, local: datetime) -> list[datetime]:
    """A yearly rule's onsets in the years around `local`, and its last ones before them where it has ended.

    Years are computed, not counted up to: COUNT=999999999 or a start in 1601 cost nothing.
    """
    if rule.get("FREQ") != "YEARLY" or rule.get("INTERVAL", "1") != "1":
        raise NotUnderstood("a zone's rule that is not yearly")
    last_year, until = 9999, None
    if "UNTIL" in rule:
        text = rule["UNTIL"] if "T" in rule["UNTIL"] else rule["UNTIL"] + "T235959"
        until, _ = date_time(text)
        # UNTIL is in UTC and an onset is local: a day's slack tells them apart, as a rule has one onset a year.
        until += timedelta(days=1)
        last_year = until.year
    if "COUNT" in rule:
        if not rule["COUNT"].isdigit():
            raise NotUnderstood("a COUNT that is no number")
        last_year = min(last_year, start.year + min(int(rule["COUNT"]), 9999) - 1)
    newest = min(local.year + 1, last_year)
    out = []
    for year in range(max(start.year, newest - 3), newest + 1):
        onset = _onset(rule, start, year)
        if onset and onset >= start and (until is None or onset <= until):
            out.append(onset)
    return out


def _numbers(text: str) -> list[int]:
    try:
        return [int(n) for n in text.split(",")[:_MOST_TIMES]]
    except ValueError as error:
        raise NotUnderstood("a rule's part that is no number") from error


def _only(rule: Mapping[str, str], part: str, default: int, most: int) -> int:
    value = _numbers(rule[part]) if part in rule else [default]
    if len(value) != 1 or not 0 <= value[0] <= most:
        raise NotUnderstood(f"{part} with more than one value")
    return value[0]


def _ordinal(text: str | None) -> int:
    """Which one of a month's weekdays: 1 to 5, or -1 to -5 from its end; 0 where unsaid."""
    if text is None:
        return 0
    if not re.fullmatch(r"[+-]?[1-5]", text):
        raise NotUnderstood("a weekday whose place in the month is not understood")
    return int(text)


def _onset(rule: Mapping[str, str], start: datetime, year: int) -> datetime | None:
    if set(rule) & {"BYYEARDAY", "BYWEEKNO"}:
        raise NotUnderstood("a zone's rule by days or weeks of the year")
    month = _only(rule, "BYMONTH", start.month, 12)
    clock = start.time().replace(
        hour=_only(rule, "BYHOUR", start.hour, 23),
        minute=_only(rule, "BYMINUTE", start.minute, 59),
        second=_only(rule, "BYSECOND", start.second, 59),
    )
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        raise NotUnderstood("a month that there is not")
    days = range(1, monthrange(year, month)[1] + 1)
    if "BYDAY" in rule:
        found = _BY_DAY.match(rule["BYDAY"])
        if not found:
            raise NotUnderstood("BYDAY with more than one value")
        weekday = _WEEKDAYS.index(found[2])
        chosen = [d for d in days if date(year, month, d).weekday() == weekday]
        ordinal = _ordinal(found[1] or rule.get("BYSETPOS"))
        if "BYMONTHDAY" in rule:
            allowed = set(_numbers(rule["BYMONTHDAY"]))
            chosen = [d for d in chosen if d in allowed or d - len(days) - 1 in allowed]
        elif ordinal:
            chosen = chosen[ordinal - 1 : ordinal] if ordinal > 0 else chosen[len(chosen) + ordinal :][:1]
        else:
            raise NotUnderstood("BYDAY without its place in the month")
    elif "BYMONTHDAY" in rule:
        allowed = set(_numbers(rule["BYMONTHDAY"]))
        chosen = [d for d in days if d in allowed or d - len(days) - 1 in allowed]
    else:
        chosen = [d for d in days if d == start.day]
    if len(chosen) > 1:
        raise NotUnderstood("a zone's rule with several days a year")
    return datetime.combine(date(year, month, chosen[0]), clock) if chosen else None
