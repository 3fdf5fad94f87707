"""`tandem simulate` on the embedded AWS: the same bytes every time, and the same as the dry run's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.years import run_stories

ROOT = Path(__file__).parents[2]
AIRE = ROOT / "examples/aire-nyanza/agreement.yaml"


def tandem(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    code = "from local.cli import main; main()"
    paths = f"{ROOT / 'shared'}{os.pathsep}{ROOT}"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_deployment_and_the_dry_run_leave_the_same_bytes(tmp_path: Path) -> None:
    name = "called-off-caught-up"
    run = run_stories.told(name)
    story = run_stories.STORIES / name / "story.yaml"
    done = tandem("simulate", *run["agreements"], "--story", story, "--until", run["until"], "--out", tmp_path / "a")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    run_stories.live(name, tmp_path / "b", dry=True)
    first, second = tree(tmp_path / "a"), tree(tmp_path / "b")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert {"report.json", "index.html"} <= first.keys()


def test_partnerships_side_by_side_are_as_if_together(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = AIRE.read_text(encoding="utf-8").replace("id: aire-nyanza", "id: pair-two")
    other.write_text(text.replace("airedale.example", "a2.example").replace("nyanza.example", "n2.example")
                     .replace("aisha.k@mail", "aisha.2@mail"), encoding="utf-8")  # fmt: skip
    done = tandem("simulate", AIRE, other, "--until", "2026-09-20", "--out", tmp_path / "a")
    assert (done.returncode, done.stderr) == (0, "")
    from datetime import date

    run_stories.live_dry([AIRE, other], None, date(2026, 9, 20), tmp_path / "b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    document = json.loads((tmp_path / "a/report.json").read_text(encoding="utf-8"))
    assert [p["id"] for p in document["partnerships"]] == ["aire-nyanza", "pair-two"]
    assert len({m["file"] for p in document["partnerships"] for m in p["mails"]}) == len(tree(tmp_path / "a/mail"))


def test_an_earlier_run_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail/000001-invite-x@x.example.eml").write_text("old")
    (tmp_path / "mail/mine.txt").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "report.json").write_text("old")
    from datetime import date

    run_stories.live_dry([AIRE], None, date(2026, 8, 19), tmp_path)
    assert not (tmp_path / "mail/000001-invite-x@x.example.eml").exists()
    assert (tmp_path / "mail/mine.txt").read_text() == (tmp_path / "notes.txt").read_text() == "mine"
    assert json.loads((tmp_path / "report.json").read_text())["partnerships"][0]["counts"]["agreement"] == 6


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate", "{agreement}", "--until", "2026-08-18", "--out", "out"], "lies before the run begins"),
        (["simulate", "{agreement}", "--until", "soon", "--out", "out"], "is no date"),
        (["simulate", "{agreement}", "--out", "out"], "--until"),
        (["simulate", "missing.yaml", "--until", "2026-12-01", "--out", "out"], "missing.yaml:1: "),
        (["simulate", "bad.yaml", "--until", "2026-12-01", "--out", "out"], "bad.yaml:1: "),
        (["simulate", "{agreement}", "{agreement}", "--until", "2026-12-01", "--out", "out"], "an id of its own"),
        (["simulate", "{agreement}", "--story", "bad.yaml", "--until", "2026-12-01", "--out", "out"], "bad.yaml:1: "),
        (["simulate", "{agreement}", "--story", "early.yaml", "--until", "2026-12-01", "--out", "out"], "early.yaml:2"),
        (["simulate", "{agreement}", "--until", "2026-12-01", "--out", "bad.yaml"], "no folder can be made here"),
    ],
)
def test_bad_input_is_told_in_a_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("tandems: 1\n")
    (tmp_path / "a.eml").write_text("x")
    (tmp_path / "early.yaml").write_text('mail:\n  - {at: "2026-01-01T00:00:00Z", from: a@x.example, file: a.eml}\n')
    done = tandem(*(a.replace("{agreement}", str(AIRE)) for a in arguments), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 12
    assert not (tmp_path / "out").exists()
