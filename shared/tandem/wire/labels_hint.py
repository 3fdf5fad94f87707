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
_HER_AND_HIM = ("fr", "es", "pt", "de", "hi", "ar")
_COLONS = {"zh": "：", "ja": "：", "fr": "\u00a0:"}


@cache
def label(kind: str, language: str) -> str:
    """The first spelling of that label, with its colon. English where the language has none of its own: that is
    understood everywhere. Raises KeyError for a kind that is none."""
    return spellings(kind, language)[0]


@cache
def spellings(kind: str, language: str) -> tuple[str, ...]:
    """That label with its colon; of a person both of them, hers first, where the language says her and him apart."""
    base = language.split("-")[0].lower()
    known = data(base).get("labels", {}).get(kind) if base in LANGUAGES else None
    colon = _COLONS.get(base, ":") if known else ":"
    said = [str(one) for one in known] if known else [_ENGLISH[kind]]
    said = [said[1], said[0]] if kind == "person" and base in _HER_AND_HIM and len(said) > 1 else said[:1]
    return tuple(f"{one}{colon}" for one in said)
