"""Addresses that a mail is answered to: a token that nobody can guess, and nothing else.

What a token stands for (partnership, person, kind of mail, meeting) does not fit into a local part of 64 octets
without saying too much: it is stored when the mail is sent, and looked up by the token. Mail systems change the case
of local parts, so the alphabet has one case only. A token says no more than which mail is answered; whose answer it
is, From must say (`trust`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_PREFIX = "r+"
_OCTETS = 15  # 120 bits, 24 letters
_LETTERS = 24
_TOKEN = re.compile(rf"[a-z2-7]{{{_LETTERS}}}\Z")


def token(key: bytes, message_id: str) -> str:
    """The token of a mail of ours, the same whenever it is made; `message_id` is the message's own id.

    Raises ValueError for an empty key: such tokens could be guessed.
    """
    if not key:
        raise ValueError("a reply address needs a key")
    digest = hmac.new(key, b"reply-address\0" + message_id.encode("utf-8"), hashlib.sha256).digest()
    return base64.b32encode(digest[:_OCTETS]).decode("ascii").lower()


def address(reply_token: str, domain: str) -> str:
    """`r+TOKEN@domain`."""
    return f"{_PREFIX}{reply_token}@{domain}"


def token_of(recipient: str, domain: str) -> str | None:
    """The token of an address of ours, in any case; None for every other address."""
    local, _, where = recipient.strip().lower().rpartition("@")
    if where != domain.lower() or not local.startswith(_PREFIX):
        return None
    found = local.removeprefix(_PREFIX)
    return found if _TOKEN.match(found) else None
