"""`make demo`: lives through an example's year, and tells it in a screenful.

    python -m local.demo EXAMPLE_FOLDER OUT --until D
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.cli import main as tandem
from local.year_page import SIGNS, WORDS

COLOURS = {"held": "green", "missed": "red", "unconfirmed": "yellow", "cancelled": "magenta", "disputed": "yellow"}


@click.command()
@click.argument("example", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--until", required=True)
def demo(example: Path, out: Path, until: str) -> None:
    """Runs the example and prints its summary."""
    started = time.monotonic()
    arguments = ["simulate", str(example / "agreement.yaml"), "--story", str(example / "story.yaml")]
    try:
        tandem([*arguments, "--until", until, "--out", str(out)])
    except SystemExit as end:
        if end.code:
            raise
    document = json.loads((out / "report.json").read_text(encoding="utf-8"))
    console = Console(highlight=False)
    for partnership in document["partnerships"]:
        tell(console, partnership, _names(example / "agreement.yaml"), _cities(example / "agreement.yaml"))
    console.print(f"\nThe whole year took {time.monotonic() - started:.0f} seconds. Look at it:")
    console.print(f"  [bold]{out / 'index.html'}[/]   (open it in a browser; no server is needed)\n", soft_wrap=True)


def _names(path: Path) -> dict[str, str]:
    from tandem.wire import agreement_file

    agreement = agreement_file.load(path.read_bytes()).agreement
    return {"": agreement.title, **{school.id: school.name for school in agreement.schools}}


def _cities(path: Path) -> dict[str, str]:
    from tandem.wire import agreement_file

    agreement = agreement_file.load(path.read_bytes()).agreement
    return {school.id: school.timezone.rpartition("/")[2].replace("_", " ") for school in agreement.schools}


def tell(console: Console, partnership: dict[str, Any], names: dict[str, str], cities: dict[str, str]) -> None:
    """The year of one partnership, as a person would tell it."""
    schools = [key for key in names if key]
    console.print(f"\n[bold]{names['']}[/]: {' and '.join(names[s] for s in schools)}\n")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("", *(cities[school] for school in schools), ""):
        table.add_column(column, no_wrap=True)
    for meeting in partnership["meetings"]:
        table.add_row(*_row(meeting, schools))
    console.print(table)
    months = {m["month"] for m in partnership["meetings"] if m["status"] == "held"}
    uncounted = ("skipped", "unsigned", "paused", "planned")
    counted = {m["month"] for m in partnership["meetings"] if m["status"] not in uncounted}
    mails = len(partnership["mails"])
    readers = len({mail["to"] for mail in partnership["mails"]})
    console.print(f"\n{len(months)} of {len(counted)} months met. {mails} mails to {readers} people.")
    for escalation in partnership["escalations"]:
        console.print(_escalation(escalation, names))


def _row(meeting: dict[str, Any], schools: list[str]) -> list[Any]:
    status = meeting["status"]
    times = [_clock(meeting["local"][s]) if meeting["local"] else "" for s in schools]
    word = Text(f"{SIGNS.get(status, '')} {WORDS.get(status, status)}", style=COLOURS.get(status, "default"))
    if meeting["moved_from"]:
        word.append(f", moved from {datetime.fromisoformat(meeting['moved_from']):%a %d %b}", style="dim")
    name = f"{datetime.fromisoformat(meeting['month'] + '-01'):%B}"
    return ["  and caught up" if meeting["catch_up"] else name, *times, word]


def _clock(local: str) -> str:
    return f"{datetime.fromisoformat(local):%a %d %b, %H:%M}"


def _escalation(escalation: dict[str, Any], names: dict[str, str]) -> str:
    months = " and ".join(f"{datetime.fromisoformat(m + '-01'):%B}" for m in escalation["months"])
    told = f"{months} had not been met: both schools' leaders heard on {_day(escalation['opened'])}"
    acknowledged = [names[s] for s, at in escalation["acknowledged"].items() if at]
    if acknowledged:
        told += f", {' and '.join(acknowledged)} answered"
    if escalation["resolved"]:
        told += f"; back on track on {_day(escalation['resolved'])}"
    return told + "."


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%d %B %Y}".lstrip("0")


if __name__ == "__main__":
    sys.exit(demo())
