"""Who carries what: items, actions and projects of each school, over three months. A question, never a verdict."""

from __future__ import annotations

from datetime import datetime, timedelta

from tandem.core import zones
from tandem.core.partnership import Partnership

LOOK_BACK = timedelta(days=92)
LOW, HIGH = 35, 65  # per cent
ENOUGH = 4  # contributions, below which a share says nothing


def contributions(state: Partnership, since: datetime, until: datetime) -> dict[str, int]:
    """By school: agenda items, ideas and actions brought in that time, and projects led with a milestone due in it."""
    counts = {school.id: 0 for school in state.agreement.schools}
    for words in state.words:
        if words.kind in ("item", "idea") and since < words.at <= until and words.school in counts:
            counts[words.school] += 1
    for action in state.actions:
        if since < action.at <= until and action.school in counts:
            counts[action.school] += 1
    for project in state.agreement.purpose.projects:
        zone = state.agreement.school(project.lead).timezone
        first, last = zones.local(since, zone).date(), zones.local(until, zone).date()
        if any(first < milestone.due <= last for milestone in project.milestones):
            counts[project.lead] += 1
    return counts


def shares(state: Partnership, now: datetime) -> dict[str, int] | None:
    """Each school's share in per cent over three months, where it leaves 35 to 65; None where it does not."""
    counts = contributions(state, now - LOOK_BACK, now)
    total = sum(counts.values())
    if total < ENOUGH:
        return None
    first, second = state.agreement.schools
    share = round(100 * counts[first.id] / total)
    if LOW <= share <= HIGH:
        return None
    return {first.id: share, second.id: 100 - share}
