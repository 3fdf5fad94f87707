"""Whatever people write and whenever: what must hold in every partnership's life."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tandem.aws.codec import pack, unpack
from tandem.core.partnership import Partnership
from tests.support.agreements import agreement
from tests.support.histories import History, Mood, Surprise, moods, surprises
from tests.support.lives import utc

BOUNCES = st.lists(st.tuples(st.integers(0, 360), st.integers(0, 30)), max_size=1).map(tuple)
# Shrinking a year to what breaks it takes minutes: that is for the soak.
CALM = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def lives_a_year(mood: Mood, mails: list[Surprise], bounces: tuple[tuple[int, int], ...]) -> None:
    life = History(agreement(), mood, mails, bounces).live(utc(2027, 8, 20))
    assert unpack(pack(life.state), Partnership) == life.state


@pytest.mark.parametrize("part", range(8))
def test_what_must_hold_holds_in_two_hundred_random_years(part: int) -> None:
    @seed(part)
    @settings(max_examples=25, phases=[Phase.generate], **CALM)  # type: ignore[arg-type]
    @given(moods(), surprises(), BOUNCES)
    def years(mood: Mood, mails: list[Surprise], bounces: tuple[tuple[int, int], ...]) -> None:
        lives_a_year(mood, mails, bounces)

    years()


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_what_must_hold_holds_in_five_thousand_random_years(part: int) -> None:
    @seed(1000 + part)
    @settings(max_examples=250, **CALM)  # type: ignore[arg-type]
    @given(moods(), surprises(), BOUNCES)
    def years(mood: Mood, mails: list[Surprise], bounces: tuple[tuple[int, int], ...]) -> None:
        lives_a_year(mood, mails, bounces)

    years()
