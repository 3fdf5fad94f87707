"""The standard pair of the tests: Airedale in Keighley and Nyanza in Kisumu, every field of the form filled.

agreement()                                             # as it stands
agreement(review=date(2027, 3, 1), rule={"every": "last friday"}, policy={"escalate_after": 1})
agreement(aire={"internet": "intermittent", "holidays": ()}, nyanza={"terms": None})
pair(AIRE_NYANZA_YAML.replace("second tuesday", "last friday"))     # the way through the file
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tandem.core.agreement import Agreement
from tandem.wire.agreement_file import load

AIRE_NYANZA_YAML = (Path(__file__).parents[2] / "examples/aire-nyanza/agreement.yaml").read_text(encoding="utf-8")


def pair(text: str) -> Agreement:
    """The agreement in that YAML text."""
    return load(text.encode(), "agreement.yaml").agreement


@cache
def _standard() -> Agreement:
    return pair(AIRE_NYANZA_YAML)


def agreement(**changes: Any) -> Agreement:
    """The standard pair with changes: fields of the agreement, and mappings of fields for `aire`, `nyanza` (the
    schools), `rule` (the meeting's), `meeting` (where, phone, pupils) and `policy`."""
    out = _standard()
    for school in ("aire", "nyanza"):
        out = out.with_school(replace(out.school(school), **changes.pop(school, {})))
    rule = replace(out.meeting.rule, **changes.pop("rule", {}))
    meeting = changes.pop("meeting", {})
    if isinstance(meeting, dict):
        meeting = replace(out.meeting, **{"rule": rule, **meeting})
    policy = changes.pop("policy", {})
    if isinstance(policy, dict):
        policy = replace(out.policy, **policy)
    return replace(out, meeting=meeting, policy=policy, **changes)
