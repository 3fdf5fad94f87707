"""The year's meetings in the state: planned at enrolment, planned anew whenever what they follow from has changed.

A meeting that has been invited keeps its UID and its chair, and moves only to tomorrow or later; one that people
agreed on stays unless its day closes; where no day is left, an invited meeting is called off, with a catch-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from tandem.core import zones
from tandem.core.agreement import Agreement
from tandem.core.calendar import Entry, Reason, anchor_of, entry_for, inside, is_open, month_of, why_text, year
from tandem.core.draft import Draft, is_planned, next_monthly
from tandem.core.escalation import reconsider
from tandem.core.partnership import CANCELLED, NEEDS_ACTION, PASSED_OVER, SKIPPED, Invitee, Meeting, Partnership

AGREED = "moved by agreement of both schools"
ASKED = "asked"  # the cause of an offer that followed no miss


def written_review(state: Partnership) -> date | None:
    """The review of before the first renewal: months after it need terms that are known."""
    return state.renewals[0] if state.renewals else None


def planned(agreement: Agreement, entry: Entry) -> Meeting:
    """A month's entry as a meeting that nobody has been invited to yet."""
    return Meeting(
        id=entry.month,
        month=entry.month,
        catch_up=False,
        anchor=entry.anchor,
        rule_day=entry.rule_day,
        starts=entry.starts,
        minutes=agreement.meeting.rule.minutes,
        chair=entry.chair,
        status=SKIPPED if entry.skipped else "planned",
        why=why_text(agreement, entry),
        reasons=reasons_of(entry.reasons),
        moved_from=entry.moved_from,
        clock_change=entry.clock_change,
        where=agreement.meeting.where,
        phone=agreement.meeting.phone,
    )


def reasons_of(reasons: tuple[Reason, ...]) -> tuple[dict[str, str], ...]:
    return tuple({k: v for k, v in asdict(reason).items() if v is not None} for reason in reasons)


def first_plan(agreement: Agreement) -> tuple[Meeting, ...]:
    return tuple(planned(agreement, entry) for entry in year(agreement))


def reset(invitees: tuple[Invitee, ...], now: datetime) -> tuple[Invitee, ...]:
    """After a change of time everyone is asked anew; answers to the old one no longer count."""
    return tuple(
        i if i.off else replace(i, partstat=NEEDS_ACTION, answered_sequence=-1, answered_stamp=None, invited_at=now)
        for i in invitees
    )


def moved(state: Partnership, meeting: Meeting, starts: datetime, now: datetime, *, agreed: bool) -> Meeting:
    """The meeting at another time: SEQUENCE rises (RFC 5546 2.1.4), `moved_from` is the rule's day."""
    day = zones.local(starts, state.agreement.school(meeting.anchor).timezone).date()
    away = meeting.rule_day if meeting.rule_day and meeting.rule_day != day else None
    return replace(
        meeting,
        starts=starts,
        sequence=meeting.sequence + 1,
        timed=meeting.sequence + 1,
        invitees=reset(meeting.invitees, now),
        agreed=agreed,
        moved_from=away,
        why=meeting.why if away else None,
    )


def move(draft: Draft, meeting: Meeting, starts: datetime, cause: str, *, agreed: bool) -> None:
    """Moves an invited meeting and tells everyone invited: same UID, `update`."""
    changed = moved(draft.state, meeting, starts, draft.now, agreed=agreed)
    if agreed and changed.moved_from:
        changed = replace(changed, why=AGREED)
    draft.put(changed)
    lapse_offers_about(draft, meeting.id, ("declined", "counter"))
    draft.mail(
        "update",
        "moved",
        [i.email for i in changed.invited],
        meeting=changed,
        facts={"old_starts": meeting.starts.isoformat() if meeting.starts else None, "cause": cause},
        asks=True,
    )


def lapse_offers_about(draft: Draft, meeting_id: str, causes: tuple[str, ...]) -> None:
    draft.update(
        offers=tuple(
            replace(o, state="closed") if o.meeting == meeting_id and o.cause in causes and o.state == "open" else o
            for o in draft.state.offers
        )
    )


