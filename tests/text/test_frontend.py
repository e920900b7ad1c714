import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.errors import UserError
from tts.storage.resources import folder
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd, Unpronounceable, split_sentences
from tts.text.languages.english.reader import ABBREVIATED, NUMBER, NUMBERED
from tts.text.sentences import END as STOP
from tts.text.tokens import END, START

phones = TextFrontEnd(TextConfig())
graphemes = TextFrontEnd(TextConfig(units="graphemes", language="none"))


def test_punctuation_collapses_and_never_leads() -> None:
    tokens = phones('— "Well," (she) said... really?!')
    assert [s for s in tokens.symbols if s in ",.?!;:—…"] == [",", ",", "…", "?"]
    assert tokens.symbols[0] == START and tokens.symbols[-1] == END and tokens.word[1] == 0


def test_braces_are_taken_as_given() -> None:
    tokens = phones("Say {h ə l ˈoʊ} now")
    assert tokens.words == ("Say", "həlˈoʊ", "now")
    given_phones = [(s, e) for s, e, w in zip(tokens.symbols, tokens.stress, tokens.word, strict=True) if w == 1]
    assert given_phones == [("h", 0), ("ə", 0), ("l", 0), ("oʊ", 1)]


def test_text_in_braces_after_a_language_is_read_in_it() -> None:
    tokens = phones("She said {fr-fr: bonjour, madame} to 3 {de: Männer und 2 Frauen}.")
    assert tokens.words == ("She", "said", "bonjour", "madame", "to", "three", "Männer", "und", "zwei", "Frauen")
    french = TextFrontEnd(TextConfig(language="fr-fr"))("bonjour, madame").symbols[1:-1]
    inside = [symbol for symbol, language in zip(tokens.symbols, tokens.language, strict=True) if language == "fr-fr"]
    assert inside == [symbol for symbol in french if symbol != ","]
    assert tokens.language[tokens.symbols.index(",")] == "en-us"
    assert list(dict.fromkeys(tokens.language)) == ["en-us", "fr-fr", "de"]
    assert phones("She said that.").language == ()


@pytest.mark.parametrize("written", ["{t: s}", "{ts:}", "{e:}", "{ts: a}"])
def test_a_long_phone_is_no_language(written: str) -> None:
    assert phones(f"a {written}").language == ()


@pytest.mark.parametrize("written", ["{fr-fr:bonjour}", "{FR-FR: bonjour}", "{ fr-fr :  bonjour }"])
def test_a_language_may_be_written_in_several_ways(written: str) -> None:
    assert phones(f"a {written}") == phones("a {fr-fr: bonjour}")


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("{fr: bonjour}", r"no language 'fr'; did you mean .*fr-fr"),
        ("{fr-xy: bonjour}", r"no language 'fr-xy'; did you mean .*fr-fr"),
        ("{fr-fr: }", "no text after the language"),
    ],
)
def test_what_is_nearly_a_language_is_refused(written: str, complaint: str) -> None:
    for front_end in (phones, graphemes):
        with pytest.raises(UserError, match=complaint):
            front_end(f"a {written}")


def test_text_in_another_language_is_kept_in_its_braces() -> None:
    text = "She said {fr-fr: Bonjour. Ça va?\n\nOui, et toi.} and left. Then he came."
    assert split_sentences(text) == ["She said {fr-fr: Bonjour. Ça va? Oui, et toi.} and left.", "Then he came."]
    cut = split_sentences(text, 30)
    assert all(len(piece) <= 30 and piece.count("{") == piece.count("}") for piece in cut)
    assert " ".join(cut).count("{fr-fr: ") == 3
    assert [word for piece in cut for word in phones(piece).words] == list(phones(text).words)


@pytest.mark.parametrize("mark", ["1", "<pad>", "<s>", "sil", "sp", "spn", "ˈsil", "h <pad>"])
def test_what_stands_for_padding_or_silence_is_no_phone(mark: str) -> None:
    for front_end in (phones, graphemes):
        with pytest.raises(UserError, match="is not a phone"):
            front_end(f"a {{{mark}}}")


def test_words_are_the_normalised_ones() -> None:
    assert phones("5 km to Dr. Li").words == ("five", "kilometres", "to", "Doctor", "Li")


