"""Names of tensors in voices, vocoders and checkpoints of earlier commits, and their names now."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import TypeVar

T = TypeVar("T")

RENAMED = (
    (r"(^|\.)decoder\.upsampler\.", r"\1decoder.length_regulator."),
    (r"(^|\.)decoder\.sketch\.upsampler\.", r"\1decoder.auxiliary_mel.length_regulator."),
    (r"(^|\.)decoder\.sketch\.", r"\1decoder.auxiliary_mel."),
    (r"(^|\.)decoder\.over\.", r"\1decoder.stop."),
    (r"(^|\.)decoder\.layers\.(\d+)\.heard\.", r"\1decoder.layers.\2.self_attention."),
    (r"(^|\.)decoder\.layers\.(\d+)\.crossing\.", r"\1decoder.layers.\2.cross_attention."),
    (r"(^|\.)decoder\.layers\.(\d+)\.forwards\.", r"\1decoder.layers.\2.feedforward."),
    (r"\.gate_bias$", ".gate.bias"),
    (r"^members\.(\d+)\.verdict\.", r"members.\1.score."),
)
"""Patterns and their replacements, applied one after another. Optimisers number their tensors and need none."""


def renamed(state: Mapping[str, T], wanted: Container[str]) -> dict[str, T]:
    """`state` by the names of now. Those among `wanted`, which a model has, are left as they are."""
    return {name if name in wanted else _now(name): value for name, value in state.items()}


def _now(name: str) -> str:
    for pattern, replacement in RENAMED:
        name = re.sub(pattern, replacement, name)
    return name
