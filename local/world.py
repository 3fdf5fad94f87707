"""What a simulated run shares, whichever system it runs on: the mails that went out and came in, and the system's face.

`System` is the whole of Tandem seen from outside: files and mails go in at a time, mails come out. `local.simulate`
gives the one on the embedded AWS, `local.dry_run` one in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from local.clients import Letter
from tandem.core.partnership import Partnership

TICK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as the mail service got it, with what it was sent for."""

    at: datetime
    raw: bytes
    letter: Letter  # the same, as its reader sees it
    to: str
    kind: str
    variant: str
    partnerships: tuple[str, ...]  # of a digest there may be several
    month: str | None = None
    meeting: str | None = None  # a meeting's id
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unclear:
    """An accepted mail that could not be interpreted."""

    partnership: str
    at: datetime
    sender: str
    inbound: str  # the id of the stored mail
    why: str


class System(Protocol):
    """Tandem, and the time that it is told."""

    def enrol(self, name: str, data: bytes, now: datetime) -> None:
        """An agreement file is put where agreements are put."""

    def next_due(self) -> datetime | None:
        """When something is due next, for a partnership or in a reader's postbox; None where nothing ever is."""

    def tick(self, now: datetime) -> None:
        """Does what is due by then, and delivers what may leave."""

    def receive(self, inbound_id: str, raw: bytes, now: datetime) -> None:
        """A mail arrives, and is read; what it causes is done, and delivered."""

    def take(self) -> list[SentMail]:
        """The mails sent since the last call, in order."""

    def partnership(self, partnership_id: str) -> Partnership:
        """The state as it is now."""

    def unclear(self) -> Iterable[Unclear]:
        """Every accepted mail that could not be interpreted, in order."""


def ceiling(moment: datetime) -> datetime:
    """The first tick at or after that moment: ticks are every fifteen minutes on the clock."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = -((midnight - moment) // TICK)
    return midnight + ticks * TICK


_UNSAFE = re.compile(r"[^A-Za-z0-9.@_+-]")


def file_name(number: int, *parts: str) -> str:
    """`NNNNNN-PART-PART.eml`, of characters that every file system takes."""
    clean = "-".join(_UNSAFE.sub("_", part)[:80].strip(".") or "unknown" for part in parts)
    return f"{number:06}-{clean}.eml"


def moment_text(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second: "2026-10-06T11:00:00+00:00"."""
    return None if moment is None else moment.replace(microsecond=0).isoformat()


