"""Section 1, "Who is who" and "Signing"; section 4: who may say what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tandem.core import commands as said
from tests.support.agreements import agreement
from tests.support.lives import utc
from tests.support.talks import (
    AISHA,
    DAY,
    EVERYBODY,
    GRACE,
    HOUR,
    JOSEPH,
    LEADERS,
    MARY,
    MEMBERS,
    OWNERS,
    PETER,
    RUTH,
    TOM,
    ZOE,
    Talk,
    kinds,
    readers,
    receipt,
    without,
)  # fmt: skip


def test_invitations_go_to_everyone_but_the_leaders() -> None:
    talk = Talk()
    assert set(readers(talk.mails("invite"))) == set(OWNERS) | set(MEMBERS)
    assert len(talk.mails("invite")) == 3 * 6


def test_check_ins_nudges_and_catch_ups_go_to_owners() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 25))
    for kind in ("check-in", "nudge", "catch-up"):
        assert set(readers(talk.mails(kind))) == set(OWNERS), kind


def test_where_a_school_has_no_leader_its_leads_receive_and_answer_what_a_leader_would() -> None:
    talk = Talk(without(agreement(policy={"escalate_after": 1}), RUTH))
    talk.until(utc(2026, 10, 2))
    assert set(readers(talk.mails("escalation"))) == {AISHA, MARY}
    told = talk.replies(talk.newest("escalation", AISHA), said.Acknowledge())
    assert receipt(told).facts["items"] == [{"what": "acknowledge"}]
    assert "aire" in talk.state.escalations[0].acknowledged


def test_an_also_address_may_answer_for_a_person_and_nothing_is_sent_there() -> None:
    talk = Talk()
    talk.says("aisha.k@mail.example", said.Rsvp("2026-09", "ACCEPTED"))
    assert talk.partstat("2026-09", AISHA) == "ACCEPTED"
    talk.until(utc(2026, 10, 1))
    assert {m.to for m in talk.mails()} <= set(EVERYBODY)


@pytest.mark.parametrize("who", [AISHA, RUTH, GRACE, MARY])
def test_any_of_a_schools_leads_or_leaders_signs(who: str) -> None:
    talk = Talk(signed=False)
    told = talk.replies(talk.newest("agreement", who), said.Sign())
    assert receipt(told).variant == "said"
    assert list(talk.state.signed) == [talk.agreement.find(who)[0].id]  # type: ignore[index]


@pytest.mark.parametrize("who", [TOM, JOSEPH, ZOE, PETER])
def test_a_deputy_or_member_can_not_sign(who: str) -> None:
    talk = Talk(signed=False)
    told = receipt(talk.says(who, said.Sign()))
    assert (told.variant, told.facts["who"]) == ("not-yours", "lead or leader")
    assert not talk.state.signed


def test_until_both_have_signed_nothing_but_agreement_receipt_and_help_goes_out() -> None:
    talk = Talk(signed=False)
    talk.says(AISHA, said.Sign())
    for who in (AISHA, TOM, RUTH, ZOE):
        talk.says(
            who, said.Rsvp(None, "DECLINED"), said.Report(None, True), said.Cancel(None), said.Meet(None),
            said.Acknowledge(), said.Review(False), said.Pause(date(2026, 10, 1)), said.AgendaItem("x"),
            said.Handover(who, (("name", "New"), ("email", f"n{who}"))), said.Absence(None, date(2026, 9, 10)),
            said.Counter(None, utc(2026, 9, 9)), said.Choose(1), said.Stop(), said.Status(), said.Unclear("?"),
        )  # fmt: skip
        talk.wait(2 * HOUR)
    talk.bounces(TOM)
    talk.until(utc(2026, 11, 20))
    assert {m.kind for m in talk.mails()} == {"agreement", "receipt", "help"}


def test_before_signing_what_is_about_meetings_is_told_that_a_signature_is_awaited_once_a_mail() -> None:
    talk = Talk(signed=False)
    told = talk.says(AISHA, said.Cancel(None), said.Meet(None))
    assert kinds(told) == [("receipt", "not-signed")]


def test_the_second_signature_brings_the_invitations_at_once() -> None:
    talk = Talk(signed=False)
    talk.says(RUTH, said.Sign())
    told = talk.says(GRACE, said.Sign())
    assert {m.meeting for m in told if m.kind == "invite"} == {"2026-09", "2026-10", "2026-11"}


def test_a_no_to_the_agreement_signs_nothing() -> None:
    talk = Talk(signed=False)
    told = talk.replies(talk.newest("agreement", AISHA), said.Confirm(False))
    assert receipt(told).facts["items"] == [{"what": "confirm", "yes": False}]
    assert not talk.state.signed


def test_a_signature_is_taken_back_by_a_no_as_long_as_the_other_school_has_not_signed() -> None:
    talk = Talk(signed=False)
    first = receipt(talk.says(AISHA, said.Sign()))
    assert receipt(talk.replies(first, said.Undo())).variant == "undone"
    assert not talk.state.signed
    again = receipt(talk.says(AISHA, said.Sign()))
    talk.says(GRACE, said.Sign())
    assert receipt(talk.replies(again, said.Undo())).variant == "too-late"
    assert len(talk.state.signed) == 2


def test_a_successor_before_signing_gets_the_agreement_and_may_sign_it() -> None:
    talk = Talk(signed=False)
    talk.says(AISHA, said.Handover(AISHA, (("name", "Joy"), ("email", "joy@airedale.example"))))
    told = talk.wait(HOUR + DAY)
    assert kinds(told) == [("agreement", "first")]
    assert told[0].to == "joy@airedale.example"
    talk.replies(told[0], said.Sign())
    assert "aire" in talk.state.signed


def test_what_a_leader_must_say_about_a_successor_is_asked_once_both_have_signed() -> None:
    talk = Talk(signed=False)
    talk.says(TOM, said.Handover(TOM, (("name", "Joy"), ("email", "joy@gmail.com"))))
    assert not talk.wait(2 * HOUR)
    talk.says(AISHA, said.Sign())
    told = talk.says(GRACE, said.Sign())
    assert readers(told, "notice", "successor") == [RUTH]
    talk.replies(next(m for m in told if m.kind == "notice"), said.Confirm(True))
    assert talk.agreement.find("joy@gmail.com")


def test_an_address_that_bounced_before_signing_is_told_once_both_have_signed() -> None:
    talk = Talk(signed=False)
    talk.bounces(TOM)
    talk.says(AISHA, said.Sign())
    told = talk.says(GRACE, said.Sign())
    assert readers(told, "notice", "bounce") == sorted([AISHA, RUTH])


def test_a_closure_told_before_signing_holds_when_the_invitations_go() -> None:
    talk = Talk(signed=False)
    talk.says(AISHA, said.Closed(date(2026, 9, 8), date(2026, 9, 8), "Fair"))
    talk.wait(2 * HOUR)
    talk.says(AISHA, said.Sign())
    talk.says(GRACE, said.Sign())
    september = talk.meeting("2026-09")
    assert september.starts == utc(2026, 9, 9, 11)
    assert (september.sequence, september.moved_from) == (0, date(2026, 9, 8))


# -- section 4: who may say what

REFUSED = [
    (said.Cancel("2026-10"), MEMBERS, "owner"),
    (said.Meet(None), MEMBERS, "owner"),
    (said.Change("where", "https://x.example"), MEMBERS, "owner"),
    (said.Change("meeting", (("every", "first monday"),)), MEMBERS, "owner"),
    (said.Closed(date(2026, 10, 1), date(2026, 10, 2)), MEMBERS, "owner"),
    (said.Pause(date(2026, 10, 1)), (*MEMBERS, *LEADERS, TOM, JOSEPH), "lead"),
    (said.Acknowledge(), (*MEMBERS, *OWNERS), "leader"),
    (said.Review(True), (*MEMBERS, TOM, JOSEPH), "lead or leader"),
    (said.Sign(), (*MEMBERS, TOM, JOSEPH), "lead or leader"),
]


@pytest.mark.parametrize(("command", "people", "who"), REFUSED, ids=lambda v: getattr(v, "kind", None))
def test_who_may_not_say_a_thing_is_told_who_may_and_nothing_changes(
    command: said.Command, people: tuple[str, ...], who: str
) -> None:
    talk = Talk()
    for person in people:
        before = replace(talk.state, serial=0, last_words={})
        told = talk.says(person, command)
        assert kinds(told) == [("receipt", "not-yours")], person
        assert told[0].facts["who"] == who
        assert told[0].facts["items"][0]["what"] == command.kind
        assert replace(talk.state, serial=0, last_words={}) == before
        assert not talk.wait(timedelta(hours=2))


def test_members_and_leaders_can_not_choose_a_time() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 16))
    offer = talk.newest("catch-up", AISHA)
    for person in (*MEMBERS, *LEADERS):
        told = receipt(talk.says(person, said.Choose(1), to=offer))
        assert (told.variant, told.facts["who"]) == ("not-yours", "owner")
    assert not talk.state.offers[0].answers


def test_a_hand_over_is_for_oneself_or_a_colleague_of_ones_own_school() -> None:
    new = (("name", "New"), ("email", "new@airedale.example"))
    talk = Talk()
    assert receipt(talk.says(ZOE, said.Handover(TOM, new))).variant == "not-yours"  # a member, for another
    assert receipt(talk.says(GRACE, said.Handover(TOM, new))).variant == "not-yours"  # the other school
    assert receipt(talk.says(ZOE, said.Handover(ZOE, new))).variant == "said"
    assert receipt(talk.says(TOM, said.Handover(AISHA, new))).variant == "said"
    assert receipt(talk.says(RUTH, said.Handover(AISHA, new))).variant == "said"
    assert len(talk.state.pending) == 3


def test_ones_own_language_is_everybodys_own() -> None:
    talk = Talk()
    talk.says(ZOE, said.Change("language", "de"))
    talk.wait(HOUR)
    assert talk.agreement.find(ZOE)[1].language == "de"  # type: ignore[index]
