"""People's folders: what the prepared corpus keeps of them."""

import json
import re
from pathlib import Path

import pytest
import soundfile
import torch

from tests.corpora.folders import text
from tests.preparation.recordings import RATE, spoken
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.corpora.registry import open_corpus
from tts.data.manifest import Utterance, read_manifest
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig


def prepared(tmp_path: Path, **settings: object) -> list[Utterance]:
    corpus = open_corpus({"layout": "auto", "root": str(tmp_path / "in"), **settings})
    prepare(corpus, tmp_path / "out", AudioConfig(), TextConfig(units="graphemes"), Limits(), 0)
    return read_manifest(tmp_path / "out").utterances


def test_speakers_languages_styles_and_channels_reach_the_manifest(tmp_path: Path) -> None:
    wav = spoken(1.0)
    silent = torch.zeros_like(wav)
    for name, channels in (("a", [wav]), ("b", [silent, silent, wav]), ("c", [wav, wav]), ("d", [wav])):
        (tmp_path / "in/wavs").mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / f"in/wavs/{name}.wav", torch.stack(channels, 1).numpy(), RATE)
    lines = "file|speaker|language|emotion|text\na|mia|en|calm|One two three.\nb|tom|de|angry|Eins zwei drei.\n"
    text(tmp_path / "in/metadata.csv", f"{lines}c|mia||calm|Four five six.\nd|||calm|Nobody said so.\n")
    utterances = prepared(tmp_path)
    report = json.loads((tmp_path / "out/report.json").read_text())
    kept = [(u.id, u.speaker, u.style, u.channel) for u in utterances]
    assert kept == [("a", "mia", "calm", ""), ("b", "tom", "angry", "3 of 3"), ("c", "mia", "calm", "mean of 2")]
    assert [set(u.language) for u in utterances] == [set(), {"de"}, set()]
    assert report["languages"] == {"en-us": 2, "de": 1}
    assert report["channels"] == {"3 of 3": 1, "mean of 2": 1} and report["speakers"] == {"mia": 2, "tom": 1}
    assert "d\tunclear\tmetadata.csv:5: it names no speaker" in (tmp_path / "out/rejected.tsv").read_text()
    first = json.loads((tmp_path / "out/manifest.jsonl").read_text().splitlines()[0])
    assert not {"language", "channel"} & first.keys(), "as versions without them read it"


def test_a_chosen_channel_prepares_the_recordings_anew(tmp_path: Path) -> None:
    wav = spoken(1.0)
    (tmp_path / "in").mkdir()
    soundfile.write(tmp_path / "in/a.wav", torch.stack([wav, 0.5 * wav], 1).numpy(), RATE)
    text(tmp_path / "in/a.txt", "One two three.")
    (first,), (second,) = prepared(tmp_path), prepared(tmp_path, channel=2)
    assert (first.channel, second.channel) == ("mean of 2", "2 of 2")


def test_of_a_file_that_was_cut_off_the_length_is_that_of_what_is_there_and_the_table_says_so(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.flac", "b.mp3", "c.wav"):
        path = tmp_path / "in" / name
        soundfile.write(path, spoken(1.0, 1.0, 1.0).numpy(), RATE)
        content = path.read_bytes()
        path.write_bytes(content[: int(0.6 * len(content))])
        text(path.with_suffix(".txt"), "One two three.")
    soundfile.write(tmp_path / "in/d.wav", spoken(1.0).numpy(), RATE)
    text(tmp_path / "in/d.txt", "One two three.")
    corpus = open_corpus({"layout": "auto", "root": str(tmp_path / "in")})
    table = prepare(corpus, tmp_path / "out", AudioConfig(), TextConfig(units="graphemes"), Limits(), 0).table()
    assert re.search(r"cut off +3 utterances, such as a: \d\.\d\d s of 4\.60 are there\n", table)
    *cut, whole = read_manifest(tmp_path / "out").utterances
    assert [u.whole_seconds for u in cut] == [pytest.approx(4.6, abs=0.1)] * 3 and whole.whole_seconds is None
    found = {u.id: (u.original_seconds or 0) * RATE for u in cut}
    assert found == {f.stem: len(waveform.read(f, RATE)) for f in sorted((tmp_path / "in").glob("[abc].[fmw]*"))}
    assert all(1.5 * RATE < samples < 3.5 * RATE for samples in found.values())
