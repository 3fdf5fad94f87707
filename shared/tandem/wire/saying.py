"""What one sentence of a mail says, by what the mail answers."""

from __future__ import annotations

import re
from typing import Any

from tandem.core.commands import (
    Acknowledge,
    Cancel,
    Choose,
    Command,
    Confirm,
    Pause,
    Report,
    Review,
    Rsvp,
    Sign,
    Undo,
)
from tandem.wire import judging, names
from tandem.wire.clause import Clauses, Hit
from tandem.wire.doubting import aside, goes_on_with, moot
from tandem.wire.folding import WORD, fold
from tandem.wire.lasting import absences, until
from tandem.wire.mentions import When
from tandem.wire.proposing import choices, proposals
from tandem.wire.said import Gathered, Said
from tandem.wire.setting import ASKED, ATTENDING, Setting

NOTED = ("yes", "ok", "no", "met", "went", "not_met", "acknowledge")  # beside these a sentence may say more


def say(setting: Setting, r: Clauses, mail: Gathered) -> None:
    """Adds to `mail` what one sentence says, or that it is unclear, or that it is no more than chat."""
    s = r.sentence
    if (s.start, s.end) in mail.done:
        return
    before = len(mail.said) + len(mail.unclear)
    if setting.kind not in (*ATTENDING, "catch-up", "escalation") and r.lex.pattern("defers").search(r.text):
        mail.doubts.add("later")  # "Yes, I have received it. I'll read it at the weekend."
    used: set[int] = set()  # indexes of whens that belong to something
    absences(setting, r, mail, used)
    _plain(setting, r, mail, used)
    choices(setting, r, mail)
    proposals(setting, r, mail, used)
    if r.told and setting.kind in ASKED and len(mail.said) + len(mail.unclear) == before:
        mail.asides.append(s)
        return
    open_doubts = [h for h in r.doubtful if not moot(setting, r, h) and not goes_on_with(setting, r, h, mail)]
    if open_doubts and all(aside(setting, r, h) for h in open_doubts):
        mail.asides.append(s)
        return
    for hit in open_doubts:
        # "I can't come. Perhaps Tom will.": asked about, and no less a refusal
        another = hit.kind == "tentative" and bool(WORD.search(r.text[hit.end :]))
        if r.asks and not r.lex.spaced and hit.kind == "accept" and judging.foreign(r, hit) and not r.whens:
            continue  # はい、参加します。生徒も参加するのでしょうか？
        mail.doubts.add("perhaps" if another else setting.family(hit.kind))
    said = len(mail.said) + len(mail.unclear) > before
    if (s.start, s.end) in mail.unclear:
        return
    denial = r.lex.pattern("negator").fullmatch(r.text.strip(" .!?"))  # "We met. Not!"
    if not said and (denial or judging.conditional(r)):  # "Yes. Subject to the governors' approval."
        mail.doubts.update(("report", "rsvp", "answer", "choice"))
        mail.unclear.append((s.start, s.end))
        return
    left = r.rest()
    more = bool(left or r.proposes or r.meets)
    if more and setting.kind == "agreement" and r.has("yes", "ok", "sign") and _restricts(r):
        mail.doubts.add("answer")  # "yes, but the hour must change", "all but the phone number": no signature
    decided = [h.end for h in r.hits if h.kind in ("yes", "ok", "go_on", "end")]
    if setting.kind == "review" and left and decided and r.lex.pattern("but").search(r.text, max(decided)):
        mail.doubts.add("answer")  # "yes, but the head would stop"
    if setting.kind in ("agreement", "review", "escalation") and left and not said and _begins_with_but(r):
        mail.unclear.append((s.start, s.end))  # "Signed. But the phone number is wrong."
        if setting.kind != "escalation":
            mail.doubts.add("answer")
        return
    doubtful = bool(open_doubts) and not setting.buttoned  # beside a button, half an answer is chat
    if doubtful or ((r.asks or r.wishes or r.hints) and _asks_more(setting, r, said)):
        mail.unclear.append((s.start, s.end))
    elif not said and setting.kind == "catch-up" and r.whens:
        mail.rest.append(s)  # "le 3, merci": a day or an option, and no small talk
    elif left and not said:
        if not _only_chat(r):
            mail.rest.append(s)
        else:
            mail.chatted = True
    elif left and said:
        if r.has(*NOTED):
            _note(setting, r, mail)
    elif not said and not r.chat and re.search(r"\w", r.text):
        mail.rest.append(s)
    else:
        mail.chatted = True


