"""What a person's mail changes: one function for each command of the contract's section 4.

A mail's commands are taken in the order of its text. What came from plain words is told back in one receipt, which a NO
takes back; a word that touches others waits an hour, with a receipt of its own. Whether the sender may say a thing is
decided here, and what can't be done is answered, never dropped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from tandem.core import catchups, changes, escalation, leaving, pending, reports, review
from tandem.core import commands as said
from tandem.core.agreement import LEAD, LEADER, Person, School, Span
from tandem.core.calendar import is_open
from tandem.core.draft import Draft, coming, next_monthly, stamp
from tandem.core.messages import Message
from tandem.core.partnership import (
    PLANNED,
    Action,
    Meeting,
    Offer,
    SchoolReport,
    Words,
)
from tandem.core.zones import local

WAS_YOU_EVERY = timedelta(days=7)
FAR = timedelta(days=366)
_BEFORE_SIGNING = (
    said.Sign, said.Confirm, said.Status, said.Help, said.Stop, said.Handover, said.Absence, said.Unclear, said.Undo,
    said.Safeguarding, said.AgendaItem, said.Idea, said.Feedback,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """An accepted mail. `answers` is the mail that it replies to; `meeting` the id of the meeting that it is about."""

    sender: str
    commands: tuple[said.Command, ...]
    itip: tuple[Any, ...] = ()  # `wire.inbound.Itip` values
    answers: Message | None = None
    meeting: str | None = None
    text: str = ""
    chat: str = ""
    attachments: bool = False
    inbound_id: str = ""


def is_stale(draft: Draft, heard: Heard) -> bool:
    """Whether a button's answer is older than one already seen from that person, or about a time that is no more."""
    for itip in heard.itip:
        meeting = draft.state.meeting(heard.meeting)
        place = meeting.invitee(heard.sender.lower()) if meeting else None
        if meeting is None or place is None:
            continue
        if itip.sequence < meeting.timed or itip.sequence < place.answered_sequence:
            return True
        if (
            itip.sequence == place.answered_sequence
            and itip.dtstamp is not None
            and place.answered_stamp is not None
            and itip.dtstamp < place.answered_stamp
        ):
            return True
    return False


