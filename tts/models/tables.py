"""Tensors of a model with a row for each symbol, speaker or language, as its modules declare them."""

from __future__ import annotations

from torch import nn


def declared(model: nn.Module, attribute: str) -> set[str]:
    """Keys of the state that modules of `model` name in their class attribute: `per_symbol`, `per_speaker`,
    `per_language` or `of_phase`."""
    return {
        f"{prefix}.{name}" if prefix else name
        for prefix, module in model.named_modules()
        for name in getattr(module, attribute, ())
    }
