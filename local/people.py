"""The people of a simulated run: they read the mails that they get, and answer as the story says.

What they know is what stands in their mails: whom to answer, which meeting is which in their calendar, whether its time
has changed. What a stage direction would tell an actor comes from the run: which of a school's people speaks for it.
Each reacts within the same day, after the mail, by the clock on their own wall.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from local import clients
from local.clients import Letter, Writer
from local.story import Month, RawMail, Story
from local.world import SentMail
from tandem.core import zones
from tandem.core.agreement import LEAD, Person, School
from tandem.core.partnership import Meeting, Partnership

# A bare word in every language in which mails come.
YES = {
    "en": "Yes", "fr": "Oui", "es": "Sí", "pt": "Sim", "de": "Ja", "sw": "Ndiyo", "hi": "हाँ", "ar": "نعم", "zh": "是",
    "ja": "はい",
}  # fmt: skip
NO = {
    "en": "No", "fr": "Non", "es": "No", "pt": "Não", "de": "Nein", "sw": "Hapana", "hi": "नहीं", "ar": "لا", "zh": "否",
    "ja": "いいえ",
}  # fmt: skip
PARTSTAT = {"accept": "ACCEPTED", "decline": "DECLINED", "tentative": "TENTATIVE"}
WAKES, RESTS = 7 * 60 + 10, 21 * 60 + 30  # minutes after midnight: between them people answer in their own time
OFFERS = ("offer", "again", "declined", "asked")  # variants of catch-up that are answered with numbers


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail that a person sends: when, and its octets."""

    at: datetime
    sender: str
    raw: bytes


@dataclass(slots=True)
class People:
    story: Story
    state: Callable[[str], Partnership]
    _calendars: dict[str, dict[str, str]] = field(default_factory=dict)  # by person and UID: the newest DTSTART line
    _mails: list[SentMail] = field(default_factory=list)  # everyone's, the newest last

    def got(self, mail: SentMail) -> list[Answer]:
        """What that mail makes its reader do."""
        letter = mail.letter
        self._mails.append(mail)
        retimed = _keep(self._calendars.setdefault(mail.to, {}), letter)
        if mail.kind in ("receipt", "help", "digest", "agenda", "notice", "cancel", "nudge", "reminder"):
            return []
        partnership = self.state(mail.partnerships[0])
        found = partnership.agreement.find(mail.to)
        if found is None:
            return []
        school, person = found
        writer = Writer(
            person.name,
            mail.to,
            partnership.agreement.language_of(school, person),
            partnership.agreement.timezone_of(school, person),
        )
        month = self.story.month(mail.month)
        at = reaction(writer.timezone, mail.at, f"{mail.to}|{letter.message_id}|{letter.subject}")
        if retimed and month.rsvp != "silent":
            return [Answer(at, mail.to, clients.rsvp(writer, letter, PARTSTAT[month.rsvp], at))]
        words = self._words(mail, month, partnership, school, person, writer.language.split("-")[0])
        return [Answer(at, mail.to, clients.answer(writer, letter, words, at, mail.at))] if words else []

    def _words(
        self, mail: SentMail, month: Month, partnership: Partnership, school: School, person: Person, language: str
    ) -> str | None:
        yes, no = YES.get(language, YES["en"]), NO.get(language, NO["en"])
        if mail.kind == "agreement" and mail.variant in ("first", "reminder"):
            return yes if self.story.sign and person.role == LEAD else None
        if mail.kind == "check-in":
            return self._check_in(mail, month, partnership, person, yes, no)
        if mail.kind == "catch-up" and month.catch_up != "ignore":
            if person.key != _speaker(partnership, school):
                return None
            if mail.variant == "counter":
                return yes
            return "1" if mail.variant in OFFERS else None
        if mail.kind == "escalation" and mail.variant == "leaders":
            named = mail.facts.get("months") or [mail.month]
            return yes if self.story.month(named[-1]).acknowledge else None
        if mail.kind == "review" and mail.variant == "ask" and self.story.review != "silent":
            answering = next((p.key for p in school.leaders if partnership.reachable(p)), None)
            return (yes if self.story.review == "go_on" else no) if person.key == answering else None
        return None

    def _check_in(
        self, mail: SentMail, month: Month, partnership: Partnership, person: Person, yes: str, no: str
    ) -> str | None:
        meeting = partnership.meeting(mail.meeting)
        if meeting is None or meeting.chair is None:
            return None
        if person.key != _speaker(partnership, partnership.agreement.school(meeting.chair), meeting):
            return None
        if meeting.catch_up:
            return no if month.catch_up == "missed" else yes
        if month.outcome == "silent":
            return None
        word = yes if month.outcome == "held" else no
        return f"{word}.\n\n{month.notes}" if month.notes and mail.variant != "again" else word

    # -- mail that the story brings as a file

    def raw(self, mail: RawMail) -> bytes:
        """That file with its placeholders filled from what has been sent by then."""
        if b"{{" not in mail.raw:
            return mail.raw
        mine = [sent for sent in self._mails if self._is(sent, mail.sender)]
        fits = [
            sent
            for sent in mine
            if (mail.to is None or sent.kind == mail.to) and (mail.meeting is None or sent.month == mail.meeting)
        ]
        asked = [sent for sent in mine if _is_request(sent)]
        letter = _newest(fits, mine, self._mails)
        invitation = _newest(
            [sent for sent in fits if _is_request(sent)],
            [sent for sent in asked if mail.meeting is not None and sent.month == mail.meeting],
            asked,
            [sent for sent in self._mails if _is_request(sent)],
        )
        head, gap, body = _split(mail.raw)
        return _filled(head, letter, invitation, header=True) + gap + _filled(body, letter, invitation, header=False)

    def _is(self, sent: SentMail, address: str) -> bool:
        if sent.to == address:
            return True
        found = self.state(sent.partnerships[0]).find(address)
        return found is not None and found[1].key == sent.to


