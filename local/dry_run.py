"""A year without AWS: the same people, the same decisions, postboxes and words, the table in memory.

For tests that live through many years. It calls the use cases as the handlers do; a test holds its mails against those
of `tandem simulate`, octet by octet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from unittest import mock

from local import deployment, ministack
from local.memory_table import MemoryTable
from local.story import Story
from local.world import SentMail, Unclear
from local.year import Year, begins_at, groups, merged, midnight, run
from tandem import delivery, usecases
from tandem.aws import mailbox, ses, settings, store, table
from tandem.aws.receipts import arrivals
from tandem.core.agreement import Agreement
from tandem.core.partnership import Partnership


@dataclass(slots=True)
class InMemory:
    """A `local.world.System` in memory."""

    table: MemoryTable = field(default_factory=lambda: MemoryTable(table.definition(deployment.TABLE)))
    _store: store.Store = field(init=False)
    _files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _raw: dict[str, bytes] = field(default_factory=dict)  # what was sent, by SES's id
    _sent: list[SentMail] = field(default_factory=list)
    _count: int = 0
    _known: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._store = store.Store(self.table, deployment.TABLE, 1)
        self._store.watchers.append(self._mark)

    @contextlib.contextmanager
    def connected(self) -> Iterator[None]:
        """While the block lasts, the use cases' mail service and buckets are this one's."""

        def fetch(bucket: str, key: str, most: int) -> mailbox.File:
            data = self._files.get((bucket, key))
            if data is None:
                raise mailbox.NoSuchFile(key)
            return mailbox.File(data[: most + 1], etag=_etag(data))

        def send(raw: bytes, sender: str, to: str, configuration_set: str = "", tags: object = None) -> str:
            self._count += 1
            ses_id = f"{self._count:016x}-tandem-000000"
            self._raw[ses_id] = raw
            return ses_id

        with (
            ministack.environment(deployment.environment()),
            mock.patch.object(mailbox, "fetch", fetch),
            mock.patch.object(ses, "send", send),
            mock.patch.object(usecases, "count"),
            mock.patch.object(usecases, "note"),
            mock.patch.object(delivery, "count"),
            mock.patch.object(delivery, "note"),
            mock.patch.object(delivery, "trouble", _raised),
        ):
            settings.read.cache_clear()
            try:
                yield
            finally:
                settings.read.cache_clear()

    def _mark(self, mail: store.Mail) -> None:
        self._sent.append(deployment.sent_mail(mail, self._raw.pop(mail.ses_id)))

    # -- the face of the system

    def enrol(self, name: str, data: bytes, now: datetime) -> None:
        self._files[deployment.AGREEMENTS, name] = data
        usecases.enrol(self._store, deployment.AGREEMENTS, name, now)
        self._drain(now)

    def knows(self, partnership_id: str) -> None:
        self._known.append(partnership_id)

    def next_due(self) -> datetime | None:
        items = self.table.query(
            TableName=deployment.TABLE,
            IndexName=table.DUE,
            KeyConditionExpression="due_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": "due#0"}},
            Limit=1,
        )["Items"]
        return datetime.fromisoformat(items[0]["due_at"]["S"]).astimezone(UTC) if items else None

    def tick(self, now: datetime) -> None:
        due = [pk.partition("#") for pk in self._store.due(now, 0)]
        told = settings.read(settings.Deliver)
        for kind, _, name in due:
            if kind == "P":
                usecases.advance(self._store, name, now)
        self._drain(now)
        for kind, _, name in due:
            if kind == "R":
                with delivery.Delivery(self._store, told, now) as out:
                    out.reader(name)

    def receive(self, inbound_id: str, raw: bytes, now: datetime) -> None:
        told = settings.read(settings.Receive)
        self._files[told.inbound_bucket, told.inbound_prefix + inbound_id] = raw
        for arrival in arrivals(deployment.ses_event(inbound_id, raw, now)):
            usecases.receive(self._store, told, arrival, now)
        self._drain(now)

    def take(self) -> list[SentMail]:
        taken, self._sent = self._sent, []
        return taken

    def partnership(self, partnership_id: str) -> Partnership:
        state = self._store.load(partnership_id, fresh=False)
        if state is None:
            raise deployment.Failed(f"{partnership_id} has not been enrolled")
        return state

    def unclear(self) -> Iterable[Unclear]:
        for partnership in self._known:
            for one in self._store.unclear(partnership):
                yield Unclear(partnership, one.at, one.sender, one.inbound_id, one.why)

    def _drain(self, now: datetime) -> None:
        told = settings.read(settings.Deliver)
        while written := self.table.written:
            self.table.written = []
            for item in written:
                row = store.outbox_row({"eventName": "INSERT", "dynamodb": {"NewImage": item}})
                if row:
                    with delivery.Delivery(self._store, told, now) as out:
                        out.row(*row)


def _raised(event: str, error: BaseException, **facts: object) -> None:
    """A mail that can't be made is tried again in the deployment; here it ends the run."""
    raise error


def _etag(data: bytes) -> str:
    from hashlib import md5

    return md5(data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class DryYear:
    year: Year
    states: tuple[Partnership, ...]
    unclear: tuple[Unclear, ...]


def dry_run(
    files: Sequence[tuple[str, bytes]], agreements: Sequence[Agreement], story: Story, until: date
) -> DryYear:
    """The year of those agreements, as their files have them, up to but not including that day."""
    system = InMemory()
    for agreement in agreements:
        system.knows(agreement.id)
    with system.connected():
        year = run(system, agreements, files, story, begins_at(agreements), midnight(until))
        year = merged([year], groups(agreements))
        states = tuple(system.partnership(agreement.id) for agreement in agreements)
        return DryYear(year, states, tuple(system.unclear()))
