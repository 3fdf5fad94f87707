"""One mail being taken in: who says it, what it answers, and what is told back.

`Ear` is what every room of the house that hears shares: `hear_meetings`, `hear_words`, `hear_people`,
`hear_agreement` and `undoing` each hold the functions of some commands, and `hear` leads through a mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tandem.core import commands as said
from tandem.core import pending
from tandem.core.agreement import LEADER, Person, School
from tandem.core.draft import Draft, coming, stamp
from tandem.core.messages import Message
from tandem.core.partnership import Meeting, Words
from tandem.core.reports import CAN_BE_REPORTED


@dataclass(frozen=True, slots=True)
class Heard:
    """An accepted mail. `answers` is the mail that it replies to; `meeting` the id of the meeting that it is about."""

    sender: str
    commands: tuple[said.Command, ...]
    itip: tuple[Any, ...] = ()  # `wire.inbound.Itip` values
    answers: Message | None = None
    meeting: str | None = None
    text: str = ""
    chat: str = ""
    attachments: bool = False
    inbound_id: str = ""


def is_stale(draft: Draft, heard: Heard) -> bool:
    """Whether a button's answer is older than one already seen from that person, or about a time that is no more."""
    meeting = draft.state.meeting(heard.meeting)
    found = draft.agreement.find(heard.sender)
    place = meeting.invitee(found[1].key) if meeting and found else None
    if meeting is None or place is None:
        return False
    for itip in heard.itip:
        if itip.sequence < meeting.timed or itip.sequence < place.answered_sequence:
            return True
        if (
            itip.sequence == place.answered_sequence
            and itip.dtstamp is not None
            and place.answered_stamp is not None
            and itip.dtstamp < place.answered_stamp
        ):
            return True
    return False


MOST_LETTERS = 4000  # of what one person writes for the others: a state has room for a year of it


class Ear:
    """`items` are told back in one receipt; `inverse` is what a NO to it takes back."""

    def __init__(self, draft: Draft, heard: Heard, school: School, person: Person) -> None:
        self.draft, self.heard, self.school, self.person = draft, heard, school, person
        self.items: list[dict[str, Any]] = []
        self.inverse: list[dict[str, Any]] = []
        self.replay: list[str] = []

    # -- who speaks

    @property
    def by_button(self) -> bool:
        return bool(self.heard.itip)

    @property
    def is_owner(self) -> bool:
        return self.person.is_owner

    @property
    def leads_school(self) -> bool:
        """May answer what a leader would."""
        return any(p.key == self.person.key for p in self.school.leaders)

    @property
    def may_change(self) -> bool:
        """Owners and leaders call off, change, and ask for a meeting."""
        return self.is_owner or self.person.role == LEADER

    @property
    def worried(self) -> bool:
        """The mail holds a worry about a child: none of its own words may be kept anywhere."""
        return any(isinstance(c, said.Safeguarding) for c in self.heard.commands)

    # -- what is told back

    def say(self, what: str, **facts: Any) -> None:
        """One sentence of the receipt that comes at the end of the mail."""
        self.items.append({"what": what, **facts})

    def receipt(self, variant: str, facts: dict[str, Any], *, asks: bool = False) -> None:
        meeting = self.draft.state.meeting(self.heard.meeting)
        month = self.heard.answers.month if self.heard.answers else None
        self.draft.mail("receipt", variant, [self.person], meeting=meeting, month=month, facts=facts, asks=asks)

    def refuse(self, who: str, what: str, **facts: Any) -> None:
        """The sender may not say that; `who` may."""
        self.receipt("not-yours", {"items": [{"what": what, **facts}], "who": who})

    def cannot(self, reason: str, what: str, **facts: Any) -> None:
        """It can't be done: past | began | closed | far | unknown | twice | full."""
        self.receipt("cannot", {"items": [{"what": what, **facts}], "reason": reason})

    def waiting(self, who: str, what: str, **facts: Any) -> None:
        """It has been put to somebody else: lead | partner."""
        self.receipt("waiting", {"items": [{"what": what, **facts}], "who": who})

    def wait(self, kind: str, what: dict[str, Any], item: dict[str, Any]) -> None:
        """Takes effect an hour later; its receipt stands alone and says so."""
        waiting = pending.add(self.draft, kind, self.person.key, what)
        facts = {"items": [item], "undo": True, "effective": stamp(waiting.due), "pending": waiting.id}
        meeting = self.draft.state.meeting(what.get("meeting") or self.heard.meeting)
        self.draft.mail("receipt", "said", [self.person], meeting=meeting, facts=facts, asks=True)

    # -- what is kept

    def keep_words(self, kind: str, text: str, about: str | None = None) -> str:
        """Words for the others to read; gives their id."""
        words = Words(
            id=self.draft.new_id("t"),
            kind=kind,
            text=text.strip()[:MOST_LETTERS],
            by=self.person.key,
            school=self.school.id,
            language=self.draft.agreement.language_of(self.school, self.person),
            at=self.draft.now,
            about=about,
        )
        self.draft.update(words=(*self.draft.state.words, words))
        return words.id

    def not_understood(self, text: str | None = None) -> None:
        """Asks back, and keeps the words for the leads of the sender's own school: the mail's, where none are given.

        Where the mail holds a worry about a child nothing is kept: which of its words are that worry, nobody knows.
        """
        words = "" if self.worried else (self.heard.text if text is None else text)
        if words.strip():
            self.keep_words("leader" if self.person.role == LEADER else "unclear", words)
        kind = self.heard.answers.kind if self.heard.answers else None
        meeting = self.draft.state.meeting(self.heard.meeting)
        self.draft.mail("help", "unclear", [self.person], meeting=meeting, facts={"text": words, "answers": kind})

    # -- which meeting is meant

    def about(self, month: str | None) -> Meeting | None:
        """The meeting that the mail answers, unless its words name another month."""
        meeting = self.draft.state.meeting(self.heard.meeting)
        return meeting if meeting and month in (None, meeting.month) else None

    def coming(self, month: str | None) -> Meeting | None:
        """The meeting ahead that the words mean."""
        about = self.about(month)
        if about:
            return about
        ahead = [m for m in coming(self.draft.state, self.draft.now) if month in (None, m.month)]
        return ahead[0] if ahead else None

    def been(self, month: str | None) -> Meeting | None:
        """The meeting behind that the words mean."""
        now = self.draft.now

        def told(meeting: Meeting) -> bool:
            return meeting.starts is not None and meeting.starts <= now and meeting.status in CAN_BE_REPORTED

        about = self.about(month)
        if about and told(about):
            return about
        behind = [m for m in self.draft.state.meetings if told(m) and month in (None, m.month)]
        return max(behind, key=lambda m: m.starts or now, default=None)


def instant(text: str) -> datetime:
    """A time as facts hold it."""
    return datetime.fromisoformat(text)
