"""A raw message becomes a value: who, what, in which words, whatever client, charset and encoding it came in."""

from __future__ import annotations

import base64
import quopri
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tandem.wire import mail

FIXTURES = Path(__file__).parent / "fixtures" / "mail"
HEAD = b"From: Aisha Khan <a.khan@airedale.example>\r\nTo: r+x@tandem.example\r\nSubject: hello\r\n"


def _fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.eml").read_bytes()


def _with(header: str, body: bytes = b"Yes") -> bytes:
    return HEAD + header.encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gmail", "Yes, we met. Zoë chaired."),
        ("gmail-html-inline", "Yes.\n\nAction: Tom to send the list by 20 February"),
        ("outlook-html", "No, the line was down."),
        ("outlook-web-html", "Yes, all three of us."),
        ("apple", "Oui, nous nous sommes réunis."),
        ("apple-mixed", "Yes, see the list."),
        ("yahoo-html", "Sí, nos reunimos."),
        ("thunderbird-flowed", "Yes, and the next one is fine too."),
        ("proton-html", "Ja, wir haben uns getroffen."),
        ("empty-plain", "Ndiyo, tulikutana."),
        ("shift-jis", "はい、会いました。①"),
        ("iso-2022-jp", "はい、会いました。"),
    ],
)
def test_each_client_s_new_words_are_found(name: str, text: str) -> None:
    parsed = mail.parse(_fixture(name))
    assert parsed.text == text
    assert parsed.malformed is None
    assert parsed.from_address == "a.khan@airedale.example"


def test_answers_between_quotations_are_kept_with_the_line_that_they_answer() -> None:
    parsed = mail.parse(_fixture("gmail-html-inline"))
    assert parsed.answers == (
        ("Did the meeting take place?", "Yes."),
        ("What was agreed?", "Action: Tom to send the list by 20 February"),
    )
    assert parsed.shown.startswith("> Did the meeting take place?\n\nYes.")


def test_the_header_is_read() -> None:
    parsed = mail.parse(_fixture("gmail"))
    assert parsed.from_name == "Aisha Khan"
    assert parsed.subject == "Re: Rivers and Lakes: did you meet?"
    assert parsed.recipients == ("r+abcdefghijklmnopqrstuvwx@tandem.example",)
    assert parsed.message_id == "<g@airedale.example>"
    assert parsed.in_reply_to == ("<010b@eu-west-1.amazonses.com>",)
    assert parsed.date == datetime(2026, 10, 14, 8, tzinfo=UTC)
    assert parsed.content_type == "multipart/alternative"


def test_an_attachment_is_told_with_its_size_and_calendar_parts_are_none() -> None:
    (pdf,) = mail.parse(_fixture("apple-mixed")).attachments
    assert (pdf.name, pdf.content_type, pdf.size) == ("list.pdf", "application/pdf", 15)
    assert mail.parse(_fixture("itip-reply")).attachments == ()


def test_the_same_calendar_part_twice_is_one() -> None:
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR"
    raw = _with(
        "Content-Type: multipart/mixed; boundary=b",
        b"--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
        + ics
        + b"\r\n--b\r\nContent-Type: application/ics; "
        b"name=i.ics\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(ics) + b"\r\n--b--",
    )
    assert mail.parse(raw).calendars == (ics.decode(),)


