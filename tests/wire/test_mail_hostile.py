"""Mail made to hang or break its reader: each is answered within two seconds."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tandem.wire import bounds, mail, reading, trust
from tests.support.agreements import agreement

HEAD = b"From: Aisha Khan <a.khan@airedale.example>\r\nTo: r+x@tandem.example\r\nSubject: Re: hi\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"


def _nested(count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n - 1, n) for n in range(1, count)
    )


MAILS: dict[str, Callable[[], bytes]] = {
    "500 parentheses in From": lambda: HEAD.replace(b"Aisha Khan", b"(" * 500) + b"\r\nyes",
    "3,000 nested parts": lambda: HEAD + _nested(3000) + b"--b2999\r\n\r\nyes",
    "30,000 parts that share a boundary": lambda: HEAD + MIXED + b"--b\r\n" + (b"--b\r\n" + MIXED) * 30_000,
    "20,000 recipients": lambda: (
        HEAD.replace(b"To: ", b"To: " + b"".join(b"N %d <a%d@x.example>,\r\n " % (n, n) for n in range(20_000)))
        + b"\r\nyes"
    ),
    "8,000 encoded words": lambda: (
        HEAD.replace(b"Re: hi", b"\r\n ".join([b"=?utf-8?q?h=C3=A9llo?="] * 8000)) + b"\r\nyes"
    ),
    "8,000 encoded words in From": lambda: (
        HEAD.replace(b"Aisha Khan", b"\r\n ".join([b"=?utf-8?q?h=C3=A9llo?="] * 8000)) + b"\r\nyes"
    ),
    "40 MB of words": lambda: HEAD + b"\r\n" + b"yes we met\r\n" * 3_500_000,
    "40 MB of nothing": lambda: b"\0" * 40_000_000,
    "40 MB of header": lambda: HEAD + b"A: b\r\n" * 6_600_000,
    "24 MB of folds": lambda: HEAD + b"A: b\n" + b" b\n" * 8_000_000,
    "24 MB of boundaries": lambda: HEAD + MIXED + b"--b\r\n" * 4_800_000,
    "24 MB of boundaries that go on": lambda: HEAD + MIXED + b"--bx\n" * 4_800_000,
    "24 MB of boundaries that go on, without a line end": lambda: HEAD + MIXED + b"\r--bx" * 4_800_000,
    "24 MB of boundaries in one line": lambda: HEAD + MIXED + b"--b" * 8_000_000,
    "24 MB of hyphens": lambda: HEAD + MIXED.replace(b"=b", b"=" + b"-" * 60 + b"x") + b"-" * 24_000_000,
    "24 MB attached": lambda: (
        HEAD
        + MIXED
        + b"--b\r\n\r\nyes\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"x" * 17_000_000)
    ),
    "200,000 div": lambda: HTML + b"<div>" * 200_000 + b"yes",
    "crossing tags": lambda: HTML + b"<b><i><p>" * 100_000 + b"yes",
    "nested tables": lambda: HTML + b"<table><tr><td>" * 100_000 + b"yes",
    "a million <": lambda: HTML + b"<" * 1_000_000 + b"yes",
    "quotes in a tag": lambda: HTML + b"<a " + b"\"'" * 500_000 + b"yes",
    "open comments": lambda: HTML + b"<!-- " * 200_000 + b"yes",
    "60,000 blockquotes": lambda: HTML + b"<blockquote>x" * 60_000 + b"yes",
    "60,000 list items": lambda: HTML + b"<ul>" + b"<li>x" * 60_000 + b"yes",
    "one line of On": lambda: HEAD + b"\r\n" + b"On " * 20_000,
    "20,000 lines of On": lambda: HEAD + b"\r\n" + b"On 12.12.2012 10:00 a\n" * 20_000,
    "On and wrote": lambda: HEAD + b"\r\n" + b"On Tue wrote:\n" * 20_000,
    "5,000 lines of From:": lambda: HEAD + b"\r\n" + b"From: a\n" * 5_000,
    "lines of hyphens": lambda: HEAD + b"\r\n" + (b"-" * 390 + b"x\n") * 2_000,
    "a line of spaces": lambda: HEAD + b"\r\n" + b" " * 250_000 + b"x",
    "quotation and answer in turn": lambda: HEAD + b"\r\n" + b"> x\nyes\n" * 20_000,
    "closings": lambda: HEAD + b"\r\n" + b"yes\nBest wishes\n\nAisha Khan\n" * 5_000,
    "100,000 parameters": lambda: HEAD + b"Content-Type: text/plain; " + b"a*0*=x;" * 100_000 + b"\r\n\r\nyes",
    "open comments in a verdict": lambda: HEAD + b"Authentication-Results: x; " + b"((" * 100_000 + b"\r\n\r\nyes",
    "a long bounce": lambda: (
        HEAD.replace(b"a.khan@", b"mailer-daemon@")
        + b"\r\nuser unknown\r\n"
        + b"<a@b.example>: could not be delivered\r\n" * 50_000
    ),
    "a long delivery status": lambda: (
        HEAD
        + b"Content-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * 50_000
    ),
}


COUNTER = (
    b"BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nUID:%d\nDTSTART;TZID=x:20261005T100000\n"
    b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y.example\nEND:VEVENT\nEND:VCALENDAR\n"
)
WORDS: dict[str, Callable[[], bytes]] = {  # what costs time only when it is understood
    "a yes four thousand times": lambda: HEAD + b"\r\n" + b"yes, " * 4_000,
    "a meeting and a yes in turn": lambda: HEAD + b"\r\n" + b"meeting yes " * 1_700,
    "an Arabic yes": lambda: HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "نعم، ".encode() * 4_000,
    "questions without words": lambda: HEAD + b"\r\n" + b"? " * 10_000,
    "short lines": lambda: HEAD + b"\r\n" + b"begin 644 a\n" * 2_000_000,
    "actions": lambda: HEAD + b"\r\n" + b"Action: Tom to do by 5 May\n" * 740,
    "a worry after all that": lambda: HEAD + b"\r\n" + b"yes, " * 3_900 + b"A child is in danger. " + b"no, " * 20,
    "calendars": lambda: (
        HEAD
        + MIXED
        + b"".join(
            b"--b\r\nContent-Type: text/calendar; method=COUNTER\r\n\r\n" + COUNTER % n * 3_000 for n in range(12)
        )
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _words_are_loaded() -> None:
    """What is loaded once is not the mail's doing."""
    trust.judge(mail.parse(HTML + b"<p>yes</p>"), None)
    trust.judge(mail.parse(HEAD.replace(b"a.khan@", b"mailer-daemon@") + b"\r\nuser unknown"), None)


