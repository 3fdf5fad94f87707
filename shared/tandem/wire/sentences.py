"""Lines and sentences of a person's own words, with where each stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

WRAP = 72  # the narrowest column at which the clients in use break lines
WIDEST = 80  # longer lines are not broken by a client, so neither are the others of that mail

_BULLET = re.compile(r"[ \t]*(?:[-*•·–—►▪]|\(?\d{1,2}[.)])[ \t]+")
_END = re.compile(
    r"(?<=[.!?…])[\"'”’»)\]]*(?=\s)|[。！？؟।॥｡]+[\"'”’»」』）)]*|(?<=[;؛；])(?=\s)|；|(?<=\?)(?=[^\W\d])|\n"
)
_NO_END = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|sr|sra|srta|dra|m|mme|mlle|hr|fr|frau|z\. ?b|ca|nr|no|núm|vs|etc|bzw|usw|d\. ?h|p\. ?ex|p\. ?ej|e\. ?g|i\. ?e|"
    r"a|p|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|okt|dez|janv|févr|juil|déc|seg|ter|qua|qui|sex|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|bi)"
    r"|(?<![\w])\d{1,2}|\b[a-z]\. ?[a-z])\.\Z",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the sender wrote it, put together again where a client broke it."""

    text: str
    start: int
    end: int
    bulleted: bool = False
    tail: str = ""  # the last of the lines that were put together


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    start: int
    end: int

    @property
    def asks(self) -> bool:
        return self.text.rstrip("\"'”’»)）」』 \n").endswith(("?", "？", "؟")) or bool(
            re.search(r"[?？؟][!！?？؟]*\s*\S{0,2}\Z", self.text)
        )


def width(text: str) -> int:
    """Columns on a screen: letters of East Asia take two."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.category(c) in ("Mn", "Cf") else 1
        for c in text
    )


def lines(text: str, begins: Callable[[str], bool] | None = None) -> list[Line]:
    """Lines that begin a paragraph, an entry or a sentence of their own; hard-wrapped ones are joined, except those of
    which `begins` says that they stand for themselves."""
    raw, at = [], 0
    for line in text.split("\n"):
        raw.append((line, at))
        at += len(line) + 1
    wrapped = all(width(line) <= WIDEST or " " not in line.strip() for line, _ in raw)
    out: list[Line] = []
    for line, start in raw:
        last = out[-1] if out else None
        goes_on = bool(last and last.tail.strip() and line.strip() and wrapped and _goes_on(last.tail, line))
        if last is not None and goes_on and not (begins and begins(line)):
            glue = "" if _east_asian(last.text.rstrip()[-1:]) and _east_asian(line.lstrip()[:1]) else " "
            joined = last.text.rstrip() + glue + line.strip()
            out[-1] = Line(joined, last.start, start + len(line), last.bulleted, line)
        else:
            out.append(Line(line, start, start + len(line), bool(_BULLET.match(line)), line))
    return out


def _east_asian(char: str) -> bool:
    return bool(char) and unicodedata.east_asian_width(char) in "WF"


def _goes_on(last: str, line: str) -> bool:
    """Whether a line is the rest of the one before: its first word would not have fitted there any more."""
    if _BULLET.match(line):
        return False
    first = line.split()[0]
    if _east_asian(first[:1]):
        return width(last) >= WRAP - 4
    return width(last) + 1 + width(first) > WRAP


def without_bullet(line: str) -> str:
    bullet = _BULLET.match(line)
    return line[bullet.end() :] if bullet else line


def sentences(text: str, start: int = 0) -> list[Sentence]:
    """Sentences of a text; `start` is where it stands in a longer one."""
    out: list[Sentence] = []
    begin = 0
    for end in _END.finditer(text):
        if end.start() < begin:
            continue
        stop = end.end() if end[0] != "\n" else end.start()
        if end[0] != "\n" and text[stop - 1 : stop] == "." and _NO_END.search(text, max(0, stop - 12), stop):
            follows = text[stop:].lstrip()[:1]
            if (follows and not follows.isupper()) or _month_or_time(text, stop):
                continue
        _add(out, text, begin, stop, start)
        begin = end.end()
    _add(out, text, begin, len(text), start)
    return out


def _month_or_time(text: str, stop: int) -> bool:
    """A full stop after a figure ("4. März", "a.m. London time") ends nothing; one that ends a line does."""
    return bool(
        re.search(r"\d\.\Z|\b(?:mr|mrs|ms|dr|prof|sr|sra|m|mme|hr|fr|st)\.\Z|[ap]\. ?m\.\Z", text[:stop], re.I)
    ) and not re.match(r"\s*\n", text[stop:])


def _add(out: list[Sentence], text: str, begin: int, end: int, start: int) -> None:
    piece = text[begin:end]
    left = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        out.append(Sentence(piece, start + begin + left, start + begin + left + len(piece)))
