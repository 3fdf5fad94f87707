"""Who leaves, and who takes over."""

from __future__ import annotations

from tandem.core.commands import Handover
from tandem.wire import names
from tandem.wire.clause import Clauses
from tandem.wire.folding import fold
from tandem.wire.said import Gathered
from tandem.wire.setting import Setting


def hand_over(setting: Setting, readings: list[Clauses], mail: Gathered) -> None:
    """A hand-over that any of the sentences speaks of: who leaves, and the successor's name and address."""
    about = [r for r in readings if r.has("takes_over", "leaving", "leaves")]
    if not about:
        return
    context = setting.context
    if (
        setting.kind == "notice"
        and any(r.has("yes", "ok", "no") for r in about)
        and not any(names.addressed(r.sentence.text) for r in readings)
    ):
        return  # "Yes, Joy takes over from me": what the notice asked
    texts = [r for r in readings if r in about or names.addressed(r.sentence.text)]
    first = texts[0]
    known = {p.key: p for _, p in context.agreement.people}
    addressed = [a for r in texts for a in names.addressed(r.sentence.text)]
    mentioned = [f.person for r in texts for f in names.people(r.text, context.agreement, context.school)
                 if f.school.id == context.school.id]  # fmt: skip
    new = {a.lower(): (n, a) for n, a in addressed}
    sure = True
    to: tuple[str, str] | None = None
    if len(new) == 1:
        name, address = next(iter(new.values()))
        person = known.get(address.lower())
        to = (person.name, person.email) if person else (name, address)
        sure = bool(to[0])
    others = [p for p in dict.fromkeys(p.key for p in mentioned) if to is None or p != to[1].lower()]
    others = [p for p in others if to is None or not _same_name(known[p].name, to[0])]
    moved = any(r.has("leaving", "leaves") for r in about)
    if not moved and not addressed and not mentioned:
        return  # "Exams are taking over here."
    sender = context.sender.key
    theirs = [r for r in about if r.has("leaves") or (r.has("leaving") and _of_another(setting, r))]
    going = any(r.has("leaving") and not _of_another(setting, r) for r in about)
    me = going or not [p for p in others if p != sender]
    others = [p for p in others if p != sender]
    if to is None and not going and len(others) == 1 and any(r.lex.pattern("from_me").search(r.text) for r in about):
        me = True  # "Tom takes over from me"
    who = sender if me else others[0] if len(others) == 1 and to is not None else None
    if to is None and me and len(others) == 1:
        to = (known[others[0]].name, known[others[0]].email)
    if not going and not addressed and (any(r.has("decline", "no") for r in readings) or all(map(_stands_in, about))):
        return  # "I can't make it, Tom will come in my place": for one meeting
    if going and theirs:
        sure = False
    if me and not going and any(r.lex.pattern("from_them").search(r.text) for r in about):
        sure = False  # "Joy takes over from him", whoever that is
    if any(r.lex.pattern("tentative").search(r.text) for r in about):  # "perhaps Tom takes over"
        sure = False
    taken = any(r.has("takes_over") for r in about)
    if to is None and setting.kind in ("review", "agreement", "escalation"):
        return  # "I am retiring, and there is nobody who takes over": why, and no hand-over yet
    if to is None or who is None or not sure or not taken or to[1].lower() == who:
        for r in about:
            mail.ask(r.sentence)
    else:
        email = context.sender.email if who == context.sender.key else known[who].email
        spoken = [h.start for h in first.hits if h.kind in ("takes_over", "leaving", "leaves")]
        at = first.sentence.start + min(spoken, default=0)
        mail.commands.append((at, Handover(email, (("name", to[0]), ("email", to[1])))))
    for r in texts:
        if r.has("met", "not_met", "went"):  # "we did not meet, and I am leaving"
            continue
        mail.done.add((r.sentence.start, r.sentence.end))


def _of_another(setting: Setting, r: Clauses) -> bool:
    """Whether a sentence names a colleague as the one who leaves, where no verb says whose it is (Tomが異動します)."""
    if r.lex.spaced or r.lex.pattern("first_person").search(r.text):
        return False
    end = min(h.end for h in r.hits if h.kind == "leaving")
    return bool(setting.others(r.text[:end]))


def _stands_in(r: Clauses) -> bool:
    """Whether a sentence may as well speak of one occasion ("Tom comes in my place")."""
    return all(r.lex.pattern("stands_in").fullmatch(r.text[h.start : h.end]) for h in r.hits if h.kind == "takes_over")


def _same_name(first: str, second: str) -> bool:
    return bool(set(fold(first).split()) & set(fold(second).split()))
