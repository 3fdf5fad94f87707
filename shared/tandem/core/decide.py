"""The one function that decides, in its five forms: a new agreement, a changed one, time, a person's mail, a bounce.

Each takes the state and the time and gives a `Decision`: the new state and the mails to send, to be written in one
transaction. Nothing here reads a clock, and the same arguments always give the same decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tandem.core import amending, leaving, planning, steps, timetable
from tandem.core.agreement import Agreement
from tandem.core.draft import Draft
from tandem.core.hear import WAS_YOU_EVERY, Heard, Hearing, is_stale
from tandem.core.messages import Decision
from tandem.core.partnership import Partnership, Question

__all__ = ["Heard", "Outcome", "amend", "enrol", "hear", "run_due", "unreachable", "was_you"]

MOST_HELD = 20  # further mails of an unknown address that wait for one answer
STEPS_AT_ONCE = 2000  # more would be a mistake of ours: better an error than a handler that never ends


@dataclass(frozen=True, slots=True)
class Outcome(Decision):
    """A decision on a mail: whether it counted ("stale" did not), and which held mails are to be read again."""

    outcome: str = "accepted"
    replay: tuple[str, ...] = ()


def enrol(agreement: Agreement, now: datetime) -> Decision:
    """The first state of a partnership; leads, deputies and leaders get the agreement."""
    draft = Draft(Partnership(agreement, now, meetings=planning.first_plan(agreement)), now)
    people = [p for s in agreement.schools for p in (*s.owners, *s.leaders)]
    draft.mail("agreement", "first", {p.key: p for p in people}.values(), asks=True)
    return draft.decision()


def amend(state: Partnership, agreement: Agreement, now: datetime) -> Decision:
    """A new file for a partnership that runs: what it says holds at once, and whom it concerns is told."""
    draft = Draft(state, now)
    amending.amend(draft, agreement)
    _run(draft)
    return draft.decision()


def run_due(state: Partnership, now: datetime) -> Decision:
    """Takes every step that is due by now, oldest first; after an outage the missed ones, each once."""
    draft = Draft(state, now)
    _run(draft)
    return draft.decision()


def _run(draft: Draft) -> None:
    for _ in range(STEPS_AT_ONCE):
        due = timetable.first_due(draft.state, draft.now)
        if due is None:
            return
        steps.take(draft, due)
    raise RuntimeError(f"{draft.state.id}: more than {STEPS_AT_ONCE} steps at {draft.now}")


def hear(state: Partnership, heard: Heard, now: datetime) -> Outcome:
    """What an accepted mail changes. A button's answer that is older than one already seen changes nothing."""
    draft = Draft(state, now)
    found = state.agreement.find(heard.sender)
    if found is None or is_stale(draft, heard):
        return Outcome(state, (), outcome="stale")
    hearing = Hearing(draft, heard, *found)
    hearing.take()
    _run(draft)
    return Outcome(draft.state, tuple(draft.mails), replay=tuple(hearing.replay))


def unreachable(state: Partnership, email: str, now: datetime) -> Outcome:
    """A hard bounce or a complaint: nothing more goes to that address, and the others of the school are told."""
    draft = Draft(state, now)
    leaving.bounced(draft, email)
    _run(draft)
    return Outcome(draft.state, tuple(draft.mails))


def was_you(state: Partnership, email: str, address: str, text: str, inbound_id: str, now: datetime) -> Outcome:
    """An unknown address wrote to a person's own reply address: that person is asked, once a week at most.

    While the question is open, what else comes from there waits for the answer too.
    """
    draft = Draft(state, now)
    found = state.agreement.find(email)
    key = found[1].key if found else ""
    for question in state.questions:
        lately = question.kind == "was-you" and question.state == "open" and now - question.at < WAS_YOU_EVERY
        if lately and key in question.to and question.what["address"] == address:
            held = (*question.what.get("further", ()), inbound_id)
            if len(held) > MOST_HELD or inbound_id == question.what["inbound_id"] or inbound_id in held[:-1]:
                return Outcome(state, (), outcome="unknown-sender")
            kept = replace(question, what={**question.what, "further": list(held)})
            draft.update(questions=tuple(kept if q.id == question.id else q for q in state.questions))
            return Outcome(draft.state)
    asked = state.was_you_asked.get(found[1].key) if found else None
    if found is None or state.signed_at is None or (asked and now - asked < WAS_YOU_EVERY):
        return Outcome(state, (), outcome="unknown-sender")
    question = Question(
        draft.new_id("q"), "was-you", (found[1].key,), now, {"address": address, "inbound_id": inbound_id}
    )
    draft.update(questions=(*state.questions, question), was_you_asked={**state.was_you_asked, found[1].key: now})
    facts = {"question": question.id, "address": address, "text": text[:300]}
    draft.mail("notice", "was-you", [found[1]], facts=facts, asks=True)
    return Outcome(draft.state, tuple(draft.mails))
