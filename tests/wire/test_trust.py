"""Whether a mail counts and whose it is; the reasons against it in the contract's order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.wire import mail, trust
from tandem.wire.inbound import InboundMail, Judgement, Verdicts
from tests.support.agreements import agreement

FIXTURES = Path(__file__).parent / "fixtures" / "mail"
AISHA = "a.khan@airedale.example"
OUR = "tandem.example"


def _mail(*headers: str, sender: str = f"Aisha Khan <{AISHA}>", body: str = "Yes, we met.") -> InboundMail:
    lines = [*headers, f"From: {sender}", "To: r+x@tandem.example", "Subject: Re: did you meet?", "", body]
    return mail.parse("\r\n".join(lines).encode())


def _judge(
    *headers: str, sender: str = f"Aisha Khan <{AISHA}>", body: str = "Yes, we met.", person: str | None = None
) -> Judgement:
    return trust.judge(_mail(*headers, sender=sender, body=body), agreement(), reply_person=person, own_domain=OUR)


def test_a_person_of_the_agreement_is_believed_where_no_verdict_is_told() -> None:
    assert _judge() == Judgement(True, None, AISHA)


def test_an_also_address_answers_for_its_person() -> None:
    assert _judge(sender="aisha.k@mail.example") == Judgement(True, None, AISHA)


def test_case_makes_no_difference() -> None:
    assert _judge(sender="A.KHAN@Airedale.Example").sender == AISHA


@pytest.mark.parametrize(
    "sender",
    [
        f'"{AISHA}" <x@evil.example>',
        f"{AISHA} <x@evil.example>",
        "Aisha Khan <x@evil.example>",
        f"<x@evil.example> ({AISHA})",
        "Aisha Khan <а.khan@airedale.example>",  # a Cyrillic а
        "Aisha Khan <a.khan@airedаle.example>",
        "a.khan@airedale.example.evil.example",
        "a.khan@evil-airedale.example",
        "=?utf-8?Q?a.khan=40airedale.example?= <x@evil.example>",
        "a.khan+x@airedale.example",
        "ａ.khan@airedale.example",
    ],
)
def test_names_and_look_alikes_are_never_a_person(sender: str) -> None:
    assert _judge(sender=sender) == Judgement(False, "unknown-sender", None)


@pytest.mark.parametrize(
    "sender", [f"{AISHA}, x@evil.example", f"x@evil.example, {AISHA}", "", f"Team: {AISHA};", '"a@s)e@x"']
)
def test_a_from_field_of_not_exactly_one_address_is_malformed(sender: str) -> None:
    assert _judge(sender=sender).why == "malformed"


def test_two_from_fields_are_malformed() -> None:
    assert _judge("From: x@evil.example").why == "malformed"


def test_an_unknown_address_at_a_person_s_own_reply_address_is_asked_about() -> None:
    assert _judge(sender="aisha@home.example", person=AISHA) == Judgement(False, "unknown-sender", None, was_you=True)
    assert not _judge(sender="aisha@home.example").was_you
    assert not _judge("Auto-Submitted: auto-replied", sender="aisha@home.example", person=AISHA).was_you


def test_a_colleague_who_answers_a_forwarded_mail_counts_as_that_colleague() -> None:
    assert _judge(sender="t.ellis@airedale.example", person=AISHA) == Judgement(True, None, "t.ellis@airedale.example")


def test_without_an_agreement_everyone_is_unknown() -> None:
    assert trust.judge(_mail(), None).why == "unknown-sender"


@pytest.mark.parametrize(
    ("results", "accepted"),
    [
        (
            "amazonses.com; spf=pass (spfCheck: domain of airedale.example designates 192.0.2.1 as "
            "permitted sender) client-ip=192.0.2.1; "
            "envelope-from=a.khan@airedale.example; helo=mx.airedale.example; dkim=pass header.i=@airedale.example; "
            "dmarc=pass header.from=airedale.example;",
            True,
        ),
        (
            "amazonses.com; spf=fail; dkim=fail header.i=@airedale.example; dmarc=fail header.from=airedale.example",
            False,
        ),
        (
            "amazonses.com; spf=pass envelope-from=x@evil.example; dkim=pass header.i=@evil.example; "
            "dmarc=fail (p=none)",
            False,
        ),
        (
            "amazonses.com; spf=pass envelope-from=a.khan@airedale.example; dmarc=none header.from=airedale.example",
            True,
        ),
        (
            "amazonses.com; spf=pass envelope-from=x@evil.example; dkim=none; dmarc=none header.from=airedale.example",
            False,
        ),
        ("amazonses.com; spf=fail; dkim=pass header.i=@airedale.example; dmarc=none", True),
        (
            "amazonses.com; spf=fail; dkim=pass header.i=@evil.example; dkim=pass "
            "header.d=airedale.example; dmarc=none",
            True,
        ),
        ("amazonses.com; spf=fail; dkim=pass header.i=@evil.example; dmarc=none", False),
        ("amazonses.com; spf=pass smtp.mailfrom=bounces.airedale.example; dmarc=none", True),
        ("amazonses.com; spf=pass smtp.mailfrom=notairedale.example; dmarc=none", False),
        ("amazonses.com; spf=pass smtp.mailfrom=example; dmarc=none", False),
        ("amazonses.com; spf=pass smtp.mailfrom=<>; dmarc=none", False),
        ("amazonses.com; spf=softfail smtp.mailfrom=airedale.example; dkim=none; dmarc=none", False),
        ("amazonses.com; spf=none; dkim=none; dmarc=none", False),
        ("amazonses.com; none", False),
        (
            "mx.google.com; dkim=pass header.i=@airedale.example header.s=s1; spf=pass (google.com: "
            "domain of a.khan@airedale.example "
            "designates 192.0.2.1) smtp.mailfrom=a.khan@airedale.example; dmarc=pass (p=REJECT sp=NONE "
            "dis=NONE) header.from=airedale.example",
            True,
        ),
        ("mx.example; dmarc=pass header.from=evil.example; spf=pass smtp.mailfrom=evil.example", False),
        ("mx.example; dmarc=temperror; spf=pass smtp.mailfrom=airedale.example", True),
        ("mx.example 1; spf=pass (a ; dkim=pass) smtp.mailfrom=evil.example; dmarc=none", False),
        ("mx.example; x-dkim=pass; xdmarc=pass", False),
        ("", False),
    ],
)
def test_the_topmost_authentication_results_decide(results: str, accepted: bool) -> None:
    judged = _judge(
        f"Authentication-Results: {results}", "Authentication-Results: x; dmarc=pass header.from=airedale.example"
    )
    assert judged.accepted is accepted
    assert judged.why == (None if accepted else "unauthenticated")


def test_only_the_topmost_verdicts_count() -> None:
    assert _judge("X-SES-Spam-Verdict: PASS", "X-SES-Spam-Verdict: FAIL").accepted
    assert _judge("X-SES-Spam-Verdict: FAIL", "X-SES-Spam-Verdict: PASS").why == "spam"
    assert _judge("X-SES-Virus-Verdict: FAIL", "X-SES-Spam-Verdict: FAIL").why == "virus"
    assert _judge("X-SES-Spam-Verdict: GRAY", "X-SES-Virus-Verdict: PROCESSING_FAILED").accepted


def _receipt(**verdicts: str) -> dict[str, object]:
    return {f"{name}Verdict": {"status": status} for name, status in verdicts.items()}


@pytest.mark.parametrize(
    ("verdicts", "policy", "why"),
    [
        ({"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"}, "reject", None),
        ({"spam": "FAIL", "virus": "FAIL"}, None, "virus"),
        ({"spam": "FAIL", "virus": "PASS"}, None, "spam"),
        ({"dmarc": "FAIL", "spf": "PASS", "dkim": "PASS"}, "none", "unauthenticated"),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY"}, None, None),
        ({"dmarc": "GRAY", "spf": "GRAY", "dkim": "GRAY"}, None, "unauthenticated"),
        ({"dmarc": "PROCESSING_FAILED", "spf": "FAIL", "dkim": "PASS"}, None, None),
        ({"spam": "DISABLED", "virus": "DISABLED"}, None, None),
        ({}, None, None),
    ],
)
def test_the_receipt_s_verdicts(verdicts: dict[str, str], policy: str | None, why: str | None) -> None:
    receipt = {**_receipt(**verdicts), "dmarcPolicy": policy}
    assert trust.judge(_mail(), agreement(), verdicts=trust.verdicts_from_receipt(receipt)).why == why


def test_where_the_receipt_leaves_dmarc_open_the_domains_of_ses_s_own_header_are_held_against_from() -> None:
    receipt = _receipt(dmarc="GRAY", spf="PASS", dkim="GRAY")
    theirs = _mail("Authentication-Results: amazonses.com; spf=pass envelope-from=x@evil.example; dkim=none")
    assert (
        trust.judge(theirs, agreement(), verdicts=trust.verdicts_from_receipt(receipt, theirs.headers)).why
        == "unauthenticated"
    )
    own = _mail("Authentication-Results: amazonses.com; spf=pass envelope-from=a.khan@airedale.example; dkim=none")
    assert trust.judge(own, agreement(), verdicts=trust.verdicts_from_receipt(receipt, own.headers)).accepted


def test_a_receipt_s_bare_verdicts_get_their_domains_when_they_are_judged() -> None:
    bare = Verdicts(spam="DISABLED", spf="PASS", dkim="GRAY", dmarc="GRAY")
    theirs = _mail("Authentication-Results: amazonses.com; spf=pass envelope-from=x@evil.example; dkim=none")
    assert trust.judge(theirs, agreement(), verdicts=bare).why == "unauthenticated"
    assert trust.judge(_mail(), agreement(), verdicts=bare).accepted


def test_a_receipt_of_any_shape_is_read() -> None:
    assert (
        trust.verdicts_from_receipt({"spamVerdict": "FAIL", "dmarcVerdict": {"status": 7}, "spfVerdict": None})
        == Verdicts()
    )


@pytest.mark.parametrize(
    ("passed", "domain", "aligned"),
    [
        ("a.example", "a.example", True),
        ("mail.a.example", "a.example", True),
        ("a.example", "mail.a.example", True),
        ("ba.example", "a.example", False),
        ("example", "a.example", False),
        ("co.uk", "a.co.uk", False),
        ("sch.uk", "a.sch.uk", False),
        ("ac.ke", "nyanza.ac.ke", False),
        ("leeds.sch.uk", "airedale.leeds.sch.uk", True),
        ("", "a.example", False),
        ("onmicrosoft.com", "evil.onmicrosoft.com", True),
        ("other.onmicrosoft.com", "evil.onmicrosoft.com", False),
    ],
)
def test_alignment(passed: str, domain: str, aligned: bool) -> None:
    assert trust.aligned(passed, domain) is aligned


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ([], "Tandem <aire-nyanza@tandem.example>"),
        ([], "x@mail.tandem.example"),
        (["X-Tandem: 1"], AISHA),
        (["Received: by a"] * 51, AISHA),
    ],
)
def test_our_own_mail_and_mail_that_goes_in_circles_is_a_loop(headers: list[str], sender: str) -> None:
    assert _judge(*headers, sender=sender).why == "loop"


def test_fifty_hops_are_no_loop_and_a_like_domain_is_not_ours() -> None:
    assert _judge(*["Received: by a"] * 50).accepted
    assert _judge(sender="x@nottandem.example").why == "unknown-sender"


def test_the_reasons_stand_in_the_contract_s_order() -> None:
    fail = "Authentication-Results: x; dmarc=fail"
    everything = [
        "X-SES-Virus-Verdict: FAIL",
        "X-SES-Spam-Verdict: FAIL",
        "From: second@x.example",
        fail,
        "X-Tandem: 1",
        "Precedence: bulk",
    ]
    raw = _mail(*everything, sender="x@y.example")
    order = ["virus", "spam", "malformed", "unauthenticated", "loop", "automatic", "unknown-sender"]
    found = []
    for number in range(len(everything) + 1):
        found.append(trust.judge(_mail(*everything[number:], sender="x@y.example"), agreement()).why)
    assert found == order
    assert trust.judge(raw, agreement(), raw_size=26 * 1024 * 1024).why == "too-large"


def test_a_bounce_that_fails_to_authenticate_names_whom_but_stops_nothing() -> None:
    raw = b"Authentication-Results: x; dmarc=fail\r\n" + (FIXTURES / "bounce.eml").read_bytes()
    judged = trust.judge(mail.parse(raw), agreement())
    assert (judged.why, judged.hard, judged.failed_recipient) == ("unauthenticated", False, "j.atieno@nyanza.example")


def test_a_reply_from_a_calendar_is_read_whatever_its_auto_submitted_says() -> None:
    parsed = mail.parse((FIXTURES / "itip-reply.eml").read_bytes())
    assert trust.judge(parsed, agreement()).accepted
    assert trust.judge(parsed, agreement(), own_domain="airedale.example").why == "loop"


def test_a_request_that_an_answering_program_sends_back_stays_automatic() -> None:
    raw = (
        (FIXTURES / "itip-reply.eml")
        .read_bytes()
        .replace(b"METHOD:REPLY", b"METHOD:REQUEST")
        .replace(b"method=REPLY", b"method=REQUEST")
    )
    assert trust.judge(mail.parse(raw), agreement()).why == "automatic"