def _begins_with_but(r: Clauses) -> bool:
    """Whether a sentence takes something back, be it only behind a thanks ("Thanks, but it is not my department")."""
    start = next((h.end for h in r.chat if h.start <= 1), 0)
    return bool(re.compile(rf"[ ,.]*(?:{r.lex.pattern('but').pattern})").match(r.text, start))


def _restricts(r: Clauses) -> bool:
    """Whether words like "but", "not" or "except" stand beside what a sentence says."""
    held = (*r.hits, *r.fillers, *r.chat)
    negators = (m.span() for m in r.lex.pattern("negator").finditer(r.text))
    signed = min((h.start for h in r.hits if h.kind in ("yes", "ok", "sign")), default=0)
    taken_back = r.lex.pattern("but")
    breaks = (  # "we have read it and agree" restricts nothing
        m.span()
        for m in r.lex.pattern("break").finditer(r.text)
        if m.start() > signed or not r.lex.spaced or taken_back.fullmatch(m[0])
    )
    return any(not any(h.start <= s and e <= h.end for h in r.hits) for s, e in breaks) or any(
        not any(h.start <= s and e <= h.end for h in held) for s, e in negators
    )


def _asks_more(setting: Setting, r: Clauses, said: bool) -> bool:
    """Whether a question or wish is left over beside what was understood."""
    if r.hints and not said:
        return not _only_chat(r)
    if not said:
        return not _only_chat(r) if not r.asks else True
    if r.asks and not (r.proposes or r.meets or r.has("pause")):
        return True
    return (
        r.wishes
        and not r.proposes
        and not r.meets
        and not r.has("pause", "cancel", "go_on", "end", "sign", "takes_over")
    )


