"""Section 1, "When leaders hear" and "Digest and review"."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tandem.core import commands as said
from tandem.core import decide
from tandem.core.calendar import inside, is_open
from tandem.core.zones import local
from tests.support.agreements import agreement
from tests.support.lives import utc
from tests.support.talks import (
    AISHA,
    DAY,
    GRACE,
    HOUR,
    JOSEPH,
    LEADERS,
    MARY,
    OWNERS,
    RUTH,
    TOM,
    Talk,
    readers,
    without,
)

TICK = timedelta(seconds=1)
NAIROBI = ZoneInfo("Africa/Nairobi")
FIRST = utc(2026, 10, 27, 21)  # the end of the second window: midnight in Nairobi, ten days after 17 October
LEADS_AND_LEADERS = (AISHA, GRACE, RUTH, MARY)


def silent(until: datetime, **changes: object) -> Talk:
    """Nobody answers anything."""
    talk = Talk(agreement(**changes))
    talk.until(until)
    return talk


def held(talk: Talk, month: str, who: str = GRACE) -> None:
    talk.says(who, said.Report(month, True), meeting=month)


def test_when_escalate_after_consecutive_months_are_not_met_the_leaders_of_both_schools_hear_at_level_1() -> None:
    talk = silent(FIRST - TICK)
    assert not talk.mails("escalation")
    talk.until(FIRST)
    mails = talk.mails("escalation")
    assert readers(mails) == sorted(LEADERS)
    assert mails[0].facts == mails[1].facts
    assert [(e.level, e.months, e.opened) for e in talk.state.escalations] == [(1, ("2026-09", "2026-10"), FIRST)]


@pytest.mark.parametrize(("after", "opened"), [(1, "2026-09-22"), (3, "2026-11-24")])
def test_escalate_after_is_the_number_of_months(after: int, opened: str) -> None:
    talk = silent(utc(2026, 11, 30), policy={"escalate_after": after})
    assert talk.state.escalations[0].opened.date().isoformat() == opened
    assert len(talk.state.escalations[0].months) == after


def test_the_catch_up_mail_of_a_month_that_would_lead_there_says_after_which_day_the_leaders_will_hear() -> None:
    talk = silent(utc(2026, 10, 20))
    september, october = (next(m for m in talk.mails("catch-up") if m.month == f"2026-{n:02}") for n in (9, 10))
    assert "leaders_hear" not in september.facts
    assert october.facts["leaders_hear"] == "2026-10-27"
    assert october.facts["months"] == ["2026-09", "2026-10"]


def test_it_says_so_too_while_the_month_before_may_still_be_made_good() -> None:
    talk = Talk(agreement(policy={"catch_up_days": 27}))
    talk.until(utc(2026, 10, 5))
    talk.says(GRACE, said.Cancel("2026-10"))
    talk.wait(HOUR)
    assert talk.newest("catch-up", GRACE, meeting="2026-10").facts["months"] == ["2026-09", "2026-10"]


def test_it_is_repeated_every_acknowledge_days_open_days_three_times_at_most_after_the_first() -> None:
    talk = silent(utc(2026, 11, 25), policy={"escalate_after": 2, "acknowledge_days": 2})
    for leader, school_id in ((RUTH, "aire"), (MARY, "nyanza")):
        school = talk.agreement.school(school_id)
        mine = [m for m in talk.mails("escalation", to=leader) if m.facts["level"] == 1]
        assert [m.facts["repeat"] for m in mine] == [0, 1, 2, 3]
        days = [local(m.created, school.timezone).date() for m in mine]
        if local(FIRST, school.timezone).hour >= 19:
            days[0] += DAY  # it leaves in the morning
        for first, second in pairwise(days):
            between = [first + n * DAY for n in range(1, (second - first).days + 1)]
            assert sum(is_open(school, day) for day in between) == 2
            assert is_open(school, second)


@pytest.mark.parametrize("who", [RUTH, MARY])
def test_each_school_acknowledges_for_itself_which_stops_the_repeats_to_that_school(who: str) -> None:
    talk = silent(FIRST)
    talk.replies(talk.newest("escalation", who), said.Acknowledge())
    talk.until(utc(2026, 11, 19))
    (other,) = set(LEADERS) - {who}
    assert len(talk.mails("escalation", to=who)) == 1
    assert len(talk.mails("escalation", to=other)) > 2
    assert list(talk.state.escalations[0].acknowledged.values()) == [FIRST]


def test_an_acknowledgement_belongs_to_the_escalation_that_it_answers() -> None:
    talk = silent(FIRST)
    first = talk.newest("escalation", RUTH)
    talk.until(utc(2026, 11, 26))
    assert [e.level for e in talk.state.escalations] == [1, 2]
    talk.replies(first, said.Acknowledge())
    assert [list(e.acknowledged) for e in talk.state.escalations] == [["aire"], []]


def test_each_further_month_not_met_opens_a_new_escalation_one_level_up_which_ends_the_earlier_ones_repeats() -> None:
    talk = silent(utc(2027, 2, 1))
    found = talk.state.escalations
    assert [e.level for e in found] == list(range(1, len(found) + 1))
    assert [len(e.months) for e in found] == list(range(2, len(found) + 2))
    for earlier, later in pairwise(found):
        assert earlier.ended == later.opened
        repeats = [m for m in talk.mails("escalation") if m.facts["escalation"] == earlier.id]
        assert max(m.created for m in repeats) < later.opened


def test_a_meeting_held_resolves_all_that_is_open_and_every_leader_written_to_gets_one_back_on_track() -> None:
    talk = silent(utc(2026, 12, 8, 13))
    held(talk, "2026-12")
    assert [e.resolved for e in talk.state.escalations] == [talk.now, talk.now]
    back = talk.mails("back-on-track")
    assert readers(back) == sorted(LEADERS)
    assert not any(m.facts["apology"] for m in back)
    talk.until(utc(2027, 1, 8))
    assert len(talk.mails("back-on-track")) == 2


def test_a_catch_up_that_is_held_in_time_resolves_what_is_open_too() -> None:
    talk = silent(utc(2026, 11, 16))
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    ends = talk.meeting("2026-11.c1").ends
    assert ends is not None
    talk.until(ends + HOUR)
    talk.says(AISHA, said.Report("2026-11", True), meeting="2026-11.c1")
    assert [e.resolved for e in talk.state.escalations] == [talk.now]


def test_a_leader_whose_escalation_had_not_left_yet_gets_no_back_on_track() -> None:
    talk = silent(FIRST)  # at night in both places
    held(talk, "2026-10")
    assert not talk.mails("back-on-track")


def test_level_1_goes_to_the_leaders_alone() -> None:
    talk = silent(utc(2026, 11, 20))
    assert set(readers(talk.mails("escalation"))) == set(LEADERS)


def test_level_2_goes_to_the_leaders_with_one_copy_to_leads_and_deputies_and_no_repeats() -> None:
    talk = silent(utc(2026, 12, 20))
    second = [m for m in talk.mails("escalation") if m.facts["level"] == 2]
    assert sorted(m.to for m in second if m.variant == "copy") == sorted(OWNERS)
    assert {m.to for m in second if m.variant == "leaders"} == set(LEADERS)
    assert len([m for m in second if m.variant == "leaders"]) > 2


def test_level_3_proposes_the_first_time_that_fits_the_leaders_five_days_or_more_ahead() -> None:
    talk = silent(utc(2027, 1, 7))
    assert [e.level for e in talk.state.escalations] == [1, 2, 3]
    third = talk.state.escalations[2]
    meet = third.leaders_meeting
    assert meet is not None
    assert all(inside(s, meet, 45) for s in talk.agreement.schools)
    earlier = [third.opened + 5 * DAY + n * timedelta(minutes=15) for n in range(4 * 24 * 40)]
    fits = [t for t in earlier if all(inside(s, t, 45) for s in talk.agreement.schools)]
    assert meet == fits[0]
    leaders = [m for m in talk.mails("escalation") if m.facts["level"] == 3]
    assert {m.facts["leaders_meeting"] for m in leaders} == {meet.isoformat()}
    assert not any(m.facts.get("leaders_meeting") for m in talk.mails("escalation") if m.facts["level"] < 3)


def test_a_meeting_of_the_leaders_is_found_beyond_long_holidays() -> None:
    talk = Talk(agreement(policy={"escalate_after": 1}))
    talk.until(utc(2026, 11, 20))
    talk.says(GRACE, said.Closed(date(2026, 11, 23), date(2027, 1, 31), "Repairs"))
    talk.until(utc(2027, 3, 1))
    third = next(e for e in talk.state.escalations if e.level == 3)
    assert third.leaders_meeting is not None
    assert third.leaders_meeting.date() >= date(2027, 2, 1)


def test_escalations_go_to_both_leaders_with_the_same_facts_whatever_their_school() -> None:
    talk = silent(utc(2027, 1, 7))
    for escalation in talk.state.escalations:
        firsts = [
            m.facts
            for m in talk.mails("escalation", "leaders")
            if m.facts["escalation"] == escalation.id and not m.facts["repeat"]
        ]
        assert len(firsts) == 2
        assert firsts[0] == firsts[1]


def test_no_escalation_opens_once_a_later_month_has_been_held() -> None:
    """October's catch-up is found unconfirmed after November's meeting was held: nothing is asked of leaders."""
    talk = Talk(agreement(policy={"catch_up_days": 40}))
    talk.until(utc(2026, 10, 18))
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who, meeting="2026-10"), said.Choose(3))
    late = talk.meeting("2026-10.c1").starts
    assert late is not None
    assert late > utc(2026, 11, 4)
    talk.until(utc(2026, 11, 10, 12))
    held(talk, "2026-11")
    talk.until(utc(2026, 12, 1))
    assert talk.meeting("2026-10.c1").status == "unconfirmed"
    assert not talk.state.escalations


# -- Digest and review


def test_the_first_digest_is_that_of_the_month_after_the_second_signature() -> None:
    talk = Talk()
    talk.until(utc(2026, 11, 1))
    assert [m.month for m in talk.mails("digest", to=RUTH)] == ["2026-09", "2026-10"]


def test_the_last_digest_is_that_of_reviews_month() -> None:
    talk = silent(utc(2027, 9, 1), review=date(2027, 3, 20))
    for leader in LEADERS:
        assert [m.month for m in talk.mails("digest", to=leader)][-1] == "2027-03"


def test_a_digest_leaves_on_digest_day_or_the_next_day_open_at_their_school() -> None:
    talk = silent(utc(2027, 2, 1))
    for leader, school_id in ((RUTH, "aire"), (MARY, "nyanza")):
        school = talk.agreement.school(school_id)
        for mail in talk.mails("digest", to=leader):
            assert mail.not_before is not None
            day = local(mail.not_before, school.timezone).date()
            first = date.fromisoformat(f"{mail.month}-01")
            assert is_open(school, day)
            assert not any(is_open(school, first + n * DAY) for n in range((day - first).days))


def test_there_is_no_digest_where_no_day_from_digest_day_to_its_end_is_open() -> None:
    talk = Talk()
    talk.says(GRACE, said.Closed(date(2026, 11, 1), date(2026, 11, 30), "Repairs"))
    talk.until(utc(2026, 12, 5))
    assert [m.month for m in talk.mails("digest", to=MARY)] == ["2026-09", "2026-10", "2026-12"]
    assert [m.month for m in talk.mails("digest", to=RUTH)] == ["2026-09", "2026-10", "2026-11", "2026-12"]


def test_after_an_outage_over_its_day_the_months_digest_leaves_on_the_next_day_open() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 20))
    late = decide.run_due(talk.state, utc(2026, 10, 16, 19))  # a Friday evening
    (digest,) = [m for m in late.messages if m.kind == "digest" and m.to == RUTH]
    assert digest.month == "2026-10"
    assert digest.not_before is not None
    assert digest.not_after is not None
    assert local(digest.not_before, "Europe/London").date() == date(2026, 10, 19)
    assert digest.not_after - digest.not_before == DAY


def test_the_review_goes_to_leads_and_leaders_of_both_schools_sixty_days_before_review() -> None:
    talk = silent(utc(2027, 5, 3))
    mails = talk.mails("review", "ask")
    assert readers(mails) == sorted(LEADS_AND_LEADERS)
    assert {m.created.date() for m in mails} == {date(2027, 5, 2)}


def test_a_deputy_can_not_answer_the_review() -> None:
    talk = silent(utc(2027, 5, 3))
    talk.says(TOM, said.Review(True))
    talk.says(JOSEPH, said.Review(True))
    assert not talk.state.review_answers


def test_two_yeses_make_review_a_year_later() -> None:
    talk = silent(utc(2027, 5, 3))
    for who in (AISHA, MARY):
        talk.replies(talk.newest("review", who), said.Review(True))
    assert talk.agreement.review == date(2028, 7, 1)
    assert talk.mails("review", "renewed")


def test_months_past_a_schools_last_known_term_have_no_entry_until_it_gives_them() -> None:
    talk = silent(utc(2027, 5, 3))
    for who in (AISHA, MARY):
        talk.replies(talk.newest("review", who), said.Review(True))
    assert max(m.month for m in talk.state.monthly) == "2027-07"
    for who in (AISHA, GRACE):
        value = (("from", "2027-09-01"), ("to", "2027-12-10"))
        talk.says(who, said.Change("term", value))
    talk.wait(HOUR)
    assert max(m.month for m in talk.state.monthly) == "2027-12"


def test_a_no_ends_it_on_review_with_a_farewell() -> None:
    talk = silent(utc(2027, 5, 3))
    talk.replies(talk.newest("review", MARY), said.Review(False))
    talk.until(utc(2027, 9, 1))
    farewells = talk.mails("review", "farewell")
    assert set(readers(farewells)) >= set(LEADS_AND_LEADERS)
    assert {m.created.astimezone(ZoneInfo("Europe/London")).date() for m in farewells} == {date(2027, 7, 1)}
    assert talk.state.ended is not None


def test_silence_is_told_to_the_leaders_fourteen_days_before() -> None:
    talk = silent(utc(2027, 6, 20))
    mails = talk.mails("review", "silence")
    assert readers(mails) == sorted(LEADERS)
    assert {m.created.date() for m in mails} == {date(2027, 6, 17)}


def test_after_review_nothing_more_is_sent() -> None:
    talk = silent(utc(2027, 12, 31))
    assert max(m.created for m in talk.mails()) < utc(2027, 7, 2)


@pytest.mark.parametrize(("days", "renews"), [(89, True), (92, False)])
def test_a_yes_within_ninety_days_renews(days: int, renews: bool) -> None:
    talk = silent(utc(2027, 7, 1) + days * DAY)
    for who in (AISHA, MARY):
        talk.says(who, said.Review(True))
    assert (talk.agreement.review == date(2028, 7, 1)) is renews


def test_a_school_without_leaders_asks_its_leads_what_a_leader_would_be_asked() -> None:
    talk = Talk(without(agreement(), MARY))
    talk.until(utc(2027, 6, 20))
    assert readers(talk.mails("review", "silence")) == sorted([RUTH, GRACE])
