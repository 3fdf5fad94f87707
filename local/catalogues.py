"""The catalogues of sentences: found in templates and code, merged into each language's file, and checked.

    python -m local.catalogues            # writes templates/catalogues/tandem.pot and brings every .po up to date
    python -m local.catalogues new pl     # begins a language: templates/catalogues/pl.po
    python -m local.catalogues check      # says what is missing, left over or broken; exit status 1 where something is

How a translation is written: docs/translating.md.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "templates" / "catalogues"
TEMPLATE = FOLDER / "tandem.pot"
_KEYWORDS: dict[str, Any] = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])|%%")
_STAMPS = re.compile(
    r'"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Report-Msgid-Bugs-To|Language-Team): .*\n'
)
_HEADER = "# Sentences of Tandem's mails. How they are translated: docs/translating.md\n#"


def extracted() -> Catalog:
    """Every sentence that templates and code say, with where it stands."""
    found = Catalog(project="Tandem", version="1", header_comment=_HEADER, charset="utf-8", fuzzy=False)
    for file, line, message, comments, context in extract_from_dir(
        ROOT / "templates", [("**.j2", "jinja2")], {"**.j2": {"silent": "false"}}, _KEYWORDS
    ):
        if _is_sentence(message):
            found.add(message, None, [(f"templates/{file}", line)], auto_comments=comments, context=context)
    for source in sorted((ROOT / "shared/tandem/wire").glob("*.py")):
        for line, context, said in _in_python(source):
            found.add(said, None, [(str(source.relative_to(ROOT)), line)], context=context)
    return found


def _in_python(source: Path) -> Iterator[tuple[int, str | None, str | tuple[str, str]]]:
    """(line, context, sentence or its two numbers) of each call of `t`, `nt` and `pt`, calls within calls too."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in ("t", "gettext") and len(texts) == 1:
            yield node.lineno, None, texts[0]
        elif name in ("nt", "ngettext") and len(texts) == 2:
            yield node.lineno, None, (texts[0], texts[1])
        elif name in ("pt", "pgettext") and len(texts) == 2:
            yield node.lineno, texts[0], texts[1]


def _is_sentence(message: str | tuple[str, ...]) -> bool:
    return all(isinstance(m, str) and m for m in (message if isinstance(message, tuple) else (message,)))


def written(catalog: Catalog) -> bytes:
    """The file's text: sorted by sentence, without dates and line numbers, the same for the same sentences."""
    out = BytesIO()
    write_po(out, catalog, width=100, sort_output=True, include_lineno=False, omit_header=False)
    return _STAMPS.sub("", out.getvalue().decode()).encode()


def sources() -> Iterator[Path]:
    yield from sorted(FOLDER.glob("*.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)


def problems(path: Path, template: Catalog) -> list[str]:
    """What is wrong with a language's file: a sentence that is missing or left over, a placeholder lost or invented."""
    said, found = read(path), []
    for message in template:
        if not message.id:
            continue
        mine = said.get(_key(message), message.context)
        if mine is None or not mine.string or (isinstance(mine.string, tuple) and not all(mine.string)):
            found.append(f"missing: {_key(message)!r}")
        elif mine.fuzzy:
            found.append(f"fuzzy: {_key(message)!r}")
        else:
            found += _placeholders(message, mine)
    known = {(_key(m), m.context) for m in template}
    found += [f"left over: {_key(m)!r}" for m in said if m.id and (_key(m), m.context) not in known]
    return found


def _key(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, list | tuple) else message.id)


def _placeholders(message: Message, mine: Message) -> list[str]:
    ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
    wanted = {m[0] for m in _PLACEHOLDER.finditer(ids[-1])}
    found = []
    for text in mine.string if isinstance(mine.string, list | tuple) else (mine.string,):
        got = {m[0] for m in _PLACEHOLDER.finditer(text)}
        spare = {"%(number)d"} if len(ids) > 1 else set()  # "one month", in words
        if got - wanted or (wanted - spare) - got or "%" in _PLACEHOLDER.sub("", text):
            found.append(f"placeholders: {text!r}")
    return found


def main(arguments: list[str]) -> int:
    template = extracted()
    if arguments[:1] == ["check"]:
        wrong = [f"{path.name}: {what}" for path in sources() for what in problems(path, template)]
        if not TEMPLATE.is_file() or TEMPLATE.read_bytes() != written(template):
            wrong.append(f"{TEMPLATE.name} is not what templates and code say: run python -m local.catalogues")
        print("\n".join(wrong) or "every catalogue is complete")
        return 1 if wrong else 0
    TEMPLATE.write_bytes(written(template))
    if arguments[:1] == ["new"]:
        (FOLDER / f"{arguments[1]}.po").write_bytes(_begun(arguments[1], template))
    for path in sources():
        said = read(path)
        said.update(template, no_fuzzy_matching=True)
        said.obsolete.clear()
        said.header_comment = _HEADER
        path.write_bytes(written(said))
    return 0


def _begun(tag: str, template: Catalog) -> bytes:
    catalog = Catalog(
        locale=tag.replace("-", "_"),
        project="Tandem",
        version="1",
        header_comment=_HEADER,
        charset="utf-8",
        fuzzy=False,
    )
    catalog.update(template, no_fuzzy_matching=True)
    return written(catalog)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
