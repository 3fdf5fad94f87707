"""What the table holds is what the core has: there and back."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.aws.codec import UnknownForm, moment, pack, stamp, unpack
from tandem.core.messages import Message
from tandem.core.partnership import Partnership
from tandem.core.post import Box
from tests.support.agreements import agreement

_utc = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_state = {
    "signed": st.dictionaries(_text, _utc, max_size=2),
    "last_words": st.dictionaries(_text, _utc, max_size=3),
    "done": st.dictionaries(_text, _utc, max_size=3),
    "review_answers": st.dictionaries(_text, st.dictionaries(_text, _json, max_size=3), max_size=2),
    "ended": st.none() | _utc,
    "serial": st.integers(0, 2**31),
}
for _name in ("meetings", "offers", "actions", "words", "escalations", "pending", "proposals", "questions",
              "undoables", "departures", "pauses", "renewals"):  # fmt: skip
    _state[_name] = st.deferred(lambda name=_name: _field(name))


def _field(name: str) -> st.SearchStrategy[Any]:
    return _member(typing.get_type_hints(Partnership)[name])


def _member(kind: type) -> st.SearchStrategy[Any]:
    """A value of that dataclass, JSON where a field says Any, UTC where it says datetime."""
    if kind is datetime:
        return _utc
    if kind is str:
        return _text
    if kind is Any:
        return _json
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{f.name: _member(hints[f.name]) for f in dataclasses.fields(kind)})
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if args[-1] is Ellipsis:
            return st.lists(_member(args[0]), max_size=2).map(tuple)
        return st.tuples(*map(_member, args))
    if origin is dict:
        return st.dictionaries(_member(args[0]), _member(args[1]), max_size=2)
    if args:
        return st.one_of(*(st.none() if a is type(None) else _member(a) for a in args))
    return st.from_type(kind)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(_state))
def test_a_state_comes_back_as_it_was(changes: dict[str, Any]) -> None:
    state = replace(Partnership(agreement(), datetime(2026, 8, 18, tzinfo=UTC)), **changes)
    assert unpack(pack(state), Partnership) == state


@settings(max_examples=60, deadline=None)
@given(_member(Message))
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    assert unpack(pack(message), Message) == message
    assert unpack(pack((message, message)), tuple[Message, ...]) == (message, message)


@settings(max_examples=60, deadline=None)
@given(_member(Box))
def test_a_postbox_comes_back_as_it_was(box: Box) -> None:
    assert unpack(pack(box), Box) == box


def test_a_year_of_a_partnership_is_small() -> None:
    assert len(pack(Partnership(agreement(), datetime(2026, 8, 18, tzinfo=UTC)))) < 8_000


def test_a_field_that_is_new_takes_its_default_and_one_that_is_gone_is_passed_over() -> None:
    state = Partnership(agreement(), datetime(2026, 8, 18, tzinfo=UTC))
    fields = unpack(pack(state), dict)  # type: ignore[type-arg]
    del fields["pauses"]
    fields["of an older day"] = 1
    assert unpack(pack(fields), Partnership) == state


def test_what_is_of_another_form_or_type_is_refused() -> None:
    with pytest.raises(UnknownForm):
        unpack(b"\x02x", Box)
    with pytest.raises(UnknownForm):
        unpack(b"", Box)
    with pytest.raises(msgspec.ValidationError):
        unpack(pack({"address": 1}), Box)


@given(_utc, _utc)
def test_stamps_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)
    assert moment(stamp(one)) == one
    assert stamp(one.astimezone(timezone(timedelta(hours=5, minutes=45)))) == stamp(one)


def test_a_time_without_an_offset_is_no_moment() -> None:
    with pytest.raises(ValueError, match="offset"):
        stamp(datetime(2026, 1, 1))  # noqa: DTZ001
