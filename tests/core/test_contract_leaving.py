"""Section 1, "Leaving": hand-overs, stop, new colleagues, bounces, absences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tandem.core import commands as said
from tandem.core.agreement import LEAD, Person
from tandem.core.domains import belongs
from tandem.core.wanted import wanted
from tests.support.agreements import agreement
from tests.support.lives import helpful, utc
from tests.support.talks import (
    AISHA,
    DAY,
    GRACE,
    HOUR,
    JOSEPH,
    MARY,
    PETER,
    RUTH,
    TOM,
    ZOE,
    Talk,
    in_october,
    kinds,
    readers,
    receipt,
    without,
)  # fmt: skip

JOY = "joy@airedale.example"
TO_JOY = (("name", "Joy Hall"), ("email", JOY))
TO_GMAIL = (("name", "Joy Hall"), ("email", "joy.hall@gmail.com"))


def role(talk: Talk, email: str) -> str | None:
    found = talk.agreement.find(email)
    return found[1].role if found else None


def test_a_hand_over_within_the_schools_own_domain_needs_nobodys_yes() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, TO_JOY))
    told = talk.wait(HOUR)
    assert not [m for m in told if m.variant == "successor"]
    assert role(talk, JOY) == LEAD
    assert role(talk, AISHA) is None


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("joy@airedale.example", True),
        ("joy@AIREDALE.example", True),
        ("joy@mail.example", False),  # the domain of an `also` address alone
        ("joy@sub.airedale.example", False),
        ("joy@nyanza.example", False),  # the other school's
        ("joy@gmail.com", False),
    ],
)
def test_the_own_domains_are_those_of_the_email_of_the_schools_people(address: str, own: bool) -> None:
    assert belongs(address, agreement().school("aire")) is own


def test_a_public_mail_providers_domain_proves_nothing_even_where_a_colleague_has_it() -> None:
    school = agreement().school("aire")
    school = replace(school, people=(*school.people, Person("Ann", "ann@gmail.com", "member")))
    assert not belongs("joy@gmail.com", school)


def test_else_the_schools_leader_is_asked_first() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, TO_GMAIL))
    told = talk.wait(HOUR)
    assert kinds(told) == [("notice", "successor")]
    assert told[0].to == RUTH
    assert told[0].asks
    assert role(talk, AISHA) == LEAD
    talk.replies(told[0], said.Confirm(True))
    assert role(talk, "joy.hall@gmail.com") == LEAD


def test_the_leaders_no_leaves_everybody_where_they_are_and_tells_who_asked() -> None:
    talk = in_october(helpful)
    talk.says(TOM, said.Handover(AISHA, TO_GMAIL))
    told = talk.wait(HOUR)
    told = talk.replies(told[0], said.Confirm(False))
    assert readers(told, "notice", "successor-declined") == [TOM]
    assert role(talk, AISHA) == LEAD


def test_without_a_leader_the_other_owner_is_asked() -> None:
    talk = Talk(without(agreement(), RUTH))
    talk.says(AISHA, said.Handover(AISHA, TO_GMAIL))
    assert readers(talk.wait(HOUR), "notice", "successor") == [TOM]


def test_the_successor_takes_the_leavers_role_gets_one_handover_and_the_coming_meetings() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, TO_JOY))
    told = talk.wait(HOUR)
    assert readers(told, "handover") == [JOY]
    assert {m.meeting for m in told if m.kind == "invite" and m.to == JOY} == {"2026-10", "2026-11", "2026-12"}
    assert {m.to for m in told if m.kind == "invite"} == {JOY}
    assert role(talk, JOY) == LEAD


def test_the_schools_leaders_and_the_partners_owners_get_a_notice_of_a_hand_over() -> None:
    talk = in_october(helpful)
    talk.says(TOM, said.Handover(TOM, TO_JOY))
    assert readers(talk.wait(HOUR), "notice", "new-colleague") == sorted([RUTH, GRACE, JOSEPH])


def test_without_a_leader_the_leads_get_the_notice_of_a_hand_over() -> None:
    talk = Talk(without(agreement(), RUTH))
    talk.says(TOM, said.Handover(TOM, TO_JOY))
    assert readers(talk.wait(HOUR), "notice", "new-colleague") == sorted([AISHA, GRACE, JOSEPH])


def test_the_leaver_gets_a_cancel_for_each_without_a_higher_sequence() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, TO_JOY))
    told = talk.wait(HOUR)
    cancels = [m for m in told if m.kind == "cancel"]
    assert {(m.to, m.variant, m.meeting) for m in cancels} == {
        (AISHA, "removed", month) for month in ("2026-10", "2026-11", "2026-12")
    }
    assert {m.sequence for m in talk.state.monthly} == {0}


def test_from_a_day_later_the_leaver_gets_nothing_more_and_in_that_day_only_receipt_cancel_and_notice() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, TO_JOY))
    left = talk.now + HOUR
    told = [m for m in talk.until(utc(2027, 3, 1)) if m.to == AISHA]
    assert {m.kind for m in told} == {"cancel"}
    talk = in_october(helpful)
    queued = talk.newest("agenda", AISHA) if talk.mails("agenda", to=AISHA) else talk.newest("invite", AISHA)
    notice = replace(queued, kind="notice", variant="bounce", meeting=None, facts={})
    talk.says(AISHA, said.Handover(AISHA, TO_JOY))
    talk.until(left)
    assert not wanted(talk.state, queued, left)
    assert wanted(talk.state, notice, left + DAY - timedelta(seconds=1))
    assert not wanted(talk.state, notice, left + DAY)


def test_nothing_goes_to_a_name_that_is_in_no_agreement() -> None:
    talk = in_october(helpful)
    stranger = replace(talk.newest("invite", AISHA), to="who@else.example", kind="digest", meeting=None)
    assert not wanted(talk.state, stranger, talk.now)


def test_open_actions_and_resources_of_a_leaver_go_to_the_successor_and_the_resources_are_asked_after() -> None:
    talk = in_october(helpful)
    talk.says(ZOE, said.Action("Send the list", TOM))
    talk.says(TOM, said.Handover(TOM, TO_JOY))
    told = talk.wait(HOUR)
    assert [a.owner for a in talk.state.actions] == [JOY]
    assert talk.agreement.resources[0].keeper == JOY
    assert readers(told, "notice", "keeper-left") == [AISHA]


def test_a_colleague_who_is_there_already_takes_the_role_and_keeps_the_invitations() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, (("name", "Zoë"), ("email", ZOE))))
    told = talk.wait(HOUR)
    assert role(talk, ZOE) == LEAD
    assert not [m for m in told if m.kind == "invite"]
    assert len(talk.agreement.school("aire").people) == 3


def test_who_becomes_the_leader_leaves_the_calendars() -> None:
    talk = in_october(helpful)
    talk.says(RUTH, said.Handover(RUTH, (("name", "Zoë"), ("email", ZOE))))
    told = talk.wait(HOUR)
    assert role(talk, ZOE) == "leader"
    assert {(m.to, m.variant) for m in told if m.kind == "cancel"} == {(ZOE, "removed")}
    assert len([m for m in told if m.kind == "cancel"]) == 3
    assert not [m for m in talk.until(utc(2026, 11, 20)) if m.to == ZOE and m.kind in ("agenda", "invite", "reminder")]


def test_a_last_owner_who_takes_the_leaders_place_stays_the_owner() -> None:
    talk = Talk(without(agreement(), TOM))
    talk.says(RUTH, said.Handover(RUTH, (("name", "Aisha"), ("email", AISHA))))
    talk.wait(HOUR)
    assert role(talk, AISHA) == LEAD
    assert [p.key for p in talk.agreement.school("aire").leaders] == [AISHA]


def test_a_leader_who_takes_a_leads_place_comes_into_the_calendars() -> None:
    talk = in_october(helpful)
    talk.says(RUTH, said.Handover(AISHA, (("name", "Ruth"), ("email", RUTH))))
    told = talk.wait(HOUR)
    assert role(talk, RUTH) == LEAD
    assert len([m for m in told if m.kind == "invite" and m.to == RUTH]) == 3


def test_an_address_of_the_other_school_can_not_take_over() -> None:
    talk = in_october(helpful)
    told = receipt(talk.says(AISHA, said.Handover(AISHA, (("name", "Grace"), ("email", GRACE)))))
    assert told.variant == "cannot"
    told = receipt(talk.says(AISHA, said.Handover(AISHA, (("name", "I"), ("email", "aisha.k@mail.example")))))
    assert told.variant == "cannot"
    assert not talk.state.pending


# -- stop


def test_stop_is_a_hand_over_without_a_successor() -> None:
    talk = in_october(helpful)
    told = receipt(talk.says(TOM, said.Stop()))
    assert told.facts["items"] == [{"what": "stop", "last": False}]
    gone = talk.wait(HOUR)
    assert role(talk, TOM) is None
    assert len([m for m in gone if m.kind == "cancel" and m.to == TOM]) == 3
    assert readers(gone, "notice", "left") == sorted([RUTH, GRACE, JOSEPH])


def test_where_the_lead_stops_the_deputy_is_the_lead() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Stop())
    talk.wait(HOUR)
    assert role(talk, TOM) == LEAD


def test_a_schools_last_owner_stays_until_one_is_named_and_the_leader_is_told() -> None:
    talk = Talk(without(agreement(), TOM))
    told = receipt(talk.says(AISHA, said.Stop()))
    assert told.facts["items"] == [{"what": "stop", "last": True}]
    assert readers(talk.wait(HOUR), "notice", "last-owner") == [RUTH]
    assert role(talk, AISHA) == LEAD
    talk.says(RUTH, said.Handover(AISHA, TO_JOY))
    talk.wait(HOUR)
    assert (role(talk, AISHA), role(talk, JOY)) == (None, LEAD)


def test_an_owner_whose_colleague_can_not_be_reached_is_the_last_one() -> None:
    talk = in_october(helpful)
    talk.bounces(TOM)
    talk.says(AISHA, said.Stop())
    talk.wait(HOUR)
    assert role(talk, AISHA) == LEAD


def test_a_school_never_ends_up_with_nobody() -> None:
    talk = in_october(helpful)
    for who in (ZOE, RUTH, TOM, AISHA):
        talk.says(who, said.Stop())
        talk.wait(2 * HOUR)
    assert [p.key for p in talk.agreement.school("aire").people] == [AISHA]
    talk = in_october(helpful)
    for gone in (AISHA, TOM, RUTH):
        told = talk.bounces(gone)
    assert readers(told, "notice", "bounce") == [ZOE]  # nobody else of the school can be reached


# -- bounces


def test_a_hard_bounce_stops_mail_to_that_address_and_the_others_of_that_schools_owners_and_leaders_are_told() -> None:
    talk = in_october(helpful)
    told = talk.bounces(AISHA.upper())
    assert readers(told, "notice", "bounce") == sorted([TOM, RUTH])
    assert not talk.bounces(AISHA)
    assert AISHA not in {m.to for m in talk.until(utc(2027, 2, 1))}


def test_a_members_bounce_is_told_to_owners_and_leaders_of_the_own_school_alone() -> None:
    talk = in_october(helpful)
    assert readers(talk.bounces(PETER), "notice", "bounce") == sorted([GRACE, JOSEPH, MARY])


def test_the_bounce_of_a_leaver_or_of_a_stranger_is_told_to_nobody() -> None:
    talk = in_october(helpful)
    talk.says(AISHA, said.Handover(AISHA, TO_JOY))
    talk.wait(HOUR)
    assert not talk.bounces(AISHA)
    assert not talk.bounces("who@else.example")
    assert not talk.bounces("aisha.k@mail.example")


# -- absences


@pytest.mark.parametrize("kind", ["reminder", "check-in", "nudge"])
def test_an_absent_person_gets_no_reminder_check_in_or_nudge_for_meetings_in_that_time_the_others_do(kind: str) -> None:
    talk = in_october(helpful)
    talk.life.person = lambda life, mail: ()
    talk.says(AISHA, said.Absence(date(2026, 10, 12), date(2026, 10, 16)))
    talk.says(AISHA, said.Rsvp("2026-10", "TENTATIVE"))
    for who in (AISHA, TOM, ZOE):
        talk.says(who, said.Rsvp("2026-10", "TENTATIVE"))
    told = [m for m in talk.until(utc(2026, 10, 20)) if m.kind == kind and m.meeting == "2026-10"]
    assert AISHA not in readers(told)
    assert TOM in readers(told)


def test_an_absence_is_taken_from_today_where_no_first_day_is_said() -> None:
    talk = in_october(helpful)
    told = receipt(talk.says(AISHA, said.Absence(None, date(2026, 10, 4))))
    assert told.facts["items"][0]["from"] == "2026-10-01"
    assert receipt(talk.says(AISHA, said.Absence(None, date(2026, 9, 4)))).facts["reason"] == "past"
    far = said.Absence(date(2026, 10, 4), date(2027, 12, 1))
    assert receipt(talk.says(AISHA, far)).facts["reason"] == "far"


def test_leaders_are_written_to_as_such_after_a_hand_over_among_them() -> None:
    talk = in_october(helpful)
    talk.says(RUTH, said.Handover(RUTH, TO_JOY))
    told = talk.wait(HOUR)
    assert role(talk, JOY) == "leader"
    assert kinds(m for m in told if m.to == JOY) == [("handover", "pack")]
    assert JOY in readers(m for m in talk.until(utc(2026, 11, 10)) if m.kind == "digest")
