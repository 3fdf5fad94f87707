"""Figures and words that may be the numbers of a catch-up's times."""

from __future__ import annotations

import re

from tandem.wire.clause import BOUNDARY, Clauses, Hit, within
from tandem.wire.folding import WORD
from tandem.wire.mentions import When
from tandem.wire.phrases import Lexicon
from tandem.wire.times import Calendar

MOST_OFFERED = 3  # slots that a catch-up offers, where nobody says how many it did


def give_reasons(out: Clauses) -> None:
    """Makes chat of the reason behind a choice ("2 because we can't on Friday")."""
    for m in out.lex.pattern("because").finditer(out.text):
        end = next((b.start() for b in BOUNDARY.finditer(out.text, m.end())), len(out.text))
        if not any(n[1] <= m.start() for n in out.numbers) or within(out.hits, *m.span()):
            continue
        if out.lex.pattern("why_not").search(out.text, m.end(), end):
            continue  # "2 because there is an exam that day" may be why not
        apart = [out.hits, out.chat, out.fillers, out.proposes, out.meets]
        for hits in apart:
            hits[:] = [h for h in hits if not (m.start() <= h.start < end)]
        out.whens = [w for w in out.whens if not (m.start() <= w.start < end)]
        out.numbers = [n for n in out.numbers if not (m.start() <= n[0] < end)]
        out.chat.append(Hit("reason", m.start(), end))


def of_one_option(out: Clauses, hit: Hit) -> bool:
    """Whether a decline is said of one option only: behind others ("1 and 2 are fine, 3 is no good"), or before the
    one that is chosen for it ("the second clashes with exams, so the third")."""
    if any(hit.start <= n[0] < hit.end for n in out.numbers):
        return True  # "1 clashes with mocks and 2 with parents' evening"
    before = [n for n in out.numbers if n[1] <= hit.start]
    behind = [n for n in out.numbers if n[0] >= hit.end]
    if len(before) == 1 and behind and not out.boundary_between(before[0][1], hit.start):
        praised = [h for h in (*out.hits, *out.options) if h.kind in ("ok", "any", "both", "accept")]
        led = out.lex.pattern("so").search(out.text, hit.end, behind[0][0]) is not None
        return led or (out.boundary_between(hit.end, behind[0][0]) and any(h.start >= behind[0][1] for h in praised))
    if len(before) < 2 or not out.lex.pattern("negator").search(out.text, hit.start, hit.end):
        return False
    near = before[-1]
    return not out.boundary_between(near[1], hit.start) and out.boundary_between(before[0][0], near[0])


def options(text: str, lex: Lexicon, calendar: Calendar, whens: list[When]) -> list[tuple[int, int, int]]:
    """Figures and words that may be the numbers of options."""
    out: list[tuple[int, int, int]] = []
    names = {**calendar.number_of, **{k: v for k, v in calendar.ordinal_of.items() if v <= 3}}
    for word in lex.raw["dates"].get("not_options", []):
        names.pop(word, None)
    pattern = lex.bounded(
        rf"(?P<n>#?\d{{1,2}}(?: ?(?:{calendar.listed('ordinal_suffix')}))?[.)]?|{calendar.names(names)})"
    )
    for m in re.finditer(
        pattern if lex.spaced else rf"(?<![0-9])(?P<n>\d{{1,2}}|{calendar.names(names)})(?![0-9])", text
    ):
        if any(w.start < m.end() and m.start() < w.end for w in whens):
            continue
        if lex.pattern("unit").match(text, m.end() + lex.spaced):
            continue  # "those two weeks"
        word = m["n"].strip("#.)")
        digits = re.match(r"\d+", word)
        value = int(digits[0]) if digits else names.get(word)
        if value is not None:
            out.append((m.start(), m.end(), 99 if _counts(lex, text, m.start(), m.end()) else value))
    lone = {w: calendar.number_of[w] for w in lex.raw["dates"].get("not_options", []) if w in calendar.number_of}
    if lone and "option_noun" in lex.raw["say"]:  # "option one"
        after = lex.bounded(rf"(?:{lex.alternatives(lex.raw['say']['option_noun'])}) (?P<n>{calendar.names(lone)})")
        out += [(m.start("n"), m.end(), lone[m["n"]]) for m in re.finditer(after, text)]
        out.sort()
    excepted = any(m.end() < out[0][0] for m in lex.pattern("except").finditer(text)) if out else False
    if len(out) == 1 and not excepted and lex.pattern("plural").match(text, out[0][1] + 1):  # "two suit us": which two?
        return [(*out[0][:2], 99)]
    out = [n for i, n in enumerate(out) if not (i and _only_a_noun(text, out[i - 1], n))]
    if any(n[2] <= MOST_OFFERED for n in out):  # "the first one, as Year 10 are off": no option has two figures
        out = [n for n in out if n[2] < 10 or n[2] == 99]
    ranks = [n for n in out if lex.pattern("rank").match(text, n[1] + 1)]  # "1st choice 3, 2nd choice 1"
    return [n for n in out if n not in ranks] if 0 < len(ranks) < len(out) else out


