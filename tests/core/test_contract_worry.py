"""Section 1, "A worry about a child"; section 4, "was this you?"."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tandem.core import commands as said
from tandem.core import decide
from tandem.core.wanted import wanted
from tests.support.lives import helpful, utc
from tests.support.talks import (
    AISHA,
    DAY,
    EVERYBODY,
    GRACE,
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
)  # fmt: skip

SAFE = "safe@airedale.example"
WORDS = "A pupil told me that she is afraid to go home"


def test_a_worry_goes_to_the_safeguarding_contact_of_the_senders_school_alone() -> None:
    talk = in_october()
    told = talk.says(ZOE, said.Safeguarding(WORDS))
    assert [m.to for m in told if WORDS in str(m)] == [SAFE]
    worry = next(m for m in told if m.to == SAFE)
    assert (worry.kind, worry.variant, worry.facts["by_email"]) == ("notice", "worry", ZOE)


def test_without_a_contact_a_worry_goes_to_the_senders_schools_leaders() -> None:
    talk = in_october()
    told = talk.says(PETER, said.Safeguarding(WORDS))
    assert [m.to for m in told if WORDS in str(m)] == [MARY]


def test_the_receipt_of_a_worry_says_whom_to_call_and_repeats_no_word_of_it() -> None:
    talk = in_october()
    told = receipt(talk.says(ZOE, said.Safeguarding(WORDS)))
    assert (told.to, told.variant) == (ZOE, "worry")
    assert told.facts == {"contact_name": "Ines Roth", "contact_email": SAFE}
    told = receipt(talk.says(PETER, said.Safeguarding(WORDS)))
    assert told.facts["contact_email"] == MARY


def test_a_worry_stands_in_no_agenda_digest_report_or_anywhere_in_the_state() -> None:
    talk = Talk(person=helpful)
    talk.until(utc(2026, 10, 1, 9))
    digest = talk.newest("digest", RUTH)
    for commands in (
        (said.Safeguarding(WORDS),),
        (said.Rsvp("2030-01", "ACCEPTED"), said.Safeguarding(WORDS)),
        (said.Confirm(True), said.Safeguarding(WORDS), said.Unclear(WORDS)),
        (said.Undo(), said.Safeguarding(WORDS)),
    ):
        talk.says(RUTH, *commands, to=digest, text=f"Hello. {WORDS}", chat=WORDS)
        talk.says(ZOE, *commands, text=f"Hello. {WORDS}", chat=WORDS)
    assert WORDS not in str(talk.state)
    talk.until(utc(2026, 12, 20))
    assert {m.to for m in talk.mails() if WORDS in str(m.facts)} == {SAFE}


@pytest.mark.parametrize("when", ["unsigned", "paused", "ended"])
def test_nothing_stands_in_the_way_of_a_worry(when: str) -> None:
    talk = Talk(signed=when != "unsigned")
    if when == "paused":
        from datetime import date

        talk.says(AISHA, said.Pause(date(2026, 12, 1)))
        talk.wait(2 * timedelta(hours=1))
    if when == "ended":
        talk.until(utc(2027, 8, 1))
    assert SAFE in readers(talk.says(ZOE, said.Safeguarding(WORDS)))


def test_a_contact_who_can_not_be_reached_is_told_to_the_leaders_who_stand_in() -> None:
    talk = in_october()
    told = talk.bounces(SAFE)
    assert readers(told, "notice", "bounce") == [RUTH]
    told = talk.says(ZOE, said.Safeguarding(WORDS))
    assert [m.to for m in told if WORDS in str(m)] == [RUTH]
    assert receipt(told).facts["contact_email"] == RUTH


# -- was this you?


OTHER = "zoe.private@mail.example"


def asked(talk: Talk, to: str = ZOE, address: str = OTHER, inbound: str = "in-1") -> str:
    outcome = decide.was_you(talk.state, to, address, "I can come", inbound, talk.now)
    talk.life.take(outcome)
    return outcome.outcome


def test_a_mail_from_an_unknown_address_changes_nothing_and_the_person_is_asked_at_the_address_in_the_agreement() -> (
    None
):
    talk = in_october()
    before = len(talk.mails())
    asked(talk)
    new = talk.mails()[before:]
    assert kinds(new) == [("notice", "was-you")]
    assert (new[0].to, new[0].asks, new[0].facts["address"]) == (ZOE, True, OTHER)
    assert talk.agreement.find(OTHER) is None


def test_was_this_you_is_asked_once_a_week_at_most() -> None:
    talk = in_october()
    asked(talk)
    asked(talk, inbound="in-2")
    talk.wait(7 * DAY - timedelta(seconds=1))
    asked(talk, "Z.Okafor@airedale.example", inbound="in-3")
    assert len(talk.mails("notice", "was-you")) == 1
    talk.wait(timedelta(seconds=1))
    asked(talk, inbound="in-4")
    assert len(talk.mails("notice", "was-you")) == 2


def test_a_yes_makes_the_address_one_of_theirs_and_the_mail_count() -> None:
    talk = in_october()
    asked(talk)
    talk.replies(talk.newest("notice", ZOE, "was-you"), said.Confirm(True))
    assert talk.outcome is not None
    assert talk.outcome.replay == ("in-1",)
    assert talk.agreement.find(OTHER)[1].key == ZOE  # type: ignore[index]
    talk.says(OTHER, said.Rsvp("2026-10", "ACCEPTED"))
    assert talk.partstat("2026-10", ZOE) == "ACCEPTED"


def test_a_yes_lets_whatever_came_from_there_in_the_meantime_count_too() -> None:
    talk = in_october()
    assert [asked(talk, inbound=one) for one in ("in-1", "in-2", "in-2")] == ["accepted", "accepted", "unknown-sender"]
    assert asked(talk, address="else@mail.example", inbound="in-3") == "unknown-sender"
    assert [asked(talk, inbound=f"more-{n}") for n in range(30)].count("accepted") == 19
    talk.replies(talk.newest("notice", ZOE, "was-you"), said.Confirm(True))
    assert talk.outcome is not None
    assert talk.outcome.replay[:3] == ("in-1", "in-2", "more-0")


def test_a_no_to_was_this_you_leaves_everything_as_it_was() -> None:
    talk = in_october()
    asked(talk)
    talk.replies(talk.newest("notice", ZOE, "was-you"), said.Confirm(False))
    assert talk.outcome is not None
    assert talk.outcome.replay == ()
    assert talk.agreement.find(OTHER) is None


def test_only_who_was_asked_answers_was_this_you_and_once() -> None:
    talk = in_october()
    asked(talk)
    question = talk.newest("notice", ZOE, "was-you")
    talk.says(TOM, said.Confirm(True), to=replace(question, to=TOM))
    assert talk.agreement.find(OTHER) is None
    talk.replies(question, said.Confirm(False))
    assert receipt(talk.replies(question, said.Confirm(True))).variant == "cannot"
    assert talk.agreement.find(OTHER) is None


def test_an_address_that_somebody_has_come_with_in_the_meantime_stays_theirs() -> None:
    talk = in_october()
    asked(talk, address="joy@airedale.example")
    talk.says(TOM, said.Handover(TOM, (("name", "Joy"), ("email", "joy@airedale.example"))))
    talk.wait(timedelta(hours=1))
    talk.replies(talk.newest("notice", ZOE, "was-you"), said.Confirm(True))
    assert talk.agreement.find("joy@airedale.example")[1].name == "Joy"  # type: ignore[index]


def test_a_mail_from_an_unknown_address_that_is_heard_all_the_same_changes_nothing() -> None:
    talk = in_october()
    before = talk.state
    outcome = decide.hear(before, decide.Heard("eve@evil.example", (said.Cancel(None), said.Sign())), talk.now)
    assert (outcome.state, outcome.messages) == (before, ())


def test_a_question_that_has_been_answered_is_not_put_any_more() -> None:
    talk = in_october()
    asked(talk)
    question = talk.newest("notice", ZOE, "was-you")
    assert wanted(talk.state, question, talk.now)
    talk.replies(question, said.Confirm(True))
    assert not wanted(talk.state, question, talk.now)


def test_nobody_who_is_not_of_the_partnership_is_ever_written_to() -> None:
    talk = in_october()
    asked(talk)
    talk.until(utc(2026, 11, 1))
    assert {m.to for m in talk.mails()} <= {*EVERYBODY, SAFE}
    assert {GRACE, JOSEPH} <= {m.to for m in talk.mails()}
