"""Section 1, "What became of it"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tandem.core import commands as said
from tests.support.agreements import agreement
from tests.support.lives import utc
from tests.support.talks import AISHA, DAY, GRACE, HOUR, JOSEPH, MARY, OWNERS, PETER, RUTH, TOM, ZOE, Talk, readers

STARTS = utc(2026, 9, 8, 11)
ENDS = STARTS + timedelta(minutes=45)
CHECK_IN = ENDS + HOUR
NUDGE = CHECK_IN + 48 * HOUR
CLOSES = NUDGE + 48 * HOUR
NEXT = utc(2026, 10, 13, 11)
TICK = timedelta(seconds=1)


def asked() -> Talk:
    """The first meeting is over, its check-in has gone out."""
    talk = Talk()
    talk.until(CHECK_IN)
    return talk


def yes(talk: Talk, who: str, held: bool = True) -> None:
    talk.says(who, said.Report("2026-09", held), meeting="2026-09")


def no(talk: Talk, who: str) -> None:
    yes(talk, who, False)


def status(talk: Talk, meeting: str = "2026-09") -> str:
    return talk.meeting(meeting).status


def test_a_meeting_is_planned_until_it_begins() -> None:
    talk = Talk()
    talk.until(STARTS - TICK)
    assert status(talk) == "planned"
    talk.until(STARTS)
    assert status(talk) == "open"


def test_a_meeting_is_open_until_decided() -> None:
    talk = Talk()
    talk.until(CLOSES - TICK)
    assert status(talk) == "open"


@pytest.mark.parametrize("who", [AISHA, TOM, ZOE, GRACE, JOSEPH, PETER])
def test_it_is_held_when_at_least_one_school_says_so(who: str) -> None:
    talk = asked()
    yes(talk, who)
    assert status(talk) == "held"


def test_it_is_held_when_both_say_so() -> None:
    talk = asked()
    yes(talk, AISHA)
    yes(talk, GRACE)
    assert status(talk) == "held"


def test_it_is_missed_when_at_least_one_says_no_and_none_says_held() -> None:
    talk = asked()
    no(talk, GRACE)
    assert status(talk) == "missed"
    no(talk, AISHA)
    assert status(talk) == "missed"


def test_it_is_disputed_while_they_disagree_and_a_second_check_in_asks_both_schools_owners() -> None:
    talk = asked()
    yes(talk, AISHA)
    no(talk, GRACE)
    assert status(talk) == "disputed"
    assert readers(talk.mails("check-in", "again")) == sorted(OWNERS)


def test_a_dispute_is_unconfirmed_after_confirm_hours() -> None:
    talk = asked()
    yes(talk, AISHA)
    no(talk, GRACE)
    talk.wait(48 * HOUR - TICK)
    assert status(talk) == "disputed"
    talk.wait(TICK)
    assert status(talk) == "unconfirmed"
    assert {m.meeting for m in talk.mails("catch-up")} == {"2026-09"}


@pytest.mark.parametrize(("who", "held", "became"), [(GRACE, True, "held"), (AISHA, False, "missed")])
def test_a_dispute_ends_when_one_of_them_agrees_with_the_other(who: str, held: bool, became: str) -> None:
    talk = asked()
    yes(talk, AISHA)
    no(talk, GRACE)
    yes(talk, who, held)
    assert status(talk) == became
    assert len(talk.mails("catch-up", "offer")) == (0 if held else 4)


def test_a_dispute_that_comes_back_is_disputed_again_and_asks_nobody_a_third_time() -> None:
    talk = asked()
    yes(talk, AISHA)
    no(talk, GRACE)
    no(talk, AISHA)
    yes(talk, GRACE)
    assert status(talk) == "disputed"
    assert len(talk.mails("check-in", "again")) == 4
    talk.wait(48 * HOUR)
    assert status(talk) == "unconfirmed"
    yes(talk, GRACE)  # says it once more: they still disagree
    assert status(talk) == "unconfirmed"


def test_where_they_disagree_before_the_check_in_it_asks_once_for_all() -> None:
    talk = Talk()
    talk.until(STARTS + 10 * timedelta(minutes=1))
    yes(talk, AISHA)
    no(talk, GRACE)
    assert (status(talk), talk.mails("check-in")) == ("disputed", [])
    talk.until(CHECK_IN)
    assert [m.variant for m in talk.mails("check-in")] == ["again"] * 4
    talk.until(CHECK_IN + 48 * HOUR)
    assert status(talk) == "unconfirmed"


def test_it_is_unconfirmed_when_nobody_answered_check_in_and_nudge() -> None:
    talk = Talk()
    talk.until(CLOSES)
    assert status(talk) == "unconfirmed"


def test_it_is_cancelled_when_called_off_before_it_began() -> None:
    talk = Talk()
    talk.says(RUTH, said.Cancel("2026-09"))
    talk.wait(HOUR)
    assert status(talk) == "cancelled"


def test_it_is_skipped_where_the_month_has_no_day() -> None:
    talk = Talk(agreement(nyanza={"terms": None, "closed": ()}, aire={"terms": None}))
    talk.says(GRACE, said.Closed(date(2027, 1, 1), date(2027, 1, 31), "Repairs"))
    talk.wait(HOUR)
    assert status(talk, "2027-01") == "skipped"


def test_it_is_paused_in_a_pause() -> None:
    talk = Talk()
    talk.says(GRACE, said.Pause(date(2026, 10, 1)))
    talk.wait(HOUR)
    assert [status(talk, m) for m in ("2026-09", "2026-10")] == ["paused", "planned"]


def test_the_nudge_goes_to_both_schools_owners() -> None:
    talk = asked()
    told = talk.until(NUDGE)
    assert readers(told, "nudge") == sorted(OWNERS)


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("who", [GRACE, PETER])
def test_no_nudge_goes_once_anybody_at_either_has_answered(who: str, held: bool) -> None:
    talk = asked()
    yes(talk, who, held)
    talk.until(CLOSES + DAY)
    assert not talk.mails("nudge")


def test_a_schools_report_is_its_newest() -> None:
    talk = asked()
    no(talk, AISHA)
    talk.wait(HOUR)
    yes(talk, AISHA)
    assert status(talk) == "held"
    talk.wait(HOUR)
    no(talk, TOM)
    assert status(talk) == "missed"


def test_an_owners_report_counts_before_a_members() -> None:
    talk = asked()
    yes(talk, AISHA)
    talk.wait(HOUR)
    no(talk, ZOE)
    assert status(talk) == "held"


def test_a_leader_was_not_invited_and_reports_nothing() -> None:
    talk = asked()
    yes(talk, MARY)
    assert status(talk) == "open"


def test_a_report_counts_whenever_it_comes() -> None:
    talk = Talk()
    talk.until(utc(2027, 1, 20))
    yes(talk, GRACE)
    assert status(talk) == "held"


def test_a_late_yes_makes_a_closed_month_held() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 1))
    assert status(talk) == "unconfirmed"
    yes(talk, GRACE)
    assert status(talk) == "held"


def test_after_a_late_yes_escalations_whose_months_no_longer_make_a_run_are_resolved() -> None:
    talk = Talk()
    talk.until(utc(2026, 11, 5))
    assert [e.months for e in talk.state.escalations] == [("2026-09", "2026-10")]
    yes(talk, GRACE)
    assert [e.resolved for e in talk.state.escalations] == [talk.now]
    back = talk.mails("back-on-track")
    assert readers(back) == sorted([RUTH, MARY])
    assert all(m.facts["apology"] for m in back)


def test_after_a_late_yes_every_level_that_names_its_month_is_resolved_and_no_new_one_opens() -> None:
    talk = Talk()
    talk.until(utc(2026, 12, 5))
    assert [e.level for e in talk.state.escalations] == [1, 2]
    yes(talk, GRACE)
    assert [e.resolved for e in talk.state.escalations] == [talk.now] * 2
    assert len(talk.mails("back-on-track")) == 2


def test_a_late_yes_for_the_month_after_resolves_what_was_open_without_an_apology() -> None:
    talk = Talk()
    talk.until(utc(2026, 11, 16))
    assert status(talk, "2026-11") == "unconfirmed"
    assert [e.resolved for e in talk.state.escalations] == [None]
    talk.says(GRACE, said.Report("2026-11", True), meeting="2026-11")
    assert [e.resolved for e in talk.state.escalations] == [talk.now]
    assert [m.facts["apology"] for m in talk.mails("back-on-track")] == [False, False]


def test_a_late_yes_for_an_earlier_month_leaves_an_escalation_that_does_not_name_it() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 14))
    talk.says(GRACE, said.Report("2026-10", True), meeting="2026-10")
    talk.until(utc(2027, 1, 5))
    assert [e.months for e in talk.state.escalations] == [("2026-11", "2026-12")]
    yes(talk, GRACE)
    assert [e.resolved for e in talk.state.escalations] == [None]


def test_after_a_late_yes_open_catch_up_offers_lapse() -> None:
    talk = Talk()
    talk.until(CLOSES + DAY)
    yes(talk, GRACE)
    talk.replies(talk.newest("catch-up", AISHA), said.Choose(1))
    told = talk.replies(talk.newest("catch-up", GRACE), said.Choose(1))
    assert not [m for m in talk.state.meetings if m.catch_up]
    assert [m.variant for m in told] == ["cannot"]


def test_after_a_late_yes_agreed_catch_ups_stand() -> None:
    talk = Talk()
    talk.until(CLOSES + HOUR)
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    yes(talk, GRACE)
    assert status(talk, "2026-09.c1") == "planned"
    assert not talk.mails("cancel")


def test_a_late_no_changes_a_held_month_until_the_next_monthly_meeting_begins() -> None:
    talk = asked()
    yes(talk, AISHA)
    talk.until(NEXT - TICK)
    no(talk, AISHA)
    assert status(talk) == "missed"


def test_a_late_no_changes_nothing_once_the_next_monthly_meeting_has_begun() -> None:
    talk = asked()
    yes(talk, AISHA)
    talk.until(NEXT)
    told = talk.says(AISHA, said.Report("2026-09", False), meeting="2026-09")
    assert status(talk) == "held"
    assert [m.variant for m in told] == ["cannot"]


def test_a_late_no_of_the_other_school_makes_a_held_month_disputed() -> None:
    talk = asked()
    yes(talk, AISHA)
    talk.until(NEXT - 5 * DAY)
    no(talk, GRACE)
    assert status(talk) == "disputed"
    assert len(talk.mails("check-in", "again")) == 4


def test_a_month_that_was_held_for_a_while_is_offered_another_catch_up() -> None:
    talk = asked()
    no(talk, AISHA)
    talk.wait(HOUR)
    yes(talk, AISHA)
    talk.wait(DAY)
    no(talk, AISHA)
    assert len(talk.mails("catch-up", "offer", GRACE)) == 2
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    assert status(talk, "2026-09.c1") == "planned"
