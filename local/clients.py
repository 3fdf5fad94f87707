"""How mail programs write what people answer: Gmail, Outlook and Apple Mail, as far as a reader can tell them apart.

An accept is an iTIP REPLY (RFC 5546 3.2.3) in the program's own habits; a word is a reply that quotes the mail which
it answers, under the attribution of the program and of the person's language. The same input gives the same octets.
"""

from __future__ import annotations

import email
import email.policy
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr
from hashlib import sha256
from html import escape

from tandem.core import zones
from tandem.wire import mime
from tandem.wire.invitation import folded, parameter

GMAIL, OUTLOOK, APPLE = "gmail", "outlook", "apple"
CLIENTS = (GMAIL, OUTLOOK, APPLE)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and with what."""

    name: str
    email: str
    language: str
    timezone: str

    @property
    def client(self) -> str:
        return CLIENTS[sha256(self.email.encode()).digest()[0] % len(CLIENTS)]


@dataclass(frozen=True, slots=True)
class Event:
    """The one VEVENT of a mail that came, in its own lines."""

    method: str
    uid: str
    sequence: int
    organizer: str  # without mailto:
    summary: str  # escaped as it stands
    dtstart: str  # the whole line
    lines: dict[str, str]  # by property name, unfolded; the first of each
    timezone: str  # the VTIMEZONE block, CRLF, or ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader sees it."""

    from_name: str
    from_address: str
    reply_to: str
    to_address: str
    message_id: str
    references: str
    subject: str  # decoded
    raw_subject: str  # unfolded, as it stands
    text: str
    html: str = ""
    calendar: str = ""
    event: Event | None = None


