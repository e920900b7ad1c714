"""The Triton kernels against the reference: on a GPU where there is one, else through Triton's interpreter.

The interpreter is chosen when kernels are defined, so without a GPU the tests run in a process of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

pytest.importorskip("triton")

ON_GPU = torch.cuda.is_available()
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"


@pytest.mark.skipif(ON_GPU or INTERPRETED, reason="the tests below run by themselves")
def test_through_the_interpreter() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env=os.environ | {"TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]


@pytest.mark.skipif(INTERPRETED, reason="interpreted kernels have nothing to compile")
@pytest.mark.parametrize("dtype", ["fp32", "fp64"])
@pytest.mark.parametrize("tokens", [16, 1024])
@pytest.mark.parametrize("architecture", [75, 90])
def test_kernels_compile_without_a_gpu(dtype: str, tokens: int, architecture: int) -> None:
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from tts.ops.gpu import filtering, monotonic, skipping
    from tts.ops.gpu import kernels as plain

    kernels = [plain.expectation, plain.expectation_adjoint, plain.look_ahead, plain.chain_adjoint, plain.best_path]
    kernels += [monotonic.expectation, monotonic.adjoint, filtering.weights, filtering.adjoint]
    kernels += [skipping.look_ahead, skipping.expectation, skipping.adjoint, skipping.best_path]
    types = {
        "texts": "*i64",
        "mels": "*i64",
        "durations": "*i64",
        "backpointers": "*i32",
        "skippable": "*u8",
    } | dict.fromkeys("HTN", "i32")
    for kernel in kernels:
        for flag in (False, True):
            constants = {
                "BLOCK": tokens,
                "FRAMES_A_WORD": 16,
                "STAGES": 4,
                "LOGITS": flag,
                "HAS_START": flag,
                "HAS_MOVE": flag,
            }
            constants = {name: value for name, value in constants.items() if name in kernel.arg_names}
            signature = {n: "constexpr" if n in constants else types.get(n, f"*{dtype}") for n in kernel.arg_names}
            indexed = {(kernel.arg_names.index(name),): value for name, value in constants.items()}
            source = ASTSource(fn=kernel, signature=signature, constexprs=indexed)
            binary = triton.compile(source, target=GPUTarget("cuda", architecture, 32), options={"num_warps": 4})
            assert len(binary.asm["cubin"]) > 0


if ON_GPU or INTERPRETED:
    from tts.ops import reference
    from tts.ops.gpu import backend as gpu

    DEVICE = "cuda" if ON_GPU else "cpu"
    CASES = [
        # texts, mels, heads, extra frames and tokens of padding
        ([1], [1], 1, 0, 0),
        ([1, 3], [4, 3], 2, 1, 2),
        ([5, 2, 9], [12, 7, 9], 2, 0, 0),
        ([17, 16], [20, 31], 1, 2, 1),
    ]

    def problem(case, dtype=torch.float64, scale: float = 3.0):
        texts, mels, heads, more_frames, more_tokens = case
        generator = torch.Generator().manual_seed(sum(texts) + sum(mels))
        shape = (len(texts), heads, max(mels) + more_frames, max(texts) + more_tokens)
        energy = torch.randn(shape, generator=generator, dtype=dtype) * scale
        return energy.to(DEVICE), torch.tensor(texts, device=DEVICE), torch.tensor(mels, device=DEVICE)

    def close(name: str, got: torch.Tensor, want: torch.Tensor, tolerance: float = 1e-6) -> None:
        error = (got.double() - want.double()).norm() / want.double().norm().clamp(min=1e-9)
        assert error <= tolerance, f"{name}: relative error {error:.2e}"

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("from_logits", [True, False])
    @pytest.mark.parametrize("with_start", [True, False])
    @pytest.mark.parametrize("name", ["expectation", "monotonic"])
    def test_expectation(case, from_logits: bool, with_start: bool, name: str) -> None:
        energy, texts, mels = problem(case)
        gate = (energy if from_logits else energy.sigmoid()).requires_grad_()
        start = None
        if with_start:
            inside = torch.arange(energy.shape[3], device=DEVICE) < texts[:, None]
            start = (
                torch.rand(energy.shape[0], energy.shape[1], energy.shape[3]).to(energy) * inside[:, None]
            ).requires_grad_()
        weight = torch.randn(energy.shape, dtype=energy.dtype).to(DEVICE)
        want = getattr(reference, name)(gate, texts, mels, start, from_logits)
        inputs = (gate,) if start is None else (gate, start)
        gradients = torch.autograd.grad(
            (want * weight).sum() + 0 * gate.sum(), inputs, allow_unused=True, materialize_grads=True
        )
        fixed = [x.detach() if x is not None else None for x in (gate, start)]
        alpha = getattr(gpu, name)(fixed[0], texts, mels, fixed[1], from_logits)
        close("alpha", alpha, want)
        backward = getattr(gpu, f"{name}_backward")
        dgate, dstart = backward(weight, fixed[0], texts, mels, fixed[1], from_logits, alpha)
        close("dgate", dgate, gradients[0])
        if start is not None:
            close("dstart", dstart, gradients[1])

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("with_move", [True, False])
    def test_filtering(case, with_move: bool) -> None:
        energy, texts, mels = problem(case)
        energy.requires_grad_()
        move = torch.randn(energy.shape[:3], dtype=energy.dtype).to(DEVICE).requires_grad_() if with_move else None
        weight = torch.randn(energy.shape, dtype=energy.dtype).to(DEVICE)
        want, _ = reference.filtering(energy, texts, mels, move)
        inputs = (energy,) if move is None else (energy, move)
        gradients = torch.autograd.grad(
            (want * weight).sum() + 0 * energy.sum(), inputs, allow_unused=True, materialize_grads=True
        )
        fixed = None if move is None else move.detach()
        got, logs = gpu.filtering(energy.detach(), texts, mels, fixed)
        close("w", got, want)
        denergy, dmove = gpu.filtering_backward(weight, texts, mels, fixed, logs)
        close("denergy", denergy, gradients[0])
        if move is not None:
            close("dmove", dmove, gradients[1])

    def drawn_skips(energy: torch.Tensor, skipping: bool) -> torch.Tensor | None:
        generator = torch.Generator().manual_seed(1)
        flags = torch.rand(energy.shape[0], energy.shape[3], generator=generator) < 0.5
        return flags.to(DEVICE) if skipping else None

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
    @pytest.mark.parametrize("skipping", [False, True])
    def test_marginals(case, dtype: torch.dtype, skipping: bool) -> None:
        energy, texts, mels = problem(case, dtype)
        skips = drawn_skips(energy, skipping)
        energy.requires_grad_()
        weight = torch.randn(energy.shape, dtype=dtype).to(DEVICE)
        weight_z = torch.randn(energy.shape[:2], dtype=dtype).to(DEVICE)
        want, want_z = reference.marginals(energy.double(), texts, mels, skips)
        gradient = torch.autograd.grad((want * weight).sum() + (want_z * weight_z).sum(), energy)[0]
        gamma, log_z, gate = gpu.marginals(energy.detach(), texts, mels, skips)
        tolerance = 1e-6 if dtype == torch.float64 else 1e-5
        close("gamma", gamma, want, tolerance)
        close("log_z", log_z, want_z, tolerance)
        denergy = gpu.marginals_backward(weight, weight_z, gamma, gate, texts, mels, skips)
        close("denergy", denergy, gradient, tolerance)

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("skipping", [False, True])
    def test_viterbi(case, skipping: bool) -> None:
        energy, texts, mels = problem(case)
        skips = drawn_skips(energy, skipping)
        assert torch.equal(gpu.viterbi(energy, texts, mels, skips), reference.viterbi(energy, texts, mels, skips))
