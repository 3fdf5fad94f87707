"""Participants by the names that people call them, and addresses in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from tandem.core.agreement import Agreement, Person, School
from tandem.wire.folding import compose, fold, words
from tandem.wire.phrases import LANGUAGES, data, regex

ADDRESS = re.compile(
    r"(?<![\w.+@-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?![\w@])"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A participant mentioned; positions in the folded text."""

    start: int
    end: int
    person: Person
    school: School


@cache
def _titles() -> frozenset[str]:
    return frozenset(fold(t) for lang in LANGUAGES for t in data(lang).get("titles", {}).get("before", []))


@lru_cache(1024)
def _folded(said: str) -> str:
    return fold(said)


@lru_cache(1024)
def _keys(name: str) -> tuple[str, ...]:
    return tuple(
        w for w in re.split(r"[\s&/,]+", fold(name)) if w and w.strip(".") not in _titles() and len(w.strip(".")) > 1
    )


def people(text: str, agreement: Agreement, own: School) -> list[Found]:
    """Who is named in a folded text: by address, full name, first name or last name, where that is one person's
    only. A name two people share goes to the sender's own school where it is one person's there."""
    everyone = list(agreement.people)
    found: list[Found] = []
    for school, person in everyone:
        for said in (person.email, *person.also, person.name):
            whole = _folded(said)
            if whole in text:
                found += [Found(m.start(), m.end(), person, school) for m in _whole(whole).finditer(text)]
    by_word: dict[str, list[tuple[School, Person]]] = {}
    for school, person in everyone:
        for word in dict.fromkeys(_keys(person.name)):
            by_word.setdefault(word, []).append((school, person))
    for word, holders in by_word.items():
        if len(holders) > 1:
            mine = [h for h in holders if h[0].id == own.id]
            holders = mine if len(mine) == 1 else []
        if len(holders) == 1 and word in text:
            school, person = holders[0]
            found += [Found(m.start(), m.end(), person, school) for m in _whole(word).finditer(text)]
    found += _titled(text, everyone)
    kept: list[Found] = []
    for f in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if not any(f.start < k.end and k.start < f.end for k in kept):
            kept.append(f)
    return sorted(kept, key=lambda f: f.start)


_EAST_TITLE = r"(?:老师|老師|先生|女士|小姐|校长|校長|主任|さん|様|さま|氏|くん)"


def _titled(text: str, everyone: list[tuple[School, Person]]) -> list[Found]:
    """Half of a name that is written without a space, before a title: "王老师" of 王芳, "佐藤さん" of 佐藤花子."""
    out: list[Found] = []
    for m in re.finditer(rf"([\u3400-\u9fff]{{1,4}}){_EAST_TITLE}", text):
        for length in range(len(m[1]), 0, -1):
            part = m[1][-length:]
            holders = [
                (s, p) for s, p in everyone
                if re.fullmatch(r"[\u3040-\u30ff\u3400-\u9fff]{2,6}", fold(p.name)) and len(part) < len(fold(p.name))
                and (fold(p.name).startswith(part) or (length > 1 and fold(p.name).endswith(part)))
            ]  # fmt: skip
            if holders:
                if len(holders) == 1:
                    out.append(Found(m.end(1) - length, m.end(), holders[0][1], holders[0][0]))
                break
    return out


def _whole(word: str) -> re.Pattern[str]:
    if re.search(r"[\u3040-\u30ff\u3400-\u9fff]", word):
        return regex(re.escape(word))
    if re.search(r"[^\W\d_a-z]", word):  # another alphabet
        return regex(rf"(?<![\w@.+-]){re.escape(word)}(?![\w@-])")
    return regex(rf"(?<![0-9a-z_@.+-]){re.escape(word)}(?![0-9a-z_@-])")  # "Ellis老师": no space there


def addressed(text: str) -> list[tuple[str, str]]:
    """(name, address) of each address in a text as it was written: `Name <a@b>`, `Name (a@b)`, `Name, a@b`,
    `a@b (Name)`. The name is empty where none stands beside it."""
    text = compose(text)
    out: list[tuple[str, str]] = []
    for m in ADDRESS.finditer(text):
        address = m[0].rstrip(".")
        before, behind = text[: m.start()], text[m.end() :]
        name = _name_before(before) or _name_behind(before, behind)
        out.append((name, address))
    return out


_EAST = r"\u3040-\u30ff\u3400-\u9fff"
# what stands before a name without a space: "由王芳接替", "後任は佐藤花子", "请联系..."
_EAST_LEAD = re.compile(
    r"\A.*(?:将由|將由|由|是|为|為|给|給|请|請|は|が|を|の|に|で)(?=[\u30a0-\u30ff\u3400-\u9fffA-Za-z])"
)
_EAST_TAIL = re.compile(
    r"(?:老师|老師|先生|女士|校长|校長|さん|様|氏|接手|接替我?|接任|接管|代替我?|负责|負責|を?引き継ぎます|引継ぎます)+\Z"
)
# "她的邮箱是 f.wang@...": the words before an address that speak of it, and what stands in nobody's name
_EAST_ADDRESS = re.compile(
    r"(?:他|她|其|对方|彼女|彼)?[的の]?(?:电子|電子)?(?:邮箱|郵箱|邮件|郵件|电邮|電郵|信箱|メールアドレス|メール|アドレス)"
    r"(?:地址)?(?:是|为|為|は)?\s*\Z"
)
_EAST_NO_NAME = re.compile(r"[的是她他这這那]|[邮郵信]箱|アドレス|メール")