class Hearing:
    """One mail being taken in. `items` are told back in one receipt; `inverse` is what a NO to it takes back."""

    def __init__(self, draft: Draft, heard: Heard, school: School, person: Person) -> None:
        self.draft, self.heard, self.school, self.person = draft, heard, school, person
        self.items: list[dict[str, Any]] = []
        self.inverse: list[dict[str, Any]] = []
        self.replay: list[str] = []
        self.attachments_said = False

    # -- the way through a mail

    def take(self) -> None:
        self.draft.update(last_words={**self.draft.state.last_words, self.person.key: self.draft.now})
        options = [c.option for c in self.heard.commands if isinstance(c, said.Choose)]
        counters = [c for c in self.heard.commands if isinstance(c, said.Counter)]
        done: set[str] = set()
        for command in self.heard.commands:
            if self.draft.state.signed_at is None and not isinstance(command, _BEFORE_SIGNING):
                if "not-signed" not in done:
                    self.draft.mail("receipt", "not-signed", [self.person])
                done.add("not-signed")
            elif isinstance(command, said.Choose):
                if "choose" not in done:
                    self.choose(tuple(options))
                done.add("choose")
            elif isinstance(command, said.Counter):
                if "counter" not in done:
                    self.counter(counters)
                done.add("counter")
            else:
                _TAKE[type(command)](self, command)
        self._chat()
        self._receipt()

    def _chat(self) -> None:
        answers = self.heard.answers
        if self.heard.chat.strip() and self.person.role == LEADER and answers and answers.kind in (
            "escalation", "digest", "review", "back-on-track",
        ):  # fmt: skip
            self._words("leader", self.heard.chat)

    def _receipt(self) -> None:
        attachments = self.heard.attachments and self.person.key not in self.draft.state.attachments_told
        if attachments:
            told = (*self.draft.state.attachments_told, self.person.key)
            self.draft.update(attachments_told=told)
        if self.items:
            facts: dict[str, Any] = {"items": self.items, "undo": bool(self.inverse), "attachments": attachments}
            if self.inverse:
                facts["undoable"] = self.draft.undoable(self.person.key, {"inverse": self.inverse})
            self._mail_receipt("said", facts, asks=bool(self.inverse))
        elif attachments:
            self._mail_receipt("attachments", {})

    def _mail_receipt(self, variant: str, facts: dict[str, Any], *, asks: bool = False) -> None:
        meeting = self.draft.state.meeting(self.heard.meeting)
        month = self.heard.answers.month if self.heard.answers else None
        self.draft.mail("receipt", variant, [self.person], meeting=meeting, month=month, facts=facts, asks=asks)

    # -- small things

    @property
    def by_button(self) -> bool:
        return bool(self.heard.itip)

    @property
    def is_owner(self) -> bool:
        return self.person.is_owner

    @property
    def leads_school(self) -> bool:
        """May answer what a leader would."""
        return any(p.key == self.person.key for p in self.school.leaders)

    def say(self, what: str, **facts: Any) -> None:
        self.items.append({"what": what, **facts})

    def _refuse(self, who: str, what: str, **facts: Any) -> None:
        self._mail_receipt("not-yours", {"items": [{"what": what, **facts}], "who": who})

    def _cannot(self, reason: str, what: str, **facts: Any) -> None:
        self._mail_receipt("cannot", {"items": [{"what": what, **facts}], "reason": reason})

    def _words(self, kind: str, text: str, about: str | None = None) -> str:
        words = Words(
            id=self.draft.new_id("t"),
            kind=kind,
            text=text.strip(),
            by=self.person.key,
            school=self.school.id,
            language=self.draft.agreement.language_of(self.school, self.person),
            at=self.draft.now,
            about=about,
        )
        self.draft.update(words=(*self.draft.state.words, words))
        return words.id

    def _about(self, month: str | None) -> Meeting | None:
        """The meeting that the mail answers, unless its words name another month."""
        meeting = self.draft.state.meeting(self.heard.meeting)
        return meeting if meeting and month in (None, meeting.month) else None

    def _coming(self, month: str | None) -> Meeting | None:
        """The meeting ahead that the words mean."""
        about = self._about(month)
        if about:
            return about
        ahead = [m for m in coming(self.draft.state, self.draft.now) if month in (None, m.month)]
        return ahead[0] if ahead else None

    def _been(self, month: str | None) -> Meeting | None:
        """The meeting behind that the words mean."""
        now = self.draft.now
        about = self._about(month)
        if about and about.starts and about.starts <= now and about.status in reports.CAN_BE_REPORTED:
            return about
        behind = [
            m
            for m in self.draft.state.meetings
            if m.starts and m.starts <= now and month in (None, m.month) and m.status in reports.CAN_BE_REPORTED
        ]
        return max(behind, key=lambda m: m.starts or now, default=None)

    # -- meetings

    def rsvp(self, command: said.Rsvp) -> None:
        meeting = self._coming(command.meeting)
        place = meeting.invitee(self.person.key) if meeting else None
        if meeting is None or place is None or place.off:
            self._unclear_words(self.heard.text)
            return
        if not meeting.stands or meeting.starts is None or meeting.starts <= self.draft.now:
            if not self.by_button:
                self._cannot("began", "rsvp", starts=stamp(meeting.starts) if meeting.starts else None)
            return
        changed = replace(place, partstat=command.partstat)
        for itip in self.heard.itip:
            changed = replace(changed, answered_sequence=itip.sequence, answered_stamp=itip.dtstamp)
        self._place(meeting, changed)
        if not self.by_button:
            self.say("rsvp", partstat=command.partstat, starts=stamp(meeting.starts), meeting=meeting.id)
            self.inverse.append({"do": "rsvp", "meeting": meeting.id, "partstat": place.partstat})
        proposes = any(isinstance(c, said.Counter) for c in self.heard.commands)
        if command.partstat == "DECLINED" and not (proposes and self.is_owner):
            self._check_declines(meeting.id)

    def _check_declines(self, meeting_id: str) -> None:
        meeting = self.draft.meeting(meeting_id)
        if catchups.all_owners_declined(self.draft, meeting):
            catchups.offer_other_times(self.draft, meeting)

    def _place(self, meeting: Meeting, place: Any) -> None:
        invitees = tuple(place if i.email == place.email else i for i in meeting.invitees)
        self.draft.put(replace(meeting, invitees=invitees))

    def counter(self, proposals: list[said.Counter]) -> None:
        meeting = self._coming(proposals[0].meeting)
        now = self.draft.now
        times = tuple(dict.fromkeys(p.starts.astimezone(now.tzinfo) for p in proposals))
        facts = {"starts": stamp(times[0]), "meeting": meeting.id if meeting else None}
        offer = self._offer()
        if offer and offer.state == "open" and offer.cause != "counter" and (meeting is None or not meeting.stands):
            # Another time instead of the offered ones: the other owners get it as words.
            self._propose_in_offer(offer, times)
            return
        if meeting is None or not meeting.stands or meeting.status != PLANNED or not meeting.starts:
            self._cannot("began", "counter", **facts)
            return
        if meeting.starts <= now:
            self._cannot("began", "counter", **facts)
            return
        following = next_monthly(self.draft.state, meeting.month)
        good = [t for t in times if t > now and t != meeting.starts and self._both_open(t)]
        good = [t for t in good if following is None or meeting.catch_up or t < following]
        good = [t for t in good if local(t, self.school.timezone).date() <= self.draft.agreement.review]
        if not good:
            past = all(t <= now for t in times)
            self._cannot("past" if past else "closed", "counter", **facts)
            return
        place = meeting.invitee(self.person.key)
        if place and self.by_button and self.heard.itip:
            newest = self.heard.itip[-1]
            self._place(meeting, replace(place, answered_sequence=newest.sequence, answered_stamp=newest.dtstamp))
            meeting = self.draft.meeting(meeting.id)
        if not self.is_owner:
            leads = [p for p in self.school.leads if p.key != self.person.key]
            what = {"starts": stamp(good[0]), "by_name": self.person.name, "slots": [stamp(t) for t in good]}
            self.draft.mail("notice", "counter-member", leads, meeting=meeting, facts=what)
            self._mail_receipt("waiting", {"items": [{"what": "counter", **facts}], "who": "lead"})
            return
        catchups.put_counter(self.draft, meeting, self.person.key, tuple(good))
        self._mail_receipt("waiting", {"items": [{"what": "counter", **facts}], "who": "partner"})

    def _both_open(self, starts: datetime) -> bool:
        return all(is_open(s, local(starts, s.timezone).date()) for s in self.draft.agreement.schools)

    def _propose_in_offer(self, offer: Offer, times: tuple[datetime, ...]) -> None:
        """A time that was not offered, for a catch-up: it is put beside the offered ones, for the other school too."""
        now = self.draft.now
        good = [t for t in times if now < t < offer.closes and self._both_open(t) and t not in offer.slots]
        facts = {"starts": stamp(times[0]), "meeting": offer.meeting}
        if not good or not self.is_owner:
            self._cannot("past" if all(t <= now for t in times) else "closed", "counter", **facts)
            return
        numbers = tuple(range(len(offer.slots) + 1, len(offer.slots) + 1 + len(good)))
        offer = replace(offer, slots=(*offer.slots, *good))
        mine = tuple(n for n in offer.answers.get(self.person.key, ()) if n) + numbers
        offer = replace(offer, answers={**offer.answers, self.person.key: mine})
        self.draft.update(offers=tuple(offer if o.id == offer.id else o for o in self.draft.state.offers))
        about = self.draft.state.meeting(offer.meeting)
        partner = self.draft.agreement.partner(self.school.id)
        what = {
            "offer": offer.id,
            "slots": [stamp(s) for s in offer.slots],
            "by_name": self.person.name,
            "by_school": self.school.id,
        }
        self.draft.mail(
            "catch-up", "asked", partner.owners, meeting=about, month=offer.month, facts=what, asks=True
        )
        self._mail_receipt("waiting", {"items": [{"what": "counter", **facts}], "who": "partner"})

    def report(self, command: said.Report) -> None:
        meeting = self._been(command.meeting)
        place = meeting.invitee(self.person.key) if meeting else None
        if meeting is None or (place is None and not self.is_owner):
            self._unclear_words(self.heard.text)
            return
        before = next((r for r in meeting.reports if r.email == self.person.key), None)
        spoken = SchoolReport(self.school.id, self.person.key, self.is_owner, command.held, self.draft.now)
        facts = {"held": command.held, "meeting": meeting.id, "starts": stamp(meeting.starts or self.draft.now)}
        if not reports.report(self.draft, meeting, spoken):
            self._cannot("closed", "report", **facts)
            return
        undo: dict[str, Any] = {"do": "report", "meeting": meeting.id}
        if before:
            undo["before"] = {"held": before.held, "at": stamp(before.at), "owner": before.owner}
        self.inverse.append(undo)
        notes = (command.notes or "").strip()
        if notes:
            words = self._words("notes", notes, about=meeting.id)
            self.inverse.append({"do": "words", "id": words})
        self.say("report", **facts, notes=bool(notes))

    def cancel(self, command: said.Cancel) -> None:
        meeting = self._coming(command.meeting)
        if not (self.is_owner or self.person.role == LEADER or self.leads_school):
            self._refuse("owner", "cancel", starts=stamp(meeting.starts) if meeting and meeting.starts else None)
            return
        if meeting is None or meeting.starts is None:
            self._cannot("unknown", "cancel")
            return
        facts = {"starts": stamp(meeting.starts), "meeting": meeting.id}
        if not meeting.stands or meeting.status != PLANNED or meeting.starts <= self.draft.now:
            self._cannot("began" if meeting.starts <= self.draft.now else "closed", "cancel", **facts)
            return
        if meeting.starts - self.draft.now <= pending.AT_ONCE:
            pending.called_off(self.draft, meeting.id)
            self.say("cancel", **facts)
            self.inverse.append({"do": "called-off", "meeting": meeting.id})
            return
        self._wait("cancel", {"meeting": meeting.id}, {"what": "cancel", **facts})

    def _wait(self, kind: str, what: dict[str, Any], item: dict[str, Any]) -> None:
        """Takes effect an hour later; its receipt stands alone and says so."""
        waiting = pending.add(self.draft, kind, self.person.key, what)
        facts = {"items": [item], "undo": True, "effective": stamp(waiting.due), "pending": waiting.id}
        meeting = self.draft.state.meeting(what.get("meeting") or self.heard.meeting)
        self.draft.mail("receipt", "said", [self.person], meeting=meeting, facts=facts, asks=True)

    def meet(self, command: said.Meet) -> None:
        if not (self.is_owner or self.person.role == LEADER):
            self._refuse("owner", "meet")
            return
        today = self.draft.today(self.school.id)
        if command.by and command.by <= today:
            self._cannot("past", "meet", by=command.by.isoformat())
            return
        catchups.offer_meeting(self.draft, self.person.key, command.by)
        self.say("meet", by=command.by.isoformat() if command.by else None)

    def choose(self, options: tuple[int, ...]) -> None:
        offer = self._offer()
        if offer is None:
            self._unclear_words(self.heard.text)
            return
        if not self.is_owner:
            self._refuse("owner", "choose", slots=[], none=False)
            return
        answered = self.heard.answers
        times = [datetime.fromisoformat(s) for s in answered.facts.get("slots", ())] if answered else []
        shown = tuple(times) or offer.slots
        if options == (-1,) or -1 in options:
            options = tuple(range(1, len(shown) + 1))
        if any(n > len(shown) for n in options):
            self._unclear_words(self.heard.text)
            return
        picked = [shown[n - 1] for n in options if n > 0]
        numbers = tuple(offer.slots.index(t) + 1 for t in picked if t in offer.slots) or (0,)
        if picked and numbers == (0,):
            self._cannot("closed", "choose", slots=[stamp(t) for t in picked])
            return
        if not catchups.answer(self.draft, offer, self.person.key, numbers):
            self._cannot("closed", "choose", slots=[stamp(t) for t in picked])
            return
        self.say("choose", slots=[stamp(t) for t in picked], none=not picked, meeting=offer.meeting)
        self.inverse.append({"do": "choose", "offer": offer.id})

    def _offer(self) -> Offer | None:
        answered = self.heard.answers
        wanted = answered.facts.get("offer") if answered else None
        if wanted:
            return next((o for o in self.draft.state.offers if o.id == wanted), None)
        live = [o for o in self.draft.state.offers if o.state == "open" and o.slots and o.closes > self.draft.now]
        return live[0] if len(live) == 1 else None

    # -- what is written for the others

    def agenda_item(self, command: said.AgendaItem) -> None:
        self._note("item", "agenda-item", command.text)

    def idea(self, command: said.Idea) -> None:
        self._note("idea", "idea", command.text)

    def feedback(self, command: said.Feedback) -> None:
        self._note("feedback", "feedback", command.text)

    def _note(self, kind: str, what: str, text: str) -> None:
        self.inverse.append({"do": "words", "id": self._words(kind, text, about=self.heard.meeting)})
        self.say(what, text=text)

    def action(self, command: said.Action) -> None:
        found = self.draft.agreement.find(command.owner) if command.owner else None
        action = Action(
            id=self.draft.new_id("a"),
            text=command.text,
            owner=found[1].key if found else None,
            due=command.due,
            state="open",
            by=self.person.key,
            school=self.school.id,
            at=self.draft.now,
        )
        self.draft.update(actions=(*self.draft.state.actions, action))
        self.inverse.append({"do": "action", "id": action.id})
        due = command.due.isoformat() if command.due else None
        self.say("action", text=command.text, owner_name=found[1].name if found else None, due=due)

    def action_done(self, command: said.ActionDone) -> None:
        state = "dropped" if command.dropped else "done"
        action = closest([a for a in self.draft.state.actions if a.state == "open"], command.text)
        if action is None:
            # Done, though nobody had written it down before: that is worth a line too.
            new_id, text = self.draft.new_id("a"), command.text
            action = Action(new_id, text, None, None, "open", self.person.key, self.school.id, self.draft.now)
            self.draft.update(actions=(*self.draft.state.actions, action))
            self.inverse.append({"do": "action", "id": action.id})
        else:
            self.inverse.append({"do": "action-open", "id": action.id})
        closed = replace(action, state=state, closed_at=self.draft.now)
        self.draft.update(actions=tuple(closed if a.id == action.id else a for a in self.draft.state.actions))
        self.say("action-done", text=action.text, dropped=command.dropped)

    def unclear(self, command: said.Unclear) -> None:
        self._unclear_words(command.text)

    def _unclear_words(self, text: str) -> None:
        self._words("leader" if self.person.role == LEADER else "unclear", text)
        kind = self.heard.answers.kind if self.heard.answers else None
        meeting = self.draft.state.meeting(self.heard.meeting)
        self.draft.mail("help", "unclear", [self.person], meeting=meeting, facts={"text": text, "answers": kind})

    def safeguarding(self, command: said.Safeguarding) -> None:
        contact = self.school.safeguarding
        facts = {"text": command.text, "by_name": self.person.name, "by_email": self.person.key}
        if contact:
            self.draft.mail("notice", "worry", [contact.email.lower()], facts=facts, name=contact.name)
            told = {"contact_name": contact.name, "contact_email": contact.email}
        else:
            leaders = self.school.leaders
            self.draft.mail("notice", "worry", leaders, facts=facts)
            told = {"contact_name": leaders[0].name, "contact_email": leaders[0].email}
        self._mail_receipt("worry", told)

    # -- signing, leading

    def sign(self, command: said.Sign) -> None:
        proposal = self._proposal()
        if self.person.role not in (LEAD, LEADER):
            self._refuse("signer", "sign", school=self.school.id)
            return
        if proposal:
            if proposal.school != self.school.id and proposal.state == "open":
                changes.settle(self.draft, proposal, True)
            self.say("sign", school=self.school.id)
            return
        if self.school.id not in self.draft.state.signed:
            self.draft.update(signed={**self.draft.state.signed, self.school.id: self.draft.now})
        self.say("sign", school=self.school.id)

    def _proposal(self) -> Any:
        wanted = self.heard.answers.facts.get("proposal") if self.heard.answers else None
        return next((p for p in self.draft.state.proposals if p.id == wanted), None) if wanted else None

    def confirm(self, command: said.Confirm) -> None:
        answers = self.heard.answers
        kind = answers.kind if answers else None
        if answers and kind == "catch-up":
            self._confirm_offer(answers, command.yes)
        elif kind == "agreement" and not command.yes:
            proposal = self._proposal()
            if proposal and proposal.school != self.school.id and proposal.state == "open":
                if self.person.role not in (LEAD, LEADER):
                    self._refuse("signer", "confirm", yes=False)
                    return
                changes.settle(self.draft, proposal, False)
            self.say("confirm", yes=False)
        elif answers and answers.facts.get("question"):
            self._question(str(answers.facts["question"]), command.yes)
        else:
            self._unclear_words(self.heard.text)

    def _confirm_offer(self, answers: Message, yes: bool) -> None:
        slots = answers.facts.get("slots") or [answers.facts.get("starts")]
        if not yes:
            self.choose((0,))
        elif len(slots) == 1:
            self.choose((1,))
        else:
            self._mail_receipt("ask-back", {"offer": answers.facts.get("offer"), "slots": slots}, asks=True)

    def _question(self, question_id: str, yes: bool) -> None:
        question = next((q for q in self.draft.state.questions if q.id == question_id), None)
        if question is None or question.state != "open" or self.person.key not in question.to:
            self._cannot("closed", "confirm", yes=yes)
            return
        answered = replace(question, state="yes" if yes else "no")
        self.draft.update(questions=tuple(answered if q.id == question.id else q for q in self.draft.state.questions))
        what = question.what
        if question.kind == "was-you" and yes:
            self._also(str(what["address"]))
            self.replay.append(str(what["inbound_id"]))
        elif question.kind == "successor":
            self._successor(what, yes)
        elif question.kind == "newcomer" and yes:
            school = self.draft.agreement.school(what["school"])
            leaving.join(self.draft, school, what["name"], what["email"], what["role"], what["by"])
        self.say("confirm", yes=yes)

    def _also(self, address: str) -> None:
        changed = replace(self.person, also=(*self.person.also, address))
        people = tuple(changed if p.key == self.person.key else p for p in self.school.people)
        self.draft.update(agreement=self.draft.agreement.with_school(replace(self.school, people=people)))

    def _successor(self, what: dict[str, Any], yes: bool) -> None:
        found = self.draft.agreement.find(what["who"])
        if found is None:
            return
        if yes:
            leaving.succeed(self.draft, *found, what["name"], what["email"], what["by"])
        else:
            giver = self.draft.agreement.find(what["by"])
            facts = {"leaver_name": found[1].name, "name": what["name"]}
            if giver:
                self.draft.mail("notice", "successor-declined", [giver[1]], facts=facts)

    def acknowledge(self, command: said.Acknowledge) -> None:
        if not self.leads_school:
            self._refuse("leader", "acknowledge")
            return
        wanted = self.heard.answers.facts.get("escalation") if self.heard.answers else None
        if escalation.acknowledge(self.draft, self.school.id, wanted):
            self.say("acknowledge")

    def review(self, command: said.Review) -> None:
        if self.person.role not in (LEAD, LEADER):
            self._refuse("signer", "review", go_on=command.go_on)
            return
        if review.answer(self.draft, self.school, self.person, command.go_on):
            self.say("review", go_on=command.go_on)
        else:
            self._cannot("closed", "review", go_on=command.go_on)

    # -- people

    def handover(self, command: said.Handover) -> None:
        name, address = command.successor
        who = self.draft.agreement.find(command.who or self.person.key)
        item = {"what": "handover", "leaver_name": who[1].name if who else command.who, "name": name, "email": address}
        if who is None:
            self._cannot("unknown", "handover", **{k: v for k, v in item.items() if k != "what"})
            return
        own = who[1].key == self.person.key
        if who[0].id != self.school.id or not (own or self.is_owner or self.person.role == LEADER):
            self._refuse("owner", "handover", **{k: v for k, v in item.items() if k != "what"})
            return
        known = self.draft.agreement.find(address)
        if known and (known[0].id != self.school.id or known[1].key == who[1].key):
            self._cannot("closed", "handover", **{k: v for k, v in item.items() if k != "what"})
            return
        self._wait("handover", {"who": who[1].key, "name": name, "email": address}, item)

    def stop(self, command: said.Stop) -> None:
        last = leaving.is_last_owner(self.draft, self.person.key)
        self._wait("stop", {}, {"what": "stop", "last": last})

    def absence(self, command: said.Absence) -> None:
        today = self.draft.today(self.school.id)
        first = command.from_ or today
        last = command.until or first
        if last < today or last < first or last - first > FAR:
            self._cannot("past" if last < today else "far", "absence", **{"from": str(first), "until": str(last)})
            return
        before = self.draft.state.absences.get(self.person.key, ())
        spans = (*before, Span(first, last))
        self.draft.update(absences={**self.draft.state.absences, self.person.key: spans})
        self.inverse.append({"do": "absence", "from": first.isoformat(), "until": last.isoformat()})
        self.say("absence", **{"from": first.isoformat(), "until": last.isoformat()})

    def pause(self, command: said.Pause) -> None:
        facts = {"until": command.until.isoformat()}
        if self.person.role != LEAD:
            self._refuse("lead", "pause", **facts)
            return
        today = self.draft.today(self.school.id)
        if command.until <= today:
            self._cannot("past", "pause", **facts)
            return
        if command.until - today > FAR or command.until > self.draft.agreement.review:
            self._cannot("far", "pause", **facts)
            return
        self._wait("pause", facts, {"what": "pause", **facts})

    # -- the agreement

    def closed(self, command: said.Closed) -> None:
        value = {"from": command.from_.isoformat(), "until": command.until.isoformat(), "why": command.why}
        if not self._may_change("closed", **value):
            return
        if command.until < command.from_ or command.until < self.draft.today(self.school.id):
            past = command.until < self.draft.today(self.school.id)
            self._cannot("past" if past else "unknown", "closed", **value)
            return
        self._wait("change", {"field": "closed", "value": value}, {"what": "closed", **value})

    def _may_change(self, what: str, **facts: Any) -> bool:
        if self.is_owner or self.person.role == LEADER:
            return True
        self._refuse("owner", what, **facts)
        return False

    def change(self, command: said.Change) -> None:
        value = _plain(command.value)
        change = {"field": command.field, "value": value, "by": self.person.key}
        item = {"what": "change", **changes.old_and_new(self.draft, change)}
        own_language = command.field == "language"
        if not own_language and not self._may_change("change", **{k: v for k, v in item.items() if k != "what"}):
            return
        reason = changes.refused(self.draft, change)
        if reason:
            self._cannot(reason, "change", **{k: v for k, v in item.items() if k != "what"})
            return
        item["common"] = command.field in changes.COMMON
        self._wait("change", {"field": command.field, "value": value}, item)

    # -- undoing

    def undo(self, command: said.Undo) -> None:
        answers = self.heard.answers
        facts = answers.facts if answers else {}
        items = facts.get("items", [])
        if facts.get("pending"):
            waiting = next((p for p in self.draft.state.pending if p.id == facts["pending"]), None)
            if waiting is None or waiting.by != self.person.key:
                self._too_late(items)
                return
            self.draft.update(pending=tuple(p for p in self.draft.state.pending if p.id != waiting.id))
            self._mail_receipt("undone", {"items": items})
            return
        undoable = next((u for u in self.draft.state.undoables if u.id == facts.get("undoable")), None)
        if undoable is None or undoable.by != self.person.key:
            self._unclear_words(self.heard.text)
            return
        self.draft.update(undoables=tuple(u for u in self.draft.state.undoables if u.id != undoable.id))
        if any(step["do"] == "called-off" for step in undoable.what["inverse"]):
            self._too_late(items)
            return
        for step in reversed(undoable.what["inverse"]):
            self._take_back(step)
        self._mail_receipt("undone", {"items": items})

    def _too_late(self, items: list[dict[str, Any]]) -> None:
        month = next((str(i["meeting"]) for i in items if i.get("meeting")), None)
        offered = any(o.meeting == month and o.state in ("open", "agreed") for o in self.draft.state.offers)
        self._mail_receipt("too-late", {"items": items, "catch_up": offered})

    def _take_back(self, step: dict[str, Any]) -> None:
        draft, do = self.draft, step["do"]
        if do == "words":
            draft.update(words=tuple(w for w in draft.state.words if w.id != step["id"]))
        elif do == "action":
            draft.update(actions=tuple(a for a in draft.state.actions if a.id != step["id"]))
        elif do == "action-open":
            draft.update(
                actions=tuple(
                    replace(a, state="open", closed_at=None) if a.id == step["id"] else a for a in draft.state.actions
                )
            )
        elif do == "report":
            before = step.get("before")
            old = (
                SchoolReport(
                    self.school.id, self.person.key, before["owner"], before["held"],
                    datetime.fromisoformat(before["at"]),
                )
                if before
                else None
            )  # fmt: skip
            reports.take_back(draft, step["meeting"], self.person.key, old)
        elif do == "rsvp":
            meeting = draft.state.meeting(step["meeting"])
            place = meeting.invitee(self.person.key) if meeting else None
            if meeting and place:
                self._place(meeting, replace(place, partstat=step["partstat"]))
        elif do == "choose":
            offers = []
            for offer in draft.state.offers:
                if offer.id == step["offer"] and offer.state == "open":
                    answers = {k: v for k, v in offer.answers.items() if k != self.person.key}
                    offer = replace(offer, answers=answers)
                offers.append(offer)
            draft.update(offers=tuple(offers))
        elif do == "absence":
            spans = draft.state.absences.get(self.person.key, ())
            kept = tuple(
                s for s in spans if (s.first.isoformat(), s.last.isoformat()) != (step["from"], step["until"])
            )
            draft.update(absences={**draft.state.absences, self.person.key: kept})

    # -- questions to the system

    def status(self, command: said.Status) -> None:
        self._mail_receipt("status", {})

    def help(self, command: said.Help) -> None:
        kind = self.heard.answers.kind if self.heard.answers else None
        meeting = self.draft.state.meeting(self.heard.meeting)
        self.draft.mail("help", "unclear", [self.person], meeting=meeting, facts={"text": "", "answers": kind})


