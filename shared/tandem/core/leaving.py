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


def hand_over(draft: Draft, by: str, who: str, name: str, address: str) -> None:
    """Takes effect, or asks the school's leader first where the successor's address proves nothing."""
    found = draft.agreement.find(who)
    if found is None:
        return  # has left in the meantime
    school, leaver = found
    known = draft.agreement.find(address)
    if known and known[0].id != school.id:
        return
    if known or belongs(address, school):
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
    facts = {"question": question.id, "leaver_name": leaver.name, "name": name, "email": address}
    draft.mail("notice", "successor", asked, facts=facts, asks=True)


def _who_may_say(school: School, by: str, leaver: Person | None) -> list[Person]:
    """The school's leaders; without one, its other owners; who wrote is asked only where there is nobody else."""
    leaders = list(school.with_role(LEADER))
    others = [p for p in school.owners if p.key != by and (leaver is None or p.key != leaver.key)]
    everyone = [p for p in school.people if p.key != by]
    return [p for p in leaders if p.key != by] or leaders or others or everyone or list(school.leads)


def succeed(draft: Draft, school: School, leaver: Person, name: str, address: str, by: str) -> None:
    """The successor takes the leaver's role, the pack and the coming meetings; the others are told."""
    known = next((p for p in school.people if p.key == address.lower()), None)
    rank = (LEAD, DEPUTY, MEMBER)
    role = leaver.role
    if known and LEADER not in (known.role, leaver.role):
        role = min((known.role, leaver.role), key=rank.index)
    elif known and known.role == LEADER:
        role = LEAD if leaver.role == LEAD else known.role
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
    draft.update(
        agreement=replace(
            draft.agreement,
            resources=tuple(
                replace(r, keeper=successor.email) if r.keeper.lower() == leaver.key else r
                for r in draft.agreement.resources
            ),
        ),
        actions=tuple(
            replace(a, owner=successor.key) if a.owner == leaver.key and a.state == "open" else a
            for a in draft.state.actions
        ),
    )
    kept = [r for r in draft.agreement.resources if r.keeper.lower() == successor.key]
    _depart(draft, school, leaver, successor.key)
    draft.update(bounced=tuple(a for a in draft.state.bounced if a != successor.key))
    giver = draft.state.find(by)
    facts = {"leaver_name": leaver.name, "leaver_email": leaver.key, "by_name": giver[1].name if giver else leaver.name}
    draft.mail("handover", "pack", [successor], facts=facts)
    if role != LEADER:
        invite(draft, successor)
    partner = draft.agreement.partner(school.id)
    told = [p for p in (*changed.with_role(LEADER), *partner.owners) if p.key != successor.key]
    facts = {
        "leaver_name": leaver.name,
        "name": successor.name,
        "email": successor.key,
        "school": school.id,
        "role": role,
    }
    draft.mail("notice", "new-colleague", told, facts=facts)
    if kept:
        facts2 = {"resources": [{"what": r.what, "where": r.where} for r in kept], "name": leaver.name}
        draft.mail("notice", "keeper-left", [p for p in changed.owners if p.key != successor.key], facts=facts2)


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
    for meeting in coming(draft.state, draft.now):
        place = meeting.invitee(leaver.key)
        if place is None or place.off:
            continue
        invitees = tuple(replace(i, off=True) if i.email == leaver.key else i for i in meeting.invitees)
        changed = draft.put(replace(meeting, invitees=invitees))
        draft.mail("cancel", "removed", [leaver], meeting=changed)


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
    if person.is_owner and len(school.owners) == 1:
        leaders = list(school.with_role(LEADER)) or list(draft.agreement.partner(school.id).owners)
        draft.mail("notice", "last-owner", leaders, facts=facts)
        return
    changed = _with_lead(replace(school, people=tuple(p for p in school.people if p.key != person.key)))
    if not changed.people:
        return
    _set_school(draft, changed)
    _depart(draft, school, person, None)
    partner = draft.agreement.partner(school.id)
    told = [*changed.with_role(LEADER), *(() if changed.with_role(LEADER) else changed.leads), *partner.owners]
    draft.mail("notice", "left", told, facts=facts)
    kept = [r for r in draft.agreement.resources if r.keeper.lower() == person.key]
    if kept:
        heir = changed.leads[0]
        draft.update(
            agreement=replace(
                draft.agreement,
                resources=tuple(
                    replace(r, keeper=heir.email) if r.keeper.lower() == person.key else r
                    for r in draft.agreement.resources
                ),
            )
        )
        what = {"resources": [{"what": r.what, "where": r.where} for r in kept], "name": person.name}
        draft.mail("notice", "keeper-left", changed.owners, facts=what)


def is_last_owner(draft: Draft, who: str) -> bool:
    found = draft.agreement.find(who)
    return bool(found and found[1].is_owner and len(found[0].owners) == 1)


def join(draft: Draft, school: School, name: str, address: str, role: str, by: str) -> None:
    """A new colleague, without anybody leaving."""
    if draft.agreement.find(address):
        return
    if len(school.people) >= 20:
        return
    person = Person(name=name, email=address, role=role)
    _set_school(draft, replace(school, people=(*school.people, person)))
    if draft.state.signed_at is None:
        return
    giver = draft.state.find(by)
    facts = {"leaver_name": "", "leaver_email": "", "by_name": giver[1].name if giver else ""}
    if role != MEMBER:
        draft.mail("handover", "pack", [person], facts=facts)
    if role != LEADER:
        invite(draft, person)
    partner = draft.agreement.partner(school.id)
    what = {"leaver_name": "", "name": name, "email": person.key, "school": school.id, "role": role}
    draft.mail("notice", "new-colleague", [*school.with_role(LEADER), *partner.owners], facts=what)


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
    facts = {"question": question.id, "leaver_name": "", "name": name, "email": address}
    draft.mail("notice", "successor", asked, facts=facts, asks=True)


def bounced(draft: Draft, address: str) -> None:
    """A hard bounce stops mail to that address; the others of that school's owners and leaders are told."""
    address = address.lower()
    found = draft.agreement.find(address)
    if address in draft.state.bounced:
        return
    if found is None or found[1].key != address:
        if any(d.person.key == address for d in draft.state.departures):
            draft.update(bounced=(*draft.state.bounced, address))
        return
    school, person = found
    draft.update(bounced=(*draft.state.bounced, address))
    if draft.state.signed_at is None:
        return  # before both have signed only the agreement, receipts and helps go out
    told = [p for p in (*school.owners, *school.with_role(LEADER)) if p.key != person.key]
    draft.mail("notice", "bounce", told, facts={"name": person.name, "email": person.key, "school": school.id})
