"""Every mail as it is read: its words, its two parts, its calendar part."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from tandem.core import zones
from tandem.core.messages import VARIANTS
from tandem.core.partnership import Action, Words
from tandem.wire.catalogue import languages
from tandem.wire.language import Language
from tandem.wire.render import Reader, Rendered, render
from tests.support import samples as given
from tests.support.agreements import agreement
from tests.support.samples import (
    AISHA,
    GRACE,
    MARY,
    NOW,
    REPLY_TO,
    RUTH,
    SENDER,
    TOM,
    ZOE,
    rendered,
    sample,
    samples,
    state,
)

LANGUAGES = languages()
EVERY = [(kind, variant) for kind, variants in VARIANTS.items() for variant in variants]
ABOUT_A_MEETING = ("invite", "update", "agenda", "reminder", "check-in")
LEFTOVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\bUndefined\b|\bundefined\b|%\([a-z_]+\)|datetime\.|\bNone\b(?! of)|ZoneInfo|\x01|\x02"
)
CLOCK = re.compile(r"(?<![\d:.,])([01][0-9]|2[0-3]):([0-5][0-9])(?![\d:])")
BIDI = dict.fromkeys([0x2068, 0x2069, 0x200E, 0x200F, 0x061C])


class _Seen(HTMLParser):
    """The text that a reader of HTML sees, and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.setdefault(tag, dict(attrs))
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.hidden += tag in ("style", "title")
        if tag in ("p", "br", "tr", "td", "li", "h1", "h2", "table", "th"):
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag]
        self.open.pop()
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.out.append(data)

    @classmethod
    def read(cls, html: str) -> _Seen:
        seen = cls()
        seen.feed(html)
        seen.close()
        assert not seen.open
        return seen

    @property
    def text(self) -> str:
        return "".join(self.out)


def words_of(text: str) -> list[str]:
    """What is said, without the signs that only the plain part needs."""
    plain = re.sub("[“”„«»「」]", "", text.translate(BIDI))
    return [w for w in re.split(r"[\s|–—_:：.\-]+", plain) if w]


def body(mail: Rendered) -> str:
    """The plain part without its foot."""
    return mail.text.split("\n--\n")[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "variant"), EVERY)
def test_every_mail_is_written_in_every_language_with_nothing_left_over(kind: str, variant: str, language: str) -> None:
    mail = rendered(sample(kind, variant), language)
    seen = _Seen.read(mail.html)
    assert mail.language == language
    for said in (mail.subject, mail.text, seen.text):
        assert not LEFTOVER.search(said), LEFTOVER.search(said)
        assert said.strip()
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 150
    assert not re.search(r"<(?:br|p|div|td|a|b|html)\b|&(?:nbsp|amp|lt|gt|quot|#\d+);", mail.text)
    assert seen.attributes["html"] == {"lang": language, "dir": "rtl" if language in ("ar", "he") else "ltr"}
    assert not re.search(r"<script|<img|<link|@import|url\(|src=|https?://[^\s\"<]*\.(?:css|js|png)", mail.html)
    assert all(len(line) < 900 for line in mail.html.splitlines() if "@media" not in line)
    assert len(mail.html.encode()) + len(mail.text.encode()) < 26_000  # base64 of both stays under 40 kB


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "variant"), EVERY)
def test_plain_and_html_say_the_same(kind: str, variant: str, language: str) -> None:
    mail = rendered(sample(kind, variant), language)
    html = _Seen.read(mail.html).text
    assert set(CLOCK.findall(mail.text)) == set(CLOCK.findall(html))
    strip_letters = {w for w in words_of(html) if len(w) <= 2}
    missing = set(words_of(mail.text)) - set(words_of(html))
    extra = set(words_of(html)) - set(words_of(mail.text)) - strip_letters
    headings = set(words_of(" ".join(re.findall(r"<th[^>]*>(.*?)</th>", mail.html))))
    headings |= {re.sub(r"<[^>]+>", "", w) for w in headings}
    assert not missing
    assert not extra - headings


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "variant"), [e for e in EVERY if e[0] in ABOUT_A_MEETING])
def test_a_mail_about_a_meeting_gives_day_and_time_at_both_schools_first(
    kind: str, variant: str, language: str
) -> None:
    one = sample(kind, variant)
    mail = rendered(one, language)
    meeting = state().meeting(one.message.meeting)
    assert meeting is not None
    assert meeting.starts is not None
    lines = [line for line in mail.text.splitlines() if line]
    first = 2 if (kind, variant) == ("update", "place") else 0
    for number, zone in enumerate(("Europe/London", "Africa/Nairobi")):
        local = zones.local(meeting.starts, zone)
        said = Language.of(language).moment(local)
        assert said in lines[first + number].translate(BIDI)
        assert said in _Seen.read(mail.html).text.translate(BIDI)
        assert f"{local:%H:%M}" in lines[first + number]


