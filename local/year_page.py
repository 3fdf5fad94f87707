"""`index.html`: the year to look at. One file tree, no server, nothing from outside.

    DIR/index.html        timeline, what each leader would have seen, every mail in a list
    DIR/view/NNNNNN.html  one mail: as it is shown, as text, its calendar part, its source
    DIR/view/in-...html   one mail that arrived
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from babel.dates import format_date

from local import clients
from local.report import actions, items, meetings, status
from local.year import Inbound, Sent, Year
from tandem.core import zones
from tandem.core.agreement import Person, School
from tandem.core.partnership import Escalation, Meeting, Partnership

PAGES = Path(__file__).parent / "pages"
SIGNS = {
    "held": "✓", "missed": "✕", "unconfirmed": "?", "cancelled": "⊘", "skipped": "–", "planned": "○", "open": "…",
    "disputed": "≠", "paused": "‖", "unsigned": "–",
}  # fmt: skip
WORDS = {
    "held": "held", "missed": "missed", "unconfirmed": "unconfirmed", "cancelled": "called off", "skipped": "no day",
    "planned": "to come", "open": "not known yet", "disputed": "disputed", "paused": "in a pause",
    "unsigned": "not signed yet",
}  # fmt: skip
ANSWERS = {
    "ACCEPTED": ("accepted", "✓", "accepted"),
    "DECLINED": ("declined", "✕", "declined"),
    "TENTATIVE": ("tentative", "~", "may come"),
    "NEEDS-ACTION": ("silent", "·", "no answer"),
}
SECRET = timedelta(days=3)  # so long before a notice of a worry its sender's mails are not shown


@dataclass(frozen=True, slots=True)
class View:
    """A file of `view/` and its text."""

    name: str
    text: str


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False
    )


@cache
def _asset(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def _rendered(template: str, **values: Any) -> str:
    from markupsafe import Markup

    css = Markup(_asset("page.css"))
    js = Markup(_asset("page.js"))
    return _environment().get_template(template).render(css=css, js=js, **values)


def day_text(moment: datetime, zone: str, year: bool = False) -> str:
    local = zones.local(moment, zone)
    return format_date(local.date(), "EEE d MMM y" if year else "EEE d MMM", locale="en_GB")


def month_text(month: str, short: bool = False) -> str:
    day = datetime.strptime(f"{month}-01", "%Y-%m-%d").date()  # noqa: DTZ007 - a month has no zone
    return format_date(day, "MMM" if short else "MMMM y", locale="en_GB")


# -- one mail


def views(states: Sequence[Partnership], year: Year) -> Iterable[View]:
    """Every mail as a page, sent ones first, and the style that they share."""
    yield View("page.css", _asset("page.css"))
    people = _people(states)
    hidden = _secret(states, year)
    for sent in year.sent:
        yield _sent_view(sent, people)
    for arrived in year.inbound:
        yield _inbound_view(arrived, people, arrived.id in hidden)


def _sent_view(sent: Sent, people: dict[str, tuple[School, Person]]) -> View:
    mail = sent.mail
    found = people.get(mail.to)
    zone = (found[1].timezone or found[0].timezone) if found else "UTC"
    tabs: list[dict[str, Any]] = []
    secret = mail.variant == "worry"
    if not secret:
        if mail.letter.html:
            tabs.append({"name": "Mail", "html": mail.letter.html})
        tabs.append({"name": "Text", "text": mail.letter.text, "flow": True})
        if mail.letter.calendar:
            tabs.append({"name": "Calendar", "text": mail.letter.calendar})
        tabs.append({"name": "Source", "text": mail.raw.decode("utf-8", "replace").replace("\r\n", "\n")})
    page = {
        "subject": mail.letter.subject,
        "kind": mail.kind,
        "way": "to",
        "name": f"{found[1].name}, {found[0].name}" if found else mail.to,
        "at": f"{day_text(mail.at, zone, True)}, {zones.local(mail.at, zone):%H:%M} ({zone})",
        "hidden": secret,
        "tabs": tabs,
    }
    return View(_view_name(sent), _rendered("mail.html", m=page))


def _inbound_view(arrived: Inbound, people: dict[str, tuple[School, Person]], secret: bool) -> View:
    found = people.get(arrived.sender)
    zone = (found[1].timezone or found[0].timezone) if found else "UTC"
    source = arrived.raw[:200_000].decode("utf-8", "replace").replace("\r\n", "\n")
    tabs: list[dict[str, Any]] = []
    if not secret:
        letter = _letter(arrived.raw)
        if letter and letter.text.strip():
            tabs.append({"name": "Text", "text": letter.text, "flow": True})
        if letter and letter.calendar:
            tabs.append({"name": "Calendar", "text": letter.calendar})
        tabs.append({"name": "Source", "text": source})
    page = {
        "subject": _subject(arrived.raw),
        "kind": "answer",
        "way": "from",
        "name": f"{found[1].name}, {found[0].name}" if found else arrived.sender,
        "at": f"{day_text(arrived.at, zone, True)}, {zones.local(arrived.at, zone):%H:%M} ({zone})",
        "hidden": secret,
        "tabs": tabs,
    }
    return View(_inbound_name(arrived), _rendered("mail.html", m=page))


def _letter(raw: bytes) -> clients.Letter | None:
    """What can be made of a mail's beginning; a story's file may hold anything."""
    return _letter_of(raw[:200_000])


@lru_cache(maxsize=4096)  # the year's page and the mail's own ask for the same
def _letter_of(raw: bytes) -> clients.Letter | None:
    try:
        return clients.read(raw)
    except (ValueError, LookupError, RecursionError):
        return None


def _subject(raw: bytes) -> str:
    letter = _letter(raw)
    return letter.subject[:300] if letter and letter.subject else "(no subject)"


def _view_name(sent: Sent) -> str:
    return f"{sent.file[:6]}.html"


def _inbound_name(arrived: Inbound) -> str:
    return f"in-{arrived.file[:6]}.html"


def _secret(states: Sequence[Partnership], year: Year) -> set[str]:
    """The arrived mails that may hold a worry about a child."""
    secret: set[str] = set()
    for sent in year.sent:
        if sent.mail.variant != "worry":
            continue
        by = str(sent.mail.facts.get("by_email") or "").lower()
        to = sent.mail.to if sent.mail.kind == "receipt" else by
        addresses = {to}
        for state in states:
            found = state.find(to)
            if found:
                addresses |= {found[1].key, *(a.lower() for a in found[1].also)}
        secret |= {
            a.id for a in year.inbound if a.sender in addresses and sent.mail.at - SECRET <= a.at <= sent.mail.at
        }
    return secret


# -- the year


def index(states: Sequence[Partnership], year: Year) -> str:
    """`index.html`."""
    hidden = _secret(states, year)
    partnerships = [_partnership(state, year, hidden) for state in states]
    last = year.until - timedelta(days=1)
    titles = [p["title"] for p in partnerships]
    page = {
        "title": titles[0] if len(titles) == 1 else f"{len(titles)} partnerships",
        "lede": f"A simulated run from {day_text(year.begins, 'UTC', True)} to {day_text(last, 'UTC', True)}: "
        f"{len(year.sent)} mails went out, {len(year.inbound)} came back.",
        "partnerships": partnerships,
        "footer": "Everything here was decided by Tandem's own functions, by simulated time. "
        "The mails are those that the mail service was given; no mail left this machine.",
    }
    return _rendered("year.html", page=page)


def _people(states: Iterable[Partnership]) -> dict[str, tuple[School, Person]]:
    found: dict[str, tuple[School, Person]] = {}
    for state in states:
        for gone in state.departures:
            found.setdefault(gone.person.key, (state.agreement.school(gone.school), gone.person))
        for school, person in state.agreement.people:
            found[person.key] = (school, person)
            for also in person.also:
                found.setdefault(also.lower(), (school, person))
    return found


def _partnership(state: Partnership, year: Year, hidden: set[str]) -> dict[str, Any]:
    people = _people([state])
    shown = meetings(state, year)
    mails = [sent for sent in year.sent if state.id in sent.mail.partnerships]
    own = {person.key for _, person in people.values()} | set(people)
    arrived = [a for a in year.inbound if a.sender in own]
    return {
        "id": state.id,
        "title": state.agreement.title,
        "schools": [{"name": s.name, "zone": s.timezone} for s in state.agreement.schools],
        "figures": _figures(state, year, shown, mails),
        "strip": [_cell(state, m, year) for m in shown if not m.catch_up],
        "events": _events(state, year, shown, mails),
        "leaders": [_leader(state, year, school, person, mails) for school, person in _leaders(people)],
        "readers": [{"school": s.name, "people": _readers(people, s)} for s in state.agreement.schools],
        "kinds": [{"kind": k, "count": n} for k, n in sorted(_kinds(mails, arrived).items())],
        "months": [
            {"key": month, "name": month_text(month)}
            for month in sorted({f"{s.mail.at:%Y-%m}" for s in mails} | {m.month for m in shown})
        ],
        "mails": _rows(people, mails, arrived, hidden),
    }


def _readers(people: dict[str, tuple[School, Person]], school: School) -> list[dict[str, str]]:
    own = {person.key: person.name for other, person in people.values() if other.id == school.id}
    return [{"key": key, "name": name} for key, name in sorted(own.items(), key=lambda pair: pair[1])]


def _kinds(mails: list[Sent], arrived: list[Inbound]) -> Counter[str]:
    kinds = Counter(sent.mail.kind for sent in mails)
    if arrived:
        kinds["answer"] = len(arrived)
    return kinds


def _figures(state: Partnership, year: Year, shown: list[Meeting], mails: list[Sent]) -> list[dict[str, str]]:
    monthly = [m for m in shown if not m.catch_up]
    uncounted = ("planned", "open", "skipped", "unsigned", "paused")
    over = [m for m in monthly if status(state, m, year.until) not in uncounted]
    met = {m.month for m in shown if status(state, m, year.until) == "held"}
    caught = [m for m in shown if m.catch_up and status(state, m, year.until) == "held"]
    readers = {sent.mail.to for sent in mails}
    months = max(1.0, (year.until - year.begins) / timedelta(days=30.44))
    each = len([s for s in mails if s.mail.kind not in ("receipt", "help")]) / max(1, len(readers)) / months
    figures = [
        {"label": "Months met", "value": f"{len(met)} of {len({m.month for m in over})}", "note": ""},
        {"label": "Catch-ups held", "value": str(len(caught)), "note": ""},
        {"label": "Leaders heard", "value": str(len(state.escalations)),
         "note": f"{sum(e.resolved is not None for e in state.escalations)} resolved" if state.escalations else ""},
        {"label": "Mails", "value": str(len(mails)), "note": f"{each:.1f} a person and month"},
    ]  # fmt: skip
    skipped = sum(m.status == "skipped" for m in monthly)
    if skipped:
        figures.append({"label": "Months without a day", "value": str(skipped), "note": "closures"})
    promised = [a for a in state.actions if a.state != "dropped"]
    if promised:
        done = sum(a.state == "done" for a in promised)
        figures.append({"label": "Promises", "value": f"{done} of {len(promised)}", "note": "done"})
    return figures


def _cell(state: Partnership, meeting: Meeting, year: Year) -> dict[str, str]:
    became = status(state, meeting, year.until)
    extra = ""
    if became in ("missed", "unconfirmed", "cancelled"):
        later = [m for m in state.of_month(meeting.month) if m.catch_up]
        if any(m.status == "held" for m in later):
            extra = "caught up"
        elif later:
            extra = f"catch-up {WORDS.get(status(state, later[-1], year.until), '')}"
    elif meeting.moved_from:
        extra = "moved"
    return {
        "id": meeting.id,
        "month": month_text(meeting.month, short=True),
        "status": became,
        "sign": SIGNS.get(became, "·"),
        "word": WORDS.get(became, became),
        "extra": extra,
    }


def _events(state: Partnership, year: Year, shown: list[Meeting], mails: list[Sent]) -> list[dict[str, Any]]:
    """Meetings and escalations in the order of time."""
    rows: list[tuple[datetime, int, dict[str, Any]]] = []
    for meeting in shown:
        at = meeting.starts or datetime.fromisoformat(f"{meeting.month}-01T00:00:00+00:00")
        rows.append((at, 0, _meeting(state, meeting, year, mails)))
    rows.extend((e.opened, 1, _escalation(state, e)) for e in state.escalations)
    return [row for _, _, row in sorted(rows, key=lambda r: r[:2])]


def _meeting(state: Partnership, meeting: Meeting, year: Year, mails: list[Sent]) -> dict[str, Any]:
    agreement = state.agreement
    became = status(state, meeting, year.until)
    facts: list[str] = []
    if meeting.chair:
        facts.append(f"{agreement.school(meeting.chair).name} in the chair")
    if meeting.moved_from and not (meeting.why or "").startswith("moved from"):
        facts.append(f"moved from {format_date(meeting.moved_from, 'EEE d MMM', locale='en_GB')}")
    if meeting.why:
        facts.append(meeting.why)
    if meeting.clock_change:
        facts.append("one clock has changed")
    names: dict[str, list[str]] = {}
    for invitee in meeting.invited:
        found = state.find(invitee.email)
        names.setdefault(invitee.partstat, []).append(found[1].name if found else invitee.email)
    answers = [
        {"kind": kind, "sign": sign, "word": word, "names": ", ".join(names[partstat])}
        for partstat, (kind, sign, word) in ANSWERS.items()
        if partstat in names
    ]
    count = sum(s.mail.month == meeting.month for s in mails)
    times = []
    if meeting.starts is not None:
        for school in agreement.schools:
            local = zones.local(meeting.starts, school.timezone)
            times.append({
                "time": f"{local:%H:%M}",
                "day": day_text(meeting.starts, school.timezone),
                "city": school.timezone.rpartition("/")[2].replace("_", " "),
            })  # fmt: skip
    promised = []
    for action in actions(state, meeting, year.until):
        found = state.find(action.owner) if action.owner else None
        name = found[1].name if found else action.owner or ""
        promised.append({
            "text": action.text,
            "who": name if name not in action.text else "",
            "state": action.state,
        })  # fmt: skip
    return {
        "type": "meeting",
        "id": meeting.id,
        "month": meeting.month,
        "catch_up": meeting.catch_up,
        "status": became,
        "sign": SIGNS.get(became, "·"),
        "word": WORDS.get(became, became),
        "title": f"Catch-up for {month_text(meeting.month)}" if meeting.catch_up else month_text(meeting.month),
        "times": times,
        "facts": facts,
        "attendance": answers,
        "agenda": [w.text for w in items(state, meeting, year.until)],
        "actions": promised,
        "mails": f"{count} mails about {month_text(meeting.month)}" if count and not meeting.catch_up else "",
    }


def _escalation(state: Partnership, escalation: Escalation) -> dict[str, Any]:
    facts = [f"not met: {', '.join(month_text(m) for m in escalation.months)}"]
    for school in state.agreement.schools:
        at = escalation.acknowledged.get(school.id)
        if at:
            facts.append(f"{school.name} acknowledged on {day_text(at, school.timezone)}")
    if escalation.leaders_meeting:
        facts.append(f"a meeting of the leaders proposed for {day_text(escalation.leaders_meeting, 'UTC')}")
    if escalation.resolved:
        facts.append(f"back on track on {day_text(escalation.resolved, 'UTC')}")
    ended = "resolved" if escalation.resolved else "open"
    return {
        "type": "escalation",
        "sign": "!",
        "title": f"The leaders heard, level {escalation.level}: {day_text(escalation.opened, 'UTC')}",
        "badge": ended,
        "badge_class": "held" if escalation.resolved else "missed",
        "resolved": escalation.resolved is not None,
        "facts": facts,
    }


def _leaders(people: dict[str, tuple[School, Person]]) -> list[tuple[School, Person]]:
    found: dict[str, tuple[School, Person]] = {}
    for school, person in people.values():
        if person in school.leaders or person.role == "leader":
            found[person.key] = (school, person)
    return sorted(found.values(), key=lambda pair: (pair[0].id, pair[1].name))


def _leader(state: Partnership, year: Year, school: School, person: Person, mails: list[Sent]) -> dict[str, Any]:
    zone = state.agreement.timezone_of(school, person)
    mine = [s for s in mails if s.mail.to == person.key]
    by_month: dict[str, list[dict[str, str]]] = {}
    month, last = year.begins, zones.local(year.until - timedelta(seconds=1), zone)
    while (month.year, month.month) <= (last.year, last.month):
        by_month[f"{month:%Y-%m}"] = []
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    for sent in mine:
        text = sent.mail.letter.text if sent.mail.variant != "worry" else ""
        lines = [line.strip() for line in re.split(r"\n-- ?\n", text)[0].split("\n") if line.strip()]
        by_month.setdefault(f"{zones.local(sent.mail.at, zone):%Y-%m}", []).append({
            "view": f"view/{_view_name(sent)}",
            "kind": sent.mail.kind,
            "day": day_text(sent.mail.at, zone),
            "subject": sent.mail.letter.subject,
            "first": re.sub(r"\s+", " ", " ".join(lines[:3]))[:220],
        })  # fmt: skip
    return {
        "name": person.name,
        "school": school.name,
        "count": f"{len(mine)} mails in the year" if len(mine) != 1 else "1 mail in the year",
        "months": [{"name": month_text(key), "mails": rows} for key, rows in sorted(by_month.items())],
    }


def _rows(
    people: dict[str, tuple[School, Person]], mails: list[Sent], arrived: list[Inbound], hidden: set[str]
) -> list[dict[str, str]]:
    """The list of mails, those that came back among them, by time."""
    rows: list[tuple[datetime, int, str, dict[str, str]]] = []

    def row(at: datetime, key: str, kind: str, subject: str, view: str, month: str | None) -> dict[str, str]:
        found = people.get(key)
        zone = (found[1].timezone or found[0].timezone) if found else "UTC"
        local = zones.local(at, zone)
        return {
            "who": found[1].key if found else key,
            "kind": kind,
            "months": " ".join(sorted({f"{local:%Y-%m}", *filter(None, (month,))})),
            "view": f"view/{view}",
            "day": f"{day_text(at, zone)}, {local:%H:%M}",
            "name": ("from " if kind == "answer" else "to ") + (found[1].name if found else key),
            "subject": subject,
        }

    for sent in mails:
        mail = sent.mail
        rows.append((mail.at, 1, sent.file,
                     row(mail.at, mail.to, mail.kind, mail.letter.subject, _view_name(sent), mail.month)))  # fmt: skip
    for mail_in in arrived:
        subject = "(for one person only)" if mail_in.id in hidden else _subject(mail_in.raw)
        rows.append((mail_in.at, 0, mail_in.file,
                     row(mail_in.at, mail_in.sender, "answer", subject, _inbound_name(mail_in), None)))  # fmt: skip
    return [r for *_, r in sorted(rows, key=lambda r: r[:3])]
