"""The parallel decoder as a graph.

`ParallelDecoder.infer` spreads token states by an alignment `[B, T, N]`. Here each frame looks its token up, which is
the same for one utterance of whole frames and leaves nothing in the graph that grows with the square of the text.

N tokens, T frames, M mel channels, D model width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.models.controls import TokenControls
from tts.models.decoders.parallel import ParallelDecoder
from tts.models.predictors.duration import whole_frames
from tts.models.predictors.pitch import PitchPrediction


class ParallelGraph(nn.Module):
    """Speaks one utterance."""

    def __init__(self, decoder: ParallelDecoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(
        self,
        states: Tensor,
        lengths: Tensor,
        frames: Tensor,
        speed: Tensor,
        pitch: Tensor,
        controls: TokenControls | None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Token states `[1, N, D]` → the mel `[1, T, M]`, int64 frames per token `[1, N]`, and the token of each frame,
        `[T]`.

        Parameters
        ----------
        lengths: int64 `[1]`, tokens.
        frames: `[1, N]`, predicted.
        speed: `[1]`; 2 is twice as fast.
        pitch: `[1]`, semitones above the predicted one.
        """
        if controls is not None:
            frames = controls.durations(frames, speed)
        durations = whole_frames(frames / speed, lengths)
        index, place = _spread(durations[0])
        spread = (states[0, index] + self.decoder.length_regulator.place(place))[None]
        mask = torch.ones_like(spread[..., 0], dtype=torch.bool)
        predicted = self.decoder.pitch_predictor(spread, mask)
        hertz = PitchPrediction(predicted.octaves + pitch / 12, predicted.voicing).hertz()
        if controls is not None:
            hertz = controls.melody(hertz, index[None])
        return self.decoder._mel(spread, hertz, mask), durations, index


def _spread(durations: Tensor) -> tuple[Tensor, Tensor]:
    """Of frames per token `[N]` the token of each frame `[T]`, and its place there `[T, 4]` as
    `tts.models.length_regulator.place_in_token` gives it."""
    ends = durations.cumsum(0)
    frames = durations.sum().item()
    torch._check(frames >= 2)
    time = torch.arange(frames)
    index = (time[:, None] >= ends).sum(1)
    total = durations[index].float()
    passed = (time - (ends - durations)[index]).float() + 0.5
    counts = torch.stack([passed, total - passed, total], -1).log1p()
    return index, torch.cat([(passed / total)[:, None], counts], -1)
