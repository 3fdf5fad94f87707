"""An agreement file has been put into the bucket of agreements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from tandem import usecases
from tandem.aws import settings
from tandem.aws.observability import logger, metrics
from tandem.aws.store import open_store


def clock() -> datetime:
    return datetime.now(UTC)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    """S3's notification of new objects."""
    told = settings.read(settings.Table)
    store = open_store(told.table, told.shards)
    files = [(r["s3"]["bucket"]["name"], unquote_plus(r["s3"]["object"]["key"])) for r in event.get("Records", ())]
    return {"outcomes": [usecases.enrol(store, bucket, key, clock()) for bucket, key in files]}
