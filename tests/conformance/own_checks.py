"""What no calendar library complains of, and calendars do: Tandem's own look at a mail with a calendar part.

    findings(mail) ──► ["ORGANIZER is no mailto: ...", ...]

It goes by octets and by RFC 5322, 5545, 5546 and 6047, and uses nothing of the project's.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parseaddr
from zoneinfo import ZoneInfo

PARTSTATS = {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "SUMMARY")
NEVER = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "DURATION")
_LINE = re.compile(
    r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*):(.*)', re.S
)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)')
_TEXT_VALUE = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*\Z")


@dataclass(frozen=True)
class Line:
    component: str
    name: str
    parameters: dict[str, str]
    value: str


def calendar_part(mail: Message) -> Message | None:
    return next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)


def findings(raw: bytes) -> list[str]:
    """What is wrong with a mail that carries a calendar part; empty where nothing is, or where it carries none."""
    mail = email.message_from_bytes(raw)
    part = calendar_part(mail)
    if part is None:
        return []
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    out = [*_of_the_mail(raw, mail, part, body), *_of_the_octets(body)]
    try:
        lines = list(content_lines(body.decode("utf-8")))
    except (UnicodeDecodeError, ValueError) as error:
        return [*out, str(error)]
    return [*out, *_of_the_lines(mail, part, lines)]


def _of_the_mail(raw: bytes, mail: Message, part: Message, body: bytes) -> Iterator[str]:
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "the mail has a line that does not end in CRLF"
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        yield "the mail has a line of more than 998 octets"
    if (part.get_content_charset() or "").upper() != "UTF-8":
        yield f"charset {part.get_content_charset()} of the calendar part"
    tree = _tree(mail)
    if tree != ("mixed", [("alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"]):
        yield f"parts {tree}"
    attached = [p for p in mail.walk() if p.get_content_type() == "application/ics"]
    if [p.get_payload(decode=True) for p in attached] != [body]:
        yield "application/ics is not the same octets"
    if [p.get_filename() for p in attached] != ["invite.ics"]:
        yield "application/ics is not called invite.ics"


def _tree(part: Message) -> object:
    if part.is_multipart():
        return part.get_content_subtype(), [_tree(p) for p in part.get_payload()]
    return part.get_content_type()


def _of_the_octets(body: bytes) -> Iterator[str]:
    if re.search(rb"(?<!\r)\n|\r(?!\n)", body):
        yield "a calendar line does not end in CRLF"
    if not body.endswith(b"\r\n"):
        yield "the calendar's last line does not end"
    for line in body.split(b"\r\n"):
        if len(line) > 75:
            yield f"a line of {len(line)} octets, not folded: {line[:40]!r}"
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield f"a line that is folded inside a character: {line[:40]!r}"


def content_lines(text: str) -> Iterator[Line]:
    """Raises ValueError where a line is none, or components do not nest."""
    stack: list[str] = []
    for line in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        found = _LINE.fullmatch(line)
        if not found:
            raise ValueError(f"no content line: {line[:60]!r}")
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            stack.append(value)
        elif name == "END":
            if not stack or stack.pop() != value:
                raise ValueError(f"END:{value} where nothing of the kind has begun")
        else:
            parameters = {key.upper(): text.strip('"') for key, text in _PARAMETER.findall(found[2])}
            yield Line("/".join(stack), name, parameters, value)
        if name == "BEGIN":
            yield Line("/".join(stack), "BEGIN", {}, value)
    if stack:
        raise ValueError(f"{stack[-1]} does not end")


def _of_the_lines(mail: Message, part: Message, lines: list[Line]) -> Iterator[str]:
    of_calendar = {line.name: line.value for line in lines if line.component == "VCALENDAR"}
    event = [line for line in lines if line.component == "VCALENDAR/VEVENT" and line.name != "BEGIN"]
    method = of_calendar.get("METHOD")
    if method not in ("REQUEST", "CANCEL"):
        yield f"METHOD:{method}"
    if str(part.get_param("method")) != method:
        yield f"MIME says method={part.get_param('method')}, the calendar METHOD:{method}"
    if of_calendar.get("VERSION") != "2.0" or not of_calendar.get("PRODID"):
        yield "no VERSION:2.0 or no PRODID"
    begun = [line.value for line in lines if line.name == "BEGIN"]
    if begun.count("VEVENT") != 1:
        yield f"{begun.count('VEVENT')} VEVENTs"
    if "VALARM" in begun:
        yield "a VALARM"
    for name in ONCE:
        if (n := sum(line.name == name for line in event)) != 1:
            yield f"{n} {name} in the VEVENT"
    for line in event:
        if line.name in NEVER or "RANGE" in line.parameters:
            yield f"{line.name} in the VEVENT"
        if line.name in ("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT") and not _TEXT_VALUE.match(line.value):
            yield f"{line.name} is not escaped: {line.value[:60]!r}"
    values = {line.name: line.value for line in event}
    if not values.get("SEQUENCE", "x").isdigit():
        yield f"SEQUENCE:{values.get('SEQUENCE')}"
    if not re.fullmatch(r"\d{8}T\d{6}Z", values.get("DTSTAMP", "")):
        yield f"DTSTAMP:{values.get('DTSTAMP')}"
    allowed = {"REQUEST": ("CONFIRMED",), "CANCEL": ("CANCELLED", None)}.get(method or "", ())
    if values.get("STATUS") not in allowed:
        yield f"STATUS:{values.get('STATUS')} in a {method}"
    yield from _of_people(mail, event)
    yield from _of_times(lines, event)


def _of_people(mail: Message, event: list[Line]) -> Iterator[str]:
    sender = parseaddr(str(mail["From"]))[1].lower()
    reader = parseaddr(str(mail["To"]))[1].lower()
    attendees = {}
    for line in event:
        if line.name not in ("ORGANIZER", "ATTENDEE"):
            continue
        if not re.fullmatch(r"mailto:[^\s<>@]+@[^\s<>@]+", line.value):
            yield f"{line.name} is no mailto: {line.value}"
        address = line.value[7:].lower()
        if not line.parameters.get("CN"):
            yield f"{line.name} has no CN"
        if line.name == "ORGANIZER" and address != sender:
            yield f"ORGANIZER {address}, From {sender}"
        if line.name == "ATTENDEE":
            attendees[address] = line.parameters
    if reader not in attendees:
        yield f"{reader} is not among the ATTENDEEs"
    if sender in attendees:
        yield "the ORGANIZER is an ATTENDEE"
    for address, parameters in attendees.items():
        if parameters.get("PARTSTAT") not in PARTSTATS:
            yield f"PARTSTAT={parameters.get('PARTSTAT')} of {address}"
        for name, wanted in (("ROLE", "REQ-PARTICIPANT"), ("CUTYPE", "INDIVIDUAL"), ("RSVP", "TRUE")):
            if parameters.get(name) != wanted:
                yield f"{name}={parameters.get(name)} of {address}"


def unescaped(value: str) -> str:
    """A TEXT value as it is meant."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def moment(line: Line) -> datetime:
    """DTSTART or DTEND in UTC, by the zone data; raises ValueError or KeyError where there is no such time or zone."""
    if line.value.endswith("Z"):
        return datetime.strptime(line.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    local = datetime.strptime(line.value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(line.parameters["TZID"]))
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"{line.value} does not occur in {line.parameters['TZID']}")
    return local.astimezone(UTC)


def _of_times(lines: list[Line], event: list[Line]) -> Iterator[str]:
    defined = [line.value for line in lines if line.component == "VCALENDAR/VTIMEZONE" and line.name == "TZID"]
    used = {line.parameters["TZID"] for line in event if "TZID" in line.parameters}
    if used - set(defined):
        yield f"no VTIMEZONE for {', '.join(sorted(used - set(defined)))}"
    if len(defined) != len(set(defined)):
        yield "a VTIMEZONE twice"
    observances = [line for line in lines if line.component.startswith("VCALENDAR/VTIMEZONE/")]
    names = {line.name for line in observances}
    if defined and not {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= names:
        yield "an observance without DTSTART, TZOFFSETFROM or TZOFFSETTO"
    if "RDATE" in names:
        yield "an observance with RDATE, which Outlook shows an hour off"
    times = {line.name: line for line in event if line.name in ("DTSTART", "DTEND")}
    try:
        start, end = moment(times["DTSTART"]), moment(times["DTEND"])
    except (ValueError, KeyError) as error:
        yield f"DTSTART or DTEND: {error}"
        return
    if end <= start:
        yield "DTEND is not after DTSTART"
    if not timedelta(0) < end - start <= timedelta(days=1):
        yield f"lasts {end - start}"