def _plain(setting: Setting, r: Clauses, mail: Gathered, used: set[int]) -> None:
    """What the decisions of a sentence are, one by one."""
    month = setting.context.meeting
    for hit in r.hits:
        start = r.sentence.start + hit.start
        end = r.sentence.start + hit.end
        family, kind = setting.family(hit.kind), hit.kind
        command: Command | None = None
        value: Any = kind
        if kind in ("yes", "ok", "no"):
            command = setting.polar(kind)
            if command is None:
                if kind == "ok" and setting.kind not in (None, *ASKED) and (mail.chatted or r.chat):
                    continue
                mail.said.append(Said(start, end, "bare", kind, None, weak=kind == "ok"))
                continue
            value = kind != "no"
            if family == "rsvp":
                value = "ACCEPTED" if value else "DECLINED"
                if kind != "no" and not r.rest() and r.whens and not _matches(setting, r, r.whens):
                    mail.doubts.add(family)  # "yes, Wednesday" to Tuesday's meeting
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                    continue
            if family == "choice" and kind != "no" and any(w.day and not w.hour for w in r.whens):
                mail.doubts.add(family)  # "fine, the 15th": which of the slots is that?
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            mail.said.append(Said(start, end, family, value, command, weak=kind == "ok", polar=True))
            continue
        if kind == "mine" and setting.kind != "notice":  # "that was me, sorry": no yes
            mail.doubts.add(family)
            mail.unclear.append((r.sentence.start, r.sentence.end))
            continue
        if kind == "objects":  # "I don't agree with the hour", to an agreement
            value, command = False, Confirm(False)
        elif kind in ("wrong", "mine"):
            value = kind == "mine"
            command = Undo() if setting.kind == "receipt" else Confirm(value)
            if not setting.context.asks:
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
        elif kind == "not_met" and setting.kind == "catch-up":  # "a pity that it did not work out": known
            mail.asides.append(r.sentence)
            continue
        elif kind in ("met", "went", "not_met"):
            if _future(setting, r) or not setting.over or _another_month(setting, r, hit):
                mail.doubts.add("report")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            value, command = kind != "not_met", Report(month, kind != "not_met")
            used.update(range(len(r.whens)))
        elif kind == "kept":  # "no need", "no, that's right": a no that undoes nothing; "it's all correct" is chat
            mail.doubts.add("answer")
            said = r.text[hit.start : hit.end]
            if r.lex.pattern("no").search(said) or r.lex.pattern("negator").search(said):
                mail.unclear.append((r.sentence.start, r.sentence.end))
            else:
                mail.chatted = True
            continue
        elif kind == "not_yet":
            if _once_more(r, hit, mail) or (setting.kind in ATTENDING and _undecided(r, mail)):
                continue
            mail.doubts.update(("report", setting.family("no")) if r.has("no") else ("report",))
            mail.unclear.append((r.sentence.start, r.sentence.end))
            continue
        elif kind in ("accept", "decline", "tentative"):
            _attendance(setting, r, hit, mail, used, start, end)
            continue
        elif kind == "cancel":
            if setting.kind == "receipt" and not r.whens and not _names_meeting(r, r.text[hit.start : hit.end]):
                if not any(x.family == "answer" for x in mail.said):  # "that was a mistake, please cancel it"
                    mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            another = _another_month(setting, r, hit) or not _same_meeting(setting, r, hit, used)
            if setting.kind in ASKED or another:
                mail.doubts.add("report")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            command = Cancel(month)
        elif kind == "pause":
            last = until(setting, r)
            used.update(range(len(r.whens)))
            if last is None:
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            command, value = Pause(last), last
        elif kind == "sign":
            command, value = Sign(), True
        elif kind in ("go_on", "end"):
            command, value = Review(kind == "go_on"), kind == "go_on"
        elif kind == "acknowledge":
            command, value = Acknowledge(), True
        elif kind == "any":
            if _of_something(r, hit):
                continue
            # "any on Thursday", "after two any of them": not all that was offered; "las tres" are no hour
            if any((w.end <= hit.start or hit.end <= w.start) and not _own_statement(r, hit, w) for w in r.whens):
                mail.doubts.add("choice")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            if r.rest() and r.lex.pattern("but").search(r.text, hit.end):  # "any but the last"
                mail.doubts.add("choice")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            command, value = Choose(-1), "any"
        elif kind == "none":
            if judging.goes_on(r, hit.end):  # "none of my pupils have handed in the forms"
                mail.doubts.add("choice")
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            command, value = Choose(0), False
        elif kind == "both":
            if _of_something(r, hit):
                continue
            if setting.context.options != 2:
                mail.unclear.append((r.sentence.start, r.sentence.end))
                continue
            mail.said.append(Said(start, end, "choice", 1, Choose(1)))
            command, value = Choose(2), 2
        else:
            continue
        mail.said.append(Said(start, end, family, value, command))


def _names_meeting(r: Clauses, text: str) -> bool:
    """Whether words say that it is a meeting they are about, and not what a receipt tells or somebody's wedding."""
    meeting = r.lex.words.get("meeting")
    return meeting is None or bool(re.search(r.lex.bounded(r.lex.alternatives([meeting])), text))


def _undecided(r: Clauses, mail: Gathered) -> bool:
    """Whether "not yet" stands beside an answer to an invitation ("Perhaps, I'm not sure yet")."""
    return r.has("accept", "decline", "tentative") or any(x.family == "rsvp" for x in mail.said)


