"""The sentences of each language: complete, understood when answered, and added by a file alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from local.catalogues import TEMPLATE, extracted, problems, read, sources, written
from tandem.core.commands import Acknowledge, Choose, Confirm, Help, Report, Review, Rsvp, Sign, Status, Stop, Undo
from tandem.wire import catalogue, language, skins
from tandem.wire.catalogue import ENGLISH, Catalogue, best, compiled, folder, languages
from tandem.wire.inbound import Context
from tandem.wire.labels_hint import KINDS, label
from tandem.wire.language import Language
from tandem.wire.phrases import LANGUAGES
from tandem.wire.understand import understand
from tests.support.agreements import agreement
from tests.support.samples import NOW, rendered, sample, samples


@pytest.fixture(scope="module")
def template() -> object:
    return extracted()


def test_the_template_is_what_templates_and_code_say(template: object) -> None:
    assert TEMPLATE.read_bytes() == written(template), "run: python -m local.catalogues"  # type: ignore[arg-type]


@pytest.mark.parametrize("source", list(sources()), ids=lambda path: path.stem)
def test_a_language_misses_no_sentence_and_has_none_left_over(source: Path, template: object) -> None:
    assert problems(source, template) == []  # type: ignore[arg-type]


def test_a_missing_a_leftover_and_a_broken_sentence_are_found(tmp_path: Path, template: object) -> None:
    path = tmp_path / "it.po"
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Nothing is open."\nmsgstr "Tutto fatto."\n\n'
        'msgid "Next: %(times)s."\nmsgstr "Prossima: %(time)s."\n\n'
        'msgid "A sentence of before"\nmsgstr "Una frase di prima"\n',
        encoding="utf-8",
    )
    found = problems(path, template)  # type: ignore[arg-type]
    assert "placeholders: 'Prossima: %(time)s.'" in found
    assert "left over: 'A sentence of before'" in found
    assert "missing: 'Nothing is needed from you.'" in found
    assert not any("Nothing is open" in f for f in found)


# -- a language is a file


def _as_if_translated(source: bytes) -> bytes:
    """Every sentence with a mark before it, as a translator's file would have it."""
    said = read_template(source)
    for message in said:
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            marked = tuple(f"§ {text}" for text in ids)
            message.string = marked if isinstance(message.id, tuple) else marked[0]
    return written(said)


def read_template(source: bytes) -> object:
    from io import BytesIO

    from babel.messages.pofile import read_po

    return read_po(BytesIO(source), locale="it")


