"""What one sentence says, in one language: phrases that decide something, and what stands beside them."""

from __future__ import annotations

from tandem.wire.clause import BOUNDARY, CHAT, DECISIONS, POLAR, REPORTS, Clauses, Hit, inside, shorter, within
from tandem.wire.folding import WORD, Folded, compose
from tandem.wire.judging import judge
from tandem.wire.options import MOST_OFFERED, alone, days_offered, give_reasons, of_one_option, options, perhaps_option
from tandem.wire.phrases import Lexicon, regex
from tandem.wire.sentences import Sentence
from tandem.wire.times import Calendar

# what a longer small word takes away: the 不 of 不过 is no no, the "combinado" of "como combinado" no fine, and "no,
# thank YOU" refuses nothing
_SMALL = {
    True: ((("yes", "ok"), ("filler",)), (POLAR, ("thanks",))),
    False: ((POLAR, ("filler", "break", "third_person")),),
}


def read(
    sentence: Sentence,
    lex: Lexicon,
    calendar: Calendar,
    kinds: frozenset[str],
    cities: dict[str, str],
    *,
    counting: bool,
    offered: int | None = None,
    soon: frozenset[int] = frozenset(),
) -> Clauses:
    """`kinds` are the decisions that may be meant at all; `counting`: figures may be options, of `offered`;
    `soon` are the days of the month on which one of those can lie."""
    folded = Folded(compose(sentence.text))
    text = folded.text
    out = Clauses(sentence, lex, folded)
    out.asks = sentence.asks or _asks(text, lex)
    out.hits = _without_small_talk(out, _corrected(_decided(text, lex, kinds), text, lex))
    out.chat = _chat(out)
    if out.asks and any(not WORD.search(text, m.end()) for m in lex.pattern("courtesy").finditer(text)):
        out.asks = False  # "Hello Grace, how are you?"
    masked = _masked(text, out.hits)
    out.fillers = [Hit(k, *m.span()) for k in ("filler", "corrects") for m in lex.pattern(k).finditer(masked)]
    if calendar_words(text, calendar):
        out.whens = calendar.find(text, cities)
    if counting:
        _count(out, calendar, offered, soon)
    _cue(out)
    if counting:
        _leave_to_options(out)
    greetings = [c for c in out.chat if c.kind == "greeting"]
    out.whens = [  # the "morgen" of "Guten Morgen" is no day, and "las dos" in "hablar pronto las dos" no hour
        w for w in out.whens
        if not (w.day is None and within(out.meets, w.start, w.end))
        and not (w.hour is None and w.day is not None and w.day.offset and within(greetings, w.start, w.end))
    ]  # fmt: skip
    cues = [*out.proposes, *out.meets]
    ends = {w.end for w in out.whens if w.hour is not None}
    out.hits = [  # "à vendredi" is "see you" only where no proposal reads on in it
        h for h in out.hits
        if not (h.kind == "accept" and any(c.end <= h.start for c in out.proposes)
                and any(w.start < h.end < w.end and w.end in ends for w in out.whens))
        and not any(c.start <= h.start and h.end <= c.end for c in cues)
    ]  # fmt: skip
    if counting and not out.asks:
        give_reasons(out)
    judge(out, attending="accept" in kinds)
    if counting and out.numbers:  # "I have talked to Tom, 1 and 3 suit us"
        talks = [h for h in out.doubtful if h.kind in ("met", "went")]
        out.doubtful = [h for h in out.doubtful if h not in talks]
        out.chat += [Hit("chat", h.start, h.end) for h in talks]
    return out


def _asks(text: str, lex: Lexicon) -> bool:
    """Whether a sentence is a question without a question mark."""
    final = regex(rf"(?:{lex.pattern('asks_end').pattern})\W*\Z").search(text)
    if final is not None and not lex.pattern("about").search(text, 0, final.start()):
        return True  # "let's see where the problem is" asks nothing
    return bool(lex.pattern("asks_start").match(text))


