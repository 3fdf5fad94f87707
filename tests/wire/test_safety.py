"""In doubt whether words concern a child's safety, they do; and a school's ordinary life does not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tandem.wire.understand import understand
from tests.wire.understanding import context

_TABLE = tomllib.loads((Path(__file__).parent / "safety.toml").read_text(encoding="utf-8"))


def _sentences(key: str) -> list[tuple[str, str]]:
    return [(language, says) for language, table in _TABLE.items() for says in table[key]]


@pytest.mark.parametrize(("language", "says"), _sentences("heard"))
def test_words_that_may_concern_a_childs_safety_are_heard(language: str, says: str) -> None:
    commands = understand(says, context(language, "check-in")).commands
    assert "safeguarding" in [c.kind for c in commands]
    assert not [c for c in commands if c.kind != "safeguarding" and says in str(c)], "it stands in no other command"


@pytest.mark.parametrize(("language", "says"), _sentences("ordinary"))
def test_ordinary_school_life_raises_no_alarm(language: str, says: str) -> None:
    assert "safeguarding" not in [c.kind for c in understand(says, context(language, "check-in")).commands]
