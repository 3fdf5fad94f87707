"""One decision in the making: the state as it changes, and the mails that come of it, in order.

A decision is a pure function from a state to a state and mails. Inside it several rules follow on one another (a miss
offers a catch-up, which brings a mail, which...): they share this draft, which never leaves `decide`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tandem.core import zones
from tandem.core.agreement import Agreement, Person, School
from tandem.core.calendar import first_of, month_after
from tandem.core.messages import POLITE, Decision, Message
from tandem.core.partnership import (
    CANCELLED,
    FAILED,
    HELD,
    PASSED_OVER,
    PAUSED,
    PLANNED,
    Meeting,
    Offer,
    Partnership,
    Undoable,
)

NEAR = timedelta(days=3)
HOUR = timedelta(hours=1)
_OF_MEETINGS = ("where", "phone", "closed", "term")  # changes that may bring an update when they take effect
POLITE_FROM, POLITE_TO = 7 * 60, 19 * 60  # minutes after midnight on the reader's clock
KINDS_IN_A_PAUSE = frozenset({"digest", "review", "receipt", "help", "notice", "cancel"})
PUT_OFF = frozenset({"agreement", "update", "invite", "handover", "back-on-track"})  # a pause only puts these off


def stamp(instant: datetime) -> str:
    return instant.isoformat()


def leaves_at(now: datetime, zone: str) -> datetime:
    """When a mail that nobody waits for leaves: now, or at the next 07:00 on that clock."""
    local = zones.local(now, zone)
    minutes = local.hour * 60 + local.minute
    if POLITE_FROM <= minutes < POLITE_TO:
        return now
    day = local.date() if minutes < POLITE_FROM else local.date() + timedelta(days=1)
    return zones.instant(day, POLITE_FROM, zone)


class Draft:
    """`state` is replaced as the rules go along; `mails` grows."""

    def __init__(self, state: Partnership, now: datetime) -> None:
        self.state = replace(state, serial=state.serial + 1)
        self.now = now
        self.mails: list[Message] = []
        self._ids = 0
        self._mails = 0

    # -- the result

    def decision(self) -> Decision:
        return Decision(self.state, tuple(self.mails))

    # -- reading

    @property
    def agreement(self) -> Agreement:
        return self.state.agreement

    def today(self, school_id: str) -> date:
        return zones.local(self.now, self.agreement.school(school_id).timezone).date()

    def meeting(self, meeting_id: str) -> Meeting:
        found = self.state.meeting(meeting_id)
        if found is None:
            raise KeyError(meeting_id)
        return found

    def owners(self, *, but: str | None = None) -> list[Person]:
        return [p for s in self.agreement.schools for p in s.owners if p.key != but]

    def leaders(self, school_id: str | None = None) -> list[Person]:
        return [p for s in self.agreement.schools if school_id in (None, s.id) for p in s.leaders]

    # -- writing

    def update(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    def put(self, meeting: Meeting) -> Meeting:
        self.state = self.state.with_meeting(meeting)
        return meeting

    def mark(self, key: str) -> None:
        self.state = replace(self.state, done={**self.state.done, key: self.now})

    def new_id(self, prefix: str) -> str:
        """An id that follows from what caused it: the decision's number and a count in it."""
        self._ids += 1
        return f"{prefix}{self.state.serial}.{self._ids}"

    def undoable(self, by: str, what: dict[str, Any]) -> str:
        """Remembers how things were, for ninety days or the newest two hundred, and gives its id."""
        entry = Undoable(self.new_id("u"), by, self.now, what)
        kept = [u for u in self.state.undoables if self.now - u.at <= timedelta(days=90)][-199:]
        self.update(undoables=(*kept, entry))
        return entry.id

    # -- mails

    def mail(
        self,
        kind: str,
        variant: str,
        to: Iterable[Person | str],
        *,
        meeting: Meeting | None = None,
        month: str | None = None,
        facts: dict[str, Any] | None = None,
        asks: bool = False,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        name: str = "",
    ) -> None:
        """One mail to each of those people, once, in that order; none to whom nothing can be sent."""
        if self.state.pause_at(self.now) and kind not in KINDS_IN_A_PAUSE | PUT_OFF:
            return
        starts = meeting.starts if meeting else None
        near = starts is not None and abs(starts - self.now) <= NEAR
        facts = dict(facts or {})
        if kind == "update" and meeting:
            variant, facts, wait = self._one_update(meeting, variant, facts)
            not_before = not_before or wait
        seen: set[str] = set()
        for person in to:
            address = person if isinstance(person, str) else person.key
            if address in seen or address in self.state.bounced:
                continue
            seen.add(address)
            self.mails.append(
                Message(
                    id=f"{self.state.id}.{self.state.serial}.{self._number()}",
                    partnership=self.state.id,
                    kind=kind,
                    variant=variant,
                    to=address,
                    created=self.now,
                    month=meeting.month if meeting else month,
                    meeting=meeting.id if meeting else None,
                    facts=facts,
                    not_before=not_before,
                    not_after=not_after or (starts if kind in ("invite", "update", "agenda", "reminder") else None),
                    asks=asks,
                    near=near,
                    name=name or ("" if isinstance(person, str) else person.name),
                )
            )

    def _number(self) -> int:
        self._mails += 1
        return self._mails

    def _one_update(
        self, meeting: Meeting, variant: str, facts: dict[str, Any]
    ) -> tuple[str, dict[str, Any], datetime | None]:
        """Several changes to one meeting go in one mail: it says what stood before the first of them.

        Those of one decision; and where another change is to take effect within the hour, the mail waits for it, unless
        the meeting is near. Gives variant, facts, and when it may leave.
        """
        earlier = [m for m in self.mails if m.kind == "update" and m.meeting == meeting.id]
        self.mails = [m for m in self.mails if m not in earlier]
        before = [{**m.facts, "variant": m.variant} for m in earlier]
        if not before and meeting.held_until and self.now <= meeting.held_until:
            before = [meeting.held]
        for known in before:
            facts = {**facts, **{k: v for k, v in known.items() if k.startswith("old_") or k == "cause"}}
            variant = "moved" if "moved" in (known["variant"], variant) else variant
        wait = self._change_to_come(meeting, facts)
        self.put(replace(meeting, held_until=wait, held={**facts, "variant": variant} if wait else {}))
        return variant, {**facts, "sequence": meeting.sequence}, wait

    def _change_to_come(self, meeting: Meeting, facts: dict[str, Any]) -> datetime | None:
        """A while after the last change to meetings that takes effect within the hour; None where none does."""
        starts = [meeting.starts, datetime.fromisoformat(facts["old_starts"]) if facts.get("old_starts") else None]
        if any(at is not None and at - self.now <= NEAR + HOUR for at in starts):
            return None
        coming = [
            p.due
            for p in self.state.pending
            if p.what.get("field") in _OF_MEETINGS and self.now < p.due <= self.now + HOUR
        ]
        return max(coming) + HOUR / 2 if coming else None

    def leaves(self, kind: str, school: School, person: Person) -> datetime:
        """When a mail decided now is expected to leave, the daily cap apart."""
        return leaves_at(self.now, self.agreement.timezone_of(school, person)) if kind in POLITE else self.now


