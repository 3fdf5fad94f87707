"""A mail as RFC 5322 octets: built by hand, because the standard library's way costs some milliseconds a message.

    Outbound(...)  ──message──►  b"From: ...\\r\\n..."

Without a calendar the body is multipart/alternative{text/plain, text/html}. With one it is

    multipart/mixed
      multipart/alternative
        text/plain
        text/html
        text/calendar; charset=UTF-8; method=REQUEST
      application/ics, invite.ics: the same octets

which Gmail, Outlook, Apple and Yahoo all show with their buttons. The same `Outbound` gives the same octets: nothing
here is random and nothing reads a clock.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = 76  # characters of a header line; RFC 5322 2.1.1 wants 78 at most, RFC 2047 has 76 for encoded words
_ID = 250  # characters of a msg-id: it can't be folded
_WORD = 75  # of an encoded word, RFC 2047 2


@dataclass(frozen=True, slots=True)
class Outbound:
    """One mail to one reader. `date` is aware; addresses are bare; texts are Unicode with any line ends.

    `message_id`, and each of `references`, is `left@right`, with or without angle brackets. A meeting's mails share
    one reference, by which mailboxes thread them. `calendar` is what `tandem.wire.invitation.calendar_part` gives,
    and `method` its METHOD. `headers` are further ones, as (name, text).
    """

    message_id: str
    date: datetime
    from_name: str
    from_address: str
    reply_to: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    method: str | None = None
    language: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = "auto-generated"
    headers: tuple[tuple[str, str], ...] = ()


_CONTROL = re.compile("[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")  # what a display name may be without quotes
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_NOT_IN_AN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f<>\u2028\u2029]")
_NOT_IN_AN_ID = re.compile(r"[^\x21-\x3b\x3d\x3f-\x7e]")  # angle brackets, blanks, controls, anything beyond ASCII
_Q_LITERAL = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")  # RFC 2047 5 (3)


def one_line(text: str) -> str:
    """Text for a header: each run of spaces and control characters, line ends among them, becomes one space."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).strip()


def _encoded_words(text: str, first_room: int) -> list[str]:
    """Text as encoded words (RFC 2047) of whole characters, in Q or B, whichever is shorter for all of it."""
    raw = text.encode()
    in_q = sum(1 if byte in _Q_LITERAL or byte == 0x20 else 3 for byte in raw) < (len(raw) + 2) // 3 * 4
    words: list[str] = []
    room = min(_WORD, first_room) - len("=?utf-8?q??=")
    piece, length = "", 0

    def close() -> None:
        octets = piece.encode()
        if in_q:
            inner = "".join(chr(b) if b in _Q_LITERAL else "_" if b == 0x20 else f"={b:02X}" for b in octets)
            words.append(f"=?utf-8?q?{inner}?=")
        else:
            words.append(f"=?utf-8?b?{b64encode(octets).decode('ascii')}?=")

    for character in text:
        octets = character.encode()
        added = sum(1 if b in _Q_LITERAL or b == 0x20 else 3 for b in octets) if in_q else len(octets)
        full = length + added > room if in_q else (length + added + 2) // 3 * 4 > room
        if full and piece:
            close()
            piece, length, room = "", 0, _WORD - len("=?utf-8?q??=")
        piece, length = piece + character, length + added
    close()
    return words


