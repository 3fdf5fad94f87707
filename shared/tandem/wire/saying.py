"""What one sentence of a mail says, by what the mail answers."""

from __future__ import annotations

import re

from tandem.wire import judging, meant, standing
from tandem.wire.choosing import all_but_some, choices, refuses_some
from tandem.wire.clause import POLAR, REPORTS, Clauses, Hit
from tandem.wire.deciding import decisions
from tandem.wire.doubting import aside, goes_on_with, moot
from tandem.wire.folding import WORD
from tandem.wire.lasting import absences
from tandem.wire.proposing import proposals
from tandem.wire.said import Gathered
from tandem.wire.setting import ASKED, ATTENDING, Setting

NOTED = ("yes", "ok", "no", "met", "went", "not_met", "acknowledge")  # beside these a sentence may say more


def say(setting: Setting, r: Clauses, mail: Gathered) -> None:
    """Adds to `mail` what one sentence says, or that it is unclear, or that it is no more than chat."""
    s = r.sentence
    if (s.start, s.end) in mail.done:
        return
    before = len(mail.said) + len(mail.unclear)
    if setting.kind != "escalation" and r.lex.pattern("defers").search(r.text):
        mail.doubts.add("later")  # "Yes, I have received it. I'll read it at the weekend."
    if setting.kind in ASKED:
        _leave_other_times(setting, r)
    if r.lex.pattern("corrects").search(r.text):  # "We didn't meet. No, wait, that was September. We did meet."
        taken_back = [x for x in mail.said if x.family in ("report", "rsvp", "bare")]
        mail.said = [x for x in mail.said if x not in taken_back]
        mail.corrected += [(x.start, x.end) for x in taken_back]
    if all_but_some(setting, r, mail) or refuses_some(setting, r, mail):
        return
    used: set[int] = set()  # indexes of whens that belong to something
    absences(setting, r, mail, used)
    decisions(setting, r, mail, used)
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
        goes_on = standing.goes_on(r, hit.end) if r.lex.spaced else standing.foreign(r, hit)
        if r.asks and hit.kind == "accept" and goes_on and not r.whens:
            continue  # はい、参加します。生徒も参加するのでしょうか？
        mail.doubts.add("perhaps" if another else setting.family(hit.kind))
    said = len(mail.said) + len(mail.unclear) > before
    if (s.start, s.end) in mail.unclear:
        return
    denial = r.lex.pattern("negator").fullmatch(r.text.strip(" .!?"))  # "We met. Not!"
    if not said and (denial or judging.conditional(r)):  # "Yes. Subject to the governors' approval."
        mail.ask(r.sentence, "report", "rsvp", "answer", "choice")
        return
    if not said and r.lex.pattern("defers").search(r.text):
        if setting.kind in ("agreement", "review"):
            mail.ask(s)  # "we shall put it to the governors": the answer is still to come
            return
        if setting.kind in (*ATTENDING, *ASKED, "catch-up"):
            mail.asides.append(s)  # "Thanks, I'll ask Tom and tell you"
            return
    if not said and setting.kind == "escalation" and r.has("leaving"):  # "Thank you, but I retired last month"
        mail.ask(s)
        return
    left = r.rest()
    more = bool(left or r.proposes or r.meets)
    if more and setting.kind == "agreement" and r.has("yes", "ok", "sign") and _restricts(r):
        mail.doubts.add("answer")  # "yes, but the hour must change", "all but the phone number": no signature
    decided = [h.end for h in r.hits if h.kind in ("yes", "ok", "go_on", "end")]
    if setting.kind == "review" and left and decided and r.lex.pattern("but").search(r.text, max(decided)):
        mail.doubts.add("answer")  # "yes, but the head would stop"
    if setting.kind in ("agreement", "review", "escalation") and left and not said and _begins_with_but(r):
        mail.ask(s)  # "Signed. But the phone number is wrong."
        if setting.kind != "escalation":
            mail.doubts.add("answer")
        return
    doubtful = bool(open_doubts) and not setting.buttoned  # beside a button, half an answer is chat
    why = r.hints and any(x.family == "cancel" for x in mail.said)  # "we must call it off. The school has no water."
    if doubtful or ((r.asks or r.wishes or (r.hints and not why)) and _asks_more(setting, r, said)):
        mail.ask(s)
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


def _leave_other_times(setting: Setting, r: Clauses) -> None:
    """Makes chat of what is told of another time beside what is told of this one ("last month it fell through, this
    time we met")."""
    told = [h for h in (*r.hits, *r.doubtful) if h.kind in (*POLAR, *REPORTS)]
    others = [h for h in told if meant.another_time(setting, r, h)]
    if r.asks or not others or len(others) == len(told):
        return
    r.hits = [h for h in r.hits if h not in others]
    r.doubtful = [h for h in r.doubtful if h not in others]
    r.chat += [Hit("chat", h.start, h.end) for h in others]


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
        for m in (*r.lex.pattern("break").finditer(r.text), *taken_back.finditer(r.text))
        if m.start() > signed or not r.lex.spaced or taken_back.fullmatch(m[0])
    )
    signs = [h for h in r.hits if h.kind in ("yes", "ok", "sign")]  # "we agree to all of it and sign it gladly"
    breaks = (
        (s, e) for s, e in breaks
        if not (any(h.end <= s for h in signs) and any(h.start in (e, e + 1) for h in signs))
    )  # fmt: skip
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
