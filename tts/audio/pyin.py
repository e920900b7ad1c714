"""Probabilistic YIN (Mauch and Dixon 2014): the fundamental frequency of every frame of a recording.

The difference between a frame and itself, shifted by a lag, has troughs at the lags that are periods (YIN, de Cheveigné
and Kawahara 2002). YIN takes the first trough below a threshold. Here a hundred thresholds choose, each with a weight,
so that a frame has several periods, each with a probability. Viterbi finds the best path through them: its states are
bins of a fifth of a semitone, each once voiced and once unvoiced.

What the paper leaves open is as in `librosa.pyin`, and so is the result, with `beta_parameters=(2, 8)`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor
from torch.nn.functional import pad

BINS_A_SEMITONE = 5
THRESHOLDS = 100
STRICTNESS = 8
"""Of the thresholds: their mean is 2 / (2 + STRICTNESS). librosa's, 18, takes a creaky voice for unvoiced (docs/LOG.md,
"Low voices")."""
DECAY = math.exp(-2)
"""Probability of a trough below a threshold, over that of the one before."""
NO_TROUGH = 0.01
"""Share of the thresholds with no trough below them that the lowest trough gets; the rest is for unvoiced."""
SWITCH = 0.01
"""Probability that the next frame is unvoiced after a voiced one, or voiced after an unvoiced one."""
STRETCH = 64
"""Frames worked on at a time: what they take fits a core's cache."""

TINY = float(np.finfo(np.float64).tiny)
"""Added to what is observed: no state is impossible, and no logarithm infinite."""
SWITCHES = np.log([[1 - SWITCH, SWITCH], [SWITCH, 1 - SWITCH]])

compile_kernel = njit(cache=True, nogil=True, error_model="numpy")


