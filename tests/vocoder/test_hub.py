"""Published vocoders: their files as they are published, with tiny random weights; nothing in them is trusted."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch import nn

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.audio.transforms import MelSpectrogram
from tts.commands.cli import load_config
from tts.errors import UserError
from tts.settings.schema import parse
from tts.vocoder.choice import HubVocoder, make_vocoder
from tts.vocoder.hub import MelToHtk, PublishedVocoder, load_hub

KHZ_22 = AudioConfig(22050, 1024, 1024, 256, 80, 0.0, 8000.0)
KHZ_24 = AudioConfig(24000, 1024, 1024, 256, 100, 0.0, 12000.0)


@pytest.fixture
def bigvgan_folder(tmp_path: Path) -> Path:
    package = pytest.importorskip("bigvgan.bigvgan", reason="pip install '.[hub]'")
    env = pytest.importorskip("bigvgan.env")
    config = {
        "sampling_rate": 22050, "n_fft": 1024, "win_size": 1024, "hop_size": 256, "num_mels": 80, "fmin": 0,
        "fmax": 8000, "resblock": "1", "upsample_rates": [16, 16], "upsample_kernel_sizes": [32, 32],
        "upsample_initial_channel": 8, "resblock_kernel_sizes": [3], "resblock_dilation_sizes": [[1, 3, 5]],
        "activation": "snakebeta", "snake_logscale": True, "use_tanh_at_final": False,
    }  # fmt: skip
    folder = tmp_path / "bigvgan"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    model = package.BigVGAN(env.AttrDict(config))
    torch.save({"generator": model.state_dict()}, folder / "bigvgan_generator.pt")
    return folder


@pytest.fixture
def vocos_folder(tmp_path: Path) -> Path:
    models = pytest.importorskip("vocos.models", reason="pip install '.[hub]'")
    heads = pytest.importorskip("vocos.heads")
    config = {
        "feature_extractor": {
            "class_path": "vocos.feature_extractors.MelSpectrogramFeatures",
            "init_args": {
                "sample_rate": 24000, "n_fft": 1024, "hop_length": 256, "n_mels": 100, "padding": "center",
            },
        },
        "backbone": {
            "class_path": "vocos.models.VocosBackbone",
            "init_args": {"input_channels": 100, "dim": 8, "intermediate_dim": 16, "num_layers": 1},
        },
        "head": {
            "class_path": "vocos.heads.ISTFTHead",
            "init_args": {"dim": 8, "n_fft": 1024, "hop_length": 256, "padding": "center"},
        },
    }  # fmt: skip
    folder = tmp_path / "vocos"
    folder.mkdir()
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    weights = {"feature_extractor.mel_spec.spectrogram.window": torch.ones(1024)}
    for part, module in (
        ("backbone", models.VocosBackbone(**config["backbone"]["init_args"])),
        ("head", heads.ISTFTHead(**config["head"]["init_args"])),
    ):
        weights |= {f"{part}.{name}": value for name, value in module.state_dict().items()}
    torch.save(weights, folder / "pytorch_model.bin")
    return folder


def mel(frames: int, audio: AudioConfig) -> torch.Tensor:
    return torch.randn(frames, audio.n_mels, generator=torch.Generator().manual_seed(0)) - 4


@pytest.mark.parametrize("frames", [1, 2, 3, 40])
def test_a_bigvgan_speaks_mels_of_its_definition(frames: int, bigvgan_folder: Path) -> None:
    vocoder = make_vocoder(HubVocoder(package="bigvgan", name=str(bigvgan_folder)), KHZ_22)
    assert vocoder.audio == KHZ_22
    wav = vocoder(mel(frames, KHZ_22))
    assert wav.shape == ((frames - 1) * 256,)
    assert wav.isfinite().all()
    torch.testing.assert_close(torch.cat(list(vocoder.stream(mel(frames, KHZ_22), 10))), wav)


@pytest.mark.parametrize("frames", [1, 2, 5, 40])
def test_a_vocos_speaks_mels_of_its_framing(frames: int, vocos_folder: Path) -> None:
    vocoder = make_vocoder(HubVocoder(package="vocos", name=str(vocos_folder)), KHZ_24)
    wav = vocoder(mel(frames, KHZ_24))
    assert wav.shape == ((frames - 1) * 256,)
    assert wav.isfinite().all()


def test_a_bigvgan_published_without_weight_norm_sounds_the_same(bigvgan_folder: Path) -> None:
    whole = load_hub("bigvgan", str(bigvgan_folder))
    expected = whole(mel(20, KHZ_22))
    whole.network.remove_weight_norm()
    torch.save({"generator": whole.network.state_dict()}, bigvgan_folder / "bigvgan_generator.pt")
    torch.testing.assert_close(load_hub("bigvgan", str(bigvgan_folder))(mel(20, KHZ_22)), expected)


def test_other_mels_are_refused_with_both_settings(bigvgan_folder: Path) -> None:
    with pytest.raises(UserError, match=r"trained on mels of .*22050.*the voice makes .*16000.*differ in sample_rate"):
        make_vocoder(HubVocoder(package="bigvgan", name=str(bigvgan_folder)), AudioConfig())


class HopPerFrame(nn.Module):
    """Every frame's first channel, held for a hop: its centre is the hop's middle."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features[:, :1].repeat_interleave(256, 2)


