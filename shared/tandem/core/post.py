"""The postbox of one reader, over all partnerships: what waits, what went out, and what may leave now.

    add ──► Box ──due(box, now)──► Plan(send, drop, look_again) ──claim──► (the mail is sent) ──sent──► Box

The contract's section 3, "When" and "How many", in one place:
- at most three mails a person and day, in the order of `rank`; the rest waits a day. What concerns a meeting within
  three days never waits. Not counted: receipts, helps, the day of the person's first mail, a CANCEL beyond the first of
  a day.
- mail that nobody waits for leaves between 07:00 and 19:00 on the reader's clock, or at once where waiting would make
  it worthless.
- three receipts a person and day; what is left over goes out the next day, gathered in one mail. A receipt from which
  an hour runs always leaves at once and alone. One help a day, further ones are dropped.
- one digest a reader and calendar month: those of several partnerships are gathered on the latest of their days.

The reader's clock is that of the zone which each item carries: the person's zone in the item's partnership. A day is a
date on that clock. All datetimes are aware; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tandem.core import zones
from tandem.core.messages import CALENDAR, POLITE

A_DAY = 3  # mails that count
RECEIPTS_A_DAY = 3
HELPS_A_DAY = 1
OPENS, CLOSES = 7 * 60, 19 * 60  # polite hours, minutes after midnight on the reader's clock
NEAR = timedelta(days=3)
CLAIM_HOLDS = timedelta(minutes=10)  # longer than any delivery may run: after that a claim is a crash's
SEEN_FOR = timedelta(days=20)  # longer than any repetition of an outbox row
ATTEMPTS = 8
FIRST_RETRY = timedelta(minutes=15)  # doubled with every further attempt

_ORDER = (("update", "cancel"), ("check-in",), ("escalation",), ("catch-up",), ("invite",), ("agenda",))
_RANK = {kind: rank for rank, kinds in enumerate(_ORDER, start=1) for kind in kinds}
_OTHERS = len(_ORDER) + 1
_BEFORE_IT_BEGINS = frozenset({"invite", "agenda", "reminder"})  # worthless once the meeting has begun


@dataclass(frozen=True, slots=True)
class Item:
    """One mail that waits. Its words stand in the outbox row `row` of its partnership."""

    id: str  # the message's
    partnership: str
    kind: str
    created: datetime
    zone: str  # the reader's, IANA
    row: str = ""
    variant: str = ""
    meeting: str | None = None
    starts: datetime | None = None  # of that meeting
    month: str | None = None  # of a digest: what is gathered together
    not_before: datetime | None = None
    not_after: datetime | None = None
    near: bool = False
    alone: bool = False  # a receipt from which an hour runs
    claimed: datetime | None = None
    attempts: int = 0
    retry: datetime | None = None

    @property
    def about(self) -> str | None:
        """The meeting, told apart over all partnerships."""
        return f"{self.partnership}/{self.meeting}" if self.meeting else None


@dataclass(frozen=True, slots=True)
class Sent:
    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    address: str  # lower case
    waiting: tuple[Item, ...] = ()  # in the order in which they were decided
    sent: tuple[Sent, ...] = ()  # of the last three days
    first: datetime | None = None  # when this person's first mail went out
    digests: dict[str, datetime] = field(default_factory=dict)  # by month: when one went out
    invited: dict[str, datetime] = field(default_factory=dict)  # meetings in this calendar, and their beginning
    seen: dict[str, datetime] = field(default_factory=dict)  # message ids that have been put in, and when
    version: int = 0  # of the stored row


@dataclass(frozen=True, slots=True)
class Dropped:
    item: Item
    why: str  # too-late | help-today | digest-sent | superseded | never-invited | unwanted | failed


@dataclass(frozen=True, slots=True)
class Plan:
    send: tuple[tuple[Item, ...], ...] = ()  # each one mail; several items are gathered in it
    drop: tuple[Dropped, ...] = ()
    look_again: datetime | None = None  # when something that still waits may leave; None where nothing waits


def add(box: Box, items: Iterable[Item], now: datetime) -> Box:
    """The box with these in it; one that it has seen before is passed over, so that the same row may come twice."""
    new: dict[str, Item] = {}
    for item in items:
        if item.id not in box.seen:
            new.setdefault(item.id, item)
    if not new:
        return box
    seen = {key: at for key, at in box.seen.items() if now - at < SEEN_FOR} | dict.fromkeys(new, now)
    return replace(box, waiting=(*box.waiting, *new.values()), seen=seen)


def rank(item: Item, now: datetime) -> int:
    """0 never waits; then the contract's order."""
    return 0 if is_near(item, now) else _RANK.get(item.kind, _OTHERS)


def is_near(item: Item, now: datetime) -> bool:
    """Does it concern a meeting within three days?"""
    return item.near or (item.starts is not None and abs(item.starts - now) <= NEAR)


