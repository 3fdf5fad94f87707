"""Whatever client wrote a mail and whatever it quotes, what the person said is the same."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.wire import mail, reading
from tandem.wire.understand import understand
from tests.wire.understanding import STARTS, Row, agreement, context, rows, shown

ROWS = list(rows())
QUOTED = {  # what the system had written, with every trap: answers, options, labels, dates
    "en": "Did the meeting take place? Yes, we met. No, we did not meet.\n1. Thursday 15 October, 14:00\n2. Friday\n"
    "Agenda: something of yours\nReply NO if that is wrong. I can't make it. We have to cancel the meeting.",
    "fr": "La réunion a-t-elle eu lieu ? Oui, nous nous sommes réunis. Non.\n1. jeudi\nOrdre du jour : un point",
    "es": "¿Tuvo lugar la reunión? Sí, nos reunimos. No.\n1. jueves\nOrden del día: un punto",
    "pt": "A reunião aconteceu? Sim, nos reunimos. Não.\n1. quinta\nPauta: um ponto",
    "de": "Hat das Treffen stattgefunden? Ja, wir haben uns getroffen. Nein.\n1. Donnerstag\nTagesordnung: ein Punkt",
    "sw": "Je, mkutano ulifanyika? Ndiyo, tulikutana. Hapana.\n1. Alhamisi\nAjenda: jambo",
    "hi": "क्या बैठक हुई? हाँ, हम मिले थे। नहीं।\n1. गुरुवार\nकार्यसूची: एक बात",
    "ar": "هل تم الاجتماع؟ نعم، التقينا. لا.\n1. الخميس\nجدول الأعمال: نقطة",
    "zh": "会议举行了吗？是的，我们见面了。没有。\n1. 星期四\n议程：一点",
    "ja": "会議は行われましたか？はい、会いました。いいえ。\n1. 木曜日\n議題：ひとつ",
}
WROTE = {
    "en": "On Tue, 13 Oct 2026 at 14:02, Tandem <aire-nyanza@tandem.example> wrote:",
    "fr": "Le mar. 13 oct. 2026 à 14:02, Tandem <aire-nyanza@tandem.example> a écrit :",
    "es": "El mar, 13 oct 2026 a las 14:02, Tandem (<aire-nyanza@tandem.example>) escribió:",
    "pt": "Em ter., 13 de out. de 2026 às 14:02, Tandem <aire-nyanza@tandem.example> escreveu:",
    "de": "Am Di., 13. Okt. 2026 um 14:02 Uhr schrieb Tandem <aire-nyanza@tandem.example>:",
    "sw": "Mnamo Jumanne, 13 Okt 2026 saa 14:02, Tandem <aire-nyanza@tandem.example> aliandika:",
    "hi": "मंगल, 13 अक्टू॰ 2026 को 14:02 बजे Tandem <aire-nyanza@tandem.example> ने लिखा:",
    "ar": "في الثلاثاء، 13 أكتوبر 2026 14:02، كتب Tandem <aire-nyanza@tandem.example>:",
    "zh": "Tandem <aire-nyanza@tandem.example> 于2026年10月13日周二 14:02写道：",
    "ja": "2026年10月13日(火) 14:02 Tandem <aire-nyanza@tandem.example>:",
}
HEAD = (
    "From: Aisha Khan <{who}>\r\nTo: aire-nyanza@tandem.example\r\nSubject: Re: Rivers and Lakes\r\n"
    "Date: Wed, 14 Oct 2026 09:00:00 +0100\r\nMessage-ID: <{id}@airedale.example>\r\n"
    "In-Reply-To: <x@eu-west-1.amazonses.com>\r\nMIME-Version: 1.0\r\n"
)
Client = Callable[[str, str], bytes]


def _head(number: str, who: str = "a.khan@airedale.example") -> str:
    return HEAD.format(who=who, id=number)


def _plain(text: str, encoding: str = "base64", number: str = "p", who: str = "a.khan@airedale.example") -> bytes:
    body = text.replace("\n", "\r\n").encode()
    coded = base64.encodebytes(body).replace(b"\n", b"\r\n") if encoding == "base64" else quopri.encodestring(body)
    if encoding == "8bit":
        coded = body
    head = (
        _head(number, who) + f"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + coded


def _both(text: str, html: str) -> bytes:
    part = "--b\r\nContent-Type: text/{}; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n"
    coded = [base64.encodebytes(t.encode()).decode().replace("\n", "\r\n") for t in (text, html)]
    head = _head("b") + 'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    return (head + part.format("plain", coded[0]) + part.format("html", coded[1]) + "--b--\r\n").encode()


def _html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<div>{line or '<br>'}</div>" for line in escaped.split("\n"))


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def thunderbird(says: str, lang: str) -> bytes:
    return _plain(f"{says}\n\n{WROTE[lang]}\n{_quote(QUOTED[lang])}\n", "8bit")


def gmail(says: str, lang: str) -> bytes:
    quoted = (f'<div class="gmail_quote"><div class="gmail_attr">{_html(WROTE[lang])}</div>'
              f'<blockquote class="gmail_quote">{_html(QUOTED[lang])}</blockquote></div>')  # fmt: skip
    return _both(
        f"{says}\n\n{WROTE[lang]}\n\n{_quote(QUOTED[lang])}\n", f'<div dir="ltr">{_html(says)}</div><br>{quoted}'
    )


def outlook(says: str, lang: str) -> bytes:
    header = ("<div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">"
              "<p class=MsoNormal>"
              "<b>From:</b> Tandem &lt;aire-nyanza@tandem.example&gt;<br><b>Sent:</b> 13 October 2026 14:02<br>"
              "<b>To:</b> Aisha Khan<br><b>Subject:</b> Rivers and Lakes</p></div></div>")  # fmt: skip
    text = (f"{says}\n\nFrom: Tandem <aire-nyanza@tandem.example>\nSent: 13 October 2026 14:02\nTo: Aisha Khan\n"
            f"Subject: Rivers and Lakes\n\n{QUOTED[lang]}\n")  # fmt: skip
    return _both(text, f'<div class="WordSection1">{_html(says)}{header}{_html(QUOTED[lang])}</div>')


def apple(says: str, lang: str) -> bytes:
    return _both(f"{says}\n\n> {WROTE[lang]}\n> \n{_quote(QUOTED[lang])}\n",
                 f'{_html(says)}<div><br><blockquote type="cite"><div>{_html(WROTE[lang])}</div><br>'
                 f"<div>{_html(QUOTED[lang])}</div></blockquote></div>")  # fmt: skip


def yahoo(says: str, lang: str) -> bytes:
    return _plain(f" {says}\n\n    {WROTE[lang]}  \n \n {_quote(QUOTED[lang])}\n  ", "quoted-printable")


def iphone(says: str, lang: str) -> bytes:
    return _plain(f"{says}\n\nSent from my iPhone\n\n{_quote(WROTE[lang])}\n> \n{_quote(QUOTED[lang])}\n")


def android(says: str, lang: str) -> bytes:
    return _plain(f"{says}\n\nGet Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\n"
                  f"From: Tandem <aire-nyanza@tandem.example>\nSent: Tuesday, October 13, 2026 2:02:00 PM\n"
                  f"To: Aisha Khan <a.khan@airedale.example>\nSubject: Rivers and Lakes\n\n"
                  f"{QUOTED[lang]}\n")  # fmt: skip


def signed(says: str, lang: str) -> bytes:
    return _plain(
        f"{says}\n\n-- \nAisha Khan\nAiredale High School\nTel: +44 1535 000000\n\n"
        f"{WROTE[lang]}\n{_quote(QUOTED[lang])}\n"
    )


CLIENTS: tuple[Client, ...] = (thunderbird, gmail, outlook, apple, yahoo, iphone, android, signed)
# one row in seven: each client with each kind
CASES = [(row, CLIENTS[i % len(CLIENTS)]) for i, row in enumerate(ROWS[::7])]


@pytest.mark.parametrize(("row", "client"), CASES, ids=lambda x: getattr(x, "name", getattr(x, "__name__", "")))
def test_a_reply_from_any_client_means_what_its_words_mean(row: Row, client: Client) -> None:
    what = agreement(row.language)
    found = reading.read(
        client(row.says, row.language), what, row.now, meeting="2026-10", reply_to=row.to, starts=STARTS
    )
    assert found.accepted, found.why
    assert tuple(shown(c) for c in found.commands) == row.means, (row.says, found.text)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("language", sorted(QUOTED))
def test_what_is_quoted_never_counts(client: Client, language: str) -> None:
    for to in ("check-in", "invite", "catch-up", "receipt", "agreement"):
        found = reading.read(
            client("", language), agreement(language), STARTS, meeting="2026-10", reply_to=to, starts=STARTS
        )
        assert not [c for c in found.commands if c.kind != "unclear"], (found.text, found.commands)


FREE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ROWS), st.lists(st.one_of(FREE, st.sampled_from(sorted(QUOTED.values()))), max_size=5))
def test_the_commands_are_the_same_whatever_is_quoted_below(row: Row, quoted: list[str]) -> None:
    below = _quote("\n".join(quoted))
    raw = _plain(f"{row.says}\n\n{WROTE[row.language]}\n{below}\n", "8bit")
    said = understand(mail.parse(raw).text, context(row.language, row.to))
    assert tuple(shown(c) for c in said.commands) == row.means


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300), st.sampled_from(["check-in", "invite", "catch-up", None]), st.sampled_from(sorted(QUOTED))
)
def test_no_words_are_too_strange_to_be_read(words: str, to: str | None, language: str) -> None:
    understand(words, context(language, to))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([w for row in ROWS for w in row.says.split()]), max_size=25),
    st.sampled_from(["check-in", "invite"]),
)
def test_words_thrown_together_do_not_contradict_themselves(words: list[str], to: str) -> None:
    said = understand(" ".join(words), context("en", to)).commands
    assert len({c.held for c in said if c.kind == "report"}) < 2
    assert len({c.partstat for c in said if c.kind == "rsvp"}) < 2


def test_an_alias_answers_for_its_person() -> None:
    raw = _plain("Yes", who="Aisha.K@mail.example")
    found = reading.read(raw, agreement(), STARTS, meeting="2026-10", reply_to="check-in", starts=STARTS)
    assert found.sender == "a.khan@airedale.example"
    assert [c.kind for c in found.commands] == ["report"]


def test_a_stranger_says_nothing() -> None:
    found = reading.read(_plain("Yes", who="x@y.example"), agreement(), STARTS, meeting="2026-10", reply_to="check-in")
    assert (found.accepted, found.why, found.commands) == (False, "unknown-sender", ())
