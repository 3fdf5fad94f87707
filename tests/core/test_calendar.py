"""Which day, and whose turn: each rule of the contract by its name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tandem.core.agreement import Agreement, Holiday, Hours, Rule, Span
from tandem.core.calendar import (
    Entry,
    difference,
    entry_for,
    has_entry,
    inside,
    is_open,
    month_after,
    months_between,
    outside_minutes,
    rule_day,
    why_closed,
    why_text,
    year,
)
from tests.support.agreements import agreement

ALWAYS = {str(n): Hours(0, 1440) for n in range(7)}
FREE = {"terms": None, "closed": (), "holidays": (), "day": ALWAYS, "timezone": "Etc/UTC"}
WEEK = {str(n): Hours(540, 960) for n in range(5)}


def two(aire: dict[str, object] | None = None, nyanza: dict[str, object] | None = None, **changes: object) -> Agreement:
    """Two schools in UTC that are always open, but for the changes; the second tuesday at 14:00 for 45 minutes."""
    return agreement(aire={**FREE, **(aire or {})}, nyanza={**FREE, **(nyanza or {})}, **changes)


def month(what: Agreement, name: str) -> Entry:
    return next(entry for entry in year(what) if entry.month == name)


def closed(*spans: tuple[date, date]) -> dict[str, object]:
    return {"closed": tuple(Span(first, last, "Fair") for first, last in spans)}


@pytest.mark.parametrize(
    ("every", "day"),
    [("first tuesday", 1), ("second tuesday", 8), ("third wednesday", 16), ("fourth monday", 28), ("last tuesday", 29),
     ("last wednesday", 30), ("last thursday", 24)],
)  # fmt: skip
def test_a_rule_names_a_day_of_every_month(every: str, day: int) -> None:
    assert rule_day(2026, 9, Rule(every, 0, "aire", 45)) == date(2026, 9, day)


def test_a_meeting_falls_on_its_rule_s_day_and_hour_on_the_anchor_s_clock() -> None:
    entry = month(agreement(), "2026-10")
    assert entry.starts == datetime(2026, 10, 13, 11, 0, tzinfo=UTC)
    assert (entry.day, entry.moved_from, entry.skipped, entry.reasons) == (date(2026, 10, 13), None, False, ())


def test_where_either_school_is_closed_it_moves_to_the_nearest_day_and_of_two_to_the_later() -> None:
    entry = month(two(aire=closed((date(2026, 10, 13), date(2026, 10, 13)))), "2026-10")
    assert (entry.day, entry.moved_from) == (date(2026, 10, 14), date(2026, 10, 13))
    entry = month(two(nyanza=closed((date(2026, 10, 13), date(2026, 10, 14)))), "2026-10")
    assert entry.day == date(2026, 10, 12)


def test_it_moves_within_the_same_month_only() -> None:
    entry = month(two(aire=closed((date(2026, 10, 2), date(2026, 10, 31))), rule={"every": "last friday"}), "2026-10")
    assert entry.day == date(2026, 10, 1)


def test_it_moves_to_a_day_only_where_the_whole_meeting_lies_inside_both_school_days() -> None:
    short = {**WEEK, "2": Hours(540, 870)}  # Wednesdays end at 14:30, a quarter of an hour too early
    entry = month(two(aire={**closed((date(2026, 10, 13), date(2026, 10, 13))), "day": short}), "2026-10")
    assert entry.day == date(2026, 10, 12)
    exact = {**WEEK, "2": Hours(840, 885)}  # exactly as long as the meeting
    entry = month(two(aire={**closed((date(2026, 10, 13), date(2026, 10, 13))), "day": exact}), "2026-10")
    assert entry.day == date(2026, 10, 14)


def test_where_there_is_no_such_day_the_month_is_skipped() -> None:
    entry = month(two(aire=closed((date(2026, 10, 1), date(2026, 10, 31)))), "2026-10")
    assert (entry.starts, entry.chair, entry.moved_from, entry.skipped) == (None, None, None, True)
    assert entry.day == entry.rule_day == date(2026, 10, 13)


def test_a_meeting_whose_own_day_is_open_but_whose_hour_lies_outside_stays() -> None:
    what = two(aire={"day": WEEK}, rule={"at": 1200})
    assert month(what, "2026-10").moved_from is None
    assert all(not entry.skipped for entry in year(what))


def test_a_meeting_never_moves_before_start_or_past_review() -> None:
    what = two(aire=closed((date(2026, 9, 8), date(2026, 9, 30))), start=date(2026, 9, 8))
    assert month(what, "2026-09").skipped
    what = two(aire=closed((date(2027, 6, 1), date(2027, 6, 8))), review=date(2027, 6, 8))
    assert month(what, "2027-06").skipped


def test_a_month_whose_rule_s_day_lies_outside_start_and_review_has_no_entry() -> None:
    what = two(start=date(2026, 9, 9), review=date(2027, 6, 8))
    assert [entry.month for entry in year(what)] == list(months_between(date(2026, 10, 1), date(2027, 6, 1)))
    assert entry_for(what, "2026-09") is None


def test_whether_a_school_is_open_goes_by_its_own_local_date_when_the_meeting_begins() -> None:
    # 22:00 in London is the next day in Kiritimati.
    what = two(
        aire={"timezone": "Europe/London"},
        nyanza={"timezone": "Pacific/Kiritimati", **closed((date(2026, 11, 11), date(2026, 11, 11)))},
        rule={"at": 1320, "anchor": "aire"},
    )
    entry = month(what, "2026-11")
    assert (entry.moved_from, entry.day, entry.reasons[0].school) == (date(2026, 11, 10), date(2026, 11, 11), "nyanza")


def test_closed_are_days_outside_terms_closed_ones_holidays_and_weekdays_without_hours() -> None:
    school = agreement(aire={"holidays": (Holiday(date(2026, 11, 3), "Fair day"),)}).schools[0]
    reasons = [why_closed(school, date(2026, *day)) for day in ((12, 19), (10, 26), (11, 3), (11, 7), (11, 4))]
    assert [reason and (reason.kind, reason.text) for reason in reasons] == [
        ("term", None), ("closed", "Half term"), ("holiday", "Fair day"), ("weekday", None), None,
    ]  # fmt: skip
    assert is_open(school, date(2026, 11, 4))


def test_public_holidays_count_only_where_they_are_closed_days() -> None:
    fair = (Holiday(date(2026, 11, 3), "Fair day"),)
    school = agreement(aire={"public_holidays": False, "holidays": fair}).schools[0]
    assert is_open(school, date(2026, 11, 3))


def test_a_meeting_may_begin_and_end_exactly_with_the_hours_and_end_at_24_00() -> None:
    what = two(aire={"day": {"1": Hours(1395, 1440)}})
    assert inside(what.schools[0], datetime(2026, 10, 13, 23, 15, tzinfo=UTC), 45)
    assert not inside(what.schools[0], datetime(2026, 10, 13, 23, 15, tzinfo=UTC), 46)
    assert not inside(what.schools[0], datetime(2026, 10, 13, 23, 14, tzinfo=UTC), 45)


def test_minutes_outside_a_school_day_are_counted_at_both_ends() -> None:
    school = two(aire={"day": WEEK}).schools[0]
    at = [(8, 40), (15, 45), (7, 0), (12, 0), (23, 50)]
    assert [outside_minutes(school, datetime(2026, 10, 13, h, m, tzinfo=UTC), 45) for h, m in at] == [20, 30, 45, 0, 45]


def test_clock_change_compares_the_zones_difference_with_the_calendar_month_before() -> None:
    changes = {entry.month: entry.clock_change for entry in year(agreement())}
    assert [name for name, changed in changes.items() if changed] == ["2026-11", "2027-04"]


def test_clock_change_is_false_in_the_first_month_that_has_an_entry() -> None:
    first = year(agreement(start=date(2026, 11, 1)))[0]
    assert (first.month, first.clock_change) == ("2026-11", False)


def test_clock_change_of_a_skipped_month_goes_by_the_rule_s_day_and_hour() -> None:
    entry = month(agreement(aire=closed((date(2026, 11, 1), date(2026, 11, 30)))), "2026-11")
    assert (entry.skipped, entry.clock_change) == (True, True)


def test_a_month_planned_by_itself_is_as_in_the_year() -> None:
    for what in (agreement(), agreement(rule={"anchor": "alternate", "every": "last friday"})):
        for entry in year(what):
            assert entry_for(what, entry.month, chair=entry.chair) == entry


def test_with_alternate_the_anchor_changes_sides_with_every_calendar_month_skipped_or_not() -> None:
    what = two(aire=closed((date(2026, 10, 1), date(2026, 10, 31))), rule={"anchor": "alternate"})
    assert [entry.anchor for entry in year(what)][:4] == ["aire", "nyanza", "aire", "nyanza"]
    what = two(start=date(2026, 9, 9), rule={"anchor": "alternate"})
    assert year(what)[0].anchor == "nyanza"  # October, counted from the month of `start`


def test_only_a_skipped_month_and_one_without_an_entry_passes_no_turn() -> None:
    what = two(aire=closed((date(2026, 10, 1), date(2026, 10, 31))))
    assert [entry.chair for entry in year(what)][:4] == ["aire", None, "nyanza", "aire"]
    assert year(two(start=date(2026, 9, 9)))[0].chair == "aire"


def test_first_and_last_leave_out_entries_and_change_nothing_else() -> None:
    whole = year(agreement())
    assert year(agreement(), date(2026, 11, 10), date(2027, 3, 9)) == whole[2:6]  # March moved to the 10th
    assert year(agreement(), last=date(2027, 3, 10)) == whole[:7]


def test_an_invited_meeting_moves_only_to_tomorrow_or_later() -> None:
    what = two(nyanza=closed((date(2026, 10, 13), date(2026, 10, 14))))
    moved = entry_for(what, "2026-10", not_before=date(2026, 10, 13), chair="aire")
    assert moved is not None
    assert (moved.day, moved.chair) == (date(2026, 10, 15), "aire")
    late = entry_for(what, "2026-10", not_before=date(2026, 11, 1))
    assert late is not None
    assert late.skipped


def test_after_a_renewal_months_past_a_school_s_last_known_term_have_no_entry() -> None:
    written = date(2027, 7, 1)
    what = agreement(review=date(2028, 7, 1))
    assert [entry.month for entry in year(what, written=written)][-1] == "2027-07"
    assert not has_entry(what, "2027-08", written)
    assert year(two(review=date(2028, 7, 1)), written=written)[-1].month == "2028-06"  # no terms: every day is term
    assert year(what)[-1].month == "2028-06"  # without a renewal they are skipped months


def test_why_says_which_day_it_was_and_what_stands_against_it() -> None:
    holiday = agreement(nyanza={"holidays": (Holiday(date(2026, 10, 13), "Harvest"),)})
    assert why_text(holiday, month(holiday, "2026-10")) == (
        "moved from Tuesday 13 October 2026: Nyanza Girls' School has a public holiday (Harvest)"
    )
    skipped = two(aire=closed((date(2026, 10, 1), date(2026, 10, 31))))
    why = why_text(skipped, month(skipped, "2026-10"))
    assert why is not None
    assert why.startswith("skipped: on Tuesday 13 October 2026 Airedale High School is closed (Fair), and on no other")
    assert why_text(skipped, month(skipped, "2026-11")) is None


def test_a_local_hour_that_does_not_occur_counts_as_the_real_time() -> None:
    # London's clock goes forward at 01:00 on the last Sunday of March: there is no 01:30.
    what = two(
        aire={"timezone": "Europe/London", "day": {"6": Hours(120, 300)}},
        rule={"every": "last sunday", "at": 90, "anchor": "aire"},
    )
    entry = month(what, "2027-03")
    assert entry.starts == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert outside_minutes(what.schools[0], entry.starts, 45) == 0  # 02:30 to 03:15 on the clock


def test_the_difference_is_that_of_the_second_school_s_clock() -> None:
    assert difference(agreement(), datetime(2026, 12, 1, tzinfo=UTC)) == 180
    assert difference(agreement(), datetime(2026, 7, 1, tzinfo=UTC)) == 120


def test_months_are_counted_over_the_year_s_end() -> None:
    assert [month_after("2026-11", n) for n in (-11, 1, 2, 14)] == ["2025-12", "2026-12", "2027-01", "2028-01"]
