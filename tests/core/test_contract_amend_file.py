"""Section 1, "Changing the agreement": by a new file, before both have signed and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tandem.core import commands as said
from tandem.core.agreement import DEPUTY, LEAD, LEADER, MEMBER, Agreement, Person, Span
from tests.support.agreements import agreement
from tests.support.lives import helpful, utc
from tests.support.talks import (
    AISHA,
    EVERYBODY,
    GRACE,
    HOUR,
    JOSEPH,
    LEADERS,
    MARY,
    OWNERS,
    PETER,
    RUTH,
    TOM,
    ZOE,
    Talk,
    in_october,
    kinds,
    readers,
    without,
)  # fmt: skip

INVITED = sorted(set(EVERYBODY) - set(LEADERS))
JOY = Person("Joy Hall", "joy@airedale.example", LEAD)


def roles(pair: Agreement, **new: str) -> Agreement:
    """With other roles, by first part of the address, "_" for its dot."""
    for school in pair.schools:
        people = tuple(replace(p, role=new.get(p.key.split("@")[0].replace(".", "_"), p.role)) for p in school.people)
        pair = pair.with_school(replace(school, people=people))
    return pair


def plus(pair: Agreement, *people: Person) -> Agreement:
    school = pair.school("aire")
    return pair.with_school(replace(school, people=(*school.people, *people)))


def test_the_same_file_once_more_changes_nothing_and_brings_no_mail() -> None:
    talk = in_october(helpful)
    assert not talk.file(talk.agreement)


def test_a_file_about_two_other_schools_changes_nothing() -> None:
    talk = in_october(helpful)
    before = talk.agreement
    first, second = before.schools
    assert not talk.file(replace(before, title="Hijacked", schools=(replace(first, id="else"), second)))
    assert not talk.file(replace(before, title="Turned", schools=(second, first)))
    assert talk.agreement == before


def test_a_new_file_tells_owners_and_leaders_of_both_what_is_new_old_and_new() -> None:
    talk = in_october(helpful)
    new = replace(agreement(rule={"every": "third tuesday"}), title="Rivers", review=date(2027, 6, 20))
    told = talk.file(new)
    assert readers(told, "agreement", "amended") == sorted([*OWNERS, *LEADERS])
    changes = {c["field"]: (c["old"], c["new"]) for c in told[-1].facts["changes"]}
    assert changes["title"] == ("Rivers and Lakes", "Rivers")
    assert changes["review"] == ("2027-07-01", "2027-06-20")
    assert changes["meeting"][1]["every"] == "third tuesday"
    assert told[-1].facts["from"].startswith("2026-10-08")
    assert talk.agreement == new


def test_a_new_file_moves_meetings_as_closures_and_rules_by_mail_do() -> None:
    talk = in_october(helpful)
    school = talk.agreement.school("aire")
    spans = (*school.closed, Span(date(2026, 10, 13), date(2026, 10, 13), "Fair"))
    told = talk.file(talk.agreement.with_school(replace(school, closed=spans)))
    assert readers(told, "update", "moved") == INVITED
    assert talk.meeting("2026-10").starts == utc(2026, 10, 14, 11)
    told = talk.file(replace(talk.agreement, meeting=replace(talk.agreement.meeting, where="https://new.example")))
    assert {m.meeting for m in told if m.kind == "update"} == {"2026-10", "2026-11", "2026-12"}


def test_a_days_reopening_brings_a_meeting_back_to_its_rule() -> None:
    talk = in_october(helpful)
    before = talk.agreement
    school = before.school("aire")
    fair = Span(date(2026, 11, 10), date(2026, 11, 10), "Fair")
    talk.file(before.with_school(replace(school, closed=(*school.closed, fair))))
    assert talk.meeting("2026-11").moved_from == date(2026, 11, 10)
    talk.file(before)
    november = talk.meeting("2026-11")
    assert (november.starts, november.sequence, november.moved_from) == (utc(2026, 11, 10, 11), 2, None)


def test_people_of_a_new_file_come_and_go_as_by_mail() -> None:
    talk = in_october(helpful)
    told = talk.file(plus(without(talk.agreement, AISHA), JOY))
    assert readers(told, "handover") == [JOY.key]
    assert {m.meeting for m in told if m.kind == "invite" and m.to == JOY.key} == {"2026-10", "2026-11", "2026-12"}
    assert {(m.to, m.variant) for m in told if m.kind == "cancel"} == {(AISHA, "removed")}
    assert readers(told, "notice", "new-colleague") == sorted([RUTH, GRACE, JOSEPH])
    assert readers(told, "notice", "left") == sorted([RUTH, GRACE, JOSEPH])
    assert JOY.key not in readers(told, "agreement")
    assert AISHA not in {m.to for m in talk.until(utc(2027, 3, 1))}


def test_all_of_a_schools_people_may_be_others_in_a_new_file() -> None:
    talk = in_october(helpful)
    others = (JOY, Person("Ann", "ann@airedale.example", LEADER))
    talk.file(plus(without(talk.agreement, AISHA, TOM, RUTH, ZOE), *others))
    assert [p.key for p in talk.agreement.school("aire").people] == [p.key for p in others]
    assert talk.agreement.school("aire").leads


def test_a_member_whom_a_new_file_makes_the_lead_takes_over_from_the_one_who_goes() -> None:
    talk = in_october(helpful)
    talk.file(roles(without(talk.agreement, AISHA, TOM), z_okafor=LEAD))
    assert [p.key for p in talk.agreement.school("aire").owners] == [ZOE]
    assert {d.person.key for d in talk.state.departures} == {AISHA, TOM}


def test_who_becomes_a_leader_by_file_leaves_the_calendars_and_who_was_one_comes_in() -> None:
    talk = in_october(helpful)
    told = talk.file(roles(talk.agreement, z_okafor=LEADER, r_shaw=MEMBER))
    assert {(m.to, m.variant) for m in told if m.kind == "cancel"} == {(ZOE, "removed")}
    assert {m.to for m in told if m.kind == "invite"} == {RUTH}
    told = talk.until(utc(2026, 10, 20))
    assert ZOE not in readers(m for m in told if m.kind == "agenda")
    assert RUTH in readers(m for m in told if m.kind == "agenda")


def test_a_person_whom_a_file_moves_to_the_other_school_keeps_a_place_there() -> None:
    talk = in_october(helpful)
    school = without(talk.agreement, PETER).school("aire")
    new = without(talk.agreement, PETER)
    new = new.with_school(replace(school, people=(*school.people, Person("Peter Ouma", PETER, MEMBER))))
    talk.file(new)
    assert talk.agreement.find(PETER)[0].id == "aire"  # type: ignore[index]
    place = talk.meeting("2026-10").invitee(PETER)
    assert place is not None
    assert not place.off


def test_other_addresses_and_languages_of_a_file_hold_without_a_mail() -> None:
    talk = in_october(helpful)
    school = talk.agreement.school("aire")
    people = tuple(replace(p, also=("tom@home.example",), language="de") if p.key == TOM else p for p in school.people)
    assert not talk.file(talk.agreement.with_school(replace(school, people=people)))
    assert talk.agreement.find("tom@home.example")[1].key == TOM  # type: ignore[index]


def test_an_earlier_review_in_a_file_ends_the_meetings_past_it_with_a_cancel_and_no_catch_up() -> None:
    talk = in_october(helpful)
    told = talk.file(replace(talk.agreement, review=date(2026, 11, 20)))
    assert readers(told, "cancel", "ended") == INVITED
    assert {m.meeting for m in told if m.kind == "cancel"} == {"2026-12"}
    assert not [m for m in told if m.kind == "catch-up"]
    assert [m.month for m in talk.state.monthly if m.status == "planned"] == ["2026-10", "2026-11"]


def test_a_later_review_in_a_file_adds_months_and_asks_then() -> None:
    talk = in_october(helpful)
    talk.file(replace(talk.agreement, review=date(2027, 9, 20)))
    assert talk.state.monthly[-1].month == "2027-09"
    assert not [m for m in talk.until(utc(2027, 5, 10)) if m.kind == "review"]


def test_a_file_written_before_a_renewal_does_not_take_it_back() -> None:
    talk = in_october(helpful)
    talk.until(utc(2027, 5, 10))
    assert talk.agreement.review == date(2028, 7, 1)
    talk.file(replace(agreement(), title="Rivers"))
    assert (talk.agreement.title, talk.agreement.review) == ("Rivers", date(2028, 7, 1))


def test_before_signing_a_new_file_replaces_the_old_plan_and_newcomers_get_the_agreement() -> None:
    talk = Talk(signed=False)
    new = plus(without(agreement(rule={"every": "third tuesday"}), AISHA), JOY)
    told = talk.file(new)
    assert readers(told, "agreement", "first") == [JOY.key]
    assert {m.kind for m in told} == {"agreement"}
    assert talk.meeting("2026-09").starts == utc(2026, 9, 15, 11)
    talk.says(JOY.key, said.Sign())
    talk.says(GRACE, said.Sign())
    assert len(talk.state.signed) == 2
    assert AISHA not in {m.to for m in talk.until(utc(2026, 10, 1)) if m.kind != "receipt"}


def test_a_file_after_unsigned_months_leaves_them_unsigned() -> None:
    talk = Talk(signed=False)
    talk.until(utc(2026, 10, 20))
    talk.file(agreement(rule={"every": "third tuesday"}))
    talk.wait(HOUR)
    assert [talk.meeting(m).status for m in ("2026-09", "2026-10", "2026-11")] == ["unsigned", "unsigned", "planned"]
    assert talk.meeting("2026-10").starts == utc(2026, 10, 13, 11)
    assert talk.meeting("2026-11").starts == utc(2026, 11, 17, 11)


@pytest.mark.parametrize("signed", [True, False])
def test_a_new_file_asks_nobody_to_sign_again(signed: bool) -> None:
    talk = in_october(helpful) if signed else Talk(signed=False)
    before = dict(talk.state.signed)
    told = talk.file(replace(talk.agreement, title="Rivers"))
    assert set(kinds(told)) == {("agreement", "amended")}
    assert talk.state.signed == before
    assert DEPUTY in {p.role for _, p in talk.agreement.people}
    assert MARY in readers(told)