def _eastern(word: str) -> str:
    """A name of Chinese or Japanese letters without the words written together with it."""
    if not re.search(f"[{_EAST}]", word):
        return word
    latin = re.search(rf"[{_EAST}]([A-Z][\w'’.-]*)\Z", word)
    if latin:
        return "\0" + latin[1]
    lead = _EAST_LEAD.match(word)
    rest = word[lead.end() :] if lead else word
    rest = _EAST_TAIL.sub("", rest) if len(_EAST_TAIL.sub("", rest)) > 1 else rest
    return ("\0" if lead else "") + rest


_NAME_WORD = r"[^\W\d_][\w\u0900-\u0963'’.-]*"  # Devanagari writes its vowels with signs


def _name_before(before: str) -> str:
    before = re.sub(r"[\s<(\[（《〈「,，、；،:：-]*(?:e-?mail|mail|mailto)?[\s:：<(\[（]*\Z", "", before, flags=re.I)
    before = _EAST_ADDRESS.sub("", before[-200:]).rstrip(" ,，、。；:：")
    quoted = re.search(r"[\"“„«]([^\"“”„«»]{2,60})[\"”»]\Z", before)
    if quoted:
        return quoted[1].strip()
    line = re.split(r"[\n.;；。!?！？:：,，、،]", before)[-1].strip()
    return _trailing_name(line)


def _trailing_name(line: str) -> str:
    """The name at the end of a line: words with capitals where the script has them, else the last words."""
    words = line.split()
    kept: list[str] = []
    for word in reversed(words):
        bare = _eastern(word.strip("\"'()<>"))
        if bare.startswith("\0"):  # the name begins inside this word
            kept.append(bare[1:])
            break
        if bare and not _has_case(bare[0]) and fold(bare) in _no_names():
            break
        if not bare or not re.fullmatch(_NAME_WORD, bare):
            break
        if kept and _has_case(kept[-1][0]) and re.match(f"[{_EAST}]", bare):  # "後任は Joy Atieno"
            break
        if kept and _has_case(bare[0]) and not _has_case(kept[-1][0]):  # "Joy Atieno وبريدها"
            kept = []
        particle = bare.lower() in _particles() and bool(kept)
        if bare[0].isupper() or particle or not _has_case(bare[0]):
            kept.append(bare)
        else:
            break
        if len(kept) == 5:
            break
    kept.reverse()
    if any(_EAST_NO_NAME.search(word) for word in kept):
        return ""
    led = False
    while kept and (
        fold(kept[0]).strip(".") in _titles()
        or kept[0].lower() in _leads()
        or (kept[0].lower() in _particles() and (kept[0].islower() or len(kept) != 2))  # but "Ben Carter", "De Souza"
        or (led and fold(kept[0]) in _days_and_months())  # "From January Joy Atieno"
    ):
        led = led or kept[0].lower() in _leads()
        kept.pop(0)
    return " ".join(kept)


@cache
def _no_names() -> frozenset[str]:
    """Words of the languages without capitals that stand beside a successor's name and are none."""
    kinds = ("takes_over", "leaving", "leaves", "from_me", "filler", "greeting", "thanks", "wish")
    out: set[str] = set()
    for language in ("hi", "ar"):
        said = data(language)["say"]
        for phrase in [p for kind in kinds for p in said.get(kind, [])]:
            out.update(words(fold(phrase)))
        out.update(fold(w) for w in data(language).get("common", []))
    return frozenset(out)


@cache
def _particles() -> frozenset[str]:
    return frozenset(fold(p) for lang in LANGUAGES for p in data(lang).get("titles", {}).get("particles", []))


@cache
def _leads() -> frozenset[str]:
    """Words that begin a sentence before a name: the "C'est" of "C'est Joy Atieno"."""
    return frozenset(fold(p) for lang in LANGUAGES for p in data(lang).get("titles", {}).get("leads", []))


@cache
def _days_and_months() -> frozenset[str]:
    dates = [data(lang)["dates"] for lang in LANGUAGES]
    return frozenset(fold(n) for d in dates for names in (*d["months"], *d["weekdays"]) for n in names)


def _has_case(char: str) -> bool:
    return char.lower() != char.upper()


def _name_behind(before: str, behind: str) -> str:
    inside = re.match(r"[>\s]*[(（]([^()（）@]{2,60})[)）]", behind)
    return inside[1].strip() if inside else ""
