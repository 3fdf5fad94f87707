"""A mail's body as blocks: written once by its template, then shown as plain text and as HTML by two skins.

Because both skins show the same blocks, the two parts can't say different things. Texts are plain, with `STRONG` and
`WEAK` of `tandem.wire.language` around what stands out, and without any other control character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tandem.wire.language import STRONG, WEAK

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_TAG = re.compile(r"<(/?[A-Za-z!][^<>]{0,300})>")


def clean(text: object, *, lines: bool = False) -> str:
    """A person's words without control characters (and without line ends, unless `lines`)."""
    said = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if "&" in said:
        said = _ENTITY.sub(lambda found: unescape(found[0]), said).replace("\u00a0", " ")
    said = _CONTROL.sub("", said)
    if "<" in said:  # what looks like markup would look like a program's mistake in plain text
        said = _TAG.sub(r"‹\1›", said)
    return said.strip() if lines else " ".join(said.split())


def unmarked(text: str) -> str:
    return text.replace(STRONG, "").replace(WEAK, "")


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` names what the skins make of it; `rows` are tuples of texts, as the kind wants them."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(slots=True)
class Document:
    """What a template writes into. Every method gives "", so that it can be called between `{{` and `}}`."""

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    intro_at: int | None = None

    def _add(self, kind: str, text: str = "", rows: Iterable[Iterable[Any]] = (), note: str = "") -> str:
        cells = tuple(tuple(str(cell) for cell in row) for row in rows)
        if text or cells:
            self.blocks.append(Block(kind, text, cells, note))
        return ""

    def subject(self, text: str) -> str:
        self.title = text
        return ""

    def lead(self, text: str) -> str:
        """The first line: what this is about."""
        return self._add("lead", text)

    def p(self, text: str) -> str:
        return self._add("p", text)

    def ask(self, text: str) -> str:
        """The one line that says what to do."""
        return self._add("ask", text)

    def h(self, text: str) -> str:
        return self._add("h", text)

    def small(self, text: str) -> str:
        return self._add("small", text)

    def card(self, rows: Iterable[Iterable[Any]], note: str = "") -> str:
        """When and where: (time, place) rows, as the first thing that is seen."""
        return self._add("card", "", rows, note)

    def ul(self, items: Iterable[str]) -> str:
        return self._add("ul", "", ((item,) for item in items if item))

    def options(self, rows: Iterable[Iterable[Any]]) -> str:
        """Numbered times: (number, time, school, time, school)."""
        return self._add("options", "", rows)

    def facts(self, rows: Iterable[Iterable[Any]]) -> str:
        """(what, its value) rows; those without a value are left out."""
        return self._add("facts", "", (row for row in map(tuple, rows) if row[1]))

    def table(self, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
        body = [tuple(row) for row in rows]
        return self._add("table", "", [tuple(head), *body]) if body else ""

    def quote(self, text: str, by: str = "") -> str:
        """A person's own words, and whose they are."""
        return self._add("quote", clean(text, lines=True), note=by)

    def strip(self, rows: Iterable[Iterable[Any]], note: str) -> str:
        """The year as a row of cells, (month, sign, colour name, words) each."""
        return self._add("strip", "", rows, note)

    def signatures(self, rows: Iterable[Iterable[Any]]) -> str:
        return self._add("signatures", "", rows)

    def intro(self) -> str:
        """Here stands, in a person's first mail, who set this up and how to stop it."""
        self.intro_at = len(self.blocks)
        return ""
