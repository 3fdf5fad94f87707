"""Lines and sentences of a person's own words, with where each stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tandem.wire.folding import fold
from tandem.wire.phrases import LANGUAGES, data

WRAP = 72  # the narrowest column at which the clients in use break lines
WIDEST = 80  # longer lines are not broken by a client, so neither are the others of that mail

_BULLET = re.compile(r"[ \t]*(?:[-*•·–—►▪]|\(?\d{1,2}[.)])[ \t]+")
_END = re.compile(
    r"(?<=[.!?…])[\"'”’»)\]]*(?=\s)|[。！？؟।॥｡]+[\"'”’»」』）)]*|(?<=[;؛；])(?=\s)|；|(?<=\?)(?=[^\W\d])|\n"
    # a face or a picture where a full stop would stand; signs that answer ("👍", "✅") are not among them
    r"|[\U0001F600-\U0001F64A\U0001F300-\U0001F440\U0001F494-\U0001F4AF\U0001F910-\U0001F9FF☺❤]\ufe0f?(?=\s|[\u3040-\u9fff])"
)


@cache
def _no_end() -> re.Pattern[str]:
    """What a full stop behind it does not end: abbreviations of every language, figures, letters that stand alone."""
    short = {fold(a) for lang in LANGUAGES for a in data(lang).get("titles", {}).get("abbreviations", [])}
    short |= {fold(t) for lang in LANGUAGES for t in data(lang).get("titles", {}).get("before", []) if len(t) < 5}
    known = "|".join(sorted((re.escape(s).replace(r"\ ", " ?") for s in short), key=len, reverse=True))
    return re.compile(rf"(?:(?<!\w)(?:{known})|(?<!\w)\d{{1,2}}|(?<!\w)[a-z]\. ?[a-z])\.\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the sender wrote it."""

    text: str
    start: int
    end: int
    bulleted: bool = False


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


def lines(text: str) -> list[Line]:
    """The lines of a text that `reflow` has put together."""
    out, at = [], 0
    for line in text.split("\n"):
        out.append(Line(line, at, at + len(line), bool(_BULLET.match(line))))
        at += len(line) + 1
    return out


def reflow(text: str, begins: Callable[[str], bool] | None = None) -> str:
    """The text with the lines joined again that a client broke, but for those of which `begins` says that they stand
    for themselves."""
    raw = text.split("\n")
    wrapped = all(width(line) <= WIDEST or " " not in line.strip() for line in raw)
    if not wrapped:
        return text
    out: list[str] = []
    tail = ""  # the last line as the client saw it
    for line in raw:
        goes_on = bool(tail.strip() and line.strip()) and _goes_on(tail, line)
        if goes_on and not (begins and begins(line)):
            glue = "" if _east_asian(out[-1].rstrip()[-1:]) and _east_asian(line.lstrip()[:1]) else " "
            out[-1] = out[-1].rstrip() + glue + line.strip()
        else:
            out.append(line)
        tail = line
    return "\n".join(out)


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
        if end[0] != "\n" and text[stop - 1 : stop] == "." and _no_end().search(fold(text[max(0, stop - 12) : stop])):
            follows = text[stop:].lstrip()[:1]
            if (follows and not follows.isupper()) or _month_or_time(text, stop):
                continue
        _add(out, text, begin, stop, start)
        begin = end.end()
    _add(out, text, begin, len(text), start)
    return out


@cache
def _titled() -> re.Pattern[str]:
    """A full stop that belongs to what follows: "4. März", "Ms. Khan", "2 p.m. London time"."""
    titles = {fold(t) for lang in LANGUAGES for t in data(lang).get("titles", {}).get("before", []) if len(t) < 5}
    known = "|".join(sorted(map(re.escape, titles), key=len, reverse=True))
    return re.compile(rf"(?:\d|(?<!\w)(?:{known})|(?<!\w)[a-z]\. ?m)\.\Z")


@cache
def _day_of_month() -> re.Pattern[str]:
    """A figure behind a word that makes it a day, in the languages that write no full stop behind one."""
    plain = [data(lang)["dates"] for lang in LANGUAGES if not data(lang)["dates"].get("dot_dates")]
    words = {fold(a) for dates in plain for a in dates.get("article", [])}
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))}) \d{{1,2}}\.\Z")


def _month_or_time(text: str, stop: int) -> bool:
    """Whether a full stop goes on with what follows; one that ends a line does not."""
    before = fold(text[max(0, stop - 12) : stop])
    if _day_of_month().search(before):  # "je ne peux pas le 13. Jeudi ?": no ordinal
        return False
    return bool(_titled().search(before)) and not re.match(r"\s*\n", text[stop:])


def _add(out: list[Sentence], text: str, begin: int, end: int, start: int) -> None:
    piece = text[begin:end]
    left = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        out.append(Sentence(piece, start + begin + left, start + begin + left + len(piece)))