def test_an_ics_file_without_its_type_is_a_calendar_part() -> None:
    raw = _with(
        "Content-Type: multipart/mixed; boundary=b",
        b"--b\r\nContent-Type: application/octet-stream; name=invite.ics\r\nContent-Disposition: attachment\r\n\r\n"
        b"BEGIN:VCALENDAR\r\n--b--",
    )
    assert mail.parse(raw).calendars == ("BEGIN:VCALENDAR",)


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("utf-8", "Oui, à bientôt"),
        ("iso-8859-1", "Oui, à bientôt"),
        ("windows-1252", "“Oui” – à bientôt"),
        ("iso-8859-15", "5 €, à bientôt"),
        ("iso-8859-2", "Zażółć"),
        ("windows-1250", "Zażółć"),
        ("windows-1251", "Да, мы встретились"),
        ("koi8-r", "Да, мы встретились"),
        ("koi8-u", "Так, ми зустрілися ї"),
        ("iso-8859-5", "Да"),
        ("windows-1253", "Ναι"),
        ("iso-8859-7", "Ναι"),
        ("windows-1254", "Görüştük, ışık"),
        ("iso-8859-9", "Görüştük"),
        ("windows-1255", "כן"),
        ("iso-8859-8-i", "כן"),
        ("windows-1256", "نعم اجتمعنا"),
        ("iso-8859-6", "نعم"),
        ("windows-1257", "Šiaip"),
        ("windows-1258", "cam on"),
        ("tis-620", "ใช่"),
        ("gb2312", "是的，我们见面了"),
        ("gbk", "是的，我們見面了"),
        ("gb18030", "是的，𠀀"),
        ("big5", "是的，我們見面了"),
        ("hz-gb-2312", "是的"),
        ("shift_jis", "はい、会いました"),
        ("euc-jp", "はい、会いました"),
        ("iso-2022-jp", "はい、会いました"),
        ("euc-kr", "네, 만났습니다"),
        ("ks_c_5601-1987", "네, 만났습니다"),
        ("iso-2022-kr", "네"),
        ("utf-16", "Yes, met"),
        ("macintosh", "à bientôt"),
        ("cp850", "à"),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_every_charset_in_every_transfer_encoding(charset: str, words: str, encoding: str) -> None:
    python = {"hz-gb-2312": "hz", "iso-8859-8-i": "iso8859-8", "ks_c_5601-1987": "cp949", "macintosh": "mac_roman"}
    octets = words.encode(python.get(charset, charset))
    if encoding == "8bit" and charset == "utf-16":
        return  # its line ends and nulls need an encoding
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(octets)
    raw = _with(f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}", coded)
    assert mail.parse(raw).text == words


def test_utf_7_is_not_decoded_since_it_hides_what_it_says() -> None:
    raw = _with("Content-Type: text/plain; charset=utf-7", b"+AFkAZQBz-")
    assert mail.parse(raw).text == "+AFkAZQBz-"


@pytest.mark.parametrize("charset", ["", "x-unknown", "utf-8", "us-ascii", "no such", "rot13", "unicode_escape", "zip"])
def test_a_wrong_or_unknown_charset_still_gives_utf_8_words(charset: str) -> None:
    raw = _with(f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: 8bit', "Sí, Zoë".encode())
    assert mail.parse(raw).text == "Sí, Zoë"


def test_latin_1_that_calls_itself_utf_8_is_read_as_what_it_is() -> None:
    raw = _with("Content-Type: text/plain; charset=utf-8", "Sí, a las 4".encode("latin-1"))
    assert mail.parse(raw).text == "Sí, a las 4"


def test_uuencoded_text_is_decoded_and_a_uuencoded_file_inside_a_text_is_left_out() -> None:
    coded = b"begin 644 a.txt\n#665S\n \nend\n"
    assert mail.parse(_with("Content-Transfer-Encoding: x-uuencode", coded)).text == "Yes"
    assert mail.parse(_with("X: y", b"Yes\r\n\r\nbegin 644 a.txt\r\n#665S\r\n`\r\nend\r\n")).text == "Yes"


@pytest.mark.parametrize(
    ("coded", "words"),
    [
        (b"WWVz\r\n", "Yes"),
        (b"WWVz", "Yes"),
        (b"WWVzIQ", "Yes!"),
        (b"W W\r\nVz=", "Yes"),
        (b"WWVz==\r\n--\r\nfooter", "Yes"),
        (b"@@WWVz@@", "Yes"),
        (b"WWVzA", "Yes"),
    ],
)
def test_broken_base64_gives_what_it_holds(coded: bytes, words: str) -> None:
    assert mail.parse(_with("Content-Transfer-Encoding: base64", coded)).text == words


def test_broken_quoted_printable_keeps_what_is_no_escape() -> None:
    assert mail.parse(_with("Content-Transfer-Encoding: quoted-printable", b"100=ZZ sure =")).text.startswith(
        "100=ZZ sure"
    )


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("=?utf-8?B?Wm/Dqw==?=", "Zoë"),
        ("=?UTF-8?Q?Zo=C3?= =?UTF-8?Q?=AB_Okafor?=", "Zoë Okafor"),  # a character cut in two
        ("=?iso-8859-1?q?Zo=EB?= and Tom", "Zoë and Tom"),
        ("a =?utf-8?q?b?=\r\n =?utf-8?q?c?= d", "a bc d"),
        ("=?utf-8*fr?Q?=C3=A0?=", "à"),
        ("=?nope?Q?a?=", "a"),
        ("=?utf-8?B?!!!?=", ""),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?utf-8?Q?a=0D=0ABcc:_x@y.example?=", "aBcc: x@y.example"),
        ("=?utf-8?B?AAECYQ==?=", "a"),
    ],
)
def test_encoded_words(raw: str, subject: str) -> None:
    assert mail.parse(f"From: a@b.example\r\nSubject: {raw}\r\n\r\nx".encode()).subject == subject


