"""A value of the core as compact octets, and back: JSON by msgspec, deflated.

    pack(partnership) ──► b"\\x01..."      unpack(octets, Partnership) ──► the same value

One codec for every type: whatever is made of dataclasses, text, numbers, dates, datetimes, tuples and dicts with text
keys. The first octet names the form, so that a later one can be told apart. A field that a newer version of the type
has added takes its default; one that it has dropped is passed over.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_FORM = b"\x01"  # deflated JSON
_LEVEL = 4  # of deflate: within a few per cent of the best, at a third of its time
_encode = msgspec.json.Encoder().encode


class UnknownForm(ValueError):
    """The octets are of a form that this version does not know."""


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def pack(value: Any) -> bytes:
    """The value as octets. Raises TypeError for what the JSON form can't hold."""
    return _FORM + zlib.compress(_encode(value), _LEVEL)


def unpack(octets: bytes, kind: type[T]) -> T:
    """The value of that type. Raises UnknownForm, or msgspec.ValidationError where it is of another type."""
    if octets[:1] != _FORM:
        raise UnknownForm(f"form {octets[:1].hex() or 'none'}")
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    value: T = _decoders[kind].decode(zlib.decompress(octets[1:]))
    return value


def moment(text: str) -> datetime:
    """An aware datetime in UTC from the text that `stamp` gave."""
    return datetime.fromisoformat(text)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC, always of the same width, so that text order is time order: 2026-10-06T14:00:00.000000Z."""
    if at.tzinfo is None:
        raise ValueError("a time without an offset")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
