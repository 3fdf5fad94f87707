"""`tandem invite`: for whom, about which meeting, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

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


def test_invite_prints_the_mail_with_its_calendar_part_and_cancel_takes_it_out() -> None:
    import email
    import subprocess
    import sys

    root = Path(__file__).parents[1]
    agreement = root / "examples/aire-nyanza/agreement.yaml"
    code = f"import sys; sys.path[:0] = [{str(root / 'shared')!r}, {str(root)!r}]; from local.cli import main; main()"
    order = [sys.executable, "-c", code, "invite", str(agreement)]
    order += ["--to", "T.Ellis@airedale.example", "--month", "2026-10"]
    for flags, method in (([], "REQUEST"), (["--cancel"], "CANCEL")):
        done = subprocess.run([*order, *flags], capture_output=True, check=True)
        assert b"\n" not in done.stdout.replace(b"\r\n", b"")
        message = email.message_from_bytes(done.stdout)
        parts = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
        assert [p.get_param("method") for p in parts] == [method]
        assert b"DTSTART;TZID=Europe/London:20261013T120000" in parts[0].get_payload(decode=True)
