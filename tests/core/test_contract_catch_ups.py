"""Section 1, "Catch-ups" and "Not met"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tandem.core import commands as said
from tandem.core.calendar import inside, is_open
from tandem.core.draft import not_met_since
from tandem.core.messages import Message
from tandem.core.zones import local
from tests.support.agreements import agreement
from tests.support.lives import utc
from tests.support.talks import AISHA, GRACE, HOUR, JOSEPH, OWNERS, RUTH, TOM, ZOE, Talk, readers

STARTS = utc(2026, 9, 8, 11)
CHECK_IN = STARTS + timedelta(minutes=105)
CLOSES = CHECK_IN + 96 * HOUR
NAIROBI = ZoneInfo("Africa/Nairobi")
FAST = {"aire": {"internet": "good"}, "nyanza": {"internet": "good"}}


def missed(**changes: object) -> Talk:
    """The first meeting is found missed on 8 September at 12:45 UTC."""
    talk = Talk(agreement(**changes))
    talk.until(CHECK_IN)
    talk.replies(talk.newest("check-in", AISHA), said.Report("2026-09", False))
    return talk


def slots(mail: Message) -> list[datetime]:
    return [datetime.fromisoformat(s) for s in mail.facts["slots"]]


def offered(talk: Talk) -> list[datetime]:
    return slots(talk.newest("catch-up", GRACE))


def days(talk: Talk) -> list[date]:
    """On the anchor's calendar."""
    return [s.astimezone(NAIROBI).date() for s in offered(talk)]


def choose(talk: Talk, who: str, *options: int) -> list[Message]:
    return talk.replies(talk.newest("catch-up", who), *(said.Choose(n) for n in options))


def agreed(talk: Talk) -> list[str]:
    return [m.id for m in talk.state.meetings if m.catch_up]


def test_a_meeting_found_missed_is_offered_a_catch_up_at_once() -> None:
    talk = missed()
    mails = talk.mails("catch-up", "offer")
    assert readers(mails) == sorted(OWNERS)
    assert {(m.created, m.facts["cause"], m.month) for m in mails} == {(CHECK_IN, "missed", "2026-09")}


def test_a_meeting_found_unconfirmed_is_offered_a_catch_up_at_once() -> None:
    talk = Talk()
    talk.until(CLOSES)
    assert {(m.created, m.facts["cause"]) for m in talk.mails("catch-up")} == {(CLOSES, "unconfirmed")}


def test_a_meeting_called_off_is_offered_a_catch_up_at_once() -> None:
    talk = Talk()
    talk.says(RUTH, said.Cancel("2026-09"))
    told = talk.wait(HOUR)
    assert readers(told, "catch-up") == sorted(OWNERS)


def test_up_to_three_slots_lie_inside_both_school_days_on_days_open_at_both() -> None:
    talk = missed()
    assert len(offered(talk)) == 3
    assert all(inside(s, slot, 45) for s in talk.agreement.schools for slot in offered(talk))


def test_an_owner_of_each_school_is_present_at_every_slot() -> None:
    talk = Talk()
    for who in (GRACE, JOSEPH):
        talk.says(who, said.Absence(date(2026, 9, 12), date(2026, 9, 16)))
    talk.says(AISHA, said.Absence(date(2026, 9, 9), date(2026, 9, 30)))  # Tom is there
    talk.until(CHECK_IN)
    talk.replies(talk.newest("check-in", TOM), said.Report("2026-09", False))
    assert not {date(2026, 9, n) for n in range(12, 17)} & set(days(talk))
    assert len(days(talk)) == 3


@pytest.mark.parametrize(("changes", "first"), [(FAST, date(2026, 9, 10)), ({}, date(2026, 9, 11))])
def test_the_window_opens_on_the_second_day_after_the_offer_the_third_where_internet_is_poor(
    changes: dict[str, object], first: date
) -> None:
    assert min(days(missed(**changes, policy={"catch_up_days": 3}))) == first
    assert min(days(missed(**changes))) >= first


def test_the_window_ends_catch_up_days_after_the_day_on_which_it_was_found_missed() -> None:
    talk = missed()
    assert max(days(talk)) <= date(2026, 9, 18)
    assert talk.state.offers[0].closes == datetime(2026, 9, 19, tzinfo=NAIROBI)


def test_the_window_of_an_unconfirmed_meeting_ends_catch_up_days_after_it_was_found_so() -> None:
    talk = Talk()
    talk.until(CLOSES)
    assert talk.state.offers[0].closes == datetime(2026, 9, 23, tzinfo=NAIROBI)


def test_the_window_of_a_meeting_called_off_ends_catch_up_days_after_its_own_day() -> None:
    talk = Talk()
    talk.says(GRACE, said.Cancel("2026-10"))
    talk.wait(HOUR)
    assert talk.state.offers[0].closes == datetime(2026, 10, 24, tzinfo=NAIROBI)


