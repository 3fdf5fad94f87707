"""What may get in the way of a partnership, seen in its agreement alone: `tandem check` warns of it."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.core.agreement import LEADER, Agreement
from tandem.core.calendar import MONTHS, first_of, outside_minutes, reason_text, year

ONE_OWNER, NO_LEADER, OUTSIDE, NO_DAY, NO_MEETING = "one-owner", "no-leader", "outside", "no-day", "no-meeting"


@dataclass(frozen=True, slots=True)
class Concern:
    """`path` is where in the agreement it arises: ("schools", 0, "people")."""

    kind: str
    path: tuple[str | int, ...]
    school: str | None = None  # its id, where it concerns one school
    months: tuple[str, ...] = ()  # where it concerns months
    minutes: int = 0  # outside the school day, in the worst of those months


def concerns(agreement: Agreement) -> tuple[Concern, ...]:
    """A school with one owner only or no leader, meetings outside a school day, months without a possible day, a review
    with no meeting before it; in that order."""
    out: list[Concern] = []
    for number, school in enumerate(agreement.schools):
        where = ("schools", number, "people")
        if len(school.owners) == 1:
            out.append(Concern(ONE_OWNER, where, school.id))
        if not school.with_role(LEADER):
            out.append(Concern(NO_LEADER, where, school.id))
    entries = year(agreement)
    for school in agreement.schools:
        outside = {
            entry.month: minutes
            for entry in entries
            if entry.starts and (minutes := outside_minutes(school, entry.starts, agreement.meeting.rule.minutes))
        }
        if outside:
            out.append(Concern(OUTSIDE, ("meeting", "at"), school.id, tuple(outside), max(outside.values())))
    skipped = tuple(entry.month for entry in entries if entry.skipped)
    if skipped:
        out.append(Concern(NO_DAY, ("meeting", "every"), months=skipped))
    if len(skipped) == len(entries):
        out.append(Concern(NO_MEETING, ("review",)))
    return tuple(out)


def concern_text(agreement: Agreement, concern: Concern) -> tuple[str, str]:
    """What is the matter and what would help, in English."""
    name = agreement.school(concern.school).name if concern.school else ""
    months = _listed(concern.months)
    if concern.kind == ONE_OWNER:
        return f"{name} has one owner only", "a deputy, so that the partnership outlives an absence"
    if concern.kind == NO_LEADER:
        return f"{name} has no leader: its leads get what a leader would", "a senior leader, with role: leader"
    if concern.kind == OUTSIDE:
        return (
            f"the meeting lies outside the day of {name} in {months}, by up to {concern.minutes} minutes",
            "another hour, day or anchor: `tandem slots` ranks them",
        )
    if concern.kind == NO_DAY:
        first = next(entry for entry in year(agreement) if entry.month == concern.months[0])
        because = " and ".join(reason_text(agreement, reason) for reason in first.reasons)
        return (
            f"{months}: no day is possible, so no meeting is held (on {first.rule_day} {because})",
            "another rule, hour or anchor: `tandem slots` ranks them",
        )
    return "no meeting is held before review", "a later review, or another rule or hour: `tandem slots` ranks them"


def _listed(months: tuple[str, ...]) -> str:
    words = [f"{MONTHS[first_of(month).month - 1]} {month[:4]}" for month in months]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}" if words else ""
