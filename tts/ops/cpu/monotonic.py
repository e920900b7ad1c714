"""Raffel's recursion compiled for the CPU, in the manner of `tts.ops.cpu.kernels`.

A frame goes from token to token, each waiting for the one before: nothing is vectorised.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tts.ops.cpu.kernels import ONE, ONE_F, ZERO_F, U, compile_kernel, exp, flush


@compile_kernel
def _stops(gate: Any, row: Any, logits: bool, stop: Any, skip: Any, tokens: Any) -> None:
    """Probabilities of stopping on each token of one frame, and of passing it."""
    for n in range(tokens):
        value = gate[row + n]
        if logits:
            x = exp(-abs(value))
            near = ONE_F / (ONE_F + x)
            far = x * near
            stop[n] = near if value >= 0 else far
            skip[n] = far if value >= 0 else near
        else:
            stop[n] = value
            skip[n] = ONE_F - value


@compile_kernel
def expectation(
    first: int, stop_row: int, gate: Any, logits: bool, start: Any, has_start: bool, texts: Any, mels: Any, alpha: Any,
    H: int, T: int, N: int,
) -> None:  # fmt: skip
    heads, frames, tokens = U(H), U(T), U(N)
    stop, skip, before = np.zeros(N, alpha.dtype), np.zeros(N, alpha.dtype), np.zeros(N, alpha.dtype)
    for r in range(U(first), U(stop_row)):
        text, length, base = U(texts[r // heads]), U(mels[r // heads]), r * frames * tokens
        for n in range(tokens):
            before[n] = start[r * tokens + n] if has_start else ZERO_F
        if not has_start:
            before[0] = ONE_F
        for t in range(length):
            here = base + t * tokens
            _stops(gate, here, logits, stop, skip, text)
            reached = ZERO_F * before[0]
            for n in range(text):
                reached += before[n]
                before[n] = flush(reached * stop[n])
                alpha[here + n] = before[n]
                reached = flush(reached * skip[n])
            for n in range(text, tokens):
                alpha[here + n] = ZERO_F
        for i in range(base + length * tokens, base + frames * tokens):
            alpha[i] = ZERO_F


@compile_kernel
def adjoint(
    first: int, stop_row: int, grad: Any, gate: Any, logits: bool, start: Any, has_start: bool, texts: Any, mels: Any,
    alpha: Any, dgate: Any, dstart: Any, H: int, T: int, N: int,
) -> None:  # fmt: skip
    # With G the whole gradient on α and Q that on what is reached: Q[n] = G[n]·stop[n] + Q[n+1]·skip[n], and Q of a
    # frame is what the frame before adds to its G.
    heads, frames, tokens = U(H), U(T), U(N)
    stop, skip = np.zeros(N, alpha.dtype), np.zeros(N, alpha.dtype)
    reached, later = np.zeros(N, alpha.dtype), np.zeros(N, alpha.dtype)
    for r in range(U(first), U(stop_row)):
        text, length, base = U(texts[r // heads]), U(mels[r // heads]), r * frames * tokens
        for n in range(tokens):
            later[n] = ZERO_F
        for i in range(base + length * tokens, base + frames * tokens):
            dgate[i] = ZERO_F
        for step in range(length):
            t = length - ONE - step
            here = base + t * tokens
            prev = here - tokens
            _stops(gate, here, logits, stop, skip, text)
            passing = ZERO_F * later[0]
            for n in range(text):
                if t > 0:
                    passing += alpha[prev + n]
                elif has_start:
                    passing += start[r * tokens + n]
                elif n == 0:
                    passing += ONE_F
                reached[n] = passing
                passing = flush(passing * skip[n])
            beyond = ZERO_F * later[0]
            for m in range(text):
                n = text - ONE - m
                total = grad[here + n] + later[n]
                slope = (total - beyond) * reached[n]
                if logits:
                    slope *= stop[n] * skip[n]
                dgate[here + n] = slope
                beyond = flush(total * stop[n] + beyond * skip[n])
                later[n] = beyond
            for n in range(text, tokens):
                dgate[here + n] = ZERO_F
        if has_start:
            for n in range(text):
                dstart[r * tokens + n] = later[n]
