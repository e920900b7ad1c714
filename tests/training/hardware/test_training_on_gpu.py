"""Training on a GPU: it takes the steps that a CPU takes, learns in mixed precision, goes on, and leaves a voice that
speaks without a GPU. Without one these are left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.synthesis.voice import Voice
from tts.vocoder.folder import load_vocoder

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]

STILL = ("model.text_encoder.dropout=0", "model.decoder.dropout=0",
         "model.prosody.dropout=0", "model.duration.dropout=0", "smma.predicted_prosody_share=0")  # fmt: skip
FULL, MIXED = "trainer.precision=32-true", "trainer.precision=bf16-mixed"
ON_GPU = ("trainer.accelerator=cuda", "trainer.threads=null")


def losses(trainer: Any) -> list[float]:
    """Of every step, from here on to the end."""
    seen: list[float] = []
    step = trainer.train_step

    def watched(*arguments: Any) -> Any:
        result = step(*arguments)
        seen.append(float(result[0].detach()))
        return result

    trainer.train_step = watched
    trainer.fit()
    return seen


def test_the_losses_are_those_of_a_cpu(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    settings = ("debug=fast", "smma.switch_step=3", "smma.hard_share=0", *STILL)
    cpu = losses(make_trainer(tmp_path / "cpu", *settings))
    gpu = losses(make_trainer(tmp_path / "gpu", *settings, last=[*ON_GPU, FULL]))
    assert len(cpu) == len(gpu) == 6
    assert gpu == pytest.approx(cpu, rel=2e-3)


@pytest.mark.parametrize("experiment", ["espeak", "transformer_smma"])
@pytest.mark.parametrize("precision", [FULL, MIXED])
def test_a_voice_learns_goes_on_and_speaks_on_a_cpu(
    experiment: str, precision: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    settings = (
        f"experiment={experiment}", "debug=fast", "trainer.validation_utterances=1", "optimizer.warmup_steps=5",
        "smma.switch_step=20", "smma.prior=0", "trainer.checkpoint_every=30",
    )  # fmt: skip

    def trainer(steps: int, *more: str) -> Any:
        last = [*ON_GPU, precision, f"trainer.max_steps={steps}", "trainer.validate_every=30", *more]
        return make_trainer(tmp_path, *settings, last=last)

    first = losses(trainer(30))
    second = trainer(40, "resume=auto")
    assert second.step == 30 and second.model.smma_tunable
    later = losses(second)
    assert len(first) == 30 and len(later) == 10
    assert sum(later) / 10 < 0.9 * sum(first[:10]) / 10
    voice = Voice.load(tmp_path)
    assert next(voice.model.parameters()).device.type == "cpu"
    assert voice.info.training["step"] == 40
    assert voice.synthesize("Go home.").wav.isfinite().all()


@pytest.mark.parametrize("precision", [FULL, MIXED])
def test_a_vocoder_learns_with_its_discriminators(
    precision: str, make_vocoder_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    gpu = ["trainer.accelerator=cuda", precision]
    joined = ["loss.adversarial=[[0,0.01],[4,0.01],[8,0.3]]", "loss.features=[[0,0.01],[4,0.01],[8,0.5]]"]
    trainer = make_vocoder_trainer(tmp_path, "debug=vocoder_fast", *joined, *gpu, "trainer.max_steps=40")
    seen = losses(trainer)
    assert len(seen) == 40 and torch.tensor(seen).isfinite().all()
    generator, info = load_vocoder(tmp_path)
    assert info.training["step"] == 40
    assert generator(torch.full((20, generator.audio.n_mels), -5.0)).isfinite().all()
