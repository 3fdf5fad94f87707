"""What each step of the timetable does. One function for each name in `timetable`'s table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tandem.core import escalation, reports
from tandem.core.draft import POLITE_TO, Draft, participants, window_closes
from tandem.core.partnership import (
    DISPUTED,
    OPEN,
    PAUSED,
    UNCONFIRMED,
    UNSIGNED,
    Invitee,
    Meeting,
)
from tandem.core.pending import take_effect
from tandem.core.planning import call_off
from tandem.core.timetable import REMINDER_AFTER_INVITATION, Step, digest_day, to_invite
from tandem.core.zones import instant, local


def take(draft: Draft, step: Step) -> None:
    """Takes one step, or passes it over where it has become pointless; either way it is not given again."""
    draft.mark(step.key)
    if step.until is None or draft.now < step.until:
        _TAKE[step.name](draft, step)


def _sign_reminder(draft: Draft, step: Step) -> None:
    school_id, number_text = step.subject.split()
    number = int(number_text)
    school = draft.agreement.school(school_id)
    people = [*school.leads, *(school.leaders if number in (3, 6) else ())]
    facts = {"number": number}
    draft.mail("agreement", "reminder", people, facts=facts, asks=True)
    partner = draft.agreement.partner(school_id)
    told = f"partner-told:{school_id}"  # once; a partner that has not signed either has its own reminders
    if number in (3, 6) and partner.id in draft.state.signed and told not in draft.state.done:
        draft.mark(told)
        draft.mail("agreement", "partner", partner.leads, facts=facts)


def _begin(draft: Draft, step: Step) -> None:
    meeting = draft.meeting(step.subject)
    if draft.state.signed_at is None:
        draft.put(replace(meeting, status=UNSIGNED))
    elif draft.state.pause_at(draft.now) and not meeting.invitees:
        draft.put(replace(meeting, status=PAUSED))
    else:
        draft.put(replace(meeting, status=OPEN))


def _horizon(draft: Draft, step: Step) -> None:
    for meeting in to_invite(draft.state, draft.now):
        people = participants(draft.state)
        invitees = tuple(Invitee(p.key, invited_at=draft.now) for p in people)
        meeting = draft.put(replace(meeting, invitees=invitees))
        draft.mail("invite", "next", people, meeting=meeting, asks=True)


def list_on_agenda(draft: Draft, meeting: Meeting) -> Meeting:
    """Whatever waits for the next agenda is listed at this meeting."""
    words = tuple(w if w.meeting else replace(w, meeting=meeting.id) for w in draft.state.words)
    actions = tuple(a if a.meeting else replace(a, meeting=meeting.id) for a in draft.state.actions)
    draft.update(words=words, actions=actions)
    return draft.put(replace(meeting, listed=True))


def _agenda(draft: Draft, step: Step) -> None:
    meeting = list_on_agenda(draft, draft.meeting(step.subject))
    variant = "catch-up" if meeting.catch_up else "monthly"
    draft.mail("agenda", variant, [i.email for i in meeting.invited], meeting=meeting)


def _present(draft: Draft, meeting: Meeting, people: list[str]) -> list[str]:
    """Those of them who are not absent on the day of the meeting, on their school's calendar."""
    out = []
    for address in people:
        found = draft.agreement.find(address)
        if found and meeting.starts:
            day = local(meeting.starts, found[0].timezone).date()
            if not draft.state.absent(found[1].key, day):
                out.append(address)
    return out


def _reminder(draft: Draft, step: Step) -> None:
    meeting = draft.meeting(step.subject)
    for school in draft.agreement.schools:
        places = [i for p in school.participants if (i := meeting.invitee(p.key)) and not i.off]
        if not any(i.partstat == "ACCEPTED" for i in places):
            since = draft.now - REMINDER_AFTER_INVITATION
            asked = [i.email for i in places if i.invited_at is None or i.invited_at <= since]
            people = _present(draft, meeting, asked)
            draft.mail("reminder", "first", people, meeting=meeting, asks=True)


def ask_owners(draft: Draft, meeting: Meeting, kind: str, variant: str) -> None:
    """Asks both schools' owners, the absent ones left in peace."""
    people = _present(draft, meeting, [p.key for p in draft.owners()])
    draft.mail(kind, variant, people, meeting=meeting, asks=True)


def _check_in(draft: Draft, step: Step) -> None:
    meeting = draft.meeting(step.subject)
    if meeting.status == DISPUTED:  # they have written already, and do not agree: this is the asking once more
        meeting = draft.put(replace(meeting, asked_again_at=draft.now))
    ask_owners(draft, meeting, "check-in", "again" if meeting.status == DISPUTED else "first")


def _nudge(draft: Draft, step: Step) -> None:
    meeting = draft.meeting(step.subject)
    if not meeting.reports:
        ask_owners(draft, meeting, "nudge", "first")


