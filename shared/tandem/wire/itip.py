"""A calendar part that somebody's program sent, read as an answer (RFC 5546): a REPLY or a COUNTER.

    "BEGIN:VCALENDAR..."  ──read──►  Itip | None

The reader is small and bounded: it looks at each line once, expands no recurrence, and takes what is broken as it
is: lines folded badly or not at all, a missing ORGANIZER, quoted values, parameters in any order. It never guesses:
an answer that can't be acted on says why in `problem`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from tandem.wire.foreign_zones import NotUnderstood, Observance, date_time, instant
from tandem.wire.inbound import Itip

REPLY, COUNTER = "REPLY", "COUNTER"
ANSWERS = ("ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED")  # of a VEVENT's PARTSTATs, those that say something

MOST_TEXT = 1_000_000  # characters of a part that are looked at
MOST_LINES = 20_000
MOST_LINE = 20_000  # characters of one unfolded line
MOST_DEPTH = 8  # components within each other
MOST_ATTENDEES = 200
MOST_COMMENT = 4_000
MOST_EVENTS = 50

_LINE_END = re.compile(r"\r+\n|\r")
_PROPERTY = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*(?=[;:])")
_PARAMETER = re.compile(r';\s*([A-Za-z][A-Za-z0-9-]*)\s*=((?:"[^"]*"|[^";:])*)')
_MAILTO = re.compile(r"mailto:\s*([^\s<>\";,]+@[^\s<>\";,]+)", re.I)
_ADDRESS = re.compile(r"[^\s<>\";:,/]+@[^\s<>\";:,/]+\Z")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED = re.compile(r"\\([\\;,:\"nN])")
_CARET = re.compile(r"\^([\^n'])")

# Lines that begin with another name are the rest of a line that was folded without its space.
_NAMES_IN_USE = """
BEGIN END ACTION ATTACH ATTENDEE CALSCALE CATEGORIES CLASS COLOR COMMENT COMPLETED CONCEPT CONFERENCE CONTACT
CREATED DESCRIPTION DTEND DTSTAMP DTSTART DUE DURATION EXDATE EXRULE FREEBUSY GEO IMAGE LAST-MODIFIED LINK LOCATION
LOCATION-TYPE METHOD NAME ORGANIZER PARTICIPANT PERCENT-COMPLETE PRIORITY PRODID RDATE RECURRENCE-ID REFID REFRESH-
INTERVAL RELATED-TO REPEAT REQUEST-STATUS RESOURCES RRULE SEQUENCE SOURCE STATUS STRUCTURED-DATA STYLED-DESCRIPTION
SUMMARY TRANSP TRIGGER TZID TZNAME TZOFFSETFROM TZOFFSETTO TZURL UID URL VERSION ACKNOWLEDGED PROXIMITY BUSYTYPE
TZUNTIL TZID-ALIAS-OF
"""
_NAMES = frozenset(_NAMES_IN_USE.split())
_SCHEMES = frozenset(("MAILTO", "HTTP", "HTTPS", "URN", "TEL", "CID", "DATA"))  # a value's beginning, never a name
_WANTED = frozenset(
    ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "ATTENDEE", "COMMENT", "METHOD", "TZID", "RRULE", "RDATE",
     "TZOFFSETFROM", "TZOFFSETTO", "BEGIN", "END")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass(slots=True)
class _Object:
    """One VCALENDAR, as far as it matters here."""

    method: str | None = None
    events: list[dict[str, list[_Property]]] = field(default_factory=list)
    zones: dict[str, list[Observance]] = field(default_factory=dict)
    others: bool = False  # a to-do, a journal, a free-busy time: not about a meeting


def read(text: str, sender: str | None = None) -> Itip | None:
    """The first REPLY or COUNTER in a calendar part; None where it holds none (a REQUEST, CANCEL, DECLINECOUNTER...).

    `sender` is the address that the mail came from: it tells which of several ATTENDEEs has answered. `starts` of
    the result is in UTC.
    """
    return next(read_all(text, sender), None)


def read_all(text: str, sender: str | None = None) -> Iterator[Itip]:
    """Every REPLY and COUNTER of a stream of calendar objects, in their order."""
    for calendar in _objects(text[:MOST_TEXT]):
        if calendar.method not in (REPLY, COUNTER) or (calendar.others and not calendar.events):
            continue
        event = calendar.events[0] if calendar.events else {}
        if calendar.method == REPLY:
            yield _reply(event, sender)
        else:
            yield _counter(event, calendar.zones, sender)


# ---------------------------------------------------------------- lines


def _content_lines(text: str) -> Iterator[str]:
    """Unfolded lines (RFC 5545 3.1), those put together again that a program or a gateway tore apart."""
    pending, torn = "", 0
    text = text.lstrip("\ufeff").replace("\r\n", "\n")  # the quick way for what is as it should be
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    for n, line in enumerate(text.replace("\n ", "").replace("\n\t", "").split("\n")):
        if n >= MOST_LINES:
            break
        name = _PROPERTY.match(line)
        if name and _begins(name[1].upper(), pending, torn):
            if pending:
                yield pending
            pending, torn = line[:MOST_LINE], len(line)
        elif line.strip() and pending and len(pending) < MOST_LINE:
            pending, torn = pending + line[:MOST_LINE], len(line)
    if pending:
        yield pending


def _begins(name: str, pending: str, last_piece: int) -> bool:
    """Whether a line that looks like `NAME:` is a property, not the rest of the one before it."""
    if name in _NAMES or name.startswith("X-"):
        return True
    return name not in _SCHEMES and not _incomplete(pending, last_piece)


def _incomplete(line: str, last_piece: int) -> bool:
    """Whether more of a line may be expected: it has no value yet, or was long enough to be folded."""
    return bool(line) and (last_piece >= 60 or ":" not in line or line.count('"') % 2 == 1)


def _parsed(line: str) -> _Property | None:
    name = _PROPERTY.match(line)
    if not name or name[1].upper() not in _WANTED:
        return None
    parameters: dict[str, str] = {}
    at = name.end()
    while found := _PARAMETER.match(line, at):
        parameters.setdefault(found[1].upper(), found[2].strip())
        at = found.end()
    # What follows an unquoted colon in a parameter is taken for the value; `_address` looks further for its mailto.
    _, _, value = line[at:].partition(":")
    return _Property(name[1].upper(), parameters, value.strip())


def _objects(text: str) -> Iterator[_Object]:
    """The VCALENDARs of a text. Components in components that are not asked for (alarms) are passed over."""
    calendar: _Object | None = None
    stack: list[str] = []
    event: dict[str, list[_Property]] = {}
    tzid = ""
    observances: list[Observance] = []
    observance: dict[str, list[str]] = {}
    for line in _content_lines(text):
        prop = _parsed(line)
        if prop is None:
            continue
        if prop.name == "BEGIN":
            kind = prop.value.upper()
            if kind == "VCALENDAR":
                if calendar is not None:
                    yield calendar
                calendar, stack = _Object(), []
            elif calendar is None or len(stack) >= MOST_DEPTH:
                stack.append(kind)
                if len(stack) > 10 * MOST_DEPTH:
                    break
                continue
            elif kind == "VEVENT":
                event = {}
            elif kind == "VTIMEZONE":
                tzid, observances = "", []
            elif kind in ("STANDARD", "DAYLIGHT"):
                observance = {}
            elif kind in ("VTODO", "VJOURNAL", "VFREEBUSY", "VPOLL"):
                calendar.others = True
            stack.append(kind)
            continue
        if calendar is None:
            continue
        if prop.name == "END":
            kind = prop.value.upper()
            if kind not in stack:
                continue
            # What was left open inside ends with it.
            del stack[len(stack) - 1 - stack[::-1].index(kind) :]
            if kind == "VEVENT" and len(calendar.events) < MOST_EVENTS:
                calendar.events.append(event)
                event = {}
            elif kind in ("STANDARD", "DAYLIGHT") and len(observances) < MOST_DEPTH * 50:
                observances.append(Observance(observance))
            elif kind == "VTIMEZONE" and tzid and len(calendar.zones) < MOST_EVENTS:
                calendar.zones.setdefault(tzid, observances)
            elif kind == "VCALENDAR":
                yield calendar
                calendar = None
            continue
        within = stack[-1] if stack else ""
        if within == "VCALENDAR" and prop.name == "METHOD":
            calendar.method = calendar.method or prop.value.upper()
        elif within == "VEVENT":
            of_name = event.setdefault(prop.name, [])
            if len(of_name) < MOST_ATTENDEES:
                of_name.append(prop)
        elif within == "VTIMEZONE" and prop.name == "TZID":
            tzid = prop.value.strip('"').strip()
        elif within in ("STANDARD", "DAYLIGHT"):
            observance.setdefault(prop.name, []).append(prop.value)
    if calendar is not None:
        if event:  # cut off before its END
            calendar.events.append(event)
        yield calendar


# ---------------------------------------------------------------- values


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u2028", "\n")
    return _CONTROL.sub("", text)[:MOST_COMMENT].strip()


def _text(value: str) -> str:
    """A TEXT value without its escapes (RFC 5545 3.3.11)."""
    return _clean(_ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value))


def _parameter_text(value: str) -> str:
    """A parameter's value without quotes and carets (RFC 6868); some programs escape it as if it were TEXT."""
    value = value.strip().strip('"')
    return _text(_CARET.sub(lambda found: {"^": "^", "n": "\n", "'": '"'}[found[1]], value))


