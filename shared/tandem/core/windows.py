"""Times for a meeting between two days: inside both school days, on days open at both, with somebody there at each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from tandem.core import zones
from tandem.core.agreement import Agreement, Person, School, Span
from tandem.core.calendar import hours, inside, is_open

OWNER, LEADER = "owner", "leader"
Absences = Mapping[str, Iterable[Span]] | Callable[[Person, date], bool]


def slots_in_window(
    agreement: Agreement,
    first_day: date,
    last_day: date,
    *,
    anchor: str,
    before: datetime | None = None,
    not_at: tuple[datetime, ...] = (),
    absent: Absences | None = None,
    step_minutes: int = 15,
    count: int = 3,
    minutes: int | None = None,
    need: str = OWNER,
    after: datetime | None = None,
) -> tuple[datetime, ...]:
    """Up to `count` beginnings (UTC, in order) from `first_day` to `last_day`, days of the anchor's calendar.

    `anchor` is the month's, a school's id. A meeting begins after `after`, is over by `before`, never begins at one of
    `not_at`, and has an owner (or leader: `need`) of each school who is not absent on the school's own date:
    `absent` maps an email in lower case to spans, or tells of a person and a date. Several times stand on days spread
    over the window, days that hold one of `not_at` last; on each the agreement's usual hour where it fits, else the
    time nearest to the middle of what fits at both. The same arguments always give the same times.
    """
    days = _days(agreement, first_day, last_day, anchor, before, not_at, absent, step_minutes, minutes, need, after)
    if count < 1 or not days:
        return ()
    zone = agreement.school(anchor).timezone
    spoilt = {zones.local(instant, zone).date() for instant in not_at}
    fresh = [day for day in days if day not in spoilt]
    order = _spread(fresh, count) + _spread([day for day in days if day in spoilt], count)
    chosen = [days[day][0] for day in order[:count]]
    apart = timedelta(minutes=max(60, agreement.meeting.rule.minutes))
    for distance in (apart, timedelta(minutes=step_minutes)):
        for day in days:
            for instant in days[day]:
                if len(chosen) < count and all(abs(instant - other) >= distance for other in chosen):
                    chosen.append(instant)
    return tuple(sorted(chosen))


def first_fitting(
    agreement: Agreement,
    first_day: date,
    last_day: date,
    *,
    anchor: str,
    absent: Absences | None = None,
    step_minutes: int = 15,
    need: str = LEADER,
    after: datetime | None = None,
) -> datetime | None:
    """The first beginning that fits (UTC), as `slots_in_window` understands it; None where there is none."""
    days = _days(agreement, first_day, last_day, anchor, None, (), absent, step_minutes, None, need, after)
    return min((instant for instants in days.values() for instant in instants), default=None)


def _days(
    agreement: Agreement,
    first_day: date,
    last_day: date,
    anchor: str,
    before: datetime | None,
    not_at: tuple[datetime, ...],
    absent: Absences | None,
    step: int,
    minutes: int | None,
    need: str,
    after: datetime | None,
) -> dict[date, list[datetime]]:
    """The days that hold a time, each with its times, the best first."""
    length = minutes or agreement.meeting.rule.minutes
    home = agreement.school(anchor)

    def fits(instant: datetime) -> bool:
        return (
            instant not in not_at
            and (after is None or instant > after)
            and (before is None or instant + timedelta(minutes=length) <= before)
            and all(inside(s, instant, length) and _somebody(s, instant, absent, need) for s in agreement.schools)
        )

    def may_fit(first: datetime, last: datetime) -> bool:
        """Most days without a time are those on which a school is closed: none of their minutes need be tried."""
        return all(
            is_open(s, zones.local(first, s.timezone).date()) or is_open(s, zones.local(last, s.timezone).date())
            for s in agreement.schools
        )

    out: dict[date, list[datetime]] = {}
    day = first_day
    while day <= last_day:
        school_day = hours(home, day)
        span = range(school_day.begins, school_day.ends - length + 1) if school_day else range(0)
        if span and may_fit(zones.instant(day, span[0], home.timezone), zones.instant(day, span[-1], home.timezone)):
            usual = agreement.meeting.rule.at
            wanted = [m for m in span if m % step == 0 or m == usual]
            found = [m for m in wanted if fits(zones.instant(day, m, home.timezone))]
            # Odd hours on both sides may leave no round time: then any minute will do.
            found = found or next(([m] for m in span if fits(zones.instant(day, m, home.timezone))), [])
            if found:
                middle = (found[0] + found[-1]) / 2
                found.sort(key=lambda m: (m != usual, m % 30 != 0, abs(m - middle), m))
                out[day] = [zones.instant(day, m, home.timezone) for m in found]
        day += timedelta(days=1)
    return out


def _somebody(school: School, instant: datetime, absent: Absences | None, need: str) -> bool:
    people = school.leaders if need == LEADER else school.owners
    if absent is None:
        return bool(people)
    day = zones.local(instant, school.timezone).date()
    if callable(absent):
        return any(not absent(person, day) for person in people)
    return any(not any(day in span for span in absent.get(person.key, ())) for person in people)


def _spread(days: list[date], count: int) -> list[date]:
    """`count` of those days at even distances, the first and the last among them; the rest after them."""
    if len(days) <= count or count < 2:
        return days
    picked = [days[round(n * (len(days) - 1) / (count - 1))] for n in range(count)]
    return picked + [day for day in days if day not in picked]
