"""Section 1, "Plain words that touch others"; which command brings which receipt, and how NO takes each back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from tandem.core import commands as said
from tandem.core.partnership import Partnership
from tests.support.lives import utc
from tests.support.talks import (
    AISHA,
    DAY,
    EVERYBODY,
    GRACE,
    HOUR,
    JOSEPH,
    LEADERS,
    MARY,
    OWNERS,
    RUTH,
    TOM,
    ZOE,
    Talk,
    kinds,
    readers,
    receipt,
)  # fmt: skip

INVITED = sorted(set(EVERYBODY) - set(LEADERS))
NEW = (("name", "Joy Hall"), ("email", "joy@airedale.example"))
TOUCHING = [
    (AISHA, said.Cancel("2026-10")),
    (AISHA, said.Pause(date(2026, 12, 1))),
    (AISHA, said.Handover(AISHA, NEW)),
    (AISHA, said.Stop()),
    (AISHA, said.Change("where", "https://new.example")),
    (AISHA, said.Change("meeting", (("every", "first monday"),))),
    (AISHA, said.Closed(date(2026, 10, 13), date(2026, 10, 13))),
]


@cache
def _october() -> Talk:
    talk = Talk()
    talk.until(utc(2026, 9, 8, 12))
    talk.says(GRACE, said.Report("2026-09", True), meeting="2026-09")
    talk.until(utc(2026, 10, 1, 9))
    return talk


def talk_in_october() -> Talk:
    return _october().fork()


def bare(state: Partnership) -> Partnership:
    return replace(state, serial=0, last_words={}, pending=(), undoables=())


@pytest.mark.parametrize(("who", "command"), TOUCHING, ids=lambda v: getattr(v, "kind", None))
def test_what_touches_others_takes_effect_an_hour_after_the_receipt(who: str, command: said.Command) -> None:
    talk = talk_in_october()
    before = bare(talk.state)
    told = receipt(talk.says(who, command))
    assert (told.variant, told.facts["undo"], told.asks) == ("said", True, True)
    assert told.facts["effective"] == (talk.now + HOUR).isoformat()
    assert bare(talk.state) == before
    assert not talk.wait(HOUR - timedelta(seconds=1))
    assert talk.wait(timedelta(seconds=1))
    assert not talk.state.pending


@pytest.mark.parametrize(("who", "command"), TOUCHING, ids=lambda v: getattr(v, "kind", None))
def test_a_no_within_the_hour_undoes_it_without_a_trace(who: str, command: said.Command) -> None:
    talk = talk_in_october()
    before = bare(talk.state)
    told = receipt(talk.says(who, command))
    talk.wait(59 * timedelta(minutes=1))
    answer = talk.replies(told, said.Undo())
    assert kinds(answer) == [("receipt", "undone")]
    assert bare(talk.state) == before
    assert not talk.wait(3 * HOUR)


@pytest.mark.parametrize(("who", "command"), TOUCHING, ids=lambda v: getattr(v, "kind", None))
def test_a_no_after_the_hour_is_told_that_it_is_too_late(who: str, command: said.Command) -> None:
    talk = talk_in_october()
    told = receipt(talk.says(who, command))
    talk.wait(2 * HOUR)
    if command.kind in ("handover", "stop"):
        return  # who has left is answered no more
    after = bare(talk.state)
    assert receipt(talk.replies(told, said.Undo())).variant == "too-late"
    assert bare(talk.state) == after


def test_a_receipt_that_starts_the_hour_stands_alone() -> None:
    talk = talk_in_october()
    told = talk.says(AISHA, said.AgendaItem("Boats"), said.Cancel("2026-10"), said.Idea("A film"))
    receipts = [m for m in told if m.kind == "receipt"]
    assert [[i["what"] for i in m.facts["items"]] for m in receipts] == [["cancel"], ["agenda-item", "idea"]]


def test_somebody_elses_no_undoes_nothing() -> None:
    talk = talk_in_october()
    told = receipt(talk.says(AISHA, said.Cancel("2026-10")))
    talk.says(TOM, said.Undo(), to=told)
    assert talk.state.pending


def test_a_call_off_sends_a_cancel_to_all_who_were_invited_and_a_catch_up_to_the_owners() -> None:
    talk = talk_in_october()
    talk.says(RUTH, said.Cancel("2026-10"))
    told = talk.wait(HOUR)
    assert readers(told, "cancel", "called-off") == INVITED
    assert readers(told, "catch-up") == sorted(OWNERS)
    meeting = talk.meeting("2026-10")
    assert (meeting.status, meeting.sequence) == ("cancelled", 1)


def test_a_call_off_within_three_hours_of_the_meeting_takes_effect_at_once() -> None:
    talk = talk_in_october()
    talk.until(utc(2026, 10, 13, 8))
    told = talk.says(AISHA, said.Cancel("2026-10"))
    assert readers(told, "cancel") == INVITED
    assert talk.meeting("2026-10").status == "cancelled"
    early = talk_in_october()
    early.until(utc(2026, 10, 13, 8) - timedelta(seconds=1))
    assert not [m for m in early.says(AISHA, said.Cancel("2026-10")) if m.kind == "cancel"]


@pytest.mark.parametrize("wait", [2 * HOUR, 0 * HOUR])
def test_undone_later_a_called_off_meeting_is_not_reinstated_and_the_receipt_points_to_the_catch_up(
    wait: timedelta,
) -> None:
    talk = talk_in_october()
    if not wait:
        talk.until(utc(2026, 10, 13, 9))  # at once
    told = receipt(talk.says(AISHA, said.Cancel("2026-10")))
    talk.wait(wait)
    answer = talk.replies(told, said.Undo())
    assert kinds(answer) == [("receipt", "too-late")]
    assert answer[0].facts["catch_up"] is True
    assert talk.meeting("2026-10").status == "cancelled"


def test_a_called_off_catch_up_that_is_regretted_points_to_no_other() -> None:
    talk = talk_in_october()
    talk.says(AISHA, said.Meet(date(2026, 10, 8)))
    for who in (AISHA, GRACE):
        talk.replies(talk.newest("catch-up", who), said.Choose(1))
    told = receipt(talk.says(AISHA, said.Cancel("2026-10"), meeting="2026-10.c1"))
    talk.wait(HOUR)
    assert talk.meeting("2026-10.c1").status == "cancelled"
    assert receipt(talk.replies(told, said.Undo())).facts["catch_up"] is False


def test_two_call_offs_of_one_meeting_send_one_cancel() -> None:
    talk = talk_in_october()
    talk.says(AISHA, said.Cancel("2026-10"))
    talk.says(GRACE, said.Cancel("2026-10"))
    told = talk.wait(2 * HOUR)
    assert readers(told, "cancel") == INVITED


def test_a_meeting_that_has_begun_or_is_off_can_not_be_called_off() -> None:
    talk = talk_in_october()
    told = receipt(talk.says(AISHA, said.Cancel("2026-09"), meeting="2026-09"))
    assert (told.variant, told.facts["reason"]) == ("cannot", "began")
    talk.says(AISHA, said.Cancel("2026-10"))
    talk.wait(HOUR)
    told = receipt(talk.says(AISHA, said.Cancel("2026-10"), meeting="2026-10"))
    assert (told.variant, told.facts["reason"]) == ("cannot", "closed")


def test_a_button_takes_effect_at_once_and_brings_no_receipt() -> None:
    talk = talk_in_october()
    before = len(talk.mails())
    talk.presses(AISHA, "2026-10", "TENTATIVE")
    assert talk.partstat("2026-10", AISHA) == "TENTATIVE"
    assert len(talk.mails()) == before


# -- receipts at once, and how NO takes each back


PLAIN: list[tuple[str, said.Command, dict[str, Any]]] = [
    (ZOE, said.Rsvp("2026-10", "DECLINED"), {"what": "rsvp", "partstat": "DECLINED", "meeting": "2026-10"}),
    (ZOE, said.AgendaItem("Boats"), {"what": "agenda-item", "text": "Boats"}),
    (ZOE, said.Idea("A film"), {"what": "idea", "text": "A film"}),
    (RUTH, said.Feedback("Good"), {"what": "feedback", "text": "Good"}),
    (ZOE, said.Action("Send it", TOM, date(2026, 11, 1)), {"what": "action", "owner_name": "Tom Ellis"}),
    (ZOE, said.ActionDone("Sent it"), {"what": "action-done", "text": "Sent it", "dropped": False}),
    (TOM, said.Absence(None, date(2026, 10, 20)), {"what": "absence", "from": "2026-10-01", "until": "2026-10-20"}),
    (ZOE, said.Report("2026-09", True), {"what": "report", "held": True, "meeting": "2026-09"}),
    (AISHA, said.Report("2026-09", True, "We sang"), {"what": "report", "notes": True}),
]


@pytest.mark.parametrize(("who", "command", "item"), PLAIN, ids=lambda v: getattr(v, "kind", None))
def test_plain_words_are_told_back_and_a_no_takes_them_back(
    who: str, command: said.Command, item: dict[str, Any]
) -> None:
    talk = talk_in_october()
    before = bare(talk.state)
    told = receipt(talk.says(who, command))
    assert (told.variant, told.facts["undo"], told.asks) == ("said", True, True)
    assert item.items() <= told.facts["items"][0].items()
    assert bare(talk.state) != before
    answer = talk.replies(told, said.Undo())
    assert ("receipt", "undone") in kinds(answer)
    after = replace(bare(talk.state), absences=before.absences)
    assert after == before
    assert not talk.state.absences.get(who)


def test_a_second_no_to_the_same_receipt_changes_nothing() -> None:
    talk = talk_in_october()
    told = receipt(talk.says(ZOE, said.AgendaItem("Boats")))
    talk.replies(told, said.Undo())
    assert receipt(talk.replies(told, said.Undo())).variant == "too-late"


def test_a_no_to_a_receipt_of_several_things_takes_all_of_them_back() -> None:
    talk = talk_in_october()
    before = bare(talk.state)
    told = receipt(talk.says(ZOE, said.AgendaItem("Boats"), said.Action("Send it"), said.Rsvp("2026-10", "ACCEPTED")))
    talk.replies(told, said.Undo())
    assert bare(talk.state) == before


def test_an_answer_that_a_move_has_overtaken_is_not_put_back() -> None:
    talk = talk_in_october()
    told = receipt(talk.says(ZOE, said.Rsvp("2026-10", "ACCEPTED")))
    told = receipt(talk.says(ZOE, said.Rsvp("2026-10", "DECLINED")))
    talk.says(TOM, said.Counter("2026-10", utc(2026, 10, 15, 11)))
    talk.replies(talk.newest("catch-up", JOSEPH, "counter"), said.Confirm(True))
    assert receipt(talk.replies(told, said.Undo())).variant == "too-late"
    assert talk.partstat("2026-10", ZOE) == "NEEDS-ACTION"


def test_a_done_action_is_open_again_after_a_no() -> None:
    talk = talk_in_october()
    talk.says(ZOE, said.Action("Send the sensor list", TOM))
    told = receipt(talk.says(TOM, said.ActionDone("sensor list")))
    assert [a.state for a in talk.state.actions] == ["done"]
    talk.replies(told, said.Undo())
    assert [a.state for a in talk.state.actions] == ["open"]


def missed() -> Talk:
    talk = talk_in_october()
    talk.until(utc(2026, 10, 13, 13))
    talk.replies(talk.newest("check-in", AISHA), said.Report("2026-10", False))
    return talk


def test_a_no_that_is_taken_back_asks_anew_and_what_it_had_offered_lapses() -> None:
    talk = missed()
    assert talk.meeting("2026-10").status == "missed"
    offer = talk.newest("catch-up", GRACE)
    talk.replies(talk.newest("receipt", AISHA), said.Undo())
    assert talk.meeting("2026-10").status == "open"
    assert receipt(talk.replies(offer, said.Choose(1))).variant == "cannot"
    talk.until(utc(2026, 10, 20))
    assert talk.meeting("2026-10").status == "unconfirmed"
    assert len(talk.mails("catch-up", "offer", GRACE)) == 2  # what is found later brings its own


def test_a_late_yes_that_is_taken_back_leaves_the_month_as_it_was() -> None:
    talk = talk_in_october()
    talk.until(utc(2026, 10, 20))
    assert talk.meeting("2026-10").status == "unconfirmed"
    told = receipt(talk.replies(talk.newest("check-in", AISHA), said.Report("2026-10", True)))
    assert talk.meeting("2026-10").status == "held"
    talk.replies(told, said.Undo())
    assert talk.meeting("2026-10").status == "unconfirmed"


def test_a_yes_is_not_taken_back_once_the_next_monthly_meeting_has_begun() -> None:
    talk = talk_in_october()
    talk.until(utc(2026, 10, 13, 13))
    told = receipt(talk.replies(talk.newest("check-in", AISHA), said.Report("2026-10", True)))
    talk.until(utc(2026, 11, 10, 12))
    assert receipt(talk.replies(told, said.Undo())).variant == "too-late"
    assert talk.meeting("2026-10").status == "held"


def test_a_chosen_time_is_taken_back_until_it_has_been_agreed() -> None:
    talk = missed()
    told = receipt(talk.replies(talk.newest("catch-up", GRACE), said.Choose(1)))
    assert told.facts["items"][0]["slots"] == talk.newest("catch-up", GRACE).facts["slots"][:1]
    talk.replies(told, said.Undo())
    assert not talk.state.offers[-1].answers
    told = receipt(talk.replies(talk.newest("catch-up", GRACE), said.Choose(1)))
    talk.replies(talk.newest("catch-up", AISHA), said.Choose(1))
    assert receipt(talk.replies(told, said.Undo())).variant == "too-late"
    assert talk.meeting("2026-10.c1").status == "planned"


def test_a_changed_choice_that_is_taken_back_leaves_the_first() -> None:
    talk = missed()
    offer = talk.newest("catch-up", GRACE)
    talk.replies(offer, said.Choose(1))
    told = receipt(talk.replies(offer, said.Choose(0)))
    talk.replies(told, said.Undo())
    assert talk.state.offers[-1].answers == {GRACE: (1,)}


def test_an_offered_time_whose_day_has_closed_since_can_not_be_chosen() -> None:
    talk = missed()
    offer = talk.newest("catch-up", GRACE)
    day = date.fromisoformat(offer.facts["slots"][0][:10])
    talk.says(AISHA, said.Closed(day, day))
    talk.wait(HOUR)
    assert receipt(talk.replies(offer, said.Choose(1))).facts["reason"] == "closed"
    talk.replies(offer, said.Choose(-1))
    talk.replies(talk.newest("catch-up", AISHA), said.Choose(-1))
    assert talk.meeting("2026-10.c1").starts > utc(day.year, day.month, day.day + 1)  # type: ignore[operator]


def test_a_time_named_before_its_day_closed_is_not_agreed() -> None:
    talk = missed()
    offer = talk.newest("catch-up", GRACE)
    talk.replies(offer, said.Choose(1), said.Choose(2))
    day = date.fromisoformat(offer.facts["slots"][0][:10])
    talk.says(AISHA, said.Closed(day, day))
    talk.wait(HOUR)
    talk.replies(talk.newest("catch-up", AISHA), said.Choose(-1))
    agreed = talk.meeting("2026-10.c1").starts
    assert agreed is not None
    assert agreed.isoformat() == offer.facts["slots"][1]


def test_an_acknowledgement_where_nothing_is_open_is_answered() -> None:
    talk = talk_in_october()
    assert receipt(talk.says(RUTH, said.Acknowledge())).facts["reason"] == "closed"


def test_asking_to_talk_is_offered_to_both_schools_owners_and_lapses_after_a_no() -> None:
    talk = talk_in_october()
    told = talk.says(RUTH, said.Meet(date(2026, 10, 9)))
    assert readers(told, "catch-up", "asked") == sorted(OWNERS)
    talk.replies(receipt(told), said.Undo())
    assert receipt(talk.replies(talk.newest("catch-up", GRACE), said.Choose(1))).variant == "cannot"


def test_a_talk_belongs_to_the_month_in_which_it_begins() -> None:
    talk = talk_in_october()
    talk.until(utc(2026, 10, 26, 9))
    talk.says(MARY, said.Meet(None))
    for who in (TOM, JOSEPH):
        offer = talk.newest("catch-up", who, "asked")
        talk.replies(offer, said.Choose(len(offer.facts["slots"])))
    meeting = next(m for m in talk.state.meetings if m.catch_up)
    assert meeting.starts is not None
    assert meeting.month == meeting.starts.isoformat()[:7] == "2026-11"


def test_what_is_not_understood_is_asked_back_and_kept_for_the_own_leads() -> None:
    talk = talk_in_october()
    told = talk.says(ZOE, said.Unclear("Is the bus coming?"))
    assert kinds(told) == [("help", "unclear")]
    assert [(w.kind, w.school, w.text) for w in talk.state.words] == [("unclear", "aire", "Is the bus coming?")]


def test_a_mail_with_attachments_is_told_once_that_they_are_not_passed_on() -> None:
    talk = talk_in_october()
    told = receipt(talk.says(ZOE, attachments=True))
    assert told.variant == "attachments"
    assert not talk.says(ZOE, attachments=True)
    assert receipt(talk.says(TOM, said.Idea("x"), attachments=True)).facts["attachments"] is True


def test_mere_thanks_bring_no_mail() -> None:
    talk = talk_in_october()
    assert not talk.says(ZOE)


def test_a_no_months_later_undoes_nothing() -> None:
    talk = talk_in_october()
    told = receipt(talk.says(ZOE, said.Absence(date(2027, 1, 4), date(2027, 1, 8))))
    talk.until(utc(2026, 10, 2))
    for _ in range(3):
        talk.wait(40 * DAY)
        talk.says(ZOE, said.Idea("x"))
    assert receipt(talk.replies(told, said.Undo())).variant == "too-late"