def _folded(name: str, words: list[str]) -> str:
    """`Name: words`, with a line end before each word that would not fit."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > _LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    return "\r\n".join(lines) + "\r\n"


def _plain(text: str) -> bool:
    return text.isascii() and "=?" not in text and all(len(word) < _LINE for word in text.split(" "))


def unstructured(name: str, text: str) -> str:
    """A header of free text, encoded and folded, with its CRLF."""
    text = one_line(text)
    if _plain(text):
        return _folded(name, text.split(" "))
    return _folded(name, _encoded_words(text, _LINE - len(name) - 2))


def address(text: str) -> str:
    """An addr-spec (RFC 5322 3.4.1): bare of what could end it, its local part in quotes where that needs them."""
    local, _, domain = _NOT_IN_AN_ADDRESS.sub("", text).rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            domain = domain.encode("ascii", "ignore").decode("ascii")
    domain = re.sub(r"[^A-Za-z0-9.\-\[\]:]", "", domain)
    if not _DOT_ATOM.match(local) and local.isascii() and not (local[:1] == local[-1:] == '"' and len(local) > 2):
        local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{local}@{domain}"


def mailbox(name: str, display: str, mail: str) -> str:
    """A header with one mailbox: `Display Name <local@domain>`, with its CRLF."""
    display = one_line(display)
    spec = f"<{address(mail)}>" if display else address(mail)
    if not display:
        words = []
    elif _plain(display) and len(display) < 60:
        words = display.split() if _ATOMS.match(display) else [_quoted(display)]
    else:
        words = _encoded_words(display, _LINE - len(name) - 2)
    return _folded(name, [*words, spec])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def message_id(text: str) -> str:
    """A msg-id with its angle brackets, of the characters that one may hold."""
    return f"<{_NOT_IN_AN_ID.sub('', text)[:_ID]}>"


def date_header(moment: datetime) -> str:
    """RFC 5322 3.3, in UTC, in English on every machine."""
    t = moment.astimezone(UTC)
    return f"{_DAYS[t.weekday()]}, {t.day:02} {_MONTHS[t.month - 1]} {t.year:04} {t:%H:%M:%S} +0000"


def _crlf(text: str) -> bytes:
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    if not clean.endswith("\r\n"):
        clean += "\r\n"
    return _SURROGATE.sub("\ufffd", clean).encode()


def _transfer(body: bytes) -> bytes:
    """Content-Transfer-Encoding and the encoded body, whichever of quoted-printable and base64 is smaller.

    `body` has CRLF at the end of every line, the last too.
    """
    quoted = b2a_qp(body)
    if len(quoted) <= (len(body) + 2) // 3 * 4 * 78 // 76:
        return b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted
    flat = b64encode(body)
    lines = b"\r\n".join(flat[at : at + 76] for at in range(0, len(flat), 76))
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + lines + b"\r\n"


def _multipart(boundary: bytes, parts: list[bytes]) -> bytes:
    opening = b"--" + boundary + b"\r\n"
    return opening + (b"\r\n" + opening).join(parts) + b"\r\n--" + boundary + b"--\r\n"


def message(mail: Outbound) -> bytes:
    """The mail as octets: CRLF everywhere, no line above 998 octets, no header that a name or a subject could add.

    Raises ValueError where `method` is not the calendar part's METHOD (RFC 6047 2.4), or a further header's name is
    not one.
    """
    # "=_" occurs in neither quoted-printable nor base64, so no body can hold a boundary.
    mark = sha256(mail.message_id.encode("utf-8", "replace")).hexdigest()[:24].encode()
    outer, inner = b"=_m_" + mark, b"=_a_" + mark
    parts = [
        b"Content-Type: text/plain; charset=UTF-8\r\n" + _transfer(_crlf(mail.text)),
        b"Content-Type: text/html; charset=UTF-8\r\n" + _transfer(_crlf(mail.html)),
    ]
    alternative = b'Content-Type: multipart/alternative; boundary="' + inner + b'"\r\n'
    if mail.calendar is None:
        body = alternative + b"\r\n" + _multipart(inner, parts)
    else:
        method = (mail.method or "").encode("ascii", "replace")
        if not method or b"\r\nMETHOD:" + method + b"\r\n" not in mail.calendar:
            raise ValueError(f"method {mail.method!r} is not the calendar part's")
        calendar = _transfer(mail.calendar)
        parts.append(b"Content-Type: text/calendar; charset=UTF-8; method=" + method + b"\r\n" + calendar)
        attached = (
            b'Content-Type: application/ics; name="invite.ics"\r\n'
            b'Content-Disposition: attachment; filename="invite.ics"\r\n' + calendar
        )
        body = b'Content-Type: multipart/mixed; boundary="' + outer + b'"\r\n\r\n'
        body += _multipart(outer, [alternative + b"\r\n" + _multipart(inner, parts), attached])
    # Only an address can hold more than ASCII here: one with such a local part needs SMTPUTF8 (RFC 6532) anyway.
    return _head(mail).encode() + body


def _head(mail: Outbound) -> str:
    lines = [
        mailbox("From", mail.from_name, mail.from_address),
        mailbox("Reply-To", mail.from_name, mail.reply_to) if mail.reply_to else "",
        mailbox("To", mail.to_name, mail.to_address),
        unstructured("Subject", mail.subject),
        f"Date: {date_header(mail.date)}\r\n",
        f"Message-ID: {message_id(mail.message_id)}\r\n",
    ]
    if mail.references:
        ids = [message_id(reference) for reference in mail.references]
        lines.append(_folded("In-Reply-To", ids[-1:]))
        lines.append(_folded("References", ids))
    lines.append(unstructured("Auto-Submitted", mail.auto_submitted))
    if mail.language:
        lines.append(unstructured("Content-Language", mail.language))
    lines.append("X-Tandem: 1\r\n")
    for name, value in mail.headers:
        if not _TOKEN.match(name):
            raise ValueError(f"{name!r} is no header's name")
        lines.append(unstructured(name, value))
    lines.append("MIME-Version: 1.0\r\n")
    return "".join(lines)
