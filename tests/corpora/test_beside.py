"""A text beside each recording, as forced aligners take them."""

import unicodedata
from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, sounds, text
from tts.errors import UserError


@pytest.mark.parametrize("layout", ["txt_beside_audio", "auto"])
def test_a_text_beside_each_recording(tmp_path: Path, layout: str) -> None:
    sounds(tmp_path / "flat", "a.wav", "b.flac")
    text(tmp_path / "flat/a.txt", "\ufeffThe text\nof a.\n")
    text(tmp_path / "flat/b.lab", "THE TEXT OF B")
    flat = rows(read(layout, tmp_path / "flat", name="me"))
    assert flat == [("a", "me", "The text of a."), ("b", "me", "THE TEXT OF B")]
    for name in ("mia/1", "tom/1", "wavs/2"):
        sounds(tmp_path / "each", f"{name}.wav")
        text(tmp_path / "each" / f"{name}.txt", f"Text of {name}.")
    assert rows(read(layout, tmp_path / "each", name="me")) == [
        ("mia-1", "mia", "Text of mia/1."), ("tom-1", "tom", "Text of tom/1."), ("wavs-2", "me", "Text of wavs/2."),
    ]  # fmt: skip
    assert {r.speaker for r in read(layout, tmp_path / "each", speaker="all")} == {"all"}


