"""`tandem check`, `dates` and `slots` as a person or a program calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from local.cli import main
from tests.support.agreements import AIRE_NYANZA_YAML as GOOD


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path, GOOD)


def written(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def meetings(*args: str | Path) -> list[dict[str, Any]]:
    result = run("dates", *args, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert list(document) == ["meetings"]
    return document["meetings"]  # type: ignore[no-any-return]


def test_a_valid_agreement_is_said_to_be_valid(path: Path) -> None:
    result = run("check", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Rivers and Lakes: valid, 10 meetings")


def test_errors_go_to_standard_error_with_file_and_line_and_exit_status_2(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("country: KE", "country: Kenya"))
    for command in (["check"], ["dates", "--json"], ["slots"]):
        result = run(*command, path)
        assert (result.exit_code, result.stdout) == (2, "")
        number = GOOD.split("\n").index("    country: KE") + 1
        assert result.stderr.startswith(f'{path}:{number}: "Kenya" is no country\'s code; ')


def test_twelve_lines_of_errors_are_the_most(tmp_path: Path) -> None:
    result = run("check", written(tmp_path, "".join(f"k{n}: 1\n" for n in range(50))))
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 12


@pytest.mark.parametrize(
    ("old", "new", "line", "warning"),
    [
        ("      - {name: Joseph Otieno, email: j.otieno@nyanza.example, role: deputy}\n", "", "    people:",
         "has one owner only; a deputy"),
        ("wanjiru@nyanza.example, role: leader", "wanjiru@nyanza.example, role: member", "people:", "no leader"),
        ('at: "14:00"', 'at: "09:00"', '  at: "09:00"',
         "outside the day of Airedale High School in September 2026, October 2026"),
        ("from: 2026-10-26, to: 2026-10-30", "from: 2026-10-01, to: 2026-10-31", "  every: second tuesday",
         "October 2026: no day is possible"),
        ("review: 2027-07-01", "review: 2026-09-05", "review: 2026-09-05", "no meeting is held before review"),
        ("language: sw", "language: it", "Peter Ouma", "English is used"),
        ("country: KE", "country: XX", "country: XX", "holidays of XX are not known"),
    ],
)  # fmt: skip
def test_warnings_name_the_line_say_what_to_do_and_leave_exit_status_0(
    tmp_path: Path, old: str, new: str, line: str, warning: str
) -> None:
    text = GOOD.replace(old, new)
    path = written(tmp_path, text)
    result = run("check", path)
    assert result.exit_code == 0
    (told,) = [one for one in result.stderr.splitlines() if warning in one]
    number = int(told.removeprefix(f"{path}:").partition(":")[0])
    assert f"{path}:{number}: warning: " in told
    assert line in text.split("\n")[number - 1]
    assert "; " in told


def test_dates_give_the_contract_s_keys(path: Path) -> None:
    found = meetings(path)
    assert found[0] == {
        "month": "2026-09",
        "starts": "2026-09-08T11:00:00+00:00",
        "local": {"aire": "2026-09-08T12:00:00+01:00", "nyanza": "2026-09-08T14:00:00+03:00"},
        "chair": "aire",
        "anchor": "nyanza",
        "moved_from": None,
        "skipped": False,
        "why": None,
        "clock_change": False,
    }
    assert [m["month"] for m in found if m["clock_change"]] == ["2026-11", "2027-04"]
    (moved,) = [m for m in found if m["moved_from"]]
    assert (moved["month"], moved["moved_from"]) == ("2027-03", "2027-03-09")
    assert "Eid al-Fitr" in moved["why"]


def test_a_skipped_month_has_neither_time_nor_chair_and_says_why(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("from: 2026-10-26, to: 2026-10-30", "from: 2026-10-01, to: 2026-10-31"))
    october = meetings(path)[1]
    assert (october["starts"], october["local"], october["chair"], october["skipped"]) == (None, None, None, True)
    assert october["why"].startswith("skipped: ")


def test_from_is_inclusive_until_exclusive_and_both_only_leave_out(path: Path) -> None:
    whole = meetings(path)
    assert meetings(path, "--from", "2026-11-10", "--until", "2027-03-10") == whole[2:6]
    assert meetings(path, "--from", "2026-11-11", "--until", "2027-03-11") == whole[3:7]
    assert meetings(path, "--until", "0001-01-01") == []


def test_dates_for_people_are_a_table(path: Path) -> None:
    result = run("dates", path)
    assert result.exit_code == 0
    assert "Wed 10 Mar 11:00" in result.stdout
    assert "one clock has changed: Nyanza Girls' School is now 3:00 h ahead of" in result.stdout


def test_slots_give_the_contract_s_keys_best_first(path: Path) -> None:
    result = run("slots", path, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    slots = json.loads(result.stdout)["slots"]
    assert {tuple(slot) for slot in slots} == {("every", "at", "anchor", "outside_minutes", "months_skipped", "score")}
    assert slots[0]["outside_minutes"] == {"aire": 0, "nyanza": 0}
    assert [slot["score"] for slot in slots] == sorted((slot["score"] for slot in slots), reverse=True)


def test_slots_for_people_give_reasons_and_mark_the_agreement_s_own(path: Path) -> None:
    result = run("slots", path)
    assert result.exit_code == 0
    (own,) = [line for line in result.stdout.splitlines() if line.startswith("* ") and "second tuesday" in line]
    assert "always inside both school days, 1 month moved" in own


@pytest.mark.parametrize(
    "args",
    [[], ["nonsense"], ["check"], ["check", "nowhere.yaml"], ["check", "."], ["check", "a\0b"], ["dates", "--json"],
     ["dates", "x.yaml", "--from", "2026-02-30"], ["dates", "x.yaml", "--from", "20260201"], ["slots", "--what"]],
)  # fmt: skip
def test_a_call_that_is_wrong_is_told_in_one_line_with_exit_status_2(args: list[str]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert "; " in result.stderr


def test_what_goes_wrong_inside_is_one_line_with_exit_status_1(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("tandem.core.calendar.year", broken)
    result = run("dates", path)
    assert result.exit_code == 1
    assert result.stderr == "tandem: RuntimeError: two lines; TANDEM_TRACEBACK=1 shows where\n"


def test_help_imports_no_command() -> None:
    code = (
        "import sys\nfrom local.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit as stop:\n"
        "    assert not stop.code\nassert not {'yaml', 'holidays', 'local.commands.agreement'} & set(sys.modules)"
    )
    root = Path(__file__).parents[1]
    env = {"PYTHONPATH": f"{root / 'shared'}:{root}"}
    result = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert "check" in result.stdout
