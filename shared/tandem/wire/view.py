"""A template's `v`: everything that it may say, by subject: `agenda`, `digest`, `pack`, `escalated`, `reviewed`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from tandem.core import brief
from tandem.core.agreement import Person
from tandem.core.messages import Message
from tandem.core.partnership import Meeting, Offer, Partnership, Words
from tandem.wire.asking import Asking
from tandem.wire.document import clean
from tandem.wire.language import Language
from tandem.wire.scene import Reader, Sender, shortened

NOBODY = "nobody"


class View(Asking):
    known: bool  # is the partnership's state there? A notice about a wrong file may come before there is one

    def __init__(
        self,
        state: Partnership | None,
        message: Message,
        reader: Reader,
        sender: Sender,
        language: Language,
        now: datetime,
    ) -> None:
        self.known = state is not None
        if state is None and (message.kind, message.variant) != ("notice", "invalid-file"):
            raise LookupError(f"no state of {message.partnership!r}")
        super().__init__(state, message, reader, sender, language, now)  # type: ignore[arg-type]

    # -- meetings

    def summary(self, meeting: Meeting) -> str:
        """A meeting's title in a calendar."""
        if meeting.catch_up:
            return self.t("%(title)s: catch-up", title=self.title)
        return self.t("%(title)s: monthly meeting", title=self.title)

    @cached_property
    def offered(self) -> Offer | None:
        """The open offer of a catch-up for the message's meeting."""
        return next((o for o in self.state.offers if o.meeting == self.message.meeting and o.state == "open"), None)

    @property
    def someone_slow(self) -> bool:
        return any(s.slow for s in self.schools)

    @property
    def pupils(self) -> bool:
        return not self.meeting.catch_up and self.meeting.month in self.agreement.meeting.pupils

    # -- by subject

    @cached_property
    def agenda(self) -> brief.Agenda:
        return brief.agenda(self.state, self.meeting, self.now)

    def own(self, words: tuple[Words, ...]) -> tuple[Words, ...]:
        """Those of the reader's own school."""
        return tuple(w for w in words if w.school == self.school.id)

    @cached_property
    def tally(self) -> brief.Tally:
        return brief.tally(self.state, self.now)

    @property
    def open_actions(self) -> list[str]:
        return [self.action(a) for a in brief.open_actions(self.state)]

    @property
    def all_milestones(self) -> list[str]:
        return [self.milestone(d) for d in brief.milestones(self.agreement, self.now, every=True)]

    def coming(self, count: int | None = None) -> list[str]:
        return self.coming_rows(brief.coming(self.state, self.now, count))

    @property
    def past(self) -> list[str]:
        """The story so far, a line for each month that is over."""
        return self.story([m for m in self.state.meetings if m.status != "planned"])

    def words(self, kind: str, count: int) -> list[str]:
        """The newest words of that kind, the oldest of them first."""
        found = [w for w in self.state.words if w.kind == kind]
        return self.all_quoted(found[-count:], 200)

    @property
    def resources(self) -> list[tuple[str, str]]:
        """(what, where and who keeps it)."""
        rows = []
        for r in self.agreement.resources:
            keeper = self.person_of(r.keeper)
            where = (
                self.t("%(where)s, kept by %(who)s", where=self.name(r.where), who=keeper)
                if keeper
                else self.name(r.where)
            )
            rows.append((self.name(r.what), where))
        return rows

    @property
    def people(self) -> list[tuple[str, str]]:
        """(school, its people with their roles and addresses)."""
        return [
            (
                self.name(s),
                self.lang.rows(
                    self.t("%(name)s, %(role)s (%(email)s)", name=self.name(p), role=self.role(p.role), email=p.email)
                    for p in s.people
                ),
            )
            for s in self.schools
        ]

    @property
    def objectives(self) -> list[str]:
        return [self.name(o) for o in self.agreement.purpose.objectives]

    @property
    def wants(self) -> list[tuple[str, str]]:
        wants = self.agreement.purpose.wants
        return [(self.name(s), self.name(wants[s.id])) for s in self.schools if wants.get(s.id)]

    @property
    def next_meeting(self) -> Meeting | None:
        return next(iter(brief.coming(self.state, self.now)), None)

    # -- escalations: the same facts for every reader

    @property
    def months_not_met(self) -> list[str]:
        return [str(m) for m in self.message.facts["months"]]

    @property
    def failed(self) -> list[str]:
        return [self.failed_line(m) for m in brief.failed_meetings(self.state, self.months_not_met)]

    @property
    def offers_made(self) -> int:
        return brief.offers_made(self.state, self.months_not_met)

    # -- small sentences

    def changed_place(self, what: str, new: str | None, old: str | None) -> str:
        """New link: https://... (before: https://...)."""
        said = self.name(new) if new else self.t("none")
        if not old:
            return self.t("%(what)s: %(new)s", what=what, new=said)
        return self.t("%(what)s: %(new)s (before: %(old)s)", what=what, new=said, old=self.name(old))

    @property
    def hours_line(self) -> str:
        """What each school gives in a month."""
        hours = self.agreement.expectations.hours_per_month
        return self.lang.rows(
            self.t("%(school)s: %(hours)s", school=self.name(s), hours=self.hours(hours[s.id]))
            for s in self.schools
            if s.id in hours
        )

    @property
    def may_sign(self) -> bool:
        """Leads and leaders sign."""
        return self.is_lead or self.is_leader

    def example(self, slots: list[str]) -> str:
        """What an answer with several numbers looks like."""
        return self.t("1 and %(number)s", number=min(len(slots), 3))

    def nobody_surprised(self, day: str, months: list[str]) -> str:
        """After which day the leaders hear, and what."""
        return self.t(
            "If no meeting comes about by %(day)s, the senior leaders of both schools hear after that day, in the same "
            "words, that there was no meeting for %(months)s.",
            day=self.day(day),
            months=self.lang.months(months or [self.meeting.month]),
        )

    def who_may(self, who: str) -> tuple[Person, ...]:
        """People of the reader's school who may say it."""
        mine = self.school
        people = {
            "lead": mine.leads,
            "leader": mine.leaders,
            "signer": (*mine.leads, *mine.with_role("leader")),
        }.get(who, mine.owners)
        return tuple(p for p in people if p.key != self.reader.email.lower()) or people

    def contact(self, name: str | None, email: str | None) -> str:
        said = [self.name(name)] if name else []
        return self.lang.row([*said, *([clean(email)] if email else [])])

    def cannot(self, reason: str) -> str:
        """Why something that was understood can't be done."""
        t = self.t
        words = {
            "past": lambda: t("That day has passed, so nothing has changed."),
            "began": lambda: t("The meeting has begun already, so nothing has changed."),
            "closed": lambda: t("Your answer came after the time for it, so nothing has changed."),
            "far": lambda: t("That day is too far away, so nothing has changed."),
            "unknown": lambda: t("We don't know what this is about, so nothing has changed."),
            "twice": lambda: t("That stands already, so nothing has changed."),
            "last": lambda: t("Your school would be left without an organiser. Please name a successor first."),
        }
        return words[reason]() if reason in words else t("That can't be done, so nothing has changed.")

    @property
    def not_met_sentence(self) -> str:
        """What the leaders are told, in one line."""
        months = self.months_not_met
        return self.nt(
            "%(schools)s have not met for %(number)d month: %(months)s.",
            "%(schools)s have not met for %(number)d months: %(months)s.",
            len(months),
            schools=self.both_schools,
            months=self.lang.months(months),
        )

    @property
    def tried(self) -> str:
        """What has been tried, in words that name nobody."""
        offers = self.offers_made
        said = self.t("The organisers of both schools have been asked and reminded.")
        if offers:
            said += self.lang.gap + self.nt(
                "Other times were offered once; no meeting came of it.",
                "Other times were offered %(number)d times; no meeting came of it.",
                offers,
            )
        return said

    @property
    def leaders_lines(self) -> list[str]:
        """Both schools' leaders with their addresses, in the same order for everyone."""
        return [
            self.t("%(school)s: %(people)s", school=self.name(s), people=self.with_address(s.leaders))
            for s in self.schools
        ]

    @property
    def done_actions(self) -> list[str]:
        """The newest ten."""
        return [self.action(a) for a in self.state.actions if a.state == "done"][-10:]

    @property
    def is_only_leader(self) -> bool:
        """Is the reader a senior leader, who is not invited to meetings?"""
        return bool(self.found and self.found[1].role == "leader")

    @property
    def year(self) -> tuple[brief.MonthCell, ...]:
        return brief.year(self.state)

    @property
    def projects(self) -> str:
        return self.lang.list([self.name(p.title) for p in self.agreement.purpose.projects])

    def shortened(self, text: str) -> str:
        return shortened(text, 300)

    def long(self, text: str) -> str:
        """A person's own words as they were written, with their lines."""
        return clean(text, lines=True)[:8000]

    def plain_lines(self, lines: Iterable[str]) -> list[str]:
        return [shortened(line, 300) for line in lines][:20]

    def resource_lines(self, resources: Iterable[dict[str, str]]) -> list[str]:
        """What it is, and where."""
        return [self.lang.row(self.name(r[key]) for key in ("what", "where") if r.get(key)) for r in resources]