def _of_something(r: Clauses, hit: Hit) -> bool:
    """Whether an "all" or "any" belongs to a word that is no option ("we have exams all week")."""
    follows = re.match(r" (?!\d)[^\W\d]", r.text[hit.end :])
    if " " in r.text[hit.start : hit.end] or not r.lex.spaced or not follows:
        return False
    small = ("option", "option_noun", "ok", "accept", "negator")
    known = any(r.lex.pattern(kind).match(r.text, hit.end + 1) for kind in small)
    return not known and judging.goes_on(r, hit.end)


def _once_more(r: Clauses, hit: Hit, mail: Gathered) -> bool:
    """Whether behind a report it is only told of the next time ("We met. We'll meet again in November")."""
    reported = any(x.family == "report" and x.start < r.sentence.start + hit.start for x in mail.said)
    return reported and bool(r.lex.pattern("again").search(r.text, *r.clause(hit.start)))


def _own_statement(r: Clauses, hit: Hit, when: When) -> bool:
    """Whether a day stands in a clause that says something of its own ("any of them, I'm flexible next week")."""
    if when.end <= hit.start or not r.boundary_between(hit.end, when.start):
        return False
    begin, end = r.clause(when.start)
    return bool(r.lex.pattern("first_person").match(r.text[begin:end].lstrip())) and not r.lex.pattern("hedge").search(
        r.text, begin, end
    )


def _attendance(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, used: set[int], start: int, end: int) -> None:
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
    if hit.kind == "accept" and setting.kind in ("receipt", "notice", None) and r.lex.spaced and not owned:
        return  # "no problem, thank you"
    if setting.kind is None and r.lex.spaced and r.rest() and not r.whens and not _names_meeting(r, r.text):
        mail.doubts.add("rsvp")  # "I can't make it to your wedding"
        mail.unclear.append((r.sentence.start, r.sentence.end))
        return
    if hit.kind == "tentative" and r.lex.pattern("puts_off").fullmatch(r.text[hit.start : hit.end]):
        # "I'll look at my timetable and tell you": behind an answer it is chat, alone it is none yet
        if not any(x.family == "rsvp" for x in mail.said) and not any(h is not hit for h in r.hits):
            mail.unclear.append((r.sentence.start, r.sentence.end))
        return
    if setting.kind in ATTENDING and r.lex.pattern("last_time").search(r.text, *r.clause(hit.start)):
        return  # "last month I couldn't come, but this time I'll be there"
    if hit.kind == "accept" and r.lex.pattern("next_time").search(r.text, *r.clause(hit.start)):
        return  # "next time I'll come": beside a refusal it is chat, alone it is asked about
    if _anothers(setting, r, hit) or (hit.kind == "accept" and _reaches(setting, r, hit)):
        mail.doubts.add("rsvp")
        mail.unclear.append((r.sentence.start, r.sentence.end))
        return
    same_day = [fold(x) for x in r.lex.raw["dates"].get("same_day", [])]
    that_day = beside and all(r.text[w.start : w.end].strip() in same_day for w in beside)
    if hit.kind == "accept" and that_day and any(x.family.startswith("counter") for x in mail.said):
        used.update(r.whens.index(w) for w in beside)
        return  # "Could we make it Wednesday at 1? I'm free that day.": why, and no more
    cue = any(not r.boundary_between(p.start, beside[0].start) for p in r.proposes) if beside else False
    if beside and hit.kind == "accept" and not _matches(setting, r, beside):
        full = all(w.day and w.hour for w in beside)
        if full and (
            r.has("decline", "no", "tentative")
            or any(x.value in ("DECLINED", "TENTATIVE", False) for x in mail.said)
            or setting.kind == "catch-up"
        ):
            r.proposes.append(Hit("propose", hit.start, hit.end))
            return
        mail.doubts.add("rsvp")
        mail.unclear.append((r.sentence.start, r.sentence.end))
        return
    if beside and not cue:
        if not _matches(setting, r, beside):
            mail.doubts.add("rsvp")
            mail.unclear.append((r.sentence.start, r.sentence.end))
            return
        used.update(r.whens.index(w) for w in beside)
    if setting.kind in ASKED:
        if hit.kind == "accept" or (hit.kind == "decline" and r.has("no", "not_met") and not r.whens):
            return  # "no, there was no power and we could not join": why it was not held
        mail.unclear.append((r.sentence.start, r.sentence.end))
        return
    if setting.kind == "catch-up":
        if hit.kind != "tentative" and not judging.at_start(r, hit.start, dates=True):  # "ile ya mwisho inanifaa"
            mail.doubts.add("choice")
            mail.unclear.append((r.sentence.start, r.sentence.end))
            return
        if hit.kind == "accept":
            mail.said.append(Said(start, end, "choice", True, Confirm(True), polar=True))
        elif hit.kind == "decline":
            mail.said.append(Said(start, end, "choice", False, Choose(0), polar=True))
        else:
            mail.unclear.append((r.sentence.start, r.sentence.end))
        return
    mail.said.append(Said(start, end, "rsvp", partstat, Rsvp(setting.context.meeting, partstat)))


