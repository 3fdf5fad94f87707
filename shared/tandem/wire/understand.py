"""From a person's own words to commands (contract, section 4).

    words ──labels.split──► labelled lines ─────────────────────────────► commands
                       └──► sentences ──clauses.read──► saying.say ──► said.agree ──► commands

Nothing is guessed: a sentence that is a question, stands under a condition or is negated in a way the phrases do not
know decides nothing, two answers that contradict each other are none, and what is left is `Unclear`.
The words themselves stand in `phrases/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.core.commands import Command, Counter, Help, Report, Rsvp, Safeguarding, Status, Stop, Unclear
from tandem.wire import clauses, labels
from tandem.wire.clause import AFFIRMED, Clauses
from tandem.wire.folding import Folded, compose, fold
from tandem.wire.handing import hand_over
from tandem.wire.inbound import Context, InboundMail, Itip
from tandem.wire.phrases import lexicon
from tandem.wire.said import Gathered, agree, clean, joined, merged
from tandem.wire.saying import say
from tandem.wire.sentences import Sentence, lines, reflow, sentences
from tandem.wire.setting import Setting

LONGEST = 20_000  # characters of a person's own words that are read; nobody writes more by hand
LONGEST_SENTENCE = 1_000  # characters; in a longer one nobody can say which yes belongs to what
MOST_SENTENCES = 100  # what comes behind is kept as words and decides nothing
MOST_LABELS = 200  # so do further ones


@dataclass(frozen=True, slots=True)
class Understood:
    commands: tuple[Command, ...]
    chat: str = ""  # words that are neither a command nor its text


def understand(text: str, context: Context, itip: tuple[Itip, ...] = (), mail: InboundMail | None = None) -> Understood:
    """The commands in `text` (new words only: no quotation, no signature) and in `itip`, in the order of the text.

    `mail` is not needed; the subject of a mail without any words is never read."""
    own = compose("\n".join(x for x in text[:LONGEST].split("\n") if not x.lstrip().startswith((">", "|>")))).strip()
    own = _unsigned(reflow(own, labels.begins), context)
    if itip:
        return _with_buttons(own, context, itip)
    return _Reader(context).understand(own)


def _unsigned(text: str, context: Context) -> str:
    """The text without the sender's name on a line of its own, and the few lines of a card that may follow it."""
    written = text.split("\n")
    name = fold(context.sender.name)
    for i, line in enumerate(written[1:], 1):
        below = [x for x in written[i + 1 :] if x.strip()]
        if fold(line).strip(" ,.-–*_") == name and len(below) <= 6 and not any(labels.begins(x) for x in below):
            return "\n".join(written[:i]).rstrip()
    return text


def _with_buttons(text: str, context: Context, itip: tuple[Itip, ...]) -> Understood:
    """What a calendar program said, and what the words beside it say more."""
    commands: list[Command] = []
    for one in itip:
        if one.method == "COUNTER":
            if one.problem or one.starts is None:
                commands.append(Unclear(text or one.comment or one.problem or "COUNTER"))
            else:
                commands.append(Counter(context.meeting, one.starts))
        elif one.method == "REPLY":
            named = context.agreement.find(one.attendee) if one.attendee else None
            somebody_else = named is not None and named[1].key != context.sender.key  # RFC 5546 3.2.3: it is theirs
            if one.problem or somebody_else or one.partstat not in ("ACCEPTED", "DECLINED", "TENTATIVE"):
                said = one.problem or (f"{one.partstat} for {one.attendee}" if somebody_else else one.partstat)
                commands.append(Unclear(text or one.comment or said or "REPLY"))
            else:
                commands.append(Rsvp(context.meeting, one.partstat, one.comment))
    buttons = [c for c in commands if isinstance(c, Rsvp)]
    comment = next((one.comment for one in itip if one.comment), None) or ""
    words = text if text and fold(comment).strip() in fold(text) else "\n".join(w for w in (text, comment) if w)
    if any(isinstance(c, Unclear) for c in commands) or not words:
        return Understood(tuple(commands), text)
    read = _Reader(context, buttoned=True).understand(words)
    if any(isinstance(c, Counter) for c in commands):  # a COUNTER gives `counter` alone; its words only explain it
        kept = [c for c in read.commands if isinstance(c, Safeguarding)]
        return Understood((*commands, *kept), read.chat)
    more = [c for c in read.commands if not (isinstance(c, Rsvp) and any(c.partstat == b.partstat for b in buttons))]
    if any(isinstance(c, Rsvp) for c in more):  # the words contradict the button
        return Understood((Unclear(text or comment),), "")
    if any(isinstance(c, Safeguarding) for c in more):
        commands = [Rsvp(c.meeting, c.partstat, None) if isinstance(c, Rsvp) else c for c in commands]
    return Understood((*commands, *more), read.chat)


