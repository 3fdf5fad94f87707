"""Each sample event, fed to its handler."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from tandem.aws import observability
from tandem.aws.store import Store, outbox_row
from tests.functions.conftest import ROOT, Cloud, event, raw
from tests.support.agreements import AIRE_NYANZA_YAML

PAIR = AIRE_NYANZA_YAML.encode()
LEAD, DEPUTY = "a.khan@airedale.example", "t.ellis@airedale.example"


def test_every_function_has_samples_and_every_sample_its_test() -> None:
    names = {path.stem for path in (ROOT / "events").glob("*.json")}
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {name.partition("-")[0] for name in names} == functions
    told = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f'event("{name}")' not in told] == []


def test_tick_queues_what_is_due(cloud: Cloud) -> None:
    cloud.enrol()
    assert cloud.call("tick", event("tick-schedule")) == {"due": 0}
    cloud.now += timedelta(days=8)
    assert cloud.call("tick", event("tick-schedule")) == {"due": 1}


def test_advance_takes_the_steps_that_are_due(cloud: Cloud) -> None:
    cloud.enrol()
    cloud.now += timedelta(days=8)
    assert cloud.call("advance", event("advance-due")) == {"batchItemFailures": []}
    messages = [m for row in cloud.rows()[1:] for m in outbox_row(row)[2]]  # type: ignore[index]
    assert {(m.kind, m.variant) for m in messages} == {("agreement", "reminder")}


def test_advance_of_a_partnership_that_is_not_there_is_no_failure(cloud: Cloud) -> None:
    assert cloud.call("advance", event("advance-due")) == {"batchItemFailures": []}


def test_one_message_that_can_not_be_read_comes_again_alone(cloud: Cloud) -> None:
    cloud.enrol()
    both = event("advance-due")
    both["Records"].append({**both["Records"][0], "messageId": "spoilt", "body": "{}"})
    assert cloud.call("advance", both) == {"batchItemFailures": [{"itemIdentifier": "spoilt"}]}


def test_deliver_sends_the_mails_of_an_outbox_row_once(cloud: Cloud) -> None:
    cloud.enrol()
    for _ in range(2):
        assert cloud.call("deliver", event("deliver-outbox")) == {"batchItemFailures": []}
    assert sorted(to for _, to in cloud.kinds()) == sorted(m["To"].addresses[0].addr_spec for m in cloud.sent)
    assert len(cloud.sent) == len(set(cloud.kinds())) == 6


def test_deliver_passes_over_what_is_no_outbox_row(cloud: Cloud) -> None:
    other = event("deliver-outbox")
    other["Records"][0]["dynamodb"]["NewImage"].pop("type")
    assert cloud.call("deliver", other) == {"batchItemFailures": []}
    assert cloud.sent == []


def test_deliver_sends_what_waits_for_a_reader(cloud: Cloud) -> None:
    cloud.enrol()
    cloud.now -= timedelta(hours=7)  # a night in Keighley
    cloud.deliver()
    assert LEAD not in [to for _, to in cloud.kinds()]
    cloud.now += timedelta(hours=7)
    assert cloud.call("deliver", event("deliver-reader")) == {"batchItemFailures": []}
    assert cloud.kinds(LEAD) == [("agreement", LEAD)]


def test_receive_takes_a_signature(cloud: Cloud) -> None:
    cloud.enrol()
    cloud.deliver()
    mail = cloud.put_mail(event("receive-signature"), raw("agree"), to=cloud.reply_to(LEAD, "agreement"))
    assert cloud.call("receive", mail) == {"outcomes": ["heard"]}
    assert list(cloud.state().signed) == ["aire"]
    cloud.deliver()
    assert cloud.kinds(LEAD)[-1] == ("receipt", LEAD)


def test_the_same_mail_twice_counts_once(cloud: Cloud) -> None:
    cloud.enrol()
    cloud.deliver()
    mail = cloud.put_mail(event("receive-signature"), raw("agree"), to=cloud.reply_to(LEAD, "agreement"))
    cloud.call("receive", mail)
    version = cloud.state().version
    assert cloud.call("receive", mail) == {"outcomes": ["heard"]}
    assert cloud.state().version == version


@pytest.mark.parametrize("cause", ["spam", "unauthenticated", "unknown-sender"])
def test_receive_leaves_alone_what_is_not_accepted(cloud: Cloud, cause: str) -> None:
    cloud.enrol()
    cloud.deliver()
    before, sent = cloud.state(), len(cloud.sent)
    sample, words = {
        "spam": (event("receive-spam"), raw("agree")),
        "unauthenticated": (event("receive-forged"), raw("agree")),
        "unknown-sender": (event("receive-stranger"), raw("stranger")),
    }[cause]
    to = None if cause == "unknown-sender" else cloud.reply_to(LEAD, "agreement")
    assert cloud.call("receive", cloud.put_mail(sample, words, to=to)) == {"outcomes": [cause]}
    cloud.deliver()
    assert (cloud.state(), len(cloud.sent)) == (before, sent)


def test_an_unknown_address_at_a_persons_reply_address_is_asked_about_and_counts_after_a_yes(cloud: Cloud) -> None:
    cloud.sign()
    invitation = cloud.reply_to(LEAD, "invite")
    private = cloud.put_mail(event("receive-answer-to-nobody"), raw("private"), to=invitation)
    before = len(cloud.sent)
    assert cloud.call("receive", private) == {"outcomes": ["unknown-sender"]}
    cloud.deliver()
    assert [(m["To"].addresses[0].addr_spec, *cloud.kinds()[-1]) for m in cloud.sent[before:]] == [
        (LEAD, "notice", LEAD)
    ], "only the person in the agreement is asked"
    yes = raw("agree").replace(b"I agree.", b"Yes, that was me.")
    cloud.answer(LEAD, "notice", yes, "yes-1")
    lead = cloud.state().agreement.find(LEAD)
    assert lead is not None
    assert "aisha.private@elsewhere.example" in lead[1].also
    assert cloud.store.partnerships_of("aisha.private@elsewhere.example") == ("aire-nyanza",)
    heard = cloud.store.heard("aire-nyanza", "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g5#again")
    assert heard is not None, "the mail itself was read again"


def test_a_hard_bounce_stops_mail_to_that_address(cloud: Cloud) -> None:
    cloud.enrol()
    assert cloud.call("feedback", event("feedback-bounce")) == {"told": 1}
    assert DEPUTY in cloud.state().bounced
    assert cloud.call("feedback", event("feedback-bounce")) == {"told": 0}, "the same event twice"


def test_a_complaint_stops_mail_to_that_address(cloud: Cloud) -> None:
    cloud.enrol()
    assert cloud.call("feedback", event("feedback-complaint")) == {"told": 1}
    assert DEPUTY in cloud.state().bounced


def test_a_full_mailbox_stops_nothing(cloud: Cloud) -> None:
    cloud.enrol()
    assert cloud.call("feedback", event("feedback-soft-bounce")) == {"told": 0}
    assert cloud.state().bounced == ()


def test_enrol_takes_in_an_agreement_and_its_mails_go_out(cloud: Cloud) -> None:
    cloud.enrol()
    cloud.deliver()
    assert {kind for kind, _ in cloud.kinds()} == {"agreement"}
    assert cloud.store.partnerships_of(LEAD) == ("aire-nyanza",)
    assert cloud.call("enrol", event("enrol-agreement")) == {"outcomes": ["known"]}, "the same file twice"


def test_a_file_that_is_wrong_leaves_the_agreement_alive_and_its_lines_go_to_whom_it_names(cloud: Cloud) -> None:
    cloud.enrol()
    before = cloud.state()
    cloud.put_file("spring term/aire-nyanza.yaml", b"tandem: 2\nid: aire-nyanza\n", contact="It@Airedale.example")
    assert cloud.call("enrol", event("enrol-invalid")) == {"outcomes": ["invalid"]}
    assert cloud.state() == before
    rows = [outbox_row(row) for row in cloud.rows()]
    notices = [m for row in rows if row for m in row[2] if m.variant == "invalid-file"]
    assert [m.to for m in notices] == ["it@airedale.example"]
    assert any(line.startswith("aire-nyanza.yaml:1: ") for line in notices[0].facts["lines"])


def test_a_file_about_other_schools_leaves_the_agreement_alive_and_its_lines_go_to_the_leads(cloud: Cloud) -> None:
    cloud.enrol()
    before = cloud.state()
    other = PAIR.replace(b"id: nyanza\n", b"id: kisumu\n").replace(b"nyanza: ", b"kisumu: ")
    other = other.replace(b"anchor: nyanza", b"anchor: kisumu").replace(b"lead: nyanza", b"lead: kisumu")
    cloud.put_file("spring term/aire-nyanza.yaml", other)
    assert cloud.call("enrol", event("enrol-invalid")) == {"outcomes": ["invalid"]}
    assert cloud.state() == before
    notices = [m for row in map(outbox_row, cloud.rows()) if row for m in row[2] if m.variant == "invalid-file"]
    assert sorted(m.to for m in notices) == sorted(p.key for s in before.agreement.schools for p in s.leads)
    (line,) = notices[0].facts["lines"]
    assert line.startswith("aire-nyanza.yaml:")
    assert "kisumu" in line


def test_the_lines_of_a_file_that_names_an_id_go_to_that_partnerships_leads_whatever_the_files_name(
    cloud: Cloud,
) -> None:
    cloud.enrol()
    put = event("enrol-invalid")
    put["Records"][0]["s3"]["object"]["key"] = "new.yaml"
    cloud.put_file("new.yaml", PAIR.replace(b"tandem: 1", b"tandem: 2"))
    assert cloud.call("enrol", put) == {"outcomes": ["invalid"]}
    notices = [m for row in map(outbox_row, cloud.rows()) if row for m in row[2] if m.variant == "invalid-file"]
    assert len(notices) == 2


def test_nothing_remembered_is_needed(cloud: Cloud) -> None:
    """A cold start between any two calls changes nothing."""
    cloud.enrol()
    cloud.deliver()
    cold = Store(cloud.store.client, cloud.store.name, 1)
    assert cold.box(LEAD).sent == cloud.store.box(LEAD).sent


def test_no_word_of_a_mail_stands_in_the_log(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    for handler in logging.getLogger(observability.logger.service).handlers:
        monkeypatch.setattr(handler, "stream", log)
    cloud.sign()
    told = raw("agree").replace(b"I agree.", b"A pupil told me that she is being hit at home.")
    cloud.answer(LEAD, "invite", told, "worry-1")
    lines = log.getvalue()
    assert '"sent"' in lines
    assert '"heard"' in lines
    for word in ("pupil", "hit at home", "I agree", "Rivers"):
        assert word not in lines
