"""Holds every calendar part against six independent readers and against checks of our own: `make conformance`.

    python tests/conformance/run.py [--runs DIR...] [--keep DIR]

With --runs the mails of simulated runs (DIR/mail/*.eml); without, a year's meetings of many pairs of zones, made here,
each as invitation, update and cancellation to both schools. Every part must be accepted by icalendar, ical, vobject,
libical (with its restriction_check), ical.js and node-ical, and all must see the same instants, UID, SEQUENCE, METHOD,
title and attendee. What a reader needs and is not there is installed, where that can be done; where it can't, this says
so and fails. Exit 0: nothing found; 1: findings; 2: it could not be run.
"""

from __future__ import annotations

import argparse
import email
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from tests.conformance import own_checks, samples  # noqa: E402

SYSTEM_PYTHON = "/usr/bin/python3"
SHOWN = 20  # findings of one source
BATCH = 500  # parts given to a reader's process at a time
FIELDS = ("uid", "sequence", "method", "start", "end", "summary", "attendees")


class Unavailable(Exception):
    """A reader that can't be had; the text says which and what was tried."""


@dataclass(frozen=True)
class Sample:
    """A mail with a calendar part."""

    name: str
    raw: bytes
    text: str


@dataclass(frozen=True)
class Told:
    """A sample and what its part says, by its own text and the zone data of the `tzdata` package."""

    sample: Sample
    says: dict[str, Any]  # FIELDS, and `offset`, seconds east of Greenwich at the beginning, and `zone`


# ---------------------------------------------------------------- the readers


def libical_is_there() -> bool:
    probe = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    return (
        os.path.exists(SYSTEM_PYTHON)
        and subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True).returncode == 0
    )


def have_libical() -> None:
    if libical_is_there():
        return
    packages = ["gir1.2-ical-3.0", "python3-gi"]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable(f"libical: as root on Debian, apt-get install {' '.join(packages)}")
    print(f"installing {', '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        done = subprocess.run(command, capture_output=True, text=True, env=quiet)
    if done.returncode != 0 or not libical_is_there():
        raise Unavailable(f"libical: apt-get install failed: {done.stderr.strip()[-400:]}")


def have_javascript() -> None:
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]

    def there() -> bool:
        for name, version in wanted.items():
            found = HERE / "node_modules" / name / "package.json"
            if not found.is_file() or json.loads(found.read_text())["version"] != version:
                return False
        return True

    if not shutil.which("node") or not shutil.which("npm"):
        raise Unavailable("ical.js and node-ical: node and npm are not installed")
    if there():
        return
    print(f"installing {', '.join(wanted)}", flush=True)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, capture_output=True, text=True
    )
    if done.returncode != 0 or not there():
        raise Unavailable(f"ical.js and node-ical: npm ci failed: {done.stderr.strip()[-400:]}")


def have_python_readers() -> None:
    for name in ("icalendar", "ical", "vobject"):
        try:
            __import__(name)
        except ImportError as error:
            raise Unavailable(f"{name}: not in this environment (requirements/test.txt)") from error


def in_a_process(command: list[str], batch: list[Told]) -> dict[str, Any]:
    given = [
        {"id": str(n), "text": told.sample.text, **{key: told.says[key] for key in ("zone", "start", "offset")}}
        for n, told in enumerate(batch)
    ]
    done = subprocess.run(command, cwd=HERE, input=json.dumps(given), capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(f"{command[0]} {command[-1]} failed: {done.stderr.strip()[-400:]}")
    return dict(json.loads(done.stdout))


def seconds(moment: Any) -> int:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment}")
    return int(moment.timestamp())


def with_icalendar(text: str) -> dict[str, Any]:
    import icalendar

    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    for component in calendar.walk():
        if component.errors:
            raise ValueError(component.errors)
    return {
        "uid": str(event["UID"]), "sequence": int(event["SEQUENCE"]), "method": str(calendar["METHOD"]),
        "start": seconds(event["DTSTART"].dt), "end": seconds(event["DTEND"].dt), "summary": str(event["SUMMARY"]),
        "attendees": [[str(event["ATTENDEE"]), event["ATTENDEE"].params["CN"]]],
    }  # fmt: skip