def due(box: Box, now: datetime) -> Plan:
    """What leaves now, in order; what never will; and when to look again."""
    free = [item for item in box.waiting if not in_flight(item, now)]
    later = [item.claimed + CLAIM_HOLDS for item in box.waiting if in_flight(item, now) and item.claimed]
    free, dropped = _settled(box, free, now)
    send: list[tuple[Item, ...]] = []
    underway = (Sent(item.claimed, item.kind) for item in box.waiting if item.claimed and in_flight(item, now))
    log = [*box.sent, *underway]

    def leave(batch: tuple[Item, ...]) -> None:
        send.append(batch)
        log.append(Sent(now, batch[0].kind))

    ready: list[Item] = []
    for item in free:
        opens = _opens(box, item, free, now)
        if opens is None:
            ready.append(item)
        else:
            later.append(opens)

    # Answers first: somebody waits for them, and they count neither way.
    receipts = [item for item in ready if item.kind == "receipt"]
    for item in receipts:
        if item.alone:
            leave((item,))
    left_over = tuple(item for item in receipts if not item.alone and _day(item.created, item) < _day(now, item))
    if left_over:
        if _count(log, left_over[0], now, "receipt") < RECEIPTS_A_DAY:
            leave(left_over)
        else:
            later.append(_tomorrow(now, left_over[0]))
    for item in receipts:
        if not item.alone and item not in left_over:
            if _count(log, item, now, "receipt") < RECEIPTS_A_DAY:
                leave((item,))
            else:
                later.append(_tomorrow(now, item))
    for item in ready:
        if item.kind == "help":
            if _count(log, item, now, "help") < HELPS_A_DAY:
                leave((item,))
            else:
                dropped.append(Dropped(item, "help-today"))

    digests: list[Item] = []
    order = {item.id: place for place, item in enumerate(ready)}
    others = [item for item in ready if item.kind not in ("receipt", "help")]
    for item in sorted(others, key=lambda item: (rank(item, now), _hurry(item, now), order[item.id])):
        if item.kind == "digest":
            if digests:
                continue  # gathered with the first
            digests = [other for other in free if other.kind == "digest" and (other.not_before or now) <= now]
        batch = tuple(digests) if item.kind == "digest" else (item,)
        if is_near(item, now) or _uncapped(box, log, item, now) or _counted(log, item, now) < A_DAY:
            leave(batch)
        else:
            later.extend(_tomorrow(now, waits) for waits in batch)
    return Plan(tuple(send), tuple(dropped), min(later, default=None))


def claim(box: Box, batch: tuple[Item, ...], now: datetime) -> Box:
    """The box with these in flight: nobody else sends them, unless the claim grows old."""
    ids = {item.id for item in batch}
    return replace(box, waiting=tuple(replace(item, claimed=now) if item.id in ids else item for item in box.waiting))


def sent(box: Box, batch: tuple[Item, ...], now: datetime) -> Box:
    """The box after that mail has gone out."""
    ids = {item.id for item in batch}
    log = tuple(s for s in box.sent if now - s.at < timedelta(days=3))
    digests = {month: at for month, at in box.digests.items() if now - at < timedelta(days=100)}
    invited = {about: starts for about, starts in box.invited.items() if now - starts < timedelta(days=60)}
    for item in batch:
        if item.kind == "digest" and item.month:
            digests[item.month] = now
        if item.about and item.starts and CALENDAR.get(item.kind) == "REQUEST":
            invited[item.about] = item.starts
        if item.about and item.kind == "cancel":
            invited.pop(item.about, None)
    return replace(
        box,
        waiting=tuple(item for item in box.waiting if item.id not in ids),
        sent=(*log, Sent(now, batch[0].kind)),
        first=box.first or now,
        digests=digests,
        invited=invited,
    )


def failed(box: Box, batch: tuple[Item, ...], now: datetime) -> tuple[Box, tuple[Dropped, ...]]:
    """The box after a mail that could not be sent: tried again later each time, given up after `ATTEMPTS`."""
    ids = {item.id for item in batch}
    waiting: list[Item] = []
    given_up: list[Dropped] = []
    for item in box.waiting:
        if item.id not in ids:
            waiting.append(item)
        elif item.attempts + 1 >= ATTEMPTS:
            given_up.append(Dropped(item, "failed"))
        else:
            retry = now + FIRST_RETRY * 2**item.attempts
            waiting.append(replace(item, claimed=None, attempts=item.attempts + 1, retry=retry))
    return replace(box, waiting=tuple(waiting)), tuple(given_up)


def without(box: Box, items: Iterable[Item]) -> Box:
    """The box without these, which will never be sent."""
    ids = {item.id for item in items}
    return replace(box, waiting=tuple(item for item in box.waiting if item.id not in ids)) if ids else box


def put_off(box: Box, item: Item, until: datetime) -> Box:
    """The box with that item to leave at that time at the earliest."""
    later = tuple(replace(other, not_before=until) if other.id == item.id else other for other in box.waiting)
    return replace(box, waiting=later)


def in_flight(item: Item, now: datetime) -> bool:
    """Has somebody claimed it who may still be at it?"""
    return item.claimed is not None and now - item.claimed < CLAIM_HOLDS


