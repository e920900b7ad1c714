"""A vocoder for a wider mel definition from one for a narrower: below the old edge it sounds the same at once."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor

from tts.vocoder.generator import Generator

HIGHEST = slice(-20, -4)
"""Filters, of those there were, whose mean the new ones above them begin with; the last few lie in the filter of
whatever made the recordings."""


def check_widens(wide: Generator, narrow: Generator) -> None:
    """Raises ValueError unless both have the same sizes, and `wide` the mels (`AudioConfig.widens`) and filters of
    `narrow` and more above them."""
    if replace(wide.config, window=None) != replace(narrow.config, window=None):
        raise ValueError("the generators have other sizes")
    if len(wide.window) * narrow.audio.sample_rate != len(narrow.window) * wide.audio.sample_rate:
        raise ValueError("their windows are of another length")
    if not wide.audio.widens(narrow.audio):
        raise ValueError("their mels do not share channels and frames")


def widened(wide: Generator, narrow: Generator) -> dict[str, Tensor]:
    """The state of `wide` with the weights of `narrow`.

    Filters and mel channels that both have are as they were; new channels are not read yet, and new filters act on
    their channels' density as the highest old ones do.

    Raises
    ------
    ValueError: as `check_widens`.
    """
    check_widens(wide, narrow)
    channels = narrow.audio.n_mels
    louder = math.log(wide.audio.sample_rate / narrow.audio.sample_rate)
    known = narrow.state_dict()
    state = {name: value.clone() for name, value in wide.state_dict().items()}
    for name, value in known.items():
        if name == "mel_mean":
            state[name][:channels] = value + louder
        elif name == "mel_std":
            state[name][:channels] = value
        elif name.endswith("embed.weight"):
            state[name].zero_()[:, :channels] = value
        elif name.startswith("filter_trunk.head."):
            state[name] = _more_filters(value, narrow, wide)
        else:
            state[name] = value.clone()
    return state


def keep_filters(generator: Generator, count: int) -> None:
    """Let training change nothing of `generator` but its filters above the lowest `count`."""
    head = generator.filter_trunk.head
    for name, parameter in generator.named_parameters():
        parameter.requires_grad_(name.startswith("filter_trunk.head."))
    frequencies = len(generator.window) // 2 + 1
    new = (torch.arange(frequencies) >= count).repeat(3 * generator.config.steps)
    head.weight.register_hook(lambda gradient: gradient * new[:, None].to(gradient))
    head.bias.register_hook(lambda gradient: gradient * new.to(gradient))


def _more_filters(rows: Tensor, narrow: Generator, wide: Generator) -> Tensor:
    """Rows `[steps·3·F, …]` of the filters of `narrow`, and above them those of `wide`."""
    steps, before, after = (narrow.config.steps, len(narrow.window) // 2 + 1, len(wide.window) // 2 + 1)
    each = rows.unflatten(0, (steps, 3, before))
    above = each[:, :, HIGHEST].mean(2, keepdim=True)
    repeated = above.expand(-1, -1, after - before, *[-1] * (rows.dim() - 1))
    return torch.cat([each, repeated], 2).flatten(0, 2)
