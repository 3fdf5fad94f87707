"""What a template may say of the state to one reader: times, places and names in the reader's language.

A template's `v` is a `Scene`. Its methods give text (or rows of text for a block); none of them decides anything.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from tandem.core import brief, zones
from tandem.core.agreement import Agreement, Person, School
from tandem.core.messages import Message
from tandem.core.partnership import Action, Meeting, Partnership, Words
from tandem.wire.document import clean
from tandem.wire.labels_hint import spellings
from tandem.wire.language import Language

LONG_AWAY = timedelta(days=180)  # from then on a day is said with its year
TITLE, WORDS = 60, 400  # characters that a subject, and an agenda, give to what people wrote


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets the mail. `slow` is the school's internet; `first_mail` brings who set this up and how to stop it."""

    email: str
    name: str
    language: str
    timezone: str
    slow: bool = False
    first_mail: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the system's mailbox and who runs it. `retention_days` is how long words are kept after the end."""

    domain: str
    address: str
    name: str = "Tandem"
    operator_name: str = ""
    operator_email: str = ""
    retention_days: int = 365


def instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def a_date(value: date | str) -> date:
    """A day; of a time given as text, its day in UTC."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else datetime.fromisoformat(value).date()


def shortened(text: object, length: int = WORDS) -> str:
    """A person's words on one line, cut between words where they are too long."""
    said = clean(text)
    if len(said) <= length:
        return said
    cut = said[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:.") + "…"


class Scene:
    def __init__(
        self, state: Partnership, message: Message, reader: Reader, sender: Sender, language: Language, now: datetime
    ) -> None:
        self.state, self.message, self.reader, self.sender = state, message, reader, sender
        self.lang, self.now = language, now
        self.t, self.nt, self.pt = language.gettext, language.ngettext, language.pgettext

    # -- who and what

    @property
    def agreement(self) -> Agreement:
        return self.state.agreement

    @property
    def schools(self) -> tuple[School, School]:
        return self.agreement.schools

    @cached_property
    def found(self) -> tuple[School, Person] | None:
        return self.state.find(self.reader.email)

    @cached_property
    def school(self) -> School:
        """The reader's."""
        if self.found:
            return self.found[0]
        for school in self.schools:
            if school.safeguarding and school.safeguarding.email.lower() == self.reader.email.lower():
                return school
        return self.schools[0]

    @property
    def partner(self) -> School:
        return self.agreement.partner(self.school.id)

    @property
    def is_leader(self) -> bool:
        return bool(self.found and self.found[1].key in {p.key for p in self.school.leaders})

    @property
    def is_lead(self) -> bool:
        return bool(self.found and self.found[1].key in {p.key for p in self.school.leads})

    @property
    def is_owner(self) -> bool:
        return bool(self.found and self.found[1].is_owner)

    @cached_property
    def meeting(self) -> Meeting:
        """The message's meeting. Raises LookupError where it has none."""
        found = self.state.meeting(self.message.meeting)
        if found is None:
            raise LookupError(f"no meeting {self.message.meeting!r} in {self.state.id}")
        return found

    @property
    def title(self) -> str:
        return self.lang.apart(shortened(self.agreement.title, TITLE))

    def name(self, thing: School | Person | str | None) -> str:
        """A school's or person's name, or any words of people, on one line."""
        if thing is None:
            return ""
        return self.lang.apart(clean(thing if isinstance(thing, str) else thing.name))

    def school_name(self, school_id: str | None) -> str:
        school = next((s for s in self.schools if s.id == school_id), None)
        return self.name(school) if school else ""

    @property
    def both_schools(self) -> str:
        return self.lang.list([self.name(s) for s in self.schools])

    def names(self, people: Iterable[Person]) -> str:
        return self.lang.list([self.name(p) for p in people])

    def person_of(self, email: str | None) -> str:
        found = self.state.find(email) if email else None
        return self.name(found[1]) if found else ""

    def with_address(self, people: Iterable[Person]) -> str:
        """Aisha Khan (a.khan@airedale.example) and Tom Ellis (...)."""
        return self.lang.list([f"{self.name(p)} ({p.email})" for p in people])

    # -- days and times

    def _far(self, day: date) -> bool:
        return abs(day - self.now.date()) > LONG_AWAY

    def day(self, value: date | str) -> str:
        day = a_date(value)
        return self.lang.day(day, year=self._far(day))

    def day_on(self, value: datetime | str, zone: str | None = None) -> str:
        """The day of an instant, on the reader's clock unless a zone is given."""
        return self.day(zones.local(instant(value), zone or self.reader.timezone).date())

    def when(self, value: datetime | str, zone: str | None = None) -> str:
        """Day and time of an instant, on the reader's clock unless a zone is given; another clock is named."""
        local = zones.local(instant(value), zone or self.reader.timezone)
        said = self.lang.moment(local, year=self._far(local.date()))
        if zone is None and self.elsewhere:
            return self.t("%(when)s (%(city)s)", when=said, city=self.lang.city(self.reader.timezone))
        return said

    @property
    def elsewhere(self) -> bool:
        """Does the reader live by a clock of neither school?"""
        return self.reader.timezone not in {s.timezone for s in self.schools}

    def time(self, value: datetime | str) -> str:
        """The time of day alone, on the reader's clock."""
        return self.lang.clock(zones.local(instant(value), self.reader.timezone))

    def full_day(self, value: date | str) -> str:
        """A day with its year."""
        return self.lang.day(a_date(value), year=True)

    def month(self, month: str, *, year: bool = True) -> str:
        return self.lang.month(month, year=year)

    def anchor_day(self, meeting: Meeting) -> str:
        """A meeting's day on its anchor's calendar: the same for every reader."""
        assert meeting.starts is not None
        return self.day_on(meeting.starts, self.agreement.school(meeting.anchor).timezone)

    def place(self, school: School) -> str:
        """Airedale High School (London)."""
        return self.t("%(school)s (%(city)s)", school=self.name(school), city=self.lang.city(school.timezone))

    def both(self, value: datetime | str) -> list[tuple[str, str]]:
        """An instant at both schools, as rows of a card: (day and time, school and city)."""
        return [(self.when(value, s.timezone), self.place(s)) for s in self.schools]

    def both_inline(self, value: datetime | str) -> str:
        """The same in one line, with the cities alone."""
        rows = [
            self.t("%(when)s in %(city)s", when=self.when(value, s.timezone), city=self.lang.city(s.timezone))
            for s in self.schools
        ]
        return self.lang.list(rows)

    def differ(self, value: datetime | str) -> str:
        """A sentence where it is another date at the other school; else nothing."""
        moment = instant(value)
        if not brief.dates_differ(self.agreement, moment):
            return ""
        first, second = self.schools
        return self.t(
            "Mind the date: %(first_day)s in %(first_city)s is %(second_day)s in %(second_city)s.",
            first_day=self.day_on(moment, first.timezone),
            first_city=self.lang.city(first.timezone),
            second_day=self.day_on(moment, second.timezone),
            second_city=self.lang.city(second.timezone),
        )

    def where_rows(self, meeting: Meeting, but: Container[str] = ()) -> list[tuple[str, str]]:
        """Link and phone; on a slow connection the phone first. What has just been said (`but`) is left out."""
        link, phone = [], []
        if meeting.where and "old_where" not in but:
            link = [(self.name(meeting.where), "")]
        if meeting.phone and "old_phone" not in but:
            phone = [(self.t("Phone: %(phone)s", phone=self.name(meeting.phone)), "")]
        return phone + link if self.reader.slow else link + phone

    def card(self, meeting: Meeting | None = None, old: datetime | str | None = None) -> list[tuple[str, str]]:
        """The two times, then where: what stands in the first lines. With `old`, what the times were before."""
        meeting = meeting or self.meeting
        assert meeting.starts is not None
        rows = []
        for school in self.schools:
            said = self.when(meeting.starts, school.timezone)
            if old:
                before = self.when(old, school.timezone)
                said = self.t("New time: %(new)s (before: %(old)s)", new=said, old=before)
            rows.append((said, self.place(school)))
        rows += self.where_rows(meeting)
        if self.elsewhere:
            rows.append(
                (
                    self.when(meeting.starts, self.reader.timezone),
                    self.t("your clock (%(city)s)", city=self.lang.city(self.reader.timezone)),
                )
            )
        return rows

    def option_rows(self, slots: Iterable[datetime | str]) -> list[tuple[str, ...]]:
        """Numbered times: (number, time, school, time at the other, the other school) rows."""
        return [
            (str(number), *(cell for row in self.both(slot) for cell in row)) for number, slot in enumerate(slots, 1)
        ]

    def clock_sentence(self, change: brief.ClockChange | None, starts: datetime | None) -> str:
        """Whose clock has moved, and what time the meeting now is at each school."""
        if change is None or starts is None:
            return ""
        cities = self.lang.list([self.lang.city(s.timezone) for s in change.moved or self.schools])
        first, second = self.schools
        return self.t(
            "Clock change: the clock in %(cities)s has moved since the meeting before. "
            "Now %(first_time)s in %(first_city)s is %(second_time)s in %(second_city)s.",
            cities=cities,
            first_time=self.lang.clock(zones.local(starts, first.timezone)),
            first_city=self.lang.city(first.timezone),
            second_time=self.lang.clock(zones.local(starts, second.timezone)),
            second_city=self.lang.city(second.timezone),
        )

    # -- subjects

    def about(self, what: str, meeting: Meeting | None = None, month: str | None = None) -> str:
        """A subject. A meeting's mails all begin alike, whatever becomes of its day, so that mailboxes thread them."""
        meeting = meeting or self.state.meeting(self.message.meeting)
        if meeting:
            month = meeting.month
        if month is None:
            return self.t("%(title)s: %(what)s", title=self.title, what=what)
        named = self.month(month)
        if meeting and meeting.catch_up:
            return self.t("%(title)s, catch-up for %(month)s: %(what)s", title=self.title, month=named, what=what)
        return self.t("%(title)s, %(month)s: %(what)s", title=self.title, month=named, what=what)

    # -- what people wrote

    def said_by(self, words: Words) -> str:
        """Grace Achieng, Nyanza Girls' School, with the language where it is not the reader's."""
        found = self.state.find(words.by)
        parts = [self.name(found[1])] if found else []
        parts.append(self.school_name(words.school))
        who = self.lang.row(part for part in parts if part)
        if self.foreign(words.language):
            language = self.lang.language_name(words.language)
            return self.t("%(who)s (written in %(language)s)", who=who, language=language)
        return who

    def cut(self, text: str, length: int) -> str:
        return shortened(text, length)

    def foreign(self, tag: str | None) -> bool:
        """Is that another language than the one the reader reads?"""
        return bool(tag) and str(tag).split("-")[0].lower() != self.reader.language.split("-")[0].lower()

    def quoted(self, words: Words, length: int = WORDS) -> str:
        return self.t(
            "“%(words)s” – %(who)s", words=self.lang.apart(shortened(words.text, length)), who=self.said_by(words)
        )

    def all_quoted(self, words: Iterable[Words], length: int = WORDS) -> list[str]:
        return [self.quoted(w, length) for w in words]

    def action(self, action: Action, length: int = WORDS) -> str:
        """Tom Ellis: send the sensor list, by Saturday 20 February."""
        what = self.lang.apart(shortened(action.text, length))
        owner = self.person_of(action.owner)
        if action.state == "done":
            return self.t("done: %(what)s", what=what)
        if action.state == "dropped":
            return self.t("dropped: %(what)s", what=what)
        if owner and action.due:
            return self.t("%(who)s: %(what)s, by %(day)s", who=owner, what=what, day=self.day(action.due))
        if owner:
            return self.t("%(who)s: %(what)s", who=owner, what=what)
        if action.due:
            return self.t("%(what)s, by %(day)s", what=what, day=self.day(action.due))
        return what

    def milestone(self, due: brief.Due, length: int = WORDS) -> str:
        return self.t(
            "%(day)s: %(what)s (%(project)s, led by %(school)s)",
            day=self.day(due.due),
            what=self.name(shortened(due.what, length)),
            project=self.name(shortened(due.project, TITLE)),
            school=self.school_name(due.lead),
        )

    def label(self, kind: str) -> str:
        """The label for the beginning of a line, in the reader's own language, with its colon; for use within quotation
        marks, where two spellings stand as: hers” or “his."""
        first, *others = spellings(kind, self.lang.tag)
        if not others:
            return first
        opening, closing = self.pt("a word to answer with", "“%(word)s”", word="\0").split("\0")
        said = self.lang.either([f"{opening}{one}{closing}" for one in (first, *others)])
        return said.removeprefix(opening).removesuffix(closing)

    def labels(self, *kinds: str) -> str:
        """Several labels in a list, each within quotation marks."""
        quoted = [self.pt("a word to answer with", "“%(word)s”", word=self.label(kind)) for kind in kinds]
        return self.lang.list(quoted)

    @property
    def today(self) -> date:
        """On the reader's clock."""
        return zones.local(self.now, self.reader.timezone).date()
