"""One spelling for many: text folded for comparison, and the way back to the text as it was written.

Upper and lower case, accents, Arabic vowel signs, hamza seats, nukta, full-width forms and foreign digits make no
difference after folding. Kana voicing marks and Devanagari vowel signs do: they are letters of their own there.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

WORD = re.compile(r"[\w\u0900-\u097f]+")  # Devanagari writes its vowels with signs, which are no `\w`

_ARABIC = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ة": "ه",
    "ؤ": "و",
    "ئ": "ي",
    "ء": "",
    "ـ": "",
    "ک": "ك",
}
_LATIN = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ł": "l", "đ": "d"}
_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "′": "'", "´": "'", "`": "'", "＇": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "—": "–", "―": "–", "‐": "-", "‑": "-", "−": "-",
    "。": ".", "．": ".", "｡": ".", "।": ".", "॥": ".", "…": ".", "？": "?", "؟": "?", "！": "!",
    "，": ",", "、": ",", "،": ",", "､": ",", "；": ";", "؛": ";", "：": ":", "﹕": ":", "︰": ":",
    "～": "~", "〜": "~",
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "\u3000": " ", "\t": " ", "\n": " ",
}  # fmt: skip


def _fold_char(char: str) -> str:
    plain = _PLAIN.get(char)
    if plain is not None:
        return plain
    if char in _ARABIC:
        return _ARABIC[char]
    code = ord(char)
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    if code in (0x93C, 0x640, 0x670) or 0x300 <= code <= 0x36F or 0x64B <= code <= 0x65F:
        return ""  # nukta, tatweel, superscript alef, combining accents, Arabic vowel signs
    if char == "ँ":
        return "ं"
    if unicodedata.category(char) in ("Cf", "Cc") or 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF:
        return ""  # direction marks, joiners, variation selectors, skin tones
    if 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF:
        return char
    out = []
    for part in unicodedata.normalize("NFKD", char).casefold():
        if unicodedata.category(part) != "Mn" or (0x900 <= ord(part) <= 0x97F and part != "\u093c"):
            out.append(_LATIN.get(part, _ARABIC.get(part, part)))
    return unicodedata.normalize("NFC", "".join(out))


class _Table(dict[int, str]):
    """Filled as letters are met: a mail has few different ones."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(self) < 20_000:
            self[code] = folded
        return folded


_TABLE = _Table()


def compose(text: str) -> str:
    """NFC, so that every letter is one character; what `fold` and `Folded` expect."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The text in its folded spelling; text that is folded already stays as it is."""
    return compose(text).translate(_TABLE)


def bare(text: str) -> str:
    """Folded, and every other combining mark left out too: how labels are compared."""
    decomposed = unicodedata.normalize("NFKD", fold(text))
    return " ".join("".join(c for c in decomposed if not unicodedata.category(c).startswith("M")).split())


class Folded:
    """A folded text that knows where each of its characters came from. `source` must be composed."""

    __slots__ = ("_offsets", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source.translate(_TABLE)
        self._offsets: list[int] | None = None

    def origin(self, position: int) -> int:
        """The index in the source of the character at `position` of the folded text."""
        if len(self.text) == len(self.source) and self.source.isascii():
            return position
        if self._offsets is None:
            self._offsets = list(accumulate((len(_TABLE[ord(c)]) for c in self.source), initial=0))
        # the last source character that begins at or before the position
        low, high = 0, len(self._offsets) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._offsets[middle] <= position:
                low = middle
            else:
                high = middle - 1
        return low

    def original(self, start: int, end: int) -> str:
        return self.source[self.origin(start) : self.origin(end)]


def words(text: str) -> list[str]:
    """The words of a folded text."""
    return WORD.findall(text)