@pytest.mark.parametrize(("kind", "variant"), [("invite", "next"), ("invite", "newcomer"), ("agenda", "monthly"),
                                               ("update", "moved"), ("reminder", "first")])  # fmt: skip
def test_on_a_phone_times_and_the_way_to_join_stand_in_the_first_three_lines(kind: str, variant: str) -> None:
    fast = rendered(sample(kind, variant, to=AISHA)).text.splitlines()
    slow = rendered(sample(kind, variant, to=GRACE)).text.splitlines()
    assert fast[2] == "https://meet.example/aire-nyanza"
    assert slow[2] == "Phone: +44 20 7946 0000, code 1234"


def test_where_the_dates_differ_the_mail_says_so() -> None:
    far = agreement(aire={"timezone": "Pacific/Auckland"})
    there = replace(state(), agreement=far)
    text = rendered(sample("invite", "next"), "en", at=there).text
    assert "Mind the date: Wednesday 14 April in Auckland is Tuesday 13 April in Nairobi." not in text
    early = there.with_meeting(replace(there.meeting("2027-04"), starts=datetime(2027, 4, 13, 18, 0, tzinfo=UTC)))  # type: ignore[type-var]
    text = rendered(sample("invite", "next"), "en", at=early).text
    assert "Mind the date: Wednesday 14 April in Auckland is Tuesday 13 April in Nairobi." in text


def test_ahead_of_a_clock_change_the_agenda_says_whose_clock_and_what_time_it_is() -> None:
    text = rendered(sample("agenda", "monthly")).text
    assert "the clock in London has moved since the meeting before. Now 12:00 in London is 14:00 in Nairobi." in text


def test_a_meetings_mails_begin_alike_and_share_one_reference() -> None:
    mails = [
        rendered(sample(kind, variant))
        for kind, variant in [("invite", "newcomer"), ("update", "moved"), ("agenda", "monthly"), ("reminder", "first"),
                              ("cancel", "paused")]
    ]  # fmt: skip
    assert {m.subject.split(":")[0] for m in mails} == {"Rivers and Lakes, March 2027"}
    assert {m.references for m in mails} == {"2027-03.aire-nyanza@tandem.example"}
    catch_up = rendered(sample("invite", "catch-up"))
    assert catch_up.subject.startswith("Rivers and Lakes, catch-up for February 2027: ")
    assert catch_up.references == "2027-02.c1.aire-nyanza@tandem.example"


def test_an_update_says_old_and_new_in_its_subject_and_first_line() -> None:
    mail = rendered(sample("update", "moved"))
    first = mail.text.splitlines()[0]
    for said in (mail.subject, first):
        assert "Wednesday 10 March, 11:00" in said
        assert "Tuesday 9 March, 11:00" in said
    place = rendered(sample("update", "place")).text.splitlines()
    assert place[0] == "New link: https://meet.example/aire-nyanza (before: https://old.example/x)"


