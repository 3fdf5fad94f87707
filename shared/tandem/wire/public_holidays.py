"""Public holidays of a country, from the locked `holidays` package: category public, days in lieu too.

The package is loaded where it is first needed: it takes a quarter of a second, and most of what runs never asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tandem.core.agreement import Holiday


def holidays_for(country: str, years: Iterable[int]) -> tuple[Holiday, ...] | None:
    """The public holidays of an ISO 3166 country or subdivision (KE, GB-ENG) in those years, in order of days.

    Where the package does not know the subdivision, those of the country; None where it does not know the country.
    """
    return _holidays(country, tuple(sorted(set(years))))


def knows_subdivision(country: str) -> bool:
    """False where a subdivision is named and the package, which knows others of that country, does not know it."""
    import holidays

    code, _, part = country.partition("-")
    kind = getattr(holidays, code, None)
    return not part or kind is None or not kind.subdivisions or part in kind.subdivisions


@lru_cache(maxsize=64)
def _holidays(country: str, years: tuple[int, ...]) -> tuple[Holiday, ...] | None:
    import holidays

    code, _, part = country.partition("-")
    if code not in holidays.list_supported_countries(include_aliases=False):
        return None
    subdivision = part if part in getattr(holidays, code).subdivisions else None
    found = holidays.country_holidays(code, subdiv=subdivision, years=years, categories="public", language="en_US")
    return tuple(Holiday(day, name) for day, name in sorted(found.items()))