def call_off(draft: Draft, meeting: Meeting, variant: str, status: str = CANCELLED, why: str | None = None) -> Meeting:
    """Takes a meeting out of everyone's calendar: CANCEL with a higher SEQUENCE to all who are invited."""
    changed = draft.put(
        replace(
            meeting,
            status=status,
            sequence=meeting.sequence + (1 if meeting.invitees else 0),
            decided_at=draft.now,
            why=why or meeting.why,
        )
    )
    lapse_offers_about(draft, meeting.id, ("declined", "counter"))
    if meeting.invitees:
        pause = draft.state.pauses[-1].until.isoformat() if variant == "paused" and draft.state.pauses else None
        draft.mail(
            "cancel",
            variant,
            [i.email for i in changed.invited],
            meeting=changed,
            facts={"until": pause} if pause else {},
        )
    return changed


def replan(draft: Draft, offer_catch_up: Callable[[Draft, Meeting, str], None], cause: str = "closed") -> None:
    """Plans every month that has not begun once more, from the agreement as it now stands.

    A new rule holds from the first meeting more than `agenda_days` ahead: what is nearer keeps its time unless its day
    closes. `offer_catch_up` is called for each invited meeting for which no day is left.
    """
    agreement, now = draft.agreement, draft.now
    rule_from = now + timedelta(days=agreement.policy.agenda_days)
    plan = {e.month: e for e in year(agreement, written=written_review(draft.state))}
    known = {m.month: m for m in draft.state.monthly}
    turn = agreement.schools[0].id
    for month in sorted({*plan, *known}):
        meeting, entry = known.get(month), plan.get(month)
        if meeting is None and entry is not None:
            if entry.starts is not None and entry.starts <= now:
                continue
            meeting = draft.put(replace(planned(agreement, entry), chair=turn if entry.starts else None))
        elif meeting is not None:
            meeting = _replanned(draft, meeting, entry, turn, rule_from, offer_catch_up, cause)
        if meeting is not None and meeting.status != SKIPPED and meeting.chair:
            turn = agreement.partner(meeting.chair).id
    for meeting in draft.state.meetings:
        if meeting.catch_up and is_planned(meeting) and meeting.starts and meeting.starts > now:
            day = zones.local(meeting.starts, agreement.school(meeting.anchor).timezone).date()
            if day > agreement.review:
                call_off(draft, meeting, "ended")
            elif not both_open(agreement, meeting.starts):
                _catch_up_anew(draft, meeting)


def _replanned(
    draft: Draft,
    meeting: Meeting,
    entry: Entry | None,
    turn: str,
    rule_from: datetime,
    offer_catch_up: Callable[[Draft, Meeting, str], None],
    cause: str,
) -> Meeting | None:
    """One month anew; None where it has no entry any more and nobody had been invited."""
    agreement, now = draft.agreement, draft.now
    tomorrow = zones.local(now, anchor_of(agreement, meeting.month).timezone).date() + timedelta(days=1)
    if meeting.status == SKIPPED or (is_planned(meeting) and not meeting.invitees):
        return _replanned_unknown(draft, meeting, entry, turn, tomorrow)
    if not is_planned(meeting) or meeting.starts is None or meeting.starts <= now:
        return meeting
    day = zones.local(meeting.starts, agreement.school(meeting.anchor).timezone).date()
    if day > agreement.review:
        return call_off(draft, meeting, "ended")
    if agreement.start <= day and both_open(agreement, meeting.starts):
        if meeting.starts <= rule_from or (entry is not None and not meeting.agreed and entry.day < tomorrow):
            return meeting
        if meeting.agreed:
            return _ruled_anew(draft, meeting, entry)
    new = entry_for(agreement, meeting.month, not_before=tomorrow, chair=meeting.chair)
    if new is None or new.starts is None:
        gone = call_off(draft, meeting, "closed", why=why_text(agreement, new, "called off") if new else None)
        offer_catch_up(draft, gone, CANCELLED)
        return gone
    if (new.starts, agreement.meeting.rule.minutes) == (meeting.starts, meeting.minutes):
        return _ruled_anew(draft, meeting, new)
    meeting = draft.put(
        replace(
            meeting,
            anchor=new.anchor,
            rule_day=new.rule_day,
            minutes=agreement.meeting.rule.minutes,
            why=why_text(agreement, new),
            reasons=reasons_of(new.reasons),
            clock_change=new.clock_change,
        )
    )
    move(draft, meeting, new.starts, cause, agreed=False)
    return draft.meeting(meeting.id)


