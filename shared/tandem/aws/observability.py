"""Logger and metrics. Neither ever holds the text of a mail, a subject, or a worry: only ids, kinds and counts."""

from __future__ import annotations

import os
import warnings
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

# An invocation that has nothing to count is none to warn of.
warnings.filterwarnings("ignore", message="No application metrics to publish")

logger = Logger(service="tandem")
metrics = Metrics(namespace="Tandem", service="tandem")


def count(name: str, number: int = 1) -> None:
    """Adds to a metric of this invocation."""
    if os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() in ("true", "1"):
        return  # Powertools would keep what it does not print
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def note(event: str, **facts: Any) -> None:
    """One line of the log: what happened, and to which ids."""
    logger.info(event, extra=facts)


def trouble(event: str, error: BaseException, **facts: Any) -> None:
    """What went wrong, by its type and place: an error's own words may quote a mail."""
    place, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    logger.error(event, extra={**facts, "error": type(error).__name__, "place": place})
