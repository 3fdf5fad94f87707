"""What each decision of a sentence comes to, by what the mail answers."""

from __future__ import annotations

import re
from collections.abc import Callable
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
    Sign,
    Undo,
)
from tandem.wire import meant, standing
from tandem.wire.attending import attendance
from tandem.wire.clause import Clauses, Hit
from tandem.wire.lasting import until
from tandem.wire.mentions import When
from tandem.wire.said import Gathered, Said
from tandem.wire.setting import ASKED, ATTENDING, Setting

Meaning = tuple[Any, Command] | None  # a value that others of its family must agree with; None: nothing more to say


def decisions(setting: Setting, r: Clauses, mail: Gathered, used: set[int]) -> None:
    """Adds what the decisions of a sentence are, one by one."""
    for hit in r.hits:
        read = _MEANINGS.get(hit.kind)
        found = read(setting, r, hit, mail, used) if read else None
        if found is not None:
            start, end = _place(r, hit)
            mail.said.append(Said(start, end, setting.family(hit.kind), *found))


def _place(r: Clauses, hit: Hit) -> tuple[int, int]:
    return r.sentence.start + hit.start, r.sentence.start + hit.end


def _yes_or_no(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, _: set[int]) -> Meaning:
    place, family, weak = _place(r, hit), setting.family(hit.kind), hit.kind == "ok"
    yes, command = hit.kind != "no", setting.polar(hit.kind)
    if command is None:
        if not (weak and setting.kind not in (None, *ASKED) and (mail.chatted or r.chat)):
            mail.said.append(Said(*place, "bare", hit.kind, None, weak=weak))
        return None
    if family == "report" and not r.has("met", "not_met") and meant.another_month(setting, r, hit):
        mail.asides.append(r.sentence)  # "September's, yes. This one I couldn't say."
        return None
    value: Any = yes
    if family == "rsvp":
        value = "ACCEPTED" if yes else "DECLINED"
        if yes and not r.rest() and r.whens and not meant.matches(setting, r, r.whens):
            mail.ask(r.sentence, family)  # "yes, Wednesday" to Tuesday's meeting
            return None
    if family == "choice" and yes and any(w.day and not w.hour for w in r.whens):
        mail.ask(r.sentence, family)  # "fine, the 15th": which of the slots is that?
        return None
    mail.said.append(Said(*place, family, value, command, weak=weak, polar=True))
    return None


def _objects(*_: object) -> Meaning:
    return False, Confirm(False)  # "I don't agree with the hour", to an agreement


def _mine_or_wrong(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, _: set[int]) -> Meaning:
    mine = hit.kind == "mine"
    if mine and setting.kind != "notice":  # "that was me, sorry": no yes
        mail.ask(r.sentence, setting.family(hit.kind))
        return None
    if not setting.context.asks:
        mail.ask(r.sentence)
        return None
    return mine, Undo() if setting.kind == "receipt" else Confirm(mine)


def _report(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, used: set[int]) -> Meaning:
    if hit.kind == "not_met" and setting.kind == "catch-up":  # "a pity that it did not work out": known
        mail.asides.append(r.sentence)
        return None
    if meant.of_last_week(setting, r, hit):
        mail.ask(r.sentence, "report")
        return None
    if meant.another_month(setting, r, hit):  # "In September we met. Yesterday we didn't."
        mail.asides.append(r.sentence)
        return None
    if meant.future(setting, r, hit) or not setting.over:
        if setting.kind in ATTENDING or not r.has("yes", "ok", "no"):  # "Yes, Joy takes over; we spoke on Friday"
            mail.ask(r.sentence, "report")
        return None
    used.update(range(len(r.whens)))
    held = hit.kind != "not_met"
    if setting.kind in ASKED and meant.another_time(setting, r, hit):  # "last month we met": of this one, if no other
        mail.earlier.append(_place(r, hit))
    return held, Report(setting.context.meeting, held)


