"""When leaders hear: every way in which some months can go, against the contract's rule written down once more.

`Rule` below knows nothing of the core: it is told what people said and when, and says from the contract's words alone
when which escalation opens, names which months, is repeated to whom on which days, and is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from tandem.core import commands as said
from tandem.core.agreement import Agreement
from tandem.core.messages import Message
from tests.support.agreements import agreement
from tests.support.lives import Answer, Life, utc

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HELD, MISSED, SILENT, OFF = OUTCOMES = ("held", "missed", "silent", "called off")
AGREED, FAILED, IGNORED = CATCH_UPS = ("held", "missed", "ignored")
MONTHS = ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02")
SOON = 2 * HOUR


def small() -> Agreement:
    """Two schools, each with a lead and a leader, open on every weekday of the year."""
    pair = agreement(
        aire={"terms": None, "closed": (), "holidays": (), "public_holidays": False},
        nyanza={"terms": None, "closed": (), "holidays": (), "public_holidays": False},
    )
    for school in pair.schools:
        people = tuple(p for p in school.people if p.role in ("lead", "leader"))
        pair = pair.with_school(replace(school, people=people))
    return replace(pair, resources=())


PAIR = small()
LEADERS = {school.id: school.leaders[0].key for school in PAIR.schools}
LEADS = {school.id: school.leads[0].key for school in PAIR.schools}


# -- the people: they do as the month's plan says, and remember what they did and when


@dataclass
class People:
    acknowledge: bool
    plan: dict[str, tuple[str, str]] = field(default_factory=dict)  # by month: outcome, what becomes of a catch-up

    def __call__(self, life: Life, mail: Message) -> Iterator[Answer]:
        if mail.kind == "agreement" and mail.to in LEADS.values():
            yield SOON, (said.Sign(),)
        elif mail.kind == "check-in" and mail.month in self.plan:
            outcome, catch_up = self.plan[mail.month]
            meeting = life.state.meeting(mail.meeting)
            assert meeting is not None
            found = life.state.agreement.find(mail.to)
            if found and found[0].id == meeting.chair:
                word = catch_up if meeting.catch_up else outcome
                if word in (HELD, MISSED):
                    yield SOON, (said.Report(mail.month, word == HELD),)
        elif mail.kind == "catch-up" and mail.asks and self.plan[mail.month or ""][1] != IGNORED:
            yield SOON, (said.Choose(1),)
        elif mail.kind == "escalation" and mail.to in LEADERS.values() and self.acknowledge:
            yield SOON, (said.Acknowledge(),)


def begins(month: str) -> datetime:
    """14:00 on the second Tuesday, in Nairobi."""
    year, number = (int(part) for part in month.split("-"))
    days = [date(year, number, n) for n in range(8, 15)]
    tuesday = next(day for day in days if day.weekday() == 1)
    return datetime.combine(tuesday, time(11), utc(2026, 1, 1).tzinfo)


def month_later(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02}"


def live(life: Life, month: str, outcome: str, catch_up: str) -> Life:
    """A month more: until three days before the next month's meeting."""
    people = life.person
    assert isinstance(people, People)
    life = life.fork(People(people.acknowledge, {**people.plan, month: (outcome, catch_up)}))
    if outcome == OFF:
        life.write(begins(month) - 2 * DAY, LEADS["aire"], [said.Cancel(month)])
    return life.run(begins(month_later(month)) - 3 * DAY)


# -- the rule


@dataclass
class Told:
    opened: datetime
    level: int
    months: tuple[str, ...]
    resolved: datetime | None = None
    repeats: dict[str, tuple[date, ...]] = field(default_factory=dict)


class Rule:
    """The contract's paragraphs "Not met" and "When leaders hear", from what people did."""

    after, days, silence, repeat_days = 2, 10, timedelta(hours=1 + 48 + 48), 5
    anchor = ZoneInfo("Africa/Nairobi")
    clocks = {"aire": ZoneInfo("Europe/London"), "nyanza": ZoneInfo("Africa/Nairobi")}

    def __init__(self, plan: dict[str, tuple[str, str]], caught_up: dict[str, datetime], acknowledged: bool) -> None:
        self.plan, self.caught_up, self.acknowledged = plan, caught_up, acknowledged

    def settled(self, month: str) -> tuple[datetime, bool]:
        """When it was clear whether the month was met, and whether it was."""
        outcome, catch_up = self.plan[month]
        starts, answered = begins(month), timedelta(minutes=45) + HOUR + SOON
        if outcome == HELD:
            return starts + answered, True
        found = {
            MISSED: starts + answered,
            SILENT: starts + timedelta(minutes=45) + self.silence,
            OFF: starts,
        }[outcome]
        if catch_up == IGNORED:
            last = found.astimezone(self.anchor).date() + self.days * DAY
            midnight = datetime.combine(last + DAY, time(), self.anchor)
            return min(midnight.astimezone(starts.tzinfo), begins(month_later(month))), False
        return self.caught_up[month] + answered, catch_up == AGREED

    def told(self, until: datetime) -> list[Told]:
        out: list[Told] = []
        run: list[str] = []
        for month in sorted(self.plan):
            at, met = self.settled(month)
            if met:
                run = []
                for told in out:
                    told.resolved = told.resolved or at
            else:
                run.append(month)
                if len(run) >= self.after:
                    out.append(Told(at, len(run) - self.after + 1, tuple(run)))
        for number, told in enumerate(out, start=1):
            ends = min([until, *(t.opened for t in out[number:]), *([told.resolved] if told.resolved else [])])
            told.repeats = {school: tuple(self.repeats(told.opened, ends, school)) for school in self.clocks}
        return out

    def repeats(self, opened: datetime, ends: datetime, school: str) -> Iterator[date]:
        """Every five open days after the day on which the first one leaves, three times at most."""
        if self.acknowledged:
            return
        clock = self.clocks[school]
        first = opened.astimezone(clock)
        day = first.date() + (DAY if first.hour >= 19 else 0 * DAY)
        for _ in range(3):
            open_days = 0
            while open_days < self.repeat_days:
                day += DAY
                open_days += day.weekday() < (5 if school == "aire" else 6)
            if datetime.combine(day, time(7), clock) >= ends:
                return
            yield day


