"""SES, version 2 of its API: one raw mail out."""

from __future__ import annotations

from typing import Any

from tandem.aws.clients import client


def send(raw: bytes, sender: str, to: str, configuration_set: str = "", tags: dict[str, str] | None = None) -> str:
    """Sends the mail; returns SES's id of it, which becomes the Message-ID `<id@...amazonses.com>`.

    Raises botocore's ClientError where SES refuses it: then it was not sent. After any other error it may have been.
    """
    request: dict[str, Any] = {
        "FromEmailAddress": sender,
        "Destination": {"ToAddresses": [to]},
        "Content": {"Raw": {"Data": raw}},
    }
    if configuration_set:
        request["ConfigurationSetName"] = configuration_set
    if tags:
        request["EmailTags"] = [{"Name": name, "Value": value} for name, value in sorted(tags.items())]
    ses_id: str = client("sesv2").send_email(**request)["MessageId"]
    return ses_id
