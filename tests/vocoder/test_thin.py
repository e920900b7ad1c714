"""A vocoder with fewer filters from one with more: the same at the times that both have, and taught by its sound."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.vocoder.test_generator import CONFIG, SMALL, make, mel_of
from tts.data.segments import SegmentBatch
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.generator import Generator
from tts.vocoder.losses import VocoderLossConfig
from tts.vocoder.thin import TaughtObjective, thinned

MANY = replace(CONFIG, steps=4)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_filters_at_the_same_times_are_the_same(steps: int) -> None:
    many = make(MANY)
    few = Generator(replace(MANY, steps=steps), SMALL).eval()
    few.load_state_dict(thinned(few, many))
    mel = mel_of(12)[None]
    with torch.no_grad():
        for thin, full in zip(few.filters(mel), many.filters(mel), strict=True):
            torch.testing.assert_close(thin, full[:, :: 4 // steps])
        assert torch.equal(few.pitch(mel), many.pitch(mel))


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        (replace(MANY, steps=8), "generator.steps=8 must divide that of the other, 4"),
        (replace(MANY, steps=2, width=16), "differ in more than generator.steps"),
    ],
)
def test_others_are_refused(config: GeneratorConfig, complaint: str) -> None:
    few = Generator(replace(config, window=160), SMALL)
    with pytest.raises(ValueError, match=complaint):
        thinned(few, make(MANY))


def test_it_comes_to_sound_like_its_teacher_whose_weights_stay() -> None:
    teacher = make(MANY)
    kept = {name: value.clone() for name, value in teacher.state_dict().items()}
    few = Generator(replace(MANY, steps=2), SMALL)
    few.load_state_dict(thinned(few, teacher))
    pitch = {name: value.clone() for name, value in few.pitch_trunk.state_dict().items()}
    objective = TaughtObjective(few, teacher, VocoderLossConfig())
    optimizer = torch.optim.Adam([p for p in objective.parameters() if p.requires_grad], 3e-3)
    mel = torch.stack([mel_of(60, seed=seed) for seed in (1, 2)])
    batch = SegmentBatch([""] * 2, torch.zeros(2, 59 * SMALL.hop_length), mel, torch.zeros(2, 60))
    apart = []
    for step in range(30):
        torch.manual_seed(0)
        loss, report = objective(batch, step)
        assert report.recording.shape == report.copy.shape and set(report.terms) == {"spectral", "wave"}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        apart.append(loss.item())
    assert apart[-1] < 0.8 * apart[0]
    assert all(torch.equal(value, kept[name]) for name, value in teacher.state_dict().items())
    assert all(torch.equal(value, pitch[name]) for name, value in few.pitch_trunk.state_dict().items())


def test_one_that_is_the_teacher_has_nothing_to_learn() -> None:
    teacher = make(MANY)
    mel = mel_of(60)[None]
    batch = SegmentBatch([""] * 1, torch.zeros(1, 59 * SMALL.hop_length), mel, torch.zeros(1, 60))
    loss, _ = TaughtObjective(make(MANY), teacher, VocoderLossConfig())(batch, 0)
    assert loss.item() < 1e-3
