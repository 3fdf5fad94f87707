"""What a person's mail changes: one function for each command of the contract's section 4.

A mail's commands are taken in the order of its text. What came from plain words is told back in one receipt, which a NO
takes back; a word that touches others waits an hour, with a receipt of its own. Whether the sender may say a thing is
decided here, and what can't be done is answered, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tandem.core import commands as said
from tandem.core import hear_agreement, hear_meetings, hear_people, hear_words, undoing
from tandem.core.closest import closest
from tandem.core.hearing import Ear, Heard, is_stale

__all__ = ["WAS_YOU_EVERY", "Heard", "Hearing", "closest", "is_stale"]

WAS_YOU_EVERY = timedelta(days=7)
# What needs both signatures: all that is about a meeting, a month or the year. The rest is about people and the paper.
_ONCE_SIGNED = (
    said.Rsvp, said.Counter, said.Report, said.Cancel, said.Choose, said.Meet, said.Acknowledge, said.Review,
    said.Pause,
)  # fmt: skip

_TAKE: dict[type[said.Command], Callable[[Ear, Any], None]] = {
    said.Rsvp: hear_meetings.rsvp,
    said.Report: hear_meetings.report,
    said.Cancel: hear_meetings.cancel,
    said.Meet: hear_meetings.meet,
    said.AgendaItem: hear_words.agenda_item,
    said.Idea: hear_words.idea,
    said.Feedback: hear_words.feedback,
    said.Action: hear_words.action,
    said.ActionDone: hear_words.action_done,
    said.Safeguarding: hear_words.safeguarding,
    said.Status: hear_words.status,
    said.Help: hear_words.help_,
    said.Unclear: hear_words.unclear,
    said.Handover: hear_people.handover,
    said.Stop: hear_people.stop,
    said.Absence: hear_people.absence,
    said.Sign: hear_agreement.sign,
    said.Confirm: hear_agreement.confirm,
    said.Acknowledge: hear_agreement.acknowledge,
    said.Review: hear_agreement.review_,
    said.Pause: hear_agreement.pause,
    said.Closed: hear_agreement.closed,
    said.Change: hear_agreement.change,
    said.Undo: undoing.undo,
}


class Hearing(Ear):
    """One mail being taken in."""

    def take(self) -> None:
        """Takes every command, then tells back what was understood."""
        self.draft.update(last_words={**self.draft.state.last_words, self.person.key: self.draft.now})
        options = tuple(c.option for c in self.heard.commands if isinstance(c, said.Choose))
        counters = [c for c in self.heard.commands if isinstance(c, said.Counter)]
        done: set[str] = set()
        for command in self.heard.commands:
            if self.draft.state.signed_at is None and isinstance(command, _ONCE_SIGNED):
                if "not-signed" not in done:
                    self.receipt("not-signed", {})
                done.add("not-signed")
            elif isinstance(command, said.Choose | said.Counter):
                # Several numbers are one answer, several times one proposal.
                if command.kind not in done:
                    self._together(command, options, counters)
                done.add(command.kind)
            else:
                self._known_anew()
                _TAKE[type(command)](self, command)
        hear_words.chat(self)
        self._receipt()

    def _together(self, command: said.Command, options: tuple[int, ...], counters: list[said.Counter]) -> None:
        self._known_anew()
        if isinstance(command, said.Choose):
            hear_meetings.choose(self, options)
        else:
            hear_meetings.counter(self, counters)

    def _known_anew(self) -> None:
        """An earlier command of the mail may have changed the school, or the person."""
        found = self.draft.agreement.find(self.heard.sender)
        if found:
            self.school, self.person = found

    def _receipt(self) -> None:
        attachments = self.heard.attachments and self.person.key not in self.draft.state.attachments_told
        if attachments:
            told = (*self.draft.state.attachments_told, self.person.key)
            self.draft.update(attachments_told=told)
        if self.items:
            facts: dict[str, Any] = {"items": self.items, "undo": bool(self.inverse), "attachments": attachments}
            if self.inverse:
                facts["undoable"] = self.draft.undoable(self.person.key, {"inverse": self.inverse})
            self.receipt("said", facts, asks=bool(self.inverse))
        elif attachments:
            self.receipt("attachments", {})
