"""Labels of every language work for every sender, however they are typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tandem.wire.labels import table
from tandem.wire.phrases import LANGUAGES, data
from tandem.wire.understand import understand
from tests.wire.understanding import context, shown

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "labels.md"
TEXTS = {  # a text that each kind of label can be read with, and the command that comes of it
    "agenda-item": ("x", "agenda-item"), "action": ("x", "action"), "done": ("x", "action-done"),
    "dropped": ("x", "action-done"), "feedback": ("x", "feedback"), "idea": ("x", "idea"),
    "closed": ("2027-04-12", "closed"), "where": ("https://meet.example/new", "change"), "phone": ("12345", "change"),
    "person": ("Joy Atieno <j.atieno@nyanza.example>", "change"), "term": ("2027-01-05 - 2027-07-20", "change"),
    "language": ("fr", "change"), "objective": ("x", "change"), "milestone": ("2027-04-12 x", "change"),
    "resource": ("Folder, https://files.example/x", "change"), "meeting": ("15:00", "change"),
}  # fmt: skip


def spellings() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for kind, labels in data(language)["labels"].items():
            for label in labels:
                yield language, kind, label


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.category(c).startswith("M"))


def pairs(text: str) -> str:
    for letter, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        text = text.replace(letter, two)
    return text


TYPED: dict[str, Callable[[str], str]] = {
    "as it is": lambda label: f"{label}:",
    "in capitals": lambda label: f"{label.upper()}:",
    "in small letters": lambda label: f"{label.lower()}:",
    "without marks": lambda label: f"{bare(label)}:",
    "decomposed": lambda label: unicodedata.normalize("NFD", label) + ":",
    "with two letters for an umlaut": lambda label: f"{pairs(label)}:",
    "with a full-width colon": lambda label: f"{label}：",
    "with spaces before the colon": lambda label: f"  {label}  :",
    "with a no-break space": lambda label: f"{label}\u00a0: ",
}


@pytest.mark.parametrize("how", TYPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_is_understood_however_it_is_typed(language: str, how: str) -> None:
    for lang, kind, label in spellings():
        if lang != language:
            continue
        text, expected = TEXTS[kind]
        said = understand(f"{TYPED[how](label)} {text}", context("ja"))
        assert [c.kind for c in said.commands] == [expected], (label, said)


def test_no_label_means_two_things() -> None:
    seen: dict[str, str] = {}
    for _, kind, label in spellings():
        folded = " ".join(bare(label).casefold().split())
        assert seen.setdefault(folded, kind) == kind, label
    assert len(table()) >= 150


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published list of labels is not there")
def test_every_published_label_is_there() -> None:
    kinds = {"action-done": "done", "action-done, dropped": "dropped"}
    languages: list[str] = []
    for line in PUBLISHED.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "command":
            languages = cells[1:]
        elif line.startswith("|") and not cells[0].startswith("---"):
            kind = kinds.get(cells[0], cells[0].removeprefix("change "))
            for language, labels in zip(languages, cells[1:], strict=True):
                for label in labels.split(","):
                    assert label.strip() in data(language)["labels"][kind], (language, label)


@pytest.mark.parametrize("words", ["We put it on the agenda: the visit", "> Agenda: the visit", "My agenda: full"])
def test_a_label_counts_only_at_the_beginning_of_a_line_of_ones_own(words: str) -> None:
    assert "agenda-item" not in [c.kind for c in understand(words, context()).commands]


def test_a_list_below_a_label_is_as_many_items() -> None:
    said = understand("Agenda:\n- the visit\n- the film\n\nThanks", context())
    assert [shown(c) for c in said.commands] == [
        {"kind": "agenda-item", "text": "the visit"}, {"kind": "agenda-item", "text": "the film"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words", ["Agenda:", "Closed: soon", "Language: fast", "New colleague: Joy", "Term: the next one"]
)
def test_a_label_that_says_too_little_is_unclear(words: str) -> None:
    assert [c.kind for c in understand(words, context()).commands] == ["unclear"]