class PitchTracker:
    """Finds the pitch of recordings at one setting.

    Parameters
    ----------
    rate: samples a second.
    hop: samples between frames; frame t is centred on sample t · hop, with zeros beyond the ends.
    length: samples of a frame, even; at least twice the longest period.
    lowest, highest: of the pitch, in Hz.
    fastest: change of pitch, in octaves a second.

    Raises
    ------
    ValueError: `highest` is more than half the sample rate.
    """

    def __init__(self, rate: int, hop: int, length: int, lowest: float, highest: float, fastest: float) -> None:
        if highest > rate / 2:
            raise ValueError(f"no pitch of {highest:g} Hz can be found at a sample rate of {rate} Hz")
        self.rate, self.hop, self.length, self.lowest = rate, hop, length, float(lowest)
        self.shortest, self.longest = math.floor(rate / highest), math.ceil(rate / lowest)  # periods, in samples
        self.bins = math.floor(12 * BINS_A_SEMITONE * math.log2(highest / lowest)) + 1
        thresholds = np.arange(THRESHOLDS + 1) / THRESHOLDS
        # Their weights up to each: the distribution function of beta(2, STRICTNESS).
        self.below = 1 - (1 - thresholds) ** STRICTNESS * (1 + STRICTNESS * thresholds)
        self.moves, self.spread = _moves(round(fastest * 12 * hop / rate) * BINS_A_SEMITONE + 1, self.bins)

    def __call__(self, wav: Tensor) -> np.ndarray:
        """Hz in every frame, 0 where unvoiced: `[samples]` → float64 `[1 + samples // hop]`.

        Raises
        ------
        ValueError: a sample is not finite.
        """
        if not wav.isfinite().all():
            raise ValueError("the recording has samples that are not finite numbers")
        frames = pad(wav.float(), (self.length // 2, self.length // 2)).unfold(0, self.length, self.hop)
        scores, came_from = np.empty((2, self.bins)), np.empty((len(frames), 2 * self.bins), np.uint16)
        for start in range(0, len(frames), STRETCH):
            part = frames[start : start + STRETCH].contiguous()
            voiced, unvoiced = _observe(
                part.numpy(), self._correlate(part), self.shortest, self.below, self.rate, self.lowest, self.bins
            )
            if start == 0:
                scores[0], scores[1] = voiced[0], unvoiced[0]
            _advance(scores, voiced, unvoiced, int(start == 0), self.moves, self.spread, came_from[start:])
        states = _trace(int(scores.argmax()), came_from)
        return np.where(states < self.bins, self.lowest * 2 ** (states / (12 * BINS_A_SEMITONE)), 0.0)

    def _correlate(self, frames: Tensor) -> np.ndarray:
        """Of each frame with itself, at lags from 0 to the longest period: `[T, length]` → `[T, 1 + longest]`."""
        size = 3 * self.length // 2  # so that no such lag wraps round
        spectrum = torch.fft.rfft(frames, size)
        power = spectrum.real.square() + spectrum.imag.square()
        return torch.fft.irfft(power, size)[:, : self.longest + 1].contiguous().numpy()


def _moves(width: int, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of the weights of moves between bins, a triangle over `width` of them, and of their sum from each bin,
    `[bins]`."""
    weights = 1 - np.abs(np.arange(width) - (width - 1) / 2) / ((width + 1) // 2)
    arrival = np.arange(bins)[:, None] + np.arange(width) - (width - 1) // 2
    return np.log(weights), np.log(np.where((arrival >= 0) & (arrival < bins), weights, 0).sum(1))


@compile_kernel
def _observe(
    frames: Any, correlation: Any, shortest: int, below: Any, rate: int, lowest: float, bins: int
) -> tuple[Any, Any]:
    """Log probabilities of what is seen in each frame: in every voiced state `[T, bins]`, in any unvoiced one `[T]`."""
    lags = correlation.shape[1] - shortest
    difference, troughs, shares = np.empty(lags), np.empty(lags, np.int64), np.empty(lags)
    voiced, unvoiced = np.zeros((len(frames), bins)), np.empty(len(frames))
    for t in range(len(frames)):
        _normalised_difference(frames[t], correlation[t], shortest, difference)
        count = _find_troughs(difference, troughs)
        _vote(difference, troughs[:count], below, shares)
        for n in range(count):
            period = shortest + troughs[n] + _offset(difference, troughs[n])
            place = np.rint(12 * BINS_A_SEMITONE * np.log2(rate / period / lowest))
            if shares[n] > 0 and place < bins:
                voiced[t, int(max(place, 0))] = shares[n]  # of periods in the same bin, the longest, as in librosa
        unvoiced[t] = math.log(max(1 - voiced[t].sum(), 0) / bins + TINY)
        for k in range(bins):
            voiced[t, k] = math.log(voiced[t, k] + TINY)
    return voiced, unvoiced


@compile_kernel
def _normalised_difference(frame: Any, correlation: Any, shortest: int, difference: Any) -> None:
    """Squared differences at lags from the shortest on, each over the mean of all up to it."""
    energy, total = 0.0, frame[0] ** 2  # librosa's mean has the first sample too much
    for lag in range(1, len(correlation)):
        energy += frame[lag - 1] ** 2
        squared = 2 * (correlation[0] - correlation[lag]) - energy
        total += squared
        if lag >= shortest:
            difference[lag - shortest] = squared / (total / lag + TINY)


@compile_kernel
def _find_troughs(difference: Any, troughs: Any) -> int:
    """Write the places of local minima to `troughs`; how many there are."""
    count, last = 0, len(difference) - 1
    for n in range(last + 1):
        falls = difference[n] < difference[n - 1] if n > 0 else difference[0] < difference[1]
        if falls and (n == last or difference[n] <= difference[n + 1]):
            troughs[count] = n
            count += 1
    return count


@compile_kernel
def _vote(difference: Any, troughs: Any, below: Any, shares: Any) -> None:
    """Write the probability of each trough: every threshold shares its weight among the troughs that are below it."""
    if len(troughs) == 0:
        return
    above = np.empty(len(troughs), np.int64)  # the first threshold above each trough
    lowest = 0
    for n in range(len(troughs)):
        above[n] = max(0, min(THRESHOLDS, math.floor(difference[troughs[n]] * THRESHOLDS)))
        shares[n] = 0.0
        if difference[troughs[n]] < difference[troughs[lowest]]:
            lowest = n
    shares[lowest] = NO_TROUGH * below[above[lowest]]
    for k in range(above[lowest], THRESHOLDS):
        part, total = 1.0, 0.0
        for n in range(len(troughs)):
            if above[n] <= k:
                total += part
                part *= DECAY
        part = (below[k + 1] - below[k]) / total
        for n in range(len(troughs)):
            if above[n] <= k:
                shares[n] += part
                part *= DECAY


@compile_kernel
def _offset(difference: Any, n: int) -> float:
    """How far from trough n the parabola through it and its neighbours is lowest; 0 if further than they are."""
    if n == 0 or n == len(difference) - 1:
        return 0.0
    curvature = difference[n + 1] + difference[n - 1] - 2 * difference[n]
    slope = (difference[n + 1] - difference[n - 1]) / 2
    return -slope / curvature if abs(slope) < abs(curvature) else 0.0


@compile_kernel
def _advance(scores: Any, voiced: Any, unvoiced: Any, first: int, moves: Any, spread: Any, came_from: Any) -> None:
    """Viterbi over the frames from `first` on. Brings up to date the log probability of the best path to each state,
    `scores` `[2, bins]`, and writes which state that path came from, `came_from[t]`.

    Moves beyond the triangle are impossible; librosa's least probability of them decides nothing.
    """
    bins = len(spread)
    arrived, origin = np.empty((2, bins)), np.empty((2, bins), np.int64)
    for t in range(first, len(voiced)):
        for side in range(2):
            _move(scores[side] - spread, moves, arrived[side], origin[side])
        for side in range(2):
            for n in range(bins):
                from_voiced, from_unvoiced = arrived[0, n] + SWITCHES[0, side], arrived[1, n] + SWITCHES[1, side]
                if from_voiced >= from_unvoiced:
                    score, state = from_voiced, origin[0, n]
                else:
                    score, state = from_unvoiced, origin[1, n] + bins
                scores[side, n] = score + (voiced[t, n] if side == 0 else unvoiced[t])
                came_from[t, side * bins + n] = state


@compile_kernel
def _move(leaving: Any, moves: Any, arrived: Any, origin: Any) -> None:
    """The best score with which a move arrives in each bin, and from which bin."""
    bins, width = len(leaving), len(moves)
    padded = np.full(bins + width - 1, -np.inf)
    padded[width // 2 : width // 2 + bins] = leaving
    arrived[:] = -np.inf
    for k in range(width):
        shifted, move = padded[k : k + bins], moves[k]
        for n in range(bins):  # selects, not branches: they are vectorised
            better = shifted[n] + move > arrived[n]
            arrived[n] = shifted[n] + move if better else arrived[n]
            origin[n] = n + k - width // 2 if better else origin[n]


def _trace(last: int, came_from: np.ndarray) -> np.ndarray:
    """The states of the path that ends in `last`, `[T]`."""
    states = np.empty(len(came_from), np.int64)
    states[-1] = last
    for t in range(len(states) - 1, 0, -1):
        states[t - 1] = came_from[t, states[t]]
    return states
