"""Section 1, "Pause" and the answers of "Digest and review"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.core import commands as said
from tandem.core.wanted import put_off
from tandem.core.zones import local
from tests.support.agreements import agreement
from tests.support.lives import helpful, utc
from tests.support.talks import (
    AISHA,
    DAY,
    EVERYBODY,
    GRACE,
    HOUR,
    JOSEPH,
    LEADERS,
    MARY,
    RUTH,
    TOM,
    ZOE,
    Talk,
    lived_until,
    readers,
    receipt,
    without,
)  # fmt: skip

INVITED = sorted(set(EVERYBODY) - set(LEADERS))
REVIEW, YEAR_ON = date(2027, 7, 1), date(2028, 7, 1)


def met_until(month: int, day: int) -> Talk:
    return lived_until(utc(2026 if month > 7 else 2027, month, day, 9), helpful)


# -- pause


def paused(until: date = date(2026, 12, 1)) -> Talk:
    talk = met_until(10, 1)
    talk.says(GRACE, said.Pause(until))
    talk.wait(HOUR)
    return talk


def test_invited_meetings_in_a_pause_are_taken_out_of_the_calendars_and_are_paused() -> None:
    talk = paused()
    cancels = talk.mails("cancel", "paused")
    assert {m.meeting for m in cancels} == {"2026-10", "2026-11"}
    assert readers(m for m in cancels if m.meeting == "2026-10") == INVITED
    assert [talk.meeting(m).status for m in ("2026-10", "2026-11", "2026-12")] == ["paused", "paused", "planned"]
    assert talk.meeting("2026-10").sequence == 1


def test_a_pause_lasts_until_midnight_of_the_day_named_on_the_leads_clock() -> None:
    assert paused().state.pauses[-1].ends == utc(2026, 11, 30, 21)  # Nairobi
    talk = met_until(10, 1)
    talk.says(AISHA, said.Pause(date(2026, 12, 8)))
    talk.wait(HOUR)
    assert talk.state.pauses[-1].ends == utc(2026, 12, 8)
    assert talk.meeting("2026-12").status == "planned"  # the first day on again holds its meeting


def test_in_a_pause_only_digest_review_receipt_help_notice_and_cancel_go_out() -> None:
    talk = paused(date(2027, 2, 1))
    talk.says(AISHA, said.Change("where", "https://new.example"))
    talk.says(TOM, said.Handover(TOM, (("name", "Joy"), ("email", "joy@airedale.example"))))
    talk.says(AISHA, said.Meet(None), said.Unclear("?"), said.Status())
    talk.says(AISHA, said.Change("objective", "Sing"))
    talk.says(AISHA, said.Report("2026-09", False), meeting="2026-09")
    talk.says(AISHA, said.Cancel("2027-02"))
    told = [*talk.until(utc(2027, 1, 31, 20))]
    assert {m.kind for m in told} <= {"digest", "review", "receipt", "help", "notice", "cancel"}


def test_what_a_pause_puts_off_comes_when_it_ends() -> None:
    talk = paused()
    talk.says(AISHA, said.Change("where", "https://new.example"))
    talk.says(TOM, said.Handover(TOM, (("name", "Joy"), ("email", "joy@airedale.example"))))
    talk.says(AISHA, said.Change("objective", "Sing"))
    assert not [m for m in talk.until(utc(2026, 11, 30, 20)) if m.kind in ("update", "handover", "invite", "agreement")]
    told = talk.until(utc(2026, 11, 30, 22))
    assert readers(told, "handover") == ["joy@airedale.example"]
    assert "joy@airedale.example" in readers(told, "invite")
    assert {m.meeting for m in told if m.kind == "update"} == {"2026-12"}
    assert readers(told, "agreement", "amendment") == sorted([GRACE, MARY])


def test_a_pause_ends_open_windows_and_repeats() -> None:
    talk = Talk(agreement(policy={"escalate_after": 1}))
    talk.until(utc(2026, 9, 28))  # September's window has closed: the leaders have heard
    assert talk.state.escalations
    talk.says(AISHA, said.Meet(None))
    talk.says(AISHA, said.Pause(date(2026, 12, 1)))
    talk.wait(HOUR)
    assert all(o.state != "open" for o in talk.state.offers)
    assert not [m for m in talk.until(utc(2027, 1, 1)) if m.kind == "escalation" and m.facts["months"] == ["2026-09"]]


def test_months_in_a_pause_are_paused_though_nobody_had_been_invited() -> None:
    talk = paused(date(2027, 3, 1))
    assert {m.month for m in talk.state.monthly if m.status == "paused"} == {
        "2026-10", "2026-11", "2026-12", "2027-01", "2027-02",
    }  # fmt: skip
    told = talk.until(utc(2027, 3, 2))
    assert {m.meeting for m in told if m.kind == "invite"} == {"2027-03", "2027-04", "2027-05"}


def test_a_newer_pause_takes_the_place_of_the_earlier_one() -> None:
    talk = paused(date(2027, 3, 1))
    talk.says(AISHA, said.Pause(date(2026, 12, 1)))
    talk.wait(HOUR)
    assert talk.state.pause_at(utc(2026, 12, 2)) is None
    talk.until(utc(2026, 12, 2))
    assert talk.meeting("2026-12").status == "paused"  # everybody had been invited to it, and got a CANCEL
    assert talk.meeting("2027-01").invitees


def test_a_pause_that_ends_sooner_gives_back_only_what_had_never_been_in_the_calendars() -> None:
    talk = paused(date(2027, 3, 1))
    talk.says(AISHA, said.Pause(date(2026, 10, 20)))
    talk.wait(HOUR)
    told = talk.until(utc(2026, 10, 21))
    assert {m.meeting for m in told if m.kind == "invite"} == {"2027-01", "2027-02", "2027-03"}
    assert [talk.meeting(m).status for m in ("2026-10", "2026-11", "2026-12")] == ["paused"] * 3


def test_a_month_that_a_shorter_pause_gives_back_is_planned_as_the_agreement_now_has_it() -> None:
    talk = paused(date(2027, 3, 1))
    day = local(talk.meeting("2027-01").starts, "Africa/Nairobi").date()  # type: ignore[arg-type]
    talk.says(AISHA, said.Closed(day, day, "Strike"))
    talk.wait(HOUR)
    talk.says(AISHA, said.Pause(date(2026, 10, 20)))
    talk.wait(HOUR)
    assert talk.meeting("2027-01").moved_from == day


def test_invitations_go_on_after_a_pause_that_took_the_place_of_an_earlier_one() -> None:
    talk = paused(date(2027, 3, 1))
    talk.until(utc(2026, 11, 20))
    talk.says(GRACE, said.Pause(date(2026, 11, 23)))
    talk.wait(HOUR)
    told = talk.until(utc(2026, 11, 23, 12))
    assert {m.meeting for m in told if m.kind == "invite"} == {"2027-01", "2027-02", "2027-03"}


def test_what_a_pause_puts_off_waits_for_the_end_of_a_longer_one() -> None:
    talk = paused()
    talk.says(AISHA, said.Change("objective", "Sing"))
    talk.wait(HOUR)
    talk.until(utc(2026, 11, 20))
    talk.says(AISHA, said.Pause(date(2027, 1, 4)))
    assert not [m for m in talk.until(utc(2027, 1, 3, 23)) if m.kind == "agreement"]
    assert readers(talk.until(utc(2027, 1, 4)), "agreement", "amendment") == sorted([GRACE, MARY])


def test_what_a_pause_puts_off_comes_soon_after_one_that_ends_sooner() -> None:
    talk = paused(date(2027, 3, 1))
    talk.says(AISHA, said.Change("objective", "Sing"))
    talk.wait(HOUR)
    talk.says(AISHA, said.Pause(date(2026, 10, 20)))
    assert readers(talk.until(utc(2026, 10, 21)), "agreement", "amendment") == sorted([GRACE, MARY])


def test_what_waits_for_the_morning_when_a_pause_begins_is_put_off_too() -> None:
    talk = met_until(10, 1)
    talk.says(AISHA, said.Change("objective", "Sing"))
    talk.wait(HOUR)
    (waiting,) = [m for m in talk.life.decided if m.kind == "agreement" and m.variant == "amendment" and m.to == GRACE]
    talk.says(GRACE, said.Pause(date(2026, 12, 1)))
    talk.wait(HOUR)
    assert put_off(talk.state, waiting, talk.now) == talk.now + DAY
    assert put_off(talk.state, waiting, utc(2026, 11, 30, 20)) == utc(2026, 11, 30, 21)
    assert put_off(talk.state, waiting, utc(2026, 11, 30, 21)) is None


def test_a_pause_until_a_day_past_or_beyond_the_review_is_answered_not_made() -> None:
    talk = met_until(10, 1)
    assert receipt(talk.says(AISHA, said.Pause(date(2026, 10, 1)))).facts["reason"] == "past"
    assert receipt(talk.says(AISHA, said.Pause(date(2027, 7, 2)))).facts["reason"] == "far"
    assert not talk.state.pending


# -- the yearly review


def asked() -> Talk:
    """The review has been asked; nobody has answered."""
    talk = met_until(5, 1)
    talk.life.person = lambda life, mail: () if mail.kind == "review" else helpful(life, mail)
    talk.until(utc(2027, 5, 3, 9))
    return talk


def answer(talk: Talk, who: str, go_on: bool) -> None:
    talk.replies(talk.newest("review", who), said.Review(go_on))


def test_the_review_goes_to_leads_and_leaders_of_both_schools_sixty_days_before() -> None:
    talk = asked()
    assert readers(talk.mails("review", "ask")) == sorted([AISHA, RUTH, GRACE, MARY])
    assert talk.mails("review")[0].created.date() == REVIEW - timedelta(days=60)


def test_two_yeses_make_the_review_a_year_later() -> None:
    talk = asked()
    answer(talk, AISHA, True)
    assert talk.agreement.review == REVIEW
    answer(talk, MARY, True)
    assert talk.agreement.review == YEAR_ON
    assert readers(talk.mails("review", "renewed")) == sorted([AISHA, RUTH, GRACE, MARY])


def test_more_yeses_to_the_same_review_are_no_answer_to_the_next() -> None:
    talk = asked()
    for who in (AISHA, GRACE, RUTH, MARY, AISHA, GRACE):
        answer(talk, who, True)
    assert talk.agreement.review == YEAR_ON
    assert not talk.state.review_answers
    talk.replies(talk.newest("review", AISHA, "renewed"), said.Review(True))
    assert not talk.state.review_answers


def test_a_leaders_word_prevails_whichever_comes_first() -> None:
    for first, second in ((RUTH, AISHA), (AISHA, RUTH)):
        talk = asked()
        answer(talk, first, first == RUTH)
        answer(talk, second, second == RUTH)
        assert talk.state.review_answers["aire"]["go_on"] is True
        talk = asked()
        answer(talk, first, first != RUTH)
        answer(talk, second, second != RUTH)
        assert talk.state.review_answers["aire"]["go_on"] is False


def test_a_leads_yes_after_the_leaders_leaves_it_the_leaders() -> None:
    talk = asked()
    answer(talk, RUTH, True)
    answer(talk, AISHA, True)
    answer(talk, AISHA, False)
    assert talk.state.review_answers["aire"]["go_on"] is True


def test_a_leaders_no_after_both_leads_yes_prevails_until_the_review_is_over() -> None:
    talk = asked()
    answer(talk, AISHA, True)
    answer(talk, GRACE, True)
    assert talk.agreement.review == YEAR_ON
    answer(talk, RUTH, False)
    assert talk.agreement.review == REVIEW
    assert not talk.state.renewals
    assert readers(talk.mails("review", "ending")) == sorted([AISHA, RUTH, GRACE, MARY])
    told = talk.until(utc(2027, 9, 1))
    assert set(readers(told, "review", "farewell")) == {AISHA, TOM, RUTH, GRACE, JOSEPH, MARY}
    assert not [m for m in told if m.created.date() > date(2027, 7, 2) and m.kind != "receipt"]


def test_an_invited_meeting_past_a_review_that_ends_it_sends_a_cancel_and_no_catch_up() -> None:
    talk = asked()
    answer(talk, AISHA, True)
    answer(talk, GRACE, True)
    talk.until(utc(2027, 6, 10))
    standing = [m.id for m in talk.state.monthly if m.stands and m.month > "2027-06"]
    assert standing
    answer(talk, RUTH, False)
    assert {m.meeting for m in talk.mails("cancel", "ended")} == set(standing)
    assert not [m for m in talk.mails("catch-up") if m.meeting in standing]


def test_a_no_ends_it_on_the_review_with_a_farewell() -> None:
    talk = asked()
    answer(talk, GRACE, False)
    answer(talk, AISHA, True)
    talk.until(utc(2027, 7, 1, 12))
    assert set(readers(talk.mails("review", "farewell"))) == {AISHA, TOM, RUTH, GRACE, JOSEPH, MARY}
    assert talk.agreement.review == REVIEW
    talk.until(utc(2027, 7, 2))
    assert not talk.until(utc(2027, 12, 1))


def test_one_schools_yes_is_not_enough_and_the_silence_is_told_to_both_leaders() -> None:
    talk = asked()
    answer(talk, AISHA, True)
    talk.until(utc(2027, 6, 18))
    assert readers(talk.mails("review", "silence")) == sorted([RUTH, MARY])


def test_after_the_review_a_yes_within_ninety_days_renews() -> None:
    talk = asked()
    answer(talk, AISHA, True)
    talk.until(utc(2027, 9, 28))
    assert talk.state.ended
    answer(talk, MARY, True)
    assert talk.agreement.review == YEAR_ON
    assert talk.state.ended is None
    assert talk.mails("review", "renewed")
    late = asked()
    answer(late, AISHA, True)
    late.until(utc(2027, 10, 2))
    assert receipt(late.replies(late.newest("review", MARY), said.Review(True))).variant == "cannot"
    assert late.state.ended


def test_an_answer_to_the_review_is_taken_back_by_a_no() -> None:
    talk = asked()
    told = receipt(talk.replies(talk.newest("review", AISHA), said.Review(True)))
    talk.replies(told, said.Undo())
    assert not talk.state.review_answers


def test_without_a_leader_the_leads_answer_decides() -> None:
    talk = Talk(without(agreement(), RUTH, MARY), person=lambda life, mail: ())
    talk.until(utc(2027, 5, 3, 9))
    answer(talk, AISHA, True)
    answer(talk, GRACE, True)
    assert talk.agreement.review == YEAR_ON
    answer(talk, AISHA, False)
    assert talk.agreement.review == REVIEW


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([AISHA, RUTH, GRACE, MARY, TOM, ZOE]), st.booleans()), max_size=8))
def test_whatever_is_answered_the_review_is_one_year_later_at_most(answers: list[tuple[str, bool]]) -> None:
    talk = asked()
    for who, go_on in answers:
        talk.says(who, said.Review(go_on), to=replace(talk.newest("review", AISHA), to=who))
        assert talk.agreement.review in (REVIEW, YEAR_ON)
        talk.wait(DAY)
    words: dict[str, bool] = {}
    for school, lead, leader in (("aire", AISHA, RUTH), ("nyanza", GRACE, MARY)):
        own = [go_on for who, go_on in answers if who == leader] or [go_on for who, go_on in answers if who == lead]
        if own:
            words[school] = own[-1]
    if len(words) == 2 and all(words.values()):
        assert talk.agreement.review == YEAR_ON
