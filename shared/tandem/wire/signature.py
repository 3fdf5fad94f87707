"""Of the lines that a mail's sender may have written, those that say something: no signature, no closing formula, no
lawyer's or gateway's small print, no "Sent from my phone".

Below a gateway's line may stand the sender's own words, and thanks may be the whole answer: when in doubt words stay.
"""

from __future__ import annotations

import re

from tandem.wire import bounds
from tandem.wire.trim_words import folded_line, words

_RULE = re.compile(r"\s*(?:[-_*#~=+—–]{2,}|ᐧ|—|–)\s*\Z")
_SIGNATURE = re.compile(r"--\s?\Z|—\s\Z")
_LINK = re.compile(r"<?\bhttps?://\S{1,300}|<mailto:\S{1,200}>|\]\(\S{1,300}\)")
_DECORATION = "<>()[]{}«»*_~|•·-–—“”\"' \u3000"
_END_MARKS = ",.!;:،,、。！…~ -–—*_♥☺😊🙂🌸🙏"
_CONTACT = re.compile(
    r"(?:tel|telefon|telefono|phone|mobile|mob|cell|fax|e-?mail|mail|web|www|site|website|skype|whatsapp|t|m|e|w|p|f|tlf|"
    r"simu|barua pepe|courriel|portable|handy|mobil|movil|celular|telemovel|office|direct|address|twitter|linkedin|"
    r"फोन|मोबाइल|ईमेल|هاتف|جوال|البريد الالكتروني|电话|手机|邮箱|電話|携帯|メール)\.?\Z"
)
_ABBREVIATION = re.compile(r"(?:Ltd|Inc|St|e\.V|Dr)\.\Z")
_MANY_DIGITS = re.compile(r"(?:\d[\s()./-]{0,2}){6,}")
SENTENCE_END = re.compile(r"[.!?。！？؟।:：]\s*\Z")
_WARNING = re.compile(
    r"click|link|attachment|sender|content is safe|recogni[sz]e|learn why|organi[sz]ation|print|environment|"
    r"unsubscribe|groups|"
    r"pieces jointes|expediteur|liens|imprim|adjuntos|remitente|enlaces|anexos|remetente|anhang|absender|umwelt|"
    r"allegat|mittente|bijlage|afzender|zalacznik|nadawc|вложен|ссылк|отправител|viungo|kiambatisho|المرفقات|المرسل|الروابط|"
    r"链接|附件|发件人|添付|リンク|送信者"
)
_WORDS = re.compile(r"[^\W_]+")


def own_words(lines: list[str], names: frozenset[str], spoken: bool) -> tuple[list[str], list[str]]:
    """A run's words that count, and those to show. `spoken`: own words stood before this run."""
    kept = _without_small_print([line for line in lines if not _advertises(line)])
    kept, readable = _without_signature(kept, names, spoken)
    return _without_rules(kept), _without_rules(readable)


def _advertises(line: str) -> bool:
    """ "Sent from my iPhone" and its like, in any language."""
    stripped = line.strip()
    if not stripped or len(stripped) > 200:
        return False
    bare = _LINK.sub("", stripped).strip(_DECORATION + ".")
    if len(bare) > 120:
        return False
    bare = bare.replace("[", "").replace("]", "")
    return words().sent_from.match(folded_line(bare).strip(" ."))


def _without_small_print(lines: list[str]) -> list[str]:
    """Paragraphs of lawyers, gateways and campaigns are left out, wherever they stand.

    Below a gateway's line without a blank one may stand the sender's own words: only what goes on about senders,
    links and attachments goes with it.
    """
    out: list[str] = []
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
            continue
        if paragraph and _warns(paragraph):
            rest = 1
            while rest < len(paragraph) and _WARNING.search(folded_line(paragraph[rest][: bounds.LINE])):
                rest += 1
            out += paragraph[rest:]
        elif paragraph and not _small_print(paragraph):
            out += paragraph
        paragraph = []
        out.append("")
    return out[:-1]


def _folded_paragraph(paragraph: list[str]) -> str:
    return folded_line(" ".join(line.strip() for line in paragraph[:12])[: 5 * bounds.LINE]).lstrip(" *_[(-<>!⚠#|=")


def _warns(paragraph: list[str]) -> bool:
    """A gateway's or a campaign's words ("CAUTION: external email. ...")."""
    text = _folded_paragraph(paragraph)
    return text.startswith(words().banners) and len(text) >= 12


def _small_print(paragraph: list[str]) -> bool:
    """A lawyer's paragraph."""
    text = _folded_paragraph(paragraph)
    w = words()
    # "this message is confidential" may begin a teacher's own sentence about a child: it takes a lawyer's words too
    legal = sum(1 for word in w.confidential if word in text) if len(text) >= 60 else 0
    return (text.startswith(w.notices) and legal >= 3) or (len(text) >= 200 and legal >= 5)