def read(raw: bytes) -> Letter:
    """The letter in a mail's octets. Raises ValueError or RecursionError for what no mail program would write."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    bodies = {"text/plain": "", "text/html": "", "text/calendar": ""}
    for part in message.walk():
        kind = part.get_content_type()
        if kind in bodies and not bodies[kind]:
            bodies[kind] = _body(part)
    headers = {name.lower(): _unfolded(str(value)) for name, value in reversed(message.items())}
    name, address = parseaddr(headers.get("from", ""))
    return Letter(
        from_name=_decoded(name),
        from_address=address,
        reply_to=parseaddr(headers.get("reply-to", ""))[1] or address,
        to_address=parseaddr(headers.get("to", ""))[1].lower(),
        message_id=headers.get("message-id", ""),
        references=headers.get("references", ""),
        subject=_decoded(headers.get("subject", "")),
        raw_subject=headers.get("subject", ""),
        text=bodies["text/plain"],
        html=bodies["text/html"],
        calendar=bodies["text/calendar"],
        event=_event(bodies["text/calendar"]) if bodies["text/calendar"] else None,
    )


def _body(part: email.message.Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        text = data.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset that nobody knows
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n[ \t]+", " ", value).strip()


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, UnicodeError):
        return value


def _event(text: str) -> Event | None:
    lines = re.sub(r"\n[ \t]", "", text).split("\n")
    names: dict[str, str] = {}
    inside = False
    method = ""
    for line in lines:
        name = re.split("[;:]", line, maxsplit=1)[0].upper()
        if name == "METHOD":
            method = line.partition(":")[2].strip()
        if line == "BEGIN:VEVENT":
            inside = True
        elif line == "END:VEVENT":
            break
        elif inside:
            names.setdefault(name, line)
    if "UID" not in names:
        return None
    zone = re.search(r"BEGIN:VTIMEZONE\n.*?END:VTIMEZONE\n", text, re.S)

    def value(name: str) -> str:
        return names.get(name, "").partition(":")[2].strip()

    return Event(
        method=method,
        uid=value("UID"),
        sequence=int(value("SEQUENCE") or 0),
        organizer=re.sub("(?i)^mailto:", "", names.get("ORGANIZER", "").rpartition("mailto:")[2]),
        summary=value("SUMMARY"),
        dtstart=names.get("DTSTART", ""),
        lines=names,
        timezone=zone[0].replace("\n", "\r\n") if zone else "",
    )


# -- an answer to an invitation

_ANSWERED = {
    "en": ("Accepted", "Declined", "Tentative"),
    "fr": ("Accepté", "Refusé", "Provisoire"),
    "es": ("Aceptado", "Rechazado", "Provisional"),
    "pt": ("Aceito", "Recusado", "Provisório"),
    "de": ("Zugesagt", "Abgelehnt", "Mit Vorbehalt"),
    "ar": ("مقبول", "مرفوض", "مبدئي"),
    "hi": ("स्वीकृत", "अस्वीकृत", "अस्थायी"),
    "zh": ("已接受", "已拒绝", "暂定"),
    "ja": ("承諾", "辞退", "仮承諾"),
}
_SAYS = {  # what Gmail writes above the button's answer
    "en": ("has accepted this invitation.", "has declined this invitation.", "has replied “Maybe” to this invitation."),
    "fr": ("a accepté cette invitation.", "a refusé cette invitation.", "a répondu « Peut-être » à cette invitation."),
    "es": ("ha aceptado esta invitación.", "ha rechazado esta invitación.", "ha respondido «Quizás» a esta."),
    "pt": ("aceitou este convite.", "recusou este convite.", "respondeu “Talvez” a este convite."),
    "de": ("hat diese Einladung angenommen.", "hat diese Einladung abgelehnt.", "hat mit „Vielleicht“ geantwortet."),
}
_PRODID = {
    GMAIL: "-//Google Inc//Google Calendar 70.9054//EN",
    OUTLOOK: "Microsoft Exchange Server 2010",
    APPLE: "-//Apple Inc.//macOS 14.5//EN",
}
PARTSTATS = ("ACCEPTED", "DECLINED", "TENTATIVE")


def rsvp(writer: Writer, letter: Letter, partstat: str, at: datetime) -> bytes:
    """The REPLY to the invitation in that letter, to its ORGANIZER. `at` is aware."""
    event = letter.event
    if event is None:
        raise ValueError("the letter holds no invitation")
    calendar = _reply(writer, event, partstat, at)
    words = _ANSWERED.get(writer.language.split("-")[0], _ANSWERED["en"])
    word = words[PARTSTATS.index(partstat)]
    summary = re.sub(r"\\([\\;,nN])", lambda m: " " if m[1] in "nN" else m[1], event.summary)
    head = _head(writer, event.organizer or letter.from_address, f"{word}: {summary}", at, event.uid + partstat, letter)
    mark = _mark(writer, at, event.uid)
    if writer.client == GMAIL:
        says = _SAYS.get(writer.language.split("-")[0], _SAYS["en"])
        sentence = f"{writer.name} {says[PARTSTATS.index(partstat)]}"
        from_google = "Invitation from Google Calendar: https://calendar.google.com/calendar/"
        said = f"{sentence}\r\n\r\n{summary}\r\n\r\n{from_google}\r\n"
        html = f"<html><body><p>{escape(sentence)}</p><h2>{escape(summary)}</h2><p>{from_google}</p></body></html>\r\n"
        inner = _multipart("alternative", f"000000000000{mark}02", [
            _part('text/plain; charset="UTF-8"; format=flowed; delsp=yes', said.encode()),
            _part('text/html; charset="UTF-8"', html.encode()),
            _part('text/calendar; charset="UTF-8"; method=REPLY', calendar),
        ])  # fmt: skip
        attached = _part('application/ics; name="invite.ics"', calendar, 'attachment; filename="invite.ics"')
        body = _multipart("mixed", f"000000000000{mark}01", [inner, attached])
    elif writer.client == OUTLOOK:
        body = _multipart("alternative", f"_000_{mark}example_", [
            _part('text/plain; charset="utf-8"', b"\r\n"),
            _part('text/calendar; charset="utf-8"; method=REPLY', calendar),
        ])  # fmt: skip
    else:  # Apple names no method, and puts the part into mixed
        body = _multipart("mixed", f"Apple-Mail-{mark}", [
            _part("text/plain; charset=us-ascii", b"\r\n"),
            _part("text/calendar; charset=utf-8; name=iCal-reply.ics", calendar, "attachment; filename=iCal-reply.ics"),
        ])  # fmt: skip
    return head + body


def _reply(writer: Writer, event: Event, partstat: str, at: datetime) -> bytes:
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    attendee = f"ATTENDEE;PARTSTAT={partstat};CN={parameter(writer.name)}:mailto:{writer.email}"
    lines = ["BEGIN:VEVENT", f"UID:{event.uid}", f"SEQUENCE:{event.sequence}", f"DTSTAMP:{stamp}"]
    lines += [event.lines[name] for name in ("DTSTART", "DTEND", "SUMMARY") if name in event.lines]
    if writer.client == OUTLOOK:  # Exchange leaves ORGANIZER out
        lines += [
            f"ATTENDEE;PARTSTAT={partstat};CN={parameter(writer.name)}:MAILTO:{writer.email}",
            "CLASS:PUBLIC",
            "PRIORITY:5",
            "TRANSP:OPAQUE",
            "STATUS:CONFIRMED",
            "X-MICROSOFT-CDO-APPT-SEQUENCE:" + str(event.sequence),
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        ]
    elif writer.client == GMAIL:
        lines += [
            event.lines.get("ORGANIZER", ""),
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};"
            f"CN={parameter(writer.name)};X-NUM-GUESTS=0:mailto:{writer.email}",
            f"CREATED:{stamp}",
            f"LAST-MODIFIED:{stamp}",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
        ]
    else:
        lines += [event.lines.get("ORGANIZER", ""), attendee, f"LAST-MODIFIED:{stamp}"]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    head = f"BEGIN:VCALENDAR\r\nPRODID:{_PRODID[writer.client]}\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n"
    body = b"".join(folded(line) for line in lines if line)
    return head.encode() + b"METHOD:REPLY\r\n" + event.timezone.encode() + body


# -- words, above the mail that they answer

_WROTE = {
    "en": "On {day}, {name} <{address}> wrote:",
    "fr": "Le {day}, {name} <{address}> a écrit :",
    "es": "El {day}, {name} (<{address}>) escribió:",
    "pt": "Em {day}, {name} <{address}> escreveu:",
    "de": "Am {day} schrieb {name} <{address}>:",
    "hi": "{day} को {name} <{address}> ने लिखा:",
    "ar": "في {day} كتب {name} <{address}>:",
    "zh": "{name} <{address}> 于{day}写道：",
    "ja": "{day} {name} <{address}>:",
}
_WHEN = {
    "en": "EEE, d MMM y 'at' HH:mm",
    "fr": "EEE d MMM y 'à' HH:mm",
    "es": "EEE, d MMM y 'a' 'las' HH:mm",
    "pt": "EEE, d 'de' MMM 'de' y 'às' HH:mm",
    "de": "EEE, d. MMM y 'um' HH:mm 'Uhr'",
    "hi": "EEE, d MMM y, HH:mm 'बजे'",
    "ar": "EEE، d MMM y HH:mm",
    "zh": "y年M月d日EEE HH:mm",
    "ja": "y年M月d日(EEE) HH:mm",
}
_HEADERS = {
    "en": ("From", "Sent", "To", "Subject"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
}
_REPLIED = {"de": "AW", "es": "RE", "pt": "RES"}  # what Outlook puts before the subject, where not RE


def answer(writer: Writer, letter: Letter, words: str, at: datetime, arrived: datetime) -> bytes:
    """A reply of those words to the letter's Reply-To, quoting it. `arrived` is when the letter came."""
    language = writer.language.split("-")[0]
    quote = letter.text.rstrip("\n")
    name = letter.from_name or letter.from_address
    day = _when(arrived, writer, language)
    wrote = _WROTE.get(language, _WROTE["en"]).format(day=day, name=name, address=letter.from_address)
    prefix = "Re"
    if writer.client == OUTLOOK:
        prefix = _REPLIED.get(language, "RE")
        labels = _HEADERS.get(language, _HEADERS["en"])
        values = (f"{name} <{letter.from_address}>", day, f"{writer.name} <{writer.email}>", letter.subject)
        wrote = "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
        plain = f"{words}\n\n________________________________\n{wrote}\n\n{quote}\n"
    elif writer.client == GMAIL:
        plain = f"{words}\n\n{wrote}\n\n" + "".join(f"> {line}".rstrip() + "\n" for line in quote.split("\n"))
    else:
        quoted = [wrote, "", *quote.split("\n")]
        plain = f"{words}\n\n" + "".join(f"> {line}".rstrip() + "\n" for line in quoted)
    subject = letter.subject if re.match(r"(?i)(re|aw|res)\s*:", letter.subject) else f"{prefix}: {letter.subject}"
    head = _head(writer, letter.reply_to, subject, at, letter.message_id + words, letter)
    mark = _mark(writer, at, letter.message_id)
    parts = [
        _part("text/plain; charset=UTF-8", plain.encode()),
        _part("text/html; charset=UTF-8", _html(writer, words, wrote, quote).encode()),
    ]
    boundary = {
        GMAIL: f"000000000000{mark}",
        OUTLOOK: f"_000_{mark}example_",
        APPLE: f"Apple-Mail={mark}",
    }[writer.client]
    return head + _multipart("alternative", boundary, parts)


