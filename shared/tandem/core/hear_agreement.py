"""What is said about the partnership itself: signing, going on, pausing, acknowledging, changing what was agreed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tandem.core import changes, escalation, hear_meetings, hear_people, leaving, review
from tandem.core import commands as said
from tandem.core.agreement import LEAD, LEADER
from tandem.core.hearing import Ear
from tandem.core.messages import Message
from tandem.core.partnership import Proposal

FAR = timedelta(days=366)
_SIGNERS = (LEAD, LEADER)

# -- yes and no


def sign(ear: Ear, command: said.Sign) -> None:
    """Any yes to an agreement mail: a signature, or the answer to a change that the other school proposed."""
    if ear.person.role not in _SIGNERS:
        ear.refuse("lead or leader", "sign", school=ear.school.id)
        return
    proposal = _proposal(ear)
    if proposal:
        _settle(ear, proposal, True)
        return
    if ear.school.id not in ear.draft.state.signed:
        ear.draft.update(signed={**ear.draft.state.signed, ear.school.id: ear.draft.now})
        if ear.draft.state.signed_at is None:
            ear.inverse.append({"do": "sign", "school": ear.school.id})
        else:
            leaving.told_when_signed(ear.draft)
    ear.say("sign", school=ear.school.id)


def _settle(ear: Ear, proposal: Proposal, yes: bool) -> None:
    if proposal.school == ear.school.id or proposal.state != "open":
        ear.cannot("closed", "sign" if yes else "confirm", **({"school": ear.school.id} if yes else {"yes": False}))
        return
    changes.settle(ear.draft, proposal, yes)
    if yes:
        ear.say("sign", school=ear.school.id)
    else:
        ear.say("confirm", yes=False)


def _proposal(ear: Ear) -> Proposal | None:
    wanted = ear.heard.answers.facts.get("proposal") if ear.heard.answers else None
    return next((p for p in ear.draft.state.proposals if p.id == wanted), None) if wanted else None


def confirm(ear: Ear, command: said.Confirm) -> None:
    answers = ear.heard.answers
    kind = answers.kind if answers else None
    if answers and kind == "catch-up":
        _confirm_offer(ear, answers, command.yes)
    elif answers and kind == "agreement" and not command.yes:
        proposal = _proposal(ear)
        if ear.person.role not in _SIGNERS:
            ear.refuse("lead or leader", "confirm", yes=False)
        elif proposal:
            _settle(ear, proposal, False)
        else:
            ear.say("confirm", yes=False)
    elif answers and answers.facts.get("question"):
        hear_people.question(ear, str(answers.facts["question"]), command.yes)
    else:
        ear.not_understood()


def _confirm_offer(ear: Ear, answers: Message, yes: bool) -> None:
    slots = answers.facts.get("slots") or [answers.facts.get("starts")]
    if not yes:
        hear_meetings.choose(ear, (0,))
    elif len(slots) == 1:
        hear_meetings.choose(ear, (1,))
    else:
        ear.receipt("ask-back", {"offer": answers.facts.get("offer"), "slots": slots}, asks=True)


# -- leading


def acknowledge(ear: Ear, command: said.Acknowledge) -> None:
    if not ear.leads_school:
        ear.refuse("leader", "acknowledge")
        return
    wanted = ear.heard.answers.facts.get("escalation") if ear.heard.answers else None
    if escalation.acknowledge(ear.draft, ear.school.id, wanted):
        ear.say("acknowledge")
    else:
        ear.cannot("closed", "acknowledge")


def review_(ear: Ear, command: said.Review) -> None:
    if ear.person.role not in _SIGNERS:
        ear.refuse("lead or leader", "review", go_on=command.go_on)
        return
    asked = ear.heard.answers.facts.get("review") if ear.heard.answers else None
    day = date.fromisoformat(asked) if asked else ear.draft.agreement.review
    before = ear.draft.state.review_answers.get(ear.school.id)
    if not review.answer(ear.draft, ear.school, ear.person, command.go_on, day):
        ear.cannot("closed", "review", go_on=command.go_on)
        return
    if ear.draft.state.review_answers.get(ear.school.id) != before:
        ear.inverse.append({"do": "review", "review": day.isoformat(), "before": before})
    ear.say("review", go_on=command.go_on)


def pause(ear: Ear, command: said.Pause) -> None:
    facts = {"until": command.until.isoformat()}
    if ear.person.role != LEAD:
        ear.refuse("lead", "pause", **facts)
        return
    today = ear.draft.today(ear.school.id)
    if command.until <= today:
        ear.cannot("past", "pause", **facts)
    elif command.until - today > FAR or command.until > ear.draft.agreement.review:
        ear.cannot("far", "pause", **facts)
    else:
        ear.wait("pause", facts, {"what": "pause", **facts})


# -- changing the agreement


def closed(ear: Ear, command: said.Closed) -> None:
    value = {"from": command.from_.isoformat(), "until": command.until.isoformat(), "why": command.why}
    if not ear.may_change:
        ear.refuse("owner", "closed", **value)
        return
    if command.until < command.from_:
        ear.cannot("unknown", "closed", **value)
    elif command.until < ear.draft.today(ear.school.id):
        ear.cannot("past", "closed", **value)
    elif command.until - command.from_ > FAR:
        ear.cannot("far", "closed", **value)
    else:
        ear.wait("change", {"field": "closed", "value": value}, {"what": "closed", **value})


def change(ear: Ear, command: said.Change) -> None:
    """From an owner or leader; one's own language is everybody's own."""
    value = _plain(command.value)
    wanted = {"field": command.field, "value": value, "by": ear.person.key}
    facts = changes.old_and_new(ear.draft, wanted)
    if not (ear.may_change or command.field == "language"):
        ear.refuse("owner", "change", **facts)
        return
    reason = changes.refused(ear.draft, wanted)
    if reason:
        ear.cannot(reason, "change", **facts)
        return
    item = {"what": "change", **facts, "common": command.field in changes.COMMON}
    ear.wait("change", {"field": command.field, "value": value}, item)


def _plain(value: Any) -> Any:
    """A change's value as JSON."""
    if isinstance(value, tuple):
        return {k: v.isoformat() if isinstance(v, date | datetime) else v for k, v in value}
    return value
