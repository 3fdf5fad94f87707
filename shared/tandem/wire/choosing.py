"""Which of the times that a catch-up offers a sentence chooses, rules out, or only speaks of."""

from __future__ import annotations

import re
from itertools import pairwise

from tandem.core.commands import Choose
from tandem.wire.clause import BOUNDARY, Clauses, blanked, within
from tandem.wire.folding import WORD, words
from tandem.wire.options import MOST_OFFERED
from tandem.wire.said import Gathered, Said
from tandem.wire.setting import Setting
from tandem.wire.sieve import Phrases


def choices(setting: Setting, r: Clauses, mail: Gathered) -> None:
    """The options that a sentence names, where nothing but options stands in it."""
    if setting.kind != "catch-up" or not r.numbers:
        return
    hits = (*r.hits, *r.chat, *r.fillers, *r.options, *r.proposes, *r.meets)
    known = [(h.start, h.end) for h in hits] + [(w.start, w.end) for w in r.whens] + [(s, e) for s, e, _ in r.numbers]
    known += [m.span() for m in r.lex.pattern("option").finditer(r.text)]
    reasons, praise = [c for c in r.chat if c.kind == "reason"], [o for o in r.options if o.kind in ("ok", "any")]
    negators = [
        m.span()
        for m in r.lex.pattern("negator").finditer(r.text)
        if not any(h.start <= m.start() < h.end for h in (*r.hits, *r.fillers, *praise, *reasons))
    ]
    if r.has("met", "went", "not_met"):  # "the first meeting was wonderful"
        mail.ask(r.sentence, "choice", "report")
        return
    if _reasons(r, mail):
        mail.rest.append(r.sentence)
        return
    if _refuses_all_it_names(r, negators) or _all_taken(r):
        mail.asides.append(r.sentence)
        mail.refused.update(n[2] for n in r.numbers)
        return
    taken = _taken(r)
    numbers = [n for n in _not_denied(r, negators) if not any(a <= n[0] < b for a, b in taken)]
    known += [*_besides(r, numbers), *taken]
    known += [m.span() for m in r.lex.pattern("so").finditer(r.text) if taken]
    if len(numbers) < len(r.numbers):
        known += [m.span() for m in r.lex.pattern("negator").finditer(r.text)]
    left = words(blanked(r.text, known))
    between = [r.text[a[1] : b[0]].strip() for a, b in zip(r.numbers, r.numbers[1:], strict=False)]
    most = setting.context.options or MOST_OFFERED
    loose = any(w.day is None and w.hour is not None and not w.hour.known for w in r.whens)  # "1 or at 3"
    sure = not left and not loose and not r.doubtful and not r.asks and all(1 <= n <= most for _, _, n in numbers)
    if r.asks and (r.proposes or any(w.day and w.hour for w in r.whens)) and not left:
        sure = all(1 <= n <= most for _, _, n in numbers)
    decided = [*r.hits, *r.options]
    perhaps = (m.span() for m in r.lex.pattern("tentative").finditer(r.text))
    if any(not within(decided, *span) for span in perhaps):  # "perhaps 2"
        sure = False
    aside = [(h.start, h.end) for h in (*decided, *r.chat, *r.fillers)] + taken
    hedges = (m.start() for m in r.lex.pattern("hedge").finditer(r.text))
    if any(not any(s <= at < e for s, e in aside) for at in hedges):  # 1と言いたいところですが
        sure = False
    to = re.compile(setting.calendar(r.lex.language).listed("to"))
    joins = [b for b in between if to.fullmatch(b) and not r.lex.pattern("option").fullmatch(b)]  # "1 to 3"
    denied = bool(negators) and len(numbers) == len(r.numbers)
    if not sure or denied or joins or any(b in ("-", "–", ".", ":") for b in between) or r.has("none", "no"):
        mail.ask(r.sentence, "choice")
        return
    for start, end, number in numbers:
        mail.said.append(Said(r.sentence.start + start, r.sentence.start + end, "choice", number, Choose(number)))


def all_but_some(setting: Setting, r: Clauses, mail: Gathered) -> bool:
    """Whether a sentence takes all options but one or two, each a `Choose`."""
    out = _excepted(r) if setting.kind == "catch-up" and r.numbers else []
    left = [n for n in range(1, (setting.context.options or MOST_OFFERED) + 1) if n not in {o[2] for o in out}]
    if not out or not left:
        return False
    start, end = r.sentence.start + out[0][0], r.sentence.start + out[-1][1]
    mail.said += [Said(start, end, "choice", n, Choose(n)) for n in left]
    return True


def refuses_some(setting: Setting, r: Clauses, mail: Gathered) -> bool:
    """Whether a sentence declines only some of the options and says no more ("we can't do the third")."""
    if setting.kind != "catch-up" or not r.numbers or r.asks or r.wishes or r.doubtful or r.meets or r.whens:
        return False
    if not r.hits or any(h.kind != "decline" for h in r.hits) or r.says("but", "so"):
        return False
    out = {n[2] for n in r.numbers}
    if len(out) >= (setting.context.options or MOST_OFFERED) or 99 in out:
        return False
    mail.asides.append(r.sentence)
    mail.refused.update(out)
    return True


