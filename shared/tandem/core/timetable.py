"""What should happen next, as a function of the state and the time.

Theory of operation. A `Step` is something that time alone brings about: an agenda, a nudge, the closing of a window.
`steps(state)` gives all that the state still holds, each with the moment at which it falls due, and nothing of it has
to be kept: `decide.run_due` takes whatever is due, oldest first, and a step that has been taken is either marked in
`state.done` or has changed the state so that it is not given any more. After an outage the same question brings
everything that was missed, once; what has become pointless is passed over (`Step.until`).

    planned ──begin──► open ──check-in──► (report) held | missed | disputed
       │                 └──nudge──► close ──► unconfirmed
       └─ agenda, reminder before it; horizon keeps `invite_ahead` meetings in the calendars

| step          | due                                              | pointless after          |
|---------------|--------------------------------------------------|--------------------------|
| sign-reminder | enrolment + 1..8 weeks, while a school is missing | the next one             |
| begin         | the meeting's beginning                          | never                    |
| horizon       | signed; the morning after a meeting is over or off | never                  |
| agenda        | `agenda_days` before, half a day early           | the beginning            |
| reminder      | `reminder_hours` before, half a day early        | the beginning            |
| check-in      | `check_in_hours` after the end                   | the closing              |
| nudge         | `confirm_hours` after the check-in               | the closing              |
| close         | as long again                                    | never                    |
| settle        | `confirm_hours` after the second check-in        | never                    |
| window        | the end of an offer's window                     | never                    |
| repeat        | `acknowledge_days` open days after the last      | a new level, a resolution |
| skipped       | the first of a skipped month                     | the end of the month     |
| digest        | the first of each month                          | the end of the month     |
| review, silence, farewell, end | 60 and 14 days before `review`, on it, after it | `review` |
| pending       | an hour after plain words that touch others      | never                    |
| resume        | the end of a pause                               | never                    |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zlib import crc32

from tandem.core import zones
from tandem.core.agreement import School
from tandem.core.calendar import first_of, is_open, month_after, month_of
from tandem.core.draft import POLITE_FROM, coming, month_end, off, window_closes
from tandem.core.escalation import repeat_due
from tandem.core.partnership import (
    CANCELLED,
    DISPUTED,
    OPEN,
    PAUSED,
    PLANNED,
    SKIPPED,
    UNSIGNED,
    Meeting,
    Partnership,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SIGN_REMINDERS = 8
REVIEW_AHEAD = timedelta(days=60)
SILENCE_AHEAD = timedelta(days=14)
RENEW_WITHIN = timedelta(days=90)
HALF_A_DAY = 13 * HOUR  # a night's wait for polite hours still leaves in time
NEXT_MORNING = 18 * HOUR  # the day of a meeting brings mails enough
REMINDER_AFTER_INVITATION = 24 * HOUR + HALF_A_DAY  # none within 24 hours of an invitation, which may wait a night


@dataclass(frozen=True, slots=True, order=True)
class Step:
    due: datetime
    key: str  # what `state.done` knows it by
    name: str
    subject: str = ""  # a meeting's, offer's, escalation's or pending id, a month, a school
    until: datetime | None = None  # pointless from then on


def next_due(state: Partnership) -> datetime | None:
    """The earliest moment at which a step falls due; None where nothing is to come."""
    return min((step.due for step in _given(state)), default=None)


def steps(state: Partnership) -> list[Step]:
    """The steps that the state still holds, by due time; in a pause only those that go on in it.

    Of those that follow on one another (a check-in on the beginning, the digest of a month on that of the month before)
    only the first is given: taking it brings the next.
    """
    return sorted(_given(state))


def first_due(state: Partnership, now: datetime) -> Step | None:
    """The oldest step that is due by now; None where none is."""
    return min((step for step in _given(state) if step.due <= now), default=None)


# The newest answer: what a decision leaves is asked for its next step right away, once to end it and once to keep it.
_newest: list[tuple[Partnership, tuple[Step, ...]]] = []


def _given(state: Partnership) -> tuple[Step, ...]:
    for known, found in _newest:
        if known is state:
            return found
    given = tuple(s for s in _all(state) if s.key not in state.done and not _rests(state, s))
    _newest[:] = [(state, given)]
    return given


def review_ends(state: Partnership) -> datetime:
    """The end of the review day, on the clock of whichever school's day ends last."""
    day = state.agreement.review + DAY
    return max(zones.instant(day, 0, s.timezone) for s in state.agreement.schools)


def digest_day(state: Partnership, school: School, month: str, since: date = date.min) -> date | None:
    """`digest_day`, or the next day of the month on which the school is open, none before `since`; None where there is
    none."""
    day = max(since, first_of(month) + (state.agreement.policy.digest_day - 1) * DAY)
    while month_of(day) == month:
        if is_open(school, day):
            return day
        day += DAY
    return None


