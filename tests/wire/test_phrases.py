"""The language files keep to the signs that their README explains: a phrase that breaks them is never heard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tandem.wire.phrases import LANGUAGES, data


def _phrases(language: str) -> Iterator[tuple[str, str]]:
    for key, value in data(language)["say"].items():
        if isinstance(value, list):
            yield from ((key, phrase) for phrase in value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_mark_stands_only_behind_what_may_be_left_out(language: str) -> None:
    wrong = [(k, p) for k, p in _phrases(language) if p != "?" and re.search(r"(?<![)\]}])\?", p)]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bracket_is_closed(language: str) -> None:
    for key, phrase in _phrases(language):
        depth: list[str] = []
        for sign in phrase:
            if sign in "([{":
                depth.append(sign)
            elif sign in ")]}":
                assert (depth.pop() if depth else "") + sign in ("()", "[]", "{}"), (key, phrase)
        assert depth == [], (key, phrase)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_in_braces_is_one_of_the_files_words(language: str) -> None:
    known = {*data(language).get("words", {}), "day"}
    for key, phrase in _phrases(language):
        assert set(re.findall(r"\{(\w+)\}", phrase)) <= known, (key, phrase)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_stands_twice_under_one_key(language: str) -> None:
    seen: set[tuple[str, str]] = set()
    twice = [entry for entry in _phrases(language) if entry in seen or seen.add(entry)]
    assert twice == []