def test_an_encoded_line_break_in_a_name_is_dropped_and_the_mail_counts() -> None:
    parsed = mail.parse(b"From: =?utf-8?Q?Aisha=0D=0A=00_Khan?= <a.khan@airedale.example>\r\n\r\nYes")
    assert parsed.malformed is None
    assert (parsed.from_name, parsed.from_address) == ("Aisha Khan", "a.khan@airedale.example")


@pytest.mark.parametrize(
    "field",
    [
        "Aisha Khan <a.khan@airedale.example>",
        "a.khan@airedale.example",
        "<A.Khan@Airedale.Example>",
        "a.khan@airedale.example (Aisha Khan)",
        '"Khan, Aisha" <a.khan@airedale.example>',
        "(comment) Aisha <a.khan@airedale.example> (more)",
        '"head@other.example" <a.khan@airedale.example>',
        "head@other.example <a.khan@airedale.example>",
        "=?utf-8?Q?Khan,_Aisha?= <a.khan@airedale.example>",
        '"=?utf-8?Q?Aisha?=" <a.khan@airedale.example>',
        "Aisha\r\n Khan\r\n <a.khan@airedale.example>",
        "Dr. A. Khan <a.khan@airedale.example>",
        "Aisha <mailto:a.khan@airedale.example>",
    ],
)
def test_one_address_in_every_form_that_people_s_programs_write(field: str) -> None:
    parsed = mail.parse(f"From: {field}\r\n\r\nx".encode())
    assert parsed.from_address == "a.khan@airedale.example"
    assert parsed.malformed is None


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Aisha Khan",
        "a.khan@airedale.example, x@evil.example",
        "x@evil.example, a.khan@airedale.example",
        "<a.khan@airedale.example> <x@evil.example>",
        "<a.khan@airedale.example>x@evil.example",
        '"alice@school)evil@x"',
        "alice@school.example)evil@x.example",
        "a.khan@airedale.example(x)@evil.example",
        "a.khan@airedale.example\0@evil.example",
        "a.khan@airedale.example <",
        "<a.khan@airedale.example",
        "Team: a.khan@airedale.example;",
        "undisclosed-recipients:;",
        "<@evil.example:a.khan@airedale.example>",
        "a.khan @ airedale.example",
        '"a.khan@airedale.example',
        "a.khan@airedale.example@evil.example",
        "a.khan@",
        "@airedale.example",
        "a khan@airedale.example",
        "a.khan@localhost",
        "a..khan@airedale.example",
        "=?utf-8?Q?a.khan=40airedale.example?=",
        "a.khan@airedale\u200b.example <a.khan@airedale.example>\u202e",
        "(" * 500 + "a.khan@airedale.example",
        '"a" "b"@airedale.example',
        "a.khan@[192.0.2.1]",
    ],
)
def test_a_from_field_that_two_readers_could_read_differently_is_nobody_s(field: str) -> None:
    parsed = mail.parse(f"From: {field}\r\n\r\nx".encode())
    assert parsed.from_address is None
    assert parsed.malformed


def test_several_from_fields_are_nobody_s() -> None:
    parsed = mail.parse(b"From: a.khan@airedale.example\r\nFrom: x@evil.example\r\n\r\nx")
    assert (parsed.from_address, parsed.malformed) == (None, "it has several From fields")


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\r\n\r\nhello", b"\0\1\2\xff" * 100, b"hello there\r\n", b"{}", b"%PDF-1.4\n\xe2"]
)
def test_what_is_no_mail_is_malformed(raw: bytes) -> None:
    assert mail.parse(raw).malformed


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_either_line_end_and_an_mbox_line_are_read(ending: bytes) -> None:
    raw = b"From a.khan@airedale.example Tue Oct 13 14:02:00 2026\nFrom: a.khan@airedale.example\n\nYes\nwe met\n"
    assert mail.parse(raw.replace(b"\n", ending)).text == "Yes\nwe met"


