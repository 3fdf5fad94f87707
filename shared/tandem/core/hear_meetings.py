"""What is said about meetings: answers to invitations, other times, whether they met, call-offs, catch-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from tandem.core import catchups, pending, reports
from tandem.core import commands as said
from tandem.core.calendar import is_open
from tandem.core.draft import next_monthly, stamp
from tandem.core.hearing import Ear, instant
from tandem.core.partnership import PLANNED, Invitee, Meeting, Offer, SchoolReport
from tandem.core.zones import local


def rsvp(ear: Ear, command: said.Rsvp) -> None:
    meeting = ear.coming(command.meeting)
    place = meeting.invitee(ear.person.key) if meeting else None
    if meeting is None or place is None or place.off:
        ear.not_understood()
        return
    if not meeting.stands or meeting.starts is None or meeting.starts <= ear.draft.now:
        if not ear.by_button:
            ear.cannot("began", "rsvp", starts=stamp(meeting.starts) if meeting.starts else None)
        return
    changed = replace(place, partstat=command.partstat)
    for itip in ear.heard.itip:
        changed = replace(changed, answered_sequence=itip.sequence, answered_stamp=itip.dtstamp)
    _put_place(ear, meeting, changed)
    if not ear.by_button:
        ear.say("rsvp", partstat=command.partstat, starts=stamp(meeting.starts), meeting=meeting.id)
        ear.inverse.append(
            {"do": "rsvp", "meeting": meeting.id, "partstat": place.partstat, "starts": stamp(meeting.starts)}
        )
    proposes = any(isinstance(c, said.Counter) for c in ear.heard.commands)
    if command.partstat == "DECLINED" and not (proposes and ear.is_owner):
        _check_declines(ear, meeting.id)


def _check_declines(ear: Ear, meeting_id: str) -> None:
    meeting = ear.draft.meeting(meeting_id)
    if catchups.all_owners_declined(ear.draft, meeting):
        catchups.offer_other_times(ear.draft, meeting)


def _put_place(ear: Ear, meeting: Meeting, place: Invitee) -> None:
    ear.draft.put(replace(meeting, invitees=tuple(place if i.email == place.email else i for i in meeting.invitees)))


# -- other times


def counter(ear: Ear, proposals: list[said.Counter]) -> None:
    """An owner's proposal is put to the other school's owners; anybody else's goes to the own lead."""
    meeting = ear.coming(proposals[0].meeting)
    now = ear.draft.now
    times = tuple(dict.fromkeys(p.starts.astimezone(now.tzinfo) for p in proposals))
    facts = {"starts": stamp(times[0]), "meeting": meeting.id if meeting else None}
    offer = offer_meant(ear)
    ahead = meeting is not None and meeting.stands and meeting.starts is not None and meeting.starts > now
    if offer and offer.state == "open" and offer.cause != "counter" and not ahead:
        _propose_in_offer(ear, offer, times)
        return
    if meeting is None or not meeting.stands or meeting.status != PLANNED or not meeting.starts:
        ear.cannot("began", "counter", **facts)
        return
    if meeting.starts <= now:
        ear.cannot("began", "counter", **facts)
        return
    place = meeting.invitee(ear.person.key)
    if place and ear.by_button:
        newest = ear.heard.itip[-1]
        _put_place(ear, meeting, replace(place, answered_sequence=newest.sequence, answered_stamp=newest.dtstamp))
        meeting = ear.draft.meeting(meeting.id)
    good = tuple(t for t in times if t != meeting.starts and _may_move_to(ear, meeting, t))
    if not good or ear.draft.state.pause_at(now):
        ear.cannot("past" if all(t <= now for t in times) else "closed", "counter", **facts)
        if place and place.partstat == "DECLINED":
            _check_declines(ear, meeting.id)  # a proposal that can't be put holds nothing up
        return
    facts["starts"] = stamp(good[0])
    if not ear.is_owner:
        leads = [p for p in ear.school.leads if p.key != ear.person.key]
        what = {"starts": stamp(good[0]), "by_name": ear.person.name, "slots": [stamp(t) for t in good]}
        ear.draft.mail("notice", "counter-member", leads, meeting=meeting, facts=what)
        ear.waiting("lead", "counter", **facts)
        return
    catchups.put_counter(ear.draft, meeting, ear.person.key, good)
    ear.waiting("partner", "counter", **facts)


