"""A message as it is read: subject, plain and HTML parts, and for invitations the calendar part.

    Message(s) + state ──template──► Document ──two skins──► Rendered ──mime.message──► octets

Pure: the same arguments give the same mail. The words are made when a mail is delivered, from the state as it is then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tandem.core import messages as kinds
from tandem.core.messages import Message
from tandem.core.partnership import Partnership
from tandem.wire.document import Block, Document, clean, unmarked
from tandem.wire.invitation import CANCEL, Invitation, calendar_part
from tandem.wire.language import FIRST_STRONG, POP, Language
from tandem.wire.opening import footer, introduction
from tandem.wire.scene import Reader, Sender, shortened
from tandem.wire.skins import as_html, as_text, environment
from tandem.wire.view import View

__all__ = ["Reader", "Rendered", "Sender", "render"]

_ANSWERS = ("receipt", "help")
_UNISOLATED = str.maketrans("", "", FIRST_STRONG + POP)
SUBJECT = 150  # characters


@dataclass(frozen=True, slots=True)
class Rendered:
    """`references` is the id that a meeting's mails share, `left@right`; `language` is what it is written in."""

    subject: str
    text: str
    html: str
    calendar: bytes | None
    method: str | None
    language: str
    references: str | None
    auto_submitted: str


def render(
    batch: tuple[Message, ...],
    states: Mapping[str, Partnership],
    reader: Reader,
    sender: Sender,
    now: datetime,
    reply_to: str,
) -> Rendered:
    """One mail of one message, or of several digests of one reader and month, or of several receipts.

    `reply_to` is the address that answers go to. Raises LookupError where a message needs a state or a meeting that is
    not there, ValueError for an empty batch.
    """
    if not batch:
        raise ValueError("nothing to render")
    language = Language.of(reader.language)
    views = [View(states.get(m.partnership), m, reader, sender, language, now) for m in batch]
    document = Document()
    _write(document, views)
    lead = views[0]
    if reader.first_mail and lead.known:
        at = len(document.blocks) if document.intro_at is None else document.intro_at
        document.blocks[at:at] = introduction(lead)
    if lead.known:
        document.blocks.extend(footer(lead, views))
    subject = shortened(unmarked(document.title).translate(_UNISOLATED), SUBJECT)
    meeting = lead.state.meeting(lead.message.meeting) if lead.known else None
    calendar, method = _calendar(lead, document, sender)
    return Rendered(
        subject=subject,
        text=as_text(document.blocks, language),
        html=as_html(document.blocks, language, subject),
        calendar=calendar,
        method=method,
        language=language.tag,
        references=kinds.uid(lead.state.id, meeting.id, sender.domain) if meeting else None,
        auto_submitted="auto-replied" if lead.message.kind in _ANSWERS else "auto-generated",
    )


def _write(document: Document, views: list[View]) -> None:
    """Runs each message's template; several digests begin with those that need something."""
    if len(views) > 1 and views[0].message.kind == "digest":
        views.sort(key=lambda v: not v.digest.needs)
        together = "digest/several"
    elif len(views) > 1:
        together = "receipt/several"
    else:
        together = f"{views[0].message.kind}/{views[0].message.variant}"
    _run(document, together, views[0], views)


def _run(document: Document, name: str, view: View, views: list[View]) -> None:
    language = view.lang
    template = environment().get_template(f"{name}.j2")
    template.render(
        v=view,
        views=views,
        f=view.message.facts,
        m=view.state.meeting(view.message.meeting) if view.known else None,
        _=language.gettext,
        ngettext=language.ngettext,
        pgettext=language.pgettext,
        yes=language.yes,
        no=language.no,
        subject=document.subject,
        lead=document.lead,
        p=document.p,
        ask=document.ask,
        h=document.h,
        small=document.small,
        card=document.card,
        ul=document.ul,
        options=document.options,
        facts=document.facts,
        table=document.table,
        quote=document.quote,
        strip=document.strip,
        signatures=document.signatures,
        intro=document.intro,
    )


def _calendar(view: View, document: Document, sender: Sender) -> tuple[bytes | None, str | None]:
    """The calendar part of an invitation, an update or a cancellation, and its METHOD."""
    message = view.message
    method = kinds.CALENDAR.get(message.kind)
    if method is None:
        return None, None
    meeting, reader = view.meeting, view.reader
    if meeting.starts is None:
        return None, None
    place = meeting.invitee(reader.email.lower())
    where = clean(meeting.where or "")
    phone = clean(meeting.phone or "")
    lines = [f"{when} – {place_name}" for when, place_name in view.both(meeting.starts)]
    lines += [line for line, _ in view.where_rows(meeting)]
    differ = view.differ(meeting.starts)
    part = Invitation(
        uid=kinds.uid(view.state.id, meeting.id, sender.domain),
        sequence=meeting.sequence,
        dtstamp=view.now,
        starts=meeting.starts,
        minutes=meeting.minutes,
        zone=reader.timezone,
        summary=_bare(view.summary(meeting)),
        organizer_address=sender.address,
        organizer_name=sender.name,
        attendee_address=reader.email,
        attendee_name=clean(reader.name),
        method=method,
        status_cancelled=method != CANCEL or message.variant != "removed",
        description=_bare("\n".join([*lines, *([differ] if differ else [])])),
        location=", ".join(part for part in ((phone, where) if reader.slow else (where, phone)) if part),
        url=where if where.startswith(("https://", "http://")) else "",
        language=view.lang.tag,
        partstat=place.partstat if place and method != CANCEL and message.variant == "place" else "NEEDS-ACTION",
    )
    return calendar_part(part), method


def _bare(text: str) -> str:
    return unmarked(text).translate(_UNISOLATED)


def blocks_of(
    message: Message, state: Partnership | None, reader: Reader, sender: Sender, now: datetime
) -> tuple[str, list[Block]]:
    """Subject and blocks of one message, before any skin: for tests."""
    view = View(state, message, reader, sender, Language.of(reader.language), now)
    document = Document()
    _write(document, [view])
    return document.title, document.blocks
