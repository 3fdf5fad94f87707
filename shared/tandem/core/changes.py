"""Changing the agreement by mail: what concerns the own school at once, what concerns both once the other agrees.

A change is JSON: {"field": ..., "value": ..., "by": address}. Fields are those of the contract's `change` command, and
"closed". `apply` gives what the amendment mail says: [{"field", "old", "new"}].
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tandem.core import leaving
from tandem.core.agreement import MEMBER, ORDINALS, WEEKDAYS, Milestone, Project, Resource, School, Span
from tandem.core.catchups import offer_catch_up
from tandem.core.domains import belongs
from tandem.core.draft import Draft
from tandem.core.partnership import Proposal
from tandem.core.planning import change_place, replan

COMMON = ("objective", "milestone", "meeting")  # these concern both schools
ROLES = ("lead", "deputy", "leader", "member")


def propose_or_apply(draft: Draft, change: dict[str, Any]) -> None:
    """After its hour: a change of the own school's takes effect, a common one is put to the other school."""
    found = draft.agreement.find(change["by"])
    if found is None:
        return
    if change["field"] in COMMON:
        _propose(draft, found[0].id, change)
    else:
        apply(draft, change)


def _propose(draft: Draft, school_id: str, change: dict[str, Any]) -> None:
    proposal = Proposal(id=draft.new_id("p"), by=change["by"], school=school_id, at=draft.now, changes=(change,))
    draft.update(proposals=(*draft.state.proposals, proposal))
    partner = draft.agreement.partner(school_id)
    asked = list(dict.fromkeys(p.key for p in (*partner.leads, *partner.leaders)))
    facts = {"proposal": proposal.id, "changes": [old_and_new(draft, change)], "school": school_id}
    facts |= rule_holds_from(draft, [change])
    draft.mail("agreement", "amendment", asked, facts=facts, asks=True)


def settle(draft: Draft, proposal: Proposal, yes: bool) -> None:
    """The other school's answer to a common change."""
    changed = replace(proposal, state="agreed" if yes else "declined")
    draft.update(proposals=tuple(changed if p.id == proposal.id else p for p in draft.state.proposals))
    told = [p for s in draft.agreement.schools for p in (*s.owners, *s.leaders)]
    told = list({p.key: p for p in told}.values())
    if not yes:
        proposer = draft.agreement.school(proposal.school)
        declined = {"changes": [old_and_new(draft, c) for c in proposal.changes]}
        draft.mail("notice", "proposal-declined", proposer.owners, facts=declined)
        return
    said = [s for change in proposal.changes if (s := apply(draft, change))]
    facts: dict[str, Any] = {"changes": said, "school": proposal.school, **rule_holds_from(draft, said)}
    draft.mail("agreement", "amended", told, facts=facts)


def rule_holds_from(draft: Draft, changes: list[dict[str, Any]]) -> dict[str, str]:
    """A new rule holds from the first meeting more than `agenda_days` ahead, everything else at once."""
    if not any(c["field"] == "meeting" for c in changes):
        return {}
    return {"from": (draft.now + timedelta(days=draft.agreement.policy.agenda_days)).isoformat()}


def old_and_new(draft: Draft, change: dict[str, Any]) -> dict[str, Any]:
    """What a change would replace, and by what."""
    field, value = change["field"], change["value"]
    agreement = draft.agreement
    old: Any = None
    if field in ("where", "phone"):
        old = getattr(agreement.meeting, field)
    elif field == "language":
        found = agreement.find(change["by"])
        old = agreement.language_of(*found) if found else None
    elif field == "meeting":
        rule = agreement.meeting.rule
        at = f"{rule.at // 60:02}:{rule.at % 60:02}"
        old = {"every": rule.every, "at": at, "anchor": rule.anchor, "minutes": rule.minutes}
        value = {**old, **value}
    elif field == "resource":
        what = str(value.get("what", "")).casefold()
        same = next((r for r in agreement.resources if r.what.casefold() == what), None)
        old = {"what": same.what, "where": same.where, "keeper": same.keeper} if same else None
    elif field == "milestone":
        same_due = _milestone(draft, str(value.get("what", "")))
        old = {"what": same_due[1].what, "due": same_due[1].due.isoformat()} if same_due else None
    return {"field": field, "old": old, "new": value}


