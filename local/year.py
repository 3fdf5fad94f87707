"""Simulated time: from the day of enrolment to the last, leaping from what is due to what is due.

    run(system, files, story, begins, until)  ──►  Year(sent, inbound)

Everything happens in one order that depends on nothing but the input: what is due on the tick grid of a quarter of an
hour, and the mails of people at their own second; at the same instant the tick comes first.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr
from hashlib import sha256

from local.people import People
from local.story import RawMail, Story
from local.world import TICK, SentMail, System, ceiling, file_name
from tandem.core.agreement import Agreement

AHEAD = timedelta(days=14)  # a run begins so long before the earliest `start`
STUCK = 3000  # ticks in a row after which nothing has moved: a month and more


class Stuck(Exception):
    """Something is due for ever and nothing comes of it: a fault of the system under test, told instead of hanging."""


@dataclass(frozen=True, slots=True)
class Sent:
    file: str  # its name in `mail/`
    mail: SentMail


@dataclass(frozen=True, slots=True)
class Inbound:
    file: str  # its name in `inbound/`
    id: str
    at: datetime
    sender: str
    raw: bytes


@dataclass(slots=True)
class Year:
    begins: datetime
    until: datetime
    sent: list[Sent] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)


def begins_at(agreements: Iterable[Agreement]) -> datetime:
    """00:00 UTC fourteen days before the earliest `start`."""
    return datetime.combine(min(a.start for a in agreements), time(), UTC) - AHEAD


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def run(
    system: System,
    files: Sequence[tuple[str, bytes]],
    story: Story,
    begins: datetime,
    until: datetime,
    progress: Callable[[datetime, Year], None] | None = None,
    keep: Callable[[Sent | Inbound], None] | None = None,
) -> Year:
    """Lives through the time from `begins` up to but not including `until`. `keep` gets each mail as it is known."""
    year = Year(begins, until)
    people = People(story, system.partnership)
    order = itertools.count()
    coming: list[tuple[datetime, int, str, bytes | RawMail]] = []
    for mail in story.mail:
        heapq.heappush(coming, (mail.at.astimezone(UTC), next(order), mail.sender, mail))

    def collect() -> int:
        taken = system.take()
        for mail in taken:
            sent = Sent(file_name(len(year.sent) + 1, mail.kind, mail.to), mail)
            year.sent.append(sent)
            if keep:
                keep(sent)
            for answer in people.got(mail):
                heapq.heappush(coming, (answer.at, next(order), answer.sender, answer.raw))
        return len(taken)

    for name, data in files:
        system.enrol(name, data, begins)
    collect()
    ticked: datetime | None = None
    idle = 0
    while True:
        due = system.next_due()
        tick = None
        if due is not None:
            tick = ceiling(max(due, begins))
            tick = max(tick, ticked + TICK) if ticked is not None else tick
        if coming and (tick is None or coming[0][0] < tick):
            at, _, sender, what = heapq.heappop(coming)
            if at >= until:
                break
            raw = people.raw(what) if isinstance(what, RawMail) else what
            arrived = _inbound(len(year.inbound) + 1, at, sender, raw)
            year.inbound.append(arrived)
            if keep:
                keep(arrived)
            system.receive(arrived.id, raw, at)
            now = at
            idle = 0
        elif tick is not None and tick < until:
            system.tick(tick)
            idle = 0 if due is None or tick - due < TICK else idle + 1
            now = ticked = tick
            if idle > STUCK:
                raise Stuck(f"what was due at {due} is due for ever")
        else:
            break
        collect()
        if progress:
            progress(now, year)
    return year


def _inbound(number: int, at: datetime, sender: str, raw: bytes) -> Inbound:
    # The name says who it is from, by its own word; a mail without a sender is told by who brought it.
    line = next((v for k, v in _headers(raw) if k == "from"), "")
    named = parseaddr(line)[1].lower() or sender
    return Inbound(file_name(number, named), f"{number:06}-{sha256(raw).hexdigest()[:16]}", at, named, raw)


def _headers(raw: bytes) -> Iterable[tuple[str, str]]:
    for line in raw[:20_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon and not name.startswith((" ", "\t")):
            yield name.strip().lower(), value.strip()[:500]
