"""The store's contract, on whichever DynamoDB it stands."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tandem.aws import store as stores
from tandem.aws.receipts import Arrival
from tandem.aws.store import AlreadyHeard, Conflict, Mail, Marker, Store, TooLarge, Unclear
from tandem.aws.table import partnership as pk_of
from tandem.core.messages import Message
from tandem.core.partnership import Departure, Partnership
from tandem.core.post import Box
from tests.support.agreements import agreement

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATE = Partnership(agreement(), NOW)


def message(number: int, **changes: object) -> Message:
    given = {"to": "a@x.example", "created": NOW, "facts": {"number": number}, **changes}
    return Message(f"aire-nyanza.1.{number}", "aire-nyanza", "invite", "next", **given)  # type: ignore[arg-type]


def due_of(store: Store, now: datetime) -> list[str]:
    return sorted(pk for shard in range(store.shards) for pk in store.due(now, shard))


def rows(store: Store) -> list[str]:
    """The outbox rows' keys, in order."""
    answer = store.client.query(
        TableName=store.name,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :out)",
        ExpressionAttributeValues={":pk": {"S": pk_of(STATE.id)}, ":out": {"S": "OUT#"}},
    )
    return [item["sk"]["S"] for item in answer["Items"]]


def other(store: Store) -> Store:
    """The same table, seen by a process that remembers nothing."""
    return Store(store.client, store.name, store.shards)


def test_a_committed_state_is_loaded_as_it_was(contract: Store) -> None:
    after = contract.commit(None, STATE, (), None, NOW)
    assert after == replace(STATE, version=1)
    assert other(contract).load(STATE.id) == after
    assert contract.load("nobody") is None


def test_a_second_first_state_is_a_conflict(contract: Store) -> None:
    contract.commit(None, STATE, (), None, NOW)
    with pytest.raises(Conflict):
        other(contract).commit(None, STATE, (), None, NOW)


def test_a_decision_on_an_old_state_is_a_conflict_and_writes_nothing(contract: Store) -> None:
    first = contract.commit(None, STATE, (), None, NOW)
    contract.commit(first, replace(first, serial=1), (), None, NOW)
    late = other(contract)
    with pytest.raises(Conflict):
        late.commit(first, replace(first, serial=2), (message(1),), NOW, NOW, Marker("late"))
    assert rows(contract) == []
    assert due_of(contract, NOW + HOUR) == []
    assert late.heard(STATE.id, "late") is None
    loaded = late.load(STATE.id)
    assert loaded is not None
    assert (loaded.serial, loaded.version) == (1, 2)


def test_the_mails_of_a_decision_stand_in_one_outbox_row(contract: Store) -> None:
    mails = tuple(message(n) for n in range(40))
    contract.commit(None, STATE, mails, None, NOW)
    assert rows(contract) == ["OUT#00000001#000"]
    assert contract.outbox(STATE.id, "OUT#00000001#000") == mails


def test_mails_that_one_row_does_not_hold_are_spread_over_several_in_order(contract: Store) -> None:
    noise = random.Random(7)
    mails = tuple(message(n, facts={"text": noise.randbytes(60_000).hex()}) for n in range(12))
    contract.commit(None, STATE, mails, None, NOW)
    assert len(rows(contract)) > 1
    assert tuple(m for row in rows(contract) for m in contract.outbox(STATE.id, row)) == mails


def test_one_mail_that_no_row_holds_is_refused_before_anything_is_written(contract: Store) -> None:
    noise = random.Random(7)
    with pytest.raises(TooLarge):
        contract.commit(None, STATE, (message(1, facts={"text": noise.randbytes(400_000).hex()}),), None, NOW)
    assert contract.load(STATE.id) is None


