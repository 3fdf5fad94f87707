"""The functions on moto: the real handlers, a small fresh table, and what SES was given."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from local import deployment, ministack
from tandem.aws import clients, observability, ses, settings, store, table
from tandem.core.partnership import Partnership
from tests.support.agreements import AIRE_NYANZA_YAML

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 8, 18, 9, 0, tzinfo=UTC)  # a morning in Keighley and a noon in Kisumu
FILES = {"agreements": "tandem-agreements", "inbound": "tandem-inbound"}


def event(name: str) -> dict[str, Any]:
    """The sample of that name."""
    read: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return read


def raw(name: str) -> bytes:
    return (ROOT / "events" / "mail" / f"{name}.eml").read_bytes()


@dataclass
class Cloud:
    """What surrounds the functions. `refuse` makes SES fail, once for each entry."""

    store: store.Store
    now: datetime = NOW
    sent: list[EmailMessage] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)
    seen: int = 0

    def call(self, name: str, event: dict[str, Any]) -> Any:
        module: Any = deployment.function(name)
        module.clock = lambda: self.now
        return module.handler(event, deployment._Context(f"tandem-{name}"))

    def send(self, raw: bytes, sender: str, to: str, configuration_set: str = "", tags: object = None) -> str:
        if self.refuse:
            raise self.refuse.pop(0)
        self.sent.append(email.message_from_bytes(raw, policy=email.policy.default))  # type: ignore[arg-type]
        return f"ses-{len(self.sent)}"

    def put_file(self, name: str, data: bytes, **metadata: str) -> None:
        clients.client("s3").put_object(Bucket=FILES["agreements"], Key=name, Body=data, Metadata=metadata)

    def put_mail(self, event: dict[str, Any], data: bytes, to: str | None = None) -> dict[str, Any]:
        """The mail of that receipt lies in the bucket; `to` is the reply address that it was sent to."""
        ((record),) = event["Records"]
        key = f"mail/{record['ses']['mail']['messageId']}"
        if to is not None:
            record["ses"]["receipt"]["recipients"] = [to]
            data = data.replace(b"r+abcdefghijklmnopqrstuvwx@tandem.example", to.encode())
        clients.client("s3").put_object(Bucket=FILES["inbound"], Key=key, Body=data)
        return event

    def enrol(self) -> None:
        self.put_file("aire-nyanza.yaml", AIRE_NYANZA_YAML.encode())
        self.call("enrol", event("enrol-agreement"))

    def answer(self, person: str, kind: str, words: bytes, inbound_id: str) -> Any:
        """That person's answer to the newest mail of that kind, and what comes of it."""
        mail = event("receive-signature")
        mail["Records"][0]["ses"]["mail"]["messageId"] = inbound_id
        words = words.replace(b"a.khan@airedale.example", person.encode())
        outcome = self.call("receive", self.put_mail(mail, words, to=self.reply_to(person, kind)))
        self.deliver()
        return outcome

    def sign(self) -> None:
        """Both schools have signed, and the invitations are out."""
        self.enrol()
        self.deliver()
        for person in ("a.khan@airedale.example", "g.achieng@nyanza.example"):
            assert self.answer(person, "agreement", raw("agree"), f"sign-{person}") == {"outcomes": ["heard"]}

    def rows(self) -> list[dict[str, Any]]:
        """The outbox rows, in order, as records of the stream."""
        answer = self.store.client.query(
            TableName=self.store.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :out)",
            ExpressionAttributeValues={":pk": {"S": "P#aire-nyanza"}, ":out": {"S": "OUT#"}},
        )
        records = [{"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in answer["Items"]]
        return [deployment.stream_record(record) for record in records]

    def deliver(self) -> Any:
        """The stream brings the rows that are new."""
        rows = self.rows()
        new, self.seen = rows[self.seen :], len(rows)
        return self.call("deliver", {"Records": new}) if new else None

    def tick(self, **later: float) -> None:
        """Time passes; the schedule and the queues do their work."""
        self.now += timedelta(**later)
        self.call("tick", event("tick-schedule"))
        for name in ("advance", "deliver"):
            url = clients.client("sqs").get_queue_url(QueueName=f"tandem-{name}")["QueueUrl"]
            while got := clients.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                records = [
                    {"messageId": m["MessageId"], "body": m["Body"], "eventSource": "aws:sqs", "attributes": {}}
                    for m in got
                ]
                self.call(name, {"Records": records})
                for m in got:
                    clients.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])
            self.deliver()

    def state(self) -> Partnership:
        state = store.Store(self.store.client, self.store.name).load("aire-nyanza")
        assert state is not None
        return state

    def kinds(self, to: str = "") -> list[tuple[str, str]]:
        """(kind, to) of every mail that the table knows as sent, in order of sending."""
        mails = sorted(self.store.sent("aire-nyanza"), key=lambda m: int(m.ses_id.removeprefix("ses-")))
        return [(m.kind, m.to) for m in mails if not to or m.to == to]

    def reply_to(self, person: str, kind: str) -> str:
        """The reply address of the newest mail of that kind to that person."""
        mails = [m for m in self.store.sent("aire-nyanza") if (m.kind, m.to) == (kind, person)]
        newest = max(mails, key=lambda m: int(m.ses_id.removeprefix("ses-")))
        return str(self.sent[int(newest.ses_id.removeprefix("ses-")) - 1]["Reply-To"].addresses[0].addr_spec)


def _forget() -> None:
    clients.forget()
    store.forget()
    settings.read.cache_clear()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {**ministack.fake_account(""), **deployment.environment()}.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    _forget()
    with mock_aws():
        clients.client("dynamodb").create_table(**table.definition("tandem"))
        for bucket in FILES.values():
            clients.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": ministack.REGION}
            )
        for name in ("advance", "deliver"):
            url = clients.client("sqs").create_queue(QueueName=f"tandem-{name}")["QueueUrl"]
            monkeypatch.setenv(f"{name.upper()}_QUEUE", url)
        made = Cloud(store.open_store("tandem", 1))
        monkeypatch.setattr(ses, "send", made.send)
        level = observability.logger.log_level
        observability.logger.setLevel("INFO")  # as it is deployed
        yield made
        observability.logger.setLevel(level)
    _forget()
