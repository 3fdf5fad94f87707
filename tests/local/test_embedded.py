"""The embedded AWS comes up, keeps to itself, and goes with whoever started it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local import ministack, ses_endpoint
from local.deployment import ses_event

ROOT = Path(__file__).parents[2]
CODE = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts it behind ignores it
from local import ministack
with ministack.running() as endpoint:
    print(endpoint, flush=True)
    if sys.argv[1] == "raise":
        raise ValueError
    time.sleep(60)
"""


def answers(endpoint: str) -> bool:
    url = urlsplit(endpoint)
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex((url.hostname, url.port)) == 0


def goes(endpoint: str) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not answers(endpoint):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", ["raise", signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_is_stopped_whatever_happens(how: str | signal.Signals) -> None:
    paths = f"{ROOT / 'shared'}{os.pathsep}{ROOT}"
    child = subprocess.Popen(
        [sys.executable, "-c", CODE, str(how)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    try:
        assert child.stdout is not None
        endpoint = child.stdout.readline().strip()
        assert endpoint.startswith("http://127.0.0.1:")
        if isinstance(how, signal.Signals):
            assert answers(endpoint)
            child.send_signal(how)
        child.wait(timeout=60)
        assert goes(endpoint)
    finally:
        child.kill()
        child.wait()


def test_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with ministack.environment(ministack.fake_account("http://127.0.0.1:1")):
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_CONFIG_FILE"] == os.devnull
    assert os.environ["AWS_PROFILE"] == "mine"
    assert "AWS_ENDPOINT_URL" not in os.environ


def test_the_mail_service_keeps_the_octets_and_refuses_what_is_none() -> None:
    import boto3
    from botocore.exceptions import ClientError

    raw = b"Subject: =?utf-8?q?=C3=A9?=\r\n\r\nbare \x00 and \xff\r\n"
    with ses_endpoint.running() as service:
        client = boto3.client("sesv2", endpoint_url=service.endpoint, region_name="eu-west-1",
                              aws_access_key_id="x", aws_secret_access_key="x")  # fmt: skip
        answer = client.send_email(
            Content={"Raw": {"Data": raw}},
            Destination={"ToAddresses": ["a@x.example"]},
            EmailTags=[{"Name": "kind", "Value": "invite"}],
        )
        (mail,) = service.take()
        assert (mail.raw, mail.to, mail.tags) == (raw, ("a@x.example",), {"kind": "invite"})
        assert mail.id == answer["MessageId"]
        assert service.take() == []
        service.refuse = lambda _: (429, "TooManyRequestsException")
        with pytest.raises(ClientError, match="TooManyRequests"):
            client.send_email(Content={"Raw": {"Data": raw}}, Destination={"ToAddresses": ["a@x.example"]})
        service.refuse = None
        with pytest.raises(ClientError):
            client.send_email(Content={"Simple": {"Subject": {"Data": "x"}, "Body": {}}})


@pytest.mark.parametrize("sign", ["X-SES-Spam-Verdict: FAIL", "Authentication-Results: x; dmarc=fail"])
def test_a_mail_that_carries_verdicts_is_judged_by_them(sign: str) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    told = ses_event("1", f"From: a@x.example\nTo: R-1@tandem.example\n{sign}\n\nYes".encode(), now)
    assert "spamVerdict" not in told["Records"][0]["ses"]["receipt"]
    assert told["Records"][0]["ses"]["receipt"]["recipients"] == ["r-1@tandem.example"]
    good = ses_event("1", b"From: a@x.example\nTo: r-1@tandem.example\n\nX-SES-Spam-Verdict: FAIL", now)
    assert good["Records"][0]["ses"]["receipt"]["dmarcVerdict"] == {"status": "PASS"}
