"""Dates and times in words, read on the sender's clock with the words of `phrases/*.toml`.

`Calendar(language, day_first).find(text)` gives what a folded text mentions, in its order; `Clock` turns a mention
into a day and a moment relative to the present, to the meeting the mail is about, and to the sender's school day.
What can be read in two ways is not read: a mention then has `doubt`, or its day or hour is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from tandem.core.agreement import School
from tandem.wire.folding import fold
from tandem.wire.phrases import Lexicon, expression, lexicon

UNITS = ("days", "weeks", "hours", "minutes")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was written; None where unsaid."""

    start: int
    end: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    week: int | None = None  # 0 this week, 1 next week, -1 last week; with `weekday`
    which: str = ""  # next | this | last, before a weekday
    offset: int | None = None  # days from today
    same: int | None = None  # days from the meeting's day
    period: str = ""  # week | next-week | month: its last day
    other: tuple[int, int] | None = None  # day and month the other way round, where both are dates


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day as it was written. `known` where the half of the day is said."""

    start: int
    end: int
    hour: int
    minute: int
    known: bool
    swahili: tuple[int, ...] = ()  # the hours that it may be, where the file counts from dawn
    same: bool = False  # the meeting's own time
    shift: int | None = None  # minutes after the meeting's own beginning
    vague: bool = False  # "after 3", "between 2 and 4": no moment
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    start: int
    end: int
    name: str | None  # None: a zone is named that is not known
    side: str = ""  # ours | yours


@dataclass(frozen=True, slots=True)
class When:
    """A day, an hour or both, with the zone named beside them."""

    start: int
    end: int
    day: Day | None = None
    hour: Hour | None = None
    zone: Zone | None = None


class Calendar:
    """The date grammar of one language."""

    def __init__(self, lex: Lexicon, day_first: bool) -> None:
        self.lex = lex
        self.day_first = day_first
        raw: dict[str, Any] = lex.raw["dates"]
        self.raw, self.times = raw, lex.raw["times"]
        self.month_of = {fold(s): i for i, names in enumerate(raw["months"], 1) for n in names for s in _spellings(n, lex)}
        self.weekday_of = {fold(s): i for i, names in enumerate(raw["weekdays"]) for n in names for s in _spellings(n, lex)}
        self.number_of = {fold(s): i for i, n in enumerate(raw.get("numbers", []), 1) for s in (n if isinstance(n, list) else [n])}
        self.number_of.update({fold(w): n for w, n in raw.get("more_numbers", {}).items()})
        self.ordinal_of = {fold(s): i for i, n in enumerate(raw.get("ordinals", []), 1) for s in (n if isinstance(n, list) else [n])}
        self.one = {fold(w) for w in raw.get("one", [])}
        if raw.get("ten"):
            self._count_by_ten(raw["ten"])
        self._patterns: dict[str, re.Pattern[str]] = {}

    def _count_by_ten(self, ten: str) -> None:
        """Numerals that are put together: three-ten-five is 35."""
        units = {n: w for w, n in sorted(self.number_of.items(), reverse=True) if 1 <= n <= 9}
        for n in range(10, 60):
            tens, rest = divmod(n, 10)
            self.number_of.setdefault(("" if tens == 1 else units[tens]) + ten + (units[rest] if rest else ""), n)

    @cached_property
    def any_word(self) -> re.Pattern[str]:
        """Something without which a text mentions neither day nor hour."""
        keys = ("relative", "same_day", "same_time", "week_later", "day_later", "day_earlier", "end_of_week", "end_of_next_week",
                "end_of_month", "later", "earlier", "in_units", "days", "weeks", "hours")  # fmt: skip
        phrases = [p for k in keys for p in self.raw.get(k, [])]
        parts = [self.names(self.weekday_of), self.names(self.month_of), r"\d"]
        parts += [self.words(*(p for p in phrases if "{" not in p)), self.listed("noon", self.times), self.names(self.number_of)]
        return re.compile("|".join(parts))

    # -- building blocks

    def words(self, *phrases: str) -> str:
        made = sorted({self._phrase(p) for p in phrases}, key=lambda e: (-len(e), e))
        return "(?:" + "|".join(made) + ")" if made else "(?!)"

    def _phrase(self, phrase: str) -> str:
        macros = self.lex.words
        return expression(phrase, macros, spaced=self.lex.spaced, umlauts=bool(self.lex.raw.get("umlauts")))

    def listed(self, key: str, table: dict[str, Any] | None = None) -> str:
        return self.words(*(table or self.raw).get(key, []))

    def names(self, table: dict[str, int]) -> str:
        return "(?:" + "|".join(sorted(map(re.escape, table), key=lambda n: (-len(n), n))) + ")" if table else "(?!)"

    def form(self, phrase: str, parts: dict[str, str]) -> str:
        """A phrase with places to fill: `{d}`, `{h}`, `{n}`, `{unit}`, `{weekday}`."""
        marked = re.sub(r"\{(\w+)\}", lambda m: f"zq{m[1]}zq" if m[1] in parts else m[0], phrase)
        return re.sub(r"zq(\w+?)zq", lambda m: parts[m[1]], self._phrase(marked))

    @property
    def edge(self) -> tuple[str, str]:
        glued = self.lex.raw.get("prefixes", "")
        if not self.lex.spaced:
            return r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
        return (rf"(?<![\w\u0900-\u097f])(?:{glued})?" if glued else r"(?<![\w\u0900-\u097f])"), r"(?![\w\u0900-\u097f])"

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
            week = rf"(?:(?P<wd>{weekday})\.?,? ?(?:\(?\d{{1,2}}\.?\)? ?(?={weekday}))?(?:{article} )?,? ?)?" if self.lex.spaced else ""
            year = rf"(?:,? (?:{of} )?(?P<y>\d{{4}}))?"
            if self.lex.spaced:
                inner = (
                    rf"(?:{week}(?:(?P<d>{number})(?: ?{of} ?| ?-? ?)(?P<m>{month})\.?{year}"
                    rf"|(?P<m2>{month})\.? (?:{article} )?(?P<d2>{number})(?! ?[:.h]\d)(?:,? (?P<y2>\d{{4}}))?))"
                )
            else:
                inner = (
                    rf"(?:(?:(?P<y>\d{{4}})年 ?)?(?:(?P<m>\d{{1,2}})月|(?P<mn>{month})) ?(?P<d>{self._number}) ?[日号號]?"
                    rf" ?(?:\(? ?(?P<wd>{weekday}) ?\)?)?)"
                )
            self._patterns["full"] = re.compile(self.edge[0] + inner + (self.edge[1] if self.lex.spaced else ""))
        return self._patterns["full"]

    def days(self, text: str) -> list[Day]:
        """What days a folded text mentions; longer readings win."""
        dated = _longest([*self._written_out(text), *self._numeric(text)])
        found: list[Day] = []
        found += self._weekdays(text)
        found += self._weekday_and_number(text)
        found += self._relative(text)
        # "le 4" inside "le 4 mars" is no day of its own, however long its form
        found = [f for f in found if not any(f.start < d.end and d.start < f.end for d in dated)]
        return _longest([*dated, *found])

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
        inner = weekday + rf"(?P<a>\d{{1,2}})(?P<s>[/.-])(?P<b>\d{{1,2}})(?:(?P=s)(?P<y>\d{{4}}|\d{{2}}))?\.?"
        for m in self.compiled("numeric", inner).finditer(text):
            a, b, year = int(m["a"]), int(m["b"]), m["y"]
            if not re.match(separators, m["s"]) and not (year and len(year) == 4):
                continue
            first_day = self.day_first
            day, month = (a, b) if first_day else (b, a)
            other = (month, day)
            if month > 12 >= day:
                day, month, other = month, day, (0, 0)
            swapped = other if other[1] and other[1] <= 12 and other[0] != day else None
            number = int(year) + (2000 if year and len(year) == 2 else 0) if year else None
            yield Day(m.start(), m.end(), day, month, number, self.weekday_of.get(m["wd"] or ""), other=swapped)

    def _weekdays(self, text: str) -> Iterator[Day]:
        weekday = rf"(?P<wd>{self.names(self.weekday_of)})"
        for key, week in (("after_week", 1), ("after_this_week", 0)):
            for i, phrase in enumerate(self.raw.get(key, [])):
                for m in self.compiled(f"{key}{i}", self.form(phrase, {"weekday": weekday})).finditer(text):
                    yield Day(m.start(), m.end(), weekday=self.weekday_of[m["wd"]], week=week)
        which = "|".join(f"(?P<{k}>{self.listed(k)})" for k in ("next", "this", "last"))
        after = "|".join(f"(?P<{k}_b>{self.listed(k + '_behind')})" for k in ("next", "this", "last"))
        gap = " " if self.lex.spaced else " ?"
        inner = rf"(?:(?:{which}){gap})?{weekday}(?:{gap}(?:{after}))?"
        for m in self.compiled("weekday", inner).finditer(text):
            said = [k for k in ("next", "this", "last") if m[k] or m[f"{k}_b"]]
            yield Day(m.start(), m.end(), weekday=self.weekday_of[m["wd"]], which=said[0] if said else "")
        suffix = self.listed("ordinal_suffix")
        forms = {"d": r"(?P<d>\d{1,2}\.?)", "th": rf"(?P<d>\d{{1,2}} ?{suffix})", "w": rf"(?P<d>{self._day_number})"}
        for i, phrase in enumerate(self.raw.get("day_alone", [])):
            for m in self.compiled(f"alone{i}", rf"(?:(?P<wd>{self.names(self.weekday_of)}),? ?)?" + self.form(phrase, forms)).finditer(text):
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

    def _relative(self, text: str) -> Iterator[Day]:
        table = {fold(w): n for w, n in self.raw.get("relative", {}).items()}
        for m in self.compiled("relative", f"(?P<w>{self.names(table)})").finditer(text):
            yield Day(m.start(), m.end(), offset=table[m["w"]])
        units = {"days": 1, "weeks": 7}
        unit = "(?:" + "|".join(f"(?P<{u}>{self.listed(u)})" for u in units) + ")"
        number = rf"(?P<n>{self._number}|{self.names(dict.fromkeys(self.one, 1))})"
        for i, phrase in enumerate(self.raw.get("in_units", [])):
            for m in self.compiled(f"in{i}", self.form(phrase, {"n": number, "unit": unit})).finditer(text):
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
                rf"(?:{weekday}(?P<a>{number}) ?(?:{to}){space}{weekday}(?P<b>{number})(?: ?{of} ?| )(?P<m>{month})\.?(?:,? (?:{of} )?(?P<y>\d{{4}}))?"
                rf"|(?P<m2>{month})\.? (?P<a2>{number}) ?(?:{to}) ?(?P<b2>{number})(?:,? (?P<y2>\d{{4}}))?"
                rf"|(?<![/.\d])(?P<a3>\d{{1,2}})\.? ?(?:{to}) ?(?P<b3>\d{{1,2}})[./](?P<m3>\d{{1,2}})(?:[./](?P<y3>\d{{4}})?)?(?!\d))"
            )
        else:
            short = (
                rf"(?:(?P<y>\d{{4}})年 ?)?(?:(?P<m>\d{{1,2}})月|(?P<m2>{month})) ?(?P<a>{self._number}) ?[日号號]? ?(?:{to}) ?"
                rf"(?P<b>{self._number}) ?[日号號]"
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
        joining = re.compile(rf" ?,? ?(?:{to})(?: {self.listed('article')})? ?(?:{self.listed('from')} ?)?\Z" if self.lex.spaced
                             else rf" ?(?:{to}) ?\Z")  # fmt: skip
        for i in range(len(days) - 1):
            if i not in skip and joining.match(text[days[i].end : days[i + 1].start]):
                first = days[i]
                if first.day and not first.month and days[i + 1].month:
                    first = replace(first, month=days[i + 1].month, year=days[i + 1].year)
                out.append((first.start, days[i + 1].end, first, days[i + 1]))
                skip |= {i, i + 1}
        ends = self._beside("until"), self._beside("since")
        for i, day in enumerate(days):
            if i in skip:
                continue
            if _touches(ends[0], text, day.start, day.end):
                out.append((day.start, day.end, None, day))
            elif _touches(ends[1], text, day.start, day.end):
                out.append((day.start, day.end, day, None))
            else:
                out.append((day.start, day.end, day, day))
        return sorted(out, key=lambda r: r[0])

    def _beside(self, key: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Words before a day, and words behind it (postpositions: `<key>_behind`)."""
        if key not in self._patterns:
            article = f"(?: {self.listed('article')})?" if self.lex.spaced else ""
            before = rf"{self.edge[0] if self.lex.spaced else ''}(?:{self.listed(key)}){article},? ?\Z"
            self._patterns[key] = re.compile(before)
            self._patterns[key + "_behind"] = re.compile(rf" ?(?:{self.listed(key + '_behind')}){self.edge[1] if self.lex.spaced else ''}")
        return self._patterns[key], self._patterns[key + "_behind"]

    def is_limit(self, key: str, text: str, day: Day) -> bool:
        """Whether `key` ("by", "before", "until") stands beside a day."""
        return _touches(self._beside(key), text, day.start, day.end)

    # -- hours

    def hours(self, text: str, days: list[Day]) -> list[Hour]:
        number = rf"(?:\d{{1,2}}|{self.names(self.number_of)})"
        found: list[tuple[int, int, int, int, bool]] = []  # start, end, hour, minute, strong
        for m in self.compiled("clock", r"(?P<h>\d{1,2}) ?[:] ?(?P<m>\d{2})(?::\d{2})?").finditer(text):
            found.append((m.start(), m.end(), int(m["h"]), int(m["m"]), True))
        glued = self.listed("glued", self.times)
        for m in self.compiled("glued", rf"(?<![:.\d])(?P<h>{number}) ?(?:{glued}) ?(?P<m>\d{{2}})?").finditer(text):
            hour = self._value(m["h"])
            found.append((m.start(), m.end(), hour if hour is not None else 99, int(m["m"] or 0), True))
        for i, form in enumerate(self.times.get("fraction", [])):
            minutes = rf"(?P<m>{number}|[0-5]\d)"
            pattern = self.compiled(f"fraction{i}", self.form(form["say"], {"h": f"(?P<h>{number})", "m": minutes}))
            for m in pattern.finditer(text):
                hour, groups = self._value(m["h"]), m.groupdict()
                if hour is None or hour > 24:
                    continue
                minute = self._value(groups["m"]) if groups.get("m") else 0
                total = hour * 60 + form.get("plus", 0) + (minute or 0) * form.get("sign", 1)
                if total < 60 and hour:
                    total += 12 * 60
                found.append((m.start(), m.end(), total // 60, total % 60, True))
        for words, clock in self.times.get("fixed", {}).items():  # hours with a name of their own
            for m in self.compiled(f"fixed {words}", self._phrase(words)).finditer(text):
                found.append((m.start(), m.end(), int(clock.split(":")[0]), int(clock.split(":")[1]), True))
        at = self.listed("at", self.times)
        gap = " " if self.lex.spaced else " ?"
        for m in self.compiled("at", rf"(?:{at}){gap}(?P<h>{number})(?:[.](?P<m>\d{{2}}))?(?!\d|[./:-]\d)").finditer(text):
            hour = self._value(m["h"])
            if hour is not None:
                found.append((m.start(), m.end(), hour, int(m["m"] or 0), False))
        parts = [(p, self.words(*p["say"])) for p in self.times.get("part", {}).values()]
        for i, (_, words) in enumerate(parts):
            inner = rf"(?P<h>{number})(?:[.](?P<m>\d{{2}}))?,? ?(?:{words})"
            lead = rf"(?:{words}),? ?(?:{at} ?)?(?P<h>{number})(?:[.](?P<m>\d{{2}}))?(?! ?[./:-]\d)"
            for name, pattern in ((f"part{i}", inner), (f"lead{i}", lead if self.times.get("part_first") else "")):
                if not pattern:
                    continue
                for m in self.compiled(name, pattern).finditer(text):
                    hour = self._value(m["h"])
                    if hour is not None:
                        found.append((m.start("h"), m.end("m") if m["m"] else m.end("h"), hour, int(m["m"] or 0), False))
        out: list[Hour] = []
        for start, end, hour, minute, _ in found:
            if hour > 24 or minute > 59 or (hour == 24 and minute):
                continue
            if any(d.start < end and start < d.end and not (start <= d.start and end >= d.end) for d in days):
                continue
            out.append(self._halved(text, start, end, hour, minute, parts))
        for m in self.compiled("noon", self.listed("noon", self.times)).finditer(text):
            out.append(Hour(m.start(), m.end(), 12, 0, True))
        for m in self.compiled("same_time", self.listed("same_time")).finditer(text):
            out.append(Hour(m.start(), m.end(), 0, 0, True, same=True))
        units = {"hours": 60, "minutes": 1}
        unit = "(?:" + "|".join(f"(?P<{u}>{self.listed(u)})" for u in units) + ")"
        counted = rf"(?P<n>{self._number}|{self.names(dict.fromkeys(self.one, 1))})"
        for key, sign in (("later", 1), ("earlier", -1)):
            for i, phrase in enumerate(self.raw.get(key, [])):
                for m in self.compiled(f"{key}{i}", self.form(phrase, {"n": counted, "unit": unit})).finditer(text):
                    value = self._value(m["n"])
                    if value:
                        out.append(Hour(m.start(), m.end(), 0, 0, True, shift=sign * value * (60 if m["hours"] else 1)))
        vague = self.compiled("vague", rf"(?:{self.listed('vague', self.times)}),? ?(?:{at} ?)?\Z" if self.lex.spaced
                              else rf"(?:{self.listed('vague', self.times)}) ?\Z") if self.times.get("vague") else None  # fmt: skip
        behind = re.compile(rf" ?(?:{self.listed('vague_behind', self.times)})")
        kept = []
        for h in _longest(out):
            head = text[max(0, h.start - 30) : h.start]
            unsure = bool(vague and re.search(vague.pattern[: -len(self.edge[1])] if self.lex.spaced else
                          rf"(?:{self.listed('vague', self.times)}) ?\Z", head)) or bool(behind.match(text[h.end :]))  # fmt: skip
            kept.append(replace(h, vague=True) if unsure else h)
        return kept

    def _halved(self, text: str, start: int, end: int, hour: int, minute: int, parts: list[tuple[dict[str, Any], str]]) -> Hour:
        """The half of the day from the words beside an hour."""
        said: dict[str, Any] | None = None
        length = 0
        for part, words in parts:
            behind = re.compile(rf",? ?(?:{words}){self.edge[1]}").match(text, end)
            if behind and behind.end() - end > length:
                said, length, stop, begin = part, behind.end() - end, behind.end(), start
        if said is None:
            at = self.listed("at", self.times)
            for part, words in parts:
                ahead = re.search(rf"{self.edge[0]}(?:{words}),? ?(?:{at},? ?)?\Z", text[max(0, start - 40) : start])
                if ahead and len(ahead[0]) > length:
                    said, length, stop, begin = part, len(ahead[0]), end, start - len(ahead[0])
        if said is None:
            written = text[start:end].lstrip()
            if self.times.get("dawn") and hour <= 12 and self._dawn(text, start, end):
                return self._from_dawn(start, end, hour, minute, None, written)
            known = hour > 12 or hour == 0 or bool(re.match(r"0\d", re.sub(r"^\D+", "", written)))
            return Hour(start, end, hour, minute, known)
        if self.times.get("dawn") and 1 <= hour <= 12 and self._dawn(text, start, end):
            return self._from_dawn(begin, stop, hour, minute, said, text[start:end])
        low, high = said["from"], said["to"]
        choices = [h for h in {hour % 24, (hour + 12) % 24 if hour <= 12 else hour % 24} if low <= h < high or low <= h + 24 < high]
        if len(choices) != 1:
            return Hour(begin, stop, hour, minute, False, doubt=True)
        return Hour(begin, stop, choices[0], minute, True)

    def _dawn(self, text: str, start: int, end: int) -> bool:
        """Whether the hour is said in the way that counts from dawn."""
        word = self.words(*self.times["dawn"])
        return bool(re.search(rf"{word} ?\Z", text[max(0, start - 20) : start]) or re.match(word, text[start:end]))

    def _from_dawn(self, start: int, end: int, hour: int, minute: int, part: dict[str, Any] | None, written: str) -> Hour:
        counted = [(hour + 6) % 24, (hour + 18) % 24]
        if part is not None:
            fits = [h for h in counted if part["from"] <= h < part["to"] or part["from"] <= h + 24 < part["to"]]
            if len(fits) == 1:
                return Hour(start, end, fits[0], minute, True)
            return Hour(start, end, hour, minute, False, doubt=True)
        if re.search(r"\d", written):  # figures may be either clock's
            counted += [hour % 24, (hour + 12) % 24]
        return Hour(start, end, hour, minute, False, swahili=tuple(counted))

    # -- zones

    def zones(self, text: str, cities: dict[str, str]) -> list[Zone]:
        raw = self.lex.raw.get("zones", {})
        out = []
        places = {fold(k): v for k, v in {**cities, **raw.get("places", {})}.items()}
        for key, side in (("ours", "ours"), ("yours", "yours")):
            for m in self.compiled(key, self.words(*raw.get(key, []))).finditer(text):
                out.append(Zone(m.start(), m.end(), None, side))
        for m in self.compiled("abbreviation", rf"(?P<z>{self.names({k: 0 for k in ABBREVIATIONS})})").finditer(text):
            out.append(Zone(m.start(), m.end(), ABBREVIATIONS[m["z"]] or None))
        named = self.names(dict.fromkeys(places, 0))
        for i, phrase in enumerate(raw.get("forms", [])):
            pattern = re.compile(self.edge[0] + self.form(phrase, {"place": f"(?P<p>{named})"}) + self.edge[1])
            out += [Zone(m.start(), m.end(), places[m["p"]]) for m in pattern.finditer(text)]
        for i, phrase in enumerate(raw.get("certain", [])):
            word = r"(?P<p>[^\W\d]+)" if self.lex.spaced else r"(?P<p>[^\W\d]{1,6})"
            for m in self.compiled(f"certain{i}", self.form(phrase, {"word": word})).finditer(text):
                out.append(Zone(m.start(), m.end(), _somewhere(m["p"])))
        return _longest(out)

    # -- together

    def find(self, text: str, cities: dict[str, str] | None = None) -> list[When]:
        """Days, hours and zones that belong together, in the order of the text."""
        days = self.days(text)
        hours = self.hours(text, days)
        days = [d for d in days if not any(h.start <= d.start and d.end <= h.end and h.end - h.start > d.end - d.start for h in hours)]
        # a part of the day may be said with the day: "this afternoon at 3"
        zones = self.zones(text, cities or {}) if hours else []
        atoms: list[tuple[int, int, Any]] = sorted(
            [(a.start, a.end, a) for a in (*days, *hours, *zones)], key=lambda a: (a[0], -a[1])
        )
        out: list[When] = []
        for start, end, atom in atoms:
            last = out[-1] if out else None
            near = last is not None and self._joins(text[last.end : start])
            if isinstance(atom, Zone):
                if last is not None and last.hour is not None and last.zone is None and near:
                    out[-1] = replace(last, zone=atom, end=max(last.end, end))
            elif isinstance(atom, Day):
                if last is not None and near and last.day is None and last.hour is not None:
                    out[-1] = replace(last, day=atom, end=end)
                elif last is not None and near and last.day is not None and last.hour is None and _complete(last.day, atom):
                    out[-1] = replace(last, day=_complete(last.day, atom), end=end)
                else:
                    out.append(When(start, end, day=atom))
            elif last is not None and near and last.hour is None:
                out[-1] = replace(last, hour=atom, end=max(end, last.end))
            else:
                out.append(When(start, end, hour=atom))
        return out

    def _joins(self, between: str) -> bool:
        """Whether what stands between two atoms leaves them one mention."""
        between = between.strip(" ,()–-")
        if not between:
            return True
        small = self._patterns.get("small")
        if small is None:
            words = [*self.raw.get("article", []), *self.times.get("at", []), *self.raw.get("of", []), *self.raw.get("joins", [])]
            small = self._patterns["small"] = re.compile(rf"(?:{self.words(*words)}[ ,]*)+\Z")
        return bool(small.match(between))


ABBREVIATIONS = {
    "gmt": "UTC", "utc": "UTC", "bst": "Europe/London", "cet": "Europe/Paris", "cest": "Europe/Paris", "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin", "eat": "Africa/Nairobi", "wat": "Africa/Lagos", "cat": "Africa/Maputo", "sast": "Africa/Johannesburg",
    "jst": "Asia/Tokyo", "brt": "America/Sao_Paulo", "eet": "Europe/Athens", "eest": "Europe/Athens", "edt": "America/New_York",
    "pst": "", "pdt": "America/Los_Angeles", "cst": "", "cdt": "America/Chicago", "ist": "", "hkt": "Asia/Hong_Kong",
    "aest": "Australia/Brisbane", "mst": "", "est": "America/New_York", "wib": "Asia/Jakarta", "npt": "Asia/Kathmandu",
}  # fmt: skip


def _complete(first: Day, second: Day) -> Day | None:
    """One day said twice, as "Thursday, 15 October" or "tomorrow, Thursday"; None where they are two days."""
    if first.weekday is not None and first.day is None and first.offset is None and second.weekday is None:
        return replace(second, start=first.start, weekday=first.weekday)
    if second.weekday is not None and second.day is None and second.offset is None and first.weekday is None and first.same is None:
        return replace(first, end=second.end, weekday=second.weekday)
    return None


def _longest(found: list[Any]) -> list[Any]:
    """Without what overlaps something longer, in the order of the text."""
    kept: list[Any] = []
    for item in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if not any(item.start < k.end and k.start < item.end for k in kept):
            kept.append(item)
    return sorted(kept, key=lambda f: f.start)


def _touches(beside: tuple[re.Pattern[str], re.Pattern[str]], text: str, start: int, end: int) -> bool:
    return bool(beside[0].search(text[max(0, start - 40) : start]) or beside[1].match(text, end))


def _spellings(name: str, lex: Lexicon) -> set[str]:
    out = {name}
    if lex.raw.get("umlauts"):
        out.add(name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))
    return out


@cache
def _cities() -> dict[str, str | None]:
    from importlib.resources import files

    out: dict[str, str | None] = {}
    for name in files("tzdata").joinpath("zones").read_text(encoding="utf-8").split():
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/")):
            city = fold(name.rsplit("/", 1)[1].replace("_", " "))
            out[city] = name if city not in out or out[city] == name else out[city]
    return out


def _somewhere(word: str) -> str | None:
    return _cities().get(word)


@cache
def calendar(language: str, day_first: bool = True) -> Calendar:
    return Calendar(lexicon(language), day_first)


@dataclass(frozen=True, slots=True)
class Clock:
    """When and where the sender writes: what turns words into moments."""

    now: datetime
    zone: str  # of the sender
    school: School
    partner_zone: str
    starts: datetime | None = None  # of the meeting the mail is about
    next_means: str = "ambiguous"  # what "next Thursday" is in the language: coming | week | ambiguous

    @property
    def today(self) -> date:
        return self.now.astimezone(_zone(self.zone)).date()

    def meeting_day(self) -> date | None:
        return self.starts.astimezone(_zone(self.zone)).date() if self.starts else None

    def date(self, day: Day, *, ahead: bool = True, near_meeting: bool = False) -> date | None:
        """The day meant, or None where it can't be told. `ahead`: days without a year lie ahead of today;
        `near_meeting`: a weekday is that of the meeting's week, while that is ahead."""
        found = self._date(day, ahead, near_meeting)
        if found is None or (day.weekday is not None and found.weekday() != day.weekday):
            return None
        return found

    def _date(self, day: Day, ahead: bool, near_meeting: bool) -> date | None:
        today, meeting = self.today, self.meeting_day()
        if day.offset is not None:
            return today + timedelta(days=day.offset)
        if day.same is not None:
            return meeting + timedelta(days=day.same) if meeting else None
        if day.period:
            return self._period_end(day.period)
        if day.month is not None and day.day is not None:
            found = self._dated(day.day, day.month, day.year, ahead)
            if day.weekday is not None and day.other and (found is None or found.weekday() != day.weekday):
                return self._dated(day.other[0], day.other[1], day.year, ahead)
            return found
        if day.day is not None:
            return self._day_of_month(day, ahead, meeting if near_meeting else None)
        if day.weekday is not None:
            return self._weekday(day, ahead, meeting if near_meeting else None)
        return None

    def _period_end(self, period: str) -> date:
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        if period == "month":
            first = self.today.replace(day=28) + timedelta(days=4)
            return first - timedelta(days=first.day)
        return sunday + timedelta(days=7 if period == "next-week" else 0)

    def _dated(self, day: int, month: int, year: int | None, ahead: bool) -> date | None:
        today = self.today
        years = [year] if year else [today.year - 1, today.year, today.year + 1]
        found = []
        for y in years:
            try:
                found.append(date(y, month, day))
            except ValueError:
                continue
        if year or not found:
            return found[0] if found else None
        if ahead:
            later = [d for d in found if d >= today]
            return later[0] if later and (later[0] - today).days <= 340 else None
        earlier = [d for d in found if d <= today]
        return earlier[-1] if earlier else None

    def _day_of_month(self, day: Day, ahead: bool, meeting: date | None) -> date | None:
        base, found = meeting or self.today, []
        for shift in range(-1, 14):
            year, month = divmod(base.year * 12 + base.month - 1 + shift, 12)
            try:
                found.append(date(year, month + 1, day.day or 0))
            except ValueError:
                continue
        if meeting and ahead:
            same = [d for d in found if (d.year, d.month) == (meeting.year, meeting.month) and d >= self.today]
            if same:
                return same[0]
        if ahead:
            return next((d for d in found if d >= self.today), None)
        return next((d for d in reversed(found) if d <= self.today), None)

    def _weekday(self, day: Day, ahead: bool, meeting: date | None) -> date | None:
        today, wanted = self.today, day.weekday or 0
        monday = today - timedelta(days=today.weekday())
        if day.week is not None:
            return monday + timedelta(days=7 * day.week + wanted)
        coming = today + timedelta(days=(wanted - today.weekday()) % 7)
        if not ahead or day.which == "last":
            return coming - timedelta(days=7) if coming > today or day.which == "last" else coming
        if day.which == "this":
            return monday + timedelta(days=wanted) if monday + timedelta(days=wanted) >= today else coming
        strictly = coming if coming > today else coming + timedelta(days=7)
        if day.which == "next":
            following = monday + timedelta(days=7 + wanted)
            if self.next_means == "coming" or strictly == following:
                return strictly
            return following if self.next_means == "week" else None
        if meeting and meeting >= today:
            near = meeting - timedelta(days=meeting.weekday()) + timedelta(days=wanted)
            if near >= today:
                return near
        return strictly

    def moment(self, when: When, day: date | None) -> datetime | None:
        """The beginning meant, on the sender's clock unless a zone is named; None where it can't be told."""
        hour = when.hour
        if hour is None or hour.vague or hour.doubt:
            return None
        if hour.shift is not None:
            if self.starts is None:
                return None
            moved = self.starts.astimezone(_zone(self.zone)) + timedelta(minutes=hour.shift)
            return moved if day is None or day == moved.date() else None
        if day is None:
            return None
        zone = self.zone
        if when.zone is not None:
            if when.zone.side == "yours":
                zone = self.partner_zone
            elif when.zone.side != "ours":
                if when.zone.name is None:
                    return None
                zone = when.zone.name
        if hour.same:
            if self.starts is None:
                return None
            local = self.starts.astimezone(_zone(zone))
            return _real(datetime(day.year, day.month, day.day, local.hour, local.minute, tzinfo=_zone(zone)))
        hours = [hour.hour] if hour.known else list(hour.swahili) or [hour.hour % 24, (hour.hour + 12) % 24]
        moments = []
        for h in dict.fromkeys(hours):
            base = day + timedelta(days=1) if h == 24 else day
            at = _real(datetime(base.year, base.month, base.day, h % 24, hour.minute, tzinfo=_zone(zone)))
            if at is not None and (hour.known or self._in_school(at)):
                moments.append(at)
        return moments[0] if len(moments) == 1 else None

    def _in_school(self, at: datetime) -> bool:
        local = at.astimezone(_zone(self.school.timezone))
        hours = self.school.day.get(str(local.weekday()))
        return hours is not None and hours.begins <= local.hour * 60 + local.minute <= hours.ends


def _real(at: datetime) -> datetime | None:
    """None for a local time that a clock change leaves out."""
    back = at.astimezone(UTC).astimezone(at.tzinfo)
    return at if back.replace(tzinfo=None) == at.replace(tzinfo=None) else None


@cache
def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
