"""Labels at the beginning of a line ("Agenda: ...", "مهمة: ..."), in any language, and what stands behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from tandem.core.agreement import WEEKDAYS, Agreement, School
from tandem.core.commands import Action, ActionDone, AgendaItem, Change, Closed, Command, Feedback, Idea, Unclear
from tandem.wire import names
from tandem.wire.clock import Clock
from tandem.wire.folding import Folded, bare, compose, fold, words
from tandem.wire.mentions import Day, When
from tandem.wire.phrases import LANGUAGES, data
from tandem.wire.sentences import Line, lines, without_bullet
from tandem.wire.times import Calendar

_LABEL = re.compile(r"\s*[*_\"“«]{0,3}([^:：﹕︰\n]{1,40}?)[*_\"”»]{0,3}\s*[:：﹕︰][*_]{0,3}(?!//)\s*(.*)\Z", re.S)
FIELDS = ("where", "phone", "person", "term", "language", "objective", "milestone", "resource", "meeting")


@dataclass(frozen=True, slots=True)
class Labelled:
    kind: str
    text: str  # what stands behind the colon, as written
    line: Line


@dataclass(frozen=True, slots=True)
class Words:
    """Lines without a label, as written; `start` is where they stand."""

    text: str
    start: int


@cache
def table() -> dict[str, str]:
    """Every label of every language, folded to the bone, to its kind."""
    out: dict[str, str] = {}
    for language in LANGUAGES:
        for kind, spellings in data(language)["labels"].items():
            for spelling in spellings:
                pairs = spelling
                for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
                    pairs = pairs.replace(letter, pair)
                for variant in (spelling, pairs):
                    out.setdefault(bare(variant), kind)
    return out


def split(text: str) -> list[Labelled | Words]:
    """The labelled lines of a text and the words between them."""
    out: list[Labelled | Words] = []
    begun: int | None = None
    all_lines = lines(text)
    upper: str | None = None  # an empty label whose list follows
    for line in all_lines:
        if upper is not None and line.bulleted and _label(line.text) is None:
            out.append(Labelled(upper, without_bullet(line.text).strip(), line))
            continue
        found = _label(line.text)
        if found is None:
            if line.text.strip():
                upper = None
            begun = line.start if begun is None and line.text.strip() else begun
            continue
        upper = None
        if begun is not None:
            out.append(Words(text[begun : line.start], begun))
            begun = None
        kind, value = found
        if not value and any(
            later.bulleted for later in all_lines if later.start > line.end and later.start - line.end <= 2
        ):
            upper = kind
        else:
            out.append(Labelled(kind, value, line))
    if begun is not None:
        out.append(Words(text[begun:], begun))
    return out


def begins(line: str) -> bool:
    """Whether a line begins with a label."""
    return _label(line) is not None


def _label(line: str) -> tuple[str, str] | None:
    if not any(colon in line[:60] for colon in ":：﹕︰"):
        return None
    match = _LABEL.match(without_bullet(line))
    if match is None:
        return None
    kind = table().get(bare(match[1].strip()))
    return (kind, match[2].strip().strip("*_").strip()) if kind else None


@dataclass(frozen=True, slots=True)
class Reader:
    """What a label's text needs to be read: the sender's clock, the calendars of the languages to try."""

    agreement: Agreement
    school: School
    clock: Clock
    calendars: tuple[Calendar, ...]  # the likeliest first

    def command(self, labelled: Labelled) -> Command:
        """The command of a labelled line; `Unclear` where it does not say enough."""
        text = labelled.text
        unclear = Unclear(labelled.line.text.strip())
        if not text:
            return unclear
        made: Command | None
        match labelled.kind:
            case "agenda-item":
                made = AgendaItem(text)
            case "feedback":
                made = Feedback(text)
            case "idea":
                made = Idea(text)
            case "done":
                made = ActionDone(text)
            case "dropped":
                made = ActionDone(text, dropped=True)
            case "action":
                made = self._action(text)
            case "closed":
                made = self._closed(text)
            case field:
                made = self._change(field, text)
        return made or unclear

    def _fitting(self, text: str) -> list[Calendar]:
        """The calendars, the one first whose dates explain most of a folded text: "2. bis 6. November" has a date in
        English too, and it is not the one that was meant."""

        def left(calendar: Calendar) -> int:
            rest = text
            for start, end, _, last in sorted(calendar.ranges(text), key=lambda r: -r[0]):
                rest = rest[:start] + " " + rest[end:] if last is not None else rest
            return len(words(rest))

        def dates(calendar: Calendar) -> bool:
            """A weekday's short form in another language ("do" for Donnerstag) is a word of the sender's."""
            own, said = calendar is self.calendars[0], [text[d.start : d.end] for d in calendar.days(text)]
            return any(own or len(day) > 3 or re.search(r"\d", day) for day in said)

        named = [c for i, c in enumerate(self.calendars) if not i or c.named.search(text)]
        dated = [c for c in named if dates(c)] or [c for c in self.calendars if dates(c)]
        return sorted(dated, key=left)  # as they were where they explain as much

    # -- actions

    def _action(self, text: str) -> Action:
        folded = fold(text)
        named = names.people(folded, self.agreement, self.school)
        owner = named[0].person.email if named and self._leads(folded, named[0]) else None
        if owner is None and len({f.person.email for f in named}) == 1:
            owner = named[0].person.email
        due = None
        for calendar in self._fitting(folded):
            days = [d for d in calendar.days(folded) if not d.period or calendar.is_limit("by", folded, d)]
            limits = [d for d in days if calendar.is_limit("by", folded, d) or calendar.is_limit("before", folded, d)]
            chosen = limits if limits else days
            if len(chosen) == 1:
                due = self.clock.day(chosen[0])
            if days:
                break
        return Action(text, owner, due)

    @staticmethod
    def _leads(text: str, found: names.Found) -> bool:
        """Whether a name stands at the beginning: that person acts, whoever else is named."""
        return not re.search(r"\w{4,}", text[: found.start])

    # -- closed days

    def _closed(self, text: str) -> Closed | None:
        folded = Folded(compose(text))
        for calendar in self._fitting(folded.text):
            spans = calendar.ranges(folded.text)
            if not spans:
                continue
            if len(spans) > 1:
                return None
            start, end, first, last = spans[0]
            if any(day is not None and day.period for day in (first, last)):  # "next week" is no first and last day
                return None
            if last is None or (first is None and not calendar.is_limit("until", folded.text, last)):
                return None
            until = self.clock.day(last)
            begin = self._first(first, until) if first is not None else self.clock.today
            if first is not None and first is last:
                begin = until
            if begin is None or until is None or until < begin:
                return None
            before = self._trim(folded.original(0, start), calendar, leading=True)
            after = self._trim(folded.original(end, len(folded.text)), calendar, leading=False)
            return Closed(begin, until, " ".join(w for w in (before, after) if w) or None)
        return None

    def _first(self, day: Day, until: Any) -> Any:
        """The first day of a span: the last such day that is not after its end."""
        first = self.clock.day(day)
        if first and until and first > until and day.year is None and day.month is not None:
            return first.replace(year=until.year) if first.replace(year=until.year) <= until else None
        return first

    @staticmethod
    def _trim(text: str, calendar: Calendar, *, leading: bool) -> str:
        """A remainder without the words that only join it to the dates."""
        keys: tuple[str, ...] = ("from", "article", "by", "before", "because", "on_behind")
        if not leading and re.match(r"\s*[,;:，；：、،؛(（–—-]", text):  # "..., Día de Muertos" is a name of its own
            keys = ("because", "on_behind")
        joins = [word for key in keys for word in calendar.raw.get(key, [])]
        words = calendar.words(*joins) if joins else "(?!)"
        spaced = calendar.lex.spaced
        text = text.strip(" \t\n,;:：，、。،؛.()（）-–—")
        for _ in range(3):
            at = (
                re.search(rf"(?:{'^| ' if spaced else ''}){words}\Z", fold(text))
                if leading
                else re.match(rf"{words}{'(?= |$)' if spaced else ''}", fold(text))
            )
            if not at:
                break
            folded = Folded(compose(text))
            text = folded.original(0, at.start()) if leading else folded.original(at.end(), len(folded.text))
            text = text.strip(" \t\n,;:：，、。،؛.()（）-–—")
        return text

    # -- changes

    def _change(self, field: str, text: str) -> Change | None:
        if field == "where":
            address = re.search(r"https?://[^\s<>\"]+", text)
            return Change(field, address[0].rstrip(".,;)") if address and len(address[0]) > len(text) - 3 else text)
        if field in ("phone", "objective"):
            return Change(field, text)
        if field == "language":
            code = self._language(text)
            return Change(field, code) if code else None
        pairs = getattr(self, f"_{field}")(text)
        return Change(field, pairs) if pairs else None

    def _language(self, text: str) -> str | None:
        wanted = bare(text.strip(" .。!"))
        for language in LANGUAGES:
            for code, spellings in data(language).get("languages", {}).items():
                if any(bare(s) == wanted for s in spellings):
                    return str(code)
        tag = text.strip(" .。!")
        if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?", tag) and (
            len(tag) == 2 or "-" in tag
        ):
            parts = tag.split("-")
            return "-".join([parts[0].lower(), *(p.title() if len(p) == 4 else p.upper() for p in parts[1:])])
        return None

    def _words(self, key: str) -> list[str]:
        """A label word in every language."""
        return [w for lang in LANGUAGES for w in data(lang).get("label_words", {}).get(key, [])]

    def _person(self, text: str) -> tuple[tuple[str, Any], ...] | None:
        found = names.addressed(text)
        if len(found) != 1 or not found[0][0]:
            return None
        name, address = found[0]
        rest = fold(text.replace(address, " ").replace(name, " "))
        spans = {(*s, r) for r in ("deputy", "leader", "lead", "member") for s in self._spans(rest, self._words(r))}
        roles = {  # "mwalimu mkuu" is no "mwalimu"
            role for a, b, role in spans
            if not any(c <= a and b <= d and d - c > b - a for c, d, _ in spans)
        }  # fmt: skip
        if "leader" in roles and "lead" in roles:  # "senior leader" holds "lead" in some languages
            roles.remove("lead")
        if len(roles) > 1:
            return None
        return (("name", name), ("email", address), *(("role", r) for r in roles))

    @staticmethod
    def _spans(text: str, words: list[str]) -> list[tuple[int, int]]:
        """Where words stand in a folded text."""
        out = []
        for word in map(fold, words):
            spaced = not re.search(r"[\u3040-\u30ff\u3400-\u9fff]", word)
            edged = rf"(?<![\w\u0900-\u097f]){re.escape(word)}(?![\w\u0900-\u097f])"
            out += [m.span() for m in re.finditer(edged if spaced else re.escape(word), text)]
        return out

    def _has(self, text: str, words: list[str]) -> bool:
        return bool(self._spans(text, words))

    def _term(self, text: str) -> tuple[tuple[str, Any], ...] | None:
        folded = fold(text)
        for calendar in self._fitting(folded):
            spans = calendar.ranges(folded)
            if (
                len(spans) == 1
                and spans[0][2] is not None
                and spans[0][3] is not None
                and spans[0][2] is not spans[0][3]
            ):
                until = self.clock.day(spans[0][3])
                first = self.clock.day(spans[0][2])
                if first and until and until < first and spans[0][3].year is None:
                    until = until.replace(year=first.year if until.replace(year=first.year) > first else first.year + 1)
                elif first and until and spans[0][2].year is None and first > until:
                    first = first.replace(year=until.year)
                if first and until and spans[0][2].year is None and spans[0][3].year and (until - first).days > 366:
                    first = first.replace(year=until.year if first.replace(year=until.year) < until else until.year - 1)
                if first and until and first <= until:
                    return (("from", first.isoformat()), ("to", until.isoformat()))
            if spans:
                return None
        return None

    def _milestone(self, text: str) -> tuple[tuple[str, Any], ...] | None:
        folded = Folded(compose(text))
        for calendar in self._fitting(folded.text):
            days = calendar.days(folded.text)
            if len(days) > 1:
                return None
            if days:
                due = None if days[0].period else self.clock.day(days[0])
                before = self._trim(folded.original(0, days[0].start), calendar, leading=True)
                tail = folded.original(days[0].end, len(folded.text))
                tail = self._trim(tail, calendar, leading=False)
                what = " ".join(w for w in (before, tail) if w)
                return (("due", due.isoformat()), ("what", what)) if due and what else None
        return None

    def _resource(self, text: str) -> tuple[tuple[str, Any], ...] | None:
        address = re.search(r"https?://[^\s<>\"]+", text)
        folded = Folded(compose(text))
        keeper = None
        pieces = [p.strip() for p in re.split(r"[,;，；、،]|\s[-–—]\s|\n", text) if p.strip()]
        named = names.people(folded.text, self.agreement, self.school)
        kept: list[str] = []
        for piece in pieces:
            inside = names.people(fold(piece), self.agreement, self.school)
            said = self._has(fold(piece), self._words("keeper"))
            if inside and (said or (len({f.person.email for f in named}) == 1 and _only(piece, inside))):
                keeper = inside[0].person.email
            elif not (
                address and piece.rstrip(".)").endswith(address[0].rstrip(".,;)")) and len(piece) <= len(address[0]) + 3
            ):
                kept.append(piece)
        where = address[0].rstrip(".,;)") if address else None
        if where is None:
            if len(kept) < 2:
                return None
            where = kept.pop()
        what = re.sub(r"[\s:：(（<-]+\Z", "", ", ".join(kept).replace(where, "").strip(" ()（）<>"))
        if not what:
            return None
        return (("what", what), ("where", where), *((("keeper", keeper),) if keeper else ()))

    def _meeting(self, text: str) -> tuple[tuple[str, Any], ...] | None:
        folded = fold(text)
        best: tuple[tuple[str, Any], ...] | None = None
        for calendar in self.calendars:
            pairs = self._rule(folded, calendar)
            if pairs and (best is None or len(pairs) > len(best)):
                best = pairs
        return best

    def _rule(self, text: str, calendar: Calendar) -> tuple[tuple[str, Any], ...] | None:
        words = calendar.lex.raw.get("label_words", {})
        alone = {fold(name): i for i, day in enumerate(WEEKDAYS) for name in words.get(day, [])}
        weekdays = {**calendar.weekday_of, **alone}
        weekday = rf"(?P<wd>{calendar.names(weekdays)})"
        pairs: list[tuple[str, Any]] = []
        found = []
        for ordinal in ("first", "second", "third", "fourth", "last"):
            spellings = calendar.words(*words.get(ordinal, []))
            joins = calendar.words(*words.get("ordinal_joins", [])) if words.get("ordinal_joins") else "(?!)"
            gap = rf"(?: (?:{joins} )?| ?{joins} ?)" if calendar.lex.spaced else rf" ?(?:{joins})? ?"
            for pattern in (
                rf"{spellings}{gap}{weekday}",
                rf"{weekday}{gap}{spellings}" if words.get("ordinal_behind") else "",
            ):
                edge = calendar.edge
                m = re.search(edge[0] + pattern + (edge[1] if calendar.lex.spaced else ""), text) if pattern else None
                if m:
                    found.append((ordinal, weekdays[m["wd"]], m.span()))
        if len({f[:2] for f in found}) > 1:
            return None
        if found:
            pairs.append(("every", f"{found[0][0]} {WEEKDAYS[found[0][1]]}"))
            text = text[: found[0][2][0]] + " " + text[found[0][2][1] :]
        length = re.search(
            rf"(?<!\d)(\d{{2,3}}) ?(?:{calendar.words(*words.get('minutes', []))})(?![\w\u0900-\u097f])", text
        )
        if length:
            text = text[: length.start()] + " " + text[length.end() :]
        anchors = [
            s
            for s in self.agreement.schools
            if re.search(
                rf"(?<![\w\u0900-\u097f])(?:{re.escape(fold(s.name))}|{re.escape(s.id)})(?![\w\u0900-\u097f])", text
            )
        ]
        for school in anchors:
            text = text.replace(fold(school.name), " ")
        cities = {fold(s.timezone.rsplit("/", 1)[-1].replace("_", " ")): s.timezone for s in self.agreement.schools}
        hours = [w for w in calendar.find(text, cities) if w.hour is not None]
        if len(hours) > 1 or (found == [] and calendar.days(text)):
            return None
        if not found and self._leftover(text, hours, calendar):  # half a rule is none
            return None
        if hours and hours[0].hour is not None:
            at = self._minute(hours[0].hour)
            if at is None:
                return None
            pairs.append(("at", f"{at // 60:02d}:{at % 60:02d}"))
            zone = hours[0].zone
            if zone is not None and not anchors and zone.side != "ours":
                anchors = [
                    s
                    for s in self.agreement.schools
                    if (zone.side == "yours" and s.id != self.school.id) or s.timezone == zone.name
                ]
                if len(anchors) != 1:
                    return None
        if not pairs:
            return None
        if len(anchors) == 1:
            pairs.append(("anchor", anchors[0].id))
        if length:
            pairs.append(("minutes", int(length[1])))
        return tuple(pairs)

    @staticmethod
    def _leftover(text: str, hours: list[When], calendar: Calendar) -> bool:
        """Whether words stand beside an hour that this language does not know."""
        for when in reversed(hours):
            text = text[: when.start] + " " + text[when.end :]
        raw, times = calendar.raw, calendar.times
        small = [*raw.get("article", []), *raw.get("of", []), *raw.get("from", []), *times.get("at", [])]
        text = calendar.lex.pattern("filler").sub(" ", text)
        text = re.sub(calendar.words(*small), " ", text) if small else text
        return bool(re.search(r"[^\W\d_]", text))

    def _minute(self, hour: Any) -> int | None:
        """Minutes after midnight; an hour without its half of the day is the one inside the school day."""
        if hour.vague or hour.doubt or hour.same or hour.shift is not None:
            return None
        if hour.known:
            return int(hour.hour * 60 + hour.minute)
        options = hour.swahili or (hour.hour % 24, (hour.hour + 12) % 24)
        days = self.school.day.values()
        inside = {h for h in options if any(d.begins <= h * 60 + hour.minute <= d.ends for d in days)}
        return inside.pop() * 60 + int(hour.minute) if len(inside) == 1 else None


def _only(piece: str, inside: list[names.Found]) -> bool:
    """Whether a piece of a line is hardly more than a person's name."""
    return len(fold(piece)) <= inside[0].end - inside[0].start + 14