def _replanned_unknown(
    draft: Draft, meeting: Meeting, entry: Entry | None, turn: str, tomorrow: date
) -> Meeting | None:
    """A month that nobody has been invited to, or that is skipped, is planned as if for the first time."""
    agreement, now = draft.agreement, draft.now
    if (meeting.starts is not None and meeting.starts <= now) or (
        meeting.starts is None and meeting.rule_day and meeting.rule_day < tomorrow and entry is None
    ):
        return meeting  # has been, or was skipped: that stays in the year's story
    if entry is None:
        _drop(draft, meeting)
        return None
    if entry.starts is not None and entry.day < tomorrow:
        if meeting.status == SKIPPED:
            return meeting
        entry = entry_for(agreement, meeting.month, not_before=tomorrow) or entry
        if entry.starts is None and meeting.starts and both_open(agreement, meeting.starts):
            return meeting
    return draft.put(replace(planned(agreement, entry), chair=turn if entry.starts else None))


def _ruled_anew(draft: Draft, meeting: Meeting, entry: Entry | None) -> Meeting:
    """It keeps its time; where the rule's day is another one now, `moved_from` says so (or no longer)."""
    if entry is None or entry.rule_day == meeting.rule_day or meeting.starts is None:
        return meeting
    day = zones.local(meeting.starts, draft.agreement.school(meeting.anchor).timezone).date()
    away = entry.rule_day if entry.rule_day != day else None
    return draft.put(
        replace(meeting, rule_day=entry.rule_day, moved_from=away, why=(meeting.why or AGREED) if away else None)
    )


def _catch_up_anew(draft: Draft, meeting: Meeting) -> None:
    """An agreed catch-up whose day closes goes to the nearest day of its window at the same hour; else it is off."""
    agreement, starts = draft.agreement, meeting.starts
    assert starts is not None
    home = agreement.school(meeting.anchor)
    here = zones.local(starts, home.timezone)
    day, minute = here.date(), here.hour * 60 + here.minute
    tomorrow = zones.local(draft.now, home.timezone).date() + timedelta(days=1)
    offer = next((o for o in draft.state.offers if o.agreed == meeting.id), None)
    following = next_monthly(draft.state, meeting.month)
    for distance in range(1, 32):
        for other in (day + timedelta(days=distance), day - timedelta(days=distance)):
            new = zones.instant(other, minute, home.timezone)
            if offer and offer.cause == ASKED:
                early = month_of(other) == meeting.month
            else:
                early = offer is None or new < offer.closes
            if (
                early
                and tomorrow <= other <= agreement.review
                and (following is None or new < following)
                and all(inside(s, new, meeting.minutes) for s in agreement.schools)
            ):
                move(draft, meeting, new, "closed", agreed=False)
                return
    call_off(draft, meeting, "closed", why="its day has closed")
    reconsider(draft)


def _drop(draft: Draft, meeting: Meeting) -> None:
    """A month that no longer has an entry (its rule's day lies past a new review, say) and that nobody knew of."""
    draft.update(meetings=tuple(m for m in draft.state.meetings if m.id != meeting.id))


def both_open(agreement: Agreement, starts: datetime) -> bool:
    return all(is_open(s, zones.local(starts, s.timezone).date()) for s in agreement.schools)


def change_place(draft: Draft, where: str | None, phone: str | None) -> None:
    """A new link or phone for every meeting that has not begun; who is invited gets an update that says old and new."""
    for meeting in draft.state.meetings:
        if not is_planned(meeting) or meeting.starts is None or meeting.starts <= draft.now:
            continue
        if (meeting.where, meeting.phone) == (where, phone):
            continue
        changed = replace(meeting, where=where, phone=phone)
        if not meeting.invitees:
            draft.put(changed)
            continue
        asked = tuple(i if i.off else replace(i, invited_at=draft.now) for i in changed.invitees)
        changed = draft.put(replace(changed, sequence=meeting.sequence + 1, invitees=asked))
        facts = {"old_where": meeting.where} if meeting.where != where else {}
        if meeting.phone != phone:
            facts["old_phone"] = meeting.phone
        draft.mail("update", "place", [i.email for i in changed.invited], meeting=changed, facts=facts)


def is_passed_over(meeting: Meeting) -> bool:
    return meeting.status in PASSED_OVER
