"""Whether an inbound mail counts, and whose it is: the contract's section 4, the reasons in its order.

    too-large → virus → spam → malformed → unauthenticated → bounce → loop → automatic → unknown-sender

(`stale` needs the state, and is decided where that is known.) Nothing here looks at what the mail asks for. A mail
that does not count changes nothing; a returned mail names whom it could not reach.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tandem.core.agreement import Agreement
from tandem.wire import automatic, bounces, bounds
from tandem.wire.headers import mailboxes
from tandem.wire.inbound import InboundMail, Itip, Judgement, Verdicts

OUR_HEADER = "X-Tandem"  # every mail of ours carries `X-Tandem: 1`, so that one that comes back is known
RECEIVED_LIMIT = 50  # hops after which a mail goes round in circles (RFC 5321 6.3 asks for a large number)

_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([A-Za-z_]+)", re.I)
_PROPERTY = re.compile(r"([A-Za-z][A-Za-z.-]{0,40})\s*=\s*(\"[^\"]*\"|[^\s;]+)")
_DMARC_FROM = re.compile(r"header\.from\s*=\s*\"?([^\s;\"]+)", re.I)
_POLICY = re.compile(r"\bp\s*=\s*(none|quarantine|reject)\b", re.I)
_ITIP_ANSWER = re.compile(r"^METHOD(?:;[^:\r\n]*)?:[ \t]*(?:REPLY|COUNTER)[ \t]*\r?$", re.I | re.M)
_STATUSES = {"PASS", "FAIL", "GRAY", "PROCESSING_FAILED"}
# second levels under which schools and companies register, of country domains: they are nobody's organization
_SECOND_LEVELS = frozenset((
    "ac", "co", "com", "edu", "gov", "gob", "gouv", "go", "id", "k12", "ltd", "me", "mil", "ne", "net", "nhs", "or",
    "org", "plc", "police", "sc", "sch", "school",
))  # fmt: skip


# -- verdicts ----------------------------------------------------------------------------------------------------


def verdicts_from_headers(headers: Sequence[tuple[str, str]]) -> Verdicts:
    """From the topmost X-SES-Spam-Verdict, X-SES-Virus-Verdict and Authentication-Results (RFC 8601) of a mail.

    `headers` are (name in lower case, value) from top to bottom. What is not there is None.
    """
    topmost: dict[str, str] = {}
    for name, value in headers:
        topmost.setdefault(name, value)
    results = topmost.get("authentication-results")
    senders = mailboxes(topmost.get("from", ""), 5)
    found = _results(results, senders) if results is not None else Verdicts()
    return Verdicts(
        spam=_status(topmost.get("x-ses-spam-verdict")),
        virus=_status(topmost.get("x-ses-virus-verdict")),
        # a header that names no method says that none passed
        spf=found.spf or (None if results is None else "FAIL"),
        dkim=found.dkim or (None if results is None else "FAIL"),
        dmarc=found.dmarc or (None if results is None else "GRAY"),
        dmarc_policy=found.dmarc_policy,
        spf_domain=found.spf_domain,
        dkim_domains=found.dkim_domains,
    )


def verdicts_from_receipt(receipt: Mapping[str, Any], headers: Sequence[tuple[str, str]] = ()) -> Verdicts:
    """From the receipt of an SES receipt-rule action (`spamVerdict`, `virusVerdict`, `spfVerdict`, ...).

    The receipt names no domains; SES writes them into the topmost Authentication-Results of the same mail, which
    `headers` holds. Verdicts that are switched off or missing are None.
    """

    def status(name: str) -> str | None:
        verdict = receipt.get(name)
        return _status(verdict.get("status")) if isinstance(verdict, Mapping) else None

    policy = receipt.get("dmarcPolicy")
    found = Verdicts(
        spam=status("spamVerdict"),
        virus=status("virusVerdict"),
        spf=status("spfVerdict"),
        dkim=status("dkimVerdict"),
        dmarc=status("dmarcVerdict"),
        dmarc_policy=policy.lower() if isinstance(policy, str) else None,
    )
    return _with_domains(found, headers)


def _with_domains(verdicts: Verdicts, headers: Sequence[tuple[str, str]]) -> Verdicts:
    """A receipt's verdicts, with the domains that SES wrote into the mail; unknown words count as unsaid."""
    written = next((value for name, value in headers if name == "authentication-results"), "")
    told = _results(written, ()) if written.lstrip().lower().startswith("amazonses.com") else Verdicts()
    return replace(
        verdicts,
        spam=_status(verdicts.spam),
        virus=_status(verdicts.virus),
        spf=_status(verdicts.spf),
        dkim=_status(verdicts.dkim),
        dmarc=_status(verdicts.dmarc),
        dmarc_policy=verdicts.dmarc_policy or told.dmarc_policy,
        spf_domain=verdicts.spf_domain if verdicts.spf_domain is not None else told.spf_domain,
        dkim_domains=verdicts.dkim_domains if verdicts.dkim_domains is not None else told.dkim_domains,
    )


