"""Tandem as it is deployed, on the embedded AWS, within this process: table, queues, buckets, and the real handlers.

    with deployed() as tandem:          # MiniStack and the mail service run for as long as the block
        tandem.enrol("aire-nyanza.yaml", data, now)
        tandem.tick(now)
        tandem.take()                   # the mails that SES was given

`functions/*/app.py` are called with the events that AWS would send, their clock set to simulated time. What AWS does
between them is done here, in a fixed order: the notification of a bucket, the stream of the table, the queues.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote_plus

from local import ministack, ses_endpoint, short_wire
from local.clients import read as read_letter
from local.world import SentMail, Unclear
from tandem.aws import clients, settings, store, table
from tandem.core.partnership import Partnership

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "tandem.example"
TABLE, AGREEMENTS, INBOUND = "tandem", "tandem-agreements", "tandem-inbound"
ADVANCE, DELIVER = "tandem-advance", "tandem-deliver"
REPLY_KEY = "the key of a laptop: reply addresses are guessed by nobody here"
SIGNS = ("x-ses-spam-verdict", "x-ses-virus-verdict", "authentication-results")
BATCH = 10  # what AWS gives a function at once
PAGE = 1000  # records of a stream in one answer


class Failed(Exception):
    """A handler said that it could not do its work."""


def environment() -> dict[str, str]:
    """What the functions are told on a laptop; `ADVANCE_QUEUE` and `DELIVER_QUEUE` come with the queues."""
    return {
        "TABLE": TABLE,
        "SHARDS": "1",  # of the due index: one query tells what is next
        "SPREAD_SECONDS": "0",  # simulated time has no crowd
        "INBOUND_BUCKET": INBOUND,
        "INBOUND_PREFIX": "mail/",
        "DOMAIN": DOMAIN,
        "FROM_ADDRESS": f"hello@{DOMAIN}",
        "FROM_NAME": "Tandem",
        "OPERATOR_NAME": "Tandem on this laptop",
        "OPERATOR_EMAIL": f"help@{DOMAIN}",
        "RETENTION_DAYS": "400",
        "REPLY_KEY": REPLY_KEY,
        "CONFIGURATION_SET": "",
        "POWERTOOLS_SERVICE_NAME": "tandem",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "Tandem",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "ERROR",
        "AWS_LAMBDA_FUNCTION_NAME": "tandem-local",
    }


@cache
def function(name: str) -> ModuleType:
    """The module `functions/NAME/app.py`."""
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"tandem_function_{name}", path)
    if spec is None or spec.loader is None:
        raise Failed(f"{path} is not there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, slots=True)
class _Context:
    """What Lambda tells a function of its invocation."""

    function_name: str
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:tandem-local"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass(slots=True)
class Deployment:
    """A `local.world.System` on the embedded AWS."""

    mails: ses_endpoint.MailService
    advance_queue: str
    deliver_queue: str
    log: io.StringIO
    _iterator: str = ""
    _sent: list[SentMail] = field(default_factory=list)
    _known: list[str] = field(default_factory=list)  # partnerships, in the order of enrolment
    _marked: dict[str, store.Mail] = field(default_factory=dict)  # by SES's id

    @property
    def _store(self) -> store.Store:
        return store.open_store(TABLE, 1)

    def begin(self) -> None:
        """Finds the table's stream, and listens to what the store marks as sent."""
        streams = clients.client("dynamodbstreams")
        (stream,) = streams.list_streams(TableName=TABLE)["Streams"]
        shards = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
        self._iterator = streams.get_shard_iterator(
            StreamArn=stream["StreamArn"], ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        self._store.watchers.append(self._mark)

    def _mark(self, mail: store.Mail) -> None:
        self._marked[mail.ses_id] = mail

    # -- the face of the system

    def enrol(self, name: str, data: bytes, now: datetime) -> None:
        """Puts the file into the bucket of agreements, whose notification calls enrol."""
        clients.client("s3").put_object(Bucket=AGREEMENTS, Key=name, Body=data)
        notice = {"bucket": {"name": AGREEMENTS}, "object": {"key": quote_plus(name), "size": len(data)}}
        record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": notice}
        self._call("enrol", {"Records": [record]}, now)
        self._stream(now)

    def knows(self, partnership_id: str) -> None:
        """The run is about that partnership."""
        self._known.append(partnership_id)

    def next_due(self) -> datetime | None:
        answer = clients.client("dynamodb").query(
            TableName=TABLE,
            IndexName=table.DUE,
            KeyConditionExpression="due_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": "due#0"}},
            Limit=1,
        )
        due = [datetime.fromisoformat(item["due_at"]["S"]) for item in answer["Items"]]
        return due[0].astimezone(UTC) if due else None

    def tick(self, now: datetime) -> None:
        """The schedule calls tick; the queues call advance and deliver."""
        told = self._call("tick", {"source": "aws.scheduler", "time": f"{now:%Y-%m-%dT%H:%M:%SZ}"}, now)
        due = int(told["due"])
        advanced = self._queue("advance", self.advance_queue, due, now)
        if advanced:
            self._stream(now)
        self._queue("deliver", self.deliver_queue, due - advanced, now)

    def receive(self, inbound_id: str, raw: bytes, now: datetime) -> None:
        """SES puts the mail into S3 and calls receive."""
        clients.client("s3").put_object(Bucket=INBOUND, Key=f"mail/{inbound_id}", Body=raw)
        self._call("receive", ses_event(inbound_id, raw, now), now)
        self._stream(now)

    def take(self) -> list[SentMail]:
        for accepted in self.mails.take():
            mail = self._marked.pop(accepted.id, None)
            if mail is None or mail.message is None:
                raise Failed(f"a mail went out that nobody marked as sent: {accepted.id}")
            self._sent.append(sent_mail(mail, accepted.raw))
        taken, self._sent = self._sent, []
        return taken

    def partnership(self, partnership_id: str) -> Partnership:
        state = self._store.load(partnership_id, fresh=False)
        if state is None:
            raise Failed(f"{partnership_id} has not been enrolled")
        return state

    def unclear(self) -> Iterable[Unclear]:
        for partnership in self._known:
            for one in self._store.unclear(partnership):
                yield Unclear(partnership, one.at, one.sender, one.inbound_id, one.why)

    @property
    def errors(self) -> list[str]:
        """What the functions logged as errors."""
        return [line for line in self.log.getvalue().splitlines() if line.strip()]

    # -- what AWS does

    def _call(self, name: str, event: dict[str, Any], now: datetime) -> dict[str, Any]:
        module = function(name)
        module.clock = lambda: now  # type: ignore[attr-defined]
        with contextlib.redirect_stdout(io.StringIO()):  # where a function leaves its metrics
            answer: dict[str, Any] = module.handler(event, _Context(f"tandem-{name}")) or {}
        if answer.get("batchItemFailures"):
            raise Failed(f"{name} could not do its work: {self.errors[-1] if self.errors else 'it logged nothing'}")
        return answer

    def _stream(self, now: datetime) -> None:
        """Gives deliver what its event source mapping's filter lets through: new outbox rows."""
        while True:
            answer = clients.client("dynamodbstreams").get_records(ShardIterator=self._iterator, Limit=PAGE)
            self._iterator = answer.get("NextShardIterator") or self._iterator
            rows = [
                record
                for record in answer["Records"]
                if record["eventName"] == "INSERT"
                and record["dynamodb"].get("NewImage", {}).get("type", {}).get("S") == table.OUTBOX
            ]
            for first in range(0, len(rows), BATCH):
                self._call("deliver", {"Records": [stream_record(r) for r in rows[first : first + BATCH]]}, now)
            if len(answer["Records"]) < PAGE:
                return

    def _queue(self, name: str, url: str, most: int, now: datetime) -> int:
        """Gives the function what waits in its queue, up to so many messages; how many there were."""
        sqs = clients.client("sqs")
        done = 0
        while done < most:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=min(BATCH, most - done)).get("Messages")
            if not messages:
                break
            records = [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": {},
                    "messageAttributes": {},
                    "eventSource": "aws:sqs",
                    "awsRegion": ministack.REGION,
                }
                for message in messages
            ]
            self._call(name, {"Records": records}, now)
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
            sqs.delete_message_batch(QueueUrl=url, Entries=entries)
            done += len(messages)
        return done


