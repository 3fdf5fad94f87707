"""A story: what the people of a simulated run do. YAML to a `Story`, or every line that is wrong.

The form is the contract's section 3, and is read as an agreement file is: YAML 1.2, each error with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tandem.core.messages import KINDS
from tandem.wire import codes, yaml12
from tandem.wire.fields import Field, Fields, Finding, Findings, shown

RSVPS = ("accept", "decline", "tentative", "silent")
OUTCOMES = ("held", "missed", "silent")
CATCH_UPS = ("agree", "ignore", "missed")
REVIEWS = ("go_on", "end", "silent")
MAX_BYTES = 1_000_000
MAX_MAIL = 41 * 1024 * 1024  # more than a mail may have, so that a story can tell of one that is too large
MAX_NOTES = 20_000

_AT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class StoryError(Exception):
    """The file is no story. `findings` are sorted by line."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{f.line}: {f.wrong}" for f in findings[:3]))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Month:
    """What the people do in a month."""

    rsvp: str = "accept"
    outcome: str = "held"
    acknowledge: bool = True
    catch_up: str = "agree"
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail that arrives as it lies in a file. `sender`, `to` and `meeting` say what fills its placeholders."""

    at: datetime  # aware
    sender: str
    raw: bytes
    line: int  # in the story
    to: str | None = None
    meeting: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    default: Month = Month()
    months: dict[str, Month] = field(default_factory=dict)
    review: str = "go_on"
    sign: bool = True
    mail: tuple[RawMail, ...] = ()  # in the order of the file

    def month(self, month: str | None) -> Month:
        """What is said of that month ("2026-11"), or the default."""
        return self.months.get(month or "", self.default)


def load(data: bytes, folder: Path) -> Story:
    """The story in those bytes; the files that it names lie beside it, in `folder`. Raises StoryError alone."""
    if len(data) > MAX_BYTES:
        raise StoryError((Finding(1, "the file is larger than 1 MB", "a story of 1 MB at most"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        raise StoryError((Finding(line, "this is not UTF-8", "the file saved as UTF-8"),)) from None
    found = Findings()
    try:
        story = _Form(found, folder).story(yaml12.compose(text)) if _says_something(text) else Story()
    except yaml12.YamlError as error:
        raise StoryError((Finding(error.line, error.wrong, error.right),)) from None
    except Findings.Enough:
        raise StoryError(found.sorted()) from None
    if found.all:
        raise StoryError(found.sorted())
    return story


def _says_something(text: str) -> bool:
    """A file of nothing but comments is a story of which nothing special is told."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


class _Form:
    def __init__(self, found: Findings, folder: Path) -> None:
        self.found, self.folder = found, folder

    def story(self, root: yaml12.Node) -> Story:
        top = Fields.of(
            self.found, Field("the story", root.line, root),
            required=(), optional=("default", "meetings", "catch_up", "review", "sign", "mail"),
        )  # fmt: skip
        catch_up = self._choice(top["catch_up"], CATCH_UPS, "agree")
        default = Month(catch_up=catch_up)
        if self._given(top["default"]):
            default = self._month(top["default"], default, ("rsvp", "outcome", "acknowledge"))
        return Story(
            default=default,
            months=dict(self._months(top["meetings"], default)),
            review=self._choice(top["review"], REVIEWS, "go_on"),
            sign=top["sign"].boolean(True),
            mail=tuple(self._mail(item) for item in top["mail"].items(0, 2000)) if self._given(top["mail"]) else (),
        )

    def _given(self, field: Field) -> bool:
        return field.present and not field.is_null

    def _choice(self, field: Field, options: tuple[str, ...], default: str) -> str:
        return field.one_of(options) if field.present else default

    def _months(self, field: Field, default: Month) -> Iterator[tuple[str, Month]]:
        if not self._given(field):
            return
        for key, value in field.entries(0):
            if not re.fullmatch(r"[0-9]{4}-(?:0[1-9]|1[0-2])", key.text):
                self.found.add(key.line, f"{shown(key.text)} is no month", "a month such as 2026-11")
                continue
            if value.is_null:
                continue
            yield key.text, self._month(value, default, ("rsvp", "outcome", "notes", "acknowledge", "catch_up"))

    def _month(self, field: Field, default: Month, keys: tuple[str, ...]) -> Month:
        fields = Fields.of(self.found, field, required=(), optional=keys)
        return Month(
            rsvp=self._choice(fields["rsvp"], RSVPS, default.rsvp),
            outcome=self._choice(fields["outcome"], OUTCOMES, default.outcome),
            acknowledge=fields["acknowledge"].boolean(default.acknowledge),
            catch_up=self._choice(fields["catch_up"], CATCH_UPS, default.catch_up),
            notes=self._notes(fields["notes"]),
        )

    def _notes(self, field: Field) -> str | None:
        if not field.present:
            return None
        node = field.node
        if not isinstance(node, yaml12.Scalar) or node.kind == "null":
            field.fail("notes are no text", "what the person writes after the yes or no")
            return None
        text = node.text.replace("\r\n", "\n").strip()
        if _CONTROL.search(text):
            field.fail("notes hold a control character", "text without control characters")
        elif not text:
            field.fail("notes are empty", "what the person writes after the yes or no, or the key left out")
        elif len(text) > MAX_NOTES:
            field.fail(f"notes have {len(text)} characters", f"{MAX_NOTES} at most")
        return text

    def _mail(self, item: Field) -> RawMail:
        fields = Fields.of(self.found, item, required=("at", "from", "file"), optional=("to", "meeting"))
        return RawMail(
            at=self._time(fields["at"]),
            sender=self._address(fields["from"]),
            raw=self._file(fields["file"]),
            line=item.line,
            to=fields["to"].one_of(KINDS) if fields["to"].present else None,
            meeting=fields["meeting"].month() if fields["meeting"].present else None,
        )

    def _time(self, field: Field) -> datetime:
        text = field.text(10_000)
        wanted = 'a time with its offset, such as "2026-10-05T09:12:00+01:00"'
        if text and not _AT.match(text):
            field.fail(f"{shown(text)} is no time with an offset", wanted)
        elif text:
            try:
                return datetime.fromisoformat(text.upper().replace(" ", "T"))
            except ValueError:
                field.fail(f"{shown(text)} is no time of the calendar", wanted)
        return datetime.fromisoformat("0001-01-02T00:00:00+00:00")

    def _address(self, field: Field) -> str:
        text = field.text(10_000)
        right = codes.email_problem(text) if text else None
        if right:
            field.fail(f"{shown(text)} is no email address", right)
        return text.lower()

    def _file(self, field: Field) -> bytes:
        name = field.text(1000)
        if not name:
            return b""
        try:
            with open(self.folder / name, "rb") as file:
                data = file.read(MAX_MAIL + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "no path"
            field.fail(f"{shown(name)} can't be read: {reason}", "a mail beside the story")
            return b""
        if len(data) > MAX_MAIL:
            field.fail(f"{shown(name)} is larger than 41 MB", "a mail of 41 MB at most")
        return data
