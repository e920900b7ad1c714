"""The recursions of stepwise monotonic attention: one public function each, the same result on each backend.

Shapes: B batch, H heads, T mel frames, N text tokens. Energies, gates and alignments are `[B, H, T, N]`, lengths int64
`[B]` with at least one token and one frame each. State is float32 (float64 stays float64), and so are the outputs.

Backends: `cpu` (numba) for tensors on the CPU, `reference` (plain torch, any device) otherwise and for `skippable`.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from tts.ops import cpu, reference

Backend = Literal["reference", "cpu"]


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
    if stay.dtype in (torch.float16, torch.bfloat16) and not from_logits:
        raise ValueError("half precision rounds probabilities next to 1 away: pass logits with from_logits=True")
    stay, text_lengths, mel_lengths = _checked(stay, text_lengths, mel_lengths)
    if initial is not None:
        initial = initial.to(stay.dtype)
    chosen = cpu if _pick(stay, backend) == "cpu" else reference
    return chosen.expectation(stay, text_lengths, mel_lengths, initial, from_logits)


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
    energy, text_lengths, mel_lengths = _checked(energy, text_lengths, mel_lengths)
    _check_reachable(text_lengths, mel_lengths, skippable)
    if skippable is None and _pick(energy, backend) == "cpu":
        return cpu.marginals(energy, text_lengths, mel_lengths)
    return reference.marginals(energy, text_lengths, mel_lengths, skippable)


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
    energy, text_lengths, mel_lengths = _checked(energy.detach(), text_lengths, mel_lengths)
    _check_reachable(text_lengths, mel_lengths, skippable)
    if skippable is None and _pick(energy, backend) == "cpu":
        return cpu.viterbi(energy, text_lengths, mel_lengths)
    return reference.viterbi(energy, text_lengths, mel_lengths, skippable)


def _pick(tensor: Tensor, backend: Backend | None) -> Backend:
    return backend or ("cpu" if tensor.device.type == "cpu" else "reference")


def _checked(tensor: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    if tensor.dim() != 4:
        raise ValueError(f"expected [B, H, T, N], got shape {tuple(tensor.shape)}")
    for name, lengths, size in (
        ("text", text_lengths, tensor.shape[3]),
        ("mel", mel_lengths, tensor.shape[2]),
    ):
        if lengths.shape != (tensor.shape[0],):
            raise ValueError(f"{name}_lengths must be [B] = [{tensor.shape[0]}], got {tuple(lengths.shape)}")
        if lengths.numel() and not (int(lengths.min()) >= 1 and int(lengths.max()) <= size):
            raise ValueError(f"{name}_lengths must lie between 1 and {size}, got {lengths.tolist()}")
    state = tensor if tensor.dtype == torch.float64 else tensor.float()
    return state, text_lengths.to(tensor.device, torch.int64), mel_lengths.to(tensor.device, torch.int64)


def _check_reachable(text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None) -> None:
    obligatory = text_lengths
    if skippable is not None:
        inside = torch.arange(skippable.shape[1], device=skippable.device) < text_lengths[:, None]
        # A step passes over one token at most, and paths start and end on the first and last.
        steps = torch.ones_like(text_lengths)
        for b in range(len(text_lengths)):
            flags = (skippable[b] & inside[b])[1 : int(text_lengths[b]) - 1].tolist()
            count, skipped = 0, False
            for flag in flags:
                skipped = flag and not skipped
                count += not skipped
            steps[b] = 1 + count + int(text_lengths[b] > 1)
        obligatory = steps
    short = (mel_lengths < obligatory).nonzero().flatten().tolist()
    if short:
        b = short[0]
        raise ValueError(
            f"item {b} of the batch has {int(mel_lengths[b])} frames for {int(obligatory[b])} obligatory tokens: "
            "reject the utterance or use a shorter hop or a lower reduction factor"
        )
