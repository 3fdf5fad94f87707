"""Sentences made of values: what was understood, what changes, why a day is none, what became of a month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tandem.core import brief
from tandem.core.partnership import Meeting
from tandem.wire.document import clean
from tandem.wire.scene import Scene, a_date, instant, shortened

# status -> (sign, background, colour) of a cell of the year's strip; never red: it is a picture, not a mark
CELLS = {
    "held": ("✓", "#1d7a4f", "#ffffff"),
    "catching-up": ("↻", "#f2cf7e", "#3b2f0b"),
    "open": ("…", "#cfe4ea", "#12343d"),
    "disputed": ("…", "#cfe4ea", "#12343d"),
    "planned": ("·", "#e3e9ed", "#333f49"),
    "missed": ("–", "#8b6f5c", "#ffffff"),
    "unconfirmed": ("–", "#8b6f5c", "#ffffff"),
    "cancelled": ("–", "#8b6f5c", "#ffffff"),
    "skipped": ("/", "#f4f6f7", "#56626d"),
    "paused": ("/", "#f4f6f7", "#56626d"),
    "unsigned": ("/", "#f4f6f7", "#56626d"),
}


class Telling(Scene):
    # -- words for values

    def status(self, status: str) -> str:
        t = self.t
        words = {
            "held": lambda: t("met"),
            "catching-up": lambda: t("a catch-up is on its way"),
            "open": lambda: t("being asked"),
            "disputed": lambda: t("being asked once more"),
            "planned": lambda: t("to come"),
            "missed": lambda: t("did not take place"),
            "unconfirmed": lambda: t("no word whether it took place"),
            "cancelled": lambda: t("called off"),
            "skipped": lambda: t("no day possible"),
            "paused": lambda: t("paused"),
            "unsigned": lambda: t("before signing"),
        }
        return words[status]()

    def role(self, role: str) -> str:
        words = {
            "lead": lambda: self.t("lead"),
            "deputy": lambda: self.t("deputy"),
            "leader": lambda: self.t("senior leader"),
            "member": lambda: self.t("member"),
        }
        return words[role]() if role in words else clean(role)

    def may(self, who: str) -> str:
        """Who may do what the sender may not."""
        words = {
            "owner": lambda: self.t("a lead, a deputy or a senior leader"),
            "lead": lambda: self.t("a lead"),
            "leader": lambda: self.t("a senior leader"),
            "signer": lambda: self.t("a lead or a senior leader"),
            "invited": lambda: self.t("somebody who is invited to the meeting"),
            "organiser": lambda: self.t("a lead or a deputy"),
        }
        return words[who]() if who in words else self.t("a lead, a deputy or a senior leader")

    def reasons(self, reasons: Iterable[Mapping[str, Any]]) -> str:
        """Why the meeting is not on its usual day."""
        said = [self.reason(r) for r in reasons]
        return self.lang.list([s for s in said if s])

    def reason(self, reason: Mapping[str, Any]) -> str:
        school = self.school_name(reason.get("school"))
        what = self.name(shortened(reason["text"], 80)) if reason.get("text") else ""
        what = what.replace(" (estimated)", "")
        kind = reason.get("kind")
        if kind == "term":
            return self.t("it is outside the terms of %(school)s", school=school)
        if kind == "holiday" and what:
            return self.t("%(school)s has a public holiday (%(what)s)", school=school, what=what)
        if kind == "holiday":
            return self.t("%(school)s has a public holiday", school=school)
        if kind == "closed" and what:
            return self.t("%(school)s is closed (%(what)s)", school=school, what=what)
        if kind == "closed":
            return self.t("%(school)s is closed", school=school)
        if kind == "weekday":
            return self.t("%(school)s has no lessons on that weekday", school=school)
        return ""

    def moved_sentence(self, meeting: Meeting) -> str:
        """Why a monthly meeting is not on the day of its rule; nothing where it is."""
        if not meeting.moved_from or meeting.agreed:
            return ""
        usual, why = self.day(meeting.moved_from), self.reasons(meeting.reasons)
        if not why:
            return self.t("The usual day would be %(day)s.", day=usual)
        return self.t("The usual day would be %(day)s: %(why)s.", day=usual, why=why)

    def minutes(self, minutes: int) -> str:
        return self.nt("%(number)d minute", "%(number)d minutes", minutes)

    def hours(self, hours: float) -> str:
        if hours == int(hours):
            return self.nt("%(number)d hour", "%(number)d hours", int(hours))
        return self.t("%(hours)s hours", hours=self.lang.number(hours))

    def span(self, first: date | str | None, last: date | str | None) -> str:
        """From Monday 12 to Friday 16 April; a single day; or only its end."""
        if last is None:
            return self.t("from %(day)s", day=self.day(first)) if first else ""
        if first is None:
            return self.t("until %(day)s", day=self.day(last))
        if a_date(first) == a_date(last):
            return self.t("on %(day)s", day=self.day(first))
        return self.t("from %(first)s to %(last)s", first=self.day(first), last=self.day(last))

    def rule(self, value: Mapping[str, Any]) -> str:
        """The second Tuesday of each month at 14:00 (Nairobi)."""
        anchor = str(value.get("anchor", ""))
        every = self.lang.rule(str(value["every"]))
        at = str(value["at"])
        if anchor == "alternate":
            return self.t("%(every)s at %(time)s, in turn on each school's clock", every=every, time=at)
        school = next((s for s in self.schools if s.id == anchor), None)
        city = self.lang.city(school.timezone) if school else ""
        return self.t("%(every)s at %(time)s (%(city)s)", every=every, time=at, city=city)

    @property
    def rule_now(self) -> str:
        rule = self.agreement.meeting.rule
        at = f"{rule.at // 60:02}:{rule.at % 60:02}"
        return self.rule({"every": rule.every, "at": at, "anchor": rule.anchor})

    # -- changes to the agreement

    def change(self, change: Mapping[str, Any]) -> str:
        """One change in a line: what it was, what it is to be."""
        what = self.field(str(change["field"]))
        new = self.value(str(change["field"]), change.get("new"))
        old = self.value(str(change["field"]), change.get("old"))
        if old and not new:
            new = "–"  # it is gone
        if old and old != new:
            return self.t("%(what)s: %(new)s (before: %(old)s)", what=what, new=new, old=old)
        return self.t("%(what)s: %(new)s", what=what, new=new)

    def field(self, field: str) -> str:
        t = self.t
        words = {
            "where": lambda: t("Link"),
            "phone": lambda: t("Phone"),
            "person": lambda: t("New colleague"),
            "term": lambda: t("Term"),
            "terms": lambda: t("Terms"),
            "language": lambda: t("Language of your mails"),
            "objective": lambda: t("Objective"),
            "objectives": lambda: t("Objectives"),
            "milestone": lambda: t("Milestone"),
            "resource": lambda: t("Resource"),
            "resources": lambda: t("Resources"),
            "meeting": lambda: t("The monthly meeting"),
            "closed": lambda: t("School closed"),
            "review": lambda: t("Review"),
            "start": lambda: t("Start"),
            "title": lambda: t("Title"),
            "people": lambda: t("People"),
            "projects": lambda: t("Projects"),
            "wants": lambda: t("What each school wants"),
            "expectations": lambda: t("Expectations"),
            "policy": lambda: t("How Tandem goes about it"),
            "pupils": lambda: t("Months with pupils"),
            "day": lambda: t("School day"),
        }
        return words[field]() if field in words else clean(field)

    def value(self, field: str, value: Any) -> str:
        """A change's value in words; "" for nothing."""
        if value is None or value == "" or value == [] or value == {}:
            return ""
        if isinstance(value, list | tuple):
            return self.lang.list([v for v in (self.value(field.removesuffix("s"), one) for one in value) if v])
        if not isinstance(value, Mapping):
            said = clean(value)
            if field == "language":
                return self.lang.language_name(said)
            if field in ("review", "start") and len(said) == 10 and said[4:5] == "-":
                return self.day(said)
            return self.lang.apart(said)
        if field == "meeting":
            if not (value.get("every") and value.get("at")):
                return ""
            lasts = [self.minutes(int(value["minutes"]))] if value.get("minutes") else []
            return self.lang.row([self.rule(value), *lasts])
        if field == "person":
            said = f"{self.name(str(value.get('name', '')))} ({value.get('email', '')})"
            return self.lang.row([said, self.role(str(value["role"]))]) if value.get("role") else said
        if field == "milestone":
            return self.t(
                "%(what)s, by %(day)s", what=self.name(str(value.get("what", ""))), day=self.day(value["due"])
            )
        if field == "resource":
            parts = [self.name(str(value.get("what", ""))), clean(value.get("where") or "")]
            return self.lang.row(part for part in parts if part)
        if value.get("from") or value.get("to") or value.get("until"):
            days = self.span(value.get("from"), value.get("to") or value.get("until"))
            return f"{days} ({self.name(str(value['why']))})" if value.get("why") else days
        return self.lang.row(self.lang.apart(clean(v)) for v in value.values() if v not in (None, ""))

    # -- what was understood

    def understood(self, item: Mapping[str, Any]) -> str:
        """One thing that somebody's mail said, as a sentence; "" where there is nothing to say."""
        how = getattr(self, "_said_" + str(item.get("what", "")).replace("-", "_"), None)
        said: str = how(item) if how else ""
        return said

    def _starts(self, item: Mapping[str, Any]) -> str:
        return self.when(item["starts"]) if item.get("starts") else ""

    def _said_report(self, item: Mapping[str, Any]) -> str:
        day = self.day_on(item["starts"]) if item.get("starts") else ""
        if item.get("held"):
            if day:
                return self.t("You told us that you met on %(day)s. Good to hear!", day=day)
            return self.t("You told us that you met. Good to hear!")
        if day:
            return self.t("You told us that the meeting on %(day)s did not take place.", day=day)
        return self.t("You told us that the meeting did not take place.")

    def _said_rsvp(self, item: Mapping[str, Any]) -> str:
        when = self._starts(item)
        partstat = str(item.get("partstat", "")).upper()
        if partstat == "ACCEPTED":
            return self.t("You are coming: %(when)s.", when=when) if when else self.t("You are coming.")
        if partstat == "TENTATIVE":
            return self.t("You may come: %(when)s.", when=when) if when else self.t("You may come.")
        return self.t("You can't come: %(when)s.", when=when) if when else self.t("You can't come.")

    def _said_cancel(self, item: Mapping[str, Any]) -> str:
        when = self._starts(item)
        if self.message.variant != "said":
            return self.t("The meeting of %(when)s is called off.", when=when)
        effective = item.get("effective") or self.message.facts.get("effective")
        if effective:
            return self.t(
                "The meeting of %(when)s is called off; everyone hears of it at %(time)s.",
                when=when,
                time=self.time(effective),
            )
        return self.t("The meeting of %(when)s is called off; everyone hears of it now.", when=when)

    def _said_agenda_item(self, item: Mapping[str, Any]) -> str:
        return self.t("On the next agenda, for both schools: “%(text)s”.", text=self._text(item))

    def _said_action(self, item: Mapping[str, Any]) -> str:
        who, what = self.name(str(item.get("owner_name") or "")), self._text(item)
        if who and item.get("due"):
            return self.t("Promised: “%(text)s” (%(who)s, by %(day)s).", text=what, who=who, day=self.day(item["due"]))
        if who:
            return self.t("Promised: “%(text)s” (%(who)s).", text=what, who=who)
        if item.get("due"):
            return self.t("Promised: “%(text)s” (by %(day)s).", text=what, day=self.day(item["due"]))
        return self.t("Promised: “%(text)s”.", text=what)

    def _said_action_done(self, item: Mapping[str, Any]) -> str:
        if item.get("dropped"):
            return self.t("Dropped: “%(text)s”.", text=self._text(item))
        return self.t("Done: “%(text)s”. Thank you!", text=self._text(item))

    def _said_choose(self, item: Mapping[str, Any]) -> str:
        if item.get("none") or not item.get("slots"):
            return self.t("None of the times suits you.")
        times = self.lang.list([self.when(slot) for slot in item["slots"]])
        return self.t("These times suit you: %(times)s.", times=times)

    def _said_absence(self, item: Mapping[str, Any]) -> str:
        days = self.span(item.get("from"), item.get("until"))
        return self.t("You are away %(days)s. We do not remind you of meetings in that time.", days=days)

    def _said_closed(self, item: Mapping[str, Any]) -> str:
        days = self.span(item.get("from"), item.get("until"))
        said = [self.t("Your school is closed %(days)s.", days=days)]
        for move in item.get("moves") or ():
            if move.get("new"):
                said.append(
                    self.t(
                        "The meeting of %(old)s moves to %(new)s.",
                        old=self.when(move["old"]),
                        new=self.when(move["new"]),
                    )
                )
            else:
                said.append(self.t("The meeting of %(when)s is called off.", when=self.when(move["old"])))
        return self.lang.gap.join(said)

    def _said_meet(self, item: Mapping[str, Any]) -> str:
        if item.get("by"):
            return self.t(
                "You would like to talk, by %(day)s. Both schools are offered times.", day=self.day(item["by"])
            )
        return self.t("You would like to talk. Both schools are offered times.")

    def _said_change(self, item: Mapping[str, Any]) -> str:
        return self.t("A change: %(change)s.", change=self.change(item).rstrip("."))

    def _said_pause(self, item: Mapping[str, Any]) -> str:
        return self.t("The partnership pauses. %(day)s is the first day on again.", day=self.day(item["until"]))

    def _said_feedback(self, item: Mapping[str, Any]) -> str:
        return self.t("Your feedback goes to both schools: “%(text)s”.", text=self._text(item))

    def _said_idea(self, item: Mapping[str, Any]) -> str:
        return self.t("Your idea is kept for the next agenda and the review: “%(text)s”.", text=self._text(item))

    def _said_notes(self, item: Mapping[str, Any]) -> str:
        return self.t("Your notes go to both schools with the next agenda.")

    def _said_review(self, item: Mapping[str, Any]) -> str:
        if item.get("go_on"):
            return self.t("Your school would like to go on for another year.")
        return self.t("Your school would like the partnership to end with its review.")

    def _said_sign(self, item: Mapping[str, Any]) -> str:
        school = self.school_name(item.get("school")) or self.name(self.school)
        if all(s.id in self.state.signed for s in self.schools):
            return self.t("The agreement is signed for %(school)s. Both schools have signed.", school=school)
        return self.t(
            "The agreement is signed for %(school)s. Once both schools have signed, the invitations follow.",
            school=school,
        )

    def _said_confirm(self, item: Mapping[str, Any]) -> str:
        return self.t("You said yes.") if item.get("yes") else self.t("You said no.")

    def _said_handover(self, item: Mapping[str, Any]) -> str:
        leaver, name = self.name(str(item.get("leaver_name") or "")), self.name(str(item.get("name") or ""))
        email = clean(item.get("email") or "")
        return self.t("%(name)s (%(email)s) takes over from %(leaver)s.", name=name, email=email, leaver=leaver)

    def _said_acknowledge(self, item: Mapping[str, Any]) -> str:
        return self.t("Thank you. You will not be reminded of this again.")

    def _said_counter(self, item: Mapping[str, Any]) -> str:
        return self.t("You propose %(when)s. The other school is asked.", when=self._starts(item))

    def _said_stop(self, item: Mapping[str, Any]) -> str:
        return self.t("You leave this partnership, and nothing more is sent to you.")

    def _said_undo(self, item: Mapping[str, Any]) -> str:
        return self.t("It is taken back.")

    def _text(self, item: Mapping[str, Any]) -> str:
        return self.lang.apart(shortened(item.get("text", "")))

    # -- hurdles, the year

    def hurdles(self) -> list[str]:
        """What may get in the way: what the dates show, and what the schools named."""
        said = []
        for hurdle in brief.hurdles(self.state):
            months = self.lang.months(hurdle.months)
            if hurdle.kind == "skipped":
                said.append(self.t("No day is possible in %(months)s.", months=months))
            elif hurdle.kind == "moved":
                said.append(self.t("Another day than usual, for holidays or closures: %(months)s.", months=months))
            elif hurdle.kind == "clock":
                said.append(
                    self.t("The clock of one school has changed since the meeting before: %(months)s.", months=months)
                )
            elif hurdle.kind == "one-owner":
                said.append(
                    self.t("%(school)s has one organiser only: a second one helps.", school=self.name(hurdle.school))
                )
        return [*said, *(self.name(block) for block in self.agreement.expectations.stumbling_blocks)]

    def strip_cells(self, cells: Iterable[brief.MonthCell]) -> list[tuple[str, str, str, str]]:
        """(month's letter, sign, background, colour) of each month."""
        letters = self.lang.locale.months["stand-alone"]["narrow"]
        return [(str(letters[int(c.month[5:])]), *CELLS[c.status]) for c in cells]

    def strip_words(self, cells: Iterable[brief.MonthCell]) -> str:
        """The same in words: the months of each status together."""
        groups: dict[str, list[str]] = {}
        for cell in cells:
            groups.setdefault(self.status(cell.status), []).append(self.month(cell.month, year=False))
        parts = [
            self.t("%(status)s: %(months)s", status=status, months=self.lang.list(months))
            for status, months in groups.items()
        ]
        return self.t("The year: %(parts)s.", parts=self.lang.rows(parts))

    def story(self, meetings: Iterable[Meeting]) -> list[str]:
        """A line for each month: its day and what became of it."""
        rows = []
        for meeting in meetings:
            if meeting.starts is None:
                rows.append(
                    self.t("%(month)s: %(status)s", month=self.month(meeting.month), status=self.status(meeting.status))
                )
                continue
            status = self.status(meeting.status)
            if meeting.catch_up:
                status = self.t("catch-up, %(status)s", status=status)
            rows.append(self.t("%(day)s: %(status)s", day=self.anchor_day(meeting), status=status))
        return rows

    def year_rows(self) -> list[tuple[str, ...]]:
        """The year's dates: (at the first school, at the second) for each month; skipped ones say so."""
        rows: list[tuple[str, ...]] = []
        first, second = self.schools
        for meeting in self.state.meetings:
            if meeting.starts is None:
                month = self.t("%(month)s: %(status)s", month=self.month(meeting.month), status=self.status("skipped"))
                rows.append((month, "–"))
            elif meeting.status in ("planned", "open"):
                rows.append(
                    tuple(self.lang.when(meeting.starts, zone, year=True) for zone in (first.timezone, second.timezone))
                )
        return rows

    def coming_rows(self, meetings: Iterable[Meeting]) -> list[str]:
        return [self.both_inline(m.starts) for m in meetings if m.starts]

    def failed_line(self, meeting: Meeting) -> str:
        """What happened to one meeting, in words that name no school: the same for every reader."""
        assert meeting.starts is not None
        times = self.both_inline(meeting.starts)
        status = self.status(meeting.status)
        if meeting.catch_up:
            return self.t("%(times)s (catch-up): %(status)s", times=times, status=status)
        return self.t("%(times)s: %(status)s", times=times, status=status)

    def sms(self) -> str:
        """A sentence of 160 characters at most for a text message to a colleague with little internet, in the language
        that the schools work in where mails come in it, else the reader's."""
        from tandem.wire.catalogue import best
        from tandem.wire.language import Language

        wanted = self.agreement.expectations.working_language
        known = wanted and best(wanted).split("-")[0] == wanted.split("-")[0].lower()
        lang = Language.of(wanted) if wanted and known else self.lang
        starts = instant(self.meeting.starts) if self.meeting.starts else self.now
        zone = self.agreement.school(self.meeting.anchor).timezone
        from tandem.core.zones import local

        day = lang.day(local(starts, zone).date())
        yes, no = lang.pgettext("answer", "yes").upper(), lang.pgettext("answer", "no").upper()
        said = ""
        for length in (40, 24, 12):
            title = shortened(self.agreement.title, length)
            said = lang.gettext(
                "%(title)s: did we meet on %(day)s? Please answer Tandem's mail with %(yes)s or %(no)s, or tell me.",
                title=title, day=day, yes=yes, no=no,
            )  # fmt: skip
            if len(said) <= 160:
                return said
        return said[:160]