def test_a_multipart_without_its_last_boundary_ends_with_the_mail() -> None:
    raw = _with("Content-Type: multipart/mixed; boundary=b", b"preamble\r\n--b\r\n\r\nYes, we met.\r\n")
    assert mail.parse(raw).text == "Yes, we met."


def test_a_multipart_that_forgot_to_name_its_boundary_is_split_all_the_same() -> None:
    raw = _with("Content-Type: multipart/alternative", b"--zz\r\nContent-Type: text/plain\r\n\r\nYes\r\n--zz--\r\n")
    assert mail.parse(raw).text == "Yes"


def test_a_boundary_that_another_begins_with_does_not_end_its_parts() -> None:
    raw = _with(
        "Content-Type: multipart/mixed; boundary=b",
        b"--b\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nYes\r\n--bb--\r\n--b--\r\n",
    )
    assert mail.parse(raw).text == "Yes"


def test_a_forwarded_message_is_an_attachment_and_its_words_are_not_the_sender_s() -> None:
    raw = _with(
        "Content-Type: multipart/mixed; boundary=b",
        b"--b\r\n\r\nSee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nNo\r\n--b--\r\n",
    )
    parsed = mail.parse(raw)
    assert parsed.text == "See below"
    assert [a.content_type for a in parsed.attachments] == ["message/rfc822"]


def test_a_text_file_that_was_attached_is_not_read_as_words() -> None:
    raw = _with(
        "Content-Type: multipart/mixed; boundary=b",
        b"--b\r\n\r\nYes\r\n--b\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: attachment; "
        b"filename*0*=utf-8''no%20; filename*1=tes.txt\r\n\r\nNo\r\n--b--\r\n",
    )
    parsed = mail.parse(raw)
    assert parsed.text == "Yes"
    assert [a.name for a in parsed.attachments] == ["no tes.txt"]


def test_a_picture_of_a_signature_is_no_attachment() -> None:
    raw = _with(
        "Content-Type: multipart/related; boundary=b",
        b"--b\r\n\r\nYes\r\n--b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <l>\r\n\r\nx\r\n--b--\r\n",
    )
    assert mail.parse(raw).attachments == ()


def test_text_before_and_after_an_attachment_is_all_read() -> None:
    raw = _with(
        "Content-Type: multipart/mixed; boundary=b",
        b"--b\r\n\r\nYes\r\n--b\r\nContent-Type: image/jpeg; name=p.jpg\r\n\r\nx\r\n--b\r\n\r\nAgenda: "
        b"a visit\r\n--b--\r\n",
    )
    assert mail.parse(raw).text == "Yes\n\nAgenda: a visit"


def test_what_html_hides_is_not_read() -> None:
    html = b"<style>p{}</style><script>yes()</script><div style='display:none'>No</div><!-- No --><p>Yes &amp; more</p>"
    assert mail.parse(_with("Content-Type: text/html", html)).text == "Yes & more"


def test_an_emoji_sent_as_a_picture_is_read() -> None:
    html = "<p><img alt='👍' src='cid:1'></p>".encode()
    assert mail.parse(_with("Content-Type: text/html; charset=utf-8", html)).text == "👍"


def test_the_recipients_of_the_envelope_come_first() -> None:
    raw = (
        b'From: a@b.example\r\nTo: c@d.example, "X" <E@f.example>\r\nDelivered-To: '
        b"r+t@tandem.example\r\nCc: nobody\r\n\r\nx"
    )
    assert mail.parse(raw).recipients == ("r+t@tandem.example", "c@d.example", "e@f.example")


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 99 Foo 20261 99:99:99 +9999", "Thu, 1 Jan 1970 00:00:00 -9999999"]
)
def test_a_broken_date_is_none(date: str) -> None:
    assert mail.parse(f"From: a@b.example\r\nDate: {date}\r\n\r\nx".encode()).date is None
