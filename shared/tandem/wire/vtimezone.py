"""VTIMEZONE components (RFC 5545 3.6.5), made from the zone data of the locked `tzdata` package.

    vtimezone("Europe/London")  ──►  "BEGIN:VTIMEZONE\\r\\nTZID:Europe/London\\r\\n..."

Most zones need two observances with a yearly RRULE each, which is the one form that every calendar reads right
(lists of RDATEs are shown an hour off by Outlook), or a single one without a rule. Where the years asked for follow
no yearly rule (a law that has changed, a Ramadan without summer time), those years stand as observances of their own.

The package's files are read directly, so neither PYTHONTZPATH nor the system's zone data makes a difference.
"""

from __future__ import annotations

import re
import struct
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import resources

from tandem.core import zones

FIRST_YEAR, LAST_YEAR = 2026, 2036
_EPOCH_YEAR = 1970  # where a rule that holds from the first year on is said to begin, as Google and Apple have it
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (an instant in UTC, kept naive: only differences are taken)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")  # as POSIX counts them
_FEWEST_YEARS_OF_A_RULE = 3  # fewer are shorter, and clearer, written out


class UnknownZone(ValueError):
    """The zone data has no zone of that name."""


@dataclass(frozen=True, slots=True)
class _Transition:
    instant: int  # seconds after the epoch, UTC
    before: int  # offsets in seconds east of Greenwich
    after: int
    dst: bool
    name: str

    @property
    def local(self) -> datetime:
        """What the clocks showed at that instant by the offset before it: the DTSTART of an observance."""
        return _EPOCH + timedelta(seconds=self.instant + self.before)


