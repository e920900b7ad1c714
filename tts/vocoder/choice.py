"""Which vocoder a voice speaks through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from torch import Tensor

from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.errors import UserError
from tts.settings.schema import plain
from tts.vocoder.folder import load_vocoder
from tts.vocoder.generator import Generator
from tts.vocoder.hub import Package, load_hub

UNIVERSAL = Path(__file__).with_name("universal")
"""The one that comes with the package."""


class Vocoder(Protocol):
    """What turns log-mel frames of one definition into sound."""

    audio: AudioConfig

    def __call__(self, log_mel: Tensor, /) -> Tensor:
        """`[T, M]` → waveform float32 `[(T − 1)·hop_length]`."""

    def stream(self, log_mel: Tensor, frames: int, /) -> Iterator[Tensor]:
        """The same in pieces of about `frames` frames, each as soon as it is made, if it can."""


@dataclass(frozen=True)
class AutoVocoder:
    """The one that comes with the package where it was trained on the voice's mel definition, else Griffin-Lim."""

    kind: Literal["auto"] = "auto"


@dataclass(frozen=True)
class GriffinLimVocoder:
    kind: Literal["griffin_lim"] = "griffin_lim"
    iterations: int = 60
    momentum: float = 0.99

    def __post_init__(self) -> None:
        if self.iterations < 1 or not 0 <= self.momentum < 1:
            raise ValueError("iterations must be at least 1, momentum from 0 to below 1")


@dataclass(frozen=True)
class IstftVocoder:
    kind: Literal["istft"] = "istft"
    path: str | None = None
    """A vocoder's folder, or that of its run; the one that comes with the package if not given."""


@dataclass(frozen=True)
class HubVocoder:
    kind: Literal["hub"] = "hub"
    package: Package = "bigvgan"
    name: str = "nvidia/bigvgan_v2_22khz_80band_fmax8k_256x"
    """A repository on huggingface.co, or a folder with its files."""


AUTO_VOCODER = AutoVocoder()
VocoderChoice = AutoVocoder | GriffinLimVocoder | IstftVocoder | HubVocoder


def make_vocoder(choice: VocoderChoice, audio: AudioConfig) -> Vocoder:
    """The chosen vocoder for mels of the definition `audio`.

    Raises
    ------
    UserError: it has another mel definition, or its folder cannot be read.
    """
    match choice:
        case GriffinLimVocoder():
            return GriffinLim(audio, choice.iterations, choice.momentum)
        case IstftVocoder():
            vocoder: Vocoder = trained(choice.path)
        case HubVocoder():
            vocoder = load_hub(choice.package, choice.name)
        case AutoVocoder():
            vocoder = trained()
            if vocoder.audio != audio:
                return GriffinLim(audio)
        case _:
            raise TypeError(f"a vocoder is chosen by one of {VocoderChoice}, not by {choice!r}")
    check_same_mel(vocoder, audio)
    return vocoder


def check_same_mel(vocoder: Vocoder, audio: AudioConfig) -> None:
    """Raises UserError if `vocoder` was trained on another mel definition than `audio`."""
    if vocoder.audio != audio:
        theirs, ours = plain(vocoder.audio), plain(audio)
        differing = ", ".join(key for key in ours if theirs[key] != ours[key])
        raise UserError(
            f"vocoder: it was trained on mels of {theirs}, the voice makes {ours}; they differ in {differing}: choose "
            "vocoder=griffin_lim, or train one with experiment=vocoder_universal and this audio setting"
        )


@cache
def trained(path: str | None = None) -> Generator:
    """The vocoder in a folder; the one that comes with the package if none is given."""
    return load_vocoder(UNIVERSAL if path is None else path)[0]