def _keep(calendar: dict[str, str], letter: Letter) -> bool:
    """Puts a calendar part into its reader's calendar. Is it a meeting at a time that the reader has not answered?"""
    event = letter.event
    if event is None:
        return False
    if event.method == "CANCEL":
        calendar.pop(event.uid, None)
        return False
    before = calendar.get(event.uid)
    calendar[event.uid] = event.dtstart
    return event.method == "REQUEST" and before != event.dtstart


def _speaker(partnership: Partnership, school: School, meeting: Meeting | None = None) -> str | None:
    """Who answers for a school: its lead, or where it has none its next owner; of those whom mail reaches."""
    owners = [p for p in (*school.leads, *(o for o in school.owners if o.role != LEAD)) if partnership.reachable(p)]
    if meeting is not None and meeting.starts is not None:
        day = zones.local(meeting.starts, school.timezone).date()
        owners = [p for p in owners if not partnership.absent(p.key, day)]
    return owners[0].key if owners else None


def reaction(zone: str, arrived: datetime, key: str) -> datetime:
    """When somebody answers what arrived then: the same day on that clock, awake, and never before it came."""
    share = int.from_bytes(sha256(key.encode()).digest()[:4], "big") / 2**32
    day = zones.local(arrived, zone).date()
    begins = max(arrived + timedelta(minutes=2), zones.instant(day, WAKES, zone))
    ends = min(begins + timedelta(hours=5), zones.instant(day, RESTS, zone))
    if ends <= begins:  # late in the evening: at once, while the day lasts
        begins = arrived + timedelta(seconds=1)
        midnight = zones.instant(day + timedelta(days=1), 0, zone)
        ends = max(begins, min(arrived + timedelta(minutes=15), midnight - timedelta(seconds=1)))
    return begins + timedelta(seconds=int((ends - begins).total_seconds() * share))


def _is_request(sent: SentMail) -> bool:
    return sent.letter.event is not None and sent.letter.event.method == "REQUEST"


def _newest(*choices: list[SentMail]) -> Letter | None:
    """The newest of the first list that is not empty."""
    return next((choice[-1].letter for choice in choices if choice), None)


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Headers, the empty line, body."""
    for gap in (b"\r\n\r\n", b"\n\n"):
        head, found, body = raw.partition(gap)
        if found:
            return head, gap, body
    return raw, b"", b""


def _filled(text: bytes, letter: Letter | None, invitation: Letter | None, header: bool) -> bytes:
    values: dict[str, str] = {}
    if letter is not None:
        values["reply-to"] = letter.reply_to
        values["message-id"] = letter.message_id
        values["subject"] = letter.raw_subject if header else letter.subject
    if invitation is not None and invitation.event is not None:
        values["organizer"] = invitation.event.organizer
        values["uid"] = invitation.event.uid
        values["sequence"] = str(invitation.event.sequence)
    if "message-id" in values:  # it has its angle brackets already
        text = text.replace(b"<{{message-id}}>", b"{{message-id}}")
    for name, value in values.items():
        text = text.replace(b"{{" + name.encode() + b"}}", value.encode())
    return text
