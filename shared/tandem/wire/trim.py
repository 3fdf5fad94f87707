"""A mail's text without what its sender did not write: quotations, the lines above them, signatures, small print.

    text ──lines──► kinds (own, quote, attribution) up to where another's mail begins ──► runs of own words
         ──► each run without signature, small print and advertisements ──► `Trimmed`

The rules are ours: well-kept libraries know few of the languages, and lose answers (docs/trimming.md has the
measurements). When in doubt words stay; but a quotation never does, save beside the answer, for people to read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tandem.wire import bounds
from tandem.wire.folding import fold as _fold
from tandem.wire.signature import SENTENCE_END, own_words
from tandem.wire.trim_words import begins_with, ends_with, folded_line, holds, words

OWN, QUOTE, ABOVE = "own", "quote", "above"  # ABOVE: the line above a quotation that says whose it is

_QUOTE = re.compile(r"\s{0,8}(?:>|＞|&gt;)")
_QUOTE_MARKS = re.compile(r"\s*(?:(?:>|＞|&gt;)\s?)+")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}")
_TIME = re.compile(r"\d{1,2}\s?(?:[:.h]\s?|時|点|點|시\s?)\d{2}")
_DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_WEEKDAY_FIRST = re.compile(r"[^\W\d_]{2,14}[.,]?\s+\d{1,2}\b|[^\W\d_]{2,14},\s+[^\W\d_]{3,12}\s+\d{1,2}\b")
_RULES = "-_=*~—–#"
_FIELD = re.compile(r"[\s*_]{0,4}([^\s:：*_][^:：*_]{0,28})[\s*_]{0,4}[:：][\s*_]{0,3}(.*)\Z", re.S)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """`own` counts; `shown` is for people: with quoted lines that are answered, and the name below a closing."""

    own: str
    shown: str
    answers: tuple[tuple[str, str], ...]  # (the quoted line, the own words below it)


@dataclass(slots=True)
class _Run:
    """Own lines that no quotation interrupts, and the quotation before them."""

    quoted: list[str]
    lines: list[str]


@lru_cache(maxsize=2048)
def _field(line: str) -> tuple[frozenset[str], str] | None:
    """What kinds of header field a line may be, and its value."""
    found = _FIELD.match(line)
    if found is None:
        return None
    kinds = words().fields.get(_fold(found[1]).strip())
    return (kinds, found[2]) if kinds else None


def trim(text: str, names: tuple[str, ...] = ()) -> Trimmed:
    """Splits a mail's text. `names` are the sender's, for signatures that only a name marks."""
    try:
        return _trim(text, frozenset(_fold(name) for name in names))
    finally:
        folded_line.cache_clear()
        _field.cache_clear()


def _trim(text: str, known: frozenset[str]) -> Trimmed:
    lines = text.split("\n")
    if len(lines) > bounds.LINES:
        lines = _fewer(lines)
    marked, cut = _kinds(lines)
    runs = _runs(marked)
    own: list[str] = []
    shown: list[str] = []
    answers: list[tuple[str, str]] = []
    for run in runs:
        counted, readable = own_words(run.lines, known, bool(own))
        if not _says(readable):
            continue
        question = _last_paragraph(run.quoted)
        if question:
            shown.append("\n".join(f"> {line}" for line in question))
        shown.append("\n".join(readable).strip("\n"))
        if _says(counted):
            own.append("\n".join(counted).strip("\n"))
            if question:
                answers.append((" ".join(question)[: bounds.LINE], own[-1]))
    if not shown:
        shown = _nothing_own(lines, marked, cut)
    words_of_own, for_people = "\n\n".join(own).strip(), "\n\n".join(shown).strip("\n").rstrip()
    return Trimmed(_bounded(words_of_own), _bounded(for_people), tuple(answers))


def _bounded(text: str) -> str:
    return text if len(text) <= bounds.NEW_CHARACTERS else text[: bounds.NEW_CHARACTERS].rsplit("\n", 1)[0]


def _fewer(lines: list[str]) -> list[str]:
    """Long quotations shortened to their last lines, so that an answer below one is among the lines that are read."""
    out: list[str] = []
    quoted: list[str] = []
    for line in lines:
        if _QUOTE.match(line):
            quoted.append(line)
            continue
        out += quoted[-20:]
        quoted = []
        out.append(line)
        if len(out) > bounds.LINES:
            break
    return (out + quoted[-20:])[: bounds.LINES]


def _says(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _kinds(lines: list[str]) -> tuple[list[tuple[str, str]], int | None]:
    """Each line's kind, up to where another's mail begins; the line at which that is, or None."""
    out: list[tuple[str, str]] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _QUOTE.match(line):
            out.append((QUOTE, line))
        elif line.strip():
            if _begins_another(lines, number):
                return _with_wrapped(out), number
            if (end := _attribution(lines, number)) is not None:
                above, quoted = end
                if not quoted:
                    return _with_wrapped(out), number
                out += [(ABOVE, skipped) for skipped in lines[number:above]]
                number = above
                continue
            out.append((OWN, line))
        else:
            out.append((OWN, ""))
        number += 1
    return _with_wrapped(out), None


def _with_wrapped(marked: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Quoted lines that a program wrapped without a mark of their own are quotations too.

    Only where nothing else is likely: a long quoted line that ends in the middle of a sentence, and a short rest in
    lower case without a colon, with the next quoted line right below.
    """
    for number in range(1, len(marked) - 1):
        kind, line = marked[number]
        if kind != OWN or not line.strip() or marked[number - 1][0] != QUOTE or marked[number + 1][0] != QUOTE:
            continue
        above = marked[number - 1][1].rstrip()
        rest = line.strip()
        if len(above) >= 66 and not SENTENCE_END.search(above) and rest[0].islower() and not re.search("[:：]", rest):
            marked[number] = (QUOTE, f"> {line}")
    return marked


