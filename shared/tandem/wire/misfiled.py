"""A file that can't be taken in: whose partnership it is about, and what to say where its schools are others."""

from __future__ import annotations

import re

from tandem.wire.agreement_file import Loaded
from tandem.wire.fields import Finding

_ID = re.compile(rb"^id:[ \t]*[\"']?([a-z0-9-]{3,40})[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def named_id(data: bytes) -> str | None:
    """The id that a file names, however wrong the rest of it is; None where it names none."""
    found = _ID.search(data)
    return found[1].decode() if found else None


def other_schools(loaded: Loaded, number: int, first: str, second: str) -> Finding:
    """What is wrong where the file's school of that number, 0 or 1, is not the partnership's `first` or `second`."""
    agreement = loaded.agreement
    given, place = agreement.schools[number].id, ("first", "second")[number]
    wrong = f"{agreement.id} is a partnership of {first} and {second}, in this order, and {given} is not its {place}"
    right = f"{first}, then {second}; a partnership of other schools has an id of its own"
    return Finding(loaded.line("schools", number, "id"), wrong, right)
