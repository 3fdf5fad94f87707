"""Mail out: an outbox row goes into its readers' postboxes, and what may leave now goes to SES.

    outbox row ──► postboxes ──► still wanted? ──► words ──► SES ──► marked as sent

The same row may come twice. The time is an argument: nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from tandem.aws import ses, settings, table
from tandem.aws.observability import count, note, trouble
from tandem.aws.store import Conflict, Mail, Store
from tandem.core import post
from tandem.core.messages import Message
from tandem.core.partnership import Partnership

TRIES = 6  # edits of a postbox that somebody else keeps writing
SAVED_AT_ONCE = 40  # postboxes in one transaction


def _item(message: Message, row: str, state: Partnership | None) -> post.Item:
    from tandem.wire.outgoing import reader_of

    meeting = state.meeting(message.meeting) if state else None
    return post.Item(
        id=message.id,
        partnership=message.partnership,
        kind=message.kind,
        variant=message.variant,
        created=message.created,
        zone=reader_of(message, state).timezone,
        row=row,
        meeting=message.meeting,
        starts=meeting.starts if meeting else None,
        month=message.facts.get("month") if message.kind == "digest" else None,
        not_before=message.not_before,
        not_after=message.not_after,
        near=message.near,
        alone=bool(message.facts.get("effective")) or message.variant == "worry",
    )


Edit = Callable[[post.Box], post.Box]


@dataclass
class Delivery:
    """Empties postboxes, one mail after the other; leaving the block writes what is left to write.

    What became of one mail is written together with the claim of the next: so there is one write for each mail, and
    never more than one whose fate a crash could hide. An edit is a function of a box, made again on the newest one
    where somebody else has written it: that is why a box that is still in memory will do.
    """

    store: Store
    told: settings.Deliver
    now: datetime
    rows: dict[tuple[str, str], dict[str, Message]] = field(default_factory=dict)
    states: dict[str, Partnership | None] = field(default_factory=dict)
    edits: dict[str, list[Edit]] = field(default_factory=dict)  # by address
    stale: set[str] = field(default_factory=set)  # readers whose box somebody else had written
    mails: list[Mail] = field(default_factory=list)  # gone out, not yet written

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._finish()

    def row(self, partnership: str, row: str, messages: Iterable[Message]) -> None:
        """The messages of an outbox row, each into its reader's postbox."""
        kept = self.store.keep(partnership, row, messages)
        known = self.rows[partnership, row] = {message.id: message for message in kept}
        readers: dict[str, list[Message]] = {}
        for message in known.values():
            readers.setdefault(message.to.lower(), []).append(message)
        state = self._state(partnership)
        for address, theirs in readers.items():
            self._empty(address, tuple(_item(message, row, state) for message in theirs))

    def reader(self, address: str) -> None:
        """A reader in whose postbox something may leave."""
        self.edits.setdefault(address.lower(), [])  # written in any case: when to look again has changed
        self._empty(address.lower(), ())

    def _state(self, partnership: str) -> Partnership | None:
        if partnership not in self.states:
            self.states[partnership] = self.store.load(partnership)
        return self.states[partnership]

    def _empty(self, address: str, items: tuple[post.Item, ...]) -> None:
        if items:
            self._edit(address, lambda box: post.add(box, items, self.now))
        while batch := self._next(address):
            if not self._save((address, batch)):
                continue  # somebody else has claimed it
            self._send(address, batch)
        if len(self.edits) >= SAVED_AT_ONCE:
            self._save()

    def _finish(self) -> None:
        for _ in range(TRIES):
            if self.edits:
                self._save()
            again, self.stale = sorted(self.stale), set()
            for address in again:  # what another has put in meanwhile has not been looked at
                self._empty(address, ())
            if not self.edits and not self.stale:
                return

    def _edit(self, address: str, edit: Edit) -> None:
        self.edits.setdefault(address, []).append(edit)

    def _box(self, address: str) -> post.Box:
        box = self.store.box(address, fresh=False)
        for edit in self.edits.get(address, ()):
            box = edit(box)
        return box

    def _next(self, address: str) -> tuple[post.Item, ...] | None:
        """The mail that leaves next, what nobody wants any more left out; None where nothing may leave now."""
        while True:
            plan = post.due(self._box(address), self.now)
            gone = list(plan.drop)
            batch = plan.send[0] if plan.send else ()
            if self._put_off(address, batch):
                continue
            gone += [post.Dropped(item, "unwanted") for item in batch if not self._wanted(item)]
            if gone:
                self._drop(address, gone)
            if not any(item.item in batch for item in gone):
                return batch or None

    def _drop(self, address: str, gone: list[post.Dropped]) -> None:
        items = tuple(one.item for one in gone)
        self._edit(address, lambda box: post.without(box, items))
        for one in gone:
            count(f"Dropped-{one.why}")
            note("dropped", mail=one.item.id, kind=one.item.kind, why=one.why)

    def _message(self, item: post.Item) -> Message | None:
        row = (item.partnership, item.row)
        if row not in self.rows:
            self.rows[row] = {message.id: message for message in self.store.outbox(*row)}
        return self.rows[row].get(item.id)

    def _put_off(self, address: str, batch: tuple[post.Item, ...]) -> bool:
        """What a pause puts off stays in its box."""
        from tandem.core.wanted import put_off

        found = False
        for item in batch:
            message, state = self._message(item), self._state(item.partnership)
            until = put_off(state, message, self.now) if message and state else None
            if until:
                self._edit(address, partial(post.put_off, item=item, until=until))
                found = True
        return found

    def _wanted(self, item: post.Item) -> bool:
        from tandem.core.wanted import wanted

        message, state = self._message(item), self._state(item.partnership)
        if message is None:
            count("MailLost")
            return False
        return state is None or wanted(state, message, self.now)

    def _send(self, address: str, batch: tuple[post.Item, ...]) -> None:
        first = not self._box(address).first
        try:
            mail = self._sent(batch, first)
        except Exception as error:  # whatever it is: this mail is tried again, and the others are not held up
            self._failed(address, batch, error)
            return
        self.mails.append(mail)
        self._edit(address, lambda box: post.sent(box, batch, self.now))
        count("MailSent")
        note("sent", mail=batch[0].id, kind=mail.kind, ses=mail.ses_id)

    def _failed(self, address: str, batch: tuple[post.Item, ...], error: Exception) -> None:
        _, given_up = post.failed(self._box(address), batch, self.now)
        self._edit(address, lambda box: post.failed(box, batch, self.now)[0])
        count("MailFailed")
        trouble("not sent", error, mail=batch[0].id, kind=batch[0].kind)
        for one in given_up:
            count("MailLost")
            note("given up", mail=one.item.id, kind=one.item.kind)

    def _sent(self, batch: tuple[post.Item, ...], first: bool) -> Mail:
        """Makes the words and the octets, and hands them to SES."""
        from tandem.wire.outgoing import Sender, outgoing

        told = self.told
        messages = tuple(message for item in batch if (message := self._message(item)) is not None)
        lead = messages[0]
        states = {m.partnership: state for m in messages if (state := self._state(m.partnership)) is not None}
        sender = Sender(
            domain=told.domain,
            address=told.from_address,
            name=told.from_name,
            operator_name=told.operator_name,
            operator_email=told.operator_email,
            retention_days=told.retention_days,
        )
        made = outgoing(messages, states, sender, told.reply_key.encode(), self.now, first)
        tags = {"kind": lead.kind} | ({"partnership": lead.partnership} if lead.partnership else {})
        ses_id = ses.send(made.raw, told.from_address, made.reader.email, told.configuration_set, tags)
        return Mail(
            token=made.token,
            partnership=lead.partnership,
            at=self.now,
            kind=lead.kind,
            to=lead.to,
            subject=made.words.subject,
            month=lead.month,
            ses_id=ses_id,
            message=lead,
            further=tuple(dict.fromkeys(m.partnership for m in messages if m.partnership != lead.partnership)),
        )

    def _save(self, claim: tuple[str, tuple[post.Item, ...]] | None = None) -> bool:
        """Writes every edit, every mail that went out, and the claim; says whether the claim holds."""
        if claim is not None:
            self.edits.setdefault(claim[0], [])
        for _ in range(TRIES):
            boxes: dict[str, tuple[post.Box, datetime | None]] = {}
            holds = claim is not None
            for address in self.edits:
                box = self._box(address)
                if claim is not None and address == claim[0]:
                    holds = _free(box, claim[1], self.now)
                    box = post.claim(box, claim[1], self.now) if holds else box
                boxes[address] = (box, _look_again(box, self.now))
            try:
                self.store.save(boxes, self.mails)
            except Conflict:
                count("Conflict")
                self.stale.update(self.edits)  # the store has forgotten them: they are read anew
                continue
            self.edits.clear()
            self.mails.clear()
            return holds
        raise Conflict(*map(table.reader, self.edits))


def _free(box: post.Box, batch: tuple[post.Item, ...], now: datetime) -> bool:
    """Is every one of these still waiting, and in nobody's hands?"""
    waiting = {item.id: item for item in box.waiting}
    return all(item.id in waiting and not post.in_flight(waiting[item.id], now) for item in batch)


def _look_again(box: post.Box, now: datetime) -> datetime | None:
    plan = post.due(box, now)
    return now if plan.send or plan.drop else plan.look_again