def test_graphemes_need_no_espeak() -> None:
    tokens = graphemes("Don't, Привет!")
    assert tokens.symbols == (START, *"don't", ",", *"привет", "!", END)
    assert tokens.words == ("Don't", "Привет")


@pytest.mark.parametrize("text", ["", " ... ", '"—"', "{}"])
def test_unpronounceable(text: str) -> None:
    with pytest.raises(Unpronounceable):
        phones(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=50) | st.text("abc ,.?!'-()of the was a", max_size=40))
def test_tokens_are_consistent(text: str) -> None:
    for front_end in (phones, graphemes):
        try:
            tokens = front_end(text)
        except UserError:
            continue
        spoken = [w for w in tokens.word if w >= 0]
        assert spoken == sorted(spoken) and set(spoken) == set(range(len(tokens.words)))
        marks = [w < 0 for w in tokens.word[1:-1]]
        assert not any(a and b for a, b in pairwise(marks)) and not marks[0]


def test_sentences_of_the_project_are_pronounceable() -> None:
    lines = (folder("sentences") / "en.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 500 and len(set(lines)) == len(lines)
    assert all(len(phones(line).words) == len(line.split()) for line in lines[:60])


def test_words_of_another_script_are_refused_and_single_letters_named() -> None:
    with pytest.raises(Unpronounceable, match=r"'мир' in en-us.*corpus\.language"):
        phones("Hello, мир")
    assert phones("the α particle").words == ("the", "α", "particle")
    assert TextFrontEnd(TextConfig(language="ru"))("мир").words == ("мир",)


def test_a_long_sentence_is_not_cut_within_a_number() -> None:
    assert split_sentences("It was 1,000,000 at 5:30, and so on", 14) == [
        "It was",
        "1,000,000 at",
        "5:30,",
        "and so on",
    ]


def test_split_sentences() -> None:
    text = 'Dr. Smith paid $3.50. He left! "Why?" asked J. R. Jones, e.g. twice. Then, etc.'
    assert split_sentences(text) == [
        "Dr. Smith paid $3.50.",
        "He left!",
        '"Why?" asked J. R. Jones, e.g. twice.',
        "Then, etc.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "I. M. Pei met P.G. Wodehouse and A. A. Milne at 9 a.m. Monday.",
        "Rep. Lee (Smith et al. 2020) moved to Apt. 4 in ca. 1650.",
        "Add 1 lb. 4 oz. of rice at Ste. 5, Rm. 101, Bldg. 3, Fl. 2 on Sat. 10-2.",
        "The qty. 5 and the avg. 4 of ch. IV are right.",
        "Drs. Smith and Profs. Li and Jones went to Pt. Reyes.",
        "The author J. R. R. Tolkien wrote.",
        "1. Wash the rice.",
        "(2. of three) It rained.",
    ],
)
def test_a_full_stop_that_ends_no_sentence(text: str) -> None:
    assert split_sentences(text) == [text]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Am 3. Oktober kam Dr. Ott.", "Er ist 12.", "Sie kam z. B. Montag usw.", "Am 24.12. war es kalt."]),
        ("de", ["„Ich komme.“", "Dann ging er.", "»Gut.«", "Wir zahlten 5 Mio. Euro in der Hauptstr. 5."]),
        ("fr-fr", ["M. Dupont est là, p. ex. Lundi.", "En 50 av. J.-C. Il partit.", "« Oui. »", "« Non ! »"]),
        ("de", ["Dr. med. Ott ist da.", "Die 2. Aufl. kam.", "Er nahm 1 Pck. Mehl und No. 3 der Liste."]),
        ("tr", ["Dr. Ali geldi.", "Prof. Can gitti."]),
        ("sv", ["Kom kl. 9 till Dr. Ek.", "Nu."]),
        ("es", ["El Sr. Ruiz fue a EE. UU. en mayo.", "Miró al mar.", "Vio la pág. 5.", "¿Y tú?"]),
        ("cs", ["Přišel 3. prosince domů.", "Potom odešel."]),
    ],
)
def test_full_stops_of_other_languages(language: str, sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences), language=language) == sentences


def test_dutch_clitics_are_words() -> None:
    tokens = TextFrontEnd(TextConfig(language="nl"))("'s Avonds heb ik 't gezien")
    assert tokens.words == ("'s", "Avonds", "heb", "ik", "'t", "gezien")


