"""A year's calendar mail for many pairs of zones, made with the project's own functions: what `run.py` reads where it
is given no simulated runs.

Each pair is two schools on two clocks, with readers whose names, words and links are those that calendar programs
stumble over. Every month has its meeting: an invitation to each reader, every third moves, every fourth is called off,
and in every fifth one reader is taken off it and comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from tandem.core import zones
from tandem.wire.invitation import CANCEL, REQUEST, Invitation, calendar_part
from tandem.wire.mime import Outbound, message

PAIRS = (
    ("Europe/London", "Africa/Nairobi"),
    ("Europe/Lisbon", "Pacific/Auckland"),
    ("America/New_York", "Asia/Kolkata"),
    ("Europe/Dublin", "Africa/Casablanca"),
    ("Australia/Lord_Howe", "Asia/Kathmandu"),
    ("Europe/Berlin", "America/Sao_Paulo"),
    ("Africa/Cairo", "Asia/Tokyo"),
    ("Asia/Jerusalem", "Asia/Shanghai"),
    ("America/Santiago", "Pacific/Chatham"),
    ("America/St_Johns", "Asia/Beirut"),
    ("Antarctica/Troll", "Pacific/Apia"),
    ("America/Nuuk", "Asia/Gaza"),
    ("Atlantic/Azores", "Australia/Eucla"),
    ("America/Los_Angeles", "Europe/Kyiv"),
    ("Pacific/Marquesas", "Pacific/Kiritimati"),
    ("America/Havana", "America/Vancouver"),
)
READERS = (
    ("Zoë Okafor", "z.okafor@airedale.example", "fr", "Rivières et lacs : réunion du mardi"),
    ('Khan, Aisha "AK"; Lead', "a.khan+lead@airedale.example", "en", "Rivers; and, Lakes\\Rivers: Tuesday's meeting"),
    ("आशा शर्मा", "asha@nyanza.example", "hi", "नदियाँ और झीलें: मंगलवार की बैठक, विक्टोरिया झील और आयर नदी का पानी"),
    ("أحمد الفاسي", "ahmed.elfassi@nyanza.example", "ar", "أنهار وبحيرات: اجتماع الثلاثاء"),
    ("王小明 😀", "wang@nyanza.example", "zh", "河流与湖泊：星期二的会议" * 6),
)
ORGANIZER = ("Tandem: Rivers, Lakes", "tandem@mail.example")
LINKS = ("https://meet.example/aire-nyanza?pwd=a,b;c&x=1", "Room 12, Main Building; second floor", "", "会议室 3")


def _mail(serial: int, invitation: Invitation) -> tuple[str, bytes]:
    """(the mail's name, the mail)."""
    kind = {REQUEST: "invite", CANCEL: "cancel"}[invitation.method]
    outbound = Outbound(
        message_id=f"{serial}.{invitation.uid}",
        date=invitation.dtstamp,
        from_name=invitation.organizer_name,
        from_address=invitation.organizer_address,
        reply_to=f"r+{serial}@mail.example",
        to_name=invitation.attendee_name,
        to_address=invitation.attendee_address,
        subject=invitation.summary,
        text=invitation.description,
        html=f"<html lang='{invitation.language}'><p>{invitation.description}</p></html>",
        calendar=calendar_part(invitation),
        method=invitation.method,
        language=invitation.language,
        references=(f"thread.{invitation.uid}",),
    )
    return f"{serial:06}-{kind}-{invitation.attendee_address}", message(outbound)


def _year(first: str, second: str) -> Iterator[tuple[str, bytes]]:
    serial, now = 0, datetime(2026, 8, 1, 9, tzinfo=UTC)

    def sent(
        month: int,
        starts: datetime,
        sequence: int,
        method: str = REQUEST,
        everyone: bool = True,
        only: int | None = None,
    ):
        nonlocal serial, now
        now += timedelta(hours=7)
        for n, (name, address, language, title) in enumerate(READERS):
            if only is not None and n != only:
                continue
            zone = first if n < 2 else second
            local = starts.astimezone(zones.get(zone))
            serial += 1
            yield _mail(serial, Invitation(
                uid=f"2026-{month:02}.{first}-{second}@mail.example".replace("/", "."), sequence=sequence, dtstamp=now,
                starts=starts, minutes=45, zone=zone, summary=title, organizer_name=ORGANIZER[0],
                organizer_address=ORGANIZER[1], attendee_name=name, attendee_address=address, method=method,
                status_cancelled=everyone, language=language, location=LINKS[month % 4],
                description=f"{local:%d.%m.%Y %H:%M} ({zone})\n{title}\n\n{LINKS[month % 4]}",
                url=LINKS[0] if month % 4 == 0 else "",
            ))  # fmt: skip

    for month in range(12):
        day = date(2026 + (8 + month) // 12, (8 + month) % 12 + 1, 3 + 2 * month)
        # On the first school's clock, at hours from early morning to midnight: some cross into another date.
        starts = datetime.combine(day, time((6 + 3 * month) % 24, 15 * (month % 4)), zones.get(first)).astimezone(UTC)
        yield from sent(month, starts, 0)
        sequence = 0
        if month % 3 == 1:
            starts, sequence = starts + timedelta(days=1, hours=-2), 1
            yield from sent(month, starts, sequence)
        if month % 5 == 2:
            yield from sent(month, starts, sequence, CANCEL, everyone=False, only=month % len(READERS))
            yield from sent(month, starts, sequence, only=month % len(READERS))
        if month % 4 == 3:
            yield from sent(month, starts, sequence + 1, CANCEL)


def years() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """(the pair of zones, its mails as (name, octets) in the order of sending)."""
    for first, second in PAIRS:
        yield f"{first} and {second}", list(_year(first, second))
