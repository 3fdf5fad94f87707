"""One mail from its messages: who reads it, the words, and the octets that leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tandem.core.messages import Message
from tandem.core.partnership import Partnership
from tandem.wire import mime, reply_address
from tandem.wire.render import Reader, Rendered, Sender, render

__all__ = ["Outgoing", "Reader", "Sender", "outgoing", "reader_of"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`token` is the part of the reply address that tells which mail an answer is to."""

    raw: bytes
    words: Rendered
    reader: Reader
    token: str


def reader_of(message: Message, state: Partnership | None, first_mail: bool = False) -> Reader:
    """Who reads it: of the agreement, one who has left it, a school's safeguarding contact, or a mere address."""
    if state is None:
        return Reader(message.to, message.name, "en", "UTC", first_mail=first_mail)
    agreement = state.agreement
    found = state.find(message.to)
    if found is not None:
        school, person = found
        language, timezone = agreement.language_of(school, person), agreement.timezone_of(school, person)
        return Reader(person.email, person.name, language, timezone, school.slow, first_mail)
    contacts = ((s, s.safeguarding) for s in agreement.schools if s.safeguarding)
    school, contact = next(
        ((s, c) for s, c in contacts if c.email.lower() == message.to.lower()), (agreement.schools[0], None)
    )
    name = message.name or (contact.name if contact else "")
    return Reader(message.to, name, school.language, school.timezone, school.slow, first_mail)


def outgoing(
    messages: tuple[Message, ...],
    states: Mapping[str, Partnership],
    sender: Sender,
    reply_key: bytes,
    now: datetime,
    first_mail: bool = False,
    message_id: str | None = None,
) -> Outgoing:
    """The RFC 5322 message that carries these, to the reader of the first of them.

    `states` are the messages' partnerships by id; `message_id` is the part before the @, the first message's id unless
    told. Raises what `render` raises.
    """
    lead = messages[0]
    reader = reader_of(lead, states.get(lead.partnership), first_mail)
    token = reply_address.token(reply_key, lead.id)
    reply_to = reply_address.address(token, sender.domain)
    words = render(messages, states, reader, sender, now, reply_to)
    raw = mime.message(
        mime.Outbound(
            message_id=f"{message_id or lead.id}@{sender.domain}",
            date=now,
            from_name=sender.name,
            from_address=sender.address,
            reply_to=reply_to,
            to_name=reader.name,
            to_address=reader.email,
            subject=words.subject,
            text=words.text,
            html=words.html,
            calendar=words.calendar,
            method=words.method,
            language=words.language,
            references=(words.references,) if words.references else (),
            auto_submitted=words.auto_submitted,
        )
    )
    return Outgoing(raw, words, reader, token)
