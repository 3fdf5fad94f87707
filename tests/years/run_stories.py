"""Lives through every story of `tests/years/stories`, and looks at each from outside.

    python tests/years/run_stories.py [NAME...] [--out DIR] [--dry] [-v]
    python tests/years/run_stories.py --years DIR       # twelve years over twelve pairs of zones, for conformance

On the embedded AWS by `tandem simulate` itself, or with --dry in memory; several at once, one for each core. Where
`../shared/check/check` is there it is asked about every run, with the story's own `expect.json`; each is also held
against what the story says became of the months. Exit 0: nothing was found.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]
STORIES = HERE / "stories"
CHECK = ROOT.parent / "shared" / "check" / "check"


def names() -> list[str]:
    return sorted(path.parent.name for path in STORIES.glob("*/run.json"))


def told(name: str) -> dict[str, Any]:
    """`run.json`: what it is about, the agreements (beside it, or by a relative path), and the day it ends.

    `limits` are kinds of findings that the outside look can't know better in this story, each with the reason.
    """
    run: dict[str, Any] = json.loads((STORIES / name / "run.json").read_text(encoding="utf-8"))
    run["agreements"] = [(STORIES / name / path).resolve() for path in run["agreements"]]
    return run


def expected(name: str) -> dict[str, Any]:
    expect: dict[str, Any] = json.loads((STORIES / name / "expect.json").read_text(encoding="utf-8"))
    return expect


def live(name: str, out: Path, dry: bool) -> None:
    """Runs that story into that folder. Raises SystemExit or whatever went wrong."""
    run = told(name)
    story = STORIES / name / "story.yaml"
    if dry:
        live_dry(run["agreements"], story, date.fromisoformat(run["until"]), out)
        return
    arguments = [*map(str, run["agreements"]), "--story", str(story), "--until", run["until"], "--out", str(out)]
    code = "from local.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, "simulate", *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'shared'}{os.pathsep}{ROOT}", "TANDEM_TRACEBACK": "1"},
    )


def live_dry(agreements: list[Path], story: Path | None, until: date, out: Path) -> None:
    from local.commands.simulate import load_story
    from local.dry_run import dry_run
    from local.output import Output
    from tandem.wire import agreement_file

    files = [path.read_bytes() for path in agreements]
    loaded = [agreement_file.load(data).agreement for data in files]
    pairs = [(f"{a.id}.yaml", data) for a, data in zip(loaded, files, strict=True)]
    result = dry_run(pairs, loaded, load_story(str(story) if story else None), until)
    Output(out).finish(result.states, result.year, result.unclear)


def differences(partnership: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    """What a report says otherwise than the story's months and escalations."""
    found: list[str] = []
    meetings = partnership["meetings"]
    for month, want in expect.get("months", {}).items():
        own = [m for m in meetings if m["month"] == month]
        main = next((m for m in own if not m["catch_up"]), None)
        if main is None or main["status"] not in want["status"]:
            found.append(f"{month} is {main['status'] if main else 'not there'}, not {' or '.join(want['status'])}")
        if "catch_up" in want:
            became = [m["status"] for m in own if m["catch_up"]]
            if not any(status in want["catch_up"]["status"] for status in became):
                found.append(f"{month}'s catch-up is {became or 'not there'}, not {want['catch_up']['status']}")
    levels = [(e["months"][-1], e["level"]) for e in partnership["escalations"]]
    wanted = [(e["after"], e["level"]) for e in expect.get("escalations", [])]
    if levels != wanted:
        found.append(f"escalations (last month, level) {levels}, not {wanted}")
    return found


def one(name: str, out: Path, dry: bool, verbose: bool) -> tuple[str, list[str], float]:
    """Runs and looks: (name, what was found, seconds of the run)."""
    started = time.monotonic()
    try:
        live(name, out, dry)
    except subprocess.CalledProcessError as error:
        return name, [f"it did not run: {error.stderr.decode(errors='replace')[-1500:]}"], time.monotonic() - started
    except Exception as error:
        import traceback

        return name, [f"it did not run: {error!r}\n{traceback.format_exc()[-1500:]}"], time.monotonic() - started
    seconds = time.monotonic() - started
    expect = expected(name)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    gone = [change["bounces"] for change in expect.get("people", ()) if "bounces" in change]
    found = differences(report["partnerships"][0], expect) + calendars(out, gone)
    run = told(name)
    for number, agreement in enumerate(run["agreements"]):
        if CHECK.is_file():
            wanted = STORIES / name / "expect.json" if number == 0 else None
            found += outside(out, agreement, wanted, run, 1000 if verbose else 3)
    return name, found, seconds


def calendars(out: Path, gone: Sequence[str] = ()) -> list[str]:
    """What the readers' calendars hold otherwise than the report says; who can't be reached any more gets no CANCEL."""
    from tandem.core import zones  # first: from then on every zone is the locked package's
    from tests.years import oracle_run

    assert zones.known("Europe/London")
    found = oracle_run.differences(out)
    return [f"calendar of {line}" for line in found if not line.startswith(tuple(gone))]