def _milestone(draft: Draft, what: str) -> tuple[Project, Milestone] | None:
    for project in draft.agreement.purpose.projects:
        for milestone in project.milestones:
            if milestone.what.casefold() == what.casefold():
                return project, milestone
    return None


def apply(draft: Draft, change: dict[str, Any]) -> dict[str, Any] | None:
    """Makes a change true, with what follows from it; gives what was replaced by what."""
    found = draft.state.find(change["by"])
    if found is None:
        return None
    school, person = found
    field, value = change["field"], change["value"]
    said = old_and_new(draft, change)
    agreement = draft.agreement
    if field == "closed":
        span = Span(date.fromisoformat(value["from"]), date.fromisoformat(value["until"]), value.get("why"))
        draft.update(agreement=agreement.with_school(replace(school, closed=(*school.closed, span))))
        replan(draft, offer_catch_up)
    elif field == "term":
        span = Span(date.fromisoformat(value["from"]), date.fromisoformat(value["to"]))
        terms = _with_term(agreement.start, school, span)
        draft.update(agreement=agreement.with_school(replace(school, terms=terms)))
        replan(draft, offer_catch_up)
    elif field in ("where", "phone"):
        draft.update(agreement=replace(agreement, meeting=replace(agreement.meeting, **{field: value})))
        change_place(draft, draft.agreement.meeting.where, draft.agreement.meeting.phone)
    elif field == "language":
        people = tuple(replace(p, language=value) if p.key == person.key else p for p in school.people)
        draft.update(agreement=agreement.with_school(replace(school, people=people)))
    elif field == "person":
        _new_colleague(draft, school.id, value, change["by"])
    elif field == "resource":
        _resource(draft, value, person.email)
    elif field == "objective":
        purpose = replace(agreement.purpose, objectives=(*agreement.purpose.objectives, str(value)))
        draft.update(agreement=replace(agreement, purpose=purpose))
    elif field == "milestone":
        _set_milestone(draft, school.id, value)
    elif field == "meeting":
        _set_rule(draft, value)
    return said


def _with_term(start: date, school: School, span: Span) -> tuple[Span, ...]:
    """A term takes the place of those that it overlaps. A school for which every day was term keeps the days before its
    first one: what it tells is what comes."""
    if school.terms is None:
        before = span.first - timedelta(days=1)
        return (Span(start, before), span) if start <= before else (span,)
    kept = [t for t in school.terms if t.last < span.first or t.first > span.last]
    return tuple(sorted([*kept, span], key=lambda t: t.first))


def _new_colleague(draft: Draft, school_id: str, value: dict[str, Any], by: str) -> None:
    school = draft.agreement.school(school_id)
    name, address = str(value["name"]), str(value["email"])
    role = value.get("role") if value.get("role") in ROLES else MEMBER
    if belongs(address, school):
        leaving.join(draft, school, name, address, str(role), by)
    else:
        leaving.ask_about_newcomer(draft, school, name, address, str(role), by)


def _resource(draft: Draft, value: dict[str, Any], by: str) -> None:
    keeper = str(value.get("keeper") or by)
    found = draft.agreement.find(keeper)
    new = Resource(str(value["what"]), str(value.get("where") or ""), found[1].email if found else by)
    kept = []
    for resource in draft.agreement.resources:
        if resource.what.casefold() != new.what.casefold():
            kept.append(resource)
        elif not new.where:
            new = replace(new, where=resource.where)
    draft.update(agreement=replace(draft.agreement, resources=(*kept, new)))


