"""What people write is understood as the tables say, in every language."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tandem.core.agreement import Hours
from tandem.core.commands import Rsvp, Unclear
from tandem.wire.inbound import Itip
from tandem.wire.phrases import LANGUAGES
from tandem.wire.understand import understand
from tests.wire.understanding import STARTS, Row, context, rows, shown

ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.name)
def test_a_mail_means_what_the_table_says(row: Row) -> None:
    said = understand(row.says, context(row.language, row.to))
    assert tuple(shown(c) for c in said.commands) == row.means, row.says


def test_there_are_four_hundred_mails_and_every_language_has_some() -> None:
    counted = Counter(row.language for row in ROWS)
    assert sum(counted.values()) >= 400
    assert set(counted) == set(LANGUAGES)
    assert min(counted.values()) >= 40


@pytest.mark.parametrize("row", [r for r in ROWS if r.language in ("fr", "de", "pt", "sw")], ids=lambda r: r.name)
def test_nothing_is_done_that_was_not_meant_where_the_sender_uses_another_language_than_their_own(row: Row) -> None:
    """An English-speaking school's teacher may write in any of the languages: less may be understood, nothing else."""
    said = understand(row.says, context("en", row.to))
    allowed = [*row.means, {"kind": "unclear"}]
    for command in said.commands:
        assert shown(command) in allowed or shown(command)["kind"] in ("report", "safeguarding", "unclear"), row.says


ITIP = {"uid": "u", "attendee": "a.khan@airedale.example", "sequence": 0, "dtstamp": None}


def reply(partstat: str, comment: str | None = None, problem: str | None = None) -> Itip:
    return Itip("REPLY", partstat=partstat, comment=comment, problem=problem, **ITIP)


def test_a_button_is_an_answer_with_its_comment() -> None:
    said = understand("", context(to="invite"), (reply("ACCEPTED", "I will be five minutes late"),))
    assert [shown(c) for c in said.commands] == [
        {"kind": "rsvp", "partstat": "ACCEPTED", "comment": "I will be five minutes late"}
    ]


def test_words_beside_a_button_may_say_more_than_the_button() -> None:
    said = understand("Could we do Thursday at 2pm instead?", context(to="invite"), (reply("DECLINED"),))
    assert [shown(c) for c in said.commands] == [
        {"kind": "rsvp", "partstat": "DECLINED"}, {"kind": "counter", "starts": "2026-10-15T14:00:00+01:00"}
    ]  # fmt: skip


def test_words_that_repeat_the_button_add_nothing() -> None:
    said = understand("Yes, I'll be there", context(to="invite"), (reply("ACCEPTED"),))
    assert [c.kind for c in said.commands] == ["rsvp"]


def test_words_that_contradict_the_button_are_asked_about() -> None:
    said = understand("Sorry, I can't make it", context(to="invite"), (reply("ACCEPTED"),))
    assert [c.kind for c in said.commands] == ["unclear"]


def test_a_delegated_invitation_is_unclear() -> None:
    assert [c.kind for c in understand("", context(to="invite"), (reply("DELEGATED"),)).commands] == ["unclear"]


def test_an_answer_that_names_somebody_else_is_nobodys_answer() -> None:
    one = replace(reply("ACCEPTED"), attendee="t.ellis@airedale.example")
    (command,) = understand("", context("en", "invite"), (one,)).commands
    assert command == Unclear("ACCEPTED for t.ellis@airedale.example")
    own = replace(reply("ACCEPTED"), attendee="aisha.k@mail.example")  # an address that answers for her
    assert [shown(c) for c in understand("", context("en", "invite"), (own,)).commands] == [
        {"kind": "rsvp", "partstat": "ACCEPTED"}
    ]


@pytest.mark.parametrize(
    ("words", "partstat"),
    [("Yes, I will come", "ACCEPTED"), ("Yes, we can join", "ACCEPTED"), ("Não, não vou", "DECLINED")],
)
def test_a_yes_or_no_and_a_sentence_that_says_the_same(words: str, partstat: str) -> None:
    (command,) = understand(words, context("pt" if "vou" in words else "en", "invite")).commands
    assert isinstance(command, Rsvp)
    assert command.partstat == partstat


def test_a_counter_from_a_calendar_is_a_counter_alone() -> None:
    counter = Itip("COUNTER", partstat="DECLINED", comment="Could we do this instead?", starts=STARTS, **ITIP)
    said = understand("I can't make it. Could we do this instead?", context(to="invite"), (counter,))
    assert [c.kind for c in said.commands] == ["counter"]


@pytest.mark.parametrize("words", ["", "   \n\n", "Thank you!", "Best wishes"])
def test_empty_replies_and_mere_thanks_ask_for_nothing(words: str) -> None:
    for to in (None, "invite", "check-in", "digest", "receipt", "notice", "catch-up"):
        assert understand(words, context(to=to)).commands == ()


def test_a_receipt_that_can_not_be_undone_is_not_undone() -> None:
    assert [c.kind for c in understand("No", context(to="receipt", asks=False)).commands] == ["unclear"]


def test_a_notice_that_asks_nothing_is_not_answered() -> None:
    assert [c.kind for c in understand("Yes", context(to="notice", asks=False)).commands] == ["unclear"]


