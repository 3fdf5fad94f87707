"""Section 1, "Declines"; section 4: an older button's answer."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from tandem.core import commands as said
from tests.support.agreements import agreement
from tests.support.lives import utc
from tests.support.talks import (
    AIRE,
    AISHA,
    DAY,
    EVERYBODY,
    GRACE,
    HOUR,
    JOSEPH,
    NYANZA,
    OWNERS,
    RUTH,
    TOM,
    ZOE,
    Talk,
    kinds,
    readers,
    receipt,
    without,
)  # fmt: skip

OTHER = utc(2026, 10, 15, 11)  # a Thursday


@cache
def _october() -> Talk:
    talk = Talk()
    talk.until(utc(2026, 9, 30))
    return talk


def october() -> Talk:
    return _october().fork()


def test_declines_cancel_nothing_by_themselves() -> None:
    talk = october()
    for who in (*AIRE, *NYANZA):
        talk.says(who, said.Rsvp("2026-10", "DECLINED"))
    talk.until(utc(2026, 10, 13, 14))
    assert talk.meeting("2026-10").status == "open"
    assert not talk.mails("cancel")
    assert set(readers(m for m in talk.mails("check-in") if m.meeting == "2026-10")) == set(OWNERS)


def test_when_every_owner_of_a_school_has_declined_both_schools_owners_are_offered_other_times_at_once() -> None:
    talk = october()
    assert not [m for m in talk.says(AISHA, said.Rsvp("2026-10", "DECLINED")) if m.kind == "catch-up"]
    told = talk.says(TOM, said.Rsvp("2026-10", "DECLINED"))
    offers = [m for m in told if m.kind == "catch-up"]
    assert readers(offers) == sorted(OWNERS)
    assert {m.meeting for m in offers} == {"2026-10"}
    days = [date.fromisoformat(s[:10]) for s in offers[0].facts["slots"]]
    assert min(days) >= date(2026, 10, 2)
    assert max(days) <= date(2026, 10, 23)


def test_another_time_agreed_before_it_begins_moves_the_meeting_with_the_same_uid_and_an_update() -> None:
    talk = october()
    talk.says(AISHA, said.Rsvp("2026-10", "DECLINED"))
    talk.says(TOM, said.Rsvp("2026-10", "DECLINED"))
    talk.replies(talk.newest("catch-up", TOM), said.Choose(2), said.Choose(3))
    told = talk.replies(talk.newest("catch-up", GRACE), said.Choose(2))
    updates = [m for m in told if m.kind == "update"]
    assert readers(updates) == sorted(set(EVERYBODY) - {RUTH, "m.wanjiru@nyanza.example"})
    meeting = talk.meeting("2026-10")
    assert (meeting.id, meeting.sequence, meeting.agreed) == ("2026-10", 1, True)
    assert meeting.starts is not None
    assert meeting.starts.isoformat() == talk.newest("catch-up", GRACE).facts["slots"][1]
    assert {m.meeting for m in updates} == {"2026-10"}
    assert {i.partstat for i in meeting.invitees} == {"NEEDS-ACTION"}


def test_an_owners_counter_proposal_is_put_to_the_other_schools_owners() -> None:
    talk = october()
    told = talk.says(TOM, said.Counter("2026-10", OTHER))
    assert readers(told, "catch-up", "counter") == sorted([GRACE, JOSEPH])
    assert receipt(told).variant == "waiting"
    assert receipt(told).facts["who"] == "partner"
    assert talk.meeting("2026-10").starts == utc(2026, 10, 13, 11)


def test_the_other_schools_yes_moves_the_meeting() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    told = talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(True))
    assert len([m for m in told if (m.kind, m.variant) == ("update", "moved")]) == 6
    meeting = talk.meeting("2026-10")
    assert (meeting.starts, meeting.sequence, meeting.moved_from) == (OTHER, 1, date(2026, 10, 13))


def test_the_other_schools_no_leaves_the_meeting_and_tells_who_proposed() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    told = talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(False))
    assert readers(told, "notice", "counter-declined") == [TOM]
    assert talk.meeting("2026-10").starts == utc(2026, 10, 13, 11)


def test_a_members_yes_to_a_counter_proposal_moves_nothing() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    put = talk.newest("catch-up", JOSEPH, "counter")
    assert receipt(talk.says("p.ouma@nyanza.example", said.Confirm(True), to=put)).variant == "not-yours"
    assert talk.meeting("2026-10").sequence == 0


def test_a_counter_proposal_is_not_answered_by_the_school_that_made_it() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    put = talk.newest("catch-up", JOSEPH, "counter")
    talk.says(AISHA, said.Choose(1), to=put)
    talk.says(AISHA, said.Choose(1))
    talk.says(TOM, said.Choose(-1))
    assert talk.meeting("2026-10").sequence == 0


def test_a_members_counter_proposal_goes_to_the_own_lead_as_a_notice() -> None:
    talk = october()
    told = talk.says(ZOE, said.Counter("2026-10", OTHER))
    assert readers(told, "notice", "counter-member") == [AISHA]
    assert not [m for m in told if m.kind == "catch-up"]
    assert receipt(told).facts["who"] == "lead"


def test_a_counter_proposal_by_button_is_put_as_one_in_words_is() -> None:
    from tandem.wire.inbound import Itip

    talk = october()
    itip = Itip("COUNTER", "uid", AISHA, None, 0, talk.now, None, OTHER)
    told = talk.says(AISHA, said.Counter("2026-10", OTHER), itip=(itip,), meeting="2026-10")
    assert readers(told, "catch-up", "counter") == sorted([GRACE, JOSEPH])


def test_a_counter_proposal_on_a_closed_day_or_past_the_next_meeting_is_answered_not_put() -> None:
    talk = october()
    for starts, reason in (
        (utc(2026, 10, 27, 11), "closed"),  # half term
        (utc(2026, 11, 12, 11), "closed"),  # after November's
        (utc(2026, 9, 1, 11), "past"),
        (utc(2026, 10, 13, 11), "closed"),  # the time that it has
    ):
        told = talk.says(AISHA, said.Counter("2026-10", starts))
        assert kinds(told) == [("receipt", "cannot")]
        assert told[0].facts["reason"] == reason, starts


def test_of_two_counter_proposals_in_one_mail_the_other_school_picks_one() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER), said.Counter("2026-10", OTHER + DAY))
    put = talk.newest("catch-up", GRACE, "counter")
    assert len(put.facts["slots"]) == 2
    assert receipt(talk.replies(put, said.Confirm(True))).variant == "ask-back"
    talk.replies(put, said.Choose(2))
    assert talk.meeting("2026-10").starts == OTHER + DAY


def test_a_decline_with_a_proposal_that_can_not_be_put_still_brings_other_times() -> None:
    talk = Talk(without(agreement(), TOM))
    talk.until(utc(2026, 9, 30))
    told = talk.says(AISHA, said.Rsvp("2026-10", "DECLINED"), said.Counter("2026-10", utc(2026, 10, 27, 11)))
    assert readers(told, "catch-up", "declined") == sorted([AISHA, GRACE, JOSEPH])


def test_a_decline_with_a_proposal_brings_other_times_only_after_the_others_no() -> None:
    talk = Talk(without(agreement(), TOM))
    talk.until(utc(2026, 9, 30))
    told = talk.says(AISHA, said.Rsvp("2026-10", "DECLINED"), said.Counter("2026-10", OTHER))
    assert readers(told, "catch-up") == sorted([GRACE, JOSEPH])
    for who in (GRACE, JOSEPH):
        told = talk.replies(talk.newest("catch-up", who, "counter"), said.Confirm(False))
    assert talk.mails("catch-up", "declined")


def test_a_proposed_time_whose_day_has_closed_since_is_no_time() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    talk.says(GRACE, said.Closed(date(2026, 10, 15), date(2026, 10, 15)))
    talk.wait(2 * HOUR)
    told = talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(True))
    assert receipt(told).variant == "cannot"
    assert talk.meeting("2026-10").starts == utc(2026, 10, 13, 11)


def test_reasons_of_a_decline_are_never_passed_on() -> None:
    talk = october()
    for who in (AISHA, TOM):
        talk.says(who, said.Rsvp("2026-10", "DECLINED", "my surgery"))
    assert "surgery" not in str(talk.mails())
    assert "surgery" not in str(talk.state)


# -- an older button


def test_an_answer_with_an_older_sequence_than_one_already_seen_from_that_person_changes_nothing() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(True))
    assert talk.presses(AISHA, "2026-10", "ACCEPTED", 1) == "accepted"
    assert talk.presses(AISHA, "2026-10", "DECLINED", 0, talk.now + HOUR) == "stale"
    assert talk.partstat("2026-10", AISHA) == "ACCEPTED"


def test_an_answer_with_an_older_dtstamp_than_one_already_seen_from_that_person_changes_nothing() -> None:
    talk = october()
    assert talk.presses(AISHA, "2026-10", "DECLINED", 0, talk.now) == "accepted"
    assert talk.presses(AISHA, "2026-10", "ACCEPTED", 0, talk.now - HOUR) == "stale"
    assert talk.partstat("2026-10", AISHA) == "DECLINED"
    assert talk.presses(AISHA, "2026-10", "ACCEPTED", 0, talk.now) == "accepted"  # the same DTSTAMP twice happens


def test_another_persons_newer_answer_makes_nobodys_stale() -> None:
    talk = october()
    assert talk.presses(AISHA, "2026-10", "DECLINED", 0, talk.now) == "accepted"
    assert talk.presses(TOM, "2026-10", "ACCEPTED", 0, talk.now - DAY) == "accepted"


def test_an_answer_to_the_time_before_a_move_does_not_count_for_the_new_one() -> None:
    talk = october()
    talk.says(TOM, said.Counter("2026-10", OTHER))
    talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(True))
    assert talk.presses(ZOE, "2026-10", "ACCEPTED", 0) == "stale"
    assert talk.partstat("2026-10", ZOE) == "NEEDS-ACTION"


def test_a_change_of_place_resets_no_answer_and_an_answer_to_the_old_one_counts() -> None:
    talk = october()
    talk.presses(AISHA, "2026-10", "ACCEPTED")
    talk.says(TOM, said.Change("where", "https://new.example"))
    talk.wait(HOUR)
    assert talk.meeting("2026-10").sequence == 1
    assert talk.partstat("2026-10", AISHA) == "ACCEPTED"
    assert talk.presses(ZOE, "2026-10", "ACCEPTED", 0) == "accepted"


def test_an_answer_by_button_after_the_beginning_changes_nothing_and_brings_no_mail() -> None:
    talk = october()
    talk.until(utc(2026, 10, 13, 11) + timedelta(minutes=1))
    before = len(talk.mails())
    talk.presses(AISHA, "2026-10", "DECLINED")
    assert talk.partstat("2026-10", AISHA) == "NEEDS-ACTION"
    assert len(talk.mails()) == before
