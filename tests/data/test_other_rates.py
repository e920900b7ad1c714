"""Recordings that do not go up as far as the mels: prepared at a lower rate, or cut off; and those at a higher one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.corpora.lists.layouts import LJSpeech
from tts.data.dataset import Item, SpeechDataset, items_of, mel_statistics
from tts.data.features import ensure_features
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.data.segments import RecordedSegments, read_samples
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.settings.schema import parse, plain
from tts.text.config import TextConfig
from tts.text.symbols import SymbolTable

KHZ_16 = AudioConfig(16000, 1024, 1024, 200, 80, 0.0, 8000.0, 1e-5)
KHZ_24 = AudioConfig()


def prepared_noise(folder: Path, audio: AudioConfig) -> PreparedCorpus:
    (folder / "in/wavs").mkdir(parents=True)
    for number, seconds in enumerate((1.0, 1.4321)):
        noise = torch.randn(round(seconds * 48000), generator=torch.Generator().manual_seed(number))
        waveform.write(folder / f"in/wavs/{number}.wav", 0.1 * noise, 48000)
    (folder / "in/metadata.csv").write_text("".join(f"{number}|One two three.\n" for number in range(2)))
    prepare(LJSpeech(str(folder / "in")), folder / "out", audio, TextConfig(units="graphemes"), Limits(), 0)
    return read_manifest(folder / "out")


def items(corpus: PreparedCorpus, audio: AudioConfig) -> list[Item]:
    store = ensure_features(corpus, audio, 1)
    return [Item(u, corpus, store, 0) for u in corpus.utterances]


@pytest.mark.parametrize(("prepared", "wanted"), [(KHZ_16, KHZ_24), (KHZ_24, KHZ_16)], ids=["16 as 24", "24 as 16"])
def test_a_corpus_of_another_rate_is_read_at_the_models(
    prepared: AudioConfig, wanted: AudioConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = prepared_noise(tmp_path, prepared)
    for item in items(corpus, wanted):
        whole = waveform.read(corpus.audio_path(item.utterance), wanted.sample_rate)
        mel, pitch = item.store.load(item.utterance)
        assert mel.shape == (item.frames, wanted.n_mels) and len(pitch) == item.frames
        for start, count in ((0, len(whole)), (777, 5000), (-100, 400), (len(whole) - 50, 200)):
            wav = read_samples(item, start, count)
            assert len(wav) == count
            first, last = max(0, start), min(len(whole), start + count)  # beyond, the filter rings
            inside = wav[first - start : last - start]
            torch.testing.assert_close(inside, whole[first:last], rtol=0, atol=2e-4)
    said = capsys.readouterr().err
    assert ("nothing above half of that is learnt" in said) == (prepared is KHZ_16)


def test_channels_that_recordings_lack_are_counted_with_the_batch(tmp_path: Path) -> None:
    narrow, wide = prepared_noise(tmp_path / "narrow", KHZ_16), prepared_noise(tmp_path / "wide", KHZ_24)
    both = [*items(narrow, KHZ_24), *items(wide, KHZ_24)]
    table = SymbolTable.from_tokens(item.utterance.tokens for item in both)
    speakers = list(dict.fromkeys(item.utterance.speaker for item in both))
    dataset = SpeechDataset(both, table, speakers, KHZ_24)
    batch = dataset.collate(both)
    assert batch.channels is not None and batch.channels.tolist() == [80, 80, 90, 90]
    assert batch.missing_channels is not None and batch.missing_channels.sum(2).flatten().tolist() == [10, 10, 0, 0]
    assert dataset.collate(both[2:]).channels is None

    mean, std = mel_statistics(both)
    wide_mean, wide_std = mel_statistics(both[2:])
    torch.testing.assert_close(mean[80:], wide_mean[80:])
    torch.testing.assert_close(std[80:], wide_std[80:])
    assert mel_statistics(both[:2])[0][80:].tolist() == pytest.approx([float(torch.tensor(KHZ_24.floor).log())] * 10)


def test_segments_say_how_far_their_recordings_go(tmp_path: Path) -> None:
    narrow = items(prepared_noise(tmp_path, KHZ_16), KHZ_24)
    cut = [replace(item, utterance=replace(item.utterance, bandwidth=4000.0)) for item in narrow]
    batch = RecordedSegments([*narrow, *cut], [1.0], KHZ_24, 20, 64, 0)[0]
    assert batch.bandwidth is not None
    known = [min(speed * edge, 12000) for speed in (2 / 3, 0.8, 1.0, 1.25) for edge in (8000.0, 4000.0)]
    assert all(min(abs(found - edge) for edge in known) < 1 for found in batch.bandwidth.tolist())


def test_manifests_of_earlier_versions_have_no_bandwidth(tmp_path: Path) -> None:
    corpus = prepared_noise(tmp_path, KHZ_24)
    fields = {key: value for key, value in plain(corpus.utterances[0]).items() if key != "bandwidth"}
    assert parse(type(corpus.utterances[0]), fields).bandwidth is None
    found = items_of([(corpus, ensure_features(corpus, KHZ_24, 1))], corpus.utterances[0].split)
    assert {item.bandwidth for item in found} == {12000.0}
