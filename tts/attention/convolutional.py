"""Attention that reads where it was in the frame before, by convolutions over the tokens.

B batch, H heads, h monotonic heads, T mel frames, N text tokens, F filters, D channels of the mel side. What a frame
reads is known only after the frame before: training goes frame by frame, which is slow.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.mechanism import Aligned, Mechanism, Path, chosen, in_full, of_heads
from tts.attention.plain import inside

PRIOR_TAPS = 11
PRIOR_FLOOR = 1e-6
MASKED = -1e4


class _Recurrent(Mechanism):
    """α[t] = softmax of scores that are computed from α[t−1], which before the first frame is on token 0."""

    def __init__(self, config: AttentionConfig, mel_dim: int) -> None:
        super().__init__(config)
        self.heads, self.width = config.heads, config.filter_width

    @classmethod
    def build(cls, config: AttentionConfig, mel_dim: int) -> Self:
        return cls(config, mel_dim)

    @abstractmethod
    def query(self, mel: Tensor, heads: tuple[int, ...]) -> Tensor:
        """What the scores read of the mel side `[B, T, D]`, for all frames at once, `[B, h, T, ·]`."""

    @abstractmethod
    def parameters_of(self, heads: tuple[int, ...]) -> tuple[Tensor, ...]:
        """What `scores` reads of these heads, the same in every frame."""

    @abstractmethod
    def scores(self, previous: Tensor, energy: Tensor, query: Tensor, parameters: tuple[Tensor, ...]) -> Tensor:
        """Of one frame, `[B, h, N]`, from the weights before it and its energies `[B, h, N]` and query `[B, h, ·]`."""

    def filtered(self, previous: Tensor, filters: Tensor) -> Tensor:
        """The weights before `[B, h, N]`, through each head's `filters` `[h, F, 1, W]`: `[B, h, N, F]`."""
        heads = len(filters)
        seen = F.conv1d(previous, filters.flatten(0, 1), padding=self.width // 2, groups=heads)
        return seen.unflatten(1, (heads, -1)).transpose(2, 3)

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        queries, parameters = self.query(mel, heads).unbind(2), self.parameters_of(heads)
        token = torch.arange(energy.shape[3], device=energy.device)
        outside = (token >= text_lengths[:, None])[:, None]
        alpha, frames = first(energy[:, :, 0]), []
        with torch.autocast(energy.device.type, enabled=False):  # rounding would add up from frame to frame
            for scores, query in zip(energy.unbind(2), queries, strict=True):
                alpha = self.scores(alpha, scores, query, parameters).masked_fill(outside, MASKED).softmax(-1)
                frames.append(alpha)
        return Aligned(torch.stack(frames, 2) * inside(energy, text_lengths, mel_lengths))

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _RecurrentPath(self, heads, bounds)


class _RecurrentPath:
    def __init__(self, attention: _Recurrent, heads: tuple[int, ...], bounds: Bounds) -> None:
        self.attention, self.heads, self.bounds = attention, heads, bounds
        self.parameters = attention.parameters_of(heads)
        self.alpha: Tensor | None = None

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        previous = first(energy) if self.alpha is None else self.alpha
        outside = torch.arange(energy.shape[-1], device=energy.device) >= self.bounds.text_lengths[:, None, None]
        query = self.attention.query(mel[:, None], self.heads)[:, :, 0]
        scores = self.attention.scores(previous, energy, query, self.parameters)
        self.alpha = scores.masked_fill(outside, MASKED).softmax(-1)
        return self.alpha


def first(like: Tensor) -> Tensor:
    """All weight on token 0, in the shape `[B, h, N]` of `like`."""
    token = torch.arange(like.shape[-1], device=like.device)
    return (token == 0).to(like).expand_as(like)


class LocationSensitiveAttention(_Recurrent, name="location"):
    """e[t,n] + vᵀ tanh(W s[t] + U f[t,n] + b), with f[t] = F * α[t−1] (Chorowski et al. 2015, arXiv 1506.07503,
    equations 8 and 9).

    The content's part is this module's scaled product e and not inside the tanh, and v starts at 0, so that a switch
    from plain attention begins where it was.
    """

    def __init__(self, config: AttentionConfig, mel_dim: int) -> None:
        super().__init__(config, mel_dim)
        self.filters = nn.Parameter(torch.empty(config.heads, config.filters, 1, config.filter_width))
        nn.init.normal_(self.filters, std=0.3)
        self.location = nn.Parameter(torch.empty(config.heads, config.filters, config.head_dim))
        nn.init.normal_(self.location, std=0.3)
        self.of_mel = nn.Linear(mel_dim, config.heads * config.head_dim)
        self.reading = nn.Parameter(torch.zeros(config.heads, config.head_dim))

    def query(self, mel: Tensor, heads: tuple[int, ...]) -> Tensor:
        return of_heads(in_full(self.of_mel(mel)).unflatten(-1, (self.heads, -1)).transpose(1, 2), heads)

    def parameters_of(self, heads: tuple[int, ...]) -> tuple[Tensor, ...]:
        return tuple(chosen(values, heads) for values in (self.filters, self.location, self.reading))

    def scores(self, previous: Tensor, energy: Tensor, query: Tensor, parameters: tuple[Tensor, ...]) -> Tensor:
        filters, location, reading = parameters
        seen = self.filtered(previous, filters)
        hidden = (seen @ location + query[:, :, None]).tanh()
        return energy + (hidden * reading[:, None]).sum(-1)


class DynamicConvolutionAttention(_Recurrent, name="dynamic_convolution"):
    """vᵀ tanh(U f[t,n] + T g[t,n] + b) + p[t,n] (Battenberg et al. 2020, arXiv 1910.10288, equations 9 to 12).

    f is made of α[t−1] by filters that are learnt, g by filters that are computed from the frame's mel side, and p is
    the logarithm of a prior: how likely it is to move on by 0 to 10 tokens, beta-binomial with the speaking rate as its
    mean. It reads where it is, not what the tokens are.
    """

    reads_energy: ClassVar[bool] = False
    prior: Tensor

    def __init__(self, config: AttentionConfig, mel_dim: int) -> None:
        super().__init__(config, mel_dim)
        self.static = nn.Parameter(torch.empty(config.heads, config.filters, 1, config.filter_width))
        nn.init.normal_(self.static, std=0.3)
        self.hidden = nn.Linear(mel_dim, mel_dim)
        self.dynamic = nn.Linear(mel_dim, config.heads * config.filters * config.filter_width, bias=False)
        self.of_static = nn.Parameter(torch.empty(config.heads, config.filters, config.head_dim))
        nn.init.normal_(self.of_static, std=0.3)
        self.of_dynamic = nn.Parameter(torch.empty(config.heads, config.filters, config.head_dim))
        nn.init.normal_(self.of_dynamic, std=0.3)
        self.bias = nn.Parameter(torch.zeros(config.heads, config.head_dim))
        self.reading = nn.Parameter(torch.randn(config.heads, config.head_dim) * 0.1)
        self.register_buffer("prior", beta_binomial(config.tokens_per_frame), persistent=False)

    def query(self, mel: Tensor, heads: tuple[int, ...]) -> Tensor:
        filters = in_full(self.dynamic(self.hidden(mel).tanh()))
        return of_heads(filters.unflatten(-1, (self.heads, -1)).transpose(1, 2), heads)

    def parameters_of(self, heads: tuple[int, ...]) -> tuple[Tensor, ...]:
        every = (self.static, self.of_static, self.of_dynamic, self.bias, self.reading)
        return tuple(chosen(values, heads) for values in every)

    def scores(self, previous: Tensor, energy: Tensor, query: Tensor, parameters: tuple[Tensor, ...]) -> Tensor:
        (filters, of_static, of_dynamic, bias, reading), (batch, _, tokens) = parameters, previous.shape
        static = self.filtered(previous, filters)
        windows = F.pad(previous, (self.width // 2, self.width // 2)).unfold(-1, self.width, 1)  # [B, h, N, W]
        dynamic = windows @ query.unflatten(-1, (-1, self.width)).transpose(2, 3)
        hidden = static @ of_static + dynamic @ of_dynamic + bias[:, None]
        taps = self.prior.to(previous).flip(0)[None, None]
        prior = F.conv1d(F.pad(previous, (PRIOR_TAPS - 1, 0)).reshape(-1, 1, tokens + PRIOR_TAPS - 1), taps)
        prior = prior.view(batch, -1, tokens).clamp(min=PRIOR_FLOOR).log()
        return (hidden.tanh() * reading[:, None]).sum(-1) + prior


def beta_binomial(mean: float) -> Tensor:
    """Probabilities of 0 … 10 whose mean is so many, `[11]`, of a beta-binomial distribution with α + β = 1, as in the
    paper (α = 0.1 there)."""
    n = PRIOR_TAPS - 1
    alpha = torch.tensor(mean / n, dtype=torch.float64)
    beta, k = 1 - alpha, torch.arange(PRIOR_TAPS, dtype=torch.float64)

    def log_beta(a: Tensor, b: Tensor) -> Tensor:
        return a.lgamma() + b.lgamma() - (a + b).lgamma()

    choose = torch.tensor(float(n + 1)).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()
    return (choose + log_beta(k + alpha, n - k + beta) - log_beta(alpha, beta)).exp().float()
