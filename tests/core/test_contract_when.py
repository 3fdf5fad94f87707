"""Section 3, "When": due times. A night's wait for polite hours comes on top of what is decided here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tandem.core import commands as said
from tests.support.agreements import agreement
from tests.support.lives import utc
from tests.support.talks import AISHA, DAY, EVERYBODY, GRACE, HOUR, JOSEPH, NYANZA, OWNERS, PETER, TOM, Talk, readers

STARTS = utc(2026, 10, 13, 11)
NIGHT = 12 * HOUR


@pytest.mark.parametrize("days", [3, 7, 14])
def test_agendas_leave_within_26_hours_of_agenda_days_before_the_meeting(days: int) -> None:
    talk = Talk(agreement(policy={"agenda_days": days}))
    talk.until(STARTS)
    mails = [m for m in talk.mails("agenda") if m.meeting == "2026-10"]
    assert len(mails) == 6
    for mail in mails:
        assert abs(mail.created - (STARTS - days * DAY)) <= 26 * HOUR - NIGHT


def test_an_agenda_never_leaves_twice() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 7))
    talk.says(GRACE, said.Counter("2026-10", utc(2026, 10, 22, 11)), meeting="2026-10")
    talk.replies(talk.newest("catch-up", AISHA), said.Choose(1))
    talk.until(utc(2026, 10, 22, 11))
    assert len([m for m in talk.mails("agenda") if m.meeting == "2026-10"]) == 6


def test_the_agenda_of_a_meeting_moved_inside_that_time_leaves_within_two_days_and_before_it_begins() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 5))
    talk.says(GRACE, said.Counter("2026-10", utc(2026, 10, 8, 11)), meeting="2026-10")
    talk.replies(talk.newest("catch-up", AISHA), said.Choose(1))
    moved = talk.now
    talk.until(utc(2026, 10, 8, 11))
    created = {m.created for m in talk.mails("agenda") if m.meeting == "2026-10"}
    assert created
    assert max(created) <= min(moved + 2 * DAY, utc(2026, 10, 8, 11)) - NIGHT


def test_the_agenda_of_the_first_meeting_signed_at_the_last_moment_leaves_before_it_begins() -> None:
    talk = Talk(signed=False)
    talk.until(utc(2026, 9, 7, 11))
    talk.says(AISHA, said.Sign())
    talk.says(GRACE, said.Sign())
    talk.until(utc(2026, 9, 8, 11))
    assert len([m for m in talk.mails("agenda") if m.meeting == "2026-09"]) == 6


def test_check_ins_leave_check_in_hours_after_the_end() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 9))
    assert {m.created for m in talk.mails("check-in")} == {utc(2026, 9, 8, 11) + timedelta(minutes=45) + HOUR}


def test_nudges_leave_confirm_hours_after_the_check_in_and_the_closing_comes_as_long_after() -> None:
    talk = Talk()
    check_in = utc(2026, 9, 8, 12) + timedelta(minutes=45)
    talk.until(check_in + 96 * HOUR)
    assert {m.created for m in talk.mails("nudge")} == {check_in + 48 * HOUR}
    assert talk.meeting("2026-09").status == "unconfirmed"


def test_after_an_outage_check_in_nudge_and_closing_keep_their_distances() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 8, 10))
    talk.life.now = utc(2026, 9, 20)
    talk.wait(timedelta(0))
    assert {m.created for m in talk.mails("check-in")} == {utc(2026, 9, 20)}
    talk.until(utc(2026, 9, 24))
    assert {m.created for m in talk.mails("nudge")} == {utc(2026, 9, 22)}
    assert talk.meeting("2026-09").status == "unconfirmed"


def test_a_meeting_that_began_unknown_in_an_outage_is_asked_about_all_the_same() -> None:
    talk = Talk(agreement(policy={"invite_ahead": 1}))
    talk.until(utc(2026, 9, 1))
    talk.life.now = utc(2026, 10, 20)
    talk.wait(timedelta(0))
    assert talk.meeting("2026-10").status == "open"
    assert "2026-10" in {m.meeting for m in talk.mails("check-in")}
    talk.until(utc(2026, 10, 30))
    assert talk.meeting("2026-10").status == "unconfirmed"


def test_what_has_become_pointless_in_an_outage_is_passed_over() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 29))
    talk.life.now = utc(2026, 10, 14)
    told = talk.wait(timedelta(0))
    assert not [m for m in told if m.kind in ("agenda", "reminder")]
    assert [m.month for m in told if m.kind == "digest"] == ["2026-10", "2026-10"]


def reminders(talk: Talk, meeting: str = "2026-10") -> list[str]:
    return readers(m for m in talk.mails("reminder") if m.meeting == meeting)


def test_reminders_leave_between_reminder_hours_plus_25_hours_before_the_meeting_and_its_beginning() -> None:
    talk = Talk()
    talk.until(STARTS)
    created = {m.created for m in talk.mails("reminder") if m.meeting == "2026-10"}
    assert created
    assert STARTS - 97 * HOUR <= min(created) <= max(created) < STARTS - NIGHT


def test_a_reminder_goes_to_a_school_from_which_nobody_has_accepted() -> None:
    talk = Talk()
    talk.says(TOM, said.Rsvp("2026-10", "ACCEPTED"), meeting="2026-10")
    talk.says(GRACE, said.Rsvp("2026-10", "TENTATIVE"), meeting="2026-10")
    talk.until(STARTS)
    assert reminders(talk) == sorted([GRACE, JOSEPH, PETER])


def test_no_reminder_leaves_within_24_hours_of_that_meetings_invite_or_update() -> None:
    for ahead in range(1, 8):
        talk = Talk()
        talk.until(STARTS - ahead * DAY - 6 * HOUR)
        talk.says(GRACE, said.Change("where", "https://meet.example/new"))
        changed = talk.now + HOUR
        talk.until(STARTS)
        for mail in talk.mails("reminder"):
            if mail.meeting == "2026-10" and mail.created >= changed:
                assert mail.created >= changed + 24 * HOUR + NIGHT


def test_a_place_that_changes_brings_no_second_reminder() -> None:
    talk = Talk()
    talk.until(STARTS - 3 * DAY)
    assert len(reminders(talk)) == 6
    talk.says(GRACE, said.Change("where", "https://meet.example/new"))
    talk.until(STARTS)
    assert len(reminders(talk)) == 6


def test_a_newcomer_takes_no_reminder_from_the_others() -> None:
    talk = Talk()
    talk.until(STARTS - 5 * DAY)
    person = (("name", "Joy"), ("email", "joy@nyanza.example"))
    talk.says(GRACE, said.Change("person", person))
    talk.until(STARTS)
    assert set(NYANZA) - {"m.wanjiru@nyanza.example"} <= set(reminders(talk))


def test_an_absent_person_gets_no_reminder_check_in_or_nudge_and_the_others_of_the_school_do() -> None:
    talk = Talk()
    talk.until(utc(2026, 10, 1))
    talk.says(GRACE, said.Absence(utc(2026, 10, 12).date(), utc(2026, 10, 14).date()))
    talk.until(utc(2026, 10, 25))
    for kind in ("reminder", "check-in", "nudge"):
        got = {m.to for m in talk.mails(kind) if m.meeting == "2026-10"}
        assert GRACE not in got
        assert set(OWNERS) - {GRACE} <= got


def test_a_skipped_month_is_told_to_the_leads_before_it_ends() -> None:
    talk = Talk()
    talk.says(GRACE, said.Closed(utc(2026, 10, 1).date(), utc(2026, 10, 31).date(), "Repairs"))
    talk.wait(HOUR)
    talk.until(utc(2027, 1, 1))
    assert talk.meeting("2026-10").status in ("cancelled", "skipped")
    early = Talk(agreement(policy={"invite_ahead": 1}))
    early.says(GRACE, said.Closed(utc(2026, 11, 1).date(), utc(2026, 11, 30).date(), "Repairs"))
    told = early.until(utc(2026, 12, 1))
    assert readers(told, "notice", "skipped") == sorted([AISHA, GRACE])
    assert {m.month for m in told if m.variant == "skipped"} == {"2026-11"}


def test_everybody_invited_is_told_of_every_change() -> None:
    talk = Talk()
    talk.says(GRACE, said.Change("where", "https://meet.example/new"))
    told = talk.wait(HOUR)
    assert set(readers(told, "update")) == set(EVERYBODY) - {"r.shaw@airedale.example", "m.wanjiru@nyanza.example"}
