"""A mail as a value: its kind, whom it goes to, and the facts that no state will tell later.

A message is decided with the state and written in the same transaction; its words are made when it is delivered,
from these facts and the state as it is then. `facts` holds JSON only: datetimes as RFC 3339 text in UTC, dates as
ISO 8601 text. The id follows from what caused it (partnership, number of the decision, number in it), so that the
same cause never gives two.

VARIANTS names every variant of every kind, with the facts that it carries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

KINDS = (
    "agreement", "invite", "update", "cancel", "agenda", "reminder", "check-in", "nudge", "catch-up", "receipt",
    "escalation", "back-on-track", "digest", "handover", "review", "help", "notice",
)  # fmt: skip

# Nobody waits for these: they leave between 07:00 and 19:00 on the reader's clock.
POLITE = frozenset({
    "agreement", "invite", "agenda", "reminder", "digest", "escalation", "back-on-track", "review", "notice",
})  # fmt: skip
CALENDAR = {"invite": "REQUEST", "update": "REQUEST", "cancel": "CANCEL"}

# kind -> variant -> facts. A trailing "?" marks what may be absent.
VARIANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "agreement": {
        "first": (),  # the whole agreement; asks for a signature
        "reminder": ("number",),  # to a school that has not signed: leads, at the third and sixth its leaders
        "partner": ("number",),  # the same weeks, to the other school's leads: says only that a signature is awaited
        "amendment": ("proposal", "changes", "from?"),  # asks the other school; changes: [{field, old, new, ...}]
        "amended": ("changes", "from?"),  # what now holds, to owners and leaders of both
    },
    "invite": {
        "next": (),  # a monthly meeting, first or one more
        "catch-up": (),  # an agreed catch-up
        "newcomer": (),  # a meeting as it now stands, to who has just joined
    },
    "update": {
        # cause: counter | declined | closed | rule; several changes of one decision stand in one mail
        "moved": ("old_starts", "cause", "old_where?", "old_phone?", "sequence"),
        "place": ("old_where?", "old_phone?", "sequence"),
    },
    "cancel": {
        "called-off": (),
        "closed": (),  # its day closed and the month holds no other, or a new rule left none
        "paused": ("until",),
        "ended": (),  # the partnership ends before it
        "removed": (),  # this one person is taken off: no STATUS, no higher SEQUENCE
    },
    "agenda": {
        "monthly": (),  # starter agendas, months with pupils and the like follow from the state
        "catch-up": (),
    },
    "reminder": {"first": ()},
    "check-in": {"first": (), "again": ()},  # again: the two schools' answers differ
    "nudge": {"first": ()},
    "catch-up": {
        "offer": ("offer", "slots", "cause", "leaders_hear?", "months?"),  # after a miss, a silence, a call-off
        "again": ("offer", "slots", "cause", "leaders_hear?", "months?"),  # none was common: other slots, once
        "no-slot": ("cause", "leaders_hear?", "months?"),  # the window holds none
        "declined": ("offer", "slots"),  # every owner of a school has declined: other times for that meeting
        "counter": ("offer", "starts", "slots", "by_name", "by_school"),  # put to the other school: yes or no
        "asked": ("offer", "slots", "by_name", "by_school"),  # somebody asks to talk
    },
    "receipt": {
        # items: [{"what": command kind, ...what was understood}], each said in a sentence; `undo` tells whether NO
        # takes it back; `effective` (a time) where it takes effect only after the hour.
        "said": ("items", "undo", "effective?", "pending?", "undoable?", "attachments?"),
        "undone": ("items",),
        "too-late": ("items", "catch_up"),  # NO to what can't be taken back: points to what was offered
        "not-yours": ("items", "who"),  # understood, but the sender may not say it; who may: owner | lead | leader ...
        "not-signed": (),  # before both schools have signed
        "status": (),  # the answer to `status`: the same pack as a hand-over's
        "worry": ("contact_name?", "contact_email?"),  # the mailbox is not watched; whom to call
        "waiting": ("items",),  # put to the other school, or to who must agree first
        "attachments": (),  # not passed on; the partner's address
        "cannot": ("items", "reason"),  # past | began | closed | far | unknown | twice | full
        "ask-back": ("offer", "slots"),  # a yes to several slots: which one?
    },
    "escalation": {
        "leaders": ("escalation", "level", "months", "repeat", "leaders_meeting?"),
        "copy": ("escalation", "level", "months", "leaders_meeting?"),  # to leads and deputies, from level 2
    },
    "back-on-track": {
        "resolved": ("months", "apology", "meeting?"),  # meeting: the held one's id; apology: a late yes
        "copy": ("months", "apology", "meeting?"),
    },
    "digest": {"monthly": ("month",)},
    "handover": {"pack": ("leaver_name", "leaver_email", "by_name?")},
    "review": {
        "ask": ("review",),
        "silence": ("review", "answered"),  # fourteen days before; answered: school ids
        "renewed": ("review", "until"),
        "farewell": ("review",),
        "ending": ("review",),  # a no: it ends on that day; to all leads and leaders, no school named
    },
    "help": {"unclear": ("text", "answers?", "reason?")},  # answers: the kind that the mail replied to
    "notice": {
        "skipped": ("month", "reasons"),
        "bounce": ("name", "email", "school"),
        "new-colleague": ("leaver_name?", "name", "email", "school", "role"),
        "left": ("name", "school"),  # without a successor
        "last-owner": ("name", "school"),  # wants to stop, stays until somebody is named
        "was-you": ("question", "address", "text"),  # asks yes or no
        "successor": ("question", "leaver_name", "name", "email"),  # asks a leader: may this person take over?
        "successor-declined": ("leaver_name", "name"),
        "counter-declined": ("starts",),  # the other school can't: the time stands
        "counter-member": ("starts", "by_name"),  # a member's proposal, to the own lead
        "proposal-declined": ("changes",),
        "worry": ("text", "by_name", "by_email"),
        "paused": ("until", "by_name", "by_school"),
        "invalid-file": ("lines",),
        "keeper-left": ("resources", "name"),  # [{what, where}]: who keeps it now?
        "resumed": (),
        "cancelled-rule": ("month",),
        "no-next-terms": ("months",),
    },
}


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    partnership: str
    kind: str
    variant: str
    to: str  # a person's address, lower case
    created: datetime
    month: str | None = None
    meeting: str | None = None  # a meeting's id
    facts: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None  # it may leave from then on
    not_after: datetime | None = None  # worthless afterwards: then it is sent earlier rather than later
    asks: bool = False  # does a bare yes or no answer it?
    near: bool = False  # concerns a meeting within three days: never waits for the daily cap
    name: str = ""  # of the recipient, where the agreement does not know the address


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of one step or command: the new state and the mails to send, in order."""

    state: Any  # Partnership
    messages: tuple[Message, ...] = ()


def uid(partnership: str, meeting_id: str, domain: str) -> str:
    """The UID of a meeting (RFC 5545 3.8.4.7): "2026-10.aire-nyanza@tandem.example", the same for ever."""
    return f"{meeting_id}.{partnership}@{domain}"


def meeting_of(uid_text: str) -> tuple[str, str] | None:
    """(partnership, meeting id) of a UID of ours; None for anything else."""
    local, _, _ = uid_text.rpartition("@")
    meeting_id, _, partnership = local.rpartition(".")
    return (partnership, meeting_id) if meeting_id and partnership else None