def _forget() -> None:
    for cached in (catalogue.languages, catalogue._translations, language._language, skins.environment):
        cached.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the templates that a test may change."""
    copy = tmp_path / "templates"
    shutil.copytree(folder(), copy, ignore=shutil.ignore_patterns("*.mo"))
    monkeypatch.setenv("TANDEM_TEMPLATES", str(copy))
    _forget()
    yield copy
    monkeypatch.undo()
    _forget()


def test_a_language_is_added_by_a_file_alone(elsewhere: Path) -> None:
    (elsewhere / "catalogues" / "it.po").write_bytes(_as_if_translated(TEMPLATE.read_bytes()))
    _forget()
    mail = rendered(sample("invite", "next"), "it")
    assert mail.language == "it"
    assert 'lang="it"' in mail.html
    assert "martedì 13 aprile" in mail.text
    assert "§ Can you come?" in mail.text
    assert "Londra" in mail.text


def test_what_the_build_compiles_reads_the_same(elsewhere: Path) -> None:
    wanted = [(one, tag) for one in samples() for tag in languages()[:3]]
    before = [rendered(one, tag) for one, tag in wanted]
    skins.compile_to(elsewhere)
    for source in [*elsewhere.rglob("*.j2"), *elsewhere.rglob("*.po")]:
        source.unlink()
    _forget()
    assert [rendered(one, tag) for one, tag in wanted] == before


def test_a_reader_gets_the_nearest_language(tmp_path: Path) -> None:
    for tag in ("fr", "pt", "pt-BR"):
        (tmp_path / f"{tag}.po").write_text('msgid ""\nmsgstr ""\n')
    chosen = {wanted: best(wanted, tmp_path) for wanted in ("fr", "fr-CA", "pt_BR", "PT", "nl", "en-GB", "")}
    assert chosen == {"fr": "fr", "fr-CA": "fr", "pt_BR": "pt-BR", "PT": "pt", "nl": "en", "en-GB": "en", "": "en"}
    assert languages(tmp_path) == ("en", "fr", "pt", "pt-BR")


def test_a_sentence_that_cannot_be_filled_is_said_in_english(tmp_path: Path) -> None:
    (tmp_path / "it.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Next: %(times)s."\nmsgstr "Prossima: %(wrong)s."\n',
        encoding="utf-8",
    )
    assert Catalogue("it", tmp_path).gettext("Next: %(times)s.", times="now") == "Next: now."


def test_what_is_no_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        compiled(b"no catalogue at all")


# -- answers


def _understood(text: str, tag: str, kind: str | None, **more: object) -> list[type]:
    pair = agreement(aire={"language": tag})
    school = pair.schools[0]
    context = Context(pair, school, school.people[0], NOW, kind, "2027-02", datetime(2027, 2, 9, 11, tzinfo=NOW.tzinfo))
    for name, value in more.items():
        object.__setattr__(context, name, value)
    return [type(command) for command in understand(text, context).commands]


@pytest.mark.parametrize("tag", [tag for tag in languages() if tag in LANGUAGES])
def test_the_words_that_mails_ask_for_are_understood(tag: str) -> None:
    said = Language.of(tag)

    yes, no, stop, helps, status = (said.pgettext("answer", w) for w in ("yes", "no", "stop", "help", "status"))
    for answer, kind, wanted in [
        (yes, "check-in", Report), (no, "check-in", Report), (yes, "invite", Rsvp), (no, "reminder", Rsvp),
        (yes, "agreement", Sign), (no, "agreement", Confirm), (yes, "review", Review), (no, "review", Review),
        (yes, "escalation", Acknowledge), (no, "receipt", Undo), (no, "catch-up", Choose), (yes, "notice", Confirm),
        (stop, "invite", Stop), (helps, "invite", Help), (status, "invite", Status),
    ]:  # fmt: skip
        for written_as in (answer, answer.upper()):
            assert _understood(written_as, tag, kind, options=3) == [wanted], (tag, written_as, kind)


@pytest.mark.parametrize("tag", [tag for tag in languages() if tag in LANGUAGES])
def test_the_examples_that_mails_give_are_understood(tag: str) -> None:
    said = Language.of(tag)
    several = said.gettext("1 and %(number)s", number=3)
    assert _understood(several, tag, "catch-up", options=3) == [Choose, Choose], several
    assert _understood(said.gettext("1 and 2"), tag, "catch-up", options=3) == [Choose, Choose]


def test_no_language_speaks_of_days_and_months_in_another_ones_words() -> None:
    for tag in languages():  # one after the other in one process, as a warm function writes them
        assert Language.of(tag).weekday(1)
    said = {tag: (Language.of(tag).weekday(1), Language.of(tag).month("2026-02", year=False)) for tag in languages()}
    assert said["zh"] == ("星期二", "二月")
    assert said["pt"] == ("terça-feira", "fevereiro")
    assert said["ja"] == ("火曜日", "2月")
    assert len(set(said.values())) == len(said)


def test_signs_between_words_are_those_of_the_language() -> None:
    fr, ar, zh = Language.of("fr"), Language.of("ar"), Language.of("zh")
    assert fr.fact("Durée", "45 minutes") == "Durée\u00a0: 45 minutes"
    assert zh.fact("时长", "45 分钟") == "时长：45 分钟"
    assert fr.quote("Bonjour") == "«\u00a0Bonjour\u00a0»"
    assert ar.row(["أ", "ب"]) == "أ، ب"
    assert fr.day(date(2027, 2, 1)) == "lundi 1er février"
    assert fr.day(date(2027, 2, 11)) == "jeudi 11 février"


def test_a_new_colleague_may_be_a_woman_or_a_man() -> None:
    mail = rendered(sample("notice", "bounce"), "fr").text
    assert "«\u00a0Nouvelle collègue\u00a0:\u00a0» ou «\u00a0Nouveau collègue\u00a0:\u00a0»" in mail


def test_labels_are_in_the_readers_language_and_english_where_it_has_none() -> None:
    assert label("agenda-item", "en") == "Agenda:"
    assert label("agenda-item", "fr-CA") == "Ordre du jour\u00a0:"
    assert label("action", "nl") == "Action:"
    assert all(label(kind, tag).rstrip(":：") for kind in KINDS for tag in LANGUAGES)
    with pytest.raises(KeyError):
        label("none", ENGLISH)


# -- days and times


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", "Tuesday 8 September"),
        ("fr", "mardi 8 septembre"),
        ("es", "martes, 8 de septiembre"),
        ("pt", "terça-feira, 8 de setembro"),
        ("de", "Dienstag, 8. September"),
        ("sw", "Jumanne, 8 Septemba"),
        ("hi", "मंगलवार, 8 सितंबर"),
        ("ar", "الثلاثاء، 8 سبتمبر"),
        ("zh", "9月8日星期二"),
        ("ja", "9月8日火曜日"),
    ],
)
def test_days_are_written_as_each_language_writes_them_with_western_digits(tag: str, said: str) -> None:
    day = datetime(2026, 9, 8, 7, 5).date()  # noqa: DTZ001
    assert Language(tag).day(day) == said
    assert "2026" in Language(tag).day(day, year=True)
    assert "07:05" in Language(tag).moment(datetime(2026, 9, 8, 7, 5))  # noqa: DTZ001


def test_cities_have_their_name_in_the_language_or_the_zones_own() -> None:
    assert Language("fr").city("Europe/London") == "Londres"
    assert Language("de").city("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert Language("en").city("Asia/Kathmandu") == "Kathmandu"


def test_a_word_to_answer_with_stands_out_in_every_script() -> None:
    assert Language("en").word("yes") == "\x01YES\x02"
    assert Language("ar").word("نعم").strip("\x01\x02") != "نعم"


def test_read_gives_a_catalogue_of_that_language(tmp_path: Path) -> None:
    path = tmp_path / "pt-BR.po"
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n')
    assert str(read(path).locale) == "pt_BR"


@pytest.mark.parametrize("after", ["，由", "。", "、", "（", "：", "؛ ", "» ", "」", ". ", ") "])
def test_a_link_ends_where_the_sentence_goes_on(after: str) -> None:
    assert 'href="https://files.example/a-b"' in skins.rich(f"「https://files.example/a-b{after}王")
