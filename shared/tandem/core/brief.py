"""What a mail tells out of the state, as values: an agenda, a month for the leaders, the year, what stands open.

Pure reading: nothing here decides anything, and nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tandem.core import zones
from tandem.core.agreement import Agreement, Person, School
from tandem.core.balance import shares
from tandem.core.calendar import difference, month_after, month_of
from tandem.core.partnership import (
    CANCELLED,
    FAILED,
    HELD,
    PASSED_OVER,
    PLANNED,
    Action,
    Escalation,
    Meeting,
    Partnership,
    Words,
)

MILESTONES_AHEAD = timedelta(days=60)
MILESTONES_BEHIND = timedelta(days=30)
QUIET = timedelta(days=61)  # two months without a word of a lead
STARTERS = 3


# -- meetings


def coming(state: Partnership, now: datetime, count: int | None = None) -> tuple[Meeting, ...]:
    """Meetings still to come, catch-ups too, the nearest first."""
    ahead = [m for m in state.meetings if m.status == PLANNED and m.starts and m.starts > now]
    ahead.sort(key=lambda m: (m.starts, m.id))
    return tuple(ahead[:count])


def following(state: Partnership, meeting: Meeting, now: datetime) -> Meeting | None:
    """The next meeting after that one."""
    after = meeting.starts or now
    return next((m for m in coming(state, now) if m.starts and m.starts > after and m.id != meeting.id), None)


def number_of(state: Partnership, meeting: Meeting) -> int:
    """Which monthly meeting it is, from 0; what was passed over is not counted."""
    return sum(1 for m in state.monthly if m.month < meeting.month and m.status not in PASSED_OVER)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The difference between the two clocks is another than at the meeting before."""

    moved: tuple[School, ...]  # whose clock has moved since
    hours: float  # how far the second school's clock is now ahead of the first's


def clock_change(state: Partnership, meeting: Meeting) -> ClockChange | None:
    if not meeting.starts:
        return None
    before = [m.starts for m in state.monthly if m.starts and m.month < meeting.month]
    earlier = before[-1] if before else None
    if earlier is None or difference(state.agreement, earlier) == difference(state.agreement, meeting.starts):
        return None
    moved = tuple(
        s
        for s in state.agreement.schools
        if zones.offset(earlier, s.timezone) != zones.offset(meeting.starts, s.timezone)
    )
    return ClockChange(moved, difference(state.agreement, meeting.starts) / 60)


def dates_differ(agreement: Agreement, starts: datetime) -> bool:
    """Is it another date at the other school?"""
    first, second = (zones.local(starts, s.timezone).date() for s in agreement.schools)
    return first != second


# -- an agenda


@dataclass(frozen=True, slots=True)
class Due:
    """A milestone and the project that it belongs to."""

    due: date
    what: str
    project: str
    lead: str  # a school's id


@dataclass(frozen=True, slots=True)
class Agenda:
    meeting: Meeting
    number: int  # which monthly meeting it is, from 0
    starter: int | None  # 0, 1, 2: one of the first three
    pupils: bool
    open: tuple[Action, ...]
    closed: tuple[Action, ...]  # done or dropped since the agenda before
    notes: tuple[Words, ...]
    items: tuple[Words, ...]
    ideas: tuple[Words, ...]
    feedback: tuple[Words, ...]
    leader: tuple[Words, ...]  # what leaders replied, for the leads of their own school
    unclear: tuple[Words, ...]  # what could not be read, for the leads of the sender's own school
    milestones: tuple[Due, ...]
    next: Meeting | None
    hours_question: bool
    catch_up_question: bool
    shares: dict[str, int] | None
    clock: ClockChange | None
    next_clock: ClockChange | None


def agenda(state: Partnership, meeting: Meeting, now: datetime) -> Agenda:
    """What the agenda of that meeting holds: whatever was listed for it, and what is still open."""

    def listed(kind: str) -> tuple[Words, ...]:
        return tuple(w for w in state.words if w.kind == kind and w.meeting == meeting.id)

    number = number_of(state, meeting)
    pupils = not meeting.catch_up and meeting.month in state.agreement.meeting.pupils
    since = _agenda_before(state, meeting)
    after = following(state, meeting, now)
    return Agenda(
        meeting=meeting,
        number=number,
        starter=number if number < STARTERS and not meeting.catch_up and not pupils else None,
        pupils=pupils,
        open=open_actions(state),
        closed=tuple(a for a in state.actions if a.closed_at and (since is None or a.closed_at > since)),
        notes=listed("notes"),
        items=listed("item"),
        ideas=listed("idea"),
        feedback=listed("feedback"),
        leader=listed("leader"),
        unclear=listed("unclear"),
        milestones=milestones(state.agreement, now),
        next=after,
        hours_question=not meeting.catch_up and _first_of_quarter(state, meeting),
        catch_up_question=not meeting.catch_up and nothing_happens(state, meeting),
        shares=None if meeting.catch_up else shares(state, now),
        clock=clock_change(state, meeting),
        next_clock=clock_change(state, after) if after else None,
    )


