"""Where a phrase stands in its clause: whether it begins it, goes on, is alone, or may be about somebody else."""

from __future__ import annotations

import re

from tandem.wire.clause import AFFIRMED, BOUNDARY, POLAR, SHAPED, Clauses, Hit, blanked
from tandem.wire.folding import WORD


def goes_on_alone(out: Clauses, hit: Hit) -> bool:
    """Whether a sentence that holds nothing else goes on behind it, without a condition or another "not"."""
    alone = not out.hits and not out.proposes and not out.meets and not out.asks and not out.wishes
    more = out.lex.pattern("negator").search(out.text, hit.end) or out.lex.pattern("hedge").search(out.text)
    return alone and goes_on(out, hit.end) and not more


def of_another(out: Clauses, hit: Hit) -> bool:
    """Whether a sentence only tells whether somebody else comes, without a condition ("Tom will be there for us")."""
    alone = not out.hits and not out.proposes and not out.meets and not out.asks
    return alone and foreign(out, hit) and not out.lex.pattern("hedge").search(out.text)


def foreign(out: Clauses, hit: Hit) -> bool:
    """Whether a phrase may be about somebody or something else: it names neither the sender nor the meeting, and
    words that are not understood stand before it ("Tom can't come", "the film did not take place"), or it ends in a
    verb that goes on ("we can't agree")."""
    said = out.text[hit.start : hit.end]
    if not out.lex.spaced and hit.kind == "absence":
        return not at_start(out, hit.start, dates=True)
    if not out.lex.spaced and hit.kind not in (*POLAR, *SHAPED):  # without spaces any word may hold a phrase
        return not at_start(out, hit.start, dates=True) or goes_on(out, hit.end)
    known = {"accept": "first_person", "decline": "first_person", "tentative": "first_person",
             "absence": "first_person", "went": "our_meeting",
             "met": "our_meeting", "not_met": "our_meeting"}.get(hit.kind)  # fmt: skip
    if known is None:
        return False
    subjects = out.lex.pattern(known)
    if known in out.lex.raw.get("say", {}) and not subjects.search(said) and not at_start(out, hit.start, dates=True):
        return True
    if hit.kind == "decline" and re.search(rf"(?:{out.lex.pattern('modal').pattern})\Z", said):
        return goes_on(out, hit.end)
    return hit.kind == "tentative" and not subjects.search(said) and goes_on(out, hit.end)


def goes_on(out: Clauses, position: int) -> bool:
    """Whether words that are not understood follow a position in the same clause."""
    ends = [m.start() for p in (BOUNDARY, out.lex.pattern("break")) for m in p.finditer(out.text, position)]
    end = min([*ends, len(out.text)])
    spans = [
        (h.start, h.end) for h in (*out.fillers, *out.chat, *out.proposes, *out.meets, *out.hits) if h.start >= position
    ]
    spans += [(w.start, w.end) for w in out.whens]
    return bool(WORD.search(blanked(out.text, spans)[position:end]))


def at_start(out: Clauses, position: int, *, dates: bool = False) -> bool:
    """Whether nothing but small words and chat (with `dates`: dates and options too) stands before a position in its
    clause."""
    begin = 0
    for pattern in (BOUNDARY, out.lex.pattern("break")):
        for m in pattern.finditer(out.text, 0, position):
            begin = max(begin, m.end())
    before = [(h.start, h.end) for h in (*out.fillers, *out.chat, *(x for x in out.hits if x.end <= position))]
    if dates:
        before += [(w.start, w.end) for w in out.whens]
    if dates and out.numbers:  # "option 2 works for us", "2 and 3 are both fine with me"
        before += [(s, e) for s, e, _ in out.numbers] + [(h.start, h.end) for h in out.options]
        before += [m.span() for m in out.lex.pattern("option").finditer(out.text)]
    return not WORD.search(blanked(out.text, before)[begin:position])


def stands_alone(out: Clauses, hit: Hit) -> bool:
    """A yes or no is an answer where it begins a clause and ends it, or a decision or a subject follows."""
    if not at_start(out, hit.start):
        return False
    text, at = out.text, hit.end
    if not out.lex.spaced and re.match(r" +[^\x00-\u024f]", text[at:]):  # いいえ トムが: a space stands for a comma
        return True
    if out.lex.pattern("denies").fullmatch(text[hit.start : hit.end]) and any(
        h.start == hit.end + 1 and h.kind in AFFIRMED for h in out.hits
    ):
        return False  # "no me funciona": what it denies is no answer
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
            or BOUNDARY.match(text, max(at - 1, 0))
            or BOUNDARY.match(text, at)
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