_IN_A_PAUSE = frozenset({"begin", "digest", "review", "silence", "farewell", "end", "pending", "resume", "skipped"})


def _rests(state: Partnership, step: Step) -> bool:
    """A step that falls into a pause waits: it is given again, later, by `_after_pause`."""
    return bool(state.pauses) and step.name not in _IN_A_PAUSE and state.pause_at(step.due) is not None


def _after_pause(state: Partnership, due: datetime) -> datetime:
    while pause := state.pause_at(due) if state.pauses else None:
        due = pause.ends  # where another one has begun by then
    return due


def _all(state: Partnership) -> Iterator[Step]:
    yield from _pending(state)
    if state.ended:
        return
    yield from _signing(state)
    for meeting in state.meetings:
        if meeting.status == PLANNED and meeting.starts:
            yield Step(meeting.starts, f"begin:{meeting.id}:{meeting.sequence}", "begin", meeting.id)
    if state.signed_at is None:
        yield Step(review_ends(state), f"end:{state.agreement.review}", "end")
        return
    yield from _horizon(state)
    for meeting in state.meetings:
        yield from _of_meeting(state, meeting)
    for offer in state.offers:
        if offer.state == "open":
            due = _after_pause(state, window_closes(state, offer))
            yield Step(due, f"window:{offer.id}", "window", offer.id)
    for escalation in state.escalations:
        for school in state.agreement.schools:
            due_at = repeat_due(state, escalation, school)
            if due_at:
                number = escalation.repeats.get(school.id, 0) + 1
                key = f"repeat:{escalation.id}:{school.id}:{number}"
                yield Step(_after_pause(state, due_at), key, "repeat", f"{escalation.id} {school.id}")
    yield from _months(state)
    yield from _review(state)
    for pause in state.pauses:
        yield Step(pause.ends, f"resume:{pause.since.isoformat()}", "resume")


def _pending(state: Partnership) -> Iterator[Step]:
    for pending in state.pending:
        yield Step(pending.due, f"pending:{pending.id}", "pending", pending.id)


def _signing(state: Partnership) -> Iterator[Step]:
    for school in state.agreement.schools:
        if school.id in state.signed:
            continue
        for number in range(1, SIGN_REMINDERS + 1):
            due = state.enrolled + number * 7 * DAY
            until = due + 7 * DAY if number < SIGN_REMINDERS else review_ends(state)
            yield Step(due, f"sign-reminder:{school.id}:{number}", "sign-reminder", f"{school.id} {number}", until)


def _horizon(state: Partnership) -> Iterator[Step]:
    """When the next monthly meeting may be invited: as soon as fewer than `invite_ahead` are still to come."""
    assert state.signed_at is not None
    after = [m for m in state.monthly if m.status == PLANNED and not m.invitees and m.starts]
    if not after:
        return
    asked = [m for m in state.monthly if m.invitees]
    standing = sorted(m.ends for m in asked if m.status in (PLANNED, OPEN) and m.ends)
    ahead = state.agreement.policy.invite_ahead
    if len(standing) >= ahead:
        made_room = standing[len(standing) - ahead]
    else:
        over = [m.ends for m in asked if m.ends and m.stands and m.status not in (PLANNED, OPEN)]
        ceased = [m.decided_at for m in asked if off(m) and m.decided_at]
        made_room = max([*over, *ceased], default=state.signed_at - NEXT_MORNING)
    # The morning after; sooner where the next meeting is upon us.
    due = min(made_room + NEXT_MORNING, max(made_room, (after[0].starts or made_room) - 3 * DAY))
    due = max(state.signed_at, due)
    due = _after_pause(state, due)
    yield Step(due, f"horizon:{after[0].id}:{due.isoformat()}", "horizon")


def to_invite(state: Partnership, now: datetime) -> list[Meeting]:
    """The monthly meetings that are missing from the calendars, the next first."""
    standing = sum(1 for m in coming(state, now) if not m.catch_up)
    standing += sum(1 for m in state.monthly if m.stands and m.starts and m.ends and m.starts <= now < m.ends)
    wanted = state.agreement.policy.invite_ahead - standing
    rest = [m for m in state.monthly if m.status == PLANNED and not m.invitees and m.starts and m.starts > now]
    return rest[: max(0, wanted)]


def agenda_from(state: Partnership, meeting: Meeting) -> datetime:
    """Half a day before `agenda_days` ahead, spread over three quarters of an hour by the partnership's id, so that
    the agendas of all partnerships with the same Tuesday do not fall due in one instant."""
    assert meeting.starts is not None
    spread = timedelta(seconds=crc32(state.id.encode()) % 2700)
    return meeting.starts - state.agreement.policy.agenda_days * DAY - HALF_A_DAY + spread


