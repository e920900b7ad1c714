"""A third column that names no speakers: styles, languages, women and men, numbers; or one that some lines lack."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, shown, sounds, text
from tts.corpora.auto import Auto
from tts.corpora.lists.meanings import is_style
from tts.errors import UserError

SAID = [
    "The rain has stopped.", "A door stood open.", "Nobody was at home.", "She read it twice.", "Then she burned it.",
    "He kept the letters in a tin.", "It rained all morning.", "The agent came late to the house.",
]  # fmt: skip
LAST, MIDDLE = "{0}|{1}|{2}", "{0}|{2}|{1}"


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[Sequence[str], str], Path]:
    """`listed(VALUES, LINE)`: a folder with a list in which the values take turns as a third column."""
    sounds(tmp_path, *(f"wavs/{i}.wav" for i in range(len(SAID))))

    def written(values: Sequence[str], line: str = LAST) -> Path:
        lines = [line.format(i, said, values[i % len(values)]) for i, said in enumerate(SAID)]
        text(tmp_path / "metadata.csv", "\n".join(lines))
        return tmp_path

    return written


def refusal(root: Path, layout: str = "auto", **settings: object) -> str:
    with pytest.raises(UserError) as error:
        read(layout, root, **settings)
    assert "\n" not in str(error.value)
    return str(error.value)


Listed = Callable[..., Path]


@pytest.mark.parametrize(("line", "layout"), [(LAST, "coqui"), (MIDDLE, "piper")])
@pytest.mark.parametrize(
    "values", [("happy", "sad", "angry"), ("Neutral",), ("WHISPER", "excited", "calm", "sad_calm")]
)
def test_words_for_manners_of_speaking_are_styles(listed: Listed, line: str, layout: str, values: list[str]) -> None:
    root = listed(values, line)
    found = read("auto", root)
    assert rows(found) == [(str(i), "auto", said) for i, said in enumerate(SAID)]
    assert [r.style for r in found] == [values[i % len(values)] for i in range(len(SAID))]
    lines = shown(Auto(str(root)).recognised())
    assert lines[0].split() == ["id", "speaker", "style", "text", "file", "seconds"] and values[0] in lines[1]
    # By its name, the layout has speakers there.
    said, columns = refusal(root, layout), "[file,text,{}]" if line == LAST else "[file,{},text]"
    assert columns.format("style") in said and columns.format("speaker") in said
    given = columns.format("speaker").strip("[]").split(",")
    assert {r.speaker for r in read("auto", root, columns=given)} == set(values)


def test_styles_among_names_may_be_either(listed: Listed) -> None:
    said = refusal(listed(["happy", "sad", "ann"]))
    assert "two readings are possible, as column 3 says 'happy', 'sad', 'ann'" in said
    assert "corpus.columns=[file,text,style]" in said and "corpus.columns=[file,text,speaker]" in said
    assert {r.speaker for r in read("auto", listed(["Joy", "Mary"]))} == {"Joy", "Mary"}


def test_codes_of_styles_may_be_names(listed: Listed) -> None:
    root = listed(["neu", "ang", "hap", "exc"])
    said = refusal(root)
    assert "says 'neu', 'ang', 'hap', 'exc': give corpus.columns=[file,text,style] if these are manners of" in said
    assert {r.style for r in read("auto", root, columns=["file", "text", "style"])} == {"neu", "ang", "hap", "exc"}
    assert {r.speaker for r in read("auto", listed(["ang", "mia"]))} == {"ang", "mia"}


def test_a_style_after_a_text_as_it_is_read(listed: Listed) -> None:
    found = read("auto", listed(["happy", "sad"], "{0}|{1}|{1}|{2}"))
    assert {r.style for r in found} == {"happy", "sad"} and {r.speaker for r in found} == {"auto"}


def test_what_words_are_styles() -> None:
    assert all(map(is_style, ("happy", "SAD", "whisper_angry", "neutral 1")))
    assert not any(map(is_style, ("ann", "happy_ann", "", "1", "Joy")))


@pytest.mark.parametrize("codes", [("en", "de", "qqx"), ("en-US", "de-DE", "wo-SN"), ("English", "German", "Wolof")])
@pytest.mark.parametrize(("line", "columns"), [(LAST, "[file,text,{}]"), (MIDDLE, "[file,{},text]")])
def test_a_language_that_espeak_lacks_is_no_speaker(
    listed: Listed, codes: tuple[str, ...], line: str, columns: str
) -> None:
    root = listed(codes, line)
    said = refusal(root)
    assert f"of which espeak-ng lacks '{codes[2]}' (line 3)" in said
    assert columns.format("language") in said and columns.format("speaker") in said
    said = refusal(root, columns=columns.format("language").strip("[]").split(","))
    assert f"metadata.csv:3: espeak-ng has no language '{codes[2]}'" in said


def test_a_language_is_told_of_the_layout_that_has_one(listed: Listed) -> None:
    assert "metadata.csv:2: espeak-ng has no language 'qqx'" in refusal(listed(["en", "qqx"], "{0}|mia|{2}|{1}"))
    assert "give corpus.language=de" in refusal(listed(["de"], "{0}|mia|{2}|{1}"))


@pytest.mark.parametrize("names", [{"max", "mia", "eva", "tom"}, {"ben", "dan"}])
def test_names_of_three_letters_are_no_languages(listed: Listed, names: set[str]) -> None:
    assert {r.speaker for r in read("auto", listed(sorted(names)))} == names


def test_codes_of_three_letters_are_languages(listed: Listed) -> None:
    root = listed(["eng", "deu", "fra", "zho"], MIDDLE)
    assert "says 'eng', 'deu', 'fra', 'zho': give corpus.columns=[file,language,text] if" in refusal(root)
    found = read("auto", root, columns=["file", "language", "text"])
    assert [r.language for r in found] == ["", "de", "fr-fr", "cmn"] * 2
    text(root / "metadata.csv", f"id\tlang\ttext\n0\teng\t{SAID[0]}\n1\tpor-BR\t{SAID[1]}\n2\tdan\t{SAID[2]}")
    assert [r.language for r in read("auto", root)] == ["", "pt-br", "da"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["mujer", "hombre"], "column 3 says 'mujer', 'hombre': give corpus.columns=[file,text,_] if these are"),
        (["18-25", "26-35", "65+"], "column 3 says '18-25'"),
        (["2024-01", "2024-02"], "column 3 says '2024-01'"),
        (["CC0", "CC-BY-4.0"], "column 3 says 'CC0'"),
        (["approved", "rejected"], "column 3 says 'approved'"),
        (["https://a.org/x", "https://a.org/y"], "column 3 says 'https://a.org/x'"),
        (["wav", ".mp3"], "column 3 says 'wav'"),
        (["m", "f"], "column 3 says 'm', 'f': give corpus.columns=[file,text,_] if these are no names, or"),
        (["Female"], "column 3 says 'Female': give corpus.columns=[file,text,_] if these are no names, or"),
        (["teens", "twenties"], "column 3 says 'teens', 'twenties': give corpus.columns=[file,text,_] if"),
        (["0", "1", "2"], "column 3 says '0', '1', '2': give corpus.columns=[file,text,speaker] if these numbers are"),
        (["22050"], "column 3 says '22050': give corpus.columns=[file,text,speaker] if these numbers are speakers"),
        (["train", "test"], "column 3 says 'train'"),
        (["True", "False"], "column 3 says 'True'"),
        (["0:02", "0:03"], "column 3 says '0:02'"),
        (["2024-01-01", "2024-01-02"], "column 3 says '2024-01-01'"),
        (["2024-01-01T10:00", "2024-01-02T11:00"], "column 3 says '2024-01-01T10:00'"),
        (["-1", "2"], "column 3 says '-1'"),
        (["95%", "90%"], "column 3 says '95%'"),
        (["2s", "3s"], "column 3 says '2s'"),
        (["1e3", "2e3"], "column 3 says '1e3'"),
        (["0", "0", "0.1"], "column 3 says '0'"),
        (["done", "todo"], "column 3 says 'done'"),
        (["clean", "noisy"], "column 3 says 'clean'"),
        (["question", "statement"], "column 3 says 'question'"),
    ],
)
def test_what_may_be_no_speakers_is_refused(listed: Listed, values: list[str], message: str) -> None:
    root = listed(values)
    said = refusal(root)
    assert message in said and "corpus.columns=[file,text,_]" in said and "corpus.columns=[file,text,speaker]" in said
    assert rows(read("auto", root, columns=["file", "text", "_"]))[0] == ("0", "auto", SAID[0])
    assert {r.speaker for r in read("auto", root, columns=["file", "text", "speaker"])} == set(values)


def test_numbers_are_speakers_where_a_layout_is_named_or_has_them_before_the_text(listed: Listed) -> None:
    assert {r.speaker for r in read("coqui", listed(["0", "1"]))} == {"0", "1"}
    assert {r.speaker for r in read("auto", listed(["0", "1"], MIDDLE))} == {"0", "1"}
    assert {r.speaker for r in read("auto", listed(["male1", "female1"], MIDDLE))} == {"male1", "female1"}


def test_numbers_after_a_text_as_it_is_read_may_be_speakers(listed: Listed) -> None:
    root = listed(["0", "1"], "{0}|{1}|{1}|{2}")
    said = refusal(root)
    assert "column 4 says '0', '1': give corpus.columns=[file,raw,text,speaker] if these numbers are speakers" in said
    assert "or corpus.columns=[file,raw,text,_]" in said
    assert {r.speaker for r in read("ljspeech_multispeaker", root)} == {"0", "1"}
    assert {r.speaker for r in read("auto", root, columns=["file", "raw", "text", "_"])} == {"auto"}


@pytest.mark.parametrize("named", [2, 3, 4])
@pytest.mark.parametrize("name", ["ann", "ann_{0}"])
def test_a_name_in_up_to_half_of_the_lines_is_refused(listed: Listed, named: int, name: str) -> None:
    root, name = listed(["x"]), f"|{name}"
    lines = [f"{i}|{said}" + (name.format(8 - i) if i >= len(SAID) - named else "") for i, said in enumerate(SAID)]
    text(root / "metadata.csv", "\n".join(lines))
    said = refusal(root)
    assert f"as {named} lines have 3 columns, such as line {9 - named}, whose column 3 says 'ann" in said
    assert f"and {8 - named} have 2, such as line 1: " in said
    left = read("auto", root, columns=["file", "text", "speaker"])
    assert ["ann" in r.speaker for r in left if not r.problem] == [True] * named
    assert set(problems(left).values()) == {f"metadata.csv:{line}: it names no speaker" for line in range(1, 9 - named)}
    assert [r.speaker for r in read("auto", root, columns=["file", "text", "_"])] == ["auto"] * 8
    assert rows(read("auto", root, columns=["file", "text", "style"]))[-1] == ("7", "auto", SAID[-1])


def test_a_name_before_the_text_in_some_lines_is_refused(listed: Listed) -> None:
    root = listed(["x"])
    text(root / "metadata.csv", "\n".join(f"{i}|{'ann|' * (i < 3)}{said}" for i, said in enumerate(SAID)))
    assert "such as line 1, whose column 2 says 'ann', and 5 have 2, such as line 4: " in refusal(root)
    assert list(problems(read("auto", root, columns=["file", "text"]))) == ["0", "1", "2"]


def test_lines_that_lack_a_speaker_s_name_are_named(listed: Listed) -> None:
    for nobody in ("", "-", "None", "nan"):
        found = read("auto", listed(["ann", "bob", "ann", nobody]))
        assert problems(found) == {n: f"metadata.csv:{int(n) + 1}: it names no speaker" for n in ("3", "7")}
    assert "5 of 8 recordings are unclear, such as 1 (metadata.csv:2: it names no speaker)" in refusal(
        listed(["ann", "", ""])
    )
