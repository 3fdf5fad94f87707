"""A short way for boto3's requests to the embedded AWS: one socket for each endpoint, no signature, no pool.

A simulated year makes some thousand requests of a server on this machine, and boto3's own way spends twice as long on
each as the server does. Everything above the socket, the forms of requests and answers, stays boto3's.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import botocore
from botocore.awsrequest import AWSResponse
from botocore.useragent import UserAgentString

from tandem.aws import clients

SERVICES = ("dynamodb", "dynamodbstreams", "sqs", "sesv2")  # s3 streams bodies and stays on the long way
_NOT_OURS = frozenset(("host", "content-length", "expect", "transfer-encoding", "connection"))


class _Body:
    """What `AWSResponse` reads an answer's body from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._data

    def read(self, *_: Any) -> bytes:
        data, self._data = self._data, b""
        return data


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

    def send(self, request: Any, **_: Any) -> AWSResponse | None:
        """Botocore's `before-send`: the answer, or None where it is to go the long way."""
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        if not isinstance(body, bytes | bytearray):
            return None
        url = urlsplit(request.url)
        head = [
            f"{request.method} {url.path or '/'}{'?' + url.query if url.query else ''} HTTP/1.1",
            f"Host: {url.netloc}",
            f"Content-Length: {len(body)}",
        ]
        for name, value in request.headers.items():
            if name.lower() not in _NOT_OURS:
                head.append(f"{name}: {value.decode('latin-1') if isinstance(value, bytes) else value}")
        octets = "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + bytes(body)
        kept = url.netloc in self._open
        try:
            return self._exchange(request.url, url, octets)
        except (OSError, ValueError):
            # The server may close a connection that has rested; on a new one a failure is botocore's to tell.
            self._drop(url.netloc)
            return self._exchange(request.url, url, octets) if kept else None

    def _exchange(self, address: str, url: Any, octets: bytes) -> AWSResponse:
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
        return AWSResponse(address, status, headers, _Body(data))

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
    """While the block lasts, this process's clients take the short way."""
    wire = _Wire()
    before = UserAgentString.to_string
    UserAgentString.to_string = lambda self: "tandem"
    for service in (*SERVICES, "s3"):
        events = clients.client(service).meta.events
        events.register("choose-signer.*", lambda **_: botocore.UNSIGNED)
        if service in SERVICES:
            events.register("before-send.*", wire.send)
    try:
        yield
    finally:
        UserAgentString.to_string = before
        wire.close()
