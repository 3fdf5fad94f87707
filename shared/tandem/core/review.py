"""Whether to go on: each school's answer, a leader's word before a lead's; renewal, or a kind end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tandem.core import timetable
from tandem.core.agreement import LEADER, Person, School
from tandem.core.catchups import offer_catch_up
from tandem.core.draft import Draft
from tandem.core.planning import replan


def answer(draft: Draft, school: School, person: Person, go_on: bool, day: date) -> bool:
    """Takes a school's answer about the review of that day in; false where it is too late, or where the school's leader
    has said otherwise already."""
    state = draft.state
    leader = person.role == LEADER
    if day != draft.agreement.review:
        return _after_renewal(draft, school, person, go_on, day)
    if draft.now > timetable.review_ends(state) + timetable.RENEW_WITHIN:
        return False
    before = state.review_answers.get(school.id)
    if before and before["leader"] and not leader:
        return bool(before["go_on"] == go_on)
    said = {"go_on": go_on, "by": person.key, "leader": leader, "at": draft.now.isoformat()}
    draft.update(review_answers={**state.review_answers, school.id: said})
    _weigh(draft)
    return True


def _weigh(draft: Draft) -> None:
    answers = draft.state.review_answers
    if all(s.id in answers and answers[s.id]["go_on"] for s in draft.agreement.schools):
        renew(draft)
    elif draft.state.ended is None and any(not a["go_on"] for a in answers.values()):
        _ending(draft)


def _after_renewal(draft: Draft, school: School, person: Person, go_on: bool, day: date) -> bool:
    """Both schools have said yes to that day's question. One more yes is as good as heard, and is no answer to the next
    year's; a leader's no, before that day is over, prevails: then it ends on it after all."""
    state = draft.state
    if not state.renewals or state.renewals[-1] != day or a_year_later(day) != draft.agreement.review:
        return False
    if go_on:
        return True
    over = timetable.review_ends(replace(state, agreement=replace(draft.agreement, review=day)))
    if draft.now >= over or person.key not in {p.key for p in school.leaders}:
        return False
    partner = draft.agreement.partner(school.id)
    at = draft.now.isoformat()
    draft.update(
        agreement=replace(draft.agreement, review=day),
        renewals=state.renewals[:-1],
        review_answers={
            school.id: {"go_on": False, "by": person.key, "leader": person.role == LEADER, "at": at},
            partner.id: {"go_on": True, "by": partner.leaders[0].key, "leader": False, "at": at},
        },
    )
    replan(draft, offer_catch_up)
    _ending(draft)
    return True


def take_back(draft: Draft, school: School, before: dict[str, Any] | None) -> bool:
    """A NO to the receipt: the school's answer is what it was before. False where the other's has settled it."""
    answers = {k: v for k, v in draft.state.review_answers.items() if k != school.id}
    if school.id not in draft.state.review_answers:
        return False
    draft.update(review_answers={**answers, school.id: before} if before else answers)
    _weigh(draft)
    return True


def asked(draft: Draft) -> list[str]:
    """Leads and leaders of both schools."""
    people = [p for s in draft.agreement.schools for p in (*s.leads, *s.leaders)]
    return list(dict.fromkeys(p.key for p in people))


def _ending(draft: Draft) -> None:
    """Everybody hears at once that there will be an end, and when; no school is named."""
    key = f"ending:{draft.agreement.review}"
    if key in draft.state.done:
        return
    draft.mark(key)
    draft.mail("review", "ending", asked(draft), facts={"review": draft.agreement.review.isoformat()})


def a_year_later(day: date) -> date:
    """The same day next year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def renew(draft: Draft) -> None:
    old = draft.agreement.review
    new = a_year_later(old)
    draft.update(
        agreement=replace(draft.agreement, review=new),
        renewals=(*draft.state.renewals, old),
        review_answers={},
        ended=None,
    )
    replan(draft, offer_catch_up)
    facts = {"review": old.isoformat(), "until": new.isoformat()}
    draft.mail("review", "renewed", asked(draft), facts=facts)
