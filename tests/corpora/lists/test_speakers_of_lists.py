"""Whose the recordings of a list are, by a column or by folders."""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, remarked, rows, sounds, text
from tts.corpora.auto import Auto
from tts.errors import UserError

ONE, TWO, THREE = "The rain has stopped.", "A door stood open.", "Nobody was at home."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sounds(tmp_path, "a.wav", "b.wav", "c.wav")


def speakers(layout: str, root: Path, **settings: object) -> list[str]:
    return [r.speaker for r in read(layout, root, **settings) if not r.problem]


@pytest.mark.parametrize(
    "name",
    ["user_id", "SpeakerID", "speakerId", "spkid", "Spk-Id", "voice_id", "actor", "person_id", "Speaker  Name"],
)
def test_names_of_a_column_of_speakers(folder: Path, name: str) -> None:
    text(folder / "metadata.csv", f"FileName,text,{name}\na.wav,{ONE},mia\nb.wav,{TWO},tom\nc.wav,{THREE},mia\n")
    assert speakers("auto", folder) == ["mia", "tom", "mia"]
    (folder / "metadata.csv").unlink()
    text(folder / "transcript.json", json.dumps([{"id": "7", "file": "a.wav", name: "mia", "text": ONE}]))
    assert speakers("auto", folder) == ["mia"]


def test_authors_of_texts_are_no_speakers(folder: Path) -> None:
    text(folder / "metadata.csv", f"file|text|author|person\na|{ONE}|Jane Austen|1st\nb|{TWO}|Charles Dickens|3rd\n")
    assert speakers("auto", folder, name="me") == ["me", "me"]
    (folder / "c.wav").unlink()
    assert remarked(Auto(str(folder)).recognised()) == ["columns that are not used: author, person"]


def test_ids_of_common_voice_are_cut_where_they_stay_distinct(folder: Path) -> None:
    for ids, expected in (
        ((f"{'0f' * 64}", f"{'1e' * 64}"), ["0f0f0f0f0f0f", "1e1e1e1e1e1e"]),
        (("speaker_000000000", "speaker_000011111"), ["speaker_000000000", "speaker_000011111"]),
    ):
        lines = "".join(f"{id}\t{name}.wav\t{ONE}\n" for id, name in zip(ids, "ab", strict=True))
        text(folder / "validated.tsv", f"client_id\tpath\tsentence\n{lines}")
        assert speakers("auto", folder) == expected


def test_one_name_in_two_forms_is_one_speaker(folder: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))
    text(folder / "metadata.csv", f"a|{composed}|{ONE}\nb|{apart}|{TWO}\nc|{composed}|{THREE}")
    assert speakers("auto", folder) == ["Zoë"] * 3
    text(folder / "metadata.csv", f"file|text|speaker\na|{ONE}|1\nb|{TWO}|1.0\nc|{THREE}|2.0")
    assert speakers("auto", folder) == ["1", "1", "2.0"]


def test_a_folder_is_a_speaker_where_that_is_said(tmp_path: Path) -> None:
    sounds(tmp_path, "audio/mia/0.wav", "audio/tom/0.wav", "1.wav")
    text(tmp_path / "metadata.csv", f"mia/0.wav|{ONE}\ntom/0.wav|{TWO}\n1|{THREE}")
    assert speakers("auto", tmp_path, name="me") == ["me", "me", "me"]
    assert speakers("auto", tmp_path, speaker_folder=2) == ["mia", "tom"]
    assert problems(read("piper", tmp_path, speaker_folder=2)) == {
        "1": "metadata.csv:3: corpus.speaker_folder=2, and it is in fewer folders"
    }


