"""A raw inbound message as a value: bounded, in linear time, and never an exception.

    octets ──parts.read──► places of the parts ──charsets, html_text──► text ──trim──► the sender's own new words

`parse` answers for every sequence of octets; what can't be read as a mail has `malformed` set. Sizes and counts are
bounded in `bounds`; what the standard library does in quadratic time or by recursion is not left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tandem.wire import bounds, charsets, headers, html_text, parts, trim
from tandem.wire.inbound import Attachment, InboundMail

_REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
                 "message/global-disposition-notification", "message/feedback-report")  # fmt: skip
_RECIPIENT_FIELDS = ("delivered-to", "x-original-to", "to", "cc", "x-envelope-to", "envelope-to")
_LONG_FIELDS = ("to", "cc", "bcc", "references", "received", "dkim-signature")
_WORD = re.compile(r"\w")


def parse(raw: bytes) -> InboundMail:
    """What a raw RFC 5322 message says. Of one above `bounds.MAIL_OCTETS` only the beginning is read.

    Times are aware (UTC where the Date field has `-0000`); addresses are in lower case.
    """
    size = len(raw)
    if size > bounds.MAIL_OCTETS:
        raw = raw[: bounds.READ_OCTETS]
    message = parts.read(raw)
    fields = message.fields
    charset = message.parameters.get("charset")
    shown = tuple((name, headers.decoded(headers.raw_text(_bounded(name, value), charset))) for name, value in fields)
    sender, problem = _sender(fields, charset)
    whole, calendars, attachments, report = _contents(raw, message.leaves)
    trimmed = trim.trim(whole, _names(sender))
    return InboundMail(
        size=size,
        message_id=next(iter(headers.message_ids(headers.value_of(fields, "message-id"))), None),
        in_reply_to=headers.message_ids(headers.value_of(fields, "in-reply-to")),
        references=headers.message_ids(headers.value_of(fields, "references")),
        subject=next((value for name, value in shown if name == "subject"), "")[:1000],
        from_address=sender.address if sender else None,
        from_name=sender.name[:200] if sender else "",
        recipients=_recipients(fields),
        date=_date(headers.value_of(fields, "date")),
        text=trimmed.own,
        whole_text=whole,
        calendars=calendars,
        attachments=attachments,
        headers=shown,
        content_type=message.content_type,
        malformed=message.problem or problem,
        shown=trimmed.shown,
        answers=trimmed.answers,
        report_type=_report_type(message),
        report=report,
        from_problem=message.problem is None and problem is not None,
    )


def _bounded(name: str, value: bytes) -> bytes:
    return value[: bounds.ADDRESS_FIELD_OCTETS if name in _LONG_FIELDS else bounds.FIELD_OCTETS]


def _sender(fields: headers.Fields, charset: str | None) -> tuple[headers.Mailbox | None, str | None]:
    """The one mailbox of the one From field, or why there is none."""
    found = [value for name, value in fields if name == "from"]
    if len(found) != 1:
        return None, "it has no From field" if not found else "it has several From fields"
    sender = headers.one_mailbox(headers.raw_text(found[0][: bounds.FIELD_OCTETS + 1], charset))
    return sender, None if sender else "its From field does not name exactly one address"


def _recipients(fields: headers.Fields) -> tuple[str, ...]:
    """Every address that the mail came to; the envelope's, where the mail tells it, first."""
    out: dict[str, None] = {}
    for wanted in _RECIPIENT_FIELDS:
        for name, value in fields:
            if name == wanted and len(out) < bounds.ADDRESSES:
                text = headers.raw_text(value[: bounds.ADDRESS_FIELD_OCTETS])
                out.update(dict.fromkeys(headers.mailboxes(text, bounds.ADDRESSES - len(out))))
    return tuple(out)


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value[:100])
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return date if abs(date.utcoffset() or timedelta()) < timedelta(hours=24) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _names(sender: headers.Mailbox | None) -> tuple[str, ...]:
    """What a sender may sign with, for signatures that nothing else marks."""
    if sender is None:
        return ()
    return tuple(re.findall(r"[^\W\d_]{2,}", f"{sender.name} {sender.address.partition('@')[0]}")[:12])


def _contents(raw: bytes, leaves: list[parts.Part]) -> tuple[str, tuple[str, ...], tuple[Attachment, ...], str]:
    """All text, the calendar parts, what was attached, and the machine-readable parts of a report."""
    calendars: dict[str, None] = {}
    attachments: list[Attachment] = []
    texts: list[parts.Part] = []  # plain or HTML, in the order of the mail
    report: list[str] = []
    room = bounds.CALENDAR_OCTETS * 2  # most programs send the same part twice
    for leaf in leaves:
        kind = leaf.content_type
        if kind in ("text/calendar", "application/ics") or (leaf.name.lower().endswith(".ics") and _opaque(kind)):
            if len(calendars) < bounds.CALENDARS and room > 0:
                calendars.setdefault(_calendar(raw, leaf, room))
                room -= leaf.end - leaf.start
        elif kind in _REPORT_TYPES:
            if len(report) < bounds.CALENDARS:
                report.append(charsets.clean(charsets.text(leaf.octets(raw, bounds.REPORT_OCTETS), leaf.charset)))
        elif _is_text(leaf):
            texts.append(leaf)
        elif _is_attachment(leaf) and len(attachments) < bounds.ATTACHMENTS:
            attachments.append(Attachment(leaf.name, kind, leaf.size(raw)))
    return _whole(raw, texts), tuple(calendars), tuple(attachments), "\n\n".join(report)


