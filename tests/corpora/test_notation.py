"""Texts that are not written as people write are named, and what people write is not."""

from pathlib import Path

import pytest

from tests.corpora.folders import sounds, text
from tts.corpora.notation import notations
from tts.corpora.preview import preview
from tts.corpora.registry import open_corpus


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("ðə nˈaɪn ðɪ ˈɛɡz", "IPA"),
        ("DH AH0 N AY1 N", "ARPAbet"),
        ("{DH AH0 N AY1 N} eggs.", "ARPAbet"),
        ("ka2 er2 pu3 pei2 wai4 sun1", "pinyin with numbers"),
        ("卡尔普#2陪外孙#1玩滑梯#4。", "marks of prosody"),
        ("фе+рзь бы+л на доске", "marks of stress"),
        ("[EN]Hello.[EN] [ZH]你好。[ZH]", "marks of languages"),
        ("Tom &amp; Jerry", "HTML"),
        ("Tom <b>and</b> Jerry", "HTML"),
        ("Er schlÃ¤ft.", "letters that were decoded wrongly"),
        ("\\u00e4hnlich", "codes of letters"),
    ],
)
def test_what_is_hardly_said_is_named_with_an_example(found: str, name: str) -> None:
    (line,) = notations([found, "It rained at ten."])
    assert line.startswith(f"a text holds {name}, such as {found[:30]!r}"[:60])


def test_a_label_that_all_texts_begin_with_is_named() -> None:
    (line,) = notations(["MIA: Hi you.", "Mia: Yes."])
    assert "begin with the same label, such as 'MIA: Hi you.'" in line
    assert not list(notations(["MIA: Hi you.", "TOM: Yes."]))


@pytest.mark.parametrize(
    "written",
    [
        "Say {h ə l ˈoʊ} now, {fr-fr: bonjour}.",
        "WE CAME HOME AT TEN. TV IS ON, IT IS NOT.",
        "AT&T; B2 or C1? We are #1, 2+2 is 4, C++.",
        "Flight BA2 to LA1: gate A1.",
        "Übergrößenträger — naïve façade, 10 € für l’été.",
        "كتب الولد الدرس",
        "Ɛyɛ ɔhene ŋutɔ.",
        "x < 5 and y > 3",
        "",
    ],
)
def test_what_people_write_is_not(written: str) -> None:
    assert not list(notations([written] * 3))


def test_it_stands_below_the_first_rows(tmp_path: Path) -> None:
    text(sounds(tmp_path, "a.wav", "b.wav") / "metadata.csv", "a|ðə nˈaɪn ˈɛɡz\nb|ɐ dˈɒɡ ænd ɐ kˈæt\n")
    *rows, last = preview(open_corpus({"layout": "ljspeech", "root": str(tmp_path)}), str(tmp_path))
    assert len(rows) == 1 and last.startswith("  2 texts hold IPA") and last.endswith("or give text=graphemes")
