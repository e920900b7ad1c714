"""What lengths must satisfy. Reading them from a GPU would stall it, so only lengths on the CPU are looked at."""

from __future__ import annotations

import torch
from torch import Tensor


def check_lengths(shape: torch.Size, text_lengths: Tensor, mel_lengths: Tensor) -> None:
    """Raises `ValueError` where lengths `[B]` lie outside of a tensor `[B, H, T, N]`."""
    for name, lengths, size in (("text", text_lengths, shape[3]), ("mel", mel_lengths, shape[2])):
        if lengths.numel() and not (int(lengths.min()) >= 1 and int(lengths.max()) <= size):
            raise ValueError(f"{name}_lengths must lie between 1 and {size}, got {lengths.tolist()}")


def check_reachable(text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None) -> None:
    """Raises `ValueError` where an item has fewer frames than its shortest path has tokens."""
    obligatory = text_lengths if skippable is None else _shortest_paths(text_lengths, skippable)
    short = (mel_lengths < obligatory).nonzero().flatten().tolist()
    if short:
        b = short[0]
        raise ValueError(
            f"item {b} of the batch has {int(mel_lengths[b])} frames for {int(obligatory[b])} obligatory tokens: "
            "reject the utterance or use a shorter hop or a lower reduction factor"
        )


def _shortest_paths(text_lengths: Tensor, skippable: Tensor) -> Tensor:
    """Tokens on the shortest path: a step passes over one at most, and the first and last are always visited."""
    counts = []
    for length, flags in zip(text_lengths.tolist(), skippable.tolist(), strict=True):
        count, skipped = 0, False
        for flag in flags[1 : length - 1]:
            skipped = flag and not skipped
            count += not skipped
        counts.append(1 + count + int(length > 1))
    return torch.tensor(counts, device=text_lengths.device, dtype=text_lengths.dtype)
