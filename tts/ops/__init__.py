"""The recursions of monotonic attention: one public function each, the same result on each backend.

Shapes: B batch, H heads, T mel frames, N text tokens. Energies, gates and alignments are `[B, H, T, N]`, lengths int64
`[B]` with at least one token and one frame each. State is float32 (float64 stays float64), and so are the outputs.

Backends: `compiled` (numba on a CPU, Triton on a GPU), and `reference` (plain torch, any device), which also runs
where there is no compiled one: for more than 1,024 tokens on a GPU, without Triton, and on other devices.
Lengths on a GPU are trusted, since reading them would stall it; all others are checked.
"""

from __future__ import annotations

import importlib.util
from typing import Literal

import torch
from torch import Tensor

from tts.ops import library, reference
from tts.ops.lengths import check_lengths, check_reachable

Backend = Literal["reference", "compiled"]

HAS_TRITON = importlib.util.find_spec("triton") is not None
MOST_TOKENS_ON_A_GPU = 1024


def stepwise_expectation(
    stay: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None = None,
    from_logits: bool = False,
    backend: Backend | None = None,
) -> Tensor:
    """Where the pointer is expected: α[t,n] = α[t−1,n]·stay[t,n] + α[t−1,n−1]·(1 − stay[t,n−1]).

    He, Deng, He 2019 (arXiv 1906.00672). The last valid token absorbs, so every valid frame sums to one.

    Parameters
    ----------
    stay: `[B, H, T, N]`, probability to stay on token n when frame t comes, or its logit with `from_logits`
        (half precision as logits only).
    initial: `[B, H, N]`, α before the first frame. Without it frame 0 is on token 0; the recursion starts at frame 1.

    Returns
    -------
    α `[B, H, T, N]`, zero outside the lengths; differentiable in `stay` and `initial`.

    Raises
    ------
    ValueError: half-precision probabilities, or lengths outside the tensor.
    """
    return _expected("expectation", stay, text_lengths, mel_lengths, initial, from_logits, backend)


def monotonic_expectation(
    stop: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None = None,
    from_logits: bool = False,
    backend: Backend | None = None,
) -> Tensor:
    """Where a pointer is expected that may pass any number of tokens in a frame: each frame it goes on from where it
    was, and stops on token n with probability stop[t,n], else passes it.

    Raffel et al. 2017 (arXiv 1704.00784), equations 8 and 9: q[t,n] = q[t,n−1]·(1 − stop[t,n−1]) + α[t−1,n] and
    α[t,n] = stop[t,n]·q[t,n]. Token by token, and so without the cumulative products and their inverses of the paper's
    closed form, which vanish in long texts. What passes the last token is lost, as in the paper.

    Parameters
    ----------
    stop: `[B, H, T, N]`, the probability, or its logit with `from_logits` (half precision as logits only).
    initial: `[B, H, N]`, α before the first frame; on token 0 if not given.

    Returns
    -------
    α `[B, H, T, N]`, zero outside the lengths; differentiable in `stop` and `initial`.

    Raises
    ------
    ValueError: half-precision probabilities, or lengths outside the tensor.
    """
    return _expected("monotonic", stop, text_lengths, mel_lengths, initial, from_logits, backend)


def stepwise_filtering(
    energy: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    move: Tensor | None = None,
    backend: Backend | None = None,
) -> Tensor:
    """Posterior of the monotonic chain from the frames so far, which forward attention reads.

    Zhang et al. 2018 (arXiv 1807.06736), equations 8 and 9: w[t,n] ∝ exp e[t,n] · ((1 − u[t])·w[t−1,n] +
    u[t]·w[t−1,n−1]) with u = σ(move), the transition agent; without it both count the same (equation 6).

    Parameters
    ----------
    energy: `[B, H, T, N]`, log weight of token n at frame t. Frame 0 is on token 0.
    move: `[B, H, T]`, logit of moving on when frame t comes; that of frame 0 is not read.

    Returns
    -------
    w `[B, H, T, N]`, each valid frame summing to one; differentiable in both.

    Raises
    ------
    ValueError: lengths outside the tensor.
    """
    energy, text_lengths, mel_lengths, compiled = _prepare(energy, text_lengths, mel_lengths, backend)
    if move is not None:
        move = move.to(energy.dtype)
    weights, _ = (library if compiled else reference).filtering(energy, text_lengths, mel_lengths, move)
    return weights


