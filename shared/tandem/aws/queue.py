"""SQS: work put off to another function, ten messages a request."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from tandem.aws.clients import client


class NotQueued(Exception):
    """SQS took some of the messages and refused others: the next tick finds those still due."""


def put(url: str, bodies: Iterable[tuple[str, int]]) -> int:
    """Puts (body, delay in seconds) into that queue; returns how many. Raises NotQueued after trying all."""
    waiting, done, refused = iter(bodies), 0, 0
    while batch := list(islice(waiting, 10)):
        entries: list[dict[str, Any]] = [
            {"Id": str(number), "MessageBody": body} | ({"DelaySeconds": delay} if delay else {})
            for number, (body, delay) in enumerate(batch)
        ]
        answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        refused += len(answer.get("Failed", ()))
        done += len(batch) - len(answer.get("Failed", ()))
    if refused:
        raise NotQueued(f"{refused} of {done + refused}")
    return done
