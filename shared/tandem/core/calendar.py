"""Which day, and whose turn: the contract's rules from what two schools wrote down to the dates of a year.

Months are text, "2026-11". Days, distances, `start`, `review` and `moved_from` are dates on the anchor's calendar;
whether a school is open goes by its own date when the meeting begins. Instants are in UTC. Nothing here knows what
became of a meeting: `year` gives the plan, `entry_for` plans one month anew, `windows` finds times for a catch-up.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from tandem.core import zones
from tandem.core.agreement import WEEKDAYS, Agreement, Hours, Rule, School

ALTERNATE = "alternate"
TERM, CLOSED, HOLIDAY, WEEKDAY = "term", "closed", "holiday", "weekday"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a school has no meeting on a day."""

    school: str  # its id
    kind: str  # term (outside every one) | closed | holiday | weekday (without hours)
    text: str | None = None  # the closure's why, the holiday's name


@dataclass(frozen=True, slots=True)
class Entry:
    """One month of the plan."""

    month: str
    rule_day: date
    day: date  # of the meeting; of the rule where skipped
    starts: datetime | None  # UTC; None where skipped
    anchor: str  # a school's id, never "alternate"
    chair: str | None  # a school's id; None where skipped
    moved_from: date | None  # the rule's day where `day` is another
    skipped: bool
    reasons: tuple[Reason, ...]  # why it is not on the rule's day
    clock_change: bool  # the two zones' difference is not that of the calendar month before


# -- months


def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def first_of(month: str) -> date:
    """The month's first day. Raises ValueError where that is no month."""
    return date.fromisoformat(f"{month}-01")


@lru_cache(maxsize=4096)
def month_after(month: str, months: int = 1) -> str:
    """The month so many months later, earlier where `months` is negative."""
    first = first_of(month)
    years, index = divmod(first.year * 12 + first.month - 1 + months, 12)
    return f"{years:04}-{index + 1:02}"


def months_between(first: date, last: date) -> Iterator[str]:
    """The months from one day's to another's, both included."""
    month, end = month_of(first), month_of(last)
    while month <= end:
        yield month
        month = month_after(month)


# -- days


