"""The embedded AWS: MiniStack as a child process on a free port of the loopback interface, for as long as it is used.

    with running() as endpoint:      # "http://127.0.0.1:40123"
        ...

It is stopped whatever happens: at the end of the block, on an exception, on Ctrl-C, and when this process dies
without a word, for the child watches a pipe that only this process holds open. Its own files lie in a temporary folder
that goes with it. It neither finds nor touches a Docker daemon or an AWS account.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

REGION = "eu-west-1"
ACCOUNT = "000000000000"
START_SECONDS = 30.0
_TRIES = 3  # a port that was free may have been taken meanwhile

# What runs in the child: the watcher first, so that an orphan never stays; then MiniStack behind local/short_server.py.
_CHILD = """
import os, sys, threading
def watch():
    while os.read(0, 1024):
        continue
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
import asyncio, importlib.util
spec = importlib.util.spec_from_file_location("short_server", sys.argv[1])
server = importlib.util.module_from_spec(spec)
spec.loader.exec_module(server)
sys.argv = ["ministack"]
from ministack.app import app
asyncio.run(server.serve(app, "127.0.0.1", int(os.environ["GATEWAY_PORT"])))
"""
_SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "short_server.py")


class NotStarted(Exception):
    """The embedded AWS did not come up: what it last said."""


def fake_account(endpoint: str) -> dict[str, str]:
    """The environment by which boto3 finds the embedded AWS, and nothing of this machine's own AWS settings."""
    return {
        "AWS_ACCESS_KEY_ID": "tandem-local",
        "AWS_SECRET_ACCESS_KEY": "tandem-local",
        "AWS_SESSION_TOKEN": "",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PROFILE": "",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


@contextlib.contextmanager
def environment(changes: dict[str, str]) -> Iterator[None]:
    """Sets environment variables of this process for the block; an empty value takes one away."""
    before = {name: os.environ.get(name) for name in changes}
    try:
        for name, value in changes.items():
            if value:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)
        yield
    finally:
        for name, old in before.items():
            if old is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = old


def free_port() -> int:
    """A port of the loopback interface on which nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(meanwhile: Callable[[], None] | None = None) -> Iterator[str]:
    """The endpoint's URL while the block lasts. Raises NotStarted where it does not come up.

    `meanwhile` is done while the child starts.
    """
    folder = tempfile.mkdtemp(prefix="tandem-aws-")
    child: subprocess.Popen[bytes] | None = None
    try:
        for attempt in range(_TRIES):
            port = free_port()
            child = _start(port, folder)
            if meanwhile and not attempt:
                meanwhile()
            try:
                _await(child, port, folder)
                break
            except NotStarted:
                _stop(child)
                if attempt == _TRIES - 1:
                    raise
        yield f"http://127.0.0.1:{port}"
    finally:
        if child is not None:
            _stop(child)
        shutil.rmtree(folder, ignore_errors=True)


def _start(port: int, folder: str) -> subprocess.Popen[bytes]:
    own = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "ERROR",
        "MINISTACK_REGION": REGION,
        "TMPDIR": folder,
        "HOME": folder,
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",  # containers of another MiniStack are none of ours
        "PYTHONUNBUFFERED": "1",
    }
    dropped = ("AWS_", "S3_PERSIST", "PERSIST", "LOCALSTACK", "SERVICES", "USE_SSL", "EDGE_PORT", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    with open(os.path.join(folder, "log"), "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", _CHILD, _SERVER],
            env={**kept, **own},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is this process's to handle; it stops the child in its own time
        )


def _await(child: subprocess.Popen[bytes], port: int, folder: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise NotStarted(f"the embedded AWS ended at once: {_last_words(folder)}")
        try:
            with opener.open(f"http://127.0.0.1:{port}/_ministack/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.03)
    raise NotStarted(f"the embedded AWS did not answer within {START_SECONDS:.0f} s: {_last_words(folder)}")


def _last_words(folder: str) -> str:
    try:
        with open(os.path.join(folder, "log"), encoding="utf-8", errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
    except OSError:
        lines = []
    return lines[-1][:300] if lines else "it said nothing"


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it started, at once: it holds nothing that is worth saving."""
    if child.stdin:
        with contextlib.suppress(OSError):
            child.stdin.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=10)
