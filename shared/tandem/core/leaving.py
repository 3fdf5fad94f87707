"""Who leaves and who comes: hand-overs, `stop`, new colleagues, addresses that can't be reached.

A school never ends up with nobody: its last owner stays until a successor is named. The leaver gets a CANCEL for each
coming meeting, without STATUS and without a higher SEQUENCE, and from a day later nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tandem.core.agreement import DEPUTY, LEAD, LEADER, MEMBER, Person, School
from tandem.core.domains import belongs
from tandem.core.draft import Draft, coming
from tandem.core.partnership import Departure, Invitee, Question
from tandem.core.timetable import agenda_from

LEAVERS_DAY = timedelta(days=1)
MOST_PEOPLE = 20  # of a school


def hand_over(draft: Draft, by: str, who: str, name: str, address: str) -> None:
    """Takes effect, or asks the school's leader first where the successor's address proves nothing."""
    found = draft.agreement.find(who)
    if found is None:
        return  # has left in the meantime
    school, leaver = found
    known = draft.agreement.find(address)
    if known and (known[0].id != school.id or known[1].key == leaver.key):
        return
    if belongs(address, school):
        succeed(draft, school, leaver, name, address, by)
        return
    asked = _who_may_say(school, by, leaver)
    question = Question(
        id=draft.new_id("q"),
        kind="successor",
        to=tuple(p.key for p in asked),
        at=draft.now,
        what={"who": leaver.key, "name": name, "email": address, "by": by},
    )
    draft.update(questions=(*draft.state.questions, question))
    _ask(draft, question)


def _ask(draft: Draft, question: Question) -> None:
    """May that person take over, or join? Before both have signed no notice goes out: it waits for that day."""
    if draft.state.signed_at is None:
        return
    leaver = draft.state.find(question.what["who"]) if "who" in question.what else None
    facts = {
        "question": question.id,
        "leaver_name": leaver[1].name if leaver else "",
        "name": question.what["name"],
        "email": question.what["email"],
    }
    draft.mail("notice", "successor", question.to, facts=facts, asks=True)


def told_when_signed(draft: Draft) -> None:
    """What could not be asked and told before both schools had signed: open questions, addresses that bounced."""
    for question in draft.state.questions:
        if question.state == "open" and question.kind in ("successor", "newcomer"):
            _ask(draft, question)
    for address in draft.state.bounced:
        found = draft.agreement.find(address)
        if found and found[1].key == address:
            _tell_bounce(draft, *found)


def _who_may_say(school: School, by: str, leaver: Person | None) -> list[Person]:
    """The school's leaders; without one, its other owners; who wrote is asked only where there is nobody else."""
    leaders = list(school.with_role(LEADER))
    others = [p for p in school.owners if p.key != by and (leaver is None or p.key != leaver.key)]
    everyone = [p for p in school.people if p.key != by]
    return [p for p in leaders if p.key != by] or leaders or others or everyone or list(school.leads)


def succeed(draft: Draft, school: School, leaver: Person, name: str, address: str, by: str) -> None:
    """The successor takes the leaver's role, the pack and the coming meetings; the others are told."""
    here = draft.agreement.find(address)
    known = here[1] if here else None
    role = _role_of_successor(school, leaver, known)
    successor = replace(known, role=role) if known else Person(name=name, email=address, role=role)
    people: list[Person] = []
    for person in school.people:
        if person.key == leaver.key:
            if not known:
                people.append(successor)
        elif person.key == successor.key:
            people.append(successor)
        else:
            people.append(person)
    changed = _with_lead(replace(school, people=tuple(people)))
    _set_school(draft, changed)
    kept = [r for r in draft.agreement.resources if r.keeper.lower() == leaver.key]
    _hand_on(draft, leaver, successor)
    draft.update(
        actions=tuple(
            replace(a, owner=successor.key) if a.owner == leaver.key and a.state == "open" else a
            for a in draft.state.actions
        ),
    )
    _depart(draft, school, leaver, successor.key)
    draft.update(bounced=tuple(a for a in draft.state.bounced if a != successor.key))
    successor = school_person(changed, successor.key) or successor
    if draft.state.signed_at is None:
        _show_agreement(draft, successor)
        return
    giver = draft.state.find(by)
    facts = {"leaver_name": leaver.name, "leaver_email": leaver.key, "by_name": giver[1].name if giver else leaver.name}
    draft.mail("handover", "pack", [successor], facts=facts)
    take_seat(draft, successor)
    partner = draft.agreement.partner(school.id)
    told = [p for p in (*changed.leaders, *partner.owners) if p.key != successor.key]
    facts = {
        "leaver_name": leaver.name,
        "name": successor.name,
        "email": successor.key,
        "school": school.id,
        "role": successor.role,
    }
    draft.mail("notice", "new-colleague", told, facts=facts)
    if kept:
        facts2 = {"resources": [{"what": r.what, "where": r.where} for r in kept], "name": leaver.name}
        draft.mail("notice", "keeper-left", [p for p in changed.owners if p.key != successor.key], facts=facts2)


