"""How well replies are trimmed: our rules beside mail-parser-reply and quotequail, on the same texts.

    python benchmarks/trimming.py [--json] [-v]

Two sets: the pairs of `email_reply_trimmer` in `../shared/corpus/replies` (left out where they are not at hand), and
replies made here, one for each line that stands above a quotation in the languages of the tests. "Exact" is equal up
to white space; "lost" counts replies of which a word that should be there is not. Exit 1 where ours are not exact in
95% of either set, or lose an answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

import quotequail
from mailparser_reply import EmailReplyParser

from tandem.wire.trim import trim
from tests.wire.test_trim import ABOVE, CLOSINGS, FIELDS, PHONES, WHO

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "replies" / "email_reply_trimmer"
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh"]  # all that it knows
WANTED = 0.95
Pair = tuple[str, str, str]  # name, text, expected


@dataclass
class Score:
    exact: int = 0
    lost: int = 0
    failed: int = 0
    missed: tuple[str, ...] = ()


def _ours(text: str) -> str:
    return trim(text).shown


def _mail_parser_reply(text: str) -> str:
    replies = EmailReplyParser(languages=LANGUAGES).read(text=_capped(text)).replies
    return replies[0].body if replies else ""


def _quotequail(text: str) -> str:
    unwrapped = quotequail.unwrap(_capped(text))
    return unwrapped.get("text_top", "") if unwrapped else text


def _capped(text: str) -> str:
    """One hangs on long lines, the other on many."""
    return "\n".join(line[:400] for line in text.split("\n")[:500])


WAYS: dict[str, Callable[[str], str]] = {
    "ours": _ours, "mail-parser-reply": _mail_parser_reply, "quotequail": _quotequail
}  # fmt: skip


def _captured() -> list[Pair]:
    return [
        (
            path.name.removesuffix(".in.txt"),
            path.read_text(encoding="utf-8").replace("\r\n", "\n"),
            path.with_name(path.name.replace(".in.", ".expected.")).read_text(encoding="utf-8"),
        )
        for path in sorted(CORPUS.glob("*.in.txt"))
    ]


def _made() -> list[Pair]:
    """A short answer with each attribution, marked and unmarked quotation, block, signature line and closing."""
    said, quoted = "Yes, we met.", "No, we did not meet.\nAgenda: not mine"
    marked = "\n".join(f"> {line}" for line in quoted.split("\n"))
    pairs = [
        (f"{language} above", f"{said}\n\n{line}\n\n{marked}\n", said)
        for language, lines in ABOVE.items()
        for line in lines
    ]
    pairs += [
        (f"{language} unmarked", f"{said}\n\n{line}\n\n{quoted}\n", said)
        for language, lines in ABOVE.items()
        for line in lines
        if WHO in line
    ]
    values = (WHO, "13 October 2026 14:02", "Aisha Khan", "Did you meet?")
    for language, names in FIELDS.items():
        block = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
        pairs.append((f"{language} block", f"{said}\n\n{block}\n\n{quoted}", said))
    pairs += [(f"phone {line}", f"{said}\n\n{line}\n\n{ABOVE['en'][0]}\n{marked}", said) for line in PHONES]
    pairs += [(f"closing {line}", f"{said}\n\n-- \nAisha\n{line}\n", said) for line in CLOSINGS]
    return pairs


def _score(pairs: list[Pair], way: Callable[[str], str]) -> Score:
    score = Score()
    for name, text, expected in pairs:
        try:
            got = way(text)
        except Exception as error:
            # a library that raises is told so, not hidden
            score.failed += 1
            score.missed += (f"{name}: {type(error).__name__}",)
            continue
        if got.split() == expected.split():
            score.exact += 1
        else:
            score.missed += (name,)
        score.lost += not set(expected.split()) <= set(got.split())
    return score


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("-v", action="store_true", help="name what is not exact")
    given = arguments.parse_args()
    sets = {"captured": _captured(), "made": _made()}
    table = {name: {way: _score(pairs, call) for way, call in WAYS.items()} for name, pairs in sets.items() if pairs}
    if given.json:
        print(
            json.dumps({n: {w: vars(s) | {"of": len(sets[n])} for w, s in ways.items()} for n, ways in table.items()})
        )
    else:
        for name in sets:
            if name not in table:
                print(f"{name}: not at hand, left out")
                continue
            for way, score in table[name].items():
                of = len(sets[name])
                print(f"{name}: {way:18} exact {score.exact} of {of}, lost {score.lost}, raised {score.failed}")
                for missed in score.missed if given.v else ():
                    print(f"    {missed}")
    return int(any(ways["ours"].exact < WANTED * len(sets[n]) or ways["ours"].lost for n, ways in table.items()))


if __name__ == "__main__":
    sys.exit(main())
