"""Did they meet? What the two schools say, and what follows from it.

`held` when at least one school says so and the other does not say otherwise; `missed` when at least one says no and
none says held; `disputed` while they disagree. A school's report is its newest, an owner's before a member's. A late
yes makes a closed month held; a late no changes a held month only until the next monthly meeting begins.
"""

from __future__ import annotations

from dataclasses import replace

from tandem.core import catchups, escalation
from tandem.core.draft import Draft, next_monthly
from tandem.core.partnership import (
    DISPUTED,
    FAILED,
    HELD,
    MISSED,
    OPEN,
    UNCONFIRMED,
    Meeting,
    SchoolReport,
)

CAN_BE_REPORTED = (OPEN, HELD, MISSED, DISPUTED, UNCONFIRMED)


def verdict(meeting: Meeting) -> str | None:
    """held, missed or disputed, from what has been said; None where nobody has."""
    said: dict[str, SchoolReport] = {}
    for report in sorted(meeting.reports, key=lambda r: (r.owner, r.at)):
        said[report.school] = report  # owners after members, the newest last
    answers = {r.held for r in said.values()}
    if not answers:
        return None
    return DISPUTED if len(answers) == 2 else HELD if answers == {True} else MISSED


def report(draft: Draft, meeting: Meeting, said: SchoolReport) -> bool:
    """Takes a report in; false where it can change nothing (a late no after the next meeting has begun)."""
    if meeting.status not in CAN_BE_REPORTED:
        return False
    following = next_monthly(draft.state, meeting.month)
    if meeting.status == HELD and not said.held and following is not None and following <= draft.now:
        return False
    others = tuple(r for r in meeting.reports if r.email != said.email)
    meeting = draft.put(replace(meeting, reports=(*others, said)))
    weigh(draft, meeting)
    return True


def weigh(draft: Draft, meeting: Meeting) -> None:
    """Sets a meeting's status by its reports as they now are, with all that follows."""
    new = verdict(meeting)
    if new == meeting.status:
        return
    if new is None:
        draft.put(replace(meeting, status=OPEN, decided_at=None))
    elif new == DISPUTED:
        _dispute(draft, meeting)
    else:
        found(draft, meeting, new)


def _dispute(draft: Draft, meeting: Meeting) -> None:
    """The two schools' answers differ: both are asked once more, never before the first check-in."""
    from tandem.core.steps import ask_owners

    if meeting.status == UNCONFIRMED and meeting.asked_again_at is not None:
        return  # both have been asked once more, and it stayed open who is right
    asked_again = meeting.asked_again_at is not None
    asked = f"check-in:{meeting.id}" in draft.state.done
    again_at = draft.now if asked else None
    meeting = draft.put(replace(meeting, status=DISPUTED, decided_at=None, asked_again_at=again_at))
    if asked and not asked_again:
        ask_owners(draft, meeting, "check-in", "again")


def found(draft: Draft, meeting: Meeting, status: str) -> None:
    """A meeting is found held, missed or unconfirmed."""
    late = _had_failed(draft, meeting)
    meeting = draft.put(replace(meeting, status=status, decided_at=draft.now))
    if status == HELD:
        catchups.lapse(draft, meeting.month)
        escalation.resolve(draft, meeting, late=late)
        return
    if not meeting.catch_up:
        catchups.offer_catch_up(draft, meeting, status)
    escalation.reconsider(draft)


def _had_failed(draft: Draft, meeting: Meeting) -> bool:
    """Had it been found not held before, be it that the schools' answers have differed since?"""
    if meeting.status == DISPUTED:
        return any(meeting.month in e.months for e in draft.state.escalations if e.resolved is None)
    return meeting.status in FAILED


def take_back(draft: Draft, meeting_id: str, email: str, before: SchoolReport | None) -> None:
    """A NO to a receipt: the report is as if it had not been given."""
    meeting = draft.meeting(meeting_id)
    kept = tuple(r for r in meeting.reports if r.email != email)
    meeting = draft.put(replace(meeting, reports=(*kept, before) if before else kept))
    weigh(draft, meeting)
