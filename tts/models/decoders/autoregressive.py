"""The autoregressive decoder: Transformer TTS (Li et al. 2018, arXiv 1809.08895) whose cross-attention becomes
monotonic (Liang et al. 2020, Interspeech).

B batch, N tokens, T frames, G steps of `reduction` frames each, M mel channels, D model width.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import StepwiseMonotonicMultiheadAttention
from tts.attention.decoding import GivenPath, HardPath, Path, SoftPath
from tts.attention.masks import length_mask
from tts.attention.prior import weighted_log_prior
from tts.models.config import AutoregressiveDecoderConfig
from tts.models.decoders.decoder import Crossing, Decoded, Said, Teacher
from tts.models.decoders.transformer import DecoderLayer, Past, sinusoids
from tts.models.layers import GatedConvStack
from tts.models.length_regulator import Progress, Upsampler, passed_until, stretched
from tts.models.predictors.duration import whole_frames

STAY_MARGIN = 0.2
"""A path stays on a token for its predicted duration, give or take this share of it."""
LONGEST, LONGEST_EXTRA = 1.5, 2
"""Where there is no path, speech without an end is stopped after this share of the tokens' predicted durations, and so
many steps more for each."""


class AutoregressiveDecoder(nn.Module):
    """Each step's frames from the last frame before them.

    `mode` is how it speaks once the monotonic phase is on: `soft`, along the expectation over paths, as in training;
    `hard`, on one token at a time. Either within bounds that the duration predictor sets, so that it cannot get stuck.
    """

    mode: Literal["soft", "hard"] = "hard"

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
        self.layers = nn.ModuleList(DecoderLayer(width, config) for _ in range(config.layers))
        if config.attention.selection == "focused":
            self.progress = Progress(width)
        self.norm = nn.LayerNorm(width)
        self.frames = nn.Linear(width, config.reduction * n_mels)
        self.over = nn.Linear(width, 1)
        self.postnet = Postnet(width, n_mels, config)
        self.sketch = Sketch(width, n_mels)

    @property
    def crossings(self) -> list[StepwiseMonotonicMultiheadAttention]:
        return [layer.crossing for layer in self._layers()]

    def _layers(self) -> list[DecoderLayer]:
        return cast(list[DecoderLayer], list(self.layers))

    @property
    def leader(self) -> int:
        """The layer whose path tells where speech is: the one with the sharpest head, or the one that leads all."""
        if self.config.attention.selection == "focused":
            return 0
        return int(torch.stack([c.focus[c.monotonic].max() for c in self.crossings]).argmax())

    def forward(self, states: Tensor, text_lengths: Tensor, teacher: Teacher) -> Decoded:
        """Token states `[B, N, D]` and the recording's own past → its mel."""
        frames = teacher.mel.shape[1]
        reduction = self.config.reduction
        steps = -(-teacher.lengths // reduction)
        count = -(-frames // reduction)
        padded = F.pad(teacher.mel, (0, 0, 0, count * reduction - frames))
        past = torch.cat([self.go.expand(len(padded), 1, -1), padded[:, reduction - 1 : -1 : reduction]], 1)
        prior = weighted_log_prior(teacher.prior, text_lengths, steps, count, states.shape[1])
        text = self._text(states)
        # Where one path leads, it is at times the recording's own, one token a step, as a hard path is in speaking.
        path = teacher.alignment[:, ::reduction] if teacher.hard and self._leads else None
        expected = teacher.durations / reduction
        if self.training and self._leads and self.config.own_past:
            own = self._own_past(past, text, text_lengths, steps, expected, path)
            # Two passes (Mihaylova and Martins 2019, arXiv 1906.07651). The share differs by utterance.
            share = self.config.own_past * torch.rand(len(past), 1, 1, device=past.device)
            chosen = torch.rand(len(past), count - 1, 1, device=past.device) < share
            past = torch.cat([past[:, :1], torch.where(chosen, own, past[:, 1:])], 1)
        draft, stop, crossings = self._decode(past, text, text_lengths, steps, expected, prior, path)
        inside = length_mask(teacher.lengths, frames)
        draft = draft[:, :frames]
        leading = crossings[self.leader].attention
        along = leading.alignment.repeat_interleave(reduction, 1)[:, :frames] * inside[..., None]
        return Decoded(
            mel=draft + self.postnet(draft, inside),
            alignment=along,
            draft=draft,
            sketch=self.sketch(states, teacher.alignment, inside),
            stop=stop,
            crossings=crossings,
            leading=leading,
        )

    def _decode(
        self,
        past: Tensor,
        text: Tensor,
        text_lengths: Tensor,
        steps: Tensor,
        expected: Tensor,
        prior: Tensor | None,
        path: Tensor | None,
    ) -> tuple[Tensor, Tensor, list[Crossing]]:
        """The frame before each step, `[B, G, M]` → each step's frames, its logit of being over, and the attentions."""
        x = self._inputs(past, 0)
        crossings: list[Crossing] = []
        for layer in self.layers:
            x, attention = layer(x, text, text_lengths, steps, prior, path)
            if self._leads and not crossings:
                path = attention.alignment
                x = x + self.progress(path, passed_until(path), expected)
            crossings.append(Crossing(attention, steps))
        return *self._outputs(x), crossings

    @torch.no_grad()
    def _own_past(
        self, past: Tensor, text: Tensor, text_lengths: Tensor, steps: Tensor, expected: Tensor, path: Tensor | None
    ) -> Tensor:
        """The past after the first step, `[B, G − 1, M]`, as the model itself would have made it from the recording's:
        in speaking it has no other."""
        self.eval()
        draft, _, _ = self._decode(past, text, text_lengths, steps, expected, None, path)
        self.train()
        return draft[:, self.config.reduction - 1 : -1 : self.config.reduction].to(past)

    def speak(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
    ) -> Said:
        """Token states → mel, step by step.

        Speech ends when the path is on the last token and the silence that belongs to it is spoken; the stop head may
        only shorten that. In the plain phase there is no path, and the stop head alone decides.

        Parameters
        ----------
        durations: `[B, N]`, frames. Those `given` by a recording are kept, in the plain phase their sum alone;
            predicted ones bound the path.
        speed: the mel is stretched by it afterwards.
        pitch: not used; the melody is in the states.

        Returns
        -------
        What was said until the end, or where there is none until it was stopped: not `finished`.
        """
        reduction, last = self.config.reduction, text_lengths - 1
        text = self._text(states)
        inside = length_mask(text_lengths, states.shape[1])
        expected = durations / reduction * inside
        limits = ((LONGEST * expected + LONGEST_EXTRA).ceil() * inside).sum(1).long()
        if given:
            limits = -(-durations.sum(1) // reduction)  # and there it is over, which is no fault
        ending = expected.gather(1, last[:, None])[:, 0]
        pasts = [
            Past(
                memory=c.remember(text, text_lengths),
                path=self._path(text_lengths, durations, expected, given),
                been=torch.zeros_like(expected),
            )
            for c in self.crossings
        ]
        monotonic, leads, leader = self.crossings[0].smma_tunable, self._leads, self.leader
        frame = self.go.expand(len(states), 1, -1)
        drafts: list[Tensor] = []
        places: list[Tensor] = []
        lengths = torch.zeros_like(text_lengths)
        finished = torch.zeros_like(lengths, dtype=torch.bool)
        on_last = torch.zeros_like(ending)
        while not lengths.all():
            draft, stop, place = self._step(frame, len(drafts), pasts, expected, leader, leads)
            drafts.append(draft)
            places.append(place)
            frame = draft[:, -1:]
            over = stop > 0
            if monotonic:
                on_last = on_last + (place.gather(1, last[:, None])[:, 0] > 0.5)
                over = (over & (on_last > 0)) | (on_last >= ending)
            if given:
                over = limits <= len(drafts)
            finished = torch.where(lengths == 0, over, finished)
            lengths = torch.where((lengths == 0) & (over | (limits <= len(drafts))), len(drafts), lengths)
        said = self._said(torch.cat(drafts, 1), torch.stack(places, 1), lengths, text_lengths, speed)
        return replace(said, finished=finished)

    def _step(
        self, frame: Tensor, number: int, pasts: list[Past], expected: Tensor, leader: int, leads: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The step after `frame`, `[B, 1, M]`: its frames, the logit of being over, and where speech is, `[B, N]`."""
        x = self._inputs(frame, number)
        places: list[Tensor] = []
        for layer, past in zip(self._layers(), pasts, strict=True):
            shared = places[0] if places and leads else None
            x, place = layer.step(x, past, shared)
            if leads and not places:
                here = place[:, None]
                x = x + self.progress(here, passed_until(here, past.been[:, None]), expected)
                past.been = past.been + place
            places.append(place)
        draft, stop = self._outputs(x)
        return draft, stop[:, 0], places[leader]

    def _said(self, draft: Tensor, places: Tensor, steps: Tensor, text_lengths: Tensor, speed: float) -> Said:
        places = places * length_mask(steps, places.shape[1])[..., None]
        mel = draft + self.postnet(draft, length_mask(steps * self.config.reduction, draft.shape[1]))
        durations = places.sum(1) * self.config.reduction / speed
        whole = whole_frames(durations, text_lengths, least=0.0)
        lengths = whole.sum(1)
        frames = int(lengths.max())
        inside = length_mask(lengths, frames)[..., None]
        if speed != 1:
            mel = stretched(mel, steps * self.config.reduction, lengths)
        along = stretched(places, steps, lengths, smooth=False)
        return Said(mel[:, :frames] * inside, lengths, whole, along * inside)

    def _path(self, text_lengths: Tensor, durations: Tensor, expected: Tensor, given: bool) -> Path:
        if given:
            return GivenPath(durations, text_lengths, self.config.reduction)
        shortest = ((1 - STAY_MARGIN) * expected).floor().long()
        longest = ((1 + STAY_MARGIN) * expected).ceil().long()
        return (SoftPath if self.mode == "soft" else HardPath)(text_lengths, shortest, longest)

    @property
    def _leads(self) -> bool:
        """Whether the first layer's path is that of all layers."""
        return self.config.attention.selection == "focused" and self.crossings[0].smma_tunable

    def _text(self, states: Tensor) -> Tensor:
        text = self.text_norm(states)
        if self.config.positions:
            text = text + self.position_scales[0] * sinusoids(0, text.shape[1], text.shape[2], text.device)
        return text

    def _inputs(self, frames: Tensor, first: int) -> Tensor:
        x = self.prenet(frames)
        if self.config.positions:
            x = x + self.position_scales[1] * sinusoids(first, x.shape[1], x.shape[2], x.device)
        return x

    def _outputs(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Steps `[B, G, D]` → frames `[B, G·reduction, M]` and logits of being over `[B, G]`, float32."""
        x = self.norm(x)
        frames = self.frames(x).float().unflatten(-1, (self.config.reduction, -1)).flatten(1, 2)
        return frames, self.over(x)[..., 0].float()


class Postnet(nn.Module):
    """What is missing in a mel made step by step, seen from both sides, `[B, T, M]` → `[B, T, M]`."""

    def __init__(self, width: int, n_mels: int, config: AutoregressiveDecoderConfig) -> None:
        super().__init__()
        self.project_in = nn.Linear(n_mels, width)
        self.stack = GatedConvStack(width, config.postnet_layers, config.postnet_kernel, config.dropout)
        self.project_out = nn.Linear(width, n_mels)

    def forward(self, mel: Tensor, inside: Tensor) -> Tensor:
        return self.project_out(self.stack(self.project_in(mel), inside)).float()


class Sketch(nn.Module):
    """A rough mel along the reference aligner's alignment. Its error teaches that aligner which sounds belong to which
    phone; nothing else reads it."""

    def __init__(self, width: int, n_mels: int) -> None:
        super().__init__()
        self.upsampler = Upsampler(width)
        self.stack = GatedConvStack(width, 2, 5, 0.0)
        self.project_out = nn.Linear(width, n_mels)

    def forward(self, states: Tensor, alignment: Tensor, inside: Tensor) -> Tensor:
        return self.project_out(self.stack(self.upsampler(states, alignment), inside)).float()
