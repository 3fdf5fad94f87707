"""Whatever arrives, reading ends, soon, without an exception. `make fuzz` tries a hundred thousand."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tandem.wire import mail, reading, trust
from tests.support.spoilt import originals, spoilt, try_all
from tests.wire.understanding import agreement

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def _whole(raw: bytes) -> None:
    found = reading.read(raw, agreement(), NOW, meeting="2026-10", reply_to="check-in")
    assert found.accepted or not found.commands


def _parse_and_judge(raw: bytes) -> None:
    parsed = mail.parse(raw)
    judged = trust.judge(parsed, agreement())
    assert judged.accepted == (judged.why is None)
    for text in (parsed.text, parsed.shown, parsed.whole_text, parsed.subject, parsed.from_name):
        assert not any(ord(c) < 32 and c != "\n" for c in text)
        text.encode("utf-8")


def test_two_thousand_spoilt_mails_are_read_without_an_exception() -> None:
    outcome = try_all(spoilt(originals(), 1_500, seed=11), _parse_and_judge)
    assert outcome.failures == []
    assert outcome.percentile_99 < 1


def test_spoilt_mails_are_read_to_their_commands_without_an_exception() -> None:
    outcome = try_all(spoilt(originals(), 500, seed=12), _whole)
    assert outcome.failures == []
    assert outcome.percentile_99 < 1


@pytest.mark.fuzz
def test_a_hundred_thousand_spoilt_mails(request: pytest.FixtureRequest) -> None:
    if "fuzz" not in (request.config.option.markexpr or ""):
        pytest.skip("takes minutes: `make fuzz`")
    script = Path(__file__).parents[2] / "benchmarks" / "fuzz.py"
    done = subprocess.run(
        [sys.executable, str(script), "--mails", "100000"], capture_output=True, text=True, check=False
    )
    print(f"\n{done.stdout}{done.stderr[-2000:]}")
    assert done.returncode == 0, done.stdout
