"""From the posterior of a path to phones and words in seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor

from tts.alignment.config import AlignerConfig
from tts.alignment.hmm.posterior import Heard
from tts.intervals import Interval


@dataclass(frozen=True)
class Alignment:
    """When each phone and word of a recording is spoken, in seconds."""

    words: list[Interval]
    phones: list[Interval]
    """`sil` for silences; together they cover the recording."""
    confidence: list[float]
    """Per phone, 0 to 1: how sure the chain is that its frames are in it."""
    score: float
    """Log-likelihood per frame; low beside its neighbours' where the text is not what was said."""
    misfit: float = math.nan
    """How much better the frames fit any sounds than those of the text, as a share of what is believable: beyond 1
    another text was said, or sounds that are not known. NaN where it was not measured."""

    @property
    def doubtful(self) -> bool:
        """Whether another text was said, most likely."""
        return self.misfit > 1

    def rounded(self) -> Alignment:
        """As files hold it: times to a microsecond, confidence and score to four decimals."""
        words, phones = [
            [Interval(i.label, round(i.start, 6), round(i.end, 6)) for i in tier] for tier in (self.words, self.phones)
        ]
        confidence = [round(c, 4) for c in self.confidence]
        return Alignment(words, phones, confidence, round(self.score, 4), round(self.misfit, 4))

    @property
    def word_confidence(self) -> list[float]:
        """Per word: mean of its phones' confidence, by duration."""
        found = []
        for word in self.words:
            own = [
                (phone.end - phone.start, confidence)
                for phone, confidence in zip(self.phones, self.confidence, strict=True)
                if phone.start >= word.start and phone.end <= word.end
            ]
            seconds = sum(length for length, _ in own)
            found.append(sum(length * c for length, c in own) / seconds if seconds else 0.0)
        return found


@dataclass
class _Part:
    """A phone or a silence: the states from `first` up to `stop` of the path, and the token they belong to."""

    label: str
    owner: int
    first: int
    stop: int


def timed(heard: Heard, silence: int, config: AlignerConfig, seconds: float, misfit: float) -> Alignment:
    """Read off times: boundaries are where the cumulated posterior passes from one phone to the next.

    Parameters
    ----------
    silence: the state of silence.
    seconds: duration of the recording.
    misfit: as in `Alignment`.
    """
    tokens, posterior = heard.spoken.tokens, heard.posterior
    hop = config.hop_length / config.sample_rate
    # Frame t is centred on t·hop, so the boundary between frames t − 1 and t lies at (t − ½)·hop.
    edges = ((posterior.double().sum(0).cumsum(0) - 0.5) * hop).clamp(0.0, seconds).tolist()
    edges = [0.0, *edges[:-1], seconds]
    parts = _without_closures(_parts(heard, silence), edges, config.shortest_pause)
    phones = [Interval(p.label, edges[p.first], edges[p.stop]) for p in parts]
    words = []
    for index, label in enumerate(tokens.words):
        own = [i for i, p in zip(phones, parts, strict=True) if p.owner >= 0 and tokens.word[p.owner] == index]
        if own:
            words.append(Interval(label, own[0].start, own[-1].end))
    whole = torch.stack([posterior[:, p.first : p.stop].sum(1) for p in parts], 1)
    return Alignment(words, phones, certainty(whole).tolist(), heard.score, misfit)


def _parts(heard: Heard, silence: int) -> list[_Part]:
    path, tokens = heard.spoken.path, heard.spoken.tokens
    parts = []
    for (owner, silent), places in groupby(
        range(len(path.states)), key=lambda i: (path.tokens[i], path.states[i] == silence)
    ):
        own = list(places)
        parts.append(_Part("sil" if silent else tokens.symbols[owner], owner, own[0], own[-1] + 1))
    return parts


def _without_closures(parts: list[_Part], edges: list[float], shortest: float) -> list[_Part]:
    """A silence within the text that is too short for one is the closure of the phone that follows."""
    kept: list[_Part] = []
    began: int | None = None
    for place, part in enumerate(parts):
        inside = 0 < place < len(parts) - 1
        if inside and part.label == "sil" and edges[part.stop] - edges[part.first] < shortest:
            began = part.first
            continue
        if began is not None:
            part.first, began = began, None
        kept.append(part)
    return kept


def certainty(posterior: Tensor) -> Tensor:
    """How sure it is of the frames that it gives each token: mean posterior, weighted by itself, `[T, N]` → `[N]`."""
    return posterior.double().square().sum(0) / posterior.double().sum(0).clamp(min=1e-9)
