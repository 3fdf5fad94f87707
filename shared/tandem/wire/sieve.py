"""Which of many phrases a text can hold at all, told by words that they need: compiling all of them takes a second or
two in a process that reads one mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

OFTEN = 30  # texts, after which a process compiles all phrases of a kind
FEW = 1_500  # characters of phrases that are compiled at once
_TOKEN = re.compile(r"[()\[\]|*~?]|\{\w+\}|\s+|[^()\[\]|*~?{}\s]+|[{}]")
Needed = frozenset[str] | None  # one of these stands in every text that holds the phrase; None: nobody can tell


def demanded(
    phrase: str, macro: Callable[[str], Needed], literal: Callable[[str], str], common: frozenset[str] = frozenset()
) -> tuple[frozenset[str], ...]:
    """Groups of words of which a text that holds a phrase (`phrases/README.md`) has one each; the most telling first.
    `macro` gives a group for a `{name}`, `literal` the part of a word that stands in every folded spelling of it, or
    nothing; words that are not `common` tell more."""
    sieve = _Sieve(phrase, macro, literal, common)
    parts = [part for part in sieve.parts() if part]
    if sieve.at < len(sieve.tokens):  # alternatives: what any of them has
        whole = _Sieve(phrase, macro, literal, common).alternatives()
        return (whole,) if whole else ()
    return tuple(sorted(parts, key=sieve.worth, reverse=True))


class _Sieve:
    def __init__(
        self, phrase: str, macro: Callable[[str], Needed], literal: Callable[[str], str], common: frozenset[str]
    ) -> None:
        self.tokens, self.common = _TOKEN.findall(phrase), common
        self.at, self.macro, self.literal = 0, macro, literal

    def alternatives(self) -> Needed:
        """Up to the closing bracket: what any of the alternatives needs."""
        found: list[Needed] = [self._sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            found.append(self._sequence())
        known = [f for f in found if f is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def _sequence(self) -> Needed:
        """The best of what its parts need: few words, and long ones."""
        best: Needed = None
        for part in self.parts():
            if part and (best is None or self.worth(part) > self.worth(best)):
                best = part
        return best

    def worth(self, part: frozenset[str]) -> tuple[bool, int, int]:
        return not part & self.common, min(4, min(map(len, part))), -len(part)

    def parts(self) -> Iterator[Needed]:
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")", "]"):
            token = self.tokens[self.at]
            self.at += 1
            part: Needed = None
            if token in ("(", "["):
                part = self.alternatives()
                self.at += 1  # the closing bracket
                part = None if token == "[" else part
            elif token.startswith("{") and len(token) > 1:
                part = self.macro(token[1:-1])
            elif not re.fullmatch(r"[*~?{}]|\s+", token):
                word = self.literal(token)
                part = frozenset((word,)) if word else None
            if self.at < len(self.tokens) and self.tokens[self.at] == "?":
                part = None
            yield part


class Phrases:
    """All phrases of one kind as one pattern, of which at first only those are compiled that a text can hold."""

    def __init__(
        self,
        phrases: list[str],
        needs: Callable[[str], tuple[frozenset[str], ...]],
        expression: Callable[[list[str]], str],
    ) -> None:
        self._phrases, self._needs, self._expression = phrases, needs, expression
        self._few = sum(map(len, phrases)) < FEW
        self._parts: list[tuple[str, tuple[frozenset[str], ...]]] | None = None
        self._whole: re.Pattern[str] | None = None
        self._some: dict[tuple[str, ...], re.Pattern[str]] = {}
        self._texts: dict[str, re.Pattern[str]] = {}

    @cached_property
    def pattern(self) -> str:
        """The expression of all of them, to be part of another."""
        return self._expression(self._phrases)

    def _of(self, text: str) -> re.Pattern[str]:
        if self._whole is not None:
            return self._whole
        known = self._texts.get(text)
        if known is not None:
            return known
        if self._few or len(self._texts) >= OFTEN:
            self._whole = re.compile(self.pattern)
            self._texts.clear()
            self._some.clear()
            return self._whole
        if self._parts is None:
            self._parts = [(phrase, self._needs(phrase)) for phrase in self._phrases]
        chosen = tuple(p for p, groups in self._parts if all(any(w in text for w in words) for words in groups))
        made = self._some.get(chosen)
        if made is None:
            made = self._some[chosen] = re.compile(self._expression(list(chosen)) if chosen else r"(?!)")
        self._texts[text] = made
        return made

    def search(self, text: str, pos: int = 0, endpos: int = 1 << 62) -> re.Match[str] | None:
        return self._of(text).search(text, pos, min(endpos, len(text)))

    def match(self, text: str, pos: int = 0) -> re.Match[str] | None:
        return self._of(text).match(text, pos)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._of(text).fullmatch(text)

    def finditer(self, text: str, pos: int = 0, endpos: int = 1 << 62) -> Iterator[re.Match[str]]:
        return self._of(text).finditer(text, pos, min(endpos, len(text)))

    def sub(self, by: str, text: str) -> str:
        return self._of(text).sub(by, text)
