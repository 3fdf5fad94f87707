"""From the queue: takes every step of a partnership that is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tandem import usecases
from tandem.aws import settings
from tandem.aws.observability import logger, metrics
from tandem.aws.store import open_store

processor = BatchProcessor(event_type=EventType.SQS)


def clock() -> datetime:
    return datetime.now(UTC)


def one(record: SQSRecord) -> None:
    told = settings.read(settings.Table)
    usecases.advance(open_store(told.table, told.shards), record.json_body["partnership"], clock())


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """SQS records of {"partnership": id}; answers which of them are to come again."""
    return process_partial_response(event=event, record_handler=one, processor=processor, context=context)
