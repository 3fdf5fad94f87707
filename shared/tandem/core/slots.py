"""Fair monthly slots: every rule, hour and anchor tried over the school year, the best first.

A slot loses points for months that it skips, for minutes outside a school day, for laying them on one school more than
on the other, for months that have to move, and for strain: a little at the edge of a school day, more with every hour
away from it. All of the 100 points are kept by what two schools can hardly have: each month a meeting on its own day,
in the middle of both school days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tandem.core import zones
from tandem.core.agreement import ORDINALS, WEEKDAYS, Agreement, Hours, Rule, School
from tandem.core.calendar import ALTERNATE, first_of, hours, inside, is_open, months_between, outside_minutes, rule_day

STEP = 30  # minutes between the hours that are tried
MOST = 60  # so many slots are given

LOST_MONTH, NO_ENTRY, MOVED_MONTH = 100.0, 30.0, 8.0  # points if it were so in every month
OUTSIDE, UNFAIR, STRAIN = 45.0, 25.0, 4.0  # points if all minutes of every meeting were so


@dataclass(frozen=True, slots=True)
class Slot:
    every: str
    at: int  # minutes after midnight on the anchor's clock
    anchor: str  # a school's id, or "alternate"
    outside_minutes: dict[str, int]  # by school id: minutes outside its school day over the year
    months_skipped: int
    months_moved: int
    meetings: int
    score: float  # 0 to 100, the higher the better


@dataclass(frozen=True, slots=True)
class _Fact:
    """One day at one hour of the anchor's clock."""

    open: bool  # both schools are open
    fits: bool  # and the whole meeting lies inside both school days
    outside: tuple[int, int]
    strain: float  # 0 in the middle of both school days, 1 at the edge of one, and 1 more for every hour away from it


def ranked(agreement: Agreement, most: int = MOST) -> tuple[Slot, ...]:
    """The best slots of all, best first; the agreement's own is among them, last where it is worse than the others."""
    rule, schools = agreement.meeting.rule, agreement.schools
    months = [first_of(month) for month in months_between(agreement.start, agreement.review)]
    times = sorted({*range(0, 1440, STEP), rule.at})
    facts = [_facts(agreement, school, times) for school in schools]
    anchors: list[tuple[str, tuple[int, int]]] = [(schools[0].id, (0, 0)), (schools[1].id, (1, 1)), (ALTERNATE, (0, 1))]
    found: list[tuple[float, int, Slot]] = []
    rules = [
        (every, [rule_day(m.year, m.month, Rule(every, 0, ALTERNATE, 0)) for m in months])
        for every in (f"{ordinal} {weekday}" for weekday in WEEKDAYS for ordinal in ORDINALS)
    ]
    days = {every: [agreement.start <= day <= agreement.review for day in rule_days] for every, rule_days in rules}
    fullest = max((sum(there) for there in days.values()), default=0)
    for every, rule_days in rules:
        for at in times:
            for anchor, sides in anchors:
                slot, loss = _slot(agreement, every, at, anchor, sides, rule_days, days[every], facts, fullest)
                if slot.meetings:
                    found.append((loss, len(found), slot))
    found.sort(key=lambda one: one[:2])
    own = (rule.every, rule.at, rule.anchor)
    best = [slot for _, _, slot in found[:most]]
    if own not in ((s.every, s.at, s.anchor) for s in best):
        best += [slot for _, _, slot in found[most:] if (slot.every, slot.at, slot.anchor) == own]
    return tuple(best)


class _Days:
    """What is known of one anchor's hour: each day of the year, and the days of each month that hold a meeting."""

    __slots__ = ("by_day", "fitting")

    def __init__(self) -> None:
        self.by_day: dict[date, _Fact] = {}
        self.fitting: dict[tuple[int, int], list[date]] = defaultdict(list)


def _slot(
    agreement: Agreement,
    every: str,
    at: int,
    anchor: str,
    sides: tuple[int, int],
    rule_days: list[date],
    there: list[bool],
    facts: list[dict[int, _Days]],
    fullest: int,
) -> tuple[Slot, float]:
    """The slot, and how many points it loses."""
    first = second = skipped = moved = held = 0
    strain = 0.0
    for number, (day, entry) in enumerate(zip(rule_days, there, strict=True)):
        if not entry:
            continue
        known = facts[sides[number % 2]][at]
        fact = known.by_day[day]
        if not fact.open:
            nearest = min(
                known.fitting[day.year, day.month], key=lambda d: (abs((d - day).days), -d.toordinal()), default=None
            )
            if nearest is None:
                skipped += 1
                continue
            moved += 1
            fact = known.by_day[nearest]
        held += 1
        first += fact.outside[0]
        second += fact.outside[1]
        strain += fact.strain
    total = agreement.meeting.rule.minutes * max(held, 1)
    months = max(fullest, 1)
    loss = (
        LOST_MONTH * skipped / months
        + NO_ENTRY * (fullest - sum(there)) / months
        + MOVED_MONTH * moved / months
        + OUTSIDE * (first + second) / total
        + UNFAIR * abs(first - second) / total
        + STRAIN * strain / max(held, 1)
    )
    ids = [school.id for school in agreement.schools]
    score = round(max(0.0, 100.0 - loss), 1)
    return Slot(every, at, anchor, dict(zip(ids, (first, second), strict=True)), skipped, moved, held, score), loss


