"""The words of `trimming.toml`, folded and ready to compare, from all languages at once.

A school in Kenya may use a phone that is set to French: whose language a mail is in says nothing about what its
program writes around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import tomli

from tandem.wire.folding import fold

_FILE = Path(__file__).parent / "trimming.toml"
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases with `*` for anything, to be compared with a whole line; quick, since every line is asked for."""

    by_beginning: dict[str, tuple[tuple[str, ...], ...]]  # the first two letters to phrases in pieces
    floating: tuple[tuple[str, ...], ...]  # those that begin with `*`

    def match(self, folded: str) -> bool:
        candidates = self.by_beginning.get(folded[:2], ())
        return any(_in_order(folded, pieces) for pieces in (*candidates, *self.floating))


def _in_order(text: str, pieces: tuple[str, ...]) -> bool:
    if len(pieces) == 1:
        return text == pieces[0]
    if not text.startswith(pieces[0]) or not text.endswith(pieces[-1]):
        return False
    position, end = len(pieces[0]), len(text) - len(pieces[-1])
    for piece in pieces[1:-1]:
        at = text.find(piece, position, end)
        if at < 0:
            return False
        position = at + len(piece)
    return position <= end


@dataclass(frozen=True, slots=True)
class Words:
    on: dict[str, tuple[str, ...]]  # at the beginning of an attribution line, by first letter
    wrote: tuple[str, ...]  # in it
    wrote_last: dict[str, tuple[str, ...]]  # at its end, by last letter
    fields: dict[str, frozenset[str]]  # a header field's folded name to what it may be: from, sent, to, subject
    original: Phrases
    sent_from: Phrases
    closings: frozenset[str]
    thanks: frozenset[str]
    longest: int  # of closings and thanks
    notices: tuple[str, ...]
    banners: tuple[str, ...]
    confidential: tuple[str, ...]


@cache
def words() -> Words:
    """Read once, when the first text is trimmed."""
    with _FILE.open("rb") as file:
        languages = list(tomli.load(file).values())

    def every(key: str) -> list[str]:
        return sorted({fold(entry) for language in languages for entry in language[key]}, key=lambda w: (-len(w), w))

    fields: dict[str, set[str]] = {}
    for kind in ("from", "sent", "to", "subject"):
        for name in every(kind):
            fields.setdefault(name, set()).add(kind)
    closings, thanks = (
        [*every(key), *(fold(_pairs(entry)) for language in languages for entry in language[key])]
        for key in ("closings", "thanks")
    )
    return Words(
        on=_by_letter(every("on"), 0),
        wrote=tuple(every("wrote")),
        wrote_last=_by_letter(every("wrote"), -1),
        fields={name: frozenset(kinds) for name, kinds in fields.items()},
        original=_phrases(every("original")),
        sent_from=_phrases(every("sent_from")),
        closings=frozenset(w.rstrip(".") for w in closings),
        thanks=frozenset(w.rstrip(".") for w in thanks),
        longest=max(map(len, closings + thanks)),
        notices=tuple(every("notices")),
        banners=tuple(every("banners")),
        confidential=tuple(every("confidential")),
    )


def _pairs(entry: str) -> str:
    """ä, ö, ü as ae, oe, ue, as keyboards without them write."""
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        entry = entry.replace(letter, pair)
    return entry


def _phrases(entries: list[str]) -> Phrases:
    beginnings: dict[str, list[tuple[str, ...]]] = {}
    floating = []
    for entry in entries:
        pieces = tuple(entry.split("*"))
        if len(pieces[0]) >= 2:
            beginnings.setdefault(pieces[0][:2], []).append(pieces)
        else:
            floating.append(pieces)
    return Phrases({key: tuple(found) for key, found in beginnings.items()}, tuple(floating))


def _by_letter(entries: list[str], place: int) -> dict[str, tuple[str, ...]]:
    letters: dict[str, list[str]] = {}
    for entry in entries:
        letters.setdefault(entry[place], []).append(entry)
    return {letter: tuple(found) for letter, found in letters.items()}


def begins_with(text: str, table: dict[str, tuple[str, ...]]) -> bool:
    """Whether a folded text begins with one of these, as a word of its own where the script has words."""
    entries = table.get(text[:1], ())
    return any(text.startswith(e) and (_wide(e) or not text[len(e) : len(e) + 1].isalpha()) for e in entries)


def ends_with(text: str, table: dict[str, tuple[str, ...]]) -> bool:
    """Whether a folded text ends with one of these, likewise."""
    entries = table.get(text[-1:], ())
    return any(text.endswith(e) and (_wide(e) or not text[: -len(e)][-1:].isalpha()) for e in entries)


def holds(text: str, entries: tuple[str, ...]) -> bool:
    """Whether one of these stands anywhere in a folded text, likewise."""
    for entry in entries:
        at = text.find(entry)
        if at >= 0 and (
            _wide(entry) or not (text[:at][-1:].isalpha() or text[at + len(entry) : at + len(entry) + 1].isalpha())
        ):
            return True
    return False


def _wide(word: str) -> bool:
    return _WIDE.search(word) is not None


@lru_cache(maxsize=2048)
def folded_line(line: str) -> str:
    """A line folded; each is asked about several times, and `trim` forgets them when it is done."""
    return fold(line)
