"""What is said about people: hand-overs, leaving, being away, and the answers to what a notice asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tandem.core import commands as said
from tandem.core import leaving
from tandem.core.agreement import Span
from tandem.core.hearing import Ear

FAR = timedelta(days=366)


def handover(ear: Ear, command: said.Handover) -> None:
    """For oneself or, from an owner or leader, for a colleague of the same school."""
    name, address = command.successor
    who = ear.draft.agreement.find(command.who or ear.person.key)
    facts = {"leaver_name": who[1].name if who else command.who, "name": name, "email": address}
    if who is None:
        ear.cannot("unknown", "handover", **facts)
        return
    if who[0].id != ear.school.id or not (who[1].key == ear.person.key or ear.may_change):
        ear.refuse("owner", "handover", **facts)
        return
    known = ear.draft.agreement.find(address)
    if known and (known[0].id != ear.school.id or known[1].key == who[1].key):
        ear.cannot("twice", "handover", **facts)
        return
    ear.wait("handover", {"who": who[1].key, "name": name, "email": address}, {"what": "handover", **facts})


def stop(ear: Ear, command: said.Stop) -> None:
    last = leaving.is_last_owner(ear.draft, ear.person.key)
    ear.wait("stop", {}, {"what": "stop", "last": last})


def absence(ear: Ear, command: said.Absence) -> None:
    today = ear.draft.today(ear.school.id)
    first = command.from_ or min(today, command.until or today)
    last = command.until or first
    facts = {"from": first.isoformat(), "until": last.isoformat()}
    if last < today or last < first or last - first > FAR:
        ear.cannot("past" if last < today else "far", "absence", **facts)
        return
    before = ear.draft.state.absences.get(ear.person.key, ())
    spans = (*before, Span(first, last))
    ear.draft.update(absences={**ear.draft.state.absences, ear.person.key: spans})
    ear.inverse.append({"do": "absence", **facts})
    ear.say("absence", **facts)


# -- what a notice asked


def question(ear: Ear, question_id: str, yes: bool) -> None:
    """Of several who were asked, the first answer counts."""
    asked = next((q for q in ear.draft.state.questions if q.id == question_id), None)
    if asked is None or asked.state != "open" or ear.person.key not in asked.to:
        ear.cannot("closed", "confirm", yes=yes)
        return
    answered = replace(asked, state="yes" if yes else "no")
    ear.draft.update(questions=tuple(answered if q.id == asked.id else q for q in ear.draft.state.questions))
    what = asked.what
    if asked.kind == "was-you" and yes:
        _was_mine(ear, str(what["address"]))
        ear.replay += [str(what["inbound_id"]), *map(str, what.get("further", ()))]
    elif asked.kind == "successor":
        _successor(ear, what, yes)
    elif asked.kind == "newcomer" and yes:
        school = ear.draft.agreement.school(what["school"])
        leaving.join(ear.draft, school, what["name"], what["email"], what["role"], what["by"])
    ear.say("confirm", yes=yes)


def _was_mine(ear: Ear, address: str) -> None:
    """The address becomes one of the person's, unless somebody has come with it in the meantime."""
    if ear.draft.agreement.find(address):
        return
    changed = replace(ear.person, also=(*ear.person.also, address.lower()))
    people = tuple(changed if p.key == ear.person.key else p for p in ear.school.people)
    ear.draft.update(agreement=ear.draft.agreement.with_school(replace(ear.school, people=people)))


def _successor(ear: Ear, what: dict[str, Any], yes: bool) -> None:
    found = ear.draft.agreement.find(what["who"])
    if found is None:
        return  # has left in the meantime
    known = ear.draft.agreement.find(what["email"])
    if yes and (known is None or known[0].id == found[0].id):
        leaving.succeed(ear.draft, *found, what["name"], what["email"], what["by"])
        return
    giver = ear.draft.agreement.find(what["by"])
    if giver:
        facts = {"leaver_name": found[1].name, "name": what["name"]}
        ear.draft.mail("notice", "successor-declined", [giver[1]], facts=facts)
