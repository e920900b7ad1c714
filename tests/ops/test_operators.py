"""The operators as torch and its users meet them: autograd, tracing, odd layouts and sizes, forks, threads, NaN."""

from __future__ import annotations

import multiprocessing
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from tts.ops import (
    library,
    monotonic_expectation,
    stepwise_expectation,
    stepwise_filtering,
    stepwise_marginals,
    stepwise_viterbi,
)
from tts.ops.cpu import backend as cpu


def batch(requires_grad: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    energy = torch.randn(2, 2, 9, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return energy.requires_grad_(requires_grad), torch.tensor([5, 3]), torch.tensor([9, 6])


@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize("with_initial", [True, False])
def test_expectation_passes_opcheck(from_logits: bool, with_initial: bool) -> None:
    energy, texts, mels = batch(False)
    gate = (energy if from_logits else energy.sigmoid()).requires_grad_()
    initial = torch.rand(2, 2, 5, dtype=torch.float64).requires_grad_() if with_initial else None
    torch.library.opcheck(library.expectation, (gate, texts, mels, initial, from_logits))
    torch.library.opcheck(library.monotonic, (gate, texts, mels, initial, from_logits))


@pytest.mark.parametrize("with_move", [True, False])
def test_filtering_passes_opcheck(with_move: bool) -> None:
    energy, texts, mels = batch()
    move = torch.randn(2, 2, 9, dtype=torch.float64).requires_grad_() if with_move else None
    torch.library.opcheck(library.filtering, (energy, texts, mels, move))


@pytest.mark.parametrize("skips", [None, torch.tensor([[False, True, False, True, False]] * 2)])
def test_marginals_and_viterbi_pass_opcheck(skips: Tensor | None) -> None:
    torch.library.opcheck(library.marginals, (*batch(), skips))
    torch.library.opcheck(library.viterbi, (*batch(False), skips))


def test_gradients_agree_with_finite_differences() -> None:
    energy, texts, mels = batch()
    assert torch.autograd.gradcheck(lambda e: stepwise_expectation(e, texts, mels, from_logits=True), energy)
    assert torch.autograd.gradcheck(lambda e: stepwise_marginals(e, texts, mels), energy)
    assert torch.autograd.gradcheck(lambda e: monotonic_expectation(e, texts, mels, from_logits=True), energy)
    move = torch.randn(2, 2, 9, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(lambda e, m: stepwise_filtering(e, texts, mels, m), (energy, move))


NEEDS_COMPILER = pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a compiler")


def loss(energy: Tensor, texts: Tensor, mels: Tensor) -> Tensor:
    alpha = stepwise_expectation(energy * 2, texts, mels, from_logits=True)
    gamma, log_z = stepwise_marginals(energy.log_softmax(-1), texts, mels)
    durations = stepwise_viterbi(energy, texts, mels)
    passing = monotonic_expectation(energy, texts, mels, from_logits=True) * stepwise_filtering(energy, texts, mels)
    return (alpha * gamma).sum() - log_z.sum() + durations.sum() + passing.sum()


def test_torch_compile_takes_them_whole() -> None:
    energy, texts, mels = batch()
    want = loss(energy, texts, mels)
    (gradient,) = torch.autograd.grad(want, energy)
    got = torch.compile(loss, backend="aot_eager", fullgraph=True)(energy, texts, mels)
    assert torch.allclose(got, want)
    assert torch.allclose(torch.autograd.grad(got, energy)[0], gradient)


@NEEDS_COMPILER
def test_inductor_takes_them_whole() -> None:
    """Forward alone: the kernels that it writes for gradients take a minute of C++."""
    energy, texts, mels = batch(False)
    compiled = torch.compile(loss, backend="inductor", fullgraph=True)(energy, texts, mels)
    assert torch.allclose(compiled, loss(energy, texts, mels))


def everything(energy: Tensor, texts: Tensor, mels: Tensor) -> list[Tensor]:
    x = energy.detach().requires_grad_()
    alpha = stepwise_expectation(x, texts, mels, from_logits=True)
    gamma, log_z = stepwise_marginals(x, texts, mels)
    passing, filtered = monotonic_expectation(x, texts, mels, from_logits=True), stepwise_filtering(x, texts, mels)
    gradient = torch.autograd.grad((alpha * gamma).sum() + log_z.sum() + (passing * filtered).sum(), x)[0]
    return [alpha, gamma, log_z, passing, filtered, gradient, stepwise_viterbi(energy, texts, mels)]


def test_layout_in_memory_does_not_matter() -> None:
    energy, texts, mels = batch(False)
    want = everything(energy, texts, mels)
    transposed = energy.permute(3, 0, 2, 1).contiguous().permute(1, 3, 2, 0)
    strided = torch.stack([energy, energy], -1)[..., 0]
    for laid_out in (transposed, strided):
        assert not laid_out.is_contiguous()
        for got, expected in zip(everything(laid_out, texts, mels), want, strict=True):
            assert torch.equal(got, expected)


def test_a_gradient_that_is_expanded_or_missing() -> None:
    energy, texts, mels = batch()
    alpha = stepwise_expectation(energy, texts, mels, from_logits=True)
    assert torch.allclose(torch.autograd.grad(alpha.sum(), energy)[0], torch.zeros_like(energy), atol=1e-12)
    gamma, _ = stepwise_marginals(energy, texts, mels)
    assert torch.isfinite(torch.autograd.grad(gamma[..., 0].sum(), energy)[0]).all()
    _, log_z = stepwise_marginals(energy, texts, mels)
    assert torch.allclose(torch.autograd.grad(log_z.sum(), energy)[0], gamma)


def test_an_empty_batch_gives_empty_results() -> None:
    energy, none = torch.zeros(0, 2, 9, 5, requires_grad=True), torch.zeros(0, dtype=torch.int64)
    alpha = stepwise_expectation(energy, none, none, from_logits=True)
    gamma, log_z = stepwise_marginals(energy, none, none)
    assert alpha.shape == gamma.shape == energy.shape and log_z.shape == (0, 2)
    assert torch.autograd.grad(alpha.sum() + log_z.sum(), energy)[0].shape == energy.shape
    assert stepwise_viterbi(energy, none, none).shape == (0, 2, 5)
    assert monotonic_expectation(energy, none, none, from_logits=True).shape == energy.shape
    assert stepwise_filtering(energy, none, none).shape == energy.shape


def test_as_many_frames_as_tokens_leaves_one_path() -> None:
    energy, lengths = torch.randn(1, 1, 6, 6), torch.tensor([6])
    gamma, log_z = stepwise_marginals(energy, lengths, lengths)
    assert torch.allclose(gamma[0, 0], torch.eye(6), atol=1e-6)
    assert torch.allclose(log_z, energy.diagonal(dim1=2, dim2=3).sum(-1), atol=1e-5)
    assert stepwise_viterbi(energy, lengths, lengths).eq(1).all()


@pytest.mark.parametrize("frame", [0, 3, 7])
def test_nan_in_gives_nan_out_in_its_row_alone(frame: int) -> None:
    energy, texts, mels = batch(False)
    energy[0, 1, frame, 2] = float("nan")
    gamma, log_z = stepwise_marginals(energy, texts, mels)
    assert log_z.isnan().tolist() == [[False, frame > 0], [False, False]]  # every path starts on token 0
    assert (
        bool(gamma[0, 1].isnan().any()) == (frame > 0) and not gamma[1].isnan().any() and not gamma[0, 0].isnan().any()
    )
    alpha = stepwise_expectation(energy, texts, mels, from_logits=True)
    assert bool(alpha[0, 1].isnan().any()) == (frame > 0) and not alpha[1].isnan().any()  # frame 0 has no gate
    filtered = stepwise_filtering(energy, texts, mels)
    assert bool(filtered[0, 1].isnan().any()) == (frame > 1) and not filtered[1].isnan().any()  # token 2 by frame 2
    passing = monotonic_expectation(energy, texts, mels, from_logits=True)
    assert passing[0, 1].isnan().any() and not passing[0, 0].isnan().any() and not passing[1].isnan().any()


def test_what_lies_outside_the_lengths_is_never_read() -> None:
    energy, texts, mels = batch(False)
    want = everything(energy, texts, mels)
    energy[1, :, 6:] = energy[1, :, :, 3:] = float("nan")
    for got, expected in zip(everything(energy, texts, mels), want, strict=True):
        assert torch.equal(got, expected)
    x = torch.randn(1, 1, 9, 5).requires_grad_()
    alone = torch.randn(1, 1, 9, 5)
    alone[..., 4] = float("inf")  # the gate of the last token means nothing
    (stepwise_expectation(x + alone, texts[:1], mels[:1], from_logits=True) ** 2).sum().backward()
    assert x.grad is not None and torch.isfinite(x.grad).all()


@pytest.mark.parametrize("from_logits", [True, False])
def test_a_row_leaves_nothing_behind_for_the_next(from_logits: bool) -> None:
    """NaN in the padding of a short row, or in a row itself, must not reach the gradients of a longer one after it."""
    generator = torch.Generator().manual_seed(0)
    gates, weight = (torch.randn(3, 1, 9, 40, generator=generator) for _ in range(2))
    gates = gates if from_logits else gates.sigmoid()
    texts, mels = torch.tensor([3, 5, 40]), torch.tensor([9, 9, 9])
    clean = gates.clone().requires_grad_()
    (want,) = torch.autograd.grad((stepwise_expectation(clean, texts, mels, None, from_logits) * weight).sum(), clean)
    spoilt = gates.clone()
    spoilt[0, :, :, 3:] = spoilt[1] = float("nan")
    spoilt.requires_grad_()
    (got,) = torch.autograd.grad((stepwise_expectation(spoilt, texts, mels, None, from_logits) * weight).sum(), spoilt)
    assert torch.equal(got[[0, 2]], want[[0, 2]])


def test_forbidden_places_may_have_any_low_energy() -> None:
    energy, texts, mels = batch(False)
    band = (torch.arange(9)[:, None] * 5 / 9 - torch.arange(5)).abs() < 2.5
    allowed = torch.where(band, energy, -1e4)
    want, want_z = stepwise_marginals(allowed, texts, mels, backend="reference")
    for forbidden in (-1e4, -1e30):
        gamma, log_z = stepwise_marginals(torch.where(band, energy, forbidden).float(), texts, mels)
        assert torch.allclose(gamma.double(), want, atol=1e-5) and torch.allclose(log_z.double(), want_z, rtol=1e-5)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_share_the_rows_without_changing_a_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "CELLS_PER_THREAD", 1)
    energy = torch.randn(3, 2, 40, 21)
    lengths = torch.tensor([21, 16, 1]), torch.tensor([40, 33, 7])
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    want = everything(energy, *lengths)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    for got, expected in zip(everything(energy, *lengths), want, strict=True):
        assert torch.equal(got, expected)


def test_concurrent_calls() -> None:
    energy, texts, mels = batch(False)
    want = everything(energy, texts, mels)
    barrier = threading.Barrier(4)

    def call() -> list[Tensor]:
        barrier.wait()
        return [everything(energy, texts, mels) for _ in range(20)][-1]

    with ThreadPoolExecutor(4) as pool:
        for result in [pool.submit(call) for _ in range(4)]:
            assert all(torch.equal(a, b) for a, b in zip(result.result(), want, strict=True))


def _in_child(queue: multiprocessing.Queue) -> None:
    queue.put(stepwise_marginals(*batch(False))[0].tolist())  # torch itself allows no backward in a fork


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_forked_process_has_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "CELLS_PER_THREAD", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    want, _ = stepwise_marginals(*batch(False))  # the pool exists now
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(queue,))
    child.start()
    got = queue.get(timeout=60)
    child.join()
    assert got == want.tolist()


class Durations(Dataset[Tensor]):
    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> Tensor:
        return stepwise_viterbi(*batch(False))


def test_inside_the_workers_of_a_loader() -> None:
    want = stepwise_viterbi(*batch(False))
    got = list(DataLoader(Durations(), batch_size=None, num_workers=2))
    assert len(got) == 4 and all(torch.equal(g, want) for g in got)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_logits_have_float32_state(dtype: torch.dtype) -> None:
    energy, texts, mels = batch(False)
    logits = energy.to(dtype).requires_grad_()
    alpha = stepwise_expectation(logits, texts, mels, from_logits=True)
    assert alpha.dtype == torch.float32
    assert torch.allclose(alpha, stepwise_expectation(logits.detach().float(), texts, mels, from_logits=True))
    assert torch.autograd.grad(alpha.square().sum(), logits)[0].dtype == dtype


@pytest.mark.parametrize(("texts", "mels"), [([0, 3], [9, 6]), ([6, 3], [9, 6]), ([5, 3], [10, 6])])
def test_lengths_outside_the_tensor_are_refused(texts: list[int], mels: list[int]) -> None:
    energy = torch.zeros(2, 2, 9, 5)
    for op in (stepwise_expectation, stepwise_marginals, stepwise_viterbi):
        for backend in ("compiled", "reference"):
            with pytest.raises(ValueError, match="lengths must lie between 1 and"):
                op(energy, torch.tensor(texts), torch.tensor(mels), backend=backend)