def _anothers(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether the sentence speaks of somebody else before a phrase that names nobody ("Tom is ill so can't come")."""
    first = (r.lex.pattern("first_person"), r.lex.pattern("from_me"))
    if any(p.search(r.text, hit.start, hit.end) for p in first):
        return False
    context, before = setting.context, r.text[: hit.start]
    greeted = {h.end for h in r.chat if h.kind == "greeting"}
    known = (*r.chat, *r.fillers, *(h for h in r.hits if h.end <= hit.start))
    spans = [(h.start, h.end) for h in known] + [(w.start, w.end) for w in r.whens]
    named = [
        (f.start, f.end) for f in names.people(before, context.agreement, context.school)
        if f.person.key != context.sender.key and not any(0 <= f.start - g <= 2 for g in greeted)
        and not any(s <= f.start and f.end <= e for s, e in spans)
    ]  # fmt: skip
    named += [m.span() for m in r.lex.pattern("third_person").finditer(before)]
    for m in r.lex.pattern("topic").finditer(before):
        small = before[max(m.start() - 1, 0) : m.start()] in "にでとのても"  # には, では and the like
        named += [] if small or any(s <= m.start() - 1 < e for s, e in spans) else [m.span()]
    spans += [m.span() for m in r.lex.pattern("break").finditer(before)]
    spans += [m.span() for t in r.lex.raw["titles"].get("before", []) for m in re.finditer(re.escape(fold(t)), before)]
    for _, end in named:
        left = list(before)
        for s, e in spans:
            left[s : min(e, len(left))] = " " * (min(e, len(left)) - s) if s < len(left) else ""
        gap = "".join(left)[end:]
        if WORD.search(gap) and not any(p.search(before, end) for p in first):
            return True
    return False


def _reaches(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether "bis Freitag" is no farewell but the end of "von Montag bis Freitag"."""
    cal = setting.calendar(r.lex.language)
    until = re.match(rf"(?:{cal.listed('until')}) ", r.text[hit.start : hit.end])
    return bool(until and re.search(r.lex.bounded(cal.listed("from")), r.text[: hit.start]))


def _matches(setting: Setting, r: Clauses, whens: list[When]) -> bool:
    """Whether days and hours named are those of the meeting the mail is about (in doubt they are)."""
    starts, clock = setting.context.starts, setting.clock(r.lex.language)
    if starts is None:
        return True
    for when in whens:
        if when.day is not None:
            day = clock.day(when.day, near_meeting=True)
            days = setting.days_of_meeting()
            if day is not None and when.day.period in ("week", "next-week"):  # `day` is the last of that week
                days = {day} if any((day - x).days in range(7) for x in days) else days
            if day is not None and when.day.period == "month":  # "this month's meeting"
                days = {day} if any((day.year, day.month) == (x.year, x.month) for x in days) else days
            if day is not None and day not in days:
                return False
        if when.hour is not None and when.day is not None:
            moment = clock.moment(when, clock.day(when.day, near_meeting=True))
            if moment is not None and moment != starts and not when.hour.vague:
                return False
    return True


def _same_meeting(setting: Setting, r: Clauses, hit: Hit, used: set[int]) -> bool:
    near = [w for w in r.whens if not r.boundary_between(hit.end if w.start >= hit.end else hit.start, w.start)] or [
        w for w in r.whens if hit.start <= w.start < hit.end
    ]
    used.update(r.whens.index(w) for w in near)
    return _matches(setting, r, near)


def _another_month(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether another month than the meeting's is named in the clause: "in September we met", "November's meeting is
    called off"."""
    starts, cal = setting.context.starts, setting.calendar(r.lex.language)
    if starts is None or hit.kind == "not_met":
        return False
    begin, end = r.clause(hit.start)
    if hit.kind == "went" and not r.has("yes", "ok", "met"):  # "September's, yes: it was great"
        begin = 0
    if hit.kind == "cancel" or not r.has("yes", "ok"):
        dated = [(w.start, w.end) for w in r.whens]
        named = [m for m in cal.named.finditer(r.text, begin, end) if not any(s <= m.start() < e for s, e in dated)]
    else:
        words = r.lex.pattern("in_month").finditer(r.text, begin, end)
        named = [m for m in (cal.named.match(r.text, w.end() + 1) for w in words) if m is not None]
    months = {cal.month_of.get(m[0].strip(".")) for m in named} - {None}
    return bool(months) and starts.month not in months


def _future(setting: Setting, r: Clauses) -> bool:
    """Whether a day that is still to come stands beside "we met"."""
    clock = setting.clock(r.lex.language)
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


def _note(setting: Setting, r: Clauses, mail: Gathered) -> None:
    """What a sentence says beyond its answer, for the notes of a report."""
    s, begin = r.sentence, 0
    for hit in sorted((*r.hits, *r.chat), key=lambda h: h.start):
        if hit.start > begin and re.search(r"\w", r.text[begin : hit.start]):
            break
        after = re.match(r"[ !.]*(?:[,;:.!–]| - )\s*", r.text[hit.end :])
        if hit.kind not in ("yes", "ok", "no", "met", "went", "not_met", "thanks", "greeting"):
            break
        if after:
            begin = hit.end + after.end()
        elif hit.kind in ("yes", "ok") or (hit.kind == "no" and _before_a_statement(r, hit)):
            begin = hit.end
        else:
            break
    start = s.start + r.folded.origin(begin)
    while start < s.end and mail.text[start : start + 1] in " ,;:–-":
        start += 1
    mail.notes.append((start, s.end))


def _before_a_statement(r: Clauses, hit: Hit) -> bool:
    """Whether a no stands before a sentence of its own ("no it didn't"), and denies no verb ("no nos dio tiempo")."""
    behind = hit.end + 1
    if r.lex.pattern("denies").fullmatch(r.text[hit.start : hit.end]):
        return False
    return bool(r.lex.pattern("subject").match(r.text, behind)) or any(h.start == behind for h in (*r.hits, *r.chat))


def _only_chat(r: Clauses) -> bool:
    if not r.chat:
        return False
    if r.chat[0].kind in ("greeting", "closing") and r.chat[0].start <= 1 and len(r.rest()) <= 3 and not r.asks:
        return True
    return not r.rest() or (
        r.chat[0].kind == "thanks" and not r.asks and not r.wishes and not r.hints and r.chat[0].start <= 1
    )
