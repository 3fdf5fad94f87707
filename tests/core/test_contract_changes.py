"""Section 1, "Changing the agreement", by mail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.core import commands as said
from tandem.core.calendar import is_open
from tandem.core.messages import Message
from tandem.core.partnership import Partnership
from tandem.core.zones import local
from tests.support.agreements import agreement
from tests.support.lives import Life, helpful, utc
from tests.support.talks import (
    AISHA,
    DAY,
    EVERYBODY,
    GRACE,
    HOUR,
    JOSEPH,
    LEADERS,
    MARY,
    OWNERS,
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

INVITED = sorted(set(EVERYBODY) - set(LEADERS))


def signs_nothing_more(life: Life, mail: Message) -> Any:
    return () if mail.variant == "amendment" else helpful(life, mail)


def october() -> Talk:
    return in_october(signs_nothing_more)


def change(talk: Talk, who: str, field: str, value: Any) -> list[Any]:
    pairs = tuple(value.items()) if isinstance(value, dict) else value
    told = receipt(talk.says(who, said.Change(field, pairs)))
    assert told.variant == "said", told
    return talk.wait(HOUR)


def close(talk: Talk, who: str, first: date, last: date | None = None) -> list[Any]:
    assert receipt(talk.says(who, said.Closed(first, last or first, "Strike"))).variant == "said"
    return talk.wait(HOUR)


# -- own matters need nobody's yes


@pytest.mark.parametrize("who", [AISHA, TOM, RUTH])
def test_an_owner_or_leader_closes_days_of_the_own_school_without_anybodys_yes(who: str) -> None:
    talk = october()
    close(talk, who, date(2026, 12, 1), date(2026, 12, 4))
    span = talk.agreement.school("aire").closed[-1]
    assert (span.first, span.last, span.why) == (date(2026, 12, 1), date(2026, 12, 4), "Strike")
    assert not talk.state.proposals


def test_terms_of_the_own_school_need_nobodys_yes() -> None:
    talk = october()
    change(talk, TOM, "term", {"from": "2027-09-01", "to": "2027-12-17"})
    assert talk.agreement.school("aire").terms[-1].last == date(2027, 12, 17)  # type: ignore[index]


def test_a_term_takes_the_place_of_those_that_it_overlaps() -> None:
    talk = october()
    change(talk, TOM, "term", {"from": "2027-01-05", "to": "2027-07-23"})
    terms = talk.agreement.school("aire").terms
    assert terms is not None
    assert [(t.first, t.last) for t in terms] == [
        (date(2026, 9, 3), date(2026, 12, 18)), (date(2027, 1, 5), date(2027, 7, 23)),
    ]  # fmt: skip
    same = said.Change("term", (("from", "2027-01-05"), ("to", "2027-07-23")))
    assert receipt(talk.says(TOM, same)).facts["reason"] == "twice"


def test_the_first_term_of_a_school_without_terms_closes_no_day_before_it() -> None:
    talk = Talk(agreement(aire={"terms": None}))
    change(talk, TOM, "term", {"from": "2027-01-05", "to": "2027-07-23"})
    assert talk.meeting("2026-11").status == "planned"
    assert talk.meeting("2026-11").sequence == 0
    assert is_open(talk.agreement.school("aire"), date(2026, 11, 10))
    assert not is_open(talk.agreement.school("aire"), date(2027, 7, 26))


def test_a_colleague_in_the_schools_own_domain_needs_nobodys_yes() -> None:
    talk = october()
    told = change(talk, AISHA, "person", {"name": "Joy", "email": "joy@airedale.example"})
    assert talk.agreement.find("joy@airedale.example")[1].role == "member"  # type: ignore[index]
    assert len([m for m in told if m.kind == "invite" and m.to == "joy@airedale.example"]) == 3
    assert readers(told, "notice", "new-colleague") == sorted([RUTH, GRACE, JOSEPH])


def test_a_colleague_with_another_address_is_put_to_the_leader_first() -> None:
    talk = october()
    told = change(talk, AISHA, "person", {"name": "Joy", "email": "joy@gmail.com", "role": "deputy"})
    assert readers(told, "notice", "successor") == [RUTH]
    assert talk.agreement.find("joy@gmail.com") is None
    talk.replies(told[0], said.Confirm(True))
    assert talk.agreement.find("joy@gmail.com")[1].role == "deputy"  # type: ignore[index]


def test_the_senders_own_language_needs_nobodys_yes() -> None:
    talk = october()
    change(talk, TOM, "language", "fr")
    assert talk.agreement.find(TOM)[1].language == "fr"  # type: ignore[index]
    assert talk.agreement.find(AISHA)[1].language is None  # type: ignore[index]


def test_link_and_phone_need_nobodys_yes_and_everyone_invited_gets_an_update() -> None:
    talk = october()
    told = change(talk, GRACE, "where", "https://new.example")
    assert readers(m for m in told if m.meeting == "2026-10") == INVITED
    assert {(m.kind, m.variant, m.meeting) for m in told} == {
        ("update", "place", month) for month in ("2026-10", "2026-11", "2026-12")
    }
    assert told[0].facts["old_where"] == "https://meet.example/aire-nyanza"
    assert {talk.meeting(m.meeting).sequence for m in told} == {1}
    told = change(talk, GRACE, "phone", "+254 1")
    assert {talk.meeting(m.meeting).phone for m in told} == {"+254 1"}
    assert talk.meeting("2027-01").where == "https://new.example"


def test_a_new_link_holds_for_an_agreed_catch_up_too() -> None:
    talk = october()
    talk.says(AISHA, said.Meet(date(2026, 10, 9)))
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    told = change(talk, GRACE, "where", "https://new.example")
    assert "2026-10.c1" in {m.meeting for m in told}


def test_resources_need_nobodys_yes() -> None:
    talk = october()
    change(talk, TOM, "resource", {"what": "Shared folder", "where": "https://new.example/f"})
    assert {(r.what, r.where) for r in talk.agreement.resources} == {
        ("Shared folder", "https://new.example/f"), ("Water test kits", "Physics store at Nyanza"),
    }  # fmt: skip


# -- common matters need the other school's


COMMON = [
    ("objective", "Sing together"),
    ("milestone", {"due": "2027-02-01", "what": "First song"}),
    ("meeting", {"every": "first monday", "at": "15:00"}),
]


@pytest.mark.parametrize(("field", "value"), COMMON)
def test_what_concerns_both_is_put_to_the_other_school_after_the_hour(field: str, value: Any) -> None:
    talk = october()
    before = talk.agreement
    told = change(talk, TOM, field, value)
    assert kinds(told) == [("agreement", "amendment")] * 2
    assert readers(told) == sorted([GRACE, MARY])
    assert all(m.asks for m in told)
    assert told[0].facts["changes"][0]["field"] == field
    assert talk.agreement == before


@pytest.mark.parametrize(("field", "value"), COMMON)
@pytest.mark.parametrize("who", [GRACE, MARY])
def test_it_holds_once_the_other_school_has_answered_with_yes(field: str, value: Any, who: str) -> None:
    talk = october()
    change(talk, TOM, field, value)
    told = talk.replies(talk.newest("agreement", who, "amendment"), said.Sign())
    assert receipt(told).variant == "said"
    assert readers(told, "agreement", "amended") == sorted([*OWNERS, *LEADERS])
    purpose = talk.agreement.purpose
    if field == "objective":
        assert purpose.objectives[-1] == value
    elif field == "milestone":
        assert "First song" in [m.what for p in purpose.projects for m in p.milestones]
    else:
        assert (talk.agreement.meeting.rule.every, talk.agreement.meeting.rule.at) == ("first monday", 900)


@pytest.mark.parametrize(("field", "value"), COMMON)
def test_the_other_schools_no_leaves_it_and_tells_who_proposed(field: str, value: Any) -> None:
    talk = october()
    before = talk.agreement
    change(talk, TOM, field, value)
    put = talk.newest("agreement", GRACE, "amendment")
    told = talk.replies(put, said.Confirm(False))
    assert readers(told, "notice", "proposal-declined") == sorted([AISHA, TOM])
    assert talk.agreement == before
    assert receipt(talk.replies(put, said.Sign())).variant == "cannot"  # the first answer counts
    assert talk.agreement == before


def test_the_proposing_schools_own_yes_makes_nothing_hold() -> None:
    talk = october()
    change(talk, TOM, "objective", "Sing together")
    put = talk.newest("agreement", GRACE, "amendment")
    talk.says(AISHA, said.Sign(), to=put)
    talk.says(JOSEPH, said.Sign(), to=put)  # a deputy of the other school does not sign
    assert talk.state.proposals[0].state == "open"


# -- what the form of an agreement does not allow does not get into one by mail


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("person", {"name": "Tom", "email": "T.Ellis@airedale.example"}, "twice"),
        ("person", {"name": "Grace", "email": GRACE}, "twice"),
        ("person", {"name": "", "email": "x@airedale.example"}, "unknown"),
        ("person", {"email": "x@airedale.example"}, "unknown"),
        ("term", {"from": "2027-09-01", "to": "2027-08-01"}, "unknown"),
        ("term", {"from": "2025-09-01", "to": "2025-12-01"}, "past"),
        ("term", {"from": "soon", "to": "2025-12-01"}, "unknown"),
        ("meeting", {"every": "fifth monday"}, "unknown"),
        ("meeting", {"every": "first funday"}, "unknown"),
        ("meeting", {"every": "first monday", "at": "25:00"}, "unknown"),
        ("meeting", {"every": "first monday", "at": "3pm"}, "unknown"),
        ("meeting", {"every": "first monday", "minutes": 0}, "unknown"),
        ("meeting", {"every": "first monday", "anchor": "mars"}, "unknown"),
        ("meeting", {}, "unknown"),
        ("milestone", {"what": "Song"}, "unknown"),
        ("milestone", {"what": "Song", "due": "some day"}, "unknown"),
        ("objective", "COMPARE the water of the Aire and of Lake Victoria", "twice"),
        ("resource", {"where": "https://x.example"}, "unknown"),
        ("where", "", "unknown"),
    ],
)
def test_a_change_that_the_agreements_form_does_not_allow_is_answered_not_made(
    field: str, value: Any, reason: str
) -> None:
    talk = october()
    pairs = tuple(value.items()) if isinstance(value, dict) else value
    told = receipt(talk.says(AISHA, said.Change(field, pairs)))
    assert (told.variant, told.facts["reason"]) == ("cannot", reason)
    assert not talk.state.pending


def test_a_closure_that_is_over_reversed_or_longer_than_a_year_is_answered_not_made() -> None:
    talk = october()
    for first, last, reason in (
        (date(2026, 9, 1), date(2026, 9, 3), "past"),
        (date(2026, 11, 3), date(2026, 11, 1), "unknown"),
        (date(2026, 11, 3), date(2028, 11, 1), "far"),
    ):
        assert receipt(talk.says(AISHA, said.Closed(first, last))).facts["reason"] == reason
    assert receipt(talk.says(AISHA, said.Closed(date(2026, 9, 1), date(2026, 10, 2)))).variant == "said"


# -- meetings move accordingly


def test_an_invited_meeting_whose_day_closes_moves_to_the_nearest_day_with_an_update() -> None:
    talk = october()
    told = close(talk, AISHA, date(2026, 10, 13))
    assert readers(told, "update", "moved") == INVITED
    meeting = talk.meeting("2026-10")
    assert (meeting.starts, meeting.sequence, meeting.moved_from) == (utc(2026, 10, 14, 11), 1, date(2026, 10, 13))
    assert "Strike" in (meeting.why or "")
    assert {i.partstat for i in meeting.invitees if i.email == ZOE} == {"NEEDS-ACTION"}


def test_invited_meetings_move_only_to_tomorrow_or_later() -> None:
    talk = october()
    talk.until(utc(2026, 10, 13, 5))
    close(talk, AISHA, date(2026, 10, 13), date(2026, 10, 14))
    assert talk.meeting("2026-10").starts == utc(2026, 10, 15, 11)
    talk = october()
    talk.until(utc(2026, 10, 12, 5))
    close(talk, AISHA, date(2026, 10, 13), date(2026, 10, 23))  # Monday 12 is today; after half term Saturday is none
    assert talk.meeting("2026-10").status == "cancelled"


def test_where_no_day_is_left_an_invited_meeting_is_cancelled_with_a_catch_up_and_keeps_its_chair() -> None:
    talk = october()
    chair = talk.meeting("2026-10").chair
    told = close(talk, AISHA, date(2026, 10, 1), date(2026, 10, 31))
    assert readers(told, "cancel", "closed") == INVITED
    assert readers(told, "catch-up") == sorted(OWNERS)
    meeting = talk.meeting("2026-10")
    assert (meeting.status, meeting.chair, meeting.sequence) == ("cancelled", chair, 1)
    assert talk.meeting("2026-11").chair != chair


def test_a_month_to_which_nobody_has_been_invited_is_skipped_and_passes_no_turn() -> None:
    talk = october()
    chair = talk.meeting("2027-02").chair
    told = close(talk, AISHA, date(2027, 2, 1), date(2027, 2, 28))
    assert not told
    assert (talk.meeting("2027-02").status, talk.meeting("2027-02").chair) == ("skipped", None)
    assert talk.meeting("2027-03").chair == chair


def test_a_time_that_people_agreed_stays_unless_its_day_closes() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-11", utc(2026, 11, 12, 10)))
    talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(True))
    close(talk, AISHA, date(2026, 11, 10))  # the rule's own day
    assert talk.meeting("2026-11").starts == utc(2026, 11, 12, 10)
    change(talk, TOM, "meeting", {"every": "third monday"})
    talk.replies(talk.newest("agreement", GRACE, "amendment"), said.Sign())
    assert (talk.meeting("2026-11").starts, talk.meeting("2026-11").sequence) == (utc(2026, 11, 12, 10), 1)
    assert talk.meeting("2026-11").moved_from == date(2026, 11, 16)  # the rule's day, as it now is
    close(talk, AISHA, date(2026, 11, 12))
    assert talk.meeting("2026-11").starts == utc(2026, 11, 16, 11)
    assert (talk.meeting("2026-11").moved_from, talk.meeting("2026-11").sequence) == (None, 2)


def agreed_catch_up() -> Talk:
    talk = october()
    talk.says(AISHA, said.Cancel("2026-10"))
    talk.wait(HOUR)
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    return talk


def test_an_agreed_catch_up_whose_day_closes_moves_within_its_window_with_an_update() -> None:
    talk = agreed_catch_up()
    before = talk.meeting("2026-10.c1")
    assert before.starts is not None
    told = close(talk, GRACE, before.starts.date())
    after = talk.meeting("2026-10.c1")
    assert readers(told, "update", "moved") == INVITED
    assert after.starts is not None
    assert after.starts.date() != before.starts.date()
    assert after.starts < talk.state.offers[-1].closes
    assert (after.sequence, after.moved_from, after.status, after.chair) == (1, None, "planned", before.chair)


def test_an_agreed_catch_up_for_which_no_day_is_left_is_called_off_and_none_is_offered_again() -> None:
    talk = agreed_catch_up()
    told = close(talk, GRACE, date(2026, 10, 1), date(2026, 10, 31))
    assert readers(told, "cancel") == INVITED
    assert talk.meeting("2026-10.c1").status == "cancelled"
    assert not [m for m in told if m.kind == "catch-up"]


def new_rule(talk: Talk, **value: Any) -> list[Any]:
    change(talk, TOM, "meeting", value)
    return talk.replies(talk.newest("agreement", GRACE, "amendment"), said.Sign())


def test_a_new_rule_holds_from_the_first_meeting_more_than_agenda_days_ahead() -> None:
    talk = october()
    talk.until(utc(2026, 10, 6, 12))  # less than seven days before the 13th
    told = new_rule(talk, every="third wednesday", at="15:00")
    assert talk.meeting("2026-10").starts == utc(2026, 10, 13, 11)
    assert talk.meeting("2026-11").starts == utc(2026, 11, 18, 12)
    assert {m.meeting for m in told if m.kind == "update"} == {"2026-11", "2026-12"}
    assert {m.facts["cause"] for m in told if m.kind == "update"} == {"rule"}
    assert talk.meeting("2026-11").moved_from is None
    talk = october()
    talk.until(utc(2026, 10, 6, 9))
    new_rule(talk, every="third wednesday")
    assert talk.meeting("2026-10").starts == utc(2026, 10, 21, 11)


def test_a_new_rule_whose_day_is_past_leaves_this_months_meeting_where_it_is() -> None:
    talk = october()
    talk.until(utc(2026, 10, 5, 9))
    new_rule(talk, every="first monday")  # today
    assert talk.meeting("2026-10").starts == utc(2026, 10, 13, 11)
    assert talk.meeting("2026-11").starts == utc(2026, 11, 2, 11)


def test_another_length_is_a_change_of_time() -> None:
    talk = october()
    told = new_rule(talk, every="second tuesday", minutes=60)
    assert {m.meeting for m in told if m.kind == "update"} == {"2026-10", "2026-11", "2026-12"}
    assert (talk.meeting("2026-11").minutes, talk.meeting("2026-11").sequence) == (60, 1)
    assert talk.meeting("2027-03").minutes == 60


def test_a_new_rule_that_leaves_no_day_in_a_month_cancels_its_invited_meeting_with_a_catch_up() -> None:
    talk = october()
    told = new_rule(talk, every="second tuesday", at="18:00")  # outside both school days: only the rule's own day holds
    assert talk.meeting("2026-11").starts == utc(2026, 11, 10, 15)
    talk.says(AISHA, said.Closed(date(2026, 11, 10), date(2026, 11, 10)))
    told = talk.wait(HOUR)
    assert readers(told, "cancel", "closed") == INVITED
    assert [m for m in told if m.kind == "catch-up"]


def test_several_changes_to_one_meeting_within_an_hour_come_in_one_mail_with_what_stood_before_them() -> None:
    talk = october()
    november = talk.meeting("2026-11")
    old = (november.where, november.phone)
    talk.says(TOM, said.Change("where", "https://new.example"))
    talk.wait(HOUR / 2)
    talk.says(GRACE, said.Change("phone", "+254 700 000000"))
    told = [m for m in talk.wait(3 * HOUR) if m.kind == "update" and m.meeting == "2026-11"]
    assert readers(told) == INVITED  # each one
    assert {(m.facts["old_where"], m.facts["old_phone"]) for m in told} == {old}
    assert {m.facts["sequence"] for m in told} == {2} == {talk.meeting("2026-11").sequence}


def test_a_change_that_is_taken_back_holds_the_update_of_another_up_no_longer_than_an_hour_and_a_half() -> None:
    talk = october()
    talk.says(TOM, said.Change("where", "https://new.example"))
    talk.wait(HOUR / 2)
    talk.says(GRACE, said.Change("phone", "+254 700 000000"))
    talk.replies(talk.newest("receipt", GRACE), said.Undo())
    told = [m for m in talk.wait(2 * HOUR) if m.kind == "update" and m.meeting == "2026-11"]
    assert readers(told) == INVITED
    assert not any("old_phone" in m.facts for m in told)


def test_a_change_to_a_meeting_that_is_near_waits_for_no_other() -> None:
    talk = october()
    talk.until(utc(2026, 10, 12, 9))
    talk.says(TOM, said.Change("where", "https://new.example"))
    talk.wait(HOUR / 2)
    talk.says(GRACE, said.Change("phone", "+254 700 000000"))
    told = talk.wait(HOUR / 2)
    assert readers(m for m in told if m.kind == "update" and m.meeting == "2026-10") == INVITED


def test_a_change_that_both_moves_and_renames_comes_in_one_mail() -> None:
    talk = october()
    change(talk, TOM, "where", "https://a.example")
    talk.says(AISHA, said.Change("where", "https://b.example"), said.Closed(date(2026, 10, 13), date(2026, 10, 13)))
    told = talk.wait(HOUR)
    mine = [m for m in told if m.kind == "update" and m.meeting == "2026-10" and m.to == ZOE]
    assert len(mine) == 1
    assert {"old_where", "old_starts"} <= set(mine[0].facts)


# -- whatever closes


CLOSURES = st.lists(
    st.tuples(
        st.sampled_from([AISHA, GRACE, RUTH]),
        st.integers(0, 120),  # days from then to the first closed day
        st.integers(0, 35),  # and so many more
        st.integers(0, 12),  # days to wait before
    ),
    max_size=6,
)


def looked_at(state: Partnership, now: datetime, before: dict[str, tuple[int, str | None, str]]) -> None:
    for meeting in state.meetings:
        was = before.get(meeting.id)
        if was:
            assert meeting.sequence >= was[0], meeting.id
            if meeting.invitees and was[2] == "invited":
                assert meeting.chair == was[1], meeting.id
        if meeting.status == "planned" and meeting.starts and meeting.starts > now:
            for school in state.agreement.schools:
                assert is_open(school, local(meeting.starts, school.timezone).date()), meeting.id


@settings(max_examples=20, deadline=None)
@given(closures=CLOSURES, happy=st.booleans())
def test_whatever_closes_every_invited_meeting_is_on_an_open_day_or_cancelled_with_a_cancel(
    closures: list[tuple[str, int, int, int]], happy: bool
) -> None:
    talk = october()
    if not happy:
        talk.life.person = choosing
    for who, ahead, length, wait in closures:
        talk.wait(wait * DAY)
        before = {m.id: (m.sequence, m.chair, "invited" if m.invitees else "") for m in talk.state.meetings}
        first = talk.now.date() + ahead * DAY
        told = talk.says(who, said.Closed(first, first + length * DAY))
        assert receipt(told).variant == "said"
        talk.wait(HOUR)
        looked_at(talk.state, talk.now, before)
    talk.wait(timedelta(days=60))
    cancelled = {(m.meeting, m.to) for m in talk.mails("cancel")}
    asked = {(m.meeting, m.to) for m in talk.mails("invite")}
    for meeting in talk.state.meetings:
        if meeting.status == "cancelled" and meeting.invitees:
            assert {pair for pair in asked if pair[0] == meeting.id} <= cancelled
            assert meeting.sequence
        elif meeting.invitees:
            assert not {pair for pair in cancelled if pair[0] == meeting.id}
    updates: dict[tuple[str | None, str], int] = {}
    for mail in talk.mails("update"):
        assert mail.facts["sequence"] > updates.get((mail.meeting, mail.to), 0)
        updates[mail.meeting, mail.to] = mail.facts["sequence"]
    looked_at(talk.state, talk.now, {})


def choosing(life: Any, mail: Any) -> Any:
    """Meets never, and names every time that is offered."""
    if mail.kind == "catch-up" and mail.asks:
        yield HOUR, (said.Choose(-1),)
    elif mail.kind == "check-in":
        yield HOUR, (said.Report(mail.month, False),)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["first", "second", "third", "fourth", "last"]),
            st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday", "sunday"]),
            st.sampled_from(["09:00", "14:00", "16:30", "23:00"]),
            st.sampled_from(["aire", "nyanza", "alternate"]),
            st.integers(0, 20),
        ),
        max_size=4,
    )
)
def test_whatever_the_rule_nothing_moves_to_today_or_within_the_days_of_the_agenda(
    rules: list[tuple[str, str, str, str, int]],
) -> None:
    talk = october()
    for ordinal, weekday, at, anchor, wait in rules:
        talk.wait(wait * DAY)
        before = {m.id: m for m in talk.state.meetings}
        new_rule(talk, every=f"{ordinal} {weekday}", at=at, anchor=anchor)
        near = talk.now + 7 * DAY
        for meeting in talk.state.meetings:
            was = before.get(meeting.id)
            if was is None or not was.stands or was.starts is None or meeting.starts == was.starts:
                continue
            assert meeting.starts is not None
            assert was.starts > near, meeting.id
            zone = talk.agreement.school(meeting.anchor).timezone
            assert local(meeting.starts, zone).date() > local(talk.now, zone).date()
            assert meeting.sequence == was.sequence + 1
            day = local(meeting.starts, zone).date()
            assert meeting.moved_from == (None if day == meeting.rule_day else meeting.rule_day)
            assert meeting.chair == was.chair


def test_a_school_with_twenty_people_takes_no_more() -> None:
    pair = agreement()
    school = pair.school("aire")
    from dataclasses import replace

    from tandem.core.agreement import Person

    more = tuple(Person(f"P{n}", f"p{n}@airedale.example", "member") for n in range(16))
    talk = Talk(without(pair.with_school(replace(school, people=(*school.people, *more)))))
    told = receipt(talk.says(AISHA, said.Change("person", (("name", "Q"), ("email", "q@airedale.example")))))
    assert told.facts["reason"] == "full"
