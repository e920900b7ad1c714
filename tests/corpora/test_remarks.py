"""What is said beside the first rows."""

from pathlib import Path
from typing import Any

from tests.corpora.folders import remarked, sounds, text
from tts.corpora.auto import Auto
from tts.corpora.libritts import LibriTTS


def said(root: Path, **settings: Any) -> list[str]:
    return remarked(Auto(str(root), **settings).recognised())


def test_nothing_is_said_where_all_is_used(tmp_path: Path) -> None:
    text(sounds(tmp_path, "a.wav", "b.wav") / "metadata.csv", "file|text|speaker\na|One.|mia\nb|Two.|tom\n")
    assert said(tmp_path) == []


def test_several_languages_are_counted_as_the_first_rows_may_be_in_one(tmp_path: Path) -> None:
    sounds(tmp_path, *(f"{i}.wav" for i in range(5)))
    lines = [f"{i}|{'en' if i < 3 else 'de'}|Text {i}." for i in range(5)]
    text(tmp_path / "metadata.csv", "\n".join(["file|lang|text", *lines]))
    assert said(tmp_path) == ["languages: en-us 3, de 2"]


def test_columns_and_files_that_are_not_used_are_named(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav", "more/c.wav")
    text(tmp_path / "metadata.csv", "file,id,text,Contributor,age\na,1,One.,mia,7\nb,2,Two.,tom,8\n")
    assert said(tmp_path) == [
        "columns that are not used: Contributor, age",
        "audio files here that are in no line of the list: 1 of 3, such as more/c.wav",
    ]


def test_folders_that_may_be_speakers_are_named(tmp_path: Path) -> None:
    sounds(tmp_path, "wavs/mia/0.wav", "wavs/tom/0.wav")
    text(tmp_path / "metadata.csv", "mia/0|One.\ntom/0|Two.\n")
    assert said(tmp_path) == [
        "files in mia/ and tom/ are taken for one speaker's; if each of these folders is a speaker's, give "
        "corpus.speaker_folder=2"
    ]
    assert said(tmp_path, speaker_folder=2) == said(tmp_path, speaker="me") == []
    text(tmp_path / "metadata.csv", "/far/mia/0|One.\n/far/ann/0|Two.\n")
    assert len(said(tmp_path)) == 1, "that of a file in no line; one that is missing is in no folder"
    text(tmp_path / "metadata.csv", "mia/0|mia|One says so.\ntom/0|mia|Two says so.\n")
    assert said(tmp_path) == [], "as the list names the speaker"


def test_folders_above_the_last_one_may_be_speakers(tmp_path: Path) -> None:
    for name in ("84/121/0", "84/122/1", "174/50/2"):
        text(sounds(tmp_path, f"{name}.wav") / f"{name}.txt", f"The text of {name}.")
    assert said(tmp_path) == [
        "speakers are called by the last folder of their files, such as 50; if each folder such as 174/ is a "
        "speaker's, give corpus.speaker_folder=1"
    ]
    assert said(tmp_path / "84") == []
    for name in ("set/mia/mon/wavs/0", "set/tom/tue/wavs/1"):
        text(sounds(tmp_path / "own", f"{name}.wav") / f"{name}.txt", f"The text of {name}.")
    for place, number in (("own", 2), ("own/set", 1)):
        (line,) = said(tmp_path / place)
        assert line.endswith(f"such as mia/ is a speaker's, give corpus.speaker_folder={number}")
    (tmp_path / "own/set/tom").rename(tmp_path / "own/tom")
    (line,) = said(tmp_path / "own/set")
    assert "such as mon; if each folder such as mia/ is" in line
    assert said(tmp_path / "own/set/mia") == []


def test_what_is_left_out_before_texts_is_shown(tmp_path: Path) -> None:
    for i in range(2):
        text(
            sounds(tmp_path, f"utt_{i}.wav") / f"utt_{i}.txt",
            f"utt_{i}: The rain has stopped in all of the valley {i}.",
        )
    assert said(tmp_path) == [
        "what 2 texts begin with is taken for no speech, such as 'utt_0:' before 'The rain has stopped in all of the "
        "vall…'; if it is said, write the texts into a list"
    ]
    text(tmp_path / "utt_0.lab", "The rain has stopped in all of the valley 0.")
    assert said(tmp_path)[0].startswith("what 2 texts begin with"), "also where a second file holds the text alone"


def test_texts_that_begin_with_names_of_recordings_are_shown(tmp_path: Path) -> None:
    for name in ("hello", "yes"):
        text(sounds(tmp_path, f"{name}.wav") / f"{name}.txt", f"{name.title()}, I do.")
    assert said(tmp_path) == [
        "2 texts begin with the names of their recordings, such as 'Hello, I do.'; if these are not said, take them out"
    ]
    text(tmp_path / "yes.txt", "I do.")
    assert said(tmp_path) == []


def test_recordings_of_published_corpora_without_a_text_are_counted(tmp_path: Path) -> None:
    for id in ("1_2_3_0", "1_2_3_1"):
        text(sounds(tmp_path, f"libri/1/2/{id}.wav") / f"libri/1/2/{id}.normalized.txt", "One.")
        sounds(tmp_path, *(f"vctk/wav48_silence_trimmed/p225/p225_{id[-1]}_mic{n}.flac" for n in (1, 2)))
        text(tmp_path / f"vctk/txt/p225/p225_{id[-1]}.txt", "One.")
    assert said(tmp_path / "libri") == said(tmp_path / "vctk") == []
    (tmp_path / "libri/1/2/1_2_3_1.normalized.txt").rename(tmp_path / "libri/1/2/1_2_3_1.original.txt")
    (tmp_path / "vctk/txt/p225/p225_1.txt").unlink()
    assert said(tmp_path / "libri") == ["audio files here without a text: 1 of 2, such as 1/2/1_2_3_1.wav"]
    (line,) = said(tmp_path / "vctk")
    assert line.startswith("audio files here without a text: 2 of 4, such as wav48_silence_trimmed/p225/p225_1_mic1")
    assert remarked(LibriTTS(str(tmp_path / "libri"), ["1"])) == []
