"""Monthly slots, ranked."""

from __future__ import annotations

from time import process_time

import pytest

from tandem.core.agreement import Agreement
from tandem.core.calendar import outside_minutes, year
from tandem.core.slots import Slot, ranked, reason
from tests.support.agreements import agreement

PAIRS = {
    "near": agreement(),
    "opposite": agreement(aire={"timezone": "America/Los_Angeles"}),
    "date line": agreement(aire={"timezone": "Pacific/Kiritimati"}, rule={"at": 435}),
    "half hours": agreement(aire={"timezone": "Australia/Lord_Howe"}, nyanza={"timezone": "Asia/Kathmandu"}),
}


def with_slot(what: Agreement, slot: Slot) -> Agreement:
    first, second = what.schools
    return agreement(
        aire={"timezone": first.timezone},
        nyanza={"timezone": second.timezone},
        rule={"every": slot.every, "at": slot.at, "anchor": slot.anchor},
    )


@pytest.mark.parametrize("name", PAIRS)
def test_each_slot_tells_what_its_year_would_be(name: str) -> None:
    what = PAIRS[name]
    for slot in ranked(what)[::7]:
        tried = with_slot(what, slot)
        entries = year(tried)
        starts = [entry.starts for entry in entries if entry.starts]
        outside = {school.id: sum(outside_minutes(school, at, 45) for at in starts) for school in tried.schools}
        assert slot.outside_minutes == outside
        assert slot.months_skipped == sum(e.skipped for e in entries)
        assert slot.months_moved == sum(e.moved_from is not None for e in entries)


@pytest.mark.parametrize("name", PAIRS)
def test_the_best_stands_first_and_the_agreement_s_own_is_among_them(name: str) -> None:
    what = PAIRS[name]
    slots, rule = ranked(what), what.meeting.rule
    assert [slot.score for slot in slots] == sorted((slot.score for slot in slots), reverse=True)
    assert (rule.every, rule.at, rule.anchor) in [(slot.every, slot.at, slot.anchor) for slot in slots]
    assert len({(slot.every, slot.at, slot.anchor) for slot in slots}) == len(slots)


def test_near_schools_meet_inside_both_days_and_skip_nothing() -> None:
    best = ranked(PAIRS["near"])[0]
    assert (set(best.outside_minutes.values()), best.months_skipped) == ({0}, 0)
    assert "always inside both school days" in reason(PAIRS["near"], best)


def test_where_the_hours_are_awkward_they_are_shared() -> None:
    best = ranked(PAIRS["opposite"])[0]
    first, second = best.outside_minutes.values()
    assert best.anchor == "alternate"
    assert first == second
    assert "shared" in reason(PAIRS["opposite"], best)


def test_it_takes_no_two_seconds() -> None:
    began = process_time()
    ranked(PAIRS["opposite"])
    assert process_time() - began < 2