def test_the_amendment_mail_says_how_long_a_meeting_lasts_and_what_is_gone() -> None:
    rule = {"every": "second tuesday", "at": "14:00", "anchor": "nyanza"}
    changes = [
        {"field": "meeting", "old": {**rule, "minutes": 45}, "new": {**rule, "minutes": 60}},
        {"field": "objective", "old": "Sing together once", "new": None},
    ]
    mail = rendered(sample("agreement", "amended", facts={"changes": changes}))
    assert re.search(r"60 minutes \(before: .*45 minutes\)", mail.text)
    assert "Objective: – (before: Sing together once)" in mail.text


# -- calendar parts


def unfolded(mail: Rendered) -> str:
    assert mail.calendar is not None
    return mail.calendar.decode().replace("\r\n ", "")


@pytest.mark.parametrize(("kind", "variant"), EVERY)
def test_only_invite_update_and_cancel_carry_a_calendar_part(kind: str, variant: str) -> None:
    mail = rendered(sample(kind, variant))
    assert (mail.calendar is not None) == (kind in ("invite", "update", "cancel"))
    assert mail.method == {"invite": "REQUEST", "update": "REQUEST", "cancel": "CANCEL"}.get(kind)


def test_an_invitation_stands_in_the_readers_zone_with_both_times_and_the_place() -> None:
    part = unfolded(rendered(sample("invite", "next", to=ZOE), "en"))
    assert "UID:2027-04.aire-nyanza@tandem.example\r\n" in part
    assert "DTSTART;TZID=Europe/Paris:20270413T130000" in part
    assert "DTSTAMP:20270222T093000Z" in part
    assert "12:00 – Airedale High School (London)" in part.replace("\\", "")
    assert "14:00 – Nyanza Girls' School (Nairobi)" in part.replace("\\", "")
    assert "ORGANIZER;CN=Tandem:mailto:hello@tandem.example" in part
    assert f"mailto:{ZOE}" in part
    assert "LOCATION;LANGUAGE=fr:" in part or "LOCATION;LANGUAGE=en:" in part


def test_who_is_taken_off_gets_a_cancel_without_status_and_with_the_sequence_of_the_state() -> None:
    removed, called_off = (unfolded(rendered(sample("cancel", v))) for v in ("removed", "called-off"))
    assert "STATUS" not in removed
    assert "SEQUENCE:0" in removed
    assert "STATUS:CANCELLED" in called_off


# -- leaders


def count(text: str) -> int:
    """Words as a word processor counts them, addresses and signs left out."""
    return len([w for w in text.split() if re.search(r"\w", w)])


LEADERS = [("escalation", "leaders"), ("back-on-track", "resolved"), ("digest", "monthly"), ("review", "ask"),
           ("review", "silence"), ("review", "renewed"), ("review", "ending"), ("review", "farewell"),
           ("notice", "successor"), ("notice", "last-owner"), ("notice", "bounce")]  # fmt: skip


@pytest.mark.parametrize(("kind", "variant"), [*LEADERS, ("agreement", "first"), ("handover", "pack")])
def test_a_mail_to_a_leader_has_200_words_at_most_before_the_years_strip(kind: str, variant: str) -> None:
    one = sample(kind, variant, to=RUTH)
    text = body(rendered(one))
    before = re.split(r"\nThe year: |\n— The dates of the year —", text)[0]
    assert count(before) <= 200


def test_a_digest_stays_short_however_much_there_is_to_tell() -> None:
    long = "a very long story about the water of the lake and the river " * 8
    at = datetime(2027, 1, 20, tzinfo=UTC)
    busy = replace(
        state(),
        words=tuple(Words(f"n{n}", kind, long, GRACE, "nyanza", "en", at) for n in range(9)
                    for kind in ("notes", "idea", "feedback", "item")),
        actions=tuple(Action(f"a{n}", long, TOM, at.date(), "done" if n % 2 else "open", TOM, "aire", at,
                             closed_at=at if n % 2 else None) for n in range(9)),
        bounced=(ZOE, TOM),
    )  # fmt: skip
    text = rendered(sample("digest", "monthly"), at=busy).text
    assert count(text.split("\nThe year: ")[0]) <= 200


