"""What a mail's sentences said, gathered, and what of it holds together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tandem.core.commands import Command
from tandem.wire.sentences import Sentence


@dataclass(slots=True)
class Said:
    """One thing said, and where."""

    start: int
    end: int
    family: str  # things of one family must agree
    value: Any
    command: Command | None  # None: it takes part in deciding, and gives no command of its own
    weak: bool = False  # a "fine" or "no problem", which gives way to whatever else is said
    polar: bool = False  # no more than yes or no


@dataclass(slots=True)
class Gathered:
    """What has been understood of one mail so far; places are (start, end) in its text."""

    text: str
    sentences: list[Sentence]
    said: list[Said] = field(default_factory=list)
    commands: list[tuple[int, Command]] = field(default_factory=list)  # of labels and the like, with their place
    unclear: list[tuple[int, int]] = field(default_factory=list)
    rest: list[Sentence] = field(default_factory=list)  # statements beyond the answer: notes or chat
    notes: list[tuple[int, int]] = field(default_factory=list)
    danger: list[tuple[int, int]] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)  # families of which something is unsure
    done: set[tuple[int, int]] = field(default_factory=set)  # sentences that a hand-over has used up
    asides: list[Sentence] = field(default_factory=list)  # chat beside an answer of the sender's, unclear without one
    refused: set[int] = field(default_factory=set)  # numbers of options that a sentence of their own rules out
    earlier: list[tuple[int, int]] = field(default_factory=list)  # reports that may be of an earlier meeting
    corrected: list[tuple[int, int]] = field(default_factory=list)  # answers that the sender took back
    chatted: bool = False

    def ask(self, sentence: Sentence, *families: str) -> None:
        """A sentence is to be asked about, and whatever else the mail says of these families with it."""
        self.doubts.update(families)
        self.unclear.append((sentence.start, sentence.end))

    def whole(self) -> None:
        """Makes of unclear words whole sentences."""
        out = []
        for start, end in self.unclear:
            holder = next((s for s in self.sentences if s.start <= start and end <= s.end), None)
            out.append((holder.start, holder.end) if holder else (start, end))
        self.unclear = list(dict.fromkeys(out))


def agree(mail: Gathered) -> list[Said]:
    """Without what contradicts itself, and without a bare answer beside a fuller one of the same meaning."""
    said = sorted(mail.said, key=lambda x: x.start)
    strong = [x for x in said if not x.weak]
    bare = [x for x in said if x.family == "bare"]
    families = list(dict.fromkeys(x.family for x in said if x.family != "bare"))
    kept: list[Said] = []
    for family in families:
        members = [x for x in said if x.family == family]
        firm = [x for x in members if not x.weak]
        fuller = [x for x in members if not x.polar]
        if family == "choice":
            kept += _choice(members, mail)
            continue
        if family == "report" and len({x.value for x in members}) > 1:  # "Last month we met. Yesterday we didn't."
            members = [x for x in members if (x.start, x.end) not in mail.earlier] or members
            fuller = [x for x in members if not x.polar]
        if fuller:
            members = [x for x in members if not x.weak or x.value == fuller[0].value]
        if family == "meet":  # "Could we talk by Friday? I feel we are drifting."
            members = [x for x in members if x.value is not None] or members
        unsure = family in mail.doubts or ("later" in mail.doubts and all(x.polar for x in members))
        if family == "rsvp" and "perhaps" in mail.doubts:
            unsure = unsure or any(x.value != "DECLINED" for x in members)
        if len({str(x.value) for x in members}) > 1 or unsure:
            mail.unclear += [(x.start, x.end) for x in firm or members]
            mail.whole()
            continue
        chosen = ([x for x in members if x in fuller] or [x for x in members if x in firm] or members)[0]
        kept.append(Said(members[0].start, chosen.end, family, chosen.value, chosen.command, polar=chosen.polar))
    if any(x.family == "rsvp" and x.value == "ACCEPTED" for x in kept) and any(
        x.family.startswith("counter") for x in kept
    ):
        clash = [x for x in kept if x.family == "rsvp" or x.family.startswith("counter")]
        mail.unclear += [(x.start, x.end) for x in clash]  # "yes, but could we ...?"
        mail.whole()
        kept = [x for x in kept if x not in clash]
    if any(x.polar and x.value in (False, "DECLINED") for x in kept) and any(
        x.weak and x.family == "bare" for x in bare
    ):
        mail.unclear += [(x.start, x.end) for x in [*bare, *kept] if x.polar or x.weak]  # "no, all good"
        mail.whole()
        kept, bare = [x for x in kept if not x.polar], []
    if bare:
        other = [x for x in strong if x.family != "bare"] or mail.commands
        if not other or any(not x.weak for x in bare):
            meanings = {("no" if x.value == "no" else "yes") for x in bare}
            same = {"report": "yes" in meanings, "rsvp": "ACCEPTED" if "yes" in meanings else "DECLINED"}
            agrees = any(x.family in same and x.value == same[x.family] for x in kept)
            if not (len(meanings) == 1 and agrees):
                mail.unclear += [(x.start, x.end) for x in bare]
                mail.whole()
    return kept


def _choice(members: list[Said], mail: Gathered) -> list[Said]:
    """Of answers to a catch-up: the numbers, or none, or any; a bare yes only where nothing else is said."""
    numbers = [x for x in members if isinstance(x.value, int) and not isinstance(x.value, bool)]
    nays = [x for x in members if x.value is False]
    anything = [x for x in members if x.value == "any"]
    yeses = [x for x in members if x.value is True and not x.weak] or [x for x in members if x.value is True]
    groups = [bool(numbers), bool(nays), bool(anything)]
    denied = any(x.value in mail.refused for x in numbers)  # "Not the second. The second!"
    if sum(groups) > 1 or denied or "choice" in mail.doubts or (nays and any(not x.weak for x in yeses)):
        mail.unclear += [(x.start, x.end) for x in members]
        mail.whole()
        return []
    if numbers:
        return [x for i, x in enumerate(numbers) if x.value not in [y.value for y in numbers[:i]]]
    if yeses and "later" in mail.doubts and not nays and not anything:  # "No problem, I'll ask Tom and tell you"
        mail.unclear += [(x.start, x.end) for x in yeses]
        mail.whole()
        return []
    counters = any(x.family.startswith("counter") for x in mail.said)
    if yeses and not nays and not anything and counters:
        mail.unclear += [(x.start, x.end) for x in yeses]
        mail.whole()
        return []
    return (anything or nays or yeses)[:1]


def clean(text: str) -> str:
    """Each line without needless space, empty lines left out."""
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def joined(text: str, spans: list[tuple[int, int]]) -> str:
    """Pieces of a text put together: on one line what stood on one line."""
    out, last = "", 0
    for start, end in spans:
        glue = "" if not out or not text[last:start] else "\n" if "\n" in text[last:start] else " "
        out += glue + clean(text[start:end])
        last = end
    return out.strip()


def merged(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with nothing between them but space, made one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif out and not text[out[-1][1] : start].strip():
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out