_TAKE: dict[type[said.Command], Any] = {
    said.Rsvp: Hearing.rsvp,
    said.Report: Hearing.report,
    said.Cancel: Hearing.cancel,
    said.AgendaItem: Hearing.agenda_item,
    said.Action: Hearing.action,
    said.ActionDone: Hearing.action_done,
    said.Acknowledge: Hearing.acknowledge,
    said.Sign: Hearing.sign,
    said.Confirm: Hearing.confirm,
    said.Handover: Hearing.handover,
    said.Absence: Hearing.absence,
    said.Closed: Hearing.closed,
    said.Meet: Hearing.meet,
    said.Change: Hearing.change,
    said.Pause: Hearing.pause,
    said.Feedback: Hearing.feedback,
    said.Idea: Hearing.idea,
    said.Safeguarding: Hearing.safeguarding,
    said.Review: Hearing.review,
    said.Undo: Hearing.undo,
    said.Status: Hearing.status,
    said.Help: Hearing.help,
    said.Stop: Hearing.stop,
    said.Unclear: Hearing.unclear,
}


def _plain(value: Any) -> Any:
    """A change's value as JSON."""
    if isinstance(value, tuple):
        return {k: v.isoformat() if isinstance(v, date | datetime) else v for k, v in value}
    return value


def _bare(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return set(re.findall(r"\w+", "".join(c for c in folded if not unicodedata.combining(c))))


def closest(actions: list[Action], text: str) -> Action | None:
    """The open action that the words mean: the one that shares most of them, half of the shorter at least."""
    wanted = _bare(text)
    best: tuple[float, int, Action] | None = None
    for number, action in enumerate(actions):
        has = _bare(action.text)
        shared = len(wanted & has)
        inside = text.casefold().strip() in action.text.casefold() or action.text.casefold() in text.casefold()
        score = 1.0 if inside and text.strip() else shared / max(1, min(len(wanted), len(has)))
        if score >= 0.5 and (best is None or (score, number) > best[:2]):
            best = (score, number, action)
    return best[2] if best else None
