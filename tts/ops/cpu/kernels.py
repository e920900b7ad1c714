"""The recursions compiled for the CPU by numba: flat contiguous arrays `[rows, T, N]`, rows being batch × heads.

Each kernel works on the rows `first … stop − 1`, so that threads can share a call, and releases the GIL.

What keeps the loops at the speed of memory, each measured:
- Flat arrays and unsigned indices: a slice would be counted as a reference every frame, a signed index be tested for
  counting from the end, and neither is vectorised.
- Whole vectors: a row is computed up to `width`, beyond its last token, and the surplus is overwritten. Where that
  would leave the tensor, at its first and last frames, the exact width is taken.
- What is below 1e-30 is flushed to 0: behind a sharp path the numbers would soon be subnormal, which made the whole
  forward recursion up to five times slower.
- Backward passes run from the last frame and token to the first, and alternate between two buffers of state: a vector
  loaded across two that were just stored waits for both.

Probabilities travel as the pair (stay, move), never as `1 − stay` of a logit, which rounds small values away. NaN
propagates: of the fast-math flags only contraction is on.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

compile_kernel = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})

U: Any = np.uintp
ONE, TWO = U(1), U(2)
VECTOR = U(16)
ZERO_F, ONE_F = np.float32(0), np.float32(1)  # float32 operands leave float64 ones as they are


def exp(x: Any) -> Any:
    """e^x for x ≤ 0, in vectors: libm's would be called once a number. In float32, what is negligible is 0."""


# Least squares on Chebyshev nodes: e^r on ±ln 2 / 2, and log(1 + x) / x on 0 … 1; both within 1.4e-7 in float32.
_E = tuple(map(np.float32, (1.0, 1.00000004, 0.50000001, 0.16666415, 0.04166622, 0.00837513, 0.00139486)))
E0, E1, E2, E3, E4, E5, E6 = _E
_L = (1.0, -0.49999904, 0.33330004, -0.24954559, 0.19678117, -0.15311863, 0.10614265, -0.0570642, 0.01990716)
L0, L1, L2, L3, L4, L5, L6, L7, L8 = map(np.float32, _L)
L9 = np.float32(-0.00325638)
LOG2_E = np.float32(1 / math.log(2))
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(math.log(2) - 0.693359375)
NEGLIGIBLE = np.float32(1e-30)
SMALLEST = np.float32(math.log(1e-30))
ROUND = np.float32(1.5 * 2**23)  # added to a small number, it leaves the nearest integer in the low bits
BIAS, MANTISSA = np.int32(127), np.int32(23)


@overload(exp)
def _exp(x: Any) -> Any:
    def in_float64(x: Any) -> Any:
        return math.exp(x)

    def in_float32(x: Any) -> Any:
        negligible = x < SMALLEST
        x = SMALLEST if negligible else x
        shifted = x * LOG2_E + ROUND
        k = shifted - ROUND
        r = (x - k * LN2_HIGH) - k * LN2_LOW
        power = np.int32((np.float32(shifted).view(np.int32) + BIAS) << MANTISSA).view(np.float32)
        value = (E0 + r * (E1 + r * (E2 + r * (E3 + r * (E4 + r * (E5 + r * E6)))))) * power
        return ZERO_F if negligible else value

    return in_float32 if x == types.float32 else in_float64


def log1p(x: Any) -> Any:
    """log(1 + x) for x in 0 … 1, in vectors."""


@overload(log1p)
def _log1p(x: Any) -> Any:
    def in_float64(x: Any) -> Any:
        return math.log1p(x)

    def in_float32(x: Any) -> Any:
        return x * (L0 + x * (L1 + x * (L2 + x * (L3 + x * (L4 + x * (L5 + x * (L6 + x * (L7 + x * (L8 + x * L9)))))))))

    return in_float32 if x == types.float32 else in_float64


