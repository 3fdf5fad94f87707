"""Other times for people who did not meet, or can't: offers, what owners answer, and what is agreed.

An offer holds numbered times. Owners answer with every number that suits, or none; a school names a time when any of
its owners does; the earliest that both schools named is taken. Where each has answered and none is common, other times
are offered once. The days of a window are the anchor's; it closes at the end of its last day, at the latest when the
next monthly meeting begins or at `review`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tandem.core import zones
from tandem.core.calendar import month_of
from tandem.core.draft import Draft, next_monthly, participants, run_to_come, stamp, window_closes
from tandem.core.partnership import CANCELLED, FAILED, PLANNED, Invitee, Meeting, Offer
from tandem.core.planning import move
from tandem.core.windows import slots_in_window

FOUND_OUT = FAILED  # the causes of a month's window
ANY, NONE = -1, 0
LAPSED = "lapsed"  # an offer that a late yes has overtaken
WEEK = timedelta(days=7)
BREATH = 2  # days beyond the window's first: answers, an invitation and an agenda need a while


def _wait(draft: Draft) -> int:
    """The first day of a window, in days after the offer."""
    return 3 if any(s.slow for s in draft.agreement.schools) else 2


def _review_begins(draft: Draft, zone: str) -> datetime:
    return zones.instant(draft.agreement.review, 0, zone)


def _slots(
    draft: Draft, anchor: str, first: date, last: date, before: datetime | None, not_at: tuple[datetime, ...]
) -> tuple[datetime, ...]:
    """Three times, with a few days to settle on one where the window has room for that; none beside another meeting."""
    length = draft.agreement.meeting.rule.minutes
    for meeting in draft.state.meetings:
        if meeting.starts and meeting.status == PLANNED and abs(meeting.starts.date() - first) <= last - first + WEEK:
            taken = range(-length + 1, meeting.minutes)
            not_at = (*not_at, *(meeting.starts + timedelta(minutes=n) for n in taken))
    found: tuple[datetime, ...] = ()
    for begins in (first + timedelta(days=BREATH), first):
        found = slots_in_window(
            draft.agreement,
            begins,
            last,
            anchor=anchor,
            before=before,
            not_at=not_at,
            absent=draft.state.absences,
            after=draft.now,
        )
        if len({zones.local(s, draft.agreement.school(anchor).timezone).date() for s in found}) == 3:
            break
    return found


def offer_catch_up(draft: Draft, meeting: Meeting, cause: str) -> None:
    """Offers a catch-up for a monthly meeting found missed or unconfirmed, or called off: at once, and once.

    A meeting that was held after all for a while, and then not, is offered another.
    """
    if meeting.catch_up or any(
        o.meeting == meeting.id and o.cause in FOUND_OUT and o.state != LAPSED for o in draft.state.offers
    ):
        return
    assert meeting.starts is not None
    zone = draft.agreement.school(meeting.anchor).timezone
    today = zones.local(draft.now, zone).date()
    meeting_day = zones.local(meeting.starts, zone).date()
    days = draft.agreement.policy.catch_up_days
    last = (meeting_day if cause == CANCELLED else today) + timedelta(days=days)
    first = today + timedelta(days=_wait(draft))
    if cause == CANCELLED:  # called off long ahead: near the day that it replaces
        first = max(first, meeting_day - timedelta(days=days))
    limits = [_review_begins(draft, zone)]
    following = next_monthly(draft.state, meeting.month)
    if following is not None:
        limits.append(following)
    closes = max(draft.now, min([zones.instant(last + timedelta(days=1), 0, zone), *limits]))
    if draft.state.pause_at(draft.now):  # in a pause nothing is offered: the window is closed from the beginning
        closes = draft.now
    slots = _slots(draft, meeting.anchor, first, last, closes, (meeting.starts,))
    offer = Offer(
        id=draft.new_id("o"),
        cause=cause,
        month=meeting.month,
        meeting=meeting.id,
        opened=draft.now,
        closes=closes,
        slots=slots,
    )
    draft.update(offers=(*draft.state.offers, offer))
    _mail_offer(draft, offer, "offer" if slots else "no-slot", meeting)


def _mail_offer(draft: Draft, offer: Offer, variant: str, meeting: Meeting) -> None:
    facts: dict[str, Any] = {
        "offer": offer.id,
        "slots": [stamp(s) for s in newest(offer)],
        "cause": offer.cause,
        "meeting_starts": stamp(meeting.starts) if meeting.starts else None,
        **_leaders_hear(draft, offer, meeting),
    }
    draft.mail("catch-up", variant, draft.owners(), meeting=meeting, facts=facts, asks=bool(newest(offer)))


def newest(offer: Offer) -> tuple[datetime, ...]:
    """The times of an offer's newest mail: those that were not in its first one."""
    return tuple(s for s in offer.slots if s not in offer.earlier)


