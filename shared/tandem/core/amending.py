"""A new file for a partnership that runs.

A file is put there by the operator for both schools, so all of it holds at once: people come and go as by mail,
meetings move as announced closures move them, and owners and leaders of both get one mail that says what is new.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tandem.core import leaving
from tandem.core.agreement import Agreement, Person, School, Span
from tandem.core.catchups import offer_catch_up
from tandem.core.draft import Draft
from tandem.core.planning import change_place, first_plan, replan


def amend(draft: Draft, new: Agreement) -> None:
    old = draft.agreement
    if new == old or [s.id for s in new.schools] != [s.id for s in old.schools]:
        return
    changes = list(differences(old, new))
    before = draft.state
    if before.signed_at is None:
        draft.update(agreement=new)
        if not any(m.invitees for m in before.meetings):
            draft.update(meetings=first_plan(new))
        _tell(draft, changes)
        return
    kept = new
    for school in new.schools:
        kept = kept.with_school(replace(school, people=old.school(school.id).people))
    draft.update(agreement=kept)
    if old.review != new.review:
        draft.update(review_answers={}, renewals=draft.state.renewals)
    for school in new.schools:
        _people(draft, school)
    change_place(draft, new.meeting.where, new.meeting.phone)
    replan(draft, offer_catch_up, cause="rule" if old.meeting.rule != new.meeting.rule else "closed")
    _tell(draft, changes)


def _people(draft: Draft, wanted: School) -> None:
    now = {p.key: p for p in draft.agreement.school(wanted.id).people}
    then = {p.key: p for p in wanted.people}
    for key in [k for k in then if k not in now]:
        person = then[key]
        leaving.join(draft, draft.agreement.school(wanted.id), person.name, person.email, person.role, key)
    for key in [k for k in now if k not in then]:
        leaving.stop(draft, key)
    school = draft.agreement.school(wanted.id)
    merged: tuple[Person, ...] = tuple(then.get(p.key, p) for p in school.people)
    draft.update(agreement=draft.agreement.with_school(replace(school, people=merged)))


def _tell(draft: Draft, changes: list[dict[str, Any]]) -> None:
    told = {p.key: p for s in draft.agreement.schools for p in (*s.owners, *s.leaders)}
    if changes:
        draft.mail("agreement", "amended", told.values(), facts={"changes": changes})


def differences(old: Agreement, new: Agreement) -> list[dict[str, Any]]:
    """What is new, as the amendment mail says it: [{"field", "old", "new"}]."""
    out: list[dict[str, Any]] = []
    for field in ("where", "phone"):
        was, now = getattr(old.meeting, field), getattr(new.meeting, field)
        if was != now:
            out.append({"field": field, "old": was, "new": now})
    if old.meeting.rule != new.meeting.rule:
        out.append({"field": "meeting", "old": rule_facts(old), "new": rule_facts(new)})
    for objective in new.purpose.objectives:
        if objective not in old.purpose.objectives:
            out.append({"field": "objective", "old": None, "new": objective})
    due = {m.what: m.due for p in old.purpose.projects for m in p.milestones}
    for project in new.purpose.projects:
        for milestone in project.milestones:
            if due.get(milestone.what) != milestone.due:
                was = due.get(milestone.what)
                before = {"what": milestone.what, "due": was.isoformat()} if was else None
                fresh = {"what": milestone.what, "due": milestone.due.isoformat()}
                out.append({"field": "milestone", "old": before, "new": fresh})
    for resource in new.resources:
        if resource not in old.resources:
            fresh = {"what": resource.what, "where": resource.where, "keeper": resource.keeper}
            out.append({"field": "resource", "old": None, "new": fresh})
    for school in new.schools:
        earlier = old.school(school.id)
        out += _spans("closed", "until", earlier.closed, school.closed, school.id)
        out += _spans("term", "to", earlier.terms or (), school.terms or (), school.id)
    return out


def _spans(field: str, end: str, old: tuple[Span, ...], new: tuple[Span, ...], school: str) -> list[dict[str, Any]]:
    return [
        {
            "field": field,
            "old": None,
            "new": {"from": s.first.isoformat(), end: s.last.isoformat(), "why": s.why},
            "school": school,
        }
        for s in new
        if s not in old
    ]


def rule_facts(agreement: Agreement) -> dict[str, str]:
    rule = agreement.meeting.rule
    return {"every": rule.every, "at": f"{rule.at // 60:02}:{rule.at % 60:02}", "anchor": rule.anchor}
