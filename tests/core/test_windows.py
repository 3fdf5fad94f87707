"""Times for a catch-up: inside both school days, with somebody there, spread over the window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from tandem.core import zones
from tandem.core.agreement import Holiday, Hours, Span
from tandem.core.calendar import inside
from tandem.core.windows import first_fitting, slots_in_window
from tests.support.agreements import agreement

FIRST, LAST = date(2026, 11, 12), date(2026, 11, 24)  # Thursday to Tuesday


def local_days(slots: tuple[datetime, ...]) -> list[date]:
    return [zones.local(slot, "Africa/Nairobi").date() for slot in slots]


def test_three_slots_stand_on_days_spread_over_the_window_at_the_usual_hour() -> None:
    slots = slots_in_window(agreement(), FIRST, LAST, anchor="nyanza")
    assert local_days(slots) == [date(2026, 11, 12), date(2026, 11, 18), date(2026, 11, 24)]
    assert {zones.local(slot, "Africa/Nairobi").hour for slot in slots} == {14}


def test_never_at_the_time_called_off_and_rather_on_other_days() -> None:
    first = slots_in_window(agreement(), FIRST, LAST, anchor="nyanza")
    others = slots_in_window(agreement(), FIRST, LAST, anchor="nyanza", not_at=first)
    assert len(others) == 3
    assert not {*local_days(first)} & {*local_days(others)}


def test_a_window_of_one_day_holds_three_times_an_hour_apart() -> None:
    slots = slots_in_window(agreement(), FIRST, FIRST, anchor="nyanza")
    assert len(slots) == 3
    assert min(b - a for a, b in pairwise(slots)) >= timedelta(hours=1)
    assert all(inside(school, slot, 45) for school in agreement().schools for slot in slots)


def test_the_next_monthly_meeting_ends_the_window() -> None:
    before = datetime(2026, 11, 13, 11, 0, tzinfo=UTC)
    slots = slots_in_window(agreement(), FIRST, LAST, anchor="nyanza", before=before)
    assert slots
    assert max(slots) + timedelta(minutes=45) <= before


def test_closed_days_and_holidays_hold_no_slot() -> None:
    what = agreement(
        aire={"closed": (Span(date(2026, 11, 12), date(2026, 11, 22)),)},
        nyanza={"holidays": (Holiday(date(2026, 11, 23), "x"),)},
    )
    assert set(local_days(slots_in_window(what, FIRST, LAST, anchor="nyanza"))) == {date(2026, 11, 24)}


def test_an_owner_of_each_school_is_present() -> None:
    away = {
        "a.khan@airedale.example": (Span(FIRST, LAST),),
        "t.ellis@airedale.example": (Span(FIRST, date(2026, 11, 20)),),
    }
    slots = slots_in_window(agreement(), FIRST, LAST, anchor="nyanza", absent=away)
    assert set(local_days(slots)) == {date(2026, 11, 23), date(2026, 11, 24)}
    assert slots_in_window(agreement(), FIRST, LAST, anchor="nyanza", absent=lambda person, day: True) == ()


def test_where_only_an_odd_minute_fits_it_is_found() -> None:
    what = agreement(aire={"day": {str(n): Hours(667, 712) for n in range(5)}})  # 11:07 to 11:52
    slots = slots_in_window(what, FIRST, LAST, anchor="nyanza")
    assert {(zones.local(slot, "Europe/London").hour, slot.minute) for slot in slots} == {(11, 7)}


def test_where_the_school_days_share_no_hour_there_is_no_slot() -> None:
    assert slots_in_window(agreement(aire={"timezone": "America/Los_Angeles"}), FIRST, LAST, anchor="nyanza") == ()


def test_the_leaders_meeting_is_the_first_time_that_fits() -> None:
    found = first_fitting(agreement(), FIRST, LAST, anchor="nyanza")
    assert found is not None
    assert zones.local(found, "Europe/London").isoformat() == "2026-11-12T08:45:00+00:00"
    away = {"r.shaw@airedale.example": (Span(FIRST, FIRST),)}
    later = first_fitting(agreement(), FIRST, LAST, anchor="nyanza", absent=away)
    assert later is not None
    assert later.date() == date(2026, 11, 13)
