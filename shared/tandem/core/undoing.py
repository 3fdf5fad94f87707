"""NO to a receipt: what plain words brought is taken back, in the hour without a trace, later as far as it goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tandem.core import catchups, reports, review
from tandem.core import commands as said
from tandem.core.draft import next_monthly, stamp
from tandem.core.hearing import Ear, instant
from tandem.core.partnership import HELD, OPEN, UNCONFIRMED, SchoolReport

Step = dict[str, Any]


def undo(ear: Ear, command: said.Undo) -> None:
    facts = ear.heard.answers.facts if ear.heard.answers else {}
    items = facts.get("items", [])
    if facts.get("pending"):
        _before_it_holds(ear, str(facts["pending"]), items)
        return
    known = next((u for u in ear.draft.state.undoables if u.id == facts.get("undoable")), None)
    if known is None or known.by != ear.person.key:
        # Said before (a second NO changes nothing), months ago, or by somebody else.
        if facts.get("undoable"):
            ear.receipt("too-late", {"items": items, "catch_up": False})
        else:
            ear.not_understood()
        return
    ear.draft.update(undoables=tuple(u for u in ear.draft.state.undoables if u.id != known.id))
    undone = [_TAKE_BACK[step["do"]](ear, step) for step in reversed(known.what["inverse"])]
    if any(undone):
        ear.receipt("undone", {"items": items})
    else:
        _too_late(ear, items)


def _before_it_holds(ear: Ear, pending_id: str, items: list[dict[str, Any]]) -> None:
    waiting = next((p for p in ear.draft.state.pending if p.id == pending_id), None)
    if waiting is None or waiting.by != ear.person.key:
        _too_late(ear, items)
        return
    ear.draft.update(pending=tuple(p for p in ear.draft.state.pending if p.id != waiting.id))
    ear.receipt("undone", {"items": items})


def _too_late(ear: Ear, items: list[dict[str, Any]]) -> None:
    """A called-off meeting is not reinstated: the receipt points to the catch-up that was offered."""
    about = {str(i["meeting"]) for i in items if i.get("meeting") and i.get("what") == "cancel"}
    offered = any(
        o.meeting in about and (o.state == "agreed" or (o.state == "open" and o.slots)) for o in ear.draft.state.offers
    )
    ear.receipt("too-late", {"items": items, "catch_up": offered})


# -- each kind of change; false where it can't be taken back any more


def _words(ear: Ear, step: Step) -> bool:
    kept = tuple(w for w in ear.draft.state.words if w.id != step["id"])
    found = len(kept) < len(ear.draft.state.words)
    ear.draft.update(words=kept)
    return found


def _action(ear: Ear, step: Step) -> bool:
    kept = tuple(a for a in ear.draft.state.actions if a.id != step["id"])
    found = len(kept) < len(ear.draft.state.actions)
    ear.draft.update(actions=kept)
    return found


def _action_open(ear: Ear, step: Step) -> bool:
    actions = ear.draft.state.actions
    ear.draft.update(
        actions=tuple(replace(a, state="open", closed_at=None) if a.id == step["id"] else a for a in actions)
    )
    return any(a.id == step["id"] and a.state != "open" for a in actions)


def _report(ear: Ear, step: Step) -> bool:
    draft = ear.draft
    meeting = draft.state.meeting(step["meeting"])
    if meeting is None or not any(r.email == ear.person.key for r in meeting.reports):
        return False
    following = next_monthly(draft.state, meeting.month)
    if meeting.status == HELD and following is not None and following <= draft.now:
        return False  # a held month stays so once the next monthly meeting has begun
    before = step.get("before")
    old = None
    if before:
        at = instant(before["at"])
        old = SchoolReport(ear.school.id, ear.person.key, before["owner"], before["held"], at)
    reports.take_back(draft, meeting.id, ear.person.key, old)
    meeting = draft.meeting(meeting.id)
    if meeting.status == OPEN:
        if f"close:{meeting.id}" in draft.state.done:
            reports.found(draft, meeting, UNCONFIRMED)  # nobody had answered when it was closed, and so it is again
        elif not meeting.catch_up:
            catchups.lapse(draft, meeting.month)  # what a no had brought; whatever is found later brings its own
    return True


def _rsvp(ear: Ear, step: Step) -> bool:
    meeting = ear.draft.state.meeting(step["meeting"])
    place = meeting.invitee(ear.person.key) if meeting else None
    if meeting is None or place is None or meeting.starts is None or stamp(meeting.starts) != step["starts"]:
        return False  # it has moved since: everybody was asked anew
    changed = replace(place, partstat=step["partstat"])
    others = tuple(changed if i.email == place.email else i for i in meeting.invitees)
    ear.draft.put(replace(meeting, invitees=others))
    return True


def _choose(ear: Ear, step: Step) -> bool:
    offer = next((o for o in ear.draft.state.offers if o.id == step["offer"]), None)
    if offer is None or offer.state != "open" or offer.round != step["round"]:
        return False
    answers = {k: v for k, v in offer.answers.items() if k != ear.person.key}
    if step.get("before") is not None:
        answers[ear.person.key] = tuple(step["before"])
    changed = replace(offer, answers=answers)
    ear.draft.update(offers=tuple(changed if o.id == offer.id else o for o in ear.draft.state.offers))
    return True


def _absence(ear: Ear, step: Step) -> bool:
    spans = ear.draft.state.absences.get(ear.person.key, ())
    kept = tuple(s for s in spans if (s.first.isoformat(), s.last.isoformat()) != (step["from"], step["until"]))
    ear.draft.update(absences={**ear.draft.state.absences, ear.person.key: kept})
    return len(kept) < len(spans)


def _sign(ear: Ear, step: Step) -> bool:
    if ear.draft.state.signed_at is not None:
        return False  # both have signed: invitations are on their way
    signed = {k: v for k, v in ear.draft.state.signed.items() if k != step["school"]}
    ear.draft.update(signed=signed)
    return True


def _review(ear: Ear, step: Step) -> bool:
    if step["review"] != ear.draft.agreement.review.isoformat() or ear.draft.state.ended is not None:
        return False
    return review.take_back(ear.draft, ear.school, step["before"])


def _meet(ear: Ear, step: Step) -> bool:
    """Who had asked does not ask any more: what was offered lapses, unless a time has been agreed."""
    offers = ear.draft.state.offers
    found = any(o.id == step["offer"] and o.state == "open" for o in offers)
    ear.draft.update(
        offers=tuple(replace(o, state="closed") if o.id == step["offer"] and o.state == "open" else o for o in offers)
    )
    return found


def _called_off(ear: Ear, step: Step) -> bool:
    return False  # not reinstated


_TAKE_BACK = {
    "words": _words,
    "action": _action,
    "action-open": _action_open,
    "report": _report,
    "rsvp": _rsvp,
    "choose": _choose,
    "absence": _absence,
    "sign": _sign,
    "review": _review,
    "meet": _meet,
    "called-off": _called_off,
}
