"""Reading a form out of YAML nodes: a field knows its line, and says what is wrong with it instead of raising.

A field that is wrong gives an empty value of its type, so that reading goes on and all that is wrong is found at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from tandem.wire import codes, yaml12

NO_DATE = date(1, 1, 1)
_CONTROL = re.compile("[\t\n\r]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z")
_KINDS = {"null": "nothing", "bool": "true or false", "int": "a number", "float": "a number", "text": "text"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong on a line, and what would be right."""

    line: int
    wrong: str
    right: str | None = None

    def text(self, name: str, warning: bool = False) -> str:
        """`FILE:LINE: what is wrong; what would be right`, one line."""
        kind = "warning: " if warning else ""
        return f"{name}:{self.line}: {kind}{self.wrong}" + (f"; {self.right}" if self.right else "")


@dataclass(slots=True)
class Findings:
    """What was found so far. A file that is wrong everywhere stops being read at `MOST`."""

    MOST = 100
    all: list[Finding] = field(default_factory=list)

    class Enough(Exception):
        """So much is wrong that reading on helps nobody."""

    def add(self, line: int, wrong: str, right: str) -> None:
        self.all.append(Finding(line, wrong, right))
        if len(self.all) >= self.MOST:
            raise self.Enough

    def sorted(self) -> tuple[Finding, ...]:
        return tuple(sorted(dict.fromkeys(self.all), key=lambda f: f.line))


def shown(text: str) -> str:
    """A file's text as it may be shown on one line: quoted, shortened, its controls escaped."""
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short) + '"'


@dataclass(slots=True)
class Field:
    """One value of the form. `line` is the key's where the value is a list or a mapping, else the value's."""

    name: str
    line: int
    node: yaml12.Node | None = None
    found: Findings | None = None
    good: bool = True  # no fault was found in it, and it is there

    def __post_init__(self) -> None:
        self.good = self.node is not None
        if isinstance(self.node, yaml12.Scalar):
            self.line = self.node.line

    def fail(self, wrong: str, right: str) -> None:
        self.good = False
        if self.found is not None:
            self.found.add(self.line, wrong, right)

    @property
    def present(self) -> bool:
        return self.node is not None

    @property
    def is_null(self) -> bool:
        return isinstance(self.node, yaml12.Scalar) and self.node.kind == "null"

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml12.Sequence)

    def _scalar(self, wanted: str) -> yaml12.Scalar | None:
        if isinstance(self.node, yaml12.Scalar):
            return self.node
        if self.node is not None:
            what = "a list" if isinstance(self.node, yaml12.Sequence) else "a mapping"
            self.fail(f"{self.name} is {what}", wanted)
        return None

    def _kind(self, scalar: yaml12.Scalar, wanted: str) -> None:
        if scalar.kind == "null":
            self.fail(f"{self.name} has no value", wanted)
        else:
            self.fail(f"{self.name} is {_KINDS[scalar.kind]} ({shown(scalar.text)[1:-1]})", wanted)

    def text(self, longest: int, quiet: bool = False) -> str:
        """Text on one line. `quiet` where it was read before, so that nothing is said twice."""
        scalar = self._scalar("text")
        if scalar is None or quiet:
            return scalar.text if scalar is not None and scalar.kind == "text" else ""
        if scalar.kind != "text":
            hint = "text" if scalar.kind == "null" else f'text, in quotes: "{shown(scalar.text)[1:-1]}"'
            self._kind(scalar, hint)
            return ""
        text = scalar.text.strip(" ")
        bad = _CONTROL.search(text) or yaml12.FORBIDDEN.search(text)
        if bad:
            what = "a line break" if bad[0] in "\n\r" else f"a control character (U+{ord(bad[0]):04X})"
            self.fail(f"{self.name} holds {what}", "text on one line without control characters")
            return ""
        if not text:
            self.fail(f"{self.name} is empty", "text")
        elif len(text) > longest:
            self.fail(f"{self.name} has {len(text)} characters", f"{longest} at most")
            return ""
        return text

    def one_of(self, options: Sequence[str]) -> str:
        text = self.text(10_000)
        if text and text not in options:
            self.fail(f"{self.name} {shown(text)} is not known",
                      codes.likely(text, options) or " or ".join(options))  # fmt: skip
            return ""
        return text

    def integer(self, least: int, most: int) -> int:
        """A whole number within bounds; 0 where there is none."""
        wanted = f"a whole number from {least} to {most}"
        scalar = self._scalar(wanted)
        if scalar is None:
            return 0
        if scalar.kind != "int":
            self._kind(scalar, wanted)
            return 0
        value = _integer(scalar.text)
        if value is None or not least <= value <= most:
            self.fail(f"{self.name} is {shown(scalar.text)[1:-1]}", wanted)
            return 0
        return value

    def number(self, least: int, most: int) -> float:
        """A number within bounds; 0 where there is none."""
        wanted = f"a number from {least} to {most}"
        scalar = self._scalar(wanted)
        if scalar is None:
            return 0
        if scalar.kind not in ("int", "float"):
            self._kind(scalar, wanted)
            return 0
        value: float | None = _integer(scalar.text) if scalar.kind == "int" else _float(scalar.text)
        if value is None or not least <= value <= most:
            self.fail(f"{self.name} is {shown(scalar.text)[1:-1]}", wanted)
            return 0
        return value

    def boolean(self, default: bool) -> bool:
        scalar = self._scalar("true or false")
        if scalar is None:
            return default
        if scalar.kind != "bool":
            self._kind(scalar, "true or false")
            return default
        return scalar.text.lower() == "true"

    def date(self) -> date:
        """A calendar date; `NO_DATE` where there is none."""
        wanted = "a date such as 2026-09-01"
        scalar = self._scalar(wanted)
        if scalar is None:
            return NO_DATE
        if scalar.kind != "text":
            self._kind(scalar, wanted)
            return NO_DATE
        if not _DATE.match(scalar.text):
            self.fail(f"{self.name} is {shown(scalar.text)}", wanted)
            return NO_DATE
        try:
            return _real(date.fromisoformat(scalar.text))
        except ValueError:
            self.fail(f"{self.name} {scalar.text} is no day of the calendar", wanted)
            return NO_DATE

    def month(self) -> str:
        text = self.text(10_000)
        if text and not _MONTH.match(text):
            self.fail(f"{self.name} is {shown(text)}", "a month such as 2026-11")
            return ""
        return text

    def items(self, least: int, most: int) -> list[Field]:
        """The entries of a list; none where there is no list."""
        if self.node is None:
            return []
        if not isinstance(self.node, yaml12.Sequence):
            what = "a mapping" if isinstance(self.node, yaml12.Mapping) else _KINDS[self.node.kind]
            self.fail(f"{self.name} is {what}", "a list")
            return []
        items = self.node.items
        if len(items) < least:
            self.fail(f"{self.name} is an empty list", "one entry at least, or the key left out")
        elif len(items) > most:
            self.fail(f"{self.name} has {len(items)} entries", f"{most} at most")
            return []
        return [Field(f"an entry of {self.name}", item.line, item, self.found) for item in items]

    def entries(self, least: int) -> list[tuple[yaml12.Scalar, Field]]:
        """The keys and values of a mapping whose keys are not fixed; a repeated key is an error."""
        if self.node is None:
            return []
        if not isinstance(self.node, yaml12.Mapping):
            what = "a list" if isinstance(self.node, yaml12.Sequence) else _KINDS[self.node.kind]
            self.fail(f"{self.name} is {what}", "a mapping")
            return []
        if len(self.node.entries) < least:
            self.fail(f"{self.name} is empty", "one entry at least")
        out: list[tuple[yaml12.Scalar, Field]] = []
        first: dict[str, int] = {}
        for key, value in self.node.entries:
            if key.text in first:
                self._add(key.line, f"the key {shown(key.text)} stands in line {first[key.text]} too", "each key once")
                continue
            first[key.text] = key.line
            out.append((key, Field(f"{self.name}: {shown(key.text)[1:-1]}", key.line, value, self.found)))
        return out

    def _add(self, line: int, wrong: str, right: str) -> None:
        if self.found is not None:
            self.found.add(line, wrong, right)