@dataclass(frozen=True, slots=True)
class _YearlyRule:
    """POSIX `Mm.w.d/time`: in month m the w-th (5: last) weekday d, `seconds` after its midnight (may be negative)."""

    month: int
    week: int
    weekday: int  # 0: Sunday
    seconds: int

    def local(self, year: int) -> datetime:
        first = date(year, self.month, 1)
        day = 1 + (self.weekday - first.isoweekday()) % 7 + 7 * (self.week - 1)
        if day > monthrange(year, self.month)[1]:
            day -= 7
        return datetime(year, self.month, day) + timedelta(seconds=self.seconds)  # noqa: DTZ001 (a wall clock's time)

    def recurrences(self) -> tuple[str, ...]:
        """The same as RFC 5545 recurrence rules.

        One in most cases; two where the change falls on a day that may lie in either of two months (Cairo's "last
        Thursday of October, 24:00" is a Friday from 26 October to 1 November): then each year has exactly one.
        """
        shift = self.seconds // 86400
        weekday = _WEEKDAYS[(self.weekday + shift) % 7]
        if not shift:
            week = -1 if self.week == 5 else self.week
            return (f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={week}{weekday}",)
        length = monthrange(2026, self.month)[1]  # no zone has a rule in February, whose end moves
        first = length - 6 if self.week == 5 else 7 * self.week - 6
        days: dict[int, list[int]] = {}
        for day in range(first, first + 7):
            moved = date(2026, self.month, day) + timedelta(days=shift)
            days.setdefault(moved.month, []).append(moved.day)
        return tuple(
            f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={','.join(map(str, of_month))};BYDAY={weekday}"
            for month, of_month in days.items()
        )


@dataclass(frozen=True, slots=True)
class _Footer:
    """The POSIX TZ string at the end of a TZif file: what holds after its last transition."""

    standard: tuple[str, int]  # name, offset
    daylight: tuple[str, int] | None = None
    begins: _YearlyRule | None = None
    ends: _YearlyRule | None = None

    def transitions(self, year: int) -> list[_Transition]:
        if not (self.daylight and self.begins and self.ends):
            return []
        out = []
        for rule, (_, before), (name, after), dst in (
            (self.begins, self.standard, self.daylight, True),
            (self.ends, self.daylight, self.standard, False),
        ):
            instant = int((rule.local(year) - _EPOCH).total_seconds()) - before
            out.append(_Transition(instant, before, after, dst, name))
        return sorted(out, key=lambda t: t.instant)

    def rule_of(self, transition: _Transition) -> _YearlyRule:
        rule = self.begins if transition.dst else self.ends
        if rule is None:
            raise ValueError("a zone without rules")
        return rule


@dataclass(frozen=True, slots=True)
class _Zone:
    name: str
    initial: tuple[int, bool, str]  # offset, whether summer time, abbreviation: before the first transition
    transitions: tuple[_Transition, ...]  # those that the file names
    footer: _Footer


_POSIX = re.compile(
    r"(?P<std><[^>]+>|[A-Za-z]+)(?P<std_off>[-+]?\d+(?::\d+){0,2})"
    r"(?:(?P<dst><[^>]+>|[A-Za-z]+)(?P<dst_off>[-+]?\d+(?::\d+){0,2})?,(?P<begins>M[^,]+),(?P<ends>M[^,]+))?\Z"
)


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(p) for p in text.lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def _rule(text: str) -> _YearlyRule:
    day, _, time = text[1:].partition("/")
    month, week, weekday = (int(n) for n in day.split("."))
    return _YearlyRule(month, week, weekday, _seconds(time or "2"))


def _footer(text: str) -> _Footer:
    found = _POSIX.match(text)
    if not found:
        raise ValueError(f"a zone rule that is not understood: {text}")
    standard = (found["std"].strip("<>"), -_seconds(found["std_off"]))
    if not found["dst"]:
        return _Footer(standard)
    offset = -_seconds(found["dst_off"]) if found["dst_off"] else standard[1] + 3600
    return _Footer(standard, (found["dst"].strip("<>"), offset), _rule(found["begins"]), _rule(found["ends"]))


def _tzif(zone: str) -> bytes:
    if not zones.known(zone):
        raise UnknownZone(zone)
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def _read(zone: str) -> _Zone:
    """A TZif file's second, 64-bit block (RFC 8536)."""
    data = _tzif(zone)
    isutc, isstd, leap, times, types, chars = struct.unpack(">6L", data[20:44])
    at = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isutc  # past the 32-bit block
    isutc, isstd, leap, times, types, chars = struct.unpack(">6L", data[at + 20 : at + 44])
    at += 44
    instants = struct.unpack(f">{times}q", data[at : at + 8 * times])
    at += 8 * times
    kinds = data[at : at + times]
    at += times
    kind = [struct.unpack(">lBB", data[at + 6 * n : at + 6 * n + 6]) for n in range(types)]
    at += 6 * types
    letters = data[at : at + chars]

    def described(n: int) -> tuple[int, bool, str]:
        offset, dst, index = kind[n]
        return offset, bool(dst), letters[index : letters.index(b"\0", index)].decode("ascii")

    initial = described(0)
    offset, transitions = initial[0], []
    for instant, n in zip(instants, kinds, strict=True):
        after, dst, name = described(n)
        transitions.append(_Transition(instant, offset, after, dst, name))
        offset = after
    return _Zone(zone, initial, tuple(transitions), _footer(data[data.rindex(b"\n", 0, -1) + 1 : -1].decode("ascii")))


def _year_begins(year: int) -> int:
    return int((datetime(year, 1, 1) - _EPOCH).total_seconds())  # noqa: DTZ001 (see _EPOCH)


def _of_year(zone: _Zone, year: int) -> list[_Transition]:
    """All transitions of a year, by UTC: the file's, and after its last one the footer's."""
    begins, ends = _year_begins(year), _year_begins(year + 1)
    last = zone.transitions[-1].instant if zone.transitions else begins - 1
    out = [t for t in zone.transitions if begins <= t.instant < ends]
    return out + [t for t in zone.footer.transitions(year) if t.instant > last and begins <= t.instant < ends]


def _state_before(zone: _Zone, year: int) -> tuple[int, bool, str]:
    """(offset, summer time, abbreviation) at the beginning of a year."""
    begins = _year_begins(year)
    past = [t for y in (year - 2, year - 1) for t in _of_year(zone, y)]
    past = past or [t for t in zone.transitions if t.instant < begins]
    return (past[-1].after, past[-1].dst, past[-1].name) if past else zone.initial


def _offset(seconds: int) -> str:
    sign, rest = ("-", -seconds) if seconds < 0 else ("+", seconds)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{sign}{hours:02}{minutes:02}" + (f"{rest:02}" if rest else "")


def _observance(summer: bool, begins: datetime, before: int, after: int, name: str, recurrence: str = "") -> str:
    kind = "DAYLIGHT" if summer else "STANDARD"
    rule = f"RRULE:{recurrence}\r\n" if recurrence else ""
    if len(rule) > 77:  # folded at 75 octets
        rule = f"{rule[:75]}\r\n {rule[75:]}"
    return (
        f"BEGIN:{kind}\r\nDTSTART:{begins:%Y%m%dT%H%M%S}\r\nTZOFFSETFROM:{_offset(before)}\r\n"
        f"TZOFFSETTO:{_offset(after)}\r\nTZNAME:{name}\r\n{rule}END:{kind}\r\n"
    )


def _summer(transition: _Transition, negative: bool) -> bool:
    """Whether an observance is called DAYLIGHT.

    Clients expect it to be the one that is ahead. Dublin's data, and Morocco's, call the winter hour the "saving"
    one (negative DST), so there the names are swapped; the offsets are what they are.
    """
    if negative:
        return not transition.dst and transition.after > transition.before
    return transition.dst


def _ruled(zone: _Zone, transition: _Transition, first: int, until: int | None, negative: bool) -> list[str]:
    """A yearly transition as observances: from the year `first`, to the end of the year `until` where that is given."""
    rule = zone.footer.rule_of(transition)
    out = []
    for recurrence in rule.recurrences():
        month = int(recurrence.split("BYMONTH=")[1].split(";")[0])
        last_year = until if until is not None else first + 40
        begins = next((rule.local(y) for y in range(first, last_year + 1) if rule.local(y).month == month), None)
        if begins is None:
            continue
        if until is not None:
            last = max(rule.local(y) for y in range(first, until + 1) if rule.local(y).month == month)
            recurrence += f";UNTIL={last - timedelta(seconds=transition.before):%Y%m%dT%H%M%SZ}"
        out.append(
            _observance(
                _summer(transition, negative), begins, transition.before, transition.after, transition.name, recurrence
            )
        )
    return out


@lru_cache(maxsize=1024)
def vtimezone(zone: str, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> str:
    """The VTIMEZONE of an IANA zone, CRLF at every line's end, right for every instant of the years asked for.

    Raises UnknownZone (a ValueError) where the zone data has no such zone.
    """
    data = _read(zone)
    years = range(first_year, last_year + 1)
    actual = {year: _of_year(data, year) for year in years}
    offset, _, name = _state_before(data, first_year)
    everything = [t for of_year in actual.values() for t in of_year]
    negative = any(t.dst and t.after < t.before for t in everything)
    regular = [bool(actual[y]) and actual[y] == data.footer.transitions(y) for y in years]
    out: list[str] = []
    if not regular[0]:
        begins = datetime(_EPOCH_YEAR, 1, 1)  # noqa: DTZ001 (a wall clock's time)
        out.append(_observance(False, begins, offset, offset, name))
    n = 0
    while n < len(years):
        run = n
        while run < len(years) and regular[run]:
            run += 1
        if run - n >= _FEWEST_YEARS_OF_A_RULE or (run > n and n == 0):
            first = _EPOCH_YEAR if n == 0 else years[n]
            until = None if run == len(years) else years[run - 1]
            pair = data.footer.transitions(years[n])
            # The hour that is furthest ahead stands last, as most makers of VTIMEZONEs write them.
            for transition in sorted(pair, key=lambda t: _summer(t, negative)):
                out.extend(_ruled(data, transition, first, until, negative))
            n = run
            continue
        out.extend(_observance(_summer(t, negative), t.local, t.before, t.after, t.name) for t in actual[years[n]])
        n += 1
    return f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n{''.join(out)}END:VTIMEZONE\r\n"
