"""A partnership of the standard pair to talk to: time by hand, one mail after the other, every decision looked at.

talk = Talk()                                    # enrolled and signed on 18 August 2026
talk.until(utc(2026, 10, 1))
said = talk.says(GRACE, said.Cancel("2026-10"))  # what was decided at once, in order
talk.replies(said[0], said.Undo())               # by who got it, as an answer to it
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from tandem.core import commands as said
from tandem.core import decide
from tandem.core.agreement import Agreement
from tandem.core.decide import Heard, Outcome
from tandem.core.messages import Message
from tandem.core.partnership import Meeting, Partnership
from tandem.wire.inbound import Itip
from tests.support.agreements import agreement
from tests.support.lives import Answer, Life, utc

AISHA, TOM, RUTH, ZOE = (f"{n}@airedale.example" for n in ("a.khan", "t.ellis", "r.shaw", "z.okafor"))
GRACE, JOSEPH, MARY, PETER = (f"{n}@nyanza.example" for n in ("g.achieng", "j.otieno", "m.wanjiru", "p.ouma"))
AIRE, NYANZA = (AISHA, TOM, RUTH, ZOE), (GRACE, JOSEPH, MARY, PETER)
EVERYBODY = (*AIRE, *NYANZA)
OWNERS, LEADERS, MEMBERS = (AISHA, TOM, GRACE, JOSEPH), (RUTH, MARY), (ZOE, PETER)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def nobody(life: Life, message: Message) -> Iterable[Answer]:
    return ()


def in_october(person: Any = nobody) -> Talk:
    """The morning of 1 October, the first meeting over; each test gets its own, from one that was lived once."""
    return _lived(utc(2026, 10, 1, 9), person).fork()


def lived_until(at: datetime, person: Any) -> Talk:
    return _lived(at, person).fork()


@cache
def _lived(at: datetime, person: Any) -> Talk:
    talk = Talk(person=person)
    talk.until(at)
    return talk


class Talk:
    def __init__(
        self, pair: Agreement | None = None, at: datetime | None = None, *, signed: bool = True, person: Any = nobody
    ) -> None:
        self.life = Life(pair or agreement(), person, at or utc(2026, 8, 18, 9))
        self.outcome: Outcome | None = None
        if signed:
            self.says(AISHA, said.Sign())
            self.says(GRACE, said.Sign())

    def fork(self) -> Talk:
        """The same partnership as it stands, to be talked to apart: many tests share their beginnings."""
        other = copy(self)
        other.life = self.life.fork()
        return other

    # -- what is so

    @property
    def now(self) -> datetime:
        return self.life.now

    @property
    def state(self) -> Partnership:
        return self.life.state

    @property
    def agreement(self) -> Agreement:
        return self.life.state.agreement

    def meeting(self, meeting_id: str) -> Meeting:
        found = self.state.meeting(meeting_id)
        assert found is not None, meeting_id
        return found

    def partstat(self, meeting_id: str, email: str) -> str:
        place = self.meeting(meeting_id).invitee(email)
        assert place is not None
        return place.partstat

    # -- mails that went

    def mails(self, kind: str | None = None, variant: str | None = None, to: str | None = None) -> list[Message]:
        return [
            m for m in self.life.mails if kind in (None, m.kind) and variant in (None, m.variant) and to in (None, m.to)
        ]

    def newest(self, kind: str, to: str, variant: str | None = None, meeting: str | None = None) -> Message:
        return [m for m in self.mails(kind, variant, to) if meeting in (None, m.meeting)][-1]

    # -- what happens

    def until(self, at: datetime) -> list[Message]:
        """Lives on, what is due at that very moment included; what went in that time."""
        before = len(self.life.mails)
        self.life.run(at + timedelta(microseconds=1))
        self.life.now = at
        return self.life.mails[before:]

    def wait(self, span: timedelta) -> list[Message]:
        return self.until(self.now + span)

    def says(self, sender: str, *commands: said.Command, to: Message | None = None, **heard: Any) -> list[Message]:
        """One mail, now; what went because of it."""
        before = len(self.life.mails)
        heard.setdefault("meeting", to.meeting if to else None)
        mail = Heard(sender, tuple(commands), answers=to, **heard)
        self.outcome = decide.hear(self.state, mail, self.now)
        self.life.take(self.outcome)
        return self.life.mails[before:]

    def replies(self, to: Message, *commands: said.Command, **heard: Any) -> list[Message]:
        return self.says(to.to, *commands, to=to, **heard)

    def presses(
        self, sender: str, meeting: str, partstat: str, sequence: int = 0, stamp: datetime | None = None
    ) -> str:
        """A button: what became of the mail."""
        itip = Itip("REPLY", "uid", sender, partstat, sequence, stamp or self.now, None)
        self.says(sender, said.Rsvp(meeting[:7], partstat), meeting=meeting, itip=(itip,))
        assert self.outcome is not None
        return self.outcome.outcome

    def bounces(self, email: str) -> list[Message]:
        before = len(self.life.mails)
        self.life.take(decide.unreachable(self.state, email, self.now))
        return self.life.mails[before:]

    def file(self, new: Agreement) -> list[Message]:
        before = len(self.life.mails)
        self.life.take(decide.amend(self.state, new, self.now))
        return self.life.mails[before:]


def kinds(mails: Iterable[Message]) -> list[tuple[str, str]]:
    return [(m.kind, m.variant) for m in mails]


def readers(mails: Iterable[Message], kind: str | None = None, variant: str | None = None) -> list[str]:
    return sorted(m.to for m in mails if kind in (None, m.kind) and variant in (None, m.variant))


def receipt(mails: Iterable[Message]) -> Message:
    """The one receipt among them."""
    found = [m for m in mails if m.kind == "receipt"]
    assert len(found) == 1, kinds(mails)
    return found[0]


def without(pair: Agreement, *emails: str) -> Agreement:
    """The same agreement without those people."""
    for school in pair.schools:
        pair = pair.with_school(replace(school, people=tuple(p for p in school.people if p.key not in emails)))
    return pair
