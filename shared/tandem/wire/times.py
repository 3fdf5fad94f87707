"""The hours and zones that a text mentions, and what day, hour and zone belong together.

`calendar(language).find(text)` gives what a folded text mentions, in its order; `tandem.wire.clock` makes moments.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from tandem.wire.dates import Days
from tandem.wire.folding import fold
from tandem.wire.mentions import Day, Hour, When, Zone, complete, longest
from tandem.wire.phrases import lexicon, regex

# zones by their abbreviations; one that means several places names none of them. Those that are words in one of the
# languages ("est", "ist") stand in the files of the others
ABBREVIATIONS = {
    "gmt": "UTC", "utc": "UTC", "bst": "Europe/London", "cet": "Europe/Paris", "cest": "Europe/Paris",
    "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "eet": "Europe/Athens", "eest": "Europe/Athens",
    "eat": "Africa/Nairobi", "sast": "Africa/Johannesburg", "jst": "Asia/Tokyo", "hkt": "Asia/Hong_Kong",
    "npt": "Asia/Kathmandu", "brt": "America/Sao_Paulo", "edt": "America/New_York", "cdt": "America/Chicago",
    "pdt": "America/Los_Angeles", "cst": "", "pst": "", "mst": "",
}  # fmt: skip


class Calendar(Days):
    """The date grammar of one language, with its hours."""

    def hours(self, text: str, days: list[Day]) -> list[Hour]:
        number = rf"(?:\d{{1,2}}|{self.names(self.number_of)})"
        if not self.lex.spaced:  # the 三 of 周三十一点 belongs to the weekday
            for day in days:
                if day.weekday is not None and day.day is None:
                    text = text[: day.start] + "\0" * (day.end - day.start) + text[day.end :]
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
        for m in self.compiled("at", rf"(?:{at}){gap}(?P<h>{number})(?:[.](?P<m>\d{{2}}))?(?!\d|[./:-]\d)").finditer(
            text
        ):
            hour = self._value(m["h"])
            if hour is not None:
                found.append((m.start(), m.end(), hour, int(m["m"] or 0), False))
        beside = regex(rf",? (?:(?:{self.listed('article')}) )?")
        for m in self.compiled("dotted", r"(?P<h>\d{1,2})[.](?P<m>[0-5]\d)(?![.]\d)").finditer(text) if days else ():
            if any(beside.fullmatch(text, d.end, m.start()) or beside.fullmatch(text, m.end(), d.start) for d in days):
                found.append((m.start(), m.end(), int(m["h"]), int(m["m"]), False))  # "2.15 on Thursday"
        parts = [(p, self.words(*p["say"])) for p in self.times.get("part", {}).values()]
        for number_of_part, (_, words) in enumerate(parts):
            inner = rf"(?P<h>{number})(?:[.](?P<m>\d{{2}}))?,? ?(?:{words})"
            lead = rf"(?:{words}),? ?(?:{at} ?)?(?P<h>{number})(?:[.](?P<m>\d{{2}}))?(?! ?[./:-]\d)"
            for name, form_of in (
                (f"part{number_of_part}", inner),
                (f"lead{number_of_part}", lead if self.times.get("part_first") else ""),
            ):
                if not form_of:
                    continue
                for m in self.compiled(name, form_of).finditer(text):
                    hour = self._value(m["h"])
                    if hour is not None:
                        found.append(
                            (m.start("h"), m.end("m") if m["m"] else m.end("h"), hour, int(m["m"] or 0), False)
                        )
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
        for key, by in (("half_later", 30), ("half_earlier", -30)):
            for m in self.compiled(key, self.listed(key)).finditer(text) if self.raw.get(key) else ():
                out.append(Hour(m.start(), m.end(), 0, 0, True, shift=by))
        before = self.listed("vague", self.times)
        lead = rf"{self.edge[0]}(?:{before}),? ?(?:{at} ?)?\Z" if self.lex.spaced else rf"(?:{before}) ?\Z"
        vague, behind = (
            regex(lead),
            regex(rf" ?(?:{self.listed('vague_behind', self.times)})" + (self.edge[1] if self.lex.spaced else "")),
        )
        kept = []
        for h in longest(out):
            head = text[max(0, h.start - 30) : h.start]
            unsure = bool(vague.search(head) or behind.match(text[h.end :]))
            kept.append(replace(h, vague=True) if unsure else h)
        return kept

    def _halved(
        self, text: str, start: int, end: int, hour: int, minute: int, parts: list[tuple[dict[str, Any], str]]
    ) -> Hour:
        """The half of the day from the words beside an hour."""
        said: dict[str, Any] | None = None
        length = 0
        for part, words in parts:
            behind = regex(rf",? ?(?:{words}){self.edge[1]}").match(text, end)
            if behind and behind.end() - end > length:
                said, length, stop, begin = part, behind.end() - end, behind.end(), start
        if said is None:
            at = self.listed("at", self.times)
            for part, words in parts:
                ahead = regex(rf"{self.edge[0]}(?:{words}),? ?(?:{at},? ?)?\Z").search(text[max(0, start - 40) : start])
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
        choices = [
            h
            for h in {hour % 24, (hour + 12) % 24 if hour <= 12 else hour % 24}
            if low <= h < high or low <= h + 24 < high
        ]
        if len(choices) != 1:
            return Hour(begin, stop, hour, minute, False, doubt=True)
        return Hour(begin, stop, choices[0], minute, True)

    def _dawn(self, text: str, start: int, end: int) -> bool:
        """Whether the hour is said in the way that counts from dawn."""
        word = self.words(*self.times["dawn"])
        before = regex(rf"{word} ?\Z").search(text[max(0, start - 20) : start])
        return bool(before or regex(word).match(text[start:end]))

    def _from_dawn(
        self, start: int, end: int, hour: int, minute: int, part: dict[str, Any] | None, written: str
    ) -> Hour:
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
        for m in self.compiled("abbreviation", rf"(?P<z>{self.names(dict.fromkeys(ABBREVIATIONS, 0))})").finditer(text):
            out.append(Zone(m.start(), m.end(), ABBREVIATIONS[m["z"]] or None))
        named = self.names(dict.fromkeys(places, 0))
        for phrase in raw.get("forms", []):
            pattern = regex(self.edge[0] + self.form(phrase, {"place": f"(?P<p>{named})"}) + self.edge[1])
            out += [Zone(m.start(), m.end(), places[m["p"]] or None) for m in pattern.finditer(text)]
        for i, phrase in enumerate(raw.get("certain", [])):
            word = r"(?P<p>[^\W\d]+)" if self.lex.spaced else r"(?P<p>[^\W\d]{1,6})"
            for m in self.compiled(f"certain{i}", self.form(phrase, {"word": word})).finditer(text):
                out.append(Zone(m.start(), m.end(), _somewhere(m["p"])))
        return longest(out)

    # -- together

    def find(self, text: str, cities: dict[str, str] | None = None) -> list[When]:
        """Days, hours and zones that belong together, in the order of the text."""
        days = self.days(text)
        hours = self.hours(text, days)
        days = [
            d
            for d in days
            if not any(h.start <= d.start and d.end <= h.end and h.end - h.start > d.end - d.start for h in hours)
        ]
        # a part of the day may be said with the day: "this afternoon at 3"
        zones = self.zones(text, cities or {}) if hours else []
        zones = [z for z in zones if not any(h.start < z.end and z.start < h.end for h in hours)]  # "the same time"
        found: list[Day | Hour | Zone] = [*days, *hours, *zones]
        atoms = sorted([(a.start, a.end, a) for a in found], key=lambda a: (a[0], -a[1]))
        out: list[When] = []
        for number, (start, end, atom) in enumerate(atoms):
            last = out[-1] if out else None
            near = last is not None and self._joins(text[last.end : start])
            if isinstance(atom, Zone):
                if last is not None and last.hour is not None and last.zone is None and near:
                    out[-1] = replace(last, zone=atom, end=max(last.end, end))
                elif near and last is not None and last.hour is None and self._leads(text, end, atoms[number + 1 :]):
                    out[-1] = replace(last, zone=atom, end=max(last.end, end))  # "Thursday, London time, at three"
                elif last is not None and last.hour is not None and last.zone is None and not atom.side:
                    out[-1] = replace(last, hour=replace(last.hour, doubt=True))  # "14:30, as it is in Nairobi time"
            elif isinstance(atom, Day):
                if last is not None and near and last.day is None and last.hour is not None:
                    out[-1] = replace(last, day=atom, end=end)
                elif (
                    last is not None
                    and near
                    and last.day is not None
                    and last.hour is None
                    and complete(last.day, atom)
                ):
                    out[-1] = replace(last, day=complete(last.day, atom), end=end)
                else:
                    out.append(When(start, end, day=atom))
            elif last is not None and near and last.hour is None:
                out[-1] = replace(last, hour=atom, end=max(end, last.end))
            else:
                out.append(When(start, end, hour=atom))
        return out

    def _leads(self, text: str, end: int, following: list[tuple[int, int, Day | Hour | Zone]]) -> bool:
        """Whether the next mention is an hour that joins on."""
        return bool(following) and isinstance(following[0][2], Hour) and self._joins(text[end : following[0][0]])

    def _joins(self, between: str) -> bool:
        """Whether what stands between two atoms leaves them one mention."""
        between = between.strip(" ,()–-")
        if not between:
            return True
        small = self._patterns.get("small")
        if small is None:
            words = [
                *self.raw.get("article", []),
                *self.times.get("at", []),
                *self.raw.get("of", []),
                *self.raw.get("joins", []),
                *self.times.get("glued", []),  # "13:30 Uhr Londoner Zeit"
            ]
            small = self._patterns["small"] = re.compile(rf"(?:{self.words(*words)}[ ,]*)+\Z")
        return bool(small.match(between))


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
