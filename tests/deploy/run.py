"""The template, brought up: `sam build`, `sam deploy` to the embedded AWS; an agreement, two signatures, invitations.

    .venv/bin/python tests/deploy/run.py        # or `make template`

What runs here is what is deployed: the template's resources, the layer, the stream, the notifications, the functions
in processes of their own, by this machine's clock. Three things differ, because the embedded AWS can't do them: the
layer is built for this machine instead of arm64, SES receives no mail (the raw mail is put into the bucket and the
function invoked with the event that SES would send), and mail goes to a small SES endpoint that keeps it.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from local import ministack, ses_endpoint  # noqa: E402
from tandem.core import zones  # noqa: E402

SAM = ROOT / "build" / "sam-venv" / "bin" / "sam"
BUILT = ROOT / "build" / "deploy"
DOMAIN = "tandem.example"
PATIENCE = 90.0  # seconds for whatever comes of an event
SETTLE = 2.0
_ZONES = ("Europe/London", "Africa/Nairobi", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Brisbane", "Pacific/Auckland",
          "Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York",
          "America/Sao_Paulo", "Atlantic/Azores", "Asia/Dubai", "Asia/Dhaka")  # fmt: skip


class Failed(Exception):
    pass


def by_day(now: datetime) -> str:
    """A zone in which it is broad daylight, so that nothing waits for the morning."""
    return min(_ZONES, key=lambda zone: abs(zones.local(now, zone).hour + zones.local(now, zone).minute / 60 - 12.5))


def agreement(now: datetime) -> bytes:
    zone = by_day(now)
    start = now.date() + timedelta(days=20)

    def school(name: str) -> str:
        return f"""
  - id: {name}
    name: {name.title()} School
    country: KE
    timezone: {zone}
    language: en
    internet: good
    day: {{mon-fri: "08:00-16:00"}}
    public_holidays: false
    people:
      - {{name: Lead of {name.title()}, email: lead@{name}.example, role: lead}}
      - {{name: Member of {name.title()}, email: member@{name}.example, role: member}}"""

    return f"""tandem: 1
id: north-south
title: Rivers and Lakes
start: {start}
review: {start + timedelta(days=300)}
schools:{school("north")}{school("south")}
purpose:
  objectives: [Compare the water of two rivers]
meeting: {{every: second tuesday, at: "10:00", anchor: north, minutes: 45}}
""".encode()


def run(command: list[str], env: dict[str, str], what: str) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        told = [at for at, line in enumerate(lines) if "_FAILED" in line][:3]
        shown = [line for at in told for line in lines[at : at + 12]] + lines[-12:]
        raise Failed("\n".join([f"{what} failed:", *shown]))


def say(words: str) -> None:
    print(f"  {words}", flush=True)


def until(what: str, check: Callable[[], Any]) -> Any:
    """What the check gives, once it gives something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.3)
    raise Failed(f"{what}: nothing of it within {PATIENCE:.0f} s")


def main() -> int:
    began = time.monotonic()
    own = {**os.environ, "SAM_CLI_TELEMETRY": "0", "LAYER_PLATFORM": "here"}
    own["LAYER_PYTHON"] = f"{sys.version_info[0]}.{sys.version_info[1]}"
    shutil.rmtree(BUILT, ignore_errors=True)
    run(
        [str(SAM), "build", "--build-in-source", "--region", ministack.REGION, "--build-dir", str(BUILT)],
        own, "sam build",
    )  # fmt: skip
    say("sam build: the layer, for this machine")
    with ministack.running() as endpoint, ses_endpoint.running() as mails:
        account = {**own, **{k: v for k, v in ministack.fake_account(endpoint).items() if v}}
        with ministack.environment(ministack.fake_account(endpoint)):
            deploy(account)
            say("sam deploy: the stack is up")
            story(mails)
    print(f"deployed, signed and invited in {time.monotonic() - began:.0f} s")
    return 0


def deploy(env: dict[str, str]) -> None:
    told = {"Domain": DOMAIN, "OperatorName": "A test", "OperatorEmail": f"help@{DOMAIN}", "ReceiveMail": "false",
            "Keep": "false"}  # fmt: skip
    run(
        [
            str(SAM), "deploy", "--template-file", str(BUILT / "template.yaml"), "--stack-name", "tandem",
            "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset",
            "--region", ministack.REGION, "--no-progressbar",
            "--parameter-overrides", *(f"{name}={value!r}" for name, value in told.items()),
        ],
        env, "sam deploy",
    )  # fmt: skip


def story(mails: ses_endpoint.MailService) -> None:
    import boto3

    stack = boto3.client("cloudformation").describe_stacks(StackName="tandem")["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    functions = boto3.client("lambda")
    for function in functions.list_functions()["Functions"]:
        if "Deliver" in function["FunctionName"]:
            variables = function["Environment"]["Variables"] | {"AWS_ENDPOINT_URL_SESV2": mails.endpoint}
            functions.update_function_configuration(
                FunctionName=function["FunctionName"], Environment={"Variables": variables}
            )
    s3 = boto3.client("s3")
    sent: list[Any] = []

    def of_kind(kind: str, number: int) -> list[Any]:
        for mail in mails.take():
            sent.append((mail.tags.get("kind"), email.message_from_bytes(mail.raw, policy=email.policy.default)))
        found = [message for of, message in sent if of == kind]
        return found if len(found) >= number else []

    s3.put_object(Bucket=outputs["AgreementsBucket"], Key="north-south.yaml", Body=agreement(datetime.now(UTC)))
    agreements = until("the agreement's mails", lambda: of_kind("agreement", 2))
    say(f"an agreement in its bucket: {len(agreements)} agreement mails")
    for number, mail in enumerate(agreements):
        raw = (
            f"From: {mail['To']}\r\nTo: {mail['Reply-To']}\r\nSubject: Re: {mail['Subject']}\r\n"
            f"Date: {mail['Date']}\r\nMessage-ID: <{number}@mail.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n\r\nYes, I agree.\r\n"
        ).encode()
        inbound_id = f"mail-{number}"
        s3.put_object(Bucket=outputs["InboundBucket"], Key=f"mail/{inbound_id}", Body=raw)
        event = receipt(inbound_id, re.search(r"[^<\s]+@[^>\s]+", str(mail["Reply-To"]))[0])  # type: ignore[index]
        answer = functions.invoke(FunctionName=outputs["ReceiveFunctionName"], Payload=json.dumps(event).encode())
        told = json.loads(answer["Payload"].read())
        if told != {"outcomes": ["heard"]}:
            raise Failed(f"a signature was not heard: {told}")
    say("two signatures as mail: heard")
    invitations = until("invitations", lambda: of_kind("invite", 4))
    time.sleep(SETTLE)
    invitations = of_kind("invite", len(invitations)) or invitations
    readers = {str(mail["To"].addresses[0].addr_spec) for mail in invitations}
    if readers != {f"{who}@{school}.example" for who in ("lead", "member") for school in ("north", "south")}:
        raise Failed(f"invitations went to {sorted(readers)}")
    if any(mail.get_content_type() != "multipart/mixed" for mail in invitations):
        raise Failed("an invitation without its calendar part")
    say(f"{len(invitations)} invitations to {len(readers)} people")


def receipt(inbound_id: str, to: str) -> dict[str, Any]:
    verdict = {"status": "PASS"}
    names = ("spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict")
    told = {"recipients": [to], **dict.fromkeys(names, verdict)}
    return {"Records": [{"eventSource": "aws:ses", "ses": {"mail": {"messageId": inbound_id}, "receipt": told}}]}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as error:
        print(error, file=sys.stderr)
        sys.exit(1)