# -- what several rules ask of a state


def participants(state: Partnership) -> list[Person]:
    """Who is invited: everyone but the leaders, the first-named school first."""
    return [p for s in state.agreement.schools for p in s.participants]


def coming(state: Partnership, now: datetime) -> list[Meeting]:
    """The meetings that stand in calendars and have not begun, the next first."""
    return sorted((m for m in state.meetings if m.stands and m.starts and m.starts > now), key=lambda m: m.starts)  # type: ignore[arg-type, return-value]


def next_monthly(state: Partnership, month: str) -> datetime | None:
    """When the first monthly meeting after that month begins, skipped and passed-over ones apart."""
    return min(
        (m.starts for m in state.monthly if m.month > month and m.starts and m.status not in PASSED_OVER), default=None
    )


def window_closes(state: Partnership, offer: Offer) -> datetime:
    """When an offer's window closes: as it was told, or when the next monthly meeting has come to begin before."""
    following = next_monthly(state, offer.month) if offer.cause in FAILED else None
    return min(offer.closes, following) if following else offer.closes


def not_met_since(state: Partnership, month: str) -> datetime | None:
    """Since when a month counts as not met; None while it is met, passed over or may still be made good.

    Not met is what was missed, unconfirmed or called off once its window has closed and no catch-up of the month is
    still to come or to be decided. A catch-up that a pause took away closes the window as the pause closes an open one.
    """
    monthly = next((m for m in state.monthly if m.month == month), None)
    if monthly is None or monthly.status not in FAILED:
        return None
    ended = []
    for meeting in state.of_month(month):
        if meeting.catch_up:
            if meeting.status not in (*FAILED, PAUSED):
                return None
            ended.append(meeting.decided_at or state.enrolled)
    for offer in state.offers:
        if offer.meeting == monthly.id and offer.cause in FAILED:
            if offer.state == "open":
                return None
            if offer.state == "closed":
                ended.append(offer.closes)
    return max(ended, default=None)


def run_of_months(state: Partnership) -> tuple[str, ...]:
    """The unbroken months not met that end with the newest month that has been decided."""
    months: list[str] = []
    for meeting in reversed(state.monthly):
        if meeting.status in PASSED_OVER:
            continue
        if not_met_since(state, meeting.month) is not None:
            months.append(meeting.month)
        elif months or meeting.status == HELD or state.met(meeting.month):
            break
    return tuple(reversed(months))


def run_to_come(state: Partnership, month: str) -> tuple[str, ...]:
    """The months that would be an unbroken run, not met, if nothing came of that month nor of what is still open."""
    months = [month]
    for meeting in reversed(state.monthly):
        if meeting.month >= month or meeting.status in PASSED_OVER:
            continue
        if meeting.status not in FAILED or state.met(meeting.month):
            break
        months.append(meeting.month)
    return tuple(reversed(months))


def month_end(state: Partnership, month: str, zone: str) -> datetime:
    return zones.instant(first_of(month_after(month)), 0, zone)


def off(meeting: Meeting) -> bool:
    return meeting.status in (CANCELLED, PAUSED)


def is_planned(meeting: Meeting) -> bool:
    return meeting.status == PLANNED and meeting.starts is not None
