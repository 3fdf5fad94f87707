"""Files that come from outside: raw inbound mail, and agreements, each an object in S3."""

from __future__ import annotations

from dataclasses import dataclass, field

from tandem.aws.clients import client


class NoSuchFile(Exception):
    """There is no object of that name (any more)."""


@dataclass(frozen=True, slots=True)
class File:
    data: bytes  # cut after the bound that was asked for
    etag: str
    metadata: dict[str, str] = field(default_factory=dict)


def fetch(bucket: str, key: str, most: int) -> File:
    """The object, its first `most` + 1 octets at most: whoever reads it can tell that it is too large.

    Raises NoSuchFile.
    """
    s3 = client("s3")
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        raise NoSuchFile(key) from None
    with answer["Body"] as body:
        data: bytes = body.read(most + 1)
    return File(data, answer["ETag"].strip('"'), dict(answer.get("Metadata", {})))
