"""The conformance checks find what is spoilt: a check that finds nothing in anything proves nothing."""

from __future__ import annotations

import base64
import quopri
import re
import shutil
from pathlib import Path

import pytest

from tests.conformance import own_checks, run, samples


def mails() -> list[tuple[str, bytes]]:
    return next(samples.years())[1]


INVITE = mails()[0][1]
CANCEL = next(raw for name, raw in mails() if "-cancel-" in name)


def spoilt(raw: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    """A mail whose calendar parts, as they are before their encoding, have something else."""

    def again(found: re.Match[bytes]) -> bytes:
        body = found[2]
        if b"base64" in found[1]:
            body = base64.b64decode(body)
        elif b"quoted-printable" in found[1]:
            body = quopri.decodestring(body.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        assert old in body, old
        head = re.sub(rb"Content-Transfer-Encoding: [a-z0-9-]+", b"Content-Transfer-Encoding: 8bit", found[1])
        return head + body.replace(old, new, count) + b"\r\n--="

    return re.sub(rb"(?s)(Content-Type: (?:text/calendar|application/ics).*?\r\n\r\n)(.*?)\r\n--=", again, raw)


def test_a_good_mail_has_no_findings():
    assert own_checks.findings(INVITE) == own_checks.findings(CANCEL) == []
    assert own_checks.findings(spoilt(INVITE, b"SEQUENCE", b"SEQUENCE")) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b":mailto:tandem", b":tandem", "mailto"),
        (b"DTEND;TZID=Europe/London:2026", b"DTEND;TZID=Europe/London:2025", "after DTSTART"),
        (b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=MAYBE", "PARTSTAT"),
        (b"METHOD:REQUEST", b"METHOD:PUBLISH", "METHOD"),
        (b"METHOD:REQUEST\r\n", b"", "METHOD"),
        (b"SUMMARY", b"SUMMARY:" + b"x" * 80 + b"\r\nSUMMARY", "not folded"),
        (b"SEQUENCE:0\r\n", b"SEQUENCE:0\n", "CRLF"),
        (b"SEQUENCE:0\r\n", b"SEQUENCE:0\r\r\n", "CRLF"),
        (b"SEQUENCE:0\r\n", b"SEQUENCE:0\r\nRRULE:FREQ=DAILY\r\n", "RRULE"),
        (b"SEQUENCE:0\r\n", b"SEQUENCE:0\r\nSEQUENCE:0\r\n", "SEQUENCE"),
        (b"SEQUENCE:0\r\n", b"SEQUENCE:0\r\nCOMMENT:a;b,c\r\n", "escaped"),
        (b"TZID:Europe/London", b"TZID:Europe/Lisbon", "VTIMEZONE"),
        (b"STATUS:CONFIRMED", b"STATUS:CANCELLED", "STATUS"),
        (b"END:VEVENT", b"BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT", "VALARM"),
        (b"END:VEVENT\r\n", b"", "END"),
        (b"END:VEVENT", b"END:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT", "VEVENT"),
        (b"RSVP=TRUE", b"RSVP=FALSE", "RSVP"),
        (b"mailto:z.okafor@airedale", b"mailto:y.okafor@airedale", "ATTENDEE"),
        (b"DTSTAMP:20260801T160000Z", b"DTSTAMP:20260801T160000", "DTSTAMP"),
        (b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", b"RDATE:20270328T010000", "RDATE"),
    ],
)
def test_a_spoilt_calendar_is_found_out(old: bytes, new: bytes, says: str):
    found = own_checks.findings(spoilt(INVITE, old, new))
    assert any(says in finding for finding in found), found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"method=REQUEST", b"method=CANCEL", "MIME says"),
        (b'filename="invite.ics"', b'filename="meeting.ics"', "invite.ics"),
        (b"text/calendar; charset=UTF-8", b"text/calendar; charset=us-ascii", "charset"),
        (b"<tandem@mail.example>\r\nReply", b"<other@mail.example>\r\nReply", "From"),
        (b"X-Tandem: 1\r\n", b"X-Tandem: 1\n", "CRLF"),
        (b"application/ics", b"application/x-ics", "parts"),
    ],
)
def test_a_spoilt_mail_is_found_out(old: bytes, new: bytes, says: str):
    assert old in INVITE
    found = own_checks.findings(INVITE.replace(old, new))
    assert any(says in finding for finding in found), found


def test_one_meeting_at_two_times_or_with_a_falling_sequence_is_found_out():
    first = run.told(run.of_mail("a", INVITE))
    later = run.Told(run.Sample("b", b"", ""), {**first.says, "start": first.says["start"] + 3600})
    assert list(run.across([first, later])) == [
        ("b", f"SEQUENCE 0 of {first.says['uid']} at another time than in an earlier mail")
    ]
    higher = run.Told(run.Sample("c", b"", ""), {**first.says, "sequence": 2})
    assert len(list(run.across([higher, first]))) == 1
    assert not list(run.across([first, higher]))


@pytest.mark.skipif(
    not (shutil.which("node") and (run.HERE / "node_modules" / "ical.js").is_dir()), reason="no readers"
)
def test_a_wrong_vtimezone_or_text_is_seen_by_the_readers():
    if not run.libical_is_there():
        pytest.skip("no libical")
    wrong_zone = spoilt(INVITE, b"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000", b"TZOFFSETFROM:+0100\r\nTZOFFSETTO:-0500")
    wrong_zone = spoilt(
        wrong_zone, b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100", b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0500"
    )
    sample = run.of_mail("zone", wrong_zone)
    told = run.told(sample)
    lines = list(run.disagreements(next(run.seen_by_all([told])), told.says))
    assert {line.split(" sees")[0] for line in lines} == {"libical", "ical.js", "vobject", "icalendar by VTIMEZONE"}
    other = run.Told(run.of_mail("x", INVITE), {**run.told(run.of_mail("x", INVITE)).says, "uid": "y", "summary": "z"})
    assert len(list(run.disagreements(next(run.seen_by_all([other])), other.says))) == 14


def test_a_folder_without_mails_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(run.Unavailable):
        list(run.sources([tmp_path], None))


def test_a_run_s_mails_are_taken_from_its_folder(tmp_path: Path):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "000001-invite-z.eml").write_bytes(INVITE)
    (tmp_path / "mail" / "000002-digest-z.eml").write_bytes(b"Subject: x\r\n\r\nHello\r\n")
    ((source, found),) = run.sources([tmp_path], None)
    assert (source, [sample.raw for sample in found]) == (str(tmp_path), [INVITE])