def _may_move_to(ear: Ear, meeting: Meeting, starts: datetime) -> bool:
    """A meeting stays in its turn: before the next month's, not past `review`, on a day on which both are open."""
    agreement = ear.draft.agreement
    following = next_monthly(ear.draft.state, meeting.month)
    day = local(starts, agreement.school(meeting.anchor).timezone).date()
    return (
        starts > ear.draft.now
        and (following is None or starts < following)
        and agreement.start <= day <= agreement.review
        and _both_open(ear, starts)
    )


def _both_open(ear: Ear, starts: datetime) -> bool:
    return all(is_open(s, local(starts, s.timezone).date()) for s in ear.draft.agreement.schools)


def _propose_in_offer(ear: Ear, offer: Offer, times: tuple[datetime, ...]) -> None:
    """A time that was not offered, for a catch-up: it is put beside the offered ones, for the other school too."""
    now = ear.draft.now
    good = [t for t in times if now < t < offer.closes and _both_open(ear, t) and t not in offer.slots]
    facts = {"starts": stamp(times[0]), "meeting": offer.meeting}
    if not ear.is_owner:
        ear.refuse("owner", "counter", **facts)
        return
    if not good:
        ear.cannot("past" if all(t <= now for t in times) else "closed", "counter", **facts)
        return
    numbers = tuple(range(len(offer.slots) + 1, len(offer.slots) + 1 + len(good)))
    offer = replace(offer, slots=(*offer.slots, *good))
    mine = tuple(n for n in offer.answers.get(ear.person.key, ()) if n) + numbers
    offer = replace(offer, answers={**offer.answers, ear.person.key: mine})
    ear.draft.update(offers=tuple(offer if o.id == offer.id else o for o in ear.draft.state.offers))
    about = ear.draft.state.meeting(offer.meeting)
    partner = ear.draft.agreement.partner(ear.school.id)
    what = {
        "offer": offer.id,
        "slots": [stamp(s) for s in catchups.newest(offer)],
        "by_name": ear.person.name,
        "by_school": ear.school.id,
    }
    ear.draft.mail("catch-up", "asked", partner.owners, meeting=about, month=offer.month, facts=what, asks=True)
    ear.waiting("partner", "counter", **facts)


# -- did they meet?


def report(ear: Ear, command: said.Report) -> None:
    """Counts whenever it comes and from whoever was invited."""
    meeting = ear.been(command.meeting)
    place = meeting.invitee(ear.person.key) if meeting else None
    if meeting is None or (place is None and not ear.is_owner):
        ear.not_understood()
        return
    before = next((r for r in meeting.reports if r.email == ear.person.key), None)
    spoken = SchoolReport(ear.school.id, ear.person.key, ear.is_owner, command.held, ear.draft.now)
    facts = {"held": command.held, "meeting": meeting.id, "starts": stamp(meeting.starts or ear.draft.now)}
    if not reports.report(ear.draft, meeting, spoken):
        ear.cannot("closed", "report", **facts)
        return
    undo: dict[str, Any] = {"do": "report", "meeting": meeting.id}
    if before:
        undo["before"] = {"held": before.held, "at": stamp(before.at), "owner": before.owner}
    ear.inverse.append(undo)
    notes = (command.notes or "").strip()
    if notes:
        words = ear.keep_words("notes", notes, about=meeting.id)
        ear.inverse.append({"do": "words", "id": words})
    ear.say("report", **facts, notes=bool(notes))


# -- calling off, asking for a meeting


def cancel(ear: Ear, command: said.Cancel) -> None:
    meeting = ear.coming(command.meeting)
    if not ear.may_change:
        ear.refuse("owner", "cancel", starts=stamp(meeting.starts) if meeting and meeting.starts else None)
        return
    if meeting is None or meeting.starts is None:
        ear.cannot("unknown", "cancel")
        return
    facts = {"starts": stamp(meeting.starts), "meeting": meeting.id}
    if not meeting.stands or meeting.status != PLANNED or meeting.starts <= ear.draft.now:
        ear.cannot("began" if meeting.starts <= ear.draft.now else "closed", "cancel", **facts)
        return
    if meeting.starts - ear.draft.now <= pending.AT_ONCE:
        pending.called_off(ear.draft, meeting.id)
        ear.say("cancel", **facts)
        ear.inverse.append({"do": "called-off", "meeting": meeting.id})
        return
    ear.wait("cancel", {"meeting": meeting.id}, {"what": "cancel", **facts})


