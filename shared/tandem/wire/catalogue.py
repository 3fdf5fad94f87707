"""The words of each language, as gettext catalogues: a language is one file, `templates/catalogues/<tag>.po`.

The msgid is the English sentence, so that English needs no file and a missing translation is still a sentence. The
build leaves a compiled `<tag>.mo` beside each `.po`, which loads in under a millisecond; without one the `.po` is read
(some tens of milliseconds, once).
"""

from __future__ import annotations

import gettext
import os
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

ENGLISH = "en"
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")


def folder() -> Path:
    """Where the templates lie: beside the package in a layer, else at the repository's root."""
    named = os.environ.get("TANDEM_TEMPLATES")
    if named:
        return Path(named)
    here = Path(__file__).resolve()
    for place in (here.parents[1] / "templates", here.parents[2] / "templates", here.parents[3] / "templates"):
        if (place / "layout").is_dir():
            return place
    raise FileNotFoundError("the templates are neither in the package nor at the repository's root")


@cache
def languages(catalogues: Path | None = None) -> tuple[str, ...]:
    """The tags of the languages that mails can be written in, English first."""
    place = catalogues or folder() / "catalogues"
    found = {f.stem for f in place.glob("*.[mp]o") if _TAG.match(f.stem)} - {ENGLISH}
    return (ENGLISH, *sorted(found))


def best(wanted: str, catalogues: Path | None = None) -> str:
    """The language that somebody who reads `wanted` gets: that one, the same without its region, else English."""
    known = {tag.lower(): tag for tag in languages(catalogues)}
    parts = wanted.replace("_", "-").lower().split("-")
    for length in range(len(parts), 0, -1):
        if "-".join(parts[:length]) in known:
            return known["-".join(parts[:length])]
    return ENGLISH


def compiled(source: bytes) -> bytes:
    """The `.mo` of a `.po`, fuzzy entries left out. Raises ValueError where it is none."""
    from babel.messages.mofile import write_mo  # slow to import, and never needed in a deployment
    from babel.messages.pofile import PoFileError, read_po

    try:
        read = read_po(BytesIO(source), abort_invalid=True)
    except PoFileError as error:
        raise ValueError(str(error)) from error
    out = BytesIO()
    write_mo(out, read)
    return out.getvalue()


@cache
def _translations(language: str, catalogues: Path | None) -> gettext.NullTranslations:
    place = catalogues or folder() / "catalogues"
    ready, source = place / f"{language}.mo", place / f"{language}.po"
    if ready.is_file() and (not source.is_file() or ready.stat().st_mtime_ns >= source.stat().st_mtime_ns):
        return gettext.GNUTranslations(BytesIO(ready.read_bytes()))
    if source.is_file():
        return gettext.GNUTranslations(BytesIO(compiled(source.read_bytes())))
    return gettext.NullTranslations()


class Catalogue:
    """One language's sentences. Placeholders are `%(name)s`; a sentence that can't be filled is said in English."""

    def __init__(self, language: str, catalogues: Path | None = None) -> None:
        self.language = language
        self._known = _translations(language, catalogues)

    def gettext(self, message: str, **values: Any) -> str:
        return _filled(self._known.gettext(message), message, values)

    def ngettext(self, one: str, many: str, number: int, **values: Any) -> str:
        english = one if number == 1 else many
        return _filled(self._known.ngettext(one, many, number), english, {"number": number, **values})

    def pgettext(self, context: str, message: str, **values: Any) -> str:
        return _filled(self._known.pgettext(context, message), message, values)


def _filled(text: str, english: str, values: dict[str, Any]) -> str:
    if "%" not in text:
        return text
    try:
        return text % values
    except (KeyError, ValueError, TypeError):
        return english % values