def with_icalendar_by_vtimezone(text: str) -> dict[str, Any]:
    """The same, but the hours by the part's own VTIMEZONE: icalendar prefers the zone of that name."""
    import icalendar

    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    out = with_icalendar(text)
    for zone in calendar.walk("VTIMEZONE"):
        info = zone.to_tz(lookup_tzid=False)
        for field, name in (("start", "DTSTART"), ("end", "DTEND")):
            if "TZID" in event[name].params:
                out[field] = seconds(event[name].dt.replace(tzinfo=info))
    return out


def with_ical(text: str) -> dict[str, Any]:
    from ical.calendar_stream import IcsCalendarStream

    calendar = IcsCalendarStream.calendar_from_ics(text)
    (event,) = calendar.events
    (attendee,) = event.attendees
    return {
        "uid": event.uid, "sequence": event.sequence, "method": str(calendar.method).removeprefix("Method."),
        "start": seconds(event.dtstart), "end": seconds(event.dtend), "summary": event.summary,
        "attendees": [[str(attendee.uri), attendee.common_name]],
    }  # fmt: skip


def with_vobject(text: str) -> dict[str, Any]:
    import vobject

    # It keeps the first VTIMEZONE of a name for good; each part is to stand by its own.
    known = vars(vobject.icalendar)["__tzidMap"]
    for tzid in [tzid for tzid in known if tzid != "UTC"]:
        del known[tzid]
    calendar = vobject.readOne(text)
    calendar.validate(raiseException=True)
    (event,) = calendar.vevent_list
    return {
        "uid": event.uid.value, "sequence": int(event.sequence.value), "method": calendar.method.value,
        "start": seconds(event.dtstart.value), "end": seconds(event.dtend.value), "summary": event.summary.value,
        "attendees": [[event.attendee.value, event.attendee.params["CN"][0]]],
    }  # fmt: skip


IN_PROCESS: dict[str, Callable[[str], dict[str, Any]]] = {
    "icalendar": with_icalendar,
    "icalendar by VTIMEZONE": with_icalendar_by_vtimezone,
    "ical": with_ical,
    "vobject": with_vobject,
}


def seen_by_all(batch: list[Told]) -> Iterator[dict[str, dict[str, Any]]]:
    """For each sample, what each reader saw, by its name."""
    libical = in_a_process([SYSTEM_PYTHON, "-I", "libical_reader.py"], batch)
    javascript = in_a_process(["node", "readers.mjs"], batch)
    for n, told in enumerate(batch):
        seen = {"libical": libical[str(n)], **javascript[str(n)]}
        for name, reader in IN_PROCESS.items():
            try:
                seen[name] = reader(told.sample.text)
            except Exception as error:  # whatever a library raises is a finding
                seen[name] = {"error": f"{type(error).__name__}: {error}"}
        yield seen


# ---------------------------------------------------------------- comparing


def disagreements(seen: dict[str, dict[str, Any]], says: dict[str, Any]) -> Iterator[str]:
    """What a reader refused or saw differently from what the part says."""
    for reader, what in sorted(seen.items()):
        if "error" in what:
            yield f"{reader} refuses it: {str(what['error'])[:300]}"
            continue
        for field in FIELDS:
            if field in ("start", "end") and what.get("older_zone_data"):
                continue
            got, want = comparable(field, what[field]), comparable(field, says[field])
            if got != want:
                yield f"{reader} sees {field} {got!r}, not {want!r}"


def comparable(field: str, value: Any) -> Any:
    if field == "attendees":
        # Only some read names by RFC 6868; the address is what all must read.
        return sorted(address.lower() for address, _ in value)
    return " ".join(str(value).split()) if field == "summary" else value


def told(sample: Sample) -> Told:
    """Raises ValueError, KeyError or StopIteration where a part does not say what it must."""
    lines = list(own_checks.content_lines(sample.text))
    event = [line for line in lines if line.component == "VCALENDAR/VEVENT"]
    of = {line.name: line for line in event}
    zone = of["DTSTART"].parameters.get("TZID", "UTC")
    start, end = own_checks.moment(of["DTSTART"]), own_checks.moment(of["DTEND"])
    offset = start.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return Told(sample, {
        "uid": of["UID"].value, "sequence": int(of["SEQUENCE"].value), "zone": zone,
        "method": next(line.value for line in lines if line.name == "METHOD"),
        "start": int(start.timestamp()), "end": int(end.timestamp()), "offset": int(offset.total_seconds()),
        "summary": own_checks.unescaped(of["SUMMARY"].value),
        "attendees": [[line.value, line.parameters.get("CN")] for line in event if line.name == "ATTENDEE"],
    })  # fmt: skip