def sent_mail(mail: store.Mail, raw: bytes) -> SentMail:
    """What the store marked as sent, with the octets that went."""
    message = mail.message
    if message is None:
        raise ValueError("a mail without its message")
    return SentMail(
        at=mail.at,
        raw=raw,
        letter=read_letter(raw),
        to=mail.to.lower(),
        kind=mail.kind,
        variant=message.variant,
        partnerships=(mail.partnership, *mail.further),
        month=mail.month,
        meeting=message.meeting,
        facts=message.facts,
    )


def stream_record(record: dict[str, Any]) -> dict[str, Any]:
    """A record of the stream as Lambda gives it: JSON, binary values in base64."""

    def plain(value: Any) -> Any:
        if isinstance(value, bytes):
            return b64encode(value).decode()
        if isinstance(value, datetime):
            return int(value.timestamp())
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [plain(inner) for inner in value]
        return value

    return {**plain(record), "eventSource": "aws:dynamodb", "awsRegion": ministack.REGION}


def ses_event(inbound_id: str, raw: bytes, now: datetime) -> dict[str, Any]:
    """SES's receipt event. Its verdicts are good, save where the mail's own headers tell what a service found."""
    head = raw[:200_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
    receipt: dict[str, Any] = {
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S.000Z}",
        "processingTimeMillis": 0,
        "recipients": recipients(raw),
        "action": {"type": "Lambda", "functionArn": _Context("tandem-receive").invoked_function_arn},
    }
    if not any(line.startswith(tuple(f"{sign}:".encode() for sign in SIGNS)) for line in head.split(b"\n")):
        for name in ("spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict"):
            receipt[name] = {"status": "PASS"}
    mail = {"messageId": inbound_id, "timestamp": receipt["timestamp"], "destination": receipt["recipients"]}
    return {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": {"mail": mail, "receipt": receipt}}]}


def recipients(raw: bytes) -> list[str]:
    """The envelope's recipients, as the headers tell them: addresses of our own domain."""
    import re

    head = raw[:200_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
    unfolded = re.sub(r"\n[ \t]+", " ", head)
    found: list[str] = []
    for line in unfolded.split("\n")[:500]:
        name, _, value = line.partition(":")
        if name.strip().lower() in ("to", "cc", "delivered-to", "x-original-to"):
            found += re.findall(rf"[^\s<>\",;:]{{1,200}}@{re.escape(DOMAIN)}", value[:20_000], re.I)
    return list(dict.fromkeys(address.lower() for address in found))[:50]


@contextlib.contextmanager
def deployed() -> Iterator[Deployment]:
    """The whole system, for as long as the block lasts; everything is stopped and forgotten after it."""
    own = ministack.environment(environment())  # what is imported looks at it
    with own, ministack.running(_imported) as endpoint, ses_endpoint.running() as mails:
        account = {**ministack.fake_account(endpoint), "AWS_ENDPOINT_URL_SESV2": mails.endpoint}
        with ministack.environment(account), _fresh(), short_wire.short(), _logged() as log:
            advance, deliver = _resources()
            with ministack.environment({"ADVANCE_QUEUE": advance, "DELIVER_QUEUE": deliver}):
                deployment = Deployment(mails, advance, deliver, log)
                deployment.begin()
                yield deployment


def _imported() -> None:
    """Everything that a year needs and that takes its time."""
    for name in ("boto3", "tandem.core.decide", "tandem.wire.reading", "tandem.wire.render"):
        importlib.import_module(name)
    for name in ("advance", "deliver", "enrol", "receive", "tick"):
        function(name)


def _resources() -> tuple[str, str]:
    """Table, buckets and queues; the queues' URLs."""
    clients.client("dynamodb").create_table(**table.definition(TABLE))
    for bucket in (AGREEMENTS, INBOUND):
        clients.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": ministack.REGION}
        )
    sqs = clients.client("sqs")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in (ADVANCE, DELIVER)]
    return urls[0], urls[1]


@contextlib.contextmanager
def _fresh() -> Iterator[None]:
    """Clients, stores and settings by this environment, and none of them after it."""

    def forget() -> None:
        clients.forget()
        store.forget()
        settings.read.cache_clear()

    forget()
    try:
        yield
    finally:
        forget()


@contextlib.contextmanager
def _logged() -> Iterator[io.StringIO]:
    """What the functions' logger writes, kept instead of printed: errors alone."""
    import logging

    from tandem.aws import observability

    warnings.filterwarnings("ignore", "No application metrics to publish")
    log = io.StringIO()
    handlers: list[tuple[logging.StreamHandler[Any], Callable[[Any], Any], Any]] = []
    logger = logging.getLogger(observability.logger.service)
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            handlers.append((handler, handler.setStream, handler.stream))
            handler.setStream(log)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield log
    finally:
        logger.setLevel(level)
        for _, restore, stream in handlers:
            restore(stream)


def main_error(errors: list[str]) -> str:
    """The last error in a line that a person can read."""
    try:
        told = json.loads(errors[-1])
        return f"{told.get('message')}: {told.get('error', '')} at {told.get('place', '')} ({told.get('kind', '')})"
    except (ValueError, IndexError):
        return errors[-1][:300] if errors else ""


