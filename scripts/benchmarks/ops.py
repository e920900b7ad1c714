"""The recursions beside plain torch, peers and the limit that memory sets: `scripts/benchmark.py benchmark=ops`.

The limit of forward + backward is what must be moved: the gate read and α written (a clone), then gradient, gate and α
read and the gate's gradient written (`addcmul`), on tensors allocated as ours are. Peers that are not installed are
left out: `pip install monotonic-alignment-search`; on a GPU, where the same tasks are timed too, the Triton kernel of
Lee and Kim 2024 (arXiv 2409.07704), `pip install git+https://github.com/supertone-inc/super-monotonic-align.git`.
"""

from __future__ import annotations

import importlib.util
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile
from torch.utils.benchmark import Timer

from tts.errors import UserError
from tts.ops import Backend, stepwise_expectation, stepwise_marginals, stepwise_viterbi

CPU = torch.device("cpu")
SHAPES = [(64, 800, 128), (64, 400, 64), (4, 400, 64), (1, 100, 20)]
GPU_SHAPES = [(64, 800, 128), (512, 800, 128), (16, 2000, 1024), (2, 8192, 64)]
"""Rows, frames, tokens."""
SECONDS = 2.0
"""Spent on each, at least."""
QUICK = 0.03
"""Seconds."""
FIRST_CALL = """
import time, torch
from tts.ops import stepwise_expectation
x, n = torch.zeros(1, 1, 9, 5, requires_grad=True), torch.tensor([5])
started = time.perf_counter()
stepwise_expectation(x, n, n, from_logits=True).sum().backward()
print(time.perf_counter() - started)
"""


@dataclass
class Timed:
    """One way to do a task on one shape: CPU and wall seconds, on a GPU the latter twice."""

    task: str
    way: str
    shape: tuple[int, int, int]
    device: str
    threads: int
    seconds: float
    wall: float


def main(arguments: list[str], out: Path | None) -> None:
    """Time everything with one thread and with all, print tables; with `out`, write results.json and ops.png."""
    if arguments:
        raise UserError(f"benchmark=ops takes no {arguments[0]}")
    every = torch.get_num_threads()
    results: list[Timed] = []
    for threads in dict.fromkeys((1, every)):
        torch.set_num_threads(threads)
        for shape in SHAPES:
            if threads > 1 and shape[0] == 1:
                continue
            for task, ways in tasks(shape, slow=threads == 1).items():
                timed = [Timed(task, way, shape, "cpu", threads, *t) for way, t in in_turns(ways).items()]
                results += timed
                print_task(timed)
    if torch.cuda.is_available():
        results += on_gpu(GPU_SHAPES, torch.device("cuda"))
    else:
        print("\nnote: left out: a GPU, which is not here")
    torch.set_num_threads(1)
    memory = peak_memory((64, 800, 128))
    first = first_call()
    print(f"\nextra memory at the peak of forward + backward, [64, 800, 128]: {memory:.2f} tensors")
    print(f"first call in a new process, compiled code cached: {first:.2f} s")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        content = {"timings": [vars(t) for t in results], "peak_tensors": memory, "first_call_seconds": first}
        (out / "results.json").write_text(json.dumps(content, indent=2), "utf-8")
        plot(results, out / "ops.png")
        print(f"written: {out}/results.json, ops.png")


def on_gpu(shapes: list[tuple[int, int, int]], device: torch.device) -> list[Timed]:
    """Wall seconds of every task on `device`, all of its work waited for."""
    results: list[Timed] = []
    for shape in shapes:
        for task, ways in tasks(shape, slow=True, device=device).items():
            timed = []
            for way, run in ways.items():
                seconds = Timer("run()", globals={"run": run}).blocked_autorange(min_run_time=QUICK).median
                timed.append(Timed(task, way, shape, device.type, 1, seconds, seconds))
            print(f"\n{task}, {list(shape)}, {device.type}")
            for t in timed:
                per_frame, ratio = 1e9 * t.wall / shape[1], t.wall / timed[0].wall
                print(f"  {t.way:28} {1e3 * t.wall:10.3f} ms {per_frame:10.0f} ns a frame   {ratio:8.2f} × ours")
            results += timed
    return results


