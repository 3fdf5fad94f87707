"""boto3 clients, each made when it is first asked for and kept for the life of the process."""

from __future__ import annotations

import os
from functools import cache
from typing import Any


@cache
def client(service: str) -> Any:
    """The client of that service. Region, endpoint and credentials come from the environment, as boto3 has it."""
    import boto3
    from botocore.config import Config

    # Every request of ours is made in this package and held by tests: checking its form again costs a tenth of a call.
    config = Config(
        parameter_validation=False,
        retries={"mode": "standard", "total_max_attempts": 4},
        connect_timeout=3,
        read_timeout=20,
        tcp_keepalive=True,
        user_agent="tandem",  # made up anew for each request it would cost more than the signature
    )
    return boto3.client(service, region_name=os.environ.get("AWS_REGION") or None, config=config)


def forget() -> None:
    """Lets go of every client: the next one is made anew, by the environment as it is then."""
    client.cache_clear()
