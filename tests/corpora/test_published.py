"""Published corpora whose lists would pass for other ones."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import read, sounds, text
from tts.errors import UserError


def test_readers_of_hi_fi_tts_are_not_mixed(tmp_path: Path) -> None:
    for reader in ("92", "6097"):
        line = {"audio_filepath": f"audio/{reader}_clean/1/x_{reader}.flac", "text": "it rained", "duration": 1.0}
        text(tmp_path / f"{reader}_manifest_clean_train.json", json.dumps(line))
        sounds(tmp_path, line["audio_filepath"])
    with pytest.raises(UserError, match=r"Hi-Fi TTS, with 2 readers: give corpus=lhotse corpus\.recipe=hifitts"):
        read("auto", tmp_path)
    assert {r.speaker for r in read("auto", tmp_path, speaker_folder=2)} == {"92_clean", "6097_clean"}
    assert len(read("auto", tmp_path / "92_manifest_clean_train.json")) == 1


def test_pinyin_of_aishell_3_is_no_text(tmp_path: Path) -> None:
    line = "SSB00050001.wav\t广 guang3 州 zhou1 女 nv3\n"
    list = text(sounds(tmp_path / "train", "wav/SSB0005/SSB00050001.wav") / "content.txt", line)
    for root in (tmp_path, list.parent, list):
        with pytest.raises(
            UserError, match=r"AISHELL-3, .*corpus\.recipe=aishell3 corpus\.root=.*corpus\.language=cmn"
        ):
            read("auto", root, language="cmn")
    text(list, "a.wav\tA list of mine that is called so.\n")
    sounds(list.parent, "wav/a.wav")
    assert [r.text for r in read("auto", list)] == ["A list of mine that is called so."]


def test_speakers_of_multilingual_librispeech_are_those_of_folders(tmp_path: Path) -> None:
    ids = ("4800_77_000000", "1432_88_000000")
    for id in ids:
        speaker, book, _ = id.split("_")
        sounds(tmp_path, f"audio/{speaker}/{book}/{id}.flac")
    list = text(tmp_path / "transcripts.txt", "".join(f"{id}\tit rained at {id}\n" for id in ids))
    text(tmp_path / "segments.txt", "".join(f"{id}\thttp://x/a.mp3\t1.0\t2.0\n" for id in ids))
    for root in (tmp_path, list):
        with pytest.raises(UserError, match=r"recipe=mls .*; or corpus\.root=\S*/transcripts\.txt .*speaker_folder=2"):
            read("auto", root)
    assert [r.speaker for r in read("auto", list, speaker_folder=2)] == ["4800", "1432"]