def _leaders_hear(draft: Draft, offer: Offer, meeting: Meeting) -> dict[str, Any]:
    """After which day the leaders will hear if no meeting comes about, where this month would lead there."""
    run = run_to_come(draft.state, meeting.month)
    if len(run) < draft.agreement.policy.escalate_after:
        return {}
    zone = draft.agreement.school(meeting.anchor).timezone
    last_day = zones.local(offer.closes - timedelta(seconds=1), zone).date()
    return {"leaders_hear": last_day.isoformat(), "months": list(run)}


def offer_other_times(draft: Draft, meeting: Meeting) -> None:
    """Every owner of a school has declined: both schools' owners are offered other times for that meeting."""
    key = f"declined:{meeting.id}"  # once a meeting: who declines the other time too will not be chased
    if key in draft.state.done or meeting.starts is None or meeting.starts <= draft.now:
        return
    if any(o.meeting == meeting.id and o.cause == "counter" and o.state == "open" for o in draft.state.offers):
        return  # a proposal about it is with the other school: their answer comes first
    draft.mark(key)
    zone = draft.agreement.school(meeting.anchor).timezone
    first = zones.local(draft.now, zone).date() + timedelta(days=2)
    last = zones.local(meeting.starts, zone).date() + timedelta(days=draft.agreement.policy.catch_up_days)
    first = max(first, last - timedelta(days=2 * draft.agreement.policy.catch_up_days))
    limits = [_review_begins(draft, zone)]
    following = next_monthly(draft.state, meeting.month)
    if following is not None:
        limits.append(following)
    slots = _slots(draft, meeting.anchor, first, last, min(limits), (meeting.starts,))
    offer = Offer(
        id=draft.new_id("o"),
        cause="declined",
        month=meeting.month,
        meeting=meeting.id,
        opened=draft.now,
        closes=meeting.starts,
        slots=slots,
    )
    draft.update(offers=(*draft.state.offers, offer))
    draft.mail(
        "catch-up",
        "declined",
        draft.owners(),
        meeting=meeting,
        facts={"offer": offer.id, "slots": [stamp(s) for s in slots]},
        asks=bool(slots),
        not_after=meeting.starts,
    )


def put_counter(draft: Draft, meeting: Meeting, by: str, starts: tuple[datetime, ...]) -> None:
    """An owner's counter-proposal goes to the other school's owners, whose yes moves the meeting."""
    found = draft.agreement.find(by)
    assert found is not None
    assert meeting.starts is not None
    school, person = found
    kept = tuple(
        replace(o, state="closed")
        if o.meeting == meeting.id and o.cause == "counter" and o.by == by and o.state == "open"
        else o
        for o in draft.state.offers
    )
    offer = Offer(
        id=draft.new_id("o"),
        cause="counter",
        month=meeting.month,
        meeting=meeting.id,
        opened=draft.now,
        closes=meeting.starts,
        slots=starts,
        by=by,
    )
    draft.update(offers=(*kept, offer))
    draft.mail(
        "catch-up",
        "counter",
        draft.agreement.partner(school.id).owners,
        meeting=meeting,
        facts={
            "offer": offer.id,
            "starts": stamp(starts[0]),
            "slots": [stamp(s) for s in starts],
            "by_name": person.name,
            "by_school": school.id,
        },
        asks=True,
        not_after=meeting.starts,
    )


