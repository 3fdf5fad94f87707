"""Invitations, read again by icalendar, which shares no code with how they are written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from tandem.wire.invitation import CANCEL, Invitation, calendar_part, escaped, folded, parameter
from tandem.wire.vtimezone import UnknownZone

INVITATION = Invitation(
    uid="2026-10.aire-nyanza@mail.example",
    sequence=2,
    dtstamp=datetime(2026, 9, 1, 8, tzinfo=UTC),
    starts=datetime(2026, 10, 13, 11, tzinfo=UTC),
    minutes=45,
    zone="Europe/London",
    summary="Rivers and Lakes",
    organizer_address="tandem@mail.example",
    organizer_name="Tandem",
    attendee_address="z.okafor@airedale.example",
    attendee_name="Zoë Okafor",
    description="Tuesday 13 October\n12:00 Leeds\n14:00 Kisumu",
    location="https://meet.example/aire-nyanza",
    url="https://meet.example/aire-nyanza",
    language="en",
)


def event(invitation: Invitation):
    calendar = Calendar.from_ical(calendar_part(invitation))
    found = calendar.walk("VEVENT")
    assert len(found) == 1
    assert not found[0].errors
    return found[0]


def lines(invitation: Invitation) -> list[str]:
    text = calendar_part(invitation).decode()
    return text.replace("\r\n ", "").split("\r\n")


def test_the_meeting_stands_in_the_reader_s_own_zone_with_that_zone_s_definition():
    for zone, local in (("Europe/London", "120000"), ("Africa/Nairobi", "140000"), ("Asia/Kathmandu", "164500")):
        found = lines(replace(INVITATION, zone=zone))
        assert f"DTSTART;TZID={zone}:20261013T{local}" in found
        assert found.count(f"TZID:{zone}") == 1


def test_everyone_s_copy_is_the_same_instant():
    for zone in (
        "Europe/London",
        "Africa/Nairobi",
        "Pacific/Auckland",
        "Pacific/Marquesas",
        "Africa/Casablanca",
        "UTC",
    ):
        found = event(replace(INVITATION, zone=zone))
        assert found["DTSTART"].dt == INVITATION.starts
        assert found["DTEND"].dt == INVITATION.starts + timedelta(minutes=45)


def test_a_meeting_across_a_clock_change_keeps_its_length():
    found = event(replace(INVITATION, starts=datetime(2027, 3, 28, 0, 30, tzinfo=UTC), minutes=60))
    assert found["DTEND"].dt.astimezone(UTC) - found["DTSTART"].dt.astimezone(UTC) == timedelta(hours=1)


def test_an_hour_that_the_reader_s_clock_shows_for_the_second_time_is_told_in_utc():
    found = lines(replace(INVITATION, starts=datetime(2026, 10, 25, 1, 15, tzinfo=UTC)))
    assert "DTSTART:20261025T011500Z" in found
    assert "DTEND:20261025T020000Z" in found


def test_the_reader_is_asked_by_name():
    found = event(INVITATION)
    attendee = found["ATTENDEE"]
    assert attendee == "mailto:z.okafor@airedale.example"
    assert dict(attendee.params) == {
        "CN": "Zoë Okafor",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }
    assert found["ORGANIZER"] == "mailto:tandem@mail.example"
    assert found["ORGANIZER"].params["CN"] == "Tandem"
    assert b"PARTSTAT=ACCEPTED" in calendar_part(replace(INVITATION, partstat="ACCEPTED"))


def test_the_texts_come_through():
    found = event(INVITATION)
    assert found["DESCRIPTION"] == INVITATION.description
    assert found["LOCATION"] == found["URL"] == "https://meet.example/aire-nyanza"
    assert found["SUMMARY"].params["LANGUAGE"] == "en"
    assert (found["UID"], found["SEQUENCE"], found["DTSTAMP"].dt) == (INVITATION.uid, 2, INVITATION.dtstamp)


def test_a_cancellation_says_so_and_a_removal_of_one_person_does_not():
    off = replace(INVITATION, method=CANCEL, sequence=3)
    assert event(off)["STATUS"] == "CANCELLED"
    assert "METHOD:CANCEL" in lines(off)
    assert "STATUS" not in event(replace(off, status_cancelled=False))
    assert event(INVITATION)["STATUS"] == "CONFIRMED"


def test_nothing_repeats_and_nothing_rings():
    text = calendar_part(INVITATION).decode().split("BEGIN:VEVENT")[1]
    assert not re.search("RRULE|RECURRENCE-ID|VALARM|RDATE|X-", text)


def test_what_is_not_given_is_not_there():
    text = calendar_part(replace(INVITATION, description="", location="", url="", language="")).decode()
    assert not re.search("(?m)^(DESCRIPTION|LOCATION|URL)|LANGUAGE", text)


def test_lines_are_folded_at_75_octets_between_characters():
    part = calendar_part(replace(INVITATION, summary="湖と川 " * 60, description="नमस्ते\n" * 60))
    assert part.count(b"\n") == part.count(b"\r\n") == part.count(b"\r")
    for line in part.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_any_text_and_any_name_read_back(text: str, name: str, other: str):
    found = event(replace(INVITATION, summary=text, description=text, attendee_name=name, organizer_name=other))
    part = calendar_part(replace(INVITATION, summary=text, description=text, attendee_name=name))
    assert all(len(line) <= 75 for line in part.split(b"\r\n"))
    assert found["UID"] == INVITATION.uid
    assert found["ATTENDEE"] == "mailto:z.okafor@airedale.example"

    def clean(value: str) -> str:
        value = re.sub("\r\n|[\r\u2028\u2029]", "\n", value).replace("\t", " ")
        return re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", value)

    assert found["SUMMARY"] == clean(text)


@pytest.mark.parametrize(
    ("name", "written"),
    [("Zoë", "Zoë"), ("Khan, Aisha", '"Khan, Aisha"'), ('Tom "T" Ellis', "Tom ^'T^' Ellis"), ("a^b", "a^^b"),
     ("x:y;z", '"x:y;z"'), ("a\r\nATTENDEE:b", '"a ATTENDEE:b"'), ("a\x00\x85b", "ab"), ("  ", "")],
)  # fmt: skip
def test_a_name_can_t_leave_its_parameter(name: str, written: str):
    assert parameter(name) == written


def test_a_name_that_is_empty_is_the_address():
    assert "CN=z.okafor@airedale.example" in calendar_part(replace(INVITATION, attendee_name=" ")).decode().replace(
        "\r\n ", ""
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [("a,b;c\\d", "a\\,b\\;c\\\\d"), ("a\r\nb\rc\nd", "a\\nb\\nc\\nd"), ("a\tb\x00c", "a bc"), ("\u2028x", "\\nx")],
)
def test_a_text_can_t_leave_its_line(text: str, written: str):
    assert escaped(text) == written


def test_a_line_of_75_octets_is_not_folded_and_one_more_is():
    assert folded("x" * 75) == b"x" * 75 + b"\r\n"
    assert folded("x" * 76) == b"x" * 75 + b"\r\n x\r\n"


def test_a_link_with_signs_that_a_uri_can_t_hold_is_encoded():
    assert "URL:https://meet.example/a%20b%0D%0AX:%C3%BC" in lines(
        replace(INVITATION, url="https://meet.example/a b\r\nX:ü")
    )


@pytest.mark.parametrize(
    "wrong",
    [{"method": "PUBLISH"}, {"partstat": "MAYBE"}, {"minutes": 0}, {"sequence": -1}, {"uid": ""}, {"uid": "a\nb"},
     {"starts": datetime(2026, 10, 13, 11)}, {"dtstamp": datetime(2026, 10, 13, 11)}],  # noqa: DTZ001
)  # fmt: skip
def test_what_no_calendar_could_show_is_refused(wrong: dict[str, object]):
    with pytest.raises(ValueError, match=r".+"):
        replace(INVITATION, **wrong)


def test_an_unknown_zone_is_refused():
    with pytest.raises(UnknownZone):
        calendar_part(replace(INVITATION, zone="Europe/Atlantis"))
