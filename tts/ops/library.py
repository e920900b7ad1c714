"""The recursions as operators of torch: autograd and `torch.compile` see one node each, of the device's own backend."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tts.ops import cpu


@torch.library.custom_op("smma::expectation", mutates_args=(), device_types="cpu")
def expectation(
    gate: Tensor, text_lengths: Tensor, mel_lengths: Tensor, initial: Tensor | None, from_logits: bool
) -> Tensor:
    return cpu.expectation(gate, text_lengths, mel_lengths, initial, from_logits)


@torch.library.custom_op("smma::expectation_backward", mutates_args=(), device_types="cpu")
def expectation_backward(
    grad: Tensor,
    gate: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None,
    from_logits: bool,
    alpha: Tensor,
) -> tuple[Tensor, Tensor]:
    return cpu.expectation_backward(grad, gate, text_lengths, mel_lengths, initial, from_logits, alpha)


@torch.library.custom_op("smma::marginals", mutates_args=(), device_types="cpu")
def marginals(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return cpu.marginals(energy, text_lengths, mel_lengths)


@torch.library.custom_op("smma::marginals_backward", mutates_args=(), device_types="cpu")
def marginals_backward(
    dgamma: Tensor, dlog_z: Tensor, gamma: Tensor, gate: Tensor, text_lengths: Tensor, mel_lengths: Tensor
) -> Tensor:
    return cpu.marginals_backward(dgamma, dlog_z, gamma, gate, text_lengths, mel_lengths)


@torch.library.custom_op("smma::viterbi", mutates_args=(), device_types="cpu")
def viterbi(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    return cpu.viterbi(energy, text_lengths, mel_lengths)


def _on_gpu(name: str) -> Callable[..., Any]:
    """The Triton kernel of that name; Triton is imported when a GPU first asks for it."""
    return lambda *arguments: getattr(importlib.import_module("tts.ops.gpu"), name)(*arguments)


expectation.register_kernel("cuda")(_on_gpu("expectation"))
expectation_backward.register_kernel("cuda")(_on_gpu("expectation_backward"))
marginals.register_kernel("cuda")(_on_gpu("marginals"))
marginals_backward.register_kernel("cuda")(_on_gpu("marginals_backward"))
viterbi.register_kernel("cuda")(_on_gpu("viterbi"))


def _like(tensor: Tensor) -> Tensor:
    return torch.empty_like(tensor, memory_format=torch.contiguous_format)


def _per_token(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor.new_empty((tensor.shape[0], tensor.shape[1], tensor.shape[3]), dtype=dtype)


# What each returns, for tracing without data.
expectation.register_fake(lambda gate, *_: _like(gate))
expectation_backward.register_fake(lambda grad, gate, *_: (_like(gate), _per_token(gate, gate.dtype)))
marginals.register_fake(lambda energy, *_: (_like(energy), energy.new_empty(energy.shape[:2]), _like(energy)))
marginals_backward.register_fake(lambda dgamma, dlog_z, gamma, *_: _like(gamma))
viterbi.register_fake(lambda energy, *_: _per_token(energy, torch.int64))


def _keep_expectation(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    gate, text_lengths, mel_lengths, initial, ctx.from_logits = inputs
    ctx.save_for_backward(gate, text_lengths, mel_lengths, initial, output)


def _expectation_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    gate, text_lengths, mel_lengths, initial, alpha = ctx.saved_tensors
    dgate, dstart = expectation_backward(grad, gate, text_lengths, mel_lengths, initial, ctx.from_logits, alpha)
    return dgate, None, None, None if initial is None else dstart, None


def _keep_marginals(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    _, text_lengths, mel_lengths = inputs
    gamma, _, gate = output
    ctx.save_for_backward(gamma, gate, text_lengths, mel_lengths)
    ctx.mark_non_differentiable(gate)
    ctx.set_materialize_grads(False)


def _marginals_gradients(
    ctx: Any, dgamma: Tensor | None, dlog_z: Tensor | None, _: Tensor | None
) -> tuple[Tensor | None, ...]:
    gamma, gate, text_lengths, mel_lengths = ctx.saved_tensors
    if dgamma is None:  # the gradient of log Z alone is γ
        return None if dlog_z is None else gamma * dlog_z[..., None, None], None, None
    if dlog_z is None:
        dlog_z = gamma.new_zeros(gamma.shape[:2])
    return marginals_backward(dgamma, dlog_z, gamma, gate, text_lengths, mel_lengths), None, None


expectation.register_autograd(_expectation_gradients, setup_context=_keep_expectation)
marginals.register_autograd(_marginals_gradients, setup_context=_keep_marginals)