def _real(day: date) -> date:
    if day.year < 1900:
        raise ValueError(day)
    return day


def _integer(text: str) -> int | None:
    if len(text) > 20:
        return None
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def _float(text: str) -> float | None:
    value = float(text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf").replace(".nan", "nan")
                  .replace(".NaN", "nan").replace(".NAN", "nan"))  # fmt: skip
    return value if math.isfinite(value) else None


class Fields:
    """The fields of a mapping with known keys; unknown, repeated and missing ones are found when it is opened."""

    def __init__(self, line: int, fields: dict[str, Field]) -> None:
        self._line, self._fields = line, fields

    @classmethod
    def of(cls, found: Findings, whole: Field, required: Iterable[str], optional: Iterable[str] = ()) -> Fields:
        required = tuple(required)
        known = (*required, *optional)
        whole.found = found
        if whole.node is None:
            return cls(whole.line, {})
        fields: dict[str, Field] = {}
        misspelt: set[str | None] = set()
        if isinstance(whole.node, yaml12.Mapping):
            written = {key.text for key, _ in whole.node.entries}
            for key, value in whole.node.entries:
                if key.text not in known:
                    missing = [k for k in known if k not in written]
                    meant = codes.likely(key.text, missing)
                    misspelt.add(meant)
                    meant = meant or codes.likely(key.text, known)
                    found.add(key.line, f"the key {shown(key.text)} is not known",
                              meant or f"one of {', '.join(known)}")  # fmt: skip
                elif key.text in fields:
                    found.add(key.line, f"the key {shown(key.text)} stands in line {fields[key.text].line} too",
                              "each key once")  # fmt: skip
                else:
                    fields[key.text] = Field(key.text, key.line, value, found)
            for name in required:
                # A key that is only misspelt is told once, where it stands.
                if name not in fields and name not in misspelt:
                    found.add(whole.line, f"{whole.name} has no {name}", f"{name}: and its value")
        else:
            what = "a list" if isinstance(whole.node, yaml12.Sequence) else _KINDS[whole.node.kind]
            whole.fail(f"{whole.name} is {what}", f"a mapping with {', '.join(required or known)}")
        return cls(whole.line, fields)

    def __getitem__(self, name: str) -> Field:
        return self._fields.get(name) or Field(name, self._line)
