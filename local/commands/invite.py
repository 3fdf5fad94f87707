"""`tandem invite`: whom it is for and about which meeting, as the values from which a mail is rendered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from local.commands.common import BadInput

if TYPE_CHECKING:
    from tandem.core.agreement import Agreement, Person, School
    from tandem.core.messages import Message
    from tandem.core.partnership import Meeting, Partnership

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z")


def reader(agreement: Agreement, address: str) -> tuple[School, Person]:
    """Who has that address (an `also` one will do), if that person is invited. Raises BadInput."""
    from tandem.core.agreement import LEADER

    invited = ", ".join(person.email for school in agreement.schools for person in school.participants)
    found = agreement.find(address.strip())
    if found is None:
        raise BadInput(f"tandem invite: --to {address!r} is nobody's address in this agreement; one of {invited}")
    school, person = found
    if person.role == LEADER:
        raise BadInput(f"tandem invite: {person.name} is a leader, and leaders are not invited; one of {invited}")
    return school, person


def meeting_of(agreement: Agreement, month: str) -> Meeting:
    """That month's meeting as it is planned. Raises BadInput where it has none."""
    from tandem.core.planning import first_plan

    if not _MONTH.match(month):
        raise BadInput(f"tandem invite: --month {month!r} is no month; a month such as {agreement.start:%Y-%m}")
    plan = first_plan(agreement)
    months = ", ".join(meeting.month for meeting in plan if meeting.starts)
    for meeting in plan:
        if meeting.month != month:
            continue
        if meeting.starts is None:
            raise BadInput(f"tandem invite: {month} is {meeting.why}; one of {months or 'no month'}")
        return meeting
    raise BadInput(f"tandem invite: {month} has no meeting; one of {months or 'no month'}")


def invitation(
    agreement: Agreement, address: str, month: str, now: datetime, *, cancel: bool = False
) -> tuple[Partnership, Message]:
    """The state in which everyone has been invited to that meeting (and it was called off, where `cancel`), and the
    mail about it to the one person. Raises BadInput where that person is not invited, or the month has no meeting."""
    from tandem.core.messages import Message
    from tandem.core.partnership import CANCELLED, Invitee, Partnership

    _, person = reader(agreement, address)
    meeting = meeting_of(agreement, month)
    everyone = tuple(
        Invitee(email=other.key, invited_at=now) for school in agreement.schools for other in school.participants
    )
    meeting = replace(meeting, invitees=everyone)
    if cancel:
        meeting = replace(meeting, status=CANCELLED, sequence=meeting.sequence + 1, decided_at=now)
    state = Partnership(
        agreement=agreement,
        enrolled=now,
        signed={school.id: now for school in agreement.schools},
        meetings=(meeting,),
    )
    kind, variant = ("cancel", "called-off") if cancel else ("invite", "next")
    mail = Message(
        id=f"{agreement.id}.{meeting.id}.{kind}.{person.key}",
        partnership=agreement.id,
        kind=kind,
        variant=variant,
        to=person.key,
        created=now,
        month=meeting.month,
        meeting=meeting.id,
        asks=not cancel,
    )
    return state, mail
