"""`report.json`: what became of a simulated run, from the states and the mails, with the contract's keys to the letter.

A worry about a child stands nowhere in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local.world import Unclear, moment_text
from local.year import Sent, Year
from tandem.core import zones
from tandem.core.messages import KINDS, meeting_of
from tandem.core.partnership import OPEN, PLANNED, UNSIGNED, Action, Escalation, Meeting, Partnership, Words


def report(states: Iterable[Partnership], year: Year, unclear: Iterable[Unclear]) -> dict[str, Any]:
    """The document, in the order of its keys."""
    told = list(unclear)
    inbound = {arrived.id: f"inbound/{arrived.file}" for arrived in year.inbound}
    sequences = _sequences(year)
    return {"partnerships": [_partnership(state, year, told, inbound, sequences) for state in states]}


def as_bytes(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _sequences(year: Year) -> dict[tuple[str, str], int]:
    """By partnership and meeting: the highest SEQUENCE in any REQUEST or CANCEL of its UID."""
    highest: dict[tuple[str, str], int] = {}
    for sent in year.sent:
        if sent.mail.kind not in ("invite", "update", "cancel"):
            continue
        event = sent.mail.letter.event
        meeting = meeting_of(event.uid) if event else None
        if event and meeting:
            highest[meeting] = max(highest.get(meeting, 0), event.sequence)
    return highest


def _partnership(
    state: Partnership,
    year: Year,
    unclear: list[Unclear],
    inbound: dict[str, str],
    sequences: dict[tuple[str, str], int],
) -> dict[str, Any]:
    mails = [sent for sent in year.sent if state.id in sent.mail.partnerships]
    counts = Counter(sent.mail.kind for sent in mails)
    return {
        "id": state.id,
        "counts": {kind: counts[kind] for kind in KINDS if counts[kind]},
        "signed": {s.id: moment_text(state.signed.get(s.id)) for s in state.agreement.schools},
        "review": state.agreement.review.isoformat(),
        "meetings": [_meeting(state, m, year, sequences) for m in meetings(state, year)],
        "mails": [_mail(state, sent) for sent in mails],
        "escalations": [_escalation(state, e) for e in state.escalations],
        "unclear": [
            {
                "at": moment_text(u.at),
                "from": _written(state, u.sender),
                "file": inbound.get(u.inbound, u.inbound),
                "why": u.why,
            }
            for u in unclear
            if u.partnership == state.id
        ],
    }


def meetings(state: Partnership, year: Year) -> list[Meeting]:
    """Every month from `start`'s to the last day's, at most `review`'s, that has an entry, and every catch-up."""
    agreement = state.agreement
    last = min(f"{year.until:%Y-%m}", f"{agreement.review:%Y-%m}")
    return [m for m in state.meetings if m.catch_up or f"{agreement.start:%Y-%m}" <= m.month <= last]


def status(state: Partnership, meeting: Meeting, until: datetime) -> str:
    """What became of it by then; a meeting whose time has come since the last step is open, or was never signed for."""
    if meeting.status == PLANNED and meeting.starts is not None and meeting.starts < until:
        signed = state.signed_at
        return OPEN if signed is not None and signed <= meeting.starts else UNSIGNED
    return meeting.status


def _meeting(
    state: Partnership, meeting: Meeting, year: Year, sequences: dict[tuple[str, str], int]
) -> dict[str, Any]:
    return {
        "month": meeting.month,
        "starts": moment_text(meeting.starts),
        "local": local_times(state, meeting),
        "status": status(state, meeting, year.until),
        "chair": meeting.chair,
        "sequence": sequences.get((state.id, meeting.id), 0),
        "moved_from": meeting.moved_from.isoformat() if meeting.moved_from else None,
        "why": meeting.why,
        "catch_up": meeting.catch_up,
        "attendance": {_written(state, i.email): i.partstat for i in meeting.invited},
        "items": [w.text for w in items(state, meeting, year.until)],
        "actions": [
            {
                "text": a.text,
                "owner": _written(state, a.owner) if a.owner else None,
                "due": a.due.isoformat() if a.due else None,
                "state": a.state,
            }
            for a in actions(state, meeting, year.until)
        ],
    }


def local_times(state: Partnership, meeting: Meeting) -> dict[str, str] | None:
    """By school id; None where the month is skipped."""
    if meeting.starts is None:
        return None
    return {s.id: zones.local(meeting.starts, s.timezone).isoformat() for s in state.agreement.schools}


def items(state: Partnership, meeting: Meeting, until: datetime) -> list[Words]:
    """What was sent in for its agenda; what no agenda has carried yet waits for the next one."""
    waits = _next_agenda(state, until)
    return [w for w in state.words if w.kind == "item" and (w.meeting or waits) == meeting.id]


def actions(state: Partnership, meeting: Meeting, until: datetime) -> list[Action]:
    """Those that its agenda listed first; what none has listed yet waits for the next one."""
    waits = _next_agenda(state, until)
    return [a for a in state.actions if (a.meeting or waits) == meeting.id]


def _next_agenda(state: Partnership, until: datetime) -> str | None:
    dated = sorted((m.starts, m.id, m) for m in state.meetings if m.starts is not None)
    coming = [m for starts, _, m in dated if starts >= until and m.status == PLANNED and not m.listed]
    if coming and f"{coming[0].month}" <= min(f"{until:%Y-%m}", f"{state.agreement.review:%Y-%m}"):
        return coming[0].id
    past = [m for starts, _, m in dated if starts < until]
    return past[-1].id if past else None


def _mail(state: Partnership, sent: Sent) -> dict[str, Any]:
    mail = sent.mail
    return {
        "at": moment_text(mail.at),
        "kind": mail.kind,
        "to": _written(state, mail.to),
        "subject": mail.letter.subject,
        "meeting": mail.month if mail.kind != "digest" else None,
        "file": f"mail/{sent.file}",
    }


def _escalation(state: Partnership, escalation: Escalation) -> dict[str, Any]:
    return {
        "opened": moment_text(escalation.opened),
        "level": escalation.level,
        "reason": escalation.reason,
        "months": list(escalation.months),
        "to": [_written(state, address) for address in escalation.to],
        "acknowledged": {s.id: moment_text(escalation.acknowledged.get(s.id)) for s in state.agreement.schools},
        "resolved": moment_text(escalation.resolved),
        "leaders_meeting": moment_text(escalation.leaders_meeting),
    }


def _written(state: Partnership, address: str) -> str:
    """The address as the agreement writes it."""
    found = state.find(address)
    return found[1].email if found and found[1].key == address.lower() else address


