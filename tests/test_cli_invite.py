"""`tandem invite`: for whom, about which meeting, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.commands.common import BadInput
from local.commands.invite import invitation, meeting_of, reader
from tandem.core.agreement import LEADER
from tests.support.agreements import agreement

NOW = datetime(2026, 9, 2, 8, tzinfo=UTC)
PAIR = agreement()
PERSON = PAIR.schools[0].leads[0]
MONTH = next(m for m in ("2026-09", "2026-10", "2026-11") if meeting_of(PAIR, m).starts)


def refused(address: str, month: str) -> str:
    with pytest.raises(BadInput) as caught:
        invitation(PAIR, address, month, NOW)
    (line,) = caught.value.lines
    assert line.startswith("tandem invite: ")
    return line


def test_a_person_s_invitation_is_about_that_month_s_meeting_with_everyone_invited():
    state, mail = invitation(PAIR, PERSON.email.upper(), MONTH, NOW)
    (meeting,) = state.meetings
    assert (mail.kind, mail.variant, mail.to, mail.month) == ("invite", "next", PERSON.key, MONTH)
    assert (meeting.sequence, meeting.status, meeting.starts) == (0, "planned", meeting_of(PAIR, MONTH).starts)
    assert {i.email for i in meeting.invitees} == {p.key for s in PAIR.schools for p in s.participants}


def test_a_cancellation_has_a_higher_sequence():
    state, mail = invitation(PAIR, PERSON.email, MONTH, NOW, cancel=True)
    assert (mail.kind, mail.variant, state.meetings[0].sequence) == ("cancel", "called-off", 1)
    assert state.meetings[0].status == "cancelled"


def test_another_address_of_a_person_s_will_do():
    school, person = next((s, p) for s, p in PAIR.people if p.also and p.role != LEADER)
    assert reader(PAIR, person.also[0]) == (school, person)
    assert invitation(PAIR, person.also[0], MONTH, NOW)[1].to == person.key


@pytest.mark.parametrize("address", ["nobody@world.example", "", "x", "\x00"])
def test_who_is_not_in_the_agreement_is_refused(address: str):
    assert PERSON.email in refused(address, MONTH)


def test_a_leader_is_not_invited():
    leader = next(p for _, p in PAIR.people if p.role == LEADER)
    assert f"{leader.name} is a leader" in refused(leader.email, MONTH)


@pytest.mark.parametrize("month", ["2026-13", "2026-9", "October", "", "2026-10-13", "٢٠٢٦-10", "2026-10\n"])
def test_what_is_no_month_is_refused(month: str):
    assert "is no month" in refused(PERSON.email, month)


@pytest.mark.parametrize("month", ["2020-01", "0000-01", "9999-12"])
def test_a_month_without_a_meeting_is_refused(month: str):
    assert "has no meeting" in refused(PERSON.email, month)


def test_a_skipped_month_is_refused_with_the_reason():
    closed = agreement(aire={"terms": ()}, nyanza={"holidays": ()})
    with pytest.raises(BadInput) as caught:
        invitation(closed, PERSON.email, MONTH, NOW)
    assert "skipped" in caught.value.lines[0]
    assert "has no term" in caught.value.lines[0]
