"""What the template says is what the code expects, and a function starts fast."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest
import yaml

from tandem.aws import settings, table
from tests.functions.conftest import ROOT

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
TOLD = {"tick": settings.Tick, "advance": settings.Table, "receive": settings.Receive, "deliver": settings.Deliver,
        "feedback": settings.Table, "enrol": settings.Table}  # fmt: skip
HEAVY = ("icalendar", "jinja2", "babel", "holidays", "yaml", "lxml", "flufl")


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def template() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), _Loader)
    return loaded


def test_the_table_is_the_one_that_the_store_expects() -> None:
    told = template()["Resources"]["Table"]["Properties"]
    wanted = table.definition("x")
    for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"):
        assert told[key] == wanted[key], key
    assert told["StreamSpecification"]["StreamViewType"] == wanted["StreamSpecification"]["StreamViewType"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_told_every_setting_that_it_reads(function: str) -> None:
    read = template()
    common = read["Globals"]["Function"]["Environment"]["Variables"]
    own = read["Resources"][f"{function.title()}Function"]["Properties"].get("Environment", {}).get("Variables", {})
    assert {f.name.upper() for f in fields(TOLD[function])} <= {*common, *own}


def test_the_template_has_no_alias_which_cloudformation_refuses() -> None:
    tokens = yaml.scan((ROOT / "template.yaml").read_text(encoding="utf-8"))
    assert not any(isinstance(token, yaml.AliasToken | yaml.AnchorToken) for token in tokens)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_has_forty_lines_at_most(function: str) -> None:
    assert len((ROOT / "functions" / function / "app.py").read_text(encoding="utf-8").splitlines()) <= 40


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_function_loads_nothing_heavy(function: str) -> None:
    code = (
        "import sys, json, time; began = time.process_time(); import app;"
        "print(json.dumps([time.process_time() - began, sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "functions" / function, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(ROOT / "shared"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    seconds, modules = json.loads(done.stdout)
    assert [name for name in HEAVY if name in modules] == []
    assert seconds < 1.5, "some 0.2 s on a quiet machine"