def test_both_of_two_options_are_two_choices_and_of_three_none() -> None:
    assert [shown(c) for c in understand("Both work for us", context(to="catch-up", options=2)).commands] == [
        {"kind": "choose", "option": 1}, {"kind": "choose", "option": 2}
    ]  # fmt: skip
    assert [c.kind for c in understand("Both", context(to="catch-up", options=3)).commands] == ["unclear"]


def test_an_option_that_was_not_offered_is_unclear() -> None:
    assert [c.kind for c in understand("4", context(to="catch-up", options=3)).commands] == ["unclear"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The last one works, the other two don't"),
        ("zh", "最后一个可以，前两个不行"),
        ("ja", "最後のがいいです、あとの二つはだめです"),
    ],
)
def test_the_last_one_is_the_last_that_was_offered(language: str, words: str) -> None:
    assert [shown(c) for c in understand(words, context(language, to="catch-up", options=3)).commands] == [
        {"kind": "choose", "option": 3}
    ]  # fmt: skip


def test_the_last_one_is_the_third_where_nobody_says_how_many_were_offered() -> None:
    for options, number in ((None, 3), (2, 2)):
        found = understand("The last one, please.", context("en", to="catch-up", options=options)).commands
        assert [shown(c) for c in found] == [{"kind": "choose", "option": number}]


def test_numeric_dates_are_day_first_except_for_a_school_in_the_united_states() -> None:
    from tests.wire.understanding import agreement

    words = "Closed: 03/04"
    assert shown(understand(words, context()).commands[0])["from"] == "2027-04-03"
    american = context(agreement=agreement("en-US", country="US-OH"))
    assert shown(understand(words, american).commands[0])["from"] == "2027-03-04"


def test_an_hour_without_its_half_is_the_one_inside_the_school_day() -> None:
    from dataclasses import replace

    from tests.wire.understanding import agreement

    words = "Could we do Thursday at 4?"
    assert [c.kind for c in understand(words, context(to="invite")).commands] == ["unclear"]  # the day ends at 15:30
    what = agreement()
    late = replace(what.schools[0], day={str(d): Hours(9 * 60, 17 * 60) for d in range(5)})
    said = understand(words, context(to="invite", agreement=what.with_school(late)))
    assert [shown(c) for c in said.commands] == [{"kind": "counter", "starts": "2026-10-15T16:00:00+01:00"}]


def test_words_about_a_childs_safety_stand_in_no_other_command() -> None:
    words = "Yes, we met. One of the girls has bruises and is scared to go home.\nAgenda: the girl who is beaten"
    said = understand(words, context(to="check-in"))
    assert [c.kind for c in said.commands] == ["report", "safeguarding", "safeguarding"]
    assert shown(said.commands[0]) == {"kind": "report", "held": True}


def test_reasons_for_a_decline_are_not_passed_on() -> None:
    said = understand("I can't make it, my father is in hospital.", context(to="invite"))
    assert [shown(c) for c in said.commands] == [{"kind": "rsvp", "partstat": "DECLINED"}]
    said = understand("No. Tom was ill.", context(to="check-in"))
    assert [shown(c) for c in said.commands] == [{"kind": "report", "held": False}]


def test_a_label_goes_on_where_a_mail_program_broke_its_line() -> None:
    words = (
        "Agenda: how both classes compare the water of the river and the lake in\n"
        "the last week of November\n"
        "Done: sensor list\n"
    )
    said = understand(words, context())
    assert [shown(c)["text"] for c in said.commands] == [
        "how both classes compare the water of the river and the lake in the last week of November", "sensor list"
    ]  # fmt: skip


def test_a_label_ends_with_its_line() -> None:
    said = understand("Yes, we met.\nAgenda: the visit\nIt was lovely to see everyone.", context(to="check-in"))
    assert [shown(c) for c in said.commands] == [
        {"kind": "report", "held": True, "notes": "It was lovely to see everyone."},
        {"kind": "agenda-item", "text": "the visit"},
    ]


def test_a_report_before_the_meeting_is_no_report() -> None:
    assert [c.kind for c in understand("We met on Tuesday", context(to="invite")).commands] == ["unclear"]


GOOGLE = """{name} has {verb} this invitation.

Rivers and Lakes: Airedale and Nyanza
Tuesday Oct 13, 2026 ⋅ 2pm – 2:45pm
East Africa Time - Nairobi

https://meet.example/aire-nyanza

Organizer
Tandem
aire-nyanza@tandem.example

Invitation from Google Calendar: https://calendar.google.com/calendar/

You are receiving this email because you are an attendee on the event.

Forwarding this invitation could allow any recipient to send a response to the organizer, be added to the guest list,
invite others regardless of their own invitation status, or modify your RSVP.

Learn more https://support.google.com/calendar/answer/37135#forwarding
"""


@pytest.mark.parametrize(
    ("partstat", "verb"), [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("TENTATIVE", "tentatively accepted")]
)
def test_what_a_calendar_program_writes_beside_its_button_is_nobodys_word(partstat: str, verb: str) -> None:
    said = understand(GOOGLE.format(name="Aisha Khan", verb=verb), context(to="invite"), (reply(partstat),))
    assert [shown(c) for c in said.commands] == [{"kind": "rsvp", "partstat": partstat}]
