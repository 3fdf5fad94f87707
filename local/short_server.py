"""The embedded AWS behind a server of its own: HTTP/1.1 with Content-Length on the loopback interface, nothing more.

MiniStack is an ASGI application; the server that it brings along takes longer over a request than MiniStack does. This
module runs in the child process and imports nothing of Tandem's.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

Headers = list[tuple[bytes, bytes]]


async def _connection(app: Any, state: dict[str, Any], reader: asyncio.StreamReader, writer: Any) -> None:
    """Answers the requests of one connection, one after the other."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head[:-4].split(b"\r\n")
            method, target, _ = first.split(b" ", 2)
            headers: Headers = []
            length = 0
            for line in lines:
                name, _, value = line.partition(b":")
                name, value = name.strip().lower(), value.strip()
                headers.append((name, value))
                if name == b"content-length":
                    length = int(value)
                elif name == b"expect":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await reader.readexactly(length) if length else b""
            path, _, query = target.partition(b"?")
            scope = {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.3"},
                "http_version": "1.1",
                "method": method.decode("ascii"),
                "scheme": "http",
                "path": unquote(path.decode("latin-1")),
                "raw_path": path,
                "query_string": query,
                "root_path": "",
                "headers": headers,
                "client": writer.get_extra_info("peername"),
                "server": writer.get_extra_info("sockname"),
                "state": state,
                "extensions": {},
            }
            await _answer(app, scope, body, method == b"HEAD", writer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        return  # the other side has closed
    finally:
        writer.close()


async def _answer(app: Any, scope: dict[str, Any], body: bytes, bare: bool, writer: Any) -> None:
    requests = [{"type": "http.request", "body": body, "more_body": False}]
    status, headers, parts = 500, [], []  # type: tuple[int, Headers, list[bytes]]

    async def receive() -> dict[str, Any]:
        return requests.pop() if requests else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    data = b"".join(parts)
    drop = (b"transfer-encoding", b"connection") if bare else (b"transfer-encoding", b"connection", b"content-length")
    lines = [b"%s: %s" % (name, value) for name, value in headers if name.lower() not in drop]
    if not bare:
        lines.append(b"content-length: %d" % len(data))
    writer.write(b"\r\n".join([b"HTTP/1.1 %d -" % status, *lines, b"", b"" if bare else data]))


async def serve(app: Any, host: str, port: int) -> None:
    """Starts the application and answers until the process ends. Raises OSError where the port is taken."""
    state: dict[str, Any] = {}
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    started = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        if message["type"].startswith("lifespan.startup."):
            started.set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}
    lifespan = asyncio.create_task(app(scope, inbox.get, send))
    await inbox.put({"type": "lifespan.startup"})
    await asyncio.wait({lifespan, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
    server = await asyncio.start_server(lambda r, w: _connection(app, state, r, w), host, port, limit=1 << 20)
    async with server:
        await server.serve_forever()
