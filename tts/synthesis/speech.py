"""What a voice gives: speech with its timings, and recordings aligned with their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tts.intervals import Interval
from tts.models.predictors.duration import hard_alignment
from tts.synthesis.timings import PAUSE, Timeline
from tts.text.tokens import Tokens, concatenated

MISFIT_LIMIT = 2.2
"""Nats per frame by which the likeliest tokens may exceed those on the path: a misfit of 1. Where the text is
right it is below 0.2, of speakers unknown to the voice below 2.1 in 95 of 100; where it is another text, above that in
as many (docs/LOG.md)."""


@dataclass
class Synthesis:
    """Synthesised speech. T mel frames, N tokens, of all its sentences one after another."""

    wav: Tensor
    """float32 `[samples]`."""
    sample_rate: int
    words: list[Interval]
    """Seconds; the written words."""
    phones: list[Interval]
    """Seconds; the tokens, `sil` at the ends of sentences; together they cover the sound."""
    mel: Tensor
    """`[T, M]` of the sentences, without the pauses between them."""
    durations: Tensor
    """int64 `[N]`, frames per token."""
    tokens: Tokens
    doubt: str = ""
    """Warning that the reference is most likely of another text, where its prosody was followed; else empty."""
    text: str = ""
    """As written, of what `Voice.sentences` gives."""

    @property
    def alignment(self) -> Tensor:
        """`[T, N]`, one-hot; made when asked for, since it grows with the square of the text."""
        return hard_alignment(self.durations[None], len(self.mel))[0]


@dataclass
class Aligned:
    """A recording aligned with its text."""

    words: list[Interval]
    phones: list[Interval]
    """One per token, in seconds; `sil` for the first and last."""
    posterior: Tensor
    """`[T, N]`."""
    focus: float
    """Focus rate of the sharpest monotonic head on this recording."""
    misfit: float
    """By how much the likeliest tokens exceed those on the path, as a share of `MISFIT_LIMIT`: above 1 the recording is
    most likely of another text."""


def joined(sentences: Sequence[Synthesis], language: str, seconds: float = PAUSE) -> Synthesis:
    """What one voice said, sentence after sentence with so many seconds of pause between; `language` is that of the
    text where their tokens do not name one."""
    if len(sentences) == 1:
        return sentences[0]
    rate = sentences[0].sample_rate
    pause = torch.zeros(round(seconds * rate))
    timeline, wavs = Timeline(rate), []
    for number, sentence in enumerate(sentences):
        if number:
            wavs.append(pause)
            timeline.silence(len(pause))
        wavs.append(sentence.wav)
        timeline.speech(sentence.words, sentence.phones, len(sentence.wav))
    return Synthesis(
        wav=torch.cat(wavs),
        sample_rate=rate,
        words=timeline.words,
        phones=timeline.phones,
        mel=torch.cat([sentence.mel for sentence in sentences]),
        durations=torch.cat([sentence.durations for sentence in sentences]),
        tokens=concatenated([sentence.tokens for sentence in sentences], language),
    )