def offer_meeting(draft: Draft, by: str, until: date | None) -> Offer:
    """Somebody wants to talk, without a miss: three times to both schools' owners."""
    found = draft.agreement.find(by)
    assert found is not None
    school, person = found
    zone = school.timezone
    today = zones.local(draft.now, zone).date()
    first = today + timedelta(days=_wait(draft))
    last = until or today + timedelta(days=draft.agreement.policy.catch_up_days)
    first = min(first, max(last, today + timedelta(days=1)))
    last = min(max(last, first), draft.agreement.review - timedelta(days=1))
    slots = _slots(draft, school.id, first, last, None, tuple(m.starts for m in draft.state.meetings if m.starts))
    offer = Offer(
        id=draft.new_id("o"),
        cause="asked",
        month=month_of(today),
        meeting=None,
        opened=draft.now,
        closes=zones.instant(last + timedelta(days=1), 0, zone),
        slots=slots,
        by=by,
    )
    draft.update(offers=(*draft.state.offers, offer))
    draft.mail(
        "catch-up",
        "asked",
        draft.owners(),
        month=offer.month,
        facts={
            "offer": offer.id,
            "slots": [stamp(s) for s in slots],
            "by_name": person.name,
            "by_school": school.id,
        },
        asks=bool(slots),
    )
    return offer


# -- answers


def answer(draft: Draft, offer: Offer, by: str, options: tuple[int, ...]) -> bool:
    """What an owner answered; false where the offer no longer stands."""
    if not offer.slots or window_closes(draft.state, offer) <= draft.now:
        return False
    if offer.cause == "counter":
        # A no of one owner does not bind the other, as long as the meeting is still to come.
        if offer.state not in ("open", "declined") or _school_of(draft, by) in (None, _school_of(draft, offer.by)):
            return False
    elif offer.state != "open":
        return False
    if ANY in options:
        options = tuple(range(1, len(offer.slots) + 1))
    suits = tuple(sorted({n for n in options if 1 <= n <= len(offer.slots)})) or (NONE,)
    offer = replace(offer, answers={**offer.answers, by: suits})
    _keep(draft, offer)
    if offer.cause == "counter":
        _settle_counter(draft, offer, suits)
    else:
        _settle(draft, offer)
    return True


def _school_of(draft: Draft, address: str | None) -> str | None:
    found = draft.state.find(address) if address else None
    return found[0].id if found else None


def _keep(draft: Draft, offer: Offer) -> None:
    draft.update(offers=tuple(offer if o.id == offer.id else o for o in draft.state.offers))


def named_by(draft: Draft, offer: Offer, school_id: str) -> set[int] | None:
    """The options that a school named; None while none of its owners has answered."""
    answers = [
        options
        for address, options in offer.answers.items()
        if (found := draft.state.find(address)) and found[0].id == school_id
    ]
    return {n for options in answers for n in options if n != NONE} if answers else None


def _settle(draft: Draft, offer: Offer) -> None:
    first, second = (named_by(draft, offer, s.id) for s in draft.agreement.schools)
    if first is None or second is None:
        return
    limit = next_monthly(draft.state, offer.month) if offer.cause in FOUND_OUT else None
    common = [offer.slots[n - 1] for n in first & second]
    common = [starts for starts in common if draft.now < starts and (limit is None or starts < limit)]
    if common:
        _agree(draft, offer, min(common))
    elif offer.round == 1:
        _other_slots(draft, offer)


