"""Whole mails: read again by the standard library, which shares no code with how they are written."""

from __future__ import annotations

import email
import email.header
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.wire.mime import Outbound, message, one_line

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
MAIL = Outbound(
    message_id="m1.aire-nyanza@mail.example",
    date=datetime(2026, 10, 13, 9, 5, 7, tzinfo=timezone(timedelta(hours=3))),
    from_name="Tandem",
    from_address="tandem@mail.example",
    reply_to="r+1a2b3c@mail.example",
    to_name="Zoë Okafor",
    to_address="z.okafor@airedale.example",
    subject="Rivers and Lakes: 13 October",
    text="Hello\nZoë",
    html="<html lang='en' dir='ltr'><p>Hello</p><p>Zoë</p></html>",
    language="en",
    references=("meeting.2026-10.aire-nyanza@mail.example",),
)
INVITE = replace(MAIL, calendar=CALENDAR, method="REQUEST")


def parsed(mail: Outbound) -> EmailMessage:
    found = email.message_from_bytes(message(mail), policy=email.policy.default)
    assert all(not part.defects for part in found.walk())
    return found


def shape(part: EmailMessage) -> object:
    if part.is_multipart():
        return part.get_content_subtype(), [shape(p) for p in part.iter_parts()]
    return part.get_content_type()


def test_a_mail_says_the_same_in_plain_text_and_html():
    found = parsed(MAIL)
    assert shape(found) == ("alternative", ["text/plain", "text/html"])
    plain, html = found.iter_parts()
    assert plain.get_payload(decode=True).decode() == "Hello\r\nZoë\r\n"
    assert html.get_content().strip() == MAIL.html
    assert [part.get_param("charset") for part in (plain, html)] == ["UTF-8", "UTF-8"]