def stepwise_marginals(
    energy: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    skippable: Tensor | None = None,
    backend: Backend | None = None,
) -> tuple[Tensor, Tensor]:
    """Posterior of the monotonic chain: paths from the first token to the last, staying or moving on by one a frame.

    −log Z of energies log-softmaxed over the text is the forward-sum loss (Badlani et al. 2021, arXiv 2108.10447).

    Parameters
    ----------
    energy: `[B, H, T, N]`, log weight of token n at frame t.
    skippable: bool `[B, N]`, tokens that a path may step over.

    Returns
    -------
    γ `[B, H, T, N]`, each valid frame summing to one, and log Z `[B, H]`; both differentiable.

    Raises
    ------
    ValueError: fewer frames than obligatory tokens, or lengths outside the tensor.
    """
    energy, text_lengths, mel_lengths, compiled = _prepare(energy, text_lengths, mel_lengths, backend, True, skippable)
    if not compiled:
        return reference.marginals(energy, text_lengths, mel_lengths, skippable)
    gamma, log_z, _ = library.marginals(energy, text_lengths, mel_lengths, skippable)
    return gamma, log_z


def stepwise_viterbi(
    energy: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    skippable: Tensor | None = None,
    backend: Backend | None = None,
) -> Tensor:
    """Frames per token on the best path of the same chain, int64 `[B, H, N]`, summing to the mel length.

    Each at least 1 unless skippable. Not differentiable. Raises as `stepwise_marginals`.
    """
    energy, text_lengths, mel_lengths, compiled = _prepare(
        energy.detach(), text_lengths, mel_lengths, backend, True, skippable
    )
    if not compiled:
        return reference.viterbi(energy, text_lengths, mel_lengths, skippable)
    return library.viterbi(energy, text_lengths, mel_lengths, skippable)


def _expected(
    name: Literal["expectation", "monotonic"],
    gate: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    initial: Tensor | None,
    from_logits: bool,
    backend: Backend | None,
) -> Tensor:
    if gate.dtype in (torch.float16, torch.bfloat16) and not from_logits:
        raise ValueError("half precision rounds probabilities next to 1 away: pass logits with from_logits=True")
    gate, text_lengths, mel_lengths, compiled = _prepare(gate, text_lengths, mel_lengths, backend)
    if initial is not None:
        initial = initial.to(gate.dtype)
    return getattr(library if compiled else reference, name)(gate, text_lengths, mel_lengths, initial, from_logits)


def _prepare(
    tensor: Tensor,
    text_lengths: Tensor,
    mel_lengths: Tensor,
    backend: Backend | None,
    to_the_end: bool = False,
    skippable: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor, bool]:
    """Tensor in the state's type, lengths beside it, and whether the compiled backend takes it."""
    if tensor.dim() != 4:
        raise ValueError(f"expected [B, H, T, N], got shape {tuple(tensor.shape)}")
    for name, lengths in (("text", text_lengths), ("mel", mel_lengths)):
        if lengths.shape != (tensor.shape[0],):
            raise ValueError(f"{name}_lengths must be [B] = [{tensor.shape[0]}], got {tuple(lengths.shape)}")
    compiled = backend != "reference" and _has_compiled(tensor)
    if backend == "compiled" and not compiled:
        raise ValueError("no compiled backend for this device or number of tokens")
    # The CPU's operators look at lengths themselves, where torch.compile cannot see it.
    if text_lengths.device.type == "cpu" and not (compiled and tensor.device.type == "cpu"):
        check_lengths(tensor.shape, text_lengths, mel_lengths)
        if to_the_end:
            check_reachable(text_lengths, mel_lengths, skippable)
    state = tensor if tensor.dtype == torch.float64 else tensor.float()
    return state, text_lengths.to(tensor.device, torch.int64), mel_lengths.to(tensor.device, torch.int64), compiled


def _has_compiled(tensor: Tensor) -> bool:
    if tensor.device.type == "cuda":
        return HAS_TRITON and tensor.shape[3] <= MOST_TOKENS_ON_A_GPU
    return tensor.device.type == "cpu"
