"""A mail has arrived: SES has put it into S3 and tells what it thinks of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tandem import usecases
from tandem.aws import settings
from tandem.aws.observability import logger, metrics
from tandem.aws.receipts import arrivals
from tandem.aws.store import open_store


def clock() -> datetime:
    return datetime.now(UTC)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SES receipt event. SES invokes asynchronously: an error brings the event again, and at last to its queue."""
    told = settings.read(settings.Receive)
    store = open_store(told.table, told.shards)
    return {"outcomes": [usecases.receive(store, told, arrival, clock()) for arrival in arrivals(event)]}