def _excepted(r: Clauses) -> list[tuple[int, int, int]]:
    """The options that are left out of all ("any but the second"), where nothing else is said."""
    if r.sentence.asks or r.wishes or r.has("no", "none", "decline") or r.lex.pattern("tentative").search(r.text):
        return []
    out: list[tuple[int, int, int]] = []
    cues: list[tuple[int, int]] = []
    for number in r.numbers:
        before = [m.span() for m in r.lex.pattern("except").finditer(r.text, 0, number[0])]
        behind = [m.span() for m in r.lex.pattern("except_behind").finditer(r.text, number[1])]
        beside = [c for c in before if not _between(r, c[1], number[0])]
        beside += [c for c in behind if not _between(r, number[1], c[0])]
        cues += beside
        if beside or (out and not _between(r, out[-1][1], number[0])):  # "all but 2 or 3"
            out.append(number)
    suit = [m.span() for m in r.lex.pattern("others_suit").finditer(r.text)]
    wide = [h for h in (*r.hits, *r.doubtful, *r.options) if h.kind in ("any", "both", "ok", "accept")]
    if not out or not (suit or wide):
        return []
    first, last = min(s for s, _ in cues), max(out[-1][1], *(e for _, e in cues))
    if words(re.split(r"[,;:–]", r.text[last:])[0]) and len(words(r.text[:first])) > 1:
        return []  # "all fine but the second is best"; "all but the second work" leaves it out
    reasons = [(last + begin, last + end) for begin, end in _pieces(r.text[last:])]
    reasons = [p for p in reasons if r.says("elsewhere", "busy", at=p)]  # "all but the first, we're on a trip then"
    known = [
        *cues,
        *suit,
        *reasons,
        *((h.start, h.end) for h in (*wide, *r.chat, *r.fillers)),
        *((n[0], n[1]) for n in out),
    ]
    known += [m.span() for k in ("option", "option_noun") for m in r.lex.pattern(k).finditer(r.text)]
    left = words(blanked(r.text, known))
    others = [n for n in r.numbers if n not in out and not any(s <= n[0] < e for s, e in suit)]
    hedges = [m for m in r.lex.pattern("hedge").finditer(r.text) if not any(s <= m.start() < e for s, e in cues)]
    return [] if left or others or hedges else out


def _between(r: Clauses, start: int, end: int) -> bool:
    """Whether other words than those of an option stand between two places."""
    return start <= end and bool(words(r.lex.pattern("option").sub(" ", r.text[start:end])))


def _only_names(r: Clauses) -> bool:
    """Whether a sentence names options and neither asks nor decides anything, nor under a condition."""
    return not (r.asks or r.wishes or r.hits or r.doubtful or r.proposes or r.meets or r.says("hedge"))


def _refuses_all_it_names(r: Clauses, negators: list[tuple[int, int]]) -> bool:
    """Whether a sentence only says which options are out ("neither the first nor the third")."""
    if not _only_names(r) or r.says("but", "tentative"):
        return False
    first = min(n[0] for n in r.numbers)
    clauses = [r.clause(start) for start, _ in negators]
    return any(end <= first for _, end in negators) and all(
        any(begin <= n[0] < end for begin, end in clauses) for n in r.numbers
    )


def _pieces(text: str, *further: Phrases) -> list[tuple[int, int]]:
    """What stands between punctuation, and between `further` words."""
    cuts = [m.span() for m in BOUNDARY.finditer(text)] + [m.span() for p in further for m in p.finditer(text)]
    edges = [0, *sorted(x for cut in cuts for x in cut), len(text)]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if text[a:b].strip()]


def _reasons(r: Clauses, mail: Gathered) -> bool:
    """Whether a sentence behind a choice only says what is on at the other times ("1 is parents' evening")."""
    chosen = {x.value for x in mail.said if x.family == "choice"}
    if not chosen or "choice" in mail.doubts or chosen & {n for _, _, n in r.numbers}:
        return False
    return _all_taken(r)


def _taken(r: Clauses) -> list[tuple[int, int]]:
    """The pieces of a sentence that only say what is on at other times than those that it chooses ("the first or the
    third, the second is half term", "the second clashes with exams, so the third")."""
    pieces = [p for p in _pieces(r.text, r.lex.pattern("so")) if any(p[0] <= n[0] < p[1] for n in r.numbers)]
    on = [
        (begin, end) for begin, end in pieces
        if not any(begin <= h.start < end for h in (*r.hits, *r.doubtful, *r.proposes, *r.meets))
        and (r.says("elsewhere", "busy", at=(begin, end))
             or any(begin <= o.start < end and o.kind == "decline" for o in r.options))
    ]  # fmt: skip
    kept = [p for p in pieces if p not in on]
    chosen = {n[2] for n in r.numbers if any(begin <= n[0] < end for begin, end in kept)}
    if not chosen or chosen & {n[2] for n in r.numbers if any(begin <= n[0] < end for begin, end in on)}:
        return []
    # "2 is exam week, 3 too" chooses nothing: what stands behind must say that it is a choice
    meant = all(_means_it(r, *piece) for piece in kept if piece[0] > on[0][0]) if on else True
    return on if meant else []


