"""What became of a mail: a hard bounce or a complaint, as SES tells EventBridge."""

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
    """An EventBridge event of source aws.ses."""
    told = settings.read(settings.Table)
    return {"told": usecases.feedback(open_store(told.table, told.shards), event["detail"], clock())}
