"""A voice speaks like somebody whom it has only heard."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.audio import waveform
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.synthesis.new_speaker import with_speaker
from tts.synthesis.voice import Voice, save_voice


@pytest.fixture(scope="module")
def hearing(make_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model that hears who speaks."""
    run = tmp_path_factory.mktemp("runs") / "hearing"
    trainer = make_trainer(run, "debug=fast", last=["model.speaker_encoder.channels=8", "trainer.max_steps=12"])
    table, encoder = trainer.model.speaker.weight, trainer.model.speaker_encoder
    before = [p.clone() for p in (table, *encoder.parameters())]
    trainer.fit()
    assert all(not torch.equal(p, q) for p, q in zip((table, *encoder.parameters()), before, strict=True))
    return run


def recordings(prepared: Path, speaker: str) -> list[Path]:
    corpus = read_manifest(prepared)
    return [corpus.audio_path(u) for u in corpus.utterances if u.speaker == speaker]


def test_a_new_speaker_is_a_speaker(hearing: Path, prepared: Path, tmp_path: Path) -> None:
    voice = Voice.load(hearing)
    files = recordings(prepared, "en-us+f3")
    wider = with_speaker(voice, "ann", files)
    assert wider.info.speakers == (*voice.info.speakers, "ann")
    assert voice.info.speakers == ("en-us+f3", "en-us+m3"), "the voice itself stays"
    for known in voice.info.speakers:
        assert torch.equal(wider.synthesize("The old sea.", known).wav, voice.synthesize("The old sea.", known).wav)
    spoken = wider.synthesize("The old sea.", "ann")
    assert not torch.equal(spoken.mel, wider.synthesize("The old sea.", "en-us+m3").mel)
    given = [(waveform.read(path, 24_000), 24_000) for path in files]
    torch.testing.assert_close(with_speaker(voice, "x", given).synthesize("The old sea.", "x").mel, spoken.mel)
    wider.model.speaker.weight.square().sum().backward()  # it may be trained
    save_voice(tmp_path / "wider", wider.model, wider.config, wider.table, wider.info)
    assert torch.equal(Voice.load(tmp_path / "wider").synthesize("The old sea.", "ann").wav, spoken.wav)


def test_what_cannot_be_is_refused(hearing: Path, tiny_run: Path, prepared: Path) -> None:
    file, *_ = recordings(prepared, "en-us+f3")
    with pytest.raises(UserError, match="cannot hear who speaks"):
        with_speaker(Voice.load(tiny_run), "ann", [file])
    voice = Voice.load(hearing)
    with pytest.raises(UserError, match="has one of that name"):
        with_speaker(voice, "en-us+m3", [file])
    with pytest.raises(UserError, match="language=de: this voice speaks en-us"):
        with_speaker(voice, "ann", [file], "de")
    for name in ("", "a\nb", "a:0.5,b"):
        with pytest.raises(UserError, match="without commas"):
            with_speaker(voice, name, [file])
    with pytest.raises(UserError, match=r"0\.5 s of speech are too little"):
        with_speaker(voice, "ann", [(torch.randn(12_000), 24_000)])
    with pytest.raises(UserError, match=r"0\.0 s of speech are too little"):
        with_speaker(voice, "ann", [])


def test_who_is_new_to_training_starts_as_heard(
    make_trainer: Callable[..., Any], hearing: Path, prepared: Path, tmp_path: Path
) -> None:
    voice = Voice.load(hearing)
    renamed = tmp_path / "renamed"  # as if it knew another woman
    info = replace(voice.info, speakers=("en-us+f9", "en-us+m3"))
    save_voice(renamed, voice.model, voice.config, voice.table, info)
    trainer = make_trainer(tmp_path / "run", "debug=fast", f"init_from={renamed}")
    assert trainer.model.speaker_encoder is None, "a voice of its own needs none"
    table, theirs = trainer.model.speaker.weight, voice.model.speaker.weight
    assert torch.equal(table[1], theirs[1])
    wavs = recordings(prepared, "en-us+f3")
    heard = with_speaker(voice, "ann", wavs).model.speaker.weight[-1]
    assert (table[0] - heard).norm() < (table[0] - theirs.mean(0)).norm()


def test_a_wider_model_that_cannot_hear_itself_starts_all_the_same(
    make_trainer: Callable[..., Any], hearing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trainer(tmp_path, "debug=fast", f"init_from={hearing}", last=["model.width=24"])
    printed = capsys.readouterr().out
    assert "speaker.weight: (2, 16) there, (2, 24) here, starts fresh" in printed
    assert "speaker_encoder: left out, this model has none" in printed
