"""A partnership in the middle of its year, and one message of every variant of every kind, for whoever renders mails.

state()                          # Rivers and Lakes in February 2027, with a history
samples()                        # Sample(message, reader, ...) for every variant in `messages.VARIANTS`
rendered(sample, language="ar")  # as it is read in that language
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from tandem.core.agreement import Agreement, Span
from tandem.core.messages import VARIANTS, Message
from tandem.core.partnership import Action, Escalation, Invitee, Meeting, Offer, Partnership, Words
from tandem.core.planning import first_plan
from tandem.wire.render import Reader, Rendered, Sender, render
from tests.support.agreements import agreement

NOW = datetime(2027, 2, 22, 9, 30, tzinfo=UTC)
SENDER = Sender(
    domain="tandem.example",
    address="hello@tandem.example",
    operator_name="School Links",
    operator_email="help@links.example",
    retention_days=365,
)
REPLY_TO = "r.abcdef@tandem.example"
AISHA, TOM, RUTH, ZOE = "a.khan@airedale.example", "t.ellis@airedale.example", "r.shaw@airedale.example", "z.okafor@airedale.example"  # fmt: skip  # noqa: E501
GRACE, MARY = "g.achieng@nyanza.example", "m.wanjiru@nyanza.example"
STATUSES = {"2026-09": "held", "2026-10": "missed", "2026-11": "held", "2026-12": "held", "2027-01": "cancelled",
            "2027-02": "unconfirmed"}  # fmt: skip
HARD_WORDS = "Rain & sun, 50 % <b>bold</b>? “Yes”, she said"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@cache
def state(at: Agreement | None = None) -> Partnership:
    """Five months in: three held, one missed and made good, one called off, one without a word."""
    base = at or agreement()
    people = tuple(Invitee(p.key) for s in base.schools for p in s.participants)
    meetings: list[Meeting] = []
    for meeting in first_plan(base):
        invited = people if meeting.starts and meeting.month <= "2027-05" else ()
        status = STATUSES.get(meeting.month, meeting.status)
        meetings.append(replace(meeting, invitees=invited, status=status, listed=meeting.month in STATUSES))
    catch_up = replace(
        meetings[1],
        id="2026-10.c1",
        catch_up=True,
        rule_day=None,
        starts=utc(2026, 10, 20, 11),
        status="held",
        moved_from=None,
        agreed=True,
    )
    coming = replace(
        catch_up, id="2027-02.c1", month="2027-02", starts=utc(2027, 3, 2, 11), status="planned", sequence=1
    )
    everything = sorted([*meetings, catch_up, coming], key=lambda m: (m.month, m.catch_up, m.id))
    march = "2027-03"
    slots = (utc(2027, 3, 3, 11), utc(2027, 3, 4, 11), utc(2027, 3, 5, 8, 30))

    def words(
        number: int, kind: str, text: str, by: str, school: str, language: str = "en", meeting: str = march
    ) -> Words:
        return Words(f"w{number}", kind, text, by, school, language, utc(2027, 1, 10 + number, 9), meeting=meeting)

    return Partnership(
        agreement=base,
        enrolled=utc(2026, 8, 18),
        signed={s.id: utc(2026, 8, 20, 9) for s in base.schools},
        meetings=tuple(everything),
        offers=(
            Offer("o1", "unconfirmed", "2027-02", "2027-02", utc(2027, 2, 13, 9), utc(2027, 3, 9), slots),
            Offer("o2", "cancelled", "2027-01", "2027-01", utc(2027, 1, 8, 9), utc(2027, 1, 22), slots, state="closed"),
        ),
        actions=(
            Action("a1", "send the sensor list", TOM, date(2027, 2, 20), "open", TOM, "aire", utc(2027, 1, 5), march),
            Action("a2", HARD_WORDS, GRACE, None, "open", GRACE, "nyanza", utc(2027, 1, 6), march),
            Action(
                "a3",
                "photos of the lake",
                GRACE,
                date(2027, 1, 31),
                "done",
                GRACE,
                "nyanza",
                utc(2026, 12, 9),
                "2027-01",
                utc(2027, 1, 30),
            ),
            Action(
                "a4", "book the hall", None, None, "dropped", TOM, "aire", utc(2026, 12, 9), "2027-01", utc(2027, 2, 1)
            ),
        ),
        words=(
            words(1, "item", "The exchange visit", AISHA, "aire"),
            words(2, "item", "Vipimo vya maji vya Januari", "p.ouma@nyanza.example", "nyanza", "sw"),
            words(3, "idea", "A radio show together", GRACE, "nyanza"),
            words(4, "feedback", "The hour is good, the sound is not.", TOM, "aire"),
            words(5, "notes", "We compared nitrate values; the lake has less than the river.", GRACE, "nyanza"),
            words(6, "leader", "Please think of a visit in May.", RUTH, "aire"),
            words(7, "unclear", "Our school is closed next week", ZOE, "aire"),
        ),
        escalations=(Escalation("e1", utc(2027, 2, 22, 8), 1, "months-not-met", ("2027-01", "2027-02"), (RUTH, MARY)),),
        absences={TOM: (Span(date(2027, 2, 22), date(2027, 2, 26)),)},
        last_words={AISHA: utc(2026, 12, 8, 12), GRACE: utc(2027, 2, 9, 12)},
    )


@dataclass(frozen=True)
class Sample:
    message: Message
    name: str  # of the reader
    first_mail: bool = False

    @property
    def title(self) -> str:
        return f"{self.message.kind}/{self.message.variant}"


MARCH, APRIL = "2027-03", "2027-04"
_SLOTS = ["2027-03-03T11:00:00+00:00", "2027-03-04T11:00:00+00:00", "2027-03-05T08:30:00+00:00"]
_CHANGES = [
    {"field": "objective", "old": None, "new": "Sing together once"},
    {"field": "meeting", "old": {"every": "second tuesday", "at": "14:00", "anchor": "nyanza"},
     "new": {"every": "first monday", "at": "15:00", "anchor": "nyanza"}},
    {"field": "milestone", "old": None, "new": {"what": "A joint page", "due": "2027-05-31"}},
    {"field": "where", "old": "https://old.example/x", "new": "https://meet.example/new"},
    {"field": "closed", "old": None, "new": {"from": "2027-04-12", "until": "2027-04-16", "why": "Strike"}},
    {"field": "person", "old": None,
     "new": {"name": "Joy Atieno", "email": "j.atieno@nyanza.example", "role": "deputy"}},
    {"field": "resource", "old": None, "new": {"what": "Song book", "where": "Shelf 3", "keeper": TOM}},
    {"field": "language", "old": "en", "new": "fr"},
    {"field": "term", "old": None, "new": {"from": "2027-09-06", "to": "2027-12-17"}},
]  # fmt: skip
ITEMS: list[dict[str, Any]] = [
    {"what": "report", "held": True, "meeting": "2027-02", "starts": "2027-02-09T11:00:00+00:00"},
    {"what": "report", "held": False, "meeting": "2027-02", "starts": "2027-02-09T11:00:00+00:00"},
    {"what": "rsvp", "partstat": "ACCEPTED", "starts": "2027-03-10T11:00:00+00:00"},
    {"what": "rsvp", "partstat": "DECLINED", "starts": "2027-03-10T11:00:00+00:00"},
    {"what": "rsvp", "partstat": "TENTATIVE", "starts": "2027-03-10T11:00:00+00:00"},
    {"what": "agenda-item", "text": HARD_WORDS},
    {"what": "action", "text": "send the list", "owner_name": "Tom Ellis", "due": "2027-03-20"},
    {"what": "action", "text": "send the list", "owner_name": None, "due": None},
    {"what": "action-done", "text": "photos of the lake", "dropped": False},
    {"what": "action-done", "text": "book the hall", "dropped": True},
    {"what": "choose", "slots": _SLOTS[:2], "none": False},
    {"what": "choose", "slots": [], "none": True},
    {"what": "absence", "from": None, "until": "2027-03-04"},
    {"what": "absence", "from": "2027-03-04", "until": "2027-03-04"},
    {"what": "closed", "from": "2027-03-08", "until": "2027-03-12", "why": "Strike",
     "moves": [{"old": "2027-03-10T11:00:00+00:00", "new": "2027-03-16T11:00:00+00:00"},
               {"old": "2027-04-13T11:00:00+00:00", "new": None}]},
    {"what": "meet", "by": "2027-03-12"},
    {"what": "meet", "by": None},
    {"what": "change", "field": "phone", "old": "+44 1", "new": "+44 20 7946 0001"},
    {"what": "pause", "until": "2027-04-01"},
    {"what": "feedback", "text": "Good."},
    {"what": "idea", "text": "A radio show"},
    {"what": "review", "go_on": True},
    {"what": "review", "go_on": False},
    {"what": "sign", "school": "aire"},
    {"what": "confirm", "yes": True},
    {"what": "handover", "leaver_name": "Tom Ellis", "name": "Joy Atieno", "email": "j.atieno@nyanza.example"},
    {"what": "acknowledge"},
    {"what": "counter", "starts": "2027-03-11T15:00:00+00:00"},
    {"what": "cancel", "starts": "2027-03-10T11:00:00+00:00", "effective": None},
    {"what": "notes"},
    {"what": "stop"},
    {"what": "undo"},
]  # fmt: skip
_CALL_OFF = {"what": "cancel", "starts": "2027-03-10T11:00:00+00:00", "effective": "2027-02-22T10:30:00+00:00"}
_OFFER = {"offer": "o1", "slots": _SLOTS, "cause": "unconfirmed"}
_LEADERS = {"leaders_hear": "2027-03-08", "months": ["2027-01", "2027-02"]}
_ESCALATION = {"escalation": "e1", "level": 1, "months": ["2027-01", "2027-02"], "repeat": 0}
_JOY = {"leaver_name": "Tom Ellis", "name": "Joy Atieno", "email": "j.atieno@nyanza.example"}
_REASONS = [{"school": "aire", "kind": "closed", "text": "Easter holidays"}, {"school": "nyanza", "kind": "term"}]

# (kind, variant, facts, to, meeting or month)
_ALL: tuple[tuple[str, str, dict[str, Any], str, str | None], ...] = (
    ("agreement", "first", {}, RUTH, None),
    ("agreement", "reminder", {"number": 2}, GRACE, None),
    ("agreement", "partner", {"number": 3}, AISHA, None),
    ("agreement", "amendment", {"proposal": "p1", "changes": _CHANGES[:3], "from": "2027-03-01T00:00:00+00:00",
                                "school": "nyanza"}, AISHA, None),
    ("agreement", "amended", {"changes": _CHANGES, "school": "nyanza"}, AISHA, None),
    ("invite", "next", {}, ZOE, APRIL),
    ("invite", "catch-up", {}, AISHA, "2027-02.c1"),
    ("invite", "newcomer", {}, GRACE, MARCH),
    ("update", "moved", {"old_starts": "2027-03-09T11:00:00+00:00", "cause": "closed"}, AISHA, MARCH),
    ("update", "place", {"old_where": "https://old.example/x", "old_phone": "+44 1"}, GRACE, MARCH),
    ("cancel", "called-off", {}, AISHA, "2027-02"),
    ("cancel", "closed", {}, ZOE, "2027-02"),
    ("cancel", "paused", {"until": "2027-04-01"}, AISHA, MARCH),
    ("cancel", "ended", {}, AISHA, MARCH),
    ("cancel", "removed", {}, TOM, MARCH),
    ("agenda", "monthly", {}, AISHA, MARCH),
    ("agenda", "catch-up", {}, GRACE, "2027-02.c1"),
    ("reminder", "first", {}, GRACE, MARCH),
    ("check-in", "first", {}, AISHA, "2027-02"),
    ("check-in", "again", {}, AISHA, "2027-02"),
    ("nudge", "first", {}, AISHA, "2027-02"),
    ("catch-up", "offer", {**_OFFER, **_LEADERS}, AISHA, "2027-02"),
    ("catch-up", "again", {**_OFFER, **_LEADERS}, GRACE, "2027-02"),
    ("catch-up", "no-slot", {"cause": "cancelled", **_LEADERS, "slots": []}, AISHA, "2027-02"),
    ("catch-up", "declined", {"offer": "o1", "slots": _SLOTS}, AISHA, MARCH),
    ("catch-up", "counter", {"offer": "o1", "starts": _SLOTS[0], "slots": _SLOTS[:1], "by_name": "Grace Achieng",
                             "by_school": "nyanza"}, AISHA, MARCH),
    ("catch-up", "asked", {"offer": "o1", "slots": _SLOTS, "by_name": "Grace Achieng", "by_school": "nyanza"}, AISHA,
     None),
    ("receipt", "said", {"items": ITEMS, "undo": True, "attachments": True}, AISHA, None),
    ("receipt", "undone", {"items": [_CALL_OFF]}, AISHA, None),
    ("receipt", "too-late", {"items": [_CALL_OFF], "catch_up": True}, AISHA, None),
    ("receipt", "not-yours", {"items": ITEMS[:1], "who": "owner"}, ZOE, None),
    ("receipt", "not-signed", {}, AISHA, None),
    ("receipt", "status", {}, AISHA, None),
    ("receipt", "worry", {"contact_name": "Ines Roth", "contact_email": "safe@airedale.example"}, AISHA, None),
    ("receipt", "waiting", {"items": [ITEMS[17]]}, AISHA, None),
    ("receipt", "attachments", {}, AISHA, None),
    ("receipt", "cannot", {"items": [_CALL_OFF], "reason": "past"}, AISHA, None),
    ("receipt", "ask-back", {"offer": "o1", "slots": _SLOTS}, AISHA, None),
    ("escalation", "leaders", _ESCALATION, RUTH, None),
    ("escalation", "copy", {**_ESCALATION, "level": 3, "leaders_meeting": "2027-03-02T08:30:00+00:00"}, AISHA, None),
    ("back-on-track", "resolved", {"months": ["2027-01", "2027-02"], "apology": True, "meeting": "2026-12"}, RUTH,
     None),
    ("back-on-track", "copy", {"months": ["2027-01"], "apology": False, "meeting": None}, AISHA, None),
    ("digest", "monthly", {"month": "2027-02"}, RUTH, None),
    ("handover", "pack", {"leaver_name": "Tom Ellis", "leaver_email": TOM}, AISHA, None),
    ("review", "ask", {"review": "2027-07-01"}, RUTH, None),
    ("review", "silence", {"review": "2027-07-01", "answered": ["nyanza"]}, RUTH, None),
    ("review", "renewed", {"review": "2027-07-01", "until": "2028-07-01"}, RUTH, None),
    ("review", "farewell", {"review": "2027-07-01"}, RUTH, None),
    ("review", "ending", {"review": "2027-07-01"}, RUTH, None),
    ("help", "unclear", {"text": HARD_WORDS, "answers": "check-in", "reason": None}, AISHA, None),
    ("notice", "skipped", {"month": APRIL, "reasons": _REASONS}, AISHA, None),
    ("notice", "bounce", {"name": "Zoë Okafor", "email": ZOE, "school": "aire"}, AISHA, None),
    ("notice", "new-colleague", {**_JOY, "school": "nyanza", "role": "deputy"}, AISHA, None),
    ("notice", "left", {"name": "Tom Ellis", "school": "aire"}, GRACE, None),
    ("notice", "last-owner", {"name": "Aisha Khan", "school": "aire"}, RUTH, None),
    ("notice", "was-you", {"question": "q1", "address": "aisha@home.example", "text": "I can't come on Tuesday."},
     AISHA, None),
    ("notice", "successor", {"question": "q1", **_JOY}, RUTH, None),
    ("notice", "successor-declined", {"leaver_name": "Tom Ellis", "name": "Joy Atieno"}, AISHA, None),
    ("notice", "counter-declined", {"starts": _SLOTS[0]}, AISHA, MARCH),
    ("notice", "counter-member", {"starts": _SLOTS[0], "by_name": "Zoë Okafor"}, AISHA, MARCH),
    ("notice", "proposal-declined", {"changes": _CHANGES[:2]}, AISHA, None),
    ("notice", "worry", {"text": "I am worried about one of the children.\nShe is sad.", "by_name": "Aisha Khan",
                         "by_email": AISHA}, "safe@airedale.example", None),
    ("notice", "paused", {"until": "2027-04-01", "by_name": "Grace Achieng", "by_school": "nyanza"}, AISHA, None),
    ("notice", "invalid-file", {"lines": ["agreement.yaml:12: unknown key `nme`; perhaps `name`"]}, AISHA, None),
    ("notice", "keeper-left", {"resources": [{"what": "Shared folder", "where": "https://files.example/aire-nyanza"}],
                               "name": "Tom Ellis"}, AISHA, None),
    ("notice", "resumed", {}, AISHA, None),
    ("notice", "cancelled-rule", {"month": APRIL}, AISHA, None),
    ("notice", "no-next-terms", {"months": ["2027-09", "2027-10"]}, AISHA, None),
)  # fmt: skip


def sample(kind: str, variant: str, at: Partnership | None = None, **changes: Any) -> Sample:
    """The sample of that variant; `changes` replace fields of its message, `facts` are added to its facts."""
    for number, (k, v, facts, to, about) in enumerate(_ALL, 1):
        if (k, v) == (kind, variant):
            meeting = (at or state()).meeting(about)
            message = Message(
                id=f"aire-nyanza.{number}.1",
                partnership="aire-nyanza",
                kind=k,
                variant=v,
                to=changes.pop("to", to),
                created=NOW,
                month=meeting.month if meeting else "2027-02" if v == "asked" else None,
                meeting=meeting.id if meeting else None,
                facts={**facts, **changes.pop("facts", {})},
                **changes,
            )
            found = state().find(message.to)
            name = found[1].name if found else "Ines Roth"
            return Sample(message, name, first_mail=(k, v) in {("agreement", "first"), ("invite", "next")})
    raise KeyError((kind, variant))


def samples() -> Iterator[Sample]:
    """One of every variant, in the order of `VARIANTS`."""
    for kind, variants in VARIANTS.items():
        for variant in variants:
            yield sample(kind, variant)


def rendered(
    one: Sample,
    language: str | None = None,
    at: Partnership | None = None,
    now: datetime = NOW,
    sender: Sender = SENDER,
    **reader: Any,
) -> Rendered:
    """The sample as it is read, in that language (else its reader's own)."""
    there = at or state()
    found = there.find(one.message.to)
    school, person = found or (there.agreement.schools[0], None)
    given: dict[str, Any] = {
        "email": one.message.to,
        "name": one.name,
        "language": language or (there.agreement.language_of(school, person) if person else school.language),
        "timezone": there.agreement.timezone_of(school, person) if person else school.timezone,
        "slow": school.slow,
        "first_mail": one.first_mail,
        **reader,
    }
    return render((one.message,), {there.id: there}, Reader(**given), sender, now, REPLY_TO)


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)
