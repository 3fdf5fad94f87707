"""Whether to go on: each school's answer, a leader's word before a lead's; renewal, or a kind end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tandem.core import timetable
from tandem.core.agreement import LEADER, Person, School
from tandem.core.catchups import offer_catch_up
from tandem.core.draft import Draft
from tandem.core.planning import replan


def answer(draft: Draft, school: School, person: Person, go_on: bool) -> bool:
    """Takes a school's answer in; false where it is too late, or where the leader has said otherwise already."""
    state = draft.state
    if draft.now > timetable.review_ends(state) + timetable.RENEW_WITHIN:
        return False
    before = state.review_answers.get(school.id)
    leader = person.role == LEADER
    if before and before["leader"] and not leader and before["go_on"] != go_on:
        return False
    said = {"go_on": go_on, "by": person.key, "leader": leader, "at": draft.now.isoformat()}
    draft.update(review_answers={**state.review_answers, school.id: said})
    answers = draft.state.review_answers
    if all(s.id in answers and answers[s.id]["go_on"] for s in draft.agreement.schools):
        renew(draft)
    elif not go_on and state.ended is None:
        _ending(draft)
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
