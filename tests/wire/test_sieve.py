"""The sieve leaves out only phrases that a text cannot hold."""

from __future__ import annotations

import re

import pytest

from tandem.wire.folding import Folded, compose, fold
from tandem.wire.phrases import LANGUAGES, lexicon
from tandem.wire.sieve import OFTEN, Phrases, demanded
from tests.wire.understanding import rows

KINDS = ("met", "sign", "absence", "pause", "go_on", "tentative")


def of(phrase: str) -> frozenset[str] | None:
    macros = {"we": frozenset({"we", "both"})}
    groups = demanded(phrase, macros.get, fold)
    return groups[0] if groups else None


def test_a_phrase_needs_its_longest_words_and_none_that_may_be_left_out() -> None:
    assert of("[all of us] met yesterday") == {"yesterday"}
    assert of("(met|spoke) * [today]") == {"met", "spoke"}
    assert of("{we} [did] it") == {"it"} or of("{we} [did] it") == {"we", "both"}


def test_every_word_that_may_not_be_left_out_is_demanded() -> None:
    assert set(demanded("[all of us] (met|spoke) yesterday *", {}.get, fold)) == {
        frozenset({"yesterday"}),
        frozenset({"met", "spoke"}),
    }
    assert demanded("met yesterday|[maybe] spoke", {}.get, fold) == (frozenset({"yesterday", "spoke"}),)


def test_a_phrase_that_may_be_anything_needs_nothing() -> None:
    assert of("[a|b]") is None
    assert of("(met|[yesterday])") is None
    assert of("(ご)?") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_could_not_have_been_found(language: str) -> None:
    lex = lexicon(language)
    texts = [Folded(compose(row.says)).text for row in rows() if row.language == language][:25]
    for kind in KINDS:
        phrases = lex.raw["say"].get(kind, [])
        whole = re.compile(lex.pattern(kind).pattern)
        needs = [(phrase, lex._demands(phrase)) for phrase in phrases]
        for text in texts:
            held = [p for p, groups in needs if all(any(w in text for w in words) for words in groups)]
            some = re.compile(lex._expression(held))
            assert [m.span() for m in some.finditer(text)] == [m.span() for m in whole.finditer(text)], (kind, text)


def test_a_process_that_reads_many_texts_compiles_the_phrases_once() -> None:
    compiled: list[int] = []

    def expression(phrases: list[str]) -> str:
        compiled.append(len(phrases))
        return "|".join(phrases) or "(?!)"

    many = Phrases([f"word{n}" for n in range(400)], lambda p: (frozenset({p}),), expression)
    for n in range(OFTEN * 3):
        found = many.search(f"this is word{n}.")
        assert found is not None
        assert f"word{n}".startswith(found[0])
    assert compiled.count(400) == 1
    assert compiled[0] <= 2