class _Reader:
    def __init__(self, context: Context, buttoned: bool = False) -> None:
        self.setting = Setting(context, buttoned)

    def understand(self, text: str) -> Understood:
        if not re.search(r"\S", text):
            return Understood(())
        word = self._whole_word(text)
        if word is not None:
            return Understood((word,))
        pieces = labels.split(text)
        free = "\n".join(p.text for p in pieces if isinstance(p, labels.Words))
        setting = self.setting
        setting.languages = setting.languages_of(free or text)
        free_sentences = [s for p in pieces if isinstance(p, labels.Words) for s in self._sentences(p)]
        mail = Gathered(text, free_sentences)
        calendars = tuple(setting.calendar(language) for language in setting.for_labels)
        context = setting.context
        reader = labels.Reader(context.agreement, context.school, setting.clock(setting.languages[0]), calendars)
        for piece in pieces:
            if isinstance(piece, labels.Labelled):
                folded = fold(piece.line.text)
                if self._dangerous(folded, folded):
                    mail.danger.append((piece.line.start, piece.line.end))
                elif len(mail.commands) >= MOST_LABELS:
                    mail.rest.append(Sentence(piece.line.text, piece.line.start, piece.line.end))
                else:
                    mail.commands.append((piece.line.start, reader.command(piece)))
        self._safety(free_sentences, mail)
        alarmed = {(s.start, s.end) for s in free_sentences for a, b in mail.danger if a <= s.start and s.end <= b}
        spoken = [s for s in free_sentences if (s.start, s.end) not in alarmed]
        readings = [self._read(s) for s in spoken[:MOST_SENTENCES]]
        hand_over(setting, readings, mail)
        for reading in readings:
            say(setting, reading, mail)
        mail.rest += spoken[MOST_SENTENCES:]
        folded_free = fold(free)
        if any(lexicon(language).pattern("irony").search(folded_free) for language in setting.languages):
            # "What a splendid meeting. I watched an empty screen for an hour": no good news is believed
            told = {x.family for x in mail.said if x.value in (True, "ACCEPTED")}
            mail.doubts.update(told - {x.family for x in mail.said if x.value in (False, "DECLINED")})
        return self._compose(mail)

    def _sentences(self, words: labels.Words) -> list[Sentence]:
        out: list[Sentence] = []
        for line in lines(words.text):
            out += sentences(line.text, words.start + line.start)
        return out

    def _whole_word(self, text: str) -> Command | None:
        whole = fold(text).strip(" \n.!?,;:*_\"'–-")
        whole = re.sub(r"\s+", " ", whole)
        if len(whole) > 30:
            return None
        commands: tuple[tuple[str, Command], ...] = (("status", Status()), ("help", Help()), ("stop", Stop()))
        for kind, command in commands:
            for language in self.setting.preferred:
                if lexicon(language).pattern(kind).fullmatch(whole):
                    return command
        return None

    def _read(self, sentence: Sentence) -> Clauses:
        """The sentence in the language that understands most of it."""
        if len(sentence.text) > LONGEST_SENTENCE:
            return Clauses(sentence, lexicon(self.setting.languages[0]), Folded(compose(sentence.text)))
        best: Clauses | None = None
        least = 0.0
        for language in self.setting.languages:
            setting = self.setting
            calendar, counting = setting.calendar(language), setting.kind == "catch-up"
            reading = clauses.read(
                sentence,
                lexicon(language),
                calendar,
                setting.kinds,
                setting.cities,
                counting=counting,
                offered=setting.context.options,
                soon=setting.soon,
            )
            left = len(reading.rest())
            something = bool(reading.hits or reading.chat or reading.doubtful or reading.whens or reading.numbers)
            cost = left - (0.5 if something else 0) + (0 if language == self.setting.languages[0] else 0.25)
            if best is None or (cost < least and something):
                best, least = reading, cost
            if left == 0 and something:
                break
            if (reading.hits or reading.doubtful) and language in self.setting.languages[:1]:
                break
        assert best is not None
        first = lexicon(self.setting.languages[0])
        if best.lex is not first and first.pattern("negator").search(best.text):
            # "no vamos a seguir" denies in one language what its sister reads as an answer
            best.doubtful += [h for h in best.hits if h.kind in AFFIRMED]
            best.hits = [h for h in best.hits if h.kind not in AFFIRMED]
        return best

    def _dangerous(self, text: str, around: str) -> bool:
        for language in dict.fromkeys([*self.setting.languages, *self.setting.preferred]):
            lex = lexicon(language)
            if lex.pattern("danger").search(text):
                return True
            if lex.pattern("child").search(around):
                uneasy = lex.pattern("reassure").sub(" ", text)  # "don't worry, the pupils are fine"
                if lex.pattern("worry").search(uneasy):
                    return True
        return False

    def _safety(self, free: list[Sentence], mail: Gathered) -> None:
        """From the first sentence about a child's safety on, everything belongs to it."""
        for i, sentence in enumerate(free):
            around = fold(" ".join(s.text for s in free[max(0, i - 1) : i + 2]))
            own = fold(sentence.text)
            if self._dangerous(own, around):
                begin = i
                while begin and not self._answers(free[begin - 1]):
                    begin -= 1
                end = i
                while end + 1 < len(free) and not self._closes(free[end + 1]):
                    end += 1
                mail.danger.append((free[begin].start, free[end].end))
                return

    def _answers(self, sentence: Sentence) -> bool:
        """Whether a sentence before a worry is an answer or a greeting of its own."""
        reading = self._read(sentence)
        return bool(reading.hits or reading.numbers) or (bool(reading.chat) and not reading.rest())

    def _closes(self, sentence: Sentence) -> bool:
        reading = self._read(sentence)
        return bool(reading.chat) and not reading.rest() and not reading.hits

    def _compose(self, mail: Gathered) -> Understood:
        own = {"escalation": "answer", "catch-up": "choice"}.get(self.setting.kind or "")
        answers = ("rsvp", "report", own)
        if any(x.family in answers and not x.weak for x in mail.said):
            mail.rest += mail.asides
        else:
            mail.doubts.update(("rsvp", "report") if mail.asides else ())
            mail.unclear += [(s.start, s.end) for s in mail.asides]
        if mail.corrected and not any(x.family in ("report", "rsvp", "bare") for x in mail.said):
            mail.unclear += mail.corrected  # "Yes. No, wait, that was last week."
            mail.whole()
        text, kept = mail.text, agree(mail)
        placed: list[tuple[int, Command]] = [
            *mail.commands,
            *((x.start, x.command) for x in kept if x.command is not None),
        ]
        report = next((c for _, c in placed if isinstance(c, Report)), None)
        for start, end in mail.danger:
            placed.append((start, Safeguarding(clean(text[start:end]))))
        rest = [(s.start, s.end) for s in mail.rest]
        unclear = list(dict.fromkeys(mail.unclear))
        if not placed and rest and not self.setting.buttoned:
            unclear += rest
            rest = []
        chat = " ".join(clean(text[a:b]) for a, b in sorted([*rest, *mail.notes]))
        if report is not None:
            spans = [] if mail.danger else sorted([*rest, *mail.notes])
            spans = [(a, b) for a, b in spans if report.held or not self._private(text[a:b])]
            notes = joined(text, spans)
            noted = Report(report.meeting, report.held, notes or None)
            placed = [(p, noted if c is report else c) for p, c in placed]
            chat = ""
        for start, end in merged(text, unclear):
            placed.append((start, Unclear(clean(text[start:end]))))
        placed.sort(key=lambda p: p[0])
        return Understood(tuple(c for _, c in placed), chat)

    def _private(self, text: str) -> bool:
        return any(lexicon(lang).pattern("private").search(fold(text)) for lang in self.setting.languages)
