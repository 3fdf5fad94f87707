"""A story is read as an agreement is: every line that is wrong is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.story import Month, Story, StoryError, load


def told(text: str, folder: Path = Path()) -> Story:
    return load(text.encode(), folder)


def wrong(text: str, folder: Path = Path()) -> list[str]:
    with pytest.raises(StoryError) as error:
        told(text, folder)
    return [finding.text("s.yaml") for finding in error.value.findings]


@pytest.mark.parametrize("text", ["", "# nothing special\n", "\ufeff", "meetings:\nmail:\n"])
def test_a_story_that_tells_nothing_is_a_good_year(text: str) -> None:
    assert told(text) == Story()
    assert told(text).month("2026-11") == Month("accept", "held", True, "agree", None)


def test_a_month_takes_from_the_default_what_it_does_not_say() -> None:
    story = told(
        "default: {rsvp: tentative, acknowledge: false}\ncatch_up: ignore\nmeetings:\n  2026-11: {outcome: missed}\n"
        "  2026-12: {catch_up: missed, acknowledge: true}\n"
    )
    assert story.month("2026-11") == Month("tentative", "missed", False, "ignore")
    assert story.month("2026-12") == Month("tentative", "held", True, "missed")
    assert story.month("2027-01") == story.month(None) == Month("tentative", "held", False, "ignore")


def test_notes_may_have_several_lines() -> None:
    story = told("meetings:\n  2026-11:\n    notes: |-\n      We met.\n      Action: Tom to call\n")
    assert story.month("2026-11").notes == "We met.\nAction: Tom to call"


def test_a_mail_lies_beside_the_story(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: x\r\n\r\n")
    text = (
        'mail:\n  - {at: "2026-10-05T09:12:00+01:00", from: A@x.example, file: a.eml, to: invite, meeting: 2026-10}\n'
    )
    (mail,) = told(text, tmp_path).mail
    assert (mail.at.astimezone(UTC), mail.sender) == (datetime(2026, 10, 5, 8, 12, tzinfo=UTC), "a@x.example")
    assert (mail.to, mail.meeting, mail.raw, mail.line) == ("invite", "2026-10", b"Subject: x\r\n\r\n", 2)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("defaults: {}", 1, "default"),
        ("default: {rsvp: accept, rsvp: decline}", 1, "each key once"),
        ("default: {outcome: hold}", 1, "held"),
        ("default: {notes: x}", 1, "not known"),
        ("meetings:\n  2026-13: {outcome: held}", 2, "a month such as 2026-11"),
        ("meetings:\n  2026-11: missed", 2, "a mapping"),
        ("meetings:\n  2026-11: {acknowledge: maybe}", 2, "true or false"),
        ("meetings:\n  2026-11: {}\n  2026-11: {}", 3, "each key once"),
        ("catch_up: agreed", 1, "agree"),
        ("review: no", 1, "go_on or end or silent"),
        ("sign: 1", 1, "true or false"),
        ("- x", 1, "a mapping"),
        ('mail:\n  - {at: "2026-10-05T09:12:00", from: a@x.example, file: a.eml}', 2, "offset"),
        ('mail:\n  - {at: "2026-02-30T09:12:00Z", from: a@x.example, file: a.eml}', 2, "no time of the calendar"),
        ('mail:\n  - {at: "2026-10-05T09:12:00Z", from: nobody, file: a.eml}', 2, "no email address"),
        ('mail:\n  - {at: "2026-10-05T09:12:00Z", from: a@x.example, file: missing.eml}', 2, "can't be read"),
        ('mail:\n  - {at: "2026-10-05T09:12:00Z", from: a@x.example}', 2, "file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, says: str) -> None:
    first = wrong(text)[0] if len(wrong(text)) == 1 else "\n".join(wrong(text))
    assert f"s.yaml:{line}: " in first
    assert says in first


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(StoryError, match="not UTF-8"):
        load(b"default: {}\n\xff", Path())