def _kept(_: Setting, r: Clauses, hit: Hit, mail: Gathered, __: set[int]) -> Meaning:
    """A no that undoes nothing ("no need", "no, that's right"); "it's all correct" is chat."""
    mail.doubts.add("answer")
    said = r.text[hit.start : hit.end]
    if r.lex.pattern("no").search(said) or r.lex.pattern("negator").search(said):
        mail.ask(r.sentence)
    else:
        mail.chatted = True
    return None


def _not_yet(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, _: set[int]) -> Meaning:
    if setting.kind == "catch-up":  # "let us hope that it works this time"
        mail.asides.append(r.sentence)
        return None
    if not (_once_more(r, hit, mail) or (setting.kind in ATTENDING and _undecided(r, mail))):
        mail.ask(r.sentence, "report", *((setting.family("no"),) if r.has("no") else ()))
    return None


def _attends(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, used: set[int]) -> Meaning:
    attendance(setting, r, hit, mail, used, *_place(r, hit))
    return None


def _cancel(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, used: set[int]) -> Meaning:
    if setting.kind == "receipt" and not r.whens and not meant.names_meeting(r, r.text[hit.start : hit.end]):
        if not any(x.family == "answer" for x in mail.said):  # "that was a mistake, please cancel it"
            mail.ask(r.sentence)
        return None
    another = meant.another_month(setting, r, hit) or not meant.same_meeting(setting, r, hit, used)
    if setting.kind in ASKED or another:
        mail.ask(r.sentence, "report")
        return None
    return "cancel", Cancel(setting.context.meeting)


def _pause(setting: Setting, r: Clauses, _: Hit, mail: Gathered, used: set[int]) -> Meaning:
    last = until(setting, r)
    used.update(range(len(r.whens)))
    if last is None:
        mail.ask(r.sentence)
        return None
    return last, Pause(last)


def _sign(*_: object) -> Meaning:
    return True, Sign()


def _review(_: Setting, __: Clauses, hit: Hit, ___: Gathered, ____: set[int]) -> Meaning:
    return hit.kind == "go_on", Review(hit.kind == "go_on")


def _acknowledge(*_: object) -> Meaning:
    return True, Acknowledge()


def _any(_: Setting, r: Clauses, hit: Hit, mail: Gathered, __: set[int]) -> Meaning:
    if _of_something(r, hit) or (r.has("none") and standing.goes_on(r, hit.end)):
        return None  # "we have exams all week", "all three fall into exam week, so none suits us"
    # "any on Thursday", "after two any of them": not all that was offered; "las tres" are no hour
    if any((w.end <= hit.start or hit.end <= w.start) and not _own_statement(r, hit, w) for w in r.whens):
        mail.ask(r.sentence, "choice")
        return None
    if r.rest() and r.lex.pattern("but").search(r.text, hit.end):  # "any but what Tom said"
        mail.ask(r.sentence, "choice")
        return None
    return "any", Choose(-1)


def _none(_: Setting, r: Clauses, hit: Hit, mail: Gathered, __: set[int]) -> Meaning:
    if standing.goes_on(r, hit.end):  # "none of my pupils have handed in the forms"
        mail.ask(r.sentence, "choice")
        return None
    return False, Choose(0)


def _both(setting: Setting, r: Clauses, hit: Hit, mail: Gathered, _: set[int]) -> Meaning:
    if _of_something(r, hit):
        return None
    if setting.context.options != 2:
        mail.ask(r.sentence)
        return None
    mail.said.append(Said(*_place(r, hit), "choice", 1, Choose(1)))
    return 2, Choose(2)


_MEANINGS: dict[str, Callable[[Setting, Clauses, Hit, Gathered, set[int]], Meaning]] = {
    "yes": _yes_or_no, "ok": _yes_or_no, "no": _yes_or_no,
    "objects": _objects, "mine": _mine_or_wrong, "wrong": _mine_or_wrong, "kept": _kept,
    "met": _report, "went": _report, "not_met": _report, "not_yet": _not_yet,
    "accept": _attends, "decline": _attends, "tentative": _attends,
    "cancel": _cancel, "pause": _pause, "sign": _sign, "go_on": _review, "end": _review, "acknowledge": _acknowledge,
    "any": _any, "none": _none, "both": _both,
}  # fmt: skip


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
    return not known and standing.goes_on(r, hit.end)


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
