"""Octets to text: every charset that mail programs write, and every transfer encoding, broken ones too.

Nothing here raises: what can't be decoded becomes U+FFFD, and a charset that is unknown or refused is guessed.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from functools import lru_cache

# Names that mail programs use and Python does not know, or knows as a smaller set than what is really written:
# WHATWG's table reads latin-1 as windows-1252, gb2312 as gb18030, shift_jis and ks_c_5601 as Microsoft's supersets.
_ALIASES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin-1": "cp1252", "l1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-6-i": "iso8859-6", "iso-8859-6-e": "iso8859-6",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ks_c_5601-1989": "cp949", "ksc5601": "cp949", "euc-kr": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "hz-gb-2312": "hz", "big5": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "utf8": "utf-8", "utf-8": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8", "x-utf-8": "utf-8",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "koi8-ru": "koi8-u",
    "x-user-defined": "cp1252", "unknown-8bit": "", "x-unknown": "", "default": "", "binary": "", "8bit": "",
}  # fmt: skip
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|cp|ibm)[-_]?(\d{3,5})\Z")
# UTF-7 hides any character behind ASCII; the others are not charsets but transformations of Python's own.
_REFUSED = {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem"}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
                       "\U000e0000-\U000e007f]")  # fmt: skip
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r" {2,}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_UU = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{0,200}\r?\n", re.M)


@lru_cache(maxsize=256)
def codec(charset: str) -> str | None:
    """Python's name for a charset as a mail gives it; None where it is unknown, refused or not said."""
    name = charset.strip().strip("\"'").lower()[:60]
    if name in _ALIASES:
        return _ALIASES[name] or None
    if found := _WINDOWS.match(name):
        name = f"cp{found[1]}"
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("_", "-") in _REFUSED:
        return None
    return info.name


def text(octets: bytes, charset: str | None = None) -> str:
    """Decodes; UTF-8 is tried first where the charset is unknown, since nothing else looks like it by chance.

    A part that says UTF-8 or ASCII and isn't is read as windows-1252, which is what such parts mostly hold.
    """
    name = codec(charset) if charset else None
    if name in (None, "utf-8", "cp1252"):
        try:
            # ASCII, and 8-bit octets that are UTF-8 after all, are read alike whatever the part says
            return _tidy(octets.decode("utf-8"))
        except UnicodeDecodeError:
            if name == "utf-8" and _mostly_utf8(octets):
                return _tidy(octets.decode("utf-8", "replace"))
            return _tidy(octets.decode("cp1252", "replace"))
    assert name is not None
    try:
        return _tidy(octets.decode(name, "replace"))
    except (UnicodeError, ValueError, LookupError):
        return _tidy(octets.decode("utf-8", "replace"))


def _mostly_utf8(octets: bytes) -> bool:
    """One broken character in a long text (cut by a relay) does not make it windows-1252."""
    decoded = octets.decode("utf-8", "replace")
    broken = decoded.count("\ufffd")
    beyond = sum(1 for c in decoded if c > "\x7f") if broken else 1
    return broken * 4 <= beyond


def _tidy(decoded: str) -> str:
    return _SURROGATES.sub("\ufffd", decoded) if _SURROGATES.search(decoded) else decoded


def clean(words: str) -> str:
    """Text without control characters other than the line feed, with `\\n` line ends and plain spaces.

    Direction marks, invisible operators and tags are left out too; joiners stay, Hindi and Persian need them.
    """
    words = _LINE_ENDS.sub("\n", words)
    if "\t" in words or "\xa0" in words or "\u202f" in words:
        words = words.replace("\t", " ").replace("\xa0", " ").replace("\u202f", " ")
    return _CONTROLS.sub("", words)


def clean_line(words: str) -> str:
    """The same for a header: line breaks dropped like any control character, spaces as one, composed (NFC)."""
    words = clean(words).replace("\n", "")
    return unicodedata.normalize("NFC", _SPACES.sub(" ", words)).strip()


def transfer(octets: bytes, encoding: str, limit: int) -> bytes:
    """Undoes a Content-Transfer-Encoding (RFC 2045 section 6), at most `limit` octets of it, leniently."""
    encoding = encoding.strip().strip("\"'").lower()
    if encoding == "base64":
        return from_base64(octets, limit)
    if encoding in ("quoted-printable", "quopri", "qp"):
        return from_quoted_printable(octets[: limit * 3])[:limit]
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return from_uuencode(octets[: limit * 2])[:limit]
    return octets[:limit]


def from_base64(octets: bytes, limit: int) -> bytes:
    """Skips what is no base64 character, stops at padding (a mailing list's footer may follow)."""
    octets = octets[: limit * 2]
    end = octets.find(b"=")
    if end >= 0:
        octets = octets[:end]
    letters = _NOT_BASE64.sub(b"", octets)
    letters = letters[: limit // 3 * 4]
    spare = len(letters) % 4
    if spare == 1:
        letters = letters[:-1]
    elif spare:
        letters += b"=" * (4 - spare)
    try:
        return base64.b64decode(letters)
    except (binascii.Error, ValueError):
        return b""


def from_quoted_printable(octets: bytes) -> bytes:
    """RFC 2045 section 6.7; an escape that is none stays as it is."""
    return binascii.a2b_qp(octets)


def from_uuencode(octets: bytes) -> bytes:
    """The first file of a uuencoded text; lines that are broken are left out."""
    found = _UU.search(octets)
    if not found:
        return octets
    out = []
    for line in octets[found.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # some encoders leave a wrong length: cut the line to what the length says
            count = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                continue
    return b"".join(out)


def without_uuencoded(words: str) -> str:
    """A plain text without the files that very old programs put inside it."""
    if "begin " not in words:
        return words
    kept, inside = [], False
    lines = words.split("\n")
    for number, line in enumerate(lines):
        if not inside and re.match(r"begin [0-7]{3,4} \S", line) and _uu_line(lines, number + 1):
            inside = True
        if not inside:
            kept.append(line)
        elif line.strip() == "end":
            inside = False
    return "\n".join(kept)


def _uu_line(lines: list[str], number: int) -> bool:
    if number >= len(lines):
        return False
    line = lines[number].rstrip("\r")
    return bool(line) and " " <= line[0] <= "`" and len(line) >= ((ord(line[0]) - 32) & 63) * 4 // 3


def unflow(words: str, delete_space: bool) -> str:
    """format=flowed (RFC 3676): joins the lines that end with a space, within one depth of quotation."""
    out: list[list[str]] = []
    open_depth: int | None = None
    for raw in words.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        line = raw[depth:]
        if line.startswith(" "):
            line = line[1:]
        signature = line == "-- "
        flows = line.endswith(" ") and not signature
        if flows and delete_space:
            line = line[:-1]
        if open_depth == depth and out and not signature:
            out[-1].append(line)
        else:
            out.append([">" * depth + " " if depth else "", line])
        open_depth = depth if flows else None
    return "\n".join("".join(pieces) for pieces in out)
