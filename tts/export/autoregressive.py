"""The autoregressive decoder as a graph, whose loop over steps is in it.

One utterance, along the hard path. N tokens, T frames, M mel channels, D model width.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch._higher_order_ops.while_loop import while_loop
from torch.nn import functional as F

from tts.attention.decoding import HardPath
from tts.attention.gates import Gate, GatedPath
from tts.attention.masks import length_mask
from tts.errors import UserError
from tts.models.decoders.autoregressive import AutoregressiveDecoder
from tts.models.decoders.steps import end_of_path, stay_bounds, step_limit
from tts.models.decoders.transformer import LayerCache
from tts.models.length_regulator import stretched
from tts.models.predictors.duration import whole_frames


class AutoregressiveGraph(nn.Module):
    """Speaks one utterance.

    Raises
    ------
    UserError: not all heads that are read follow stepwise paths.
    """

    def __init__(self, decoder: AutoregressiveDecoder) -> None:
        super().__init__()
        if decoder.growing(1.0) is None:
            raise UserError(
                "of autoregressive voices only those are exported whose heads all follow stepwise paths, and here "
                f"gate={decoder.config.attention.gate}, selection={decoder.config.attention.selection}, "
                f"smma_tunable={decoder.cross_attentions[0].smma_tunable}; train one with selection=focused to its "
                "monotonic phase, or with model/decoder=parallel"
            )
        self.decoder, self.leading = decoder, decoder.leading_layer

    def forward(self, states: Tensor, lengths: Tensor, frames: Tensor, speed: Tensor) -> tuple[Tensor, Tensor]:
        """Token states `[1, N, D]` → the mel `[1, T, M]`, and int64 frames per token `[1, N]`.

        Parameters
        ----------
        lengths: int64 `[1]`, tokens.
        frames: `[1, N]`, predicted.
        speed: `[1]`; 2 is twice as fast.
        """
        decoder, reduction = self.decoder, self.decoder.config.reduction
        text, mask = decoder.positioned(states), length_mask(lengths, states.shape[1])
        expected = frames / reduction * mask
        limit = step_limit(expected, mask)
        projected = [attention.project_text(text, lengths) for attention in decoder.cross_attentions]

        def caches(keys: Tensor, values: Tensor, spent: Tensor, paths: list[HardPath]) -> list[LayerCache]:
            return [
                LayerCache(projected[i], GatedPath(_gate(a.gate), a.monotonic, paths[i]), spent, [keys[i], values[i]])
                for i, a in enumerate(decoder.cross_attentions)
            ]

        def path() -> HardPath:
            return HardPath(lengths, *stay_bounds(expected))

        def kept(caches: list[LayerCache], paths: list[HardPath]) -> tuple[Tensor, ...]:
            keys, values = (torch.stack([cache.self_attention[side] for cache in caches]) for side in (0, 1))
            going = paths[:1] if decoder.shares_path else paths
            state = [torch.stack([getattr(p, name) for p in going]) for name in ("token", "stayed", "survival")]
            return (
                keys,
                values,
                caches[0].time_on_token.clone(),
                *state,
            )  # cloned: no loop gives back what it was given

        # The first step, before which there is no path.
        config = decoder.config
        nothing = states.new_zeros(config.layers, 1, config.heads, config.window, states.shape[2] // config.heads)
        paths = [path() for _ in projected]
        first = caches(nothing, nothing, torch.zeros_like(expected), paths)
        draft, logit, weight = decoder.step(decoder.go.expand(1, 1, -1), 0, first, expected, self.leading)
        on_last, stop = end_of_path(weight, logit > 0, torch.zeros_like(expected[:, 0]), lengths, expected)
        most = cast(int, limit.item())
        torch._check(most >= 2)
        drafts = F.pad(draft.flatten(1), (0, 0, 0, most - 1))

        def goes_on(taken: Tensor, stop: Tensor, *_: Tensor) -> Tensor:
            return ~stop[0] & (taken[0] < limit[0])

        def step(
            taken: Tensor, stop: Tensor, on_last: Tensor, total: Tensor, frame: Tensor, drafts: Tensor, keys: Tensor,
            values: Tensor, spent: Tensor, token: Tensor, stayed: Tensor, survival: Tensor,
        ) -> tuple[Tensor, ...]:  # fmt: skip
            paths = [path() for _ in projected]
            for i in range(1 if decoder.shares_path else len(paths)):
                paths[i].token, paths[i].stayed, paths[i].survival = token[i], stayed[i], survival[i]
            layers = caches(keys, values, spent, paths)
            draft, logit, weight = decoder.step(frame, taken, layers, expected, self.leading)
            on_last, stop = end_of_path(weight, logit > 0, on_last, lengths, expected)
            drafts = drafts.index_put((taken,), draft.flatten(1))
            return taken + 1, stop, on_last, total + weight, draft[:, -1:], drafts, *kept(layers, paths)

        begun = (torch.ones_like(lengths), stop, on_last, weight, draft[:, -1:], drafts, *kept(first, paths))
        taken, _, _, total, _, drafts, *_ = while_loop(goes_on, step, begun)
        steps = taken.item()
        torch._check(steps >= 1)
        torch._check(steps <= most)
        made = drafts[:steps].reshape(1, steps * reduction, -1)
        mel = made + decoder.postnet(made, torch.ones_like(made[..., 0], dtype=torch.bool))
        durations = whole_frames(total * reduction / speed, lengths, least=0.0)
        return stretched(mel, taken * reduction, durations.sum(1)), durations


def _gate(mechanism: nn.Module) -> Gate:
    assert isinstance(mechanism, Gate)
    return mechanism