def _address(prop: _Property) -> str | None:
    found = _MAILTO.search(prop.value)
    if found:
        return unquote(found[1].split("?")[0]).lower()
    for text in (prop.parameters.get("EMAIL", ""), prop.value, prop.parameters.get("CN", "")):
        bare = text.strip().strip('"').strip("<>")
        if _ADDRESS.match(bare):
            return bare.lower()
    return None


def _first(event: dict[str, list[_Property]], name: str) -> _Property | None:
    properties = event.get(name)
    return properties[0] if properties else None


def _sequence(event: dict[str, list[_Property]]) -> int:
    prop = _first(event, "SEQUENCE")
    value = prop.value if prop else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else 0


def _dtstamp(event: dict[str, list[_Property]]) -> datetime | None:
    """DTSTAMP is in UTC by definition; one that is not orders nothing."""
    prop = _first(event, "DTSTAMP")
    if prop is None:
        return None
    try:
        moment, utc = date_time(prop.value)
    except NotUnderstood:
        return None
    return moment.replace(tzinfo=UTC) if utc else None


def _uid(event: dict[str, list[_Property]]) -> str:
    prop = _first(event, "UID")
    return _text(prop.value)[:1000] if prop else ""


def _comment(event: dict[str, list[_Property]], attendee: _Property | None) -> str | None:
    """What the program's comment field said: Google's parameter, else COMMENT."""
    if attendee is not None:
        said = _parameter_text(attendee.parameters.get("X-RESPONSE-COMMENT", ""))
        if said:
            return said
    said = "\n".join(filter(None, (_text(prop.value) for prop in event.get("COMMENT", ()))))
    return said[:MOST_COMMENT] or None


