"""A short way for boto3's requests to the embedded AWS: one socket for each endpoint, no signature, no pool.

A simulated year makes some thousand requests of a server on this machine, and boto3's own way (events, rules for
endpoints, retries, signatures, a pool) spends twice as long on each as the server does. The forms of requests, answers
and errors stay boto3's: its serializer, its parser, its exceptions.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from botocore.response import StreamingBody

from tandem.aws import clients

SERVICES = ("dynamodb", "dynamodbstreams", "sqs", "sesv2", "s3")


class _Wire:
    """HTTP/1.1 over sockets that stay open."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[socket.socket, Any]] = {}

    def close(self) -> None:
        for sock, file in self._open.values():
            with contextlib.suppress(OSError):
                file.close()
                sock.close()
        self._open.clear()

    def call(self, client: Any, parser: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """What botocore's `_make_api_call` does. Raises the client's own ClientError for an error that is told."""
        model = client._service_model.operation_model(operation)
        request = client._serializer.serialize_to_request(params, model)
        status, headers, data = self.send(client.meta.endpoint_url, request)
        body = StreamingBody(BytesIO(data), len(data)) if model.has_streaming_output and status < 300 else data
        answer = {
            "status_code": status,
            "headers": HeadersDict(headers),
            "body": body,
            "context": {"operation_name": operation},
        }
        parsed: dict[str, Any] = parser.parse(answer, model.output_shape)
        if status >= 300:
            raise client.exceptions.from_code(parsed.get("Error", {}).get("Code"))(parsed, operation)
        return parsed

    def send(self, endpoint: str, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer. Raises OSError where the server has gone."""
        body = request["body"] or b""
        if isinstance(body, str):
            body = body.encode()
        url = urlsplit(endpoint)
        head = [
            f"{request['method']} {request['url_path']} HTTP/1.1",
            f"Host: {url.netloc}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in request["headers"].items()),
        ]
        octets = "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body
        kept = url.netloc in self._open
        try:
            return self._exchange(url, octets)
        except (OSError, ValueError):
            # The server may close a connection that has rested.
            self._drop(url.netloc)
            if not kept:
                raise
            return self._exchange(url, octets)

    def _exchange(self, url: Any, octets: bytes) -> tuple[int, dict[str, str], bytes]:
        if url.netloc not in self._open:
            sock = socket.create_connection((url.hostname, url.port), timeout=30)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open[url.netloc] = (sock, sock.makefile("rb"))
        sock, file = self._open[url.netloc]
        sock.sendall(octets)
        status = int(file.readline().split(b" ", 2)[1]) if file.peek(1) else _gone()
        headers: dict[str, str] = {}
        while (line := file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        data = _chunks(file) if headers.get("transfer-encoding") == "chunked" else b""
        length = int(headers.get("content-length") or 0)
        if length:
            data = file.read(length)
            if len(data) < length:
                raise OSError("the answer ended early")
        if headers.get("connection", "").lower() == "close":
            self._drop(url.netloc)
        return status, headers, data

    def _drop(self, netloc: str) -> None:
        found = self._open.pop(netloc, None)
        if found is not None:
            with contextlib.suppress(OSError):
                found[1].close()
                found[0].close()


def _gone() -> int:
    raise OSError("the connection was closed")


def _chunks(file: Any) -> bytes:
    data = b""
    while size := int(file.readline().split(b";")[0] or b"0", 16):
        data += file.read(size)
        file.readline()
    file.readline()
    return data


@contextlib.contextmanager
def short() -> Iterator[None]:
    """While the block lasts, this process's clients take the short way. They are made anew after it."""
    wire = _Wire()
    for service in SERVICES:
        client = clients.client(service)
        parser = create_parser(client.meta.service_model.resolved_protocol)
        client._make_api_call = partial(wire.call, client, parser)
    try:
        yield
    finally:
        clients.forget()
        wire.close()
