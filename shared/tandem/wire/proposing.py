"""What a sentence proposes: another time, a talk."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from tandem.core.commands import Counter, Meet
from tandem.wire.clause import Clauses, Hit
from tandem.wire.clock import Clock
from tandem.wire.folding import words
from tandem.wire.mentions import When
from tandem.wire.said import Gathered, Said
from tandem.wire.setting import ASKED, ATTENDING, Setting


def proposals(setting: Setting, r: Clauses, mail: Gathered, used: set[int]) -> None:
    """Other times, each a `Counter`, and a wish to talk; `used` are the whens that belong to something else."""
    whens = [
        w for i, w in enumerate(r.whens)
        if i not in used and not (  # "las dos": the two of us
            w.day is None and w.hour is not None and not re.search(r"\d", r.text[w.start : w.end])
            and any(m.start <= w.start and w.end <= m.end for m in r.meets)
        )
    ]  # fmt: skip
    place = (r.sentence.start, r.sentence.end)
    if place in mail.unclear:
        return
    clock = setting.clock(r.lex.language)
    if _last_day(setting, r, mail, whens, clock):
        return
    whens = [w for w in whens if not _moved_from(setting, r, w, whens, clock)]
    cued = bool(r.proposes or r.meets)
    if not cued:
        full = [w for w in whens if w.day and w.hour]
        bare = not _beyond(r) and (setting.kind in (*ATTENDING, "catch-up") or r.has("decline", "no"))
        if (
            setting.buttoned
            or not full
            or not bare
            or r.has("absence", "pause", "cancel", "accept")
            or (r.asks and r.doubtful)
        ):
            return
        if r.asks and r.lex.pattern("question").search(r.text):
            return
    days = [clock.day(w.day, near_meeting=True) if w.day and not w.hour else None for w in whens]
    if days and setting.days_of_meeting().issuperset(days) and not r.asks and r.has("decline", "no"):
        return  # "that day we have a staff meeting, so I can't"
    if r.meets and setting.kind in ("agreement", "review"):  # "I have to talk to the head first"
        mail.ask(r.sentence)
        return
    if r.meets and not any(w.hour for w in whens):
        _talk(setting, r, mail, whens, clock)
        return
    if cued and not whens:
        if r.asks and not r.doubtful:
            mail.ask(r.sentence)
        return
    if cued and not any(w.hour or r.asks for w in whens) and not r.asks and not any(w.day for w in whens):
        return
    if not r.asks and not any(w.hour for w in whens) and r.rest() and any(x.family == "rsvp" for x in mail.said):
        return  # "I'll come. It has snowed here today."
    known = (*r.hits, *r.doubtful, *r.fillers, *r.chat, *r.proposes, *r.meets)
    negators = [
        m.span()
        for m in r.lex.pattern("negator").finditer(r.text)
        if not any(h.start <= m.start() and m.end() <= h.end for h in known)
    ]
    if any(not r.boundary_between(min(e, w.start), max(s, w.start)) for s, e in negators for w in whens):
        mail.ask(r.sentence)
        return
    if any(w.isdigit() for w in r.rest()):  # "at 10 or 11": a figure that nothing accounts for
        mail.ask(r.sentence)
        return
    if not r.asks and any(r.says("elsewhere", "busy", at=r.clause(w.start)) for w in whens):
        mail.ask(r.sentence)  # "the parents' evening has been moved to Tuesday at 17:00"
        return
    moments = _moments(setting, r, whens, clock)
    if not cued and moments == [setting.context.starts] and r.has("yes", "ok"):
        return  # "yes, Tuesday at noon": the meeting's own time
    if moments is None or setting.context.starts in moments or any(m <= setting.context.now for m in moments):
        mail.ask(r.sentence)
        return
    if not cued:
        r.proposes.append(Hit("propose", whens[0].start, whens[0].start))
    for when, moment in zip(whens, moments, strict=False):
        start, end = r.sentence.start + when.start, r.sentence.start + when.end
        family = f"counter {moment.isoformat()}"  # each proposal stands for itself
        mail.said.append(Said(start, end, family, moment, Counter(setting.context.meeting, moment)))


def _last_day(setting: Setting, r: Clauses, mail: Gathered, whens: list[When], clock: Clock) -> bool:
    """Whether a sentence only gives the last day of the talk that the one before wished for ("By 23 October.")."""
    wish = next((x for x in reversed(mail.said) if x.family == "meet" and x.value is None), None)
    if wish is None or r.hits or r.doubtful or r.proposes or r.meets or r.asks or len(whens) != 1:
        return False
    day, cal = whens[0].day, setting.calendar(r.lex.language)
    if day is None or whens[0].hour is not None or not cal.is_limit("by", r.text, day) or len(r.rest()) > 1:
        return False
    found = clock.day(day)
    if found is None:
        return False
    wish.value, wish.command = found, Meet(found)
    return True


def _moved_from(setting: Setting, r: Clauses, when: When, whens: list[When], clock: Clock) -> bool:
    """Whether a day is only the meeting's own, named beside the one proposed ("instead of Tuesday, Thursday at 10");
    the first of two that are joined by "or" is a proposal too."""
    if when.day is None or when.hour is not None:
        return False
    if clock.day(when.day, near_meeting=True) not in setting.days_of_meeting():
        return False
    for other in whens:
        if other.day is None or other.hour is None:
            continue
        between = r.text[min(when.end, other.end) : max(when.start, other.start)].strip(" ,")
        if between and not r.lex.pattern("option").fullmatch(between):
            return True
    return False


def _beyond(r: Clauses) -> list[str]:
    """Words left over when the small words of a proposal or a choice are put aside."""
    options = {w for m in r.lex.pattern("option").finditer(r.text) for w in words(m[0])}
    return [w for w in r.rest() if w not in options]


def _talk(setting: Setting, r: Clauses, mail: Gathered, whens: list[When], clock: Clock) -> None:
    """A wish to talk, with or without a last day."""
    cal = setting.calendar(r.lex.language)
    days = [w.day for w in whens if w.day is not None]
    by: date | None = None
    ends = [d for d in days if not d.period and cal.is_limit("by", r.text, d)]
    if len(days) > 1 and len(ends) == 1:
        days = ends  # "this week or next, by the 16th at the latest"
    if len(days) > 1:
        mail.ask(r.sentence)
        return
    if days:
        found = clock.day(days[0])
        limit = cal.is_limit("by", r.text, days[0]) or bool(days[0].period)
        earlier = cal.is_limit("before", r.text, days[0])
        another_week = (
            setting.kind in ATTENDING and days[0].period == "next-week"
        )  # moves the meeting, and says not when
        if found is None or another_week or not (limit or earlier):
            mail.ask(r.sentence)
            return
        by = found - timedelta(days=1) if earlier and not days[0].period else found
    mail.said.append(Said(r.sentence.start + r.meets[0].start, r.sentence.start + r.meets[0].end, "meet", by, Meet(by)))


def _moments(setting: Setting, r: Clauses, whens: list[When], clock: Clock) -> list[Any] | None:
    """The moments proposed; days and hours that share the other half are completed. None: one can't be told."""
    near = setting.kind not in ("catch-up", *ASKED) and setting.ahead
    out: list[Any] = []
    for i, when in enumerate(whens):
        hour, zone, day = when.hour, when.zone, when.day
        if hour is None:
            later = next((w for w in whens[i + 1 :] if w.hour is not None), None)
            if later is None or later.day is None:
                return None
            hour, zone = later.hour, later.zone
        if day is None and (hour is None or hour.shift is None):
            earlier = next((w for w in reversed(whens[:i]) if w.day is not None), None)
            if earlier is None:
                return None
            day = earlier.day
        moment = clock.moment(
            When(when.start, when.end, day, hour, zone), clock.day(day, near_meeting=near) if day else None
        )
        if moment is None:
            return None
        out.append(moment)
    return out if out else None