def _facts(agreement: Agreement, anchor: School, times: list[int]) -> dict[int, _Days]:
    """By hour of the anchor's clock, every day from the first of `start`'s month to the last of `review`'s."""
    out = {at: _Days() for at in times}
    opened: dict[tuple[int, date], bool] = {}
    for day in _every_day(agreement):
        shifts = _steady_shifts(agreement, anchor, day)
        for at in times:
            fact = _shifted(agreement, day, at, shifts, opened) if shifts else _exact(agreement, anchor, day, at)
            out[at].by_day[day] = fact
            if fact.fits and agreement.start <= day <= agreement.review:
                out[at].fitting[day.year, day.month].append(day)
    return out


def _every_day(agreement: Agreement) -> Iterator[date]:
    day, end = agreement.start.replace(day=1), agreement.review.replace(day=28) + timedelta(days=4)
    while day <= end:
        yield day
        day += timedelta(days=1)


def _steady_shifts(agreement: Agreement, anchor: School, day: date) -> tuple[int, int] | None:
    """How far each school's clock is ahead of the anchor's on that day and the next night; None where that changes."""
    begins, ends = zones.instant(day, 0, anchor.timezone), zones.instant(day, 2880, anchor.timezone)
    home = zones.offset(begins, anchor.timezone)
    shifts: list[int] = []
    for school in agreement.schools:
        ahead = zones.offset(begins, school.timezone)
        if ahead != zones.offset(ends, school.timezone) or home != zones.offset(ends, anchor.timezone):
            return None
        shifts.append(ahead - home)
    return shifts[0], shifts[1]


def _shifted(
    agreement: Agreement, day: date, at: int, shifts: tuple[int, int], opened: dict[tuple[int, date], bool]
) -> _Fact:
    """As `_exact`, by plain arithmetic: a year of hours is looked at in a moment."""
    minutes = agreement.meeting.rule.minutes
    both, outside, strain = True, [0, 0], 0.0
    for side, school in enumerate(agreement.schools):
        days, begins = divmod(at + shifts[side], 1440)
        there = day + timedelta(days=days)
        is_there = opened.get((side, there))
        if is_there is None:
            is_there = opened[side, there] = is_open(school, there)
        both = both and is_there
        span = hours(school, there)
        if span is None:
            outside[side] = minutes
            continue
        inner = min(begins + minutes, span.ends) - max(begins, span.begins)
        outside[side] = minutes - max(0, inner)
        strain = max(strain, _strain(begins, minutes, span))
    return _Fact(both, both and not any(outside), (outside[0], outside[1]), strain)


def _strain(begins: int, minutes: int, span: Hours) -> float:
    away = max(0, span.begins - begins, begins + minutes - span.ends)
    off_middle = abs(2 * begins + minutes - span.begins - span.ends) / (span.ends - span.begins)
    return 1 + away / 60 if away else min(1.0, off_middle)


def _exact(agreement: Agreement, anchor: School, day: date, at: int) -> _Fact:
    starts, minutes = zones.instant(day, at, anchor.timezone), agreement.meeting.rule.minutes
    both = all(is_open(s, zones.local(starts, s.timezone).date()) for s in agreement.schools)
    first, second = (outside_minutes(school, starts, minutes) for school in agreement.schools)
    fits = all(inside(school, starts, minutes) for school in agreement.schools)
    strain = 0.0
    for school in agreement.schools:
        there = zones.local(starts, school.timezone)
        span = hours(school, there.date())
        strain = max(strain, _strain(there.hour * 60 + there.minute, minutes, span) if span else 0.0)
    return _Fact(both, fits, (first, second), strain)


def reason(agreement: Agreement, slot: Slot) -> str:
    """Why a slot stands where it stands, in English."""
    parts: list[str] = []
    for school in agreement.schools:
        outside = slot.outside_minutes[school.id]
        if outside:
            parts.append(f"{outside} minutes a year outside the day of {school.name}")
    if not parts:
        parts.append("always inside both school days")
    elif slot.anchor == ALTERNATE and all(slot.outside_minutes.values()):
        parts.append("the awkward hours are shared")
    if slot.months_skipped:
        parts.append(f"{_months(slot.months_skipped)} skipped")
    if slot.months_moved:
        parts.append(f"{_months(slot.months_moved)} moved")
    if not slot.months_skipped and not slot.months_moved:
        parts.append("every month on its own day")
    return ", ".join(parts)


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"