def test_a_frame_is_heard_about_its_own_centre() -> None:
    log_mel = torch.arange(10.0)[:, None].expand(10, 80)
    wav = PublishedVocoder(HopPerFrame(), KHZ_22)(log_mel)
    assert len(wav) == 9 * 256
    assert all((wav[t * 256 - 128 : t * 256 + 128] == t).all() for t in range(1, 9))


def test_mels_are_translated_for_vocos() -> None:
    samples = torch.arange(24000) / 24000
    wav = sum((0.1 / k * (2 * torch.pi * 140 * k * samples).sin() for k in range(1, 80)), torch.zeros(24000))
    wav = wav + 0.01 * torch.randn(24000, generator=torch.Generator().manual_seed(0))
    htk = MelSpectrogram(24000, 1024, hop_length=256, n_mels=100, power=1)(wav).clamp(min=1e-7).log()
    translated = MelToHtk(KHZ_24)(LogMel(KHZ_24)(wav).T[None])[0]
    assert (translated - htk).abs().mean() < 0.15
    assert (htk - htk.mean()).abs().mean() > 0.5, "or any constant would do"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda c: c["backbone"].update(class_path="os.system"), "its backbone is os.system, not vocos"),
        (lambda c: c["head"]["init_args"].update(command="rm"), "does not hold what a vocos vocoder needs"),
        (lambda c: c["backbone"]["init_args"].update(dim=9), "does not hold what a vocos vocoder needs"),
        (lambda c: c["feature_extractor"]["init_args"].update(n_mels=10**9), "n_mels is beyond 1024"),
        (lambda c: c.pop("head"), "does not hold what a vocos vocoder needs: 'head'"),
    ],
)
def test_settings_of_something_else_are_refused(
    change: Callable[[Any], Any], complaint: str, vocos_folder: Path
) -> None:
    config = yaml.safe_load((vocos_folder / "config.yaml").read_text())
    change(config)
    (vocos_folder / "config.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(UserError, match=complaint):
        load_hub("vocos", str(vocos_folder))


def test_weights_that_hold_code_are_refused_and_not_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "it_ran"),)

    (tmp_path / "config.json").write_text("{}")
    torch.save({"generator": Bomb()}, tmp_path / "bigvgan_generator.pt")
    with pytest.raises(UserError, match=r"bigvgan_generator\.pt: not readable weights"):
        load_hub("bigvgan", str(tmp_path))
    assert not (tmp_path / "it_ran").exists()


def test_files_that_cannot_be_had_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"config\.json: missing; give a folder"):
        load_hub("bigvgan", str(tmp_path))
    hub = pytest.importorskip("huggingface_hub")

    def offline(*_: Any) -> str:
        raise OSError("no route to host")

    monkeypatch.setattr(hub, "hf_hub_download", offline)
    with pytest.raises(UserError, match=r"config\.json of nobody/nothing cannot be fetched.*no route to host"):
        load_hub("bigvgan", "nobody/nothing")


def test_its_config_is_a_choice_of_every_command() -> None:
    chosen = parse(HubVocoder, load_config("synthesize", ["voice=v", "vocoder=hub"])["vocoder"])
    assert chosen == HubVocoder()