@pytest.mark.parametrize("name", list(MAILS))
def test_it_is_answered_within_two_seconds(name: str) -> None:
    raw = MAILS[name]()
    begun = time.process_time()
    parsed = mail.parse(raw)
    trust.judge(parsed, None)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("kind", ["check-in", "catch-up", "invite"])
@pytest.mark.parametrize("name", list(WORDS))
def test_it_is_understood_within_two_seconds(name: str, kind: str) -> None:
    raw, now = WORDS[name](), datetime(2026, 10, 14, tzinfo=UTC)
    reading.read(HEAD + b"\r\nYes, on Thursday at 4pm. Hakuna.", agreement(), now, meeting="2026-10", reply_to=kind)
    begun = time.process_time()
    assert reading.read(raw, agreement(), now, meeting="2026-10", reply_to=kind).accepted
    assert time.process_time() - begun < 2


def test_a_worry_is_found_wherever_it_stands() -> None:
    raw, now = WORDS["a worry after all that"](), datetime(2026, 10, 14, tzinfo=UTC)
    found = reading.read(raw, agreement(), now, meeting="2026-10", reply_to="check-in")
    assert "safeguarding" in [command.kind for command in found.commands]


def test_what_stands_behind_hundreds_of_sentences_decides_nothing() -> None:
    raw, now = HEAD + b"\r\n" + b"The river was low. " * 400 + b"Yes, we met.", datetime(2026, 10, 14, tzinfo=UTC)
    found = reading.read(raw, agreement(), now, meeting="2026-10", reply_to="check-in")
    assert [command.kind for command in found.commands] == ["unclear"]


def test_nesting_beyond_the_bound_is_malformed() -> None:
    assert mail.parse(MAILS["3,000 nested parts"]()).malformed == "its parts are nested too deeply"


def test_twenty_thousand_recipients_are_read_as_far_as_the_bound() -> None:
    parsed = mail.parse(MAILS["20,000 recipients"]())
    assert len(parsed.recipients) == bounds.ADDRESSES
    assert parsed.text == "yes"


def test_a_mail_above_the_bound_is_too_large_whatever_else_it_is() -> None:
    parsed = mail.parse(b"X-SES-Virus-Verdict: FAIL\r\n" + HEAD + b"\r\n" + b"y" * bounds.MAIL_OCTETS)
    assert trust.judge(parsed, None).why == "too-large"


def test_an_answer_below_a_very_long_quotation_is_found() -> None:
    assert mail.parse(HEAD + b"\r\n" + b"> line\r\n" * 30_000 + b"\r\nYes, we met.\r\n").text == "Yes, we met."
