"""What people say, as values: the kinds of the contract's section 4, one dataclass each.

A command says what was said, not whether the sender may say it: `tandem.core.decide` judges that.
`meeting` is a month ("2026-10"), or None where the mail was about no meeting that could be told.
Datetimes are aware; dates are plain. `as_json()` gives the mapping that `tandem read --json` prints, `kind` first.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Command:
    kind: ClassVar[str]

    def as_json(self) -> dict[str, Any]:
        """The contract's mapping: `from_` is printed as `from`, dates and times as ISO 8601 / RFC 3339 text."""
        out: dict[str, Any] = {"kind": self.kind}
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, datetime | date):
                value = value.isoformat()
            elif isinstance(value, tuple):
                value = dict(value)
            out[f.name.rstrip("_")] = value
        return out


@dataclass(frozen=True, slots=True)
class Rsvp(Command):
    kind = "rsvp"
    meeting: str | None
    partstat: str  # ACCEPTED | DECLINED | TENTATIVE
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Counter(Command):
    kind = "counter"
    meeting: str | None
    starts: datetime


@dataclass(frozen=True, slots=True)
class Report(Command):
    kind = "report"
    meeting: str | None
    held: bool
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    kind = "cancel"
    meeting: str | None


@dataclass(frozen=True, slots=True)
class AgendaItem(Command):
    kind = "agenda-item"
    text: str


@dataclass(frozen=True, slots=True)
class Action(Command):
    kind = "action"
    text: str
    owner: str | None = None  # email
    due: date | None = None


@dataclass(frozen=True, slots=True)
class ActionDone(Command):
    kind = "action-done"
    text: str
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Choose(Command):
    kind = "choose"
    option: int  # from 1; 0 none of these; -1 any of them


@dataclass(frozen=True, slots=True)
class Acknowledge(Command):
    kind = "acknowledge"


@dataclass(frozen=True, slots=True)
class Sign(Command):
    kind = "sign"


@dataclass(frozen=True, slots=True)
class Confirm(Command):
    kind = "confirm"
    yes: bool


@dataclass(frozen=True, slots=True)
class Handover(Command):
    kind = "handover"
    who: str  # email of the leaver
    to: tuple[tuple[str, str], ...]  # (("name", ...), ("email", ...))

    @property
    def successor(self) -> tuple[str, str]:
        """(name, email)."""
        pairs = dict(self.to)
        return pairs["name"], pairs["email"]


@dataclass(frozen=True, slots=True)
class Absence(Command):
    kind = "absence"
    from_: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Closed(Command):
    kind = "closed"
    from_: date
    until: date
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Meet(Command):
    kind = "meet"
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Change(Command):
    """`value` is text for where, phone, objective and language; else a mapping as pairs, with the fields of the
    agreement file (person: name, email, role...; term: from, to; milestone: due, what...; resource: what, where,
    keeper; meeting: every, at, anchor...)."""

    kind = "change"
    field: str
    value: str | tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pause(Command):
    kind = "pause"
    until: date


@dataclass(frozen=True, slots=True)
class Feedback(Command):
    kind = "feedback"
    text: str


@dataclass(frozen=True, slots=True)
class Idea(Command):
    kind = "idea"
    text: str


@dataclass(frozen=True, slots=True)
class Safeguarding(Command):
    kind = "safeguarding"
    text: str


@dataclass(frozen=True, slots=True)
class Review(Command):
    kind = "review"
    go_on: bool


@dataclass(frozen=True, slots=True)
class Undo(Command):
    kind = "undo"


@dataclass(frozen=True, slots=True)
class Status(Command):
    kind = "status"


@dataclass(frozen=True, slots=True)
class Help(Command):
    kind = "help"


@dataclass(frozen=True, slots=True)
class Stop(Command):
    kind = "stop"


@dataclass(frozen=True, slots=True)
class Unclear(Command):
    kind = "unclear"
    text: str


COMMANDS: tuple[type[Command], ...] = (
    Rsvp, Counter, Report, Cancel, AgendaItem, Action, ActionDone, Choose, Acknowledge, Sign, Confirm, Handover,
    Absence, Closed, Meet, Change, Pause, Feedback, Idea, Safeguarding, Review, Undo, Status, Help, Stop, Unclear,
)  # fmt: skip
