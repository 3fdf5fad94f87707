"""Codes that people write: countries, languages, addresses, zones. Each `..._problem` says what is wrong with one.

It gives None where the code is good, else what would be right. Sources: ISO 3166-1 (officially assigned codes, and the
user-assigned ones, which name no country but are no mistake), BCP 47 (RFC 5646) with the languages of CLDR, RFC 5321
for addresses as SES takes them (ASCII only), the `tzdata` package for zones.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache

from tandem.core import zones

SPOKEN = ("en", "fr", "es", "pt", "de", "sw", "hi", "ar", "zh", "ja")  # languages that mails come in

_ASSIGNED = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_ASSIGNED.split())
_USER_ASSIGNED = re.compile(r"(?:AA|Q[M-Z]|X[A-Z]|ZZ)\Z")
_COUNTRY = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?\Z")
_MISTAKEN_COUNTRY = {"UK": "GB", "EL": "GR", "SU": "RU", "YU": "RS", "TP": "TL", "BU": "MM", "ZR": "CD", "DD": "DE"}
_MISTAKEN_LANGUAGE = {
    "jp": "ja", "cn": "zh", "cz": "cs", "gr": "el", "gb": "en", "uk-ua": "uk", "english": "en", "french": "fr",
    "francais": "fr", "spanish": "es", "espanol": "es", "portuguese": "pt", "german": "de", "deutsch": "de",
    "swahili": "sw", "kiswahili": "sw", "hindi": "hi", "arabic": "ar", "chinese": "zh", "japanese": "ja",
}  # fmt: skip
_LANGTAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?P<script>-[a-z]{4})?(?P<region>-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?\Z",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")


def likely(word: str, among: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one that was probably meant, or None. A long word is compared by its beginning: this must stay fast."""
    options = list(among)
    folded = {option.casefold(): option for option in reversed(options)}
    found = difflib.get_close_matches(word[:40].casefold(), list(folded), 1, cutoff)
    return folded[found[0]] if found else None


def country_problem(text: str) -> str | None:
    code, _, part = text.partition("-")
    upper = code.upper()
    if _COUNTRY.match(text) and (code in COUNTRIES or _USER_ASSIGNED.match(code)):
        return None
    meant = _MISTAKEN_COUNTRY.get(upper, upper if upper in COUNTRIES else None)
    if meant:
        return meant + (f"-{part[:3].upper()}" if re.fullmatch(r"[A-Za-z0-9]{1,3}", part) else "")
    return "an ISO 3166 code such as KE, or GB-ENG for a subdivision"


def language_problem(tag: str) -> str | None:
    mistaken = _MISTAKEN_LANGUAGE.get(tag.casefold())
    if mistaken:
        return mistaken
    found = _LANGTAG.match(tag) if len(tag) <= 80 else None
    if not found:
        other = tag.replace("_", "-")
        return other if other != tag and language_problem(other) is None else "a BCP 47 tag such as en, sw or pt-BR"
    language, region = found["language"].lower().split("-")[0], (found["region"] or "")[1:].upper()
    languages, shorter = _languages()
    if language not in languages:
        replacement = shorter.get(language) or likely(language, SPOKEN)
        return replacement or "a BCP 47 tag such as en, sw or pt-BR"
    if region and not region.isdigit() and region not in COUNTRIES and not _USER_ASSIGNED.match(region):
        meant = _MISTAKEN_COUNTRY.get(region)
        return f"{language}-{meant}" if meant else f"{language}, or {language} and an ISO 3166 country"
    return None


def language_tag(tag: str) -> str:
    """The tag as BCP 47 recommends writing it (RFC 5646, 2.1.1): en-GB, zh-Hans."""
    parts = tag.split("-")
    out = [parts[0].lower()]
    for part in parts[1:]:
        if len(out[-1]) == 1:
            out.append(part.lower())
        elif len(part) == 2:
            out.append(part.upper())
        elif len(part) == 4 and part.isalpha():
            out.append(part.title())
        else:
            out.append(part.lower())
    return "-".join(out)


@cache
def _languages() -> tuple[frozenset[str], dict[str, str]]:
    from babel.core import get_global

    aliases = {k: v for k, v in get_global("language_aliases").items() if k.isalpha()}
    known = {k for k in get_global("likely_subtags") if k.isalpha()} | {k for k in aliases if len(k) == 2}
    return frozenset(known | {"und"}) - {"und"}, {k: v for k, v in aliases.items() if v.isalpha()}


def email_problem(text: str) -> str | None:
    example = "an address such as a.khan@airedale.example"
    if not text.isascii():
        return "an address in ASCII, the domain in its xn-- form"
    if text.count("@") != 1 or len(text) > 254:
        return example
    local, _, domain = text.partition("@")
    labels = domain.split(".")
    good = _LOCAL.match(local) and len(local) <= 64 and len(labels) > 1 and all(_LABEL.match(x) for x in labels)
    return None if good and not labels[-1].isdigit() else example


def zone_problem(text: str) -> str | None:
    if zones.known(text):
        return None
    wanted = text[:60].casefold().replace(" ", "_")
    cities: dict[str, str] = {}
    for name in sorted(zones.names(), reverse=True):
        cities[name.rpartition("/")[2].casefold()] = name
        cities[name.casefold()] = name
    if wanted in cities:
        return cities[wanted]
    meant = likely(wanted, cities, 0.75) or likely(wanted.rpartition("/")[2], cities, 0.75)
    return cities[meant] if meant else "an IANA zone such as Europe/London"
