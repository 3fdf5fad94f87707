"""Agreement files that are right, and what they are warned of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tandem.core.agreement import Contact, Expectations, Hours, Policy, Span
from tandem.wire.agreement_file import AgreementError, load
from tandem.wire.public_holidays import holidays_for
from tests.support.agreements import AIRE_NYANZA_YAML as GOOD
from tests.support.agreements import pair

MINIMAL = """\
tandem: 1
id: a-b
title: Two
start: 2026-09-01
review: 2027-07-01
schools:
- {id: a, name: A, country: FR, timezone: Europe/Paris, language: fr, internet: good, day: {mon-fri: 08:00-16:00},
   people: [{name: X, email: x@a.example, role: lead}]}
- {id: b, name: B, country: NO, timezone: Europe/Oslo, language: en, internet: limited, day: {mon-fri: 08:00-16:00},
   people: [{name: Y, email: y@b.example, role: lead}]}
purpose: {objectives: [Meet]}
meeting: {every: last friday, at: 14:00, anchor: a, minutes: 45}
"""


def warnings(text: str) -> list[str]:
    return [w.text("a", warning=True) for w in load(text.encode(), "a").warnings]


def test_every_field_of_the_form_is_read() -> None:
    loaded = load(GOOD.encode(), "a.yaml")
    agreement, aire, nyanza = loaded.agreement, *loaded.agreement.schools
    assert loaded.warnings == ()
    assert (agreement.id, agreement.title, agreement.start) == ("aire-nyanza", "Rivers and Lakes", date(2026, 9, 1))
    assert aire.day == {str(n): Hours(520, 930) for n in range(5)}
    assert nyanza.day["5"] == Hours(480, 750)
    assert aire.terms is not None
    assert aire.terms[0] == Span(date(2026, 9, 3), date(2026, 12, 18))
    assert aire.closed[0] == Span(date(2026, 10, 26), date(2026, 10, 30), "Half term")
    assert aire.safeguarding == Contact("Ines Roth", "safe@airedale.example")
    assert aire.people[0].also == ("aisha.k@mail.example",)
    zoe = aire.people[3]
    assert (zoe.name, zoe.language, zoe.timezone) == ("Zoë Okafor", "fr", "Europe/Paris")
    assert agreement.purpose.projects[0].milestones[1].due == date(2027, 3, 15)
    assert agreement.expectations.hours_per_month == {"aire": 4, "nyanza": 4}
    assert agreement.resources[1].keeper == "g.achieng@nyanza.example"
    assert (agreement.meeting.rule.every, agreement.meeting.rule.at) == ("second tuesday", 840)
    assert agreement.meeting.pupils == ("2026-11", "2027-03")


def test_what_may_be_left_out_has_the_default() -> None:
    agreement = pair(MINIMAL)
    assert agreement.policy == Policy()
    assert agreement.expectations == Expectations()
    assert agreement.schools[0].terms is None
    assert agreement.schools[0].public_holidays
    assert agreement.schools[0].holidays
    assert agreement.meeting.where is None


def test_of_the_expectations_only_the_hours_must_be_there() -> None:
    assert pair(MINIMAL + "expectations: {hours_per_month: {a: 4}}\n").expectations == Expectations({"a": 4})


@pytest.mark.parametrize("policy", ["policy: {}\n", "policy:\n", "policy: {invite_ahead: 3}\n"])
def test_everything_under_policy_may_be_left_out(policy: str) -> None:
    assert pair(MINIMAL + policy).policy == Policy()


def test_the_file_is_yaml_1_2_so_no_is_norway_and_14_00_is_text() -> None:
    agreement = pair(MINIMAL.replace("name: X", "name: on").replace("title: Two", "title: yes"))
    assert agreement.schools[1].country == "NO"
    assert agreement.meeting.rule.at == 840
    assert (agreement.title, agreement.schools[0].people[0].name) == ("yes", "on")


@pytest.mark.parametrize(("written", "minutes"), [("045", 45), ("0o55", 45), ("0x2d", 45), ("+45", 45)])
def test_numbers_are_those_of_yaml_1_2(written: str, minutes: int) -> None:
    assert pair(GOOD.replace("minutes: 45", f"minutes: {written}")).meeting.rule.minutes == minutes


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        ("%YAML 1.2\n---\n" + GOOD + "...\n").encode(),
        ("# first\n\n" + GOOD).encode(),
    ],
)
def test_a_bom_other_line_ends_and_yaml_s_own_marks_make_no_difference(data: bytes) -> None:
    assert load(data, "a").agreement == pair(GOOD)


def test_an_alias_that_does_not_multiply_is_read() -> None:
    text = MINIMAL.replace("{mon-fri: 08:00-16:00}", "&d {mon-fri: 08:00-16:00}", 1)
    text = text.replace("internet: limited, day: {mon-fri: 08:00-16:00}", "internet: limited, day: *d")
    assert pair(text).schools[1].day == pair(MINIMAL).schools[1].day


def test_a_school_day_may_end_at_24_00_and_days_may_go_around_the_week() -> None:
    text = MINIMAL.replace("{mon-fri: 08:00-16:00}", '{fri-sun: "00:00-24:00", tue: "09:00 - 10:00"}', 1)
    whole = Hours(0, 1440)
    assert pair(text).schools[0].day == {"4": whole, "5": whole, "6": whole, "1": Hours(540, 600)}


def test_folded_text_is_one_line() -> None:
    text = MINIMAL.replace("title: Two", "title: >\n  Two\n  schools")
    assert pair(text).title == "Two schools"


def test_terms_may_stand_in_any_order_and_touch() -> None:
    text = MINIMAL.replace("country: FR,", "country: FR, terms: [{from: 2027-01-01, to: 2027-06-30},"
                           " {from: 2026-09-01, to: 2026-12-31}],")  # fmt: skip
    terms = pair(text).schools[0].terms
    assert terms is not None
    assert [t.first for t in terms] == [date(2026, 9, 1), date(2027, 1, 1)]


def test_language_tags_are_written_as_bcp_47_recommends() -> None:
    text = MINIMAL.replace("language: fr", "language: PT-br").replace("language: en", "language: zh-hans-CN")
    assert [s.language for s in pair(text).schools] == ["pt-BR", "zh-Hans-CN"]


def test_a_language_without_mails_falls_back_to_english_with_a_warning() -> None:
    text = MINIMAL.replace("language: fr", "language: it")
    (warning,) = warnings(text)
    assert warning.startswith("a:7: warning: mails do not come in it: English is used; one of en fr")
    assert pair(text).schools[0].language == "it"


def test_a_country_whose_holidays_are_unknown_has_none_with_a_warning() -> None:
    text = MINIMAL.replace("country: FR", "country: XX")
    (warning,) = warnings(text)
    assert warning.startswith("a:7: warning: the public holidays of XX are not known")
    assert pair(text).schools[0].holidays == ()


def test_a_country_whose_holidays_are_not_asked_for_is_not_warned_of() -> None:
    assert warnings(MINIMAL.replace("country: FR", "country: XX, public_holidays: false")) == []


def test_an_unknown_subdivision_has_the_country_s_holidays_with_a_warning() -> None:
    text = MINIMAL.replace("country: FR", "country: GB-XYZ")
    assert "GB-XYZ is not known" in warnings(text)[0]
    assert pair(text).schools[0].holidays == pair(text.replace("GB-XYZ", "GB")).schools[0].holidays


def test_public_holidays_reach_from_the_year_before_start_to_three_renewals() -> None:
    days = [holiday.day for holiday in pair(GOOD).schools[0].holidays]
    assert (days[0].year, days[-1].year) == (2025, 2030)
    assert days == sorted(days)


def test_days_in_lieu_are_public_holidays_and_a_subdivision_has_its_own() -> None:
    england, scotland = holidays_for("GB-ENG", [2026]), holidays_for("GB-SCT", [2026])
    assert england is not None
    assert scotland is not None
    assert date(2026, 12, 28) in [h.day for h in england]
    assert date(2026, 11, 30) in {h.day for h in scotland} - {h.day for h in england}
    assert holidays_for("XX", [2026]) is None


def test_where_public_holidays_are_no_closed_days_none_are_kept() -> None:
    assert pair(GOOD.replace("public_holidays: true", "public_holidays: false")).schools[0].holidays == ()


def test_a_month_of_pupils_outside_the_year_and_a_repeated_one_are_warned_of() -> None:
    found = warnings(GOOD.replace("[2026-11, 2027-03]", "[2026-11, 2026-11, 2028-03]"))
    assert len(found) == 2
    assert pair(GOOD.replace("[2026-11, 2027-03]", "[2026-11, 2026-11]")).meeting.pupils == ("2026-11",)


def test_where_something_stands_can_be_asked_for() -> None:
    loaded = load(GOOD.encode(), "a")
    lines = GOOD.split("\n")
    assert lines[loaded.line("meeting", "at") - 1].startswith("  at:")
    assert lines[loaded.line("schools", 1, "people", 2, "role", "nothing") - 1].strip().startswith("- {name: Mary")


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("examples/*/agreement.yaml")))
def test_the_examples_are_valid(path: Path) -> None:
    assert load(path.read_bytes(), str(path)).warnings == ()


def test_the_same_file_gives_an_equal_agreement() -> None:
    assert pair(GOOD) == pair(GOOD)
    assert replace(pair(GOOD), title="x") != pair(GOOD)


def test_every_prefix_of_a_file_is_refused_or_read_and_never_breaks() -> None:
    data = GOOD.encode()
    for end in range(0, len(data), 97):
        try:
            load(data[:end], "a")
        except AgreementError as error:
            assert error.findings  # noqa: PT017
