"""The words of each language, read from `phrases/<language>.toml` when they are first needed.

The files are for people who know the language, not the program: `phrases/README.md` says how they are written.
A phrase is plain words; `(a|b)` is either, `[x]` may be left out, `*` stands for up to four words of one clause,
`~` for the rest of a word, and `{name}` for one of the file's own `[words]`. Case, accents and the like never matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import tomli

from tandem.wire.folding import fold
from tandem.wire.sieve import Needed, Phrases, demanded

LANGUAGES = ("en", "fr", "es", "pt", "de", "sw", "hi", "ar", "zh", "ja")
_FOLDER = Path(__file__).parent / "phrases"
_NEVER = re.compile(r"(?!)")
_ANY_WORD = r"[\w\u0900-\u097f]*"
# English as it is typed on a telephone: "thats", "cant", "im"; what would be another word ("were", "well") is left
_SHORT = re.compile(
    r"(?:(?<=\bthat)|(?<=\bit)|(?<=\bwhat)|(?<=\bthere)|(?<=\blet))'(?=s\b)"
    r"|(?:(?<=\bcan)|(?<=\bwon)|(?<=\bdon)|(?<=\bdidn)|(?<=\bdoesn)|(?<=\bisn)|(?<=\bwasn)|(?<=\bcouldn)|(?<=\bwouldn)"
    r"|(?<=\bhaven)|(?<=\bhasn)|(?<=\bweren)|(?<=\baren))'(?=t\b)|(?<=\bi)'(?=(?:m|ve|ll)\b)|(?<=\bwe)'(?=ve\b)"
)


@cache
def data(language: str) -> dict[str, Any]:
    """A language's file as it stands. Raises KeyError for a language that has none."""
    if language not in LANGUAGES:
        raise KeyError(language)
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return tomli.load(file)  # compiled: a fifth of a second less than tomllib in a process that reads one mail


def _umlauts(phrase: str) -> str:
    """ä, ö, ü as two letters or one: both spellings fold differently, so both are asked for."""
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        phrase = phrase.replace(letter, f"({letter}|{pair})")
    return phrase


def expression(phrase: str, words: dict[str, str], *, spaced: bool, umlauts: bool) -> str:
    """The regular expression of one phrase, for folded text."""
    for _ in range(4):
        if "{" not in phrase:
            break
        phrase = re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], m[0]), phrase)
    phrase = fold(_umlauts(phrase) if umlauts else phrase)
    if phrase.strip() == "~":  # alone it is what it looks like
        return "~"
    return _Phrase(phrase, spaced).read()


class _Phrase:
    """Reads one phrase from left to right; what may be left out takes the gap beside it along."""

    def __init__(self, phrase: str, spaced: bool) -> None:
        phrase = re.sub(r"([)\]])\?", "\\1\x01", phrase.replace("[*]", "*"))  # "(a|b)?" is as good as "[a|b]"
        self.tokens = re.findall(r"[()\[\]|*~\x01]| +|[^\s()\[\]|*~\x01]+", phrase)
        self.at = 0
        self.gap = r",? " if spaced else r",? ?"
        self.some = r"(?:(?:[^ ,;:.!?–]+|\d+\.) ){0,8}?" if spaced else r"[^,;:.!?–]{0,10}?"

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return str(self.tokens[self.at - 1])

    def read(self) -> str:
        out = ""
        while self.peek() and self.peek() not in ("]", ")"):
            token = self.take()
            if token == "(":
                out += f"(?:{self.read()})"
                self.at += 1
            elif token == "[":
                inner = self.read()
                self.at += 1
                if inner == _ANY_WORD and out.endswith(self.gap):  # "Bonsoir, Tom ...": a name behind a comma is
                    out = f"{out[: -len(self.gap)]}(?: {inner})?"  # none of the greeting
                elif out.endswith(self.gap):
                    out = f"{out[: -len(self.gap)]}(?:{self.gap}(?:{inner}))?"
                elif self.peek().startswith(" "):
                    self.at += 1
                    out += f"(?:(?:{inner}){self.gap})?"
                else:
                    out += f"(?:{inner})?"
            elif token == "*":
                if not self.peek():  # at the end: the rest of the clause
                    rest = r"(?: [^ ,;:.!?–]+){0,8}" if self.gap.endswith(" ") else r"[^,;:.!?–]{0,16}"
                    out = out[: -len(self.gap)] + rest if out.endswith(self.gap) else out + rest
                    break
                out += self.some
                if self.peek().startswith(" "):
                    self.at += 1
            elif token == "~":
                out += _ANY_WORD
            elif token == "\x01":
                out += "" if out.endswith("?") else "?"
            elif token == "|":
                out += token
            elif token.startswith(" "):
                out += self.gap
            else:
                alone = token.endswith("'ll") and not self.peek()  # "ill" is a word of its own
                out += re.escape(token) if alone else _SHORT.sub("'?", re.escape(token))
        return out


