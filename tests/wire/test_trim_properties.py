"""Quoted text never counts, whatever it says and wherever it stands; own words always do."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.wire import html_text, mail
from tandem.wire.trim import trim
from tests.wire.test_trim import ABOVE, FIELDS, WHO

TRAPS = (
    "Yes, we met.",
    "No",
    "2",
    "Agenda: QUOTED",
    "Action: QUOTED to send it",
    "Best wishes,",
    "-- ",
    "Sent from my iPhone",
    "",
    "On Tue, 13 Oct 2026 at 14:02, QUOTED <q@x.example> wrote:",
    "From: QUOTED",
    "Sent: today",
    "-----Original Message-----",
    "QUOTED long line that a program may have wrapped since it goes on and on and on and on and",
    "は い QUOTED",
    "نعم QUOTED",
    "> QUOTED",
)
quoted_lines = st.lists(
    st.one_of(st.sampled_from(TRAPS), st.text(alphabet="QUOTED \t<&>:.-أهは", max_size=90)), min_size=1, max_size=8
)
answers = st.sampled_from(
    ("Yes, we met.", "2", "No.", "はい、会いました。", "نعم، التقينا", "Action: Tom to send the list", "👍", "1 or 3")
)
marks = st.sampled_from(("> ", ">", ">> ", "  > "))
above = st.sampled_from([line for lines in ABOVE.values() for line in lines])
blank = st.sampled_from(("\n", "\n\n"))


def _clean(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


@settings(max_examples=150, deadline=None)
@given(answer=answers, line=above, quoted=quoted_lines, mark=marks, gap=blank)
def test_a_marked_quotation_below_an_answer(answer: str, line: str, quoted: list[str], mark: str, gap: str) -> None:
    quotation = "\n".join(mark + each for each in _clean(quoted))
    assert trim(f"{answer}\n{gap}{line}{gap}{quotation}").own == answer


@settings(max_examples=150, deadline=None)
@given(answer=answers, line=above, quoted=quoted_lines, mark=marks, gap=blank)
def test_a_marked_quotation_above_an_answer(answer: str, line: str, quoted: list[str], mark: str, gap: str) -> None:
    quotation = "\n".join(mark + each for each in _clean(quoted))
    assert trim(f"{line}{gap}{quotation}\n\n{answer}").own == answer


@settings(max_examples=100, deadline=None)
@given(pairs=st.lists(st.tuples(quoted_lines, answers), min_size=1, max_size=4), mark=marks)
def test_answers_between_marked_quotations(pairs: list[tuple[list[str], str]], mark: str) -> None:
    text = "\n".join("\n".join(mark + each for each in _clean(quoted)) + f"\n\n{answer}\n" for quoted, answer in pairs)
    assert trim(text).own.split("\n\n") == [answer for _, answer in pairs]


@settings(max_examples=100, deadline=None)
@given(answer=answers, line=st.sampled_from([w for ws in ABOVE.values() for w in ws if WHO in w]), quoted=quoted_lines)
def test_an_unmarked_quotation_below_its_line(answer: str, line: str, quoted: list[str]) -> None:
    body = "\n".join(["QUOTED", *_clean(quoted)])
    assert trim(f"{answer}\n\n{line}\n\n{body}").own == answer


@settings(max_examples=100, deadline=None)
@given(answer=answers, names=st.sampled_from(list(FIELDS.values())), quoted=quoted_lines)
def test_an_unmarked_quotation_below_outlook_s_block(
    answer: str, names: tuple[str, str, str, str], quoted: list[str]
) -> None:
    values = (WHO, "13 October 2026 14:02", "Aisha", "Did you meet?")
    block = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    assert trim("\n".join([answer, "", block, "", *_clean(quoted)])).own == answer


@settings(max_examples=100, deadline=None)
@given(answer=answers, quoted=quoted_lines, kind=st.sampled_from(("gmail", "apple", "outlook", "web", "plain")))
def test_a_quotation_in_html(answer: str, quoted: list[str], kind: str) -> None:
    inner = "".join(f"<p>{each.replace('&', '&amp;').replace('<', '&lt;')}</p>" for each in _clean(quoted))
    html = {
        "gmail": (
            f'<div>{answer}</div><div class="gmail_quote"><blockquote class="gmail_quote">{inner}</blockquote></div>'
        ),
        "apple": f'<div>{answer}</div><blockquote type="cite">{inner}</blockquote>',
        "outlook": f"<p>{answer}</p><div style='border:none;border-top:solid #E1E1E1 1pt'>{inner}</div>{inner}",
        "web": f'<div>{answer}</div><div id="divRplyFwdMsg">{inner}</div><div>{inner}</div>',
        "plain": f"<p>{answer}</p><blockquote>{inner}<blockquote>{inner}</blockquote></blockquote>",
    }[kind]
    assert trim(html_text.text(html)).own == answer


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_trimmed_to_lines_of_its_own(text: str) -> None:
    trimmed = trim(text)
    source = {"", *(line.strip() for line in text.split("\n"))}
    assert all(line.strip() in source for line in trimmed.own.split("\n"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_octets_are_read(raw: bytes) -> None:
    parsed = mail.parse(b"From: a@b.example\r\n" + raw)
    assert not any(ord(c) < 32 and c != "\n" for c in parsed.text + parsed.subject + parsed.whole_text)
