"""Answers of many calendar programs, good ones and broken ones, and what each of them is read as."""

from __future__ import annotations

import email
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.wire.itip import read, read_all

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "itip"


def calendar(*lines: str, method: str = "REPLY", zone: str = "", end: str = "\r\n") -> str:
    body = ("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", *filter(None, zone.split("\n")), "BEGIN:VEVENT")
    return end.join((*body, *lines, "END:VEVENT", "END:VCALENDAR", ""))


def reply(attendee: str, *more: str) -> str:
    return calendar("UID:m1", "DTSTAMP:20261001T080000Z", "SEQUENCE:2", attendee, *more)


def counter(start: str, *more: str, zone: str = "") -> str:
    head = ("UID:m1", "DTSTAMP:20261001T080000Z", "SEQUENCE:2", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@x.example")
    return calendar(*head, start, *more, method="COUNTER", zone=zone)


ACCEPTED = "ATTENDEE;CN=A;PARTSTAT=ACCEPTED:mailto:A@x.example"


def test_an_answer_says_who_what_and_about_which_meeting():
    found = read(reply(ACCEPTED))
    assert (found.method, found.uid, found.attendee, found.partstat) == ("REPLY", "m1", "a@x.example", "ACCEPTED")
    assert (found.sequence, found.dtstamp) == (2, datetime(2026, 10, 1, 8, tzinfo=UTC))
    assert (found.comment, found.starts, found.problem) == (None, None, None)


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"])
@pytest.mark.parametrize("written", ["{}", '"{}"', "{} "])
def test_every_answer_is_read_however_it_is_written(partstat: str, written: str):
    for case in (partstat, partstat.lower()):
        found = read(reply(f"ATTENDEE;PARTSTAT={written.format(case)};CN=A:mailto:a@x.example"))
        assert (found.partstat, found.problem) == (partstat, None)


@pytest.mark.parametrize("partstat", ["MAYBE", "NEEDS-ACTION", "COMPLETED", "X-YES", "ACCEPTED,DECLINED", ""])
def test_what_is_no_answer_is_not_taken_for_one(partstat: str):
    assert read(reply(f"ATTENDEE;PARTSTAT={partstat}:mailto:a@x.example")).problem


def test_an_attendee_without_partstat_has_not_answered():
    assert read(reply("ATTENDEE:mailto:a@x.example")).problem == "no PARTSTAT"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "DECLINECOUNTER", "ADD", "REFRESH", ""])
def test_what_is_no_answer_of_a_reader_is_nothing(method: str):
    assert read(calendar("UID:m1", ACCEPTED, method=method)) is None


@pytest.mark.parametrize(
    "text", ["", "hello", "BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VCALENDAR\r\nEND:VCALENDAR", "\x00", "\n" * 999]
)
def test_what_is_no_calendar_is_nothing(text: str):
    assert read(text) is None


def test_a_reply_about_a_task_is_nothing():
    assert read(reply(ACCEPTED).replace("VEVENT", "VTODO")) is None


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\r\n"])
def test_line_ends_of_every_kind_are_read(end: str):
    found = read(
        calendar("UID:m1", "ATTENDEE;PARTSTAT=ACC", " EPTED;CN=A:mailto:a@x.exa", "\tmple", "SEQUENCE:3", end=end)
    )
    assert (found.partstat, found.attendee, found.sequence, found.problem) == ("ACCEPTED", "a@x.example", 3, None)


def test_a_line_that_lost_its_fold_is_put_together_again():
    torn = (
        'ATTENDEE;CN="A, Deputy Head of Geography";PARTSTAT=ACCEPTED;ROLE=RE',
        "Q-PARTICIPANT:",
        "mailto:a@x.example",
    )
    found = read(calendar("UID:" + "u" * 71, "uuu", *torn, "DTSTAMP:20261001T080000Z"))
    assert found.uid == "u" * 74
    assert (found.partstat, found.attendee, found.problem) == ("ACCEPTED", "a@x.example", None)


def test_an_unfolded_line_of_any_length_is_read():
    found = read(reply(f"ATTENDEE;CN={'x' * 500};PARTSTAT=DECLINED:mailto:a@x.example"))
    assert (found.partstat, found.attendee) == ("DECLINED", "a@x.example")