def test_an_invitation_has_its_calendar_beside_the_texts_and_as_a_file_with_the_same_octets():
    found = parsed(INVITE)
    assert shape(found) == ("mixed", [("alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"])
    calendar = next(p for p in found.walk() if p.get_content_type() == "text/calendar")
    attached = next(found.iter_attachments())
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar["Content-Type"].params["charset"] == "UTF-8"
    assert attached.get_filename() == "invite.ics"


@pytest.mark.parametrize("method", ["CANCEL", None, "", "request"])
def test_a_method_that_is_not_the_calendar_s_own_is_refused(method: str | None):
    with pytest.raises(ValueError, match="method"):
        message(replace(INVITE, method=method))


def test_headers_stand_as_they_were_given():
    found = parsed(replace(MAIL, headers=(("List-Id", "Rivers <aire-nyanza.mail.example>"),)))
    assert found["From"] == "Tandem <tandem@mail.example>"
    assert found["Reply-To"].addresses[0].addr_spec == "r+1a2b3c@mail.example"
    assert found["To"].addresses[0].display_name == "Zoë Okafor"
    assert found["Date"].datetime == MAIL.date
    assert found["Message-ID"] == "<m1.aire-nyanza@mail.example>"
    assert found["References"] == found["In-Reply-To"] == "<meeting.2026-10.aire-nyanza@mail.example>"
    assert (found["Auto-Submitted"], found["Content-Language"], found["X-Tandem"]) == ("auto-generated", "en", "1")
    assert found["List-Id"] == "Rivers <aire-nyanza.mail.example>"


def test_the_same_mail_has_the_same_octets_and_another_id_other_boundaries():
    assert message(INVITE) == message(replace(INVITE))
    boundary = re.compile(rb'boundary="([^"]+)"')
    other = message(replace(INVITE, message_id="m2@mail.example"))
    assert not set(boundary.findall(message(INVITE))) & set(boundary.findall(other))


@pytest.mark.parametrize(
    "hostile",
    ["x\r\nBcc: all@world.example", "x\nBcc: all@world.example", "x\rBcc: y@z.example", "x\u2028Bcc: y@z.example",
     ",;:<>@", "x\x00\x0b\x0c\x1c\x85y",
     "=?utf-8?q?x=0D=0ABcc:_y?=", '"><b>', "a" * 5000, "ü" * 3000, "\ud800", "", " "],
)  # fmt: skip
def test_no_name_subject_or_address_can_add_a_header_or_a_long_line(hostile: str):
    mail = replace(INVITE, from_name=hostile, to_name=hostile, subject=hostile, language=hostile[:20])
    mail = replace(mail, references=(f"{hostile}@x",), message_id=f"{hostile}@x", headers=(("X-Extra", hostile),))
    raw = message(mail)
    head = raw.split(b"\r\n\r\n")[0]
    names = re.findall(rb"(?m)^([A-Za-z-]+):", head)
    assert b"Bcc" not in names
    assert len(names) == len(set(names))
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", raw)
    found = email.message_from_bytes(raw, policy=email.policy.compat32)
    assert found["X-Tandem"] == "1"


@pytest.mark.parametrize(
    "mail", ["a b@x.example", "a\r\nBcc: x@y.example", "a>,<b@c.example", 'o"x@y.example', "ä@ö.example", ""]
)
def test_an_address_stays_one_address(mail: str):
    raw = message(replace(MAIL, to_address=mail))
    head = raw.split(b"\r\n\r\n")[0].decode()
    assert re.search(r"(?m)^Bcc", head) is None
    assert len(re.findall(r"(?ms)^To: .*?(?=^\S|\Z)", head)[0].split("<")) == 2


def test_a_name_of_any_script_reads_back():
    for name in (
        "Zoë Okafor",
        "Ms. Achieng, Deputy",
        'Tom "T." Ellis',
        "आशा शर्मा",
        "王小明",
        "أحمد",
        "back\\slash",
    ):
        assert parsed(replace(MAIL, to_name=name))["To"].addresses[0].display_name == name


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_subject_reads_back_and_its_lines_are_short(subject: str):
    raw = message(replace(MAIL, subject=subject))
    assert all(len(line) <= 78 for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n"))
    value = email.message_from_bytes(raw, policy=email.policy.compat32)["Subject"].replace("\r\n", "")
    assert str(email.header.make_header(email.header.decode_header(value))).strip() == one_line(subject)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_comes_through(text: str, html: str):
    found = email.message_from_bytes(message(replace(MAIL, text=text, html=html)), policy=email.policy.compat32)

    def lines(value: str) -> str:
        clean = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
        clean = clean.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        return clean if clean.endswith("\r\n") else clean + "\r\n"

    bodies = [p.get_payload(decode=True).decode() for p in found.walk() if not p.is_multipart()]
    assert bodies == [lines(text), lines(html)]


def test_the_smaller_encoding_is_taken():
    hindi = "यह एक परीक्षण है। " * 400
    raw = message(replace(MAIL, text=hindi, html=f"<p>{hindi}</p>"))
    assert raw.count(b"Content-Transfer-Encoding: base64") == 2
    assert len(raw) < len(hindi.encode()) * 2 * 1.4 + 1500
    english = "We meet on Tuesday at 14:00. " * 400
    raw = message(replace(MAIL, text=english, html=f"<p>{english}</p>"))
    assert raw.count(b"Content-Transfer-Encoding: quoted-printable") == 2
    assert len(raw) < len(english) * 2 * 1.1 + 1500


def test_a_date_is_in_english_and_in_utc():
    assert b"\r\nDate: Tue, 13 Oct 2026 06:05:07 +0000\r\n" in message(MAIL)
    assert b"\r\nDate: Fri, 01 Jan 2027 00:00:00 +0000\r\n" in message(
        replace(MAIL, date=datetime(2027, 1, 1, tzinfo=UTC))
    )


def test_a_header_s_name_is_a_name():
    with pytest.raises(ValueError, match="header"):
        message(replace(MAIL, headers=(("X-A: b\r\nBcc", "x"),)))


def test_a_long_name_is_folded_into_words_that_read_back():
    name = "Lehrerin für Erdkunde und Geschichte Dr. Anneliese von und zu Höhenkirchen-Siegertsbrunn (Vertretung)"
    raw = message(replace(MAIL, to_name=name))
    value = email.message_from_bytes(raw, policy=email.policy.compat32)["To"]
    assert max(map(len, value.split("\r\n"))) <= 76
    assert str(email.header.make_header(email.header.decode_header(value))).startswith(name)