def _decided(text: str, lex: Lexicon, kinds: frozenset[str]) -> list[Hit]:
    """The phrases of a decision: the longest ones, and what stands beside them."""
    decided: list[Hit] = []
    for _ in range(3):  # a phrase that lost to a longer one may hold a shorter one that still stands
        masked = _masked(text, decided)
        if decided and not WORD.search(masked):
            break
        more = [
            Hit(k, m.start(), m.end())
            for k in DECISIONS
            if k in kinds
            for m in lex.pattern(k).finditer(masked)
            if (k not in ("not_met", "decline", "none", "kept") or not _answers_first(m[0], lex))
            and not ("," in m[0] and _greets_first(m.start(), m[0], text, lex))
        ]
        if "went" in kinds:  # "we had to cancel" to a check-in says that it was not held
            unmet = {(h.start, h.end) for h in more if h.kind == "not_met"}
            more = [h for h in more if h.kind != "cancel" or (h.start, h.end) not in unmet]
        if not more:
            break
        decided = _choose([*decided, *more])
    return decided


def _without_small_talk(out: Clauses, decided: list[Hit]) -> list[Hit]:
    """Without what only looks like a decision, being part of longer small talk."""
    text, lex = out.text, out.lex
    decided = [h for h in decided if not (h.kind == "yes" and _belongs_to_chat(h, text, lex))]
    if any(h.kind in ("any", "both", "none") for h in decided):  # the 3个都可以 of 第1个或者第3个都可以 is one of them
        signs = {m.end() for m in lex.pattern("ordinal_sign").finditer(text)}
        decided = [h for h in decided if h.kind not in ("any", "both", "none") or h.start not in signs]
    for polar, kinds in _SMALL[lex.spaced]:
        if any(h.kind in polar for h in decided):
            small = [Hit(k, *m.span()) for k in kinds for m in lex.pattern(k).finditer(text)]
            decided = [h for h in decided if h.kind not in polar or not any(shorter(h, f) for f in small)]
    chat = [m.span() for m in lex.pattern("chat").finditer(text)]
    begun = [  # the "je viens" of "je viens d'apprendre" is no coming
        h for h in decided if h.kind in ("accept", "met") and any(s == h.start and h.end < e for s, e in chat)
    ]
    out.told = any(h.kind == "met" for h in begun)
    begun += [  # "a pity what happened"
        h for h in decided
        if h.kind in ("accept", *REPORTS)
        and any(s < h.start and h.end <= e and not BOUNDARY.search(text, s, h.start) for s, e in chat)
    ]  # fmt: skip
    decided = [h for h in decided if h not in begun]
    if any(h.kind in ("any", "both", "no") for h in decided):
        # "I hope all is well" chooses nothing, "sorry that I did not answer" refuses nothing
        small = [Hit(k, *m.span()) for k in CHAT for m in lex.pattern(k).finditer(text)]
        decided = [h for h in decided if not any(_only_in_chat(h, c, text, lex) for c in small)]
    return decided


def _chat(out: Clauses) -> list[Hit]:
    """Thanks, greetings and small talk, as far as no decision stands in them."""
    found: list[Hit] = []
    for kind in CHAT:
        for m in out.lex.pattern(kind).finditer(out.text):
            start, end = m.start(), m.end()
            for hit in out.hits:
                if hit.start < end and start < hit.end:
                    end = min(end, hit.start) if hit.start > start else start
            if end > start:
                found.append(Hit(kind, start, end))
    return found


def _count(out: Clauses, calendar: Calendar, offered: int | None, soon: frozenset[int]) -> None:
    """Finds the numbers of options, which may look like hours and days."""
    text, lex = out.text, out.lex
    out.whens = [w for w in out.whens if not perhaps_option(w, text, lex)]
    out.whens = days_offered(out.whens, text, lex, soon)
    small = [Hit("filler", f.start, f.end) for f in (*out.fillers, *(h for h in out.hits if h.kind == "ok"))]
    found = [
        n for n in options(text, lex, calendar, out.whens) if not any(shorter(Hit("", n[0], n[1]), f) for f in small)
    ]
    last = [m.span() for m in lex.pattern("last_option").finditer(text)]
    last += [m.span() for m in lex.pattern("last_alone").finditer(text) if alone(*m.span(), text, lex)]
    lasts = [(start, end, offered or MOST_OFFERED) for start, end in dict.fromkeys(last)]
    out.numbers = sorted([*lasts, *(n for n in found if not any(s <= n[0] < e for s, e, _ in lasts))])


