"""Mails spoilt at random, the same ones for the same seed: what a reader of strangers' mail must live through."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 400_000  # octets
FIXTURES = Path(__file__).parents[1] / "wire" / "fixtures" / "mail"
WORDS = (
    b"=?utf-8?B?",
    b"?=",
    b"=?iso-2022-jp?Q?",
    b"boundary=",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    b"--b\r\n",
    b"--b--",
    b"\r\n\r\n",
    b"\r\n ",
    b"\0",
    b"<",
    b">",
    b"(",
    b'"',
    b"\\",
    b"@",
    b";",
    b":",
    b"> ",
    b"On Tue wrote:\r\n",
    b"-- \r\n",
    b"\xff\xfe",
    b"\xc3",
    b"\xe2\x80\xae",
    b"<blockquote>",
    b"<div style='display:none'>",
    b"<!--",
    b"]]>",
    b"&#0;",
    b"&#x110000;",
    b"BEGIN:VCALENDAR\r\n",
    b"METHOD:REPLY\r\n",
    b"DTSTART;TZID=Nowhere:99999999T999999\r\n",
    b"charset=utf-7",
    b'charset="x"',
    b"Content-Transfer-Encoding: base64\r\n",
    b"begin 644 a\r\nM",
    b"From: x@y.example\r\n",
    b"Date: Mon, 99 Foo 20261 99:99:99 +9999\r\n",
    b"Authentication-Results: ;;;dkim=pass(((\r\n",
    b"message/delivery-status",
    b"Final-Recipient: ;\r\n",
    b"9999999999",
    b"-1",
    b"\t" * 50,
)


def originals() -> list[bytes]:
    """Our own fixtures, whole mails of every kind."""
    return [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))]


def spoilt(mails: Sequence[bytes], count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` mails, each an original with one to eight mishaps."""
    dice = random.Random(seed)
    for _ in range(count):
        mail = bytearray(dice.choice(mails))
        for _ in range(dice.randint(1, 8)):
            dice.choice(MISHAPS)(mail, dice, mails)
            del mail[LONGEST:]
        yield bytes(mail)


def _place(mail: bytearray, dice: random.Random) -> int:
    return dice.randrange(len(mail) + 1)


def _flip(mail: bytearray, dice: random.Random, _: Sequence[bytes]) -> None:
    for _n in range(dice.randint(1, 20)):
        if mail:
            mail[dice.randrange(len(mail))] = dice.randrange(256)


def _cut(mail: bytearray, dice: random.Random, _: Sequence[bytes]) -> None:
    start = _place(mail, dice)
    del mail[start : start + dice.choice((1, 10, 200, 5000))]


def _end(mail: bytearray, dice: random.Random, _: Sequence[bytes]) -> None:
    del mail[_place(mail, dice) :]


def _insert(mail: bytearray, dice: random.Random, _: Sequence[bytes]) -> None:
    at = _place(mail, dice)
    mail[at:at] = dice.choice(WORDS) * dice.choice((1, 1, 1, 1, 1, 3, 3, 50, 50, 1000))


def _copy(mail: bytearray, dice: random.Random, _: Sequence[bytes]) -> None:
    start, at = _place(mail, dice), _place(mail, dice)
    mail[at:at] = mail[start : start + dice.randint(1, 400)] * dice.choice((1, 2, 30))


def _splice(mail: bytearray, dice: random.Random, mails: Sequence[bytes]) -> None:
    other = dice.choice(mails)
    at, start = _place(mail, dice), dice.randrange(len(other) + 1)
    mail[at:] = other[start:]


def _lines(mail: bytearray, dice: random.Random, _: Sequence[bytes]) -> None:
    lines = bytes(mail).split(b"\r\n")
    if dice.random() < 0.5:
        dice.shuffle(lines)
    else:
        lines.insert(dice.randrange(len(lines)), dice.choice(lines)[:20_000] * dice.choice((1, 100)))
    mail[:] = dice.choice((b"\r\n", b"\n", b"\r", b"\r\r\n")).join(lines)


MISHAPS: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...] = (
    _flip,
    _cut,
    _end,
    _insert,
    _insert,
    _copy,
    _splice,
    _lines,
)


@dataclass
class Outcome:
    """What came of reading many spoilt mails: seconds of work for each, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    failures: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        return max(self.seconds, default=0.0)

    @property
    def percentile_99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] if self.seconds else 0.0


def try_all(mails: Iterator[bytes], read: Callable[[bytes], object]) -> Outcome:
    """Reads each; an exception is a failure, kept with its mail (twenty at most)."""
    outcome = Outcome()
    for mail in mails:
        begun = time.process_time()
        try:
            read(mail)
        except Exception as error:
            # the point of the exercise: whatever is raised is a failure of the reader
            if len(outcome.failures) < 20:
                outcome.failures.append((mail, f"{type(error).__name__}: {error}"))
        outcome.seconds.append(time.process_time() - begun)
    return outcome