@compile_kernel
def flush(x: Any) -> Any:
    """x, or 0 where it is negligible."""
    return ZERO_F if abs(x) < NEGLIGIBLE else x


@compile_kernel
def _width(last: Any, tokens: Any) -> Any:
    return min(tokens, (last + VECTOR - ONE) // VECTOR * VECTOR)


@compile_kernel
def _gates(logit: Any, row: Any, stay: Any, move: Any, width: Any) -> None:
    """σ(z) and σ(−z) of one frame."""
    for n in range(width):
        z = logit[row + n]
        x = exp(-abs(z))
        near = ONE_F / (ONE_F + x)
        far = x * near
        stay[n] = near if z >= 0 else far
        move[n + ONE] = far if z >= 0 else near  # one place further, where it arrives


@compile_kernel
def expectation(
    first: int, stop: int, gate: Any, logits: bool, start: Any, has_start: bool, texts: Any, mels: Any, alpha: Any,
    H: int, T: int, N: int,
) -> None:  # fmt: skip
    heads, frames, tokens = U(H), U(T), U(N)
    stay, move = np.zeros(N + 17, alpha.dtype), np.zeros(N + 17, alpha.dtype)
    for r in range(U(first), U(stop)):
        last, length, base = U(texts[r // heads]) - ONE, U(mels[r // heads]), r * frames * tokens
        width = _width(last, tokens)
        for n in range(tokens):
            alpha[base + n] = ZERO_F
        if has_start:
            row = r * tokens
            if logits:
                _gates(gate, base, stay, move, last)
            for n in range(last):
                stays = stay[n] if logits else gate[base + n]
                moves = move[n + ONE] if logits else ONE_F - gate[base + n]
                alpha[base + n] += start[row + n] * stays
                alpha[base + n + ONE] = start[row + n] * moves
            alpha[base + last] += start[row + last]
        else:
            alpha[base] = ONE_F
        for t in range(ONE, length):
            here = base + t * tokens
            prev = here - tokens
            low, high = (U(0), width) if t > ONE else (ONE, last)
            if logits:
                _gates(gate, here, stay, move, width)
                for n in range(low, high):
                    alpha[here + n] = flush(alpha[prev + n] * stay[n] + alpha[prev + n - ONE] * move[n])
                alpha[here] = flush(alpha[prev] * stay[0])
                moved = move[last]
            else:
                for n in range(low, high):
                    moves = ONE_F - gate[here + n - ONE]
                    alpha[here + n] = flush(alpha[prev + n] * gate[here + n] + alpha[prev + n - ONE] * moves)
                alpha[here] = flush(alpha[prev] * gate[here])
                moved = ONE_F - gate[here + last - ONE] if last > 0 else ZERO_F
            arrived = alpha[prev + last - ONE] * moved if last > 0 else ZERO_F
            alpha[here + last] = flush(alpha[prev + last] + arrived)
            for n in range(last + ONE, tokens):
                alpha[here + n] = ZERO_F
        for i in range(base + length * tokens, base + frames * tokens):
            alpha[i] = ZERO_F


@compile_kernel
def expectation_adjoint(
    first: int, stop: int, grad: Any, gate: Any, logits: bool, start: Any, has_start: bool, texts: Any, mels: Any,
    alpha: Any, dgate: Any, dstart: Any, H: int, T: int, N: int,
) -> None:  # fmt: skip
    # Recurs on the differences D[n] = G[n] − G[n+1] of the adjoint G: cancelling them late costs digits.
    heads, frames, tokens = U(H), U(T), U(N)
    half = tokens + TWO * VECTOR
    difference = np.zeros(2 * (N + 32), alpha.dtype)
    stay, move = np.zeros(2 * (N + 32), alpha.dtype), np.zeros(2 * (N + 32), alpha.dtype)
    for r in range(U(first), U(stop)):
        last, length, base = U(texts[r // heads]) - ONE, U(mels[r // heads]), r * frames * tokens
        width = _width(last, tokens)
        new, old = U(0), half
        for i in range(TWO * half):  # what the row before left beyond its own tokens may be NaN
            difference[i] = stay[i] = move[i] = ZERO_F
        for i in range(base + length * tokens, base + frames * tokens):
            dgate[i] = ZERO_F
        total = np.float64(0)
        for step in range(length):
            t = length - ONE - step
            here = base + t * tokens
            after = here + tokens if step > 0 else here
            prev = here - tokens if t > 0 else here
            high = width if step > ONE else last
            if has_start:
                total += grad[here + last]
            if logits:
                for m in range(high):
                    n = high - ONE - m
                    z = gate[here + n]
                    x = exp(-abs(z))
                    near = ONE_F / (ONE_F + x)
                    far = x * near
                    stay[new + n] = near if z >= 0 else far
                    move[new + n] = far if z >= 0 else near
                    value = grad[here + n] - grad[here + n + ONE]
                    value += stay[old + n] * difference[old + n] + move[old + n + ONE] * difference[old + n + ONE]
                    difference[new + n] = value
                    dgate[here + n] = alpha[prev + n] * value * (far * near)
            else:
                for m in range(high):
                    n = high - ONE - m
                    value = grad[here + n] - grad[here + n + ONE]
                    value += gate[after + n] * difference[old + n]
                    value += (ONE_F - gate[after + n + ONE]) * difference[old + n + ONE]
                    difference[new + n] = value
                    dgate[here + n] = alpha[prev + n] * value
            difference[new + last] = ZERO_F
            if t == 0:
                for n in range(last):
                    before = start[r * tokens + n] if has_start else ZERO_F
                    dgate[here + n] = before * difference[new + n]
                    if logits:
                        dgate[here + n] *= stay[new + n] * move[new + n]
            for n in range(last, tokens):
                dgate[here + n] = ZERO_F
            new, old = old, new
        if has_start:
            # G of the start, from its last token back: G[n] = G[n+1] + D[n], then one step through the first gates.
            later = total
            dstart[r * tokens + last] = later
            for m in range(last):
                n = last - ONE - m
                this = later + difference[old + n]
                stays = stay[old + n] if logits else gate[base + n]
                moves = move[old + n] if logits else ONE_F - gate[base + n]
                dstart[r * tokens + n] = this * stays + later * moves
                later = this


@compile_kernel
def look_ahead(
    first: int, stop: int, energy: Any, texts: Any, mels: Any, gate: Any, log_z: Any, H: int, T: int, N: int
) -> None:
    """Logit of staying, given all that follows: (e+β)[t, n] − (e+β)[t, n+1] with the backward messages β."""
    # Recurs on d[n] = (e+β)[t, n+1] − (e+β)[t, n] instead of β itself, whose size grows with T and eats the digits:
    # d[t−1, n] = Δe[t−1, n] − softplus(−d[t, n]) + softplus(d[t, n+1]). d = ∞ where only moving on reaches the end,
    # and −∞ at the last token, which only stays.
    heads, frames, tokens = U(H), U(T), U(N)
    half = tokens + TWO * VECTOR
    gap = np.zeros(2 * (N + 32), energy.dtype)
    for r in range(U(first), U(stop)):
        last, length, base = U(texts[r // heads]) - ONE, U(mels[r // heads]), r * frames * tokens
        width = _width(last, tokens)
        new, old = U(0), half
        for n in range(last):
            gap[old + n] = np.inf
        gap[old + last] = -np.inf
        for i in range(base + length * tokens, base + frames * tokens):
            gate[i] = ZERO_F
        for step in range(length - ONE):
            t = length - ONE - step
            here = base + t * tokens
            prev = here - tokens
            for m in range(width):
                n = width - ONE - m
                d, following = gap[old + n], gap[old + n + ONE]
                gate[here + n] = -d
                onward = log1p(exp(-abs(following))) + (ZERO_F if following < 0 else following)
                behind = log1p(exp(-abs(d))) + (ZERO_F if d > 0 else -d)
                gap[new + n] = energy[prev + n + ONE] - energy[prev + n] - behind + onward
            gap[new + last] = -np.inf
            for n in range(last, tokens):
                gate[here + n] = ZERO_F
            new, old = old, new
        for n in range(tokens):
            gate[base + n] = ZERO_F
        # log Z along the likelier step at each frame: every −log P is at most log 2, so nothing cancels.
        total = np.float64(energy[base])
        n = U(0)
        for t in range(ONE, length):
            here = base + t * tokens
            if n < last:
                z = gate[here + n]
                total += math.log1p(math.exp(-abs(z)))
                if not z >= 0:
                    n += ONE
            total += energy[here + n]
        log_z[r] = total


@compile_kernel
def chain_adjoint(
    first: int,
    stop: int,
    dgate: Any,
    dlog_z: Any,
    gate: Any,
    texts: Any,
    mels: Any,
    denergy: Any,
    H: int,
    T: int,
    N: int,
) -> None:
    # Gradients run forward through the backward messages: the expectation's recursion with a source term.
    heads, frames, tokens = U(H), U(T), U(N)
    stay, move = np.zeros(N + 32, denergy.dtype), np.zeros(N + 32, denergy.dtype)
    for r in range(U(first), U(stop)):
        last, length, base = U(texts[r // heads]) - ONE, U(mels[r // heads]), r * frames * tokens
        width = _width(last + ONE, tokens)
        for n in range(tokens):
            denergy[base + n] = ZERO_F
        denergy[base] = dlog_z[r]
        for t in range(ONE, length):
            here = base + t * tokens
            prev = here - tokens
            _gates(gate, here, stay, move, width)
            stay[last] = ONE_F
            low, high = (U(0), width) if t > ONE else (ONE, last + ONE)
            for n in range(low, high):
                arrived = denergy[prev + n - ONE] * move[n] - dgate[here + n - ONE]
                denergy[here + n] = flush(denergy[prev + n] * stay[n] + dgate[here + n] + arrived)
            denergy[here] = flush(denergy[prev] * stay[0] + dgate[here])
            for n in range(last + ONE, tokens):
                denergy[here + n] = ZERO_F
        for i in range(base + length * tokens, base + frames * tokens):
            denergy[i] = ZERO_F


@compile_kernel
def best_path(
    first: int, stop: int, energy: Any, texts: Any, mels: Any, durations: Any, H: int, T: int, N: int
) -> None:
    heads, frames, tokens = U(H), U(T), U(N)
    half = tokens + TWO * VECTOR
    backpointers = np.zeros(T * N, np.uint8)
    best = np.zeros(2 * (N + 32), energy.dtype)
    for r in range(U(first), U(stop)):
        last, length, base = U(texts[r // heads]) - ONE, U(mels[r // heads]), r * frames * tokens
        new, old = U(0), half
        for n in range(tokens):
            best[old + n] = -np.inf
            durations[r * tokens + n] = 0
        best[old] = energy[base]
        for t in range(ONE, length):
            here, row = base + t * tokens, t * tokens
            best[new] = best[old] + energy[here]
            backpointers[row] = 0
            for n in range(ONE, last + ONE):
                stays, moves = best[old + n], best[old + n - ONE]
                backpointers[row + n] = moves > stays
                best[new + n] = (moves if moves > stays else stays) + energy[here + n]
            new, old = old, new
        n = last
        for step in range(length - ONE):
            t = length - ONE - step
            durations[r * tokens + n] += 1
            # A path that would not reach token 0 in time must move, whatever NaN or −inf made of the scores.
            if n > 0 and (backpointers[t * tokens + n] > 0 or n >= t):
                n -= ONE
        durations[r * tokens + n] += 1
