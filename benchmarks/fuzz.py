"""Spoilt mails against the reader: exceptions, time, memory.

    python benchmarks/fuzz.py [--mails 5000] [--seed 2026] [--jobs N] [--keep DIR]

Each mail is one of our own with a few mishaps, the same ones for the same seed, read to its commands. Exit 1 where
any raises, the 99th percentile is a second or more, or a process takes 256 MB or more. `--keep` writes the mails
that raised into a folder. `--jobs` processes share the work, as many as there are processors unless it says so.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from tandem.wire import reading
from tests.support.spoilt import Outcome, originals, spoilt, try_all
from tests.wire.understanding import agreement

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
KINDS = ("check-in", "catch-up", "invite", "agreement", "escalation", "review", "receipt", "notice")
MEGABYTES, SECONDS = 256, 1.0
AT_ONCE = 500


def _some(task: tuple[int, int]) -> tuple[Outcome, float]:
    """So many mails of one seed, and the peak memory of this process in megabytes."""
    count, seed = task
    partnership = agreement()
    turn = iter(range(count))

    def read(raw: bytes) -> None:
        reading.read(raw, partnership, NOW, meeting="2026-10", reply_to=KINDS[next(turn) % len(KINDS)], options=3)

    outcome = try_all(spoilt(originals(), count, seed), read)
    return outcome, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--mails", type=int, default=5_000)
    arguments.add_argument("--seed", type=int, default=2026)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("--keep", type=Path)
    given = arguments.parse_args()
    tasks = [
        (min(AT_ONCE, given.mails - begun), given.seed * 1_000_003 + begun) for begun in range(0, given.mails, AT_ONCE)
    ]
    whole, peak = Outcome(), 0.0
    with ProcessPoolExecutor(max_workers=given.jobs) as pool:
        for outcome, megabytes in pool.map(_some, tasks):
            whole.seconds += outcome.seconds
            whole.failures += outcome.failures
            peak = max(peak, megabytes)
    print(
        f"{len(whole.seconds)} mails: {len(whole.failures)} uncaught exceptions, 99th percentile "
        f"{whole.percentile_99 * 1000:.1f} ms, slowest {whole.slowest * 1000:.0f} ms, peak memory {peak:.0f} MB"
    )
    for number, (raw, error) in enumerate(whole.failures[:20]):
        print(f"  {error}")
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{number:02}.eml").write_bytes(raw)
    return int(bool(whole.failures) or whole.percentile_99 >= SECONDS or peak >= MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
