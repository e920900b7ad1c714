"""The recursions as operators of torch: autograd and `torch.compile` see one node each, of the device's own backend.

Registered through `torch.library.Library`, not `custom_op`, whose first call imports the compiler (1.4 s).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor

_LIBRARY = torch.library.Library("smma", "DEF")
_SCHEMAS = {
    "expectation": "Tensor gate, Tensor text_lengths, Tensor mel_lengths, Tensor? initial, bool from_logits) -> Tensor",
    "expectation_backward": (
        "Tensor grad, Tensor gate, Tensor text_lengths, Tensor mel_lengths, Tensor? initial, bool from_logits, "
        "Tensor alpha) -> (Tensor, Tensor)"
    ),
    "monotonic": "Tensor gate, Tensor text_lengths, Tensor mel_lengths, Tensor? initial, bool from_logits) -> Tensor",
    "monotonic_backward": (
        "Tensor grad, Tensor gate, Tensor text_lengths, Tensor mel_lengths, Tensor? initial, bool from_logits, "
        "Tensor alpha) -> (Tensor, Tensor)"
    ),
    "filtering": "Tensor energy, Tensor text_lengths, Tensor mel_lengths, Tensor? move) -> (Tensor, Tensor)",
    "filtering_backward": (
        "Tensor grad, Tensor text_lengths, Tensor mel_lengths, Tensor? move, Tensor logs) -> (Tensor, Tensor)"
    ),
    "marginals": (
        "Tensor energy, Tensor text_lengths, Tensor mel_lengths, Tensor? skippable) -> (Tensor, Tensor, Tensor)"
    ),
    "marginals_backward": (
        "Tensor dgamma, Tensor dlog_z, Tensor gamma, Tensor gate, Tensor text_lengths, Tensor mel_lengths, "
        "Tensor? skippable) -> Tensor"
    ),
    "viterbi": "Tensor energy, Tensor text_lengths, Tensor mel_lengths, Tensor? skippable) -> Tensor",
}


def _on(device: Literal["cpu", "gpu"], name: str) -> Callable[..., Any]:
    """The kernel of that name; numba and Triton are imported when a tensor of their device first asks for one."""
    return lambda *arguments: getattr(importlib.import_module(f"tts.ops.{device}.backend"), name)(*arguments)


for _name, _schema in _SCHEMAS.items():
    _LIBRARY.define(f"{_name}({_schema}", tags=(torch.Tag.pt2_compliant_tag,))
    _LIBRARY.impl(_name, _on("cpu", _name), "CPU")
    _LIBRARY.impl(_name, _on("gpu", _name), "CUDA")

expectation = torch.ops.smma.expectation.default
expectation_backward = torch.ops.smma.expectation_backward.default
monotonic = torch.ops.smma.monotonic.default
monotonic_backward = torch.ops.smma.monotonic_backward.default
filtering = torch.ops.smma.filtering.default
filtering_backward = torch.ops.smma.filtering_backward.default
marginals = torch.ops.smma.marginals.default
marginals_backward = torch.ops.smma.marginals_backward.default
viterbi = torch.ops.smma.viterbi.default


def _like(tensor: Tensor) -> Tensor:
    return torch.empty_like(tensor, memory_format=torch.contiguous_format)


def _per_token(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor.new_empty((tensor.shape[0], tensor.shape[1], tensor.shape[3]), dtype=dtype)


_RESULTS: dict[str, Callable[..., Any]] = {
    "expectation": lambda gate, *_: _like(gate),
    "expectation_backward": lambda grad, gate, *_: (_like(gate), _per_token(gate, gate.dtype)),
    "monotonic": lambda gate, *_: _like(gate),
    "monotonic_backward": lambda grad, gate, *_: (_like(gate), _per_token(gate, gate.dtype)),
    "filtering": lambda energy, *_: (_like(energy), _like(energy)),
    "filtering_backward": lambda grad, *rest: (_like(rest[-1]), rest[-1].new_empty(rest[-1].shape[:3])),
    "marginals": lambda energy, *_: (_like(energy), energy.new_empty(energy.shape[:2]), _like(energy)),
    "marginals_backward": lambda dgamma, dlog_z, gamma, *_: _like(gamma),
    "viterbi": lambda energy, *_: _per_token(energy, torch.int64),
}
"""What each returns, for tracing without data."""


def _save_expectation(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    gate, text_lengths, mel_lengths, initial, ctx.from_logits = inputs
    ctx.save_for_backward(gate, text_lengths, mel_lengths, initial, output)


def _expected_gradients(backward: Callable[..., Any], ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    gate, text_lengths, mel_lengths, initial, alpha = ctx.saved_tensors
    dgate, dstart = backward(grad, gate, text_lengths, mel_lengths, initial, ctx.from_logits, alpha)
    return dgate, None, None, None if initial is None else dstart, None


def _save_filtering(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    _, text_lengths, mel_lengths, move = inputs
    ctx.save_for_backward(text_lengths, mel_lengths, move, output[1])
    ctx.mark_non_differentiable(output[1])


def _filtering_gradients(ctx: Any, grad: Tensor, _: Tensor | None) -> tuple[Tensor | None, ...]:
    text_lengths, mel_lengths, move, logs = ctx.saved_tensors
    denergy, dmove = filtering_backward(grad, text_lengths, mel_lengths, move, logs)
    return denergy, None, None, None if move is None else dmove


def _save_marginals(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    _, text_lengths, mel_lengths, skippable = inputs
    gamma, _, gate = output
    ctx.save_for_backward(gamma, gate, text_lengths, mel_lengths, skippable)
    ctx.mark_non_differentiable(gate)
    ctx.set_materialize_grads(False)


def _marginals_gradients(
    ctx: Any, dgamma: Tensor | None, dlog_z: Tensor | None, _: Tensor | None
) -> tuple[Tensor | None, ...]:
    gamma, gate, text_lengths, mel_lengths, skippable = ctx.saved_tensors
    if dgamma is None:  # the gradient of log Z alone is γ
        return None if dlog_z is None else gamma * dlog_z[..., None, None], None, None, None
    if dlog_z is None:
        dlog_z = gamma.new_zeros(gamma.shape[:2])
    denergy = marginals_backward(dgamma, dlog_z, gamma, gate, text_lengths, mel_lengths, skippable)
    return denergy, None, None, None


for _name, _result in _RESULTS.items():
    torch.library.register_fake(f"smma::{_name}", _result, lib=_LIBRARY)
for _name, _backward in (("expectation", expectation_backward), ("monotonic", monotonic_backward)):
    torch.library.register_autograd(
        f"smma::{_name}", partial(_expected_gradients, _backward), setup_context=_save_expectation, lib=_LIBRARY
    )
torch.library.register_autograd("smma::filtering", _filtering_gradients, setup_context=_save_filtering, lib=_LIBRARY)
torch.library.register_autograd("smma::marginals", _marginals_gradients, setup_context=_save_marginals, lib=_LIBRARY)