def _begins_another(lines: list[str], number: int) -> bool:
    """A line between rules ("-----Original Message-----"), "Begin forwarded message:", or Outlook's block."""
    line = lines[number][: bounds.LINE].strip()
    if not line:
        return False
    ruled = line[0] in _RULES and line[-1] in _RULES
    if (ruled or line[-1] in ":：") and len(line) < 200:
        inner = line.strip(_RULES + " ") if ruled else line
        if (
            len(inner) < 80
            and (not ruled or len(line) - len(inner) >= 4)
            and words().original.match(folded_line(inner).strip(" :"))
        ):
            return True
    return _header_block(lines, number) is not None


def _header_block(lines: list[str], number: int) -> int | None:
    """Where the block of From, Sent, To and Subject that begins here ends; None where none does."""
    if _field(lines[number][: bounds.LINE]) is None:
        return None
    kinds: set[str] = set()
    fields = position = 0
    evidence = False
    after_field = 0  # lines of a field that went on
    position = number
    while position < len(lines) and position < number + 16:
        line = lines[position]
        if not line.strip():
            following = position + 1
            if following < len(lines) and fields < 6 and _field(lines[following][: bounds.LINE]):
                position += 1
                continue
            break
        found = _field(line[: bounds.LINE])
        if found is not None:
            # one name may stand for two fields ("Data", "A"): it is the one that is still missing
            missing = sorted(found[0] - kinds, key=("from", "sent", "to", "subject").index)
            kinds.add(missing[0] if missing else sorted(found[0])[0])
            evidence = evidence or "@" in found[1] or bool(_TIME.search(found[1])) or bool(_DATED.search(found[1]))
            fields += 1
            after_field = 0
        else:
            after_field += 1
            if after_field > 2:
                break
        position += 1
    enough = "from" in kinds and bool(kinds & {"sent", "subject"}) and (len(kinds) >= 3 or (evidence and fields >= 2))
    return position if enough else None


def _attribution(lines: list[str], number: int) -> tuple[int, bool] | None:
    """Where "On Monday, Tom wrote:" ends, and whether marked quotations follow. One to five lines.

    A line of the sender's own may stand right above it: where it begins must be sure, or an answer is lost.
    """
    if not any(_may_end(line) for line in lines[number : number + 5]):
        return None
    first = lines[number][: bounds.LINE]
    folded = folded_line(first).strip()
    begins_paragraph = number == 0 or not lines[number - 1].strip() or bool(_QUOTE.match(lines[number - 1]))
    worded = begins_with(folded, words().on) or _WEEKDAY_FIRST.match(first.strip()) is not None
    dated = _DATED.search(first) is not None
    if not (worded or dated or _ADDRESS.search(first) or (begins_paragraph and len(folded) <= 60) or _may_end(first)):
        return None
    begun = _ADDRESS.search(first) is not None and holds(folded, words().wrote)
    joined = ""
    for end in range(number, min(number + 5, len(lines))):
        line = lines[end].strip()
        if not line or _QUOTE.match(lines[end]) or len(joined) + len(line) > bounds.LINE:
            return None
        if joined and not begun and _begins_below(line, worded, dated):
            return None
        joined = f"{joined} {line}" if joined else line
        if not _may_end(lines[end]):
            continue
        if end > number and not dated and _says_whose(" ".join(part.strip() for part in lines[number + 1 : end + 1])):
            return None  # complete without this line
        found = _says_whose(joined)
        if found is None:
            continue
        following = next((n for n in range(end + 1, len(lines)) if lines[n].strip()), None)
        quoted = following is not None and bool(_QUOTE.match(lines[following]))
        if quoted or (found and following is not None):
            return end + 1, quoted
        if found and following is None:
            return end + 1, True  # nothing follows: an empty quotation
    return None


