"""From the posterior over a path's states to phones and words in seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby

import torch
from torch import Tensor

from tts.alignment.config import AlignerConfig
from tts.alignment.hmm.posterior import PathPosterior
from tts.intervals import Interval


@dataclass(frozen=True)
class Alignment:
    """When each phone and word of a recording is spoken, in seconds."""

    words: list[Interval]
    """As written, in order; pauses are between them."""
    phones: list[Interval]
    """In order, `sil` for silences; together they cover the recording."""
    confidence: list[float]
    """Per phone, 0 to 1: mean posterior of the frames given to it."""
    score: float
    """Log-likelihood per frame; lower than of similar recordings where the text is wrong."""
    misfit: float = math.nan
    """How much better the frames fit any sounds than those of the text, as a share of what is believable: beyond 1
    the recording is most likely of another text, or of sounds not in the training data. NaN where not measured."""

    @property
    def doubtful(self) -> bool:
        """Whether the recording is most likely of another text."""
        return self.misfit > 1

    def shifted(self, seconds: float, first: float = -math.inf, last: float = math.inf) -> Alignment:
        """On a clock that shows `seconds` where this one shows 0, with nothing before `first` or after `last` there."""
        words, phones = [
            [Interval(i.label, *(min(max(t + seconds, first), last) for t in i[1:])) for i in tier]
            for tier in (self.words, self.phones)
        ]
        return replace(self, words=words, phones=phones)

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
class _Segment:
    """A phone or a silence: the states from `first` up to `stop` of the path, and the token they belong to."""

    label: str
    owner: int
    first: int
    stop: int


def alignment_of(
    posterior: PathPosterior, silence: int, config: AlignerConfig, seconds: float, misfit: float
) -> Alignment:
    """Boundaries are where the cumulated posterior passes from one phone to the next.

    Parameters
    ----------
    silence: the state of silence.
    seconds: duration of the recording.
    misfit: as in `Alignment`.
    """
    tokens, gamma = posterior.input.tokens, posterior.gamma
    hop = config.hop_length / config.sample_rate
    # Frame t is centred on t·hop, so the boundary between frames t − 1 and t lies at (t − ½)·hop.
    edges = ((gamma.double().sum(0).cumsum(0) - 0.5) * hop).clamp(0.0, seconds).tolist()
    edges = [0.0, *edges[:-1], seconds]
    segments = _merge_closures(_segments(posterior, silence), edges, config.shortest_pause)
    phones = [Interval(p.label, edges[p.first], edges[p.stop]) for p in segments]
    words = []
    for index, label in enumerate(tokens.words):
        own = [i for i, p in zip(phones, segments, strict=True) if p.owner >= 0 and tokens.word[p.owner] == index]
        if own:
            words.append(Interval(label, own[0].start, own[-1].end))
    per_segment = torch.stack([gamma[:, p.first : p.stop].sum(1) for p in segments], 1)
    return Alignment(words, phones, certainty(per_segment).tolist(), posterior.score, misfit)


def _segments(posterior: PathPosterior, silence: int) -> list[_Segment]:
    path, tokens = posterior.input.path, posterior.input.tokens
    segments = []
    for (owner, silent), states in groupby(
        range(len(path.states)), key=lambda i: (path.tokens[i], path.states[i] == silence)
    ):
        own = list(states)
        segments.append(_Segment("sil" if silent else tokens.symbols[owner], owner, own[0], own[-1] + 1))
    return segments


def _merge_closures(segments: list[_Segment], edges: list[float], shortest: float) -> list[_Segment]:
    """Give a silence within the text that is too short for a pause to the phone that follows, as its closure."""
    kept: list[_Segment] = []
    began: int | None = None
    for index, segment in enumerate(segments):
        within_text = 0 < index < len(segments) - 1
        if within_text and segment.label == "sil" and edges[segment.stop] - edges[segment.first] < shortest:
            began = segment.first
            continue
        if began is not None:
            segment.first, began = began, None
        kept.append(segment)
    return kept


def certainty(posterior: Tensor) -> Tensor:
    """Confidence per token: its mean posterior, weighted by itself, `[T, N]` → `[N]`."""
    return posterior.double().square().sum(0) / posterior.double().sum(0).clamp(min=1e-9)
