"""What does not change while one mail is read: who writes, in which languages, on which clock, in answer to what."""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tandem.core.commands import Acknowledge, Choose, Command, Confirm, Report, Review, Rsvp, Sign, Undo
from tandem.wire import names, times
from tandem.wire.clock import Clock
from tandem.wire.folding import fold
from tandem.wire.inbound import Context
from tandem.wire.phrases import LANGUAGES, base, lexicon

ATTENDING = ("invite", "update", "reminder")
ASKED = ("check-in", "nudge")
LEAVING = ("pause", "leaving", "leaves", "takes_over", "absence")
OTHERWISE = ("accept", "decline", "met", "not_met", "not_yet", "cancel", "mine", *LEAVING)
ANSWERS = (
    "yes", "ok", "no", "objects", "wrong", "mine", "kept", "sign", "go_on", "end", "acknowledge", "any", "none", "both",
)  # fmt: skip
# what can be decided at all in answer to a kind of mail
DECIDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ATTENDING, ("tentative", *OTHERWISE)),
    "check-in": ("went", *OTHERWISE),
    "nudge": ("went", *OTHERWISE),
    "agreement": ("sign", "objects", *LEAVING),
    "review": ("go_on", "end", *LEAVING),
    "escalation": ("acknowledge", "met", "not_met", "not_yet", *LEAVING),
    "catch-up": ("any", "none", "both", *OTHERWISE),
    "receipt": ("wrong", "kept", *OTHERWISE),
    "notice": ("wrong", *OTHERWISE),
}


class Setting:
    """One mail's."""

    def __init__(self, context: Context, buttoned: bool = False) -> None:
        self.context = context
        self.buttoned = buttoned  # a calendar program has answered, and may have written words of its own
        self.kind = context.reply_to
        agreement, school = context.agreement, context.school
        own, partner = agreement.language_of(school, context.sender), agreement.partner(school.id)
        self.preferred = list(dict.fromkeys([base(own), base(school.language), base(partner.language), "en"]))
        self.languages = self.preferred  # to be tried, the likeliest first
        self.american = school.country.split("-")[0] == "US" or own.lower() == "en-us"
        self.zone, self.partner_zone = agreement.timezone_of(school, context.sender), partner.timezone
        zones = {self.zone, school.timezone, partner.timezone, *(p.timezone for _, p in agreement.people if p.timezone)}
        self.cities = {z.rsplit("/", 1)[-1].replace("_", " ").lower(): z for z in sorted(zones)}
        self.kinds = frozenset(("yes", "ok", "no", *DECIDED.get(self.kind or "", OTHERWISE)))
        self.soon = self._soon() if self.kind == "catch-up" else frozenset()
        self._clocks: dict[str, Clock] = {}

    def _soon(self) -> frozenset[int]:
        """The days of the month from today to the last that a catch-up's window can hold, and two more for zones."""
        today, policy = self.context.now.astimezone(ZoneInfo(self.zone)).date(), self.context.agreement.policy
        return frozenset((today + timedelta(days=n)).day for n in range(policy.catch_up_days + 3))

    def languages_of(self, text: str) -> list[str]:
        """The languages to try on these words, the likeliest first."""
        folded = fold(text)
        words = re.findall(r"(?:[^\W\d_]|[\u0900-\u097f])+(?:'[^\W\d_]+)?", folded)
        han = len(re.findall(r"[\u3400-\u9fff]", folded))
        kana = len(re.findall(r"[\u3040-\u30ff]", folded))
        scores: dict[str, float] = {}
        for language in LANGUAGES:
            if language == "ja":
                scores[language] = float(kana * 2 + (0.5 if han and "ja" in self.preferred and not kana else 0))
            elif language == "zh":
                scores[language] = float(han if not kana else 0)
            else:
                lex = lexicon(language)
                pieces = [p for w in words for p in {w, *w.split("'")}]
                scores[language] = sum(1.0 if w in lex.common else 0.4 if w in lex.vocabulary else 0.0 for w in pieces)
        if han and not kana and "ja" in self.preferred and "zh" not in self.preferred:
            scores["ja"] = float(han)
        best = max(scores.values())
        rank = {lang: i for i, lang in enumerate(self.preferred)}
        familiar = max(scores[lang] for lang in self.preferred)  # a language nobody here uses must be the clear winner
        likely = [
            lang
            for lang in LANGUAGES
            if best and scores[lang] >= best and (lang in self.preferred or best > familiar + 0.7)
        ]
        likely.sort(key=lambda lang: rank.get(lang, 99))
        close = [lang for lang in self.preferred if lang not in likely]
        return [*likely, *close]

    @property
    def for_labels(self) -> list[str]:
        """For the text of labels: the languages of the mail, then all the others."""
        return [*self.languages, *(lang for lang in LANGUAGES if lang not in self.languages)]

    def calendar(self, language: str) -> times.Calendar:
        month_first = str(lexicon(language).raw["dates"].get("numeric", "dmy")) != "dmy" or (
            language == "en" and self.american
        )
        return times.calendar(language, not month_first)

    def clock(self, language: str) -> Clock:
        """The sender's clock, as words of that language are read on it."""
        if language not in self._clocks:
            means = str(lexicon(language).raw["dates"].get("next_means", "ambiguous"))
            context = self.context
            self._clocks[language] = Clock(
                context.now, self.zone, context.school, self.partner_zone, context.starts, means
            )
        return self._clocks[language]

    def others(self, text: str) -> list[names.Found]:
        """The participants whom a folded text names, but for the sender."""
        found = names.people(text, self.context.agreement, self.context.school)
        return [f for f in found if f.person.key != self.context.sender.key]

    @property
    def over(self) -> bool:
        """Whether the meeting may have been held by now."""
        return self.kind in ASKED or self.context.starts is None or self.context.now >= self.context.starts

    @property
    def ahead(self) -> bool:
        """Whether the meeting is known to be still to come."""
        return self.context.starts is not None and self.context.starts > self.context.now

    def days_of_meeting(self) -> set[date]:
        """The meeting's day on either school's calendar and the sender's."""
        starts = self.context.starts
        return {starts.astimezone(ZoneInfo(z)).date() for z in (self.zone, self.partner_zone)} if starts else set()

    def family(self, kind: str) -> str:
        if kind in ("met", "went", "not_met", "not_yet"):
            return "report"
        if kind in ("accept", "decline", "tentative"):
            return "rsvp"
        if kind in ANSWERS:
            return self._polar_family()
        return kind

    def _polar_family(self) -> str:
        kind = self.kind or ""
        if kind in ATTENDING:
            return "rsvp"
        if kind in ASKED:
            return "report"
        return {"catch-up": "choice"}.get(kind, "answer")

    def polar(self, kind: str) -> Command | None:
        """What a bare yes or no is to the mail that it answers; None where that is unclear."""
        yes, to, month = kind != "no", self.kind, self.context.meeting
        if to in ATTENDING:
            return Rsvp(month, "ACCEPTED" if yes else "DECLINED")
        if to in ASKED:
            return Report(month, yes) if kind != "ok" else None
        if to == "agreement":
            return Sign() if yes else Confirm(False)
        if to == "catch-up":
            return Confirm(True) if yes else Choose(0)
        if to == "notice" and self.context.asks:
            return Confirm(yes)
        if to == "review":
            return Review(yes)
        if to == "receipt" and self.context.asks:
            return None if yes else Undo()
        if to == "escalation":
            return Acknowledge() if yes else None
        return None