def _only_a_noun(text: str, before: tuple[int, int, int], number: tuple[int, int, int]) -> bool:
    """Whether a "one" in words only stands for what an ordinal before it says ("the second one")."""
    said, ordinal = text[number[0] : number[1]], text[before[0] : before[1]]
    return number[2] == 1 != before[2] and before[1] + 1 == number[0] and not re.search(r"\d", said + ordinal)


def alone(start: int, end: int, text: str, lex: Lexicon) -> bool:
    """Whether words stand for themselves in their clause, but for praise: "the last", "la dernière me va"."""
    before = re.search(
        rf"(?:\A|[,;:.!])\s*\Z|(?:{lex.pattern('option').pattern}|{lex.pattern('break').pattern})\s*\Z", text[:start]
    )
    behind = BOUNDARY.match(text, end) or not WORD.search(text, end)
    praised = any(lex.pattern(k).match(text, end + 1) for k in ("ok", "accept", "option", "filler"))
    return bool(before) and bool(behind or praised)


def _counts(lex: Lexicon, text: str, start: int, end: int) -> bool:
    """Whether a figure says how many, and not which: 三个 is three of them, 第三个 the third."""
    counter, sign = lex.pattern("count"), lex.pattern("ordinal_sign")
    behind = counter.match(text, end)
    if not behind and not counter.search(text, start, end):
        return False
    return not sign.match(text, behind.end() if behind else end) and not sign.search(text, max(start - 1, 0), start)


def perhaps_option(when: When, text: str, lex: Lexicon) -> bool:
    """Whether what looks like an hour or a weekday may as well be an option: "a 2", "a segunda opção"."""
    if when.day is None and when.hour is not None:
        # "a 2", and "1 y 3", which may be three past one only where something else says so
        figures = r"\D{0,4}\d{1,2}(?: [^\W\d]{1,3} \d)?"
        return not when.hour.known and bool(re.fullmatch(figures, text[when.start : when.end]))
    article = any(m.end() == when.start - 1 for m in lex.pattern("option_article").finditer(text, 0, when.start))
    follows = article or lex.pattern("option_noun").match(text, when.end + 1)
    if when.day is None or when.hour is not None or not follows:
        return False
    return when.day.weekday is not None or (when.day.month is None and (when.day.day or 9) <= 3)  # "the 2nd one"


def days_offered(whens: list[When], text: str, lex: Lexicon, soon: frozenset[int]) -> list[When]:
    """Without "le 2" or "the 2nd" at the beginning of a clause, or joined to another, where it can't be the day of a
    time that was offered, and so is the number of one."""
    kept: list[When] = []
    last = None  # where an option ended
    for when in whens:
        day = when.day
        alone = day is not None and when.hour is None and day.month is day.weekday is day.offset is None
        low = alone and day is not None and day.day in (1, 2, 3) and bool(soon) and day.day not in soon
        begins = re.search(r"(?:\A|[,;:.!?])\s*\Z", text[: when.start])
        joined = last is not None and lex.pattern("option").fullmatch(text[last : when.start].strip(" ,"))
        if low and (begins or joined):
            last = when.end
        else:
            kept.append(when)
    return kept
