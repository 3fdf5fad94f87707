"""Every story ends as it says: one year for each of the contract's rules, lived through in memory."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from local import report
from local.commands.simulate import load_story
from local.dry_run import DryYear, dry_run
from tandem.wire import agreement_file
from tests.years import run_stories


def live(name: str) -> DryYear:
    run = run_stories.told(name)
    files = [path.read_bytes() for path in run["agreements"]]
    agreements = [agreement_file.load(data).agreement for data in files]
    pairs = [(f"{a.id}.yaml", data) for a, data in zip(agreements, files, strict=True)]
    story = load_story(str(run_stories.STORIES / name / "story.yaml"))
    return dry_run(pairs, agreements, story, date.fromisoformat(run["until"]))


@pytest.mark.parametrize("name", run_stories.names())
def test_a_story_ends_as_it_says(name: str) -> None:
    lived = live(name)
    document = report.report(lived.states, lived.year, lived.unclear)
    assert run_stories.differences(document["partnerships"][0], run_stories.expected(name)) == []


def test_every_story_says_what_it_is_about() -> None:
    for folder in Path(run_stories.STORIES).iterdir():
        assert {"story.yaml", "run.json", "expect.json"} <= {path.name for path in folder.iterdir()}, folder
        assert run_stories.told(folder.name)["about"]
