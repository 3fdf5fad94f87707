"""The values between an inbound mail's bytes and what it asks for.

    bytes ──mail.parse──► InboundMail ──trust.judge──► Judgement ──understand.understand──► commands
                                    └──itip.read──► Itip

`reading.read` puts them together. No value here needs I/O; all text is clean Unicode without control characters
other than the line feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tandem.core.agreement import Agreement, Person, School
from tandem.core.commands import Command


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the mail service found, each "PASS", "FAIL", "GRAY", "PROCESSING_FAILED" or None where unsaid.

    `dmarc_policy` is "none", "quarantine" or "reject" as the domain publishes it, None where it has none.
    `spf_domain`/`dkim_domains` are the domains that passed, for alignment with From; None where not told.
    """

    spam: str | None = None
    virus: str | None = None
    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    dmarc_policy: str | None = None
    spf_domain: str | None = None
    dkim_domains: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class InboundMail:
    size: int  # octets of the raw message
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    from_address: str | None  # the one address of From, lower case; None where there is not exactly one
    from_name: str
    recipients: tuple[str, ...]  # every address of To, Cc, Delivered-To, X-Original-To; lower case, bounded
    date: datetime | None  # aware
    text: str  # the sender's own new words, without quotes, attribution, signature, disclaimer
    whole_text: str  # all of the text, quotes included
    calendars: tuple[str, ...]  # text/calendar parts, decoded
    attachments: tuple[Attachment, ...]  # what a person attached; calendar parts are not among them
    headers: tuple[tuple[str, str], ...]  # every header, name in lower case, decoded, bounded
    content_type: str = "text/plain"  # of the top level
    malformed: str | None = None  # why it can't be read, in words
    shown: str = ""  # `text` as a person would read it: with the quoted lines that are answered and the greeting's name
    answers: tuple[tuple[str, str], ...] = ()  # (quoted line, the own words below it)
    report_type: str = ""  # of RFC 6522: delivery-status, disposition-notification, feedback-report
    report: str = ""  # the machine-readable parts of a report
    from_problem: bool = False  # `malformed` is so only because From does not name exactly one address


@dataclass(frozen=True, slots=True)
class Itip:
    """One REPLY or COUNTER, by RFC 5546; times are aware."""

    method: str  # REPLY | COUNTER
    uid: str
    attendee: str | None  # lower case, without mailto:
    partstat: str | None  # of a REPLY, upper case as given
    sequence: int
    dtstamp: datetime | None
    comment: str | None
    starts: datetime | None = None  # of a COUNTER: the proposal
    problem: str | None = None  # why it can't be acted on: an unknown TZID, a date without a time, ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an inbound mail is an answer to, told by its reply address, In-Reply-To or UID."""

    agreement: Agreement
    school: School
    sender: Person
    now: datetime
    reply_to: str | None = None  # a kind of the contract's section 3
    meeting: str | None = None  # month
    starts: datetime | None = None  # of that meeting, where known
    asks: bool = True  # a `notice` that asks something; a `receipt` that can be undone
    options: int | None = None  # how many slots the `catch-up` offered, None where not known


@dataclass(frozen=True, slots=True)
class Judgement:
    accepted: bool
    why: str | None  # too-large virus spam malformed unauthenticated bounce loop automatic unknown-sender stale
    sender: str | None  # the person's address in the agreement
    failed_recipient: str | None = None  # of a bounce
    hard: bool = False  # a bounce for good
    was_you: bool = False  # from an unknown address to a person's own reply address


@dataclass(frozen=True, slots=True)
class Reading:
    accepted: bool
    why: str | None
    sender: str | None
    text: str
    commands: tuple[Command, ...]
    itip: tuple[Itip, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    failed_recipient: str | None = None
    hard: bool = False
    was_you: bool = False
    chat: str = ""  # accepted words that are neither a command nor its text (an escalation's answer beyond the yes)
