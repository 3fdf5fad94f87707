"""Returned mail is told from people's answers, and whom it could not reach, and whether for good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tandem.wire import bounces, mail, trust
from tests.support.agreements import agreement

FIXTURE = (Path(__file__).parent / "fixtures" / "mail" / "bounce.eml").read_bytes()
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "bounces"


def _status(status: str, action: str = "failed", diagnostic: str = "smtp; 550 no") -> bounces.Bounce | None:
    raw = FIXTURE.replace(
        b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown",
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: {diagnostic}".encode(),
    )
    return bounces.read(mail.parse(raw))


def test_a_delivery_status_names_whom_it_could_not_reach_for_good() -> None:
    judged = trust.judge(mail.parse(FIXTURE), agreement())
    assert (judged.accepted, judged.why, judged.failed_recipient, judged.hard) == (
        False,
        "bounce",
        "j.atieno@nyanza.example",
        True,
    )


@pytest.mark.parametrize(
    ("status", "action", "hard"),
    [
        ("5.1.1", "failed", True),
        ("5.1.2", "failed", True),
        ("5.0.0", "failed", True),
        ("5.7.1", "failed", True),
        ("4.4.1", "delayed", False),
        ("4.2.2", "failed", False),
        ("5.2.2", "failed", False),
        ("5.3.4", "failed", False),
        ("5.4.7", "failed", False),
    ],
)
def test_hard_is_a_failure_of_class_5_that_is_about_the_mailbox(status: str, action: str, hard: bool) -> None:
    found = _status(status, action)
    assert found is not None
    assert found.hard is hard


def test_without_a_status_the_reply_code_decides() -> None:
    assert _status("", diagnostic="smtp; 550 unknown") == bounces.Bounce(("j.atieno@nyanza.example",), True)
    assert _status("", diagnostic="smtp; 452 later") == bounces.Bounce(("j.atieno@nyanza.example",), False)


def test_a_report_of_success_is_no_bounce_and_no_answer_either() -> None:
    assert _status("2.0.0", "delivered") is None
    raw = FIXTURE.replace(b"Action: failed", b"Action: delivered").replace(b"Status: 5.1.1", b"Status: 2.0.0")
    assert trust.judge(mail.parse(raw.replace(b"550 5.1.1", b"250 2.0.0")), agreement()).why == "automatic"


def test_of_several_addresses_the_agreement_s_is_named() -> None:
    raw = FIXTURE.replace(
        b"Final-Recipient: rfc822; j.atieno@nyanza.example", b"Final-Recipient: rfc822; inbox@elsewhere.example"
    )
    raw = raw.replace(
        b"Original-Recipient: rfc822;j.atieno@nyanza.example", b"Original-Recipient: rfc822;A.Khan@airedale.example"
    )
    assert trust.judge(mail.parse(raw), agreement()).failed_recipient == "a.khan@airedale.example"


def test_a_bounce_without_a_proper_from_is_a_bounce() -> None:
    raw = FIXTURE.replace(
        b"From: MAILER-DAEMON@mx.nyanza.example (Mail Delivery System)", b"From: Mail Delivery System <>"
    )
    assert trust.judge(mail.parse(raw), agreement()).why == "bounce"


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "MAILER-DAEMON@mx.example",
            "failure notice",
            "Hi. This is the qmail-send program.\r\n\r\n<joy@x.example>:\r\nuser unknown (#5.1.1)\r\n",
        ),
        (
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            "Mail delivery failed: returning message to sender",
            "The following address(es) failed:\r\n\r\n  joy@x.example\r\n    550 unknown\r\n",
        ),
        (
            "postmaster@x.example",
            "Undeliverable: Did you meet?",
            "Your message could not be delivered to <joy@x.example>:\r\n",
        ),
        (
            "postmaster@x.example",
            "Unzustellbar: Treffen",
            "Die Nachricht konnte nicht zugestellt werden.\r\n\r\n<joy@x.example>: unbekannt\r\n",
        ),
    ],
)
def test_older_programs_bounces(sender: str, subject: str, body: str) -> None:
    found = trust.judge(mail.parse(f"From: {sender}\r\nSubject: {subject}\r\n\r\n{body}".encode()), agreement())
    assert (found.accepted, found.why) == (False, "bounce")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Fwd: Undeliverable: Did you meet?", "See below, Joy's address does not exist any more."),
        ("Re: Did you meet?", "No, the room was undeliverable of anything but noise."),
        ("Delivery failure", "The books did not come. Yes, we met."),
        (
            "Re: Did you meet?",
            "Yes.\r\n\r\nOn Tue, 13 Oct 2026 at 14:02, X <x@y.example> wrote:\r\n> could not be delivered",
        ),
    ],
)
def test_a_person_who_speaks_of_returned_mail_is_a_person(subject: str, body: str) -> None:
    raw = f"From: Aisha Khan <a.khan@airedale.example>\r\nSubject: {subject}\r\n\r\n{body}".encode()
    assert trust.judge(mail.parse(raw), agreement()).accepted


# -- other projects' captured mail, where it is at hand -----------------------------------------------------------

NAMED = re.compile(rb"^(?:Final|Original)-Recipient:[ \t]*(?:rfc822|utf-8)?[ \t]*;?[ \t]*<?([^\s<>]+)", re.I | re.M)
FILES = sorted(path for path in CORPUS.glob("*/*") if path.is_file()) if CORPUS.is_dir() else []
pytestmark_corpus = pytest.mark.skipif(not FILES, reason="the corpus is not here")


@pytestmark_corpus
def test_no_captured_bounce_or_report_is_a_person_s_answer() -> None:
    people = [path for path in FILES if path.parent.name != "mikel_mail" and path.name != "groupwise_03.txt"]
    judged = {path.name: trust.judge(mail.parse(path.read_bytes()), agreement()) for path in people}
    assert [name for name, judgement in judged.items() if judgement.why in (None, "unknown-sender")] == []


@pytestmark_corpus
def test_the_failed_recipient_of_captured_bounces_is_found() -> None:
    named = found = 0
    for path in FILES:
        raw = path.read_bytes()
        wanted = {address.decode("latin-1").lower() for address in NAMED.findall(raw)}
        if wanted:
            named += 1
            found += trust.judge(mail.parse(raw), None).failed_recipient in wanted
    assert named
    assert found / named >= 0.98