def _of_meeting(state: Partnership, meeting: Meeting) -> Iterator[Step]:
    if meeting.starts is None or meeting.status in (CANCELLED, PAUSED, UNSIGNED):
        return
    if meeting.status == PLANNED:
        if meeting.invitees:
            yield from _before(state, meeting, meeting.starts)
    elif meeting.status in (OPEN, DISPUTED) or (meeting.invitees and f"check-in:{meeting.id}" not in state.done):
        # Whoever was invited: after an outage of ours a meeting may have begun of which nobody had heard.
        yield from _asking(state, meeting, meeting.starts + timedelta(minutes=meeting.minutes))


def _before(state: Partnership, meeting: Meeting, starts: datetime) -> Iterator[Step]:
    """Agenda and reminder, counted from the newest invitation to all; newcomers get theirs by themselves."""
    agenda_key, key = f"agenda:{meeting.id}", f"reminder:{meeting.id}:{meeting.timed}"
    if agenda_key in state.done and key in state.done:
        return
    invited = min((i.invited_at for i in meeting.invited if i.invited_at), default=None)
    if invited is None:
        return
    if agenda_key not in state.done:
        soonest = invited + (NEXT_MORNING if starts - invited > 2 * DAY else 0 * HOUR)
        agenda = _after_pause(state, max(agenda_from(state, meeting), soonest))
        if agenda < starts:
            yield Step(agenda, agenda_key, "agenda", meeting.id, starts)
    if key not in state.done:
        reminder = max(
            starts - state.agreement.policy.reminder_hours * HOUR - HALF_A_DAY, invited + REMINDER_AFTER_INVITATION
        )
        if starts - invited > 4 * DAY:  # the invitation may have waited another day
            reminder = max(reminder, invited + REMINDER_AFTER_INVITATION + DAY)
        reminder = _after_pause(state, reminder)
        if reminder < starts - 2 * HOUR:
            yield Step(reminder, key, "reminder", meeting.id, starts)


def _asking(state: Partnership, meeting: Meeting, ends: datetime) -> Iterator[Step]:
    policy = state.agreement.policy
    confirm = policy.confirm_hours * HOUR
    asked = state.done.get(f"check-in:{meeting.id}")
    if asked is None:
        due = _after_pause(state, ends + policy.check_in_hours * HOUR)
        yield Step(due, f"check-in:{meeting.id}", "check-in", meeting.id)
        return
    if meeting.status == OPEN:
        nudged = state.done.get(f"nudge:{meeting.id}")
        if nudged is None:
            yield Step(_after_pause(state, asked + confirm), f"nudge:{meeting.id}", "nudge", meeting.id)
        else:
            yield Step(_after_pause(state, nudged + confirm), f"close:{meeting.id}", "close", meeting.id)
    if meeting.status == DISPUTED and meeting.asked_again_at:
        due = _after_pause(state, meeting.asked_again_at + confirm)
        yield Step(due, f"settle:{meeting.id}:{meeting.asked_again_at.isoformat()}", "settle", meeting.id)


def _months(state: Partnership) -> Iterator[Step]:
    assert state.signed_at is not None
    for meeting in state.monthly:
        if meeting.status == SKIPPED and f"skipped:{meeting.id}" not in state.done:
            zone = state.agreement.school(meeting.anchor).timezone
            begins = zones.instant(first_of(meeting.month), 0, zone)
            ends = month_end(state, meeting.month, zone)
            if ends > state.signed_at:
                yield Step(max(begins, state.signed_at), f"skipped:{meeting.id}", "skipped", meeting.id, ends)
    review = month_of(state.agreement.review)
    for school in state.agreement.schools:
        month = month_after(month_of(zones.local(state.signed_at, school.timezone).date()))
        while month <= review:
            key = f"digest:{school.id}:{month}"
            if key not in state.done:
                begins = zones.instant(first_of(month), 0, school.timezone)
                ends = month_end(state, month, school.timezone)
                yield Step(begins, key, "digest", f"{school.id} {month}", ends)
                break  # the months after it come after it
            month = month_after(month)


def _review(state: Partnership) -> Iterator[Step]:
    assert state.signed_at is not None
    day, zone = state.agreement.review, state.agreement.schools[0].timezone
    ends = review_ends(state)

    def morning(ahead: timedelta) -> datetime:
        return max(zones.instant(day - ahead, POLITE_FROM, zone), state.signed_at or state.enrolled)

    yield Step(morning(REVIEW_AHEAD), f"review:{day}", "review", until=ends)
    yield Step(morning(SILENCE_AHEAD), f"silence:{day}", "silence", until=ends)
    # Early in the day, wherever the readers are: after `review` nothing more is sent.
    yield Step(zones.instant(day, 0, zone), f"farewell:{day}", "farewell", until=ends)
    yield Step(ends, f"end:{day}", "end")