def _status(value: object) -> str | None:
    status = value.strip().upper() if isinstance(value, str) else ""
    return status if status in _STATUSES else None


def _results(value: str, senders: Sequence[str]) -> Verdicts:
    """An Authentication-Results field about a mail from `senders`; DKIM passes with any one good signature."""
    value = value[: bounds.FIELD_OCTETS]
    plain = value
    for _ in range(3):
        plain = _COMMENT.sub(" ", plain)
    spf = dkim = dmarc = policy = spf_domain = None
    signed: list[str] = []
    dkim_told = False
    method = ""
    for segment in plain.split(";"):
        found = _METHOD.match(segment)
        if found is not None:
            method, result = found[1].lower(), found[2].lower()
            verdict = "PASS" if result == "pass" else "FAIL" if result in ("fail", "permerror", "policy") else "GRAY"
            if method == "dkim":
                dkim = "PASS" if "PASS" in (dkim, verdict) else verdict
            elif method == "spf":
                spf = spf or verdict
            else:
                dmarc = dmarc or ("FAIL" if result == "fail" else verdict if result == "pass" else "GRAY")
        if method == "dmarc" and dmarc == "PASS" and (about := _DMARC_FROM.search(segment)):
            # RFC 8601 2.7.1: it passed for that domain and no other
            dmarc = "PASS" if not senders or any(aligned(_domain(about[1]), _domain(a)) for a in senders) else "GRAY"
        properties = {name.lower(): given.strip('"').lower() for name, given in _PROPERTY.findall(segment)}
        if method == "dkim" and found is not None:
            domain = _domain(properties.get("header.d") or properties.get("header.i", ""))
            dkim_told = dkim_told or bool(domain)
            if domain and found[2].lower() == "pass":
                signed.append(domain)
        if method == "spf" and spf == "PASS" and spf_domain is None:
            # a null return path is told, and is the domain of nobody
            names = [name for name in ("smtp.mailfrom", "smtp.mail", "envelope-from") if name in properties]
            spf_domain = _domain(properties[names[0]]) if names else None
        if method == "dmarc" and policy is None:
            told = _POLICY.search(value) or _POLICY.search(properties.get("policy.dmarc", ""))
            policy = told[1].lower() if told else None
    return Verdicts(
        spf=spf, dkim=dkim, dmarc=dmarc, dmarc_policy=policy, spf_domain=spf_domain,
        dkim_domains=tuple(signed) if dkim_told else None,
    )  # fmt: skip


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("<>\"' ").rstrip(".").lower()


def authenticated(address: str | None, verdicts: Verdicts) -> bool:
    """Whether the domain of From vouches for the mail. Without any verdict it counts as vouched for.

    DMARC decides where it passed or failed; without a policy (or where it could not be looked up), SPF or DKIM must
    have passed for that domain: aligned with it (RFC 7489 3.1, relaxed) where it is told which domain passed.
    """
    if verdicts.dmarc == "FAIL":
        return False
    if verdicts.dmarc == "PASS":
        return True
    if verdicts.dmarc is None and verdicts.spf is None and verdicts.dkim is None:
        return True
    domain = _domain(address or "")
    if verdicts.spf == "PASS" and (verdicts.spf_domain is None or aligned(verdicts.spf_domain, domain)):
        return True
    return verdicts.dkim == "PASS" and (
        verdicts.dkim_domains is None or any(aligned(signer, domain) for signer in verdicts.dkim_domains)
    )


