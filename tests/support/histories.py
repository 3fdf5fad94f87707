"""Random histories of a partnership: people who do as a mood says, and mails that nobody expected in between.

`History` lives one and holds every decision against what must hold whatever happens; hypothesis draws the moods and the
mails, and shrinks what breaks to the fewest of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from tandem.core import commands as said
from tandem.core import decide
from tandem.core.agreement import Agreement
from tandem.core.decide import Heard
from tandem.core.messages import Decision, Message
from tandem.core.partnership import CANCELLED, HELD, PAUSED, SKIPPED, UNSIGNED, Partnership
from tandem.core.timetable import next_due, review_ends
from tandem.core.zones import local
from tests.support.lives import Answer, Life, utc

DAY = timedelta(days=1)
BEGIN = utc(2026, 8, 18)
IN_A_PAUSE = {"digest", "review", "receipt", "help", "notice", "cancel"}
ABOUT_A_MEETING = {"invite", "update", "agenda", "reminder", "check-in", "nudge"}
FOR_OWNERS = {"check-in", "nudge", "catch-up"}
NEWCOMERS = [
    ("Joy Atieno", "j.atieno@nyanza.example"),
    ("Ben Fox", "b.fox@airedale.example"),
    ("Out", "o@mail.example"),
]


@dataclass(frozen=True)
class Mood:
    """What people do when nothing else comes to their mind; by month where it is a tuple."""

    rsvp: tuple[str, ...]
    outcome: tuple[str, ...]
    catch_up: tuple[str, ...]
    acknowledge: bool
    review: str
    signs_after: tuple[int, int]  # days; 400 is never


@dataclass(frozen=True)
class Surprise:
    """One unexpected mail: on which day and minute, from whom, saying what, as an answer to which kind."""

    day: int
    minute: int
    who: int
    what: int
    number: int
    to: str | None


KINDS = [
    None, None, "invite", "update", "check-in", "catch-up", "receipt", "receipt", "escalation", "review", "agreement",
    "notice", "cancel", "agenda",
]  # fmt: skip


def moods() -> st.SearchStrategy[Mood]:
    def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(words), min_size=1, max_size=4).map(tuple)

    return st.builds(
        Mood,
        rsvp=some("ACCEPTED", "ACCEPTED", "DECLINED", "silent", "TENTATIVE"),
        outcome=some("held", "missed", "silent", "quarrel"),
        catch_up=some("agree", "ignore", "none", "any", "missed"),
        acknowledge=st.booleans(),
        review=st.sampled_from(["go on", "end", "silent"]),
        signs_after=st.sampled_from([(0, 0), (0, 1), (0, 0), (3, 0), (0, 40), (20, 0), (400, 0)]),
    )


def surprises() -> st.SearchStrategy[list[Surprise]]:
    one = st.builds(
        Surprise,
        day=st.integers(0, 365),
        minute=st.integers(0, 1439),
        who=st.one_of(st.sampled_from([0, 4]), st.integers(0, 30)),  # the two leads write most
        what=st.integers(0, len(SAYINGS) - 1),
        number=st.integers(0, 40),
        to=st.sampled_from(KINDS),
    )
    return st.lists(one, min_size=8, max_size=40).map(lambda found: sorted(found, key=lambda s: (s.day, s.minute)))


def _day(now: datetime, number: int) -> date:
    return now.date() + number * DAY


def _month(now: datetime, number: int) -> str | None:
    return None if number % 4 == 0 else _day(now, 10 * (number % 4)).strftime("%Y-%m")


def _handover(now: datetime, number: int, who: list[str]) -> said.Command:
    name, email = NEWCOMERS[number % 3]
    leaver = who[number % len(who)]
    return said.Handover(leaver, (("name", name), ("email", email)))


def _change(now: datetime, number: int, who: list[str]) -> said.Command:
    day = _day(now, 5 * number)
    choices: list[said.Change] = [
        said.Change("where", f"https://meet.example/{number}"),
        said.Change("phone", f"+1 {number}"),
        said.Change("meeting", (("every", ("first monday", "last friday")[number // 9 % 2]), ("at", "11:00"))),
        said.Change("objective", f"Objective {number}"),
        said.Change("milestone", (("due", day.isoformat()), ("what", f"Step {number % 3}"))),
        said.Change("resource", (("what", f"Thing {number % 3}"), ("where", "A shelf"))),
        said.Change("person", (("name", NEWCOMERS[number % 3][0]), ("email", NEWCOMERS[number % 3][1]))),
        said.Change("language", "fr"),
        said.Change("term", (("from", day.isoformat()), ("to", (day + 60 * DAY).isoformat()))),
    ]
    return choices[number % len(choices)]


SAYINGS = [
    lambda now, n, who: said.Rsvp(_month(now, n), ("ACCEPTED", "DECLINED", "TENTATIVE")[n % 3]),
    lambda now, n, who: said.Counter(_month(now, n), now.replace(minute=0, second=0) + (n * 7) * timedelta(hours=1)),
    lambda now, n, who: said.Report(_month(now, n), n % 2 == 0, "Notes" if n % 3 else None),
    lambda now, n, who: said.Report(_month(now, n), n % 2 == 1),
    lambda now, n, who: said.Cancel(_month(now, n)),
    lambda now, n, who: said.Cancel(None),
    lambda now, n, who: said.AgendaItem(f"Item {n}"),
    lambda now, n, who: said.Action(f"Action {n}", who[n % len(who)], _day(now, n)),
    lambda now, n, who: said.ActionDone(f"Action {n % 5}", n % 3 == 0),
    lambda now, n, who: said.Choose(n % 5 - 1),
    lambda now, n, who: said.Acknowledge(),
    lambda now, n, who: said.Sign(),
    lambda now, n, who: said.Confirm(n % 2 == 0),
    _handover,
    lambda now, n, who: said.Absence(_day(now, n - 5), _day(now, n)),
    lambda now, n, who: said.Closed(_day(now, n), _day(now, n + n % 9), "Closed"),
    lambda now, n, who: said.Meet(_day(now, n) if n % 2 else None),
    _change,
    lambda now, n, who: said.Pause(_day(now, n)),
    lambda now, n, who: said.Feedback("Feedback"),
    lambda now, n, who: said.Idea("Idea"),
    lambda now, n, who: said.Safeguarding("A worry"),
    lambda now, n, who: said.Review(n % 2 == 0),
    lambda now, n, who: said.Undo(),
    lambda now, n, who: said.Undo(),
    lambda now, n, who: (said.Status(), said.Help(), said.Stop())[n % 3],
    lambda now, n, who: said.Stop(),
    lambda now, n, who: said.Unclear("What?"),
]


@dataclass
class History:
    agreement: Agreement
    mood: Mood
    surprises: list[Surprise]
    bounces: tuple[tuple[int, int], ...] = ()  # (day, who)
    sequences: dict[str, int] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def person(self, life: Life, mail: Message) -> Iterator[Answer]:
        mood, soon = self.mood, timedelta(hours=2)
        found = life.state.agreement.find(mail.to)
        if found is None:
            return
        school, person = found
        number = int((mail.month or "2026-00")[-2:])

        def of(words: tuple[str, ...]) -> str:
            return words[number % len(words)]

        first = life.state.agreement.schools[0].id == school.id
        meeting = life.state.meeting(mail.meeting)
        if mail.kind == "agreement" and mail.variant == "first" and person.role == "lead":
            yield mood.signs_after[not first] * DAY + soon, (said.Sign(),)
        elif mail.kind in ("invite", "update") and mail.asks and of(mood.rsvp) != "silent":
            yield soon, (said.Rsvp(mail.month, of(mood.rsvp)),)
        elif mail.kind == "check-in" and meeting and person.role == "lead":
            outcome = of(mood.outcome)
            if meeting.catch_up:
                outcome = "missed" if of(mood.catch_up) == "missed" else "held"
            if outcome == "quarrel":
                yield soon, (said.Report(mail.month, first),)
            elif outcome != "silent" and school.id == meeting.chair:
                yield soon, (said.Report(mail.month, outcome == "held"),)
        elif mail.kind == "catch-up" and mail.asks and person.role == "lead" and of(mood.catch_up) != "ignore":
            option = {"none": 0, "any": -1}.get(of(mood.catch_up), 1)
            yield soon, (said.Choose(option),)
        elif mail.kind == "escalation" and mood.acknowledge:
            yield soon, (said.Acknowledge(),)
        elif mail.kind == "review" and mail.asks and mood.review != "silent":
            yield soon, (said.Review(mood.review == "go on"),)

    def live(self, until: datetime) -> Life:
        life = Life(self.agreement, self.person, BEGIN)
        take = life.take

        def watched(decision: Decision) -> None:
            before, sent = life.state, len(life.mails)
            take(decision)
            self.look(before, life, life.mails[sent:], decision)

        life.take = watched  # type: ignore[method-assign]
        happenings = [(BEGIN + s.day * DAY + timedelta(minutes=s.minute), s) for s in self.surprises]
        happenings += [(BEGIN + day * DAY, who) for day, who in self.bounces]  # type: ignore[misc]
        for at, what in sorted(happenings, key=lambda h: h[0]):
            if at >= until:
                break
            life.run(at)
            if isinstance(what, Surprise):
                self.surprise(life, what)
            else:
                people = self.people(life.state)
                life.take(decide.unreachable(life.state, people[what % len(people)], life.now))
        return life.run(until)

    def people(self, state: Partnership) -> list[str]:
        return [p.key for _, p in state.agreement.people] + [d.person.key for d in state.departures]

    def surprise(self, life: Life, what: Surprise) -> None:
        people = self.people(life.state)
        sender = people[what.who % len(people)]
        mine = [m for m in life.mails if m.to == sender and what.to == m.kind]
        answers = mine[-1] if mine else None
        command = SAYINGS[what.what](life.now, what.number, people)
        if isinstance(command, said.Handover) and what.number % 2:
            command = said.Handover(sender, command.to)
        heard = Heard(sender, (command,), answers=answers, meeting=answers.meeting if answers else None, text="Words")
        life.take(decide.hear(life.state, heard, life.now))

    # -- what must hold

    def look(self, before: Partnership, life: Life, sent: list[Message], decision: Decision) -> None:
        state, now = life.state, life.now
        due = next_due(state)
        assert due is None or due > now, "a step that is due has not been taken"
        for mail in decision.messages:
            assert mail.id not in self.ids, mail.id
            self.ids.add(mail.id)
            json.dumps(mail.facts)
        self.state_holds(before, state, now)
        for mail in sent:
            self.mail_holds(state, mail, now)

    def state_holds(self, before: Partnership, state: Partnership, now: datetime) -> None:
        assert all(a.state in ("open", "done", "dropped") for a in state.actions)
        for school in state.agreement.schools:
            assert school.owners, f"{school.id} has no owner"
            assert school.leads, f"{school.id} has no lead"
            assert 1 <= len(school.people) <= 20
        emails = [p.key for _, p in state.agreement.people]
        assert len(emails) == len(set(emails))
        ids = [m.id for m in state.meetings]
        assert len(ids) == len(set(ids))
        chairs = [m.chair for m in state.monthly if m.status != SKIPPED]
        assert all(a != b for a, b in pairwise(chairs)), chairs
        for meeting in state.meetings:
            assert meeting.sequence >= self.sequences.get(meeting.id, 0)
            self.sequences[meeting.id] = meeting.sequence
            was = before.meeting(meeting.id)
            if was and was.starts != meeting.starts and was.invitees and was.status == "planned":
                assert meeting.sequence > was.sequence, "another time, the same SEQUENCE"
            if meeting.status == "planned" and meeting.starts:
                assert meeting.starts > now, f"{meeting.id} is planned, though it has begun"
                if meeting.invitees and state.ended is None:
                    invited = {i.email for i in meeting.invited}
                    assert invited == {p.key for s in state.agreement.schools for p in s.participants}
        live = [e for e in state.escalations if e.ended is None and e.resolved is None]
        assert len(live) <= 1
        old = {e.id for e in before.escalations}
        for escalation in state.escalations:
            if escalation.id not in old:
                for month in escalation.months:
                    assert not state.met(month)
                    coming = [m for m in state.of_month(month) if m.status in ("planned", "open", "disputed")]
                    assert not coming, f"{month} may still be met"
                    waiting = [o for o in state.offers if o.month == month and o.state == "open" and o.meeting == month]
                    assert not waiting, f"the window of {month} is open"
        for offer in state.offers:
            if offer.state == "open" and offer.cause not in ("counter", "asked"):
                meeting = state.meeting(offer.meeting)
                assert meeting is not None
                wanted = "planned" if offer.cause == "declined" else "missed unconfirmed cancelled open disputed"
                assert meeting.status in wanted.split(), (offer, meeting.status)
                assert meeting.status != HELD

    def mail_holds(self, state: Partnership, mail: Message, now: datetime) -> None:
        found = state.agreement.find(mail.to)
        if mail.variant == "worry":
            return
        gone = next((d for d in state.departures if d.person.key == mail.to), None)
        if found is None or found[1].key != mail.to:
            assert gone is not None, f"{mail.kind} to a stranger"
            assert now < gone.at + DAY, f"{mail.kind} to {mail.to}, who left a day ago or more"
            assert mail.kind in ("receipt", "cancel", "notice"), mail.kind
        else:
            role = found[1].role
            assert not (mail.kind in FOR_OWNERS and not found[1].is_owner), f"{mail.kind} to a {role}"
            assert not (mail.kind in ("invite", "agenda", "reminder") and role == "leader")
        assert mail.to not in state.bounced
        if state.signed_at is None:
            assert mail.kind in ("agreement", "receipt", "help")
        if state.pause_at(now):
            assert mail.kind in IN_A_PAUSE
        if now >= review_ends(state):
            assert mail.kind in ("receipt", "help"), f"{mail.kind} after the end"
        meeting = state.meeting(mail.meeting)
        if meeting and mail.kind in ABOUT_A_MEETING:
            off = (CANCELLED, PAUSED, SKIPPED, UNSIGNED)
            assert meeting.status not in off, f"{mail.kind} about a meeting that is {meeting.status}"
        if mail.kind == "reminder" and meeting and meeting.starts and found:
            assert not state.absent(mail.to, local(meeting.starts, found[0].timezone).date())
