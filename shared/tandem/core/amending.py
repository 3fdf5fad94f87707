"""A new file for a partnership that runs.

A file is put there by the operator for both schools, so all of it holds at once: people come and go as by mail,
meetings move as announced closures move them, and owners and leaders of both get one mail that says what is new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from tandem.core import leaving
from tandem.core.agreement import LEADER, Agreement, Milestone, Policy, School, Span
from tandem.core.catchups import offer_catch_up
from tandem.core.changes import rule_holds_from
from tandem.core.draft import Draft
from tandem.core.planning import change_place, replan

Change = dict[str, Any]


def other_school(old: Agreement, new: Agreement) -> int | None:
    """Which school of the file, 0 or 1, is not the one that it is in the agreement: another one, or the same ones the
    other way round, which would turn whose turn it is. None where both are."""
    pairs = zip(old.schools, new.schools, strict=True)
    return next((number for number, (was, now) in enumerate(pairs) if was.id != now.id), None)


def amend(draft: Draft, new: Agreement) -> None:
    """Nothing changes where the file is about other schools (`other_school`)."""
    old = draft.agreement
    if new.review in draft.state.renewals:
        new = replace(new, review=old.review)  # both said yes to another year; the file was written before
    if new == old or other_school(old, new) is not None:
        return
    # The people stay as they are for a moment: who goes and who comes is told one by one.
    kept = new
    for school in new.schools:
        kept = kept.with_school(replace(school, people=old.school(school.id).people))
    draft.update(agreement=kept)
    if old.review != new.review:
        draft.update(review_answers={})
    before = {p.key for _, p in old.people}
    _people(draft, new)
    change_place(draft, new.meeting.where, new.meeting.phone)
    replan(draft, offer_catch_up, cause="rule" if old.meeting.rule != new.meeting.rule else "closed")
    _tell(draft, list(differences(old, new)), before)


def _people(draft: Draft, new: Agreement) -> None:
    """Those who stay take their new roles, newcomers come, and only then some go: a school always has an owner."""
    for wanted in new.schools:
        _stay(draft, wanted)
    for school, person in new.people:
        if draft.agreement.find(person.key) is None:
            leaving.welcome(draft, draft.agreement.school(school.id), person, "")
    here = {(s.id, p.key) for s, p in new.people}
    for school, person in list(draft.agreement.people):
        if (school.id, person.key) not in here:
            leaving.leave(draft, draft.agreement.school(school.id), person)
    for school, person in new.people:  # from one school to the other
        if draft.agreement.find(person.key) is None:
            leaving.welcome(draft, draft.agreement.school(school.id), person, "")
    for wanted in new.schools:  # as the file has it, `also` addresses and order included
        draft.update(agreement=draft.agreement.with_school(wanted))


def _stay(draft: Draft, wanted: School) -> None:
    then = {p.key: p for p in wanted.people}
    school = draft.agreement.school(wanted.id)
    merged = tuple(then.get(p.key, p) for p in school.people)
    draft.update(agreement=draft.agreement.with_school(replace(school, people=merged)))
    for was, person in zip(school.people, merged, strict=True):
        if (was.role == LEADER) != (person.role == LEADER):
            leaving.take_seat(draft, person)


def _tell(draft: Draft, changes: list[Change], before: set[str]) -> None:
    """To owners and leaders; who has come with this file has been told everything else already."""
    told = {p.key: p for s in draft.agreement.schools for p in (*s.owners, *s.leaders) if p.key in before}
    if changes:
        facts = {"changes": changes, **rule_holds_from(draft, changes)}
        draft.mail("agreement", "amended", told.values(), facts=facts)


def differences(old: Agreement, new: Agreement) -> list[Change]:
    """What is new, as the amendment mail says it: [{"field", "old", "new"}], with `school` where one alone changes."""
    out: list[Change] = []

    def put(field: str, was: Any, now: Any, **more: Any) -> None:
        if was != now:
            out.append({"field": field, "old": was, "new": now, **more})

    put("title", old.title, new.title)
    put("start", old.start.isoformat(), new.start.isoformat())
    put("review", old.review.isoformat(), new.review.isoformat())
    put("where", old.meeting.where, new.meeting.where)
    put("phone", old.meeting.phone, new.meeting.phone)
    put("meeting", rule_facts(old), rule_facts(new))
    put("pupils", list(old.meeting.pupils), list(new.meeting.pupils))
    _each(out, "objective", old.purpose.objectives, new.purpose.objectives)
    put("wants", dict(old.purpose.wants), dict(new.purpose.wants))
    _milestones(out, old, new)
    _each(out, "resource", *([_facts(r) for r in a.resources] for a in (old, new)))
    put("policy", *_policies(old.policy, new.policy))
    for school in new.schools:
        earlier = old.school(school.id)
        here = {"school": school.id}
        _each(out, "closed", *(_spans(s.closed, "until") for s in (earlier, school)), **here)
        _each(out, "term", *(_spans(s.terms or (), "to") for s in (earlier, school)), **here)
        known = {p.key for p in earlier.people}
        came = [{"name": p.name, "email": p.email, "role": p.role} for p in school.people if p.key not in known]
        _each(out, "person", [], came, **here)
    return out


def _each(out: list[Change], field: str, old: Iterable[Any], new: Iterable[Any], **more: Any) -> None:
    """One line for each that has come, and for each that is gone."""
    old, new = list(old), list(new)
    out += [{"field": field, "old": None, "new": one, **more} for one in new if one not in old]
    out += [{"field": field, "old": one, "new": None, **more} for one in old if one not in new]


def _milestones(out: list[Change], old: Agreement, new: Agreement) -> None:
    was, now = ({m.what: _milestone(m) for p in a.purpose.projects for m in p.milestones} for a in (old, new))
    for what in dict.fromkeys((*now, *was)):
        if was.get(what) != now.get(what):
            out.append({"field": "milestone", "old": was.get(what), "new": now.get(what)})


def _milestone(milestone: Milestone) -> dict[str, str]:
    return {"what": milestone.what, "due": milestone.due.isoformat()}


def _facts(resource: Any) -> dict[str, str]:
    return {"what": resource.what, "where": resource.where, "keeper": resource.keeper}


def _policies(old: Policy, new: Policy) -> tuple[list[str], list[str]]:
    names = [f.name for f in fields(Policy) if getattr(old, f.name) != getattr(new, f.name)]
    was, now = ([f"{name.replace('_', ' ')}: {getattr(p, name)}" for name in names] for p in (old, new))
    return was, now


def _spans(spans: tuple[Span, ...], end: str) -> list[dict[str, str | None]]:
    return [{"from": s.first.isoformat(), end: s.last.isoformat(), "why": s.why} for s in spans]


def rule_facts(agreement: Agreement) -> dict[str, Any]:
    rule = agreement.meeting.rule
    at = f"{rule.at // 60:02}:{rule.at % 60:02}"
    return {"every": rule.every, "at": at, "anchor": rule.anchor, "minutes": rule.minutes}
