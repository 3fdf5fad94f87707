"""What Tandem does, from top to bottom: load, decide, commit.

    every 15 minutes  tick     ──► queues: whose time has come
    queue             advance  ──► due steps ──► decide ──► one transaction
    mail arrives      receive  ──► who, what ──► decide ──► one transaction
    outbox, postboxes (`delivery.py`)
    SES events        feedback ──► bounce, complaint ──► decide ──► one transaction
    file in S3        enrol    ──► agreement ──► decide ──► one transaction

Whatever decides is asked again where somebody else has written in the meantime; whatever comes twice counts once. The
time is an argument: nothing here reads a clock. No text of a mail, and no word about a child, goes into a log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from tandem.aws import mailbox, queue, settings, table
from tandem.aws.observability import count, note
from tandem.aws.receipts import Arrival
from tandem.aws.store import AlreadyHeard, Conflict, Mail, Marker, Store, Unclear
from tandem.core.messages import Message, meeting_of
from tandem.core.partnership import Partnership

TRIES = 6  # decisions against a state that somebody else keeps writing
EXPIRED = timedelta(days=90)  # after its partnership's end a reply address is no longer read


# -- tick


def tick(store: Store, told: settings.Tick, now: datetime) -> int:
    """Puts every partnership and every reader for whom something is due into its queue; returns how many."""
    states: list[tuple[str, int]] = []
    readers: list[tuple[str, int]] = []
    for shard in range(told.shards):
        for pk in store.due(now, shard):
            kind, _, name = pk.partition("#")
            # The same Tuesdays are due for everybody: the work is spread, by the same hash on every machine.
            delay = crc32(pk.encode()) % told.spread_seconds if told.spread_seconds else 0
            if kind == "P":
                states.append((json.dumps({"partnership": name}), delay))
            else:
                readers.append((json.dumps({"reader": name}), delay))
    done = queue.put(told.advance_queue, states) if states else 0
    done += queue.put(told.deliver_queue, readers) if readers else 0
    count("Due", done)
    return done


# -- advance


def advance(store: Store, partnership: str, now: datetime) -> None:
    """Takes every step of that partnership that is due by now. Raises Conflict where others keep writing."""
    from tandem.core import decide

    def step(state: Partnership) -> Any:
        return decide.run_due(state, now)

    _decided(store, partnership, step, now)


def _decided(
    store: Store,
    partnership: str,
    decision_of: Callable[[Partnership], Any],
    now: datetime,
    marker: Marker | None = None,
) -> Any:
    """Loads, decides, commits, and again where somebody else was faster. None where there is no such partnership.

    An old state that is still in memory will do at first: a commit on it is a Conflict. Raises AlreadyHeard where the
    marker is there.
    """
    from tandem.core.timetable import next_due

    for attempt in range(TRIES):
        state = store.load(partnership, fresh=attempt > 0)
        if state is None:
            return None
        decision = decision_of(state)
        try:
            store.commit(state, decision.state, decision.messages, next_due(decision.state), now, marker)
        except Conflict:
            count("Conflict")
            continue
        return decision
    raise Conflict(table.partnership(partnership))


# -- receive


@dataclass(frozen=True, slots=True)
class Route:
    """What an inbound mail is about, as far as its addresses and ids tell."""

    partnership: str
    answers: Message | None = None
    meeting: str | None = None  # a meeting's id
    by: str = "address"  # token | uid | reply | address
    doubtful: bool = False  # the sender belongs to several partnerships, and nothing tells which is meant


def receive(store: Store, told: settings.Receive, arrival: Arrival, now: datetime, again: bool = False) -> str:
    """Reads one mail and does what it asks; returns what became of it, in one word: `heard`, or why not.

    What is not accepted changes nothing and is not answered; its raw form stays. `again`: it was held because nobody
    knew its address, and now that address is known.
    """
    from tandem.wire import mail as wire_mail
    from tandem.wire.bounds import MAIL_OCTETS

    raw = mailbox.fetch(told.inbound_bucket, told.inbound_prefix + arrival.inbound_id, MAIL_OCTETS).data
    parsed = wire_mail.parse(raw)
    route = _route(store, told, (*arrival.recipients, *parsed.recipients), parsed)
    if route is None:
        return _unheard(arrival, "unknown-sender", None)
    outcome = _hear(store, told, arrival, route, raw, parsed, now, again)
    return outcome if outcome == "heard" else _unheard(arrival, outcome, route)


def _unheard(arrival: Arrival, why: str, route: Route | None) -> str:
    count("Unheard")
    count(f"Unheard-{why}")
    note("unheard", inbound=arrival.inbound_id, why=why, partnership=route.partnership if route else None)
    return why


def _hear(
    store: Store,
    told: settings.Receive,
    arrival: Arrival,
    route: Route,
    raw: bytes,
    parsed: Any,
    now: datetime,
    again: bool,
) -> str:
    from tandem.core import decide

    inbound_id = arrival.inbound_id
    marker = Marker(f"{inbound_id}#again" if again else inbound_id)
    for attempt in range(TRIES):
        state = store.load(route.partnership, fresh=attempt > 0)
        if state is None:
            return "unknown-sender"
        if state.ended is not None and now - state.ended > EXPIRED:
            return "stale"
        reading = _read(told, arrival, route, state, raw, parsed, now)
        unclear = None
        if reading.was_you and not again:
            asked = route.answers.to if route.answers else ""
            decision = decide.was_you(state, asked, parsed.from_address or "", reading.text, inbound_id, now)
        elif reading.failed_recipient and reading.hard:
            decision = decide.unreachable(state, reading.failed_recipient, now)
        elif not reading.accepted:
            return reading.why or "unknown-sender"
        else:
            decision = decide.hear(state, _heard(route, reading, parsed, inbound_id), now)
            unclear = _unclear(reading, inbound_id, now)
        if decision.outcome != "accepted":
            return str(decision.outcome)
        if reading.was_you:
            store.hold(arrival, now)
        marker = replace(marker, replay=decision.replay)
        try:
            _commit(store, state, decision, now, marker, unclear)
        except Conflict:
            count("Conflict")
            continue
        except AlreadyHeard:
            known = store.heard(route.partnership, marker.inbound_id)
            _replay(store, told, known.replay if known else (), now)
            return "heard"
        count("Heard")
        note("heard", inbound=inbound_id, partnership=route.partnership, by=route.by)
        _replay(store, told, marker.replay, now)
        return "heard" if reading.accepted else reading.why or "unknown-sender"
    raise Conflict(table.partnership(route.partnership))


def _commit(
    store: Store, state: Partnership, decision: Any, now: datetime, marker: Marker, unclear: Unclear | None = None
) -> None:
    from tandem.core.timetable import next_due

    store.commit(state, decision.state, decision.messages, next_due(decision.state), now, marker, unclear)


def _route(store: Store, told: settings.Receive, recipients: Iterable[str], parsed: Any) -> Route | None:
    """By the reply address, else a meeting's UID, else the mail that it replies to, else the sender's own address."""
    from tandem.wire import reply_address

    own = told.domain.lower()
    answered: Mail | None = None
    tokens = dict.fromkeys(reply_address.token_of(address, own) for address in recipients)
    for token in [t for t in tokens if t][:5]:
        answered = store.mail(token)
        if answered is not None:
            break
    uid = next((about for text in parsed.calendars for about in _uids(text, own)), None)
    if uid is not None:
        message = answered.message if answered and answered.partnership == uid[0] else None
        return Route(uid[0], message, uid[1], "uid")
    by = "token"
    if answered is None:
        by = "reply"
        for message_id in [*parsed.in_reply_to, *reversed(parsed.references)][:5]:
            left, _, right = message_id.strip("<>").partition("@")
            if right.lower().endswith("amazonses.com"):
                answered = store.mail_by_ses_id(left)
            if answered is not None:
                break
    if answered is not None:
        message = answered.message
        return Route(answered.partnership, message, message.meeting if message else None, by)
    if parsed.from_address is None:
        return None
    among = store.partnerships_of(parsed.from_address)
    return Route(among[0], doubtful=len(among) > 1) if among else None


def _uids(calendar: str, own: str) -> Iterable[tuple[str, str]]:
    """(partnership, meeting id) of each UID of ours in a calendar part."""
    for line in calendar.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").split("\n")[:2000]:
        name, _, value = line.partition(":")
        value = value.strip()
        if name.partition(";")[0].strip().upper() == "UID" and value.lower().endswith(f"@{own}"):
            about = meeting_of(value)
            if about is not None:
                yield about


def _read(
    told: settings.Receive, arrival: Arrival, route: Route, state: Partnership, raw: bytes, parsed: Any, now: datetime
) -> Any:
    from tandem.wire import reading
    from tandem.wire.inbound import Verdicts

    answers = route.answers
    meeting = state.meeting(route.meeting)
    slots = answers.facts.get("slots") if answers else None
    told_by_ses: Any = arrival.verdicts
    return reading.read(
        raw,
        state.agreement,
        now,
        meeting=meeting.month if meeting else answers.month if answers else None,
        reply_to=answers.kind if answers else None,
        starts=meeting.starts if meeting else None,
        asks=answers.asks if answers else True,
        options=len(slots) if slots else None,
        verdicts=Verdicts(**told_by_ses) if told_by_ses is not None else None,
        reply_person=answers.to if answers and route.by == "token" else None,
        own_domain=told.domain,
        mail=parsed,
    )


def _heard(route: Route, reading: Any, parsed: Any, inbound_id: str) -> Any:
    from tandem.core import decide
    from tandem.core.commands import Safeguarding
    from tandem.core.commands import Unclear as UnclearWords

    commands = reading.commands
    if route.doubtful and commands and not any(isinstance(c, Safeguarding) for c in commands):
        # Which of the sender's partnerships is meant, nobody can tell: asking is better than a guess.
        commands = (UnclearWords(reading.text),)
    return decide.Heard(
        sender=reading.sender,
        commands=commands,
        itip=reading.itip,
        answers=route.answers,
        meeting=route.meeting,
        text=reading.text,
        chat=reading.chat,
        attachments=bool(reading.attachments),
        inbound_id=inbound_id,
    )


def _unclear(reading: Any, inbound_id: str, now: datetime) -> Unclear | None:
    """The report's line on a mail that could not be interpreted: why, in fixed words, for its own are not ours."""
    from tandem.core.commands import Unclear as UnclearWords

    kinds = [isinstance(command, UnclearWords) for command in reading.commands]
    if not any(kinds):
        return None
    why = "nothing in it was understood" if all(kinds) else "something beside what was understood was not"
    return Unclear(now, reading.sender or "", inbound_id, why)


