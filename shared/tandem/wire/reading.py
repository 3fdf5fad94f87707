"""A raw mail to what its sender said: the contract's section 4 as one function.

bytes ──mail.parse──► InboundMail ──trust.judge──► accepted? whose? ──understand──► commands
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import islice

from tandem.core.agreement import Agreement
from tandem.wire import bounds
from tandem.wire.inbound import Context, InboundMail, Itip, Reading, Verdicts

LARGEST = 25 * 1024 * 1024  # octets; what is larger is read by nobody


def read(
    raw: bytes,
    agreement: Agreement,
    now: datetime,
    *,
    meeting: str | None,
    reply_to: str | None,
    starts: datetime | None = None,
    asks: bool = True,
    options: int | None = None,
    verdicts: Verdicts | None = None,
    reply_person: str | None = None,
    own_domain: str = "tandem.example",
    mail: InboundMail | None = None,
) -> Reading:
    """What a mail says, as an answer to a mail of kind `reply_to` about that month's meeting, which `starts` then.

    `verdicts` are the receipt's; None takes them from the mail's own headers. `reply_person` is the address in the
    agreement that the mail's reply address stands for. `mail` saves parsing it again. Never raises on a bad mail.
    """
    from tandem.wire import mail as mails
    from tandem.wire import trust

    parsed = mail if mail is not None else mails.parse(raw)
    answers = _answers(parsed)
    judged = trust.judge(
        parsed, agreement, verdicts=verdicts, itip=answers, reply_person=reply_person, own_domain=own_domain
    )
    reading = Reading(
        accepted=judged.accepted,
        why=judged.why,
        sender=judged.sender,
        text=parsed.shown,
        commands=(),
        itip=answers,
        attachments=parsed.attachments,
        failed_recipient=judged.failed_recipient,
        hard=judged.hard,
        was_you=judged.was_you,
    )
    found = agreement.find(judged.sender) if judged.accepted and judged.sender else None
    if found is None:
        return reading
    from tandem.wire.understand import understand

    school, person = found
    context = Context(agreement, school, person, now, reply_to, meeting, starts, asks, options)
    understood = understand(parsed.text, context, answers, parsed)
    return replace(reading, commands=understood.commands, chat=understood.chat)


def _answers(mail: InboundMail) -> tuple[Itip, ...]:
    """The REPLY and COUNTER objects of a mail, each once: clients send the same part twice."""
    if not mail.calendars:
        return ()
    from tandem.wire import itip

    objects = (one for text in mail.calendars for one in itip.read_all(text, mail.from_address))
    return tuple(dict.fromkeys(islice(objects, bounds.ANSWERS)))
