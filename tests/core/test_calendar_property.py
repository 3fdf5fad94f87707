"""The year's dates against the same rules stated another way: day by day on a wall clock, over all days of a month."""

from __future__ import annotations

import datetime as dt
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.core import windows
from tandem.core.agreement import ORDINALS, WEEKDAYS, Agreement, Holiday, Hours, School, Span
from tandem.core.calendar import year
from tests.support.agreements import agreement

ZONES = ("Europe/London", "Africa/Nairobi", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Casablanca",
         "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Asia/Amman", "America/Santiago")  # fmt: skip
DAYS = st.dates(date(2026, 8, 1), date(2027, 8, 31))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    begins = draw(st.integers(0, 1380))
    return Hours(begins, draw(st.integers(begins + 30, 1440)))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(DAYS)
    return Span(first, first + timedelta(days=draw(st.integers(0, 45))))


@st.composite
def schools(draw: st.DrawFn) -> dict[str, object]:
    weekdays = draw(st.sets(st.sampled_from("0123456"), min_size=1))
    return {
        "timezone": draw(st.sampled_from(ZONES)),
        "day": {weekday: draw(hours()) for weekday in sorted(weekdays)},
        "terms": draw(st.none() | st.lists(spans(), min_size=1, max_size=4).map(tuple)),
        "closed": tuple(draw(st.lists(spans(), max_size=3))),
        "holidays": tuple(Holiday(day, "x") for day in draw(st.lists(DAYS, max_size=12))),
        "public_holidays": draw(st.booleans()),
    }


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    start = draw(st.dates(date(2026, 8, 15), date(2026, 11, 15)))
    return agreement(
        start=start,
        review=start + timedelta(days=draw(st.integers(1, 330))),
        aire=draw(schools()),
        nyanza=draw(schools()),
        rule={
            "every": f"{draw(st.sampled_from(ORDINALS))} {draw(st.sampled_from(WEEKDAYS))}",
            "at": draw(st.integers(0, 1439)),
            "anchor": draw(st.sampled_from(("aire", "nyanza", "alternate"))),
            "minutes": draw(st.integers(5, 120)),
        },
    )


def wall(day: date, at: int, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(at // 60, at % 60), ZoneInfo(zone)).astimezone(dt.UTC)


def closed_on(school: School, day: date) -> bool:
    off = {h.day for h in school.holidays} if school.public_holidays else set()
    in_term = school.terms is None or any(t.first <= day <= t.last for t in school.terms)
    shut = any(c.first <= day <= c.last for c in school.closed)
    return not in_term or shut or day in off or str(day.weekday()) not in school.day


def holds(school: School, starts: dt.datetime, minutes: int) -> bool:
    zone = ZoneInfo(school.timezone)
    begins = starts.astimezone(zone).replace(tzinfo=None)
    ends = (starts + timedelta(minutes=minutes)).astimezone(zone).replace(tzinfo=None)
    if closed_on(school, begins.date()):
        return False
    midnight = dt.datetime.combine(begins.date(), dt.time())
    day = school.day[str(begins.weekday())]
    return midnight + timedelta(minutes=day.begins) <= begins and ends <= midnight + timedelta(minutes=day.ends)


def stated_again(what: Agreement) -> list[tuple[object, ...]]:
    """(month, rule's day, starts, chair, anchor, moved from, clock change) of each month, by brute force."""
    rule, out = what.meeting.rule, []
    every_day = [what.start.replace(day=1) + timedelta(days=n) for n in range(420)]
    months = sorted({(d.year, d.month) for d in every_day if d <= what.review})
    chairs = [school.id for school in what.schools]
    before = None
    for number, (y, m) in enumerate(months):
        days = [d for d in every_day if (d.year, d.month) == (y, m)]
        named = [d for d in days if d.weekday() == rule.weekday]
        ruled = named[-1] if rule.ordinal == "last" else named[ORDINALS.index(rule.ordinal)]
        anchor = what.schools[number % 2] if rule.anchor == "alternate" else what.school(rule.anchor)
        if ruled < what.start or ruled > what.review:
            before = None
            continue
        starts = {d: wall(d, rule.at, anchor.timezone) for d in days}
        if not any(closed_on(s, starts[ruled].astimezone(ZoneInfo(s.timezone)).date()) for s in what.schools):
            day: date | None = ruled
        else:
            good = [d for d in days if what.start <= d <= what.review
                    and all(holds(s, starts[d], rule.minutes) for s in what.schools)]  # fmt: skip
            good.sort(reverse=True)
            day = min(good, key=lambda d: abs(d - ruled), default=None)
        reference = starts[day or ruled]
        gap = [reference.astimezone(ZoneInfo(s.timezone)).utcoffset() for s in what.schools]
        apart = gap[1] - gap[0]  # type: ignore[operator]
        chair = chairs[0] if day else None
        if day:
            chairs.reverse()
        out.append((f"{y}-{m:02}", ruled, starts[day] if day else None, chair, anchor.id,
                    ruled if day and day != ruled else None, before is not None and before != apart))  # fmt: skip
        before = apart
    return out


@settings(max_examples=150, deadline=None)
@given(agreements())
def test_the_year_is_what_the_rules_say_stated_another_way(what: Agreement) -> None:
    assert [(e.month, e.rule_day, e.starts, e.chair, e.anchor, e.moved_from, e.clock_change) for e in year(what)] == (
        stated_again(what)
    )


@settings(max_examples=60, deadline=None)
@given(agreements(), DAYS, st.integers(0, 12), st.integers(1, 4))
def test_slots_of_a_window_hold_both_schools_and_none_is_overlooked(
    what: Agreement, first: date, length: int, count: int
) -> None:
    last = first + timedelta(days=length)
    home, minutes = what.schools[1], what.meeting.rule.minutes
    slots = windows.slots_in_window(what, first, last, anchor=home.id, count=count)
    assert len(slots) <= count
    assert list(slots) == sorted(set(slots))
    for starts in slots:
        assert all(holds(school, starts, minutes) for school in what.schools)
        assert first <= starts.astimezone(ZoneInfo(home.timezone)).date() <= last
    if not slots:
        for n in range(length + 1):
            for at in range(0, 1440, 5):
                starts = wall(first + timedelta(days=n), at, home.timezone)
                there = starts.astimezone(ZoneInfo(home.timezone))
                if (there.hour * 60 + there.minute, there.date()) == (at, first + timedelta(days=n)):
                    assert not all(holds(school, starts, minutes) for school in what.schools)