def test_a_digest_begins_with_nothing_or_with_the_one_decision() -> None:
    calm = replace(state(), escalations=())
    assert rendered(sample("digest", "monthly"), at=calm).text.startswith("Nothing is needed from you.\n")
    assert rendered(sample("digest", "monthly")).text.startswith("One thing is asked: please answer our mail about")
    alone = calm.agreement.school("aire")
    single = calm.agreement.with_school(replace(alone, people=tuple(p for p in alone.people if p.key != TOM)))
    text = rendered(sample("digest", "monthly"), at=replace(calm, agreement=single)).text
    assert text.startswith("One thing is asked: a second organiser beside Aisha Khan")


def test_a_schools_own_matters_stand_in_its_own_heads_digest_alone() -> None:
    mine = rendered(sample("digest", "monthly")).text
    theirs = rendered(sample("digest", "monthly", to=MARY)).text
    assert "At your school: “send the sensor list” by Tom Ellis" in mine
    assert "1 mail was not understood" in mine
    assert "no word of Aisha Khan" in mine
    assert "sensor list" not in theirs
    assert "not understood" not in theirs
    assert "Aisha Khan" not in theirs


def test_several_digests_are_one_mail_those_that_need_something_first() -> None:
    calm = replace(state(), escalations=(), agreement=replace(state().agreement, id="calm", title="Calm Waters"))
    one = sample("digest", "monthly")
    other = replace(one.message, partnership="calm")
    reader = Reader(RUTH, "Ruth Shaw", "en", "Europe/London")
    mail = render((other, one.message), {"calm": calm, "aire-nyanza": state()}, reader, SENDER, NOW, REPLY_TO)
    assert mail.text.startswith("1 of your partnerships needs something from you.")
    assert mail.text.index("— Rivers and Lakes:") < mail.text.index("— Calm Waters:")
    assert mail.subject == "Your school partnerships in February 2027"


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_heads_get_the_same_escalation_word_by_word(language: str, level: int) -> None:
    facts = {"level": level, "leaders_meeting": "2027-03-02T08:30:00+00:00" if level == 3 else None}
    mails = [
        rendered(sample("escalation", "leaders", to=to, facts=facts), language, timezone=zone)
        for to, zone in ((RUTH, "America/Chicago"), (MARY, "Africa/Nairobi"))
    ]
    assert mails[0].text == mails[1].text
    assert mails[0].subject == mails[1].subject


def test_an_escalation_has_facts_one_thing_to_do_and_no_blame() -> None:
    text = rendered(sample("escalation", "leaders")).text
    assert "reply YES and by when" in text.splitlines()[2]
    assert "Tuesday 12 January, 11:00 in London and Tuesday 12 January, 14:00 in Nairobi: called off" in text
    assert "— What has been tried —" in text
    assert not re.search(r"fault|blame|fail|refus|because of|caused|called off by|did not answer|silent", text)


def test_at_level_three_the_leaders_are_given_a_time() -> None:
    text = rendered(
        sample("escalation", "leaders", facts={"level": 3, "leaders_meeting": "2027-03-02T08:30:00+00:00"})
    ).text
    assert "Tuesday 2 March, 08:30 – Airedale High School (London)" in text
    assert "to decide whether to go on" in text


# -- who sees what


def test_words_of_ones_own_school_are_for_its_leads_alone() -> None:
    lead, deputy, partner = (rendered(sample("agenda", "monthly", to=to)).text for to in (AISHA, TOM, GRACE))
    assert lead.index("Please think of a visit in May.") < lead.index("— What was promised —")
    assert "Our school is closed next week" in lead
    for other in (deputy, partner):
        assert "visit in May" not in other
        assert "closed next week" not in other


def test_what_the_other_side_wrote_is_marked_with_its_language() -> None:
    text = rendered(sample("agenda", "monthly")).text
    assert "“Vipimo vya maji vya Januari” – Peter Ouma, Nyanza Girls' School (written in Swahili)" in text
    assert "(written in English)" not in text


