"""What is written for the others: items, ideas, feedback, promises; questions to the system; a worry about a child."""

from __future__ import annotations

from dataclasses import replace

from tandem.core import commands as said
from tandem.core.agreement import LEADER
from tandem.core.closest import closest
from tandem.core.hearing import Ear
from tandem.core.partnership import Action

_CHAT_WITH_LEADERS = ("escalation", "digest", "review", "back-on-track")


def agenda_item(ear: Ear, command: said.AgendaItem) -> None:
    _note(ear, "item", "agenda-item", command.text)


def idea(ear: Ear, command: said.Idea) -> None:
    _note(ear, "idea", "idea", command.text)


def feedback(ear: Ear, command: said.Feedback) -> None:
    _note(ear, "feedback", "feedback", command.text)


def _note(ear: Ear, kind: str, what: str, text: str) -> None:
    ear.inverse.append({"do": "words", "id": ear.keep_words(kind, text, about=ear.heard.meeting)})
    ear.say(what, text=text)


def chat(ear: Ear) -> None:
    """What a leader says beyond the answer reaches the leads of the own school, in their next agenda."""
    answers = ear.heard.answers
    if ear.worried or not ear.heard.chat.strip() or ear.person.role != LEADER:
        return
    if answers and answers.kind in _CHAT_WITH_LEADERS:
        ear.keep_words("leader", ear.heard.chat)


# -- promises


def action(ear: Ear, command: said.Action) -> None:
    found = ear.draft.agreement.find(command.owner) if command.owner else None
    new = replace(_new_action(ear, command.text), owner=found[1].key if found else None, due=command.due)
    ear.draft.update(actions=(*ear.draft.state.actions, new))
    ear.inverse.append({"do": "action", "id": new.id})
    due = command.due.isoformat() if command.due else None
    ear.say("action", text=command.text, owner_name=found[1].name if found else None, due=due)


def _new_action(ear: Ear, text: str) -> Action:
    return Action(
        id=ear.draft.new_id("a"),
        text=text,
        owner=None,
        due=None,
        state="open",
        by=ear.person.key,
        school=ear.school.id,
        at=ear.draft.now,
    )


def action_done(ear: Ear, command: said.ActionDone) -> None:
    open_ones = [a for a in ear.draft.state.actions if a.state == "open"]
    meant = closest(open_ones, command.text, ear.person.key)
    if meant is None:
        # Done, though nobody had written it down before: that is worth a line too.
        meant = _new_action(ear, command.text)
        ear.draft.update(actions=(*ear.draft.state.actions, meant))
        ear.inverse.append({"do": "action", "id": meant.id})
    else:
        ear.inverse.append({"do": "action-open", "id": meant.id})
    closed = replace(meant, state="dropped" if command.dropped else "done", closed_at=ear.draft.now)
    ear.draft.update(actions=tuple(closed if a.id == meant.id else a for a in ear.draft.state.actions))
    ear.say("action-done", text=meant.text, dropped=command.dropped)


# -- not understood, asked, worried


def unclear(ear: Ear, command: said.Unclear) -> None:
    ear.not_understood(command.text)


def status(ear: Ear, command: said.Status) -> None:
    ear.receipt("status", {})


def help_(ear: Ear, command: said.Help) -> None:
    kind = ear.heard.answers.kind if ear.heard.answers else None
    meeting = ear.draft.state.meeting(ear.heard.meeting)
    ear.draft.mail("help", "unclear", [ear.person], meeting=meeting, facts={"text": "", "answers": kind})


def safeguarding(ear: Ear, command: said.Safeguarding) -> None:
    """To the safeguarding contact of the sender's school alone; without one who can be reached, to its leaders."""
    contact = ear.school.safeguarding
    facts = {"text": command.text, "by_name": ear.person.name, "by_email": ear.person.key}
    if contact and contact.email.lower() not in ear.draft.state.bounced:
        ear.draft.mail("notice", "worry", [contact.email.lower()], facts=facts, name=contact.name)
        ear.receipt("worry", {"contact_name": contact.name, "contact_email": contact.email})
        return
    leaders = [p for p in ear.school.leaders if ear.draft.state.reachable(p)] or list(ear.school.leaders)
    ear.draft.mail("notice", "worry", leaders, facts=facts)
    told = next((p for p in leaders if p.key != ear.person.key), leaders[0])
    ear.receipt("worry", {"contact_name": told.name, "contact_email": told.email})