def _role_of_successor(school: School, leaver: Person, known: Person | None) -> str:
    """The leaver's; somebody who is there already keeps the higher one, and no school's last owner becomes a leader."""
    rank = (LEAD, DEPUTY, MEMBER)
    if known is None:
        return leaver.role
    if LEADER not in (known.role, leaver.role):
        return min(known.role, leaver.role, key=rank.index)
    if known.role == LEADER:
        return LEAD if leaver.role == LEAD else LEADER
    return known.role if [p.key for p in school.owners] == [known.key] else LEADER


def _hand_on(draft: Draft, leaver: Person, heir: Person) -> None:
    """What the leaver kept for the partnership is the heir's."""
    resources = tuple(
        replace(r, keeper=heir.email) if r.keeper.lower() == leaver.key else r for r in draft.agreement.resources
    )
    draft.update(agreement=replace(draft.agreement, resources=resources))


def _show_agreement(draft: Draft, person: Person) -> None:
    """Before both have signed the agreement is all that a newcomer gets, and only who signs or leads."""
    if person.role != MEMBER:
        draft.mail("agreement", "first", [person], asks=True)


def school_person(school: School, address: str) -> Person | None:
    """The person of that school with that address, `also` ones apart."""
    return next((p for p in school.people if p.key == address.lower()), None)


def _with_lead(school: School) -> School:
    """A school without a lead makes its first deputy the lead."""
    if school.leads or not school.owners:
        return school
    first = school.owners[0]
    return replace(school, people=tuple(replace(p, role=LEAD) if p.key == first.key else p for p in school.people))


def _set_school(draft: Draft, school: School) -> None:
    draft.update(agreement=draft.agreement.with_school(school))


def _depart(draft: Draft, school: School, leaver: Person, successor: str | None) -> None:
    gone = Departure(leaver, school.id, draft.now, successor)
    others = tuple(d for d in draft.state.departures if d.person.key != leaver.key)
    draft.update(departures=(*others, gone))
    give_up_seat(draft, leaver)


def give_up_seat(draft: Draft, person: Person) -> None:
    """Takes one person off the coming meetings: a CANCEL without STATUS, and SEQUENCE stays (RFC 5546 3.2.5)."""
    for meeting in coming(draft.state, draft.now):
        place = meeting.invitee(person.key)
        if place is None or place.off:
            continue
        invitees = tuple(replace(i, off=True) if i.email == person.key else i for i in meeting.invitees)
        changed = draft.put(replace(meeting, invitees=invitees))
        draft.mail("cancel", "removed", [person], meeting=changed)


def take_seat(draft: Draft, person: Person) -> None:
    """Everyone but the leaders is invited: who has become one leaves the calendars, who has not comes in."""
    if person.role == LEADER:
        give_up_seat(draft, person)
    else:
        invite(draft, person)


def invite(draft: Draft, person: Person) -> None:
    """The coming meetings as they now stand, for who has just joined; the agenda too where the others have it."""
    for meeting in coming(draft.state, draft.now):
        place = meeting.invitee(person.key)
        if place and not place.off:
            continue
        others = tuple(i for i in meeting.invitees if i.email != person.key)
        meeting = draft.put(replace(meeting, invitees=(*others, Invitee(person.key, invited_at=draft.now))))
        draft.mail("invite", "newcomer", [person], meeting=meeting, asks=True)
        if meeting.listed and agenda_from(draft.state, meeting) <= draft.now:
            variant = "catch-up" if meeting.catch_up else "monthly"
            draft.mail("agenda", variant, [person], meeting=meeting)


def stop(draft: Draft, who: str) -> None:
    """A hand-over without a successor; a school's last owner stays until one is named, and the leader is told."""
    found = draft.agreement.find(who)
    if found is None:
        return
    school, person = found
    facts = {"name": person.name, "school": school.id}
    if is_last_owner(draft, who):
        draft.mail("notice", "last-owner", [p for p in school.leaders if p.key != person.key], facts=facts)
    else:
        leave(draft, school, person)


