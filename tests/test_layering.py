"""Imports run downward only, and the core is pure: the standard library alone, no clock, no chance, no I/O."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TANDEM = ROOT / "shared" / "tandem"
CORE = sorted((TANDEM / "core").glob("*.py"))
IMPURE = {"os", "io", "time", "random", "secrets", "socket", "subprocess", "pathlib", "uuid", "logging", "tempfile"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_the_core_imports_nothing_but_the_standard_library_and_itself(path: Path) -> None:
    for name in imported(path):
        top = name.partition(".")[0]
        assert name.startswith("tandem.core") or top in sys.stdlib_module_names, name
        assert top not in IMPURE, name


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_the_core_reads_no_clock(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            owner = node.func.value
            assert not (isinstance(owner, ast.Name) and owner.id in ("datetime", "date", "time")), node.lineno
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open")


@pytest.mark.parametrize("path", sorted((TANDEM / "wire").rglob("*.py")), ids=lambda path: path.stem)
def test_the_wire_knows_nothing_of_aws(path: Path) -> None:
    for name in imported(path):
        assert not name.startswith(("tandem.aws", "tandem.usecases", "tandem.delivery", "boto3", "botocore")), name


def test_boto3_lives_in_one_folder() -> None:
    for path in TANDEM.rglob("*.py"):
        if path.parent.name != "aws":
            assert not any(name.partition(".")[0] in ("boto3", "botocore") for name in imported(path)), path


@pytest.mark.parametrize("path", sorted((ROOT / "functions").glob("*/app.py")), ids=lambda path: path.parent.name)
def test_a_handler_is_forty_lines_at_most(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40
