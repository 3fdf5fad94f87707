"""One sentence as it is read: the phrases in it, by kind, and where its clauses end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tandem.wire.folding import Folded, words
from tandem.wire.mentions import When
from tandem.wire.phrases import Lexicon
from tandem.wire.sentences import Sentence

POLAR = ("yes", "ok", "no")
DECISIONS = (
    "yes", "ok", "no", "objects", "wrong", "mine", "kept", "met", "went", "not_met", "not_yet", "accept", "decline",
    "tentative", "cancel", "pause", "leaving", "leaves", "takes_over", "absence", "go_on", "end", "sign", "acknowledge",
    "any", "none", "both",
)  # fmt: skip
AFFIRMED = ("yes", "ok", "accept", "met", "went", "sign", "go_on", "acknowledge", "any")  # a "not" denies them
REPORTS = ("met", "went", "not_met")
# what has a sentence of its own shape: a day, an address, a name may stand anywhere in it
SHAPED = ("pause", "leaving", "leaves", "takes_over", "absence", "not_yet")
RUNNING = ("cancel", *SHAPED)  # phrases that run over any words before them, and so over a condition as well
CHAT = ("thanks", "greeting", "courtesy", "closing", "chat")
BOUNDARY = re.compile(r"[,;:–()\"]| - |\.(?= |\Z)")


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Clauses:
    """One sentence read in one language; positions are those of the folded text."""

    sentence: Sentence
    lex: Lexicon
    folded: Folded
    hits: list[Hit] = field(default_factory=list)  # decisions that hold
    doubtful: list[Hit] = field(
        default_factory=list
    )  # decisions that a question, a condition or a negation makes unsure
    chat: list[Hit] = field(default_factory=list)
    fillers: list[Hit] = field(default_factory=list)
    options: list[Hit] = field(default_factory=list)  # words that only say that figures are options
    proposes: list[Hit] = field(default_factory=list)
    meets: list[Hit] = field(default_factory=list)
    asks: bool = False  # a question
    wishes: bool = False  # asks for something
    told: bool = False  # tells of another talk than the one asked after: "we spoke to the head"
    hints: bool = False  # says what a label would have to say
    whens: list[When] = field(default_factory=list)
    numbers: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, number

    @property
    def text(self) -> str:
        return self.folded.text

    def has(self, *kinds: str) -> bool:
        return any(h.kind in kinds for h in self.hits)

    def says(self, *keys: str, at: tuple[int, int] | None = None) -> bool:
        """Whether a phrase of one of these kinds stands in the sentence, or in the part `at` of it."""
        return any(self.lex.pattern(key).search(self.text, *(at or (0, len(self.text)))) for key in keys)

    def greeted(self, position: int) -> bool:
        """Whether what stands there is greeted ("Dear Tom")."""
        return any(c.kind == "greeting" and 0 <= position - c.end <= 2 for c in self.chat)

    def rest(self) -> list[str]:
        """The words that nothing above accounts for."""
        known = (*self.hits, *self.chat, *self.proposes, *self.meets, *self.fillers, *self.options)
        spans = [(h.start, h.end) for h in known]
        spans += [(w.start, w.end) for w in self.whens] + [(s, e) for s, e, _ in self.numbers]
        return words(blanked(self.text, spans))

    def boundary_between(self, first: int, second: int) -> bool:
        low, high = min(first, second), max(first, second)
        return bool(BOUNDARY.search(self.text, low, high) or self.lex.pattern("break").search(self.text, low, high))

    def clause(self, position: int) -> tuple[int, int]:
        """The clause around a position: up to punctuation or a word like "but"."""
        edges = [0, len(self.text)]
        for pattern in (BOUNDARY, self.lex.pattern("break")):
            for m in pattern.finditer(self.text):
                if not any(h.start < m.end() and m.start() < h.end for h in self.hits):
                    edges += [m.start(), m.end()]
        return max(e for e in edges if e <= position), min(e for e in edges if e > position or e == len(self.text))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with spaces in these places, and all others where they were."""
    left = list(text)
    for start, end in spans:
        begin, stop = max(start, 0), min(end, len(left))
        left[begin:stop] = " " * (stop - begin)
    return "".join(left)


def within(hits: list[Hit], start: int, end: int) -> bool:
    return any(h.start <= start and end <= h.end for h in hits)


def inside(hits: list[Hit], start: int, end: int) -> bool:
    return any(h.start < end and start < h.end for h in hits)


def shorter(hit: Hit, other: Hit) -> bool:
    """Whether a hit is only part of another."""
    return within([other], hit.start, hit.end) and hit.end - hit.start < other.end - other.start
