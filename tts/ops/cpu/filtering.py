"""The chain's posterior from the frames so far, compiled for the CPU, in the manner of `tts.ops.cpu.kernels`.

In logarithms: what is left behind may become likely again, where probabilities would have vanished. At frame t no path
is beyond token t.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tts.ops.cpu.kernels import ONE, ONE_F, ZERO_F, U, compile_kernel, exp, log1p

IMPOSSIBLE = np.float32(-1e30)


@compile_kernel
def _log_sum(a: Any, b: Any) -> Any:
    return (a + log1p(exp(b - a))) if a > b else (b + log1p(exp(a - b)))


@compile_kernel
def _transition(move: Any, has_move: bool, place: Any, zero: Any) -> Any:
    """log of staying and of moving on, and their probabilities; only the ratio matters where they are equal."""
    if not has_move:
        return zero, zero, zero, zero
    logit = move[place]
    x = exp(-abs(logit))
    near, far = ONE_F / (ONE_F + x), x / (ONE_F + x)
    likely = -log1p(x)
    if logit >= 0:
        return likely - logit, likely, far, near
    return likely, likely + logit, near, far


@compile_kernel
def weights(
    first: int, stop: int, energy: Any, move: Any, has_move: bool, texts: Any, mels: Any, weight: Any, logs: Any,
    H: int, T: int, N: int,
) -> None:  # fmt: skip
    heads, frames, tokens = U(H), U(T), U(N)
    zero = ZERO_F * weight.dtype.type(1)
    for r in range(U(first), U(stop)):
        text, length, base = U(texts[r // heads]), U(mels[r // heads]), r * frames * tokens
        for i in range(base, base + frames * tokens):
            weight[i] = ZERO_F
            logs[i] = IMPOSSIBLE
        for t in range(length):
            here = base + t * tokens
            prev = here - tokens
            reach = min(t + ONE, text)
            if t == 0:
                weight[here] = ONE_F
                logs[here] = ZERO_F
                continue
            staying, moving, _, _ = _transition(move, has_move, r * frames + t, zero)
            largest = zero + IMPOSSIBLE
            for n in range(reach):
                score = zero + IMPOSSIBLE
                if n < t:
                    score = logs[prev + n] + staying
                if n > 0:
                    score = _log_sum(score, logs[prev + n - ONE] + moving)
                score += energy[here + n]
                logs[here + n] = score
                largest = max(largest, score)
            total = zero
            for n in range(reach):
                logs[here + n] -= largest
                total += exp(logs[here + n])
            total_log = np.log(total)
            for n in range(reach):
                logs[here + n] -= total_log
                weight[here + n] = exp(logs[here + n]) if logs[here + n] == logs[here + n] else logs[here + n]


@compile_kernel
def adjoint(
    first: int, stop: int, grad: Any, move: Any, has_move: bool, texts: Any, mels: Any, logs: Any, denergy: Any,
    dmove: Any, H: int, T: int, N: int,
) -> None:  # fmt: skip
    # With D the gradient on a frame's unnormalised logarithms: D = w·(g − Σ w·g) + what comes back from the next frame,
    # of which each token's goes to staying and moving by their shares. The sum of D over the tokens is 0, so that
    # normalising the frame before adds nothing.
    heads, frames, tokens = U(H), U(T), U(N)
    zero = ZERO_F * denergy.dtype.type(1)
    slope, later = np.zeros(N, denergy.dtype), np.zeros(N, denergy.dtype)
    for r in range(U(first), U(stop)):
        text, length, base = U(texts[r // heads]), U(mels[r // heads]), r * frames * tokens
        for i in range(base, base + frames * tokens):
            denergy[i] = ZERO_F
        for n in range(tokens):
            later[n] = ZERO_F
        for step in range(length):
            t = length - ONE - step
            here = base + t * tokens
            prev = here - tokens
            reach = min(t + ONE, text)
            if t == 0:
                continue
            staying, moving, p_stay, p_move = _transition(move, has_move, r * frames + t, zero)
            mean = zero
            for n in range(reach):
                mean += exp(logs[here + n]) * grad[here + n]
            for n in range(reach):
                slope[n] = exp(logs[here + n]) * (grad[here + n] - mean) + later[n]
                later[n] = ZERO_F
                denergy[here + n] = slope[n]
            change = zero
            for n in range(reach):
                stay = ONE_F * slope[n]
                onward = ZERO_F * slope[n]
                if n == t:
                    stay, onward = onward, stay
                elif n > 0:
                    a, b = logs[prev + n] + staying, logs[prev + n - ONE] + moving
                    x = exp(-abs(a - b))
                    near, far = slope[n] / (ONE_F + x), slope[n] * x / (ONE_F + x)
                    stay, onward = (near, far) if a >= b else (far, near)
                if n < t:
                    later[n] += stay
                if n > 0:
                    later[n - ONE] += onward
                change += onward * p_stay - stay * p_move
            if has_move:
                dmove[r * frames + t] = change
