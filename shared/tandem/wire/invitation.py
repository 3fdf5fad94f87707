"""A meeting in one reader's calendar: an iTIP REQUEST or CANCEL (RFC 5545, 5546) with a single VEVENT.

    Invitation(...)  ──calendar_part──►  b"BEGIN:VCALENDAR\\r\\n..."

DTSTART stands in the reader's own zone, with the VTIMEZONE of that zone; the instant, and the UID, are the same for
every reader. There is no RRULE, no RECURRENCE-ID and no VALARM, ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tandem.core import zones
from tandem.wire.vtimezone import vtimezone

REQUEST, CANCEL = "REQUEST", "CANCEL"
PRODID = "-//Tandem//Meetings//EN"

PARTSTATS = ("NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE")
_LINE = 75  # octets, RFC 5545 3.1


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one reader's calendar is to show. Addresses are bare (without `mailto:`); times are aware, in any zone.

    `sequence` rises on every change of time or place and on a cancellation (RFC 5546 2.1.4), and only then.
    `status_cancelled` is for a CANCEL: true where the meeting is off for everyone, false where it only takes this
    one reader off it (then there is no STATUS, and `sequence` is that of the reader's last REQUEST or higher).
    """

    uid: str
    sequence: int
    dtstamp: datetime
    starts: datetime
    minutes: int
    zone: str  # the reader's, IANA
    summary: str
    organizer_address: str
    organizer_name: str
    attendee_address: str
    attendee_name: str
    method: str = REQUEST
    status_cancelled: bool = True
    description: str = ""
    location: str = ""
    url: str = ""
    language: str = ""  # BCP 47, of summary, description and location
    partstat: str = "NEEDS-ACTION"

    def __post_init__(self) -> None:
        if self.method not in (REQUEST, CANCEL):
            raise ValueError(f"method {self.method!r} is neither REQUEST nor CANCEL")
        if self.partstat not in PARTSTATS:
            raise ValueError(f"partstat {self.partstat!r} is not one of {', '.join(PARTSTATS)}")
        if self.starts.tzinfo is None or self.dtstamp.tzinfo is None:
            raise ValueError("starts and dtstamp need a zone")
        if self.minutes <= 0 or self.sequence < 0:
            raise ValueError("minutes must be above zero and sequence not below")
        if not self.uid or _UNSAFE.search(self.uid):
            raise ValueError(f"uid {self.uid!r} is empty or has control characters")


_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # what a single line of text can't hold
_BLANKS = re.compile("[ \t\r\n\u2028\u2029]+")
_UNSAFE_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # the same, but for the line feed
_TEXT_SPECIAL = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# RFC 6868; a backslash means nothing in a parameter, yet some readers let it swallow the colon after it.
_PARAMETER_SPECIAL = str.maketrans({"^": "^^", '"': "^'", "\\": "/"})
_NEEDS_QUOTES = re.compile(r"[;:,]")
_IN_A_URI = "!#$%&'()*+,/:;=?@[]~-._"  # kept as they are (RFC 3986); everything else is percent-encoded
_NOT_IN_MAILTO = re.compile(r"[\s<>\"\x00-\x1f\x7f]")


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545 3.3.11): line feeds become \\\\n, other control characters go."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNSAFE_TEXT.sub(_tab_to_space, lines).translate(_TEXT_SPECIAL)


def _tab_to_space(found: re.Match[str]) -> str:
    return " " if found[0] == "\t" else ""


def parameter(text: str) -> str:
    """A parameter's value, with the signs it can't hold encoded (RFC 6868), in quotes where it needs them."""
    clean = _UNSAFE.sub("", _BLANKS.sub(" ", text)).strip()
    clean = clean.translate(_PARAMETER_SPECIAL)
    return f'"{clean}"' if _NEEDS_QUOTES.search(clean) else clean


def _named(name: str, address: str) -> str:
    return f";CN={parameter(name) or parameter(address)}"


def _mailto(address: str) -> str:
    return "mailto:" + _NOT_IN_MAILTO.sub("", address)


def folded(line: str) -> bytes:
    """A content line as octets: folded at 75 (RFC 5545 3.1) between characters, never inside one, with its CRLF."""
    raw = line.encode()
    if len(raw) <= _LINE:
        return raw + b"\r\n"
    out, at, room = [], 0, _LINE
    while len(raw) - at > room:
        end = at + room
        while raw[end] & 0xC0 == 0x80:  # inside a UTF-8 sequence
            end -= 1
        out.append(raw[at:end])
        at, room = end, _LINE - 1  # the space that begins a continuation counts
    out.append(raw[at:])
    return b"\r\n ".join(out) + b"\r\n"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _begin_and_end(starts: datetime, minutes: int, zone: str) -> tuple[str, str]:
    """Parameters and values of DTSTART and DTEND.

    The end is an instant: across a clock change it is not the local beginning plus the minutes. An hour that the
    reader's clock shows twice means its first pass (RFC 5545 3.3.5), so a time in the second can only be told in UTC.
    """
    begin = starts.astimezone(UTC)
    end = begin + timedelta(minutes=minutes)
    local = zones.local(begin, zone), zones.local(end, zone)
    if any(moment.fold for moment in local):
        return f":{_utc(begin)}", f":{_utc(end)}"
    return f";TZID={zone}:{local[0]:%Y%m%dT%H%M%S}", f";TZID={zone}:{local[1]:%Y%m%dT%H%M%S}"


def calendar_part(invitation: Invitation) -> bytes:
    """The iCalendar object of one mail: VCALENDAR{METHOD, VTIMEZONE, VEVENT}, UTF-8, CRLF, folded.

    Raises tandem.wire.vtimezone.UnknownZone where `zone` is no IANA zone.
    """
    i = invitation
    definition = vtimezone(i.zone)
    begin, end = _begin_and_end(i.starts, i.minutes, i.zone)
    tagged = f";LANGUAGE={parameter(i.language)}" if i.language else ""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(i.uid)}",
        f"DTSTAMP:{_utc(i.dtstamp)}",
        f"SEQUENCE:{i.sequence}",
        f"DTSTART{begin}",
        f"DTEND{end}",
        f"SUMMARY{tagged}:{escaped(i.summary)}",
    ]
    if i.description:
        lines.append(f"DESCRIPTION{tagged}:{escaped(i.description)}")
    if i.location:
        lines.append(f"LOCATION{tagged}:{escaped(i.location)}")
    if i.url:
        lines.append(f"URL:{quote(i.url, safe=_IN_A_URI)}")
    lines += [
        f"ORGANIZER{_named(i.organizer_name, i.organizer_address)}:{_mailto(i.organizer_address)}",
        # What simple programs look for stands whole on the first line of a folded one.
        f"ATTENDEE;PARTSTAT={i.partstat};RSVP=TRUE;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL"
        f"{_named(i.attendee_name, i.attendee_address)}:{_mailto(i.attendee_address)}",
    ]
    if i.method == REQUEST:
        lines.append("STATUS:CONFIRMED")
    elif i.status_cancelled:
        lines.append("STATUS:CANCELLED")
    lines += ["TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR"]
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\nCALSCALE:GREGORIAN\r\nMETHOD:{i.method}\r\n"
    return head.encode() + definition.encode() + b"".join(map(folded, lines))