def _opaque(kind: str) -> bool:
    return kind in ("application/octet-stream", "text/plain", "application/x-unknown")


def _calendar(raw: bytes, leaf: parts.Part, room: int) -> str:
    """RFC 5545 3.1: UTF-8 unless the part says otherwise; line ends and folds stay for the calendar's reader."""
    words = charsets.text(leaf.octets(raw, min(bounds.CALENDAR_OCTETS, room)), leaf.charset or "utf-8")
    return words.replace("\0", "").removeprefix("\ufeff")


def _is_text(leaf: parts.Part) -> bool:
    if leaf.disposition == "attachment" or leaf.content_type not in ("text/plain", "text/html"):
        return False
    # Apple Mail shows a text file that was dropped into a mail inline: it is an attachment by its name
    return not (leaf.name and leaf.disposition == "inline")


def _is_attachment(leaf: parts.Part) -> bool:
    """What a person attached; pictures of a signature and cryptographic parts are none."""
    kind = leaf.content_type
    if kind in ("text/rfc822-headers", "application/pgp-signature", "application/pkcs7-signature",
                "application/x-pkcs7-signature", "application/ms-tnef", "text/x-amp-html"):  # fmt: skip
        return False
    embedded = any(name == "content-id" for name, _ in leaf.fields) and leaf.disposition != "attachment"
    return not (embedded and kind.startswith("image/"))


def _whole(raw: bytes, texts: list[parts.Part]) -> str:
    """The texts one after the other; of an alternative the plain one, unless only the HTML has words."""
    out: list[str] = []
    done: set[int] = set()
    length = 0
    for leaf in texts:
        if length > bounds.TEXT_CHARACTERS:
            break
        if leaf.alternative < 0:
            out.append(_readable(raw, leaf))
        elif leaf.alternative not in done:
            done.add(leaf.alternative)
            out.append(_best(raw, [other for other in texts if other.alternative == leaf.alternative]))
        else:
            continue
        length += len(out[-1])
    return "\n\n".join(text for text in out if text.strip())[: bounds.TEXT_CHARACTERS]


def _best(raw: bytes, choices: list[parts.Part]) -> str:
    branches: dict[int, list[parts.Part]] = {}
    for leaf in choices:
        branches.setdefault(leaf.branch, []).append(leaf)
    ordered = sorted(branches.values(), key=lambda branch: branch[0].content_type != "text/plain")
    text = ""
    for branch in ordered[:5]:
        text = "\n\n".join(_readable(raw, leaf) for leaf in branch[:20])
        if _says_something(text):
            return text
    return text


def _says_something(text: str) -> bool:
    """Letters, digits or an emoji: a plain part of white space, or one that only promises HTML, says nothing."""
    if not any(_WORD.match(c) or c > "\u2190" for c in text):
        return False
    return not (len(text) < 400 and _ONLY_HTML.search(text))


_ONLY_HTML = re.compile(
    r"(?:mail|message|nachricht|messaggio|mensaje|mensagem)\b[^.\n]{0,80}\bhtml\b|\bhtml\b[^.\n]{0,60}(?:viewer|format|client)"
    r"|does(?:n't| not) support html|unable to (?:view|display)", re.I
)  # fmt: skip


def _readable(raw: bytes, leaf: parts.Part) -> str:
    if leaf.content_type == "text/html":
        # four times the octets, since styles and tags take most of them
        return html_text.text(charsets.text(leaf.octets(raw, bounds.TEXT_OCTETS * 4), leaf.charset))
    words = charsets.clean(charsets.text(leaf.octets(raw, bounds.TEXT_OCTETS), leaf.charset))
    if leaf.parameters.get("format", "").lower() == "flowed":
        words = charsets.unflow(words, leaf.parameters.get("delsp", "").lower() == "yes")
    return charsets.without_uuencoded(words)


def _report_type(message: parts.Message) -> str:
    """`delivery-status`, `disposition-notification` or `feedback-report`; "" for any other mail (RFC 6522)."""
    kinds: Iterable[str] = (leaf.content_type.removeprefix("message/").removeprefix("global-")
                            for leaf in message.leaves if leaf.content_type in _REPORT_TYPES)  # fmt: skip
    declared = message.parameters.get("report-type", "").lower() if message.content_type == "multipart/report" else ""
    return next(iter(kinds), declared.removeprefix("global-"))
