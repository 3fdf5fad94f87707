"""Header sections: fields, encoded words, parameters, addresses, each within bounds and in linear time.

The standard library's parsers recurse on comments, are quadratic in addresses and encoded words, and read some
addresses as another person's (CVE-2023-27043); nothing here calls them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.wire import bounds, charsets

Fields = list[tuple[str, bytes]]

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]*)\?=")
_PHRASE_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n<>@\"]{0,200}\?=")
_BETWEEN = re.compile(r"[ \t\r\n]+")
_TOKEN_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))", re.S)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_LOCAL = re.compile(r"[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]{1,64}\Z")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}\Z")
_ANY_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,253}")
_SPOILT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    name: str
    address: str  # lower case


def section(raw: bytes, start: int, end: int, limit: int) -> tuple[Fields, int, bool]:
    """The fields of a header section, folded lines joined, and where its body begins.

    A line that is no field ends the section (its body begins with it). The last value says whether the section was
    longer than `limit` or had more fields than are read.
    """
    fields: Fields = []
    position, stop, cut = start, min(end, start + limit), False
    pieces: list[bytes] = []
    name = ""
    while position < end:
        line_end = raw.find(b"\n", position, stop)
        if line_end < 0:
            if stop < end:
                cut = True
                break
            line_end = stop
        line = raw[position:line_end].rstrip(b"\r")
        if not line:
            position = line_end + 1
            break
        if line[:1] in (b" ", b"\t"):
            if pieces:
                pieces.append(line)
        else:
            found = _NAME.match(line)
            if found is None:
                if position == start and line.startswith((b"From ", b">From ")):
                    position = line_end + 1  # an mbox envelope
                    start = position
                    continue
                break
            if name:
                fields.append((name, b" ".join(pieces) if len(pieces) > 1 else pieces[0]))
            name, pieces = found[1].decode("ascii").lower(), [line[found.end() :]]
            if len(fields) >= bounds.HEADER_FIELDS:
                cut = True
                break
        position = line_end + 1
    if name:
        fields.append((name, b" ".join(pieces) if len(pieces) > 1 else pieces[0]))
    if cut:
        position = _body_after(raw, position, end)
    return fields, min(position, end), cut


def _body_after(raw: bytes, position: int, end: int) -> int:
    """Where the body begins after a header section that is only read in part."""
    at = [p + n for p, n in ((raw.find(b"\n\r\n", position, end), 3), (raw.find(b"\n\n", position, end), 2)) if p >= 0]
    return min(at) if at else end


def value_of(fields: Fields, name: str) -> str:
    """The first field of that name, not decoded; "" where there is none."""
    for key, value in fields:
        if key == name:
            return raw_text(value[: bounds.FIELD_OCTETS])
    return ""


def raw_text(octets: bytes, charset: str | None = None) -> str:
    """A field's octets as text: ASCII, or 8-bit text that nobody encoded."""
    return octets.decode("ascii") if octets.isascii() else charsets.text(octets, charset)


def decoded(value: str) -> str:
    """A field for people: encoded words (RFC 2047) decoded, spaces as one, no control characters.

    Octets of neighbouring words in one charset are joined first: programs cut characters in two.
    """
    return charsets.clean_line(_decode_words(value))


def _decode_words(value: str) -> str:
    if "=?" not in value:
        return value
    out: list[str] = []
    octets: list[bytes] = []
    charset = ""
    position = 0
    for count, found in enumerate(_ENCODED_WORD.finditer(value)):
        if count >= bounds.ENCODED_WORDS:
            break
        gap = value[position : found.start()]
        here = found[1].split("*", 1)[0].lower()  # RFC 2231: =?charset*language?...
        adjacent = count > 0 and (not gap or _BETWEEN.fullmatch(gap) is not None)
        if octets and not (adjacent and here == charset):
            out.append(charsets.text(b"".join(octets), charset))
            octets = []
        if not adjacent:
            out.append(gap)
        octets.append(_word(found[2], found[3]))
        charset = here
        position = found.end()
    if octets:
        out.append(charsets.text(b"".join(octets), charset))
    out.append(value[position:])
    return "".join(out)


def _word(encoding: str, words: str) -> bytes:
    octets = words.encode("utf-8", "replace")
    if encoding in "bB":
        return charsets.from_base64(octets, bounds.FIELD_OCTETS)
    return charsets.from_quoted_printable(octets.replace(b"_", b"=20"))


def with_parameters(value: str) -> tuple[str, dict[str, str]]:
    """A value and its parameters, names in lower case (RFC 2045 5.1, continuations and charsets of RFC 2231)."""
    value = value[: bounds.FIELD_OCTETS]
    head, semicolon, _ = value.partition(";")
    found: dict[str, str] = {}
    parts: dict[str, dict[int, tuple[bool, str]]] = {}
    if not semicolon:
        return head.strip().lower(), found
    for count, match in enumerate(_TOKEN_PARAMETER.finditer(value, len(head))):
        if count >= bounds.PARAMETERS:
            break
        name = match[1].lower()
        given = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip()
        base, star, rest = name.partition("*")
        if not star:
            found.setdefault(base, _decode_words(given))
            continue
        encoded = not rest or rest.endswith("*")
        number = rest.rstrip("*")
        if number.isascii() and number.isdigit() and len(number) < 3:
            parts.setdefault(base, {})[int(number)] = (encoded, given)
        elif not number:
            parts.setdefault(base, {})[0] = (True, given)
    for base, numbered in parts.items():
        joined = "".join(_percent(piece) if coded else piece for _, (coded, piece) in sorted(numbered.items()))
        first_coded, first = numbered.get(0, (False, ""))
        charset = first.split("'", 1)[0] if first_coded and first.count("'") >= 2 else ""
        if first_coded and joined.count("'") >= 2:
            joined = joined.split("'", 2)[2]
        found[base] = charsets.text(joined.encode("latin-1", "replace"), charset or None)
    return head.strip().lower(), found


