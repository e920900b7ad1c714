"""The recursions as Triton kernels: one program per row (batch × heads), its state in registers.

A program holds all tokens of a row, at most 1,024, and walks over its frames; what a frame needs is asked for one frame
ahead. Neighbours exchange state through `tl.gather`, which stays within a warp for short texts. Mathematics and signs
are those of `tts.ops.kernels`, where they are explained.

Without a GPU, `TRITON_INTERPRET=1` runs these kernels on CPU tensors, slowly; that is how they are tested.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

SHORTEST_BLOCK = 16
TOKENS_PER_WARP = 128
IMPOSSIBLE = tl.constexpr(-1e30)
"""Stands for log 0: differences of two of them are numbers."""


@triton.jit
def _softplus(x):
    return tl.maximum(x, 0.0) + tl.log(1.0 + tl.exp(-tl.abs(x)))


@triton.jit
def _gates(value, n, last, LOGITS: tl.constexpr):
    """Stay and move of every token; the last one stays."""
    if LOGITS:
        x = tl.exp(-tl.abs(value))
        near = 1.0 / (1.0 + x)
        far = x * near
        stay = tl.where(value >= 0, near, far)
        move = tl.where(value >= 0, far, near)
    else:
        stay = value
        move = 1.0 - value
    return tl.where(n < last, stay, 1.0), tl.where(n < last, move, 0.0)


@triton.jit
def _expectation(
    gate, start, texts, mels, alpha, H, T, N, LOGITS: tl.constexpr, HAS_START: tl.constexpr, BLOCK: tl.constexpr
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    inside = n < N
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    if HAS_START:
        state = tl.load(start + row * N + n, mask=n <= last, other=0.0)
    else:
        state = tl.where(n == 0, 1.0, 0.0).to(alpha.dtype.element_ty)
    following = tl.load(gate + here, mask=n < last, other=0.0)
    for t in range(T):
        value = following
        following = tl.load(gate + here + N, mask=(n < last) & (t + 1 < heard), other=0.0)
        stay, move = _gates(value, n, last, LOGITS)
        arrived = tl.where(n > 0, tl.gather(state * move, left, 0), 0.0)
        moved = state * stay + arrived
        if HAS_START:
            state = moved
        else:
            state = tl.where(t > 0, moved, state)
        tl.store(alpha + here, tl.where((n <= last) & (t < heard), state, 0.0), mask=inside)
        here += N


@triton.jit
def _expectation_adjoint(
    grad, gate, start, texts, mels, alpha, dgate, dstart, H, T, N,
    LOGITS: tl.constexpr, HAS_START: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    inside = n < N
    right = tl.minimum(n + 1, BLOCK - 1)
    here = row * T * N + (T - 1) * N + n
    zero = tl.zeros([BLOCK], dtype=alpha.dtype.element_ty)
    difference, stay, move = zero, zero, zero
    total = tl.sum(zero, 0)
    for step in range(T):
        t = T - 1 - step
        valid = (n < last) & (t < heard)
        value = tl.load(gate + here, mask=valid, other=0.0)
        g = tl.load(grad + here, mask=(n <= last) & (t < heard), other=0.0)
        g_right = tl.load(grad + here + 1, mask=valid, other=0.0)
        if t > 0:
            past = tl.load(alpha + here - N, mask=valid, other=0.0)
        elif HAS_START:
            past = tl.load(start + row * N + n, mask=valid, other=0.0)
        else:
            past = zero
        onward = tl.gather(move * difference, right, 0)
        difference = tl.where(valid, g - g_right + stay * difference + onward, 0.0)
        total += tl.sum(tl.where(n == last, g, 0.0), 0)
        stay, move = _gates(value, n, last, LOGITS)
        slope = past * difference
        if LOGITS:
            slope = slope * stay * move
        tl.store(dgate + here, tl.where(valid, slope, 0.0), mask=inside)
        here -= N
    if HAS_START:
        # G[n] = Σ of the differences from n on, and all that ever reached the last token; then through the first gates.
        whole = tl.where(n <= last, tl.cumsum(difference, 0, reverse=True) + total, 0.0)
        tl.store(dstart + row * N + n, whole * stay + tl.gather(whole, right, 0) * move, mask=n <= last)


@triton.jit
def _look_ahead(energy, texts, mels, gate, log_z, H, T, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    inside = n < N
    right = tl.minimum(n + 1, BLOCK - 1)
    here = row * T * N + (T - 1) * N + n
    gap = tl.full([BLOCK], float("inf"), dtype=gate.dtype.element_ty)
    for step in range(T):
        t = T - 1 - step
        e = tl.load(energy + here, mask=(n <= last) & (t < heard), other=0.0)
        e_right = tl.load(energy + here + 1, mask=(n < last) & (t < heard), other=0.0)
        onward = tl.where(n + 1 < last, tl.gather(_softplus(gap), right, 0), 0.0)
        earlier = e_right - e - _softplus(-gap) + onward
        gap = tl.where(t < heard - 1, earlier, gap)
        # What decides between frames t − 1 and t is known once frame t is.
        if t > 0:
            tl.store(gate + here, tl.where((n < last) & (t < heard), -gap, 0.0), mask=inside)
        else:
            tl.store(gate + here, tl.zeros([BLOCK], dtype=gate.dtype.element_ty), mask=inside)
        here -= N
    tl.debug_barrier()
    # log Z along the likelier step at each frame.
    base = row * T * N
    total = tl.load(energy + base).to(tl.float64)
    place = last * 0
    for t in range(1, heard):
        z = tl.load(gate + base + t * N + place).to(tl.float64)
        total += tl.where(place < last, tl.log(1.0 + tl.exp(-tl.abs(z))), 0.0)
        place = tl.where((place < last) & (z < 0), place + 1, place)
        total += tl.load(energy + base + t * N + place).to(tl.float64)
    tl.store(log_z + row, total.to(log_z.dtype.element_ty))


@triton.jit
def _chain_adjoint(dgate, dlog_z, gate, texts, mels, denergy, H, T, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    state = tl.where(n == 0, tl.load(dlog_z + row), 0.0)
    for t in range(T):
        valid = (n < last) & (t < heard)
        stay, move = _gates(tl.load(gate + here, mask=valid, other=0.0), n, last, True)
        slope = tl.load(dgate + here, mask=valid, other=0.0)
        arrived = tl.where(n > 0, tl.gather(state * move - slope, left, 0), 0.0)
        state = tl.where(t > 0, state * stay + slope + arrived, state)
        tl.store(denergy + here, tl.where((n <= last) & (t < heard), state, 0.0), mask=n < N)
        here += N


@triton.jit
def _best_path(energy, texts, mels, moved, durations, H, T, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    best = tl.where(n == 0, tl.load(energy + here, mask=n <= last, other=0.0), -float("inf"))
    following = tl.load(energy + here + N, mask=(n <= last) & (heard > 1), other=0.0)
    for t in range(1, heard):
        here += N
        e = following
        following = tl.load(energy + here + N, mask=(n <= last) & (t + 1 < heard), other=0.0)
        moves = tl.where(n > 0, tl.gather(best, left, 0), -float("inf"))
        tl.store(moved + here, (moves > best).to(tl.uint8), mask=n <= last)
        best = tl.where(moves > best, moves, best) + e
    tl.debug_barrier()
    place, count = last, last * 0
    for step in range(heard - 1):
        t = heard - 1 - step
        count += 1
        moves = (place > 0) & ((tl.load(moved + (row * T + t) * N + place) > 0) | (place >= t))
        tl.store(durations + row * N + place, count, mask=moves)
        count = tl.where(moves, 0, count)
        place = tl.where(moves, place - 1, place)
    tl.store(durations + row * N + place, count + 1)


@triton.jit
def _shares(gate, here, n, last, heard, t, skips):
    """Of every token's mass before frame t: what stays, moves on by one, by two (`tts.ops.skipping`)."""
    valid = (n < last) & (t < heard)
    stay = tl.load(gate + here, mask=valid, other=0.0)
    skip = -tl.load(gate + here + 1, mask=valid & skips, other=0.0)
    top = tl.maximum(tl.maximum(stay, 0.0), tl.where(skips, skip, 0.0))
    stays, moves = tl.exp(stay - top), tl.exp(-top)
    skipped = tl.where(skips, tl.exp(skip - top), 0.0)
    total = stays + moves + skipped
    inside = n < last
    return (
        tl.where(inside, stays / total, 1.0),
        tl.where(inside, moves / total, 0.0),
        tl.where(inside, skipped / total, 0.0),
    )


