"""Files that are wrong: each is refused with the line on which it is wrong, and told what would be right."""
# ruff: noqa: E501

from __future__ import annotations

import pytest

from tandem.wire.agreement_file import AgreementError, Finding, load
from tests.support.agreements import AIRE_NYANZA_YAML as GOOD

# what is replaced, by what, where the finding must point (a piece of that line in the wrong file), what it says is
# wrong, what it says is right
WRONG = {
    "an unknown key names the likely one": ("title:", "titel:", "titel:", '"titel" is not known', "title"),
    "an unknown key of a person": ("role: deputy}", "roll: deputy}", "roll: deputy", '"roll" is not known', "role"),
    "an unknown key of the policy": ("agenda_days: 7", "agenda_day: 7", "agenda_day:", "not known", "agenda_days"),
    "a key in the wrong place": ("  every: second", "  review: 2\n  every: second", "  review: 2", '"review"', "every"),
    "a repeated key": ("start: 2026-09-01", "start: 2026-09-01\nstart: 2026-09-02", "start: 2026-09-02",
                       '"start" stands in line 4', "once"),
    "a repeated key in a flow mapping": ("{mon-fri: \"08:40-15:30\"}", '{sat: "08:00-09:00", sat: "08:00-09:00"}',
                                         "sat: \"08:00-09:00\", sat", '"sat" stands in line', "once"),
    "a missing key": ("id: aire-nyanza\n", "", "tandem: 1", "has no id", "id:"),
    "a missing key of a school": ("    timezone: Africa/Nairobi\n", "", "- id: nyanza", "has no timezone", "timezone"),
    "a missing key of a person": (", role: deputy}", "}", "Tom Ellis", "has no role", "role"),
    "a missing key of the meeting": ('  at: "14:00"\n', "", "meeting:", "has no at", "at:"),
    "another format version": ("tandem: 1", "tandem: 2", "tandem: 2", "version 2", "tandem: 1"),
    "a format version of nothing": ("tandem: 1", "tandem: 0", "tandem: 0", "version 0", "tandem: 1"),
    "a format version as text": ("tandem: 1", 'tandem: "1"', "tandem:", "is text", "whole number"),
    "an id in capitals": ("id: aire-nyanza", "id: Aire Nyanza", "id: Aire", "another form", "such as aire-nyanza"),
    "an id that is too short": ("id: aire-nyanza", "id: an", "id: an", "another form", "3 to 40"),
    "an id that is too long": ("id: aire-nyanza", f"id: {'a' * 41}", "id: aaa", "another form", "3 to 40"),
    "an id that is a number": ("id: aire-nyanza", "id: 12345", "id: 12345", "is a number", 'in quotes: "12345"'),
    "a title that is a list": ("title: Rivers and Lakes", "title:\n  - Rivers", "title:", "is a list", "text"),
    "a title without a value": ("title: Rivers and Lakes", "title:", "title:", "has no value", "text"),
    "a title of nothing but spaces": ("title: Rivers and Lakes", 'title: "  "', "title:", "is empty", "text"),
    "a day that is not in the calendar": ("start: 2026-09-01", "start: 2026-09-31", "start:", "no day of the", "date"),
    "a date the other way round": ("start: 2026-09-01", "start: 01/09/2026", "start:", '"01/09/2026"', "2026-09-01"),
    "a date with a time": ("start: 2026-09-01", "start: 2026-09-01T10:00:00Z", "start:", "2026-09-01T10", "a date"),
    "a date that is a number": ("start: 2026-09-01", "start: 20260901", "start:", "is a number", "a date such as"),
    "a start in another age": ("start: 2026-09-01", "start: 1926-09-01", "start:", "year 1926", "2000"),
    "a review before the start": ("review: 2027-07-01", "review: 2026-07-01", "review:", "not after start", "after"),
    "a review on the day of the start": ("review: 2027-07-01", "review: 2026-09-01", "review:", "not after", "after"),
    "a review in ten years": ("review: 2027-07-01", "review: 2037-07-01", "review:", "11 years", "within 5 years"),
    "a single school": ("  - id: nyanza\n", "  - id: third\n    bogus: 1\n  - id: nyanza\n", "- id: nyanza", "3 schools",
                        "exactly two"),
    "a school id that both have": ("  - id: nyanza", "  - id: aire", "both schools'", None, "two different"),
    "a school called alternate": ("  - id: nyanza", "  - id: alternate", "id: alternate", "alternate", "another id"),
    "a country by its name": ("country: KE", "country: Kenya", "country: Kenya", "no country's code", "KE"),
    "a country in small letters": ("country: KE", "country: ke", "country: ke", "no country's code", "KE"),
    "a country that is not one": ("country: GB-ENG", "country: UK", "country: UK", "no country's code", "GB"),
    "a country of three letters": ("country: KE", "country: KEN", "country: KEN", "no country's code", "ISO 3166"),
    "a zone that is a city": ("timezone: Europe/London", "timezone: London", "timezone: London", "no zone",
                              "Europe/London"),
    "a zone in small letters": ("timezone: Africa/Nairobi", "timezone: africa/nairobi", "africa/", "no zone",
                                "Africa/Nairobi"),
    "a zone that is a folder": ("timezone: Europe/London", "timezone: Europe", "timezone: Europe", "no zone", "IANA"),
    "a zone that climbs out": ("timezone: Europe/London", "timezone: ../../etc/passwd", "passwd", "no zone", "IANA"),
    "a zone of a person": ("timezone: Europe/Paris", "timezone: Europe/Pariss", "Pariss", "no zone", "Europe/Paris"),
    "a language by its name": ("    language: en\n    internet: good", "    language: English\n    internet: good",
                               "language: English", "no language tag", "en"),
    "a language that is a country": ("language: sw", "language: jp", "language: jp", "no language tag", "ja"),
    "a language with an underscore": ("language: sw", "language: pt_BR", "pt_BR", "no language tag", "pt-BR"),
    "a language of three letters that has two": ("language: sw", "language: swa", "swa}", "no language tag", "sw"),
    "a language that nobody speaks": ("language: sw", "language: xx", "language: xx", "no language tag", "BCP 47"),
    "a working language": ("working_language: en", "working_language: e", "working_language", "no language", "BCP 47"),
    "an internet of another kind": ("internet: intermittent", "internet: bad", "internet: bad", "not known", "limited"),
    "an address without an at sign": ("email: t.ellis@airedale.example", "email: t.ellis", "t.ellis,", "no email", "@"),
    "an address without a domain": ("email: t.ellis@airedale.example", "email: t.ellis@localhost", "localhost",
                                    "no email", "@"),
    "an address with a name": ("email: t.ellis@airedale.example", 'email: "Tom <t@x.example>"', "Tom <", "no email", "@"),
    "an address with two dots": ("email: t.ellis@airedale.example", "email: t..ellis@airedale.example", "t..e",
                                 "no email", "@"),
    "an address in another script": ("email: t.ellis@airedale.example", "email: t.ellis@schüle.example", "schüle",
                                     "no email", "xn--"),
    "an address of the safeguarding contact": ("email: safe@airedale.example", "email: safe@", "safeguarding:",
                                               "no email", "@"),
    "an address that may answer": ("aisha.k@mail.example", "aisha.k", "also:", "no email", "@"),
    "one address for two people": ("email: t.ellis@airedale.example", "email: A.KHAN@airedale.example", "Tom Ellis",
                                   '"Aisha Khan"\'s in line', "one entry with both names: name: Aisha Khan and Tom Ellis"),
    "one address for people of both schools": ("email: p.ouma@nyanza.example", "email: a.khan@airedale.example",
                                               "Peter Ouma", '"Aisha Khan"\'s in line', "one entry with both names"),
    "an answering address that is another's": ("aisha.k@mail.example", "t.ellis@airedale.example", "Tom Ellis",
                                               '"Aisha Khan"\'s in line', "both names"),
    "a role that is none": ("role: deputy", "role: vice", "role: vice", "not known", "deputy"),
    "a role nearly right": ("role: deputy", "role: deputi", "role: deputi", "not known", "deputy"),
    "a school without a lead": ("Aisha Khan, email: a.khan@airedale.example, role: lead",
                                "Aisha Khan, email: a.khan@airedale.example, role: member", "    people:", "no lead",
                                "role: lead"),
    "hours that are no hours": ('sat: "08:00-12:30"', 'sat: "8-12"', 'sat: "8-12"', "no school day", "08:40-15:30"),
    "hours that end before they begin": ('sat: "08:00-12:30"', 'sat: "12:30-08:00"', "sat:", "ends before", "same day"),
    "hours that end when they begin": ('sat: "08:00-12:30"', 'sat: "08:00-08:00"', "sat:", "ends before", "same day"),
    "hours past midnight": ('sat: "08:00-12:30"', 'sat: "08:00-24:30"', "sat:", "past the end", "24:00"),
    "hours that begin at midnight's end": ('sat: "08:00-12:30"', 'sat: "24:00-24:00"', "sat:", "past the end", "24:00"),
    "hours that overlap": ('sat: "08:00-12:30"', 'fri: "08:00-12:30"', "fri:", "overlap those of mon-fri", "once"),
    "hours that overlap around the week": ('sat: "08:00-12:30"', 'fri-sun: "08:00-12:30"', "fri-sun", "overlap", "once"),
    "days in full": ('sat: "08:00-12:30"', 'saturday: "08:00-12:30"', "saturday:", "names no days", "sat"),
    "days in capitals": ('sat: "08:00-12:30"', 'Sat: "08:00-12:30"', "Sat:", "names no days", "sat"),
    "days with a hole": ('sat: "08:00-12:30"', 'sat-: "08:00-12:30"', "sat-:", "names no days", "sat"),
    "a day that is a list": ('{mon-fri: "08:40-15:30"}', '[mon-fri, "08:40-15:30"]', "day: [", "is a list", "a mapping"),
    "a day without hours": ('{mon-fri: "08:40-15:30"}', "{}", "day: {}", "is empty", "one entry"),
    "terms that overlap": ("from: 2027-01-05, to: 2027-07-20", "from: 2026-12-18, to: 2027-07-20", "2026-12-18, to: 2027",
                           "overlaps that of line 15", "share no day"),
    "terms that overlap out of order": ("from: 2026-09-03, to: 2026-12-18", "from: 2027-07-20, to: 2027-08-18",
                                        "from: 2027-01-05", "overlaps that of line 15", "share no day"),
    "a term that stands twice": ("from: 2027-01-05, to: 2027-07-20", "from: 2026-09-03, to: 2026-12-18", None,
                                 "stands twice", "share no day"),
    "a term that is reversed": ("from: 2026-09-03, to: 2026-12-18", "from: 2026-12-18, to: 2026-09-03",
                                "2026-12-18, to: 2026-09-03", "back to 2026-09-03", "from 2026-09-03"),
    "a term without an end": (", to: 2026-12-18}", "}", "from: 2026-09-03", "has no to", "to:"),
    "terms without a value": ("    public_holidays: true", "    public_holidays: true\n    terms:", "    terms:\n",
                              '"terms" stands in line', "once"),
    "a closure that is reversed": ("from: 2026-10-26, to: 2026-10-30", "from: 2026-10-30, to: 2026-10-26",
                                   "2026-10-30, to", "back to", "from 2026-10-26"),
    "public holidays that are a word": ("public_holidays: true", "public_holidays: yes", "public_holidays", "is text",
                                        "true or false"),
    "a project whose lead is nobody": ("lead: nyanza", "lead: nyansa", "lead: nyansa", "no school's id", "nyanza"),
    "wishes of a third school": ("wants: {aire:", "wants: {airedale:", "wants:", '"airedale" is no school', "aire"),
    "hours of a third school": ("{aire: 4, nyanza: 4}", "{aire: 4, nyansa: 4}", "nyansa", "no school's id", "nyanza"),
    "hours in words": ("{aire: 4, nyanza: 4}", "{aire: four, nyanza: 4}", "four", "is text", "a number from 0"),
    "hours below nothing": ("{aire: 4, nyanza: 4}", "{aire: -4, nyanza: 4}", "-4", "is -4", "a number from 0"),
    "hours without end": ("{aire: 4, nyanza: 4}", "{aire: .inf, nyanza: 4}", ".inf", "is .inf", "a number from 0"),
    "a keeper who is nobody": ("keeper: t.ellis@airedale.example", "keeper: t.elis@airedale.example", "t.elis",
                               "nobody's email", "t.ellis@airedale.example"),
    "a keeper by name": ("keeper: t.ellis@airedale.example", "keeper: Tom Ellis", "keeper: Tom", "no email", "@"),
    "a milestone without a day": ("{due: 2027-03-15, what: Joint page of graphs}", "{what: Joint page of graphs}",
                                  "{what: Joint", "has no due", "due:"),
    "a rule of a fifth week": ("every: second tuesday", "every: fifth tuesday", "every:", "no day of a month", "tuesday"),
    "a rule in capitals": ("every: second tuesday", "every: Second Tuesday", "every:", "no day", "second tuesday"),
    "a rule by its number": ("every: second tuesday", "every: 2nd tuesday", "every:", "no day of a month", "second"),
    "an hour that is none": ('at: "14:00"', 'at: "25:00"', "at:", "no time of day", "14:00"),
    "an hour at midnight's end": ('at: "14:00"', 'at: "24:00"', "at:", "no time of day", "14:00"),
    "an hour with one digit": ('at: "14:00"', 'at: "9:30"', "at:", "no time of day", "09:30"),
    "an hour of the afternoon": ('at: "14:00"', "at: 2pm", "at:", "no time of day", "14:00"),
    "an hour that is a number": ('at: "14:00"', "at: 1400", "at:", "is a number", "text"),
    "an anchor that is nobody": ("anchor: nyanza", "anchor: nyansa", "anchor:", "no school's id", "nyanza"),
    "an anchor nearly alternate": ("anchor: nyanza", "anchor: alternating", "anchor:", "no school's id", "alternate"),
    "minutes as text": ("minutes: 45", 'minutes: "45"', "minutes:", "is text", "whole number"),
    "minutes with a fraction": ("minutes: 45", "minutes: 45.5", "minutes:", "is a number (45.5)", "whole number"),
    "no minutes": ("minutes: 45", "minutes: 0", "minutes:", "is 0", "from 1 to"),
    "minutes of a week": ("minutes: 45", "minutes: 10080", "minutes:", "is 10080", "to 1440"),
    "more minutes than a number holds": ("minutes: 45", f"minutes: {'9' * 5000}", "minutes:", "minutes is 999", "1440"),
    "minutes of YAML 1.1": ("minutes: 45", "minutes: 1_0", "minutes:", "is text", "whole number"),
    "a month of pupils that is none": ("pupils: [2026-11,", "pupils: [2026-13,", "pupils:", '"2026-13"', "2026-11"),
    "a month of pupils as a day": ("pupils: [2026-11,", "pupils: [2026-11-03,", "pupils:", '"2026-11-03"', "2026-11"),
    "months of pupils that are no list": ("pupils: [2026-11, 2027-03]", "pupils: 2026-11", "pupils:", "is text", "list"),
    "a phone that is a number": ('phone: "+44 20 7946 0000, code 1234"', "phone: +442079460000", "phone:", "a number",
                                 'in quotes: "+442079460000"'),
    "too many invited ahead": ("invite_ahead: 3", "invite_ahead: 7", "invite_ahead", "is 7", "from 1 to 6"),
    "a digest on the 29th": ("digest_day: 1", "digest_day: 29", "digest_day", "is 29", "from 1 to 28"),
    "a policy below nothing": ("confirm_hours: 48", "confirm_hours: -48", "confirm_hours", "is -48", "whole number"),
    "a policy that is true": ("escalate_after: 2", "escalate_after: true", "escalate_after", "true or false", "number"),
    "a policy that is text": ("policy:\n", "policy: none\nrest:\n", "policy: none", "is text", "a mapping"),
    "a tag": ("title: Rivers", "title: !!str Rivers", "title:", "a tag", "without a tag"),
    "a tag that runs code": ("title: Rivers and Lakes", "title: !!python/object/apply:os.system [id]", "title:", "a tag",
                             "without a tag"),
    "a bell in a text": ("title: Rivers", 'title: "Riv\\aers"\nx: Rivers', 'title: "Riv', "U+0007", "without control"),
    "a line break in a text": ("title: Rivers and Lakes", 'title: "Rivers\\nBcc: x"', "title:", "a line break", "one line"),
    "a tab in a text": ("title: Rivers and Lakes", 'title: "Rivers\\tand"', "title:", "U+0009", "one line"),
    "a raw control character": ("title: Rivers and Lakes", "title: Rivers\x07and", "title:", "U+0007", "without control"),
    "a turned direction": ("title: Rivers and Lakes", "title: Rivers\u202eand", "title:", "U+202E", "without control"),
    "a tab as indentation": ("  every: second", "\tevery: second", "every:", "no YAML", "spaces"),
    "a bracket that is not closed": ("pupils: [2026-11, 2027-03]", "pupils: [2026-11, 2027-03", "pupils:", "no YAML",
                                     "]"),
    "a quote that is not closed": ("title: Rivers", 'title: "Rivers', "title:", "ends in line 13", "quote"),
    "a colon in a text": ("title: Rivers and Lakes", "title: Rivers: and Lakes", "title:", "no YAML", "quotes"),
    "a wrong indentation": ("  anchor: nyanza", "   anchor: nyanza", "anchor:", "no YAML", "indentation"),
    "an alias of nothing": ("title: Rivers and Lakes", "title: *x", "title:", "*x names nothing", "anchor"),
    "an alias inside itself": ("  objectives:\n", "  objectives: &o\n    - [*o]\n", "[*o]", "multiplies", "the text"),
    "a merge key": ("  every: second", "  <<: {minutes: 5}\n  every: second", "<<", '"<<" is not known', "one of"),
    "a second document": ("policy:\n", "---\npolicy:\n", "---", "second document", "one agreement"),
    "another YAML": ("tandem: 1", "%YAML 1.1\n---\ntandem: 1", None, "%YAML 1.1", "1.2"),
    "a key that is a list": ("title: Rivers", "? [a, b]\n: c\ntitle: Rivers", "? [a, b]", "a key is a list", "text"),
}  # fmt: skip


