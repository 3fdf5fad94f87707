"""From a person's own words to commands (contract, section 4).

    words ──labels.split──► labelled lines ─────────────────► commands
                       └──► sentences ──clauses.read──► what each says ──► commands, by what the mail answers

Nothing is guessed: a sentence that is a question, stands under a condition or is negated in a way the phrases do not
know decides nothing, two answers that contradict each other are none, and what is left is `Unclear`.
The words themselves stand in `phrases/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tandem.core.commands import (
    Absence,
    Acknowledge,
    Cancel,
    Choose,
    Command,
    Confirm,
    Counter,
    Handover,
    Help,
    Meet,
    Pause,
    Report,
    Review,
    Rsvp,
    Safeguarding,
    Sign,
    Status,
    Stop,
    Unclear,
    Undo,
)  # fmt: skip
from tandem.wire import clauses, labels, names
from tandem.wire.clauses import Clauses
from tandem.wire.clock import Clock
from tandem.wire.folding import compose, fold
from tandem.wire.inbound import Context, InboundMail, Itip
from tandem.wire.mentions import Day, When
from tandem.wire.phrases import LANGUAGES, base, lexicon
from tandem.wire.sentences import Sentence, lines, sentences
from tandem.wire.times import Calendar, calendar

LONGEST = 20_000  # characters of a person's own words that are read; nobody writes more by hand
ATTENDING = ("invite", "update", "reminder")
ASKED = ("check-in", "nudge")
OTHER_DECISIONS = (
    "accept",
    "decline",
    "tentative",
    "met",
    "not_met",
    "not_yet",
    "cancel",
    "pause",
    "leaving",
    "leaves",
    "takes_over",
    "absence",
)
BY_KIND: dict[str, tuple[str, ...]] = {
    "agreement": ("sign", "pause", "leaving", "leaves", "takes_over", "absence"),
    "review": ("go_on", "end", "pause", "leaving", "leaves", "takes_over", "absence"),
    "escalation": ("acknowledge", "met", "not_met", "not_yet", "pause", "leaving", "leaves", "takes_over", "absence"),
    "catch-up": ("any", "none", "both", *OTHER_DECISIONS),
    "receipt": ("wrong", *OTHER_DECISIONS),
    "notice": ("wrong", *OTHER_DECISIONS),
}
NOTED = ("yes", "ok", "no", "met", "not_met", "acknowledge")  # beside these a sentence may say more


@dataclass(frozen=True, slots=True)
class Understood:
    commands: tuple[Command, ...]
    chat: str = ""  # words that are neither a command nor its text


@dataclass(slots=True)
class _Said:
    """One thing said, and where."""

    start: int
    end: int
    family: str  # things of one family must agree
    value: Any
    command: Command | None  # None: it takes part in deciding, and gives no command of its own
    weak: bool = False
    polar: bool = False


@dataclass(slots=True)
class _Mail:
    said: list[_Said] = field(default_factory=list)
    commands: list[tuple[int, Command]] = field(default_factory=list)  # of labels and the like, with their place
    unclear: list[tuple[int, int]] = field(default_factory=list)
    rest: list[Sentence] = field(default_factory=list)  # statements beyond the answer: notes or chat
    notes: list[tuple[int, int]] = field(default_factory=list)
    chatted: bool = False
    danger: list[tuple[int, int]] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)


def understand(text: str, context: Context, itip: tuple[Itip, ...] = (), mail: InboundMail | None = None) -> Understood:
    """The commands in `text` (new words only: no quotation, no signature) and in `itip`, in the order of the text.

    `mail` is not needed; the subject of a mail without any words is never read."""
    own = compose("\n".join(x for x in text[:LONGEST].split("\n") if not x.lstrip().startswith((">", "|>")))).strip()
    if itip:
        return _with_buttons(own, context, itip)
    return _Reader(context).understand(own)


def _with_buttons(text: str, context: Context, itip: tuple[Itip, ...]) -> Understood:
    """What a calendar program said, and what the words beside it say more."""
    commands: list[Command] = []
    for one in itip:
        if one.method == "COUNTER":
            if one.problem or one.starts is None:
                commands.append(Unclear(text or one.comment or one.problem or "COUNTER"))
            else:
                commands.append(Counter(context.meeting, one.starts))
        elif one.method == "REPLY":
            if one.problem or one.partstat not in ("ACCEPTED", "DECLINED", "TENTATIVE"):
                commands.append(Unclear(text or one.comment or one.problem or str(one.partstat or "REPLY")))
            else:
                commands.append(Rsvp(context.meeting, one.partstat, one.comment))
    buttons = [c for c in commands if isinstance(c, Rsvp)]
    comment = next((one.comment for one in itip if one.comment), None) or ""
    words = text if text and fold(comment).strip() in fold(text) else "\n".join(w for w in (text, comment) if w)
    if any(isinstance(c, Unclear) for c in commands) or not words:
        return Understood(tuple(commands), text)
    read = _Reader(context, buttoned=True).understand(words)
    if any(isinstance(c, Counter) for c in commands):  # a COUNTER gives `counter` alone; its words only explain it
        kept = [c for c in read.commands if isinstance(c, Safeguarding)]
        return Understood((*commands, *kept), read.chat)
    more = [c for c in read.commands if not (isinstance(c, Rsvp) and any(c.partstat == b.partstat for b in buttons))]
    if any(isinstance(c, Rsvp) for c in more):  # the words contradict the button
        return Understood((Unclear(text or comment),), "")
    if any(isinstance(c, Safeguarding) for c in more):
        commands = [Rsvp(c.meeting, c.partstat, None) if isinstance(c, Rsvp) else c for c in commands]
    return Understood((*commands, *more), read.chat)


class _Reader:
    def __init__(self, context: Context, buttoned: bool = False) -> None:
        self.context = context
        self.buttoned = buttoned
        agreement, school = context.agreement, context.school
        own = agreement.language_of(school, context.sender)
        partner = agreement.partner(school.id)
        self.preferred = list(dict.fromkeys([base(own), base(school.language), base(partner.language), "en"]))
        self.kind = context.reply_to
        self.american = school.country.split("-")[0] == "US" or own.lower() == "en-us"
        zone = agreement.timezone_of(school, context.sender)
        self.clock_of = {
            language: Clock(context.now, zone, school, partner.timezone, context.starts,
                            str(lexicon(language).raw["dates"].get("next_means", "ambiguous")))
            for language in self.preferred
        }  # fmt: skip
        self.zone, self.partner_zone = zone, partner.timezone
        zones = {zone, school.timezone, partner.timezone, *(p.timezone for _, p in agreement.people if p.timezone)}
        self.cities = {z.rsplit("/", 1)[-1].replace("_", " ").lower(): z for z in sorted(zones)}
        self.languages: list[str] = self.preferred
        self._all: list[Sentence] = []
        self._text = ""
        self._done: dict[tuple[int, int], bool] = {}  # sentences that a hand-over has used up
        self.kinds = frozenset(("yes", "ok", "no", *BY_KIND.get(self.kind or "", OTHER_DECISIONS)))

    # -- the whole mail

    def understand(self, text: str) -> Understood:
        if not re.search(r"\S", text):
            return Understood(())
        word = self._whole_word(text)
        if word is not None:
            return Understood((word,))
        pieces = labels.split(text)
        free = "\n".join(p.text for p in pieces if isinstance(p, labels.Words))
        self.languages = self._languages(free or text)
        mail = _Mail()
        reader = labels.Reader(self.context.agreement, self.context.school, self._clock(self.languages[0]),
                               tuple(self._calendar(lang) for lang in self._label_languages(text)))  # fmt: skip
        for piece in pieces:
            if isinstance(piece, labels.Labelled):
                if self._dangerous(fold(piece.line.text), fold(piece.line.text)):
                    mail.danger.append((piece.line.start, piece.line.end))
                else:
                    mail.commands.append((piece.line.start, reader.command(piece)))
        free_sentences = [s for p in pieces if isinstance(p, labels.Words) for s in self._sentences(p)]
        self._all, self._text, self._done = free_sentences, text, {}
        self._safety(free_sentences, mail)
        alarmed = {(s.start, s.end) for s in free_sentences for a, b in mail.danger if a <= s.start and s.end <= b}
        readings: list[Clauses] = []
        for sentence in free_sentences:
            if (sentence.start, sentence.end) not in alarmed:
                readings.append(self._read(sentence))
        self._handover(readings, mail)
        for reading in readings:
            self._say(reading, mail)
        return self._compose(text, readings, mail)

    def _sentences(self, words: labels.Words) -> list[Sentence]:
        out: list[Sentence] = []
        for line in lines(words.text):
            out += sentences(line.text, words.start + line.start)
        return out

    def _whole_word(self, text: str) -> Command | None:
        whole = fold(text).strip(" \n.!?,;:*_\"'–-")
        whole = re.sub(r"\s+", " ", whole)
        if len(whole) > 30:
            return None
        commands: tuple[tuple[str, Command], ...] = (("status", Status()), ("help", Help()), ("stop", Stop()))
        for kind, command in commands:
            for language in self.preferred:
                if lexicon(language).pattern(kind).fullmatch(whole):
                    return command
        return None

    def _languages(self, text: str) -> list[str]:
        """The languages to try on these words, the likeliest first."""
        folded = fold(text)
        words = re.findall(r"(?:[^\W\d_]|[\u0900-\u097f])+(?:'[^\W\d_]+)?", folded)
        han = len(re.findall(r"[\u3400-\u9fff]", folded))
        kana = len(re.findall(r"[\u3040-\u30ff]", folded))
        scores: dict[str, float] = {}
        for language in LANGUAGES:
            if language == "ja":
                scores[language] = float(kana * 2 + (0.5 if han and "ja" in self.preferred and not kana else 0))
            elif language == "zh":
                scores[language] = float(han if not kana else 0)
            else:
                lex = lexicon(language)
                pieces = [p for w in words for p in {w, *w.split("'")}]
                scores[language] = sum(1.0 if w in lex.common else 0.4 if w in lex.vocabulary else 0.0 for w in pieces)
        if han and not kana and "ja" in self.preferred and "zh" not in self.preferred:
            scores["ja"] = float(han)
        best = max(scores.values())
        rank = {lang: i for i, lang in enumerate(self.preferred)}
        familiar = max(scores[lang] for lang in self.preferred)  # a language nobody here uses must be the clear winner
        likely = [
            lang
            for lang in LANGUAGES
            if best and scores[lang] >= best and (lang in self.preferred or best > familiar + 0.7)
        ]
        likely.sort(key=lambda lang: rank.get(lang, 99))
        close = [lang for lang in self.preferred if lang not in likely]
        return [*likely, *close]

    def _label_languages(self, text: str) -> list[str]:
        """For the text of labels: the languages of the mail, then all the others."""
        return [*self.languages, *(lang for lang in LANGUAGES if lang not in self.languages)]

    def _calendar(self, language: str) -> Calendar:
        month_first = str(lexicon(language).raw["dates"].get("numeric", "dmy")) != "dmy" or (
            language == "en" and self.american
        )
        return calendar(language, not month_first)

    def _clock(self, language: str) -> Clock:
        if language not in self.clock_of:
            self.clock_of[language] = Clock(
                self.context.now, self.zone, self.context.school, self.partner_zone, self.context.starts,
                str(lexicon(language).raw["dates"].get("next_means", "ambiguous")),
            )  # fmt: skip
        return self.clock_of[language]

    # -- one sentence

    def _read(self, sentence: Sentence) -> Clauses:
        """The sentence in the language that understands most of it."""
        best: Clauses | None = None
        least = 0.0
        for language in self.languages:
            reading = clauses.read(sentence, lexicon(language), self._calendar(language), self.kinds, self.cities,
                                   counting=self.kind == "catch-up")  # fmt: skip
            left = len(reading.rest())
            something = bool(reading.hits or reading.chat or reading.doubtful or reading.whens or reading.numbers)
            cost = left - (0.5 if something else 0) + (0 if language == self.languages[0] else 0.25)
            if best is None or (cost < least and something):
                best, least = reading, cost
            if left == 0 and something:
                break
            if (reading.hits or reading.doubtful) and language in self.languages[:1]:
                break
        assert best is not None
        return best

    def _dangerous(self, text: str, around: str) -> bool:
        for language in dict.fromkeys([*self.languages, *self.preferred]):
            lex = lexicon(language)
            if lex.pattern("danger").search(text):
                return True
            if lex.pattern("worry").search(text) and lex.pattern("child").search(around):
                return True
        return False

    def _safety(self, free: list[Sentence], mail: _Mail) -> None:
        """From the first sentence about a child's safety on, everything belongs to it."""
        for i, sentence in enumerate(free):
            around = fold(" ".join(s.text for s in free[max(0, i - 1) : i + 2]))
            own = fold(sentence.text)
            if self._dangerous(own, around):
                begin = i
                while begin and not self._answers(free[begin - 1]):
                    begin -= 1
                end = i
                while end + 1 < len(free) and not self._closes(free[end + 1]):
                    end += 1
                mail.danger.append((free[begin].start, free[end].end))
                return

    def _answers(self, sentence: Sentence) -> bool:
        """Whether a sentence before a worry is an answer or a greeting of its own."""
        reading = self._read(sentence)
        return bool(reading.hits or reading.numbers) or (bool(reading.chat) and not reading.rest())

    def _closes(self, sentence: Sentence) -> bool:
        reading = self._read(sentence)
        return bool(reading.chat) and not reading.rest() and not reading.hits

    # -- what a sentence says

    def _say(self, r: Clauses, mail: _Mail) -> None:
        s = r.sentence
        if self._done.get((s.start, s.end)):
            return
        before = len(mail.said) + len(mail.unclear)
        used: set[int] = set()  # indexes of whens that belong to something
        self._absences(r, mail, used)
        self._plain(r, mail, used)
        self._choices(r, mail)
        self._proposals(r, mail, used)
        for hit in r.doubtful:
            mail.doubts.add(self._family(hit.kind))
        said = len(mail.said) + len(mail.unclear) > before
        if (s.start, s.end) in mail.unclear:
            return
        left = r.rest()
        if r.doubtful or ((r.asks or r.wishes or r.hints) and self._asks_more(r, said)):
            mail.unclear.append((s.start, s.end))
        elif left and not said:
            if not self._only_chat(r):
                mail.rest.append(s)
            else:
                mail.chatted = True
        elif left and said:
            if r.has(*NOTED):
                self._note(r, mail)
        elif not said and not r.chat and re.search(r"\w", r.text):
            mail.rest.append(s)
        else:
            mail.chatted = True

    def _asks_more(self, r: Clauses, said: bool) -> bool:
        """Whether a question or wish is left over beside what was understood."""
        if r.hints and not said:
            return not self._only_chat(r)
        if not said:
            return not self._only_chat(r) if not r.asks else True
        if r.asks and not (r.proposes or r.meets):
            return True
        return (
            r.wishes
            and not r.proposes
            and not r.meets
            and not r.has("pause", "cancel", "go_on", "end", "sign", "takes_over")
        )

    @staticmethod
    def _only_chat(r: Clauses) -> bool:
        if not r.chat:
            return False
        if r.chat[0].kind in ("greeting", "closing") and r.chat[0].start <= 1 and len(r.rest()) <= 3 and not r.asks:
            return True
        return not r.rest() or (
            r.chat[0].kind == "thanks" and not r.asks and not r.wishes and not r.hints and r.chat[0].start <= 1
        )

    def _family(self, kind: str) -> str:
        if kind in ("met", "not_met", "not_yet"):
            return "report"
        if kind in ("accept", "decline", "tentative"):
            return "rsvp"
        if kind in ("yes", "ok", "no", "wrong", "sign", "go_on", "end", "acknowledge", "any", "none", "both"):
            return self._polar_family()
        return kind

    def _polar_family(self) -> str:
        kind = self.kind or ""
        if kind in ATTENDING:
            return "rsvp"
        if kind in ASKED:
            return "report"
        return {"catch-up": "choice"}.get(kind, "answer")

    def _polar(self, kind: str) -> Command | None:
        """What a bare yes or no is to the mail that it answers; None where that is unclear."""
        yes, to, month = kind != "no", self.kind, self.context.meeting
        if to in ATTENDING:
            return Rsvp(month, "ACCEPTED" if yes else "DECLINED")
        if to in ASKED:
            return Report(month, yes) if kind != "ok" else None
        if to == "agreement":
            return Sign() if yes else Confirm(False)
        if to == "catch-up":
            return Confirm(True) if yes else Choose(0)
        if to == "notice" and self.context.asks:
            return Confirm(yes)
        if to == "review":
            return Review(yes)
        if to == "receipt" and self.context.asks:
            return None if yes else Undo()
        if to == "escalation":
            return Acknowledge() if yes else None
        return None

    def _plain(self, r: Clauses, mail: _Mail, used: set[int]) -> None:
        month = self.context.meeting
        for hit in r.hits:
            start = r.sentence.start + hit.start
            end = r.sentence.start + hit.end
            family, kind = self._family(hit.kind), hit.kind
            command: Command | None = None
            value: Any = kind
            if kind in ("yes", "ok", "no"):
                command = self._polar(kind)
                if command is None:
                    if kind == "ok" and self.kind not in (None, *ASKED) and (mail.chatted or r.chat):
                        continue
                    mail.said.append(_Said(start, end, "bare", kind, None, weak=kind == "ok"))
                    continue
                value = kind != "no"
                if family == "rsvp":
                    value = "ACCEPTED" if value else "DECLINED"
                mail.said.append(_Said(start, end, family, value, command, weak=kind == "ok", polar=True))
                continue
            if kind == "wrong":
                command = Undo() if self.kind == "receipt" else Confirm(False)
                if not self.context.asks:
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                    continue
                value = False
            elif kind in ("met", "not_met"):
                if self._future(r) or not self._over():
                    mail.doubts.add("report")
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                    continue
                value, command = kind == "met", Report(month, kind == "met")
                used.update(range(len(r.whens)))
            elif kind == "not_yet":
                mail.doubts.add("report")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            elif kind in ("accept", "decline", "tentative"):
                self._attendance(r, hit, mail, used, start, end)
                continue
            elif kind == "cancel":
                if self.kind in ASKED or not self._same_meeting(r, hit, used):
                    mail.doubts.add("report")
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                    continue
                command = Cancel(month)
            elif kind == "pause":
                until = self._until(r)
                used.update(range(len(r.whens)))
                if until is None:
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                    continue
                command, value = Pause(until), until
            elif kind == "sign":
                command, value = Sign(), True
            elif kind in ("go_on", "end"):
                command, value = Review(kind == "go_on"), kind == "go_on"
            elif kind == "acknowledge":
                command, value = Acknowledge(), True
            elif kind == "any":
                command, value = Choose(-1), "any"
            elif kind == "none":
                command, value = Choose(0), False
            elif kind == "both":
                if self.context.options != 2:
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                    continue
                mail.said.append(_Said(start, end, "choice", 1, Choose(1)))
                command, value = Choose(2), 2
            else:
                continue
            mail.said.append(_Said(start, end, family, value, command))

    def _attendance(self, r: Clauses, hit: clauses.Hit, mail: _Mail, used: set[int], start: int, end: int) -> None:
        """Coming, not coming, perhaps: about the meeting that the mail is about, and no other."""
        partstat = {"accept": "ACCEPTED", "decline": "DECLINED", "tentative": "TENTATIVE"}[hit.kind]
        beside = [
            w
            for w in r.whens
            if not r.boundary_between(
                hit.end if w.start >= hit.end else hit.start, w.start if w.start >= hit.end else w.end
            )
        ]
        cue = any(not r.boundary_between(p.start, beside[0].start) for p in r.proposes) if beside else False
        if beside and hit.kind == "accept" and not self._matches(r, beside):
            full = all(w.day and w.hour for w in beside)
            if full and (
                r.has("decline", "no", "tentative")
                or any(x.value in ("DECLINED", "TENTATIVE", False) for x in mail.said)
                or self.kind == "catch-up"
            ):
                r.proposes.append(clauses.Hit("propose", hit.start, hit.end))
                return
            mail.doubts.add("rsvp")
            mail.unclear.append((r.sentence.start, r.sentence.end))
            return
        if beside and not cue:
            if not self._matches(r, beside):
                mail.doubts.add("rsvp")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                return
            used.update(r.whens.index(w) for w in beside)
        if self.kind in ASKED:
            if hit.kind == "accept":
                return
            mail.unclear.append((r.sentence.start, r.sentence.end))
            return
        if self.kind == "catch-up":
            if hit.kind == "accept":
                mail.said.append(_Said(start, end, "choice", True, Confirm(True), polar=True))
            elif hit.kind == "decline":
                mail.said.append(_Said(start, end, "choice", False, Choose(0), polar=True))
            else:
                mail.unclear.append((r.sentence.start, r.sentence.end))
            return
        mail.said.append(_Said(start, end, "rsvp", partstat, Rsvp(self.context.meeting, partstat)))

    def _matches(self, r: Clauses, whens: list[When]) -> bool:
        """Whether days and hours named are those of the meeting the mail is about (in doubt they are)."""
        if self.context.starts is None:
            return self.context.meeting is None or True
        clock = self._clock(r.lex.language)
        local = self.context.starts.astimezone(clock.now.astimezone().tzinfo)
        for when in whens:
            if when.day is not None:
                day = clock.day(when.day, near_meeting=True)
                if day is not None and day != clock.meeting_day() and day != self._partner_day():
                    return False
            if when.hour is not None and when.day is not None:
                moment = clock.moment(when, clock.day(when.day, near_meeting=True))
                if moment is not None and moment != local and not when.hour.vague:
                    return False
        return True

    def _partner_day(self) -> date | None:
        from zoneinfo import ZoneInfo

        return self.context.starts.astimezone(ZoneInfo(self.partner_zone)).date() if self.context.starts else None

    def _same_meeting(self, r: Clauses, hit: clauses.Hit, used: set[int]) -> bool:
        near = [
            w for w in r.whens if not r.boundary_between(hit.end if w.start >= hit.end else hit.start, w.start)
        ] or [w for w in r.whens if hit.start <= w.start < hit.end]
        used.update(r.whens.index(w) for w in near)
        return self._matches(r, near)

    def _over(self) -> bool:
        """Whether the meeting may have been held by now."""
        return self.kind in ASKED or self.context.starts is None or self.context.now >= self.context.starts

    def _future(self, r: Clauses) -> bool:
        """Whether a day that is still to come stands beside "we met"."""
        clock = self._clock(r.lex.language)
        for when in r.whens:
            if when.day is not None and when.day.offset is not None and when.day.offset > 0:
                return True
            if when.day is not None and when.day.week == 1:
                return True
            if when.day is not None and when.day.month is not None and when.day.year is not None:
                day = clock.day(when.day)
                if day and day > clock.today:
                    return True
        return False

    def _until(self, r: Clauses) -> date | None:
        cal, clock = self._calendar(r.lex.language), self._clock(r.lex.language)
        spans = cal.ranges(r.text)
        if len(spans) != 1 or spans[0][3] is None:
            return None
        _, _, first, last = spans[0]
        if first is last and last is not None and not cal.is_limit("until", r.text, last):
            return None
        found = clock.day(spans[0][3])
        return found if found and found > clock.today else None

    def _absences(self, r: Clauses, mail: _Mail, used: set[int]) -> None:
        hits = [h for h in r.hits if h.kind == "absence"]
        if not hits:
            return
        cal, clock = self._calendar(r.lex.language), self._clock(r.lex.language)
        back = [m.start() for m in r.lex.pattern("back").finditer(r.text)]
        spans = [s for s in cal.ranges(r.text) if not any(b < s[0] and not r.boundary_between(b, s[0]) for b in back)]
        spans = [s for s in spans if not any(not r.boundary_between(p.start, s[0]) for p in (*r.proposes, *r.meets))]
        place = (r.sentence.start, r.sentence.end)
        if len(spans) != 1 or spans[0][3] is None or (spans[0][3].period and spans[0][2] is spans[0][3]):
            if not r.has("decline") and not any(x.family == "rsvp" and x.value == "DECLINED" for x in mail.said):
                mail.unclear.append(place)
            return
        start, end, first, last = spans[0]
        if cal.is_limit("before", r.text, last):  # the last day away, or the first day back?
            mail.unclear.append(place)
            return
        until = clock.day(last, near_meeting=first is last)
        begin = None if first is None else until if first is last else clock.day(first)
        if begin and until and begin > until and first is not None and first.year is None and first.month is None:
            begin = None
        if until is None or (first is not None and (begin is None or begin > until)) or until < clock.today:
            mail.unclear.append(place)
            return
        used.update(i for i, w in enumerate(r.whens) if start <= w.start and w.end <= end)
        mail.said.append(
            _Said(
                r.sentence.start + hits[0].start,
                r.sentence.start + hits[0].end,
                "absence",
                (begin, until),
                Absence(begin, until),
            )
        )

    # -- options and proposals

    def _choices(self, r: Clauses, mail: _Mail) -> None:
        if self.kind != "catch-up" or not r.numbers:
            return
        text = list(r.text)
        for h in (*r.hits, *r.chat, *r.fillers, *r.proposes, *r.meets, *r.whens):
            text[h.start : h.end] = " " * (h.end - h.start)
        for start, end, _ in r.numbers:
            text[start:end] = " " * (end - start)
        for m in r.lex.pattern("option").finditer(r.text):
            text[m.start() : m.end()] = " " * (m.end() - m.start())
        left = re.findall(r"[\w\u0900-\u097f]+", "".join(text))
        between = [r.text[a[1] : b[0]].strip() for a, b in zip(r.numbers, r.numbers[1:], strict=False)]
        most = self.context.options or 9
        sure = not left and not r.doubtful and not r.asks and all(1 <= n <= most for _, _, n in r.numbers)
        negated = any(
            True
            for m in r.lex.pattern("negator").finditer(r.text)
            if not any(h.start <= m.start() < h.end for h in (*r.hits, *r.fillers))
        )
        if r.asks and (r.proposes or r.whens) and not left:
            sure = all(1 <= n <= most for _, _, n in r.numbers)
        if not sure or negated or any(b in ("-", "–", ".", ":") for b in between) or r.has("none", "no"):
            mail.unclear.append((r.sentence.start, r.sentence.end))
            mail.doubts.add("choice")
            return
        for start, end, number in r.numbers:
            mail.said.append(_Said(r.sentence.start + start, r.sentence.start + end, "choice", number, Choose(number)))

    def _proposals(self, r: Clauses, mail: _Mail, used: set[int]) -> None:
        whens = [w for i, w in enumerate(r.whens) if i not in used]
        place = (r.sentence.start, r.sentence.end)
        if place in mail.unclear:
            return
        cued = bool(r.proposes or r.meets)
        if not cued:
            full = [w for w in whens if w.day and w.hour]
            bare = not self._beyond(r) and (self.kind in (*ATTENDING, "catch-up") or r.has("decline", "no"))
            if not full or not bare or r.has("absence", "pause", "cancel", "accept") or (r.asks and r.doubtful):
                return
            if r.asks and r.lex.pattern("question").search(r.text):
                return
        clock = self._clock(r.lex.language)
        if r.meets and not any(w.hour for w in whens):
            self._talk(r, mail, whens, clock)
            return
        if cued and not whens:
            if r.asks and not r.doubtful:
                mail.unclear.append(place)
            return
        if cued and not any(w.hour or r.asks for w in whens) and not r.asks and not any(w.day for w in whens):
            return
        negators = [m.span() for m in r.lex.pattern("negator").finditer(r.text)
                    if not any(h.start <= m.start() and m.end() <= h.end for h in (*r.hits, *r.doubtful, *r.fillers, *r.chat, *r.proposes, *r.meets))]  # fmt: skip
        if any(not r.boundary_between(min(e, w.start), max(s, w.start)) for s, e in negators for w in whens):
            mail.unclear.append(place)
            return
        moments = self._moments(r, whens, clock)
        if moments is None or self.context.starts in moments or any(m <= self.context.now for m in moments):
            mail.unclear.append(place)
            return
        if not cued:
            r.proposes.append(clauses.Hit("propose", whens[0].start, whens[0].start))
        for when, moment in zip(whens, moments, strict=False):
            mail.said.append(_Said(r.sentence.start + when.start, r.sentence.start + when.end, f"counter {moment.isoformat()}", moment,
                                   Counter(self.context.meeting, moment)))  # fmt: skip

    def _beyond(self, r: Clauses) -> list[str]:
        """Words left over when the small words of a proposal or a choice are put aside."""
        options = {w for m in r.lex.pattern("option").finditer(r.text) for w in re.findall(r"[\w\u0900-\u097f]+", m[0])}
        return [w for w in r.rest() if w not in options]

    def _talk(self, r: Clauses, mail: _Mail, whens: list[When], clock: Clock) -> None:
        """A wish to talk, with or without a last day."""
        cal = self._calendar(r.lex.language)
        place = (r.sentence.start, r.sentence.end)
        days = [w.day for w in whens if w.day is not None]
        by: date | None = None
        if len(days) > 1:
            mail.unclear.append(place)
            return
        if days:
            found = clock.day(days[0])
            limit = cal.is_limit("by", r.text, days[0]) or bool(days[0].period)
            earlier = cal.is_limit("before", r.text, days[0])
            another_week = (
                self.kind in ATTENDING and days[0].period == "next-week"
            )  # moves the meeting, and says not when
            if found is None or another_week or not (limit or earlier):
                mail.unclear.append(place)
                return
            by = found - timedelta(days=1) if earlier and not days[0].period else found
        mail.said.append(
            _Said(r.sentence.start + r.meets[0].start, r.sentence.start + r.meets[0].end, "meet", by, Meet(by))
        )

    def _moments(self, r: Clauses, whens: list[When], clock: Clock) -> list[Any] | None:
        """The moments proposed; days and hours that share the other half are completed. None: one can't be told."""
        near = self.kind in (*ATTENDING, "agenda") and self._ahead()
        out: list[Any] = []
        for i, when in enumerate(whens):
            hour, zone, day = when.hour, when.zone, when.day
            if hour is None:
                later = next((w for w in whens[i + 1 :] if w.hour is not None), None)
                if later is None or later.day is None:
                    return None
                hour, zone = later.hour, later.zone
            if day is None and hour.shift is None:
                earlier = next((w for w in reversed(whens[:i]) if w.day is not None), None)
                if earlier is None:
                    return None
                day = earlier.day
            moment = clock.moment(
                When(when.start, when.end, day, hour, zone), self._proposed(day, clock, near) if day else None
            )
            if moment is None:
                return None
            out.append(moment)
        return out if out else None

    def _proposed(self, day: Day, clock: Clock, near: bool) -> date | None:
        return clock.day(day, near_meeting=near)

    def _ahead(self) -> bool:
        return self.context.starts is not None and self.context.starts > self.context.now

    # -- hand-overs

    def _handover(self, readings: list[Clauses], mail: _Mail) -> None:
        about = [r for r in readings if r.has("takes_over", "leaving", "leaves")]
        if not about:
            return
        context = self.context
        texts = [r for r in readings if r in about or names.addressed(r.sentence.text)]
        first = texts[0]
        known = {p.key: p for _, p in context.agreement.people}
        addressed = [a for r in texts for a in names.addressed(r.sentence.text)]
        mentioned = [f.person for r in texts for f in names.people(r.text, context.agreement, context.school)
                     if f.school.id == context.school.id]  # fmt: skip
        new = {a.lower(): (n, a) for n, a in addressed}
        sure = True
        to: tuple[str, str] | None = None
        if len(new) == 1:
            name, address = next(iter(new.values()))
            person = known.get(address.lower())
            to = (person.name, person.email) if person else (name, address)
            sure = bool(to[0])
        others = [p for p in dict.fromkeys(p.key for p in mentioned) if to is None or p != to[1].lower()]
        others = [p for p in others if to is None or not _same_name(known[p].name, to[0])]
        me = any(r.has("leaving") for r in about) or not others
        who = context.sender.key if me else None
        others = [p for p in others if p != context.sender.key]
        if to is None and any(r.has("takes_over") for r in about):
            candidates = [p for p in others]
            if me and len(candidates) == 1:
                to = (known[candidates[0]].name, known[candidates[0]].email)
        elif who is None and len(others) == 1:
            who = others[0]
        if any(r.has("leaving") for r in about) and any(r.has("leaves") for r in about):
            sure = False
        if (
            to is None
            or who is None
            or not sure
            or not any(r.has("takes_over", "leaving", "leaves") for r in about)
            or to[1].lower() == who
        ):
            for r in about:
                mail.unclear.append((r.sentence.start, r.sentence.end))
        else:
            email = context.sender.email if who == context.sender.key else known[who].email
            mail.commands.append((first.sentence.start, Handover(email, (("name", to[0]), ("email", to[1])))))
        for r in texts:
            self._done[(r.sentence.start, r.sentence.end)] = True

    # -- together

    def _note(self, r: Clauses, mail: _Mail) -> None:
        """What a sentence says beyond its answer, for the notes of a report."""
        s, begin = r.sentence, 0
        for hit in sorted((*r.hits, *r.chat), key=lambda h: h.start):
            if hit.start > begin and re.search(r"\w", r.text[begin : hit.start]):
                break
            after = re.match(r"[ !.]*(?:[,;:.!–]| - )\s*", r.text[hit.end :])
            if hit.kind not in ("yes", "ok", "no", "met", "not_met", "thanks", "greeting"):
                break
            if after:
                begin = hit.end + after.end()
            elif hit.kind in ("yes", "ok", "no"):
                begin = hit.end
            else:
                break
        start = s.start + r.folded.origin(begin)
        while start < s.end and self._text[start : start + 1] in " ,;:–-":
            start += 1
        mail.notes.append((start, s.end))

    def _compose(self, text: str, readings: list[Clauses], mail: _Mail) -> Understood:
        kept = self._agree(mail)
        placed: list[tuple[int, Command]] = [
            *mail.commands,
            *((x.start, x.command) for x in kept if x.command is not None),
        ]
        report = next((c for _, c in placed if isinstance(c, Report)), None)
        for start, end in mail.danger:
            placed.append((start, Safeguarding(_clean(text[start:end]))))
        rest = [(s.start, s.end) for s in mail.rest]
        unclear = list(dict.fromkeys(mail.unclear))
        if not placed and rest and not self.buttoned:
            unclear += rest
            rest = []
        chat = " ".join(_clean(text[a:b]) for a, b in sorted([*rest, *mail.notes]))
        if report is not None:
            spans = [] if mail.danger else sorted([*rest, *mail.notes])
            spans = [(a, b) for a, b in spans if report.held or not self._private(text[a:b])]
            notes = _joined(text, spans)
            noted = Report(report.meeting, report.held, notes or None)
            placed = [(p, noted if c is report else c) for p, c in placed]
            chat = ""
        if self.buttoned:
            unclear = [u for u in unclear if self._worth(text[u[0] : u[1]])]
        for start, end in _merged(text, unclear):
            placed.append((start, Unclear(_clean(text[start:end]))))
        placed.sort(key=lambda p: p[0])
        return Understood(tuple(c for _, c in placed), chat)

    def _worth(self, text: str) -> bool:
        return bool(text.strip())

    def _private(self, text: str) -> bool:
        return any(lexicon(lang).pattern("private").search(fold(text)) for lang in self.languages)

    def _agree(self, mail: _Mail) -> list[_Said]:
        """Without what contradicts itself, and without a bare answer beside a fuller one of the same meaning."""
        said = sorted(mail.said, key=lambda x: x.start)
        strong = [x for x in said if not x.weak]
        bare = [x for x in said if x.family == "bare"]
        families = list(dict.fromkeys(x.family for x in said if x.family != "bare"))
        kept: list[_Said] = []
        for family in families:
            members = [x for x in said if x.family == family]
            firm = [x for x in members if not x.weak]
            fuller = [x for x in members if not x.polar]
            if family == "choice":
                kept += self._choice(members, mail)
                continue
            if fuller:
                members = [x for x in members if not x.weak or x.value == fuller[0].value]
            if len({str(x.value) for x in members}) > 1 or family in mail.doubts:
                mail.unclear += [(x.start, x.end) for x in firm or members]
                mail.unclear = self._whole(mail)
                continue
            chosen = (fuller or firm or members)[0]
            kept.append(_Said(members[0].start, chosen.end, family, chosen.value, chosen.command, polar=chosen.polar))
        if any(x.family == "rsvp" and x.value == "ACCEPTED" for x in kept) and any(
            x.family.startswith("counter") for x in kept
        ):
            clash = [x for x in kept if x.family == "rsvp" or x.family.startswith("counter")]
            if all(x.polar or x.family.startswith("counter") for x in clash) or True:
                mail.unclear += [(x.start, x.end) for x in clash]
                mail.unclear = self._whole(mail)
                kept = [x for x in kept if x not in clash]
        if any(x.polar and x.value in (False, "DECLINED") for x in kept) and any(
            x.weak and x.family == "bare" for x in bare
        ):
            mail.unclear += [(x.start, x.end) for x in [*bare, *kept] if x.polar or x.weak]  # "no, all good"
            mail.unclear = self._whole(mail)
            kept, bare = [x for x in kept if not x.polar], []
        if bare:
            other = [x for x in strong if x.family != "bare"] or mail.commands
            if not other or any(not x.weak for x in bare):
                meanings = {("no" if x.value == "no" else "yes") for x in bare}
                agrees = any((x.family == "report" and x.value is ("yes" in meanings))
                             or (x.family == "rsvp" and x.value == ("ACCEPTED" if "yes" in meanings else "DECLINED")) for x in kept)  # fmt: skip
                if not (len(meanings) == 1 and agrees):
                    mail.unclear += [(x.start, x.end) for x in bare]
                    mail.unclear = self._whole(mail)
        return kept

    def _choice(self, members: list[_Said], mail: _Mail) -> list[_Said]:
        numbers = [x for x in members if isinstance(x.value, int) and not isinstance(x.value, bool)]
        nays = [x for x in members if x.value is False]
        anything = [x for x in members if x.value == "any"]
        yeses = [x for x in members if x.value is True and not x.weak] or [x for x in members if x.value is True]
        groups = [bool(numbers), bool(nays), bool(anything)]
        if sum(groups) > 1 or "choice" in mail.doubts or (nays and any(not x.weak for x in yeses)):
            mail.unclear += [(x.start, x.end) for x in members]
            mail.unclear = self._whole(mail)
            return []
        if numbers:
            return [x for i, x in enumerate(numbers) if x.value not in [y.value for y in numbers[:i]]]
        counters = any(x.family.startswith("counter") for x in mail.said)
        if yeses and not nays and not anything and counters:
            mail.unclear += [(x.start, x.end) for x in yeses]
            mail.unclear = self._whole(mail)
            return []
        return (anything or nays or yeses)[:1]

    def _whole(self, mail: _Mail) -> list[tuple[int, int]]:
        """Unclear words in whole sentences."""
        out = []
        for start, end in mail.unclear:
            holder = next((s for s in self._all if s.start <= start and end <= s.end), None)
            out.append((holder.start, holder.end) if holder else (start, end))
        return list(dict.fromkeys(out))


def _same_name(first: str, second: str) -> bool:
    return bool(set(fold(first).split()) & set(fold(second).split()))


def _clean(text: str) -> str:
    """One paragraph a line, no line broken by a mail program."""
    return "\n".join(" ".join(p.split()) for p in re.split(r"\n\s*\n", text) if p.strip())


def _joined(text: str, spans: list[tuple[int, int]]) -> str:
    out = ""
    last = 0
    for start, end in spans:
        between = text[last:start] if out else ""
        glue = (
            ""
            if not out
            else "\n"
            if "\n" in between and between.strip() == "" and "\n\n" in between.replace("\r", "")
            else " "
        )
        if out and not between:
            glue = ""
        out += glue + _clean(text[start:end])
        last = end
    return out.strip()


def _merged(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with nothing between them but space, made one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif out and not text[out[-1][1] : start].strip():
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out