def leave(draft: Draft, school: School, person: Person) -> None:
    """Goes without a successor. Where that leaves a school without a lead, its first deputy becomes one."""
    changed = _with_lead(replace(school, people=tuple(p for p in school.people if p.key != person.key)))
    if not changed.people:
        return
    _set_school(draft, changed)
    _depart(draft, school, person, None)
    facts = {"name": person.name, "school": school.id}
    draft.mail("notice", "left", [*changed.leaders, *draft.agreement.partner(school.id).owners], facts=facts)
    kept = [r for r in draft.agreement.resources if r.keeper.lower() == person.key]
    if kept and changed.leads:
        _hand_on(draft, person, changed.leads[0])
        what = {"resources": [{"what": r.what, "where": r.where} for r in kept], "name": person.name}
        draft.mail("notice", "keeper-left", changed.owners, facts=what)


def is_last_owner(draft: Draft, who: str) -> bool:
    """Would the school be left without an owner who can be written to?"""
    found = draft.agreement.find(who)
    if found is None or not found[1].is_owner:
        return False
    return not any(p.key != found[1].key and draft.state.reachable(p) for p in found[0].owners)


def join(draft: Draft, school: School, name: str, address: str, role: str, by: str) -> None:
    """A new colleague, without anybody leaving."""
    if draft.agreement.find(address) is None and len(school.people) < MOST_PEOPLE:
        welcome(draft, school, Person(name=name, email=address, role=role), by)


def welcome(draft: Draft, school: School, person: Person, by: str) -> None:
    """The school has one more: the pack to owners and leaders, the coming meetings, a notice to whom it concerns."""
    _set_school(draft, replace(school, people=(*school.people, person)))
    draft.update(bounced=tuple(a for a in draft.state.bounced if a != person.key))
    if draft.state.signed_at is None:
        _show_agreement(draft, person)
        return
    giver = draft.state.find(by)
    facts = {"leaver_name": "", "leaver_email": "", "by_name": giver[1].name if giver else ""}
    if person.role != MEMBER:
        draft.mail("handover", "pack", [person], facts=facts)
    take_seat(draft, person)
    partner = draft.agreement.partner(school.id)
    what = {"leaver_name": "", "name": person.name, "email": person.key, "school": school.id, "role": person.role}
    draft.mail("notice", "new-colleague", [*school.leaders, *partner.owners], facts=what)


def ask_about_newcomer(draft: Draft, school: School, name: str, address: str, role: str, by: str) -> None:
    asked = _who_may_say(school, by, None)
    question = Question(
        id=draft.new_id("q"),
        kind="newcomer",
        to=tuple(p.key for p in asked),
        at=draft.now,
        what={"school": school.id, "name": name, "email": address, "role": role, "by": by},
    )
    draft.update(questions=(*draft.state.questions, question))
    _ask(draft, question)


def bounced(draft: Draft, address: str) -> None:
    """A hard bounce stops mail to that address; the others of that school's owners and leaders are told."""
    address = address.lower()
    found = draft.agreement.find(address)
    if address in draft.state.bounced:
        return
    if found is None or found[1].key != address:
        _bounced_elsewhere(draft, address)
        return
    draft.update(bounced=(*draft.state.bounced, address))
    if draft.state.signed_at is not None:  # before that only the agreement, receipts and helps go out
        _tell_bounce(draft, *found)


def _tell_bounce(draft: Draft, school: School, person: Person) -> None:
    """The school's other owners and leaders hear of it; where none can be reached, its members, else the partner's
    owners: a school never ends up with nobody."""
    circles = (
        (*school.owners, *school.with_role(LEADER)),
        school.people,
        draft.agreement.partner(school.id).owners,
    )
    others = ([p for p in circle if p.key != person.key and draft.state.reachable(p)] for circle in circles)
    told = next((people for people in others if people), [])
    draft.mail("notice", "bounce", told, facts={"name": person.name, "email": person.key, "school": school.id})


def _bounced_elsewhere(draft: Draft, address: str) -> None:
    """One who has left; or a safeguarding contact, for whom the school's leaders stand in from now on."""
    if any(d.person.key == address for d in draft.state.departures):
        draft.update(bounced=(*draft.state.bounced, address))
        return
    for school in draft.agreement.schools:
        contact = school.safeguarding
        if contact and contact.email.lower() == address:
            draft.update(bounced=tuple(dict.fromkeys((*draft.state.bounced, address))))
            facts = {"name": contact.name, "email": address, "school": school.id}
            draft.mail("notice", "bounce", school.leaders, facts=facts)