def _close(draft: Draft, step: Step) -> None:
    meeting = draft.meeting(step.subject)
    if meeting.status == OPEN:
        reports.found(draft, meeting, UNCONFIRMED)


def _settle(draft: Draft, step: Step) -> None:
    reports.found(draft, draft.meeting(step.subject), UNCONFIRMED)


def _window(draft: Draft, step: Step) -> None:
    draft.update(
        offers=tuple(
            replace(o, state="closed", closes=window_closes(draft.state, o)) if o.id == step.subject else o
            for o in draft.state.offers
        )
    )
    escalation.reconsider(draft)


def _repeat(draft: Draft, step: Step) -> None:
    escalation_id, school_id = step.subject.split()
    live = next((e for e in draft.state.escalations if e.id == escalation_id), None)
    if live and escalation.is_live(live) and school_id not in live.acknowledged:
        escalation.repeat(draft, live, draft.agreement.school(school_id))


def _skipped(draft: Draft, step: Step) -> None:
    meeting = draft.meeting(step.subject)
    leads = [p for s in draft.agreement.schools for p in s.leads]
    draft.mail(
        "notice",
        "skipped",
        leads,
        meeting=meeting,
        facts={"month": meeting.month, "reasons": [dict(r) for r in meeting.reasons]},
        not_after=step.until,
    )


def _digest(draft: Draft, step: Step) -> None:
    school_id, month = step.subject.split()
    school = draft.agreement.school(school_id)
    here = local(draft.now, school.timezone)  # after an outage of ours its day may be over
    day = digest_day(draft.state, school, month, here.date() + timedelta(days=here.hour * 60 >= POLITE_TO))
    if day is None or day > draft.agreement.review:
        return
    draft.mail(
        "digest",
        "monthly",
        school.leaders,
        month=month,
        facts={"month": month},
        not_before=instant(day, 0, school.timezone),
        not_after=instant(day + timedelta(days=1), 0, school.timezone),
    )


def _asked_to_go_on(draft: Draft) -> list[str]:
    people = [p for s in draft.agreement.schools for p in (*s.leads, *s.leaders)]
    return list(dict.fromkeys(p.key for p in people))


def _review(draft: Draft, step: Step) -> None:
    facts = {"review": draft.agreement.review.isoformat()}
    draft.mail("review", "ask", _asked_to_go_on(draft), facts=facts, asks=True)


def _silence(draft: Draft, step: Step) -> None:
    answers = draft.state.review_answers
    if any(not a["go_on"] for a in answers.values()):
        return
    if all(s.id in answers for s in draft.agreement.schools):
        return
    facts = {"review": draft.agreement.review.isoformat(), "answered": sorted(answers)}
    draft.mail("review", "silence", draft.leaders(), facts=facts, asks=True)


def _farewell(draft: Draft, step: Step) -> None:
    if any(not a["go_on"] for a in draft.state.review_answers.values()):
        facts = {"review": draft.agreement.review.isoformat()}
        everyone = [p.key for s in draft.agreement.schools for p in (*s.leads, *s.with_role("deputy"), *s.leaders)]
        draft.mail("review", "farewell", everyone, facts=facts, not_after=step.until)


def _end(draft: Draft, step: Step) -> None:
    """Nothing is left standing, and nothing more is sent."""
    for meeting in draft.state.meetings:
        if meeting.starts and meeting.starts > draft.now and meeting.status == "planned":
            call_off(draft, meeting, "ended")
    draft.update(
        ended=draft.now,
        offers=tuple(replace(o, state="closed") if o.state == "open" else o for o in draft.state.offers),
        escalations=tuple(replace(e, ended=e.ended or draft.now) for e in draft.state.escalations),
        pending=(),
    )


def _pending(draft: Draft, step: Step) -> None:
    pending = next(p for p in draft.state.pending if p.id == step.subject)
    draft.update(pending=tuple(p for p in draft.state.pending if p.id != pending.id))
    take_effect(draft, pending)


def _resume(draft: Draft, step: Step) -> None:
    """The calendars fill again by the horizon; a mail would only say what the invitations say."""


_TAKE: dict[str, Callable[[Draft, Step], None]] = {
    "sign-reminder": _sign_reminder,
    "begin": _begin,
    "horizon": _horizon,
    "agenda": _agenda,
    "reminder": _reminder,
    "check-in": _check_in,
    "nudge": _nudge,
    "close": _close,
    "settle": _settle,
    "window": _window,
    "repeat": _repeat,
    "skipped": _skipped,
    "digest": _digest,
    "review": _review,
    "silence": _silence,
    "farewell": _farewell,
    "end": _end,
    "pending": _pending,
    "resume": _resume,
}
