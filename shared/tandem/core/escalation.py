"""The ladder: when leaders hear, how often, and when it is over.

A month counts as not met only once no meeting can come about any more (`draft.not_met_since`). `reconsider` is asked
after everything that may have changed that: it opens what is due and resolves what no longer holds. Both schools get
the same facts in the same words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from tandem.core import zones
from tandem.core.agreement import School
from tandem.core.calendar import is_open
from tandem.core.draft import POLITE_FROM, Draft, leaves_at, not_met_since, run_of_months, stamp
from tandem.core.partnership import Escalation, Partnership
from tandem.core.windows import LEADER, first_fitting

REASON = "months-not-met"
REPEATS = 3
LEADERS_MEET_AFTER = timedelta(days=5)
LEADERS_MEET_WITHIN = timedelta(days=40)


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
    anchor = draft.agreement.schools[0]
    first = zones.local(draft.now + LEADERS_MEET_AFTER, anchor.timezone).date()
    last = first + LEADERS_MEET_WITHIN
    found = first_fitting(draft.agreement, first, last, anchor=anchor.id, absent=draft.state.absences, need=LEADER)
    if found and found < draft.now + LEADERS_MEET_AFTER:
        nxt = first + timedelta(days=1)
        found = first_fitting(draft.agreement, nxt, last, anchor=anchor.id, absent=draft.state.absences, need=LEADER)
    return found


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
    """A leader's word for the own school; false where nothing is open any more."""
    live = [e for e in draft.state.escalations if e.resolved is None]
    chosen = next((e for e in live if e.id == escalation_id), live[-1] if live else None)
    if chosen is None:
        return False
    if school_id not in chosen.acknowledged:
        _keep(draft, replace(chosen, acknowledged={**chosen.acknowledged, school_id: draft.now}))
    return True


def _keep(draft: Draft, changed: Escalation) -> None:
    draft.update(escalations=tuple(changed if e.id == changed.id else e for e in draft.state.escalations))


# -- resolution


def resolve(draft: Draft, *, meeting: str, all_open: bool) -> None:
    """A meeting was held. All that is open is resolved; after a late yes, what has a month that is met now.

    Every leader who was written to gets one `back-on-track`.
    """
    state = draft.state
    months_met = {m for e in state.escalations for m in e.months if state.met(m)}
    over = [
        e
        for e in state.escalations
        if e.resolved is None and (all_open or any(m in months_met for m in e.months))
    ]
    if not over:
        return
    for escalation in over:
        _keep(draft, replace(escalation, resolved=draft.now, ended=escalation.ended or draft.now))
    written = {address for e in over for address in e.to}
    leaders = [p for p in draft.leaders() if p.key in written]
    months = sorted({m for e in over for m in e.months})
    facts = {"months": months, "apology": not all_open, "meeting": meeting}
    draft.mail("back-on-track", "resolved", leaders, facts=facts)