def _html(writer: Writer, words: str, wrote: str, quote: str) -> str:
    def lines(text: str) -> str:
        return escape(text).replace("\n", "<br>\n")

    if writer.client == GMAIL:
        return (
            f'<div dir="auto">{lines(words)}</div><br><div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{lines(wrote)}<br></div><blockquote class="gmail_quote" '
            f'style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">{lines(quote)}</blockquote></div>\n'
        )
    if writer.client == OUTLOOK:
        return (
            f'<html><body dir="auto"><div class="elementToProof">{lines(words)}</div>'
            f'<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
            f'<div id="divRplyFwdMsg" dir="auto"><font face="Calibri, sans-serif">{lines(wrote)}</font></div>'
            f"<div>{lines(quote)}</div></body></html>\n"
        )
    return (
        f'<html><body dir="auto">{lines(words)}<br><div><br><blockquote type="cite"><div>{lines(wrote)}</div><br>'
        f"<div>{lines(quote)}</div></blockquote></div></body></html>\n"
    )


def _when(moment: datetime, writer: Writer, language: str) -> str:
    from babel.dates import format_datetime

    pattern = _WHEN.get(language, _WHEN["en"])
    locale = language if language in _WHEN else "en"
    local = zones.local(moment, writer.timezone)
    return format_datetime(local.replace(tzinfo=None), pattern, locale=locale)