def findings(data: bytes | str) -> tuple[Finding, ...]:
    with pytest.raises(AgreementError) as caught:
        load(data.encode() if isinstance(data, str) else data, "a.yaml")
    found = caught.value.findings
    assert [f.line for f in found] == sorted(f.line for f in found)
    assert all("\n" not in f.text("a.yaml") and f.right for f in found)
    return found


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_the_line_and_what_would_be_right(name: str) -> None:
    old, new, where, wrong, right = WRONG[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    found = findings(text)
    lines = text.split("\n")
    told = [f for f in found if (wrong is None or wrong in f.wrong) and right in (f.right or "")]
    assert told, [f.text("a.yaml") for f in found]
    if where is not None and where in text:
        assert any(where.rstrip("\n") in lines[f.line - 1] for f in told), (told, lines[told[0].line - 1])


@pytest.mark.parametrize(
    ("data", "line", "wrong"),
    [
        (b"", 1, "empty"),
        (b"\n# only a comment\n", 1, "empty"),
        (b"- 1\n", 1, "the agreement is a list"),
        (b"hello\n", 1, "the agreement is text"),
        (b"\xff\xfet\x00a\x00", 1, "not UTF-8"),
        (b"a: 1\r\nb: \xe9\n", 2, "not UTF-8"),
        (b"a: 1\nb: \x00\n", 2, "U+0000"),
        (b"#" * (1024 * 1024 + 1), 1, "larger than 1 MB"),
        (b"a: 1\nschools: []\n", 2, "there are 0 schools"),
        (b"schools:\n  - {id: a}\n", 1, "there are 1 schools"),
        (b"schools: 3\n", 1, "schools is a number"),
        (b"schools: [1, [2]]\n", 1, "an entry of schools is a number"),
    ],
)
def test_what_is_no_agreement_at_all_is_refused_too(data: bytes, line: int, wrong: str) -> None:
    assert any(f.line == line and wrong in f.wrong for f in findings(data)), findings(data)


def test_twenty_one_people_are_too_many() -> None:
    extra = "".join(f"      - {{name: P{n}, email: p{n}@x.example, role: member}}\n" for n in range(17))
    text = GOOD.replace("  - id: nyanza\n", extra + "  - id: nyanza\n")
    (found,) = findings(text)
    assert "21 people" in found.wrong
    assert "p16@x.example" in text.split("\n")[found.line - 1]


def test_everything_that_is_wrong_is_found_at_once() -> None:
    text = GOOD.replace("country: KE", "country: Kenya").replace("minutes: 45", "minutes: x").replace("titel", "title")
    text = text.replace("title: Rivers", "titel: Rivers")
    assert [f.wrong.split()[0] for f in findings(text)] == ["the", '"Kenya"', "minutes"]


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("purpose:\n", "purpos:\n", "purpos:"),  # not also "the agreement has no purpose", in its first line
        ("    timezone: Africa/Nairobi", "    timezon: Africa/Nairobi", "timezon:"),
        ("  - id: nyanza\n", "  - id: Nyanza\n", "- id: Nyanza"),  # which a project and the anchor name
        ("t.ellis@airedale.example, role", "t.ellis.airedale.example, role", "name: Tom"),  # who keeps a folder
        ("t.ellis@airedale.example, role", "a.khan@airedale.example, role", "name: Tom"),
    ],
)
def test_one_mistake_is_told_once_where_it_stands(old: str, new: str, at: str) -> None:
    text = GOOD.replace(old, new)
    (found,) = findings(text)
    assert at in text.split("\n")[found.line - 1]