@triton.jit
def _skips(skippable, row, H, N, n, last):
    """Whether a path may step from n to n + 2."""
    return tl.load(skippable + row // H * N + n + 1, mask=n + 1 < last, other=0) > 0


@triton.jit
def _skipping_look_ahead(energy, skippable, texts, mels, gate, log_z, H, T, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    one, two = tl.minimum(n + 1, BLOCK - 1), tl.minimum(n + 2, BLOCK - 1)
    skips = _skips(skippable, row, H, N, n, last)
    here = row * T * N + (T - 1) * N + n
    ahead = tl.where(n == last, 0.0, IMPOSSIBLE).to(tl.float64)
    for step in range(T):
        t = T - 1 - step
        e = tl.load(energy + here, mask=(n <= last) & (t < heard), other=0.0)
        after_one, after_two = tl.gather(ahead, one, 0), tl.gather(ahead, two, 0)
        top = tl.where(n < last, tl.maximum(ahead, after_one), ahead)
        top = tl.where(skips, tl.maximum(top, after_two), top)
        ways = tl.exp((ahead - top).to(e.dtype))
        ways += tl.where(n < last, tl.exp((after_one - top).to(e.dtype)), 0.0)
        ways += tl.where(skips, tl.exp((after_two - top).to(e.dtype)), 0.0)
        # At the last frame there is no next one to choose.
        ahead = tl.where(t < heard - 1, top + tl.log(ways).to(tl.float64), ahead)
        ahead = tl.where(t < heard, ahead + e, ahead)
        before = tl.gather(ahead, one, 0)
        value = tl.where((n < last) & (t < heard) & (t > 0), ahead - before, 0.0)
        tl.store(gate + here, value.to(e.dtype), mask=n < N)
        here -= N
    tl.store(log_z + row, tl.sum(tl.where(n == 0, ahead, 0.0), 0).to(log_z.dtype.element_ty))


@triton.jit
def _skipping_expectation(gate, skippable, texts, mels, gamma, H, T, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    one, two = tl.maximum(n - 1, 0), tl.maximum(n - 2, 0)
    skips = _skips(skippable, row, H, N, n, last)
    here = row * T * N + n
    state = tl.where(n == 0, 1.0, 0.0).to(gamma.dtype.element_ty)
    for t in range(T):
        stay, move, skip = _shares(gate, here, n, last, heard, t, skips)
        arrived = tl.where(n > 0, tl.gather(state * move, one, 0), 0.0)
        arrived += tl.where(n > 1, tl.gather(state * skip, two, 0), 0.0)
        state = tl.where(t > 0, state * stay + arrived, state)
        tl.store(gamma + here, tl.where((n <= last) & (t < heard), state, 0.0), mask=n < N)
        here += N


@triton.jit
def _skipping_adjoint(
    dgamma, dlog_z, gamma, gate, skippable, texts, mels, denergy, H, T, N, BLOCK: tl.constexpr
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    right, right_two = tl.minimum(n + 1, BLOCK - 1), tl.minimum(n + 2, BLOCK - 1)
    left, left_two = tl.maximum(n - 1, 0), tl.maximum(n - 2, 0)
    skips = _skips(skippable, row, H, N, n, last)
    here = row * T * N + (T - 1) * N + n
    later = tl.zeros([BLOCK], dtype=tl.float64)
    for step in range(T - 1):
        t = T - 1 - step
        valid = (n <= last) & (t < heard)
        later += tl.load(dgamma + here, mask=valid, other=0.0)
        stay, move, skip = _shares(gate, here, n, last, heard, t, skips)
        mass = tl.load(gamma + here - N, mask=valid, other=0.0).to(tl.float64)
        to_one = tl.where(n < last, tl.gather(later, right, 0) - later, 0.0)
        to_two = tl.where(skips, tl.gather(later, right_two, 0) - later, 0.0)
        gain = move * to_one + skip * to_two
        slope = -mass * stay * gain
        slope += tl.where(n > 0, tl.gather(mass * move * (to_one - gain), left, 0), 0.0)
        slope += tl.where(n > 1, tl.gather(mass * skip * (to_two - gain), left_two, 0), 0.0)
        tl.store(denergy + here, tl.where(valid, slope, 0.0).to(denergy.dtype.element_ty), mask=n < N)
        later = tl.where(valid, later + gain, later)
        here -= N
    tl.debug_barrier()
    state = tl.where(n == 0, tl.load(dlog_z + row), 0.0)
    here = row * T * N + n
    tl.store(denergy + here, state, mask=n < N)
    for t in range(1, T):
        here += N
        stay, move, skip = _shares(gate, here, n, last, heard, t, skips)
        arrived = tl.where(n > 0, tl.gather(state * move, left, 0), 0.0)
        arrived += tl.where(n > 1, tl.gather(state * skip, left_two, 0), 0.0)
        state = state * stay + arrived + tl.load(denergy + here, mask=n < N, other=0.0)
        tl.store(denergy + here, tl.where((n <= last) & (t < heard), state, 0.0), mask=n < N)


@triton.jit
def _skipping_best_path(energy, skippable, texts, mels, ways, durations, H, T, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    heard = tl.load(mels + row // H)
    left, left_two = tl.maximum(n - 1, 0), tl.maximum(n - 2, 0)
    over = tl.load(skippable + row // H * N + n - 1, mask=(n > 1) & (n <= last), other=0) > 0
    here = row * T * N + n
    best = tl.where(n == 0, tl.load(energy + here, mask=n <= last, other=0.0), IMPOSSIBLE).to(tl.float64)
    for _t in range(1, heard):
        here += N
        e = tl.load(energy + here, mask=n <= last, other=0.0)
        one = tl.where(n > 0, tl.gather(best, left, 0), IMPOSSIBLE)
        two = tl.where(over, tl.gather(best, left_two, 0), IMPOSSIBLE)
        way = tl.where(one > best, 1, 0)
        best = tl.maximum(best, one)
        way = tl.where(over & (two > best), 2, way)
        best = tl.where(over, tl.maximum(best, two), best) + e
        tl.store(ways + here, way.to(tl.uint8), mask=n <= last)
    tl.debug_barrier()
    place, count = last, last * 0
    for step in range(heard - 1):
        t = heard - 1 - step
        count += 1
        way = tl.minimum(tl.load(ways + (row * T + t) * N + place).to(tl.int64), place)
        tl.store(durations + row * N + place, count, mask=way > 0)
        count = tl.where(way > 0, 0, count)
        place -= way
    tl.store(durations + row * N + place, count + 1)


def expectation(
    gate: Tensor, text_lengths: Tensor, mel_lengths: Tensor, initial: Tensor | None, from_logits: bool
) -> Tensor:
    """→ α `[B, H, T, N]`."""
    gate = gate.contiguous()
    alpha = torch.empty_like(gate)
    start = gate if initial is None else initial.contiguous()
    _launch(
        _expectation, gate, gate, start, text_lengths, mel_lengths, alpha,
        LOGITS=from_logits, HAS_START=initial is not None,
    )  # fmt: skip
    return alpha


def expectation_backward(
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
        _expectation_adjoint, gate, grad, gate, start, text_lengths, mel_lengths, alpha, dgate, dstart,
        LOGITS=from_logits, HAS_START=initial is not None,
    )  # fmt: skip
    return dgate, dstart


def marginals(
    energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """→ γ `[B, H, T, N]`, log Z `[B, H]` and the look-ahead gate, logits `[B, H, T, N]`."""
    energy = energy.contiguous()
    gate = torch.empty_like(energy)
    log_z = energy.new_empty(energy.shape[:2])
    if skippable is None:
        _launch(_look_ahead, energy, energy, text_lengths, mel_lengths, gate, log_z)
        return expectation(gate, text_lengths, mel_lengths, None, True), log_z, gate
    gamma, skips = torch.empty_like(gate), _bytes(skippable)
    _launch(_skipping_look_ahead, energy, energy, skips, text_lengths, mel_lengths, gate, log_z)
    _launch(_skipping_expectation, energy, gate, skips, text_lengths, mel_lengths, gamma)
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
        _launch(_chain_adjoint, gate, dgate, dlog_z, gate, text_lengths, mel_lengths, denergy)
    else:
        skips = _bytes(skippable)
        _launch(_skipping_adjoint, gate, dgamma, dlog_z, gamma, gate, skips, text_lengths, mel_lengths, denergy)
    return denergy


def viterbi(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None) -> Tensor:
    """→ frames per token on the best path, int64 `[B, H, N]`."""
    energy = energy.contiguous()
    ways = torch.empty_like(energy, dtype=torch.uint8)
    durations = torch.zeros(energy.shape[0], energy.shape[1], energy.shape[3], dtype=torch.int64, device=energy.device)
    if skippable is None:
        _launch(_best_path, energy, energy, text_lengths, mel_lengths, ways, durations)
    else:
        _launch(_skipping_best_path, energy, energy, _bytes(skippable), text_lengths, mel_lengths, ways, durations)
    return durations


def _bytes(flags: Tensor) -> Tensor:
    return flags.contiguous().view(torch.uint8)


def _launch(kernel: Any, shape_of: Tensor, *arguments: Tensor, **constants: bool) -> None:
    batch, heads, frames, tokens = shape_of.shape
    if not shape_of.numel():
        return
    block = max(SHORTEST_BLOCK, triton.next_power_of_2(tokens))
    kernel[(batch * heads,)](
        *arguments, heads, frames, tokens, BLOCK=block, num_warps=max(1, block // TOKENS_PER_WARP), **constants
    )
