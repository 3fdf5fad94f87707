"""A reply address holds a token that cannot be guessed and survives what mail systems do to addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.wire import headers, reply_address


@given(st.text(max_size=200))
def test_the_token_comes_back_from_the_address_in_any_case(message_id: str) -> None:
    token = reply_address.token(b"key", message_id)
    address = reply_address.address(token, "tandem.example")
    assert reply_address.token_of(address, "tandem.example") == token
    assert reply_address.token_of(address.upper(), "Tandem.Example") == token
    assert len(address.partition("@")[0]) <= 64
    assert headers.valid(address)


def test_the_token_depends_on_key_and_message_alone() -> None:
    assert reply_address.token(b"key", "a") == reply_address.token(b"key", "a")
    assert len({reply_address.token(key, message) for key in (b"k", b"l") for message in ("a", "b")}) == 4


def test_without_a_key_there_is_no_token() -> None:
    with pytest.raises(ValueError, match="key"):
        reply_address.token(b"", "a")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "r+@tandem.example",
        "r+abc@tandem.example",
        "r+abcdefghijklmnopqrstuvw1@tandem.example",
        "abcdefghijklmnopqrstuvwx@tandem.example",
        "r+abcdefghijklmnopqrstuvwx@other.example",
        "r+abcdefghijklmnopqrstuvwx@tandem.example.evil.example",
        "x",
    ],
)
def test_another_address_has_none(address: str) -> None:
    assert reply_address.token_of(address, "tandem.example") is None
