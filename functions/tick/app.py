"""Every fifteen minutes: whose time has come?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tandem import usecases
from tandem.aws import settings
from tandem.aws.observability import logger, metrics
from tandem.aws.store import open_store


def clock() -> datetime:
    return datetime.now(UTC)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """EventBridge Scheduler's event; nothing in it matters."""
    told = settings.read(settings.Tick)
    return {"due": usecases.tick(open_store(told.table, told.shards), told, clock())}