def test_the_words_of_a_worry_stand_in_its_notice_alone() -> None:
    assert "She is sad." in rendered(sample("notice", "worry")).text
    receipt = rendered(sample("receipt", "worry", facts={"text": "She is sad."}))
    assert "sad" not in receipt.text
    assert "not watched" in receipt.text
    assert "Ines Roth" in receipt.text


def test_a_first_mail_says_in_four_lines_who_why_how_to_stop_and_what_is_kept() -> None:
    text = rendered(sample("invite", "next"), "en").text
    intro = text.split("— Why you get this mail —")[1].split("\n\n")
    assert len([line for line in intro[1].splitlines() if line.startswith("- ")]) == 4
    assert "Aisha Khan and Grace Achieng have put you on the list" in text
    assert "School Links (help@links.example)" in text
    assert "STOP" in text
    assert "365 days" in text
    assert "add hello@tandem.example to your contacts" in text
    assert "Why you get this mail" not in rendered(sample("reminder", "first")).text
    assert "Why you get this mail" in rendered(sample("notice", "paused"), first_mail=True).text


def test_a_catch_up_says_after_which_day_the_leaders_hear_and_what() -> None:
    text = rendered(sample("catch-up", "offer")).text
    assert "by Monday 8 March" in text
    assert "no meeting for January 2027 and February 2027" in text
    assert "hear" not in rendered(sample("catch-up", "declined")).text


def test_an_offer_of_one_time_is_answered_yes_or_no_and_of_several_by_number() -> None:
    several = rendered(sample("catch-up", "offer")).text
    assert "1. Wednesday 3 March, 11:00 – Airedale High School (London)" in several
    assert "every number" in several
    single = rendered(sample("catch-up", "offer", facts={"slots": ["2027-03-03T11:00:00+00:00"]})).text
    assert "Reply YES, or NO if it does not." in single


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_for_a_text_message_fits(language: str) -> None:
    long = replace(agreement(title="A very long title of a partnership about rivers and lakes and their people " * 3),
                   expectations=replace(agreement().expectations, working_language=language))  # fmt: skip
    text = rendered(sample("nudge", "first"), language, at=replace(state(), agreement=long)).text
    said = re.search(r"\n[“„«「]([^\n]*)[”“»」]\n", text)
    assert said
    assert len(said[1].translate(BIDI)) <= 160
    assert re.search(r"\d", said[1])


def test_a_nudge_between_well_connected_schools_has_no_text_message() -> None:
    quick = replace(state(), agreement=agreement(nyanza={"internet": "good"}))
    assert "text message" not in rendered(sample("nudge", "first"), at=quick).text


# -- agendas


def agenda_of(month: str, **changes: object) -> str:
    base = replace(state(), **changes)  # type: ignore[arg-type]
    meeting = base.meeting(month)
    assert meeting is not None
    one = sample("agenda", "monthly")
    message = replace(one.message, meeting=month, month=month)
    now = (meeting.starts or NOW) - timedelta(days=7)
    return rendered(replace(one, message=message), at=base, now=now).text


def test_the_agenda_has_its_fixed_order() -> None:
    headings = re.findall(r"— (.*?) —", agenda_of("2027-04"))
    assert headings == ["What was promised", "Items sent in", "Milestones", "Anything in the way?", "Ideas for later",
                        "Next date"]  # fmt: skip


def test_the_first_three_agendas_help_to_start_and_a_month_with_pupils_has_its_own() -> None:
    assert "each other's day" in agenda_of("2026-09")
    assert "a first small thing together" in agenda_of("2026-10")
    march = agenda_of("2027-03")
    assert "A meeting with pupils" in march
    assert "No pupil's name" in march
    third = replace(state().agreement, meeting=replace(state().agreement.meeting, pupils=()))
    assert "what could go wrong" in agenda_of("2026-11", agreement=third)
    assert "what could go wrong" not in agenda_of("2026-12", agreement=third)


def test_the_first_agenda_of_a_quarter_asks_whether_the_hours_fit() -> None:
    assert "do the hours still fit" in agenda_of("2027-01")
    assert "do the hours still fit" not in agenda_of("2027-02")
    assert "do the hours still fit" not in agenda_of("2026-09")


