"""A recording that a voice is given: read, followed, aligned with its text, doubted where it says something else."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from tts.attention import chain_posterior
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.pitch import pitch_contour
from tts.batch import TextBatch
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.synthesis.speech import MISFIT_LIMIT, Aligned
from tts.synthesis.timings import timings
from tts.text.tokens import Tokens

FASTEST_SPEECH = 30.0
"""Tokens per second; no human speech is faster."""


class Followed(NamedTuple):
    """What a sentence follows in place of what is predicted, as `AcousticModel.infer` takes it."""

    style: Tensor | None = None
    """`[1, D]`."""
    prosody: Tensor | None = None
    """`[1, N, P]`."""
    durations: Tensor | None = None
    """int64 `[1, N]`, frames."""
    pitch: Tensor | None = None
    """`[1, T]`, Hz."""


def read_recording(recording: str | Path | tuple[Tensor, int], audio: AudioConfig) -> Tensor:
    """A recording, given by its path or as `[samples]` and sample rate, at the rate of `audio`.

    Raises
    ------
    UserError: unreadable, of several channels, or too short for a mel.
    """
    if isinstance(recording, tuple):
        wav = torch.as_tensor(recording[0], dtype=torch.float32).squeeze()
        if wav.dim() != 1:
            raise UserError(f"reference: a waveform of shape {tuple(wav.shape)}; give one channel, [samples]")
        wav = waveform.resample(wav, recording[1], audio.sample_rate)
    else:
        wav = waveform.read(Path(recording), audio.sample_rate)
    if len(wav) <= audio.n_fft:
        raise UserError(f"reference: {len(wav)} samples are too short for a reference")
    return wav


def style_of(model: AcousticModel, mel: Tensor) -> Tensor:
    """The manner of speaking `[1, D]` in a recording of any text, whose log-mel `[T, M]` is given."""
    return model.style_of(mel[None], torch.tensor([len(mel)]))


def prosody_of(model: AcousticModel, text: TextBatch, wav: Tensor, mel: Tensor, audio: AudioConfig) -> Followed:
    """Melody and timing of a recording of this very text.

    Parameters
    ----------
    wav, mel: `[samples]` at the rate of `audio`, and its log-mel `[T, M]`.

    Raises
    ------
    UserError: fewer frames than tokens.
    """
    tokens = text.symbols.shape[1]
    if len(mel) < tokens:
        raise UserError(
            f"reference: {len(mel)} frames for {tokens} tokens of text; in prosody mode the recording must "
            "speak this very text; with another text use reference_mode=style"
        )
    found, _ = model.align(text, mel[None], torch.tensor([len(mel)]))
    return Followed(found.style, found.prosody, found.durations, pitch_contour(wav, audio)[None])


def aligned(
    model: AcousticModel, tokens: Tokens, text: TextBatch, mel: Tensor, seconds: float, frame_seconds: float
) -> Aligned:
    """When each word and phone is spoken in a recording.

    Parameters
    ----------
    text: the tokens, as the model reads them.
    mel: of the recording, log-mel `[T, M]`.
    seconds: of the whole recording.

    Raises
    ------
    UserError: fewer frames than tokens.
    """
    if len(mel) < len(tokens):
        raise UserError(f"{len(mel)} frames for {len(tokens)} tokens: the text is not that of the recording")
    lengths = torch.tensor([len(mel)])
    reference, attention = model.align(text, mel[None], lengths)
    posterior = chain_posterior(attention, text.lengths, lengths)[0]
    words, phones = timings(tokens, posterior.double().sum(0).tolist(), frame_seconds, 0.0, seconds)
    return Aligned(words, phones, posterior, attention.sharpest.item(), float(reference.misfit) / MISFIT_LIMIT)


def doubt(tokens: Tokens, seconds: float, misfit: float) -> str:
    """Why a recording of so many seconds is most likely not of this text; empty where it may be."""
    rate = len(tokens) / seconds
    if rate > FASTEST_SPEECH:
        why = f"the text has {rate:.0f} sounds for each of its seconds, and none is as fast as {FASTEST_SPEECH:.0f}"
    elif misfit > 1:
        why = f"it does not sound like the text (misfit {misfit:.1f}, believable is 1)"
    else:
        return ""
    return f"the reference seems to say something else: {why}; with another text use reference_mode=style"