@pytest.mark.parametrize(
    "attendee",
    ["ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:A@X.example", "ATTENDEE;PARTSTAT=ACCEPTED:a@x.example",
     "attendee;partstat=accepted:mailto:a@x.example",
     'ATTENDEE;PARTSTAT=ACCEPTED;EMAIL="a@x.example":urn:uuid:1',
     "ATTENDEE;EMAIL=a@x.example;PARTSTAT=ACCEPTED:/12/principal/",
     'ATTENDEE;CN="x: y; z";PARTSTAT=ACCEPTED:mailto:a@x.example',
     'ATTENDEE;SENT-BY="mailto:secretary@x.example";PARTSTAT=ACCEPTED:mailto:a@x.example',
     "ATTENDEE ; PARTSTAT = ACCEPTED : mailto:a@x.example".replace(" = ", "=")],
)  # fmt: skip
def test_the_attendee_s_address_is_found_however_it_is_written(attendee: str):
    found = read(reply(attendee))
    assert (found.attendee, found.partstat, found.problem) == ("a@x.example", "ACCEPTED", None)


def test_a_comment_comes_from_google_s_parameter_or_from_the_property():
    google = (
        'ATTENDEE;PARTSTAT=ACCEPTED;X-NUM-GUESTS=0;X-RESPONSE-COMMENT="Late, 10 min; sorry: A^nB":mailto:a@x.example'
    )
    assert read(reply(google)).comment == "Late, 10 min; sorry: A\nB"
    assert read(reply(ACCEPTED, "COMMENT;LANGUAGE=en-GB:Late\\, sorry\\nA\\n")).comment == "Late, sorry\nA"
    assert read(reply(ACCEPTED, "COMMENT;LANGUAGE=en-GB:\\n")).comment is None
    assert read(reply(ACCEPTED, "COMMENT:one\x00\x1b", "COMMENT:two")).comment == "one\ntwo"
    assert len(read(reply(ACCEPTED, "COMMENT:" + "x" * 15000)).comment) <= 4000


def test_of_several_attendees_the_one_who_wrote_has_answered_or_the_only_one_who_says_something():
    others = "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:b@x.example"
    assert read(reply(others, ACCEPTED)).attendee == "a@x.example"
    both = reply("ATTENDEE;PARTSTAT=DECLINED:mailto:b@x.example", ACCEPTED)
    assert read(both).problem
    assert read(both).partstat is None
    assert (read(both, "b@x.example").partstat, read(both, "A@x.example").partstat) == ("DECLINED", "ACCEPTED")
    assert read(reply("SUMMARY:x")).problem == "no ATTENDEE"


def test_who_delegates_is_told_from_the_delegate():
    delegator = 'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:b@x.example":mailto:a@x.example'
    waiting = 'ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:a@x.example":mailto:b@x.example'
    accepting = waiting.replace("NEEDS-ACTION", "ACCEPTED")
    assert (read(reply(delegator, waiting)).attendee, read(reply(delegator, waiting)).partstat) == (
        "a@x.example",
        "DELEGATED",
    )
    assert (read(reply(delegator, accepting)).attendee, read(reply(delegator, accepting)).partstat) == (
        "b@x.example",
        "ACCEPTED",
    )


def test_a_missing_organizer_or_sequence_is_no_hindrance_and_a_missing_uid_is():
    bare = calendar("UID:m1", ACCEPTED)
    assert (read(bare).sequence, read(bare).dtstamp, read(bare).problem) == (0, None, None)
    assert read(calendar(ACCEPTED)).problem == "no UID"
    assert read("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR").problem == "no VEVENT"


@pytest.mark.parametrize("sequence", ["x", "-1", "1.5", "9" * 400, "٣", ""])
def test_a_sequence_that_is_no_number_counts_as_none(sequence: str):
    assert read(calendar("UID:m1", f"SEQUENCE:{sequence}", ACCEPTED)).sequence == 0


@pytest.mark.parametrize(
    "stamp", ["20261001T080000", "20261301T080000Z", "00000000T000000Z", "yesterday", "99991231T235960Z", ""]
)
def test_a_stamp_that_is_none_orders_nothing(stamp: str):
    assert read(calendar("UID:m1", f"DTSTAMP:{stamp}", ACCEPTED)).dtstamp is None


def test_an_alarm_inside_the_event_has_attendees_of_its_own():
    alarm = ("BEGIN:VALARM", "ATTENDEE;PARTSTAT=DECLINED:mailto:z@x.example", "UID:other", "END:VALARM")
    found = read(calendar("UID:m1", *alarm, ACCEPTED))
    assert (found.uid, found.attendee, found.partstat) == ("m1", "a@x.example", "ACCEPTED")


def test_a_part_that_breaks_off_is_read_as_far_as_it_goes():
    text = reply(ACCEPTED)
    assert read(text[: text.index("END:VEVENT")]).partstat == "ACCEPTED"


