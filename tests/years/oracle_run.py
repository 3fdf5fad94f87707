"""Holds the calendars of a simulated run's readers against its report.

    python tests/years/oracle_run.py DIR [DIR...]

Every calendar part of DIR/mail goes to a small calendar of its recipient that applies it by RFC 5546, once in the
order of sending and then in other orders and with repetitions. Each time everyone's calendar must end with exactly the
meetings of DIR/report.json to which that person is invited. Exit 0: it does; 1: it does not; 2: DIR is no run.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.calendar_client import Refused, apply, parts_by_recipient

OFF = frozenset({"cancelled", "paused", "skipped", "unsigned"})  # meetings that stand in nobody's calendar
SHUFFLES = 20


def expected(report: dict[str, Any]) -> dict[str, Counter[datetime]]:
    """{address: when the meetings begin to which that person is invited}, of all partnerships of a report."""
    out: dict[str, Counter[datetime]] = {}
    for partnership in report["partnerships"]:
        for meeting in partnership["meetings"]:
            if meeting["status"] in OFF or not meeting["starts"]:
                continue
            starts = datetime.fromisoformat(meeting["starts"]).astimezone(UTC)
            for address in meeting["attendance"]:
                out.setdefault(address.lower(), Counter())[starts] += 1
    return out


def last_month(report: dict[str, Any]) -> str:
    """The newest month of a report: meetings after it stand in calendars already, but in no report."""
    months = [m.get("month") or m["starts"][:7] for p in report["partnerships"] for m in p["meetings"]]
    return max(months, default="")


def _month(uid: str, moment: datetime) -> str:
    """A UID of Tandem's begins with the month: the anchor's, which UTC may not have reached yet."""
    return uid[:7] if re.match(r"20\d\d-\d\d\.", uid) else f"{moment:%Y-%m}"


def arrivals(parts: Sequence[bytes], seed: str) -> Iterator[tuple[str, Sequence[bytes]]]:
    """The same parts as they may arrive, and in words how."""
    yield "in order", parts
    yield "in order, each twice", [part for part in parts for _ in range(2)]
    yield "the other way round", parts[::-1]
    dice = random.Random(seed)
    for n in range(SHUFFLES):
        mixed = [*parts, *(part for part in parts if dice.random() < 0.3)]
        dice.shuffle(mixed)
        yield f"shuffled {n}", mixed


def differences(folder: Path) -> list[str]:
    """What is wrong, one line for each reader and order; raises OSError, ValueError or KeyError where it is no run."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    wanted, last = expected(report), last_month(report)
    by_recipient = parts_by_recipient(folder / "mail")
    out = []
    for person in sorted(set(wanted) | set(by_recipient)):
        for how, parts in arrivals(by_recipient.get(person, []), person):
            try:
                calendar = apply(parts, person)
            except Refused as error:
                out.append(f"{person}, {how}: {error}")
                break
            reported = [moment for uid, moment in calendar.meetings.items() if _month(uid, moment) <= last]
            shown, want = Counter(reported), wanted.get(person, Counter())
            if shown != want or calendar.conflicts:
                extra, missing = sorted((shown - want).elements()), sorted((want - shown).elements())
                words = [f"too much: {moment:%F %H:%M}Z" for moment in extra]
                words += [f"missing: {moment:%F %H:%M}Z" for moment in missing]
                out.append(f"{person}, {how}: {'; '.join(words + calendar.conflicts)}")
                break
    return out


def main(folders: Sequence[str]) -> int:
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    worst = 0
    for name in folders:
        try:
            found = differences(Path(name))
        except (OSError, ValueError, KeyError, TypeError) as error:
            print(f"{name} is no simulated run: {type(error).__name__}: {error}", file=sys.stderr)
            return 2
        print(f"{name}: {len(found)} differences")
        for line in found:
            print(f"    {line}")
        worst = max(worst, int(bool(found)))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