def test_a_catch_ups_agenda_restates_the_objectives_and_asks_both_for_feedback() -> None:
    text = rendered(sample("agenda", "catch-up")).text
    assert "Compare the water of the Aire and of Lake Victoria" in text
    assert "Feedback:" in text.splitlines()[5]
    assert "go to both schools" in text


# -- people's words, robustness


def test_peoples_words_are_shown_as_they_are_and_harm_nothing() -> None:
    mail = rendered(
        sample("help", "unclear", facts={"text": "<script>alert(1)</script> & {{ 7*7 }} %(x)s\r\nBcc: a@b.example"})
    )
    assert "<script" not in mail.html
    assert "{{ 7*7 }} %(x)s Bcc: a@b.example" in mail.text
    assert "49" not in mail.text


def test_no_name_can_break_out_of_the_subject() -> None:
    odd = replace(state(), agreement=agreement(title="Rivers\r\nBcc: x@y.example \x01 <b>"))
    mail = rendered(sample("invite", "next"), "en", at=odd)
    assert mail.subject.startswith("Rivers Bcc: x@y.example ‹b›, April 2027")


def test_the_same_arguments_give_the_same_mail() -> None:
    for one in samples():
        assert rendered(one) == rendered(one)


def test_receipts_and_helps_say_that_they_are_answers() -> None:
    for kind, variant in EVERY:
        wanted = "auto-replied" if kind in ("receipt", "help") else "auto-generated"
        assert rendered(sample(kind, variant)).auto_submitted == wanted


def test_gathered_receipts_say_a_sentence_for_each() -> None:
    one = sample("receipt", "said", facts={"items": given.ITEMS[:2]}).message
    other = sample("receipt", "said", facts={"items": given.ITEMS[5:6]}).message
    reader = Reader(AISHA, "Aisha Khan", "en", "Europe/London")
    text = render((one, other), {"aire-nyanza": state()}, reader, SENDER, NOW, REPLY_TO).text
    assert "You told us that you met on Tuesday 9 February." in text
    assert "On the next agenda" in text


def test_a_receipt_says_what_was_understood_and_how_to_take_it_back() -> None:
    facts = {"items": given.ITEMS[:1], "undo": True, "attachments": False}
    text = rendered(sample("receipt", "said", facts=facts)).text
    assert text.startswith(
        "You told us that you met on Tuesday 9 February. Good to hear!\n\nReply NO if that is wrong.\n"
    )


def test_a_call_off_tells_until_when_no_undoes_it() -> None:
    facts = {"items": [{"what": "cancel", "starts": "2027-03-10T11:00:00+00:00"}], "undo": True,
             "effective": "2027-02-22T10:30:00+00:00", "attachments": False}  # fmt: skip
    text = rendered(sample("receipt", "said", facts=facts)).text
    assert "everyone hears of it at 10:30" in text
    assert "reply NO before then" in text


def test_a_clock_of_neither_school_is_named() -> None:
    text = rendered(sample("receipt", "said", to=ZOE, facts={"items": given.ITEMS[2:3]}), "en").text
    assert "Wednesday 10 March, 12:00 (Paris)" in text


def test_a_wrong_file_is_told_even_where_there_is_no_partnership_yet() -> None:
    reader = Reader(AISHA, "Aisha Khan", "en", "Europe/London", first_mail=True)
    mail = render((sample("notice", "invalid-file").message,), {}, reader, SENDER, NOW, REPLY_TO)
    assert "agreement.yaml:12" in mail.text
    with pytest.raises(LookupError):
        render((sample("invite", "next").message,), {}, reader, SENDER, NOW, REPLY_TO)
    with pytest.raises(ValueError, match="nothing"):
        render((), {}, reader, SENDER, NOW, REPLY_TO)


def test_a_language_that_has_no_catalogue_reads_english() -> None:
    assert rendered(sample("invite", "next"), "nl").language == "en"
    assert rendered(sample("invite", "next"), "en-US").language == "en"
