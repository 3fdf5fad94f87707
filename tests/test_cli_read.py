"""`tandem read` says what a mail means, and fails only where its own arguments are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from local.cli import main

AGREEMENT = "examples/aire-nyanza/agreement.yaml"
MAIL = (
    "From: Aisha Khan <A.Khan@airedale.example>\r\nTo: x@tandem.example\r\nSubject: Re: Rivers\r\n"
    "Date: Mon, 05 Oct 2026 09:00:00 +0100\r\nMessage-ID: <1@airedale.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
)


def run(*args: str) -> Any:
    return CliRunner().invoke(main, ["read", *args])


def read(path: Path, words: str | bytes, *args: str) -> dict[str, Any]:
    path.write_bytes(words if isinstance(words, bytes) else MAIL.format(words=words).encode())
    result = run(str(path), AGREEMENT, *args, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    assert list(document) == ["accepted", "why", "sender", "text", "commands"]
    return document


@pytest.fixture
def message(tmp_path: Path) -> Path:
    return tmp_path / "message.eml"


def test_an_answer_about_a_months_meeting(message: Path) -> None:
    said = read(
        message, "I can't, could we do Thursday at 2pm instead?", "--meeting", "2026-10", "--reply-to", "invite"
    )
    assert said == {
        "accepted": True, "why": None, "sender": "a.khan@airedale.example",
        "text": "I can't, could we do Thursday at 2pm instead?",
        "commands": [
            {"kind": "rsvp", "meeting": "2026-10", "partstat": "DECLINED", "comment": None},
            {"kind": "counter", "meeting": "2026-10", "starts": "2026-10-15T14:00:00+01:00"},
        ],
    }  # fmt: skip


def test_the_time_of_the_mail_is_its_date_unless_it_is_given(message: Path) -> None:
    assert read(message, "I am away until Friday")["commands"][0]["until"] == "2026-10-09"
    later = read(message, "I am away until Friday", "--at", "2026-11-02T08:00:00Z")
    assert later["commands"][0] == {"kind": "absence", "from": None, "until": "2026-11-06"}


def test_what_has_fields_of_its_own_is_json_too(message: Path) -> None:
    said = read(message, "Term: 5 January to 20 July 2027\nNew colleague: Joy Atieno <j@nyanza.example>, deputy")
    assert [c["value"] for c in said["commands"]] == [
        {"from": "2027-01-05", "to": "2027-07-20"},
        {"name": "Joy Atieno", "email": "j@nyanza.example", "role": "deputy"},
    ]


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 500, b"no mail at all", b"From: a\r\nFrom: b\r\n\r\nYes"])
def test_a_broken_mail_is_no_error(message: Path, raw: bytes) -> None:
    said = read(message, raw)
    assert (said["accepted"], said["why"], said["commands"]) == (False, "malformed", [])


def test_a_stranger_is_not_accepted(message: Path) -> None:
    raw = MAIL.format(words="Yes").replace("A.Khan@airedale", "x@nowhere").encode()
    said = read(message, raw.replace(b"x@nowhere.example", b"x@nowhere.example"), "--reply-to", "check-in")
    assert (said["accepted"], said["why"], said["sender"]) == (False, "unknown-sender", None)


@pytest.mark.parametrize(
    "wrong",
    [("--at", "yesterday"), ("--at", "2026-10-05T09:00:00"), ("--meeting", "October"), ("--meeting", "2026-13"),
     ("--reply-to", "letter")],
)  # fmt: skip
def test_wrong_arguments_are_named(message: Path, wrong: tuple[str, str]) -> None:
    message.write_bytes(MAIL.format(words="Yes").encode())
    result = run(str(message), AGREEMENT, *wrong, "--json")
    assert result.exit_code == 2
    assert result.stderr.startswith("tandem read: ")


def test_files_that_are_not_there_or_no_agreement_are_named(message: Path) -> None:
    assert run(str(message), AGREEMENT, "--json").exit_code == 2
    message.write_bytes(b"Yes")
    assert run(str(message), str(message), "--json").exit_code == 2


def test_a_huge_file_is_too_large_and_read_at_once(message: Path) -> None:
    said = read(message, MAIL.format(words="Yes").encode() + b"x" * 26 * 1024 * 1024)
    assert (said["accepted"], said["why"]) == (False, "too-large")