def _all_taken(r: Clauses) -> bool:
    """Whether a sentence only says what is on at each time that it names ("1 clashes with exams, 2 is a holiday")."""
    return _only_names(r) and all(r.says("elsewhere", "busy", at=r.clause(n[0])) for n in r.numbers)


def _means_it(r: Clauses, begin: int, end: int) -> bool:
    """Whether a piece of a sentence is a choice in so many words ("so the third", "the third is fine")."""
    led = any(
        m.end() <= begin and not WORD.search(r.text, m.end(), begin) for m in r.lex.pattern("so").finditer(r.text)
    )
    said = (*r.hits, *r.options, *r.proposes)
    return led or any(begin <= h.start < end and h.kind in ("ok", "accept", "any", "both", "propose") for h in said)


def _besides(r: Clauses, numbers: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Pieces of a sentence that leave a choice as it is: chat behind it ("2, I've told Tom"), and why the others that
    it denies don't suit ("1 and 2 are fine, 3 isn't as we've got a staff meeting")."""
    kinds = ("hedge", "negator", "break", "question", "tentative", "option_noun")
    denied = [n for n in r.numbers if n not in numbers]
    out = []
    for begin, end in _pieces(r.text):
        inside = [n for n in r.numbers if begin <= n[0] < end]
        others = [h for h in (*r.hits, *r.doubtful, *r.proposes, *r.meets) if begin <= h.start < end]
        if inside and all(n in denied for n in inside) and not others:
            out.append((begin, end))
        apart = bool(numbers) and not inside and not others and not r.asks
        behind = apart and numbers[-1][1] <= begin
        # "2, then the computer room is free"
        unsure = tuple("but" if k == "break" else k for k in kinds if k != "question")
        if behind and not r.wishes and not r.says(*unsure, at=(begin, end)):
            out.append((begin, end))
    return [*out, *_led_in(r, numbers, kinds)]


def _led_in(r: Clauses, numbers: list[tuple[int, int, int]], kinds: tuple[str, ...]) -> list[tuple[int, int]]:
    """Clauses before a choice that only lead to it ("we have talked to the head and 1 or 2 suit us")."""
    if not numbers or r.asks or r.wishes:
        return []
    first = min(n[0] for n in numbers)
    edges = [x for p in (BOUNDARY, r.lex.pattern("break")) for m in p.finditer(r.text, 0, first) for x in m.span()]
    edges = sorted([0, *edges, first])
    out = []
    for begin, end in pairwise(edges):
        holds = [h for h in (*r.hits, *r.doubtful, *r.proposes, *r.meets, *r.options) if begin <= h.start < end]
        kept = any(begin <= n[0] < end for n in r.numbers) or end == first
        small = tuple(k for k in kinds if k != "break")
        if not holds and not kept and not r.says(*small, at=(begin, end)):
            out.append((begin, end))
    return out


def _not_denied(r: Clauses, negators: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """The numbers before the clause that denies others: 1 and 3 of "1 and 3 work, 2 doesn't" and of "1 or 3, not 2".
    All of them where the negation may mean more: "1, 2 don't work"."""
    clauses = {r.clause(start) for start, _ in negators}
    if len(clauses) != 1:
        return r.numbers
    begin, end = clauses.pop()
    denied = [n for n in r.numbers if begin <= n[0] < end]
    kept = [n for n in r.numbers if n[1] <= begin]
    after = [n for n in r.numbers if n[0] >= end]
    if len(denied) == 1 and after and len(after) + 1 == len(r.numbers):  # "not 1, rather 2", "1 is no good, 2 is fine"
        rather = any(end <= p.start and p.end <= after[0][0] for p in r.proposes)
        rather = rather or any(
            h.start >= end for h in (*r.hits, *r.options) if h.kind in ("ok", "accept", "any", "both")
        )
        return after if rather and denied[0][2] not in {n[2] for n in after} else r.numbers
    if not denied or not kept or len(denied) + len(kept) < len(r.numbers):
        return r.numbers
    joint = r.lex.pattern("break").sub("", r.text[kept[-1][1] : begin])
    named = negators[0][1] <= denied[0][0] or bool(WORD.search(joint))
    if not named and len(kept) > 1 and "," in r.text[kept[-1][1] : denied[0][0]]:  # "1 or 3, 2 doesn't", no list
        between = r.text[kept[-2][1] : kept[-1][0]]
        named = "," not in between and bool(WORD.search(between))
    return kept if named and not {n[2] for n in denied} & {n[2] for n in kept} else r.numbers