def _partstat(prop: _Property) -> str:
    return _clean(prop.parameters.get("PARTSTAT", "").strip('" ')).upper()[:40]


def _who(event: dict[str, list[_Property]], sender: str | None) -> tuple[_Property | None, str | None]:
    """The ATTENDEE who speaks, and what is wrong where that can't be told."""
    attendees = event.get("ATTENDEE", [])
    if not attendees:
        return None, "no ATTENDEE"
    if len(attendees) == 1:
        return attendees[0], None
    if sender:
        own = [prop for prop in attendees if _address(prop) == sender.lower()]
        if own:
            return own[-1], None
    # A delegator names the delegate too, and some programs list everybody: only one of them says something.
    speaking = [prop for prop in attendees if _partstat(prop) in ANSWERS]
    if len(speaking) > 1:
        speaking = [prop for prop in speaking if "DELEGATED-TO" not in prop.parameters]
    if len(speaking) == 1:
        return speaking[0], None
    return None, "several ATTENDEEs, and it can't be told which one answers"


def _reply(event: dict[str, list[_Property]], sender: str | None) -> Itip:
    attendee, problem = _who(event, sender)
    partstat = _partstat(attendee) if attendee else None
    uid = _uid(event)
    if not event:
        problem = "no VEVENT"
    elif not uid:
        problem = "no UID"
    elif attendee and not partstat:
        problem = "no PARTSTAT"
    elif attendee and partstat not in ANSWERS:
        problem = f"PARTSTAT={partstat} is no answer"
    return Itip(
        method=REPLY,
        uid=uid,
        attendee=_address(attendee) if attendee else None,
        partstat=partstat or None,
        sequence=_sequence(event),
        dtstamp=_dtstamp(event),
        comment=_comment(event, attendee),
        problem=problem,
    )


def _counter(event: dict[str, list[_Property]], zones: dict[str, list[Observance]], sender: str | None) -> Itip:
    attendee, _ = _who(event, sender)  # for a proposal it is enough who sent the mail
    uid = _uid(event)
    starts: datetime | None = None
    problem: str | None = None
    if not event:
        problem = "no VEVENT"
    elif not uid:
        problem = "no UID"
    else:
        try:
            starts = _starts(_first(event, "DTSTART"), zones)
        except NotUnderstood as error:
            problem = str(error)
    return Itip(
        method=COUNTER,
        uid=uid,
        attendee=_address(attendee) if attendee else None,
        partstat=None,
        sequence=_sequence(event),
        dtstamp=_dtstamp(event),
        comment=_comment(event, attendee),
        starts=starts,
        problem=problem,
    )


def _starts(prop: _Property | None, zones: dict[str, list[Observance]]) -> datetime:
    """When a proposed meeting begins, in UTC; raises NotUnderstood, whose text says why it can't be told."""
    if prop is None:
        raise NotUnderstood("no DTSTART")
    if prop.parameters.get("VALUE", "").strip('"').upper() == "DATE" or re.fullmatch(r"\d{8}", prop.value):
        raise NotUnderstood("a day without a time")
    # TZID=tzone://Microsoft/Utc is written without the quotes that its colon needs.
    rest, colon, value = prop.value.rpartition(":")
    local, utc = date_time(value)
    if not 1970 <= local.year <= 2200:
        raise NotUnderstood(f"a date in the year {local.year}")
    if utc:
        return local.replace(tzinfo=UTC)
    tzid = (prop.parameters.get("TZID", "") + colon + rest).strip('"').strip()
    if not tzid:
        raise NotUnderstood("a time without a zone")
    moment = instant(local, tzid, zones)
    if moment is None:
        raise NotUnderstood(f"an unknown zone, {_clean(tzid)[:80]}")
    return moment
