"""Coming, not coming, perhaps: what a sentence says of it, and of whom."""

from __future__ import annotations

import re

from tandem.core.commands import Choose, Confirm, Rsvp
from tandem.wire import meant, standing
from tandem.wire.clause import Clauses, Hit, blanked
from tandem.wire.folding import WORD, fold
from tandem.wire.said import Gathered, Said
from tandem.wire.setting import ASKED, ATTENDING, Setting


def attendance(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, used: set[int], start: int, end: int) -> None:
    """Coming, not coming, perhaps: about the meeting that the mail is about, and no other."""
    partstat = {"accept": "ACCEPTED", "decline": "DECLINED", "tentative": "TENTATIVE"}[hit.kind]
    inside = [w for w in r.whens if hit.kind == "tentative" and hit.start <= w.start and w.end <= hit.end]
    used.update(r.whens.index(w) for w in inside)  # "I'll tell you on Monday"
    beside = [
        w
        for w in r.whens
        if w not in inside
        and not r.boundary_between(
            hit.end if w.start >= hit.end else hit.start, w.start if w.start >= hit.end else w.end
        )
    ]
    if hit.kind == "accept" and setting.kind in ASKED and r.has("met", "went", "not_met"):
        return  # "nos conectamos el martes sin problema"
    owned = r.lex.pattern("first_person").search(r.text, hit.start, hit.end)
    if hit.kind == "decline" and not owned and any(x.family == "cancel" for x in mail.said):
        return  # "we must call it off, nobody can get to school": why
    if hit.kind == "accept" and setting.kind in ("receipt", "notice", None) and r.lex.spaced and not owned:
        return  # "no problem, thank you"
    if setting.kind is None and r.lex.spaced and r.rest() and not r.whens and not meant.names_meeting(r, r.text):
        mail.ask(r.sentence, "rsvp")  # "I can't make it to your wedding"
        return
    if hit.kind == "tentative" and r.lex.pattern("puts_off").fullmatch(r.text[hit.start : hit.end]):
        # "I'll look at my timetable and tell you": behind an answer it is chat, alone it is none yet
        if not any(x.family == "rsvp" for x in mail.said) and not any(h.kind != "tentative" for h in r.hits):
            mail.ask(r.sentence)
        return
    if hit.kind == "tentative" and (r.sentence.start, r.sentence.end) in mail.unclear:
        return  # "I'll have to see, it depends on Ruth"
    if setting.kind in ATTENDING and r.lex.pattern("last_time").search(r.text, *r.clause(hit.start)):
        return  # "last month I couldn't come, but this time I'll be there"
    if hit.kind == "accept" and r.lex.pattern("next_time").search(r.text, *r.clause(hit.start)):
        return  # "next time I'll come": beside a refusal it is chat, alone it is asked about
    if hit.kind == "accept" and meant.another_month(setting, r, hit):
        return  # "I'll come to November's; for this one I don't know yet"
    if _anothers(setting, r, hit) or (hit.kind == "accept" and _reaches(setting, r, hit)):
        mail.ask(r.sentence, "rsvp")
        return
    same_day = [fold(x) for x in r.lex.raw["dates"].get("same_day", [])]
    that_day = beside and all(r.text[w.start : w.end].strip() in same_day for w in beside)
    if hit.kind == "accept" and that_day and any(x.family.startswith("counter") for x in mail.said):
        used.update(r.whens.index(w) for w in beside)
        return  # "Could we make it Wednesday at 1? I'm free that day.": why, and no more
    cue = any(not r.boundary_between(p.start, beside[0].start) for p in r.proposes) if beside else False
    if beside and hit.kind == "accept" and not meant.matches(setting, r, beside):
        full = all(w.day and w.hour for w in beside)
        if full and (
            r.has("decline", "no", "tentative")
            or any(x.value in ("DECLINED", "TENTATIVE", False) for x in mail.said)
            or setting.kind == "catch-up"
        ):
            r.proposes.append(Hit("propose", hit.start, hit.end))
            return
        mail.ask(r.sentence, "rsvp")
        return
    if beside and not cue:
        if not meant.matches(setting, r, beside):
            if hit.kind == "decline" and (r.has("accept") or any(x.value == "ACCEPTED" for x in mail.said)):
                return  # "count on me. On Friday we have the fair": another day is no refusal
            mail.ask(r.sentence, "rsvp")
            return
        used.update(r.whens.index(w) for w in beside)
    if setting.kind in ASKED:
        if hit.kind == "accept" or (hit.kind == "decline" and r.has("no", "not_met") and not r.whens):
            return  # "no, there was no power and we could not join": why it was not held
        mail.ask(r.sentence)
        return
    if setting.kind == "catch-up":
        if hit.kind != "tentative" and not standing.at_start(r, hit.start, dates=True):  # "ile ya mwisho inanifaa"
            mail.ask(r.sentence, "choice")
            return
        if hit.kind == "accept":
            mail.said.append(Said(start, end, "choice", True, Confirm(True), polar=True))
        elif hit.kind == "decline":
            mail.said.append(Said(start, end, "choice", False, Choose(0), polar=True))
        else:
            mail.ask(r.sentence)
        return
    mail.said.append(Said(start, end, "rsvp", partstat, Rsvp(setting.context.meeting, partstat)))


def _anothers(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether the sentence speaks of somebody else before a phrase that names nobody ("Tom is ill so can't come")."""
    first = (r.lex.pattern("first_person"), r.lex.pattern("from_me"))
    if any(p.search(r.text, hit.start, hit.end) for p in first):
        return False
    before = r.text[: hit.start]
    known = (*r.chat, *r.fillers, *(h for h in r.hits if h.end <= hit.start))
    spans = [(h.start, h.end) for h in known] + [(w.start, w.end) for w in r.whens]
    named = [
        (f.start, f.end) for f in setting.others(before)
        if not r.greeted(f.start) and not any(s <= f.start and f.end <= e for s, e in spans)
    ]  # fmt: skip
    named += [m.span() for m in r.lex.pattern("third_person").finditer(before)]
    for m in r.lex.pattern("topic").finditer(before):
        small = before[max(m.start() - 1, 0) : m.start()] in "にでとのても"  # には, では and the like
        named += [] if small or any(s <= m.start() - 1 < e for s, e in spans) else [m.span()]
    spans += [m.span() for m in r.lex.pattern("break").finditer(before)]
    spans += [m.span() for t in r.lex.raw["titles"].get("before", []) for m in re.finditer(re.escape(fold(t)), before)]
    if any(not WORD.search(before, m.end()) for m in r.lex.pattern("third_person").finditer(before)):
        return True
    for _, end in named:
        gap = blanked(before, spans)[end:]
        if WORD.search(gap) and not any(p.search(before, end) for p in first):
            return True
    return False


def _reaches(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether "bis Freitag" is no farewell but the end of "von Montag bis Freitag"."""
    cal = setting.calendar(r.lex.language)
    until = re.match(rf"(?:{cal.listed('until')}) ", r.text[hit.start : hit.end])
    return bool(until and re.search(r.lex.bounded(cal.listed("from")), r.text[: hit.start]))
