"""Whatever becomes of meetings, and however their mails arrive, everyone's calendar ends with the meetings as they are.

Random histories of an organizer (move, another place, call off, invite again, join, leave, come back) are written as
calendar parts and delivered in any order and any number of times to `calendar_client`, which goes by RFC 5546 alone.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tandem.core import zones
from tandem.wire.invitation import CANCEL, REQUEST, Invitation, calendar_part
from tandem.wire.mime import Outbound, message
from tests.support.calendar_client import Refused, apply, final_calendar, parse
from tests.years import oracle_run

ORGANIZER = "tandem@mail.example"
ZONES = sorted(zones.names())
HOUR = timedelta(hours=1)


@dataclass
class Meeting:
    uid: str
    starts: datetime
    where: str = "Room 1"
    sequence: int = 0
    off: bool = False
    people: set[str] = field(default_factory=set)


class Organizer:
    """Sends what RFC 5546 wants an organizer to send, to those whom it concerns, and remembers it."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.now = datetime(2026, 9, 1, 8, tzinfo=UTC)
        self.zone = {f"p{n}@school.example": dice.choice(ZONES) for n in range(dice.randint(2, 5))}
        self.sent: dict[str, list[bytes]] = {person: [] for person in self.zone}
        self.meetings: list[Meeting] = []

    def send(self, meeting: Meeting, person: str, method: str = REQUEST, everyone: bool = True) -> None:
        invitation = Invitation(
            uid=meeting.uid, sequence=meeting.sequence, dtstamp=self.now, starts=meeting.starts, minutes=45,
            zone=self.zone[person], summary="Rivers; and, Lakes", organizer_address=ORGANIZER, organizer_name="Tandem",
            attendee_address=person, attendee_name=person, method=method, status_cancelled=everyone,
            location=meeting.where,
        )  # fmt: skip
        self.sent[person].append(calendar_part(invitation))

    def plan(self) -> None:
        starts = datetime(2026, 9, 10, tzinfo=UTC) + timedelta(minutes=15 * self.dice.randrange(40_000))
        meeting = Meeting(f"m{len(self.meetings)}@mail.example", starts)
        meeting.people = {p for p in self.zone if self.dice.random() < 0.8}
        self.meetings.append(meeting)
        self.invite_again(meeting)

    def invite_again(self, meeting: Meeting) -> None:
        for person in sorted(meeting.people):
            self.send(meeting, person)

    def move(self, meeting: Meeting) -> None:
        meeting.starts += HOUR * self.dice.choice((-30, -1, 1, 24, 200))
        meeting.sequence += 1
        self.invite_again(meeting)

    def other_place(self, meeting: Meeting) -> None:
        meeting.where = f"Room {self.dice.randrange(1000)}"
        meeting.sequence += 1
        self.invite_again(meeting)

    def call_off(self, meeting: Meeting) -> None:
        meeting.off = True
        meeting.sequence += 1
        for person in sorted(meeting.people):
            self.send(meeting, person, CANCEL)

    def leave(self, meeting: Meeting) -> None:
        if meeting.people:
            person = self.dice.choice(sorted(meeting.people))
            meeting.people.remove(person)
            self.send(meeting, person, CANCEL, everyone=False)

    def join(self, meeting: Meeting) -> None:
        absent = sorted(set(self.zone) - meeting.people)
        if absent:
            person = self.dice.choice(absent)
            meeting.people.add(person)
            self.send(meeting, person)

    def live(self, steps: int) -> None:
        self.plan()
        for _ in range(steps):
            self.now += timedelta(seconds=self.dice.choice((1, 60, 86_400)))
            on = [meeting for meeting in self.meetings if not meeting.off]
            if not on or self.dice.random() < 0.2:
                self.plan()
                continue
            act = self.dice.choice(
                (
                    self.move,
                    self.move,
                    self.other_place,
                    self.call_off,
                    self.invite_again,
                    self.leave,
                    self.join,
                    self.join,
                )
            )
            act(self.dice.choice(on))

    def expected(self, person: str) -> dict[str, datetime]:
        return {m.uid: m.starts for m in self.meetings if person in m.people and not m.off}

    def arrival(self, person: str) -> list[bytes]:
        """That person's mails as a bad network delivers them: all of them, in any order, some more than once."""
        mails = self.sent[person]
        mails = mails + [m for m in mails if self.dice.random() < 0.3]
        self.dice.shuffle(mails)
        return mails


def differences(seed: int) -> list[str]:
    organizer = Organizer(random.Random(seed))
    organizer.live(steps=organizer.dice.randint(1, 14))
    out = []
    for person in organizer.zone:
        for parts in (organizer.sent[person], organizer.sent[person][::-1], organizer.arrival(person)):
            calendar = apply(parts, person)
            if calendar.meetings != organizer.expected(person) or calendar.conflicts:
                out.append(f"seed {seed}, {person}: {calendar.meetings} {calendar.conflicts}")
    return out


def test_300_random_histories_end_with_the_same_calendars():
    assert [line for seed in range(300) for line in differences(seed)] == []


@pytest.mark.soak
def test_10_000_random_histories_end_with_the_same_calendars():
    assert [line for seed in range(10_000) for line in differences(seed)] == []


# ---------------------------------------------------------------- the client itself