def test_the_same_mail_counts_once(contract: Store) -> None:
    first = contract.commit(None, STATE, (), None, NOW, Marker("mail-1", ("held-1", "held-2")))
    with pytest.raises(AlreadyHeard):
        contract.commit(first, replace(first, serial=9), (message(1),), None, NOW, Marker("mail-1"))
    assert contract.heard(STATE.id, "mail-1") == Marker("mail-1", ("held-1", "held-2"))
    assert rows(contract) == []
    loaded = other(contract).load(STATE.id)
    assert loaded is not None
    assert loaded.serial == 0


def test_a_mail_that_comes_again_on_an_old_state_has_been_heard_rather_than_a_conflict(contract: Store) -> None:
    first = contract.commit(None, STATE, (), None, NOW)
    contract.commit(first, replace(first, serial=1), (), None, NOW, Marker("mail-1"))
    with pytest.raises(AlreadyHeard):
        other(contract).commit(first, replace(first, serial=1), (), None, NOW, Marker("mail-1"))


def test_the_due_index_gives_what_is_due_and_forgets_what_is_not(contract: Store) -> None:
    first = contract.commit(None, STATE, (), NOW, NOW)
    assert due_of(contract, NOW - HOUR) == []
    assert due_of(contract, NOW) == [pk_of(STATE.id)]
    second = contract.commit(first, first, (), NOW + HOUR, NOW)
    assert due_of(contract, NOW) == []
    contract.commit(second, second, (), None, NOW)
    assert due_of(contract, NOW + 99 * HOUR) == []


def test_an_address_tells_its_partnerships(contract: Store) -> None:
    contract.commit(None, STATE, (), None, NOW)
    second = replace(STATE, agreement=agreement(id="second"))
    contract.commit(None, second, (), None, NOW)
    lead = STATE.agreement.schools[0].leads[0]
    for address in (lead.email.upper(), *lead.also):
        assert contract.partnerships_of(address) == (STATE.id, "second")
    assert contract.partnerships_of("stranger@x.example") == ()


def test_who_leaves_is_still_known_and_who_comes_is_known_too(contract: Store) -> None:
    first = contract.commit(None, STATE, (), None, NOW)
    school = STATE.agreement.schools[0]
    leaver, *rest = school.people
    came = replace(leaver, name="Joy", email="joy@airedale.example", also=())
    changed = replace(
        first,
        agreement=first.agreement.with_school(replace(school, people=(came, *rest))),
        departures=(Departure(leaver, school.id, NOW, came.key),),
    )
    contract.commit(first, changed, (), None, NOW)
    assert contract.partnerships_of("joy@airedale.example") == (STATE.id,)
    assert contract.partnerships_of(leaver.email) == (STATE.id,)


def test_an_address_that_is_dropped_without_a_departure_is_forgotten(contract: Store) -> None:
    first = contract.commit(None, STATE, (), None, NOW)
    school = STATE.agreement.schools[0]
    gone = school.people[-1]
    changed = replace(first, agreement=first.agreement.with_school(replace(school, people=school.people[:-1])))
    contract.commit(first, changed, (), None, NOW)
    assert contract.partnerships_of(gone.email) == ()


def test_more_addresses_than_a_transaction_holds_are_all_known(contract: Store) -> None:
    school = STATE.agreement.schools[0]
    also = tuple(f"a{n}@x.example" for n in range(120))
    crowd = (replace(school.people[0], also=also), *school.people[1:])
    contract.commit(
        None,
        replace(STATE, agreement=STATE.agreement.with_school(replace(school, people=crowd))),
        (message(1),),
        None,
        NOW,
    )
    assert contract.partnerships_of("a119@x.example") == (STATE.id,)
    assert contract.partnerships_of("a0@x.example") == (STATE.id,)


def test_unclear_mails_are_told_in_order(contract: Store) -> None:
    first = contract.commit(None, STATE, (), None, NOW)
    told = [Unclear(NOW + n * HOUR, "a@x.example", f"mail-{n}", "nothing in it was understood") for n in range(3)]
    for one in reversed(told):
        first = contract.commit(first, first, (), None, one.at, Marker(one.inbound_id), one)
    assert list(contract.unclear(STATE.id)) == told