# ---------------------------------------------------------------- proposals

BERLIN = """BEGIN:VTIMEZONE
TZID:{}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


@pytest.mark.parametrize(
    "start",
    ["DTSTART:20261015T110000Z", "DTSTART;TZID=Europe/London:20261015T120000",
     'DTSTART;TZID="Europe/London":20261015T120000',
     "DTSTART;TZID=europe/london:20261015T120000", "DTSTART;TZID=GMT Standard Time:20261015T120000",
     'DTSTART;TZID="E. Africa Standard Time":20261015T140000', "DTSTART;TZID=tzone://Microsoft/Utc:20261015T110000",
     "DTSTART;TZID=UTC:20261015T110000", "DTSTART;VALUE=DATE-TIME;TZID=Africa/Nairobi:20261015T140000",
     "DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Africa/Nairobi:20261015T140000",
     "DTSTART;TZID=/mozilla.org/20050126_1/America/Argentina/Buenos_Aires:20261015T080000",
     "dtstart;tzid=Etc/GMT-3:20261015T140000"],
)  # fmt: skip
def test_a_proposal_s_time_is_understood_in_every_zone_that_has_a_name(start: str):
    found = read(counter(start))
    assert (found.method, found.starts, found.problem) == ("COUNTER", datetime(2026, 10, 15, 11, tzinfo=UTC), None)
    assert found.partstat is None


@pytest.mark.parametrize(
    "label",
    ["Customized Time Zone", "GMT +0100 (Standard) / GMT +0200 (Daylight)", "tzone://Microsoft/Custom", "Eastern"],
)
def test_an_unknown_zone_is_what_its_own_definition_says(label: str):
    text = counter(f'DTSTART;TZID="{label}":20261015T130000', zone=BERLIN.format(label))
    assert (read(text).starts, read(text).problem) == (datetime(2026, 10, 15, 11, tzinfo=UTC), None)
    winter = counter(f'DTSTART;TZID="{label}":20261215T120000', zone=BERLIN.format(label))
    assert read(winter).starts == datetime(2026, 12, 15, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    ["DTSTART;TZID=Customized Time Zone:20261015T130000", "DTSTART;TZID=Mars/Olympus:20261015T130000",
     "DTSTART:20261015T130000",
     "DTSTART;TZID=:20261015T130000", "DTSTART;VALUE=DATE:20261015", "DTSTART:20261015", "DTSTART:16010101T000000Z",
     "DTSTART:99991231T235959Z", "DTSTART:20261015T250000Z", "DTSTART:20261015T1100Z", "DTSTART:tomorrow", "DTSTART:",
     "SUMMARY:x",
     "DTSTART;TZID=(UTC+01:00) Amsterdam\\, Berlin:20261015T130000"],
)  # fmt: skip
def test_a_proposal_whose_time_can_t_be_told_says_so_and_has_no_time(start: str):
    found = read(counter(start))
    assert found.starts is None
    assert found.problem


def test_the_old_time_beside_a_proposal_is_not_the_proposal():
    found = read(
        counter(
            "X-MS-OLK-ORIGINALSTART;TZID=Europe/London:20261013T120000", "DTSTART;TZID=Europe/London:20261015T120000"
        )
    )
    assert found.starts == datetime(2026, 10, 15, 11, tzinfo=UTC)


def test_an_hour_that_occurs_twice_is_the_first_and_one_that_does_not_is_read_by_the_offset_before():
    twice, never = "20261025T023000", "20260329T023000"
    for label, zone in (("Europe/Berlin", ""), ("Own", BERLIN.format("Own"))):
        assert read(counter(f"DTSTART;TZID={label}:{twice}", zone=zone)).starts == datetime(
            2026, 10, 25, 0, 30, tzinfo=UTC
        )
        assert read(counter(f"DTSTART;TZID={label}:{never}", zone=zone)).starts == datetime(
            2026, 3, 29, 1, 30, tzinfo=UTC
        )


# ---------------------------------------------------------------- hostile and broken input


def hostile() -> dict[str, str]:
    rule = "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10"
    own = "DTSTART;TZID=Own:20261015T130000"
    return {
        "count": counter(
            own,
            "RRULE:FREQ=SECONDLY;COUNT=999999999",
            zone=BERLIN.format("Own").replace(rule, rule + ";COUNT=999999999"),
        ),
        "interval": counter(
            own, "RRULE:FREQ=DAILY;INTERVAL=0", zone=BERLIN.format("Own").replace("INTERVAL=1", "INTERVAL=0")
        ),
        "secondly": counter(own, zone=BERLIN.format("Own").replace("FREQ=YEARLY", "FREQ=SECONDLY")),
        "rdates": counter(own, zone=BERLIN.format("Own").replace(rule, "RDATE:" + "20201025T030000," * 50_000)),
        "offsets": counter(own, zone=BERLIN.format("Own").replace("+0200", "+9999")),
        "zones": counter(own, zone="\n".join(BERLIN.format(n) for n in range(3000))),
        "attendees": reply(*[f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a{n}@x.example" for n in range(50_000)]),
        "parameters": reply("ATTENDEE" + ";A=b" * 200_000 + ":mailto:a@x.example"),
        "quotes": reply('ATTENDEE;CN="' + '"' * 300_000 + ":mailto:a@x.example"),
        "colons": reply("ATTENDEE" + ":;" * 300_000),
        "deep": calendar(*["BEGIN:VEVENT"] * 50_000, ACCEPTED, "UID:m1"),
        "deep pairs": calendar(*["BEGIN:A", "END:A"] * 50_000, ACCEPTED, "UID:m1"),
        "folds": reply("COMMENT:x\r\n " + "y\r\n " * 200_000),
        "blank": "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + "\r\n" * 500_000 + ACCEPTED,
        "many calendars": reply(ACCEPTED) * 5_000,
        "carets": reply("ATTENDEE;PARTSTAT=ACCEPTED;X-RESPONSE-COMMENT=" + "^n" * 300_000 + ":mailto:a@x.example"),
        "torn": "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n" + "zzz\r\n" * 200_000,
        "huge": reply("COMMENT:" + "x" * 5_000_000),
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_parts_are_read_in_bounded_time(name: str):
    text = hostile()[name]
    begins = time.process_time()
    found = list(read_all(text))
    assert time.process_time() - begins < 3
    assert all(len(i.uid) <= 1000 and len(i.comment or "") <= 4000 for i in found)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.integers(0, 400), st.integers(0, 400))
def test_no_damage_makes_the_reader_fail(noise: str, at: int, to: int):
    for text in (
        reply(ACCEPTED, "COMMENT:Late"),
        counter("DTSTART;TZID=Own:20261015T130000", zone=BERLIN.format("Own")),
    ):
        found = read(text[:at] + noise + text[to:])
        assert found is None or found.method in ("REPLY", "COUNTER")


# ---------------------------------------------------------------- what real programs sent

MEANT: dict[str, list[tuple[str, str | None, bool]]] = {
    # file: (method, PARTSTAT, whether it can be acted on) of each answer; every other file holds none
    "apache_james-project/alternative.cal.eml": [("REPLY", None, False)] * 2,
    "apache_james-project/calendar.eml": [("COUNTER", None, False)],
    "apache_james-project/calendar2.eml": [("COUNTER", None, False)],
    "apache_james-project/charset.eml": [("COUNTER", None, False)],
    "apache_james-project/charset2.eml": [("COUNTER", None, False)] * 2,
    "apache_james-project/eml_calendar.eml": [("REPLY", "ACCEPTED", True)],
    "apple_ccs-calendarserver/good_reply.eml": [("REPLY", "ACCEPTED", True)],
    "apple_ccs-calendarserver/reply_missing_attendee.eml": [("REPLY", None, False)],
    "apple_ccs-calendarserver/reply_missing_organizer.eml": [("REPLY", None, False)],
    "libical_libical/2446.ics": [
        ("REPLY", "ACCEPTED", True), ("COUNTER", None, True), ("REPLY", "DELEGATED", True), ("REPLY", "ACCEPTED", True),
        ("REPLY", "DELEGATED", True), ("COUNTER", None, True), ("REPLY", None, False),
    ],
}  # fmt: skip


def parts(path: Path) -> list[str]:
    raw = path.read_bytes()
    if path.suffix != ".eml":
        return [raw.decode("utf-8", "replace")]
    walked = email.message_from_bytes(raw).walk()
    found = [p for p in walked if p.get_content_type() in ("text/calendar", "application/ics")]
    return [part.get_payload(decode=True).decode("utf-8", "replace") for part in found]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_each_mail_of_the_corpus_is_read_as_its_client_meant_it():
    files = [p for p in sorted(CORPUS.rglob("*")) if p.is_file()]
    assert len(files) > 20
    for path in files:
        name = path.relative_to(CORPUS).as_posix()
        found = [(i.method, i.partstat, i.problem is None) for text in parts(path) for i in read_all(text)]
        assert found == MEANT.get(name, []), name
