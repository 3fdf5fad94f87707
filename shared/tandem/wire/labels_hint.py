"""The labels that a mail suggests for the beginning of a line, in the reader's language: what `phrases` understands."""

from __future__ import annotations

from functools import cache

from tandem.wire.phrases import LANGUAGES, data

_ENGLISH = {
    "agenda-item": "Agenda", "action": "Action", "done": "Done", "dropped": "Dropped", "feedback": "Feedback",
    "idea": "Idea", "closed": "Closed", "where": "Link", "phone": "Phone", "person": "New colleague", "term": "Term",
    "language": "Language", "objective": "Objective", "milestone": "Milestone", "resource": "Resource",
    "meeting": "From now on",
}  # fmt: skip
KINDS = tuple(_ENGLISH)


@cache
def label(kind: str, language: str) -> str:
    """The first spelling of that label, with its colon. English where the language has none of its own: that is
    understood everywhere. Raises KeyError for a kind that is none."""
    base = language.split("-")[0].lower()
    spellings = data(base).get("labels", {}).get(kind) if base in LANGUAGES else None
    said = str(spellings[0]) if spellings else _ENGLISH[kind]
    return f"{said}：" if base in ("zh", "ja") and spellings else f"{said}:"