def _replay(store: Store, told: settings.Receive, inbound_ids: Iterable[str], now: datetime) -> None:
    """Reads held mails again, as those of the person who said that they are theirs."""
    for inbound_id in inbound_ids:
        try:
            receive(store, told, store.held(inbound_id) or Arrival(inbound_id), now, again=True)
        except mailbox.NoSuchFile:
            note("gone", inbound=inbound_id)


# -- feedback


def feedback(store: Store, event: Mapping[str, Any], now: datetime) -> int:
    """What SES tells of a mail: a hard bounce or a complaint stops mail to that address, in every partnership of it.

    `event` is SES's own: `eventType`, `mail`, and `bounce` or `complaint`. Returns the number of partnerships told.
    """
    from tandem.core import decide

    kind = str(event.get("eventType", event.get("notificationType", ""))).lower()
    told = event.get(kind, {})
    if kind == "bounce" and str(told.get("bounceType", "")).lower() == "permanent":
        recipients = told.get("bouncedRecipients", ())
    elif kind == "complaint" and told.get("complaintSubType") != "OnAccountSuppressionList":
        recipients = told.get("complainedRecipients", ())
    else:
        count(f"Feedback-{kind or 'unknown'}")
        return 0
    cause = told.get("feedbackId") or event.get("mail", {}).get("messageId", "")
    number = 0
    for recipient in recipients:
        address = _bare(str(recipient.get("emailAddress", "")))
        for partnership in store.partnerships_of(address):
            marker = Marker(f"feedback-{cause}-{address}")

            def stop(state: Partnership, address: str = address) -> Any:
                return decide.unreachable(state, address, now)

            try:
                _decided(store, partnership, stop, now, marker)
                number += 1
            except AlreadyHeard:
                continue
    count(f"Feedback-{kind}")
    note("feedback", kind=kind, partnerships=number)
    return number