def _without_rules(lines: list[str]) -> list[str]:
    """Without blank lines and rules of hyphens at both ends."""
    start, end = 0, len(lines)
    while end > start and (not lines[end - 1].strip() or _RULE.match(lines[end - 1])):
        end -= 1
    while start < end and (not lines[start].strip() or _RULE.match(lines[start])):
        start += 1
    return lines[start:end]


def _without_signature(lines: list[str], names: frozenset[str], spoken: bool) -> tuple[list[str], list[str]]:
    """Up to `-- `, a closing formula or the sender's own name.

    For people a closing and a name stay, unless the name is the sender's, which they know.
    """
    end = next((number for number, line in enumerate(lines) if _SIGNATURE.match(line)), len(lines))
    lines, before = lines[:end], spoken
    first = True
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        before, first = before or not first, False
        closing = _closing(line, names)
        if closing == "signed" and before:
            return lines[:number], lines[:number]
        if closing == "closing" and before:
            signed = _name_first(lines[number + 1 :], names)
            return lines[:number], lines[:number] + ([] if signed else _greeting(lines[number:]))
        if closing == "thanks" and _name_below(lines[number + 1 :], names):
            kept = lines[:number] if before else lines[: number + 1]  # thanks alone may be the answer
            return kept, kept
        if before and _signs(lines, number, names):
            return lines[:number], lines[:number]
    return lines, lines


def _closing(line: str, names: frozenset[str]) -> str | None:
    """ "closing" for "Best wishes,", "signed" with the name behind it, "thanks" for what may also be the answer."""
    stripped = line.strip()
    w = words()
    if len(stripped) > w.longest + 40:
        return None
    folded = folded_line(stripped).strip(folded_line(_END_MARKS) + " ")
    if folded in w.closings:
        return "closing"
    if folded in w.thanks:
        return "thanks"
    head, comma, tail = folded.partition(",")
    if comma and tail and _all_names(tail, names):
        return "signed" if head.strip() in w.closings or head.strip() in w.thanks else None
    pieces = folded.split()
    for count in (1, 2, 3):
        if len(pieces) > count and _all_names(" ".join(pieces[-count:]), names):
            head = " ".join(pieces[:-count]).strip(" ,.-–")
            if head in w.closings:
                return "signed"
    return None


def _all_names(text: str, names: frozenset[str]) -> bool:
    found = _WORDS.findall(text)
    initials = len(found) > 1
    return 0 < len(found) <= 4 and all(word in names or (initials and len(word) == 1) for word in found)


def _names_sender(line: str, names: frozenset[str]) -> bool:
    return len(line) <= 60 and _all_names(folded_line(line), names)


def _name_first(lines: list[str], names: frozenset[str]) -> bool:
    return any(_names_sender(line, names) for line in [line for line in lines if line.strip()][:1])


def _name_below(lines: list[str], names: frozenset[str]) -> bool:
    """Whether the next words are the sender's name and nothing but a signature follows it."""
    below = [line for line in lines if line.strip()]
    return bool(below) and _names_sender(below[0], names) and all(_contact(line) for line in below[1:])


def _signs(lines: list[str], number: int, names: frozenset[str]) -> bool:
    """The sender's name on a line of its own, after a blank one, and only what signatures hold below it.

    Without a blank line only as the last line, below a short one: a long one may be wrapped before a name.
    """
    if number == 0 or not _names_sender(lines[number], names):
        return False
    below = [line for line in lines[number + 1 :] if line.strip()]
    above = lines[number - 1].strip()
    if above:
        return not below and len(above) < 50 and above[-1] not in ",:;-–&"
    return len(below) <= 10 and all(_contact(line) for line in below)


def _contact(line: str) -> bool:
    """A line as signatures have them: a role, a school, a number; no sentence, and no label but a contact's."""
    stripped = line.strip()
    if len(stripped) > 100 or (SENTENCE_END.search(stripped) and not _ABBREVIATION.search(stripped)):
        return False
    head, colon, _ = folded_line(stripped).partition(":")
    if colon and not head.startswith(("http", "+")):
        return _CONTACT.match(head.strip(" *|•-")) is not None
    return bool(_MANY_DIGITS.search(stripped)) or "@" in stripped or "www." in stripped or _like_a_title(stripped)


def _like_a_title(stripped: str) -> bool:
    """ "Head of Geography", "Airedale High School": most words with a capital, or a script that has none."""
    found = [word for word in _WORDS.findall(stripped) if len(word) > 3]
    if not found or len(found) > 8:
        return False
    return all(not word[0].islower() for word in found) and any(word[0].isupper() for word in found)


def _greeting(lines: list[str]) -> list[str]:
    """Of a closing and what follows it, what a person would still read as words: the closing and one short name."""
    out = [lines[0]]
    for line in lines[1:]:
        stripped = line.strip()
        if not stripped:
            out.append("")
            continue
        short = len(stripped) <= 40 and len(stripped.split()) <= 4
        if short and not re.search(r"[\d@:：?？]", stripped) and not _RULE.match(stripped):
            return [*out, line]
        break
    return out
