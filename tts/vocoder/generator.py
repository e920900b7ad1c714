"""The vocoder's generator: ConvNeXt blocks on mel frames predict how to filter pulses and noise.

As in Vocos (Siuzdak 2023, arXiv 2306.00814) the network works at frame rate and an inverse short-time Fourier transform
makes the waveform. It need not invent the phase: a harmonic source brings it (Wang, Takaki, Yamagishi 2019, arXiv
1904.12088), whose fundamental frequency is predicted from the mel. What is left to predict is, for every frame and
frequency, how strong pulses and noise are and by how much pulses are delayed, which takes little data and training.

B batch, T mel frames, M mel channels, S filters (`steps` per frame), F frequencies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.audio.pitch import HIGHEST, LOWEST
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.source import continued_pulses, fixed_noise_spectrum, pulses

KERNEL = 7
LOUDEST = 6.0
"""Nats; bound of a filter's logarithm."""
PART = 128
"""Frames whose sound is made at once: a megabyte or two, which stay in a processor's cache."""
OCTAVES = math.log2(HIGHEST / LOWEST)


class Filters(NamedTuple):
    """`[B, S, F]` each."""

    harmonic: Tensor
    """Log magnitude for the pulses."""
    noise: Tensor
    """Log magnitude for the noise."""
    phase: Tensor
    """Radians, for the pulses."""

    def gains(self, likelier: bool) -> tuple[Tensor, Tensor]:
        """Magnitudes for the pulses and the noise, `[B, S, F]` each.

        likelier: noise times its share of both: as it is where there is nothing else, and little under pulses.

        Training makes noise of all that cannot be predicted, so that copies vary as much as recordings. At inference a
        likelier sample sounds better (as in the truncation of Brock et al. 2018, arXiv 1809.11096).
        """
        noise = self.noise.exp()
        if likelier:
            noise = noise * (self.noise - self.harmonic).sigmoid()
        return self.harmonic.exp(), noise


