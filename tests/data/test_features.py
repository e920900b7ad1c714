"""Features are computed once, and again where the recording is another."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.corpora.lists.layouts import LJSpeech
from tts.data import features
from tts.data.features import FeatureStore, ensure_features, feature_folder
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.storage.locks import wait_exclusive
from tts.text.config import TextConfig

AUDIO = AudioConfig()


def prepared_noise(folder: Path, **seconds: float) -> PreparedCorpus:
    """A prepared corpus of noise, by id as long as is said."""
    (folder / "in/wavs").mkdir(parents=True)
    for number, (id, length) in enumerate(seconds.items()):
        noise = torch.randn(round(length * AUDIO.sample_rate), generator=torch.Generator().manual_seed(number))
        waveform.write(folder / "in/wavs" / f"{id}.wav", 0.1 * noise, AUDIO.sample_rate)
    (folder / "in/metadata.csv").write_text("".join(f"{id}|One two three.\n" for id in seconds))
    text = TextConfig(units="graphemes")
    prepare(LJSpeech(str(folder / "in")), folder / "out", AUDIO, text, Limits(), 0)
    return read_manifest(folder / "out")


def test_features_are_cached_and_renewed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = prepared_noise(tmp_path, a=1.0, b=1.5)
    store = ensure_features(corpus, AUDIO, 2)
    assert "to compute, once: 2" in capsys.readouterr().err
    a = corpus.utterances[0]
    wav = waveform.read(corpus.audio_path(a), AUDIO.sample_rate)
    expected = LogMel(AUDIO)(wav)
    mel, pitch = store.load(a)
    assert (
        mel.dtype == torch.float32
        and mel.shape == (store.frames(a), AUDIO.n_mels)
        and pitch.shape == (store.frames(a),)
    )
    assert torch.allclose(store.load(a)[0], expected, atol=5e-3)
    kept = store.path(corpus.utterances[1]).stat().st_mtime_ns
    store.path(a).write_bytes(store.path(a).read_bytes()[:500])
    with pytest.raises(UserError, match="damaged"):
        store.load(a)[0]
    ensure_features(corpus, AUDIO, 1)
    assert "to compute, once: 1" in capsys.readouterr().err
    ensure_features(corpus, AUDIO, 1)
    assert not capsys.readouterr().err
    assert torch.allclose(store.load(a)[0], expected, atol=5e-3)
    assert store.path(corpus.utterances[1]).stat().st_mtime_ns == kept
    other = ensure_features(corpus, AudioConfig(n_mels=40), 1)
    assert other.folder != store.folder and other.load(a)[0].shape[1] == 40


def computed(corpus: PreparedCorpus, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Ids of the utterances whose features are computed (again) now."""
    store = FeatureStore(feature_folder(corpus.folder, AUDIO), AUDIO)
    before = {u.id: store.path(u).stat().st_ino if store.path(u).exists() else 0 for u in corpus.utterances}
    ensure_features(corpus, AUDIO, 1)
    changed = [u.id for u in corpus.utterances if store.path(u).stat().st_ino != before[u.id]]
    said = capsys.readouterr().err
    assert f"to compute, once: {len(changed)} utterance" in said if changed else not said
    return changed


def test_features_are_of_what_the_recording_holds_whatever_its_date(tmp_path: Path, capsys) -> None:
    corpus = prepared_noise(tmp_path, a=1.0, b=1.0)
    a, b = (corpus.audio_path(u) for u in corpus.utterances)
    assert computed(corpus, capsys) == ["a", "b"]
    wav = waveform.read(a, AUDIO.sample_rate)
    waveform.write(a, 0.5 * wav, AUDIO.sample_rate)
    os.utime(a, ns=(10**18, 10**18))  # long ago
    assert computed(corpus, capsys) == ["a"]
    os.utime(b, ns=(10**18, 10**18))  # as in a copy of the corpus
    assert computed(corpus, capsys) == []
    # An earlier version noted nothing down: its features stay, and are held to their recordings from then on.
    (feature_folder(corpus.folder, AUDIO) / "origins.jsonl").unlink()
    assert computed(corpus, capsys) == []
    waveform.write(a, wav, AUDIO.sample_rate)
    os.utime(a, ns=(10**18, 10**18))
    assert computed(corpus, capsys) == ["a"]
    with (feature_folder(corpus.folder, AUDIO) / "origins.jsonl").open("a") as origins:
        origins.write('[]\n{"id": "a"}\n{"id": "b", "sta')
    assert computed(corpus, capsys) == []


def test_features_that_another_training_makes_meanwhile_are_not_made_again(tmp_path: Path, capsys, monkeypatch) -> None:
    corpus = prepared_noise(tmp_path, a=1.0, b=1.0)

    @contextlib.contextmanager
    def after_another(folder: Path, work: str) -> Iterator[None]:
        monkeypatch.setattr(features, "wait_exclusive", wait_exclusive)
        ensure_features(corpus, AUDIO, 1)
        with wait_exclusive(folder, work):
            yield

    monkeypatch.setattr(features, "wait_exclusive", after_another)
    ensure_features(corpus, AUDIO, 1)
    assert capsys.readouterr().err.count("to compute") == 1
