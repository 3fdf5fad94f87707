"""The days that a text mentions, with the words of `phrases/*.toml`: one grammar for each language.

What can be read in two ways is not read: `tandem.wire.clock` then finds no day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from tandem.wire.folding import fold
from tandem.wire.mentions import Day, longest
from tandem.wire.phrases import Lexicon, expression, regex


class Days:
    """The date grammar of one language."""

    def __init__(self, lex: Lexicon, day_first: bool) -> None:
        self.lex = lex
        self.day_first = day_first
        raw: dict[str, Any] = lex.raw["dates"]
        self.raw, self.times = raw, lex.raw["times"]
        self.month_of = {
            fold(s): i for i, names in enumerate(raw["months"], 1) for n in names for s in _spellings(n, lex)
        }
        self.weekday_of = {
            fold(s): i for i, names in enumerate(raw["weekdays"]) for n in names for s in _spellings(n, lex)
        }
        self.number_of = {
            fold(s): i for i, n in enumerate(raw.get("numbers", []), 1) for s in (n if isinstance(n, list) else [n])
        }
        self.number_of.update({fold(w): n for w, n in raw.get("more_numbers", {}).items()})
        self.ordinal_of = {
            fold(s): i for i, n in enumerate(raw.get("ordinals", []), 1) for s in (n if isinstance(n, list) else [n])
        }
        self.one = {fold(w) for w in raw.get("one", [])}
        if raw.get("ten"):
            self._count_by_ten(raw["ten"])
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._latest: tuple[str, list[Day]] = ("", [])
        self._words: dict[tuple[str, ...], str] = {}  # expressions that were made once, by what they are made of
        self._listed: dict[tuple[str, bool], str] = {}
        self._names: dict[tuple[str, ...], str] = {}
        self._forms: dict[tuple[str, ...], str] = {}

    def _count_by_ten(self, ten: str) -> None:
        """Numerals that are put together: three-ten-five is 35."""
        units = {n: w for w, n in sorted(self.number_of.items(), reverse=True) if 1 <= n <= 9}
        for n in range(10, 60):
            tens, rest = divmod(n, 10)
            self.number_of.setdefault(("" if tens == 1 else units[tens]) + ten + (units[rest] if rest else ""), n)

    @cached_property
    def any_word(self) -> re.Pattern[str]:
        """Something without which a text mentions neither day nor hour."""
        keys = (
            "relative", "same_day", "same_time", "week_later", "day_later", "day_earlier", "end_of_week",
            "end_of_next_week", "end_of_month", "later", "earlier", "half_later", "half_earlier",
            "in_units", "days", "weeks", "hours",
        )  # fmt: skip
        phrases = [p for k in keys for p in self.raw.get(k, [])]
        parts = [self.names(self.weekday_of), self.names(self.month_of), r"\d"]
        parts += [
            self.words(*(p for p in phrases if "{" not in p)),
            self.listed("noon", self.times),
            self.names(self.number_of),
        ]
        return re.compile("|".join(parts))

    @cached_property
    def named(self) -> re.Pattern[str]:
        """A month's or a weekday's name: quick to look for."""
        names = f"(?:{self.names(self.month_of)}|{self.names(self.weekday_of)})"
        return re.compile(self.edge[0] + names + self.edge[1] if self.lex.spaced else names)

    # -- building blocks

    def words(self, *phrases: str) -> str:
        """Any of some phrases, as an expression."""
        known = self._words.get(phrases)
        if known is None:
            known = self._words[phrases] = self._alternatives(phrases)
        return known

    def _alternatives(self, phrases: tuple[str, ...]) -> str:
        made = sorted({self._phrase(p) for p in phrases}, key=lambda e: (-len(e), e))
        return "(?:" + "|".join(made) + ")" if made else "(?!)"

    def _phrase(self, phrase: str) -> str:
        umlauts = bool(self.lex.raw.get("umlauts"))
        return expression(phrase, self.lex.words, spaced=self.lex.spaced, umlauts=umlauts)

    def listed(self, key: str, table: dict[str, Any] | None = None) -> str:
        """Any of the file's words under a key."""
        at = (key, table is None)
        known = self._listed.get(at)
        if known is None:
            known = self._listed[at] = self.words(*(self.raw if table is None else table).get(key, []))
        return known

    def names(self, table: dict[str, Any]) -> str:
        """Any of a table's keys."""
        keys = tuple(table)
        known = self._names.get(keys)
        if known is None:
            known = self._names[keys] = self._any_key(table)
        return known

    @staticmethod
    def _any_key(table: dict[str, Any]) -> str:
        return "(?:" + "|".join(sorted(map(re.escape, table), key=lambda n: (-len(n), n))) + ")" if table else "(?!)"

    def form(self, phrase: str, parts: dict[str, str]) -> str:
        """A phrase with places to fill: `{d}`, `{h}`, `{n}`, `{unit}`, `{weekday}`."""
        known = self._forms.get((phrase, *parts.values()))
        if known is None:
            known = self._forms[phrase, *parts.values()] = self._filled(phrase, parts)
        return known

    def _filled(self, phrase: str, parts: dict[str, str]) -> str:
        marked = re.sub(r"\{(\w+)\}", lambda m: f"zq{m[1]}zq" if m[1] in parts else m[0], phrase)
        return re.sub(r"zq(\w+?)zq", lambda m: parts[m[1]], self._phrase(marked))

    @property
    def edge(self) -> tuple[str, str]:
        glued = self.lex.raw.get("prefixes", "")
        if not self.lex.spaced:
            return r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
        return (
            rf"(?<![\w\u0900-\u097f])(?:{glued})?" if glued else r"(?<![\w\u0900-\u097f])"
        ), r"(?![\w\u0900-\u097f])"

    def compiled(self, name: str, inner: str) -> re.Pattern[str]:
        made = self._patterns.get(name)
        if made is None:
            before, after = self.edge
            made = self._patterns[name] = re.compile(before + inner + after)
        return made

    # -- days

    @property
    def _number(self) -> str:
        return rf"(?:\d{{1,2}}|{self.names(self.number_of)})"

    @property
    def _east_year(self) -> str:
        return rf"(?:(?P<y>\d{{4}}){self.listed('year_sign')} ?)?"

    @property
    def _day_number(self) -> str:
        suffix = self.listed("ordinal_suffix")
        ordinals = self.names({**self.ordinal_of})
        return rf"(?:\d{{1,2}}(?: ?{suffix}|\.)?|{ordinals}|{self.names(self.number_of)})"

    def _value(self, text: str) -> int | None:
        text = text.strip().rstrip(".")
        digits = re.match(r"\d+", text)
        if digits:
            return int(digits[0])
        if text in self.one:
            return 1
        return self.number_of.get(text) or self.ordinal_of.get(text)

    @property
    def _full(self) -> re.Pattern[str]:
        if "full" not in self._patterns:
            month, weekday, number = self.names(self.month_of), self.names(self.weekday_of), self._day_number
            of, article = self.listed("of"), self.listed("article")
            week = (
                rf"(?:(?P<wd>{weekday})\.?,? ?(?:\(?\d{{1,2}}\.?\)? ?(?={weekday}))?(?:{article} )?,? ?)?"
                if self.lex.spaced
                else ""
            )
            year = rf"(?:,? (?:{of} )?(?P<y>\d{{4}}))?"
            if self.lex.spaced:
                inner = (
                    rf"(?:{week}(?:(?P<d>{number})(?: ?{of} ?| ?-? ?)(?P<m>{month})\.?{year}"
                    rf"|(?P<m2>{month})\.? (?:{article} )?(?P<d2>{number})(?! ?[:.h]\d)(?:,? (?P<y2>\d{{4}}))?))"
                )
            else:
                inner = (
                    rf"(?:{self._east_year}(?:(?P<m>\d{{1,2}}){self.listed('month_sign')}|(?P<mn>{month})) ?"
                    rf"(?P<d>{self._number}) ?{self.listed('day_sign')}?"
                    rf" ?(?:\(? ?(?P<wd>{weekday}) ?\)?)?)"
                )
            self._patterns["full"] = re.compile(self.edge[0] + inner + (self.edge[1] if self.lex.spaced else ""))
        return self._patterns["full"]

    def days(self, text: str) -> list[Day]:
        """What days a folded text mentions; longer readings win."""
        if self._latest[0] != text:  # a label's text is asked about several times
            self._latest = (text, self._mentioned(text))
        return list(self._latest[1])

    def _mentioned(self, text: str) -> list[Day]:
        dated = longest([*self._written_out(text), *self._numeric(text)])
        found: list[Day] = []
        found += self._weekdays(text)
        found += self._weekday_and_number(text)
        found += self._relative(text)
        # "le 4" inside "le 4 mars" is no day of its own, however long its form
        found = [f for f in found if not any(f.start < d.end and d.start < f.end for d in dated)]
        return [self._with_year(day, text) for day in longest([*dated, *found])]

    def _with_year(self, day: Day, text: str) -> Day:
        """The day with the "next year" that stands beside it."""
        if day.month is None or day.year is not None:
            return day
        for key, years in (("next_year", 1), ("this_year", 0)):
            before, behind = self._beside(key)
            found = before.search(text, max(0, day.start - 40), day.start)
            if found:
                return replace(day, start=found.start(), years=years)
            found = behind.match(text, day.end)
            if found:
                return replace(day, end=found.end(), years=years)
        return day

    def _written_out(self, text: str) -> Iterator[Day]:
        for m in self._full.finditer(text):
            groups = m.groupdict()
            day = self._value(groups.get("d") or groups.get("d2") or "")
            name = groups.get("m") or groups.get("m2") or groups.get("mn") or ""
            month = int(name) if name.isdigit() else self.month_of.get(name.strip("."))
            year = groups.get("y") or groups.get("y2")
            weekday = groups.get("wd")
            yield Day(m.start(), m.end(), day, month, int(year) if year else None,
                      self.weekday_of.get(weekday) if weekday else None)  # fmt: skip

    def _numeric(self, text: str) -> Iterator[Day]:
        weekday = rf"(?:(?P<wd>{self.names(self.weekday_of)})\.?,? ?(?:{self.listed('article')} )?)?"
        for m in self.compiled("iso", weekday + r"(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})").finditer(text):
            yield Day(m.start(), m.end(), int(m["d"]), int(m["m"]), int(m["y"]), self.weekday_of.get(m["wd"] or ""))
        separators = r"[/.]" if self.raw.get("dot_dates") else "/"
        inner = weekday + r"(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?:(?P=s)(?P<y>\d{4}|\d{2}))?\.?"
        for m in self.compiled("numeric", inner).finditer(text):
            a, b, year = int(m["a"]), int(m["b"]), m["y"]
            if not re.match(separators, m["s"]) and not (year and len(year) == 4):
                continue
            first_day = self.day_first
            day, month = (a, b) if first_day else (b, a)
            other = (month, day)
            if month > 12 and (m["s"] == "." or day > 12):  # "14.15" is an hour
                continue
            if month > 12 >= day:
                day, month, other = month, day, (0, 0)
            swapped = other if other[1] and other[1] <= 12 and other[0] != day else None
            number = int(year) + (2000 if year and len(year) == 2 else 0) if year else None
            yield Day(m.start(), m.end(), day, month, number, self.weekday_of.get(m["wd"] or ""), other=swapped)

    @cached_property
    def _weekday_forms(self) -> tuple[tuple[re.Pattern[str], int], ...]:
        """Weekdays of this week or of the next, each with how many weeks ahead."""
        weekday = rf"(?P<wd>{self.names(self.weekday_of)})"
        return tuple(
            (self.compiled(f"{key}{i}", self.form(phrase, {"weekday": weekday})), week)
            for key, week in (("after_week", 1), ("after_this_week", 0))
            for i, phrase in enumerate(self.raw.get(key, []))
        )

    @cached_property
    def _weekday(self) -> re.Pattern[str]:
        which = "|".join(f"(?P<{k}>{self.listed(k)})" for k in ("next", "this", "last"))
        after = "|".join(f"(?P<{k}_b>{self.listed(k + '_behind')})" for k in ("next", "this", "last"))
        gap = " " if self.lex.spaced else " ?"
        weekday = rf"(?P<wd>{self.names(self.weekday_of)})"
        inner = rf"(?:(?:{which}){gap})?{weekday}(?:{gap}(?:{after}))?"
        if not self.lex.spaced:  # a figure may follow: 周四10点
            return re.compile(self.edge[0] + inner)
        return self.compiled("weekday", inner)

    @cached_property
    def _days_alone(self) -> tuple[re.Pattern[str], ...]:
        suffix = self.listed("ordinal_suffix")
        forms = {"d": r"(?P<d>\d{1,2}\.?)", "th": rf"(?P<d>\d{{1,2}} ?{suffix})", "w": rf"(?P<d>{self._day_number})"}
        before = rf"(?:(?P<wd>{self.names(self.weekday_of)}),? ?)?"
        alone = enumerate(self.raw.get("day_alone", []))
        return tuple(self.compiled(f"alone{i}", before + self.form(phrase, forms)) for i, phrase in alone)

    def _weekdays(self, text: str) -> Iterator[Day]:
        for pattern, week in self._weekday_forms:
            for m in pattern.finditer(text):
                yield Day(m.start(), m.end(), weekday=self.weekday_of[m["wd"]], week=week)
        for m in self._weekday.finditer(text):
            said = [k for k in ("next", "this", "last") if m[k] or m[f"{k}_b"]]
            yield Day(m.start(), m.end(), weekday=self.weekday_of[m["wd"]], which=said[0] if said else "")
        for pattern in self._days_alone:
            for m in pattern.finditer(text):
                value = self._value(m["d"])
                if value and 1 <= value <= 31:
                    yield Day(m.start(), m.end(), value, weekday=self.weekday_of.get(m["wd"] or ""))

    def _weekday_and_number(self, text: str) -> Iterator[Day]:
        """ "Friday 16", "viernes 16": not "Friday 4 pm"."""
        if not self.lex.spaced:
            return
        parts = [w for p in self.times.get("part", {}).values() for w in p["say"]]
        hour = self.words(*self.times.get("glued", []), *parts) if parts or self.times.get("glued") else "(?!)"
        inner = (
            rf"(?P<wd>{self.names(self.weekday_of)})\.?,? (?:{self.listed('article')} )?(?P<d>\d{{1,2}})"
            rf"(?: ?{self.listed('ordinal_suffix')}|\.)?(?! ?[:/h]| ?{hour}|\.?\d| ?[-–] ?\d)"
        )
        for m in self.compiled("weekday-number", inner).finditer(text):
            value = int(m["d"])
            if 1 <= value <= 31:
                yield Day(m.start(), m.end(), value, weekday=self.weekday_of[m["wd"]])

    @cached_property
    def _offsets(self) -> dict[str, int]:
        """ "Tomorrow" and the like, folded, to days ahead."""
        return {fold(w): n for w, n in self.raw.get("relative", {}).items()}

    @cached_property
    def _in_units(self) -> tuple[re.Pattern[str], ...]:
        unit = "(?:" + "|".join(f"(?P<{u}>{self.listed(u)})" for u in ("days", "weeks")) + ")"
        number = rf"(?P<n>{self._number}|{self.names(dict.fromkeys(self.one, 1))})"
        parts = {"n": number, "unit": unit}
        phrases = enumerate(self.raw.get("in_units", []))
        return tuple(self.compiled(f"in{i}", self.form(phrase, parts)) for i, phrase in phrases)

    @cached_property
    def _offset(self) -> re.Pattern[str]:
        return self.compiled("relative", f"(?P<w>{self.names(self._offsets)})")

    def _relative(self, text: str) -> Iterator[Day]:
        for m in self._offset.finditer(text):
            yield Day(m.start(), m.end(), offset=self._offsets[m["w"]])
        for pattern in self._in_units:
            for m in pattern.finditer(text):
                value = self._value(m["n"])
                if value:
                    yield Day(m.start(), m.end(), offset=value * (7 if m["weeks"] else 1))
        for key, same in (("same_day", 0), ("week_later", 7), ("day_later", 1), ("day_earlier", -1)):
            for m in self.compiled(key, self.listed(key)).finditer(text):
                yield Day(m.start(), m.end(), same=same)
        for key, period in (("end_of_week", "week"), ("end_of_next_week", "next-week"), ("end_of_month", "month")):
            for m in self.compiled(key, self.listed(key)).finditer(text):
                yield Day(m.start(), m.end(), period=period)

    def ranges(self, text: str) -> list[tuple[int, int, Day | None, Day | None]]:
        """Spans of days: "12 to 16 April", "until 4 March", "from Monday to Friday"; None where unsaid."""
        out: list[tuple[int, int, Day | None, Day | None]] = []
        number, month = self._day_number, self.names(self.month_of)
        of, to = self.listed("of"), self.listed("to")
        weekday = rf"(?:{self.names(self.weekday_of)}\.?,? ?)?"
        space = rf"(?: {self.listed('article')})? ?" if self.lex.spaced else " ?"
        if self.lex.spaced:
            short = (
                rf"(?:{weekday}(?P<a>{number}) ?(?:{to}){space}{weekday}(?P<b>{number})(?: ?{of} ?| )(?P<m>{month})\.?"
                rf"(?:,? (?:{of} )?(?P<y>\d{{4}}))?"
                rf"|(?P<m2>{month})\.? (?P<a2>{number}) ?(?:{to}) ?(?P<b2>{number})(?:,? (?P<y2>\d{{4}}))?"
                rf"|(?<![/.\d])(?P<a3>\d{{1,2}})\.? ?(?:{to}) ?(?P<b3>\d{{1,2}})[./](?P<m3>\d{{1,2}})"
                rf"(?:[./](?P<y3>\d{{4}})?)?(?!\d))"
            )
        else:
            short = (
                rf"{self._east_year}(?:(?P<m>\d{{1,2}}){self.listed('month_sign')}|(?P<m2>{month})) ?"
                rf"(?P<a>{self._number}) ?{self.listed('day_sign')}? ?(?:{to}) ?"
                rf"(?P<b>{self._number}) ?{self.listed('day_sign')}"
            )
        for m in self.compiled("short-range", short).finditer(text):
            g = m.groupdict()
            name = g.get("m") or g.get("m2") or g.get("m3") or ""
            month_number = int(name) if name.isdigit() else self.month_of.get(name)
            year_text = g.get("y") or g.get("y2") or g.get("y3")
            year = int(year_text) if year_text else None
            first = self._value(g.get("a") or g.get("a2") or g.get("a3") or "")
            second = self._value(g.get("b") or g.get("b2") or g.get("b3") or "")
            out.append((m.start(), m.end(), Day(m.start(), m.end(), first, month_number, year),
                        Day(m.start(), m.end(), second, month_number, year)))  # fmt: skip
        taken = [(s, e) for s, e, _, _ in out]
        days = [d for d in self.days(text) if not any(s < d.end and d.start < e for s, e in taken)]
        skip = set()
        article, since = self.listed("article"), self.listed("from")
        spaced = rf" ?,? ?(?:{to})(?: {article})? ?(?:{since} ?)?\Z"
        joining = regex(spaced if self.lex.spaced else rf" ?(?:{to}) ?\Z")
        for i in range(len(days) - 1):
            if i not in skip and (
                joining.match(text[days[i].end : days[i + 1].start])
                or joining.match(text[days[i].end : self._figure(text, days[i + 1])])
            ):
                begin, end = days[i], days[i + 1]
                if begin.day and not begin.month and end.month:
                    begin = replace(begin, month=end.month, year=end.year)
                out.append((begin.start, end.end, begin, end))
                skip |= {i, i + 1}
        ends = self._beside("until"), self._beside("since")
        for i, day in enumerate(days):
            if i in skip:
                continue
            bare = self._bare_end(text, day)
            if bare is not None and not any(d.start < bare.end and bare.start < d.end for d in days):
                out.append((day.start, bare.end, day, bare))
                continue
            if self._touches(ends[0], text, day):
                out.append((day.start, day.end, None, day))
            elif self._touches(ends[1], text, day):
                out.append((day.start, day.end, day, None))
            else:
                out.append((day.start, day.end, day, day))
        return sorted(out, key=lambda r: r[0])

    def _bare_end(self, text: str, first: Day) -> Day | None:
        """The last day of "from the 12th to 16", whose month and sign are said at the first, if at all."""
        if first.day is None or first.month is not None or not self.lex.spaced:
            return None
        joined = rf" (?:{self.listed('to')})(?: {self.listed('article')})? "
        found = regex(rf"{joined}(?P<d>\d{{1,2}})\.?(?![\d:.,]\d| ?[^\W\d])").match(text, first.end)
        if found is None or not first.day < int(found["d"]) <= 31:
            return None
        return Day(found.start("d"), found.end(), int(found["d"]))

    def _beside(self, key: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Words before a day, and words behind it (postpositions: `<key>_behind`)."""
        if key not in self._patterns:
            article = f"(?: {self.listed('article')})?" if self.lex.spaced else ""
            before = rf"{self.edge[0] if self.lex.spaced else ''}(?:{self.listed(key)}){article},? ?\Z"
            self._patterns[key] = re.compile(before)
            self._patterns[key + "_behind"] = re.compile(
                rf" ?(?:{self.listed(key + '_behind')}){self.edge[1] if self.lex.spaced else ''}"
            )
        return self._patterns[key], self._patterns[key + "_behind"]

    def is_limit(self, key: str, text: str, day: Day) -> bool:
        """Whether `key` ("by", "before", "until") stands beside a day."""
        return self._touches(self._beside(key), text, day)

    def _touches(self, beside: tuple[re.Pattern[str], re.Pattern[str]], text: str, day: Day) -> bool:
        inner = self._figure(text, day)  # the "au" of "jusqu'au 20" belongs to both
        return touches(beside, text, day.start, day.end) or touches(beside, text, inner, day.end)

    def _figure(self, text: str, day: Day) -> int:
        """Where a day begins behind its article."""
        if not self.lex.spaced or day.month is not None:
            return day.start
        found = self.compiled("its-article", rf"(?:{self.listed('article')})").match(text, day.start, day.end)
        return found.end() + 1 if found and text[found.end()] == " " else day.start


def touches(beside: tuple[re.Pattern[str], re.Pattern[str]], text: str, start: int, end: int) -> bool:
    return bool(beside[0].search(text[max(0, start - 40) : start]) or beside[1].match(text, end))


def _spellings(name: str, lex: Lexicon) -> set[str]:
    out = {name}
    if lex.raw.get("umlauts"):
        out.add(name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))
    return out
