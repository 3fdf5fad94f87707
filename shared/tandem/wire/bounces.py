"""Returned mail: whether a mail is one, whom it could not reach, and whether for good.

A delivery-status part (RFC 3464, RFC 6533) is read here; the many forms of older programs are left to flufl.bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

from tandem.wire import headers
from tandem.wire.automatic import header, voices
from tandem.wire.folding import fold
from tandem.wire.inbound import InboundMail

_FIELD = re.compile(r"([A-Za-z-]{3,40})\s*:[ \t]*(.*)")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])\d\d\b")
_POSTMASTER = re.compile(
    r"(?:mailer-?daemon|postmaster|poostmaster|mdaemon|mail-?delivery|mailadm|bounces?|maildaemon|mmdf)\b"
)
_AT_LINE_START = re.compile(r"^[ ]{0,8}<?([^<>\s:;()]{1,64}@[^<>\s:;()]{1,250})>?(?:[ ]{0,3}[:(]|[ ]*$)", re.M)
_SEARCHED = 64 * 1024  # characters of the text that flufl.bounce sees
# Permanent for this message, not for the mailbox: full (X.2.2), too long (X.2.3, X.3.4), expired (X.4.7); RFC 3463
_PASSING = {("2", "2"), ("2", "3"), ("3", "4"), ("4", "7")}


@dataclass(frozen=True, slots=True)
class Bounce:
    """`recipients` are the addresses that it may mean, lower case, likeliest first."""

    recipients: tuple[str, ...]
    hard: bool


def read(mail: InboundMail) -> Bounce | None:
    """None where the mail is no report that a mail could not be (or was not yet) delivered."""
    if mail.report_type == "delivery-status":
        found = _delivery_status(mail)
        if found is not None or mail.report.strip():
            return found
    named = header(mail, "x-failed-recipients")
    if named and _from_a_server(mail):
        addresses = tuple(headers.mailboxes(named, 10))
        return Bounce(addresses, _hard(mail.whole_text[:4000]))
    if not _returned(mail):
        return None
    permanent, temporary = _by_flufl(mail)
    addresses = permanent or temporary or tuple(headers.mailboxes(named, 10)) or _at_line_starts(mail)
    return Bounce(addresses, not temporary and _hard(mail.whole_text[:4000], unless_said=True))


def _at_line_starts(mail: InboundMail) -> tuple[str, ...]:
    """`<a@b>:` or `<a@b>` at the beginning of a line, as qmail and Postfix write; not where the report came to."""
    matches = _AT_LINE_START.findall(mail.whole_text[:8000])
    found = [address for match in matches for address in headers.mailboxes(match, 1)]
    return tuple(dict.fromkeys(address for address in found if address not in mail.recipients))[:10]


def _from_a_server(mail: InboundMail) -> bool:
    local = (mail.from_address or "").partition("@")[0]
    return bool(_POSTMASTER.match(local)) or header(mail, "return-path").replace(" ", "") == "<>" or not local


def _returned(mail: InboundMail) -> bool:
    """By sender, subject and first words: two of them must agree, since people forward returned mail."""
    local = (mail.from_address or "").partition("@")[0]
    name = fold(mail.from_name)
    v = voices()
    subject = fold(mail.subject[:200]).strip()
    signs = 0
    null_path = header(mail, "return-path").replace(" ", "").lower() in ("<>", "<mailer-daemon>")
    daemon = "mail delivery" in name or "mailer-daemon" in fold(header(mail, "from"))[:200]
    if _POSTMASTER.match(local) or daemon or null_path:
        signs += 1
    if any(subject.startswith(word) for word in v.returned) or "mail failure" in subject:
        signs += 1
    if mail.content_type == "multipart/report" and mail.report_type == "delivery-status":
        signs += 1
    if signs == 1:
        text = fold(mail.whole_text[:3000])
        signs += any(word in text for word in v.undelivered)
    return signs >= 2


def _delivery_status(mail: InboundMail) -> Bounce | None:
    """The recipients of the first failed (else delayed) group; None where all was delivered."""
    failed: list[dict[str, str]] = []
    delayed: list[dict[str, str]] = []
    for group in re.split(r"\n[ ]*\n", mail.report.replace("\r", "")):
        fields = _fields(group)
        if not fields.get("final-recipient") and not fields.get("original-recipient"):
            continue
        action = fields.get("action", "").split("(")[0].strip().lower()
        status = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        if action in ("delivered", "relayed", "expanded") and not (status and status[1] == "5"):
            continue
        if action == "failed" or (not action and not (status and status[1] == "4")):
            failed.append(fields)
        else:
            delayed.append(fields)
    groups = failed or delayed
    if not groups:
        return None
    recipients = dict.fromkeys(
        address
        for name in ("final-recipient", "original-recipient", "x-actual-recipient")
        for fields in groups
        for address in _recipient(fields.get(name, ""))
    )
    if not recipients:
        recipients = dict.fromkeys(headers.mailboxes(header(mail, "x-failed-recipients"), 10))
    said = "\n".join(groups[0].get(name, "") for name in ("status", "diagnostic-code"))
    return Bounce(tuple(recipients), bool(failed) and _hard(said))


def _fields(group: str) -> dict[str, str]:
    out: dict[str, str] = {}
    last = ""
    for line in group.split("\n"):
        if line[:1] in (" ", "\t") and last:
            out[last] += " " + line.strip()
        elif found := _FIELD.match(line):
            last = found[1].lower()
            if last in out:
                last = ""
            else:
                out[last] = found[2].strip()
    return out


def _recipient(value: str) -> list[str]:
    """`rfc822; a@b`: the type, then an address with or without brackets (RFC 3464 2.3.2), xtext undone (RFC 3461)."""
    _, semicolon, address = value.partition(";")
    address = address if semicolon else value
    address = re.sub(r"\+([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), address) if "@" not in address else address
    found = headers.mailboxes(address, 3)
    if found:
        return found
    bare = address.strip().strip("<>").strip().lower()
    return [bare] if bare and len(bare) <= 254 and not re.search(r"\s", bare) else []


def _hard(text: str, unless_said: bool = False) -> bool:
    """Whether a status says so: class 5, and about the mailbox rather than the message; `unless_said` without one."""
    status = _STATUS.search(text)
    if status is not None:
        return status[1] == "5" and (status[2], status[3]) not in _PASSING
    code = _REPLY_CODE.search(text)
    return code[1] == "5" if code is not None else unless_said


def _by_flufl(mail: InboundMail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """flufl.bounce on a plain copy: it never sees a stranger's MIME structure, only headers and text within bounds."""
    # 50 ms to load, for the few mails that are returned
    from flufl.bounce import all_failures

    copy = Message()
    copy["From"] = mail.from_address or "mailer-daemon@mail.invalid"  # some detectors fail without one
    for name, value in mail.headers[:60]:
        if name in ("to", "subject", "date", "message-id", "x-failed-recipients", "x-mailer"):
            copy[name.title()] = re.sub(r"[^\x20-\x7e]", "?", value[:500])
    copy["Content-Type"] = "text/plain"
    lines = [line[:500] for line in mail.whole_text[:_SEARCHED].split("\n")[:500]]
    copy.set_payload("\n".join(lines).encode("ascii", "replace").decode("ascii"))
    try:
        temporary, permanent = all_failures(copy)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, LookupError, RecursionError):
        # it promises nothing for hostile input
        return (), ()
    return _addresses(permanent), _addresses(temporary)


def _addresses(found: Iterable[bytes | str]) -> tuple[str, ...]:
    texts = sorted(a.decode("ascii", "replace") if isinstance(a, bytes) else a for a in found)
    return tuple(dict.fromkeys(address for text in texts for address in headers.mailboxes(text, 1)))[:10]