def _set_milestone(draft: Draft, school_id: str, value: dict[str, Any]) -> None:
    milestone = Milestone(date.fromisoformat(str(value["due"])), str(value["what"]))
    projects = list(draft.agreement.purpose.projects)
    same = _milestone(draft, milestone.what)
    wanted = str(value.get("project") or "").casefold()
    if same:
        at = projects.index(same[0])
        milestones = tuple(milestone if m is same[1] else m for m in same[0].milestones)
    elif projects:
        at = next((i for i, p in enumerate(projects) if wanted and p.title.casefold() == wanted), 0)
        milestones = (*projects[at].milestones, milestone)
    else:
        projects.append(Project(draft.agreement.title, school_id))
        at, milestones = 0, (milestone,)
    projects[at] = replace(projects[at], milestones=tuple(sorted(milestones, key=lambda m: m.due)))
    purpose = replace(draft.agreement.purpose, projects=tuple(projects))
    draft.update(agreement=replace(draft.agreement, purpose=purpose))


def minutes_of(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _set_rule(draft: Draft, value: dict[str, Any]) -> None:
    rule = draft.agreement.meeting.rule
    changes: dict[str, Any] = {}
    if value.get("every"):
        changes["every"] = str(value["every"]).lower()
    if value.get("at"):
        changes["at"] = minutes_of(str(value["at"]))
    if value.get("anchor"):
        changes["anchor"] = str(value["anchor"])
    if value.get("minutes"):
        changes["minutes"] = int(value["minutes"])
    meeting = replace(draft.agreement.meeting, rule=replace(rule, **changes))
    draft.update(agreement=replace(draft.agreement, meeting=meeting))
    replan(draft, offer_catch_up, cause="rule")


def refused(draft: Draft, change: dict[str, Any]) -> str | None:
    """Why a change can't be made, as a receipt's reason; None where it can. Nothing that the form of the agreement
    file does not allow gets into an agreement by mail."""
    field, value = change["field"], change["value"]
    found = draft.agreement.find(change["by"])
    if found is None:
        return "unknown"
    school = found[0]
    if not value or any(not value.get(key) for key in _NEEDED.get(field, ())):
        return "unknown"
    if field == "person":
        if draft.agreement.find(str(value["email"])):
            return "twice"
        return "full" if len(school.people) >= leaving.MOST_PEOPLE else None
    if field == "term":
        return _term_refused(draft, school, value)
    if field == "meeting":
        return _rule_refused(draft, value)
    if field == "milestone":
        return None if _is_day(value["due"]) else "unknown"
    if field == "objective":
        known = {o.casefold() for o in draft.agreement.purpose.objectives}
        return "twice" if str(value).casefold() in known else None
    return None


_NEEDED = {"person": ("name", "email"), "term": ("from", "to"), "milestone": ("due", "what"), "resource": ("what",)}


def _is_day(text: Any) -> bool:
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def _term_refused(draft: Draft, school: School, value: dict[str, Any]) -> str | None:
    if not (_is_day(value["from"]) and _is_day(value["to"])):
        return "unknown"
    span = Span(date.fromisoformat(value["from"]), date.fromisoformat(value["to"]))
    if span.last < span.first:
        return "unknown"
    if span.last < draft.today(school.id):
        return "past"
    return "twice" if any((t.first, t.last) == (span.first, span.last) for t in school.terms or ()) else None


def _rule_refused(draft: Draft, value: dict[str, Any]) -> str | None:
    every = str(value.get("every") or draft.agreement.meeting.rule.every).lower().split()
    if len(every) != 2 or every[0] not in ORDINALS or every[1] not in WEEKDAYS:
        return "unknown"
    anchor = value.get("anchor")
    if anchor and anchor != "alternate" and anchor not in [s.id for s in draft.agreement.schools]:
        return "unknown"
    at = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value.get("at") or "0:00"), re.ASCII)
    minutes = str(value.get("minutes", 1))
    if not at or not re.fullmatch(r"\d{1,4}", minutes, re.ASCII) or not 1 <= int(minutes) <= 1440:
        return "unknown"
    return None