def test_books_that_several_people_read(tmp_path: Path) -> None:
    for book in ("mix/one", "mix/two"):
        text(tmp_path / "by_book" / book / "metadata.csv", f"{book[4:]}_0|{ONE}|{ONE}")
        sounds(tmp_path / "by_book" / book / "wavs", f"{book[4:]}_0.wav")
    with pytest.raises(UserError, match=r"by_book/mix: several people read a book in mix/.*=mix .*=3 each .* one/ "):
        read("auto", tmp_path)
    assert speakers("auto", tmp_path, speaker="mix") == ["mix", "mix"]
    assert speakers("auto", tmp_path, speaker_folder=3) == ["one", "two"]
    text(tmp_path / "by_book/female/mary/b/metadata.csv", f"b_0|{TWO}|{TWO}")
    sounds(tmp_path / "by_book/female/mary/b/wavs", "b_0.wav")
    for layout in ("auto", "m_ailabs"):
        assert rows(read(layout, tmp_path)) == [("b_0", "mary", TWO)]


def test_of_files_of_one_name_the_one_in_the_speaker_s_folder_is_meant(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/mia/1.wav", "wavs/tom/1.wav", "wavs/2.wav")
    text(tmp_path / "metadata.csv", "speaker,file,text\nmia,1,One.\ntom,1.wav,Two.\nmia,2,Three.\n")
    found = read("auto", tmp_path)
    assert rows(found) == [("mia-1", "mia", "One."), ("tom-1", "tom", "Two."), ("2", "mia", "Three.")]
    assert [Path(r.file).parent.name for r in found] == ["mia", "tom", "wavs"]
    text(tmp_path / "metadata.csv", "speaker,file,text\nann,1,One.\ntom,1.wav,Two.\nmia,2,Three.\n")
    assert list(problems(read("auto", tmp_path)).values()) == [
        "metadata.csv:2: '1' may be wavs/mia/1.wav or wavs/tom/1.wav"
    ]


MANY = ("anna", "bob", "carl", "dora", "emil")


def said_by_all(root: Path, line: str, texts: Sequence[str], names: Sequence[str] = MANY) -> Path:
    """A list in which each speaker says each text."""
    lines = [line.format(id=f"{i}_{who}", text=said, who=who) for i, said in enumerate(texts) for who in names]
    sounds(root, *(f"wavs/{listed.split('|')[0]}.wav" for listed in lines))
    text(root / "metadata.csv", "\n".join(lines))
    return root


@pytest.mark.parametrize("line", ["{id}|{text}|{who}", "{id}|{who}|{text}"])
@pytest.mark.parametrize(
    "texts", [("hey computer", "turn the light on", "stop"), ("zero", "one", "two"), ("Hey Snips",), ("on",)]
)
def test_a_few_words_that_many_speakers_say_may_be_their_names(tmp_path: Path, line: str, texts: Sequence[str]) -> None:
    said_by_all(tmp_path, line, texts)
    for layout in ("auto", "ljspeech_multispeaker"):
        with pytest.raises(UserError, match=r"two readings are possible, .*\(corpus=coqui\).*say which") as error:
            read(layout, tmp_path)
        assert "(corpus=piper)" in str(error.value)
    if len(texts) > 1:
        named = "coqui" if line.endswith("{who}") else "piper"
        assert {r.text for r in read(named, tmp_path)} == set(texts)
        assert set(speakers(named, tmp_path)) == set(MANY)


@pytest.mark.parametrize("line", ["{id}|{text}|{who}", "{id}|{who}|{text}", "{id}|{who}|EN|{text}"])
@pytest.mark.parametrize(
    "texts",
    [
        ("Please call Stella and ask her to bring these things with her from the store.", "She left."),
        ("He came.", "She left."), ("he came home at ten", "he left us then"),
        ("今天的天气非常好，我们去公园吧", "我在家里等你回来吃饭呢"),
    ],
)  # fmt: skip
def test_a_few_sentences_that_many_speakers_say(tmp_path: Path, line: str, texts: Sequence[str]) -> None:
    found = read("auto", said_by_all(tmp_path, line, texts))
    assert {r.text for r in found} == set(texts) and {r.speaker for r in found} == set(MANY)


def test_few_speakers_of_many_words(tmp_path: Path) -> None:
    sounds(tmp_path, *(f"{i}.wav" for i in range(6)))
    text(tmp_path / "metadata.csv", "0|ann|yes\n1|bob|no\n2|ann|stop\n3|bob|go\n4|ann|left\n5|bob|right")
    assert speakers("auto", tmp_path) == ["ann", "bob"] * 3