def meet(ear: Ear, command: said.Meet) -> None:
    by = command.by.isoformat() if command.by else None
    if not ear.may_change:
        ear.refuse("owner", "meet", by=by)
        return
    if command.by and command.by <= ear.draft.today(ear.school.id):
        ear.cannot("past", "meet", by=by)
        return
    if ear.draft.state.pause_at(ear.draft.now):
        ear.cannot("closed", "meet", by=by)  # no catch-up goes out in a pause
        return
    offer = catchups.offer_meeting(ear.draft, ear.person.key, command.by)
    ear.say("meet", by=by)
    ear.inverse.append({"do": "meet", "offer": offer.id})


# -- offered times


def choose(ear: Ear, options: tuple[int, ...]) -> None:
    """Owners answer with every number that suits, 0 for none, -1 for any: the numbers in the mail that they answer."""
    offer = offer_meant(ear)
    if not ear.is_owner:
        ear.refuse("owner", "choose", slots=[], none=False)
        return
    if offer is None:
        if ear.heard.answers and ear.heard.answers.facts.get("offer"):
            ear.cannot("closed", "choose", slots=[])
        else:
            ear.not_understood()
        return
    shown = _shown(ear) or catchups.newest(offer)
    if -1 in options:
        options = tuple(range(1, len(shown) + 1))
    if any(n > len(shown) for n in options):
        ear.not_understood()
        return
    picked = [shown[n - 1] for n in options if n > 0]
    live = [t for t in picked if t in offer.slots and _both_open(ear, t)]
    numbers = (*_said_of_others(ear, offer, shown), *(offer.slots.index(t) + 1 for t in live)) or (0,)
    # Times that are no longer offered, or whose day has closed since: no choice is made of them.
    outdated = not live if picked else not any(t in offer.slots for t in shown)
    before = offer.answers.get(ear.person.key)
    if outdated or not catchups.answer(ear.draft, offer, ear.person.key, numbers):
        ear.cannot("closed", "choose", slots=[stamp(t) for t in picked])
        return
    ear.say("choose", slots=[stamp(t) for t in picked], none=not picked, meeting=offer.meeting)
    undo: dict[str, Any] = {"do": "choose", "offer": offer.id, "round": offer.round}
    ear.inverse.append({**undo, "before": list(before)} if before is not None else undo)


def _said_of_others(ear: Ear, offer: Offer, shown: tuple[datetime, ...]) -> tuple[int, ...]:
    """What the person has answered to the times that are not in the mail which is answered now: it still counts."""
    before = offer.answers.get(ear.person.key, ())
    return tuple(n for n in before if n > 0 and offer.slots[n - 1] not in shown)


def _shown(ear: Ear) -> tuple[datetime, ...]:
    """The times in the mail that is answered."""
    answered = ear.heard.answers
    return tuple(instant(s) for s in answered.facts.get("slots", ())) if answered else ()


def offer_meant(ear: Ear) -> Offer | None:
    """The offer that the mail answers; where it answers none, the only one open that may be answered."""
    answered = ear.heard.answers
    wanted = answered.facts.get("offer") if answered else None
    offers = [o for o in ear.draft.state.offers if not _own_counter(ear, o)]
    if wanted:
        return next((o for o in offers if o.id == wanted), None)
    live = [o for o in offers if o.state == "open" and o.slots and o.closes > ear.draft.now]
    return live[0] if len(live) == 1 else None


def _own_counter(ear: Ear, offer: Offer) -> bool:
    """A proposal of the own school's: the answer is the other's."""
    if offer.cause != "counter" or not offer.by:
        return False
    proposer = ear.draft.state.find(offer.by)
    return proposer is not None and proposer[0].id == ear.school.id
