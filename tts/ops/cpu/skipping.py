"""The chain with tokens that a path may step over, compiled for the CPU; conventions: `tts.ops.cpu.kernels`.

From token n at frame t − 1 a path stays, moves to n + 1, or skips to n + 2 where n + 1 is skippable. With the messages
A = e + β, the three are as exp(g[n]) : 1 : exp(−g[n+1]), where g[t, n] = A[t, n] − A[t, n+1]: the look-ahead gate
again, so it alone is stored. Messages are float64: their size grows with T.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tts.ops.cpu.kernels import ONE, ONE_F, TWO, ZERO_F, U, compile_kernel, exp, flush, log1p

IMPOSSIBLE = -1e30
"""Stands for log 0: differences of two of them are numbers."""
LN2 = np.float32(np.log(2))


@compile_kernel
def _transitions(gate: Any, here: Any, skippable: Any, item: Any, last: Any, transitions: Any, stride: Any) -> None:
    """Transition probabilities of every token before frame t, `stride` apart: stay, move by one, move by two."""
    for n in range(last):
        # Taken beside moving on: from n + 1 the end is no farther than from n, so where its message is impossible
        # that of n is too, and nothing else is lost in the difference.
        stay, skip = gate[here + n], -gate[here + n + ONE]
        allowed = n + ONE < last and skippable[item + n + ONE]
        top = max(stay, ZERO_F)
        if allowed:
            top = max(top, skip)
        stays, moves = exp(stay - top), exp(ZERO_F - top)
        skips = exp(skip - top) if allowed else ZERO_F
        total = ONE_F / (stays + moves + skips)
        transitions[n], transitions[stride + n] = stays * total, moves * total
        transitions[TWO * stride + n] = skips * total
    transitions[last], transitions[stride + last], transitions[TWO * stride + last] = ONE_F, ZERO_F, ZERO_F


@compile_kernel
def look_ahead(
    first: int, stop: int, energy: Any, skippable: Any, texts: Any, mels: Any, gate: Any, log_z: Any,
    H: int, T: int, N: int,
) -> None:  # fmt: skip
    heads, frames, tokens = U(H), U(T), U(N)
    ahead = np.zeros(N + 2, np.float64)
    terms = np.zeros(3, energy.dtype)
    for r in range(U(first), U(stop)):
        item, base = r // heads * tokens, r * frames * tokens
        last, length = U(texts[r // heads]) - ONE, U(mels[r // heads])
        for i in range(base, base + frames * tokens):
            gate[i] = ZERO_F
        for n in range(last):
            ahead[n] = IMPOSSIBLE
        ahead[last] = energy[base + (length - ONE) * tokens + last]
        for step in range(length - ONE):
            t = length - ONE - step
            here = base + t * tokens
            for n in range(last):  # upwards: what n reads of n + 1 and n + 2 is still that of frame t
                gate[here + n] = ahead[n] - ahead[n + ONE]
                allowed = n + ONE < last and skippable[item + n + ONE]
                top = max(ahead[n], ahead[n + ONE])
                if allowed:
                    top = max(top, ahead[n + TWO])
                terms[0], terms[1], terms[2] = ahead[n] - top, ahead[n + ONE] - top, ahead[n + TWO] - top
                others = exp(terms[0]) + exp(terms[1]) + (exp(terms[2]) if allowed else ZERO_F) - ONE_F
                log_sum = log1p(others) if others <= ONE_F else LN2 + log1p((others - ONE_F) / (ONE_F + ONE_F))
                ahead[n] = top + np.float64(log_sum) + energy[here - tokens + n]
            ahead[last] += energy[here - tokens + last]
        log_z[r] = ahead[0]


@compile_kernel
def expectation(
    first: int, stop: int, gate: Any, skippable: Any, texts: Any, mels: Any, gamma: Any, H: int, T: int, N: int
) -> None:
    heads, frames, tokens = U(H), U(T), U(N)
    stride = tokens + TWO
    transitions = np.zeros(3 * (N + 2), gamma.dtype)
    for r in range(U(first), U(stop)):
        item, base = r // heads * tokens, r * frames * tokens
        last, length = U(texts[r // heads]) - ONE, U(mels[r // heads])
        for i in range(base, base + frames * tokens):
            gamma[i] = ZERO_F
        gamma[base] = ONE_F
        for t in range(ONE, length):
            here = base + t * tokens
            prev = here - tokens
            _transitions(gate, here, skippable, item, last, transitions, stride)
            for n in range(last + ONE):
                value = gamma[prev + n] * transitions[n]
                if n >= ONE:
                    value += gamma[prev + n - ONE] * transitions[stride + n - ONE]
                if n >= TWO:
                    value += gamma[prev + n - TWO] * transitions[TWO * stride + n - TWO]
                gamma[here + n] = flush(value)


@compile_kernel
def adjoint(
    first: int, stop: int, dgamma: Any, dlog_z: Any, gamma: Any, gate: Any, skippable: Any, texts: Any, mels: Any,
    denergy: Any, H: int, T: int, N: int,
) -> None:  # fmt: skip
    heads, frames, tokens = U(H), U(T), U(N)
    stride = tokens + TWO
    transitions = np.zeros(3 * (N + 2), gamma.dtype)
    later = np.zeros(N + 2, np.float64)
    for r in range(U(first), U(stop)):
        item, base = r // heads * tokens, r * frames * tokens
        last, length = U(texts[r // heads]) - ONE, U(mels[r // heads])
        for i in range(base, base + frames * tokens):
            denergy[i] = ZERO_F
        for n in range(last + ONE):
            later[n] = dgamma[base + (length - ONE) * tokens + n]
        for n in range(last + ONE, tokens + TWO):
            later[n] = 0.0
        # From the last frame to the first: G, the gradient on γ, and through each transition that on the messages.
        for step in range(length - ONE):
            here = base + (length - ONE - step) * tokens
            prev = here - tokens
            _transitions(gate, here, skippable, item, last, transitions, stride)
            for n in range(last + ONE):
                one, two = transitions[stride + n], transitions[TWO * stride + n]
                to_one, to_two = later[n + ONE] - later[n], later[n + TWO] - later[n]
                gain = one * to_one + two * to_two
                mass = np.float64(gamma[prev + n])
                denergy[here + n] -= mass * transitions[n] * gain
                if n < last:
                    denergy[here + n + ONE] += mass * one * (to_one - gain)
                if n + ONE < last:
                    denergy[here + n + TWO] += mass * two * (to_two - gain)
                later[n] += gain + dgamma[prev + n]
        # From the first frame to the last: messages depend on those of the next frame.
        denergy[base] = dlog_z[r]
        for t in range(ONE, length):
            here = base + t * tokens
            prev = here - tokens
            _transitions(gate, here, skippable, item, last, transitions, stride)
            for n in range(last + ONE):
                value = denergy[here + n] + denergy[prev + n] * transitions[n]
                if n >= ONE:
                    value += denergy[prev + n - ONE] * transitions[stride + n - ONE]
                if n >= TWO:
                    value += denergy[prev + n - TWO] * transitions[TWO * stride + n - TWO]
                denergy[here + n] = flush(value)


@compile_kernel
def best_path(
    first: int, stop: int, energy: Any, skippable: Any, texts: Any, mels: Any, durations: Any, H: int, T: int, N: int
) -> None:
    heads, frames, tokens = U(H), U(T), U(N)
    backpointers = np.zeros(T * N, np.uint8)
    best = np.zeros(N, np.float64)
    for r in range(U(first), U(stop)):
        item, base = r // heads * tokens, r * frames * tokens
        last, length = U(texts[r // heads]) - ONE, U(mels[r // heads])
        for n in range(tokens):
            best[n] = IMPOSSIBLE
            durations[r * tokens + n] = 0
        best[0] = energy[base]
        for t in range(ONE, length):
            here = t * tokens
            for m in range(last + ONE):  # downwards: what n reads of n − 1 and n − 2 is still that of frame t − 1
                n = last - m
                value, step_back = best[n], 0
                if n >= ONE and best[n - ONE] > value:
                    value, step_back = best[n - ONE], 1
                if n >= TWO and skippable[item + n - ONE] and best[n - TWO] > value:
                    value, step_back = best[n - TWO], 2
                best[n] = value + energy[base + here + n]
                backpointers[here + n] = step_back
        n = last
        for step in range(length - ONE):
            t = length - ONE - step
            durations[r * tokens + n] += 1
            n -= min(U(backpointers[t * tokens + n]), n)
        durations[r * tokens + n] += 1
