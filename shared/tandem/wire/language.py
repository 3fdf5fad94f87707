"""How one language writes days, times, places and lists, by CLDR.

Times of day are HH:MM on the 24-hour clock, and all digits are Western, in every language: that is what people copy
into messages and calendars. A day is weekday, day and month in the order of the language, with the year if asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import format_skeleton, parse_pattern
from babel.lists import format_list

from tandem.core import zones
from tandem.core.agreement import WEEKDAYS
from tandem.wire.catalogue import ENGLISH, Catalogue, best

STRONG, WEAK = "\x01", "\x02"  # around what stands out; no person's words ever hold a control character
FIRST_STRONG, POP = "\u2068", "\u2069"  # Unicode isolates: a name of the other direction moves nothing around it
_YEAR = re.compile(r"[,،]?\s*(?:'[^']*'\s*)?y+(?:\s*'[^']*'\.?)?年?")
_FIRST = re.compile(r"(?<!\d)1(?!\d)")
_MONDAY = date(2024, 1, 1)


_BRITISH = "en_GB"  # day before month, as most of the world writes it


@cache
def _locale(tag: str) -> Locale:
    try:
        locale = Locale.parse(_BRITISH if tag == ENGLISH else tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse(_BRITISH)
    # Babel writes what it has resolved into dictionaries that all languages inherit from the root: the names of one
    # language's days would then be said in the next one's mails. So each language gets its own.
    names = localedata.load(str(locale))
    for key in ("days", "months"):
        names[key] = deepcopy(names[key])
    return locale


@cache
def _pattern(locale: Locale, with_year: bool) -> Any:
    """The long date of the language; its parts are `EEEE`, `d`, `MMMM` and, `with_year`, `y`."""
    if locale.language == ENGLISH:
        return parse_pattern("EEEE d MMMM y" if with_year else "EEEE d MMMM")
    full: str = locale.date_formats["full"].pattern
    return parse_pattern(full if with_year else _YEAR.sub("", full).strip(" ,،"))


class Language:
    """A language's catalogue together with its dates. One value for each language, shared (`Language.of`)."""

    def __init__(self, tag: str, catalogues: Path | None = None) -> None:
        self.tag = tag
        self.catalogue = Catalogue(tag, catalogues)
        self.locale = _locale(tag)
        self.rtl = self.locale.text_direction == "rtl"
        self.gettext, self.ngettext = self.catalogue.gettext, self.catalogue.ngettext
        self.pgettext = self.catalogue.pgettext
        self._days: dict[tuple[date, bool], str] = {}
        self._words: dict[Any, str] = {}

    @staticmethod
    def of(wanted: str) -> Language:
        """The language for somebody who reads `wanted` (BCP 47); English where it has no catalogue."""
        return _language(best(wanted))

    @property
    def direction(self) -> str:
        return "rtl" if self.rtl else "ltr"

    # -- days and times

    def day(self, day: date, *, year: bool = False) -> str:
        """Tuesday 8 September, or with its year."""
        if isinstance(day, datetime):
            day = day.date()
        key = (day, year)
        if key not in self._days:
            if len(self._days) > 2000:
                self._days.clear()
            said = str(_pattern(self.locale, year).apply(day, self.locale))
            first = self.pgettext("the first day of a month, as 1 in 1 September", "1")
            self._days[key] = _FIRST.sub(first, said, count=1) if day.day == 1 and first != "1" else said
        return self._days[key]

    def clock(self, moment: datetime) -> str:
        return f"{moment.hour:02}:{moment.minute:02}"

    def moment(self, local: datetime, *, year: bool = False) -> str:
        """Tuesday 8 September, 14:00."""
        return self.pgettext(
            "day and time", "%(day)s, %(time)s", day=self.day(local.date(), year=year), time=self.clock(local)
        )

    def when(self, instant: datetime, zone: str, *, year: bool = False) -> str:
        """An instant on a zone's clock."""
        return self.moment(zones.local(instant, zone), year=year)

    def month(self, month: str, *, year: bool = True) -> str:
        """The month "2026-09": September 2026."""
        key = ("month", month, year)
        if key not in self._words:
            first = date.fromisoformat(f"{month}-01")
            if year:
                self._words[key] = format_skeleton("yMMMM", first, locale=self.locale)
            else:
                self._words[key] = str(self.locale.months["stand-alone"]["wide"][first.month])
        return self._words[key]

    def months(self, months: Iterable[str]) -> str:
        """October 2026 and November 2026: each with its year, so that a short name is never taken for a word."""
        return self.list([self.month(m) for m in months])

    def weekday(self, number: int) -> str:
        """0 is Monday."""
        return str(self.locale.days["stand-alone"]["wide"][number])

    def rule(self, every: str) -> str:
        """What "second tuesday" means."""
        ordinal, _, name = every.partition(" ")
        day = self.weekday(WEEKDAYS.index(name))
        t = self.gettext
        return {
            "first": lambda: t("the first %(weekday)s of each month", weekday=day),
            "second": lambda: t("the second %(weekday)s of each month", weekday=day),
            "third": lambda: t("the third %(weekday)s of each month", weekday=day),
            "fourth": lambda: t("the fourth %(weekday)s of each month", weekday=day),
            "last": lambda: t("the last %(weekday)s of each month", weekday=day),
        }[ordinal]()

    def city(self, zone: str) -> str:
        """The zone's city in this language: Londres for Europe/London."""
        key = ("city", zone)
        if key not in self._words:
            info = self.locale.time_zones.get(zone) or {}
            self._words[key] = str(info.get("city") or zone.rsplit("/", 1)[-1].replace("_", " "))
        return self._words[key]

    # -- words

    def list(self, items: Iterable[str]) -> str:
        """A, B and C."""
        given = [str(item) for item in items]
        return format_list(given, locale=self.locale) if given else ""

    def either(self, items: Iterable[str]) -> str:
        """A, B or C."""
        given = [str(item) for item in items]
        return format_list(given, style="or", locale=self.locale) if given else ""

    def row(self, items: Iterable[str]) -> str:
        """A, B, C: a name with what belongs to it."""
        return self.pgettext("between a name and what belongs to it", ", ").join(items)

    def rows(self, items: Iterable[str]) -> str:
        """A; B; C: several such in one line."""
        return self.pgettext("between several in one line", "; ").join(items)

    def colon(self, what: str) -> str:
        """What stands before a value, with its colon."""
        return self.pgettext("before a value", "%(what)s:", what=what)

    def fact(self, what: str, value: str) -> str:
        """Length: 60 minutes."""
        return f"{self.colon(what)}{self.gap}{value}"

    @property
    def gap(self) -> str:
        """What stands after a colon or a full stop: nothing where those are as wide as a character of the script."""
        return "" if self.colon("").endswith("：") else " "

    def quote(self, words: str) -> str:
        """A person's own words in the language's quotation marks."""
        return self.pgettext("a person's own words", "“%(words)s”", words=words)

    def language_name(self, tag: str) -> str:
        base = tag.split("-")[0]
        return str(self.locale.languages.get(base) or base)

    def number(self, value: float) -> str:
        """A small number without needless decimals, in Western digits."""
        return f"{value:g}"

    def apart(self, text: object) -> str:
        """Text that may run in the other direction, so that it moves nothing around it. Addresses stay as they are."""
        said = str(text)
        if not self.rtl or "://" in said or "@" in said or not said:
            return said
        return f"{FIRST_STRONG}{said}{POP}"

    def word(self, word: str) -> str:
        """A word to answer with, so that it stands out: capitals where the script has them, else quotation marks."""
        upper = word.upper()
        shown = upper if upper != word.lower() else self.pgettext("a word to answer with", "“%(word)s”", word=word)
        return f"{STRONG}{shown}{WEAK}"

    @property
    def yes(self) -> str:
        return self.word(self.pgettext("answer", "yes"))

    @property
    def no(self) -> str:
        return self.word(self.pgettext("answer", "no"))


@cache
def _language(tag: str) -> Language:
    return Language(tag)
