"""Training a vocoder: it learns, goes on where it was stopped, and starts from another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.training.runs import PowerCut, assert_same, last
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.data.segments import SegmentBatch
from tts.errors import UserError
from tts.training.checkpoint import load_checkpoint
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.folder import load_vocoder
from tts.vocoder.generator import Generator
from tts.vocoder.losses import VocoderLossConfig, VocoderObjective

AUDIO = AudioConfig(8000, 256, 256, 80, 30, 0.0, 4000.0)


def tones(number: int, frames: int = 40, size: int = 8) -> SegmentBatch:
    """Vowel-like tones of any fundamental: harmonics that fall off, louder and softer."""
    draw = torch.Generator().manual_seed(number)
    pitch = 100 * 2 ** torch.rand(size, 1, generator=draw)
    samples = torch.arange((frames + 7) * AUDIO.hop_length) / AUDIO.sample_rate
    wav = torch.zeros(size, len(samples))
    for harmonic in range(1, 18):
        phase = torch.rand(size, 1, generator=draw)
        wav += 0.1 / harmonic * (2 * torch.pi * (harmonic * pitch * samples + phase)).sin()
    mel = LogMel(AUDIO)(wav)[:, 4 : 4 + frames]
    return SegmentBatch(
        [str(number)] * size,
        wav[:, 4 * AUDIO.hop_length : (3 + frames) * AUDIO.hop_length],
        mel,
        pitch.expand(size, frames).contiguous(),
    )


def test_a_tiny_vocoder_learns_tones() -> None:
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig(32, 64, 2, 32, 2, 160, 2), AUDIO)
    mels = torch.cat([tones(number).mel for number in range(100, 104)]).flatten(0, 1)
    generator.set_mel_statistics(mels.mean(0), mels.std(0))
    objective = VocoderObjective(generator, VocoderLossConfig())
    optimizer = torch.optim.AdamW(generator.parameters(), 3e-3)

    def errors() -> dict[str, float]:
        with torch.no_grad():
            terms = objective(tones(1000, size=16), 0)[1].terms
        return {name: float(term) for name, term in terms.items()}

    before = errors()
    for number in range(80):
        loss, _ = objective(tones(number), number)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(generator.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    after = errors()
    assert after["spectral"] < 0.8 * before["spectral"]  # 0.6 to 0.7, as rounding and seed have it
    assert after["pitch"] < 0.1 * before["pitch"]


def watch(trainer: Any, stop_before: int | None = None) -> list[Any]:
    seen: list[Any] = []
    step = trainer.train_step

    def watched(batch: Any, progress: float) -> Any:
        if trainer.step == stop_before:
            raise PowerCut
        result = step(batch, progress)
        rates = [o.param_groups[0]["lr"] for o in (trainer.optimizer, trainer.discriminator_optimizer)]
        seen.append((trainer.step, batch.ids, rates, {n: t.item() for n, t in result[1].terms.items()}))
        return result

    trainer.train_step = watched
    return seen


def test_stopped_and_resumed_equals_never_stopped(make_vocoder_trainer: Callable[..., Any], tmp_path: Path) -> None:
    whole = make_vocoder_trainer(tmp_path / "whole", "debug=vocoder_fast", "name=run")
    seen_whole = watch(whole)
    whole.fit()
    first = make_vocoder_trainer(tmp_path / "parts", "debug=vocoder_fast", "name=run")
    seen_parts = watch(first, stop_before=4)  # the last checkpoint is of step 3
    with pytest.raises(PowerCut):
        first.fit()
    torch.manual_seed(12345)  # whatever happened on the machine since
    second = make_vocoder_trainer(tmp_path / "parts", "debug=vocoder_fast", "name=run", "resume=auto")
    assert second.step == 3
    seen_rest = watch(second)
    second.fit()
    assert seen_parts[:3] + seen_rest == seen_whole
    assert seen_parts[3] == seen_rest[0]
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


def test_everything_there_is_to_see_is_logged(tiny_vocoder: Path) -> None:
    log = EventAccumulator(str(tiny_vocoder / "tensorboard"), size_guidance={"images": 0, "audio": 0})
    log.Reload()
    scalars = set(log.Tags()["scalars"])
    assert {f"loss/{name}" for name in ("spectral", "pitch", "adversarial", "features", "discriminators")} <= scalars
    assert {"train/lr", "train/gradient_norm", "train/discriminators_gradient_norm"} <= scalars
    assert {"valid/spectral", "valid/mel", "valid/pitch"} <= scalars
    assert any("frames_per_second" in name for name in scalars)
    for kind in ("recording", "copy"):
        assert any(name.endswith(f"mel_{kind}") for name in log.Tags()["images"])
        assert any(name.endswith(kind) for name in log.Tags()["tensors"])


def test_the_best_checkpoint_is_the_one_of_the_least_error(
    make_vocoder_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_vocoder_trainer(tmp_path, "debug=vocoder_fast", "trainer.max_steps=4", "trainer.validate_every=1")
    errors = iter([0.5, 0.3, 0.4, 0.6])
    trainer.validator = lambda *_: {"spectral": next(errors)}
    trainer.fit()
    best = load_checkpoint(tmp_path / "checkpoints" / "best.pt")
    assert (best["step"], best["best"]) == (2, 0.3)


def test_without_a_say_there_are_no_discriminators(
    make_vocoder_trainer: Callable[..., Any], tiny_vocoder: Path, tmp_path: Path
) -> None:
    settings = ("debug=vocoder_fast", "loss.adversarial=0", "loss.features=0", "trainer.max_steps=1")
    trainer = make_vocoder_trainer(tmp_path / "run", *settings)
    trainer.fit()
    state = load_checkpoint(tmp_path / "run" / "checkpoints" / "last.pt")
    assert "discriminators" not in state
    with pytest.raises(UserError, match=r"resume: .* must both have discriminators, or none"):
        make_vocoder_trainer(tmp_path / "other", *settings, f"resume={tiny_vocoder}/checkpoints/last.pt")


def test_the_discriminators_alone_can_teach(make_vocoder_trainer: Callable[..., Any], tmp_path: Path) -> None:
    alone = ("debug=vocoder_fast", "loss.spectral=0", "loss.pitch=0", "trainer.max_steps=1")
    trainer = make_vocoder_trainer(tmp_path / "run", *alone, "loss.adversarial=1", "loss.features=0")
    before = trainer.model.filter_trunk.head.weight.clone()
    trainer.fit()
    assert not torch.equal(trainer.model.filter_trunk.head.weight, before)
    with pytest.raises(UserError, match="loss: every weight is 0 at step 0; give one of spectral, pitch, adversarial"):
        make_vocoder_trainer(tmp_path / "none", *alone, "loss.adversarial=0", "loss.features=0").fit()


def test_a_vocoder_starts_where_another_ended(
    make_vocoder_trainer: Callable[..., Any], tiny_vocoder: Path, tmp_path: Path
) -> None:
    trainer = make_vocoder_trainer(tmp_path, "debug=vocoder_fast", f"init_from={tiny_vocoder}")
    assert_same(dict(trainer.model.state_dict()), dict(load_vocoder(tiny_vocoder)[0].state_dict()))
    with pytest.raises(UserError, match=r"init_from: the vocoder's generator is .*'layers': 1.*'layers': 2"):
        make_vocoder_trainer(tmp_path, "debug=vocoder_fast", f"init_from={tiny_vocoder}", "generator.layers=2")


def test_another_model_is_not_resumed(
    make_vocoder_trainer: Callable[..., Any], tiny_vocoder: Path, tmp_path: Path
) -> None:
    resume = f"resume={tiny_vocoder}/checkpoints/last.pt"
    with pytest.raises(UserError, match=r"last\.pt was trained with generator.width=16, this run has 8"):
        make_vocoder_trainer(tmp_path, "debug=vocoder_fast", resume, "generator.width=8")


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("generator.steps=7", "steps=7 must divide the hop of 300 samples"),
        ("segment_frames=5", "segment_frames must be 16 or more"),
        ("+generator.depth=3", "unknown key 'depth'"),
        ("+model.width=3", "unknown key 'model'"),
        ("loss.features=[[3,0],[2,1]]", "must rise"),
        ("learns=new_filters", "give init_from=VOCODER, one for narrower mels"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    override: str, complaint: str, make_vocoder_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=complaint):
        make_vocoder_trainer(tmp_path, override)
