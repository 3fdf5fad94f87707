"""How long an inbound mail takes to its value, beside the standard library's `policy.default` with icalendar.

    python benchmarks/reading.py [--json]

Two mails: a 20 kB answer (text and HTML, a long quotation, a calendar REPLY), and a 450 kB one with attachments. The
other way parses with `policy.default`, reads every header, the body and the calendar part, and knows nothing of
quotations, signatures or trust. Ours reads to its commands. The two are measured alternately in one process, the
first round does not count, the median of the rounds does. Exit 1 where ours is less than 2 (20 kB) or 1.25 (450 kB)
times as fast.
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

import icalendar

from tandem.wire import reading
from tests.wire.understanding import agreement

ROUNDS = 41
WANTED = {"20 kB": 2.0, "450 kB with attachments": 1.25}
NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
RECEIVED = "".join(
    f"Received: from mx{n}.airedale.example (mx{n}.airedale.example [192.0.2.{n}]) by "
    f"mx{n + 1}.example with ESMTPS id x{n}\r\n"
    f"\tfor <aire-nyanza@tandem.example>; Wed, 14 Oct 2026 09:00:0{n} +0100\r\n"
    for n in range(6)
)
HEAD = (
    f"Return-Path: <a.khan@airedale.example>\r\n{RECEIVED}"
    "Authentication-Results: amazonses.com; spf=pass envelope-from=a.khan@airedale.example; dkim=pass "
    "header.i=@airedale.example; dmarc=pass header.from=airedale.example;\r\n"
    "From: =?utf-8?Q?A=C3=AFsha_Khan?= <a.khan@airedale.example>\r\nTo: Tandem <aire-nyanza@tandem.example>\r\n"
    "Subject: Re: Rivers and Lakes: did you meet?\r\nDate: Wed, 14 Oct 2026 09:00:00 +0100\r\n"
    "Message-ID: <1@airedale.example>\r\nIn-Reply-To: <2@eu-west-1.amazonses.com>\r\nMIME-Version: 1.0\r\n"
)
REPLY = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@tandem.example\r\n"
    "DTSTAMP:20261014T080000Z\r\nSEQUENCE:0\r\nORGANIZER:mailto:aire-nyanza@tandem.example\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a.khan@airedale.example\r\nDTSTART:20261013T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
OWN = "Yes, we met.\n\nAction: Tom to send the list by 20 February\n\nBest wishes,\nAisha\n\n"
QUOTED = [f"Line {n} of the mail that is answered, which goes on for a while, as mails do." for n in range(104)]


def _body() -> str:
    plain = (
        OWN
        + "On Tue, 13 Oct 2026 at 14:02, Tandem <aire-nyanza@tandem.example> wrote:\n\n"
        + "\n".join(f"> {line}" for line in QUOTED)
    )
    html = "".join(f"<div>{line}</div>" for line in OWN.split("\n")) + (
        '<div class="gmail_quote"><blockquote class="gmail_quote">'
        + "".join(f"<p>{line}</p>" for line in QUOTED)
        + "</blockquote></div>"
    )
    return (
        'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n'
        "--alt\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n"
        + plain.replace("\n", "\r\n")
        + "\r\n--alt\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<html><body>"
        + html
        + "</body></html>"
        + "\r\n--alt\r\nContent-Type: text/calendar; charset=UTF-8; method=REPLY\r\n\r\n"
        + REPLY
        + "\r\n--alt--\r\n"
    )


def _mails() -> dict[str, bytes]:
    picture = base64.encodebytes(random.Random(1).randbytes(160_000)).decode().replace("\n", "\r\n")
    attached = "".join(
        f"--mix\r\nContent-Type: image/jpeg; name=p{n}.jpg\r\nContent-Disposition: attachment; filename=p{n}.jpg\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{picture}\r\n"
        for n in range(2)
    )
    mixed = f'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n--mix\r\n{_body()}\r\n{attached}--mix--\r\n'
    return {"20 kB": (HEAD + _body()).encode(), "450 kB with attachments": (HEAD + mixed).encode()}


def _ours(raw: bytes) -> Callable[[], object]:
    partnership = agreement()
    return lambda: reading.read(raw, partnership, NOW, meeting="2026-10", reply_to="check-in")


def _theirs(raw: bytes) -> Callable[[], object]:
    def read() -> object:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        headers = [(name, str(value)) for name, value in message.items()]
        body = message.get_body(("plain", "html"))
        words = body.get_content() if body is not None else ""
        calendars = [
            icalendar.Calendar.from_ical(part.get_content())
            for part in message.walk()
            if part.get_content_type() == "text/calendar"
        ]
        return headers, message["from"].addresses, words, calendars

    return read


def _time(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    found = {}
    for name, raw in _mails().items():
        ours, theirs = _ours(raw), _theirs(raw)
        _time(ours), _time(theirs)
        pairs = [(_time(ours), _time(theirs)) for _ in range(ROUNDS)]
        mine, other = statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
        found[name] = {"octets": len(raw), "ours_ms": mine * 1000, "standard_ms": other * 1000, "times": other / mine}
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for name, row in found.items():
            print(
                f"{name}: {row['ours_ms']:.2f} ms to its commands, {row['standard_ms']:.2f} ms with policy.default and "
                f"icalendar: {row['times']:.1f} times as fast (at least {WANTED[name]} wanted)"
            )
    return int(any(row["times"] < WANTED[name] for name, row in found.items()))


if __name__ == "__main__":
    sys.exit(main())
