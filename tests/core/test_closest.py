"""Which open action `Done:` and `Dropped:` mean, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.core.closest import closest, words_of
from tandem.core.partnership import Action
from tests.support.lives import utc


def actions(*texts: str, owner: str | None = None) -> list[Action]:
    return [
        Action(f"a{n}", text, owner, None, "open", "x@y.example", "aire", utc(2026, 10, 1))
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("sensor list", "Tom to send the sensor list by 20 February"),
        ("list of sensors", "Tom to send the sensor list"),
        ("I have sent the sensor list.", "Send the sensor list"),
        ("SENSOR LIST!", "send the sensor list"),
        ("envoyer la liste des capteurs", "Tom envoie la liste des capteurs"),
        ("Éléphants", "Photos des elephants"),
        ("Sensorliste", "Tom schickt die Sensorliste bis Freitag"),
        ("orodha ya vihisi", "Tom atume orodha ya vihisi"),
        ("सेंसर सूची", "टॉम सेंसर सूची भेजेगा।"),
        ("قائمة المستشعرات", "إرسال القائمة الخاصة بالمستشعرات"),
        ("قائمه", "قائمه المجسات"),
        ("درس", "تحضير الدرس"),
        ("传感器清单", "汤姆在2月20日前发送传感器清单"),
        ("发送清单", "汤姆发送传感器清单"),
        ("センサーのリスト", "トムがセンサーのリストを送る"),
        ("報告書", "グレースが報告書を書く"),
        ("รายการเซ็นเซอร์", "ทอมส่งรายการเซ็นเซอร์"),
        ("센서 목록", "톰이 센서 목록을 보내기"),
        ("список датчиков", "Том отправит список датчиков"),
    ],
)
def test_a_part_of_an_actions_words_means_it_in_any_script(said: str, meant: str) -> None:
    poems = ("写一首诗", "詩を書く", "कविता लिखना", "كتابة قصيدة", "เขียนบทกวี")
    found = closest(actions("Book the bus", *poems, meant, "Find a room"), said)
    assert found is not None
    assert found.text == meant


@pytest.mark.parametrize(
    ("said", "others"),
    [
        ("send the report", ["send the list"]),
        ("art", ["start the chart"]),
        ("报告已写好", ["发送传感器清单"]),
        ("報告を送る", ["リストを送る"]),
        ("", ["Send it"]),
        ("!!!", ["Send it"]),
        ("Send it", []),
        ("bus", ["", "…"]),
    ],
)
def test_other_words_mean_no_action(said: str, others: list[str]) -> None:
    assert closest(actions(*others), said) is None


def test_of_two_alike_the_one_with_more_of_the_words_is_meant() -> None:
    found = closest(actions("Send the sensor list", "Send the list", "Send the list of birds"), "send the list")
    assert found is not None
    assert found.text == "Send the list"


def test_of_equals_the_speakers_own_is_meant_then_the_newest() -> None:
    both = [*actions("Send photos", owner="a@x.example"), *actions("Send photos", owner="b@x.example")]
    mine = closest(both, "send photos", "a@x.example")
    assert mine is both[0]
    assert closest(both, "send photos", "c@x.example") is both[1]


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4))
def test_whatever_is_written_an_action_that_says_the_same_is_found(said: str, others: list[str]) -> None:
    found = closest(actions(*others, said), said)
    assert (found is not None) == bool(words_of(said))