def test_never_at_the_time_called_off() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 9))
    talk.says(GRACE, said.Cancel("2026-10"))
    talk.wait(HOUR)
    assert talk.meeting("2026-10").starts not in offered(talk)
    choose(talk, AISHA, 0)
    choose(talk, GRACE, 0)
    assert talk.newest("catch-up", GRACE).variant == "again"
    assert talk.meeting("2026-10").starts not in offered(talk)


def test_the_windows_days_are_the_anchors() -> None:
    """Found missed at 23:30 in Kisumu and 21:30 in Keighley; with midnight passed, a day later in Kisumu alone."""
    for minutes, last in ((0, 19), (120, 20)):
        talk = Talk()
        talk.until(utc(2026, 9, 8, 20) + timedelta(minutes=minutes))
        talk.replies(talk.newest("check-in", AISHA), said.Report("2026-09", False))
        assert talk.state.offers[0].closes == datetime(2026, 9, last, tzinfo=NAIROBI)


def test_the_window_closes_at_the_latest_when_the_next_monthly_meeting_begins() -> None:
    talk = missed(policy={"catch_up_days": 60})
    following = talk.meeting("2026-10")
    assert talk.state.offers[0].closes == following.starts
    assert following.starts is not None
    assert max(offered(talk)) + timedelta(minutes=45) <= following.starts


def test_the_window_closes_at_the_latest_at_review() -> None:
    talk = missed(policy={"catch_up_days": 60}, review=date(2026, 9, 14))
    assert talk.state.offers[0].closes == datetime(2026, 9, 14, tzinfo=NAIROBI)
    assert max(days(talk)) <= date(2026, 9, 13)


def test_the_window_closes_sooner_where_the_next_monthly_meeting_is_moved_before_its_end() -> None:
    talk = Talk(agreement(policy={"catch_up_days": 40}))
    talk.until(CLOSES)
    talk.says(GRACE, said.Counter("2026-10", utc(2026, 9, 29, 11)), meeting="2026-10")
    choose(talk, AISHA, 1)
    assert talk.meeting("2026-10").starts == utc(2026, 9, 29, 11)
    told = talk.until(utc(2026, 9, 29, 11))
    assert [o.state for o in talk.state.offers if o.cause == "unconfirmed"] == ["closed"]
    assert not_met_since(talk.state, "2026-09") == utc(2026, 9, 29, 11)
    assert not [m for m in told if m.kind == "invite" and m.meeting == "2026-09.c1"]


def test_owners_answer_with_every_number_that_suits_and_the_earliest_that_both_named_is_taken() -> None:
    talk = missed()
    choose(talk, AISHA, 3, 2)
    choose(talk, GRACE, 1, 2, 3)
    assert talk.meeting("2026-09.c1").starts == offered(talk)[1]


def test_any_of_them_names_every_slot() -> None:
    talk = missed()
    choose(talk, AISHA, -1)
    choose(talk, GRACE, 2)
    assert talk.meeting("2026-09.c1").starts == offered(talk)[1]


def test_a_school_names_a_slot_when_any_of_its_owners_does() -> None:
    talk = missed()
    choose(talk, AISHA, 1)
    choose(talk, TOM, 3)
    assert not agreed(talk)
    choose(talk, JOSEPH, 3)
    assert talk.meeting("2026-09.c1").starts == offered(talk)[2]


def test_one_school_alone_agrees_on_nothing() -> None:
    talk = missed()
    choose(talk, AISHA, 1)
    choose(talk, TOM, 1)
    assert not agreed(talk)