def part(
    method: str = REQUEST, sequence: int = 0, hour: int = 8, *, everyone: bool = True, start: int = 11, **more: str
) -> bytes:
    values = {"uid": "m1", "organizer_address": ORGANIZER, "attendee_address": "a@x.example"} | more
    return calendar_part(
        Invitation(
            sequence=sequence, dtstamp=datetime(2026, 9, 1, hour, tzinfo=UTC), minutes=45,
            starts=datetime(2026, 10, 13, start, tzinfo=UTC), zone="Europe/London", summary="x",
            organizer_name="T", attendee_name="A", method=method,
            status_cancelled=everyone, **values,
        )
    )  # fmt: skip


def test_a_higher_sequence_wins_over_a_later_stamp():
    calendar = apply([part(sequence=2, hour=8, start=9), part(sequence=1, hour=20, start=15)], "a@x.example")
    assert calendar.meetings == {"m1": datetime(2026, 10, 13, 9, tzinfo=UTC)}


def test_of_one_sequence_the_later_stamp_wins():
    calendar = apply([part(CANCEL, hour=10, everyone=False), part(hour=9)], "a@x.example")
    assert calendar.meetings == {}
    assert calendar.entries["m1"].status == "REMOVED"
    assert apply([part(hour=11), part(CANCEL, hour=10, everyone=False)], "a@x.example").meetings


def test_a_late_request_does_not_bring_back_what_was_called_off():
    calendar = apply([part(CANCEL, sequence=1), part(sequence=0, hour=12)], "a@x.example")
    assert calendar.entries["m1"].status == "CANCELLED"


def test_two_messages_that_no_rule_orders_are_a_conflict():
    assert apply([part(start=9), part(start=10)], "a@x.example").conflicts
    assert not apply([part(start=9), part(start=9)], "a@x.example").conflicts


@pytest.mark.parametrize(
    "wrong",
    [part(attendee_address="b@x.example"), part().replace(b"REQUEST", b"PUBLISH"), part().replace(b"UID:m1\r\n", b""),
     part().replace(b";TZID=Europe/London", b""), part().replace(b"SUMMARY", b"SUM MARY"),
     part(organizer_address="a@x.example"),
     part().replace(b"mailto:tandem", b"tandem"),
     part().replace(b"END:VEVENT", b"END:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT")],
)  # fmt: skip
def test_what_no_calendar_could_apply_is_refused(wrong: bytes):
    with pytest.raises(Refused):
        apply([wrong], "a@x.example")


def test_another_organizer_can_t_change_a_meeting():
    with pytest.raises(Refused):
        apply([part(), part(sequence=9, organizer_address="eve@evil.example")], "a@x.example")


def test_a_calendar_part_is_read_as_it_was_written():
    message = parse(part(sequence=3))
    assert (message.uid, message.sequence, message.organizer, message.attendees) == (
        "m1",
        3,
        ORGANIZER,
        ("a@x.example",),
    )
    assert message.end - message.start == timedelta(minutes=45)


# ---------------------------------------------------------------- a run's folder


def run(folder: Path, **attendance: list[int]) -> Path:
    """A run of two people and a meeting that was moved, as `tandem simulate` would leave it."""
    (folder / "mail").mkdir(parents=True)
    versions = [
        part(start=11),
        part(sequence=1, hour=9, start=13),
        part(uid="m2", start=15),
        part(CANCEL, 1, 9, uid="m2"),
    ]
    for n, calendar in enumerate(versions):
        mail = Outbound(
            message_id=f"{n}@mail.example", date=datetime(2026, 9, 1, tzinfo=UTC), from_name="T",
            from_address=ORGANIZER, reply_to=ORGANIZER, to_name="A", to_address="A@x.example", subject="x", text="x",
            html="<p>x</p>", calendar=calendar, method="CANCEL" if b"METHOD:CANCEL" in calendar else "REQUEST",
        )  # fmt: skip
        (folder / "mail" / f"{n:06}-invite-a.eml").write_bytes(message(mail))
    meetings = [
        {"starts": f"2026-10-13T{hour:02}:00:00Z", "status": status, "attendance": {"a@x.example": "ACCEPTED"}}
        for status, hours in attendance.items()
        for hour in hours
    ]
    (folder / "report.json").write_text(json.dumps({"partnerships": [{"id": "x", "meetings": meetings}]}))
    return folder


def test_a_run_whose_calendars_show_what_its_report_says_has_no_differences(tmp_path: Path):
    assert oracle_run.main([str(run(tmp_path / "a", held=[13], cancelled=[15]))]) == 0


def test_a_run_that_says_something_else_is_found_out(tmp_path: Path):
    assert "too much" in oracle_run.differences(run(tmp_path / "a", cancelled=[13, 15]))[0]
    assert "missing" in oracle_run.differences(run(tmp_path / "b", held=[13, 15]))[0]
    assert oracle_run.main([str(run(tmp_path / "c", held=[11]))]) == 1
    assert oracle_run.main([str(tmp_path)]) == 2


def test_the_last_state_of_every_meeting_can_be_read_from_the_mails(tmp_path: Path):
    paths = sorted((run(tmp_path / "a") / "mail").glob("*.eml"))
    assert final_calendar(paths) == {
        "m1": (datetime(2026, 10, 13, 13, tzinfo=UTC), "CONFIRMED"),
        "m2": (datetime(2026, 10, 13, 11, tzinfo=UTC), "CANCELLED"),
    }
    assert final_calendar(paths, "b@x.example") == {}
