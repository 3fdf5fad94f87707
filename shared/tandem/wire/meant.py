"""Which meeting a sentence is about: the one that the mail is about, or another."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from tandem.wire.clause import POLAR, REPORTS, Clauses, Hit
from tandem.wire.mentions import When
from tandem.wire.setting import Setting


def names_meeting(r: Clauses, text: str) -> bool:
    """Whether words say that it is a meeting they are about, and not what a receipt tells or somebody's wedding."""
    meeting = r.lex.words.get("meeting")
    return meeting is None or bool(re.search(r.lex.bounded(r.lex.alternatives([meeting])), text))


def matches(setting: Setting, r: Clauses, whens: list[When]) -> bool:
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


def same_meeting(setting: Setting, r: Clauses, hit: Hit, used: set[int]) -> bool:
    """Whether the days beside a phrase are the meeting's; adds their indexes to `used`."""
    near = [w for w in r.whens if not r.boundary_between(hit.end if w.start >= hit.end else hit.start, w.start)] or [
        w for w in r.whens if hit.start <= w.start < hit.end
    ]
    used.update(r.whens.index(w) for w in near)
    return matches(setting, r, near)


def another_month(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether another month than the meeting's is named in the clause: "in September we met", "November's meeting is
    called off", or behind it only to say which one is meant ("we met, but that was September's")."""
    if setting.context.starts is None or hit.kind == "not_met":
        return False
    begin, end = r.clause(hit.start)
    if hit.kind in (*POLAR, "met", "went"):  # "September's, yes: it was great"
        begin = max((m.end() for m in r.lex.pattern("but").finditer(r.text, 0, hit.start)), default=0)
    taken_back = any(m.end() >= hit.end for m in r.lex.pattern("but").finditer(r.text))
    if hit.kind in ("met", "went") and taken_back and not any(h.start > hit.end for h in r.hits):
        end = len(r.text)
    return _other_months(setting, r, begin, end, dated=hit.kind in ("cancel", *POLAR) or not r.has("yes", "ok"))


def of_last_week(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether a report stands beside "last week" where the meeting was in this one."""
    starts, zone = setting.context.starts, ZoneInfo(setting.zone)
    if starts is None or not r.lex.pattern("last_week").search(r.text, *r.clause(hit.start)):
        return False
    today, met = setting.context.now.astimezone(zone).date(), starts.astimezone(zone).date()
    return today - timedelta(days=today.weekday()) <= met


def another_time(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether a yes, a no or a report stands beside words for an earlier meeting or another month ("in September we
    didn't", "September's, yes")."""
    if setting.context.starts is None or hit.kind not in (*POLAR, *REPORTS):
        return False
    begin, end = r.clause(hit.start)
    earlier = r.lex.pattern("last_time").search(r.text, begin, end)
    return bool(earlier) or _other_months(setting, r, begin, end, dated=True)


def _other_months(setting: Setting, r: Clauses, begin: int, end: int, *, dated: bool) -> bool:
    """Whether months are named of which none is the meeting's: outside of dates, or only behind a word like "in"."""
    starts, cal = setting.context.starts, setting.calendar(r.lex.language)
    assert starts is not None
    if dated:
        whens = [(w.start, w.end) for w in r.whens]
        named = [m for m in cal.named.finditer(r.text, begin, end) if not any(s <= m.start() < e for s, e in whens)]
    else:
        words = r.lex.pattern("in_month").finditer(r.text, begin, end)
        named = [m for m in (cal.named.match(r.text, w.end() + 1) for w in words) if m is not None]
    months = {cal.month_of.get(m[0].strip(".")) for m in named} - {None}
    return bool(months) and starts.month not in months


def future(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether a day that is still to come stands beside "we met"."""
    clock = setting.clock(r.lex.language)
    for when in r.whens:
        if when.start >= hit.end and r.boundary_between(hit.end, when.start):
            continue  # "yes, we met, and I'll send the photos tomorrow"
        if when.day is not None and when.day.offset is not None and when.day.offset > 0:
            return True
        if when.day is not None and when.day.week == 1:
            return True
        if when.day is not None and when.day.month is not None and when.day.year is not None:
            day = clock.day(when.day)
            if day and day > clock.today:
                return True
    return False