def outside(out: Path, agreement: Path, expect: Path | None, run: dict[str, Any], most: int) -> list[str]:
    """What the outside look finds, `limits` of the story apart: what that look is known not to see."""
    with tempfile.TemporaryDirectory(prefix="tandem-look-") as folder:
        arguments = [str(CHECK), str(_alone(out, agreement, Path(folder))), str(agreement), "--until", run["until"]]
        arguments += ["--expect", str(expect)] if expect else []
        done = subprocess.run([*arguments, "--json"], capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return [f"the outside look said nothing: {done.stderr[-500:]}"]
    found: list[str] = []
    for title, kinds in told.items():
        for kind, lines in kinds.items():
            if kind not in run.get("limits", {}):
                found += [f"{title} {kind}: {len(lines)}", *(f"    {line}" for line in lines[:most])]
    return found


def _alone(out: Path, agreement: Path, folder: Path) -> Path:
    """The run as that partnership's alone: the outside look takes every mail of a folder for its own."""
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    if len(report["partnerships"]) == 1:
        return out
    from tandem.wire import agreement_file

    identity = agreement_file.load(agreement.read_bytes()).agreement.id
    (partnership,) = (p for p in report["partnerships"] if p["id"] == identity)
    (folder / "mail").mkdir()
    for mail in partnership["mails"]:
        (folder / mail["file"]).symlink_to(out.resolve() / mail["file"])
    for name in ("inbound", "index.html", "report.json"):
        if (out / name).exists():
            (folder / name).symlink_to(out.resolve() / name)
    return folder


# -- years over many zones

YEARS = (
    ("Europe/London", "GB-ENG", "Africa/Nairobi", "KE"),
    ("Europe/Lisbon", "PT", "Pacific/Auckland", "NZ"),
    ("America/New_York", "US-NY", "Asia/Kolkata", "IN"),
    ("Europe/Dublin", "IE", "Africa/Casablanca", "MA"),
    ("Australia/Lord_Howe", "AU-NSW", "Asia/Kathmandu", "NP"),
    ("Europe/Berlin", "DE-BE", "America/Sao_Paulo", "BR"),
    ("Africa/Cairo", "EG", "Asia/Tokyo", "JP"),
    ("Asia/Jerusalem", "IL", "Asia/Shanghai", "CN"),
    ("America/Santiago", "CL", "Pacific/Chatham", "NZ"),
    ("America/St_Johns", "CA-NL", "Asia/Beirut", "LB"),
    ("America/Nuuk", "GL", "Asia/Gaza", "PS"),
    ("Pacific/Marquesas", "PF", "Pacific/Kiritimati", "KI"),
)
LANGUAGES = ("en", "fr", "es", "ar", "en", "de", "pt", "sw", "hi", "zh", "ja", "fr")


def year_agreement(number: int) -> str:
    """The example pair on other clocks, with days as long as the sun's so that a meeting is possible."""
    first, country, second, other = YEARS[number]
    text = (ROOT / "examples/aire-nyanza/agreement.yaml").read_text(encoding="utf-8")
    changes = {
        "id: aire-nyanza": f"id: pair-{number:02}",
        "country: GB-ENG": f"country: {country}",
        "country: KE": f"country: {other}",
        "Europe/London": first,
        "Africa/Nairobi": second,
        'mon-fri: "08:40-15:30"': 'mon-sun: "00:00-23:59"',
        'mon-fri: "07:30-17:00", sat: "08:00-12:30"': 'mon-sun: "00:00-23:59"',
        "anchor: nyanza": "anchor: alternate",
        "language: en\n    internet: good": f"language: {LANGUAGES[number]}\n    internet: good",
    }
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"{old} is not in the example")
        text = text.replace(old, new)
    return text


YEAR_STORY = """\
default: {rsvp: accept, outcome: held, acknowledge: true}
meetings:
  2026-10: {rsvp: decline, outcome: held}
  2026-11: {outcome: missed}
  2027-02: {outcome: silent, catch_up: ignore}
  2027-03: {outcome: missed, catch_up: missed}
"""


def year(number: int, out: Path, verbose: bool) -> tuple[str, list[str], float]:
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="tandem-year-"))
    try:
        agreement, story = folder / "agreement.yaml", folder / "story.yaml"
        agreement.write_text(year_agreement(number), encoding="utf-8")
        story.write_text(YEAR_STORY, encoding="utf-8")
        live_dry([agreement], story, date(2027, 7, 16), out)
        seconds = time.monotonic() - started
        found = calendars(out)
        if CHECK.is_file():
            limits = {"invite-horizon": "it takes the renewal as known from the first day"}
            found += outside(out, agreement, None, {"until": "2027-07-16", "limits": limits}, 1000 if verbose else 3)
    finally:
        shutil.rmtree(folder)
    return f"{YEARS[number][0]} and {YEARS[number][2]}", found, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--years", type=Path)
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("-v", action="store_true", help="every finding")
    told_ = parser.parse_args()
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(concurrent.futures.ProcessPoolExecutor(told_.jobs))
        if told_.years:
            jobs = [pool.submit(year, n, told_.years / f"{n:02}", told_.v) for n in range(len(YEARS))]
        else:
            out = told_.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tandem-stories-")))
            wanted = told_.names or names()
            unknown = [name for name in wanted if name not in names()]
            if unknown:
                print(f"no such story: {', '.join(unknown)}; one of {', '.join(names())}", file=sys.stderr)
                return 2
            jobs = [pool.submit(one, name, out / name, told_.dry, told_.v) for name in wanted]
        bad = 0
        for job in concurrent.futures.as_completed(jobs):
            name, found, seconds = job.result()
            bad += bool(found)
            print(f"{'FOUND' if found else 'ok':5}  {seconds:5.1f} s  {name}", flush=True)
            for line in found:
                print(f"         {line}", flush=True)
        print(f"{len(jobs) - bad} of {len(jobs)} as they should be")
        if not CHECK.is_file() and not told_.years:
            print("(the outside look is not on this machine)")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