def test_texts_in_utf_16_and_with_an_ending_in_capitals(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav")
    text(tmp_path / "a.TXT", "The naïve text of a.".encode("utf-16"))
    text(tmp_path / "b.txt", "The text of b.")
    assert [r.text for r in read("auto", tmp_path)] == ["The naïve text of a.", "The text of b."]


def test_a_text_that_is_missing_or_there_twice_is_named(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav", "c.wav")
    for name, said in {"a.txt": "One.", "a.lab": "Two.", "b.txt": "Same.", "b.lab": "Same."}.items():
        text(tmp_path / name, said)
    found = problems(read("txt_beside_audio", tmp_path))
    assert found == {"a": "a.lab and a.txt differ", "c": "no c.txt or c.lab beside it"}
    with pytest.raises(UserError, match=r"no ID\.txt or ID\.lab beside an audio file ID\.wav; here are x\.txt"):
        read("txt_beside_audio", text(tmp_path / "other/x.txt", "Hello.").parent)


def test_texts_in_a_folder_of_their_own(tmp_path: Path) -> None:
    sounds(tmp_path, "wav/a.wav", "wav/b.wav")
    for name in ("a", "b"):
        text(tmp_path / f"txt/{name}.txt", f"The text of {name}.")
        text(tmp_path / f"lab/{name}.lab", "0 2350000 sil\n2350000 3000000 h")
    said = [r.text for r in read("txt_beside_audio", tmp_path)]
    assert said == ["The text of a.", "The text of b."]
    text(tmp_path / "wav/a.txt", "Beside it.")
    found = read("txt_beside_audio", tmp_path)
    assert [r.text for r in found] == ["Beside it.", "The text of b."] and problems(found) == {}


def test_labels_in_a_folder_are_no_texts(tmp_path: Path) -> None:
    sounds(tmp_path, "wav/a.wav")
    text(tmp_path / "lab/a.lab", "# 0.22 26 pau")
    with pytest.raises(UserError, match=r"no ID\.txt or ID\.lab beside"):
        read("txt_beside_audio", tmp_path)


SAID = ("The rain stopped.", "A door stood open.", "Nobody was home.")


def texts_beside(root: Path, *contents: str, ending: str = "txt") -> Path:
    """Recordings `utt_1` and so on, with these texts beside them."""
    for i, content in enumerate(contents, 1):
        text(sounds(root, f"utt_{i}.wav") / f"utt_{i}.{ending}", content)
    return root


@pytest.mark.parametrize("before", ["utt_{} ", "utt_{}|", "utt_{}.wav\t", "utt_{}: ", "UTT_{}\n", "0 4679{} "])
def test_the_name_of_its_recording_or_its_samples_are_no_part_of_a_text(tmp_path: Path, before: str) -> None:
    found = read("auto", texts_beside(tmp_path, *(before.format(i) + said for i, said in enumerate(SAID, 1))))
    assert [(r.text, r.problem) for r in found] == [(said, "") for said in SAID]
    cut = [" ".join(before.format(i).split()) for i in (1, 2, 3)]
    assert [r.written and r.written.before for r in found] == cut


def test_numbers_and_words_at_the_beginning_of_texts_stay(tmp_path: Path) -> None:
    said = ["0 1500 people came.", "12 men.", "3 4 5"]
    assert [r.text for r in read("auto", texts_beside(tmp_path / "some", *said))] == said
    said = [f"0 800 {i} 23 45" for i in range(3)]
    assert [r.text for r in read("auto", texts_beside(tmp_path / "telephone", *said))] == said
    for name, content in {"rain": "rain fell", "snow": "snow and ice", "7": "7 8 9"}.items():
        text(sounds(tmp_path / "words", f"{name}.wav") / f"{name}.txt", content)
    assert [r.text for r in read("auto", tmp_path / "words")] == ["7 8 9", "rain fell", "snow and ice"]


@pytest.mark.parametrize(
    "said",
    [
        {"hello": "Hello, how are you?", "yes": "Yes, I do.", "thanks": "Thanks a lot."},
        {"alice": "Alice: come here.", "Bob": "Bob; I am not here."},
        {"1990": "1990 was a good year.", "1991": "1991, too."},
        {"100": "100 Baker Street.", "2": "2: apples."},
        {"A1": "A1 is the road north.", "F-16": "F-16 is an aeroplane."},
        {"utt_1": "utt_1, the first.", "utt_2": "utt_2, the next."},
    ],
)
def test_names_of_recordings_that_may_be_said_stay(tmp_path: Path, said: dict[str, str]) -> None:
    for name, content in said.items():
        text(sounds(tmp_path, f"{name}.wav") / f"{name}.txt", content)
    assert {r.id: r.text for r in read("auto", tmp_path)} == said


@pytest.mark.parametrize("before", ["{}|", "{} | ", "{}\t", "{}.wav "])
def test_words_before_a_bar_or_a_tab_are_names(tmp_path: Path, before: str) -> None:
    for name in ("hello", "F-16", "7"):
        text(sounds(tmp_path, f"{name}.wav") / f"{name}.txt", f"{before.format(name)}The rain, {name}.")
    assert {r.id: r.text for r in read("auto", tmp_path)} == {
        name: f"The rain, {name}." for name in ("hello", "F-16", "7")
    }


@pytest.mark.parametrize("name", ["0001", "LJ001-0001", "84-121-3", "arctic_a1"])
def test_an_id_before_a_text_is_left_out(tmp_path: Path, name: str) -> None:
    for folder in ("mia", "tom"):
        text(sounds(tmp_path, f"{folder}/{name}.wav") / f"{folder}/{name}.txt", f"{name} The rain stopped.")
    assert {r.text for r in read("auto", tmp_path)} == {"The rain stopped."}


@pytest.mark.parametrize(
    "said",
    [
        "0 7 3 1\n4 5 0 2",
        "1 2 buckle my shoe\n3 4 knock at the door",
        "0.5 2.5 and more.",
        "0 800 23\n0 900 23",
        "#\nThe rain.",
        "[0:01] The rain.\nA door.",
    ],
)
def test_numbers_that_are_said_are_no_labels(tmp_path: Path, said: str) -> None:
    assert [r.text for r in read("auto", texts_beside(tmp_path, said, said))] == [" ".join(said.split())] * 2


def test_times_before_texts_are_to_be_taken_out(tmp_path: Path) -> None:
    texts_beside(tmp_path, "[0:01] One.", "[0:01] Two.")
    with pytest.raises(UserError, match=r"times such as \[0:01\] before its text, which are to be taken out; .* all 2"):
        read("auto", tmp_path)


@pytest.mark.parametrize(
    ("content", "ending", "what"),
    [
        ("0.000000\t0.800000\tOne.\n0.800000\t1.4\tTwo.\n", "txt", "labels with times"),
        ("0.5\t1.4\tTwo.\n", "txt", "labels with times"),
        ("0 1500000 pau\n1500000 3000000 dh\n", "lab", "labels with times"),
        ("separator ;\nnfields 1\n#\n 0.28 125 pau\n 0.35 125 dh\n", "lab", "labels with times"),
        ("0 350 h\n350 1900 e\n", "lab", "labels with times"),
        ("0 0.35 h\n0.35 1.9 e\n", "lab", "labels with times"),
        ("1\n00:00:00,000 --> 00:00:01,000\nOne.\n", "txt", "subtitles with times"),
        ("[00:00.000 --> 00:04.000]  One.\n", "txt", "subtitles with times"),
        ('File type = "ooTextFile"\nObject class = "TextGrid"\n', "txt", "a TextGrid"),
        ('{"text": "One.", "segments": []}', "txt", "JSON"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, content: str, ending: str, what: str) -> None:
    texts_beside(tmp_path, *[content] * 3, ending=ending)
    with pytest.raises(
        UserError, match=rf"utt_1\.{ending}: {what}, and no text.* write only what is said into ID\.txt"
    ):
        read("auto", tmp_path)
    text(tmp_path / "utt_1.txt", "One.")
    text(tmp_path / "utt_2.txt", "[Laughs] Two.\n12:30 it was.")
    found = read("auto", tmp_path)
    assert [r.text for r in found] == ["One.", "[Laughs] Two. 12:30 it was.", ""]
    assert problems(found) == {"utt_3": f"utt_3.{ending} holds {what}, and no text"}
    assert [r.written and Path(r.written.file).name for r in found] == ["utt_1.txt", "utt_2.txt", None]


def beside(root: Path, *names: str) -> Path:
    for name in names:
        sounds(root, f"{name}.wav")
        text(root / f"{name}.txt", f"The text of {name}.")
    return root


@pytest.mark.parametrize("folder", ["wavs", "train", "Audio"])
def test_a_folder_of_sound_or_of_a_split_is_no_speaker(tmp_path: Path, folder: str) -> None:
    beside(tmp_path, f"mia/{folder}/0", f"tom/{folder}/0")
    assert [(r.id, r.speaker) for r in read("auto", tmp_path)] == [
        (f"mia-{folder}-0", "mia"), (f"tom-{folder}-0", "tom"),
    ]  # fmt: skip


@pytest.mark.parametrize("folder", ["txt", "transcript"])
def test_texts_in_a_folder_of_their_own_for_each_speaker(tmp_path: Path, folder: str) -> None:
    for name in ("mia", "tom"):
        sounds(tmp_path, f"{name}/wav/0.wav")
        text(tmp_path / name / folder / "0.txt", f"{name} says so.")
    assert rows(read("auto", tmp_path)) == [("mia-wav-0", "mia", "mia says so."), ("tom-wav-0", "tom", "tom says so.")]


def test_folders_that_may_be_sessions_or_speakers_are_refused(tmp_path: Path) -> None:
    beside(tmp_path, "set/mia/s1/0", "set/mia/s2/1", "set/tom/s1/2")
    for layout in ("auto", "txt_beside_audio"):
        with pytest.raises(UserError, match=r"s1/ is in set/mia/ and in set/tom/: .*=2 if .* mia/ .*=3 if s1/"):
            read(layout, tmp_path)
        assert [r.speaker for r in read(layout, tmp_path, speaker_folder=2)] == ["mia", "mia", "tom"]
        assert [r.speaker for r in read(layout, tmp_path, speaker_folder=3)] == ["s1", "s2", "s1"]
        assert {r.speaker for r in read(layout, tmp_path, speaker="mia")} == {"mia"}
    beside(tmp_path, "3")
    (found,) = problems(read("txt_beside_audio", tmp_path, speaker_folder=1)).items()
    assert found == ("3", "corpus.speaker_folder=1, and it is in fewer folders")
    with pytest.raises(UserError, match=r"corpus\.speaker_folder=0: 1 is the first"):
        read("txt_beside_audio", tmp_path, speaker_folder=0)


@pytest.mark.parametrize("splits", [("train-clean-100", "dev-clean"), ("train_set", "test_set"), ("train1", "train2")])
def test_speakers_in_folders_of_splits_whatever_their_names(tmp_path: Path, splits: tuple[str, str]) -> None:
    beside(tmp_path, *(f"{split}/{who}/{split}" for split in splits for who in ("84", "mia")))
    assert {r.speaker for r in read("auto", tmp_path)} == {"84", "mia"}
    beside(tmp_path / "own", "train_mia/0", "test_tom/1")
    assert [r.speaker for r in read("auto", tmp_path / "own")] == ["test_tom", "train_mia"]


def test_recordings_without_a_text_do_not_make_speakers_unclear(tmp_path: Path) -> None:
    sounds(beside(tmp_path, "clean/mia/0", "clean/tom/1"), "raw/mia/0.wav")
    found = read("auto", tmp_path)
    assert [(r.speaker, r.problem) for r in found] == [
        ("mia", ""), ("tom", ""), ("mia", "no 0.txt or 0.lab beside it"),
    ]  # fmt: skip


def test_a_folder_in_either_form_of_unicode_is_one_speaker(tmp_path: Path) -> None:
    beside(tmp_path, *(f"{unicodedata.normalize(form, 'Zoë')}/{form}" for form in ("NFC", "NFD")))
    assert [r.speaker for r in read("auto", tmp_path)] == ["Zoë", "Zoë"]


def test_texts_in_utf_16_without_a_mark_are_not_read_as_others(tmp_path: Path) -> None:
    sounds(tmp_path, "0.wav", "1.wav")
    text(tmp_path / "0.txt", "Привет мой друг.".encode("utf-16-le"))
    text(tmp_path / "1.txt", "Hello there.")
    found = read("txt_beside_audio", tmp_path)
    assert [r.text for r in found] == ["", "Hello there."]
    assert problems(found)["0"].startswith("0.txt holds bytes of zero, as in UTF-16 without a mark")
    (tmp_path / "1.txt").unlink()
    with pytest.raises(UserError, match=r"0\.txt: bytes of zero, as in UTF-16 without a mark"):
        read("auto", tmp_path)