def _settled(box: Box, free: list[Item], now: datetime) -> tuple[list[Item], list[Dropped]]:
    """What is still worth anything, and what is not."""
    dropped = [Dropped(item, "too-late") for item in free if item.not_after is not None and now > item.not_after]
    gone = {d.item.id for d in dropped}

    def drop(item: Item, why: str) -> None:
        if item.id not in gone:
            gone.add(item.id)
            dropped.append(Dropped(item, why))

    underway = {i.about for i in box.waiting if in_flight(i, now) and CALENDAR.get(i.kind) == "REQUEST"}
    for place, item in enumerate(free):
        if item.about is None or item.about in box.invited or item.about in underway:
            continue
        before = [i for i in free[:place] if i.about == item.about and i.kind in ("invite", "update")]
        if item.kind == "update" and any(i.id not in gone for i in before):
            drop(item, "superseded")  # the invitation before it shows the meeting as it is when it leaves
        elif item.kind == "cancel":
            for request in before:
                drop(request, "superseded")
            drop(item, "never-invited")  # nothing stands in this reader's calendar
    newest = max((item.month or "" for item in free if item.kind == "digest"), default="")
    for item in free:
        if item.kind == "digest":
            # By its month, which is the school's: on the reader's clock its day may be the last of the month before.
            if box.digests and (item.month or "") <= max(box.digests):
                drop(item, "digest-sent")
            elif (item.month or "") < newest:
                drop(item, "superseded")
    return [item for item in free if item.id not in gone], dropped


def _opens(box: Box, item: Item, free: list[Item], now: datetime) -> datetime | None:
    """When it may leave, by its own times and the reader's hours; None where that is now."""
    not_before = item.not_before or now
    together: list[Item] = []
    if item.kind == "digest":
        together = [other for other in free if other.kind == "digest"]
        not_before = max(other.not_before or now for other in together)
        last = min((other.not_after for other in together if other.not_after), default=None)
        not_before = min(not_before, last) if last else not_before
    if item.retry is not None:
        not_before = max(not_before, item.retry)
    at = max(not_before, now)
    left_over = item.kind == "receipt" and not item.alone and _day(item.created, item) < _day(at, item)
    if item.kind in POLITE or left_over:
        opens = _next_polite_for_all(at, together) if together else _next_polite(at, item)
        if opens is not None and not _too_late(item, opens, now):
            at = opens
    return at if at > now else None


def _deadline(item: Item, now: datetime) -> datetime | None:
    ends = [item.not_after] if item.not_after else []
    if item.kind in _BEFORE_IT_BEGINS and item.starts and item.starts > now:
        ends.append(item.starts)
    return min(ends, default=None)


def _too_late(item: Item, at: datetime, now: datetime) -> bool:
    deadline = _deadline(item, now)
    return deadline is not None and at > deadline


def _hurry(item: Item, now: datetime) -> int:
    """Of two of the same rank, the one that would be worthless tomorrow goes first."""
    return 0 if _too_late(item, _tomorrow(now, item), now) else 1


def _next_polite(now: datetime, item: Item) -> datetime | None:
    """The next 07:00 on the reader's clock; None where it is between 07:00 and 19:00."""
    local = zones.local(now, item.zone)
    minute = local.hour * 60 + local.minute
    if OPENS <= minute < CLOSES:
        return None
    return zones.instant(local.date() + timedelta(days=minute >= CLOSES), OPENS, item.zone)


def _next_polite_for_all(now: datetime, items: list[Item]) -> datetime | None:
    """The next time that is polite on all of their clocks, where the next of each leads to one; None where that is
    now."""
    at = now
    for _ in range(len(items)):
        at = max([at, *(opens for item in items if (opens := _next_polite(at, item)))])
    return at if at > now else None


def _tomorrow(now: datetime, item: Item) -> datetime:
    return zones.instant(_day(now, item) + timedelta(days=1), OPENS, item.zone)


def _day(at: datetime, item: Item) -> date:
    return zones.local(at, item.zone).date()


def _count(log: list[Sent], item: Item, now: datetime, kind: str) -> int:
    today = _day(now, item)
    return sum(1 for s in log if s.kind == kind and _day(s.at, item) == today)


def _counted(log: list[Sent], item: Item, now: datetime) -> int:
    """How many of that day's mails count, by the clock of this item; a cancel more would not where there is one."""
    today = _day(now, item)
    kinds = [s.kind for s in log if s.kind not in ("receipt", "help") and _day(s.at, item) == today]
    cancels = kinds.count("cancel")
    return len(kinds) - max(0, cancels - 1)


def _uncapped(box: Box, log: list[Sent], item: Item, now: datetime) -> bool:
    """The day of the first mail is not counted, nor a CANCEL beyond the first of a day."""
    first = box.first or now
    return _day(first, item) == _day(now, item) or (item.kind == "cancel" and _count(log, item, now, "cancel") > 0)
