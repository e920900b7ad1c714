"""Folders that no layout reads, and what their refusals tell the user to do."""

import subprocess
from pathlib import Path

import pytest

from tests.corpora.folders import read, rows, sounds, text
from tts.errors import UserError


@pytest.mark.parametrize(
    ("others", "advice"),
    [
        ([], r"`tts-import audio=\S+` writes down what is said"),
        (["wav.scp", "text"], r"lhotse kaldi import \S+ RATE FOLDER"),
        (["metadata.xlsx"], r"save metadata\.xlsx as CSV in UTF-8"),
        (["wavs/a.srt"], r"of wavs/a\.srt write the text without times into a\.txt, beside its sound, .*tts-import"),
        (["wavs/a.TextGrid"], r"into a\.txt, beside its sound; .*alignment=from_files alignment\.folder=\S+/wavs$"),
        (["1/2/1-2.trans.txt"], r"LibriSpeech is read by corpus=lhotse corpus\.recipe=librispeech"),
        (["etc/txt.done.data"], r"Festival's list is read after `sed .* \S+/etc/txt\.done\.data > \S+/metadata\.csv`"),
        (["notes.pdf"], r"write metadata\.csv with `file\|text`, or put the text"),
    ],
)
def test_a_folder_without_a_layout(tmp_path: Path, others: list[str], advice: str) -> None:
    sounds(tmp_path, "wavs/a.wav")
    for name in others:
        text(tmp_path / name, "a something")
    with pytest.raises(UserError, match=f"no layout that is known; here are .*; .*{advice}"):
        read("auto", tmp_path)


@pytest.mark.parametrize(
    ("files", "sound", "advice"),
    [
        ({"filelists/train.txt": "x/a.wav|4|One."}, "wavs/a.wav", r"in filelists/train\.txt: move it to \S+, as"),
        ({"part/transcript_utf8.txt": "a:One."}, "part/wav/a.wav", r"in part/transcript_utf8\.txt: .*=\S+/part$"),
        ({"a/b/x/metadata.jsonl": '{"file_name": "a.wav", "text": "One."}'}, "a/b/x/a.wav", r"=\S+/a/b/x$"),
        ({f"{who}/book/metadata.csv": "a|One." for who in ("ann", "bob")}, "ann/book/wavs/a.wav",
         r"lists in ann/book/metadata\.csv and bob/book/metadata\.csv: give the folder of .*`file\|speaker\|text`"),
        ({f"data/{who}/metadata.csv": "a|One." for who in ("ann", "bob")}, "data/ann/wavs/a.wav",
         r"lists in data/ann/metadata\.csv and data/bob/metadata\.csv: give corpus\.root=\S+/data, which reads them"),
        ({"1/a.original.txt": "One."}, "1/a.wav", r"a text is 1/a\.original\.txt: give it and the others the names"),
        ({"txt/p1/a.txt": "One."}, "wav48/p1/a_mic2.flac", r"is txt/p1/a\.txt and a recording wav48/p1/a_mic2\."),
    ],
)  # fmt: skip
def test_lists_and_texts_that_are_elsewhere_are_named(
    tmp_path: Path, files: dict[str, str], sound: str, advice: str
) -> None:
    sounds(tmp_path, sound)
    for name, content in files.items():
        text(tmp_path / name, content)
    with pytest.raises(UserError, match=f"no layout that is known; here are .*{advice}"):
        read("auto", tmp_path)


def test_festival_s_list_is_read_after_the_command_that_is_told(tmp_path: Path) -> None:
    said = {"a_1": 'She said "no" (twice).', "a_2": "It rained."}
    sounds(tmp_path, *(f"wav/{name}.wav" for name in said))
    lines = "".join(f'( {name} "{line}" )\n' for name, line in said.items())
    text(tmp_path / "etc/txt.done.data", lines)
    with pytest.raises(UserError) as refusal:
        read("auto", tmp_path)
    subprocess.run(str(refusal.value).split("`")[1], shell=True, check=True)
    assert [r.text for r in read("auto", tmp_path)] == list(said.values())


def test_a_folder_without_sound(tmp_path: Path) -> None:
    text(tmp_path / "notes.pdf", "a")
    with pytest.raises(UserError, match=r"no \.wav, \.flac, \.mp3 or other audio file in it"):
        read("auto", tmp_path)


def test_a_spreadsheet_given_as_the_list(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav")
    with pytest.raises(UserError, match=r"metadata\.xlsx: a spreadsheet .*; save it as CSV in UTF-8"):
        read("auto", text(tmp_path / "metadata.xlsx", b"PK\x03\x04rest"))


@pytest.mark.parametrize("layout", ["auto", "huggingface"])
def test_a_name_on_the_hub_is_told_how_to_be_fetched(layout: str) -> None:
    with pytest.raises(UserError, match=r"on the Hugging Face hub, give corpus\.root=hf:mia/my_speech"):
        read(layout, Path("mia/my_speech"))
    with pytest.raises(UserError, match=r"no such folder$"):
        read(layout, Path("/mia/my_speech"))


def test_texts_in_a_folder_of_their_own(tmp_path: Path) -> None:
    sounds(tmp_path, "wav/a.wav", "wav/mia/b.wav", "wav/mia/c.wav")
    for name in ("a", "mia/b"):
        text(tmp_path / f"txt/{name}.txt", f"This is {name}.")
    found = read("auto", tmp_path)
    assert rows(r for r in found if not r.problem) == [
        ("wav-a", "auto", "This is a."),
        ("wav-mia-b", "mia", "This is mia/b."),
    ]
    assert [r.problem for r in found if r.problem] == ["no c.txt or c.lab beside it"]