def open_actions(state: Partnership) -> tuple[Action, ...]:
    """By due date, those without one last."""
    still = [a for a in state.actions if a.state == "open"]
    return tuple(sorted(still, key=lambda a: (a.due or date.max, a.at, a.id)))


def _agenda_before(state: Partnership, meeting: Meeting) -> datetime | None:
    """About when the agenda before this one went out."""
    ahead = timedelta(days=state.agreement.policy.agenda_days)
    earlier = [
        m.starts for m in state.meetings if m.listed and m.starts and meeting.starts and m.starts < meeting.starts
    ]
    return max(earlier) - ahead if earlier else None


def _first_of_quarter(state: Partnership, meeting: Meeting) -> bool:
    """Is it the first meeting of a quarter of the year? The very first meeting has no hours to look back on."""
    before = [m for m in state.monthly if m.month < meeting.month and m.status not in PASSED_OVER]
    return bool(before) and _quarter(before[-1].month) != _quarter(meeting.month)


def _quarter(month: str) -> tuple[int, int]:
    year, _, number = month.partition("-")
    return int(year), (int(number) - 1) // 3


def nothing_happens(state: Partnership, meeting: Meeting) -> bool:
    """Were the last three meetings held, with nothing promised, done or due since the first of them?"""
    held = [m for m in state.meetings if m.status == HELD and m.starts and meeting.starts and m.starts < meeting.starts]
    held.sort(key=lambda m: (m.starts, m.id))
    if len(held) < 3 or meeting.starts is None:
        return False
    since = held[-3].starts
    assert since is not None
    for action in state.actions:
        if action.at > since or (action.closed_at and action.closed_at > since):
            return False
        if action.due and action.due >= since.date() and action.due <= meeting.starts.date():
            return False
    projects = state.agreement.purpose.projects
    return not any(since.date() <= m.due <= meeting.starts.date() for p in projects for m in p.milestones)


def milestones(agreement: Agreement, now: datetime, *, every: bool = False) -> tuple[Due, ...]:
    """Milestones from a month ago to two months ahead, or `every` one; by day."""
    found = []
    for project in agreement.purpose.projects:
        today = zones.local(now, agreement.school(project.lead).timezone).date()
        for milestone in project.milestones:
            if every or today - MILESTONES_BEHIND <= milestone.due <= today + MILESTONES_AHEAD:
                found.append(Due(milestone.due, milestone.what, project.title, project.lead))
    return tuple(sorted(found, key=lambda d: (d.due, d.project, d.what)))


# -- a month, a year


@dataclass(frozen=True, slots=True)
class MonthCell:
    """`status` of a month: the meeting's, with `held` where a catch-up made it good and `catching-up` where one may."""

    month: str
    status: str


def year(state: Partnership) -> tuple[MonthCell, ...]:
    return tuple(MonthCell(m.month, month_status(state, m)) for m in state.monthly)


def month_status(state: Partnership, meeting: Meeting) -> str:
    if state.met(meeting.month):
        return HELD
    if meeting.status in FAILED and catching_up(state, meeting.month):
        return "catching-up"
    return meeting.status


def catching_up(state: Partnership, month: str) -> bool:
    """May a catch-up of that month still come about?"""
    if any(m.catch_up and m.status not in FAILED for m in state.of_month(month)):
        return True
    return any(o.month == month and o.cause in FAILED and o.state == "open" and o.slots for o in state.offers)


@dataclass(frozen=True, slots=True)
class Tally:
    """A year in figures."""

    met: int
    months: int  # that could have been met: neither passed over nor still to come
    done: int
    promised: int
    ideas: int
    milestones_due: int


def tally(state: Partnership, now: datetime) -> Tally:
    over = [m for m in state.monthly if m.status not in PASSED_OVER and m.starts and m.starts <= now]
    over = [m for m in over if m.status in (HELD, *FAILED) or state.met(m.month)]
    counted = [a for a in state.actions if a.state != "dropped"]
    due = [m for p in state.agreement.purpose.projects for m in p.milestones if m.due <= now.date()]
    return Tally(
        met=sum(1 for m in over if state.met(m.month)),
        months=len(over),
        done=sum(1 for a in counted if a.state == "done"),
        promised=len(counted),
        ideas=sum(1 for w in state.words if w.kind == "idea"),
        milestones_due=len(due),
    )


# -- a digest


@dataclass(frozen=True, slots=True)
class OwnMatters:
    """What only the head of that school is told."""

    one_owner: Person | None  # the only one
    overdue: tuple[Action, ...]
    bounced: tuple[Person, ...]
    quiet: tuple[Person, ...]  # leads of whom nothing was heard for two months
    unclear: int  # mails of the school's people that could not be read, in that month


