"""Lists of recordings, as programs and people write them."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, sounds, text
from tts.corpora.lists.files import audio_files
from tts.corpora.lists.layouts import Coqui, LJSpeech
from tts.errors import UserError
from tts.storage.ownership import claim

ONE, TWO, THREE = "The rain has stopped.", "A door stood open.", "Nobody was at home."


@pytest.mark.parametrize(
    ("layout", "name", "content", "expected"),
    [
        ("ljspeech", "metadata.csv", f"a|It is 5.|It is five.\nb|{TWO}|{TWO}\nc|{THREE}",
         [("a", "me", "It is five."), ("b", "me", TWO), ("c", "me", THREE)]),
        ("piper", "metadata.csv", f"a|{ONE}\nb|{TWO}", [("a", "me", ONE), ("b", "me", TWO)]),
        ("piper", "metadata.csv", f"wavs/a.wav|mia|{ONE}\nwavs/b.wav|tom|{TWO}\nWavs/c.wav|mia|{THREE}",
         [("a", "mia", ONE), ("b", "tom", TWO), ("c", "mia", THREE)]),
        ("coqui", "metadata.csv", f"a|{ONE}|mia\nb|{TWO}|tom\nc|{THREE}|mia",
         [("a", "mia", ONE), ("b", "tom", TWO), ("c", "mia", THREE)]),
        ("coqui", "metadata.csv", f"audio_file|text|speaker_name\na.wav|{ONE}|mia\nb.wav|{TWO}|tom",
         [("a", "mia", ONE), ("b", "tom", TWO)]),
        ("gpt_sovits", "all.list", f"D:\\data\\wavs\\a.wav|mia|EN|{ONE}\nD:\\data\\wavs\\b.wav|tom|en|{TWO}",
         [("a", "mia", ONE), ("b", "tom", TWO)]),
        ("f5", "metadata.csv", f"audio_file|text\n/home/me/f5/wavs/a.wav|{ONE}\n/home/me/f5/wavs/b.wav|{TWO}",
         [("a", "me", ONE), ("b", "me", TWO)]),
        ("ljspeech_multispeaker", "metadata.csv", f"a|{ONE}|{ONE}|mia\nb|{TWO}|{TWO}|tom\nc|It is 5.|It is five.|mia",
         [("a", "mia", ONE), ("b", "tom", TWO), ("c", "mia", "It is five.")]),
        ("nemo", "train_manifest.json", "\n".join(
            json.dumps({"audio_filepath": f"/data/x/wavs/{id}.wav", "text": said, "duration": 0.1, "speaker": n})
            for n, (id, said) in enumerate((("a", ONE), ("b", TWO)))),
         [("a", "0", ONE), ("b", "1", TWO)]),
        ("huggingface", "metadata.csv", f'file_name,transcription\nwavs/a.wav,"One, two."\nwavs/b.wav,{TWO}',
         [("a", "me", "One, two."), ("b", "me", TWO)]),
        ("huggingface", "metadata.jsonl", json.dumps({"file_name": "wavs/a.wav", "text": ONE, "speaker_id": "mia"}),
         [("a", "mia", ONE)]),
    ],
)  # fmt: skip
def test_layouts_by_name_and_without(
    tmp_path: Path, layout: str, name: str, content: str, expected: list[tuple[str, str, str]]
) -> None:
    text(sounds(tmp_path, "wavs/a.wav", "wavs/b.wav", "wavs/c.wav") / name, content)
    assert rows(read(layout, tmp_path, name="me")) == expected
    assert rows(read("auto", tmp_path, name="me")) == expected


def test_common_voice(tmp_path: Path) -> None:
    head = "client_id\tpath\tsentence_id\tsentence\tup_votes\tdown_votes\tlocale\n"
    line = f'{"0f" * 64}\tcommon_voice_de_1.mp3\t7\tEr sagte: "Ja".\t2\t0\tde\n'
    for name in ("validated.tsv", "train.tsv", "other.tsv"):
        text(tmp_path / "de" / name, head + line)
    sounds(tmp_path / "de/clips", "common_voice_de_1.mp3")
    expected = [("common_voice_de_1", "0f0f0f0f0f0f", 'Er sagte: "Ja".')]
    for layout in ("common_voice", "auto"):
        for root in (tmp_path, tmp_path / "de"):
            assert rows(read(layout, root, language="de")) == expected
        with pytest.raises(UserError, match=r"nothing in it is in corpus\.language=en-us.*give corpus\.language=de"):
            read(layout, tmp_path)


def test_m_ailabs_and_a_folder_for_each_speaker(tmp_path: Path) -> None:
    for speaker, place in (("elena", "de_DE/by_book/female/elena"), ("karl", "de_DE/by_book/male/karl")):
        text(tmp_path / "m" / place / "book/metadata.csv", f"x_01|{speaker} 1|{speaker} eins\nx_02|Ja.|Ja.")
        sounds(tmp_path / "m" / place / "book/wavs", "x_01.wav", "x_02.wav")
        text(tmp_path / "s" / speaker / "metadata.csv", f"1|{speaker} sagt ja.\n2|Nein.")
        sounds(tmp_path / "s" / speaker / "wavs", "1.wav", "2.wav")
    for layout in ("m_ailabs", "auto"):
        assert rows(read(layout, tmp_path / "m", language="de")) == [
            ("female-elena-book-x_01", "elena", "elena eins"), ("female-elena-book-x_02", "elena", "Ja."),
            ("male-karl-book-x_01", "karl", "karl eins"), ("male-karl-book-x_02", "karl", "Ja."),
        ]  # fmt: skip
    for layout in ("ljspeech_multispeaker", "auto"):
        assert rows(read(layout, tmp_path / "s", language="de")) == [
            ("elena-1", "elena", "elena sagt ja."), ("elena-2", "elena", "Nein."),
            ("karl-1", "karl", "karl sagt ja."), ("karl-2", "karl", "Nein."),
        ]  # fmt: skip


LAST = f"a|{ONE}|mia\nb|{TWO}|tom\nc|{THREE}|mia\n"
SECOND = f"a|mia|{ONE}\nb|tom|{TWO}\nc|mia|{THREE}\n"
TEXTS = f"a|{ONE}|{ONE}\nb|Page 2.|Page two.\nc|{THREE}|{THREE}\n"


@pytest.mark.parametrize(
    ("layout", "content", "message"),
    [
        ("ljspeech", LAST, r"expected lines `file\|raw\|text`, but column 3 says 'mia' .*\(corpus=coqui\).*\.columns"),
        ("ljspeech", SECOND, r"but column 2 says 'mia' beside different texts.*`file\|speaker\|text` \(corpus=piper\)"),
        ("ljspeech", f"a|{ONE}|mia\n", r"column 3 says 'mia', which is not how 'The rain.*\(corpus=coqui\)"),
        ("piper", LAST, r"column 2 says 'The rain has stopped.', a sentence and no speaker's name; .*\(corpus=coqui\)"),
        ("piper", TEXTS, r"column 2 says 'The rain has stopped\.', as the text does; .*\(corpus=ljspeech\)"),
        ("coqui", SECOND, r"\(corpus=piper\)"),
        ("coqui", TEXTS, r"\(corpus=ljspeech\)"),
        ("gpt_sovits", f"a|mia|{ONE}|en\nb|tom|{TWO}|en", r"'The rain.*' in column 3 is no language"),
        ("ljspeech", "a|1|one\nb|2|two", r"two readings are possible, .*ljspeech.* and .*piper.*; say which, as in "),
        ("coqui", "a|mia|yes\nb|tom|no", r"two readings are possible, .*coqui.* and .*piper"),
        ("ljspeech", f"a|p225|{ONE}\nb|p226|{TWO}", r"\(corpus=piper\)"),
        ("ljspeech_multispeaker", "a|1|one\nb|2|two", r"two readings are possible, .*piper.* and .*ljspeech"),
        ("auto", "a|1|one\nb|2|two", r"two readings are possible, .*ljspeech.* and .*piper.*corpus\.columns"),
        ("coqui", f"a|{ONE}|2.31\nb|{TWO}|1.87", r"column 3 says '2\.31', which is no speaker's name; say what .*col"),
        ("auto", f"a|{ONE}|2.31\nb|{TWO}|1.87\nc|{THREE}|1.9", r"column 3 .*corpus\.columns"),
        ("coqui", f"a|{ONE}|a8f\nb|{TWO}|b2c\nc|{THREE}|99a", r"of whom 3 have one line only, such as 'a8f'"),
        ("auto", f"a|{ONE}|a8f\nb|{TWO}|b2c\nc|{THREE}|99a", r"column 3 .*corpus\.columns"),
        ("piper", f"a|2,31|{ONE}\nb|1,87|{TWO}", r"column 2 says '2,31', which is no"),
        ("piper", f"a|x|y|z|{ONE}|1|2", r"they have 7 columns; say what the columns are, as in corpus\.columns=\["),
    ],
)  # fmt: skip
def test_what_may_be_misread_is_refused_by_name(tmp_path: Path, layout: str, content: str, message: str) -> None:
    text(sounds(tmp_path, "wavs/a.wav", "wavs/b.wav", "wavs/c.wav") / "metadata.csv", content)
    with pytest.raises(UserError, match=message) as refusal:
        read(layout, tmp_path)
    assert "\n" not in str(refusal.value)


def test_columns_can_be_given(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/a.wav", "wavs/b.wav")
    text(tmp_path / "mine.txt", f"{ONE};de;mia;a.wav;x\n{TWO};en;tom;b.wav;y\n")
    given = {"columns": ["text", "language", "speaker", "file", "style"], "separator": "semicolon"}
    for layout in ("auto", "ljspeech"):
        recordings = read(layout, tmp_path / "mine.txt", **given)
        assert rows(recordings) == [("a", "mia", ONE), ("b", "tom", TWO)]
        assert [(r.language, r.style) for r in recordings] == [("de", "x"), ("", "y")]
    text(tmp_path / "metadata.csv", "called,what\na,One\nb,Two")
    with pytest.raises(
        UserError, match=r"metadata\.csv:1: its first line names the columns 'called', 'what'.*columns="
    ):
        read("auto", tmp_path / "metadata.csv", separator=",", header=True)
    said = read("auto", tmp_path / "metadata.csv", separator=",", header=True, columns=["file", "text"])
    assert rows(said) == [("a", "auto", "One"), ("b", "auto", "Two")]
    text(tmp_path / "metadata.csv", "a|3|three\nb|4|four")
    assert rows(read("auto", tmp_path / "metadata.csv", columns=["file", "_", "text"]))[0] == ("a", "auto", "three")
    assert rows(read("auto", tmp_path / "metadata.csv", columns=["file", "raw", "text"]))[0] == ("a", "auto", "three")
    for columns, message in ((["file", "words"], "'words' is not one of file, text,"), (["file"], "one the text")):
        with pytest.raises(UserError, match=message):
            Coqui(str(tmp_path), columns=columns)
    with pytest.raises(UserError, match=r"corpus\.separator=ab: give one character, or bar, tab, comma, semicolon"):
        read("coqui", tmp_path, separator="ab")


def test_a_bar_within_a_text(tmp_path: Path) -> None:
    sounds(tmp_path, *(f"wavs/{name}.wav" for name in "abcde"))
    text(tmp_path / "metadata.csv", "a|Left | or right.|Left or right.\nb|Only | a bar\nc|Fine.|Fine.\nd|Good.|Good.\n")
    found = read("ljspeech", tmp_path)
    assert [r.text for r in found if not r.problem] == ["Left or right.", "Fine.", "Good."]
    assert problems(found)["b"].startswith("metadata.csv:2: 'a bar' is not how 'Only' is read; a separator within")
    text(tmp_path / "metadata.csv", f"a|mia|{ONE}\nb|tom|{TWO}\nc|mia|Left | or right.\nd|tom\ne|tom|Yes.\n")
    assert problems(read("piper", tmp_path)) == {
        "c": "metadata.csv:3: 4 columns instead of 3; a separator within the text? Put such texts in quotation marks",
        "d": "metadata.csv:4: 2 columns instead of 3",
    }


LINES = [f"{i}|Line {word} of a text." for i, word in enumerate(("zero", "one", "two", "three", "four", "five", "six"))]
HALVES = [
    "She left the house | she left the garden",
    "Never say never | never say never",
    "At 5 she | at five she left",
]


@pytest.mark.parametrize("layout", ["ljspeech", "ljspeech_multispeaker", "coqui", "auto"])
@pytest.mark.parametrize("halves", HALVES)
@pytest.mark.parametrize("count", [2, 7])
def test_a_half_of_a_text_is_never_taken_for_how_it_is_read(
    tmp_path: Path, layout: str, halves: str, count: int
) -> None:
    sounds(tmp_path, *(f"wavs/{i}.wav" for i in range(8)))
    text(tmp_path / "metadata.csv", "\n".join([*LINES[:count], f"7|{halves}"]))
    found = read(layout, tmp_path)
    assert len(rows(r for r in found if not r.problem)) == count
    assert problems(found) == {
        "7": f"metadata.csv:{count + 1}: 3 columns instead of 2; a separator within the text? Put such texts in "
        "quotation marks"
    }


@pytest.mark.parametrize("layout", ["ljspeech", "ljspeech_multispeaker", "auto"])
@pytest.mark.parametrize("halves", HALVES)
def test_nor_where_all_lines_have_both(tmp_path: Path, layout: str, halves: str) -> None:
    sounds(tmp_path, *(f"wavs/{i}.wav" for i in range(9)))
    lines = [f"{line}|{line.partition('|')[2]}" for line in LINES]
    both = halves.replace(" |", ";")
    text(tmp_path / "metadata.csv", "\n".join([*lines, f"7|{both}|{halves}", f"8|{halves}|{both}"]))
    found = read(layout, tmp_path)
    assert problems(found)["7"].startswith("metadata.csv:8: ") and [r.text for r in found][8] == both
    text(tmp_path / "metadata.csv", "\n".join([*lines, f"7|{halves}|{halves}"]))
    assert list(problems(read(layout, tmp_path))) == ["7"]


@pytest.mark.parametrize("layout", ["ljspeech", "auto"])
def test_some_lines_may_lack_the_text_as_it_is_read_or_the_written_one(tmp_path: Path, layout: str) -> None:
    sounds(tmp_path, *(f"wavs/{i}.wav" for i in range(5)))
    lines = ["0|It is 5.|It is five.", "1|Page 6 was torn.|Page six was torn.", "2||One.", "3|Two.|", "4|Three."]
    text(tmp_path / "metadata.csv", "\n".join(lines))
    expected = ["It is five.", "Page six was torn.", "One.", "Two.", "Three."]
    assert [said for _, _, said in rows(read(layout, tmp_path))] == expected


def test_a_written_and_a_read_text_after_the_speaker(tmp_path: Path) -> None:
    sounds(tmp_path, *(f"wavs/{name}.wav" for name in "abc"))
    text(tmp_path / "metadata.csv", f"a|mia|It is 5.|It is five.\nb|tom|{TWO}|{TWO}\nc|mia|{THREE}|{THREE}")
    expected = [("a", "mia", "It is five."), ("b", "tom", TWO), ("c", "mia", THREE)]
    for layout in ("ljspeech_multispeaker", "auto"):
        assert rows(read(layout, tmp_path)) == expected


def test_a_speaker_s_name_is_needed_on_every_line_that_has_a_column_for_it(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/a.wav", "wavs/b.wav", "wavs/c.wav")
    text(tmp_path / "metadata.csv", f"a|mia|{ONE}\nb||{TWO}\nc|mia|{THREE}")
    assert problems(read("piper", tmp_path)) == {"b": "metadata.csv:2: it names no speaker"}
    assert [r.speaker for r in read("piper", tmp_path, speaker="all")] == ["all"] * 3


def test_what_programs_write_for_no_text_is_not_spoken(tmp_path: Path) -> None:
    written = ("nan", "None", "NULL", "-", "Null.", ONE)
    sounds(tmp_path, *(f"wavs/{i}.wav" for i in range(len(written))))
    text(tmp_path / "metadata.csv", "file,text\n" + "".join(f"{i}.wav,{said}\n" for i, said in enumerate(written)))
    found = problems(read("auto", tmp_path, columns=["file", "text"]))
    assert list(found) == ["0", "1", "2", "3"]
    assert found["1"] == "metadata.csv:3: its text is 'None', which stands for none; write 'None.' if it is said"
    words = ("null", "eins", "zwei", "-", "None")
    text(tmp_path / "metadata.csv", "".join(f"{i}|{said}\n" for i, said in enumerate(words)))
    assert list(problems(read("auto", tmp_path))) == ["3"]  # as in a list of single words these may be some
    (tmp_path / "metadata.csv").unlink()
    objects = ['{"audio": "0.wav", "text": NaN}', json.dumps({"audio": "1.wav", "text": ONE})]
    text(tmp_path / "all.jsonl", "\n".join(objects))
    assert [r.text for r in read("auto", tmp_path)] == ["", ONE]


@pytest.mark.parametrize(
    "listed",
    ["a", "a.wav", "./wavs/a.wav", "wavs\\a.wav", r"C:\Users\me\set\wavs\a.wav", "/other/machine/wavs/a.wav",
     "DUMMY/a.wav", "WAVS/A.WAV", "file:///other/wavs/a.wav", "a.flac"],
)  # fmt: skip
def test_files_are_found_by_the_names_of_other_machines(tmp_path: Path, listed: str) -> None:
    sounds(tmp_path, "wavs/a.wav", "wavs/b.wav", "wavs/._a.wav")
    text(tmp_path / "metadata.csv", f"{listed}|{ONE}\n")
    (found,) = read("ljspeech", tmp_path)
    assert Path(found.file) == tmp_path / "wavs/a.wav" and found.id in ("a", "WAVS-A", "DUMMY-a")


def test_absolute_paths_lead_outside_the_folder_and_keep_their_folders_apart(tmp_path: Path) -> None:
    sounds(tmp_path / "far", "mia/1.wav", "tom/1.wav")
    lines = f"{tmp_path}/far/mia/1.wav|{ONE}\n{tmp_path}/far/tom/1.wav|{TWO}\n"
    text(tmp_path / "lists/metadata.csv", lines)
    assert rows(read("ljspeech", tmp_path / "lists")) == [("mia-1", "ljspeech", ONE), ("tom-1", "ljspeech", TWO)]


def test_of_two_files_that_a_name_may_mean_none_is_taken(tmp_path: Path) -> None:
    sounds(tmp_path, "mia/1.wav", "tom/1.wav", "2.wav", "2.flac")
    text(tmp_path / "metadata.csv", f"1|{ONE}\n2|{TWO}\n2.flac|{THREE}")
    first, second, third = read("ljspeech", tmp_path)
    assert first.problem == "metadata.csv:1: '1' may be mia/1.wav or tom/1.wav"
    assert (Path(second.file).name, Path(third.file).name) == ("2.wav", "2.flac")


def test_a_missing_file_is_named_as_it_is_listed(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/a.wav")
    text(tmp_path / "metadata.csv", f"wavs/a.wav|{ONE}\nwavs/gone.wav|{TWO}")
    *_, gone = read("ljspeech", tmp_path)
    with pytest.raises(UserError, match=r"/wavs/gone\.wav: no such audio file"):
        gone.load()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"the folder is empty"),
        ({"notes.docx": "", "a.wav": "", "b.wav": "", "c.wav": ""}, r"here are notes\.docx, 3 \.wav files"),
        ({"metadata.csv": f"x|{ONE}", "wavs/y.wav": ""}, r"such as 'x'; an audio file here is wavs/y\.wav"),
        ({"metadata.csv": f"{ONE}|y.wav", "wavs/y.wav": ""}, r"what was taken for the text names them: give corpus"),
        ({"metadata.csv": "clip|words\ny|Hello.", "y.wav": ""}, r"names the columns 'clip', 'words'"),
        ({"train_manifest.json": '{"wav": "y", "words": "z"}', "y.wav": ""}, r"none of 'wav', 'words' is the text"),
        ({"train_manifest.json": "[1, 2]", "y.wav": ""}, r"train_manifest\.json:1: no object"),
        ({"train_manifest.json": "{", "y.wav": ""}, r"train_manifest\.json:1: not JSON"),
        ({"train_manifest.json": '{\n"y.wav": "Hello."\n}', "y.wav": ""}, r"one object whose names .* 'y\.wav'; write"),
        ({"train_manifest.json": '{"0": {"wav": "y"}, "1": {}}', "y.wav": ""}, r"that holds the recordings, .* '0'; w"),
        ({"metadata.csv": '{"wav": "y", "txt": "z"}', "y.wav": ""}, r"csv:1: an object of JSON; .* ends with \.jsonl"),
        ({"metadata.csv": f"y|{ONE}".encode("utf-16-le"), "y.wav": ""}, r"UTF-16 without a mark .* save it as UTF-8"),
        ({"metadata.csv": "y|Привет мой друг\n".encode("utf-16-le"), "y.wav": ""}, r"UTF-16 without a mark .* save it"),
        ({"train_manifest.json": '{"data": [{"file": "y.wav"}]}', "y.wav": ""}, r"recordings are within 'data'; w"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layout", ["auto", "by name"])
def test_a_refusal_says_what_is_there(tmp_path: Path, files: dict[str, str | bytes], message: str, layout: str) -> None:
    for name, content in files.items():
        text(tmp_path / name, content)
    named = "nemo" if "train_manifest.json" in files else "coqui"
    with pytest.raises(UserError, match=message):
        read(layout if layout == "auto" else named, tmp_path)


@pytest.mark.parametrize("layout", ["auto", "ljspeech", "common_voice"])
@pytest.mark.parametrize("name", ["x.wav", "x.m4a"])
def test_sound_given_as_the_list_is_called_so(tmp_path: Path, layout: str, name: str) -> None:
    with pytest.raises(UserError, match=rf"{name}: sound, and no list .*`tts-import audio=\S+/{name}` writes"):
        read(layout, sounds(tmp_path, name) / name)


def test_a_refusal_says_what_the_layout_s_own_list_holds(tmp_path: Path) -> None:
    sounds(tmp_path, "clips/x.mp3")
    for layout, message in (
        ("common_voice", r"no validated\.tsv here, expected with a first line that names client_id, path and sentence"),
        ("nemo", r"expected with a line `{\"audio_filepath\": …"),
        ("f5", r"a first line `audio_file\|text`"),
        ("piper", r"lines `file\|text` or `file\|speaker\|text`; .* corpus\.root=FILE names the list"),
    ):
        with pytest.raises(UserError, match=message):
            read(layout, tmp_path)


@pytest.mark.parametrize("line", ["{0}\tmia\t{1}", "{0}\t{1}\tmia", "{0}\t{1}"])
def test_a_list_that_is_called_as_common_voice_s(tmp_path: Path, line: str) -> None:
    sounds(tmp_path, "a.wav", "b.wav", "c.wav")
    listed = (("a", ONE), ("b", TWO), ("c", THREE))
    text(tmp_path / "train.tsv", "\n".join(line.format(*pair) for pair in listed))
    who = "mia" if "mia" in line else "auto"
    assert rows(read("auto", tmp_path)) == [(id, who, said) for id, said in listed]
    with pytest.raises(UserError, match=r"no metadata\.csv here.* corpus\.root=\S+/train\.tsv names the list"):
        read("piper", tmp_path)
    with pytest.raises(UserError, match=r"train\.tsv: expected a first line that names client_id, path and sentence"):
        read("common_voice", tmp_path)


def test_utf_16_of_a_spreadsheet(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/a.wav")
    text(tmp_path / "metadata.txt", f"a\t{ONE}\r\n".encode("utf-16"))
    assert rows(read("ljspeech", tmp_path)) == [("a", "ljspeech", ONE)]


def test_parts_of_one_file_are_told_apart_and_share_a_split(tmp_path: Path) -> None:
    sounds(tmp_path, "talk.wav", seconds=2.0)
    line = '{{"audio_filepath": "talk.wav", "text": "{}", "offset": {}, "duration": 0.5}}\n'
    text(tmp_path / "manifest.jsonl", line.format(ONE, 0.25) + line.format(TWO, 1))
    first, second = read("nemo", tmp_path)
    assert (first.id, second.id, first.source, second.source) == ("talk-0.25", "talk-1", "talk", "talk")
    assert first.stamp != second.stamp and len(first.load().wav) == 4000
    text(tmp_path / "manifest.jsonl", line.format(ONE, '"soon"') + line.format(TWO, 1))
    assert "start, seconds and end are no times" in problems(read("nemo", tmp_path))["talk-soon"]


def test_languages_are_those_of_espeak(tmp_path: Path) -> None:
    sounds(tmp_path, *(f"{name}.wav" for name in "abcdef"))
    names = ["ZH", "JP", "German", "en_US", "fr-FR", "en-GB"]
    lines = "".join(f"{id}|mia|{name}|{ONE}\n" for id, name in zip("abcdef", names, strict=True))
    text(tmp_path / "train.list", lines)
    assert [r.language for r in read("gpt_sovits", tmp_path)] == ["cmn", "ja", "de", "", "fr-fr", "en-gb"]
    text(tmp_path / "train.list", f"a|mia|en|{ONE}\nb|mia|qqx|{TWO}\n")
    with pytest.raises(UserError, match=r"train\.list:2: espeak-ng has no language 'qqx'"):
        read("gpt_sovits", tmp_path)


def test_a_chosen_channel(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/a.wav", channels=2)
    text(tmp_path / "metadata.csv", f"a|{ONE}")
    assert read("ljspeech", tmp_path)[0].load().channel == "mean of 2"
    (chosen,) = read("ljspeech", tmp_path, channel=2)
    assert chosen.load().channel == "2 of 2"
    with pytest.raises(UserError, match=r"corpus\.channel=0: 1 is the first"):
        LJSpeech(str(tmp_path), channel=0)


MIA_AND_TOM = f"mia/1|{ONE}|mia\nmia/2|{TWO}|mia\ntom/1|{THREE}|tom\ntom/2|{ONE}|tom\n"


@pytest.mark.parametrize("layout", ["coqui", "auto"])
def test_a_missing_file_is_not_another_speaker_s(tmp_path: Path, layout: str) -> None:
    sounds(tmp_path, "wavs/mia/2.wav", "wavs/tom/1.wav", "wavs/tom/2.wav")
    text(tmp_path / "metadata.csv", MIA_AND_TOM)
    found = read(layout, tmp_path)
    assert [r.id for r in found if r.stamp.startswith("missing")] == ["mia-1"]
    (tmp_path / "wavs/mia/2.wav").unlink()
    found = read(layout, tmp_path)
    assert [r.stamp.startswith("missing") for r in found] == [True, True, False, False]
    text(tmp_path / "metadata.csv", f"mia/1|{ONE}")
    with pytest.raises(UserError, match=r"no audio file for any of its 1 lines, such as 'mia/1'"):
        read(layout, tmp_path)


@pytest.mark.parametrize("layout", ["ljspeech_multispeaker", "auto"])
def test_a_missing_file_is_not_sought_in_another_speaker_s_folder(tmp_path: Path, layout: str) -> None:
    sounds(tmp_path, "mia/wavs/2.wav", "tom/wavs/1.wav", "tom/wavs/2.wav")
    for speaker in ("mia", "tom"):
        text(tmp_path / speaker / "metadata.csv", f"1|{ONE}\n2|{TWO}\n")
    assert [r.id for r in read(layout, tmp_path) if r.stamp.startswith("missing")] == ["mia-1"]
    for name in ("mia", "tom"):
        text(tmp_path / "far/lists" / name / "metadata.csv", f"{name}/1|{ONE}\n")
        sounds(tmp_path / "far/lists/wavs", f"{name}/1.wav")
    found = read("ljspeech_multispeaker", tmp_path / "far/lists")
    assert [Path(r.file).parent.name for r in found if not r.stamp.startswith("missing")] == ["mia", "tom"]


def test_two_names_that_lead_to_one_file_are_both_unclear(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/1.wav", "wavs/2.wav")
    text(
        tmp_path / "a.list",
        f"C:\\d\\mia\\1.wav|mia|EN|{ONE}\nC:\\d\\tom\\1.wav|tom|EN|{TWO}\nC:\\d\\tom\\2.wav|tom|EN|{ONE}",
    )
    found = problems(read("gpt_sovits", tmp_path))
    assert len(found) == 2 and all(r"1.wav' only one can be wavs/1.wav" in problem for problem in found.values())


def test_how_many_folders_are_another_machine_s_is_decided_for_a_list(tmp_path: Path) -> None:
    sounds(tmp_path, "tom/2.wav", "1.wav", "3.wav")
    text(tmp_path / "metadata.csv", f"mia/1|{ONE}\ntom/2|{TWO}\n3|{THREE}")
    assert [r.stamp.startswith("missing") for r in read("piper", tmp_path)] == [True, False, False]
    text(tmp_path / "metadata.csv", f"/home/me/set/tom/2.wav|{ONE}\n/home/me/set/1.wav|{TWO}\n3|{THREE}")
    assert [Path(r.file).name for r in read("piper", tmp_path)] == ["2.wav", "1.wav", "3.wav"]
    text(tmp_path / "metadata.csv", f"3|{ONE}\n{'x/' * 20_000}1|{TWO}\n")
    assert [r.stamp.startswith("missing") for r in read("piper", tmp_path)] == [False, True]


def test_parts_that_are_given_by_their_ends(tmp_path: Path) -> None:
    sounds(tmp_path, "talk.wav", seconds=6.0)
    parts = (("0", 2, ONE), (2.5, 4.25, TWO))
    objects = [json.dumps({"audio": "talk.wav", "start": float(a), "end": b, "text": c}) for a, b, c in parts]
    text(tmp_path / "json/manifest.json", "\n".join(objects))
    text(tmp_path / "lines/metadata.csv", "file|start|end|text\n" + "\n".join(f"talk|{a}|{b}|{c}" for a, b, c in parts))
    for name in ("json", "lines"):
        found = read("auto", sounds(tmp_path / name, "talk.wav", seconds=6.0))
        assert [len(r.load().wav) for r in found] == [16000, 14000]
    given = {"columns": ["file", "start", "end", "text"], "header": True}
    assert [len(r.load().wav) for r in read("piper", tmp_path / "lines", **given)] == [16000, 14000]
    text(tmp_path / "lines/metadata.csv", f"file|start|end|text\ntalk|2|1|{ONE}\ntalk||3|{TWO}\ntalk|4|1e308|{THREE}")
    assert [problem.partition("(")[2] for problem in problems(read("piper", tmp_path / "lines")).values()] == [
        "from 2 on, -1.0 seconds)", "an end at 3 without a start)", "from 4 on, 1e+308 seconds)",
    ]  # fmt: skip


def test_a_part_without_an_end_is_the_last_of_its_file(tmp_path: Path) -> None:
    sounds(tmp_path, "talk.wav", seconds=6.0)
    text(tmp_path / "metadata.csv", f"file|start|text\ntalk|0.5|{ONE}\ntalk|2.5|{TWO}")
    assert problems(read("piper", tmp_path)) == {
        "talk-0.5": "metadata.csv:2: it gives no end or seconds, and another line of its file starts at 2.5"
    }


def test_names_that_lead_out_and_values_that_are_no_text_are_unclear(tmp_path: Path) -> None:
    sounds(tmp_path, "out.wav", "in/wavs/a.wav")
    text(tmp_path / "in/metadata.csv", f"a|{ONE}\nwavs/../../out.wav|{TWO}")
    assert list(problems(read("piper", tmp_path / "in")).values()) == [
        "metadata.csv:2: 'wavs/../../out.wav' leads out of the folder"
    ]
    text(tmp_path / "in/manifest.json", json.dumps({"audio": "a.wav", "text": [ONE, TWO]}))
    assert problems(read("nemo", tmp_path / "in")) == {
        "a": "manifest.json:1: 'text' is no text but a list or an object"
    }


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    sounds(tmp_path / "disk", "1.wav", "tom/2.wav")
    text(tmp_path / "set/metadata.csv", f"1|{ONE}\ntom/2|{TWO}")
    (tmp_path / "set/wavs").symlink_to(tmp_path / "disk")
    (tmp_path / "disk/again").symlink_to(tmp_path / "disk")
    (tmp_path / "set/above").symlink_to(tmp_path)
    assert rows(read("ljspeech", tmp_path / "set")) == [("1", "ljspeech", ONE), ("tom-2", "ljspeech", TWO)]
    assert audio_files(tmp_path / "set") == [tmp_path / "set/wavs/1.wav", tmp_path / "set/wavs/tom/2.wav"]


@pytest.mark.parametrize("layout", ["ljspeech", "auto"])
def test_a_prepared_folder_is_no_part_of_the_recordings(tmp_path: Path, layout: str) -> None:
    sounds(tmp_path, "speech/1.wav", "data/mine/audio/1.flac")
    claim(tmp_path / "data/mine", "preparation", "corpus.out", recognised=lambda _: True)
    text(tmp_path / "metadata.csv", f"1|{ONE}")
    assert rows(read(layout, tmp_path, name="me")) == [("1", "me", ONE)]
    assert audio_files(tmp_path / "data/mine") == [tmp_path / "data/mine/audio/1.flac"]


def test_ids_of_files_in_folders_of_sound(tmp_path: Path) -> None:
    sounds(tmp_path, "audio/1.wav", "audio/2.wav", "wavs/2.wav")
    text(tmp_path / "metadata.csv", f"audio/1.wav|{ONE}\naudio/2.wav|{TWO}\nwavs/2.wav|{THREE}")
    assert [r.id for r in read("ljspeech", tmp_path)] == ["audio-1", "audio-2", "2"], "as in versions up to 0.5"
    assert [r.id for r in read("piper", tmp_path)] == ["1", "audio-2", "wavs-2"]
    assert len(rows(read("auto", tmp_path))) == 3
