"""Published vocoders, fetched from huggingface.co and run by their own packages: `pip install '.[hub]'`."""

from __future__ import annotations

import contextlib
import io
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.audio.transforms import melscale_fbanks
from tts.errors import UserError
from tts.model_folder import check_audio
from tts.storage.plain_data import plain_file
from tts.vocoder.config import Package

FILES = {"bigvgan": ("config.json", "bigvgan_generator.pt"), "vocos": ("config.yaml", "pytorch_model.bin")}
VOCOS_CLASSES = {
    "feature_extractor": "vocos.feature_extractors.MelSpectrogramFeatures",
    "backbone": "vocos.models.VocosBackbone",
    "head": "vocos.heads.ISTFTHead",
}
VOCOS_FLOOR = 1e-7


class PublishedVocoder(nn.Module):
    """A network that turns features `[1, channels, T]` into `T` or `T − 1` hops of sound."""

    def __init__(self, network: nn.Module, audio: AudioConfig) -> None:
        super().__init__()
        self.network, self.audio = network.eval(), audio

    @torch.no_grad()
    def forward(self, log_mel: Tensor) -> Tensor:
        """`[T, M]` → waveform float32 `[(T − 1)·hop_length]`."""
        samples = max(0, len(log_mel) - 1) * self.audio.hop_length
        if not samples:
            return log_mel.new_zeros(0)
        wav = self.network(log_mel.float().T[None]).flatten()
        # A hop of sound for every frame has the frame's centre in its middle: half a hop is too much at both ends.
        before = (len(wav) - samples) // 2
        return wav[before : before + samples]

    def stream(self, log_mel: Tensor, _: int) -> Iterator[Tensor]:
        """All of it at once."""
        yield self(log_mel)


class MelToHtk(nn.Module):
    """Log-mels of the scale used here to those of Vocos: HTK's scale, without norm.

    By way of the spectrum, which neither scale fully determines: where it is not silence, the error is about 0.1 nats.
    """

    inverse: Tensor
    basis: Tensor

    def __init__(self, audio: AudioConfig) -> None:
        super().__init__()
        ours = LogMel(audio).spectrogram.mel_scale.fb  # [bins, M]
        bins, channels = ours.shape
        self.register_buffer("inverse", torch.linalg.pinv(ours.double()).float())
        htk = melscale_fbanks(bins, audio.f_min, audio.f_max, channels, audio.sample_rate)
        self.register_buffer("basis", htk)

    def forward(self, log_mel: Tensor) -> Tensor:
        """`[B, M, T]` → the same shape."""
        magnitude = (log_mel.mT.exp() @ self.inverse).clamp(min=0)
        return (magnitude @ self.basis).clamp(min=VOCOS_FLOOR).log().mT


def load_hub(package: Package, name: str) -> PublishedVocoder:
    """A published vocoder.

    Its settings are data to check and its weights are read without running anything, whatever the package itself does.

    Parameters
    ----------
    name: a repository on huggingface.co, or a folder with its two files.

    Raises
    ------
    UserError: the package is not installed, the files cannot be had, or they are not those of such a vocoder.
    """
    build = {"bigvgan": _bigvgan, "vocos": _vocos}[package]
    config_path, weights_path = (_fetch(name, file) for file in FILES[package])
    config = plain_file(config_path)
    try:
        return build(config, _load_weights(weights_path), config_path)
    except ImportError as error:
        raise UserError(f"vocoder=hub: {error}; install the packages it needs with pip install '.[hub]'") from error
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        shown = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"vocoder=hub: {name} does not hold what a {package} vocoder needs: {shown}") from error


def _bigvgan(config: dict[str, Any], weights: dict[str, Any], path: Path) -> PublishedVocoder:
    """Lee et al. 2022, arXiv 2206.04658."""
    from bigvgan.bigvgan import BigVGAN
    from bigvgan.env import AttrDict

    rate = int(config["sampling_rate"])
    audio = AudioConfig(
        sample_rate=rate,
        n_fft=config["n_fft"],
        win_length=config["win_size"],
        hop_length=config["hop_size"],
        n_mels=config["num_mels"],
        f_min=float(config["fmin"]),
        f_max=rate / 2 if config["fmax"] is None else float(config["fmax"]),
        floor=1e-5,
    )
    check_audio(audio, path)
    model, found = BigVGAN(AttrDict(config)), weights["generator"]
    if "conv_pre.weight_g" not in found:
        with contextlib.redirect_stdout(io.StringIO()):
            model.remove_weight_norm()
    model.load_state_dict(found)
    return PublishedVocoder(model, audio)


def _vocos(config: dict[str, Any], weights: dict[str, Any], path: Path) -> PublishedVocoder:
    """Siuzdak 2023, arXiv 2306.00814."""
    from vocos.heads import ISTFTHead
    from vocos.models import VocosBackbone

    for part, known in VOCOS_CLASSES.items():
        if config[part]["class_path"] != known:
            raise ValueError(f"its {part} is {config[part]['class_path']}, not {known}")
    features = config["feature_extractor"]["init_args"]
    audio = AudioConfig(
        sample_rate=features["sample_rate"],
        n_fft=features["n_fft"],
        win_length=features["n_fft"],
        hop_length=features["hop_length"],
        n_mels=features["n_mels"],
        f_min=0.0,
        f_max=features["sample_rate"] / 2,
    )
    check_audio(audio, path)
    parts: dict[str, Callable[..., nn.Module]] = {"backbone": VocosBackbone, "head": ISTFTHead}
    network = nn.Sequential(MelToHtk(audio))
    for part, kind in parts.items():
        module = kind(**config[part]["init_args"])
        own = {key.removeprefix(f"{part}."): value for key, value in weights.items() if key.startswith(f"{part}.")}
        module.load_state_dict(own)
        network.append(module)
    return PublishedVocoder(network, audio)


def _fetch(name: str, file: str) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / file).is_file():
            raise UserError(f"{folder / file}: missing; give a folder with the files of the published vocoder")
        return folder / file
    try:
        from huggingface_hub import hf_hub_download

        return Path(hf_hub_download(name, file))
    except ImportError as error:
        raise UserError(f"vocoder=hub: {error}; install the packages it needs with pip install '.[hub]'") from error
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"vocoder=hub: {file} of {name} cannot be fetched from huggingface.co: {reason}") from error


def _load_weights(path: Path) -> dict[str, Any]:
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, LookupError, TypeError, OSError) as error:
        raise UserError(f"{path}: not readable weights ({type(error).__name__}); fetch them again") from error
    if not isinstance(weights, dict):
        raise UserError(f"{path}: not the weights of a published vocoder")
    return weights
