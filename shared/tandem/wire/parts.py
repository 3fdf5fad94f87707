"""The parts of a MIME message (RFC 2045, 2046) as places in its octets: no recursion, no copies, bounded depth.

Broken mails are read as far as they make sense: a multipart whose last boundary is missing ends with the mail, one
without a boundary is text. Messages within the message (a forwarded mail, a returned one) are not opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tandem.wire import bounds, charsets, headers

_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,199}?)[ \t]*\r?\nContent-", re.M | re.I)


@dataclass(slots=True)
class Part:
    """One leaf. `alternatives` names the multipart/alternative it stands in: its place in the list of those, or -1."""

    content_type: str
    parameters: dict[str, str]
    disposition: str  # inline | attachment | ""
    name: str
    encoding: str
    start: int
    end: int
    alternative: int = -1
    branch: int = 0  # of the alternative: the parts of one branch belong together
    fields: headers.Fields = field(default_factory=list)

    @property
    def charset(self) -> str | None:
        return self.parameters.get("charset")

    def octets(self, raw: bytes, limit: int) -> bytes:
        """The content, its transfer encoding undone, at most `limit` octets."""
        return charsets.transfer(raw[self.start : min(self.end, self.start + limit * 4)], self.encoding, limit)

    def size(self, raw: bytes) -> int:
        """Its octets once decoded, reckoned from the encoded length."""
        length = self.end - self.start
        if self.encoding == "base64":
            lines = raw.count(b"\n", self.start, self.end) + raw.count(b"\r", self.start, self.end)
            tail = raw[max(self.start, self.end - 8) : self.end].rstrip()
            padding = len(tail) - len(tail.rstrip(b"="))
            return max((length - lines) // 4 * 3 - padding, 0)
        return length


@dataclass(slots=True)
class Message:
    fields: headers.Fields
    content_type: str
    parameters: dict[str, str]
    leaves: list[Part]
    problem: str | None  # why it can't be trusted to say what it seems to say


@dataclass(slots=True)
class _Open:
    """A multipart that is to be split: where, by what boundary, how deep, inside which alternative."""

    start: int
    end: int
    boundary: str
    subtype: str
    depth: int
    alternative: int
    branch: int


def read(raw: bytes) -> Message:
    """The leaves of a message in the order in which they stand."""
    end = len(raw)
    fields, body, cut = headers.section(raw, 0, end, bounds.HEADER_OCTETS)
    problem = "its header section is too long" if cut else None
    top = _part(fields, body, end)
    message = Message(fields, top.content_type, top.parameters, [], problem)
    if not fields:
        message.problem = "it has no header fields"
        return message
    # a stack of what is still to be visited, the next on top: places of parts, or multiparts to open
    waiting: list[Part | _Open] = [_opened(top, raw, 0, -1, 0) or top]
    alternatives = 0
    while waiting:
        here = waiting.pop()
        if isinstance(here, Part):
            message.leaves.append(here)
            if len(message.leaves) >= bounds.PARTS:
                message.problem = message.problem or "it has too many parts"
                break
            continue
        if here.depth >= bounds.DEPTH:
            message.problem = message.problem or "its parts are nested too deeply"
            continue
        places = _split(raw, here)
        if places is None:
            # RFC 2046 5.1.1: there is no first part; what stands there is read as text, as mail programs do
            waiting.append(_part([], here.start, here.end))
            continue
        inside = here.alternative
        if here.subtype == "alternative" and inside < 0:
            inside, alternatives = alternatives, alternatives + 1
        children: list[Part | _Open] = []
        for number, (start, stop) in enumerate(places):
            part_fields, part_body, _ = headers.section(raw, start, stop, bounds.PART_HEADER_OCTETS)
            child = _part(part_fields, part_body, stop, "message/rfc822" if here.subtype == "digest" else "text/plain")
            branch = number if here.subtype == "alternative" and here.alternative < 0 else here.branch
            child.alternative, child.branch = inside, branch
            children.append(_opened(child, raw, here.depth + 1, inside, branch) or child)
        waiting.extend(reversed(children))
    return message


def _part(fields: headers.Fields, start: int, end: int, default: str = "text/plain") -> Part:
    content_type, parameters = headers.with_parameters(headers.value_of(fields, "content-type"))
    if not re.fullmatch(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,80}", content_type):
        # RFC 2045 5.2: what is no type is text, whatever it says
        content_type = default if content_type in ("", "text") else "text/plain"
    disposition, more = headers.with_parameters(headers.value_of(fields, "content-disposition"))
    name = more.get("filename") or parameters.get("name") or ""
    encoding = headers.value_of(fields, "content-transfer-encoding").split(";")[0].strip().strip("\"'").lower()
    name = charsets.clean_line(name).replace("\\", "/").rsplit("/", 1)[-1][:200]
    return Part(content_type, parameters, disposition, name, encoding, start, end, fields=fields)


def _opened(part: Part, raw: bytes, depth: int, alternative: int, branch: int) -> _Open | None:
    kind, _, subtype = part.content_type.partition("/")
    if kind != "multipart":
        return None
    boundary = part.parameters.get("boundary", "").strip()
    if not boundary:
        boundary = _guessed_boundary(raw, part.start, part.end)
    return _Open(part.start, part.end, boundary[:200], subtype, depth, alternative, branch)


def _guessed_boundary(raw: bytes, start: int, end: int) -> str:
    """Of a multipart that does not say it: the first line that begins with two hyphens and is followed by a field."""
    found = _BOUNDARY.search(raw, start, min(end, start + 4096))
    return found[1].decode("latin-1") if found else ""


def _split(raw: bytes, multipart: _Open) -> list[tuple[int, int]] | None:
    """Where the parts are; None where the boundary never comes."""
    if not multipart.boundary:
        return None
    begin, end = multipart.start, multipart.end
    newline = b"\n" if raw.find(b"\n", begin, end) >= 0 else b"\r"
    delimiter = b"--" + multipart.boundary.encode("utf-8", "replace")
    # What begins alike and goes on is a longer boundary. The pattern begins with what it looks for and gives nothing
    # back, so that millions of lines that are almost delimiters are passed over in a moment.
    tail = rb"[ \t]*+(--)?[ \t\r\v\f]*+(?=\n|\Z)" if newline == b"\n" else rb"[ \t]*+(--)?[ \t]*+(?=\r|\Z)"
    line = re.compile(newline + re.escape(delimiter) + tail)
    at_once = re.compile(re.escape(delimiter) + tail).match(raw, begin, end)
    places: list[tuple[int, int]] = []
    begun: int | None = None
    found = at_once or line.search(raw, begin, end)
    while found is not None:
        if begun is not None:
            # the line end before a delimiter belongs to it (RFC 2046 5.1.1)
            stop = found.start()
            if newline == b"\n" and stop > begun and raw[stop - 1 : stop] == b"\r":
                stop -= 1
            places.append((begun, max(stop, begun)))
        begun = None
        if found[1] or len(places) >= bounds.PARTS:
            break
        begun = min(found.end() + 1, end)
        # the next delimiter may follow at once, without a line break of its own
        found = line.search(raw, found.end(), end)
    if begun is not None:
        places.append((begun, end))
    return places or None
