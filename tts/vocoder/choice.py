"""Which vocoder a voice speaks through. Needs no torch until one is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from tts.audio.config import AudioConfig
from tts.errors import UserError
from tts.settings.schema import Choice, plain
from tts.storage.resources import PACKAGED
from tts.vocoder.config import Package

if TYPE_CHECKING:
    from torch import Tensor

    from tts.vocoder.generator import Generator

UNIVERSAL = (PACKAGED["universal_24khz"], PACKAGED["universal"])
"""Those that come with the package, for audio=24khz and audio=16khz."""


class Vocoder(Protocol):
    """What turns log-mel frames of one definition into sound."""

    audio: AudioConfig
    """The mel definition."""

    def __call__(self, log_mel: Tensor, /) -> Tensor:
        """`[T, M]` → waveform float32 `[(T − 1)·hop_length]`."""

    def stream(self, log_mel: Tensor, frames: int, /) -> Iterator[Tensor]:
        """The same in pieces of about `frames` frames, each as soon as it is made, if it can."""


@runtime_checkable
class GrowingVocoder(Vocoder, Protocol):
    """One that can begin before all frames are there."""

    def stream_growing(self, log_mels: Iterable[Tensor], /) -> Iterator[Tensor]:
        """The waveform of frames that come in pieces `[T, M]`, each piece of it as soon as it is known."""


class VocoderChoice(Choice, group="vocoder"):
    """What turns mels into sound."""

    def load(self, audio: AudioConfig) -> Vocoder:
        """The vocoder, for mels of the definition `audio`; `make_vocoder` refuses one that knows other mels.

        Raises
        ------
        UserError: it cannot be read.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class AutoVocoder(VocoderChoice):
    """The one of the package's vocoders that knows the voice's mels, else Griffin-Lim."""

    kind: Literal["auto"] = "auto"
    """Which vocoder."""

    def load(self, audio: AudioConfig) -> Vocoder:
        return universal(audio) or GriffinLimVocoder().load(audio)


@dataclass(frozen=True)
class GriffinLimVocoder(VocoderChoice):
    """Needs no training and fits every mel definition (Griffin and Lim 1984; Perraudin et al. 2013)."""

    kind: Literal["griffin_lim"] = "griffin_lim"
    """Which vocoder."""
    iterations: int = 60
    """Rounds in which phases are improved; more sounds better and takes longer."""
    momentum: float = 0.99
    """How far each round goes beyond the last one's result, 0 to below 1; more converges faster."""

    def __post_init__(self) -> None:
        if self.iterations < 1 or not 0 <= self.momentum < 1:
            raise ValueError("iterations must be at least 1, momentum from 0 to below 1")

    def load(self, audio: AudioConfig) -> Vocoder:
        from tts.audio.griffin_lim import GriffinLim

        return GriffinLim(audio, self.iterations, self.momentum)


@dataclass(frozen=True)
class IstftVocoder(VocoderChoice):
    """A vocoder trained with this project: yours, or the one that comes with the package."""

    kind: Literal["istft"] = "istft"
    """Which vocoder."""
    path: str | None = None
    """A vocoder's folder, or that of its run; null for one of those that come with the package."""

    def load(self, audio: AudioConfig) -> Vocoder:
        return trained(self.path) if self.path else universal(audio) or trained(str(UNIVERSAL[0]))


@dataclass(frozen=True)
class HubVocoder(VocoderChoice):
    """Published weights, run by their own package: pip install '.[hub]'.

    bigvgan: any nvidia/bigvgan_*; the default knows the mels of audio=22khz. vocos: charactr/vocos-mel-24khz, for
    voices with audio=24khz_vocos.
    """

    kind: Literal["hub"] = "hub"
    """Which vocoder."""
    package: Package = "bigvgan"
    """Whose weights: bigvgan or vocos."""
    name: str = "nvidia/bigvgan_v2_22khz_80band_fmax8k_256x"
    """Name of a repository on huggingface.co, or a folder with its files."""

    def load(self, audio: AudioConfig) -> Vocoder:
        from tts.vocoder.hub import load_hub

        return load_hub(self.package, self.name)


AUTO_VOCODER = AutoVocoder()


def make_vocoder(choice: VocoderChoice, audio: AudioConfig) -> Vocoder:
    """The chosen vocoder for mels of the definition `audio`.

    Raises
    ------
    UserError: it has another mel definition, or its folder cannot be read.
    """
    vocoder = choice.load(audio)
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


def universal(audio: AudioConfig) -> Generator | None:
    """The one of the package's vocoders that knows mels of the definition `audio`."""
    vocoders = (trained(str(folder)) for folder in UNIVERSAL)
    return next((vocoder for vocoder in vocoders if vocoder.audio == audio), None)


@cache
def trained(path: str) -> Generator:
    """The vocoder in a folder."""
    from tts.vocoder.folder import load_vocoder

    return load_vocoder(path)[0]