def _agree(draft: Draft, offer: Offer, starts: datetime) -> None:
    if offer.cause == "declined":
        meeting = draft.meeting(offer.meeting or "")
        _keep(draft, replace(offer, state="agreed", agreed=meeting.id))
        move(draft, meeting, starts, "declined", agreed=True)
        return
    about = draft.state.meeting(offer.meeting)
    anchor = about.anchor if about else draft.agreement.schools[0].id
    month = about.month if about else month_of(zones.local(starts, draft.agreement.school(anchor).timezone).date())
    number = 1 + sum(m.catch_up for m in draft.state.of_month(month))
    monthly = draft.state.meeting(month)
    chair = (about.chair if about else None) or (monthly.chair if monthly else None) or draft.agreement.schools[0].id
    meeting = Meeting(
        id=f"{month}.c{number}",
        month=month,
        catch_up=True,
        anchor=anchor,
        rule_day=None,
        starts=starts,
        minutes=draft.agreement.meeting.rule.minutes,
        chair=chair,
        where=draft.agreement.meeting.where,
        phone=draft.agreement.meeting.phone,
        agreed=True,
        invitees=tuple(Invitee(p.key, invited_at=draft.now) for p in participants(draft.state)),
    )
    _keep(draft, replace(offer, state="agreed", agreed=meeting.id))
    draft.put(meeting)
    draft.mail("invite", "catch-up", participants(draft.state), meeting=meeting, asks=True)


def _other_slots(draft: Draft, offer: Offer) -> None:
    """None of the times is common: other ones, once."""
    about = draft.state.meeting(offer.meeting)
    anchor = about.anchor if about else draft.agreement.schools[0].id
    zone = draft.agreement.school(anchor).timezone
    today = zones.local(draft.now, zone).date()
    first = today + timedelta(days=_wait(draft))
    not_at = (*offer.slots, *((about.starts,) if about and about.starts else ()))
    limit = window_closes(draft.state, offer)
    if offer.cause == "declined" and about and about.starts:
        last = zones.local(about.starts, zone).date() + timedelta(days=draft.agreement.policy.catch_up_days)
        limit = next_monthly(draft.state, offer.month) or _review_begins(draft, zone)
    else:
        last = zones.local(limit - timedelta(seconds=1), zone).date()
    slots = _slots(draft, anchor, first, last, limit, not_at)
    # The earlier times still stand, and so do the answers to them: a number means that of the mail which it answers.
    again = replace(offer, round=2, earlier=offer.slots, slots=(*offer.slots, *slots))
    _keep(draft, again)
    if offer.cause == "declined" and about:
        facts = {"offer": again.id, "slots": [stamp(s) for s in slots]}
        draft.mail("catch-up", "declined", draft.owners(), meeting=about, facts=facts, asks=bool(slots))
    elif about:
        _mail_offer(draft, again, "again" if slots else "no-slot", about)
    elif offer.by and (found := draft.state.find(offer.by)):
        facts = {
            "offer": again.id,
            "slots": [stamp(s) for s in slots],
            "by_name": found[1].name,
            "by_school": found[0].id,
        }
        draft.mail("catch-up", "asked", draft.owners(), month=offer.month, facts=facts, asks=bool(slots))


def _settle_counter(draft: Draft, offer: Offer, suits: tuple[int, ...]) -> None:
    meeting = draft.meeting(offer.meeting or "")
    chosen = [offer.slots[n - 1] for n in suits if n != NONE and offer.slots[n - 1] > draft.now]
    if chosen and meeting.stands and meeting.starts and meeting.starts > draft.now:
        _keep(draft, replace(offer, state="agreed", agreed=meeting.id))
        move(draft, meeting, min(chosen), "counter", agreed=True)
        return
    _keep(draft, replace(offer, state="declined"))
    proposer = draft.agreement.find(offer.by or "")
    if proposer:
        draft.mail(
            "notice", "counter-declined", [proposer[1]], meeting=meeting, facts={"starts": stamp(offer.slots[0])}
        )
    if all_owners_declined(draft, meeting):
        offer_other_times(draft, meeting)


def all_owners_declined(draft: Draft, meeting: Meeting) -> bool:
    """Has every owner of a school declined?"""
    for school in draft.agreement.schools:
        places = [i for p in school.owners if (i := meeting.invitee(p.key)) and not i.off]
        if places and all(i.partstat == "DECLINED" for i in places):
            return True
    return False


def lapse(draft: Draft, month: str) -> None:
    """The month is met: open offers of a catch-up for it lapse; what was agreed stands."""
    draft.update(
        offers=tuple(
            replace(o, state=LAPSED, closes=draft.now)
            if o.month == month and o.cause in FOUND_OUT and o.state == "open"
            else o
            for o in draft.state.offers
        )
    )