def tasks(
    shape: tuple[int, int, int], slow: bool, device: torch.device = CPU
) -> dict[str, dict[str, Callable[[], object]]]:
    """The ways to do each task on `[rows, T, N]`; the first of each is ours, the second what to compare with."""
    rows, frames, tokens = shape
    generator = torch.Generator(device).manual_seed(0)
    logits = torch.randn(rows, 1, frames, tokens, generator=generator, device=device)
    stay, grad = logits.sigmoid(), torch.randn(logits.shape, generator=generator, device=device)
    texts, mels = (torch.full((rows,), count, device=device) for count in (tokens, frames))
    energy = logits.log_softmax(-1)

    def expectation(gate: Tensor, from_logits: bool, backend: Backend | None = None) -> Callable[[], object]:
        def run() -> object:
            x = gate.detach().requires_grad_()
            alpha = stepwise_expectation(x, texts, mels, from_logits=from_logits, backend=backend)
            return torch.autograd.grad(alpha, x, grad)

        return run

    def indexing() -> object:
        # As one writes it first. Each frame's slice has a gradient of the whole tensor's size.
        x = stay.detach().requires_grad_()
        previous = F.one_hot(torch.zeros(rows, 1, dtype=torch.int64, device=device), tokens).float()
        found = [previous]
        for t in range(1, frames):
            moved = previous[..., :-1] * (1 - x[:, :, t, :-1])
            previous = torch.cat([previous[..., :-1] * x[:, :, t, :-1], previous[..., -1:]], -1) + F.pad(moved, (1, 0))
            found.append(previous)
        return torch.autograd.grad(torch.stack(found, 2), x, grad)

    def limit() -> object:
        alpha = stay.clone()
        return torch.addcmul(grad, stay, alpha)

    def forward_sum() -> object:
        x = energy.detach().requires_grad_()
        return torch.autograd.grad(stepwise_marginals(x, texts, mels)[1].sum(), x)

    def ctc() -> object:
        # As the aligner loss is usually written: a blank that is never likely, targets in order.
        x = energy.detach().requires_grad_()
        with_blank = F.pad(x[:, 0], (1, 0), value=-1e3).transpose(0, 1)
        targets = torch.arange(1, tokens + 1, device=device).expand(rows, -1)
        return torch.autograd.grad(F.ctc_loss(with_blank, targets, mels, texts, reduction="sum"), x)

    def forced() -> object:
        import torchaudio

        with_blank = F.pad(energy[:, 0], (1, 0), value=-1e3)
        targets = torch.arange(1, tokens + 1, dtype=torch.int32, device=device)[None]
        return [torchaudio.functional.forced_align(with_blank[r : r + 1], targets) for r in range(rows)]

    found: dict[str, dict[str, Callable[[], object]]] = {
        "expectation, forward + backward": {
            "ours": expectation(stay, False),
            "memory limit": limit,
            "ours, from logits": expectation(logits, True),
        },
        "forward-sum, forward + backward": {"ours": forward_sum, "ctc_loss": ctc},
        "best path": {"ours": lambda: stepwise_viterbi(energy, texts, mels), "torchaudio forced_align": forced},
    }
    if slow:
        found["expectation, forward + backward"] |= {
            "loop that indexes frames": indexing,
            "loop over unbound frames": expectation(stay, False, "reference"),
        }
    if device.type == "cuda" and importlib.util.find_spec("super_monotonic_align"):
        from super_monotonic_align import maximum_path as triton_path

        # It writes into what it is given, so that each call needs a copy; ours leaves its input as it is.
        scores, everywhere = (
            energy[:, 0].transpose(1, 2).contiguous(),
            torch.ones(rows, tokens, frames, device=device).int(),
        )
        found_there = triton_path(scores.clone(), everywhere, dtype=torch.bool).sum(-1)
        if not torch.equal(found_there, stepwise_viterbi(energy, texts, mels)[:, 0]):
            print(f"note: super-monotonic-align finds other paths at {shape}")
        found["best path"]["super-monotonic-align, and a copy"] = lambda: triton_path(
            scores.clone(), everywhere, dtype=torch.bool
        )
    if device == CPU and importlib.util.find_spec("monotonic_alignment_search"):
        from monotonic_alignment_search import maximum_path

        value, mask = energy[:, 0].transpose(1, 2).contiguous(), torch.ones(rows, tokens, frames)
        theirs = maximum_path(value, mask).sum(-1).long()
        if not torch.equal(theirs, stepwise_viterbi(energy, texts, mels)[:, 0]):
            print(f"note: monotonic-alignment-search finds other paths at {shape}")
        found["best path"]["monotonic-alignment-search"] = lambda: maximum_path(value, mask)
    return found


