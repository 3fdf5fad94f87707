"""The templates, compiled once: a mail's body is written into a document, and two skins show it.

`environment()` reads `templates/compiled/` where the build has left it (`compile_to`), else the sources.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, ModuleLoader, StrictUndefined
from markupsafe import Markup

from tandem.wire.catalogue import compiled, folder
from tandem.wire.document import Block, unmarked
from tandem.wire.language import FIRST_STRONG, POP, STRONG, WEAK, Language

_END = r"\s<>\"“”„«»「」，。；：、（）،؛\u2068\u2069\x01\x02"  # a sentence in Chinese goes on without a space
_LINK = re.compile(rf"https?://[^{_END}]+[^{_END}.,;:!?)]")
_MAIL = re.compile(r"(?<![\w@/.+-])[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_WHERE = re.compile(f"{_LINK.pattern}|{_MAIL.pattern}")
_SIGNS = {STRONG: "<strong>", WEAK: "</strong>", FIRST_STRONG: "<bdi>", POP: "</bdi>"}
_SIGN = re.compile("[\x01\x02\u2068\u2069]")
_BLANK_LINES = re.compile(r"\n{3,}")


def _signs(text: str) -> str:
    return _SIGN.sub(lambda m: _SIGNS[m[0]], escape(text, quote=False)) if text else text


def rich(text: str) -> Markup:
    """Text as HTML: escaped, what stands out in bold, links and addresses as such, other directions isolated."""
    # Every piece goes through `escape`, so the linter's warnings of `Markup` are answered here.
    if "://" not in text and "@" not in text:
        return Markup(_signs(text))  # nosec B704
    out, at = [], 0
    for found in _WHERE.finditer(text):
        said = found[0]
        out.append(_signs(text[at : found.start()]))
        target = said if "://" in said else f"mailto:{said}"
        out.append(f'<a href="{escape(target)}">{escape(said)}</a>')
        at = found.end()
    out.append(_signs(text[at:]))
    return Markup("".join(out))  # nosec B704


def _is_html(name: str | None) -> bool:
    return bool(name and name.endswith(".html.j2"))


@cache
def environment(templates: Path | None = None) -> Environment:
    place = templates or folder()
    sources: BaseLoader = FileSystemLoader(place)
    ready = place / "compiled"
    loader = ChoiceLoader([ModuleLoader(ready), sources]) if ready.is_dir() else sources
    # HTML is escaped, by its file's name; plain text must not be.
    made = Environment(  # nosec B701
        loader=loader, autoescape=_is_html, undefined=StrictUndefined, auto_reload=False, keep_trailing_newline=False
    )
    made.filters["rich"] = rich
    made.filters["said"] = lambda value, say: say(value)
    return made


def compile_to(target: Path) -> None:
    """What the build leaves in a copy of the templates' folder: compiled templates, and a `.mo` beside each `.po`."""
    environment(target).compile_templates(target / "compiled", zip=None, ignore_errors=False, log_function=None)
    for source in sorted((target / "catalogues").glob("*.po")):
        source.with_suffix(".mo").write_bytes(compiled(source.read_bytes()))


def as_text(blocks: list[Block], language: Language) -> str:
    """The plain part, with line feeds."""
    shown = environment().get_template("layout/mail.txt.j2").render(blocks=blocks, language=language)
    return unmarked(_BLANK_LINES.sub("\n\n", shown)).strip("\n") + "\n"


def as_html(blocks: list[Block], language: Language, title: str) -> str:
    """The HTML part, a whole document."""
    values: dict[str, Any] = {"blocks": blocks, "language": language, "title": title}
    return environment().get_template("layout/mail.html.j2").render(values)
