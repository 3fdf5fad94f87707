"""The mail service of the embedded AWS: the part of SES v2 that Tandem uses, keeping every mail as it got it.

MiniStack's own SES takes a raw message apart and forgets most of it. This one answers `SendEmail` over HTTP on the
loopback interface, as boto3 calls it, and keeps the octets.

    with running() as service:
        service.endpoint             # "http://127.0.0.1:40124", for AWS_ENDPOINT_URL_SESV2
        service.take()               # the mails that came since the last call
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST_OCTETS = 40 * 1024 * 1024  # of a message, SES's own bound


@dataclass(frozen=True, slots=True)
class Accepted:
    """One mail that the service took: `id` is the answer's MessageId, `tags` are the EmailTags."""

    id: str
    raw: bytes
    to: tuple[str, ...]
    tags: dict[str, str]
    feedback: str | None = None  # the configuration set


@dataclass(slots=True)
class MailService:
    """What the endpoint took, in the order in which it came."""

    endpoint: str = ""
    refuse: Callable[[Accepted], tuple[int, str] | None] | None = None  # a test's: (status, error code) instead
    _taken: list[Accepted] = field(default_factory=list)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> list[Accepted]:
        """The mails that came since the last call."""
        with self._lock:
            taken, self._taken = self._taken, []
        return taken

    def accept(self, body: dict[str, Any]) -> tuple[int, dict[str, Any], str | None]:
        """Status, JSON and error code for one SendEmail."""
        try:
            raw = base64.b64decode(body["Content"]["Raw"]["Data"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            return 400, {"message": "Content.Raw.Data is no base64"}, "BadRequestException"
        if not raw or len(raw) > MOST_OCTETS:
            return 400, {"message": "the message is empty or too large"}, "MessageRejected"
        to = (body.get("Destination") or {}).get("ToAddresses") or []
        tags = {tag["Name"]: tag["Value"] for tag in body.get("EmailTags") or []}
        with self._lock:
            # The id is the number of the mail: the same run gives the same ids.
            mail = Accepted(
                id=f"{self._count + 1:016x}-tandem-000000",
                raw=raw,
                to=tuple(to),
                tags=tags,
                feedback=body.get("ConfigurationSetName"),
            )
            no = self.refuse(mail) if self.refuse else None
            if no:
                return no[0], {"message": "refused"}, no[1]
            self._count += 1
            self._taken.append(mail)
        return 200, {"MessageId": mail.id}, None


@contextlib.contextmanager
def running() -> Iterator[MailService]:
    """The service on a free port of the loopback interface while the block lasts."""
    service = MailService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # headers and body leave in one piece

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            if self.path.rstrip("/") != "/v2/email/outbound-emails":
                self._answer(404, {"message": f"{self.path} is not here"}, "NotFoundException")
                return
            try:
                body = json.loads(data)
            except ValueError:
                body = {}
            self._answer(*service.accept(body if isinstance(body, dict) else {}))

        def _answer(self, status: int, answer: dict[str, Any], error: str | None) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: what was sent is told by the run itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    service.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
