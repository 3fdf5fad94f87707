"""From the table's stream, an outbox row; from the queue, a reader in whose postbox something may leave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tandem.aws import settings
from tandem.aws.observability import logger, metrics
from tandem.aws.store import open_store, outbox_row
from tandem.delivery import Delivery

rows, readers = BatchProcessor(event_type=EventType.DynamoDBStreams), BatchProcessor(event_type=EventType.SQS)


def clock() -> datetime:
    return datetime.now(UTC)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Answers which records are to come again."""
    told = settings.read(settings.Deliver)
    with Delivery(open_store(told.table, told.shards), told, clock()) as delivery:

        def one(record: Any) -> None:
            if isinstance(record, SQSRecord):
                delivery.reader(record.json_body["reader"])
            elif row := outbox_row(record.raw_event):
                delivery.row(*row)

        processor = readers if event["Records"][0].get("eventSource") == "aws:sqs" else rows
        return process_partial_response(event=event, record_handler=one, processor=processor, context=context)
