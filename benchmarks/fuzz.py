"""Spoilt mails against the reader: exceptions, time, memory.

    python benchmarks/fuzz.py [--mails 5000] [--seed 2026] [--keep DIR]

Each mail is one of our own with a few mishaps, the same ones for the same seed, read to its commands. Exit 1 where
any raises, the 99th percentile is a second or more, or the process takes 256 MB or more. `--keep` writes the mails
that raised into a folder.
"""

from __future__ import annotations

import argparse
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from tandem.wire import reading
from tests.support.spoilt import originals, spoilt, try_all
from tests.wire.understanding import agreement

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
KINDS = ("check-in", "catch-up", "invite", "agreement", "escalation", "review", "receipt", "notice")
MEGABYTES, SECONDS = 256, 1.0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--mails", type=int, default=5_000)
    arguments.add_argument("--seed", type=int, default=2026)
    arguments.add_argument("--keep", type=Path)
    given = arguments.parse_args()
    partnership = agreement()
    turn = iter(range(given.mails))

    def read(raw: bytes) -> None:
        reading.read(raw, partnership, NOW, meeting="2026-10", reply_to=KINDS[next(turn) % len(KINDS)], options=3)

    outcome = try_all(spoilt(originals(), given.mails, given.seed), read)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{given.mails} mails: {len(outcome.failures)} uncaught exceptions, 99th percentile "
        f"{outcome.percentile_99 * 1000:.1f} ms, slowest {outcome.slowest * 1000:.0f} ms, peak memory {peak:.0f} MB"
    )
    for number, (raw, error) in enumerate(outcome.failures):
        print(f"  {error}")
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{number:02}.eml").write_bytes(raw)
    return int(bool(outcome.failures) or outcome.percentile_99 >= SECONDS or peak >= MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