@dataclass(frozen=True, slots=True)
class Digest:
    month: str  # the one that it is sent in
    looks_at: str  # the one before
    school: School
    meetings: tuple[Meeting, ...]  # of the month before, catch-ups too
    notes: tuple[Words, ...]
    done: tuple[Action, ...]
    coming: tuple[Meeting, ...]
    milestones: tuple[Due, ...]
    ideas: tuple[Words, ...]
    feedback: tuple[Words, ...]
    shares: dict[str, int] | None
    own: OwnMatters
    year: tuple[MonthCell, ...]
    open: int  # actions
    escalation: Escalation | None  # waits for this school's leaders
    review: bool  # this school has not answered the review yet

    @property
    def needs(self) -> bool:
        """Is a decision asked?"""
        return bool(self.escalation or self.review or self.own.one_owner)


def digest(state: Partnership, school: School, month: str, now: datetime) -> Digest:
    """What the leaders of that school are told in that month's digest: the month before, and what comes."""
    before = month_after(month, -1)

    def inside(at: datetime | None) -> bool:
        return at is not None and month_of(zones.local(at, school.timezone).date()) == before

    def new(kind: str) -> tuple[Words, ...]:
        return tuple(w for w in state.words if w.kind == kind and inside(w.at))

    open_ones = [e for e in state.escalations if e.resolved is None and e.ended is None]
    waiting = open_ones[-1] if open_ones and school.id not in open_ones[-1].acknowledged else None
    return Digest(
        month=month,
        looks_at=before,
        school=school,
        meetings=tuple(m for m in state.meetings if inside(m.starts) or (m.starts is None and m.month == before)),
        notes=new("notes"),
        done=tuple(a for a in state.actions if a.state == "done" and inside(a.closed_at)),
        coming=coming(state, now, 2),
        milestones=milestones(state.agreement, now),
        ideas=new("idea"),
        feedback=new("feedback"),
        shares=shares(state, now),
        own=own_matters(state, school, before, now),
        year=year(state),
        open=len(open_actions(state)),
        escalation=waiting,
        review=review_waits(state, school, now),
    )


def review_waits(state: Partnership, school: School, now: datetime) -> bool:
    """Has the review been asked, sixty days before its day, and has this school not answered it?"""
    today = zones.local(now, school.timezone).date()
    asked = state.agreement.review - timedelta(days=60) <= today <= state.agreement.review
    return asked and school.id not in state.review_answers


def own_matters(state: Partnership, school: School, month: str, now: datetime) -> OwnMatters:
    today = zones.local(now, school.timezone).date()
    people = {p.key for p in school.people}
    owners = school.owners
    signed = state.signed_at
    quiet = []
    for lead in school.leads:
        heard = state.last_words.get(lead.key)
        known_for = max([at for at in (heard, signed) if at], default=None)
        if known_for is not None and now - known_for >= QUIET and not state.absent(lead.key, today):
            quiet.append(lead)
    return OwnMatters(
        one_owner=owners[0] if len(owners) == 1 else None,
        overdue=tuple(
            a for a in open_actions(state) if a.due and a.due < today and a.owner and a.owner.lower() in people
        ),
        bounced=tuple(p for p in school.people if p.key in state.bounced),
        quiet=tuple(quiet),
        unclear=sum(
            1
            for w in state.words
            if w.kind == "unclear"
            and w.school == school.id
            and month_of(zones.local(w.at, school.timezone).date()) == month
        ),
    )


# -- what may get in the way


@dataclass(frozen=True, slots=True)
class Hurdle:
    """`kind`: skipped | clock | one-owner | outside. `days` are those of the meetings concerned."""

    kind: str
    school: School | None = None
    months: tuple[str, ...] = ()
    days: tuple[date, ...] = ()


def hurdles(state: Partnership) -> tuple[Hurdle, ...]:
    """Months without a possible day, months in which one clock has changed, a school with one owner."""
    agreement = state.agreement
    out = []
    skipped = tuple(m.month for m in state.monthly if m.status == "skipped")
    if skipped:
        out.append(Hurdle("skipped", months=skipped))
    moved = tuple(m.month for m in state.monthly if m.moved_from and m.starts)
    if moved:
        out.append(Hurdle("moved", months=moved))
    changed = tuple(m.month for m in state.monthly if m.starts and m.clock_change)
    if changed:
        out.append(Hurdle("clock", months=changed))
    out += [Hurdle("one-owner", school=s) for s in agreement.schools if len(s.owners) == 1]
    return tuple(out)


def failed_meetings(state: Partnership, months: Iterable[str]) -> tuple[Meeting, ...]:
    """The meetings of those months, catch-ups too, that were not held; by beginning."""
    wanted = set(months)
    found = [m for m in state.meetings if m.month in wanted and m.status in FAILED and m.starts]
    return tuple(sorted(found, key=lambda m: (m.starts, m.id)))


def offers_made(state: Partnership, months: Iterable[str]) -> int:
    """So many times a catch-up was offered for those months."""
    wanted = set(months)
    return sum(o.round for o in state.offers if o.month in wanted and o.cause in FAILED and o.slots)


def called_off(meeting: Meeting) -> bool:
    return meeting.status == CANCELLED