def test_a_file_that_is_wrong_everywhere_is_told_of_a_hundred_times_at_most() -> None:
    assert len(findings("".join(f"key{n}: 1\n" for n in range(5000)))) <= 100


HOSTILE = {
    "a billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
    "one long list many times": "a: &a [" + "x," * 10000 + "]\n" + "".join(f"b{n}: *a\n" for n in range(10000)),
    "deep lists": "[" * 500_000,
    "deep mappings": "{a: " * 200_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(1000)),
    "deep lists in blocks": "- " * 500_000,
    "very many keys": "".join(f"k{n}: {n}\n" for n in range(80_000)),
    "very many entries": "schools: [" + "1," * 500_000 + "]",
    "a very long key": "k" * 1_000_000 + ": 1",
    "a very long text": "title: " + "x" * 1_000_000,
    "a very long number": "tandem: " + "9" * 1_000_000,
    "a very long float": "expectations: {hours_per_month: {a: " + "9" * 900_000 + ".5}}",
    "a very long zone": "schools: [{timezone: " + "Europe/" * 140_000 + "}]",
    "a very long language": "schools: [{language: " + "en-" * 300_000 + "x}]",
    "a very long address": "schools: [{people: [{email: " + "a." * 400_000 + "@x}]}]",
    "a very long id": "id: " + "A-" * 500_000,
    "very long hours": 'schools: [{day: {mon: "' + " " * 900_000 + '8"}}]',
    "very many anchors": "".join(f"k{n}: &a{n} x\n" for n in range(60_000)),
    "very many quotes": "title: " + '"' * 1_000_000,
    "very many comments": "#\n" * 500_000,
    "very many documents": "---\n" * 250_000,
    "very many questions": "? " * 500_000,
    "very many escapes": 'title: "' + "\\x41" * 250_000 + '"',
    "very many wrong keys of one kind": "policy: {" + "".join(f"invite_ahea{n}: 1, " for n in range(9000)) + "}",
    "very many directives": "%FOO bar\n" * 110_000,
    "line breaks of all kinds": "\r\n\r\u0085" * 150_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_good_time(name: str) -> None:
    from time import process_time

    began = process_time()
    findings(HOSTILE[name][: 1024 * 1024])
    assert process_time() - began < 4