def _percent(piece: str) -> str:
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), piece)


def message_ids(value: str) -> tuple[str, ...]:
    """At most a hundred ids, angle brackets kept, the last ones where there are more."""
    return tuple(_MESSAGE_ID.findall(value[-bounds.FIELD_OCTETS :])[-100:])


def one_mailbox(value: str) -> Mailbox | None:
    """The one mailbox of a From field; None unless it is exactly one, written so that nobody could read another.

    Refused are lists, groups, routes, comments inside the address, quoted local parts, addresses without a dot in
    the domain, and control characters outside encoded words. Names count for nothing: they are decoded only after
    the address has been found.
    """
    if len(value) > bounds.FIELD_OCTETS or _SPOILT.search(value):
        return None
    pieces = _pieces(value, 4)
    if pieces is None or len(pieces) != 1:
        return None
    return pieces[0]


def mailboxes(value: str, limit: int) -> list[str]:
    """The addresses of a list, leniently, lower case, at most `limit`."""
    out: list[str] = []
    for found in _ANY_ADDRESS.finditer(value[: bounds.ADDRESS_FIELD_OCTETS]):
        if len(out) >= limit:
            break
        address = found[0].lower().rstrip(".")
        if valid(address):
            out.append(address)
    return out


def valid(address: str) -> bool:
    """An addr-spec as mail is sent to today: dot-atom, at sign, domain with a dot."""
    local, at, domain = address.rpartition("@")
    if not at or len(domain) > 253 or _LOCAL.match(local) is None or _DOMAIN.match(domain) is None:
        return False
    return ".." not in local and not local.startswith(".") and not local.endswith(".")


def _pieces(value: str, limit: int) -> list[Mailbox] | None:
    """The mailboxes of a list, strictly, one pass; None where it is none, or longer than `limit`."""
    out: list[Mailbox] = []
    phrase: list[str] = []  # words before an angle bracket, or the bare address
    comments: list[str] = []
    angle: str | None = None
    gap = False  # white space or a comment stood before what comes now
    position, length = 0, len(value)
    while position <= length:
        c = value[position] if position < length else ","
        if c == ",":
            box = _mailbox(phrase, comments, angle)
            if box is None:
                if phrase or angle is not None or (position == length and not out):
                    return None
            else:
                out.append(box)
                if len(out) > limit:
                    return None
            phrase, comments, angle, gap = [], [], None, False
            position += 1
        elif c in " \t\r\n":
            gap = True
            position += 1
        elif c == "(":
            inner = _comment(value, position)
            if inner is None:
                return None
            comments.append(inner[0])
            position, gap = inner[1], True
        elif c == '"':
            end = _quoted(value, position)
            if end is None or angle is not None:
                return None
            phrase.append((" " if gap and phrase else "") + value[position:end])
            position, gap = end, False
        elif c == "<":
            end = value.find(">", position)
            if angle is not None or end < 0:
                return None
            angle = value[position + 1 : end].strip()
            position, gap = end + 1, False
        elif c in ">;:":
            # a colon or semicolon outside a name is a group; in a name it is a common slip, but then two could read
            # the field in two ways
            return None
        elif angle is not None:
            return None  # words behind the address
        elif c == "=" and (word := _PHRASE_WORD.match(value, position)):
            # commas and the like inside an encoded word are a common slip
            phrase.append((" " if gap and phrase else "") + word[0])
            position, gap = word.end(), False
        else:
            end = position + 1
            while end < length and value[end] not in ' \t\r\n("<>,;:':
                end += 1
            phrase.append((" " if gap and phrase else "") + value[position:end])
            position, gap = end, False
    return out


def _mailbox(phrase: list[str], comments: list[str], angle: str | None) -> Mailbox | None:
    words = "".join(phrase)
    address = angle if angle is not None else words
    if angle is None and ('"' in words or " " in words or any("=?" in p for p in phrase)):
        return None
    address = address.lower().removeprefix("mailto:") if angle is not None else address.lower()
    if not valid(address):
        return None
    name = _unquoted(words) if angle is not None else " ".join(comments)
    return Mailbox(decoded(name), address)


def _unquoted(words: str) -> str:
    return re.sub(r"\\(.)", r"\1", words.replace('\\"', "\0").replace('"', "").replace("\0", '"'))


def _comment(value: str, position: int) -> tuple[str, int] | None:
    """What stands in parentheses, nested at most five deep, and where it ends; None where it does not."""
    depth, start = 0, position + 1
    while position < len(value):
        c = value[position]
        if c == "\\":
            position += 1
        elif c == "(":
            depth += 1
            if depth > 5:
                return None
        elif c == ")":
            depth -= 1
            if depth == 0:
                return value[start:position], position + 1
        position += 1
    return None


def _quoted(value: str, position: int) -> int | None:
    """Where a quoted string ends; None where it does not."""
    position += 1
    while position < len(value):
        c = value[position]
        if c == "\\":
            position += 1
        elif c == '"':
            return position + 1
        position += 1
    return None
