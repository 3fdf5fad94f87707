"""The people of a story: what they answer, when, and that Tandem's own reader understands it."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from local import clients
from local.clients import CLIENTS, PARTSTATS, Writer
from local.people import NO, YES, People, reaction
from local.story import Month, RawMail, Story
from local.world import SentMail
from tandem.core import zones
from tandem.core.partnership import Invitee, Meeting, Partnership
from tandem.wire import mime, reading
from tandem.wire.invitation import Invitation, calendar_part
from tests.support.agreements import agreement

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
STARTS = datetime(2026, 10, 13, 11, 0, tzinfo=UTC)
AISHA, GRACE, TOM = "a.khan@airedale.example", "g.achieng@nyanza.example", "t.ellis@airedale.example"


def state(**changes: object) -> Partnership:
    meeting = Meeting("2026-10", "2026-10", False, "nyanza", date(2026, 10, 13), STARTS, 45, "nyanza",
                      invitees=(Invitee(AISHA), Invitee(GRACE)))  # fmt: skip
    caught = replace(meeting, id="2026-10.c1", catch_up=True, starts=STARTS + timedelta(days=3))
    return replace(Partnership(agreement(), NOW, meetings=(meeting, caught)), **changes)  # type: ignore[arg-type]


def mail(kind: str, to: str = AISHA, variant: str = "first", meeting: str | None = "2026-10", starts=STARTS, **facts):
    calendar = None
    if kind in ("invite", "update", "cancel"):
        method = "CANCEL" if kind == "cancel" else "REQUEST"
        calendar = calendar_part(
            Invitation("2026-10.aire-nyanza@tandem.example", 0, NOW, starts, 45, "Europe/London", "Rivers, and Lakes",
                       "hello@tandem.example", "Tandem", to, "X", method=method)
        )  # fmt: skip
    raw = mime.message(
        mime.Outbound(f"{kind}.1@tandem.example", NOW, "Tandem", "hello@tandem.example", "r-1@tandem.example", "X", to,
                      f"Subject of {kind}: é", "Did you meet?\n\nReply YES or NO.", "<p>Did you meet?</p>", calendar,
                      method if calendar else None)
    )  # fmt: skip
    month = meeting[:7] if meeting else None
    return SentMail(NOW, raw, clients.read(raw), to, kind, variant, ("aire-nyanza",), month, meeting, facts)


def answers(story: Story, *mails: SentMail, **changes: object) -> list[str]:
    """What the mails make their readers write, above the quotation."""
    people = People(story, lambda _: state(**changes))
    found = []
    for one in mails:
        for answer in people.got(one):
            letter = clients.read(answer.raw)
            found.append(letter.event.method if letter.event else letter.text.split("\n\n")[0])
    return found


def test_leads_sign_on_the_day_and_nobody_else_does() -> None:
    assert answers(Story(), mail("agreement", meeting=None)) == ["Yes"]
    assert answers(Story(), mail("agreement", TOM, meeting=None)) == []
    assert answers(Story(sign=False), mail("agreement", meeting=None)) == []


def test_amendments_are_left_alone() -> None:
    assert answers(Story(), mail("agreement", variant="amendment", meeting=None)) == []


def test_an_invitation_is_answered_once_and_a_later_time_again() -> None:
    later = mail("update", starts=STARTS + timedelta(days=1))
    assert answers(Story(), mail("invite"), mail("update"), later, mail("cancel")) == ["REPLY", "REPLY"]
    assert answers(Story(default=Month(rsvp="silent")), mail("invite")) == []


def test_the_lead_of_the_school_in_the_chair_answers_the_check_in() -> None:
    assert answers(Story(), mail("check-in", AISHA), mail("check-in", GRACE)) == ["Yes"]
    assert answers(Story(default=Month(outcome="missed")), mail("check-in", GRACE)) == ["No"]
    assert answers(Story(default=Month(outcome="silent")), mail("check-in", GRACE)) == []


def test_where_the_lead_can_not_be_reached_the_next_owner_answers() -> None:
    assert answers(Story(), mail("check-in", "j.otieno@nyanza.example"), bounced=(GRACE,)) == ["Yes"]


def test_a_catch_up_is_held_or_missed_as_the_month_says() -> None:
    caught = mail("check-in", GRACE, meeting="2026-10.c1")
    assert answers(Story(default=Month(outcome="missed")), caught) == ["Yes"]
    assert answers(Story(default=Month(catch_up="missed")), caught) == ["No"]


def test_one_lead_of_each_school_answers_an_offer() -> None:
    offers = [mail("catch-up", to, "offer") for to in (AISHA, TOM, GRACE)]
    assert answers(Story(), *offers) == ["1", "1"]
    assert answers(Story(), mail("catch-up", variant="counter")) == ["Yes"]
    assert answers(Story(), mail("catch-up", variant="no-slot")) == []
    assert answers(Story(default=Month(catch_up="ignore")), *offers) == []


def test_acknowledge_belongs_to_the_last_month_that_is_named() -> None:
    story = Story(months={"2026-11": Month(acknowledge=False)})
    head = "r.shaw@airedale.example"
    assert answers(story, mail("escalation", head, "leaders", None, months=["2026-10", "2026-11"])) == []
    assert answers(story, mail("escalation", head, "leaders", None, months=["2026-11", "2026-12"])) == ["Yes"]


def test_the_review_is_answered_by_one_voice_of_each_school() -> None:
    asked = [mail("review", to, "ask", None) for to in (AISHA, "r.shaw@airedale.example", "m.wanjiru@nyanza.example")]
    assert answers(Story(review="go_on"), *asked) == ["Yes", "Yes"]
    assert answers(Story(review="end"), *asked) == ["No", "No"]
    assert answers(Story(review="silent"), *asked) == []


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("hour", range(24))
def test_people_react_on_the_same_day_after_the_mail(zone: str, hour: int) -> None:
    for minute in (0, 29, 59):
        arrived = datetime(2026, 10, 25, hour, minute, 30, tzinfo=UTC)
        at = reaction(zone, arrived, f"{hour}:{minute}")
        assert at > arrived
        assert zones.local(at, zone).date() == zones.local(arrived, zone).date()


def writer(client: str, language: str = "en") -> Writer:
    """Somebody whose address makes them use that program."""
    names = (f"p{n}@airedale.example" for n in range(100))
    return next(w for name in names if (w := Writer("Zoë Ünal", name, language, "Europe/London")).client == client)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("partstat", PARTSTATS)
@pytest.mark.parametrize("language", ["en", "fr", "ar", "ja"])
def test_a_button_of_every_program_is_understood(client: str, partstat: str, language: str) -> None:
    person = writer(client, language)
    there = agreement(aire={"people": (replace(agreement().schools[0].people[0], email=person.email, also=()),)})
    raw = clients.rsvp(person, mail("invite", person.email).letter, partstat, NOW)
    read = reading.read(raw, there, NOW, reply_to="invite", meeting="2026-10", own_domain="tandem.example")
    assert read.accepted
    assert [(c.kind, getattr(c, "partstat", "")) for c in read.commands] == [("rsvp", partstat)]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("language", sorted(YES))
def test_a_word_of_every_language_is_understood_above_its_quotation(client: str, language: str) -> None:
    person = writer(client, language)
    there = agreement(aire={"people": (replace(agreement().schools[0].people[0], email=person.email, also=(),
                                               language=language),)})  # fmt: skip
    for words, held in ((YES[language], True), (NO[language], False)):
        raw = clients.answer(person, mail("check-in", person.email).letter, words, NOW, NOW)
        read = reading.read(raw, there, NOW, reply_to="check-in", meeting="2026-10", own_domain="tandem.example")
        assert [(c.kind, getattr(c, "held", None)) for c in read.commands] == [("report", held)], read.text


def test_a_mail_program_writes_the_same_octets_twice() -> None:
    letter = mail("invite").letter
    person = Writer("Aisha Khan", AISHA, "en", "Europe/London")
    assert clients.rsvp(person, letter, "ACCEPTED", NOW) == clients.rsvp(person, letter, "ACCEPTED", NOW)
    assert clients.answer(person, letter, "Yes", NOW, NOW) == clients.answer(person, letter, "Yes", NOW, NOW)


def filled(text: bytes, *mails: SentMail, **fields: object) -> bytes:
    people = People(Story(), lambda _: state())
    for one in mails:
        people.got(one)
    return people.raw(RawMail(NOW, **{"sender": AISHA, "raw": text, "line": 1, **fields}))  # type: ignore[arg-type]


def test_placeholders_are_filled_from_the_newest_mail_that_fits() -> None:
    head = b"To: {{reply-to}}\nSubject: Re: {{subject}}\nIn-Reply-To: <{{message-id}}>\n\n"
    text = head + b"{{subject}} {{uid}} {{sequence}} {{organizer}}"
    got = filled(text, mail("invite"), mail("agenda"), to="invite", meeting="2026-10")
    head, _, body = got.partition(b"\n\n")
    message = email.message_from_bytes(got)
    assert message["To"] == "r-1@tandem.example"
    assert message["In-Reply-To"] == "<invite.1@tandem.example>"
    assert head.isascii()
    assert body.decode() == "Subject of invite: é 2026-10.aire-nyanza@tandem.example 0 hello@tandem.example"


def test_where_nothing_fits_the_newest_of_all_fills_them() -> None:
    assert b"agenda.1" in filled(b"{{message-id}}", mail("invite"), mail("agenda"), to="digest")
    assert b"invite.1" in filled(b"{{message-id}}", mail("invite"), sender="nobody@elsewhere.example")
    assert b"2026-10.aire" in filled(b"{{uid}}", mail("invite"), mail("agenda"), to="agenda")


def test_an_also_address_is_the_same_person() -> None:
    assert b"invite.1" in filled(b"{{message-id}}", mail("agenda", GRACE), mail("invite"), mail("agenda", GRACE),
                                 sender="aisha.k@mail.example")  # fmt: skip


def test_a_file_without_placeholders_arrives_as_it_lies() -> None:
    assert filled(b"\xff\x00\nnothing") == b"\xff\x00\nnothing"
