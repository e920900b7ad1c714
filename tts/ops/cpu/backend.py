"""The recursions on CPU tensors: the compiled kernels, shared out among threads by rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tts.ops.cpu import filtering as filters
from tts.ops.cpu import kernels, skipping
from tts.ops.cpu import monotonic as any_move
from tts.ops.lengths import check_lengths, check_reachable

CELLS_PER_THREAD = 1 << 17
"""A thread with less to do costs more than it saves."""

_pool: ThreadPoolExecutor | None = None


def _expected(
    kernel: Callable[..., None],
    gate: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None,
    from_logits: bool,
) -> Tensor:
    """→ α `[B, H, T, N]`."""
    check_lengths(gate.shape, text_lengths, mel_lengths)
    alpha = torch.empty_like(gate, memory_format=torch.contiguous_format)
    start = _start(gate, initial)
    _run(
        kernel, gate, text_lengths, mel_lengths,
        lambda texts, mels: (_flat(gate), from_logits, start, initial is not None, texts, mels, _flat(alpha)),
    )  # fmt: skip
    return alpha


def _expected_backward(
    kernel: Callable[..., None],
    grad: Tensor,
    gate: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None,
    from_logits: bool,
    alpha: Tensor,
) -> tuple[Tensor, Tensor]:
    """→ gradient on the gate `[B, H, T, N]` and on the start `[B, H, N]` (zero where there is none)."""
    dgate = torch.empty_like(gate, memory_format=torch.contiguous_format)
    dstart = torch.zeros(gate.shape[0], gate.shape[1], gate.shape[3], dtype=gate.dtype)
    start = _start(gate, initial)
    _run(
        kernel, gate, text_lengths, mel_lengths,
        lambda texts, mels: (
            _flat(grad), _flat(gate), from_logits, start, initial is not None, texts, mels, _flat(alpha),
            _flat(dgate), _flat(dstart),
        ),
    )  # fmt: skip
    return dgate, dstart


expectation, expectation_backward = (
    partial(_expected, kernels.expectation),
    partial(_expected_backward, kernels.expectation_adjoint),
)
monotonic, monotonic_backward = (
    partial(_expected, any_move.expectation),
    partial(_expected_backward, any_move.adjoint),
)


def filtering(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, move: Tensor | None) -> tuple[Tensor, Tensor]:
    """→ w `[B, H, T, N]` and log w."""
    check_lengths(energy.shape, text_lengths, mel_lengths)
    weight = torch.empty_like(energy, memory_format=torch.contiguous_format)
    logs, moves = torch.empty_like(weight), _start(energy, move)
    _run(
        filters.weights, energy, text_lengths, mel_lengths,
        lambda texts, mels: (_flat(energy), moves, move is not None, texts, mels, _flat(weight), _flat(logs)),
    )  # fmt: skip
    return weight, logs


def filtering_backward(
    grad: Tensor, text_lengths: Tensor, mel_lengths: Tensor, move: Tensor | None, logs: Tensor
) -> tuple[Tensor, Tensor]:
    """→ gradient on the energy `[B, H, T, N]` and on `move` `[B, H, T]` (zero where there is none)."""
    denergy = torch.empty_like(logs)
    dmove, moves = logs.new_zeros(logs.shape[:3]), _start(logs, move)
    _run(
        filters.adjoint, logs, text_lengths, mel_lengths,
        lambda texts, mels: (
            _flat(grad), moves, move is not None, texts, mels, _flat(logs), _flat(denergy), _flat(dmove)
        ),
    )  # fmt: skip
    return denergy, dmove


def marginals(
    energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """→ γ `[B, H, T, N]`, log Z `[B, H]` and the look-ahead gate, logits `[B, H, T, N]`."""
    check_lengths(energy.shape, text_lengths, mel_lengths)
    check_reachable(text_lengths, mel_lengths, skippable)
    gate = torch.empty_like(energy, memory_format=torch.contiguous_format)
    log_z = torch.empty(energy.shape[:2], dtype=energy.dtype)
    if skippable is None:
        _run(
            kernels.look_ahead, energy, text_lengths, mel_lengths,
            lambda texts, mels: (_flat(energy), texts, mels, _flat(gate), _flat(log_z)),
        )  # fmt: skip
        return expectation(gate, text_lengths, mel_lengths, None, True), log_z, gate
    gamma, skips = torch.empty_like(gate), _flat(skippable)
    _run(
        skipping.look_ahead, energy, text_lengths, mel_lengths,
        lambda texts, mels: (_flat(energy), skips, texts, mels, _flat(gate), _flat(log_z)),
    )  # fmt: skip
    _run(
        skipping.expectation, energy, text_lengths, mel_lengths,
        lambda texts, mels: (_flat(gate), skips, texts, mels, _flat(gamma)),
    )  # fmt: skip
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
    denergy = torch.empty_like(gamma)
    if skippable is None:
        dgate, _ = expectation_backward(dgamma, gate, text_lengths, mel_lengths, None, True, gamma)
        _run(
            kernels.chain_adjoint, gate, text_lengths, mel_lengths,
            lambda texts, mels: (_flat(dgate), _flat(dlog_z), _flat(gate), texts, mels, _flat(denergy)),
        )  # fmt: skip
    else:
        skips = _flat(skippable)
        _run(
            skipping.adjoint, gate, text_lengths, mel_lengths,
            lambda texts, mels: (
                _flat(dgamma), _flat(dlog_z), _flat(gamma), _flat(gate), skips, texts, mels, _flat(denergy),
            ),
        )  # fmt: skip
    return denergy


def viterbi(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None) -> Tensor:
    """→ frames per token on the best path, int64 `[B, H, N]`."""
    check_lengths(energy.shape, text_lengths, mel_lengths)
    check_reachable(text_lengths, mel_lengths, skippable)
    durations = torch.empty(energy.shape[0], energy.shape[1], energy.shape[3], dtype=torch.int64)
    kernel, skips = (kernels.best_path, ()) if skippable is None else (skipping.best_path, (_flat(skippable),))
    _run(
        kernel, energy, text_lengths, mel_lengths,
        lambda texts, mels: (_flat(energy), *skips, texts, mels, _flat(durations)),
    )  # fmt: skip
    return durations


def _flat(tensor: Tensor) -> Any:
    return tensor.detach().contiguous().view(-1).numpy()


def _start(gate: Tensor, initial: Tensor | None) -> Any:
    return _flat(gate.new_empty(0) if initial is None else initial)


def _run(
    kernel: Callable[..., None],
    shape_of: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    arguments: Callable[[Any, Any], tuple[Any, ...]],
) -> None:
    batch, heads, frames, tokens = shape_of.shape
    rows = batch * heads
    given = (*arguments(text_lengths.contiguous().numpy(), mel_lengths.contiguous().numpy()), heads, frames, tokens)
    threads = max(1, min(torch.get_num_threads(), rows, shape_of.numel() // CELLS_PER_THREAD))
    ends = [rows * i // threads for i in range(threads + 1)]
    others = [_threads().submit(kernel, ends[i], ends[i + 1], *given) for i in range(1, threads)]
    kernel(0, ends[1], *given)
    for other in others:
        other.result()


def _threads() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="tts.ops")
    return _pool


def _forget_threads() -> None:
    """A forked child has the pool but not its threads."""
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
