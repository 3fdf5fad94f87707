"""The state of one partnership, as one immutable value.

What should happen next is `timetable`'s function of this value and the time; what an answer changes is `decide`'s.
All datetimes are aware and in UTC; dates are on the clock that the field names. Addresses are in lower case.
Everything is made of strings, numbers, dates, tuples, dicts with text keys and the dataclasses below, so that one
generic codec writes and reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tandem.core.agreement import Agreement, Person, School, Span

# What became of a meeting (the contract's words).
PLANNED, OPEN, HELD, MISSED, DISPUTED, UNCONFIRMED = "planned", "open", "held", "missed", "disputed", "unconfirmed"
CANCELLED, SKIPPED, UNSIGNED, PAUSED = "cancelled", "skipped", "unsigned", "paused"
FAILED = (MISSED, UNCONFIRMED, CANCELLED)  # met not, unless a catch-up makes it good
PASSED_OVER = (SKIPPED, PAUSED, UNSIGNED)  # counts neither way
NEEDS_ACTION = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Invitee:
    """One person's place at one meeting (RFC 5545 3.2.12). `stamp` and `answered` order the answers."""

    email: str
    partstat: str = NEEDS_ACTION
    answered_sequence: int = -1  # SEQUENCE of the newest answer
    answered_stamp: datetime | None = None  # its DTSTAMP
    invited_at: datetime | None = None  # when the newest REQUEST was decided
    off: bool = False  # taken off the meeting (has left); a CANCEL went out


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """What one person said about whether a meeting was held."""

    school: str
    email: str
    owner: bool
    held: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """A month's meeting, or a catch-up: `id` is the month ("2026-10") or the month and a number ("2026-10.c1")."""

    id: str
    month: str
    catch_up: bool
    anchor: str  # the school whose clock the hour is on
    rule_day: date | None  # on the anchor's calendar; None for a catch-up
    starts: datetime | None  # None where skipped
    minutes: int
    chair: str | None
    status: str = PLANNED
    why: str | None = None  # English, for the report, where moved, skipped or off
    reasons: tuple[dict[str, str], ...] = ()  # the same as values, to be said in any language: school, kind, text
    moved_from: date | None = None
    clock_change: bool = False
    sequence: int = 0
    timed: int = 0  # the SEQUENCE of its newest time: answers to an older one no longer count
    where: str | None = None
    phone: str | None = None
    invitees: tuple[Invitee, ...] = ()  # empty until the first invitations are decided
    reports: tuple[SchoolReport, ...] = ()
    agreed: bool = False  # people agreed this time: it stays unless its day closes
    decided_at: datetime | None = None  # when the present status was reached (found missed, called off, ...)
    asked_again_at: datetime | None = None  # the second check-in of a dispute
    listed: bool = False  # its agenda has been decided: items and actions are shown there
    held_until: datetime | None = None  # an update waits till then for a change that is to take effect by that time
    held: dict[str, Any] = field(default_factory=dict)  # its variant and facts: what stood before

    @property
    def ends(self) -> datetime | None:
        return self.starts + timedelta(minutes=self.minutes) if self.starts else None

    @property
    def invited(self) -> tuple[Invitee, ...]:
        return tuple(i for i in self.invitees if not i.off)

    def invitee(self, email: str) -> Invitee | None:
        return next((i for i in self.invitees if i.email == email), None)

    @property
    def stands(self) -> bool:
        """Does it (still) stand in calendars?"""
        return bool(self.invitees) and self.status not in (CANCELLED, PAUSED, SKIPPED, UNSIGNED)


@dataclass(frozen=True, slots=True)
class Offer:
    """Times put to owners, who answer with numbers: a catch-up, other times for a declined meeting, a counter-proposal.

    `cause`: missed | unconfirmed | cancelled (a month's window) | declined (other times for a meeting that stands) |
    counter (one owner's proposal, put to the other school) | asked (somebody wants to talk).
    """

    id: str
    cause: str
    month: str
    meeting: str | None  # the meeting's id that it is about; None where asked for
    opened: datetime
    closes: datetime  # the end of the window
    slots: tuple[datetime, ...]
    answers: dict[str, tuple[int, ...]] = field(default_factory=dict)  # by address: options, (0,) for none
    round: int = 1
    earlier: tuple[datetime, ...] = ()  # those of `slots` that were offered first, once others have been
    by: str | None = None  # who proposed or asked
    state: str = "open"  # open | agreed | declined | closed
    agreed: str | None = None  # the id of the meeting that came of it


