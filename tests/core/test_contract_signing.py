"""Section 1, "Signing": the reminders, and the months that pass unsigned."""

from __future__ import annotations

from datetime import timedelta

from tandem.core import commands as said
from tests.support.lives import utc
from tests.support.talks import AISHA, DAY, GRACE, JOSEPH, MARY, MEMBERS, RUTH, TOM, Talk, readers

WEEK = 7 * DAY
ENROLLED = utc(2026, 8, 18, 9)


def half_signed() -> Talk:
    talk = Talk(signed=False)
    talk.says(AISHA, said.Sign())
    return talk


def test_at_enrolment_leads_deputies_and_leaders_get_the_agreement() -> None:
    talk = Talk(signed=False)
    assert readers(talk.mails()) == sorted([AISHA, TOM, RUTH, GRACE, JOSEPH, MARY])
    assert {m.kind for m in talk.mails()} == {"agreement"}


def test_members_get_their_first_mail_with_the_first_invitation() -> None:
    talk = half_signed()
    talk.until(utc(2026, 8, 24))
    assert not set(MEMBERS) & set(readers(talk.mails()))
    talk.says(GRACE, said.Sign())
    for who in MEMBERS:
        assert talk.mails(to=who)[0].kind == "invite"


def test_one_reminder_a_week_eight_at_most_goes_to_the_leads_of_a_school_that_has_not_signed() -> None:
    talk = half_signed()
    talk.until(utc(2027, 2, 1))
    reminders = talk.mails("agreement", "reminder", GRACE)
    assert [m.created for m in reminders] == [ENROLLED + n * WEEK for n in range(1, 9)]
    assert not talk.mails("agreement", "reminder", AISHA)
    assert not talk.mails("agreement", "reminder", JOSEPH)


def test_the_third_and_the_sixth_reminder_go_to_its_leaders_too() -> None:
    talk = half_signed()
    talk.until(utc(2027, 2, 1))
    assert [m.facts["number"] for m in talk.mails("agreement", "reminder", MARY)] == [3, 6]
    assert not talk.mails("agreement", "reminder", RUTH)


def test_once_the_other_schools_leads_hear_that_a_signature_is_awaited() -> None:
    talk = half_signed()
    talk.until(utc(2027, 2, 1))
    assert [m.facts["number"] for m in talk.mails("agreement", "partner")] == [3]
    assert readers(talk.mails("agreement", "partner")) == [AISHA]


def test_the_other_schools_leads_hear_with_the_sixth_where_they_signed_after_the_third() -> None:
    talk = Talk(signed=False)
    talk.until(ENROLLED + 4 * WEEK)
    assert not talk.mails("agreement", "partner")
    talk.says(RUTH, said.Sign())
    talk.until(utc(2027, 2, 1))
    assert [(m.to, m.facts["number"]) for m in talk.mails("agreement", "partner")] == [(AISHA, 6)]


def test_after_an_outage_only_the_newest_reminder_goes() -> None:
    talk = half_signed()
    talk.life.now = ENROLLED + 5 * WEEK + DAY
    told = talk.wait(timedelta(0))
    assert [(m.kind, m.to, m.facts["number"]) for m in told] == [("agreement", GRACE, 5)]


def test_a_signature_ends_the_reminders() -> None:
    talk = half_signed()
    talk.until(ENROLLED + 2 * WEEK + DAY)
    talk.says(MARY, said.Sign())
    talk.until(utc(2026, 12, 1))
    assert len(talk.mails("agreement", "reminder")) == 2


def test_a_month_whose_meeting_would_have_begun_by_then_is_unsigned_and_counts_neither_way() -> None:
    talk = half_signed()
    talk.until(utc(2026, 11, 1))
    talk.says(GRACE, said.Sign())
    assert [talk.meeting(m).status for m in ("2026-09", "2026-10", "2026-11")] == ["unsigned", "unsigned", "planned"]
    talk.until(utc(2026, 12, 1))
    assert talk.meeting("2026-11").status == "unconfirmed"
    assert not talk.state.escalations


def test_unsigned_months_pass_the_turn() -> None:
    talk = half_signed()
    talk.until(utc(2026, 10, 20))
    chairs = [talk.meeting(m).chair for m in ("2026-09", "2026-10", "2026-11")]
    assert chairs == ["aire", "nyanza", "aire"]


def test_invitations_to_the_first_invite_ahead_meetings_go_out_within_a_day_of_the_second_signature() -> None:
    talk = half_signed()
    talk.until(utc(2026, 9, 30))
    told = talk.says(GRACE, said.Sign())
    assert {m.meeting for m in told if m.kind == "invite"} == {"2026-10", "2026-11", "2026-12"}


def test_the_next_invitation_follows_within_three_days_after_a_monthly_meeting_is_over() -> None:
    talk = Talk()
    over = talk.meeting("2026-09").ends
    assert over is not None
    told = [m for m in talk.until(over + 3 * DAY) if m.kind == "invite"]
    assert {m.meeting for m in told} == {"2026-12"}
    assert {m.created - over <= DAY for m in told} == {True}


def test_the_next_invitation_follows_within_three_days_after_a_monthly_meeting_is_off() -> None:
    talk = Talk()
    talk.says(GRACE, said.Cancel("2026-10"))
    told = [m for m in talk.wait(3 * DAY) if m.kind == "invite"]
    assert {m.meeting for m in told} == {"2026-12"}


def test_a_catch_up_brings_no_further_invitation() -> None:
    talk = Talk()
    talk.until(utc(2026, 9, 9))
    talk.replies(talk.newest("check-in", AISHA), said.Report("2026-09", False))
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    caught_up = talk.meeting("2026-09.c1")
    assert caught_up.ends is not None
    talk.until(caught_up.ends + 4 * DAY)
    assert {m.meeting for m in talk.mails("invite")} == {"2026-09", "2026-10", "2026-11", "2026-12", "2026-09.c1"}
