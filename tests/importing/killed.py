"""Imports that are killed in the middle of each stage, and then run again: `killed.py PREPARED FOLDER`, a program, as a
process with threads, such as pytest's, cannot be forked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.importing.told import levels_as_detector, long_recording
from tts.alignment.config import AlignerConfig
from tts.audio import waveform
from tts.commands import import_audio
from tts.importing import corpus, fit, hearing, kept, run

STAGES: dict[str, tuple[Any, str, int]] = {
    "a file's speech": (hearing, "write_activity", 2),
    "its words": (kept.Kept, "add", 3),
    "its sound": (waveform, "write", 2),
    "its pieces": (run, "write_cut", 1),
    "the aligner": (fit, "train_aligner", 1),
    "fits": (fit, "_fit", 2),
    "settled": (import_audio, "settle", 1),
    "the lists": (corpus, "write_text", 1),
}
"""What has been done how often when the process is killed."""
RESULTS = ("metadata.csv", "pieces.jsonl", "left_out.tsv")


def main(prepared: Path, folder: Path) -> None:
    """Prints as JSON, of each stage: how both runs ended, and which results differ from those of an
    import that nothing broke."""
    told = long_recording(prepared, folder / "long/one.flac")
    shutil.copyfile(folder / "long/one.flac", folder / "long/two.flac")
    quick = replace(AlignerConfig(), mixtures=1, iterations=1)
    for module, stands_in in (
        (hearing, {"listen": levels_as_detector, "LONGEST_WINDOW": 5.0}),
        (fit, {"AlignerConfig": lambda: quick}),
        (import_audio, {"Whisper": lambda *_: told, "_check_installed": lambda _: None}),
    ):
        for name, value in stands_in.items():
            setattr(module, name, value)

    def start(out: Path, killed: tuple[Any, str, int] | None = None) -> int:
        """How an import in a process of its own ended: 0, or minus the signal."""
        process = os.fork()
        if process:
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        if killed is not None:
            place, name, count = killed
            setattr(place, name, _killing(getattr(place, name), count))
        os.dup2(os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
        import_audio.import_audio(
            {"audio": f"{folder}/long", "out": str(out), "pieces": {"loudness": None, "longest": 5.0, "preferred": 2.0},
             "keep": {"most_misfit": 9.0, "most_word_misfit": 99.0}}
        )  # fmt: skip
        os._exit(0)

    assert start(folder / "whole") == 0
    whole = [(folder / "whole" / name).read_bytes() for name in RESULTS]
    found = {}
    for stage, killed in STAGES.items():
        out = folder / stage
        ended = [start(out, killed), start(out)]
        differing = [name for name, content in zip(RESULTS, whole, strict=True) if (out / name).read_bytes() != content]
        found[stage] = {"ended": ended, "differing": differing}
    print(json.dumps({"pieces": len(whole[0].splitlines()), "stages": found}))


def _killing(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """The same, until it has returned so often."""
    calls = 0

    def calling(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        result = function(*arguments, **named)
        calls += 1
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return calling


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
