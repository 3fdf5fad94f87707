"""The words of `trimming.toml`, folded and ready to compare, from all languages at once.

A school in Kenya may use a phone that is set to French: whose language a mail is in says nothing about what its
program writes around it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.wire.folding import fold

_FILE = Path(__file__).parent / "trimming.toml"
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"


@dataclass(frozen=True, slots=True)
class Words:
    on: re.Pattern[str]  # at the beginning of an attribution line
    wrote: re.Pattern[str]  # anywhere in it; a word of its own where the script has words
    wrote_end: re.Pattern[str]  # at its end, before the colon
    fields: dict[str, frozenset[str]]  # a header field's folded name to what it may be: from, sent, to, subject
    original: re.Pattern[str]
    sent_from: re.Pattern[str]
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
        languages = list(tomllib.load(file).values())

    def every(key: str) -> list[str]:
        return sorted({fold(entry) for language in languages for entry in language[key]}, key=lambda w: (-len(w), w))

    fields: dict[str, set[str]] = {}
    for kind in ("from", "sent", "to", "subject"):
        for name in every(kind):
            fields.setdefault(name, set()).add(kind)
    closings, thanks = every("closings"), every("thanks")
    return Words(
        on=re.compile(rf"(?:{'|'.join(_word_start(w) for w in every('on'))})"),
        wrote=re.compile("|".join(_whole(w) for w in every("wrote"))),
        wrote_end=re.compile(rf"(?:{'|'.join(_word_end(w) for w in every('wrote'))})\s*[:.]?\s*\Z"),
        fields={name: frozenset(kinds) for name, kinds in fields.items()},
        original=re.compile(rf"(?:{'|'.join(_stars(w) for w in every('original'))})\Z"),
        sent_from=re.compile(rf"(?:{'|'.join(_stars(w) for w in every('sent_from'))})\Z"),
        closings=frozenset(w.rstrip(".") for w in closings),
        thanks=frozenset(w.rstrip(".") for w in thanks),
        longest=max(map(len, closings + thanks)),
        notices=tuple(every("notices")),
        banners=tuple(every("banners")),
        confidential=tuple(every("confidential")),
    )


def _wide(word: str) -> bool:
    return re.search(f"[{_CJK}]", word) is not None


def _word_start(word: str) -> str:
    return re.escape(word) + ("" if _wide(word) else r"(?=[\s,\d\"<]|\Z)")


def _word_end(word: str) -> str:
    return ("" if _wide(word) else r"(?<![^\W\d_])") + re.escape(word)


def _whole(word: str) -> str:
    return _word_end(word) + ("" if _wide(word) else r"(?![^\W\d_])")


def _stars(word: str) -> str:
    return r".{0,80}".join(re.escape(piece) for piece in word.split("*"))
