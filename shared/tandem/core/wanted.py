"""Asked when a mail is about to leave: does anybody still want it?

Between a decision and its delivery lie a night, a full day's cap or an outage. A reminder for a meeting that has been
called off since, or an agenda for one that is over, is left out then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tandem.core.draft import KINDS_IN_A_PAUSE, PUT_OFF, off
from tandem.core.leaving import LEAVERS_DAY
from tandem.core.messages import Message
from tandem.core.partnership import HELD, OPEN, PLANNED, Meeting, Partnership
from tandem.core.timetable import review_ends

_ANSWERS = frozenset({"receipt", "help"})
_TO_A_LEAVER = frozenset({"receipt", "cancel", "notice"})
_BEFORE_SIGNING = frozenset({"agreement", "receipt", "help"})
A_DAY = timedelta(days=1)


def wanted(state: Partnership, message: Message, now: datetime) -> bool:
    """Whether the mail may still go, by the state as it is now."""
    if message.to in state.bounced:
        return False
    if message.kind == "notice" and message.variant == "worry":
        return True  # nothing stands in the way of a child's safety
    if not _reader_stays(state, message, now):
        return False
    if state.signed_at is None and message.kind not in _BEFORE_SIGNING:
        return False
    if now >= review_ends(state) and message.kind not in _ANSWERS:
        return False
    if state.pause_at(now) and message.kind not in KINDS_IN_A_PAUSE:
        return False  # for good: what only waits for its end is `put_off`
    meeting = state.meeting(message.meeting)
    if meeting is not None and not _meeting_stands(state, message, meeting, now):
        return False
    return _still_true(state, message)


def put_off(state: Partnership, message: Message, now: datetime) -> datetime | None:
    """When to ask again about a mail that a pause puts off; None where no pause does.

    Its end at the latest, and every day till then: the pause may be made longer, or shorter.
    """
    pause = state.pause_at(now)
    if pause is None or message.kind not in PUT_OFF:
        return None
    return min(pause.ends, now + A_DAY)


def _reader_stays(state: Partnership, message: Message, now: datetime) -> bool:
    found = state.agreement.find(message.to)
    if found is not None and found[1].key == message.to:
        return True
    gone = next((d for d in state.departures if d.person.key == message.to), None)
    if gone is None:
        return message.variant == "invalid-file"  # the operator's address; for a worry see above
    return now < gone.at + LEAVERS_DAY and message.kind in _TO_A_LEAVER


def _meeting_stands(state: Partnership, message: Message, meeting: Meeting, now: datetime) -> bool:
    kind = message.kind
    began = meeting.starts is not None and meeting.starts <= now
    if kind in ("invite", "update", "agenda", "reminder"):
        place = meeting.invitee(message.to)
        if off(meeting) or began or meeting.status != PLANNED or place is None or place.off:
            return False
    if kind == "update" and message.facts.get("sequence", meeting.sequence) < meeting.sequence:
        return False  # a newer one is on its way and says all
    if kind == "reminder":
        school = state.find(message.to)
        mine = {p.key for p in school[0].participants} if school else set()
        return not any(i.partstat == "ACCEPTED" and i.email in mine for i in meeting.invited)
    if kind == "nudge":
        return meeting.status == OPEN and not meeting.reports
    if kind == "check-in":
        return not off(meeting)
    return True


def _still_true(state: Partnership, message: Message) -> bool:
    if message.kind == "catch-up" and message.facts.get("offer"):
        offer = next((o for o in state.offers if o.id == message.facts["offer"]), None)
        return offer is not None and offer.state == "open"
    if message.kind == "escalation":
        opened = next((e for e in state.escalations if e.id == message.facts.get("escalation")), None)
        if opened is None or opened.resolved is not None:
            return False
        if message.facts.get("repeat"):
            school = state.find(message.to)
            return opened.ended is None and not (school and school[0].id in opened.acknowledged)
    if message.kind == "agreement" and message.variant in ("reminder", "partner"):
        school = state.find(message.to)
        sides = [s.id for s in state.agreement.schools if s.id not in state.signed]
        return bool(school and (school[0].id in sides) == (message.variant == "reminder") and sides)
    if message.kind == "agreement" and message.variant == "amendment":
        return any(p.id == message.facts["proposal"] and p.state == "open" for p in state.proposals)
    if message.kind == "review" and message.variant in ("ask", "silence"):
        return bool(message.facts["review"] == state.agreement.review.isoformat())  # not renewed in the meantime
    if message.kind == "notice" and message.facts.get("question"):
        return any(q.id == message.facts["question"] and q.state == "open" for q in state.questions)
    if message.kind == "notice" and message.variant == "skipped":
        month = state.meeting(message.facts["month"])
        return month is not None and month.status not in (HELD, PLANNED)
    return True