def in_turns(ways: dict[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """Median CPU and wall seconds of each. What is quick runs in turns, in a new order every round; what is slow runs
    apart, since it leaves the caches and the allocator in disorder."""

    def once(run: Callable[[], object]) -> tuple[float, float]:
        cpu, wall = time.process_time(), time.perf_counter()
        run()
        return time.process_time() - cpu, time.perf_counter() - wall

    spent = {way: [once(run)] for way, run in ways.items()}  # with what a first call has to do
    spent = {way: [once(run)] if spent[way][0][1] < SECONDS else spent[way] for way, run in ways.items()}
    quick = [way for way, [(_, wall)] in spent.items() if wall < QUICK]
    for way in set(ways) - set(quick):
        ends = time.perf_counter() + SECONDS
        while time.perf_counter() < ends:
            spent[way].append(once(ways[way]))
    order = random.Random(0)
    for way in quick:
        spent[way] = []
    ends = time.perf_counter() + SECONDS * len(quick)
    while time.perf_counter() < ends:
        for way in order.sample(quick, len(quick)):
            spent[way].append(once(ways[way]))
    return {w: (statistics.median(c for c, _ in s), statistics.median(x for _, x in s)) for w, s in spent.items()}


def print_task(timed: list[Timed]) -> None:
    first = timed[0]
    print(f"\n{first.task}, {list(first.shape)}, {first.threads} thread{'s' * (first.threads > 1)}")
    for t in timed:
        ratio = t.seconds / first.seconds
        print(
            f"  {t.way:28} {1e3 * t.seconds:10.3f} ms CPU {1e3 * t.wall:10.3f} ms wall   {ratio:8.2f} × ours",
            flush=True,
        )


def peak_memory(shape: tuple[int, int, int]) -> float:
    """Most that forward + backward hold at a time beside what was there before, in tensors of the gate's size."""
    run = tasks(shape, slow=False)["expectation, forward + backward"]["ours, from logits"]
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        run()
    held = most = 0
    for event in profiler.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            most = max(most, held)
    return most / (4 * shape[0] * shape[1] * shape[2])


def first_call() -> float:
    """Seconds of the first call in a new process, once the compiled code is cached."""
    run = [sys.executable, "-c", FIRST_CALL]
    return [float(subprocess.run(run, check=True, capture_output=True, text=True).stdout) for _ in range(2)][-1]


def plot(results: list[Timed], path: Path) -> None:
    """How many times as long as ours everything takes, one thread, a panel per task."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(t.task for t in results))
    figure = Figure(figsize=(4.2 * len(names), 3.4), layout="constrained")
    for axes, task in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        own = [t for t in results if t.task == task and t.device == "cpu" and t.threads == 1]
        for way in dict.fromkeys(t.way for t in own):
            points = [t for t in own if t.way == way]
            cells = [t.shape[0] * t.shape[1] * t.shape[2] for t in points]
            axes.loglog(cells, [1e9 * t.seconds / c for t, c in zip(points, cells, strict=True)], "o-", label=way)
        axes.set(title=task, xlabel="rows × frames × tokens", ylabel="ns per cell, one thread")
        axes.legend(fontsize=7)
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=130)
