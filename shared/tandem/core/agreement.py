"""What two schools wrote down about working together, as values.

Nothing here reads a file or a clock: `tandem.wire.agreement_file` makes an `Agreement` from YAML and refuses
whatever the agreement file's form does not allow, so every value below may be taken as valid.
Times of day are minutes after midnight on the school's own clock (0 to 1440); dates are plain `date`s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

LEAD, DEPUTY, LEADER, MEMBER = "lead", "deputy", "leader", "member"
OWNER_ROLES = (LEAD, DEPUTY)
SLOW_INTERNET = ("limited", "intermittent")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = ("first", "second", "third", "fourth", "last")


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last`, both included, and why."""

    first: date
    last: date
    why: str | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """A school day, in minutes after midnight; a meeting may begin and end exactly with it."""

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, computed once, when an agreement is enrolled or changed."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """One mailbox. `also` are addresses that may answer for the person; nothing is sent there."""

    name: str
    email: str  # as written, compared in lower case
    role: str  # lead | deputy | leader | member
    also: tuple[str, ...] = ()
    language: str | None = None  # BCP 47; None: the school's
    timezone: str | None = None  # IANA; None: the school's

    @property
    def key(self) -> str:
        return self.email.lower()

    @property
    def is_owner(self) -> bool:
        return self.role in OWNER_ROLES


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class School:
    id: str
    name: str
    country: str  # ISO 3166, KE or GB-ENG
    timezone: str
    language: str
    internet: str  # good | limited | intermittent
    day: dict[str, Hours]  # "0" (Monday) to "6" (Sunday); a weekday that is not there is closed
    people: tuple[Person, ...]
    terms: tuple[Span, ...] | None = None  # None: every day is term
    closed: tuple[Span, ...] = ()
    public_holidays: bool = True
    holidays: tuple[Holiday, ...] = ()  # computed; empty where `public_holidays` is false
    safeguarding: Contact | None = None

    @property
    def slow(self) -> bool:
        return self.internet in SLOW_INTERNET

    def with_role(self, *roles: str) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.role in roles)

    @property
    def leads(self) -> tuple[Person, ...]:
        return self.with_role(LEAD)

    @property
    def owners(self) -> tuple[Person, ...]:
        return self.with_role(LEAD, DEPUTY)

    @property
    def leaders(self) -> tuple[Person, ...]:
        """The senior leaders; where a school has none, its leads receive and answer what a leader would."""
        return self.with_role(LEADER) or self.leads

    @property
    def participants(self) -> tuple[Person, ...]:
        """Everyone but the leaders: who is invited."""
        return self.with_role(LEAD, DEPUTY, MEMBER)


@dataclass(frozen=True, slots=True)
class Milestone:
    due: date
    what: str


@dataclass(frozen=True, slots=True)
class Project:
    title: str
    lead: str  # a school's id
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Purpose:
    objectives: tuple[str, ...]
    wants: dict[str, str] = field(default_factory=dict)  # by school id
    projects: tuple[Project, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectations:
    hours_per_month: dict[str, float] = field(default_factory=dict)  # by school id
    working_language: str | None = None
    language_help: str | None = None
    stumbling_blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    what: str
    where: str
    keeper: str  # the address of a person of either school


@dataclass(frozen=True, slots=True)
class Rule:
    """`every` is an ordinal and a weekday ("second tuesday"); `at` minutes after midnight on the anchor's clock."""

    every: str
    at: int
    anchor: str  # a school's id, or "alternate"
    minutes: int

    @property
    def ordinal(self) -> str:
        return self.every.split()[0]

    @property
    def weekday(self) -> int:
        return WEEKDAYS.index(self.every.split()[1])


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    rule: Rule
    where: str | None = None
    phone: str | None = None
    pupils: tuple[str, ...] = ()  # months, YYYY-MM


@dataclass(frozen=True, slots=True)
class Policy:
    invite_ahead: int = 3
    agenda_days: int = 7
    reminder_hours: int = 72
    check_in_hours: int = 1
    confirm_hours: int = 48
    catch_up_days: int = 10
    escalate_after: int = 2
    acknowledge_days: int = 5
    digest_day: int = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    id: str
    title: str
    start: date
    review: date
    schools: tuple[School, School]
    purpose: Purpose
    meeting: MeetingPlan
    expectations: Expectations = Expectations()
    resources: tuple[Resource, ...] = ()
    policy: Policy = Policy()

    def school(self, school_id: str) -> School:
        """Raises KeyError where there is no such school."""
        for school in self.schools:
            if school.id == school_id:
                return school
        raise KeyError(school_id)

    def partner(self, school_id: str) -> School:
        """The other school."""
        first, second = self.schools
        return second if first.id == school_id else first

    @property
    def people(self) -> Iterator[tuple[School, Person]]:
        for school in self.schools:
            for person in school.people:
                yield school, person

    def find(self, address: str) -> tuple[School, Person] | None:
        """Whose address that is (`also` ones included), in any case."""
        wanted = address.lower()
        for school, person in self.people:
            if wanted == person.key or wanted in (a.lower() for a in person.also):
                return school, person
        return None

    def language_of(self, school: School, person: Person) -> str:
        return person.language or school.language

    def timezone_of(self, school: School, person: Person) -> str:
        return person.timezone or school.timezone

    def with_school(self, changed: School) -> Agreement:
        first, second = self.schools
        return replace(self, schools=(changed, second) if first.id == changed.id else (first, changed))
