"""SES's receipt event as values: which mail, to whom, and what SES thinks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_VERDICTS = {"spam": "spamVerdict", "virus": "virusVerdict", "spf": "spfVerdict", "dkim": "dkimVerdict",
             "dmarc": "dmarcVerdict"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that the mail service has taken in: its raw form lies in the inbound bucket under that id."""

    inbound_id: str
    recipients: tuple[str, ...] = ()  # of the envelope
    verdicts: dict[str, str | None] | None = None  # the fields of wire.inbound.Verdicts; None: its own headers tell


def arrivals(event: Mapping[str, Any]) -> Iterator[Arrival]:
    """The mails of an SES event (a receipt rule's Lambda action)."""
    for record in event.get("Records", ()):
        receipt = record["ses"]["receipt"]
        verdicts: dict[str, str | None] | None = None
        if any(name in receipt for name in _VERDICTS.values()):
            verdicts = {field: receipt.get(name, {}).get("status") for field, name in _VERDICTS.items()}
            verdicts["dmarc_policy"] = str(receipt["dmarcPolicy"]).lower() if receipt.get("dmarcPolicy") else None
        yield Arrival(record["ses"]["mail"]["messageId"], tuple(receipt.get("recipients", ())), verdicts)
