"""`tandem check`, `tandem dates` and `tandem slots`: what stands in an agreement file, and the year that follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from local.commands.common import Day, load_agreement, print_json, tell

if TYPE_CHECKING:
    from tandem.core.agreement import Agreement
    from tandem.core.calendar import Entry


@click.command()
@click.argument("agreement")
def check(agreement: str) -> None:
    """Say whether AGREEMENT.yaml is valid, and what may get in the way."""
    from tandem.core.advice import concern_text, concerns
    from tandem.core.calendar import year
    from tandem.wire.agreement_file import Finding

    loaded = load_agreement(agreement)
    found = list(loaded.warnings)
    for concern in concerns(loaded.agreement):
        found.append(Finding(loaded.line(*concern.path), *concern_text(loaded.agreement, concern)))
    tell(finding.text(agreement, warning=True) for finding in sorted(found, key=lambda f: f.line))
    entries = year(loaded.agreement)
    held = sum(not entry.skipped for entry in entries)
    click.echo(
        f"{loaded.agreement.title}: valid, {_count(held, 'meeting')} from {loaded.agreement.start} to "
        f"{loaded.agreement.review}, {_count(len(entries) - held, 'month')} skipped, {_count(len(found), 'warning')}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@click.command()
@click.argument("agreement")
@click.option("--from", "first", type=Day(), help="Leave out what lies before this day.")
@click.option("--until", "until", type=Day(), help="Leave out this day and what lies after it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def dates(agreement: str, first: date | None, until: date | None, as_json: bool) -> None:
    """List the meetings of the year, in both schools' time."""
    from tandem.core.calendar import year

    what = load_agreement(agreement).agreement
    # `--until` is exclusive; before the first of all days nothing lies.
    last = None if until is None else until - timedelta(days=1) if until > date.min else date.min
    entries = year(what, first, last)
    if as_json:
        print_json({"meetings": [entry_json(what, entry) for entry in entries]})
    else:
        click.echo(_table(what, entries))


def entry_json(agreement: Agreement, entry: Entry) -> dict[str, Any]:
    """One entry as the contract's `dates --json` gives it."""
    from tandem.core import zones
    from tandem.core.calendar import why_text

    local = None
    if entry.starts is not None:
        local = {school.id: zones.local(entry.starts, school.timezone).isoformat() for school in agreement.schools}
    return {
        "month": entry.month,
        "starts": entry.starts.isoformat() if entry.starts else None,
        "local": local,
        "chair": entry.chair,
        "anchor": entry.anchor,
        "moved_from": entry.moved_from.isoformat() if entry.moved_from else None,
        "skipped": entry.skipped,
        "why": why_text(agreement, entry),
        "clock_change": entry.clock_change,
    }


def _table(agreement: Agreement, entries: tuple[Entry, ...]) -> str:
    from tandem.core import zones
    from tandem.core.calendar import difference, why_text

    first, second = agreement.schools
    rows = [["Month", first.name, second.name, "Chair", ""]]
    for entry in entries:
        notes = [why_text(agreement, entry)] if entry.skipped or entry.moved_from else []
        row = [entry.month, "-", "-", "-"]
        if entry.starts is not None and entry.chair is not None:
            times = [zones.local(entry.starts, school.timezone) for school in agreement.schools]
            row = [entry.month, *(f"{t:%a %d %b %H:%M}" for t in times), agreement.school(entry.chair).name]
            if entry.clock_change:
                ahead = difference(agreement, entry.starts)
                notes.append(f"one clock has changed: {second.name} is now {_ahead(ahead)} {first.name}")
        rows.append([*row, "; ".join(note for note in notes if note)])
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(row[c].ljust(widths[c]) for c in range(4)), row[4]]).rstrip() for row in rows]
    return "\n".join([f"{agreement.title} ({agreement.id})", "", *lines])


def _ahead(minutes: int) -> str:
    if not minutes:
        return "level with"
    hours, rest = divmod(abs(minutes), 60)
    return f"{hours}:{rest:02} h {'ahead of' if minutes > 0 else 'behind'}"


@click.command()
@click.argument("agreement")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def slots(agreement: str, as_json: bool) -> None:
    """Rank the monthly slots that the school year allows, with the reasons."""
    from tandem.core.slots import ranked, reason

    what = load_agreement(agreement).agreement
    found = ranked(what)
    if as_json:
        keys = ("every", "at", "anchor", "outside_minutes", "months_skipped", "score")
        print_json({"slots": [{key: getattr(s, key) if key != "at" else _clock(s.at) for key in keys} for s in found]})
        return
    rule = what.meeting.rule
    click.echo(f"{what.title} ({what.id}): {rule.every} at {_clock(rule.at)}, anchor {rule.anchor}, as it stands\n")
    told: dict[str, int] = {}
    for slot in found:
        own = (slot.every, slot.at, slot.anchor) == (rule.every, rule.at, rule.anchor)
        told[slot.every] = told.get(slot.every, 0) + 1
        if own or (told[slot.every] <= 2 and sum(min(n, 2) for n in told.values()) <= 12):
            mark = "*" if own else " "
            when = f"{slot.every} at {_clock(slot.at)}, anchor {slot.anchor}"
            click.echo(f"{mark} {slot.score:5.1f}  {when}: {reason(what, slot)}")
    click.echo("\n* the agreement's own")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
