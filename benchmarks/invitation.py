"""How long an invitation takes, complete with MIME: built here, and built fresh with icalendar and EmailMessage.

    python benchmarks/invitation.py [--json]

Both build the same meeting for one reader of each of several zones, with the same texts. icalendar adds the VTIMEZONE
with `add_missing_timezones()` for every mail, which is its own way. The two are measured alternately, in this process;
the quickest of the rounds counts for each. Exit 1 where ours is less than 8 times as fast.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

import icalendar

from tandem.wire.invitation import Invitation, calendar_part
from tandem.wire.mime import Outbound, message

WANTED = 8.0
ROUNDS, MAILS = 7, 40
ZONES = ("Europe/London", "Africa/Nairobi", "Asia/Kolkata", "America/New_York", "Pacific/Auckland")
TEXT = (
    "Tuesday 13 October\n12:00 Leeds (Airedale High School)\n14:00 Kisumu (Nyanza Girls)\nhttps://meet.example/aire-nyanza\n\n"
    + "Dear Zoë, the next meeting of Rivers and Lakes is coming up. Please say whether you can come.\n" * 12
)
HTML = "<html lang='en' dir='ltr'><body>" + "".join(f"<p>{line}</p>" for line in TEXT.split("\n")) + "</body></html>"
SUMMARY = "Rivers and Lakes: Airedale and Nyanza"
STARTS = datetime(2026, 10, 13, 11, tzinfo=UTC)
STAMP = datetime(2026, 9, 1, 8, tzinfo=UTC)


def ours(n: int) -> bytes:
    zone = ZONES[n % len(ZONES)]
    invitation = Invitation(
        uid=f"{n}@mail.example", sequence=0, dtstamp=STAMP, starts=STARTS, minutes=45, zone=zone, summary=SUMMARY,
        organizer_address="tandem@mail.example", organizer_name="Tandem", attendee_address="z.okafor@airedale.example",
        attendee_name="Zoë Okafor", description=TEXT, location="https://meet.example/aire-nyanza",
    )  # fmt: skip
    return message(
        Outbound(
            message_id=f"{n}@mail.example", date=STAMP, from_name="Tandem", from_address="tandem@mail.example",
            reply_to=f"r+{n}@mail.example", to_name="Zoë Okafor", to_address="z.okafor@airedale.example",
            subject=SUMMARY, text=TEXT, html=HTML, calendar=calendar_part(invitation), method="REQUEST",
            language="en", references=("thread@mail.example",),
        )
    )  # fmt: skip


def theirs(n: int) -> bytes:
    zone = ZoneInfo(ZONES[n % len(ZONES)])
    event = icalendar.Event()
    event.add("UID", f"{n}@mail.example")
    event.add("DTSTAMP", STAMP)
    event.add("SEQUENCE", 0)
    event.add("DTSTART", STARTS.astimezone(zone))
    event.add("DTEND", (STARTS + timedelta(minutes=45)).astimezone(zone))
    event.add("SUMMARY", SUMMARY)
    event.add("DESCRIPTION", TEXT)
    event.add("LOCATION", "https://meet.example/aire-nyanza")
    organizer = icalendar.vCalAddress("mailto:tandem@mail.example")
    organizer.params["CN"] = "Tandem"
    event.add("ORGANIZER", organizer)
    attendee = icalendar.vCalAddress("mailto:z.okafor@airedale.example")
    attendee.params.update({"CN": "Zoë Okafor", "ROLE": "REQ-PARTICIPANT", "CUTYPE": "INDIVIDUAL"})
    attendee.params.update({"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
    event.add("ATTENDEE", attendee)
    event.add("STATUS", "CONFIRMED")
    calendar = icalendar.Calendar()
    for name, value in (("VERSION", "2.0"), ("PRODID", "-//Tandem//Meetings//EN"), ("METHOD", "REQUEST")):
        calendar.add(name, value)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    part = calendar.to_ical()
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Tandem", addr_spec="tandem@mail.example")
    mail["Reply-To"] = Address("Tandem", addr_spec=f"r+{n}@mail.example")
    mail["To"] = Address("Zoë Okafor", addr_spec="z.okafor@airedale.example")
    mail["Subject"] = SUMMARY
    mail["Date"] = STAMP
    mail["Message-ID"] = f"<{n}@mail.example>"
    mail["References"] = "<thread@mail.example>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(TEXT)
    mail.add_alternative(HTML, subtype="html")
    mail.add_alternative(part, "text", "calendar", params={"charset": "UTF-8", "method": "REQUEST"})
    mail.add_attachment(part, "application", "ics", filename="invite.ics")
    return mail.as_bytes()


def seconds_a_mail(build: Callable[[int], bytes]) -> float:
    begins = time.perf_counter()
    for n in range(MAILS):
        build(n)
    return (time.perf_counter() - begins) / MAILS


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for build in (ours, theirs):
        assert b"text/calendar" in build(0)
    rounds = [(seconds_a_mail(ours), seconds_a_mail(theirs)) for _ in range(ROUNDS)]
    own, other = (min(times) for times in zip(*rounds, strict=True))
    result = {
        "ours_ms": round(own * 1000, 3), "icalendar_ms": round(other * 1000, 3), "times": round(other / own, 1),
        "wanted": WANTED, "ours_bytes": len(ours(0)), "icalendar_bytes": len(theirs(0)),
    }  # fmt: skip
    if options.json:
        print(json.dumps(result))
    else:
        print(
            "an invitation with MIME: ours {ours_ms} ms, icalendar and EmailMessage {icalendar_ms} ms".format(**result)
        )
        print("{times} times as fast (wanted {wanted}); {ours_bytes} octets, theirs {icalendar_bytes}".format(**result))
    return 0 if result["times"] >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
