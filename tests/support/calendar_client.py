"""A small calendar, to hold Tandem's calendar mail against: it applies iTIP messages by RFC 5546, as a reader's would.

It shares no code with the project. Of the messages about one UID the one with the highest SEQUENCE counts, of the same
SEQUENCE the one with the latest DTSTAMP (RFC 5546 2.1.5), in whatever order and however often they arrive: what is
older than what the calendar has seen changes nothing, and a cancelled meeting is remembered, so that a late REQUEST
does not bring it back.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import getaddresses
from pathlib import Path
from zoneinfo import ZoneInfo


class Refused(Exception):
    """A message that a calendar could not apply; the text says why."""


@dataclass(frozen=True)
class Message:
    """One VEVENT of one iTIP message."""

    method: str
    uid: str
    sequence: int
    dtstamp: datetime
    start: datetime
    end: datetime
    status: str  # CONFIRMED, CANCELLED or ""
    organizer: str
    attendees: tuple[str, ...]
    location: str

    @property
    def version(self) -> tuple[int, datetime]:
        return self.sequence, self.dtstamp


@dataclass(frozen=True)
class Entry:
    """What a calendar remembers of one UID."""

    message: Message

    @property
    def shown(self) -> bool:
        return self.message.method == "REQUEST" and self.message.status != "CANCELLED"

    @property
    def status(self) -> str:
        """CONFIRMED; CANCELLED (called off for everyone); REMOVED (this reader was taken off it)."""
        if self.shown:
            return "CONFIRMED"
        return "CANCELLED" if self.message.status == "CANCELLED" else "REMOVED"


@dataclass
class Calendar:
    """One reader's calendar. `conflicts` are messages of which RFC 5546 does not say which comes first."""

    owner: str
    entries: dict[str, Entry] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)

    def apply(self, part: str | bytes) -> None:
        """Takes one calendar part; raises Refused where a client would not know what to do with it."""
        message = parse(part)
        if message.method not in ("REQUEST", "CANCEL"):
            raise Refused(f"METHOD:{message.method}")
        if self.owner.lower() not in message.attendees:
            raise Refused(f"{self.owner} is not among the ATTENDEEs")
        if message.organizer in message.attendees:
            raise Refused("the ORGANIZER invites itself")
        known = self.entries.get(message.uid)
        if known is not None:
            if message.organizer != known.message.organizer:
                raise Refused(f"another ORGANIZER, {message.organizer}")
            if message.version < known.message.version:
                return
            if message.version == known.message.version and message != known.message:
                self.conflicts.append(
                    f"{message.uid}: two messages with SEQUENCE {message.sequence}, {message.dtstamp}"
                )
                return
        self.entries[message.uid] = Entry(message)

    @property
    def meetings(self) -> dict[str, datetime]:
        """What the reader sees: UID and beginning, in UTC."""
        return {uid: entry.message.start for uid, entry in self.entries.items() if entry.shown}


def apply(parts: Iterable[str | bytes], owner: str) -> Calendar:
    """The calendar of `owner` after these parts, in the order given."""
    calendar = Calendar(owner)
    for part in parts:
        calendar.apply(part)
    return calendar


def final_calendar(paths: Iterable[Path], owner: str | None = None) -> dict[str, tuple[datetime, str]]:
    """{uid: (beginning in UTC, status)} after the mails of one reader, in the order of `paths`.

    Mails to others, and those without a calendar part, are passed over; without `owner` it is whom the first mail
    with a calendar part is to.
    """
    calendar = None if owner is None else Calendar(owner)
    for path in paths:
        recipient, parts = calendar_parts(path)
        if not parts:
            continue
        calendar = calendar or Calendar(recipient)
        if recipient == calendar.owner.lower():
            for part in parts:
                calendar.apply(part)
    if calendar is None:
        return {}
    return {uid: (entry.message.start, entry.status) for uid, entry in calendar.entries.items()}


def calendar_parts(path: Path) -> tuple[str, list[bytes]]:
    """(the recipient, in lower case; the text/calendar parts) of a mail."""
    mail = email.message_from_bytes(path.read_bytes())
    recipients = [address.lower() for _, address in getaddresses([str(mail.get("To", ""))])]
    parts = [p.get_payload(decode=True) for p in mail.walk() if p.get_content_type() == "text/calendar"]
    return (recipients or [""])[0], [part for part in parts if isinstance(part, bytes)]


def parts_by_recipient(folder: Path) -> Mapping[str, list[bytes]]:
    """The calendar parts of a run's `mail/` folder, by who got them, in the order in which they were sent."""
    out: dict[str, list[bytes]] = {}
    for path in sorted(folder.glob("*.eml")):
        recipient, parts = calendar_parts(path)
        if parts:
            out.setdefault(recipient, []).extend(parts)
    return out


# ---------------------------------------------------------------- reading

_LINE = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;[^=;:]+=(?:"[^"]*"|[^";:])*)*):(?P<value>.*)', re.S)


def parse(part: str | bytes) -> Message:
    """The one VEVENT of a calendar part; raises Refused where there is not exactly one, or it lacks what it needs."""
    text = part.decode("utf-8") if isinstance(part, bytes) else part
    method, inside, events = "", "", 0
    found: dict[str, list[tuple[str, str]]] = {}
    for line in text.replace("\r\n ", "").replace("\r\n\t", "").split("\r\n"):
        if not line:
            continue
        matched = _LINE.fullmatch(line)
        if not matched:
            raise Refused(f"no content line: {line[:60]!r}")
        name, value = matched["name"].upper(), matched["value"]
        if name == "BEGIN":
            inside = value.upper()
            events += inside == "VEVENT"
        elif name == "END":
            inside = "VCALENDAR" if value.upper() in ("VEVENT", "VTIMEZONE") else inside
        elif inside == "VCALENDAR" and name == "METHOD":
            method = value.upper()
        elif inside == "VEVENT":
            found.setdefault(name, []).append((matched["parameters"], value))
    if events != 1:
        raise Refused(f"{events} VEVENTs")
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE", "SEQUENCE"):
        if name not in found:
            raise Refused(f"no {name}")
    return Message(
        method=method,
        uid=found["UID"][0][1],
        sequence=int(found["SEQUENCE"][0][1]),
        dtstamp=_moment(*found["DTSTAMP"][0]),
        start=_moment(*found["DTSTART"][0]),
        end=_moment(*found["DTEND"][0]),
        status=found.get("STATUS", [("", "")])[0][1].upper(),
        organizer=_address(found["ORGANIZER"][0][1]),
        attendees=tuple(_address(value) for _, value in found["ATTENDEE"]),
        location=found.get("LOCATION", [("", "")])[0][1],
    )


def _address(value: str) -> str:
    if not value.lower().startswith("mailto:"):
        raise Refused(f"no mailto: {value}")
    return value[7:].lower()


def _moment(parameters: str, value: str) -> datetime:
    zone = re.search(r';TZID="?([^";:]+)', parameters)
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if not zone:
        raise Refused(f"a time without a zone: {value}")
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone[1])).astimezone(UTC)
