"""What one sentence says, in one language: phrases that decide something, and what would make them doubtful."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tandem.wire.folding import Folded, compose
from tandem.wire.mentions import When
from tandem.wire.phrases import Lexicon, regex
from tandem.wire.sentences import Sentence
from tandem.wire.times import Calendar

POLAR = ("yes", "ok", "no")
DECISIONS = (
    "yes", "ok", "no", "objects", "wrong", "mine", "kept", "met", "went", "not_met", "not_yet", "accept", "decline",
    "tentative", "cancel", "pause", "leaving", "leaves", "takes_over", "absence", "go_on", "end", "sign", "acknowledge",
    "any", "none", "both",
)  # fmt: skip
REPORTS = ("met", "went", "not_met")
# what has a sentence of its own shape: a day, an address, a name may stand anywhere in it
SHAPED = ("pause", "leaving", "leaves", "takes_over", "absence", "not_yet")
RUNNING = ("cancel", *SHAPED)  # phrases that run over any words before them, and so over a condition as well
CHAT = ("thanks", "greeting", "closing", "chat")
_BOUNDARY = re.compile(r"[,;:–()\"]| - |\.(?= |\Z)")
_QUOTED = re.compile(r'"[^"]*"|「[^」]*」|『[^』]*』')


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Clauses:
    """One sentence read in one language; positions are those of the folded text."""

    sentence: Sentence
    lex: Lexicon
    folded: Folded
    hits: list[Hit] = field(default_factory=list)  # decisions that hold
    doubtful: list[Hit] = field(
        default_factory=list
    )  # decisions that a question, a condition or a negation makes unsure
    chat: list[Hit] = field(default_factory=list)
    fillers: list[Hit] = field(default_factory=list)
    options: list[Hit] = field(default_factory=list)  # words that only say that figures are options
    proposes: list[Hit] = field(default_factory=list)
    meets: list[Hit] = field(default_factory=list)
    asks: bool = False  # a question
    wishes: bool = False  # asks for something
    hints: bool = False  # says what a label would have to say
    whens: list[When] = field(default_factory=list)
    numbers: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, number

    @property
    def text(self) -> str:
        return self.folded.text

    def has(self, *kinds: str) -> bool:
        return any(h.kind in kinds for h in self.hits)

    def rest(self) -> list[str]:
        """The words that nothing above accounts for."""
        text = list(self.text)
        known = (*self.hits, *self.chat, *self.proposes, *self.meets, *self.fillers, *self.options)
        spans = [(h.start, h.end) for h in known]
        spans += [(w.start, w.end) for w in self.whens] + [(s, e) for s, e, _ in self.numbers]
        for start, end in spans:
            text[start:end] = " " * (end - start)
        return re.findall(r"[\w\u0900-\u097f]+", "".join(text))

    def conditional(self) -> bool:
        """Whether the sentence is no more than a condition of what was said before: "if Tom agrees"."""
        if self.hits or self.chat or self.proposes or self.meets or self.asks:
            return False
        first = self.lex.pattern("hedge").search(self.text)
        if first is None or not _at_start(self, first.start()) or _within(self.fillers, *first.span()):
            return False
        return not _BOUNDARY.search(self.text.rstrip(" .!"), first.end())

    def boundary_between(self, first: int, second: int) -> bool:
        low, high = min(first, second), max(first, second)
        return bool(_BOUNDARY.search(self.text, low, high) or self.lex.pattern("break").search(self.text, low, high))

    def clause(self, position: int) -> tuple[int, int]:
        """The clause around a position: up to punctuation or a word like "but"."""
        edges = [0, len(self.text)]
        for pattern in (_BOUNDARY, self.lex.pattern("break")):
            for m in pattern.finditer(self.text):
                if not any(h.start < m.end() and m.start() < h.end for h in self.hits):
                    edges += [m.start(), m.end()]
        return max(e for e in edges if e <= position), min(e for e in edges if e > position or e == len(self.text))


def read(
    sentence: Sentence,
    lex: Lexicon,
    calendar: Calendar,
    kinds: frozenset[str],
    cities: dict[str, str],
    *,
    counting: bool,
    offered: int | None = None,
) -> Clauses:
    """`kinds` are the decisions that may be meant at all; `counting`: figures may be options, of `offered`."""
    folded = Folded(compose(sentence.text))
    text = folded.text
    out = Clauses(sentence, lex, folded)
    ending = regex(rf"(?:{lex.pattern('asks_end').pattern})\W*\Z")
    out.asks = sentence.asks or bool(lex.pattern("asks_start").match(text) or ending.search(text))
    decided: list[Hit] = []
    for _ in range(3):  # a phrase that lost to a longer one may hold a shorter one that still stands
        masked = _masked(text, decided)
        more = [Hit(k, m.start(), m.end()) for k in DECISIONS if k in kinds for m in lex.pattern(k).finditer(masked)]
        if not more:
            break
        decided = _choose([*decided, *more])
    decided = [h for h in decided if not (h.kind == "yes" and _belongs_to_chat(h, text, lex))]
    # the 不 of 不过 is no no, and the "combinado" of "como combinado" no fine
    small_kinds, polar = (("filler",), ("yes", "ok")) if lex.spaced else (("filler", "break"), POLAR)
    if any(h.kind in polar for h in decided):
        small = [Hit(k, *m.span()) for k in small_kinds for m in lex.pattern(k).finditer(text)]
        decided = [h for h in decided if h.kind not in polar or not any(_shorter(h, f) for f in small)]
    if any(h.kind == "accept" for h in decided):  # the "je viens" of "je viens d'apprendre" is no coming
        longer_chat = [m.span() for m in lex.pattern("chat").finditer(text)]
        decided = [
            h for h in decided if h.kind != "accept" or not any(s == h.start and h.end < e for s, e in longer_chat)
        ]
    out.hits = decided
    for kind in CHAT:
        for m in lex.pattern(kind).finditer(text):
            start, end = m.start(), m.end()
            for hit in decided:
                if hit.start < end and start < hit.end:
                    end = min(end, hit.start) if hit.start > start else start
            if end > start:
                out.chat.append(Hit(kind, start, end))
    out.fillers = [Hit("filler", m.start(), m.end()) for m in lex.pattern("filler").finditer(_masked(text, decided))]
    if calendar_words(text, calendar):
        out.whens = calendar.find(text, cities)
    if counting:
        out.whens = [w for w in out.whens if not _perhaps_option(w, text, lex)]
        out.numbers = [
            n for n in _options(text, lex, calendar, out.whens)
            if not any(
                f.start <= n[0] and n[1] <= f.end and f.end - f.start > n[1] - n[0]
                for f in (*out.fillers, *(h for h in decided if h.kind == "ok"))
            )
        ]  # fmt: skip
        lasts = [(*m.span(), offered or 99) for m in lex.pattern("last_option").finditer(text)]  # 99: of how many?
        out.numbers = sorted([*lasts, *(n for n in out.numbers if not any(s <= n[0] < e for s, e, _ in lasts))])
    for kind, into in (("propose", out.proposes), ("meet", out.meets)):
        for m in lex.pattern(kind).finditer(text):
            firm = [h for h in decided if h.kind not in POLAR or not out.asks]
            if out.asks and out.whens:  # "Wednesday at half past ten: possible?" proposes, and is no perhaps
                firm = [h for h in firm if h.kind != "tentative"]
            longer = [
                h for h in firm if h.start < m.end() and m.start() < h.end and h.end - h.start >= m.end() - m.start()
            ]
            if not longer:
                into.append(Hit(kind, m.start(), m.end()))
    if counting:  # "la pili", "no 2": the word before a figure belongs to it
        begins = {n[0] for n in out.numbers}
        as_option = lex.pattern("option")
        aside = [
            h for h in decided
            if (((h.kind == "no" and h.end + 1 in begins) or (h.kind in ("any", "ok") and out.numbers))
                and as_option.fullmatch(text[h.start : h.end]))
            or (h.kind == "any" and sum(n[1] <= h.start for n in out.numbers) > 1)  # "1 or 3, whichever Grace prefers"
            or (h.kind == "both" and 2 in (len(out.numbers), sum(n[1] <= h.start for n in out.numbers)))
        ]  # fmt: skip
        aside += [h for h in decided if h.kind == "decline" and _of_one_option(out, h)]
        away = [h for h in decided if h.kind == "absence" and out.numbers and not out.whens]  # "2 is a holiday"
        decided = [h for h in decided if h not in aside and h not in away]
        out.options = aside
        wide = [h for h in decided if h.kind in ("any", "none", "both")]
        out.numbers = [n for n in out.numbers if not any(_inside([h], n[0], n[1]) for h in wide)]  # "all three"
    greetings = [c for c in out.chat if c.kind == "greeting"]
    out.whens = [  # the "morgen" of "Guten Morgen" is no day, and "las dos" in "hablar pronto las dos" no hour
        w for w in out.whens
        if not (w.day is None and _within(out.meets, w.start, w.end))
        and not (w.hour is None and w.day is not None and w.day.offset and _within(greetings, w.start, w.end))
    ]  # fmt: skip
    cues = [*out.proposes, *out.meets]
    ends = {w.end for w in out.whens if w.hour is not None}
    decided = [  # "à vendredi" is "see you" only where no proposal reads on in it
        h for h in decided
        if not (h.kind == "accept" and any(c.end <= h.start for c in out.proposes)
                and any(w.start < h.end < w.end and w.end in ends for w in out.whens))
    ]  # fmt: skip
    out.hits = [h for h in decided if not any(c.start <= h.start and h.end <= c.end for c in cues)]
    _judge(out, attending="accept" in kinds)
    return out


def _of_one_option(out: Clauses, hit: Hit) -> bool:
    """Whether a decline is said of one option only, behind another ("1 and 2 are fine, 3 is no good")."""
    before = [n for n in out.numbers if n[1] <= hit.start]
    if len(before) < 2 or not out.lex.pattern("negator").search(out.text, hit.start, hit.end):
        return False
    near = before[-1]
    return not out.boundary_between(near[1], hit.start) and out.boundary_between(before[0][0], near[0])


def _belongs_to_chat(hit: Hit, text: str, lex: Lexicon) -> bool:
    """Whether a small word that may be a yes belongs to a thanks or a greeting, as the "ji" of a polite "thank you"."""
    if not lex.pattern("filler").fullmatch(text[hit.start : hit.end]):
        return False
    chat = (m for kind in ("thanks", "greeting") for m in lex.pattern(kind).finditer(text))
    return any(m.start() < hit.start and hit.end <= m.end() for m in chat)


def calendar_words(text: str, calendar: Calendar) -> bool:
    """Whether a text can mention a day or an hour at all: a cheap look before the whole grammar."""
    return bool(calendar.any_word.search(text))


def _choose(hits: list[Hit]) -> list[Hit]:
    """Longer phrases beat what stands inside them; of the same length the later kind of `DECISIONS`."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, -DECISIONS.index(h.kind))):
        if not any(hit.start < k.end and k.start < hit.end for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _within(hits: list[Hit], start: int, end: int) -> bool:
    return any(h.start <= start and end <= h.end for h in hits)


def _shorter(hit: Hit, other: Hit) -> bool:
    """Whether a hit is only part of another."""
    return _within([other], hit.start, hit.end) and hit.end - hit.start < other.end - other.start


def _masked(text: str, hits: list[Hit]) -> str:
    """The text with hits blotted out."""
    for hit in hits:
        text = text[: hit.start] + "\0" * (hit.end - hit.start) + text[hit.end :]
    return text


def _inside(hits: list[Hit], start: int, end: int) -> bool:
    return any(h.start < end and start < h.end for h in hits)


def _options(text: str, lex: Lexicon, calendar: Calendar, whens: list[When]) -> list[tuple[int, int, int]]:
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
        word = m["n"].strip("#.)")
        digits = re.match(r"\d+", word)
        value = int(digits[0]) if digits else names.get(word)
        if value is not None:
            out.append((m.start(), m.end(), 99 if _counts(lex, text, m.start(), m.end()) else value))
    ranks = [n for n in out if lex.pattern("rank").match(text, n[1] + 1)]  # "1st choice 3, 2nd choice 1"
    return [n for n in out if n not in ranks] if 0 < len(ranks) < len(out) else out


def _counts(lex: Lexicon, text: str, start: int, end: int) -> bool:
    """Whether a figure says how many, and not which: 三个 is three of them, 第三个 the third."""
    counter, sign = lex.pattern("count"), lex.pattern("ordinal_sign")
    behind = counter.match(text, end)
    if not behind and not counter.search(text, start, end):
        return False
    return not sign.match(text, behind.end() if behind else end) and not sign.search(text, max(start - 1, 0), start)


def _perhaps_option(when: When, text: str, lex: Lexicon) -> bool:
    """Whether what looks like an hour or a weekday may as well be an option: "a 2", "a segunda opção"."""
    if when.day is None and when.hour is not None:
        # "a 2", and "1 y 3", which may be three past one only where something else says so
        figures = r"\D{0,4}\d{1,2}(?: [^\W\d]{1,3} \d)?"
        return not when.hour.known and bool(re.fullmatch(figures, text[when.start : when.end]))
    follows = lex.pattern("option_noun").match(text, when.end + 1)
    if when.day is None or when.hour is not None or not follows:
        return False
    return when.day.weekday is not None or (when.day.month is None and (when.day.day or 9) <= 3)  # "the 2nd one"


def _judge(out: Clauses, attending: bool) -> None:
    """Sorts out what does not hold: words in a question, under a condition, negated, or not standing alone."""
    lex, text = out.lex, out.text
    chat = [*out.chat]
    out.hints = bool(lex.pattern("hint").search(text))
    sentence_asks = out.asks
    cue = [
        m.start()
        for m in lex.pattern("question").finditer(text)
        if not _inside([*out.hits, *out.options], m.start(), m.end())
        and (lex.spaced or not _within([*chat, *out.fillers], m.start(), m.end()))  # the いつ of いつも asks nothing
        and not _part_of_small_talk(out, m.start(), m.end())
        and (sentence_asks or not _embedded(out, m.start()))
        and _at_start(out, m.start())
    ]
    wish = [
        m.start()
        for m in lex.pattern("wish").finditer(text)
        if not _inside([*out.hits, *out.options, *chat], m.start(), m.end())
        and not _within(out.fillers, m.start(), m.end())
        and _at_start(out, m.start())
    ]
    out.wishes = bool(wish)
    asked_from = len(text)
    if out.asks:
        cues = [*cue, *(h.start for h in (*out.proposes, *out.meets))]
        asked_from = min(cues) if cues else 0
        if not cues and out.whens and _only_dates_after_last_boundary(out):
            asked_from = max(m.end() for m in _BOUNDARY.finditer(text) if m.end() < out.whens[-1].start)
        asked_from = out.clause(asked_from)[0] if asked_from else 0
    elif cue and not out.proposes and not out.meets:
        out.asks = any(c for c in cue) or True
        asked_from = min(cue)
    standing = [h for h in out.hits if h.kind not in POLAR or _stands_alone(out, h)]
    known = [h for h in (*standing, *out.fillers) if not lex.spaced or h.kind not in RUNNING]
    # "I don't know if" leaves its "if" open, and a small word that is the condition itself takes nothing from it
    hedges = [
        m.span() for m in lex.pattern("hedge").finditer(text)
        if not _within([k for k in known if k.kind not in ("tentative", "filler") or k.end > m.end()], *m.span())
    ]  # fmt: skip
    known = [*standing, *out.fillers, *chat, *out.proposes, *out.meets]
    negators = [m.span() for m in lex.pattern("negator").finditer(text) if not _within(known, *m.span())]
    perhaps = [m.span() for m in lex.pattern("tentative").finditer(text)]
    quoted = _quoted(out)
    holding: list[Hit] = []
    for hit in out.hits:
        unsure = hit.kind in REPORTS and any(
            not out.boundary_between(s if s >= hit.end else e, hit.end if s >= hit.end else hit.start)
            for s, e in perhaps
            if not _within([hit], s, e)
        )
        if hit.start >= asked_from and not (
            hit.kind == "decline" and out.boundary_between(asked_from, hit.start) and (out.proposes or out.meets)
        ):
            unsure = True
        for span in hedges:
            in_chat = [c for c in chat if c.start <= span[0] < c.end]
            if hit.kind == "tentative" and hit.end <= span[0]:  # "not sure yet, it depends"
                continue
            if hit.kind == "decline" and _within(out.proposes, *span) and out.boundary_between(hit.end, span[0]):
                continue  # "I can't, but if Thursday suits you"
            if not in_chat or in_chat[0].end >= hit.start > in_chat[0].start:
                unsure = True
        if hit.kind not in POLAR and any(
            not out.boundary_between(s if s >= hit.end else e, hit.end if s >= hit.end else hit.start)
            for s, e in negators
        ):
            unsure = True
        if hit.kind == "acknowledge" and not lex.pattern("thanks").match(text, hit.start):
            unsure = unsure or bool(lex.pattern("negator").search(text, hit.start, hit.end))  # "I will do nothing"
        unsure = unsure or _foreign(out, hit) or _elsewhere(out, hit) or _within(quoted, hit.start, hit.end)
        if hit.kind in POLAR and not _stands_alone(out, hit):
            if not re.search(r"\w", text[hit.start : hit.end]) and any(
                h.end <= hit.start and h.kind not in POLAR for h in out.hits
            ):
                out.fillers.append(hit)  # "Tuesday works for me" and a raised thumb
                continue
            if hit.kind != "no" and hit.start < asked_from and not unsure and out.whens and attending:
                out.proposes.append(Hit("propose", hit.start, hit.end))  # "Thursday works for me"
                continue
            if hit.kind == "ok" or not _at_start(out, hit.start):
                if hit.kind != "ok" and not re.search(r"[\w\u0900-\u097f]", text[hit.end :]):  # "no, I mean yes"
                    taken_back = [h for h in holding if h.kind in POLAR and (h.kind == "no") != (hit.kind == "no")]
                    holding = [h for h in holding if h not in taken_back]
                    out.doubtful += taken_back
                continue
            unsure = True
        (out.doubtful if unsure else holding).append(hit)
    if lex.spaced and any(h.kind in ("accept", "decline") for h in holding):
        # "I can come, but Tom can't": beside the sender's own answer another person's is chat
        out.doubtful = [
            h for h in out.doubtful
            if h.kind not in ("accept", "decline") or not _anothers(out, h) or h.start >= asked_from
        ]  # fmt: skip
    if any(h.kind == "no" for h in holding):  # "no, our internet was cut off and we could not get in": why, and no more
        out.doubtful = [
            h for h in out.doubtful
            if h.kind != "not_met" or h.start >= asked_from or not _foreign(out, h)
            or any(not out.boundary_between(e, h.start) for _, e in negators if e <= h.start)
        ]  # fmt: skip
    out.hits = holding
    out.proposes = [
        p
        for p in out.proposes
        if not any(not out.boundary_between(min(e, p.start), max(s, p.start)) for s, e in negators)
    ]
    out.meets = [
        p for p in out.meets
        if not any(not out.boundary_between(min(e, p.start), max(s, p.start)) for s, e in negators)
        and not _behind_a_label(out, p)
    ]  # fmt: skip


def _part_of_small_talk(out: Clauses, start: int, end: int) -> bool:
    """Whether a question word only belongs to a longer small phrase ("wie geplant", "que tengan linda semana")."""
    return any(f.start <= start and end <= f.end and f.end - f.start > end - start for f in out.fillers) or any(
        c.kind in ("closing", "chat") and c.start == start and c.end > end for c in out.chat
    )


def _behind_a_label(out: Clauses, hit: Hit) -> bool:
    """Whether words with a colon stand before it that are no label: what follows is for whatever they name."""
    head, colon, _ = out.text[: hit.start].partition(":")
    return bool(colon) and not _at_start(out, len(head))


def _embedded(out: Clauses, start: int) -> bool:
    """Whether a question word only says what was spoken of ("we talked about who pays")."""
    return any(m.end() == start - 1 for m in out.lex.pattern("about").finditer(out.text, 0, start))


def of_another(out: Clauses, hit: Hit) -> bool:
    """Whether a sentence only tells whether somebody else comes, without a condition ("Tom will be there for us")."""
    alone = not out.hits and not out.proposes and not out.meets and not out.asks
    return alone and _foreign(out, hit) and not out.lex.pattern("hedge").search(out.text)


def _foreign(out: Clauses, hit: Hit) -> bool:
    """Whether a phrase may be about somebody or something else: it names neither the sender nor the meeting, and
    words that are not understood stand before it ("Tom can't come", "the film did not take place"), or it ends in a
    verb that goes on ("we can't agree")."""
    said = out.text[hit.start : hit.end]
    if not out.lex.spaced and hit.kind == "absence":
        return not _at_start(out, hit.start, dates=True)
    if not out.lex.spaced and hit.kind not in (*POLAR, *SHAPED):  # without spaces any word may hold a phrase
        return not _at_start(out, hit.start, dates=True) or _goes_on(out, hit.end)
    known = {"accept": "first_person", "decline": "first_person", "tentative": "first_person",
             "absence": "first_person",
             "met": "our_meeting", "not_met": "our_meeting"}.get(hit.kind)  # fmt: skip
    if known is None:
        return False
    subjects = out.lex.pattern(known)
    if known in out.lex.raw.get("say", {}) and not subjects.search(said) and not _at_start(out, hit.start, dates=True):
        return True
    if hit.kind == "decline" and re.search(rf"(?:{out.lex.pattern('modal').pattern})\Z", said):
        return _goes_on(out, hit.end)
    return hit.kind == "tentative" and not subjects.search(said) and _goes_on(out, hit.end)


def _quoted(out: Clauses) -> list[Hit]:
    """What stands in quotation marks within somebody's words about it (`she just said "yes"`)."""
    quotes = [Hit("quoted", *m.span()) for m in _QUOTED.finditer(out.text)]
    if not quotes:
        return []
    around = list(out.text)
    for span in (*quotes, *out.chat, *out.fillers):
        around[span.start : span.end] = " " * (span.end - span.start)
    return quotes if re.search(r"[\w\u0900-\u097f]", "".join(around)) else []


def _anothers(out: Clauses, hit: Hit) -> bool:
    """Whether a clause of its own, without a condition, says of somebody else whether they come."""
    begin, end = out.clause(hit.start)
    return begin > 0 and _foreign(out, hit) and not out.lex.pattern("hedge").search(out.text, begin, end)


def _elsewhere(out: Clauses, hit: Hit) -> bool:
    """Whether somebody else's meeting is named in the same clause ("we called off the parents' evening")."""
    if hit.kind not in ("met", "went", "not_met", "accept", "cancel"):
        return False
    places = [m.span() for m in out.lex.pattern("elsewhere").finditer(out.text)]
    return any(
        (s < hit.end and hit.start < e)
        or not out.boundary_between(s if s >= hit.end else e, hit.end if s >= hit.end else hit.start)
        for s, e in places
    )


def _goes_on(out: Clauses, position: int) -> bool:
    """Whether words that are not understood follow in the same clause."""
    ends = [m.start() for p in (_BOUNDARY, out.lex.pattern("break")) for m in p.finditer(out.text, position)]
    end = min([*ends, len(out.text)])
    behind = list(out.text[position:end])
    spans = [
        (h.start, h.end) for h in (*out.fillers, *out.chat, *out.proposes, *out.meets, *out.hits) if h.start >= position
    ]
    for start, stop in [*spans, *((w.start, w.end) for w in out.whens)]:
        for i in range(max(start, position), min(stop, end)):
            behind[i - position] = " "
    return bool(re.search(r"[\w\u0900-\u097f]", "".join(behind)))


def _at_start(out: Clauses, position: int, *, dates: bool = False) -> bool:
    """Whether nothing but small words and chat (with `dates`: dates and options too) stands before a position in its
    clause."""
    begin = 0
    for pattern in (_BOUNDARY, out.lex.pattern("break")):
        for m in pattern.finditer(out.text, 0, position):
            begin = max(begin, m.end())
    between = list(out.text[begin:position])
    before = [(h.start, h.end) for h in (*out.fillers, *out.chat, *(x for x in out.hits if x.end <= position))]
    if dates:
        before += [(w.start, w.end) for w in out.whens]
    if dates and out.numbers:  # "option 2 works for us"
        before += [(s, e) for s, e, _ in out.numbers] + [m.span() for m in out.lex.pattern("option").finditer(out.text)]
    for start, end in before:
        for i in range(max(start, begin), min(end, position)):
            between[i - begin] = " "
    return not re.search(r"[\w\u0900-\u097f]", "".join(between))


def _stands_alone(out: Clauses, hit: Hit) -> bool:
    """A yes or no is an answer where it begins a clause and ends it, or a decision or a subject follows."""
    if not _at_start(out, hit.start):
        return False
    text, at = out.text, hit.end
    if not out.lex.spaced and re.match(r" +[^\x00-\u024f]", text[at:]):  # いいえ トムが: a space stands for a comma
        return True
    alone, next_hit = text[hit.start : hit.end], any(h.start == hit.end + 1 for h in out.hits)
    if out.lex.pattern("hedge").fullmatch(alone) or (
        out.lex.spaced and hit.kind == "yes" and not next_hit and out.lex.pattern("question").fullmatch(alone)
    ):  # French "si", German "haben wir": a yes only where nothing follows
        return not re.match(r" *[\w\u0900-\u097f]", text[at:])
    for _ in range(8):
        rest = text[at:]
        stripped = rest.lstrip(" !.👍😊🙂🙏☺🎉")
        at += len(rest) - len(stripped)
        if (
            not stripped
            or _BOUNDARY.match(text, max(at - 1, 0))
            or _BOUNDARY.match(text, at)
            or not re.match(r"\w", stripped)
        ):
            return True
        if out.lex.pattern("break").match(text, at):
            return True
        joined = out.lex.spaced or hit.kind != "no"  # 不是 before a verb denies the verb
        if joined and any(h.start == at for h in (*out.hits, *out.doubtful, *out.chat, *out.proposes, *out.meets)):
            return True
        if any(n[0] == at for n in out.numbers) or out.lex.pattern("subject").match(text, at):
            return True
        filler = next((f for f in out.fillers if f.start == at), None)
        when = None if hit.kind == "no" else next((w for w in out.whens if w.start == at), None)
        if filler is None and when is None:
            return False
        at = max(x.end for x in (filler, when) if x is not None)
    return False


def _only_dates_after_last_boundary(out: Clauses) -> bool:
    bounds = [m.end() for m in _BOUNDARY.finditer(out.text) if m.end() < out.whens[-1].start]
    if not bounds:
        return False
    tail = list(out.text)
    for start, end in [*((f.start, f.end) for f in out.fillers), *((w.start, w.end) for w in out.whens)]:
        tail[start:end] = " " * (end - start)
    return not re.search(r"\w", "".join(tail[max(bounds) :]))