def _begins_below(line: str, worded: bool, dated: bool) -> bool:
    """Whether an attribution begins with this line, rather than with the one above it."""
    if not _DATED.search(line) and dated:
        return False  # the date stands above: this goes on
    if line[0].isdigit():
        return not worded and _DATED.search(line) is not None
    opens = begins_with(folded_line(line), words().on) or _WEEKDAY_FIRST.match(line) is not None
    return opens and (_DATED.search(line) is not None or not worded)


def _may_end(line: str) -> bool:
    """Whether an attribution may end with this line: with a colon or the verb."""
    stripped = line.rstrip()
    if not stripped or len(stripped) > bounds.LINE:
        return False
    if stripped[-1] in ":：﹕︰":
        return True
    return len(stripped) <= 80 and ends_with(folded_line(stripped).rstrip(" ."), words().wrote_last)


def _says_whose(joined: str) -> bool | None:
    """None: no attribution. True: surely one. False: only where a marked quotation follows."""
    folded = folded_line(joined).strip()
    colon = folded.endswith(":")
    address = _ADDRESS.search(joined)
    w = words()
    verb_last = ends_with(folded.rstrip(" :."), w.wrote_last)
    if not colon and not verb_last:
        return None
    timed, dated = _TIME.search(joined) is not None, _DATED.search(joined) is not None
    opens = folded[0].isdigit() or begins_with(folded, w.on) or _WEEKDAY_FIRST.match(joined) is not None
    if not colon:
        # a program that writes no colon is rare, a sentence that ends with "said" is not
        return False if opens and (timed or dated or address) else None
    if not verb_last and not holds(folded, w.wrote):
        # "2026/10/13 14:02 Tandem <r@tandem.example>:" has no verb
        if address is None or not (timed or dated) or not _near_end(joined, address):
            return None
        return opens
    if address is not None:
        return True if opens or address.start() <= 70 else None
    if opens and (timed or dated):
        return True
    return False if opens and len(joined) <= 120 else None


def _near_end(joined: str, address: re.Match[str]) -> bool:
    return len(joined) - address.end() <= 3


def _runs(marked: list[tuple[str, str]]) -> list[_Run]:
    runs: list[_Run] = []
    quoted: list[str] = []
    lines: list[str] = []
    for kind, line in marked:
        if kind == OWN:
            lines.append(line)
            continue
        if lines and _says(lines):
            runs.append(_Run(quoted, lines))
            quoted = []
        if lines:
            lines = []
        if kind == QUOTE:
            quoted.append(line)
    runs.append(_Run(quoted, lines))
    return runs


def _last_paragraph(quoted: list[str]) -> list[str]:
    """The quoted line that is answered, five lines at most, without its marks."""
    out: list[str] = []
    for line in reversed(quoted):
        plain = _QUOTE_MARKS.sub("", line, count=1).strip()
        if plain:
            out.append(plain)
            if len(out) == 5:
                break
        elif out:
            break
    return out[::-1]


def _nothing_own(lines: list[str], marked: list[tuple[str, str]], cut: int | None) -> list[str]:
    """What to show of a mail without own words: a forwarded mail's text, or a bare quotation."""
    if cut is not None and not any(kind != OWN for kind, _ in marked):
        start = cut
        if _header_block(lines, start) is None:
            start += 1
            while start < len(lines) and not lines[start].strip():
                start += 1
        if start < len(lines) and (end := _header_block(lines, start)) is not None:
            return ["\n".join(lines[end:]).strip("\n")]
        return []
    if cut is None and not any(kind == ABOVE for kind, _ in marked):
        return ["\n".join(line for kind, line in marked if kind == QUOTE)]
    return []


# -- what the sender's program or school put below (or above) the words ------------------------------------------