def test_a_unit_ends_a_sentence() -> None:
    assert split_sentences("Heat to 180°C. Mix it.") == ["Heat to 180°C.", "Mix it."]
    assert split_sentences("I sat. 10 men came.") == ["I sat.", "10 men came."]


def test_items_of_a_list_are_sentences() -> None:
    text = "Contents\n1. Intro\n2. Methods: wash\nthe rice\n- eggs\n• milk"
    assert split_sentences(text) == ["Contents", "1. Intro", "2. Methods: wash the rice", "- eggs", "• milk"]
    assert split_sentences("At 9 a.m. It rained. Then I. It did.") == ["At 9 a.m.", "It rained.", "Then I.", "It did."]


STOPS = (
    "Mr. ",
    "approx. ",
    "Mapprox. ",
    "a.m. ",
    "e.g. ",
    "No. ",
    "p. ",
    "J. ",
    "'s. ",
    ".”",
    "…",
    "。",
    " ",
    "Then ",
    "x",
    "7",
    ")",
)


@given(st.lists(st.sampled_from(STOPS), max_size=12).map("".join) | st.text("aAI1 .!?…\"'”)。", max_size=30))
def test_a_few_characters_tell_what_ends_a_sentence(text: str) -> None:
    line, start, expected = " ".join(text.split()), 0, []
    for match in STOP.finditer(line):
        all_before, after = line[start : match.end()].rstrip(), line[match.end() : match.end() + 10]
        abbreviated = after and ABBREVIATED.search(all_before)
        if not (abbreviated or after[:1].islower() or (NUMBER.match(after) and NUMBERED.search(all_before))):
            expected.append(all_before)
            start = match.end()
    assert split_sentences(text) == [piece for piece in (*expected, line[start:].strip()) if piece]


@pytest.mark.parametrize("text", ["hello there my friend. " * 10_000, "a. " * 20_000, "." * 100_000 + "x"])
def test_splitting_takes_time_in_proportion_to_the_text(text: str) -> None:
    started = time.process_time()
    split_sentences(text)
    assert time.process_time() - started < 20


@given(st.text("ab ,.;! ", max_size=300), st.integers(5, 60))
def test_split_sentences_keeps_every_letter_within_the_limit(text: str, limit: int) -> None:
    pieces = split_sentences(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= limit for piece in pieces)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We want this today:\nApple\nBanana\nOrange", ["We want this today:", "Apple", "Banana", "Orange"]),
        ("milk\neggs and some flour\nbread", ["milk", "eggs and some flour", "bread"]),
        ("Hello there\nHow are you today", ["Hello there", "How are you today"]),
        (
            "The sea is calm tonight\nThe tide is full\nThe moon lies fair\nUpon the coast a light",
            ["The sea is calm tonight", "The tide is full", "The moon lies fair", "Upon the coast a light"],
        ),
        ("eggs, milk, 2 l of it\nbread", ["eggs, milk, 2 l of it bread"]),
        (  # as copied from a page whose letters differ in width
            "It was the best of times, it was the worst of\ntimes, it was the age of wisdom, it was the\nage of foolish"
            "ness, it was the epoch of belief,\nit was\nthe epoch of incredulity.",
            ["It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
             "foolishness, it was the epoch of belief, it was the epoch of incredulity."],
        ),
        ("The quick brown fox\njumps over the lazy dog again.", ["The quick brown fox jumps over the lazy dog again."]),
        (
            "This is a text that was wrapped by an editor at\nsome column, so that its lines mean nothing to\nanyone.",
            ["This is a text that was wrapped by an editor at some column, so that its lines mean nothing to anyone."],
        ),
    ],
)  # fmt: skip
def test_lines_of_a_list_or_a_poem_are_apart_and_those_of_a_page_are_not(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


def test_capitals_tell_no_lines_apart_where_nouns_have_them() -> None:
    lines = ["Der Hund sah dort im alten Garten unseren", "Nachbarn, der mit seiner Frau und vielen"]
    text = "\n".join([*lines, "Kindern am langen Tisch unter dem", "Baum"])
    assert len(split_sentences(text, language="de")) == 1