def test_a_postbox_keeps_its_version_and_its_time(contract: Store) -> None:
    box = contract.box("A@x.example")
    assert box == Box("a@x.example")
    contract.save({"a@x.example": (box, NOW)})
    assert due_of(contract, NOW) == ["R#a@x.example"]
    assert other(contract).box("a@x.example").version == 1
    contract.save({"a@x.example": (contract.box("a@x.example", fresh=False), None)})
    assert due_of(contract, NOW) == []


def test_a_postbox_that_somebody_else_has_written_is_a_conflict_that_names_it(contract: Store) -> None:
    old = contract.box("a@x.example")
    contract.save({"a@x.example": (old, None)})
    with pytest.raises(Conflict) as caught:
        contract.save({"b@x.example": (Box("b@x.example"), None), "a@x.example": (old, None)}, [_mail(1)])
    assert caught.value.keys == ("R#a@x.example",)
    assert other(contract).box("b@x.example").version == 0
    assert contract.mail("token1") is None


def _mail(number: int, **changes: object) -> Mail:
    given = {
        "token": f"token{number}",
        "partnership": STATE.id,
        "at": NOW + number * HOUR,
        "kind": "invite",
        "to": "a@x.example",
        "subject": "Réunion",
        "month": "2026-10",
        "ses_id": f"ses-{number}",
        "message": message(number),
    }
    return Mail(**{**given, **changes})  # type: ignore[arg-type]


def test_a_mail_is_found_by_its_token_and_by_sess_id(contract: Store) -> None:
    mail = _mail(1)
    contract.save({"a@x.example": (Box("a@x.example"), None)}, [mail])
    assert contract.mail("token1") == mail
    assert contract.mail_by_ses_id("ses-1") == mail
    assert contract.mail("other") is None
    assert contract.mail_by_ses_id("other") is None


def test_every_mail_of_a_partnership_is_told_in_order(contract: Store) -> None:
    digest = _mail(3, kind="digest", further=("second",), month=None)
    for mail in (_mail(2), digest, _mail(1)):
        contract.save({}, [mail])
    assert [(m.ses_id, m.at) for m in contract.sent(STATE.id)] == [(f"ses-{n}", NOW + n * HOUR) for n in (1, 2, 3)]
    assert [(m.kind, m.ses_id, m.message) for m in contract.sent("second")] == [("digest", "ses-3", None)]


def test_a_list_longer_than_one_answer_is_told_whole(contract: Store) -> None:
    long = "x" * 250_000  # an answer holds 1 MB
    for number in range(7):
        contract.save({}, [_mail(number, subject=long)])
    assert [m.ses_id for m in contract.sent(STATE.id)] == [f"ses-{number}" for number in range(7)]


def test_what_the_mail_service_told_of_a_held_mail_is_kept(contract: Store) -> None:
    told = Arrival("mail-1", ("r+x@tandem.example",), {"spf": "PASS", "dmarc": None})
    contract.hold(told, NOW)
    contract.hold(Arrival("mail-2"), NOW)
    assert contract.held("mail-1") == told
    assert contract.held("mail-2") == Arrival("mail-2")
    assert contract.held("mail-3") is None


def test_mails_without_a_decision_go_into_the_outbox_once(contract: Store) -> None:
    mails = (message(1),)
    contract.send_once(STATE.id, mails, "file-1", NOW)
    with pytest.raises(AlreadyHeard):
        contract.send_once(STATE.id, mails, "file-1", NOW)
    assert contract.outbox(STATE.id, "OUT#file-1#000") == mails


def test_a_store_remembers_no_more_than_it_should(contract: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "CACHED", 3)
    for n in range(6):
        contract.save({f"r{n}@x.example": (Box(f"r{n}@x.example"), None)})
    assert len(contract._boxes) == 3
