"""A vocoder for one voice: it learns from the mels which that voice makes of the recordings' texts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.audio import waveform
from tts.data.dataset import Item, items_of
from tts.data.features import ensure_features
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.synthesis.voice import Voice
from tts.training.vocoder.voice_mels import with_voice_mels


@pytest.fixture(scope="module")
def voice(tiny_run: Path) -> Voice:
    return Voice.load(tiny_run)


@pytest.fixture(scope="module")
def items(prepared: Path, voice: Voice) -> list[Item]:
    corpus = read_manifest(prepared)
    return items_of([(corpus, ensure_features(corpus, voice.config.audio, 1))], "train")


def test_mels_are_those_of_the_voice_following_each_recording(items: list[Item], voice: Voice) -> None:
    for item, again in zip(items[:3], with_voice_mels(items[:3], voice), strict=True):
        utterance = item.utterance
        wav = waveform.read(item.corpus.audio_path(utterance), voice.config.audio.sample_rate)
        speech = voice.synthesize(utterance.text, utterance.speaker, (wav, voice.config.audio.sample_rate))
        (recorded, pitch), (mel, same_pitch) = item.store.load(utterance), again.store.load(utterance)
        assert mel.shape == recorded.shape
        assert torch.equal(pitch, same_pitch)
        apart = (mel - speech.mel).abs().mean(1)
        assert (apart < 0.05).float().mean() > 0.8, "stored in half precision, boundaries may move by a frame"
        assert (mel - recorded).abs().mean() > 0.1


def test_they_are_computed_once_for_a_voice(items: list[Item], voice: Voice) -> None:
    def written(items: list[Item]) -> list[int]:
        return [item.store.path(item.utterance).stat().st_mtime_ns for item in items]

    first = with_voice_mels(items[:3], voice)
    times = written(first)
    assert written(with_voice_mels(items[:3], voice)) == times
    later = Voice(voice.model, voice.config, voice.table, replace(voice.info, sha256={"model.safetensors": "another"}))
    assert first[0].store != with_voice_mels(items[:1], later)[0].store
    first[0].store.path(first[0].utterance).write_bytes(b"damaged")
    assert written(with_voice_mels(items[:3], voice))[1:] == times[1:]
    first[0].store.load(first[0].utterance)


def test_an_autoregressive_voice_says_as_many_frames(
    make_trainer: Callable[..., Any], items: list[Item], tmp_path: Path
) -> None:
    make_trainer(
        tmp_path, "experiment=transformer_smma", "debug=fast", "trainer.max_steps=2", "smma.switch_step=1",
        "trainer.validation_utterances=1",
    ).fit()  # fmt: skip
    for item, again in zip(items[:3], with_voice_mels(items[:3], Voice.load(tmp_path)), strict=True):
        assert len(again.store.load(item.utterance)[0]) == item.frames


def test_voices_that_cannot_say_it_are_refused(items: list[Item], voice: Voice) -> None:
    stranger = replace(items[0], utterance=replace(items[0].utterance, speaker="en-us+f4"))
    with pytest.raises(UserError, match=r"does not know the speaker of espeak/.*en-us\+f4; did you mean 'en-us\+f3'"):
        with_voice_mels([stranger], voice)
    given = Voice(voice.model, voice.config, voice.table, replace(voice.info, training={"alignment": "from_files"}))
    with pytest.raises(UserError, match="trained with alignment=from_files"):
        with_voice_mels(items, given)


def test_training_takes_them(make_vocoder_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    settings = ("debug=vocoder_fast", "mels=from_voice", f"mels.voice={tiny_run}/voice")
    trainer = make_vocoder_trainer(tmp_path, *settings)
    by_id = {item.id: item for item in trainer.items}
    batch = next(trainer.batches())
    stored, _ = by_id[batch.ids[0]].store.load(by_id[batch.ids[0]].utterance)
    assert any(torch.equal(stored[t : t + batch.mel.shape[1]], batch.mel[0]) for t in range(len(stored)))
    trainer.fit()
    assert trainer.step == 6


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        (("mels=from_voice", "mels.voice=null"), "mels=from_voice and mels.voice=PATH go together"),
        (("mels.voice=somewhere",), "mels=from_voice and mels.voice=PATH go together"),
        (("mels=from_voice", "mels.voice=nowhere"), "nowhere: no voice here"),
    ],
)
def test_half_a_choice_is_refused(
    overrides: tuple[str, ...], complaint: str, make_vocoder_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=complaint):
        make_vocoder_trainer(tmp_path, *overrides)


def test_a_voice_of_other_mels_is_refused(
    make_vocoder_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"mels\.voice: the voice's audio is .*11745.*, this run's .*7600"):
        make_vocoder_trainer(tmp_path, "mels=from_voice", f"mels.voice={tiny_run}", "audio.f_max=7600")