@pytest.mark.parametrize(("first", "second"), [((1,), (2,)), ((0,), (1, 2, 3)), ((0,), (0,))])
def test_where_each_has_answered_and_none_is_common_other_slots_are_offered_once(
    first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    talk = missed()
    before = offered(talk)
    choose(talk, AISHA, *first)
    told = choose(talk, GRACE, *second)
    again = [m for m in told if m.kind == "catch-up"]
    assert (readers(again), {m.variant for m in again}) == (sorted(OWNERS), {"again"})
    assert not set(slots(again[0])) & set(before)
    assert max(days(talk)) <= date(2026, 9, 18)
    choose(talk, AISHA, 1)
    told = choose(talk, GRACE, 2)
    assert not [m for m in told if m.kind == "catch-up"]
    choose(talk, JOSEPH, 1)
    assert talk.meeting("2026-09.c1").starts == slots(again[0])[0]


def test_a_number_of_the_first_mail_still_means_its_own_slot_after_other_slots_were_offered() -> None:
    talk = missed()
    first = talk.newest("catch-up", AISHA)
    choose(talk, AISHA, 1)
    choose(talk, GRACE, 2)
    assert talk.mails("catch-up", "again")
    talk.replies(first, said.Choose(3))
    assert not agreed(talk)
    talk.replies(first, said.Choose(2))
    assert talk.meeting("2026-09.c1").starts == slots(first)[1]


def test_an_answer_to_other_slots_leaves_the_one_to_the_first_as_it_was() -> None:
    talk = missed()
    first = talk.newest("catch-up", TOM)
    choose(talk, AISHA, 1)
    choose(talk, GRACE, 2)
    choose(talk, GRACE, 0)  # to the second mail: none of those, the second of the first mail as before
    assert not agreed(talk)
    talk.replies(first, said.Choose(2))
    assert talk.meeting("2026-09.c1").starts == slots(first)[1]


@pytest.mark.parametrize("away", [False, True])
def test_a_time_that_an_owner_proposes_instead_of_the_offered_ones_is_put_to_the_other_school(away: bool) -> None:
    """Also where the mail said that the window holds none, and asked for a day and an hour."""
    talk = Talk()
    for who in (GRACE, JOSEPH) if away else ():
        talk.says(who, said.Absence(date(2026, 9, 9), date(2026, 10, 30)))
    talk.until(CHECK_IN)
    talk.replies(talk.newest("check-in", AISHA), said.Report("2026-09", False))
    assert {m.variant for m in talk.mails("catch-up")} == {"no-slot" if away else "offer"}
    talk.replies(talk.newest("catch-up", AISHA), said.Counter("2026-09", utc(2026, 9, 16, 12)))
    put = talk.newest("catch-up", GRACE, "asked")
    assert slots(put)[-1] == utc(2026, 9, 16, 12)
    talk.replies(put, said.Choose(len(slots(put))))
    assert talk.meeting("2026-09.c1").starts == utc(2026, 9, 16, 12)


def test_an_agreed_catch_up_is_a_meeting_of_its_own_with_its_own_uid_and_belongs_to_the_month() -> None:
    talk = missed()
    choose(talk, AISHA, 1)
    told = choose(talk, GRACE, 1)
    meeting = talk.meeting("2026-09.c1")
    assert (meeting.month, meeting.catch_up, meeting.sequence, meeting.moved_from) == ("2026-09", True, 0, None)
    assert meeting.chair == talk.meeting("2026-09").chair
    assert set(readers(told, "invite")) == {*OWNERS, ZOE, "p.ouma@nyanza.example"}
    assert {m.meeting for m in told if m.kind == "invite"} == {"2026-09.c1"}


def test_its_agenda_is_that_of_a_catch_up() -> None:
    talk = missed()
    choose(talk, AISHA, 3)
    choose(talk, GRACE, 3)
    starts = talk.meeting("2026-09.c1").starts
    assert starts is not None
    talk.until(starts - timedelta(seconds=1))
    agendas = [m for m in talk.mails("agenda") if m.meeting == "2026-09.c1"]
    assert {m.variant for m in agendas} == {"catch-up"}
    assert len(agendas) == len(set(readers(agendas))) == 6


def test_where_the_window_holds_no_slot_the_mail_says_so() -> None:
    away = Talk()
    for who in (GRACE, JOSEPH):
        away.says(who, said.Absence(date(2026, 9, 9), date(2026, 10, 30)))
    away.until(CHECK_IN)
    away.replies(away.newest("check-in", AISHA), said.Report("2026-09", False))
    mails = away.mails("catch-up")
    assert {(m.variant, m.asks, tuple(m.facts["slots"])) for m in mails} == {("no-slot", False, ())}
    assert len(mails) == 4


def test_a_catch_up_is_never_offered_a_catch_up() -> None:
    talk = missed()
    choose(talk, AISHA, 1)
    choose(talk, GRACE, 1)
    ends = talk.meeting("2026-09.c1").ends
    assert ends is not None
    talk.until(ends + HOUR)
    mails = len(talk.mails("catch-up"))
    talk.replies(talk.newest("check-in", AISHA, meeting="2026-09.c1"), said.Report("2026-09", False))
    assert talk.meeting("2026-09.c1").status == "missed"
    assert len(talk.mails("catch-up")) == mails
    assert not_met_since(talk.state, "2026-09") == talk.now


@pytest.mark.parametrize("who", [AISHA, TOM, RUTH])
def test_any_owner_or_leader_may_ask_for_one_without_a_miss_and_it_belongs_to_the_month_in_which_it_begins(
    who: str,
) -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 27, 9))
    told = talk.says(who, said.Meet(None))
    assert readers(told, "catch-up") == sorted(OWNERS)
    last = len(offered(talk))
    choose(talk, AISHA, last)
    choose(talk, GRACE, last)
    meeting = next(m for m in talk.state.meetings if m.catch_up)
    assert meeting.starts is not None
    assert meeting.month == local(meeting.starts, "Africa/Nairobi").strftime("%Y-%m") == "2026-10"


