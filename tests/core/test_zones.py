"""Local times and instants, by the tzdata package alone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tandem.core import zones


@pytest.mark.parametrize(
    ("day", "minutes", "zone", "utc"),
    [
        (date(2026, 10, 13), 840, "Africa/Nairobi", datetime(2026, 10, 13, 11, 0, tzinfo=UTC)),
        (date(2026, 10, 13), 840, "Asia/Kathmandu", datetime(2026, 10, 13, 8, 15, tzinfo=UTC)),
        (date(2026, 10, 13), 0, "Pacific/Kiritimati", datetime(2026, 10, 12, 10, 0, tzinfo=UTC)),
        (date(2026, 10, 13), 1440, "Africa/Nairobi", datetime(2026, 10, 13, 21, 0, tzinfo=UTC)),
        (date(2027, 1, 13), 840, "Australia/Lord_Howe", datetime(2027, 1, 13, 3, 0, tzinfo=UTC)),
        (date(2027, 7, 13), 840, "Australia/Lord_Howe", datetime(2027, 7, 13, 3, 30, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_an_instant(day: date, minutes: int, zone: str, utc: datetime) -> None:
    assert zones.instant(day, minutes, zone) == utc
    assert zones.instant(day, minutes, zone).tzinfo is UTC


def test_a_local_time_that_occurs_twice_is_its_first_occurrence() -> None:
    assert zones.instant(date(2026, 10, 25), 90, "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert zones.instant(date(2027, 4, 4), 105, "Australia/Lord_Howe") == datetime(2027, 4, 3, 14, 45, tzinfo=UTC)


def test_a_local_time_that_does_not_occur_is_read_with_the_offset_before_the_gap() -> None:
    instant = zones.instant(date(2026, 3, 29), 90, "Europe/London")
    assert instant == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert zones.local(instant, "Europe/London").isoformat() == "2026-03-29T02:30:00+01:00"


def test_names_are_known_as_the_database_writes_them() -> None:
    assert zones.known("Africa/Casablanca")
    assert not any(map(zones.known, ["africa/casablanca", "Africa", "", "Factory", "../zone", "Europe/Nowhere"]))


def test_offsets_are_minutes_ahead_of_utc() -> None:
    assert zones.offset(datetime(2027, 1, 1, tzinfo=UTC), "America/St_Johns") == -210


def test_the_machine_s_own_zone_files_make_no_difference(tmp_path: Path) -> None:
    own = tmp_path / "Europe"
    own.mkdir()
    import zoneinfo
    from importlib.resources import files

    assert zoneinfo.TZPATH == ()
    (own / "London").write_bytes((files("tzdata") / "zoneinfo" / "Asia" / "Tokyo").read_bytes())
    code = (
        "from tandem.core import zones; from datetime import date; print(zones.instant(date(2026, 7, 1), 720, "
        "'Europe/London').hour)"
    )
    shared = str(Path(__file__).parents[2] / "shared")
    env = {**os.environ, "PYTHONTZPATH": str(tmp_path), "PYTHONPATH": shared}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "11"