def aligned(passed: str, domain: str) -> bool:
    """Whether one is the other or a subdomain of it, and the shorter one somebody's own."""
    passed, domain = passed.lower().rstrip("."), domain.lower().rstrip(".")
    if not passed or not domain:
        return False
    if passed == domain:
        return True
    longer, shorter = (passed, domain) if len(passed) > len(domain) else (domain, passed)
    return longer.endswith("." + shorter) and _somebodys(shorter)


def _somebodys(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) > 2 or (len(labels) == 2 and not (len(labels[1]) == 2 and labels[0] in _SECOND_LEVELS))


# -- judgement ---------------------------------------------------------------------------------------------------


def judge(
    mail: InboundMail,
    agreement: Agreement | None,
    *,
    verdicts: Verdicts | None = None,
    itip: Sequence[Itip] = (),
    reply_person: str | None = None,
    own_domain: str = "",
    raw_size: int | None = None,
) -> Judgement:
    """Whether the mail counts, and if not the first reason of the contract that holds.

    `verdicts` are the receipt's (domains that they lack are those of SES's own header); None takes them from the
    mail's headers. `itip` are the answers found in its calendar parts. `reply_person` is the address, as in the
    agreement, of whom the reply address stands for: an address that nobody in the agreement has, writing there, is
    asked about (`was_you`). `own_domain` is where the system's own mail comes from. `agreement` is None where the
    mail belongs to no partnership.
    """
    told = verdicts_from_headers(mail.headers) if verdicts is None else _with_domains(verdicts, mail.headers)
    found = agreement.find(mail.from_address) if agreement is not None and mail.from_address else None
    sender = found[1].email if found else None
    bounce = bounces.read(mail)
    failed = _failed(bounce, agreement)
    why = _why(mail, told, bounce, itip, own_domain, mail.size if raw_size is None else raw_size)
    if why is not None:
        hard = why == "bounce" and bounce is not None and bounce.hard
        # who an unauthenticated mail comes from is not known
        known = None if why in ("unauthenticated", "malformed") else sender
        return Judgement(False, why, known, failed_recipient=failed, hard=hard)
    if sender is None:
        return Judgement(False, "unknown-sender", None, was_you=reply_person is not None)
    return Judgement(True, None, sender)


def _why(
    mail: InboundMail,
    verdicts: Verdicts,
    bounce: bounces.Bounce | None,
    itip: Sequence[Itip],
    own_domain: str,
    size: int,
) -> str | None:
    if size > bounds.MAIL_OCTETS:
        return "too-large"
    if verdicts.virus == "FAIL":
        return "virus"
    if verdicts.spam == "FAIL":
        return "spam"
    # servers write no proper From: a report that says whom it could not reach is a report all the same
    if mail.malformed is not None and not (bounce is not None and mail.from_address is None and mail.from_problem):
        return "malformed"
    if not authenticated(mail.from_address, verdicts):
        return "unauthenticated"
    if bounce is not None:
        return "bounce"
    if _loops(mail, own_domain):
        return "loop"
    if not _answers_invitation(mail, itip) and automatic.is_answer_of_a_program(mail):
        return "automatic"
    return None


def _failed(bounce: bounces.Bounce | None, agreement: Agreement | None) -> str | None:
    """Of the addresses that a returned mail may mean, the one that the agreement knows, else the likeliest."""
    if bounce is None or not bounce.recipients:
        return None
    known = [address for address in bounce.recipients if agreement is not None and agreement.find(address)]
    return (known or list(bounce.recipients))[0]


def _loops(mail: InboundMail, own_domain: str) -> bool:
    """Our own mail come back: our domain in From, our header, or too many hops."""
    domain = _domain(mail.from_address or "")
    own = own_domain.lower()
    if own and domain and (domain == own or domain.endswith("." + own)):
        return True
    hops = 0
    for name, _ in mail.headers:
        if name == OUR_HEADER.lower():
            return True
        if name == "received":
            hops += 1
    return hops > RECEIVED_LIMIT


def _answers_invitation(mail: InboundMail, itip: Sequence[Itip]) -> bool:
    """An iTIP REPLY or COUNTER is read whatever its Auto-Submitted says: calendars send them by themselves."""
    return bool(itip) or any(_ITIP_ANSWER.search(text[:20_000]) for text in mail.calendars)
