"""Processes that start warm: forked from one that has imported torch and the commands, which takes seconds."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
CONTEXT: Any = multiprocessing.get_context(METHOD)
CONTEXT.set_forkserver_preload([
    "pytest", "torch._dynamo", "tts.commands.train", "tts.commands.align", "tts.commands.synthesize"
])  # fmt: skip


@dataclass
class Warm:
    process: BaseProcess
    output: Path

    def wait(self, timeout: float) -> str:
        """The output of the process, once it has ended; after `timeout` seconds it is killed, and the test fails."""
        self.process.join(timeout)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        assert self.process.exitcode != -9, f"killed after {timeout} seconds: " + self.output.read_text("utf-8")
        return self.output.read_text("utf-8")

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode


def start(
    work: Callable[..., None], *arguments: Any, folder: Path, environment: Mapping[str, str] | None = None
) -> Warm:
    """Start `work(*arguments)` in a process of its own, in `folder`, with variables of `environment` besides."""
    output = folder / f"output_{len(list(folder.glob('output_*')))}.txt"
    output.touch()
    process = CONTEXT.Process(target=_do, args=(work, arguments, folder, dict(environment or {}), output))
    process.start()
    return Warm(process, output)


def command(name: str, arguments: list[str], site: Path) -> None:
    """`python -m tts.commands.NAME`, with the packages of the folder `site`."""
    from importlib import import_module

    sys.path.insert(0, str(site))
    sys.argv = [name, *arguments]
    import_module(f"tts.commands.{name}").main()


def _do(
    work: Callable[..., None], arguments: tuple[Any, ...], folder: Path, environment: dict[str, str], output: Path
) -> None:
    with output.open("w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    os.environ |= environment
    os.chdir(folder)
    work(*arguments)