def rule_day(year: int, month: int, rule: Rule) -> date:
    """The day that "second tuesday" or "last friday" names in that month."""
    weekday, days = monthrange(year, month)
    first = 1 + (rule.weekday - weekday) % 7
    if rule.ordinal == "last":
        return date(year, month, first + (days - first) // 7 * 7)
    return date(year, month, first + 7 * ("first", "second", "third", "fourth").index(rule.ordinal))


def hours(school: School, day: date) -> Hours | None:
    """The school day of that weekday; None where it has no hours."""
    return school.day.get(str(day.weekday()))


def why_closed(school: School, day: date) -> Reason | None:
    """Why the school is closed on its local date `day`; None where it is open."""
    if school.terms is not None and not any(day in term for term in school.terms):
        return Reason(school.id, TERM)
    for span in school.closed:
        if day in span:
            return Reason(school.id, CLOSED, span.why)
    if school.public_holidays:
        for holiday in school.holidays:
            if holiday.day == day:
                return Reason(school.id, HOLIDAY, holiday.name)
    return None if hours(school, day) else Reason(school.id, WEEKDAY)


def is_open(school: School, day: date) -> bool:
    """Whether the school may hold a meeting on its local date `day`."""
    return why_closed(school, day) is None


def outside_minutes(school: School, starts: datetime, minutes: int) -> int:
    """How many minutes of a meeting lie outside the hours of the school's date on which it begins, open or not."""
    begins = zones.local(starts, school.timezone)
    ends = zones.local(starts + timedelta(minutes=minutes), school.timezone)
    day = hours(school, begins.date())
    if day is None:
        return minutes
    first = begins.hour * 60 + begins.minute
    last = ends.hour * 60 + ends.minute + 1440 * (ends.date() - begins.date()).days
    if day.begins <= first and last <= day.ends:
        return 0
    # A clock that is put forward or back inside the meeting changes what the hand shows, not how long people sit.
    return minutes - min(minutes, max(0, min(last, day.ends) - max(first, day.begins)))


def inside(school: School, starts: datetime, minutes: int) -> bool:
    """Whether the school is open on its date when the meeting begins and the whole meeting lies inside its hours."""
    day = zones.local(starts, school.timezone).date()
    return is_open(school, day) and outside_minutes(school, starts, minutes) == 0


def difference(agreement: Agreement, instant: datetime) -> int:
    """How many minutes the second school's clock is ahead of the first's at that instant."""
    first, second = agreement.schools
    return zones.offset(instant, second.timezone) - zones.offset(instant, first.timezone)


# -- the plan


def anchor_of(agreement: Agreement, month: str) -> School:
    """Whose clock the month goes by. `alternate` changes sides with every calendar month, counted from `start`'s."""
    anchor = agreement.meeting.rule.anchor
    if anchor != ALTERNATE:
        return agreement.school(anchor)
    start, this = agreement.start, first_of(month)
    return agreement.schools[((this.year - start.year) * 12 + this.month - start.month) % 2]


def has_entry(agreement: Agreement, month: str, written: date | None = None) -> bool:
    """Whether the month has a meeting or a skipped one: its rule's day lies from `start` to `review`.

    `written` is the review day of before a renewal: months after it have no entry past a school's last known term.
    """
    first = first_of(month)
    day = rule_day(first.year, first.month, agreement.meeting.rule)
    if not agreement.start <= day <= agreement.review:
        return False
    if written is None or day <= written:
        return True
    return all(not school.terms or first <= max(t.last for t in school.terms) for school in agreement.schools)


def entry_for(
    agreement: Agreement, month: str, not_before: date | None = None, chair: str | None = None
) -> Entry | None:
    """The plan of one month, which is nothing where its rule's day lies outside `start` and `review`.

    With `not_before` (an invited meeting moves only to tomorrow or later) no earlier day will do, the rule's own
    included. `chair` is who has it, as turns are counted over the whole year: it is kept unless the month is skipped.
    """
    if not has_entry(agreement, month):
        return None
    before = month_after(month, -1)
    earlier = _plan(agreement, before) if has_entry(agreement, before) else None
    return _compared(agreement, _plan(agreement, month, not_before, chair), earlier)


def year(
    agreement: Agreement, first: date | None = None, last: date | None = None, written: date | None = None
) -> tuple[Entry, ...]:
    """Every month from `start` to `review` that has an entry, skipped ones too, with the chair in turn.

    `first` and `last` (both included) leave out entries by their `day`, and change nothing in the others. `written` as
    in `has_entry`.
    """
    entries: list[Entry] = []
    earlier: Entry | None = None
    turn = 0
    for month in months_between(agreement.start, agreement.review):
        if not has_entry(agreement, month, written):
            earlier = None
            continue
        entry = _plan(agreement, month, chair=agreement.schools[turn % 2].id)
        turn += not entry.skipped
        entry = _compared(agreement, entry, earlier)
        earlier = entry
        if (first is None or first <= entry.day) and (last is None or entry.day <= last):
            entries.append(entry)
    return tuple(entries)


def _plan(agreement: Agreement, month: str, not_before: date | None = None, chair: str | None = None) -> Entry:
    rule, anchor, first = agreement.meeting.rule, anchor_of(agreement, month), first_of(month)
    ruled = rule_day(first.year, first.month, rule)
    starts = zones.instant(ruled, rule.at, anchor.timezone)
    reasons = tuple(
        reason
        for school in agreement.schools
        if (reason := why_closed(school, zones.local(starts, school.timezone).date()))
    )
    day: date | None = ruled
    if reasons or (not_before is not None and ruled < not_before):
        day = _nearest(agreement, anchor, ruled, not_before)
        starts = zones.instant(day or ruled, rule.at, anchor.timezone)
    return Entry(
        month=month,
        rule_day=ruled,
        day=day or ruled,
        starts=starts if day else None,
        anchor=anchor.id,
        chair=chair if day else None,
        moved_from=ruled if day and day != ruled else None,
        skipped=day is None,
        reasons=reasons,
        clock_change=False,
    )


def _nearest(agreement: Agreement, anchor: School, ruled: date, not_before: date | None) -> date | None:
    """The nearest day of the month that both schools can hold it on; of two equally near, the later."""
    rule = agreement.meeting.rule
    earliest = agreement.start if not_before is None else max(agreement.start, not_before)
    for distance in range(32):
        for day in (ruled + timedelta(days=distance), ruled - timedelta(days=distance)):
            if day.month != ruled.month or not earliest <= day <= agreement.review:
                continue
            starts = zones.instant(day, rule.at, anchor.timezone)
            if all(inside(school, starts, rule.minutes) for school in agreement.schools):
                return day
    return None


def _begins(agreement: Agreement, entry: Entry) -> datetime:
    """When it begins; in a skipped month, the rule's day and hour."""
    if entry.starts is not None:
        return entry.starts
    return zones.instant(entry.rule_day, agreement.meeting.rule.at, agreement.school(entry.anchor).timezone)


def _compared(agreement: Agreement, entry: Entry, earlier: Entry | None) -> Entry:
    if earlier is None:
        return entry
    now, then = (difference(agreement, _begins(agreement, e)) for e in (entry, earlier))
    return replace(entry, clock_change=now != then)


# -- in words


def day_text(day: date) -> str:
    """Tuesday 13 October 2026."""
    return f"{WEEKDAYS[day.weekday()].title()} {day.day} {MONTHS[day.month - 1]} {day.year}"


def reason_text(agreement: Agreement, reason: Reason) -> str:
    """Why a school has no meeting on a day, in English."""
    name = agreement.school(reason.school).name
    if reason.kind == TERM:
        return f"{name} has no term"
    if reason.kind == WEEKDAY:
        return f"{name} has no school on that weekday"
    what = reason.text or "a day without meetings"
    return f"{name} has a public holiday ({what})" if reason.kind == HOLIDAY else f"{name} is closed ({what})"


def why_text(agreement: Agreement, entry: Entry, off: str = "skipped") -> str | None:
    """Why a month's meeting was moved or is skipped (the word for it is `off`), in English; None if neither."""
    if not entry.skipped and entry.moved_from is None:
        return None
    because = " and ".join(reason_text(agreement, reason) for reason in entry.reasons) or "that day has passed"
    if not entry.skipped:
        return f"moved from {day_text(entry.rule_day)}: {because}"
    return (
        f"{off}: on {day_text(entry.rule_day)} {because}, and on no other day of the month are both schools open "
        "with the whole meeting inside both school days"
    )
