"""The chain with tokens that a path may step over, as Triton kernels: mathematics of `tts.ops.cpu.skipping`."""

from __future__ import annotations

import triton
import triton.language as tl

IMPOSSIBLE = tl.constexpr(-1e30)
"""Stands for log 0: differences of two of them are numbers."""


@triton.jit
def _load_gates(gate, here, n, last, skips, in_length):
    """Gate of every token and of the next, in frames within the length."""
    valid = (n < last) & in_length
    return tl.load(gate + here, mask=valid, other=0.0), tl.load(gate + here + 1, mask=valid & skips, other=0.0)


@triton.jit
def _transitions(stay, after, n, last, skips):
    """Transition probabilities of every token: stay, move by one, move by two (`tts.ops.cpu.skipping`)."""
    skip = -after
    top = tl.maximum(tl.maximum(stay, 0.0), tl.where(skips, skip, 0.0))
    stays, moves = tl.exp(stay - top), tl.exp(-top)
    skipped = tl.where(skips, tl.exp(skip - top), 0.0)
    total = stays + moves + skipped
    valid = n < last
    return (
        tl.where(valid, stays / total, 1.0),
        tl.where(valid, moves / total, 0.0),
        tl.where(valid, skipped / total, 0.0),
    )


@triton.jit
def _skips(skippable, row, H, N, n, last):
    """Whether a path may step from n to n + 2."""
    return tl.load(skippable + row // H * N + n + 1, mask=n + 1 < last, other=0) > 0


@triton.jit
def look_ahead(energy, skippable, texts, mels, gate, log_z, H, T, N, STAGES: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    one, two = tl.minimum(n + 1, BLOCK - 1), tl.minimum(n + 2, BLOCK - 1)
    skips = _skips(skippable, row, H, N, n, last)
    here = row * T * N + (T - 1) * N + n
    ahead = tl.where(n == last, 0.0, IMPOSSIBLE).to(tl.float64)
    for step in tl.range(T, num_stages=STAGES):
        t = T - 1 - step
        e = tl.load(energy + here, mask=(n <= last) & (t < length), other=0.0)
        after_one, after_two = tl.gather(ahead, one, 0), tl.gather(ahead, two, 0)
        top = tl.where(n < last, tl.maximum(ahead, after_one), ahead)
        top = tl.where(skips, tl.maximum(top, after_two), top)
        ways = tl.exp((ahead - top).to(e.dtype))
        ways += tl.where(n < last, tl.exp((after_one - top).to(e.dtype)), 0.0)
        ways += tl.where(skips, tl.exp((after_two - top).to(e.dtype)), 0.0)
        # At the last frame there is no next one to choose.
        ahead = tl.where(t < length - 1, top + tl.log(ways).to(tl.float64), ahead)
        ahead = tl.where(t < length, ahead + e, ahead)
        before = tl.gather(ahead, one, 0)
        value = tl.where((n < last) & (t < length) & (t > 0), ahead - before, 0.0)
        tl.store(gate + here, value.to(e.dtype), mask=n < N)
        here -= N
    tl.store(log_z + row, tl.sum(tl.where(n == 0, ahead, 0.0), 0).to(log_z.dtype.element_ty))


@triton.jit
def expectation(gate, skippable, texts, mels, gamma, H, T, N, STAGES: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    one, two = tl.maximum(n - 1, 0), tl.maximum(n - 2, 0)
    skips = _skips(skippable, row, H, N, n, last)
    here = row * T * N + n
    state = tl.where(n == 0, 1.0, 0.0).to(gamma.dtype.element_ty)
    for t in tl.range(T, num_stages=STAGES):
        value, after = _load_gates(gate, here, n, last, skips, t < length)
        stay, move, skip = _transitions(value, after, n, last, skips)
        arrived = tl.where(n > 0, tl.gather(state * move, one, 0), 0.0)
        arrived += tl.where(n > 1, tl.gather(state * skip, two, 0), 0.0)
        state = tl.where(t > 0, state * stay + arrived, state)
        tl.store(gamma + here, tl.where((n <= last) & (t < length), state, 0.0), mask=n < N)
        here += N


@triton.jit
def adjoint(
    dgamma, dlog_z, gamma, gate, skippable, texts, mels, denergy, H, T, N, STAGES: tl.constexpr, BLOCK: tl.constexpr
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    right, right_two = tl.minimum(n + 1, BLOCK - 1), tl.minimum(n + 2, BLOCK - 1)
    left, left_two = tl.maximum(n - 1, 0), tl.maximum(n - 2, 0)
    skips = _skips(skippable, row, H, N, n, last)
    here = row * T * N + (T - 1) * N + n
    later = tl.zeros([BLOCK], dtype=tl.float64)
    for step in tl.range(T - 1, num_stages=STAGES):
        t = T - 1 - step
        valid = (n <= last) & (t < length)
        value, after = _load_gates(gate, here, n, last, skips, t < length)
        mass = tl.load(gamma + here - N, mask=valid, other=0.0).to(tl.float64)
        later += tl.load(dgamma + here, mask=valid, other=0.0)
        stay, move, skip = _transitions(value, after, n, last, skips)
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
    for t in tl.range(1, T, num_stages=STAGES):
        here += N
        value, after = _load_gates(gate, here, n, last, skips, t < length)
        slope = tl.load(denergy + here, mask=n < N, other=0.0)
        stay, move, skip = _transitions(value, after, n, last, skips)
        arrived = tl.where(n > 0, tl.gather(state * move, left, 0), 0.0)
        arrived += tl.where(n > 1, tl.gather(state * skip, left_two, 0), 0.0)
        state = state * stay + arrived + slope
        tl.store(denergy + here, tl.where((n <= last) & (t < length), state, 0.0), mask=n < N)


@triton.jit
def best_path(
    energy, skippable, texts, mels, backpointers, durations, H, T, N,
    FRAMES_A_WORD: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    # `backpointers` has two bits for every frame of a token, FRAMES_A_WORD pairs to a word.
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    left, left_two = tl.maximum(n - 1, 0), tl.maximum(n - 2, 0)
    may_skip = tl.load(skippable + row // H * N + n - 1, mask=(n > 1) & (n <= last), other=0) > 0
    here = row * T * N + n
    best = tl.where(n == 0, tl.load(energy + here, mask=n <= last, other=0.0), IMPOSSIBLE).to(tl.float64)
    words = backpointers + row * ((T + FRAMES_A_WORD - 1) // FRAMES_A_WORD) * N + n
    word = tl.zeros([BLOCK], dtype=tl.int32)
    for t in tl.range(1, length, num_stages=STAGES):
        here += N
        e = tl.load(energy + here, mask=n <= last, other=0.0)
        one = tl.where(n > 0, tl.gather(best, left, 0), IMPOSSIBLE)
        two = tl.where(may_skip, tl.gather(best, left_two, 0), IMPOSSIBLE)
        step_back = tl.where(one > best, 1, 0)
        best = tl.maximum(best, one)
        step_back = tl.where(may_skip & (two > best), 2, step_back)
        best = tl.where(may_skip, tl.maximum(best, two), best) + e
        bit = t % FRAMES_A_WORD
        word = tl.where(bit == 0, 0, word) | (step_back << (2 * bit)).to(tl.int32)
        whole = (bit == FRAMES_A_WORD - 1) | (t == length - 1)
        tl.store(words + (t // FRAMES_A_WORD) * N, word, mask=(n <= last) & whole)
    tl.debug_barrier()
    token, count = last, last * 0
    for step in range(length - 1):
        t = length - 1 - step
        count += 1
        bit = t % FRAMES_A_WORD
        if (step == 0) | (bit == FRAMES_A_WORD - 1):
            word = tl.load(words + (t // FRAMES_A_WORD) * N, mask=n <= last, other=0)
        step_back = tl.minimum(tl.sum(tl.where(n == token, (word >> (2 * bit)) & 3, 0), 0).to(tl.int64), token)
        tl.store(durations + row * N + token, count, mask=step_back > 0)
        count = tl.where(step_back > 0, 0, count)
        token -= step_back
    tl.store(durations + row * N + token, count + 1)