def _bare(address: str) -> str:
    """`Name <local@domain>` or the bare address, in lower case."""
    return address.rpartition("<")[2].partition(">")[0].strip().lower()


# -- enrol


def enrol(store: Store, bucket: str, key: str, now: datetime) -> str:
    """Takes in an agreement file: `enrolled`, `amended`, `invalid` or `known`.

    A file that is invalid, or about other schools than the partnership of its id, leaves everything as it is: its lines
    go to the address in the object's metadata (`contact`), else to the leads of the agreement of that id, or of that
    file's name.
    """
    from tandem.core import amending, decide
    from tandem.core.timetable import next_due
    from tandem.wire import agreement_file, misfiled

    file = mailbox.fetch(bucket, key, agreement_file.MAX_BYTES)
    try:
        loaded = agreement_file.load(file.data, key)
    except agreement_file.AgreementError as error:
        return _invalid(store, file, key, error.findings, now)
    agreement = loaded.agreement
    marker = Marker(f"file-{file.etag}")
    for attempt in range(TRIES):
        state = store.load(agreement.id, fresh=attempt > 0)
        if state and (other := amending.other_school(state.agreement, agreement)) is not None:
            schools = (school.id for school in state.agreement.schools)
            return _invalid(store, file, key, (misfiled.other_schools(loaded, other, *schools),), now)
        decision = decide.amend(state, agreement, now) if state else decide.enrol(agreement, now)
        due = next_due(decision.state)
        try:
            store.commit(state, decision.state, decision.messages, due, now, marker)
        except AlreadyHeard:
            return "known"
        except Conflict:
            continue
        count("Amended" if state else "Enrolled")
        note("agreement", partnership=agreement.id)
        return "amended" if state else "enrolled"
    raise Conflict(table.partnership(agreement.id))


def _invalid(store: Store, file: mailbox.File, key: str, findings: Iterable[Any], now: datetime) -> str:
    from tandem.wire.misfiled import named_id

    name = key.rpartition("/")[2]
    lines = [finding.text(name) for finding in findings][:12]
    named = named_id(file.data)
    state = (store.load(named) if named else None) or store.load(name.rpartition(".")[0].lower())
    contact = file.metadata.get("contact", "").strip().lower()
    leads = [person.key for school in state.agreement.schools for person in school.leads] if state else []
    to = [contact] if "@" in contact else leads
    count("InvalidFile")
    note("invalid file", readers=len(to), errors=len(lines))
    cause = f"file-{file.etag}"
    messages = [
        Message(f"{cause}.{number}", state.id if state else "", "notice", "invalid-file", address, now,
                facts={"lines": lines})
        for number, address in enumerate(to, start=1)
    ]  # fmt: skip
    if messages:
        try:
            store.send_once(state.id if state else "", messages, cause, now)
        except AlreadyHeard:
            return "known"
    return "invalid"
