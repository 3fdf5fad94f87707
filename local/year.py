"""Simulated time: from the day of enrolment to the last, leaping from what is due to what is due.

    run(system, agreements, files, story, begins, until)  ──►  Year(sent, inbound)

Everything happens in one order that depends on nothing but the input: what is due on the tick grid of a quarter of an
hour, and the mails of people at their own second; at the same instant the tick comes first.

Partnerships that share nobody know nothing of each other. `groups` tells them apart, and `merged` puts their mails into
one order, by time and then by group, so that it makes no difference whether they were lived through together.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
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
    partnership: str  # of whoever sent it


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


# -- who has to do with whom


def groups(agreements: Sequence[Agreement]) -> dict[str, int]:
    """By partnership: the number of its group, in the order of the agreements. A group's partnerships share people."""
    number = {agreement.id: place for place, agreement in enumerate(agreements)}
    first: dict[str, str] = {}
    for agreement in agreements:
        for address in _addresses(agreement):
            other = first.setdefault(address, agreement.id)
            low, high = sorted((number[other], number[agreement.id]))
            number = {one: low if place == high else place for one, place in number.items()}
    return number


def _addresses(agreement: Agreement) -> Iterable[str]:
    for school, person in agreement.people:
        yield person.key
        yield from (also.lower() for also in person.also)
        if school.safeguarding:
            yield school.safeguarding.email.lower()


def owner(agreements: Sequence[Agreement], address: str) -> str | None:
    """The first partnership among whose people that address is."""
    return next((agreement.id for agreement in agreements if agreement.find(address)), None)


def merged(years: Sequence[Year], group: dict[str, int]) -> Year:
    """The mails of all in one order and numbered: by time, then by group, then as they came."""
    whole = Year(years[0].begins, years[0].until)
    mails = [(s.mail.at, group[s.mail.partnerships[0]], n, s.mail) for y in years for n, s in enumerate(y.sent)]
    for number, (*_, mail) in enumerate(sorted(mails, key=lambda row: row[:3]), start=1):
        whole.sent.append(Sent(file_name(number, mail.kind, mail.to), mail))
    came = [(i.at, group[i.partnership], n, i) for y in years for n, i in enumerate(y.inbound)]
    for number, (*_, arrived) in enumerate(sorted(came, key=lambda row: row[:3]), start=1):
        whole.inbound.append(replace(arrived, file=file_name(number, arrived.sender)))
    return whole


# -- one system's time


def run(
    system: System,
    agreements: Sequence[Agreement],
    files: Sequence[tuple[str, bytes]],
    story: Story,
    begins: datetime,
    until: datetime,
    progress: Callable[[datetime, Year], None] | None = None,
) -> Year:
    """Lives through the time from `begins` up to but not including `until`. The mails are not numbered yet."""
    year = Year(begins, until)
    people = People(story, system.partnership)
    order = itertools.count()
    coming: list[tuple[datetime, int, str, str, bytes | RawMail]] = []
    for mail in story.mail:
        whose = owner(agreements, mail.sender) or agreements[0].id
        heapq.heappush(coming, (mail.at.astimezone(UTC), next(order), whose, mail.sender, mail))

    def collect() -> None:
        for mail in system.take():
            year.sent.append(Sent("", mail))
            for answer in people.got(mail):
                entry = (answer.at, next(order), mail.partnerships[0], answer.sender, answer.raw)
                heapq.heappush(coming, entry)

    for name, data in files:
        system.enrol(name, data, begins)
    collect()
    ids: Counter[str] = Counter()
    ticked: datetime | None = None
    idle = 0
    while True:
        due = system.next_due()
        tick = None
        if due is not None:
            tick = ceiling(max(due, begins))
            tick = max(tick, ticked + TICK) if ticked is not None else tick
        if coming and (tick is None or coming[0][0] < tick):
            now, _, whose, sender, what = heapq.heappop(coming)
            if now >= until:
                break
            raw = people.raw(what) if isinstance(what, RawMail) else what
            arrived = _inbound(ids, now, sender, raw, whose)
            year.inbound.append(arrived)
            system.receive(arrived.id, raw, now)
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


def _inbound(ids: Counter[str], at: datetime, sender: str, raw: bytes, partnership: str) -> Inbound:
    """`id` follows from the mail and its time. Its name says who it is from by its own word, else who brought it."""
    line = next((v for k, v in _headers(raw) if k == "from"), "")
    named = parseaddr(line)[1].lower() or sender
    digest = sha256(f"{at.isoformat()}|{sender}|".encode() + raw).hexdigest()[:32]
    ids[digest] += 1
    again = f"-{ids[digest]}" if ids[digest] > 1 else ""
    return Inbound("", digest + again, at, named, raw, partnership)


def _headers(raw: bytes) -> Iterable[tuple[str, str]]:
    for line in raw[:20_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon and not name.startswith((" ", "\t")):
            yield name.strip().lower(), value.strip()[:500]
