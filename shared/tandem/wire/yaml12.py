"""YAML 1.2 as an agreement file may use it: text to nodes that know their lines.

The parser is libyaml's, which speaks YAML 1.1: only its events are used, and the core schema of YAML 1.2 (chapter 10.3)
is applied here, so `NO`, `yes`, `14:00` and `1_000` are text. Everything that could make a small file large or a reader
guess is refused: tags, several documents, aliases inside what is aliased, deep nesting, great numbers of nodes.
Nodes are made in a loop, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import yaml

MAX_DEPTH = 16
MAX_NODES = 20_000

Kind = Literal["null", "bool", "int", "float", "text"]

_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(
    r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)
_BREAK = re.compile(r"\r\n|\r|\n")
# What no text may hold: controls, what breaks lines, what turns the direction of others' text, what is no character.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


class YamlError(Exception):
    """The text is no YAML that may be used: what is wrong on which line (from 1), and what would be right."""

    def __init__(self, line: int, wrong: str, right: str) -> None:
        super().__init__(f"{line}: {wrong}")
        self.line, self.wrong, self.right = line, wrong, right


@dataclass(frozen=True, slots=True)
class Scalar:
    line: int
    text: str
    plain: bool = True  # without quotes, so that the core schema gives it a type

    @property
    def kind(self) -> Kind:
        if not self.plain:
            return "text"
        if _NULL.match(self.text):
            return "null"
        if _BOOL.match(self.text):
            return "bool"
        if _INT.match(self.text):
            return "int"
        return "float" if _FLOAT.match(self.text) else "text"


@dataclass(frozen=True, slots=True)
class Sequence:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    line: int
    entries: tuple[tuple[Scalar, Node], ...]  # keys may repeat: whoever reads them says so


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    line: int
    mapping: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    aliased: bool = False  # holds an alias


def line_of(text: str, position: int) -> int:
    """The line, from 1, on which that character stands."""
    return len(_BREAK.findall(text, 0, position)) + 1


def compose(text: str) -> Node:
    """The one document in that text. Raises YamlError."""
    found = FORBIDDEN.search(text)
    if found:
        raise YamlError(
            line_of(text, found.start()),
            f"a control character (U+{ord(found[0]):04X}) stands here",
            "text without control characters",
        )
    quoted: list[tuple[int, int]] = []
    try:
        return _compose(text, quoted)
    except yaml.MarkedYAMLError as error:
        raise _syntax(text, error, quoted) from None
    except yaml.YAMLError as error:
        raise YamlError(1, f"this is no YAML: {' '.join(str(error).split())[:100]}", "a YAML file in UTF-8") from None


def _compose(text: str, quoted: list[tuple[int, int]]) -> Node:
    """`quoted` gets the lines, from and to, of quoted texts over several lines: a forgotten quote makes one."""
    root: Node | None = None
    stack: list[_Open] = []
    anchors: dict[str, tuple[Node, bool, int] | None] = {}  # None while it is open
    made = 0
    documents = 0
    events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
    for event in events:
        line, end = event.start_mark.line + 1, event.end_mark.line + 1
        done: Node
        anchor: str | None = getattr(event, "anchor", None)
        tag: str | None = getattr(event, "tag", None)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            _check_document(event, documents, line)
            continue
        if isinstance(event, yaml.AliasEvent):
            if anchor not in anchors:
                raise YamlError(line, f"*{anchor} names nothing", f"an anchor &{anchor} before it, or the text itself")
            known = anchors[anchor]
            if known is None or known[1]:
                raise YamlError(line, f"the alias *{anchor} multiplies", "the text itself in place of the alias")
            made += known[2]
            done = replace(known[0], line=line)
            for above in stack:
                above.aliased = True
            anchor = None
        elif isinstance(event, yaml.NodeEvent):
            if tag is not None:
                raise YamlError(line, f"a tag ({tag[:40]}) stands here", "the value without a tag")
            made += 1
            if isinstance(event, yaml.CollectionStartEvent):
                if len(stack) >= MAX_DEPTH:
                    raise YamlError(line, "this is nested too deeply", "the form of the agreement file")
                stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent), anchor))
                if anchor is not None:
                    anchors[anchor] = None
                continue
            done = _scalar(event, line)
            if not done.plain and end > line:
                quoted.append((line, end))
        elif isinstance(event, yaml.CollectionEndEvent):
            opened = stack.pop()
            done, anchor = _close(opened), opened.anchor
        else:
            continue
        if made > MAX_NODES:
            raise YamlError(line, "the file holds more than an agreement can", f"at most {MAX_NODES} values")
        if anchor is not None:
            anchors[anchor] = (done, isinstance(event, yaml.CollectionEndEvent) and opened.aliased, _size(done))
        if stack:
            stack[-1].items.append(done)
        else:
            root = done
    if root is None:
        raise YamlError(1, "the file is empty", "an agreement, beginning with `tandem: 1`")
    return root


def _check_document(event: Any, number: int, line: int) -> None:
    if number > 1:
        raise YamlError(line, "a second document begins here", "one agreement in a file")
    if event.version not in (None, (1, 2)):
        raise YamlError(line, f"%YAML {event.version[0]}.{event.version[1]} is another language", "%YAML 1.2, or none")
    if event.tags:
        raise YamlError(line, "a %TAG stands here", "a file without tags")


def _scalar(event: Any, line: int) -> Scalar:
    plain = event.style in (None, "")
    # A block scalar ends with a line break that nobody meant as text.
    text = event.value.rstrip("\n") if event.style in ("|", ">") else event.value
    return Scalar(line, text, plain)


def _close(opened: _Open) -> Node:
    if not opened.mapping:
        return Sequence(opened.line, tuple(opened.items))
    entries: list[tuple[Scalar, Node]] = []
    for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise YamlError(key.line, "a key is a list or a mapping", "text as the key")
        entries.append((key, value))
    return Mapping(opened.line, tuple(entries))


def _size(node: Node) -> int:
    """How many nodes an alias of this one adds; what is aliased holds no alias itself, so it is small and a tree."""
    count, todo = 0, [node]
    while todo:
        one = todo.pop()
        count += 1
        if isinstance(one, Sequence):
            todo.extend(one.items)
        elif isinstance(one, Mapping):
            todo.extend(value for _, value in one.entries)
            count += len(one.entries)
    return count


_HINTS = (
    ("mapping values are not allowed", "quotes around a text that holds a colon; the same indentation for all keys"),
    ("cannot start any token", "spaces for indentation, and quotes around a text that begins with a sign"),
    ("could not find expected ':'", "a key, a colon and a space before the value"),
    ("did not find expected key", "the same indentation for all keys of a mapping"),
    ("did not find expected '-'", "the same indentation for all entries of a list"),
    ("did not find expected ',' or ']'", "a comma between entries and ] at the end of the list"),
    ("did not find expected ',' or '}'", "a comma between entries and } at the end of the mapping"),
    ("found unexpected end of stream", "a closing quote"),
    ("found unexpected document indicator", "a closing quote"),
    ("unknown escape character", "single quotes, or a backslash written twice"),
)


def _syntax(text: str, error: yaml.MarkedYAMLError, quoted: list[tuple[int, int]]) -> YamlError:
    problem = " ".join(str(error.problem or "this is no YAML").split())
    context = " ".join(str(error.context or "").split())
    mark, start = error.problem_mark, error.context_mark
    line = mark.line + 1 if mark else 1
    if quoted and quoted[-1][1] == line:
        return YamlError(quoted[-1][0], f"a quoted text begins here and ends in line {line}", "a closing quote")
    if start is not None and start.line + 1 < line:
        lines = _BREAK.split(text)
        opening = start.line
        # What was opened and never closed is noticed further down, where the next key stands or the file ends.
        if "quoted scalar" in context or ("flow" in context and _indent(lines, line - 1) <= _indent(lines, opening)):
            line = opening + 1
    right = next((hint for piece, hint in _HINTS if piece in problem), "YAML as in the example")
    return YamlError(line, f"this is no YAML: {problem}{f' {context}' if context else ''}", right)


def _indent(lines: list[str], number: int) -> int:
    if number >= len(lines) or not lines[number].strip():
        return 0
    return len(lines[number]) - len(lines[number].lstrip(" "))
