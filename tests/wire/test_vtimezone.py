# ruff: noqa: DTZ001, DTZ007 (a VTIMEZONE speaks of wall clocks)
"""VTIMEZONEs against the zone data itself, by an evaluation that shares nothing with how they are made."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr

from tandem.core import zones
from tandem.wire.vtimezone import UnknownZone, vtimezone

BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
_FOUND: dict[tuple[bytes, timedelta], list[tuple[datetime, int]]] = {}
ZONES = sorted(zones.names())


def seconds(offset: str) -> int:
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].ljust(6, "0")
    return sign * (int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:]))


def observances(text: str) -> list[dict[str, str]]:
    return [
        dict(line.split(":", 1) for line in body.strip().split("\r\n"))
        for _, body in re.findall(r"BEGIN:(STANDARD|DAYLIGHT)\r\n(.*?)END:\1\r\n", text.replace("\r\n ", ""), re.S)
    ]


def changes_of(text: str) -> list[tuple[datetime, int]]:
    """(instant, offset from then on) of a VTIMEZONE, from the last one before 2026 to the end of 2036."""
    out = []
    for of in observances(text):
        start = datetime.strptime(of["DTSTART"], "%Y%m%dT%H%M%S")
        before, after = seconds(of["TZOFFSETFROM"]), seconds(of["TZOFFSETTO"])
        if "RRULE" in of:
            rule, _, until = of["RRULE"].partition(";UNTIL=")
            last = datetime(2037, 1, 1)
            if until:
                last = datetime.strptime(until, "%Y%m%dT%H%M%SZ") + timedelta(seconds=before)
            onsets = rrulestr(rule, dtstart=start).between(datetime(1970, 1, 1), last, inc=True)
            assert onsets[0] == start, "DTSTART is the rule's first instance (RFC 5545 3.6.5)"
        else:
            onsets = [start]
        out += [((onset - timedelta(seconds=before)).replace(tzinfo=UTC), after) for onset in onsets]
    out.sort()
    earlier = [change for change in out if change[0] < BEGINS]
    return [(BEGINS, earlier[-1][1]), *(change for change in out if BEGINS <= change[0] < ENDS)]


def without_repeats(changes: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    return [c for n, c in enumerate(changes) if n == 0 or c[1] != changes[n - 1][1]]


def truth(zone: str, step: timedelta) -> list[tuple[datetime, int]]:
    """The same from zoneinfo: steps through the years and halves the interval wherever the offset differs."""
    if (raw(zone), step) in _FOUND:  # the same zone by another name
        return _FOUND[raw(zone), step]
    info = zones.get(zone)

    def offset(moment: datetime) -> int:
        return int(moment.astimezone(info).utcoffset().total_seconds())

    out = [(BEGINS, offset(BEGINS))]
    at, known = BEGINS, out[0][1]
    while at < ENDS:
        ahead = at + step
        now = offset(ahead)
        if now != known:
            low, high = at, ahead
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (middle, high) if offset(middle) == known else (low, middle)
            if high < ENDS:
                out.append((high, now))
            known = now
        at = ahead
    _FOUND[raw(zone), step] = out
    return out


def raw(zone: str) -> bytes:
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def test_every_zone_changes_when_the_zone_data_says_so_from_2026_to_2036():
    assert len(ZONES) > 590
    wrong = [z for z in ZONES if without_repeats(changes_of(vtimezone(z))) != truth(z, 5 * DAY)]
    assert wrong == []


@pytest.mark.soak
def test_no_zone_has_a_change_that_steps_of_five_days_would_miss():
    assert [z for z in ZONES if truth(z, 5 * DAY) != truth(z, timedelta(hours=1))] == []


def test_a_zone_with_rules_has_two_observances_with_a_yearly_rule_each():
    for zone in ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Europe/Dublin",
                 "Pacific/Auckland", "Asia/Jerusalem", "America/Nuuk", "America/Santiago"):  # fmt: skip
        found = observances(vtimezone(zone))
        assert len(found) == 2, zone
        assert all(o["RRULE"].startswith("FREQ=YEARLY;") and "UNTIL" not in o["RRULE"] for o in found), zone


def test_a_zone_without_rules_has_one_observance_and_no_rule():
    for zone in ("Africa/Nairobi", "Asia/Kolkata", "UTC", "Asia/Kathmandu"):
        found = observances(vtimezone(zone))
        assert len(found) == 1
        assert "RRULE" not in found[0]


def test_years_that_follow_no_rule_stand_by_themselves():
    assert all("RRULE" not in o for o in observances(vtimezone("Africa/Casablanca")))
    assert len(observances(vtimezone("Africa/Casablanca"))) >= 3


def test_daylight_is_the_observance_that_is_ahead_even_where_the_data_has_it_the_other_way_round():
    text = vtimezone("Europe/Dublin")
    assert "BEGIN:DAYLIGHT\r\nDTSTART:19700329T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nTZNAME:IST" in text


def test_a_half_hour_of_summer_time_is_kept():
    assert {o["TZOFFSETTO"] for o in observances(vtimezone("Australia/Lord_Howe"))} == {"+1030", "+1100"}


def test_a_change_at_the_end_of_a_day_falls_on_the_next_in_whatever_month_that_lies():
    rules = [o["RRULE"] for o in observances(vtimezone("Africa/Cairo")) if o["TZOFFSETTO"] == "+0200"]
    assert rules == [
        "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=26,27,28,29,30,31;BYDAY=FR",
        "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1;BYDAY=FR",
    ]


def test_london_is_small_and_every_zone_is_bounded():
    assert len(vtimezone("Europe/London").encode()) <= 1200
    assert max(len(vtimezone(zone)) for zone in ZONES) < 3000


def test_lines_are_short_end_in_crlf_and_are_plain_ascii():
    for zone in ZONES:
        text = vtimezone(zone)
        assert text.isascii()
        assert text.endswith("END:VTIMEZONE\r\n")
        assert all(len(line) <= 75 and "\n" not in line for line in text.split("\r\n"))


def test_other_years_can_be_asked_for():
    text = vtimezone("Africa/Casablanca", 2027, 2028)
    assert [o["TZOFFSETTO"] for o in observances(text)] == ["+0000"]


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "", "../etc/passwd", "Europe", "Europe/London\r\nX:1", "/UTC", "a.b"]
)
def test_an_unknown_zone_is_said_to_be_unknown(name: str):
    with pytest.raises(UnknownZone):
        vtimezone(name)


def test_the_system_s_zone_data_makes_no_difference(tmp_path: Path):
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "London").write_bytes(raw("Africa/Nairobi"))
    code = "from tandem.wire.vtimezone import vtimezone; print(vtimezone('Europe/London'))"
    shared = Path(__file__).parents[2] / "shared"
    env = {**os.environ, "PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(shared)}
    printed = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert "BST" in printed
