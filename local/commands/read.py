"""`tandem read`: what the system understands of one inbound mail."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from local.commands.common import BadInput, load_agreement, print_json, read_input

if TYPE_CHECKING:
    from tandem.core.agreement import Agreement

MOST_OCTETS = 64 * 1024 * 1024  # beyond this nothing but the beginning is looked at
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)


@click.command()
@click.argument("message")
@click.argument("agreement")
@click.option("--at", "at", metavar="T", help="When the mail arrives, RFC 3339; without it the mail's own Date.")
@click.option("--meeting", metavar="YYYY-MM", help="The month of the meeting that it is about.")
@click.option("--reply-to", "reply_to", metavar="KIND", help="The kind of mail that it answers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def read(
    message: str, agreement: str, at: str | None, meeting: str | None, reply_to: str | None, as_json: bool
) -> None:
    """Say what MESSAGE.eml means, for the partnership of AGREEMENT.yaml."""
    from tandem.core.messages import KINDS

    if meeting is not None and not _MONTH.match(meeting):
        raise BadInput(f"tandem read: --meeting {meeting!r} is no month; a month such as 2026-10")
    if reply_to is not None and reply_to not in KINDS:
        raise BadInput(f"tandem read: --reply-to {reply_to!r} is no kind of mail; one of {', '.join(KINDS)}")
    now = None if at is None else _moment(at)
    what = load_agreement(agreement).agreement
    raw = read_input(message, MOST_OCTETS, "an RFC 5322 message")

    from tandem.wire import mail, reading

    parsed = mail.parse(raw)
    now = now or parsed.date or datetime.now(UTC)
    starts = _starts(what, meeting)
    found = reading.read(raw, what, now, meeting=meeting, reply_to=reply_to, starts=starts, mail=parsed)
    commands = [command.as_json() for command in found.commands]
    if as_json:
        out = {
            "accepted": found.accepted,
            "why": found.why,
            "sender": found.sender,
            "text": found.text,
            "commands": commands,
        }
        print_json(out)
        return
    click.echo(
        f"{'accepted' if found.accepted else f'not accepted: {found.why}'}, from {found.sender or 'nobody known'}"
    )
    for command in commands:
        said = ", ".join(f"{name}: {value}" for name, value in command.items() if name != "kind" and value is not None)
        click.echo(f"  {command['kind']}{f' ({said})' if said else ''}")


def _moment(text: str) -> datetime:
    if _MOMENT.match(text):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    raise BadInput(f"tandem read: --at {text!r} is no time; a time with its offset such as 2026-10-05T09:12:00+01:00")


def _starts(agreement: Agreement, month: str | None) -> datetime | None:
    """When that month's meeting begins by the plan; None where it has none."""
    from tandem.core.calendar import entry_for

    entry = entry_for(agreement, month) if month else None
    return entry.starts if entry else None
