"""What people write, in tables (`<language>.toml`), and the partnership in which they write it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tandem.core.agreement import Agreement, Hours, MeetingPlan, Person, Purpose, Rule, School
from tandem.core.commands import Command
from tandem.wire.inbound import Context

FOLDER = Path(__file__).parent
STARTS = datetime.fromisoformat("2026-10-13T12:00:00+01:00")  # a Tuesday
BEFORE = datetime.fromisoformat("2026-10-05T09:00:00+01:00")  # the Monday of the week before
AFTER = datetime.fromisoformat("2026-10-14T09:00:00+01:00")  # the morning after the meeting
WHEN_OVER = ("check-in", "nudge", "catch-up", "receipt")  # answers to these are written after it


@dataclass(frozen=True)
class Row:
    language: str
    number: int
    to: str | None
    says: str
    means: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.language}-{self.number}-{self.to}"

    @property
    def now(self) -> datetime:
        return AFTER if self.to in WHEN_OVER else BEFORE


def rows() -> Iterator[Row]:
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for number, row in enumerate(table["mail"], 1):
            yield Row(path.stem, number, row.get("to"), row["says"], tuple(row["means"]))


def agreement(language: str = "en", partner: str | None = None, country: str = "GB-ENG") -> Agreement:
    """A school in England whose people write in `language`, and one in Kenya."""
    day = {str(weekday): Hours(8 * 60 + 40, 15 * 60 + 30) for weekday in range(5)}
    aire = School(
        "aire", "Airedale High School", country, "Europe/London", language, "good", day,
        (
            Person("Aisha Khan", "a.khan@airedale.example", "lead", ("aisha.k@mail.example",)),
            Person("Tom Ellis", "t.ellis@airedale.example", "deputy"),
            Person("Ruth Shaw", "r.shaw@airedale.example", "leader"),
            Person("Zoë Okafor", "z.okafor@airedale.example", "member", (), "fr", "Europe/Paris"),
        ),
    )  # fmt: skip
    nyanza = School(
        "nyanza", "Nyanza Girls", "KE", "Africa/Nairobi", partner or ("sw" if language == "en" else "en"), "limited",
        day,
        (
            Person("Grace Achieng", "g.achieng@nyanza.example", "lead"),
            Person("Daniel Otieno", "d.otieno@nyanza.example", "deputy"),
        ),
    )  # fmt: skip
    rule = Rule("second tuesday", 14 * 60, "nyanza", 45)
    return Agreement("aire-nyanza", "Rivers and Lakes", date(2026, 9, 1), date(2027, 7, 1), (aire, nyanza),
                     Purpose(("Compare the water",)), MeetingPlan(rule))  # fmt: skip


def context(language: str = "en", to: str | None = None, **changes: Any) -> Context:
    """Aisha Khan's mail about October's meeting."""
    what = changes.pop("agreement", None) or agreement(language)
    values: dict[str, Any] = {
        "now": AFTER if to in WHEN_OVER else BEFORE, "reply_to": to, "meeting": "2026-10", "starts": STARTS, **changes
    }  # fmt: skip
    return Context(what, what.schools[0], what.schools[0].people[0], **values)


def shown(command: Command) -> dict[str, Any]:
    """A command as the tables write it: without what is null, the meeting, and the words of what is unclear."""
    out = {k: v for k, v in command.as_json().items() if v is not None and k != "meeting"}
    return {k: v for k, v in out.items() if not (out["kind"] == "unclear" and k == "text")}
