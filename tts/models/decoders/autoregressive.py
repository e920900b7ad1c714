"""The autoregressive decoder: Transformer TTS (Li et al. 2018, arXiv 1809.08895) whose cross-attention becomes
monotonic (Liang et al. 2020, Interspeech).

B batch, N tokens, T frames, G steps of `reduction` frames each, M mel channels, D model width.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import AttentionConfig, AttentionOutput, StepwiseMonotonicMultiheadAttention
from tts.attention.family import mechanism_class
from tts.attention.masks import length_mask
from tts.attention.prior import weighted_log_prior
from tts.models.decoders.decoder import (
    Decoder,
    DecoderConfig,
    DecoderOutput,
    InferenceOutput,
    PathMode,
    TeacherForcing,
)
from tts.models.decoders.postnet import AuxiliaryMel, Postnet
from tts.models.decoders.steps import GrowingSteps, Steps
from tts.models.decoders.transformer import DecoderLayer, LayerCache, sinusoids
from tts.models.layers import lowest_channels
from tts.models.length_regulator import Progress, passed_until, stretched
from tts.models.predictors.duration import whole_frames
from tts.settings.schema import check_shares, check_sizes


@dataclass(frozen=True)
class AutoregressiveDecoderConfig(DecoderConfig):
    """Transformer TTS (Li et al. 2018) whose cross-attention becomes monotonic (Liang et al. 2020)."""

    takes_given_alignment: ClassVar[bool] = False
    kind: Literal["autoregressive"] = "autoregressive"
    """Which decoder."""
    reduction: int = 2
    """Frames that are made in one step; more is faster and aligns more coarsely."""
    layers: int = 3
    """Number of Transformer layers."""
    heads: int = 4
    """Number of self-attention heads in each layer."""
    window: int = 128
    """Number of steps back that self-attention sees."""
    feedforward: int = 512
    """Channels inside the two-layer network that each layer applies to every step."""
    prenet: int = 64
    """Channels of the two layers that read the previous frame (the prenet); narrow and with much dropout, or the
    decoder would copy it."""
    prenet_dropout: float = 0.5
    """Share of channels that training switches off in the prenet."""
    dropout: float = 0.1
    """Share of channels that training switches off at random, 0 to 1; more keeps a model from learning little speech
    by heart."""
    positions: bool = True
    """Add scaled sinusoidal positions to tokens and steps. Plain attention needs them; a sentence longer than any in
    training has positions that were never trained."""
    own_past: float = 0.0
    """Largest share of previous frames that training takes from the model's own predictions instead of the recording
    (scheduled sampling), where all layers follow one path."""
    postnet_layers: int = 4
    """Number of convolution layers that refine the finished mel (the post-net)."""
    postnet_kernel: int = 5
    """Width of each convolution of the post-net, in frames; odd."""
    attention: AttentionConfig = field(
        default_factory=lambda: AttentionConfig(heads=4, gate="contrast", selection="threshold", tokens_per_frame=0.3)
    )
    """The cross-attention of every layer. `focused`: all heads of all layers follow the path of the first layer's
    sharpest head."""

    def __post_init__(self) -> None:
        check_sizes(
            self, reduction=16, layers=64, heads=64, window=65536, feedforward=65536, prenet=8192,
            postnet_layers=64, postnet_kernel=63,
        )  # fmt: skip
        if not mechanism_class(self.attention.gate).causal:
            raise ValueError(
                f"gate={self.attention.gate} reads frames to come, which this decoder does not have: choose another, "
                "such as contrast"
            )
        check_shares(dropout=self.dropout, prenet_dropout=self.prenet_dropout, own_past=self.own_past)

    @property
    def frames_per_step(self) -> int:
        return self.reduction

    def check_width(self, width: int) -> None:
        if width % (2 * self.heads):
            raise ValueError(f"width {width} must be even, and a multiple of the decoder's {self.heads} heads")

    def build(self, width: int, n_mels: int) -> AutoregressiveDecoder:
        return AutoregressiveDecoder(width, n_mels, self)


class AutoregressiveDecoder(Decoder):
    """Each step's frames from the last frame before them.

    `mode` is its path at inference in the monotonic phase: `soft`, the expectation over paths, as in training; `hard`,
    one token at a time. Both stay within bounds set by the duration predictor, so that neither can get stuck.
    """

    mode: PathMode = "hard"

    def __init__(self, width: int, n_mels: int, config: AutoregressiveDecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.go = nn.Parameter(torch.zeros(n_mels))
        noise = nn.Dropout(config.prenet_dropout)
        self.prenet = nn.Sequential(
            nn.Linear(n_mels, config.prenet), nn.ReLU(), noise,
            nn.Linear(config.prenet, config.prenet), nn.ReLU(), noise,
            nn.Linear(config.prenet, width),
        )  # fmt: skip
        self.text_norm = nn.LayerNorm(width)
        if config.positions:
            self.position_scales = nn.Parameter(torch.full((2,), 0.3))
        self.layers = nn.ModuleList(
            DecoderLayer(width, config.heads, config.window, config.feedforward, config.dropout, config.attention)
            for _ in range(config.layers)
        )
        if config.attention.selection == "focused":
            self.progress = Progress(width)
        self.norm = nn.LayerNorm(width)
        self.frames = nn.Linear(width, config.reduction * n_mels)
        self.stop = nn.Linear(width, 1)
        self.postnet = Postnet(width, n_mels, config.postnet_layers, config.postnet_kernel, config.dropout)
        self.auxiliary_mel = AuxiliaryMel(width, n_mels)

    @property
    def cross_attentions(self) -> list[StepwiseMonotonicMultiheadAttention]:
        return [layer.cross_attention for layer in self._layers()]

    @property
    def path_mode(self) -> PathMode | None:
        return self.mode

    def set_path(self, mode: PathMode) -> None:
        self.mode = mode

    def set_noise(self, on: bool) -> None:
        self.prenet.train(on)

    def _layers(self) -> list[DecoderLayer]:
        return cast(list[DecoderLayer], list(self.layers))

    @property
    def leading_layer(self) -> int:
        """The layer whose alignment is the decoder's: the one with the sharpest head, or the one all others follow."""
        if self.config.attention.selection == "focused":
            return 0
        return int(torch.stack([attention.sharpest for attention in self.cross_attentions]).argmax())

    def forward(self, states: Tensor, text_lengths: Tensor, teacher: TeacherForcing) -> DecoderOutput:
        """Token states `[B, N, D]` and the recording's previous frames → its mel."""
        frames = teacher.mel.shape[1]
        reduction = self.config.reduction
        steps = -(-teacher.lengths // reduction)
        count = -(-frames // reduction)
        padded = F.pad(teacher.mel, (0, 0, 0, count * reduction - frames))
        previous = torch.cat([self.go.expand(len(padded), 1, -1), padded[:, reduction - 1 : -1 : reduction]], 1)
        prior = weighted_log_prior(teacher.prior, text_lengths, steps, count, states.shape[1])
        text = self.positioned(states)
        # Where all layers follow one path, some steps take the recording's, one-hot as a hard path is at inference.
        path = teacher.alignment[:, ::reduction] if teacher.hard and self.shares_path else None
        expected = teacher.durations / reduction
        if self.training and self.shares_path and self.config.own_past:
            own = self._predicted_previous(previous, text, text_lengths, steps, expected, path)
            # Two passes (Mihaylova and Martins 2019, arXiv 1906.07651). The share differs by utterance.
            share = self.config.own_past * torch.rand(len(previous), 1, 1, device=previous.device)
            chosen = torch.rand(len(previous), count - 1, 1, device=previous.device) < share
            previous = torch.cat([previous[:, :1], torch.where(chosen, own, previous[:, 1:])], 1)
        draft, stop, attentions = self._decode(previous, text, text_lengths, steps, expected, prior, path)
        mask = length_mask(teacher.lengths, frames)
        draft = draft[:, :frames]
        leading = attentions[self.leading_layer]
        alignment = leading.alignment.repeat_interleave(reduction, 1)[:, :frames] * mask[..., None]
        return DecoderOutput(
            mel=draft + self.postnet(draft, mask),
            alignment=alignment,
            draft=draft,
            auxiliary_mel=self.auxiliary_mel(states, teacher.alignment, mask),
            stop=stop,
            cross_attentions=attentions,
            leading=leading,
        )

    def _decode(
        self,
        previous: Tensor,
        text: Tensor,
        text_lengths: Tensor,
        steps: Tensor,
        expected: Tensor,
        prior: Tensor | None,
        path: Tensor | None,
    ) -> tuple[Tensor, Tensor, list[AttentionOutput]]:
        """The frame before each step, `[B, G, M]` → each step's frames, its stop logit, and the cross-attentions."""
        x = self._inputs(previous, 0)
        attentions: list[AttentionOutput] = []
        for layer in self.layers:
            x, attention = layer(x, text, text_lengths, steps, prior, path)
            if self.shares_path and not attentions:
                path = attention.alignment
                x = x + self.progress(path, passed_until(path), expected)
            attentions.append(attention)
        return *self._outputs(x), attentions

    @torch.no_grad()
    def _predicted_previous(
        self, previous: Tensor, text: Tensor, text_lengths: Tensor, steps: Tensor, expected: Tensor, path: Tensor | None
    ) -> Tensor:
        """The model's own predictions of the frames before all steps but the first, `[B, G − 1, M]`, made from the
        recording's: at inference it has no others."""
        self.eval()
        draft, _, _ = self._decode(previous, text, text_lengths, steps, expected, None, path)
        self.train()
        return draft[:, self.config.reduction - 1 : -1 : self.config.reduction].to(previous)

    def infer(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
    ) -> InferenceOutput:
        """Token states → mel, step by step.

        Speech ends when the path has been on the last token for its predicted duration; the stop logit may only end it
        earlier there. In the plain phase there is no path, and the stop logit alone decides.

        Parameters
        ----------
        durations: `[B, N]`, frames. Those `given` by a recording are kept, in the plain phase their sum alone;
            predicted ones bound the path.
        speed: the mel is stretched by it afterwards.
        pitch: not used; the melody is in the states.

        Returns
        -------
        The mel until the end, or where there is none until it was stopped: not `finished`.
        """
        steps = Steps(self, states, text_lengths, durations, given)
        drafts: list[Tensor] = []
        weights: list[Tensor] = []
        lengths = torch.zeros_like(text_lengths)
        finished = torch.zeros_like(lengths, dtype=torch.bool)
        while not lengths.all():
            draft, weight, stop = steps.take()
            drafts.append(draft)
            weights.append(weight)
            finished = torch.where(lengths == 0, stop, finished)
            lengths = torch.where((lengths == 0) & (stop | (steps.limits <= len(drafts))), len(drafts), lengths)
        return self._inferred(torch.cat(drafts, 1), torch.stack(weights, 1), lengths, finished, text_lengths, speed)

    def growing(self, speed: float) -> GrowingSteps | None:
        heads = range(self.config.attention.heads)
        own_paths = all(len(attention.monotonic) == len(heads) for attention in self.cross_attentions)
        stepwise = self.cross_attentions[0].smma_tunable and all(a.gate.grows for a in self.cross_attentions)
        # The mel of another speed is stretched as a whole.
        return GrowingSteps(self) if stepwise and (self.shares_path or own_paths) and speed == 1 else None

    def step(
        self, frame: Tensor, number: int | Tensor, caches: list[LayerCache], expected: Tensor, leading: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Step `number`, from 0, after `frame`, `[B, 1, M]`: its frames, its stop logit, and the weights on the text of
        the `leading` layer, `[B, N]`."""
        x = self._inputs(frame, number)
        weights: list[Tensor] = []
        for layer, cache in zip(self._layers(), caches, strict=True):
            shared = weights[0] if weights and self.shares_path else None
            x, weight = layer.step(x, cache, shared, number)
            if self.shares_path and not weights:
                path = weight[:, None]
                x = x + self.progress(path, passed_until(path, cache.time_on_token[:, None]), expected)
                cache.time_on_token = cache.time_on_token + weight
            weights.append(weight)
        draft, stop = self._outputs(x)
        return draft, stop[:, 0], weights[leading]

    def _inferred(
        self, draft: Tensor, weights: Tensor, steps: Tensor, finished: Tensor, text_lengths: Tensor, speed: float
    ) -> InferenceOutput:
        weights = weights * length_mask(steps, weights.shape[1])[..., None]
        mel = draft + self.postnet(draft, length_mask(steps * self.config.reduction, draft.shape[1]))
        durations = weights.sum(1) * self.config.reduction / speed
        whole = whole_frames(durations, text_lengths, least=0.0)
        lengths = whole.sum(1)
        frames = int(lengths.max())
        mask = length_mask(lengths, frames)[..., None]
        if speed != 1:
            mel = stretched(mel, steps * self.config.reduction, lengths)
        alignment = stretched(weights, steps, lengths, smooth=False)
        return InferenceOutput(mel[:, :frames] * mask, lengths, whole, alignment * mask, finished)

    @property
    def shares_path(self) -> bool:
        """Whether all layers follow the first layer's path."""
        return self.config.attention.selection == "focused" and self.cross_attentions[0].smma_tunable

    def positioned(self, states: Tensor) -> Tensor:
        """Token states as the layers read them."""
        text = self.text_norm(states)
        if self.config.positions:
            text = text + self.position_scales[0] * sinusoids(0, text.shape[1], text.shape[2], text.device)
        return text

    def _inputs(self, frames: Tensor, first: int | Tensor) -> Tensor:
        x = self.prenet(lowest_channels(frames, self.visible_channels))
        if self.config.positions:
            x = x + self.position_scales[1] * sinusoids(first, x.shape[1], x.shape[2], x.device)
        return x

    def _outputs(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Steps `[B, G, D]` → frames `[B, G·reduction, M]` and stop logits `[B, G]`, float32."""
        x = self.norm(x)
        frames = self.frames(x).float().unflatten(-1, (self.config.reduction, -1)).flatten(1, 2)
        return frames, self.stop(x)[..., 0].float()