def across(of_a_source: Iterable[Told]) -> Iterator[tuple[str, str]]:
    """One meeting is one instant for every reader, and its SEQUENCE never falls, whoever is written to."""
    instants: dict[tuple[str, int], int] = {}
    highest: dict[str, int] = {}
    for one in of_a_source:
        uid, sequence = one.says["uid"], one.says["sequence"]
        if sequence < highest.get(uid, 0):
            yield one.sample.name, f"SEQUENCE {sequence} of {uid} after {highest[uid]}"
        highest[uid] = max(sequence, highest.get(uid, 0))
        if (
            one.says["method"] == "REQUEST"
            and instants.setdefault((uid, sequence), one.says["start"]) != one.says["start"]
        ):
            yield one.sample.name, f"SEQUENCE {sequence} of {uid} at another time than in an earlier mail"


def of_mail(name: str, raw: bytes) -> Sample | None:
    part = own_checks.calendar_part(email.message_from_bytes(raw))
    if part is None:
        return None
    body = part.get_payload(decode=True)
    return Sample(name, raw, body.decode("utf-8", "replace") if isinstance(body, bytes) else "")


def sources(runs: list[Path] | None, keep: Path | None) -> Iterator[tuple[str, list[Sample]]]:
    """(where they come from, the mails with a calendar part) of each run, or of each pair of zones."""
    if runs is not None:
        for run in runs:
            paths = sorted((run / "mail").glob("*.eml"))
            if not paths:
                raise Unavailable(f"{run} has no mail/*.eml")
            yield str(run), list(filter(None, (of_mail(path.name, path.read_bytes()) for path in paths)))
        return
    for pair, mails in samples.years():
        if keep is not None:
            folder = keep / pair.replace("/", "-").replace(" ", "_") / "mail"
            folder.mkdir(parents=True, exist_ok=True)
            for name, raw in mails:
                (folder / f"{name}.eml").write_bytes(raw)
        yield pair, list(filter(None, (of_mail(name, raw) for name, raw in mails)))


@dataclass
class Result:
    parts: int
    findings: list[tuple[str, str]]  # (mail, what)
    older: set[str]  # zones whose law has changed since the JavaScript engine's zone data were made


def check(mails: list[Sample]) -> Result:
    """Every finding in the mails of one source."""
    result, good = Result(len(mails), [], set()), []
    for sample in mails:
        result.findings += [(sample.name, finding) for finding in own_checks.findings(sample.raw)]
        try:
            good.append(told(sample))
        except (ValueError, KeyError, StopIteration) as error:
            result.findings.append((sample.name, f"{type(error).__name__}: {error}"))
    for at in range(0, len(good), BATCH):
        batch = good[at : at + BATCH]
        for one, seen in zip(batch, seen_by_all(batch), strict=True):
            result.findings += [(one.sample.name, line) for line in disagreements(seen, one.says)]
            if seen["node-ical"].get("older_zone_data"):
                result.older.add(one.says["zone"])
    result.findings += across(good)
    return result


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--runs", nargs="+", type=Path, metavar="DIR", help="folders of simulated runs")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to leave the mails that are made here")
    options = parser.parse_args(arguments)
    begun, parts, failed, count, older = time.perf_counter(), 0, 0, 0, set()
    try:
        have_python_readers()
        have_libical()
        have_javascript()
        for source, mails in sources(options.runs, options.keep):
            result = check(mails)
            parts, failed = parts + result.parts, failed + len({name for name, _ in result.findings})
            count += len(result.findings)
            older |= result.older
            print(f"{source}: {result.parts} calendar parts, {len(result.findings)} findings", flush=True)
            for name, what in result.findings[:SHOWN]:
                print(f"    {name}: {what}")
        if parts == 0:
            raise Unavailable("no calendar part")
    except Unavailable as error:
        print(f"conformance could not be run: {error}", file=sys.stderr)
        return 2
    if older:
        print(f"node-ical's hours were passed over where node's own zone data are older: {', '.join(sorted(older))}")
    readers = ", ".join([*IN_PROCESS, "libical", "ical.js", "node-ical"])
    print(f"{parts} parts, {count} findings ({readers}; {time.perf_counter() - begun:.0f} s)")
    print(f"{parts - failed} passed, {failed} failed")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
