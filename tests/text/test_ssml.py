"""Markup of text to be spoken: read safely, and every mistake is one line that says where."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.errors import UserError
from tts.text.config import TextConfig
from tts.text.controls import AS_PREDICTED, Controls, Marked, Stretch
from tts.text.frontend import TextFrontEnd, split_sentences
from tts.text.ssml import is_ssml, read_ssml


@pytest.mark.parametrize(
    "text", ["<speak>a</speak>", " \n<speak version='1.1'>a</speak>", "<?xml version='1.0'?><speak/>"]
)
def test_a_text_is_markup_by_its_beginning(text: str) -> None:
    assert is_ssml(text)


@pytest.mark.parametrize("text", ["speak", "a <speak>", "<speaker>", "< 5", ""])
def test_other_texts_are_not(text: str) -> None:
    assert not is_ssml(text)


def test_stretches_are_numbered_and_marked_where_their_text_begins() -> None:
    marked = read_ssml(
        "<speak>One <prosody rate='200%'> two <emphasis level='none'>three</emphasis></prosody>.</speak>"
    )
    assert marked == Marked("One  {#1}two three{#0}.", (Stretch(), Stretch(Controls(speed=2.0))))


def test_what_is_within_adds_to_what_is_around_it() -> None:
    marked = read_ssml(
        "<speak><prosody rate='50%' volume='+2dB' pitch='+1st'><prosody rate='+50%' volume='-6dB' pitch='-10%' "
        "range='high'>a</prosody></prosody></speak>"
    )
    inner = marked.stretches[-1].controls
    assert (inner.speed, inner.energy, inner.pitch_range) == (0.75, -4.0, 1.4)
    assert inner.pitch == pytest.approx(1 - 1.824, abs=1e-3)


def test_breaks_come_together_and_lie_before_the_next_text() -> None:
    marked = read_ssml("<speak>One.<break time='250ms'/> <break strength='strong'/>Two.<break/></speak>")
    assert marked.text == "One. {#1 ,}Two.{#2 ,}"
    assert [stretch.seconds for stretch in marked.stretches] == [None, 1.05, 0.4]


def test_paragraphs_substitutes_phones_and_other_languages() -> None:
    marked = read_ssml(
        "<speak><p>The <sub alias='World Wide Web'>WWW</sub> &amp; <phoneme alphabet='ipa' ph='h ə l ˈoʊ'>x</phoneme>"
        "</p><p><lang xml:lang='fr-FR'>bonjour</lang></p></speak>"
    )
    assert marked.text.split("\n\n") == ["", "The World Wide Web & {h ə l ˈoʊ}", "", "{fr-fr: bonjour}"]
    assert marked.stretches == (Stretch(),)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("Meet Dr. <emphasis>Smith</emphasis>.", "Meet {#1}Dr. Smith{#0}."),
        ("The <emphasis>U.S.</emphasis> army", "The {#1}U.S {#0}army"),
        ("the <emphasis>U.S.</emphasis> The army", "the {#1}U.S. {#0}The army"),
        ("Over. <emphasis>No</emphasis>", "Over. {#1}No"),
        ("<p>Mr.</p><p><emphasis>No</emphasis></p>", "\n\nMr.\n\n\n\n{#1}No"),
    ],
)
def test_a_title_before_a_stretch_ends_no_sentence(inside: str, text: str) -> None:
    assert read_ssml(f"<speak>{inside}</speak>").text == text


@pytest.mark.parametrize(
    ("ph", "phones"),
    [
        ("təˈmeɪtoʊ", "t ə ˈm eɪ t oʊ"),
        ("t͡ʃɜːt͡ʃ", "tʃ ɜː tʃ"),
        ("ˈvɛɹi fɑːɹ", "ˈv ɛ ɹ i f ɑːɹ"),
        ("bɔ̃ˈʒuʁ", "b ɔ̃ ˈʒ u ʁ"),
        ("h ə l ˈoʊ", "h ə l ˈoʊ"),
        ("t ts", "t ts"),
    ],
)
def test_phones_need_no_spaces(ph: str, phones: str) -> None:
    said = read_ssml(f"<speak><phoneme ph='{ph}'>x</phoneme></speak>").text
    assert unicodedata.normalize("NFC", said) == unicodedata.normalize("NFC", f"{{{phones}}}")


def test_what_is_no_phone_is_refused() -> None:
    with pytest.raises(UserError, match="ph='ta1': '1' is no phone"):
        read_ssml("<speak><phoneme ph='ta1'>x</phoneme></speak>")


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("<speak>a", "line 1, column 9: not well-formed XML: no element found"),
        ("<speak>\n  <b>a</b></speak>", "line 2, column 3: <b> is not read"),
        ("<speak><prosdy rate='2'>a</prosdy></speak>", "did you mean 'prosody'"),
        ("<speak><break tme='1s'/></speak>", "<break tme=…> is not read"),
        ("<speak><prosody pitch='120Hz'>a</prosody></speak>", "pitch='120Hz': give semitones such as"),
        ("<speak><prosody rate='9'>a</prosody></speak>", "speed=9.0: choose between 0.25 and 4"),
        ("<speak><prosody rate='nan'>a</prosody></speak>", "rate='nan': give a share"),
        ("<speak><prosody duration='99s'>a</prosody></speak>", "duration='99s': give a time up to 10s"),
        ("<speak><emphasis level='huge'>a</emphasis></speak>", "choose one of strong, moderate"),
        ("<speak><sub>a</sub></speak>", "<sub> needs alias"),
        ("<speak><phoneme alphabet='x-sampa' ph='h'>a</phoneme></speak>", "alphabet='x-sampa' is not read"),
        ("<speak><phoneme ph='#1 ,'>a</phoneme></speak>", "these are no phones"),
        ("<speak>{ #1}a</speak>", "braces that begin with #"),
        ("<?xml version='1.0'?><p>a</p>", "<speak> must be the outermost element"),
        ("<!DOCTYPE speak SYSTEM 'file:///etc/passwd'><speak>a</speak>", "a document type is not read"),
        ("<!DOCTYPE speak [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><speak>&b;</speak>", "a document type is not read"),
        ("<speak>&undefined;</speak>", "undefined entity"),
        ("<speak>" + 60 * "<p>" + "a", "more than 50 elements within each other"),
    ],
)
def test_mistakes_are_one_line_with_their_place(document: str, complaint: str) -> None:
    with pytest.raises(UserError) as error:
        read_ssml(document)
    assert complaint in str(error.value) and str(error.value).startswith("<speak>, line ")
    assert "\n" not in str(error.value)


def test_marks_that_a_text_holds_itself_mark_nothing() -> None:
    with pytest.raises(UserError, match="is not a phone"):
        TextFrontEnd(TextConfig())("Go {#1}home.")


@given(st.text(alphabet="<>/&;#{}'\"= abspeakprosodyrate0123.\n", max_size=60))
def test_no_document_does_anything_but_be_read_or_refused(inside: str) -> None:
    try:
        marked = read_ssml(f"<speak>{inside}</speak>")
    except UserError:
        return
    assert marked.stretches[0].controls == AS_PREDICTED


def test_tokens_carry_the_number_of_their_stretch() -> None:
    tokens = TextFrontEnd(TextConfig())("Go {#2}home{#0}, {#3 ,}now{#4 ,}", marked=True)
    places = {word: tokens.mark[tokens.word.index(i)] for i, word in enumerate(tokens.words)}
    assert places == {"Go": 0, "home": 2, "now": 0}
    assert [m for s, m in zip(tokens.symbols, tokens.mark, strict=True) if s == ","] == [3, 4]
    assert TextFrontEnd(TextConfig())("Go home.").mark == ()


def test_a_line_of_the_document_ends_nothing() -> None:
    marked = read_ssml("<speak>\n  Hello\n  <emphasis>dear</emphasis> friend\n  Of mine.\n\n  Then rest.\n</speak>")
    spoken = [re.sub(r"{#[0-9]+}", "", sentence).strip() for sentence in split_sentences(marked.text)]
    assert spoken == ["Hello dear friend Of mine.", "Then rest."]
