"""The autoregressive decoder at inference, step by step, in a text that may still become longer.

B batch, N tokens, M mel channels, D model width.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor
from torch.nn import functional as F

from tts.attention.decoding import Bounds, GivenPath
from tts.attention.masks import length_mask
from tts.attention.mechanism import GrowingPath, Path
from tts.attention.smma import ProjectedText
from tts.models.controls import TokenControls
from tts.models.decoders.decoder import GrowingMel, MelPiece
from tts.models.decoders.transformer import LayerCache

if TYPE_CHECKING:
    from tts.models.decoders.autoregressive import AutoregressiveDecoder

STAY_MARGIN = 0.2
"""A path stays on a token for its predicted duration, give or take this share of it."""
LONGEST, LONGEST_EXTRA = 1.5, 2
"""Where there is no path, speech without an end is stopped after this share of the tokens' predicted durations, and so
many steps more for each."""
AT_ONCE = 16
"""Frames of a piece, of which the post-net and the vocoder see others before and after."""


class Steps:
    """The steps of sentences, one after the other.

    Arguments as of `AutoregressiveDecoder.infer`.
    """

    def __init__(
        self, decoder: AutoregressiveDecoder, states: Tensor, text_lengths: Tensor, durations: Tensor, given: bool
    ) -> None:
        self.decoder, self.given = decoder, given
        self.attentions, self.leading = decoder.cross_attentions, decoder.leading_layer
        self._set_text(states, text_lengths, durations)
        reduction = decoder.config.reduction
        paths: list[Path] = [
            GivenPath(durations, text_lengths, reduction) if given else attention.path(self._bounds())
            for attention in self.attentions
        ]
        self.caches = [
            LayerCache(text, path, torch.zeros_like(self.expected))
            for text, path in zip(self._projected(), paths, strict=True)
        ]
        self.frame = decoder.go.expand(len(states), 1, -1)
        self.taken = 0
        self.on_last = torch.zeros(len(states), device=states.device)
        """Steps that each has been on its last token."""

    def _set_text(self, states: Tensor, text_lengths: Tensor, durations: Tensor) -> None:
        reduction, mask = self.decoder.config.reduction, length_mask(text_lengths, states.shape[1])
        self.text, self.text_lengths = self.decoder.positioned(states), text_lengths
        self.expected = durations / reduction * mask
        self.limits = step_limit(self.expected, mask)
        if self.given:
            self.limits = -(-durations.sum(1) // reduction)  # the end of a recording, which is no fault

    def _projected(self) -> list[ProjectedText]:
        return [attention.project_text(self.text, self.text_lengths) for attention in self.attentions]

    def _bounds(self) -> Bounds:
        return Bounds(self.text_lengths, *stay_bounds(self.expected), self.decoder.mode)

    def extend(self, states: Tensor, text_lengths: Tensor, durations: Tensor) -> None:
        """Go on in longer texts; what was given of them before is as it was."""
        before = self.expected.shape[1]
        if before < states.shape[1]:
            self.on_last = torch.zeros_like(self.on_last)
        self._set_text(states, text_lengths, durations)
        for cache, text in zip(self.caches, self._projected(), strict=True):
            cache.text = text
            cache.time_on_token = F.pad(cache.time_on_token, (0, self.expected.shape[1] - before))
            cast(GrowingPath, cache.path).extend(self._bounds())

    def farthest(self) -> int:
        """The last token that any path has read."""
        leading = self.caches[:1] if self.decoder.shares_path else self.caches
        return max(cast(GrowingPath, cache.path).farthest() for cache in leading)

    def take(self) -> tuple[Tensor, Tensor, Tensor]:
        """The next step: its frames `[B, reduction, M]`, the weights of the leading layer on the text, `[B, N]`, and
        whether each sentence ends with it, bool `[B]`."""
        draft, stop_logit, weight = self.decoder.step(self.frame, self.taken, self.caches, self.expected, self.leading)
        self.frame, self.taken = draft[:, -1:], self.taken + 1
        stop = stop_logit > 0
        if self.given:
            stop = self.limits <= self.taken
        elif self.attentions[0].smma_tunable:
            self.on_last, stop = end_of_path(weight, stop, self.on_last, self.text_lengths, self.expected)
        return draft, weight, stop


def end_of_path(
    weight: Tensor, stop: Tensor, on_last: Tensor, text_lengths: Tensor, expected: Tensor
) -> tuple[Tensor, Tensor]:
    """Steps that each sentence has been on its last token, of which there were `on_last` `[B]`, and whether it ends:
    where it has been there as long as `expected` `[B, N]`, or was there and a `stop` bool `[B]` is asked for."""
    last = (text_lengths - 1)[:, None]
    on_last = on_last + (weight.gather(1, last)[:, 0] > 0.5)
    return on_last, (stop & (on_last > 0)) | (on_last >= expected.gather(1, last)[:, 0])


def step_limit(expected: Tensor, mask: Tensor) -> Tensor:
    """The step after which a sentence is stopped, int64 `[B]`; `expected` and `mask` `[B, N]`."""
    return ((LONGEST * expected + LONGEST_EXTRA).ceil() * mask).sum(1).long()


def stay_bounds(expected: Tensor) -> tuple[Tensor, Tensor]:
    """The fewest and the most steps that a path stays on each token, int64 `[B, N]`."""
    return ((1 - STAY_MARGIN) * expected).floor().long(), ((1 + STAY_MARGIN) * expected).ceil().long()


class GrowingSteps(GrowingMel):
    """A path that goes on by one token at most needs the text no farther than that: it waits before the last token
    that is known. A frame is final once those that the post-net sees after it are made."""

    def __init__(self, decoder: AutoregressiveDecoder) -> None:
        self.decoder = decoder
        self.steps: Steps | None = None
        self.draft = torch.zeros(1, 0, len(decoder.go), device=decoder.go.device)
        """The frames that are not final, and those before them that the post-net sees."""
        self.before = 0
        """Of these."""
        self.tokens: list[int] = []
        """Of the frames that are not final."""

    def grow(
        self, states: Tensor, durations: Tensor, ended: bool, controls: TokenControls | None = None
    ) -> Iterator[MelPiece]:
        count = states.shape[1]
        lengths = torch.tensor([count], device=states.device)
        if self.steps is None and count:
            self.steps = Steps(self.decoder, states, lengths, durations, False)
        elif self.steps is not None:
            self.steps.extend(states, lengths, durations)
        stopped = self.steps is None
        while self.steps is not None and not stopped and (ended or self.steps.farthest() < count - 1):
            draft, weight, stop = self.steps.take()
            self.draft = torch.cat([self.draft, draft], 1)
            self.tokens += [int(weight.argmax())] * self.decoder.config.reduction
            stopped = ended and bool(stop | (self.steps.limits <= self.steps.taken))
            final = len(self.tokens) - self.decoder.postnet.stack.behind
            if final >= AT_ONCE and not stopped:
                yield self._piece(final)
        final = len(self.tokens) - (0 if ended else self.decoder.postnet.stack.behind)
        if final > 0:
            yield self._piece(final)

    def _piece(self, final: int) -> MelPiece:
        """The first `final` frames of those that were not."""
        known = torch.ones(self.draft.shape[:2], dtype=torch.bool, device=self.draft.device)
        mel = self.draft + self.decoder.postnet(self.draft, known)
        new = slice(self.before, self.before + final)
        token = torch.tensor([self.tokens[:final]], device=mel.device)
        self.tokens = self.tokens[final:]
        passed = max(0, new.stop - self.decoder.postnet.stack.behind)
        self.draft, self.before = self.draft[:, passed:], new.stop - passed
        return MelPiece(mel[:, new], mel[:, new.stop :], token)
