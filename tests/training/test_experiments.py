"""Every experiment that ships runs; the debug presets do what they are for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.conftest import TINY_VOCODER
from tts.commands.cli import load_config
from tts.commands.train import read_config
from tts.errors import UserError
from tts.storage.resources import folder
from tts.synthesis.voice import Voice
from tts.training.checkpoint import load_checkpoint
from tts.training.vocoder.config import VocoderTrainConfig
from tts.vocoder.folder import VocoderInfo, load_vocoder, save_vocoder
from tts.vocoder.generator import Generator

ALL = sorted(path.stem for path in (folder("configs") / "experiment").glob("*.yaml"))
EXPERIMENTS = [name for name in ALL if not name.startswith("vocoder")]
TAUGHT = "vocoder_thinner"
VOCODERS = [name for name in ALL if name.startswith("vocoder") and name != TAUGHT]
GENERATORS = sorted(path.stem for path in (folder("configs") / "generator").glob("*.yaml"))
MODELS = sorted(path.stem for path in (folder("configs") / "model").glob("*.yaml"))
GATES = sorted(path.stem for path in (folder("configs") / "model" / "attention").glob("*.yaml"))
AUDIO = sorted(path.stem for path in (folder("configs") / "audio").glob("*.yaml"))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_trains_through_both_phases(
    experiment: str, make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    start = [f"init_from={tiny_run}"] if load_config("train", [f"experiment={experiment}"])["init_from"] else []
    trainer = make_trainer(
        tmp_path, f"experiment={experiment}", "debug=fast", "trainer.validation_utterances=1", *start
    )
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    metrics = trainer.fit()
    assert trainer.step == 6
    switches = trainer.config.smma.switch_on != "never"
    assert trainer.phase.switched_at == (3 if switches else None)
    assert all(torch.tensor(value).isfinite() for name, value in metrics.items() if not name.startswith("pitch"))
    assert metrics["unfinished"] == 0 or trainer.config.model.decoder.kind == "autoregressive"
    still = [name for name, value in trainer.model.named_parameters() if torch.equal(value, before[name])]
    assert not still, "a parameter that no step changed"
    info = Voice.load(tmp_path).info
    assert info.training["step"] == 6
    assert info.training["smma_tunable"] == switches


def test_a_thinner_vocoder_learns_from_its_teacher(make_vocoder_trainer: Callable[..., Any], tmp_path: Path) -> None:
    many = read_config(load_config("train", ["experiment=vocoder_universal", *TINY_VOCODER]))
    assert isinstance(many, VocoderTrainConfig)
    save_vocoder(tmp_path / "many", Generator(many.generator, many.audio), VocoderInfo("none", "me", {}))
    taught = [
        f"experiment={TAUGHT}", "debug=vocoder_fast", "loss.adversarial=0.0", "loss.features=0.0",
        f"init_from={tmp_path}/many", f"teacher={tmp_path}/many",
    ]  # fmt: skip
    trainer = make_vocoder_trainer(tmp_path / "run", *taught)
    trainer.fit()
    made, info = load_vocoder(tmp_path / "run")
    assert (made.config.steps, many.generator.steps) == (2, 4)
    assert info.training["teacher"] == info.training["init_from"]
    with pytest.raises(UserError, match=r"teacher and loss\.adversarial or loss\.features do not go together"):
        make_vocoder_trainer(tmp_path / "both", *taught, "loss.adversarial=1.0")
    with pytest.raises(UserError, match=r"cannot be thinned: generator\.steps=3 must divide that of the other, 4"):
        make_vocoder_trainer(tmp_path / "three", *taught, "generator.steps=3")


@pytest.mark.parametrize("experiment", VOCODERS)
def test_every_vocoder_trains_before_and_after_its_discriminators_join(
    experiment: str, make_vocoder_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    asked = load_config("train", [f"experiment={experiment}"])
    given = [f"mels.voice={tiny_run}"] if asked["mels"]["kind"] == "from_voice" else []
    if asked["learns"] == "new_filters":
        narrow = load_config("train", ["experiment=vocoder_universal", "audio=16khz", *TINY_VOCODER])
        settings = read_config(narrow)
        assert isinstance(settings, VocoderTrainConfig)
        save_vocoder(tmp_path / "narrow", Generator(settings.generator, settings.audio), VocoderInfo("none", "me", {}))
        given.append(f"init_from={tmp_path}/narrow")
    trainer = make_vocoder_trainer(tmp_path / "run", f"experiment={experiment}", "debug=vocoder_fast", *given)
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    judges = {name: value.clone() for name, value in trainer.discriminators.named_parameters()}
    joined: list[bool] = []
    step = trainer.train_step

    def watched(*arguments: Any) -> Any:
        result = step(*arguments)
        joined.append("adversarial" in result[1].terms)
        still = [n for n, value in trainer.discriminators.named_parameters() if torch.equal(value, judges[n])]
        assert not still if joined[-1] else len(still) == len(judges)
        return result

    trainer.train_step = watched
    metrics = trainer.fit()
    assert joined == [False] * 3 + [True] * 3
    assert all(torch.tensor(value).isfinite() for name, value in metrics.items() if not name.startswith("pitch"))
    learns = {name: value for name, value in trainer.model.named_parameters() if value.requires_grad}
    still = [name for name, value in learns.items() if torch.equal(value, before[name])]
    assert learns and not still, "a parameter that no step changed"
    generator, info = load_vocoder(tmp_path / "run")
    assert info.training["step"] == 6
    assert generator.audio == trainer.config.audio


MINE = ("corpus=ljspeech", "corpus.name=mine")


@pytest.mark.parametrize(
    ("config", "asked", "name", "run_dir"),
    [
        *(("train", [f"experiment={e}"], e, f"runs/{e}") for e in EXPERIMENTS if e not in ("finetune", "one_speaker")),
        *(
            ("train", [f"experiment={e}", "mels.voice=v"][: 1 + (e == "vocoder_voice")], e, f"runs/{e}")
            for e in VOCODERS
            if e != "vocoder_one_speaker"
        ),
        ("train", ["experiment=one_speaker"], "allison", "runs/allison"),
        ("train", ["experiment=vocoder_one_speaker"], "vocoder_allison", "runs/vocoder_allison"),
        ("train", [], "voice", "runs/voice"),
        ("train", ["experiment=one_speaker", *MINE], "mine", "runs/mine"),
        ("train", ["experiment=one_speaker", *MINE, "run_dir=/tmp/x/first"], "first", "/tmp/x/first"),
        (
            "train",
            ["experiment=little_speech", "corpus.parts.voice.out=data/mine", "run_dir=runs/mix/"],
            "mix",
            "runs/mix/",
        ),
        ("train", ["experiment=finetune", *MINE, "init_from=a"], "mine_tuned", "runs/mine_tuned"),
        ("train", ["experiment=little_speech", "name=Jane"], "Jane", "runs/Jane"),
        ("train", ["experiment=little_speech", "name=Jane", "run_dir=runs/1"], "Jane", "runs/1"),
        ("train", ["experiment=vocoder_one_speaker", *MINE], "vocoder_mine", "runs/vocoder_mine"),
        ("train", ["experiment=vocoder_one_speaker", *MINE, "run_dir=runs/v"], "v", "runs/v"),
    ],
)
def test_a_run_is_called_what_its_user_calls_it(config: str, asked: list[str], name: str, run_dir: str) -> None:
    settings = read_config(load_config(config, asked))
    assert (settings.name, settings.run_dir) == (name, run_dir)


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("audio", AUDIO)
def test_every_generator_fits_every_audio_config(generator: str, audio: str) -> None:
    config = read_config(load_config("train", ["task=vocoder", f"generator={generator}", f"audio={audio}"]))
    made = Generator(config.generator, config.audio)
    assert len(made(torch.zeros(4, config.audio.n_mels))) == 3 * config.audio.hop_length


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("selection", ["focused", "all"])
def test_every_gate_trains_with_every_choice_of_heads(
    gate: str, selection: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(
        tmp_path, f"model/attention={gate}", f"model.attention.selection={selection}",
        "model.attention.gate_noise=1.0", "smma.switch_step=1", "trainer.max_steps=2", "trainer.frames_per_batch=400",
        "loss.guided=0.5", "loss.latency=0.1", "loss.latency_spread=0.1", "trainer.validation_utterances=1",
    )  # fmt: skip
    trainer.fit()
    monotonic = trainer.model.attention.monotonic
    assert trainer.model.attention.smma_tunable
    assert monotonic == tuple(range(trainer.model.attention.config.heads)) or selection == "focused"
    assert len(monotonic) == 1 or selection == "all"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("audio", AUDIO)
def test_every_model_and_audio_config_is_valid(model: str, audio: str) -> None:
    config = read_config(load_config("train", [f"model={model}", f"audio={audio}"]))
    assert config.audio.n_mels > 0
    assert config.model.width % config.model.reference_encoder.style_heads == 0


def test_overfit_learns_its_utterances_by_heart(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    trainer = make_trainer(
        tmp_path, "debug=overfit", "trainer.utterances=2", "trainer.max_steps=150", "smma.switch_step=50",
        "smma.predicted_prosody_share=0", "optimizer.warmup_steps=10", "optimizer.lr=1e-2",
        "trainer.frames_per_batch=600", "trainer.validation_utterances=1",
    )  # fmt: skip
    losses: list[float] = []
    step = trainer.train_step

    def watched(*arguments: Any) -> Any:
        result = step(*arguments)
        losses.append(float(result[1].terms["mel"]))
        return result

    trainer.train_step = watched
    trainer.fit()
    assert len(trainer.data.train) == 2
    assert sum(losses[-10:]) / 10 < 0.5 * losses[0]


@pytest.mark.parametrize("checkpoint_every", [3, 100])
def test_best_and_periodic_checkpoints_are_kept(
    make_trainer: Callable[..., Any], tmp_path: Path, checkpoint_every: int
) -> None:
    make_trainer(tmp_path, "debug=fast", "trainer.keep_every=3", f"trainer.checkpoint_every={checkpoint_every}").fit()
    names = {path.name for path in (tmp_path / "checkpoints").iterdir()}
    assert names == {"last.pt", "best.pt", "step_0000003.pt", "step_0000006.pt"}
    assert load_checkpoint(tmp_path / "checkpoints" / "step_0000003.pt")["step"] == 3
