"""The single table: every kind of item, its keys, and who reads it. Nothing ever scans it.

| item | pk | sk | holds |
| --- | --- | --- | --- |
| state | `P#<partnership>` | `STATE` | `data` (Partnership), `version`, `due_shard`, `due_at` |
| outbox | `P#<partnership>` | `OUT#<version>#<n>` | `data` (messages of one decision), `type` = `outbox` |
| inbox marker | `P#<partnership>` | `IN#<inbound id>` | `at`, `replay` (stored mails to be read again) |
| unclear | `P#<partnership>` | `UNCLEAR#<at>#<inbound id>` | `at`, `sender`, `inbound`, `why` |
| postbox | `R#<address>` | `BOX` | `data` (post.Box), `version`, `due_shard`, `due_at` |
| mail | `MAIL#<token>` | `MAIL` | `data` (Message), `ses_id`, `sent_of`, `sent_at`, `kind`, `to`, `subject`, `month` |
| further mail | `MAIL#<token>` | `P#<partnership>` | a digest's other partnerships: the same without `data` |
| person | `WHO#<address>` | `P#<partnership>` | nothing more: an address of that partnership's people |
| held mail | `HELD#<inbound id>` | `HELD` | `data` (receipts.Arrival: what the mail service told) |

State, postbox: read by everyone who decides or delivers; `due_shard` and `due_at` are there while something is ahead.
Outbox: read from its stream record, and again by deliver for what had to wait. Inbox marker: put if absent, so that a
mail, a file or an event counts once. Unclear, mails: the report. Mail: what an answer to it is told by. Person: what a
mail to no reply address, or a bounce, is told by. Held mail: from an address that has been asked about ("was this
you?"), read again after a yes.

| index | keys | for |
| --- | --- | --- |
| `due` | `due_shard` = `due#<shard>`, `due_at` | tick: states and postboxes with something ahead |
| `sent` | `sent_of` = `P#<partnership>`, `sent_at` | every mail sent, in order |
| `ses` | `ses_id` | an In-Reply-To or a bounce that names only SES's id |

All times in keys are RFC 3339 in UTC with microseconds, so that text order is time order. `expires` (seconds since
1970) is the table's TTL: outbox rows, markers and mails go by themselves; a state and a postbox never do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

DUE, SENT, SES = "due", "sent", "ses"
STATE, BOX, MAIL, HELD = "STATE", "BOX", "MAIL", "HELD"
OUTBOX = "outbox"  # `type` of an outbox row: what the stream's filter lets through

OUTBOX_KEPT = timedelta(days=90)  # a digest waits a month at most; the rest is for whoever looks into an outage
MARKER_KEPT = timedelta(days=400)
MAIL_KEPT = timedelta(days=800)  # an answer to an older mail is still told by its sender's address

Key = dict[str, dict[str, str]]


def key(pk: str, sk: str) -> Key:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def partnership(partnership_id: str) -> str:
    return f"P#{partnership_id}"


def reader(address: str) -> str:
    return f"R#{address.lower()}"


def who(address: str) -> str:
    return f"WHO#{address.lower()}"


def mail(token: str) -> str:
    return f"MAIL#{token}"


def held(inbound_id: str) -> str:
    return f"HELD#{inbound_id}"


def out(version: int, number: int) -> str:
    return f"OUT#{version:08}#{number:03}"


def inbox(inbound_id: str) -> str:
    return f"IN#{inbound_id}"


def unclear(at: str, inbound_id: str) -> str:
    return f"UNCLEAR#{at}#{inbound_id}"


def shard(pk: str, shards: int) -> str:
    """The part of the due index that an item stands in: by a hash that is the same on every machine."""
    return f"due#{crc32(pk.encode()) % shards}"


def expires(now: datetime, kept: timedelta) -> dict[str, str]:
    return {"N": str(int((now + kept).timestamp()))}


def definition(name: str) -> dict[str, Any]:
    """The table as `create_table` wants it; template.yaml says the same, and a test holds them together."""
    attributes = ("pk", "sk", "due_shard", "due_at", "sent_of", "sent_at", "ses_id")
    rows = ("kind", "to", "subject", "month", "ses_id")

    def index(title: str, keys: tuple[str, ...], projection: dict[str, Any]) -> dict[str, Any]:
        schema = [{"AttributeName": k, "KeyType": t} for k, t in zip(keys, ("HASH", "RANGE"), strict=False)]
        return {"IndexName": title, "KeySchema": schema, "Projection": projection}

    keys_only = {"ProjectionType": "KEYS_ONLY"}
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": a, "AttributeType": "S"} for a in attributes],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            index(DUE, ("due_shard", "due_at"), keys_only),
            index(SENT, ("sent_of", "sent_at"), {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(rows)}),
            index(SES, ("ses_id",), keys_only),
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    }
