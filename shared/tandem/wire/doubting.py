"""What is unsure in a sentence and changes nothing: chat beside an answer, and what the mail has said for sure."""

from __future__ import annotations

from tandem.wire import standing
from tandem.wire.clause import REPORTS, Clauses, Hit
from tandem.wire.said import Gathered
from tandem.wire.setting import ASKED, ATTENDING, Setting


def aside(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether a sentence is chat beside an answer, and asked about alone: one that only begins with "no" ("No power
    in the whole town", "I don't know what they say"), or that tells of a colleague."""
    if setting.kind in (*ATTENDING, *ASKED, "escalation") and hit.kind == "no":
        return standing.goes_on_alone(r, hit)
    if setting.kind == "escalation" and hit.kind in ("acknowledge", "met", "not_met", "not_yet"):
        # "I see that no meeting took place", but not "before I do anything, I should like to know"
        return not r.asks and not r.says("hedge", "first_of_all")
    if setting.kind == "catch-up" and hit.kind in ("met", "went", "not_met"):
        return not r.asks and not r.numbers and not r.has("any", "none")  # "a pity that it did not work out"
    return setting.kind in ATTENDING and _tells_of_another(setting, r, hit)


def _tells_of_another(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether a colleague is named who comes or does not."""
    if hit.kind not in ("accept", "decline", "tentative") or not standing.of_another(r, hit):
        return False
    return bool(setting.others(r.text[: hit.start]))


def moot(setting: Setting, r: Clauses, hit: Hit) -> bool:
    """Whether what is unsure changes nothing: it was said for sure as well in the same sentence ("Tom can't come, I
    can't come"), or beside a report it tells who took part or was away."""
    if hit.kind == "mine":
        return setting.kind != "notice"  # the 是我 of 是我们的校庆
    if r.asks:
        return False
    if hit.kind in ("no", "wrong") and r.has("wrong"):
        return True
    if hit.kind in ("takes_over", "leaving", "leaves") and r.has("go_on", "end"):
        return True  # "we have nobody left to run it, so we would rather not continue"
    if hit.kind == "absence" and r.has("decline"):
        return True  # "I can't on the 13th, we're off with 8b": why
    if setting.kind == "notice" and hit.kind in ("yes", "ok") and r.has("yes"):
        return True  # "Yes, I confirm that Joy takes over"
    if setting.kind == "notice" and hit.kind in ("takes_over", "leaving", "leaves"):
        return r.has("yes", "ok", "no")  # "No, Joy isn't the one who takes over"
    if not r.lex.spaced and hit.kind == "yes" and hit.end - hit.start == 1:  # the 是 of "见了，这次是最好的一次"
        return any(h.end <= hit.start and r.boundary_between(h.end, hit.start) for h in r.hits)
    past = setting.kind in ATTENDING and r.lex.pattern("last_time").search(r.text, *r.clause(hit.start))
    if past and hit.kind in ("accept", "decline", "absence", "not_met", "no"):
        return r.has("accept", "decline")
    if hit.kind == "tentative" and setting.kind in ATTENDING and _in_passing(r, hit):
        return True
    if any(h.kind == hit.kind and r.boundary_between(h.start, hit.start) for h in r.hits):
        return hit.kind not in ("accept", "tentative", "yes", "ok")
    if setting.kind not in ASKED:
        return False
    return hit.kind == "accept" or (hit.kind in ("decline", "absence") and r.has(*REPORTS))


def goes_on_with(setting: Setting, r: Clauses, hit: Hit, mail: Gathered) -> bool:
    """Whether what is unsure only goes on with a firm report ("We met. Tom couldn't come.")."""
    if r.asks or r.lex.pattern("hedge").search(r.text):
        return False
    if hit.kind == "no" and any(x.family == "pause" for x in mail.said) and standing.goes_on(r, hit.end):
        return True  # "please pause until 1 February. We are moving and have no room"
    if r.has("cancel") or any(x.family == "cancel" for x in mail.said):
        # "We must call it off. The whole of Year 9 is out that day."
        why = hit.kind == "no" and standing.goes_on(r, hit.end)  # "... - no heating in the building"
        return why or (hit.kind in ("accept", "decline", "absence", "not_met") and standing.foreign(r, hit))
    earlier = [x for x in mail.said if x.start < r.sentence.start and not x.weak]
    refused = any(x.value is False or x.value == "DECLINED" for x in earlier)
    if setting.kind == "notice" and hit.kind in ("no", "wrong", "mine") and (refused or r.has("no")):
        return True  # "No, that was not me. I don't know the address."
    unmet = any(h.kind == "not_met" and h.end <= hit.start for h in r.hits)
    if hit.kind == "no" and r.lex.spaced and (refused or unmet):
        return True  # "No, we prefer to stop. We have no time any more."
    if setting.kind not in ASKED:
        return False
    met = any(h.kind in ("met", "went") and h.end <= hit.start for h in r.hits)
    if met and hit.kind in ("yes", "ok") and not r.lex.pattern("but").search(r.text):
        return True  # "We met as planned and agreed the dates."
    held = {x.value for x in earlier if x.family == "report"}
    if len(held) != 1 or "report" in mail.doubts:
        return False
    same = {"met": True, "went": True, "not_met": False}.get(hit.kind)
    others = same is not None and standing.foreign(r, hit)
    return hit.kind in ("accept", "decline", "absence") or same in held or others


def _in_passing(r: Clauses, hit: Hit) -> bool:
    """Whether a "perhaps" behind an answer is about a small thing ("I'll come, perhaps five minutes late")."""
    answered = any(
        h.kind in ("accept", "decline") and h.end <= hit.start and r.boundary_between(h.end, hit.start) for h in r.hits
    )
    behind = [h for h in (*r.hits, *r.doubtful) if h is not hit and h.start >= hit.end]
    begin, end = r.clause(hit.start)
    dated = any(begin <= w.start < end for w in r.whens)
    return answered and not behind and not dated and standing.goes_on(r, hit.end)