def _cue(out: Clauses) -> None:
    """Finds the words that propose or wish to talk, outside of firmer phrases."""
    text, lex = out.text, out.lex
    courtesies = [Hit("courtesy", *m.span()) for m in lex.pattern("courtesy").finditer(text)]
    firm = [h for h in out.hits if h.kind not in POLAR or not out.asks]
    if out.asks and out.whens:  # "Wednesday at half past ten: possible?" proposes, and is no perhaps
        firm = [h for h in firm if h.kind != "tentative"]
    for kind, into in (("propose", out.proposes), ("meet", out.meets)):
        for m in lex.pattern(kind).finditer(text):
            longer = [h for h in firm if inside([h], *m.span()) and h.end - h.start >= m.end() - m.start()]
            if not longer and not any(shorter(Hit(kind, *m.span()), c) for c in courtesies):
                into.append(Hit(kind, m.start(), m.end()))


def _leave_to_options(out: Clauses) -> None:
    """Sorts out decisions that only say something of a number, and numbers that belong to one."""
    text, lex = out.text, out.lex
    everybody = {m.end() for m in lex.pattern("counted").finditer(text)}  # "a los dos" are people
    out.numbers = [n for n in out.numbers if n[0] - 1 not in everybody]
    begins = {n[0] for n in out.numbers}
    as_option = lex.pattern("option")
    out.options = [  # "la pili", "no 2": the word before a figure belongs to it
        h for h in out.hits
        if (((h.kind == "no" and h.end + 1 in begins) or (h.kind in ("any", "ok") and out.numbers))
            and as_option.fullmatch(text[h.start : h.end]))
        or (h.kind == "any" and sum(n[1] <= h.start for n in out.numbers) > 1)  # "1 or 3, whichever Grace prefers"
        or (h.kind == "both" and 2 in (len(out.numbers), sum(n[1] <= h.start for n in out.numbers)))
    ]  # fmt: skip
    out.options += [h for h in out.hits if h.kind == "decline" and of_one_option(out, h)]
    away = [h for h in out.hits if h.kind == "absence" and out.numbers and not out.whens]  # "2 is a holiday"
    out.hits = [h for h in out.hits if h not in out.options and h not in away]
    wide = [h for h in out.hits if h.kind in ("any", "none", "both")]
    out.numbers = [n for n in out.numbers if not any(inside([h], n[0], n[1]) for h in wide)]  # "all three"


def _corrected(decided: list[Hit], text: str, lex: Lexicon) -> list[Hit]:
    """Without what a sentence takes back: the "no" of "no, wait, we did meet", and the first thing behind "I wrote by
    mistake that"."""
    back = [Hit("corrects", *m.span()) for m in lex.pattern("corrects").finditer(text)]
    decided = [h for h in decided if not within(back, h.start, h.end)]
    for m in lex.pattern("misstated").finditer(text):
        first = next((h for h in decided if h.start >= m.end()), None)
        decided = [h for h in decided if h is not first]
    return decided


def _answers_first(said: str, lex: Lexicon) -> bool:
    """Whether a comma makes an answer of the "no" of a phrase: "no, nos reunimos" is not "no nos reunimos"."""
    head, comma, _ = said.partition(",")
    return bool(comma) and lex.pattern("denies").fullmatch(head) is not None


def _only_in_chat(hit: Hit, chat: Hit, text: str, lex: Lexicon) -> bool:
    """Whether an "all" or "no" only belongs to longer small talk, and no comma makes an answer of it."""
    if not shorter(hit, chat) or "," in text[chat.start : hit.start]:
        return False
    talk = chat.kind in ("chat", "closing") and chat.start < hit.start
    return hit.kind in ("any", "both") or (hit.kind == "no" and lex.spaced and talk)


def _greets_first(start: int, said: str, text: str, lex: Lexicon) -> bool:
    """Whether a phrase begins with the last word of a greeting: the "ji" of "Namaste ji, nahi hui"."""
    ends = start + said.index(",")
    kinds = ("greeting", "thanks")
    return any(
        m.start() < start and m.end() == ends and "," not in text[m.start() : start]
        for k in kinds
        for m in lex.pattern(k).finditer(text, 0, ends)
    )


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


def _masked(text: str, hits: list[Hit]) -> str:
    """The text with hits blotted out."""
    for hit in hits:
        text = text[: hit.start] + "\0" * (hit.end - hit.start) + text[hit.end :]
    return text