@lru_cache(4096)
def regex(expression: str) -> re.Pattern[str]:
    """A compiled expression; the standard library's own cache is too small for ten languages."""
    return re.compile(expression)


@dataclass(frozen=True)
class Lexicon:
    """One language's phrases, compiled when asked for."""

    language: str
    raw: dict[str, Any]
    # what has been made of it so far
    _kinds: dict[str, Phrases] = field(default_factory=dict, init=False, repr=False, compare=False)
    _needed: dict[str, Needed] = field(default_factory=dict, init=False, repr=False, compare=False)
    _expressions: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _literals: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def spaced(self) -> bool:
        """Whether the language puts spaces between its words."""
        return bool(self.raw.get("spaced", True))

    @cached_property
    def words(self) -> dict[str, str]:
        """The file's `[words]`, and `{day}`: a weekday."""
        days = [name for names in self.raw["dates"]["weekdays"] for name in names]
        return {"day": f"({'|'.join([*days, *self.raw['dates'].get('same_day', [])])})", **self.raw.get("words", {})}

    def alternatives(self, phrases: list[str]) -> str:
        made = {self._one(p) for p in phrases}
        return "|".join(sorted(made, key=lambda e: (-len(e), e)))

    def _one(self, phrase: str) -> str:
        if phrase not in self._expressions:
            umlauts = bool(self.raw.get("umlauts", False))
            self._expressions[phrase] = expression(phrase, self.words, spaced=self.spaced, umlauts=umlauts)
        return self._expressions[phrase]

    def bounded(self, inner: str) -> str:
        """Whole words only, where the language has spaces; glued-on words (`prefixes`) may stand before."""
        if not self.spaced:
            return f"(?:{inner})"
        glued = self.raw.get("prefixes", "")
        before = rf"(?<![\w\u0900-\u097f])(?:{glued})?" if glued else r"(?<![\w\u0900-\u097f])"
        return rf"{before}(?:{inner})(?!'?[\w\u0900-\u097f])"

    def pattern(self, kind: str) -> Phrases:
        """All phrases of one kind as one pattern."""
        made = self._kinds.get(kind)
        if made is None:
            phrases = self.raw.get("say", {}).get(kind, [])
            made = self._kinds[kind] = Phrases(phrases, self._demands, self._expression)
        return made

    def _expression(self, phrases: list[str]) -> str:
        return self.bounded(self.alternatives(phrases)) if phrases else r"(?!)"

    def _demands(self, phrase: str) -> tuple[frozenset[str], ...]:
        return demanded(phrase, self._macro, self._literal, self.common)

    def _macro(self, name: str) -> Needed:
        """What `{name}` needs."""
        if name not in self._needed:
            self._needed[name] = None  # one that names itself needs nothing
            groups = self._demands(self.words[name]) if name in self.words else ()
            self._needed[name] = groups[0] if groups else None
        return self._needed[name]

    def _literal(self, word: str) -> str:
        """The longest part of a word that is spelt in one way: no apostrophe, no umlaut that may be two letters."""
        if word not in self._literals:
            parts = re.split(r"['’äöüÄÖÜ]" if self.raw.get("umlauts") else r"['’]", word)
            best = fold(max(parts, key=len)).strip()
            self._literals[word] = best if len(best) > (1 if self.spaced else 0) else ""
        return self._literals[word]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the short answers and statements: rarer than `common`, telling all the same."""
        kinds = ("yes", "no", "ok", "met", "not_met", "accept", "decline", "any", "none", "thanks", "acknowledge")
        phrases = [p for kind in kinds for p in self.raw.get("say", {}).get(kind, [])]
        words = re.findall(r"(?:[^\W\d_]|[\u0900-\u097f])+", fold(" ".join(phrases)))
        return frozenset(w for w in words if len(w) > 1)

    @cached_property
    def common(self) -> frozenset[str]:
        """Words by which the language is told."""
        return frozenset(fold(w) for w in self.raw.get("common", []))


@cache
def lexicon(language: str) -> Lexicon:
    return Lexicon(language, data(language))


def base(language: str) -> str:
    """The language of a BCP 47 tag that has phrases here, else English."""
    primary = language.split("-")[0].lower()
    return primary if primary in LANGUAGES else "en"
