"""Days, hours and zones as a text mentions them, before anyone knows what moment they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was written; None where unsaid."""

    start: int
    end: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    years: int | None = None  # 0 this year, 1 next year; with `month`
    week: int | None = None  # 0 this week, 1 next week, -1 last week; with `weekday`
    which: str = ""  # next | this | last, before a weekday
    offset: int | None = None  # days from today
    same: int | None = None  # days from the meeting's day
    period: str = ""  # week | next-week | month: its last day
    other: tuple[int, int] | None = None  # day and month the other way round, where both are dates


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day as it was written. `known` where the half of the day is said."""

    start: int
    end: int
    hour: int
    minute: int
    known: bool
    swahili: tuple[int, ...] = ()  # the hours that it may be, where the file counts from dawn
    same: bool = False  # the meeting's own time
    shift: int | None = None  # minutes after the meeting's own beginning
    vague: bool = False  # "after 3", "between 2 and 4": no moment
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    start: int
    end: int
    name: str | None  # None: a zone is named that is not known
    side: str = ""  # ours | yours


@dataclass(frozen=True, slots=True)
class When:
    """A day, an hour or both, with the zone named beside them."""

    start: int
    end: int
    day: Day | None = None
    hour: Hour | None = None
    zone: Zone | None = None


def complete(first: Day, second: Day) -> Day | None:
    """One day said twice, as "Thursday, 15 October" or "tomorrow, Thursday"; None where they are two days."""
    if first.weekday is not None and first.day is None and first.offset is None and second.weekday is None:
        return replace(second, start=first.start, weekday=first.weekday)
    if (
        second.weekday is not None
        and second.day is None
        and second.offset is None
        and first.weekday is None
        and first.same is None
    ):
        return replace(first, end=second.end, weekday=second.weekday)
    return None


def longest(found: list[Any]) -> list[Any]:
    """Without what overlaps something longer, in the order of the text."""
    kept: list[Any] = []
    for item in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if not any(item.start < k.end and k.start < item.end for k in kept):
            kept.append(item)
    return sorted(kept, key=lambda f: f.start)
