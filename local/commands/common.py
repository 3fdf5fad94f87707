"""What every command shares: how bad input ends it, and how an agreement is read."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any

import click

MOST_LINES = 12


class BadInput(Exception):
    """The input is wrong: exit status 2, and these lines on standard error."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def tell(lines: Iterable[str]) -> None:
    """Writes lines to standard error, twelve at most."""
    for line in list(lines)[:MOST_LINES]:
        click.echo(line.replace("\r", "\\r").replace("\n", "\\n"), err=True)  # a path may hold anything


def read_input(path: str, most: int, what: str) -> bytes:
    """A file's bytes, one more than `most` at most. Raises BadInput where it can't be read."""
    try:
        with open(path, "rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise BadInput(f"{path}:1: this can't be read: {error.strerror or error}; the path of {what}") from None
    except ValueError:
        raise BadInput(f"{path!r}:1: this is no path; the path of {what}") from None


def load_agreement(path: str) -> Any:
    """The `tandem.wire.agreement_file.Loaded` of that file. Raises BadInput with a line for each error."""
    from tandem.wire import agreement_file

    data = read_input(path, agreement_file.MAX_BYTES, "an agreement file")
    try:
        return agreement_file.load(data, path)
    except agreement_file.AgreementError as error:
        raise BadInput(*(finding.text(path) for finding in error.findings)) from None


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


class Day(click.ParamType[date]):
    """An ISO 8601 date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            with contextlib.suppress(ValueError):
                return date.fromisoformat(value)
        return self.fail(f"{value!r} is no date; a date such as 2026-09-01", param, ctx)
