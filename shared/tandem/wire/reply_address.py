"""The address that a reply goes to: `reply+TOKEN@domain`, with a token that nobody can guess.

The token follows from a mail's id by a secret key (HMAC, RFC 2104), so that the same mail always has the same; which
person, purpose and meeting it stands for is looked up by it, in what was stored when the mail was sent. Mail systems may
write an address in capitals: the token is base32 in lower case and read in any.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

PREFIX = "reply+"
_OCTETS = 15  # 120 bits, 24 letters
_TOKEN = re.compile(r"[a-z2-7]{24}")


def token(key: bytes, message_id: str) -> str:
    """24 letters and digits for that mail; not to be guessed without the key."""
    digest = hmac.new(key, message_id.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_OCTETS]).decode("ascii").lower()


def address(a_token: str, domain: str) -> str:
    """The reply address with that token (RFC 5321 4.5.3.1.1: the local part stays far under 64 octets)."""
    return f"{PREFIX}{a_token}@{domain}"


def token_of(an_address: str, domain: str) -> str | None:
    """The token of a reply address in that domain; None for any other address."""
    local, _, host = an_address.strip().lower().rpartition("@")
    found = local.removeprefix(PREFIX)
    if host != domain.lower() or not local.startswith(PREFIX) or not _TOKEN.fullmatch(found):
        return None
    return found
