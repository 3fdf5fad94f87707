"""Plain words that touch others take effect an hour after the receipt, in which a NO undoes them without a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tandem.core import changes, escalation, leaving, zones
from tandem.core.catchups import offer_catch_up
from tandem.core.draft import Draft, coming
from tandem.core.partnership import CANCELLED, PAUSED, PLANNED, Pause, Pending
from tandem.core.planning import call_off, replan

GRACE = timedelta(hours=1)
AT_ONCE = timedelta(hours=3)  # a call-off so near to the meeting can't wait


def add(draft: Draft, kind: str, by: str, what: dict[str, Any]) -> Pending:
    pending = Pending(draft.new_id("w"), kind, by, draft.now + GRACE, what, draft.now)
    draft.update(pending=(*draft.state.pending, pending))
    return pending


def take_effect(draft: Draft, pending: Pending) -> None:
    what = pending.what
    if pending.kind == "cancel":
        called_off(draft, str(what["meeting"]))
    elif pending.kind == "pause":
        pause(draft, pending.by, date.fromisoformat(what["until"]))
    elif pending.kind == "handover":
        leaving.hand_over(draft, pending.by, what["who"], what["name"], what["email"])
    elif pending.kind == "stop":
        leaving.stop(draft, pending.by)
    else:
        changes.propose_or_apply(draft, {**what, "by": pending.by})


def _give_back(draft: Draft, ends: datetime) -> None:
    """A pause that is shorter than the one before it gives back the months after it that nobody had been invited to,
    planned as the agreement now has them. What was taken out of the calendars stays out."""
    given = [m for m in draft.state.monthly if m.status == PAUSED and m.starts and m.starts >= ends and not m.invitees]
    for meeting in given:
        draft.put(replace(meeting, status=PLANNED, decided_at=None))
    if given:
        replan(draft, offer_catch_up)


def called_off(draft: Draft, meeting_id: str) -> None:
    """An owner or leader called a meeting off before it began: CANCEL to all, and a catch-up at once."""
    meeting = draft.state.meeting(meeting_id)
    if meeting is None or meeting.status != PLANNED or meeting.starts is None or meeting.starts <= draft.now:
        return
    gone = call_off(draft, meeting, "called-off", why="called off")
    if gone.catch_up:
        escalation.reconsider(draft)
    else:
        offer_catch_up(draft, gone, CANCELLED)


def pause(draft: Draft, by: str, until: date) -> None:
    """No meetings until that day, which is the first on again, from midnight on the lead's clock."""
    found = draft.agreement.find(by)
    if found is None:
        return
    school, person = found
    ends = zones.instant(until, 0, draft.agreement.timezone_of(school, person))
    if ends <= draft.now:
        return
    earlier = tuple(replace(p, ends=min(p.ends, draft.now)) for p in draft.state.pauses)
    draft.update(pauses=(*earlier, Pause(draft.now, until, ends, by)))
    for meeting in coming(draft.state, draft.now):
        if meeting.starts and meeting.starts < ends:
            call_off(draft, meeting, "paused", PAUSED)
    _give_back(draft, ends)
    for meeting in draft.state.monthly:
        if meeting.status == PLANNED and not meeting.invitees and meeting.starts and draft.now < meeting.starts < ends:
            draft.put(replace(meeting, status=PAUSED, decided_at=draft.now))
    draft.update(
        offers=tuple(
            replace(o, state="closed", closes=min(o.closes, draft.now)) if o.state == "open" else o
            for o in draft.state.offers
        ),
        escalations=tuple(replace(e, ended=e.ended or draft.now) for e in draft.state.escalations),
    )
    facts = {"until": until.isoformat(), "by_name": person.name, "by_school": school.id}
    draft.mail("notice", "paused", draft.owners(but=person.key), facts=facts)