def test_a_member_can_not_ask_for_one() -> None:
    assert [m.variant for m in Talk().says(ZOE, said.Meet(None))] == ["not-yours"]


def test_no_slot_lies_beside_another_meeting() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 5, 9))
    talk.says(GRACE, said.Meet(None))
    assert all(abs(slot - utc(2026, 10, 13, 11)) >= timedelta(minutes=45) for slot in offered(talk))


def test_the_day_of_a_slot_that_has_closed_since_is_open_at_both_when_it_is_agreed() -> None:
    talk = missed()
    choose(talk, AISHA, -1)
    talk.says(GRACE, said.Closed(days(talk)[0], days(talk)[0]))
    talk.wait(HOUR)
    choose(talk, GRACE, -1)
    starts = talk.meeting("2026-09.c1").starts
    assert starts is not None
    assert all(is_open(s, local(starts, s.timezone).date()) for s in talk.agreement.schools)


# -- Not met


def not_met(talk: Talk, month: str = "2026-09") -> bool:
    return not_met_since(talk.state, month) is not None


def test_a_month_is_met_when_one_of_its_meetings_was_held() -> None:
    talk = missed()
    choose(talk, AISHA, 1)
    choose(talk, GRACE, 1)
    ends = talk.meeting("2026-09.c1").ends
    assert ends is not None
    talk.until(ends + HOUR)
    talk.replies(talk.newest("check-in", AISHA, meeting="2026-09.c1"), said.Report("2026-09", True))
    assert talk.state.met("2026-09")
    assert not not_met(talk)


def test_a_month_is_not_met_once_the_window_has_closed_with_no_catch_up_agreed() -> None:
    talk = missed()
    closes = talk.state.offers[0].closes
    talk.until(closes - timedelta(seconds=1))
    assert not not_met(talk)
    talk.until(closes)
    assert not_met_since(talk.state, "2026-09") == closes


def test_a_month_counts_neither_way_while_an_agreed_catch_up_is_to_come_or_to_be_decided() -> None:
    talk = missed()
    choose(talk, AISHA, 3)
    choose(talk, GRACE, 3)
    ends = talk.meeting("2026-09.c1").ends
    assert ends is not None
    talk.until(ends + HOUR + 96 * HOUR - timedelta(seconds=1))
    assert not not_met(talk)
    talk.wait(timedelta(seconds=1))
    assert talk.meeting("2026-09.c1").status == "unconfirmed"
    assert not_met_since(talk.state, "2026-09") == talk.now


def test_a_month_is_not_met_when_its_catch_up_is_called_off() -> None:
    talk = missed()
    choose(talk, AISHA, 3)
    choose(talk, GRACE, 3)
    talk.says(GRACE, said.Cancel("2026-09"), meeting="2026-09.c1")
    talk.wait(HOUR)
    assert not_met_since(talk.state, "2026-09") == talk.now


def test_a_talk_that_came_to_nothing_does_not_close_an_open_window() -> None:
    """A talk that somebody asked for is missed while the month's own catch-up may still be agreed."""
    talk = Talk(agreement(policy={"catch_up_days": 20}))
    talk.until(utc(2026, 9, 7, 9))
    talk.says(GRACE, said.Meet(date(2026, 9, 12)))
    choose(talk, AISHA, -1)
    choose(talk, GRACE, -1)
    asked = next(m for m in talk.state.meetings if m.catch_up)
    talk.until(CHECK_IN)
    talk.replies(talk.newest("check-in", AISHA), said.Report("2026-09", False))
    assert asked.ends is not None
    talk.until(asked.ends + HOUR)
    talk.says(AISHA, said.Report("2026-09", False), meeting=asked.id)
    assert talk.meeting(asked.id).status == "missed"
    assert not not_met(talk)


def test_skipped_paused_and_unsigned_months_are_passed_over_and_the_months_on_either_side_are_consecutive() -> None:
    talk = Talk(replace(agreement(), review=date(2027, 6, 1)))
    talk.until(utc(2026, 10, 5))
    talk.says(GRACE, said.Pause(date(2026, 10, 20)))
    talk.until(utc(2026, 12, 2))
    assert [talk.meeting(m).status for m in ("2026-09", "2026-10", "2026-11")] == [
        "unconfirmed", "paused", "unconfirmed",
    ]  # fmt: skip
    assert [(e.level, e.months) for e in talk.state.escalations] == [(1, ("2026-09", "2026-11"))]
