"""The public functions on a GPU against float64 on the CPU: every size that is promised, and how users meet them.

Without a GPU they are left out; `test_gpu.py` runs the kernels through Triton's interpreter everywhere.
"""

from __future__ import annotations

import threading

import pytest
import torch
from test_recursions import assert_close
from torch import Tensor

from tts.ops import (
    library,
    monotonic_expectation,
    stepwise_expectation,
    stepwise_filtering,
    stepwise_marginals,
    stepwise_viterbi,
)

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]

SHAPES = [
    # batch, heads, frames, tokens
    (3, 2, 50, 1),
    (2, 2, 61, 61),
    (3, 4, 800, 128),
    (2, 1, 2000, 300),
    (2, 2, 1500, 1024),
    (1, 1, 1024, 1024),
    (1, 2, 8192, 64),
]
LARGEST = 14.0
"""Of the logits: near saturation."""
FLOAT32 = 1e-5
CHAIN = {"gamma": 3e-5, "log_z": FLOAT32, "denergy": 3e-4}
"""Relative errors of float32. Chains this long through energies this wild end in differences of large numbers; float32
on a CPU is off by 6e-6 and, in gradients, 6e-5."""


def problem(shape: tuple[int, int, int, int], skips: bool = False) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Energies in ±14 in float64, ragged lengths with the longest first, and half of the tokens to step over."""
    batch, _, frames, tokens = shape
    generator = torch.Generator().manual_seed(frames + tokens)
    energy = (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1) * LARGEST
    texts = torch.tensor([max(1, tokens - 3 * b) for b in range(batch)])
    mels = torch.tensor([max(int(n), frames - 7 * b) for b, n in enumerate(texts)])
    flags = torch.rand(batch, tokens, generator=generator) < 0.5
    return energy, texts, mels, flags if skips else None


def expectation_results(energy: Tensor, lengths: tuple[Tensor, Tensor], start: Tensor, weight: Tensor) -> list[Tensor]:
    x, first = energy.detach().requires_grad_(), start.detach().requires_grad_()
    alpha = stepwise_expectation(x, *lengths, first, from_logits=True)
    return [alpha, *torch.autograd.grad((alpha * weight).sum(), (x, first))]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["monotonic", "filtering"])
def test_other_recursions(shape: tuple[int, int, int, int], name: str) -> None:
    energy, texts, mels, _ = problem(shape)
    move, weight = torch.randn(shape[:3], dtype=torch.float64), torch.randn(shape, dtype=torch.float64)

    def results(x: Tensor, m: Tensor, lengths: tuple[Tensor, Tensor], weight: Tensor) -> list[Tensor]:
        x, m = x.detach().requires_grad_(), m.detach().requires_grad_()
        if name == "monotonic":
            alpha = monotonic_expectation(x, *lengths, from_logits=True)
        else:
            alpha = stepwise_filtering(x, *lengths, m)
        given = torch.autograd.grad((alpha * weight).sum(), (x, m), allow_unused=True, materialize_grads=True)
        return [alpha, *given]

    rounded = energy.float()
    want = results(rounded.double(), move.float().double(), (texts, mels), weight)
    got = results(rounded.cuda(), move.float().cuda(), (texts.cuda(), mels.cuda()), weight.float().cuda())
    for label, ours, theirs in zip(("alpha", "denergy", "dmove"), got, want, strict=True):
        assert_close(label, ours.cpu(), theirs, 3e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_expectation(shape: tuple[int, int, int, int]) -> None:
    energy, texts, mels, _ = problem(shape)
    batch, heads, _, tokens = shape
    start = torch.rand(batch, heads, tokens, dtype=torch.float64)
    start = (start * (torch.arange(tokens) < texts[:, None])[:, None]).softmax(-1)
    weight = torch.randn(shape, dtype=torch.float64)
    rounded = energy.float()
    want = expectation_results(rounded.double(), (texts, mels), start, weight)
    got = expectation_results(rounded.cuda(), (texts.cuda(), mels.cuda()), start.float().cuda(), weight.float().cuda())
    for name, ours, theirs in zip(("alpha", "dlogits", "dstart"), got, want, strict=True):
        assert_close(name, ours.cpu(), theirs, FLOAT32)


@pytest.mark.parametrize("skips", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_marginals(shape: tuple[int, int, int, int], skips: bool) -> None:
    energy, texts, mels, flags = problem(shape, skips)
    weight, weight_z = torch.randn(shape, dtype=torch.float64), torch.randn(shape[:2], dtype=torch.float64)
    rounded = energy.float()
    found = []
    for device, dtype in (("cuda", torch.float32), ("cpu", torch.float64)):
        x = rounded.to(device, dtype).requires_grad_()
        gamma, log_z = stepwise_marginals(
            x, texts.to(device), mels.to(device), None if flags is None else flags.to(device)
        )
        loss = (gamma * weight.to(gamma)).sum() + (log_z * weight_z.to(log_z)).sum()
        (gradient,) = torch.autograd.grad(loss, x)
        found.append((gamma.cpu(), log_z.cpu(), gradient.cpu()))
    for name, ours, theirs in zip(("gamma", "log_z", "denergy"), *found, strict=True):
        assert_close(name, ours, theirs, CHAIN[name])


@pytest.mark.parametrize("skips", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_best_path(shape: tuple[int, int, int, int], skips: bool) -> None:
    energy, texts, mels, flags = problem(shape, skips)
    on_gpu = [t if t is None else t.cuda() for t in (energy, texts, mels, flags)]
    assert torch.equal(stepwise_viterbi(*on_gpu).cpu(), stepwise_viterbi(energy, texts, mels, flags))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_logits_have_float32_state(dtype: torch.dtype) -> None:
    energy, texts, mels, _ = problem((2, 2, 300, 40))
    half = energy.to(dtype)
    got = stepwise_expectation(half.cuda(), texts.cuda(), mels.cuda(), from_logits=True)
    assert got.dtype == torch.float32
    assert_close("alpha", got.cpu(), stepwise_expectation(half.double(), texts, mels, from_logits=True), FLOAT32)


def test_other_layouts_no_elements_and_not_a_number() -> None:
    energy, texts, mels, _ = problem((2, 3, 30, 12))
    lengths = texts.cuda(), mels.cuda()
    energy = energy.cuda()
    turned = energy.transpose(2, 3).contiguous().transpose(2, 3)
    assert not turned.is_contiguous()
    want = stepwise_expectation(energy, *lengths, from_logits=True)
    assert torch.equal(stepwise_expectation(turned, *lengths, from_logits=True), want)
    none = torch.zeros(0, dtype=torch.int64, device="cuda")
    assert stepwise_marginals(energy[:0], none, none)[0].shape == (0, 3, 30, 12)
    energy[0, 0, 5, 2] = float("nan")
    alpha = stepwise_expectation(energy, *lengths, from_logits=True)
    assert alpha[0, 0, 20].isnan().any() and alpha[1].isfinite().all() and alpha[0, 1].isfinite().all()
    assert stepwise_marginals(energy, *lengths)[1].isnan().tolist() == [[True, False, False], [False] * 3]


def test_more_tokens_than_a_program_holds_take_the_reference() -> None:
    energy, texts, mels, _ = problem((1, 1, 1100, 1030))
    want = stepwise_viterbi(energy, texts, mels)
    assert torch.equal(stepwise_viterbi(energy.cuda(), texts.cuda(), mels.cuda()).cpu(), want)
    with pytest.raises(ValueError, match="no compiled backend"):
        stepwise_viterbi(energy.cuda(), texts.cuda(), mels.cuda(), backend="compiled")


@pytest.mark.parametrize("skips", [False, True])
def test_operators_pass_opcheck(skips: bool) -> None:
    energy, texts, mels, flags = problem((2, 2, 9, 5), skips)
    lengths = texts.cuda(), mels.cuda()
    x, on_gpu = energy.cuda().requires_grad_(), None if flags is None else flags.cuda()
    torch.library.opcheck(library.expectation, (x, *lengths, None, True))
    torch.library.opcheck(library.marginals, (x, *lengths, on_gpu))
    torch.library.opcheck(library.viterbi, (x.detach(), *lengths, on_gpu))


@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_torch_compile_takes_them_whole(backend: str) -> None:
    energy, texts, mels, _ = problem((2, 2, 40, 12))
    lengths, x = (texts.cuda(), mels.cuda()), energy.cuda().requires_grad_()

    def loss(e: Tensor) -> Tensor:
        alpha = stepwise_expectation(e * 2, *lengths, from_logits=True)
        gamma, log_z = stepwise_marginals(e.log_softmax(-1), *lengths)
        return (alpha * gamma).sum() - log_z.sum() + stepwise_viterbi(e, *lengths).sum()

    want = loss(x)
    got = torch.compile(loss, backend=backend, fullgraph=True)(x)
    assert torch.allclose(got, want)
    assert_close("gradient", torch.autograd.grad(got, x)[0], torch.autograd.grad(want, x)[0], 1e-9)


def test_threads_with_streams_of_their_own() -> None:
    energy, texts, mels, _ = problem((2, 2, 400, 60))
    want = stepwise_marginals(energy, texts, mels)[0]
    on_gpu = [t.cuda() for t in (energy, texts, mels)]
    torch.cuda.synchronize()
    found: list[Tensor] = []

    def work() -> None:
        with torch.cuda.stream(torch.cuda.Stream()):
            for _ in range(5):
                gamma = stepwise_marginals(*on_gpu)[0].cpu()
            found.append(gamma)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    for gamma in found:
        assert_close("gamma", gamma, want, 1e-9)
