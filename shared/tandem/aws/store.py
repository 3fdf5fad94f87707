"""The single table: load, due, commit. `tandem.aws.table` tells the items.

A decision is one TransactWriteItems: the state under the condition that nobody has written since it was loaded, its
mails as outbox rows, the marker of what caused it, and the index of the people's addresses. Each condition carries the
error that its failure means, so that nobody has to read AWS's.
"""

from __future__ import annotations

from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from tandem.aws import table
from tandem.aws.clients import client
from tandem.aws.codec import moment, pack, stamp, unpack
from tandem.aws.receipts import Arrival
from tandem.core.messages import Message
from tandem.core.partnership import Partnership
from tandem.core.post import Box

ROW_BYTES = 300_000  # of an outbox row's data: an item holds 400 kB
MOST_ITEMS = 100  # of a transaction
CACHED = 256  # values that a warm process keeps
T = TypeVar("T")


class StoreError(Exception):
    """What a condition's failure means."""


class Conflict(StoreError):
    """Somebody else has written in the meantime: load again, decide again. `keys` are the items' pks, where known."""

    def __init__(self, *keys: str) -> None:
        super().__init__(*keys)
        self.keys = keys


class AlreadyHeard(StoreError):
    """This mail, file or event has been taken in before."""


class TooLarge(StoreError):
    """The decision does not fit into one transaction."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What caused a decision, so that it counts once. `replay`: stored mails that are to be read again after it."""

    inbound_id: str
    replay: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """An accepted mail that could not be interpreted."""

    at: datetime
    sender: str
    inbound_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that went out. `message` is None in the list that `Store.sent` gives."""

    token: str
    partnership: str
    at: datetime
    kind: str
    to: str
    subject: str
    month: str | None
    ses_id: str
    message: Message | None = None
    further: tuple[str, ...] = ()  # partnerships that it covers besides


@dataclass
class Store:
    """`client` is boto3's DynamoDB client. A store keeps what it has read: `fresh` reads again."""

    client: Any
    name: str
    shards: int = 4
    watchers: list[Callable[[Mail], None]] = field(default_factory=list)  # told of each mail once it is marked as sent
    _states: OrderedDict[str, Partnership] = field(default_factory=OrderedDict)
    _boxes: OrderedDict[str, Box] = field(default_factory=OrderedDict)
    _outbox: OrderedDict[str, tuple[Message, ...]] = field(default_factory=OrderedDict)

    # States

    def load(self, partnership: str, fresh: bool = True) -> Partnership | None:
        """The state, `version` that of its row; None where there is none. Without `fresh` it may be an old one: good
        enough for a decision, since the commit of an old one is a Conflict."""
        known = self._states.get(partnership)
        if known is not None and not fresh:
            return known
        item = self._get(table.partnership(partnership), table.STATE)
        if item is None:
            self._states.pop(partnership, None)
            return None
        version = int(item["version"]["N"])
        if known is not None and known.version == version:
            return known
        state = replace(unpack(item["data"]["B"], Partnership), version=version)
        return self._keep(self._states, partnership, state)

    def commit(
        self,
        before: Partnership | None,
        after: Partnership,
        messages: Sequence[Message],
        next_due: datetime | None,
        now: datetime,
        marker: Marker | None = None,
        unclear: Unclear | None = None,
    ) -> Partnership:
        """Writes one decision, whole or not at all; returns the state with its new version.

        Raises Conflict where the row's version is no longer that of `before` (None: where there is a row already),
        AlreadyHeard where the marker is there, TooLarge where it all is more than a transaction holds.
        """
        expected = before.version if before else 0
        after = replace(after, version=expected + 1)
        pk = table.partnership(after.id)
        row = table.key(pk, table.STATE) | {
            "data": {"B": pack(after)},
            "version": {"N": str(after.version)},
        }
        writes = [self._put(row | self._due(pk, next_due), expected)]
        errors: list[StoreError] = [Conflict(pk)]
        item: dict[str, Any]
        for number, octets in enumerate(_bundles(messages)):
            item = table.key(pk, table.out(after.version, number)) | {
                "type": {"S": table.OUTBOX},
                "data": {"B": octets},
                "expires": table.expires(now, table.OUTBOX_KEPT),
            }
            writes.append(self._put(item))
            errors.append(Conflict(pk))
        if marker is not None:
            item = {
                **table.key(pk, table.inbox(marker.inbound_id)),
                "at": {"S": stamp(now)},
                "expires": table.expires(now, table.MARKER_KEPT),
            }
            if marker.replay:
                item["replay"] = {"L": [{"S": one} for one in marker.replay]}
            writes.append(self._put(item, 0))
            errors.append(AlreadyHeard(marker.inbound_id))
        if unclear is not None:
            item = table.key(pk, table.unclear(stamp(unclear.at), unclear.inbound_id)) | {
                "at": {"S": stamp(unclear.at)},
                "sender": {"S": unclear.sender},
                "inbound": {"S": unclear.inbound_id},
                "why": {"S": unclear.why},
                "expires": table.expires(now, table.MARKER_KEPT),
            }
            writes.append(self._put(item))
            errors.append(Conflict(pk))
        people = self._people(before, after)
        if len(writes) + len(people) > MOST_ITEMS:
            # The index is a hint, held against the state whenever it is read: too much of it may come early.
            for write in people:
                operation, request = next(iter(write.items()))
                (self.client.put_item if operation == "Put" else self.client.delete_item)(**request)
            people = []
        writes += people
        errors += [Conflict(pk)] * len(people)
        if len(writes) > MOST_ITEMS:
            raise TooLarge(f"{len(writes)} items")
        try:
            self._write(writes, errors)
        except StoreError:
            self._states.pop(after.id, None)
            raise
        return self._keep(self._states, after.id, after)

    def heard(self, partnership: str, inbound_id: str) -> Marker | None:
        """The marker of a mail that has been taken in; None where it has not."""
        item = self._get(table.partnership(partnership), table.inbox(inbound_id))
        if item is None:
            return None
        return Marker(inbound_id, tuple(one["S"] for one in item.get("replay", {}).get("L", ())))

    def due(self, now: datetime, shard: int) -> Iterator[str]:
        """The pks of the states and postboxes in that shard for which something is due, the longest due first."""
        request: dict[str, Any] = {
            "IndexName": table.DUE,
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
            "ExpressionAttributeValues": {":shard": {"S": f"due#{shard}"}, ":now": {"S": stamp(now)}},
        }
        return (item["pk"]["S"] for item in self._query(request))

    def outbox(self, partnership: str, row: str) -> tuple[Message, ...]:
        """The messages of one outbox row, which never change; none where it has gone."""
        known = self._outbox.get(f"{partnership} {row}")
        if known is None:
            item = self._get(table.partnership(partnership), row)
            known = self.keep(partnership, row, messages_of(item)) if item else ()
        return known

    def keep(self, partnership: str, row: str, messages: Iterable[Message]) -> tuple[Message, ...]:
        """Remembers the messages of an outbox row that a stream's record has told."""
        return self._keep(self._outbox, f"{partnership} {row}", tuple(messages))

    def send_once(self, partnership: str, messages: Sequence[Message], cause: str, now: datetime) -> None:
        """Puts mails that come of no decision into the outbox. Raises AlreadyHeard where `cause` has been."""
        pk = table.partnership(partnership)
        marker = table.key(pk, table.inbox(cause)) | {
            "at": {"S": stamp(now)},
            "expires": table.expires(now, table.MARKER_KEPT),
        }
        writes, errors = [self._put(marker, 0)], [AlreadyHeard(cause)]
        for number, octets in enumerate(_bundles(messages)):
            item = table.key(pk, f"OUT#{cause}#{number:03}") | {
                "type": {"S": table.OUTBOX},
                "data": {"B": octets},
                "expires": table.expires(now, table.OUTBOX_KEPT),
            }
            writes.append(self._put(item))
            errors.append(AlreadyHeard(cause))
        self._write(writes, errors)

    def partnerships_of(self, address: str) -> tuple[str, ...]:
        """The partnerships among whose people that address is, or was."""
        request = {
            "KeyConditionExpression": "pk = :who",
            "ExpressionAttributeValues": {":who": {"S": table.who(address)}},
        }
        return tuple(item["sk"]["S"].removeprefix("P#") for item in self._query(request))

    # Postboxes

    def box(self, address: str, fresh: bool = True) -> Box:
        """The reader's postbox, an empty one where there is none. Without `fresh` it may be old, as in `load`."""
        address = address.lower()
        if not fresh and address in self._boxes:
            return self._boxes[address]
        item = self._get(table.reader(address), table.BOX)
        if item is None:
            return Box(address)
        version = int(item["version"]["N"])
        return self._keep(self._boxes, address, replace(unpack(item["data"]["B"], Box), version=version))

    def save(self, boxes: Mapping[str, tuple[Box, datetime | None]], mails: Iterable[Mail] = ()) -> None:
        """Writes postboxes, each with when to look at it again, and the mails that have gone out, in one transaction.

        Raises Conflict, with the pks of the boxes that somebody else has written in the meantime.
        """
        writes: list[dict[str, Any]] = []
        errors: list[StoreError] = []
        saved: list[Box] = []
        for address, (box, look_again) in boxes.items():
            pk = table.reader(address)
            after = replace(box, version=box.version + 1)
            row = table.key(pk, table.BOX) | {"data": {"B": pack(after)}, "version": {"N": str(after.version)}}
            writes.append(self._put(row | self._due(pk, look_again), box.version))
            errors.append(Conflict(pk))
            saved.append(after)
        mails = tuple(mails)
        for mail in mails:
            for item in _mail_items(mail):
                writes.append(self._put(item))
                errors.append(Conflict())
        try:
            self._write(writes, errors)
        except Conflict:
            for address in boxes:
                self._boxes.pop(address, None)
            raise
        for box in saved:
            self._keep(self._boxes, box.address, box)
        for mail in mails:
            for watcher in self.watchers:
                watcher(mail)

    # Mails that went out

    def mail(self, token: str) -> Mail | None:
        """The mail with that reply token."""
        item = self._get(table.mail(token), table.MAIL)
        return _mail_of(item) if item else None

    def mail_by_ses_id(self, ses_id: str) -> Mail | None:
        request = {
            "IndexName": table.SES,
            "KeyConditionExpression": "ses_id = :id",
            "ExpressionAttributeValues": {":id": {"S": ses_id}},
        }
        for item in self._query(request):
            return self.mail(item["pk"]["S"].removeprefix("MAIL#"))
        return None

    def sent(self, partnership: str) -> Iterator[Mail]:
        """Every mail sent for that partnership, in order, without its message."""
        request = {
            "IndexName": table.SENT,
            "KeyConditionExpression": "sent_of = :of",
            "ExpressionAttributeValues": {":of": {"S": table.partnership(partnership)}},
        }
        return (_mail_of(item) for item in self._query(request))

    def unclear(self, partnership: str) -> Iterator[Unclear]:
        """The accepted mails that could not be interpreted, in order."""
        request = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :kind)",
            "ExpressionAttributeValues": {
                ":pk": {"S": table.partnership(partnership)},
                ":kind": {"S": "UNCLEAR#"},
            },
        }
        for item in self._query(request):
            yield Unclear(moment(item["at"]["S"]), item["sender"]["S"], item["inbound"]["S"], item["why"]["S"])

    # Mails that wait for a "yes, that was me"

    def hold(self, arrival: Arrival, now: datetime) -> None:
        """Keeps what the mail service told of a mail that may have to be read again."""
        item = table.key(table.held(arrival.inbound_id), table.HELD) | {
            "data": {"B": pack(arrival)},
            "expires": table.expires(now, table.MARKER_KEPT),
        }
        self.client.put_item(TableName=self.name, Item=item)

    def held(self, inbound_id: str) -> Arrival | None:
        """What `hold` kept."""
        item = self._get(table.held(inbound_id), table.HELD)
        return unpack(item["data"]["B"], Arrival) if item else None

    # Requests

    def _get(self, pk: str, sk: str) -> dict[str, Any] | None:
        answer = self.client.get_item(TableName=self.name, Key=table.key(pk, sk), ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _query(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        request = {"TableName": self.name, **request}
        while True:
            answer = self.client.query(**request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _put(self, item: dict[str, Any], version: int | None = None) -> dict[str, Any]:
        """A Put: of a row that has that version (0: that is not there), or of any."""
        put: dict[str, Any] = {"TableName": self.name, "Item": item}
        if version == 0:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        elif version is not None:
            put["ConditionExpression"] = "version = :version"
            put["ExpressionAttributeValues"] = {":version": {"N": str(version)}}
        return {"Put": put}

    def _due(self, pk: str, at: datetime | None) -> dict[str, Any]:
        return {"due_shard": {"S": table.shard(pk, self.shards)}, "due_at": {"S": stamp(at)}} if at else {}

    def _people(self, before: Partnership | None, after: Partnership) -> list[dict[str, Any]]:
        if before is not None and before.agreement is after.agreement and before.departures is after.departures:
            return []
        had = _addresses(before) if before else set()
        has = _addresses(after)
        keys = [("Put", address) for address in sorted(has - had)]
        keys += [("Delete", address) for address in sorted(had - has)]
        writes = []
        for operation, address in keys:
            row = table.key(table.who(address), table.partnership(after.id))
            writes.append({operation: {"TableName": self.name, ("Item" if operation == "Put" else "Key"): row}})
        return writes

    def _write(self, writes: list[dict[str, Any]], errors: Sequence[StoreError]) -> None:
        """All or nothing. Where conditions fail, the error of the most telling one: heard before, then conflicts."""
        try:
            if len(writes) == 1:
                self.client.put_item(**writes[0]["Put"])
            else:
                self.client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                raise errors[0] from None
            if code != "TransactionCanceledException":
                raise
            reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", ())]
            failed = [
                errors[place]
                for place, reason in enumerate(reasons)
                if reason in ("ConditionalCheckFailed", "TransactionConflict")
            ]
            if not failed:
                raise
            heard = next((one for one in failed if isinstance(one, AlreadyHeard)), None)
            if heard is not None and all(r in ("None", "ConditionalCheckFailed") for r in reasons):
                raise heard from None
            raise Conflict(*(key for one in failed if isinstance(one, Conflict) for key in one.keys)) from None

    @staticmethod
    def _keep(kept: OrderedDict[str, T], key: str, value: T) -> T:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > CACHED:
            kept.popitem(last=False)
        return value


def messages_of(item: Mapping[str, Any]) -> tuple[Message, ...]:
    """The messages of an outbox row, as the table gives it, or as a stream's record does: in base64."""
    octets = item["data"]["B"]
    return unpack(b64decode(octets) if isinstance(octets, str) else octets, tuple[Message, ...])


def outbox_row(record: Mapping[str, Any]) -> tuple[str, str, tuple[Message, ...]] | None:
    """(partnership, row, messages) of a stream's record; None of a record that is about something else."""
    image = record.get("dynamodb", {}).get("NewImage", {})
    if record.get("eventName") != "INSERT" or image.get("type", {}).get("S") != table.OUTBOX:
        return None
    return image["pk"]["S"].removeprefix("P#"), image["sk"]["S"], messages_of(image)


def _bundles(messages: Sequence[Message]) -> Iterator[bytes]:
    """The messages packed, as few rows as hold them."""
    if not messages:
        return
    octets = pack(tuple(messages))
    if len(octets) <= ROW_BYTES:
        yield octets
    elif len(messages) == 1:
        raise TooLarge(f"one message of {len(octets)} octets")
    else:
        half = len(messages) // 2
        yield from _bundles(messages[:half])
        yield from _bundles(messages[half:])


def _addresses(state: Partnership) -> set[str]:
    people = [person for _, person in state.agreement.people]
    people += [gone.person for gone in state.departures]
    return {address.lower() for person in people for address in (person.email, *person.also)}


def _mail_items(mail: Mail) -> Iterator[dict[str, Any]]:
    if mail.message is None:
        raise ValueError("a mail without its message")
    common = {
        "sent_at": {"S": f"{stamp(mail.at)}#{mail.message.id}"},
        "kind": {"S": mail.kind},
        "to": {"S": mail.to},
        "subject": {"S": mail.subject},
        "ses_id": {"S": mail.ses_id},
        "expires": table.expires(mail.at, table.MAIL_KEPT),
    } | ({"month": {"S": mail.month}} if mail.month else {})
    pk = table.mail(mail.token)
    yield (
        table.key(pk, table.MAIL)
        | common
        | {
            "sent_of": {"S": table.partnership(mail.partnership)},
            "data": {"B": pack(mail.message)},
        }
    )
    for other in mail.further:
        of = table.partnership(other)
        yield table.key(pk, of) | common | {"sent_of": {"S": of}}


def _mail_of(item: Mapping[str, Any]) -> Mail:
    return Mail(
        token=item["pk"]["S"].removeprefix("MAIL#"),
        partnership=item["sent_of"]["S"].removeprefix("P#"),
        at=moment(item["sent_at"]["S"].partition("#")[0]),
        kind=item["kind"]["S"],
        to=item["to"]["S"],
        subject=item["subject"]["S"],
        month=item["month"]["S"] if "month" in item else None,
        ses_id=item["ses_id"]["S"],
        message=unpack(item["data"]["B"], Message) if "data" in item else None,
    )


@cache
def open_store(name: str, shards: int) -> Store:
    """The store of this process on that table: what it has read once it remembers."""
    return Store(client("dynamodb"), name, shards)


def forget() -> None:
    """Lets go of every store, and of what it remembers."""
    open_store.cache_clear()
