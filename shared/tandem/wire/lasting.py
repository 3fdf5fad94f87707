"""From when until when: of an absence, and of a pause."""

from __future__ import annotations

from datetime import date, timedelta

from tandem.core.commands import Absence, Rsvp
from tandem.wire.clause import Clauses
from tandem.wire.folding import fold
from tandem.wire.mentions import Day
from tandem.wire.said import Gathered, Said
from tandem.wire.setting import ATTENDING, Setting


def until(setting: Setting, r: Clauses) -> date | None:
    """The day up to which something lasts, on the sender's calendar, where one and no more is named and to come."""
    cal, clock = setting.calendar(r.lex.language), setting.clock(r.lex.language)
    spans = cal.ranges(r.text)
    if len(spans) != 1 or spans[0][3] is None:
        return None
    _, _, first, last = spans[0]
    if first is last and last is not None and not cal.is_limit("until", r.text, last):
        return None
    found = clock.day(spans[0][3])
    return found if found and found > clock.today else None


def _whole_week(r: Clauses, day: Day | None) -> bool:
    """Whether "next week" is named as a whole, and not its end."""
    weeks = [fold(w) for w in r.lex.raw["dates"].get("whole_week", [])]
    return day is not None and day.period == "next-week" and r.text[day.start : day.end].strip() in weeks


def _of_another(setting: Setting, r: Clauses) -> bool:
    """Whether a sentence speaks of somebody else alone."""
    if r.says("first_person", "from_me"):
        return False
    told = "first_person" in r.lex.raw["say"] or r.says("third_person")
    return told and any(
        not r.greeted(f.start) and r.text[f.end : f.end + 1] not in (",", ":", "!") for f in setting.others(r.text)
    )


def absences(setting: Setting, r: Clauses, mail: Gathered, used: set[int]) -> None:
    """Adds to `mail` that the sender is away, and to `used` the days that say so; unclear where the days are."""
    hits = [h for h in r.hits if h.kind == "absence"]
    if not hits:
        return
    closed = [m.span() for m in r.lex.pattern("hint").finditer(r.text)]
    if any(s < hits[0].end and hits[0].start < e for s, e in closed):  # 学校が休みです: the school's, and needs a label
        mail.ask(r.sentence)
        return
    if _of_another(setting, r):  # "Zoë can't on Tuesday, she is away on a course"
        mail.ask(r.sentence)
        return
    cal, clock = setting.calendar(r.lex.language), setting.clock(r.lex.language)
    back = [m.start() for m in r.lex.pattern("back").finditer(r.text)]
    spans = [  # the verb stands before the day, in some languages behind it
        s for s in cal.ranges(r.text) if not any(not r.boundary_between(b, s[0] if b < s[0] else s[1]) for b in back)
    ]
    spans = [s for s in spans if not any(not r.boundary_between(p.start, s[0]) for p in (*r.proposes, *r.meets))]
    spans = [  # "it was to be Tuesday, but I was away"
        s for s in spans if s[1] > hits[0].start or not r.lex.pattern("break").search(r.text, s[1], hits[0].start)
    ]
    if len(spans) > 1:  # those of its own clause
        spans = [
            s for s in spans if not r.boundary_between(hits[0].end if s[0] >= hits[0].end else hits[0].start, s[0])
        ]
    week = len(spans) == 1 and _whole_week(r, spans[0][3]) and spans[0][2] is spans[0][3]
    if len(spans) != 1 or spans[0][3] is None or (spans[0][3].period and spans[0][2] is spans[0][3] and not week):
        answered = r.has("decline") or (setting.kind in ATTENDING and not spans and r.has("accept"))
        if not answered and not any(x.family == "rsvp" and x.value == "DECLINED" for x in mail.said):
            mail.ask(r.sentence)
        return
    start, end, first, last = spans[0]
    if last is None or cal.is_limit("before", r.text, last):  # the last day away, or the first day back?
        mail.ask(r.sentence)
        return
    until = clock.day(last, near_meeting=first is last)
    begin = None if first is None else until if first is last else clock.day(first)
    if week and until:  # `until` is its Sunday
        begin = until - timedelta(days=6)
    if begin and until and begin > until and first is not None and first.year is None and first.month is None:
        begin = None
    if until is None or (first is not None and (begin is None or begin > until)) or until < clock.today:
        mail.ask(r.sentence)
        return
    used.update(i for i, w in enumerate(r.whens) if start <= w.start and w.end <= end)
    hit = hits[0]
    that_day = setting.kind in ATTENDING and begin == until and until in setting.days_of_meeting()
    if that_day and r.has("decline"):
        return  # "on the 13th I am on a trip, I can't come": why, and no more
    if that_day and r.lex.pattern("decline").search(r.text[hit.start : hit.end]):  # "sitakuwepo Jumanne"
        month = setting.context.meeting
        begins, ends = r.sentence.start + hit.start, r.sentence.start + hit.end
        mail.said.append(Said(begins, ends, "rsvp", "DECLINED", Rsvp(month, "DECLINED")))
        return
    mail.said.append(
        Said(
            r.sentence.start + hits[0].start,
            r.sentence.start + hits[0].end,
            "absence",
            (begin, until),
            Absence(begin, until),
        )
    )
