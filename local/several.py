"""Several partnerships at once: those that share nobody are lived through side by side, one process for each core.

Each process has an embedded AWS of its own. What comes of it is the same as if all had lived in one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from local.story import Story
from local.world import Unclear
from local.year import Year, groups, merged, owner, run
from tandem.core.agreement import Agreement
from tandem.core.partnership import Partnership

Progress = Callable[[datetime, int], None]
MOST = 8  # processes


@dataclass(frozen=True, slots=True)
class Lived:
    year: Year
    states: list[Partnership]
    unclear: list[Unclear]
    errors: list[str] = field(default_factory=list)  # what the functions logged


def live(
    files: Sequence[tuple[str, bytes]],
    agreements: Sequence[Agreement],
    story: Story,
    begins: datetime,
    until: datetime,
    progress: Progress | None = None,
) -> Lived:
    """Lives through the time of all of them; states and unclear mails in the order of the agreements."""
    group = groups(agreements)
    shares = _shares(agreements, group, story)
    if len(shares) == 1:
        parts = [_live(files, agreements, story, begins, until, progress)]
    else:
        parts = _side_by_side(shares, dict(zip((a.id for a in agreements), files, strict=True)), story,
                              begins, until, progress)  # fmt: skip
    states = {state.id: state for part in parts for state in part.states}
    order = {agreement.id: place for place, agreement in enumerate(agreements)}
    return Lived(
        merged([part.year for part in parts], group),
        [states[agreement.id] for agreement in agreements],
        sorted((u for part in parts for u in part.unclear), key=lambda u: order[u.partnership]),
        [error for part in parts for error in part.errors],
    )


def _shares(agreements: Sequence[Agreement], group: dict[str, int], story: Story) -> list[list[Agreement]]:
    """The agreements of each process: whole groups, spread evenly."""
    numbers = sorted(set(group.values()))
    processes = min(len(numbers), os.cpu_count() or 1, MOST)
    if any(owner(agreements, mail.sender) is None for mail in story.mail):
        processes = 1  # a stranger's mail answers the newest of all
    shares: list[list[Agreement]] = [[] for _ in range(processes)]
    for number in numbers:
        least = min(shares, key=len)
        least.extend(agreement for agreement in agreements if group[agreement.id] == number)
    return shares


def _live(
    files: Sequence[tuple[str, bytes]],
    agreements: Sequence[Agreement],
    story: Story,
    begins: datetime,
    until: datetime,
    progress: Progress | None,
) -> Lived:
    from local.deployment import deployed

    def show(now: datetime, year: Year) -> None:
        if progress:
            progress(now, len(year.sent))

    with deployed() as tandem:
        for agreement in agreements:
            tandem.knows(agreement.id)
        year = run(tandem, agreements, files, story, begins, until, show)
        states = [tandem.partnership(agreement.id) for agreement in agreements]
        return Lived(year, states, list(tandem.unclear()), tandem.errors)


# -- side by side

_board: Any = None  # in each process: how far all of them are, (seconds since 1970, mails) for each


def _join(board: Any) -> None:
    global _board
    _board = board


def _part(
    number: int,
    files: Sequence[tuple[str, bytes]],
    agreements: Sequence[Agreement],
    story: Story,
    begins: datetime,
    until: datetime,
) -> Lived:
    def show(now: datetime, mails: int) -> None:
        _board[2 * number], _board[2 * number + 1] = now.timestamp(), mails

    return _live(files, agreements, story, begins, until, show)


def _side_by_side(
    shares: list[list[Agreement]],
    files: dict[str, tuple[str, bytes]],
    story: Story,
    begins: datetime,
    until: datetime,
    progress: Progress | None,
) -> list[Lived]:
    context = multiprocessing.get_context("spawn")
    board = context.Array("d", [begins.timestamp(), 0.0] * len(shares))
    everyone = [agreement for share in shares for agreement in share]
    with ProcessPoolExecutor(len(shares), context, initializer=_join, initargs=(board,)) as pool:
        jobs: list[Future[Lived]] = []
        for number, share in enumerate(shares):
            ids = {agreement.id for agreement in share}
            own = replace(story, mail=tuple(m for m in story.mail if owner(everyone, m.sender) in ids))
            jobs.append(pool.submit(_part, number, [files[a.id] for a in share], share, own, begins, until))
        try:
            while not all(job.done() for job in jobs):
                if progress:
                    slowest = datetime.fromtimestamp(min(board[0::2]), UTC)
                    progress(slowest, int(sum(board[1::2])))
                time.sleep(0.05)
            return [job.result() for job in jobs]
        finally:
            with contextlib.suppress(KeyboardInterrupt):
                for job in jobs:
                    job.cancel()
