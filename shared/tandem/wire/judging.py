"""What of a sentence holds: not what stands in a question, under a condition, in somebody's mouth, or is denied."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.wire.clause import BOUNDARY, POLAR, REPORTS, RUNNING, Clauses, Hit, blanked, inside, within
from tandem.wire.folding import WORD, words
from tandem.wire.standing import at_start, foreign, stands_alone

Span = tuple[int, int]
NEAR = 25  # characters behind "I'd like to talk" in which it is said with whom
_QUOTED = re.compile(r'"[^"]*"|「[^」]*」|『[^』]*』')


def conditional(out: Clauses) -> bool:
    """Whether the sentence is no more than a condition of what was said before: "if Tom agrees"."""
    if out.hits or out.chat or out.proposes or out.meets or out.asks:
        return False
    if out.lex.pattern("hearsay").fullmatch(out.text.strip(" .!")):
        return True  # "Yes. Hopefully."
    first = out.lex.pattern("hedge").search(out.text)
    if first is None or not at_start(out, first.start()) or within(out.fillers, *first.span()):
        return False
    return not BOUNDARY.search(out.text.rstrip(" .!"), first.end())


@dataclass(frozen=True, slots=True)
class _Doubts:
    """What in a sentence can make its decisions unsure; positions are those of the folded text."""

    asked_from: int  # where a question begins; behind the end where there is none
    hedges: list[Span]  # "if", "I hope"
    negators: list[Span]
    perhaps: list[Span]
    quoted: list[Hit]


def judge(out: Clauses, attending: bool) -> None:
    """Sorts out what does not hold: words in a question, under a condition, negated, or not standing alone."""
    out.hints = bool(out.lex.pattern("hint").search(out.text))
    cue = _question_words(out)
    out.wishes = _wishes(out)
    doubts = _doubts(out, _asked_from(out, cue))
    holding: list[Hit] = []
    for hit in out.hits:
        unsure = any(rule(out, hit, doubts) for rule in _UNSURE)
        if hit.kind in POLAR and not stands_alone(out, hit):
            if _settled(out, hit, holding, doubts, sure=not unsure, attending=attending):
                continue
            unsure = True
        if unsure and attending and hit.kind == "accept" and out.asks and any(w.day and w.hour for w in out.whens):
            out.proposes.append(Hit("propose", hit.start, hit.end))  # "¿Nos vemos el jueves a las 10?"
            continue
        (out.doubtful if unsure else holding).append(hit)
    if _yes_to_another(out, holding, doubts):
        out.doubtful += [h for h in holding if h.kind in ("yes", "ok")]
        holding = [h for h in holding if h.kind not in ("yes", "ok")]
    _leave_to_chat(out, holding, doubts)
    if not any(h.kind not in POLAR for h in holding) and out.rest():
        # "Of course, the pupils ask after you every day": no yes to what was asked
        softly = out.lex.pattern("softly")
        said = [h for h in holding if h.kind in ("yes", "ok") and softly.fullmatch(out.text[h.start : h.end])]
        holding = [h for h in holding if h not in said]
        out.doubtful += said
    out.hits = holding
    out.proposes = [p for p in out.proposes if not _denied(out, p, doubts)]
    out.meets = [
        p for p in out.meets if not _denied(out, p, doubts) and not _behind_a_label(out, p) and not _with_others(out, p)
    ]


def _question_words(out: Clauses) -> list[int]:
    """Where words stand that make a question of what follows."""
    small = [*out.chat, *out.fillers]
    return [
        m.start()
        for m in out.lex.pattern("question").finditer(out.text)
        if not inside([*out.hits, *out.options], m.start(), m.end())
        and (out.lex.spaced or not within(small, m.start(), m.end()))  # the いつ of いつも asks nothing
        and not _part_of_small_talk(out, m.start(), m.end())
        and (out.asks or not (_embedded(out, m.start()) or _heads(out, m.start()) or _relative(out, m.start())))
        and at_start(out, m.start())
    ]


def _wishes(out: Clauses) -> bool:
    """Whether a sentence asks for something that is no option of a catch-up."""
    return any(
        not inside([*out.hits, *out.options, *out.chat], m.start(), m.end())
        and not within(out.fillers, m.start(), m.end())
        and at_start(out, m.start())
        and not _of_a_number(out, *m.span())
        for m in out.lex.pattern("wish").finditer(out.text)
    )


def _asked_from(out: Clauses, cue: list[int]) -> int:
    """Where the question of a sentence begins; marks a sentence as one that a question word begins."""
    if out.asks:
        # the "ou" of "C'est bien à midi, ou l'heure a changé ?" asks about all of it
        either = [m.start() for m in out.lex.pattern("option").finditer(out.text)]
        cues = [*(at for at in cue if at not in either), *(h.start for h in (*out.proposes, *out.meets))]
        first = min(cues) if cues else 0
        if not cues and out.whens and _only_dates_after_last_boundary(out):
            first = max(m.end() for m in BOUNDARY.finditer(out.text) if m.end() < out.whens[-1].start)
        return out.clause(first)[0] if first else 0
    if cue and not out.proposes and not out.meets:
        out.asks = True
        return min(cue)
    return len(out.text)


def _doubts(out: Clauses, asked_from: int) -> _Doubts:
    lex, text = out.lex, out.text
    standing = [h for h in out.hits if h.kind not in POLAR or stands_alone(out, h)]
    known = [h for h in (*standing, *out.fillers) if not lex.spaced or h.kind not in RUNNING]
    # "I don't know if" leaves its "if" open, and a small word that is the condition itself takes nothing from it
    hedges = [
        m.span() for key in ("hedge", "hearsay") for m in lex.pattern(key).finditer(text)
        if _behind_an_answer(out, m.start())
        or (not within([k for k in known if k.kind not in ("tentative", "filler") or k.end > m.end()], *m.span())
        and not (not WORD.search(text, m.end()) and within([k for k in known if k.kind == "tentative"], *m.span())))
    ]  # fmt: skip
    known = [*standing, *out.fillers, *out.chat, *out.proposes, *out.meets]
    negators = [  # "não, está errado" is not "não está errado"
        m.span() for m in lex.pattern("negator").finditer(text)
        if not within(known, *m.span())
        and not ("," in m[0] and lex.pattern("denies").fullmatch(m[0].partition(",")[0]))
    ]  # fmt: skip
    return _Doubts(
        asked_from, hedges, negators, [m.span() for m in lex.pattern("tentative").finditer(text)], _quoted(out)
    )


def _behind_an_answer(out: Clauses, start: int) -> bool:
    """Whether what may be a yes is the condition of the answer before it: the "si puedo" of "iré si puedo"."""
    begins = any(h.start == start and h.kind == "accept" for h in out.hits)
    return begins and any(
        h.kind == "accept" and h.end <= start and not out.boundary_between(h.end, start) for h in out.hits
    )


def _joined(out: Clauses, hit: Hit, span: Span) -> bool:
    """Whether no boundary of a clause stands between a decision and other words."""
    start, end = span
    behind = start >= hit.end
    return not out.boundary_between(start if behind else end, hit.end if behind else hit.start)


def _perhaps(out: Clauses, hit: Hit, doubts: _Doubts) -> bool:
    """Whether a "perhaps" belongs to a report, or a "might" to what would change something."""
    if hit.kind in ("cancel", "pause", "sign", "go_on", "end"):  # "we might have to call it off"
        return any(_joined(out, hit, m.span()) for m in out.lex.pattern("maybe").finditer(out.text))
    return hit.kind in REPORTS and any(_joined(out, hit, s) for s in doubts.perhaps if not within([hit], *s))


def _asked(out: Clauses, hit: Hit, doubts: _Doubts) -> bool:
    """Whether a decision stands in a question that does not beg for it or offer something in its place."""
    if hit.start < doubts.asked_from:
        return False
    if hit.kind == "pause" and out.lex.pattern("please").search(out.text):  # "could you please pause until March?"
        return False
    offers = hit.kind == "decline" and (out.proposes or out.meets)
    return not (offers and out.boundary_between(doubts.asked_from, hit.start))


def _conditioned(out: Clauses, hit: Hit, doubts: _Doubts) -> bool:
    """Whether a condition or a hope stands beside a decision, outside of chat and reasons."""
    for span in doubts.hedges:
        chat = next((c for c in out.chat if c.start <= span[0] < c.end), None)
        if hit.kind == "tentative" and hit.end <= span[0]:  # "not sure yet, it depends"
            continue
        if any(hit.end <= m.start() < span[0] for m in out.lex.pattern("because").finditer(out.text)):
            continue  # in the reason ("we must cancel because the school serves as a polling station")
        if hit.kind == "decline" and within(out.proposes, *span) and out.boundary_between(hit.end, span[0]):
            continue  # "I can't, but if Thursday suits you"
        if chat is None or chat.end >= hit.start > chat.start:
            return True
    return False


def _negated(out: Clauses, hit: Hit, doubts: _Doubts) -> bool:
    """Whether a "not" in the same clause denies a decision."""
    return hit.kind not in POLAR and any(_joined(out, hit, s) for s in doubts.negators)


def _promises_nothing(out: Clauses, hit: Hit, _: _Doubts) -> bool:
    """Whether what looks like an acknowledgement denies it, or names who has nothing to do with the partnership ("I
    will do nothing", "I'll call the electrician")."""
    if hit.kind != "acknowledge" or out.lex.pattern("thanks").match(out.text, hit.start):
        return False
    denies = out.lex.pattern("negator").search(out.text, hit.start, hit.end)
    return bool(denies or out.lex.pattern("strangers").search(out.text, *out.clause(hit.start)))


def _of_others(out: Clauses, hit: Hit, _: _Doubts) -> bool:
    """Whether somebody else signs, goes on or stops ("the pupils have signed the poster")."""
    if hit.kind not in ("sign", "go_on", "end"):
        return False
    begin, own = out.clause(hit.start)[0], out.lex.pattern("first_person")
    named = [m.end() for k in ("child", "others") for m in out.lex.pattern(k).finditer(out.text, begin, hit.start)]
    return any(not own.search(out.text, end, hit.end) for end in named)


def _not_before(out: Clauses, hit: Hit, doubts: _Doubts) -> bool:
    """Whether something is to come before it ("before I sign I should like to know")."""
    if hit.kind not in ("sign", "go_on", "end", "acknowledge", *POLAR):
        return False
    first = [m.span() for m in out.lex.pattern("first_of_all").finditer(out.text)]
    return any(hit.kind in POLAR or _joined(out, hit, span) for span in first)  # "yes, but before I sign ..."


def _wrong_of_something(out: Clauses, hit: Hit, _: _Doubts) -> bool:
    """Whether a "wrong" is said of a thing ("my name is spelt wrong on the website")."""
    alone = hit.kind == "wrong" and out.lex.spaced and " " not in out.text[hit.start : hit.end]
    return alone and not at_start(out, hit.start)


def _foreign(out: Clauses, hit: Hit, _: _Doubts) -> bool:
    return foreign(out, hit)


def _other_meetings(out: Clauses) -> list[Span]:
    """Where somebody else's meetings are named, but to take something back ("no, wait, that was the governors'")."""
    corrected = [f for f in out.fillers if f.kind == "corrects"]
    places = [m.span() for m in out.lex.pattern("elsewhere").finditer(out.text)]
    return [place for place in places if not inside(corrected, *place)]


def _elsewhere(out: Clauses, hit: Hit, _: _Doubts) -> bool:
    """Whether somebody else's meeting is named in the same clause ("we called off the parents' evening")."""
    if hit.kind not in ("met", "went", "not_met", "accept", "cancel"):
        return False
    places = _other_meetings(out)
    told = hit.kind in ("met", "went") and not any(h.kind in POLAR and stands_alone(out, h) for h in out.hits)
    # "la reunión de padres fue ayer y estuvo muy bien", but not "last month it fell through, this time we met"
    spoken_of = [out.clause(h.start) for h in out.hits if h.kind == "not_met"]
    before = [(s, e) for s, e in places if e <= hit.start and not any(a <= s < b for a, b in spoken_of)]
    if told and before:
        return True
    return any((s < hit.end and hit.start < e) or _joined(out, hit, (s, e)) for s, e in places)


def _in_quotes(_: Clauses, hit: Hit, doubts: _Doubts) -> bool:
    return within(doubts.quoted, hit.start, hit.end)


_UNSURE = (
    _perhaps, _asked, _conditioned, _negated, _promises_nothing, _of_others, _not_before, _wrong_of_something,
    _foreign, _elsewhere, _in_quotes,
)  # fmt: skip


def _settled(out: Clauses, hit: Hit, holding: list[Hit], doubts: _Doubts, *, sure: bool, attending: bool) -> bool:
    """Whether a yes or no in the midst of other words is no answer of its own; what it is then is noted."""
    lex, text = out.lex, out.text
    said = text[hit.start : hit.end]
    if not re.search(r"\w", said) and any(h.end <= hit.start and h.kind not in POLAR for h in out.hits):
        out.fillers.append(hit)  # "Tuesday works for me" and a raised thumb
        return True
    if hit.kind == "yes" and hit.start and lex.pattern("because").fullmatch(said):
        return True  # the "pois" of "decidimos parar, pois não temos tempo"
    # "we met on Tuesday without a problem", 会议只能取消了，当天学校要接受检查
    reports = any(h.kind in (*REPORTS, "cancel") for h in out.hits)
    # the "haben wir" of "am Donnerstag um 11 haben wir Feueralarm" is no yes
    agrees = hit.kind != "no" and hit.start < doubts.asked_from and sure and not lex.pattern("question").fullmatch(said)
    if agrees and out.whens and attending and not reports:
        out.proposes.append(Hit("propose", hit.start, hit.end))  # "Thursday works for me"
        return True
    if out.asks and hit.kind == "yes" and lex.pattern("hedge").fullmatch(said):
        return True  # the "si" of "¿les parece si lo pasamos al jueves?"
    if hit.kind != "ok" and at_start(out, hit.start):
        return False
    if hit.kind != "ok" and not WORD.search(text[hit.end :]):  # "no, I mean yes"
        taken_back = [h for h in holding if h.kind in POLAR and (h.kind == "no") != (hit.kind == "no")]
        holding[:] = [h for h in holding if h not in taken_back]
        out.doubtful += taken_back
    return True


def _yes_to_another(out: Clauses, holding: list[Hit], doubts: _Doubts) -> bool:
    """Whether what follows a yes is about somebody else's meeting ("Yes, the parents' evening went very well")."""
    if any(h.kind in REPORTS for h in holding):
        return False
    if any(h.kind in ("met", "went") and _elsewhere(out, h, doubts) for h in out.doubtful):
        return True
    after = [h.end for h in holding if h.kind in ("yes", "ok")]
    places = [start for start, _ in _other_meetings(out)]
    return any(place >= end and len(words(out.text[end:place])) < 4 for end in after for place in places)


def _leave_to_chat(out: Clauses, holding: list[Hit], doubts: _Doubts) -> None:
    """Forgets what is unsure and only goes with an answer that holds."""
    asked_from = doubts.asked_from
    if out.lex.spaced and (out.numbers or any(h.kind in ("accept", "decline") for h in holding)):
        # "I can come, but Tom can't": beside the sender's own answer another person's is chat
        out.doubtful = [
            h for h in out.doubtful
            if h.kind not in ("accept", "decline") or not _anothers(out, h, holding) or h.start >= asked_from
        ]  # fmt: skip
    elif any(h.kind == "decline" for h in holding):  # 要带学生参加运动会，无法参加
        out.doubtful = [h for h in out.doubtful if h.kind != "accept" or not foreign(out, h) or h.start >= asked_from]
    if any(h.kind == "no" for h in holding):  # "no, our internet was cut off and we could not get in": why, and no more
        out.doubtful = [
            h for h in out.doubtful
            if h.kind != "not_met" or h.start >= asked_from or not foreign(out, h)
            or any(not out.boundary_between(e, h.start) for _, e in doubts.negators if e <= h.start)
        ]  # fmt: skip


def _denied(out: Clauses, cue: Hit, doubts: _Doubts) -> bool:
    """Whether a "not" in the same clause denies a proposal or a wish to meet."""
    return any(not out.boundary_between(min(e, cue.start), max(s, cue.start)) for s, e in doubts.negators)


def _with_others(out: Clauses, hit: Hit) -> bool:
    """Whether it is somebody outside the partnership who is to be talked to ("with my pupils")."""
    begin, end = out.clause(hit.start)
    near = max(end, hit.end + NEAR)  # the "na" of "na wanafunzi wangu" begins a clause elsewhere
    return out.says("child", "others", at=(begin, near))


def _of_a_number(out: Clauses, start: int, end: int) -> bool:
    """Whether nothing but a word for an option stands between a wish and the number of one ("we want 2")."""
    if any(start <= n[0] < end for n in out.numbers):  # "bitte den zweiten Termin"
        return True
    gaps = [out.text[end : n[0]] for n in out.numbers if n[0] >= end][:1]
    gaps += [out.text[n[1] : start] for n in out.numbers if n[1] <= start][-1:]
    return any(len(words(out.lex.pattern("option").sub("", gap))) < 2 for gap in gaps)


def _part_of_small_talk(out: Clauses, start: int, end: int) -> bool:
    """Whether a question word only belongs to a longer small phrase ("wie geplant", "que tengan linda semana")."""
    return any(f.start <= start and end <= f.end and f.end - f.start > end - start for f in out.fillers) or any(
        (c.kind in ("closing", "chat") and c.start <= start and end <= c.end and c.end - c.start > end - start)
        or (c.kind == "courtesy" and c.start <= start and end <= c.end)
        for c in out.chat
    )


def _behind_a_label(out: Clauses, hit: Hit) -> bool:
    """Whether words with a colon stand before it that are no label: what follows is for whatever they name."""
    head, colon, _ = out.text[: hit.start].partition(":")
    return bool(colon) and not at_start(out, len(head))


def _heads(out: Clauses, start: int) -> bool:
    """Whether a question word only begins a heading ("What the pupils learned: patience")."""
    return start == 0 and ":" in out.text and not out.hits


def _relative(out: Clauses, start: int) -> bool:
    """Whether a question word behind a comma goes on with a statement ("a song, which had half the class in tears")."""
    if not out.lex.spaced:
        return False
    spans = [(h.start, h.end) for h in (*out.hits, *out.chat, *out.fillers)] + [(w.start, w.end) for w in out.whens]
    return bool(WORD.search(blanked(out.text, spans)[:start]))


def _embedded(out: Clauses, start: int) -> bool:
    """Whether a question word only says what was spoken of ("we talked about who pays")."""
    return any(m.end() == start - 1 for m in out.lex.pattern("about").finditer(out.text, 0, start))


def _quoted(out: Clauses) -> list[Hit]:
    """What stands in quotation marks within somebody's words about it (`she just said "yes"`)."""
    quotes = [Hit("quoted", *m.span()) for m in _QUOTED.finditer(out.text)]
    if not quotes:
        return []
    known = [(h.start, h.end) for h in (*quotes, *out.chat, *out.fillers)]
    return quotes if WORD.search(blanked(out.text, known)) else []


def _anothers(out: Clauses, hit: Hit, holding: list[Hit]) -> bool:
    """Whether a clause of its own, without a condition, says of somebody else whether they come."""
    begin, end = out.clause(hit.start)
    apart = begin > 0 or any(h.start >= end and out.boundary_between(hit.end, h.start) for h in holding)
    return apart and foreign(out, hit) and not out.lex.pattern("hedge").search(out.text, begin, end)


def _only_dates_after_last_boundary(out: Clauses) -> bool:
    bounds = [m.end() for m in BOUNDARY.finditer(out.text) if m.end() < out.whens[-1].start]
    if not bounds:
        return False
    known = [*((f.start, f.end) for f in out.fillers), *((w.start, w.end) for w in out.whens)]
    return not re.search(r"\w", blanked(out.text, known)[max(bounds) :])