@dataclass(frozen=True, slots=True)
class Action:
    id: str
    text: str
    owner: str | None
    due: date | None
    state: str  # open | done | dropped
    by: str
    school: str  # whose person wrote it
    at: datetime
    meeting: str | None = None  # the meeting whose agenda listed it first
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote that others are to read. `kind`: item | idea | feedback | notes | unclear | leader."""

    id: str
    kind: str
    text: str
    by: str
    school: str
    language: str
    at: datetime
    about: str | None = None  # the meeting's id that it was written about
    meeting: str | None = None  # the meeting whose agenda carried it


@dataclass(frozen=True, slots=True)
class Escalation:
    id: str
    opened: datetime
    level: int
    reason: str
    months: tuple[str, ...]
    to: tuple[str, ...]
    acknowledged: dict[str, datetime] = field(default_factory=dict)  # by school id
    resolved: datetime | None = None
    ended: datetime | None = None  # its repeats: by a newer one, a pause, a resolution
    leaders_meeting: datetime | None = None
    repeats: dict[str, int] = field(default_factory=dict)  # by school id: so many went out after the first
    last_sent: dict[str, date] = field(default_factory=dict)  # by school id, on its own calendar


@dataclass(frozen=True, slots=True)
class Pending:
    """Plain words that touch others, an hour before they take effect; NO removes them."""

    id: str
    kind: str  # cancel | pause | handover | change | file
    by: str
    due: datetime
    what: dict[str, Any]  # the command's fields, as JSON
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that concerns both schools and waits for the other one's yes."""

    id: str
    by: str
    school: str
    at: datetime
    changes: tuple[dict[str, Any], ...]  # as in `Pending.what`
    state: str = "open"  # open | agreed | declined


@dataclass(frozen=True, slots=True)
class Question:
    """What a notice asked of one person or of several, and what a yes does."""

    id: str
    kind: str  # was-you | successor
    to: tuple[str, ...]
    at: datetime
    what: dict[str, Any]
    state: str = "open"  # open | yes | no


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a receipt confirmed and a NO to it takes back: the value of what changed, as it was before."""

    id: str
    by: str
    at: datetime
    what: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Departure:
    """Who left, when, and who came; the leaver may still be written to for a day."""

    person: Person
    school: str
    at: datetime
    successor: str | None
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    since: datetime
    until: date  # the first day on again
    ends: datetime  # its midnight on the lead's clock
    by: str


@dataclass(frozen=True, slots=True)
class Partnership:
    agreement: Agreement  # as it now stands, amendments and people included; `review` is the date in force
    enrolled: datetime
    signed: dict[str, datetime] = field(default_factory=dict)  # by school id
    meetings: tuple[Meeting, ...] = ()  # months and catch-ups, by beginning
    offers: tuple[Offer, ...] = ()
    actions: tuple[Action, ...] = ()
    words: tuple[Words, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    pending: tuple[Pending, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    questions: tuple[Question, ...] = ()
    undoables: tuple[Undoable, ...] = ()
    departures: tuple[Departure, ...] = ()
    bounced: tuple[str, ...] = ()  # addresses to which nothing goes
    absences: dict[str, tuple[Span, ...]] = field(default_factory=dict)  # by address
    pauses: tuple[Pause, ...] = ()
    review_answers: dict[str, dict[str, Any]] = field(default_factory=dict)  # by school: go_on, by, leader, at
    renewals: tuple[date, ...] = ()  # the reviews that ended in two yeses
    ended: datetime | None = None  # nothing more is sent but a farewell
    last_words: dict[str, datetime] = field(default_factory=dict)  # by address: when the person last wrote
    attachments_told: tuple[str, ...] = ()  # who has been told that attachments are not passed on
    was_you_asked: dict[str, datetime] = field(default_factory=dict)  # by address: newest question
    done: dict[str, datetime] = field(default_factory=dict)  # the steps that have been taken, by key
    serial: int = 0  # counts decisions: what comes of one takes its ids from it
    version: int = 0  # of the stored row

    @property
    def id(self) -> str:
        return self.agreement.id

    @property
    def signed_at(self) -> datetime | None:
        """When the second school signed; None until both have."""
        if all(s.id in self.signed for s in self.agreement.schools):
            return max(self.signed[s.id] for s in self.agreement.schools)
        return None

    def meeting(self, meeting_id: str | None) -> Meeting | None:
        return next((m for m in self.meetings if m.id == meeting_id), None)

    def with_meeting(self, changed: Meeting) -> Partnership:
        """The same with that meeting in place of the one of its id, or added; by beginning, then id."""
        kept = [m for m in self.meetings if m.id != changed.id]
        ordered = sorted([*kept, changed], key=lambda m: (m.month, m.catch_up, m.id))
        return replace(self, meetings=tuple(ordered))

    @property
    def monthly(self) -> tuple[Meeting, ...]:
        return tuple(m for m in self.meetings if not m.catch_up)

    def of_month(self, month: str) -> tuple[Meeting, ...]:
        return tuple(m for m in self.meetings if m.month == month)

    def met(self, month: str) -> bool:
        return any(m.status == HELD for m in self.of_month(month))

    def pause_at(self, now: datetime) -> Pause | None:
        return next((p for p in self.pauses if p.since <= now < p.ends), None)

    def absent(self, email: str, day: date) -> bool:
        return any(day in span for span in self.absences.get(email.lower(), ()))

    def reachable(self, person: Person) -> bool:
        return person.key not in self.bounced

    def find(self, address: str) -> tuple[School, Person] | None:
        """A person of today's agreement, or one who left."""
        found = self.agreement.find(address)
        if found:
            return found
        wanted = address.lower()
        for gone in self.departures:
            if gone.person.key == wanted:
                return self.agreement.school(gone.school), gone.person
        return None
