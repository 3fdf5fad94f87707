"""`tandem simulate`: agreements live through simulated time on the embedded AWS, and leave every mail behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from local.commands.common import BadInput, Day, load_agreement, read_input, tell

if TYPE_CHECKING:
    from local.story import Story


@click.command()
@click.argument("agreement", nargs=-1, required=True)
@click.option("--story", "story_path", help="What the people do: a YAML file.")
@click.option("--until", type=Day(), required=True, help="The day on which the run ends, itself not lived through.")
@click.option("--out", "out", required=True, help="The folder for mails, report and page.")
def simulate(agreement: tuple[str, ...], story_path: str | None, until: date, out: str) -> int:
    """Run the whole system on the embedded AWS through simulated time."""
    from local.year import begins_at, midnight

    loaded = [load_agreement(path) for path in agreement]
    agreements = [one.agreement for one in loaded]
    _apart(agreement, agreements)
    for path, one in zip(agreement, loaded, strict=True):
        tell(finding.text(path, warning=True) for finding in one.warnings)
    story = load_story(story_path)
    begins = begins_at(agreements)
    if midnight(until) <= begins:
        raise BadInput(f"tandem simulate: --until {until} lies before the run begins; a day after {begins:%Y-%m-%d}")
    early = [mail for mail in story.mail if mail.at < begins]
    if early:
        raise BadInput(*(
            f"{story_path}:{mail.line}: this mail arrives before the run begins; a time from {begins:%Y-%m-%d} on"
            for mail in early
        ))  # fmt: skip
    files = [(f"{a.id}.yaml", Path(path).read_bytes()) for path, a in zip(agreement, agreements, strict=True)]
    errors = _live(files, agreements, story, begins, midnight(until), Path(out))
    tell(errors)
    return 1 if errors else 0


def _apart(paths: tuple[str, ...], agreements: list[Any]) -> None:
    first: dict[str, str] = {}
    for path, agreement in zip(paths, agreements, strict=True):
        if agreement.id in first:
            raise BadInput(f"{path}:1: {first[agreement.id]} has the id {agreement.id} too; an id of its own")
        first[agreement.id] = path


def load_story(path: str | None) -> Story:
    """The story of that file, or the one of which nothing is told. Raises BadInput with a line for each error."""
    from local import story

    if path is None:
        return story.Story()
    data = read_input(path, story.MAX_BYTES, "a story")
    try:
        return story.load(data, Path(path).parent)
    except story.StoryError as error:
        raise BadInput(*(finding.text(path) for finding in error.findings)) from None


def _live(
    files: list[tuple[str, bytes]], agreements: list[Any], story: Story, begins: datetime, until: datetime, out: Path
) -> list[str]:
    """Runs, and writes; the functions' errors in words."""
    from local.deployment import main_error
    from local.output import Output
    from local.several import live

    try:
        output = Output(out)
    except OSError as error:
        raise BadInput(f"{out}:1: no folder can be made here: {error.strerror or error}; another --out") from None
    with _progress(begins, until) as progress:
        lived = live(files, agreements, story, begins, until, progress)
    output.finish(lived.states, lived.year, lived.unclear)
    if lived.errors:
        last = main_error(lived.errors)
        return [f"tandem simulate: {len(lived.errors)} errors in the functions; the last: {last}"]
    return []


class _progress:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self, begins: datetime, until: datetime) -> None:
        self.begins, self.until = begins, until
        self._bar: Any = None

    def __enter__(self) -> Callable[[datetime, int], None] | None:
        if not sys.stderr.isatty():
            return None
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.fields[day]}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[mails]} mails"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._bar.start()
        task = self._bar.add_task("", total=(self.until - self.begins).total_seconds(), day="", mails=0)

        def show(now: datetime, mails: int) -> None:
            done = (now - self.begins).total_seconds()
            self._bar.update(task, completed=done, day=f"{now:%a %d %b %Y}", mails=mails)

        return show

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()
