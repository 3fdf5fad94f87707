"""What one sentence says, in one language: phrases that decide something, and what stands beside them."""

from __future__ import annotations

import re

from tandem.wire.clause import BOUNDARY, CHAT, DECISIONS, POLAR, REPORTS, Clauses, Hit, inside, shorter, within
from tandem.wire.folding import WORD, Folded, compose
from tandem.wire.judging import judge
from tandem.wire.mentions import When
from tandem.wire.phrases import Lexicon, regex
from tandem.wire.sentences import Sentence
from tandem.wire.times import Calendar

MOST_OFFERED = 3  # slots that a catch-up offers, where nobody says how many it did


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
    ending = regex(rf"(?:{lex.pattern('asks_end').pattern})\W*\Z")
    final = ending.search(text)  # "let's see where the problem is" asks nothing
    asks = final is not None and not lex.pattern("about").search(text, 0, final.start())
    out.asks = sentence.asks or asks or bool(lex.pattern("asks_start").match(text))
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
    decided = [h for h in decided if not (h.kind == "yes" and _belongs_to_chat(h, text, lex))]
    if any(h.kind in ("any", "both", "none") for h in decided):  # the 3个都可以 of 第1个或者第3个都可以 is one of them
        signs = {m.end() for m in lex.pattern("ordinal_sign").finditer(text)}
        decided = [h for h in decided if h.kind not in ("any", "both", "none") or h.start not in signs]
    decided = _corrected(decided, text, lex)
    # the 不 of 不过 is no no, and the "combinado" of "como combinado" no fine
    small_kinds, polar = (
        (("filler", "thanks"), ("yes", "ok")) if lex.spaced else (("filler", "break", "third_person"), POLAR)
    )
    if any(h.kind in polar for h in decided):
        small = [Hit(k, *m.span()) for k in small_kinds for m in lex.pattern(k).finditer(text)]
        decided = [h for h in decided if h.kind not in polar or not any(shorter(h, f) for f in small)]
    longer_chat = [m.span() for m in lex.pattern("chat").finditer(text)]
    begun = [  # the "je viens" of "je viens d'apprendre" is no coming
        h for h in decided if h.kind in ("accept", "met") and any(s == h.start and h.end < e for s, e in longer_chat)
    ]
    out.told = any(h.kind == "met" for h in begun)
    begun += [  # "a pity what happened", "I wrote by mistake that we had not met"
        h for h in decided
        if h.kind in ("accept", *REPORTS)
        and any(s < h.start and h.end <= e and not BOUNDARY.search(text, s, h.start) for s, e in longer_chat)
    ]  # fmt: skip
    decided = [h for h in decided if h not in begun]
    if any(h.kind in ("any", "both", "no") for h in decided):
        # "I hope all is well" chooses nothing, "sorry that I did not answer" refuses nothing
        small = [Hit(k, *m.span()) for k in CHAT for m in lex.pattern(k).finditer(text)]
        decided = [h for h in decided if not any(_only_in_chat(h, c, text, lex) for c in small)]
    out.hits = decided
    for kind in CHAT:
        for m in lex.pattern(kind).finditer(text):
            start, end = m.start(), m.end()
            for hit in decided:
                if hit.start < end and start < hit.end:
                    end = min(end, hit.start) if hit.start > start else start
            if end > start:
                out.chat.append(Hit(kind, start, end))
    if out.asks and any(not WORD.search(text, m.end()) for m in lex.pattern("courtesy").finditer(text)):
        out.asks = False  # "Hello Grace, how are you?"
    masked = _masked(text, decided)
    out.fillers = [Hit(k, *m.span()) for k in ("filler", "corrects") for m in lex.pattern(k).finditer(masked)]
    if calendar_words(text, calendar):
        out.whens = calendar.find(text, cities)
    if counting:
        out.whens = [w for w in out.whens if not _perhaps_option(w, text, lex)]
        out.whens = _days_offered(out.whens, text, lex, soon)
        out.numbers = [
            n for n in _options(text, lex, calendar, out.whens)
            if not any(
                f.start <= n[0] and n[1] <= f.end and f.end - f.start > n[1] - n[0]
                for f in (*out.fillers, *(h for h in decided if h.kind == "ok"))
            )
        ]  # fmt: skip
        last = [m.span() for m in lex.pattern("last_option").finditer(text)]
        last += [m.span() for m in lex.pattern("last_alone").finditer(text) if _alone(*m.span(), text, lex)]
        lasts = [(start, end, offered or MOST_OFFERED) for start, end in dict.fromkeys(last)]
        out.numbers = sorted([*lasts, *(n for n in out.numbers if not any(s <= n[0] < e for s, e, _ in lasts))])
    courtesies = [Hit("courtesy", *m.span()) for m in lex.pattern("courtesy").finditer(text)]
    for kind, into in (("propose", out.proposes), ("meet", out.meets)):
        for m in lex.pattern(kind).finditer(text):
            firm = [h for h in decided if h.kind not in POLAR or not out.asks]
            if out.asks and out.whens:  # "Wednesday at half past ten: possible?" proposes, and is no perhaps
                firm = [h for h in firm if h.kind != "tentative"]
            longer = [
                h for h in firm if h.start < m.end() and m.start() < h.end and h.end - h.start >= m.end() - m.start()
            ]
            if not longer and not any(shorter(Hit(kind, *m.span()), c) for c in courtesies):
                into.append(Hit(kind, m.start(), m.end()))
    if counting:  # "la pili", "no 2": the word before a figure belongs to it
        everybody = {m.end() for m in lex.pattern("counted").finditer(text)}  # "a los dos" are people
        out.numbers = [n for n in out.numbers if n[0] - 1 not in everybody]
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
        out.numbers = [n for n in out.numbers if not any(inside([h], n[0], n[1]) for h in wide)]  # "all three"
    greetings = [c for c in out.chat if c.kind == "greeting"]
    out.whens = [  # the "morgen" of "Guten Morgen" is no day, and "las dos" in "hablar pronto las dos" no hour
        w for w in out.whens
        if not (w.day is None and within(out.meets, w.start, w.end))
        and not (w.hour is None and w.day is not None and w.day.offset and within(greetings, w.start, w.end))
    ]  # fmt: skip
    cues = [*out.proposes, *out.meets]
    ends = {w.end for w in out.whens if w.hour is not None}
    decided = [  # "à vendredi" is "see you" only where no proposal reads on in it
        h for h in decided
        if not (h.kind == "accept" and any(c.end <= h.start for c in out.proposes)
                and any(w.start < h.end < w.end and w.end in ends for w in out.whens))
    ]  # fmt: skip
    out.hits = [h for h in decided if not any(c.start <= h.start and h.end <= c.end for c in cues)]
    if counting and not out.asks:
        _give_reasons(out)
    judge(out, attending="accept" in kinds)
    if counting and out.numbers:  # "I have talked to Tom, 1 and 3 suit us"
        talks = [h for h in out.doubtful if h.kind in ("met", "went")]
        out.doubtful = [h for h in out.doubtful if h not in talks]
        out.chat += [Hit("chat", h.start, h.end) for h in talks]
    return out


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


