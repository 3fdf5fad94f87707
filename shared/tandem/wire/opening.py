"""What stands around the words of a mail: at first contact who set this up, and at the end how to answer."""

from __future__ import annotations

from tandem.wire.document import Block, clean
from tandem.wire.view import View


def introduction(v: View) -> list[Block]:
    """Four lines for a person's first mail, and how to keep the mails out of the spam folder."""
    t = v.t
    leads = [p for s in v.schools for p in s.leads]
    schools = v.both_schools
    if v.found and v.found[1].role == "member":
        why = t(
            "%(leads)s have put you on the list: %(schools)s work together, and this program sends the invitations.",
            leads=v.names(leads),
            schools=schools,
        )
    else:
        why = t(
            "%(leads)s set this up, so that %(schools)s keep meeting: this program sends the invitations.",
            leads=v.names(leads),
            schools=schools,
        )
    reader = v.reader.email.lower()
    ask = v.with_address([p for p in (*v.school.leads, *leads) if p.key != reader][:1])
    operator, address = clean(v.sender.operator_name), clean(v.sender.operator_email)
    if operator and address:
        who = t(
            "Questions: %(person)s. The program is run by %(operator)s (%(address)s).",
            person=ask, operator=v.lang.apart(operator), address=address,
        )  # fmt: skip
    else:
        who = t("Questions: %(person)s.", person=ask)
    stop = t("To stop: reply with the one word %(word)s.", word=v.lang.word(v.pt("answer", "stop")))
    kept = v.nt(
        "Kept: your name, your address and what you write here, until %(number)d day after the partnership ends.",
        "Kept: your name, your address and what you write here, until %(number)d days after the partnership ends.",
        v.sender.retention_days,
    )
    spam = t("So that no mail lands in spam, add %(address)s to your contacts.", address=v.sender.address)
    return [
        Block("h", t("Why you get this mail")),
        Block("ul", rows=((why,), (who,), (stop,), (kept,))),
        Block("small", spam),
    ]


def footer(v: View, views: list[View]) -> list[Block]:
    """Which partnership this is, and the three words that always work."""
    schools = [x.t("%(title)s: %(schools)s.", title=x.title, schools=x.both_schools) for x in views]
    lines = list(dict.fromkeys(schools))
    if len(lines) > 3:
        lines = []
    if v.message.kind == "notice" and v.message.variant == "worry":
        return [Block("small", v.lang.gap.join(lines), note="rule")]
    lines.append(
        v.t(
            "One word is enough: %(status)s for how things stand, %(help)s for what you can say, %(stop)s to leave.",
            status=v.lang.word(v.pt("answer", "status")),
            help=v.lang.word(v.pt("answer", "help")),
            stop=v.lang.word(v.pt("answer", "stop")),
        )
    )
    return [Block("small", v.lang.gap.join(lines), note="rule")]
