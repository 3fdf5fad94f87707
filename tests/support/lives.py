"""A partnership's life on the pure core: decisions alone, without words, postboxes or AWS.

Time leaps from due step to due step; people answer messages as values. What they do is a function from a message to
commands, so that thousands of years fit into a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tandem.core import commands as said
from tandem.core import decide
from tandem.core.agreement import Agreement
from tandem.core.decide import Heard
from tandem.core.messages import Decision, Message
from tandem.core.partnership import Partnership
from tandem.core.timetable import next_due
from tandem.core.wanted import put_off, wanted

Answer = tuple[timedelta, tuple[said.Command, ...]]
Person = Callable[["Life", Message], Iterable[Answer]]


@dataclass
class Life:
    agreement: Agreement
    person: Person
    now: datetime
    state: Partnership = field(init=False)
    mails: list[Message] = field(default_factory=list)
    queue: list[tuple[datetime, int, Heard]] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)  # decided, but not to leave yet
    decided: list[Message] = field(default_factory=list)  # all of them, wanted or not
    seen: int = 0

    def __post_init__(self) -> None:
        first = decide.enrol(self.agreement, self.now)
        self.state = first.state
        self.take(first)

    def fork(self, person: Person | None = None) -> Life:
        """The same life as it stands, to be lived on apart: many lives share their beginnings."""
        other = copy(self)
        other.person = person or self.person
        other.mails, other.queue = list(self.mails), list(self.queue)
        other.waiting, other.decided = list(self.waiting), list(self.decided)
        return other

    def take(self, decision: Decision) -> None:
        self.state = decision.state
        self.decided += decision.messages
        self.waiting += decision.messages
        self.deliver()

    def deliver(self) -> None:
        """What may leave leaves, if it is still wanted; polite hours and caps apart."""
        ready = [m for m in self.waiting if m.not_before is None or m.not_before <= self.now]
        self.waiting = [m for m in self.waiting if m.not_before is not None and m.not_before > self.now]
        for message in ready:
            later = put_off(self.state, message, self.now)
            if later:
                self.waiting.append(replace(message, not_before=later))
            elif wanted(self.state, message, self.now):
                self.mails.append(message)
                for wait, commands in self.person(self, message):
                    self.write(self.now + wait, message.to, commands, message)

    def write(
        self, at: datetime, sender: str, commands: Iterable[said.Command], answers: Message | None = None
    ) -> None:
        self.seen += 1
        meeting = answers.meeting if answers else None
        self.queue.append((at, self.seen, Heard(sender, tuple(commands), answers=answers, meeting=meeting)))
        self.queue.sort(key=lambda entry: entry[:2])

    def run(self, until: datetime) -> Life:
        for _ in range(20_000):
            due = next_due(self.state)
            heard = self.queue[0] if self.queue else None
            leaves = min((m.not_before for m in self.waiting if m.not_before), default=None)
            at = min((t for t in (due, heard[0] if heard else None, leaves) if t), default=None)
            if at is None or at >= until:
                self.now = until
                return self
            self.now = max(self.now, at)
            if leaves and leaves <= self.now:
                self.deliver()
                continue
            if heard and heard[0] <= self.now and (due is None or heard[0] <= due):
                self.queue.pop(0)
                self.take(decide.hear(self.state, heard[2], self.now))
            else:
                self.take(decide.run_due(self.state, self.now))
        raise AssertionError("a life that never ends")

    def kinds(self) -> dict[str, int]:
        out: dict[str, int] = {}
        for mail in self.mails:
            out[mail.kind] = out.get(mail.kind, 0) + 1
        return out

    def of(self, *kinds: str) -> list[Message]:
        return [m for m in self.mails if m.kind in kinds]

    def statuses(self) -> dict[str, str]:
        return {m.id: m.status for m in self.state.meetings}


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def helpful(life: Life, message: Message) -> Iterable[Answer]:
    """Signs, accepts, says yes: the happy year."""
    found = life.state.agreement.find(message.to)
    if found is None:
        return
    hour = timedelta(hours=2)
    if message.kind == "agreement" and message.asks and found[1].role == "lead":
        yield hour, (said.Sign(),)
    elif message.kind in ("invite", "update") and message.asks:
        yield hour, (said.Rsvp(message.month, "ACCEPTED"),)
    elif message.kind == "check-in":
        meeting = life.state.meeting(message.meeting)
        assert meeting is not None
        if found[0].id == meeting.chair and found[1].role == "lead":
            yield hour, (said.Report(message.month, True),)
    elif message.kind == "review" and message.asks and found[1].role == "lead":
        yield hour, (said.Review(True),)