def _give_reasons(out: Clauses) -> None:
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


def _of_one_option(out: Clauses, hit: Hit) -> bool:
    """Whether a decline is said of one option only: behind others ("1 and 2 are fine, 3 is no good"), or before the
    one that is chosen for it ("the second clashes with exams, so the third")."""
    before = [n for n in out.numbers if n[1] <= hit.start]
    behind = [n for n in out.numbers if n[0] >= hit.end]
    if len(before) == 1 and behind and not out.boundary_between(before[0][1], hit.start):
        return out.lex.pattern("so").search(out.text, hit.end, behind[0][0]) is not None
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


def _masked(text: str, hits: list[Hit]) -> str:
    """The text with hits blotted out."""
    for hit in hits:
        text = text[: hit.start] + "\0" * (hit.end - hit.start) + text[hit.end :]
    return text


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


def _alone(start: int, end: int, text: str, lex: Lexicon) -> bool:
    """Whether words stand for themselves in their clause, but for praise: "the last", "la dernière me va"."""
    before = re.search(rf"(?:\A|[,;:.!])\s*\Z|(?:{lex.pattern('option').pattern})\s*\Z", text[:start])
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


def _perhaps_option(when: When, text: str, lex: Lexicon) -> bool:
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


def _days_offered(whens: list[When], text: str, lex: Lexicon, soon: frozenset[int]) -> list[When]:
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
