"""The agreement file: YAML to an `Agreement`, or every line that is wrong and what would be right.

The form is the contract's section 1. Nothing is guessed: a value of another type, a key that is not in the form, a date
that does not exist are errors, found all at once and told in the order of lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tandem.core.agreement import (
    LEAD,
    ORDINALS,
    WEEKDAYS,
    Agreement,
    Contact,
    Expectations,
    Hours,
    MeetingPlan,
    Milestone,
    Person,
    Policy,
    Project,
    Purpose,
    Resource,
    Rule,
    School,
    Span,
)
from tandem.wire import codes, yaml12
from tandem.wire.fields import Field, Fields, Finding, Findings, shown
from tandem.wire.public_holidays import holidays_for, knows_subdivision

__all__ = ["MAX_BYTES", "AgreementError", "Finding", "Loaded", "load"]

MAX_BYTES = 1024 * 1024
MAX_PEOPLE = 20
MAX_YEARS = 5  # from `start` to `review`
RENEWALS = 3  # public holidays are known for so many years after `review`

ROLES = ("lead", "deputy", "leader", "member")
INTERNET = ("good", "limited", "intermittent")
DAYS = tuple(day[:3] for day in WEEKDAYS)
RULES = tuple(f"{ordinal} {weekday}" for ordinal in ORDINALS for weekday in WEEKDAYS)
POLICY = {
    "invite_ahead": (1, 6),
    "agenda_days": (1, 60),
    "reminder_hours": (1, 720),
    "check_in_hours": (0, 168),
    "confirm_hours": (1, 336),
    "catch_up_days": (1, 60),
    "escalate_after": (1, 12),
    "acknowledge_days": (1, 60),
    "digest_day": (1, 28),
}

_ID = re.compile(r"[a-z0-9-]+\Z")
_HOURS = re.compile(r"\s*([01][0-9]|2[0-4]):([0-5][0-9])\s*-\s*([01][0-9]|2[0-4]):([0-5][0-9])\s*\Z")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z")


class AgreementError(Exception):
    """The file is no agreement. `findings` are sorted by line."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{f.line}: {f.wrong}" for f in findings[:3]))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Loaded:
    agreement: Agreement
    warnings: tuple[Finding, ...]
    lines: dict[tuple[str | int, ...], int]  # where a value stands: ("schools", 0, "people") → 12

    def line(self, *path: str | int) -> int:
        """The line of that value, or of the nearest one around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load(data: bytes, name: str = "agreement.yaml") -> Loaded:
    """The agreement in those bytes. Raises AgreementError, and nothing else, whatever the bytes are.

    `name` is the file's, for whoever prints the findings (`Finding.text`); it changes nothing here.
    """
    del name
    if len(data) > MAX_BYTES:
        raise AgreementError((Finding(1, "the file is larger than 1 MB", "an agreement of 1 MB at most"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        raise AgreementError((Finding(line, "this is not UTF-8", "the file saved as UTF-8"),)) from None
    found = Findings()
    try:
        root = yaml12.compose(text)
        agreement, warnings = _Form(found).agreement(root)
    except yaml12.YamlError as error:
        raise AgreementError((Finding(error.line, error.wrong, error.right),)) from None
    except Findings.Enough:
        raise AgreementError(found.sorted()) from None
    if found.all:
        raise AgreementError(found.sorted())
    return Loaded(agreement, tuple(sorted(warnings, key=lambda w: w.line)), dict(_lines(root)))


def _lines(root: yaml12.Node) -> Iterator[tuple[tuple[str | int, ...], int]]:
    todo: list[tuple[tuple[str | int, ...], yaml12.Node, int]] = [((), root, root.line)]
    while todo:
        path, node, line = todo.pop()
        yield path, line
        if isinstance(node, yaml12.Mapping):
            todo.extend(((*path, key.text), value, key.line) for key, value in node.entries)
        elif isinstance(node, yaml12.Sequence):
            todo.extend(((*path, number), item, item.line) for number, item in enumerate(node.items))


class _Form:
    """The form of the contract, read from the top; what is wrong goes to `found`, and reading goes on."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.warnings: list[Finding] = []
        self.addresses: dict[str, tuple[int, str]] = {}  # in lower case → where first, whose
        self.school_ids: list[str] = []
        self.ids_good = self.people_good = True  # what names a school or a person can be held against them

    def warn(self, line: int, wrong: str, right: str) -> None:
        self.warnings.append(Finding(line, wrong, right))

    def agreement(self, root: yaml12.Node) -> tuple[Agreement, list[Finding]]:
        top = Fields.of(
            self.found, Field("the agreement", root.line, root),
            required=("tandem", "id", "title", "start", "review", "schools", "purpose", "meeting"),
            optional=("expectations", "resources", "policy"),
        )  # fmt: skip
        version = top["tandem"].integer(-(10**9), 10**9)
        if top["tandem"].good and version != 1:
            top["tandem"].fail(f"format version {version} is not known", "tandem: 1")
        identity = self._id(top["id"], 3, 40)
        title = top["title"].text(200)
        start, review = top["start"].date(), top["review"].date()
        self._years(top, start, review)
        schools = self._schools(top["schools"], start, review)
        emails = {person.key for school in schools for person in school.people}
        agreement = Agreement(
            id=identity,
            title=title,
            start=start,
            review=review,
            schools=(schools + schools)[:2] if schools else (),  # type: ignore[arg-type]
            purpose=self._purpose(top["purpose"]),
            meeting=self._meeting(top["meeting"], start, review),
            expectations=self._expectations(top["expectations"]),
            resources=tuple(self._resource(item, emails) for item in top["resources"].items(0, 100)),
            policy=self._policy(top["policy"]),
        )
        return agreement, self.warnings

    def _id(self, field: Field, shortest: int, longest: int) -> str:
        text = field.text(10_000)
        if text and not (_ID.match(text) and shortest <= len(text) <= longest):
            plain = re.sub(r"[^a-z0-9-]+", "-", text[:longest].casefold()).strip("-")
            right = f"{shortest} to {longest} of a to z, 0 to 9 and -"
            if shortest <= len(plain) and plain != text:
                right += f", such as {plain}"
            field.fail(f"{field.name} {shown(text)} has another form", right)
        return text

    def _years(self, top: Fields, start: date, review: date) -> None:
        for name, day in (("start", start), ("review", review)):
            if top[name].good and not 2000 <= day.year <= 2100:
                top[name].fail(f"{name} lies in the year {day.year}", "a year from 2000 to 2100")
        if top["start"].good and top["review"].good:
            if review <= start:
                top["review"].fail(f"review {review} is not after start {start}", "a day after start")
            elif review.year - start.year > MAX_YEARS:
                top["review"].fail(f"review is {review.year - start.year} years after start",
                                   f"a review within {MAX_YEARS} years")  # fmt: skip

    # -- schools

    def _schools(self, field: Field, start: date, review: date) -> tuple[School, ...]:
        items = field.items(0, 1000)
        if field.is_list and len(items) != 2:
            line = items[2].line if len(items) > 2 else field.line
            self.found.add(line, f"there are {len(items)} schools", "exactly two schools")
            items = items[:2]
        opened = [
            Fields.of(
                self.found, item,
                required=("id", "name", "country", "timezone", "language", "internet", "day", "people"),
                optional=("terms", "closed", "public_holidays", "safeguarding"),
            )
            for item in items
        ]  # fmt: skip
        for fields in opened:
            identity = self._id(fields["id"], 1, 40)
            if identity == "alternate":
                fields["id"].fail("a school is called alternate, which means both", "another id")
            elif identity and identity in self.school_ids:
                fields["id"].fail(f"the id {shown(identity)} is both schools'", "two different ids")
            self.school_ids.append(identity)
            self.ids_good &= fields["id"].good
        self.ids_good &= len(self.school_ids) == 2
        # With anything wrong so far, such as a review in the year 9999, holidays are not worth computing.
        years = range(0) if self.found.all else range(start.year - 1, review.year + RENEWALS + 1)
        return tuple(self._school(fields, years) for fields in opened)

    def _school(self, fields: Fields, years: range) -> School:
        country = self._country(fields["country"])
        observed = fields["public_holidays"].boolean(True)
        holidays = holidays_for(country, years) if country and observed else ()
        if holidays is None:
            self.warn(fields["country"].line, f"the public holidays of {country} are not known: none are kept",
                      "its holidays under `closed`")  # fmt: skip
        elif country and observed and not knows_subdivision(country):
            self.warn(fields["country"].line,
                      f"the subdivision {country} is not known: the whole country's holidays count",
                      "a subdivision as ISO 3166-2 writes it")  # fmt: skip
        safe = fields["safeguarding"]
        return School(
            id=fields["id"].text(10_000, quiet=True),
            name=fields["name"].text(200),
            country=country,
            timezone=self._zone(fields["timezone"]),
            language=self._language(fields["language"], mails=True),
            internet=fields["internet"].one_of(INTERNET),
            day=self._day(fields["day"]),
            terms=self._terms(fields["terms"]),
            closed=tuple(self._span(item, why=True) for item in fields["closed"].items(0, 400)),
            public_holidays=observed,
            holidays=holidays or (),
            safeguarding=self._contact(safe) if safe.present else None,
            people=self._people(fields["people"]),
        )

    def _country(self, field: Field) -> str:
        text = field.text(10_000)
        right = codes.country_problem(text) if text else None
        if right:
            field.fail(f"{shown(text)} is no country's code", right)
            return ""
        return text

    def _zone(self, field: Field) -> str:
        text = field.text(10_000)
        right = codes.zone_problem(text) if text else None
        if right:
            field.fail(f"{shown(text)} is no zone", right)
        return text

    def _language(self, field: Field, mails: bool) -> str:
        text = field.text(10_000)
        right = codes.language_problem(text) if text else None
        if right:
            field.fail(f"{shown(text)} is no language tag", right)
            return ""
        tag = codes.language_tag(text) if text else ""
        if mails and tag and tag.split("-")[0] not in codes.SPOKEN:
            self.warn(field.line, f"mails do not come in {tag}: English is used",
                      f"one of {' '.join(codes.SPOKEN)}")  # fmt: skip
        return tag

    def _email(self, field: Field) -> str:
        text = field.text(10_000)
        right = codes.email_problem(text) if text else None
        if right:
            field.fail(f"{shown(text)} is no email address", right)
            return ""
        return text

    def _day(self, field: Field) -> dict[str, Hours]:
        day: dict[str, Hours] = {}
        taken: dict[int, str] = {}
        entries = field.entries(1)
        for key, value in entries:
            first, dash, last = key.text.partition("-")
            if first not in DAYS or (dash and last not in DAYS):
                meant = codes.likely(first[:3], DAYS), codes.likely(last[:3], DAYS)
                right = "-".join(m for m in meant if m) if meant[0] and (meant[1] or not dash) else "mon-fri, or sat"
                self.found.add(key.line, f"{shown(key.text)} names no days of the week", right)
                continue
            hours = self._hours(value)
            number, end = DAYS.index(first), DAYS.index(last or first)
            while True:
                if number in taken:
                    self.found.add(key.line, f"the hours of {key.text} overlap those of {taken[number]}: "
                                   f"both name {DAYS[number]}", "each day of the week once")  # fmt: skip
                    break
                taken[number] = key.text
                if hours:
                    day[str(number)] = hours
                if number == end:
                    break
                number = (number + 1) % 7
        return day

    def _hours(self, field: Field) -> Hours | None:
        text = field.text(10_000)
        if not text:
            return None
        found = _HOURS.match(text)
        if not found:
            field.fail(f"{shown(text)} is no school day", 'hours such as "08:40-15:30"')
            return None
        begins, ends = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        if begins >= 1440 or ends > 1440:
            field.fail(f"{shown(text)} goes past the end of the day", 'hours that end at "24:00" at most')
            return None
        if ends <= begins:
            field.fail(f"{shown(text)} ends before it begins", "hours that end after they begin, on the same day")
            return None
        return Hours(begins, ends)

    def _terms(self, field: Field) -> tuple[Span, ...] | None:
        if not field.present:
            return None
        items = field.items(1, 400)
        terms = [(self._span(item, why=False), item.line, number) for number, item in enumerate(items)]
        whole = sorted((t for t in terms if t[0].first.year > 1 and t[0].first <= t[0].last), key=lambda t: t[0].first)
        latest: tuple[Span, int, int] | None = None
        for term in whole:
            if latest and term[0].first <= latest[0].last:
                later, other = (term, latest) if term[2] > latest[2] else (latest, term)
                what = "stands twice" if later[0] == other[0] else f"overlaps that of line {other[1]}"
                self.found.add(later[1], f"the term from {later[0].first} to {later[0].last} {what}",
                               "terms that share no day")  # fmt: skip
            if latest is None or term[0].last > latest[0].last:
                latest = term
        return tuple(sorted((t[0] for t in terms), key=lambda span: span.first))

    def _span(self, field: Field, why: bool) -> Span:
        fields = Fields.of(self.found, field, required=("from", "to"), optional=("why",) if why else ())
        first, last = fields["from"].date(), fields["to"].date()
        if fields["from"].good and fields["to"].good and last < first:
            field.fail(f"this goes from {first} back to {last}", f"from {last}, to {first}")
        return Span(first, last, fields["why"].text(200) if fields["why"].present else None)

    def _contact(self, field: Field) -> Contact:
        fields = Fields.of(self.found, field, required=("name", "email"))
        return Contact(fields["name"].text(200), self._email(fields["email"]))

    # -- people

    def _people(self, field: Field) -> tuple[Person, ...]:
        before = len(self.found.all)
        people = self._persons(field)
        self.people_good &= field.present and len(self.found.all) == before
        return people

    def _persons(self, field: Field) -> tuple[Person, ...]:
        items = field.items(0, 1000)
        if field.is_list and not items:
            field.fail("there is nobody", f"1 to {MAX_PEOPLE} people, one of them with role: lead")
        elif len(items) > MAX_PEOPLE:
            items[MAX_PEOPLE].fail(f"there are {len(items)} people", f"{MAX_PEOPLE} at most")
            items = items[:MAX_PEOPLE]
        people = tuple(self._person(item) for item in items)
        if people and LEAD not in (person.role for person in people):
            field.fail("this school has no lead", "one of its people with role: lead")
        return people

    def _person(self, field: Field) -> Person:
        fields = Fields.of(
            self.found, field, required=("name", "email", "role"), optional=("also", "language", "timezone")
        )
        name = fields["name"].text(200)
        email = self._email(fields["email"])
        self._claim(fields["email"], email, name)
        also = []
        for item in fields["also"].items(0, 10):
            address = self._email(item)
            self._claim(item, address, name)
            also.append(address)
        language, zone = fields["language"], fields["timezone"]
        return Person(
            name=name,
            email=email,
            role=fields["role"].one_of(ROLES),
            also=tuple(also),
            language=self._language(language, mails=True) if language.present else None,
            timezone=self._zone(zone) if zone.present else None,
        )

    def _claim(self, field: Field, address: str, name: str) -> None:
        """An address is one person's, in both schools together."""
        if not address:
            return
        first = self.addresses.setdefault(address.lower(), (field.line, name))
        if first == (field.line, name):
            return
        if first[1] == name:
            field.fail(f"{address} stands in line {first[0]} too", "each address once")
        else:
            both = " and ".join(filter(None, (first[1], name)))
            field.fail(f"{address} is {shown(first[1])}'s in line {first[0]} too",
                       f"a shared mailbox as one entry with both names: name: {both}")  # fmt: skip

    # -- purpose, expectations, resources, meeting, policy

    def _purpose(self, field: Field) -> Purpose:
        fields = Fields.of(self.found, field, required=("objectives",), optional=("wants", "projects"))
        objectives = tuple(item.text(1000) for item in fields["objectives"].items(0, 100))
        if fields["objectives"].is_list and not objectives:
            self.warn(fields["objectives"].line, "the partnership has no objective", "what both schools want to reach")
        return Purpose(
            objectives=objectives,
            wants={key: value.text(1000) for key, value in self._by_school(fields["wants"])},
            projects=tuple(self._project(item) for item in fields["projects"].items(0, 100)),
        )

    def _by_school(self, field: Field) -> Iterator[tuple[str, Field]]:
        for key, value in field.entries(0):
            if self._is_school(key.text):
                yield key.text, value
            else:
                self.found.add(key.line, f"{shown(key.text)} is no school's id", self._school_hint(key.text))

    def _is_school(self, identity: str) -> bool:
        return identity in self.school_ids or not self.ids_good

    def _school_hint(self, identity: str, *more: str) -> str:
        ids = [i for i in (*self.school_ids, *more) if i]
        return codes.likely(identity, ids) or " or ".join(ids)

    def _project(self, field: Field) -> Project:
        fields = Fields.of(self.found, field, required=("title", "lead", "milestones"))
        lead = fields["lead"].text(10_000)
        if lead and not self._is_school(lead):
            fields["lead"].fail(f"the lead {shown(lead)} is no school's id", self._school_hint(lead))
        return Project(
            title=fields["title"].text(200),
            lead=lead,
            milestones=tuple(self._milestone(item) for item in fields["milestones"].items(0, 100)),
        )

    def _milestone(self, field: Field) -> Milestone:
        fields = Fields.of(self.found, field, required=("due", "what"))
        return Milestone(fields["due"].date(), fields["what"].text(1000))

    def _expectations(self, field: Field) -> Expectations:
        if not field.present:
            return Expectations()
        fields = Fields.of(
            self.found, field,
            required=("hours_per_month",), optional=("working_language", "language_help", "stumbling_blocks"),
        )  # fmt: skip
        working, helper = fields["working_language"], fields["language_help"]
        return Expectations(
            hours_per_month={key: value.number(0, 744) for key, value in self._by_school(fields["hours_per_month"])},
            working_language=self._language(working, mails=False) if working.present else None,
            language_help=helper.text(1000) if helper.present else None,
            stumbling_blocks=tuple(item.text(1000) for item in fields["stumbling_blocks"].items(0, 100)),
        )

    def _resource(self, field: Field, emails: set[str]) -> Resource:
        fields = Fields.of(self.found, field, required=("what", "where", "keeper"))
        keeper = self._email(fields["keeper"])
        if keeper and keeper.lower() not in emails and self.people_good:
            meant = codes.likely(keeper, sorted(filter(None, emails)))
            fields["keeper"].fail(f"the keeper {keeper} is nobody's email here",
                                  meant or "the email of a person of either school")  # fmt: skip
        return Resource(fields["what"].text(1000), fields["where"].text(1000), keeper)

    def _meeting(self, field: Field, start: date, review: date) -> MeetingPlan:
        fields = Fields.of(
            self.found, field,
            required=("every", "at", "anchor", "minutes"), optional=("where", "phone", "pupils"),
        )  # fmt: skip
        every = fields["every"].text(10_000)
        if every and every not in RULES:
            meant = codes.likely(every, RULES)
            fields["every"].fail(f"{shown(every)} is no day of a month", meant or "such as second tuesday")
        anchor = fields["anchor"].text(10_000)
        if anchor and anchor != "alternate" and not self._is_school(anchor):
            hint = self._school_hint(anchor, "alternate")
            fields["anchor"].fail(f"the anchor {shown(anchor)} is no school's id", hint)
        where, phone = fields["where"], fields["phone"]
        return MeetingPlan(
            rule=Rule(every, self._time(fields["at"]), anchor, fields["minutes"].integer(1, 1440)),
            where=where.text(1000) if where.present else None,
            phone=phone.text(200) if phone.present else None,
            pupils=self._pupils(fields["pupils"], start, review),
        )

    def _time(self, field: Field) -> int:
        text = field.text(10_000)
        found = _TIME.match(text) if text else None
        if text and not found:
            meant = re.fullmatch(r"([0-9]):([0-5][0-9])", text)
            field.fail(f"{shown(text)} is no time of day", f'"0{text}"' if meant else 'a time such as "14:00"')
        return int(found[1]) * 60 + int(found[2]) if found else 0

    def _pupils(self, field: Field, start: date, review: date) -> tuple[str, ...]:
        months: list[str] = []
        for item in field.items(0, 100):
            month = item.month()
            if not month:
                continue
            if month in months:
                self.warn(item.line, f"the month {month} stands twice", "each month once")
                continue
            months.append(month)
            if start.year > 1 and review.year > 1 and not f"{start:%Y-%m}" <= month <= f"{review:%Y-%m}":
                self.warn(item.line, f"the month {month} lies outside start and review: no meeting is in it",
                          f"a month from {start:%Y-%m} to {review:%Y-%m}")  # fmt: skip
        return tuple(months)

    def _policy(self, field: Field) -> Policy:
        if not field.present or field.is_null:  # `policy:` with everything under it left out
            return Policy()
        fields = Fields.of(self.found, field, required=(), optional=tuple(POLICY))
        return Policy(**{k: fields[k].integer(*POLICY[k]) for k in POLICY if fields[k].present})
