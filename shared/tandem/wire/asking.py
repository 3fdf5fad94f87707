"""What a mail asks and answers: the leaders' month, and what somebody who was not understood can say."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from tandem.core import brief
from tandem.wire.telling import Telling

QUOTE = 80  # characters of each quotation in a digest: a busy head reads 200 words
NOTES, ACTIONS, OVERDUE, MILESTONES = 1, 1, 2, 2  # of each so many, and the others after the strip


class Asking(Telling):
    # -- a digest

    @cached_property
    def digest(self) -> brief.Digest:
        month = str(self.message.facts.get("month") or self.message.month)
        return brief.digest(self.state, self.school, month, self.now)

    @property
    def decision(self) -> str:
        """The first line: nothing, or the one thing that is asked."""
        d = self.digest
        if d.escalation:
            return self.t(
                "One thing is asked: please answer our mail about %(months)s; %(yes)s is enough.",
                months=self.lang.months(d.escalation.months),
                yes=self.lang.yes,
            )
        if d.review:
            return self.t(
                "One decision is asked: go on for another year? Please answer our review mail: %(yes)s or %(no)s.",
                yes=self.lang.yes,
                no=self.lang.no,
            )
        if d.own.one_owner:
            return self.t(
                "One thing is asked: a second organiser beside %(name)s, in a line that begins with “%(label)s”.",
                name=self.name(d.own.one_owner),
                label=self.label("person"),
            )
        return self.t("Nothing is needed from you.")

    @property
    def good_news(self) -> str:
        """The second line: whether they met."""
        d = self.digest
        held = [m for m in d.meetings if m.status == "held" and m.starts]
        if held:
            days = self.lang.list([self.anchor_day(m) for m in held])
            return self.t("Good news: the schools met on %(days)s.", days=days)
        if not any(c.status not in ("planned", "skipped", "unsigned") for c in d.year):
            return self.t("Good news: both schools have signed, and the first meeting lies ahead.")
        if not d.meetings:
            return self.t("No meeting fell in %(month)s.", month=self.month(d.looks_at))
        meeting = d.meetings[0]
        month = self.month(d.looks_at)
        status = self.status(brief.month_status(self.state, meeting) if not meeting.catch_up else meeting.status)
        if meeting.starts is None:
            return self.t("%(month)s: %(status)s.", month=month, status=status)
        return self.t("The meeting of %(day)s: %(status)s.", day=self.anchor_day(meeting), status=status)

    @property
    def month_lines(self) -> list[str]:
        """What they did."""
        d = self.digest
        done = [self.action(a, QUOTE) for a in d.done[:ACTIONS]]
        return [*self.all_quoted(d.notes[:NOTES], QUOTE), *done]

    @property
    def coming_lines(self) -> list[str]:
        d = self.digest
        lines = [self.t("Next: %(times)s.", times=self.both_inline(m.starts)) for m in d.coming if m.starts]
        lines += [self.milestone(due, QUOTE) for due in d.milestones[:MILESTONES]]
        if d.open:
            lines.append(self.nt("%(number)d promise is open.", "%(number)d promises are open.", d.open))
        return lines

    @property
    def more_lines(self) -> list[str]:
        """What else they did, for who has the time."""
        d = self.digest
        done = [self.action(a, QUOTE) for a in d.done[ACTIONS : ACTIONS + 4]]
        return [*self.all_quoted(d.notes[NOTES : NOTES + 4], QUOTE * 2), *done]

    @property
    def own_lines(self) -> list[str]:
        """What only this school's head is told."""
        own, d = self.digest.own, self.digest
        lines = []
        for action in own.overdue[:OVERDUE]:
            assert action.due is not None
            lines.append(
                self.t(
                    "At your school: “%(what)s” by %(who)s was for %(day)s; a kind word may help.",
                    what=self.name(self.cut(action.text, 45)),
                    who=self.person_of(action.owner),
                    day=self.day(action.due),
                )
            )
        if own.bounced:
            who = self.with_address(own.bounced)
            lines.append(self.t("At your school: mail to %(who)s comes back. Which address is right?", who=who))
        if own.quiet:
            who = self.names(own.quiet)
            lines.append(self.t("At your school: no word of %(who)s for two months. All well?", who=who))
        if own.unclear:
            lines.append(
                self.nt(
                    "At your school: %(number)d mail was not understood; your leads see it.",
                    "At your school: %(number)d mails were not understood; your leads see them.",
                    own.unclear,
                )
            )
        if own.one_owner and (d.escalation or d.review):
            name = self.name(own.one_owner)
            lines.append(self.t("At your school: %(name)s is the only organiser. Who could be the second?", name=name))
        return lines

    def shares_sentence(self, shares: dict[str, int]) -> str:
        """A question about the balance, with both schools' shares."""
        first, second = self.schools
        return self.t(
            "In three months, %(first_share)s%% of items, actions and projects came from %(first)s and "
            "%(second_share)s%% from %(second)s. Is that how you want it?",
            first_share=shares[first.id],
            first=self.name(first),
            second_share=shares[second.id],
            second=self.name(second),
        )

    # -- help

    @property
    def help_lead(self) -> str:
        t = self.t
        reasons = {
            "delegated": lambda: t("Thank you. Your calendar passed the invitation on to somebody we don't know yet."),
            "closed": lambda: t("Is your school closed? Then please write it in a line of its own, so that it counts."),
            "hour": lambda: t("Thank you. We are not sure which day or hour you mean."),
            "question": lambda: t("Thank you. There is a question in your mail that this program can't answer."),
        }
        reason = str(self.message.facts.get("reason") or "")
        found = reasons.get(reason)
        return found() if found else t("Thank you. This program did not understand your mail, and nothing has changed.")

    @property
    def help_ask(self) -> str:
        t = self.t
        reason = str(self.message.facts.get("reason") or "")
        if reason == "delegated":
            return t(
                "To name a colleague, reply with a line that begins with “%(label)s”, with name and address.",
                label=self.label("person"),
            )
        if reason == "closed":
            return t("For example: “%(example)s”.", example=self.closed_example)
        if reason == "question":
            return t("Please ask your partners directly: %(people)s.", people=self.with_address(self.partner.leads))
        return t("Please say it once more, in one of the ways below: one word is enough.")

    @property
    def closed_example(self) -> str:
        """Closed: Monday 19 October, in the reader's language."""
        monday = self.today + timedelta(days=14 - self.today.weekday())
        return f"{self.label('closed')} {self.lang.day(monday)}"

    @property
    def help_lines(self) -> list[str]:
        """The three likeliest things to say in answer to that mail."""
        t, yes, no = self.t, self.lang.yes, self.lang.no
        another = t("Another time: write its day and hour, for example “%(example)s”.", example=self.time_example)
        agenda = t("“%(label)s” and your words: for the agenda of both schools.", label=self.label("agenda-item"))
        action = t("“%(label)s” and who does what by when: a promise.", label=self.label("action"))
        status = t("%(word)s: how things stand.", word=self.lang.word(self.pt("answer", "status")))
        met = [t("%(yes)s: you met.", yes=yes), t("%(no)s: you did not meet.", no=no), action]
        coming = [t("%(yes)s: you are coming.", yes=yes), t("%(no)s: you can't come.", no=no), another]
        agreed = [t("%(yes)s: you agree.", yes=yes), t("%(no)s: you don't agree.", no=no), status]
        ways = {
            "check-in": met,
            "nudge": met,
            "invite": coming,
            "update": coming,
            "reminder": coming,
            "agenda": [agenda, action, another],
            "catch-up": [
                t("The numbers of the times that suit you, for example “%(example)s”.", example=t("1 and 2")),
                t("%(no)s: none of them suits you.", no=no),
                another,
            ],
            "agreement": agreed,
            "notice": agreed,
            "review": [
                t("%(yes)s: your school would like to go on.", yes=yes),
                t("%(no)s: it should end with the review.", no=no),
                status,
            ],
            "escalation": [t("%(yes)s: you have seen it, and will talk to each other.", yes=yes), another, status],
            "back-on-track": [agenda, status],
            "receipt": [t("%(no)s: what we noted is wrong.", no=no), agenda, status],
        }
        return ways.get(str(self.message.facts.get("answers") or ""), [agenda, action, status])

    @property
    def time_example(self) -> str:
        """Thursday 15 October, 15:00: a way to name a time that is always understood."""
        thursday = self.today + timedelta(days=10 - self.today.weekday())
        return self.t("%(day)s, %(time)s", day=self.lang.day(thursday), time="15:00")