class Block(nn.Module):
    """ConvNeXt (Liu et al. 2022, arXiv 2201.03545) over time, `[B, T, width]`.

    Of its convolutions the `steady` kind sums as torch always did, and the other is five times as fast on a CPU.
    """

    def __init__(self, width: int, hidden: int, scale: float, steady: bool) -> None:
        super().__init__()
        self.steady = steady
        self.over_time = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.scale: nn.Parameter | None = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Tensor) -> Tensor:
        y = self._convolved(x.transpose(1, 2)).transpose(1, 2)
        y = self.narrow(F.gelu(self.widen(self.norm(y)), approximate="tanh"))
        return x + (y if self.scale is None else self.scale * y)

    def fold_scale(self) -> None:
        """Multiply the last matrix by the scale, which then is no operation of its own."""
        if self.scale is not None:
            self.narrow.weight.data *= self.scale.data[:, None]
            self.narrow.bias.data *= self.scale.data
            self.scale = None

    def _convolved(self, x: Tensor) -> Tensor:
        convolution = self.over_time
        if self.steady:
            return convolution(x)
        # The same in two dimensions: torch has no fast code for one and each channel by itself.
        kernel, padding = convolution.weight[:, :, None], (0, KERNEL // 2)
        return F.conv2d(x[:, :, None], kernel, convolution.bias, padding=padding, groups=convolution.groups)[:, :, 0]


class Trunk(nn.Module):
    """Mel frames in, `outputs` numbers for each out; `steady`: to the last digit as versions before 0.7 made them."""

    def __init__(self, n_mels: int, width: int, hidden: int, layers: int, outputs: int, steady: bool = False) -> None:
        super().__init__()
        self.embed = nn.Conv1d(n_mels, width, KERNEL, padding=KERNEL // 2)
        self.norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(Block(width, hidden, 1 / layers, steady) for _ in range(layers))
        self.last_norm, self.head = nn.LayerNorm(width), nn.Linear(width, outputs)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, mel: Tensor) -> Tensor:
        return self.head(self.hidden(mel))

    def hidden(self, mel: Tensor) -> Tensor:
        """What the head reads of frames `[B, T, M]`, `[B, T, width]`."""
        x = self.norm(self.embed(mel.transpose(1, 2)).transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        return self.last_norm(x)


class Generator(nn.Module):
    """Log-mel to waveform. The same mel always gives the same waveform."""

    window: Tensor
    spread: Tensor
    level: Tensor
    mel_mean: Tensor
    mel_std: Tensor

    def __init__(self, config: GeneratorConfig, audio: AudioConfig) -> None:
        super().__init__()
        window = config.window_of(audio)
        self.config, self.audio = replace(config, window=window), audio
        self.hop = audio.hop_length // config.steps
        frequencies = window // 2 + 1
        self.filter_trunk = Trunk(
            audio.n_mels, config.width, config.hidden, config.layers, 3 * frequencies * config.steps
        )
        # A pitch that differs in its last digit would shift all later pulses.
        self.pitch_trunk = Trunk(
            audio.n_mels, config.pitch_width, 2 * config.pitch_width, config.pitch_layers, 1, steady=True
        )
        with torch.device("cpu"):  # known without weights, and not computable where there is no memory
            spread, level = _mel_to_density(audio, frequencies)
            envelope = torch.hann_window(window)
        self.register_buffer("spread", spread, persistent=False)
        self.register_buffer("level", level, persistent=False)
        self.register_buffer("window", envelope, persistent=False)
        self.register_buffer("mel_mean", torch.zeros(audio.n_mels))
        self.register_buffer("mel_std", torch.ones(audio.n_mels))

    @cached_property
    def noise(self) -> Tensor:
        """What speech is drawn from, complex `[P, F]`, over and over."""
        with torch.inference_mode(False):  # kept for whatever is done later
            return fixed_noise_spectrum(self.audio.sample_rate, self.window.cpu(), self.hop)

    @property
    def reach(self) -> int:
        """Mel frames on each side that a frame's sound depends on."""
        return (KERNEL // 2) * (1 + max(self.config.layers, self.config.pitch_layers)) + self._window_reach

    @property
    def _window_reach(self) -> int:
        """The same of a filter."""
        return -(-len(self.window) // self.audio.hop_length)

    @property
    def _pitch_reach(self) -> int:
        """The same of the pitch."""
        return (KERNEL // 2) * (1 + self.config.pitch_layers)

    def set_mel_statistics(self, mean: Tensor, std: Tensor) -> None:
        """Mean and standard deviation of each log-mel channel, `[M]`, over the training set."""
        self.mel_mean.copy_(mean)
        self.mel_std.copy_(std.clamp(min=0.1))

    @torch.no_grad()
    def forward(self, log_mel: Tensor) -> Tensor:
        """`[T, M]` → waveform float32 `[(T − 1)·hop_length]`."""
        return torch.cat(list(self.stream(log_mel, len(log_mel))))

    @torch.no_grad()
    def stream(self, log_mel: Tensor, frames: int) -> Iterator[Tensor]:
        """The waveform of `[T, M]` in pieces of `frames` frames, each as soon as it is made.

        The pieces joined are what all frames at once give.
        """
        mel = log_mel.float()[None]
        last = mel.shape[1] - 1
        if last < 1:
            yield mel.new_zeros(0)
            return
        source = _Source(self, self.pitch(mel))  # a difference in the last digit would shift all later pulses
        for start in range(0, last, frames):
            end = min(last, start + frames)
            yield self._between(mel, source.until(mel, min(last, end + self.reach)), start, end)

    @torch.no_grad()
    def stream_growing(self, log_mels: Iterable[Tensor]) -> Iterator[Tensor]:
        """The waveform of frames that come in pieces `[T, M]`, in pieces that end `reach` frames before the last frame
        that has come; joined they are what `stream` gives."""
        mel, source = torch.zeros(1, 0, self.audio.n_mels), _Source(self)
        spoken, pieces, ended = 0, iter(log_mels), False
        while not ended:
            piece = next(pieces, None)
            ended = piece is None
            if piece is not None:
                mel = torch.cat([mel, piece.float()[None]], 1)
            last = mel.shape[1] - 1
            pitched = last if ended else last - self._pitch_reach
            end = last if ended else min(last - self.reach, pitched - 2 * self._window_reach)
            if end > spoken:
                yield self._between(mel, source.until(mel, pitched), spoken, end)
                spoken = end

    def _between(self, mel: Tensor, source: Tensor, start: int, end: int) -> Tensor:
        """The waveform `[samples]` from frame `start` to frame `end` of mels `[1, T, M]` and the pulses as far as they
        are known."""
        hop = self.audio.hop_length
        first, final = max(0, start - self.reach), source.shape[1] // hop
        seen = mel[:, first : end + self.reach + 1]
        hidden = self.filter_trunk.hidden(self._normalise(seen))
        parts = []
        for begin in range(start, end, PART):
            until = min(end, begin + PART)
            left, right = max(first, begin - self._window_reach), min(final, until + self._window_reach)
            here, within = slice(left - first, right - first + 1), slice(left * hop, right * hop)
            filters = self._filters(hidden[:, here], seen[:, here])
            places = torch.arange(left * self.config.steps, right * self.config.steps + 1)
            drawn = self.noise[places % len(self.noise)][None].to(mel.device)
            made = self.render(filters, source[:, within], drawn, likelier=True)[0]
            parts.append(made[(begin - left) * hop : (until - left) * hop])
        return torch.cat(parts)

    def copy(self, filters: Filters, octaves: Tensor) -> Tensor:
        """A waveform `[B, (T − 1)·hop_length]` from any phase and any noise, for training."""
        start = torch.rand(len(octaves), device=octaves.device)
        source = pulses(self._hertz(octaves), self.audio.hop_length, self.audio.sample_rate, start)
        return self.render(filters, source, self.spectrum(torch.randn_like(source)), likelier=False)

    def pitch(self, mel: Tensor) -> Tensor:
        """Fundamental frequency of log-mel frames `[B, T, M]` in Hz, `[B, T]`; where unvoiced, of no meaning."""
        return self._hertz(self.octaves(mel))

    def _pitch_within(self, mel: Tensor, first: int, final: int) -> Tensor:
        """The same from frame `first` to `final`, both included, looking at no more frames than it depends on."""
        start = max(0, first - self._pitch_reach)
        return self.pitch(mel[:, start : final + 1 + self._pitch_reach])[:, first - start : final + 1 - start]

    def octaves(self, mel: Tensor) -> Tensor:
        """The same in octaves above `LOWEST`, unbounded."""
        with torch.autocast(mel.device.type, enabled=False):  # bfloat16 has steps of nine cents and more
            return self.pitch_trunk(self._normalise(mel.float())).squeeze(-1)

    def filters(self, mel: Tensor) -> Filters:
        """What frames `[B, T, M]` ask for: `steps` filters for each but the last, and one for that."""
        return self._filters(self.filter_trunk.hidden(self._normalise(mel)), mel)

    def _filters(self, hidden: Tensor, mel: Tensor) -> Filters:
        steps = self.config.steps
        predicted = self.filter_trunk.head(hidden).float().unflatten(-1, (steps, -1)).flatten(1, 2)
        between = torch.arange(steps, device=mel.device)[:, None] / steps
        finer = torch.lerp(mel[:, :-1, None], mel[:, 1:, None], between).flatten(1, 2)
        with torch.autocast(mel.device.type, enabled=False):
            density = (torch.cat([finer, mel[:, -1:]], 1) - self.level) @ self.spread
        harmonic, noise, phase = predicted[:, : density.shape[1]].chunk(3, -1)
        return Filters((density + harmonic).clamp(max=LOUDEST), (density + noise - 1).clamp(max=LOUDEST), phase)

    def render(self, filters: Filters, source: Tensor, noise: Tensor, likelier: bool) -> Tensor:
        """Filter pulses `[B, (S − 1)·hop]` and noise, complex `[B, S, F]`, and add them: a waveform of the pulses'
        shape. `likelier` as in `Filters.gains`."""
        strength, noisy = filters.gains(likelier)
        turned = torch.complex(strength * filters.phase.cos(), strength * filters.phase.sin())  # `polar` is slower
        spectrum = self.spectrum(source) * turned + noise * noisy
        return torch.istft(
            spectrum.transpose(1, 2), len(self.window), self.hop, window=self.window, length=source.shape[1]
        )

    def spectrum(self, wav: Tensor) -> Tensor:
        """The short-time Fourier transform in which is filtered: `[B, samples]` → complex `[B, S, F]`."""
        spectrum = torch.stft(
            wav, len(self.window), self.hop, window=self.window, pad_mode="constant", return_complex=True
        )
        return spectrum.transpose(1, 2)

    def _hertz(self, octaves: Tensor) -> Tensor:
        return LOWEST * 2 ** octaves.clamp(0.0, OCTAVES)

    def _normalise(self, mel: Tensor) -> Tensor:
        return (mel - self.mel_mean) / self.mel_std


class _Source:
    """The pulses of mels `[1, T, M]`, as far as they were asked for."""

    def __init__(self, generator: Generator, pitch: Tensor | None = None) -> None:
        self.generator, self.pitch = generator, pitch
        self.made = torch.zeros(1, 0)
        self.cycles = torch.zeros(1, dtype=torch.float64)

    def until(self, mel: Tensor, frame: int) -> Tensor:
        """From the first frame to that one, or further, `[1, samples]`."""
        audio = self.generator.audio
        known = self.made.shape[1] // audio.hop_length
        if frame > known:
            whole = self.pitch
            pitch = self.generator._pitch_within(mel, known, frame) if whole is None else whole[:, known : frame + 1]
            further, cycles = continued_pulses(pitch, audio.hop_length, audio.sample_rate, self.cycles.to(mel.device))
            self.made, self.cycles = torch.cat([self.made.to(mel.device), further], 1), cycles
        return self.made


def _mel_to_density(audio: AudioConfig, frequencies: int) -> tuple[Tensor, Tensor]:
    """How log-mel frames become log magnitudes that shape white noise of unit power into their spectrum.

    Returns
    -------
    `[M, F]`, linear interpolation between the channels' centres, and `[M]`, what that noise measures in each channel.
    """
    basis = LogMel(audio).spectrogram.mel_scale.fb  # [bins, M]
    area = basis.sum(0).clamp(min=1e-9)
    centres = (basis * torch.linspace(0, frequencies - 1, len(basis))[:, None]).sum(0) / area
    centres = centres.cummax(0).values  # a channel narrower than a bin has none of its own
    places = torch.arange(frequencies, dtype=torch.float32)
    below = (torch.searchsorted(centres, places) - 1).clamp(0, audio.n_mels - 2)
    gap = (centres[below + 1] - centres[below]).clamp(min=1e-6)
    share = ((places - centres[below]) / gap).clamp(0, 1)
    spread = torch.zeros(audio.n_mels, frequencies)
    spread[below, places.long()] = 1 - share
    spread[below + 1, places.long()] = share
    power = torch.hann_window(audio.win_length).square().sum()
    return spread, area.log() + 0.5 * power.log()
