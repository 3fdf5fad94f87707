"""Other projects' captured mail, where it is at hand: every file is read, and trimmed as its own project expects."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tandem.wire import mail, reading, trust
from tandem.wire.trim import trim
from tests.support.agreements import agreement

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PAIRS = sorted((CORPUS / "replies" / "email_reply_trimmer").glob("*.in.txt")) if CORPUS.is_dir() else []
FILES = (
    sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.suffix != ".tsv") if CORPUS.is_dir() else []
)
pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not here")


def test_every_file_is_read() -> None:
    for path in FILES:
        trust.judge(mail.parse(path.read_bytes()), None)
        trust.judge(mail.parse(b"From: a@b.example\r\n\r\n" + path.read_bytes()), None)


def test_replies_are_trimmed_as_their_project_expects() -> None:
    exact, lost = 0, []
    for path in PAIRS:
        expected = path.with_name(path.name.replace(".in.", ".expected.")).read_text(encoding="utf-8")
        shown = trim(
            mail.parse(b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n" + path.read_bytes()).whole_text
        ).shown
        exact += shown.split() == expected.split()
        if not set(expected.split()) <= set(shown.split()):
            lost.append(path.name)
    assert lost == []
    assert exact >= 0.95 * len(PAIRS)


@pytest.mark.parametrize(
    "client", ["android", "aol", "apple_mail", "comcast", "gmail", "hotmail", "iphone", "outlook", "sparrow", "yahoo"]
)
def test_each_client_s_reply_is_hello(client: str) -> None:
    path = CORPUS / "replies" / "talon" / f"{client}.eml"
    if not path.is_file():
        pytest.skip("not among the captured ones")
    assert mail.parse(path.read_bytes()).text == "Hello"


def test_the_text_of_a_reading_is_what_a_person_would_read() -> None:
    exact = 0
    for path in PAIRS:
        expected = path.with_name(path.name.replace(".in.", ".expected.")).read_text(encoding="utf-8")
        head = b"From: Aisha Khan <a.khan@airedale.example>\nContent-Type: text/plain; charset=utf-8\n\n"
        found = reading.read(head + path.read_bytes(), agreement(), NOW, meeting="2026-10", reply_to="check-in")
        exact += found.text.split() == expected.split()
    assert exact >= 0.95 * len(PAIRS)
