"""The recursions on CUDA tensors: one launch of a Triton kernel, or two, per call.

Without a GPU, `TRITON_INTERPRET=1` runs the kernels on CPU tensors, slowly; that is how they are tested.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any

import torch
import triton
from torch import Tensor

from tts.ops.gpu import filtering as gpu_filtering
from tts.ops.gpu import kernels as gpu_kernels
from tts.ops.gpu import monotonic as gpu_monotonic
from tts.ops.gpu import skipping as gpu_skipping

SHORTEST_BLOCK = 16
MOST_STAGES = 4
"""Frames in flight at a time, where memory allows; with more, fewer rows fit on a multiprocessor."""
SHARED_MEMORY = 48 * 1024
"""Bytes for prefetched frames; every GPU has so much."""
LOADS = 4
"""Tensors that a kernel reads a frame of, at most."""
FEW_TOKENS = 128
"""Up to so many, a warp has 32 tokens, above that 64: the fastest on an H100 (docs/LOG.md)."""


def _expected(
    kernel: Any, gate: Tensor, text_lengths: Tensor, mel_lengths: Tensor, initial: Tensor | None, from_logits: bool
) -> Tensor:
    """→ α `[B, H, T, N]`."""
    gate = gate.contiguous()
    alpha = torch.empty_like(gate)
    start = gate if initial is None else initial.contiguous()
    _launch(
        kernel, gate, gate, start, text_lengths, mel_lengths, alpha, LOGITS=from_logits, HAS_START=initial is not None
    )
    return alpha


def _expected_backward(
    kernel: Any,
    grad: Tensor,
    gate: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None,
    from_logits: bool,
    alpha: Tensor,
) -> tuple[Tensor, Tensor]:
    """→ gradient on the gate `[B, H, T, N]` and on the start `[B, H, N]` (zero where there is none)."""
    grad, gate, alpha = grad.contiguous(), gate.contiguous(), alpha.contiguous()
    dgate = torch.empty_like(gate)
    dstart = gate.new_zeros(gate.shape[0], gate.shape[1], gate.shape[3])
    start = gate if initial is None else initial.contiguous()
    _launch(
        kernel, gate, grad, gate, start, text_lengths, mel_lengths, alpha, dgate, dstart,
        LOGITS=from_logits, HAS_START=initial is not None,
    )  # fmt: skip
    return dgate, dstart


expectation, expectation_backward = (
    partial(_expected, gpu_kernels.expectation),
    partial(_expected_backward, gpu_kernels.expectation_adjoint),
)
monotonic, monotonic_backward = (
    partial(_expected, gpu_monotonic.expectation),
    partial(_expected_backward, gpu_monotonic.adjoint),
)


def filtering(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, move: Tensor | None) -> tuple[Tensor, Tensor]:
    """→ w `[B, H, T, N]` and log w."""
    energy = energy.contiguous()
    weight, logs = torch.empty_like(energy), torch.empty_like(energy)
    moves = energy if move is None else move.contiguous()
    _launch(
        gpu_filtering.weights, energy, energy, moves, text_lengths, mel_lengths, weight, logs, HAS_MOVE=move is not None
    )
    return weight, logs


def filtering_backward(
    grad: Tensor, text_lengths: Tensor, mel_lengths: Tensor, move: Tensor | None, logs: Tensor
) -> tuple[Tensor, Tensor]:
    """→ gradient on the energy `[B, H, T, N]` and on `move` `[B, H, T]` (zero where there is none)."""
    grad, denergy = grad.contiguous(), torch.empty_like(logs)
    dmove = logs.new_zeros(logs.shape[:3])
    moves = logs if move is None else move.contiguous()
    _launch(
        gpu_filtering.adjoint, logs, grad, moves, text_lengths, mel_lengths, logs, denergy, dmove,
        HAS_MOVE=move is not None,
    )  # fmt: skip
    return denergy, dmove


def marginals(
    energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """→ γ `[B, H, T, N]`, log Z `[B, H]` and the look-ahead gate, logits `[B, H, T, N]`."""
    energy = energy.contiguous()
    gate = torch.empty_like(energy)
    log_z = energy.new_empty(energy.shape[:2])
    if skippable is None:
        _launch(gpu_kernels.look_ahead, energy, energy, text_lengths, mel_lengths, gate, log_z)
        return expectation(gate, text_lengths, mel_lengths, None, True), log_z, gate
    gamma, skips = torch.empty_like(gate), _bytes(skippable)
    _launch(gpu_skipping.look_ahead, energy, energy, skips, text_lengths, mel_lengths, gate, log_z)
    _launch(gpu_skipping.expectation, energy, gate, skips, text_lengths, mel_lengths, gamma)
    return gamma, log_z, gate


def marginals_backward(
    dgamma: Tensor,
    dlog_z: Tensor,
    gamma: Tensor,
    gate: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    skippable: Tensor | None,
) -> Tensor:
    """→ gradient on the energy `[B, H, T, N]`."""
    dgamma, dlog_z, denergy = dgamma.contiguous(), dlog_z.contiguous(), torch.empty_like(gamma)
    if skippable is None:
        dgate, _ = expectation_backward(dgamma, gate, text_lengths, mel_lengths, None, True, gamma)
        _launch(gpu_kernels.chain_adjoint, gate, dgate, dlog_z, gate, text_lengths, mel_lengths, denergy)
    else:
        skips = _bytes(skippable)
        _launch(gpu_skipping.adjoint, gate, dgamma, dlog_z, gamma, gate, skips, text_lengths, mel_lengths, denergy)
    return denergy


def viterbi(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None) -> Tensor:
    """→ frames per token on the best path, int64 `[B, H, N]`."""
    energy = energy.contiguous()
    batch, heads, frames, tokens = energy.shape
    if skippable is None:
        kernel, flags, steps_in_a_word = gpu_kernels.best_path, [], 32  # a bit each
    else:
        kernel, flags, steps_in_a_word = gpu_skipping.best_path, [_bytes(skippable)], 16  # two bits
    backpointers = energy.new_empty((batch, heads, -(-frames // steps_in_a_word), tokens), dtype=torch.int32)
    durations = energy.new_zeros((batch, heads, tokens), dtype=torch.int64)
    _launch(
        kernel, energy, energy, *flags, text_lengths, mel_lengths, backpointers, durations,
        FRAMES_A_WORD=steps_in_a_word,
    )  # fmt: skip
    return durations


def _bytes(flags: Tensor) -> Tensor:
    return flags.contiguous().view(torch.uint8)


def _launch(kernel: Any, shape_of: Tensor, *arguments: Tensor, **constants: int) -> None:
    batch, heads, frames, tokens = shape_of.shape
    if not shape_of.numel():
        return
    block = max(SHORTEST_BLOCK, triton.next_power_of_2(tokens))
    warps = max(1, block // (32 if block <= FEW_TOKENS else 64))
    stages = 1 + min(MOST_STAGES - 1, SHARED_MEMORY // (LOADS * block * shape_of.element_size()))
    on_device = torch.cuda.device_of(shape_of) if shape_of.is_cuda else nullcontext()  # else the interpreter's
    with on_device:
        kernel[(batch * heads,)](
            *arguments, heads, frames, tokens,
            STAGES=stages, BLOCK=block, num_warps=warps, **constants,
        )  # fmt: skip