# -- the core against the rule


def check(life: Life) -> None:
    people = life.person
    assert isinstance(people, People)
    plan = people.plan
    caught_up = {m.month: m.starts for m in life.state.meetings if m.catch_up and m.starts}
    story = f"{plan} acknowledged={people.acknowledge}"
    for month, (outcome, catch_up) in plan.items():
        assert (month in caught_up) == (outcome != HELD and catch_up != IGNORED), story
    want = Rule(plan, caught_up, people.acknowledge).told(life.now)
    got = life.state.escalations
    assert [(e.opened, e.level, e.months, e.resolved) for e in got] == [
        (t.opened, t.level, t.months, t.resolved) for t in want
    ], story
    mails = [m for m in life.mails if m.kind in ("escalation", "back-on-track")]
    for told, escalation in zip(want, got, strict=True):
        mine = [m for m in mails if m.facts.get("escalation") == escalation.id]
        for school, leader in LEADERS.items():
            clock = Rule.clocks[school]
            own = [m for m in mine if m.to == leader]
            assert [m.created for m in own[:1]] == [told.opened], story
            assert tuple(m.created.astimezone(clock).date() for m in own[1:]) == told.repeats[school], story
            assert (school in escalation.acknowledged) == people.acknowledge, story
        copies = sorted(m.to for m in mine if m.to not in LEADERS.values())
        assert copies == (sorted(LEADS.values()) if told.level >= 2 else []), story
        assert (escalation.leaders_meeting is not None) == (told.level >= 3), story
    resolved = sorted({t.resolved for t in want if t.resolved})
    for leader in LEADERS.values():
        assert [m.created for m in mails if m.kind == "back-on-track" and m.to == leader] == resolved, story


def every_year(months: Iterable[str], ways: list[tuple[str, str]], acknowledge: bool) -> int:
    """Lives every sequence of those ways, sharing what they have in common; gives how many there were."""
    first = Life(PAIR, People(acknowledge), utc(2026, 8, 18)).run(begins(MONTHS[0]) - 3 * DAY)
    months, lived = list(months), 0

    def branch(life: Life, depth: int) -> None:
        nonlocal lived
        for outcome, catch_up in ways:
            longer = live(life, months[depth], outcome, catch_up)
            if depth + 1 < len(months):
                branch(longer, depth + 1)
            else:
                check(longer)
                lived += 1

    branch(first, 0)
    return lived


BOTH = [pytest.param(True, id="acknowledged"), pytest.param(False, id="never answered")]


@pytest.mark.parametrize("acknowledge", BOTH)
@pytest.mark.parametrize("catch_up", CATCH_UPS)
def test_leaders_hear_as_the_contract_says_in_every_four_months(catch_up: str, acknowledge: bool) -> None:
    assert every_year(MONTHS[:4], [(outcome, catch_up) for outcome in OUTCOMES], acknowledge) == 4**4


EVERY_WAY = [(HELD, IGNORED), *product((MISSED, SILENT, OFF), CATCH_UPS)]


@pytest.mark.soak
@pytest.mark.parametrize("acknowledge", BOTH)
@pytest.mark.parametrize("catch_up", CATCH_UPS)
def test_leaders_hear_as_the_contract_says_in_every_six_months(catch_up: str, acknowledge: bool) -> None:
    assert every_year(MONTHS, [(outcome, catch_up) for outcome in OUTCOMES], acknowledge) == 4**6


@pytest.mark.soak
@pytest.mark.parametrize("acknowledge", BOTH)
def test_leaders_hear_as_the_contract_says_when_each_catch_up_goes_its_own_way(acknowledge: bool) -> None:
    assert every_year(MONTHS[:4], EVERY_WAY, acknowledge) == 10**4
