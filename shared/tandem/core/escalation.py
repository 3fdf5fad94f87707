"""The ladder: when leaders hear, how often, and when it is over.

A month counts as not met only once no meeting can come about any more (`draft.not_met_since`). `reconsider` is asked
after everything that may have changed that: it opens what is due and resolves what no longer holds. Both schools get
the same facts in the same words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from tandem.core import zones
from tandem.core.agreement import Person, School
from tandem.core.calendar import is_open
from tandem.core.draft import POLITE_FROM, Draft, leaves_at, not_met_since, run_of_months, stamp
from tandem.core.partnership import Escalation, Meeting, Partnership
from tandem.core.windows import LEADER, first_fitting

REASON = "months-not-met"
REPEATS = 3
LEADERS_MEET_AFTER = timedelta(days=5)
LEADERS_LOOK, LEADERS_LOOK_AHEAD = 10, 360  # days at a time, and in all


def reconsider(draft: Draft) -> None:
    """Opens the escalation that the newest months ask for, unless one names them already or leaders are to rest."""
    state = draft.state
    months = run_of_months(state)
    if len(months) < draft.agreement.policy.escalate_after or state.ended or state.pause_at(draft.now):
        return
    if any(e.months and e.months[-1] == months[-1] for e in state.escalations):
        return
    since = not_met_since(state, months[-1])
    if any(p.since <= draft.now and since is not None and since <= p.ends for p in state.pauses if p.ends <= draft.now):
        return  # what was not met before a pause is not held against the months after it
    _open(draft, months)


def _open(draft: Draft, months: tuple[str, ...]) -> None:
    level = len(months) - draft.agreement.policy.escalate_after + 1
    leaders = draft.leaders()
    copies = [p for p in draft.owners() if p.key not in {q.key for q in leaders}] if level >= 2 else []
    meet = _leaders_meeting(draft) if level >= 3 else None
    escalation = Escalation(
        id=draft.new_id("e"),
        opened=draft.now,
        level=level,
        reason=REASON,
        months=months,
        to=tuple(p.key for p in (*leaders, *copies)),
        leaders_meeting=meet,
        last_sent={s.id: _leaves_on(draft, s) for s in draft.agreement.schools},
    )
    earlier = tuple(replace(e, ended=e.ended or draft.now) for e in draft.state.escalations)
    draft.update(escalations=(*earlier, escalation))
    draft.mail("escalation", "leaders", leaders, facts=_facts(escalation, 0), asks=True)
    draft.mail("escalation", "copy", copies, facts=_facts(escalation, 0))


def _facts(escalation: Escalation, repeat: int) -> dict[str, object]:
    meet = escalation.leaders_meeting
    return {
        "escalation": escalation.id,
        "level": escalation.level,
        "months": list(escalation.months),
        "repeat": repeat,
        **({"leaders_meeting": stamp(meet)} if meet else {}),
    }


def _leaves_on(draft: Draft, school: School) -> date:
    """The school's date on which the last of its leaders gets what is decided now."""
    zones_of = [draft.agreement.timezone_of(school, p) for p in school.leaders] or [school.timezone]
    return max(zones.local(leaves_at(draft.now, zone), school.timezone).date() for zone in zones_of)


def _leaders_meeting(draft: Draft) -> datetime | None:
    """The first time that fits leaders of both schools, five days or more ahead; None where no year holds one."""
    anchor = draft.agreement.schools[0]
    soonest = draft.now + LEADERS_MEET_AFTER
    first = zones.local(soonest, anchor.timezone).date()
    for days in range(0, LEADERS_LOOK_AHEAD, LEADERS_LOOK):
        found = first_fitting(
            draft.agreement,
            first + timedelta(days=days),
            first + timedelta(days=days + LEADERS_LOOK - 1),
            anchor=anchor.id,
            absent=draft.state.absences,
            need=LEADER,
            after=soonest - timedelta(seconds=1),
        )
        if found:
            return found
    return None


# -- repeats


def is_live(escalation: Escalation) -> bool:
    return escalation.resolved is None and escalation.ended is None


def repeat_due(state: Partnership, escalation: Escalation, school: School) -> datetime | None:
    """When the next repeat goes to a school whose leaders have not acknowledged; None where none is to come.

    Every `acknowledge_days` days on which the school is open, three at most; at 07:00 on the school's clock.
    """
    if not is_live(escalation) or school.id in escalation.acknowledged:
        return None
    if escalation.repeats.get(school.id, 0) >= REPEATS:
        return None
    day = escalation.last_sent[school.id]
    count = 0
    for _ in range(400):
        day += timedelta(days=1)
        count += is_open(school, day)
        if count >= state.agreement.policy.acknowledge_days:
            return zones.instant(day, POLITE_FROM, school.timezone)
    return None


def repeat(draft: Draft, escalation: Escalation, school: School) -> None:
    number = escalation.repeats.get(school.id, 0) + 1
    changed = replace(
        escalation,
        repeats={**escalation.repeats, school.id: number},
        last_sent={**escalation.last_sent, school.id: _leaves_on(draft, school)},
    )
    _keep(draft, changed)
    draft.mail("escalation", "leaders", school.leaders, facts=_facts(changed, number), asks=True)


def acknowledge(draft: Draft, school_id: str, escalation_id: str | None) -> bool:
    """A leader's word for the own school; false where nothing is open any more.

    It belongs to the escalation that it answers; a word that answers none belongs to the newest.
    """
    known = [e for e in draft.state.escalations if e.id == escalation_id]
    live = known or [e for e in draft.state.escalations if e.resolved is None]
    if not live:
        return False
    chosen = live[-1]
    if school_id not in chosen.acknowledged and chosen.resolved is None:
        _keep(draft, replace(chosen, acknowledged={**chosen.acknowledged, school_id: draft.now}))
    return True


def _keep(draft: Draft, changed: Escalation) -> None:
    draft.update(escalations=tuple(changed if e.id == changed.id else e for e in draft.state.escalations))


# -- resolution


def resolve(draft: Draft, meeting: Meeting, *, late: bool) -> None:
    """A meeting was held: all that is open is resolved. A late yes for an earlier month resolves what names it.

    Every leader who was written to gets one `back-on-track`, with a word of apology where the month had been counted
    as not met.
    """
    state = draft.state
    over = [
        e
        for e in state.escalations
        if e.resolved is None and (not late or meeting.month > e.months[-1] or any(state.met(m) for m in e.months))
    ]
    if not over:
        return
    for escalation in over:
        _keep(draft, replace(escalation, resolved=draft.now, ended=escalation.ended or draft.now))
    months = sorted({m for e in over for m in e.months})
    facts = {"months": months, "apology": late and meeting.month in months, "meeting": meeting.id}
    draft.mail("back-on-track", "resolved", _written_to(draft, over), facts=facts)


def _written_to(draft: Draft, over: list[Escalation]) -> list[Person]:
    """The leaders to whom one of those has gone out; what still waits for the morning is left out at delivery."""
    out = []
    for school in draft.agreement.schools:
        for person in school.leaders:
            zone = draft.agreement.timezone_of(school, person)
            if any(person.key in e.to and leaves_at(e.opened, zone) <= draft.now for e in over):
                out.append(person)
    return out
