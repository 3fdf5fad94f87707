"""What each function is told by its environment, as one typed value."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import cache
from typing import TypeVar

T = TypeVar("T", bound="Table")


class SettingsError(Exception):
    """A variable is missing, or is not what its field wants."""


@dataclass(frozen=True, slots=True)
class Table:
    """What every function is told."""

    table: str  # the table's name
    shards: int = 4  # of the due index


@dataclass(frozen=True, slots=True)
class Tick(Table):
    advance_queue: str = ""  # URL
    deliver_queue: str = ""  # URL
    spread_seconds: int = 600  # what is due at one moment is worked off over so long


@dataclass(frozen=True, slots=True)
class Receive(Table):
    inbound_bucket: str = ""
    inbound_prefix: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Deliver(Table):
    domain: str = ""  # of every address of ours
    from_address: str = ""
    from_name: str = "Tandem"
    operator_name: str = ""
    operator_email: str = ""
    retention_days: int = 400
    reply_key: str = ""  # what reply addresses are made with
    configuration_set: str = ""  # of SES; empty: none


def _of(kind: type[T], environ: dict[str, str]) -> T:
    values: dict[str, str | int] = {}
    for field in fields(kind):
        name = field.name.upper()
        if name not in environ:
            continue
        text = environ[name]
        try:
            values[field.name] = int(text) if field.type in (int, "int") else text
        except ValueError:
            raise SettingsError(f"{name} is {text!r}; a whole number") from None
    if not values.get("table"):
        raise SettingsError("TABLE is not set; the table's name")
    return kind(**values)  # type: ignore[arg-type]


@cache
def read(kind: type[T]) -> T:
    """The settings of that function, read once. Raises SettingsError. `read.cache_clear()` reads them again."""
    return _of(kind, dict(os.environ))