# -- RFC 5322 and MIME


def _head(writer: Writer, to: str, subject: str, at: datetime, about: str, letter: Letter) -> bytes:
    host = writer.email.rpartition("@")[2]
    identity = sha256(f"{writer.email}|{at.isoformat()}|{about}".encode()).hexdigest()
    kind = {GMAIL: f"CA+{identity[:40]}@mail.{host}", OUTLOOK: f"{identity[:32].upper()}@{host}"}
    lines = [
        mime.mailbox("From", writer.name, writer.email),
        mime.mailbox("To", letter.from_name, to),
        mime.unstructured("Subject", subject),
        f"Date: {mime.date_header(at)}\r\n",
        f"Message-ID: {mime.message_id(kind.get(writer.client, identity[:36].upper() + '@' + host))}\r\n",
    ]
    if letter.message_id:
        lines.append(f"In-Reply-To: {letter.message_id}\r\n")
        older = [ref for ref in letter.references.split() if ref != letter.message_id]
        lines.append("References: " + "\r\n ".join([*older, letter.message_id]) + "\r\n")
    if writer.client == APPLE:
        lines.append("X-Mailer: Apple Mail (2.3774.600.62)\r\n")
    lines.append("MIME-Version: 1.0\r\n")
    return "".join(lines).encode()


def _mark(writer: Writer, at: datetime, about: str) -> str:
    return sha256(f"{writer.email}|{at.isoformat()}|{about}|mark".encode()).hexdigest()[:24]


def _part(content_type: str, data: bytes, disposition: str | None = None) -> bytes:
    crlf = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = f"Content-Type: {content_type}\r\n"
    if disposition:
        head += f"Content-Disposition: {disposition}\r\n"
    if crlf.isascii() and all(len(line) < 900 for line in crlf.split(b"\r\n")):
        return f"{head}Content-Transfer-Encoding: 7bit\r\n\r\n".encode() + crlf
    flat = b64encode(crlf)
    lines = b"\r\n".join(flat[at : at + 76] for at in range(0, len(flat), 76))
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode() + lines + b"\r\n"


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    opening = f"--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + opening + (b"\r\n" + opening).join(parts) + f"\r\n--{boundary}--\r\n".encode()


