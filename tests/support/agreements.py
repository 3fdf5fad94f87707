"""The standard pair of the tests: Airedale in Keighley and Nyanza in Kisumu, every field of the form filled.

    agreement()                                             # as it stands
    agreement(review=date(2027, 3, 1), rule={"every": "last friday"}, policy={"escalate_after": 1})
    agreement(aire={"internet": "intermittent", "holidays": ()}, nyanza={"terms": None})
    pair(AIRE_NYANZA_YAML.replace("second tuesday", "last friday"))     # the way through the file
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from tandem.core.agreement import Agreement
from tandem.wire.agreement_file import load

AIRE_NYANZA_YAML = """\
tandem: 1
id: aire-nyanza
title: Rivers and Lakes
start: 2026-09-01
review: 2027-07-01
schools:
  - id: aire
    name: Airedale High School
    country: GB-ENG
    timezone: Europe/London
    language: en
    internet: good
    day: {mon-fri: "08:40-15:30"}
    terms:
      - {from: 2026-09-03, to: 2026-12-18}
      - {from: 2027-01-05, to: 2027-07-20}
    closed:
      - {from: 2026-10-26, to: 2026-10-30, why: Half term}
      - {from: 2027-02-15, to: 2027-02-19, why: Half term}
      - {from: 2027-03-29, to: 2027-04-09, why: Easter holidays}
    public_holidays: true
    safeguarding: {name: Ines Roth, email: safe@airedale.example}
    people:
      - {name: Aisha Khan, email: a.khan@airedale.example, role: lead, also: [aisha.k@mail.example]}
      - {name: Tom Ellis, email: t.ellis@airedale.example, role: deputy}
      - {name: Ruth Shaw, email: r.shaw@airedale.example, role: leader}
      - {name: Zoë Okafor, email: z.okafor@airedale.example, role: member, language: fr, timezone: Europe/Paris}
  - id: nyanza
    name: Nyanza Girls' School
    country: KE
    timezone: Africa/Nairobi
    language: en
    internet: intermittent
    day: {mon-fri: "07:30-17:00", sat: "08:00-12:30"}
    terms:
      - {from: 2026-08-24, to: 2026-12-11}
      - {from: 2027-01-04, to: 2027-04-16}
      - {from: 2027-05-03, to: 2027-07-30}
    closed:
      - {from: 2027-02-24, to: 2027-02-26, why: Mid-term break}
    people:
      - {name: Grace Achieng, email: g.achieng@nyanza.example, role: lead}
      - {name: Joseph Otieno, email: j.otieno@nyanza.example, role: deputy}
      - {name: Mary Wanjiru, email: m.wanjiru@nyanza.example, role: leader}
      - {name: Peter Ouma, email: p.ouma@nyanza.example, role: member, language: sw}
purpose:
  objectives:
    - Compare the water of the Aire and of Lake Victoria
    - Write about each other's rivers for readers who have never seen them
  wants: {aire: A live audience for field work, nyanza: Practice in written English}
  projects:
    - title: Water diary
      lead: nyanza
      milestones:
        - {due: 2026-11-30, what: First month of readings swapped}
        - {due: 2027-03-15, what: Joint page of graphs}
expectations:
  hours_per_month: {aire: 4, nyanza: 4}
  working_language: en
  language_help: Ms Achieng helps with French
  stumbling_blocks: [Power cuts in the rains]
resources:
  - {what: Shared folder, where: https://files.example/aire-nyanza, keeper: t.ellis@airedale.example}
  - {what: Water test kits, where: Physics store at Nyanza, keeper: g.achieng@nyanza.example}
meeting:
  every: second tuesday
  at: "14:00"
  anchor: nyanza
  minutes: 45
  where: https://meet.example/aire-nyanza
  phone: "+44 20 7946 0000, code 1234"
  pupils: [2026-11, 2027-03]
policy:
  invite_ahead: 3
  agenda_days: 7
  reminder_hours: 72
  check_in_hours: 1
  confirm_hours: 48
  catch_up_days: 10
  escalate_after: 2
  acknowledge_days: 5
  digest_day: 1
"""


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
