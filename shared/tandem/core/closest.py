"""Which of the open actions do somebody's words mean?

Words are compared without case, accents and punctuation, long ones weighing more than short ones; two that begin
alike ("sensor", "sensors") or lie one in the other ("قائمة", "القائمة") are the same. Chinese, Japanese, Thai and
their like write no spaces: there every two neighbouring characters are a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tandem.core.partnership import Action

ENOUGH = 2 / 3  # of the shorter one's weight
_ARTICLE = "\u0627\u0644"  # the Arabic one is written with its word
_UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # kana, iteration marks
    "\u3400-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U000323af"
    "]+"
)


def closest(actions: Sequence[Action], text: str, by: str | None = None) -> Action | None:
    """The action that the words mean; of equals the speaker's own (`by`, an address), then the newest.

    None where no action has at least two thirds of its words, or of theirs, in common with them: better a new line
    than a wrong one closed.
    """
    wanted = words_of(text)
    best: tuple[float, float, bool, int, Action] | None = None
    for number, action in enumerate(actions):
        score, whole = _likeness(wanted, words_of(action.text))
        if score >= ENOUGH:
            found = (score, whole, by is not None and action.owner == by, number, action)
            best = found if best is None or found[:4] > best[:4] else best
    return best[4] if best else None


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text in order: letters and digits, folded; pairs of characters where none are spaced."""
    folded = unicodedata.normalize("NFKD", text.casefold()).replace("\u0964", " ").replace("\u0965", " ")  # dandas
    # Marks are letters in the scripts of India and Myanmar; there only the nukta is left out, as labels do.
    kept = "".join(c for c in folded if unicodedata.category(c) != "Mn" or unicodedata.combining(c) in (0, 9))
    out: list[str] = []
    for run in re.findall(r"[\w\u0900-\u0d7f\u1000-\u109f\u0e00-\u0eff\u1780-\u17ff]+", kept):
        end = 0
        for match in _UNSPACED.finditer(run):
            out += [run[end : match.start()], *_pairs(match[0])]
            end = match.end()
        out.append(run[end:])
    out = [w[2:] if len(w) > 4 and w.startswith(_ARTICLE) else w for w in out]
    return tuple(dict.fromkeys(w for w in out if w))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[float, float]:
    """How much of the shorter text stands in the other (0 to 1), and how much of the longer."""
    if not one or not other:
        return 0.0, 0.0
    shorter, longer = sorted((one, other), key=_weight)
    found = tuple(w for w in shorter if any(_same(w, v) for v in longer))
    back = tuple(w for w in longer if any(_same(w, v) for v in shorter))
    return _weight(found) / _weight(shorter), _weight(back) / _weight(longer)


def _weight(words: tuple[str, ...]) -> int:
    return sum(map(len, words))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4 or _UNSPACED.match(shorter):
        return False
    shared = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    inside = shorter in longer and 5 * len(shorter) >= 3 * len(longer)
    return inside or (shared >= 4 and 4 * shared >= 3 * len(longer))
