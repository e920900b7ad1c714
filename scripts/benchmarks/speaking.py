"""How long it takes to speak: from the shell, until the first sound, and for each second of speech.

python scripts/benchmark.py benchmark=speaking [voice=base] [exported=DIR] [count=20] [rounds=5] [out=DIR]

Three tables, in CPU seconds of one thread, medians of ROUNDS in turns. The voice without torch is that of
`tts-export format=onnx`, in `exported` (nothing if not given), and that of `quantise=int8` in `exported/int8`;
hibari-tts and a Piper voice of the same export (`exported=DIR` with `piper/voice.onnx` in it) are beside them where
they are installed.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

import tts.runtime
from tts.corpora.synthetic.sentences import read_sentences
from tts.errors import UserError
from tts.runtime.folder import ACOUSTIC
from tts.storage.resources import folder
from tts.synthesis.voice import Voice

KEYS = {"voice": "base", "exported": "", "count": "20", "rounds": "5"}
FRESH = folder("sentences") / "fresh.txt"
SPEEDS = (1.0, 1.5)
SENTENCE = "Hello there, this is the voice that comes with it."
LONG = (
    "The old man kept the sea in view until the lamp went out, and then he went on to walk along the shore in the "
    "dark, thinking of all that he had left behind, of the house by the river, of the garden and the dog, and of the "
    "long winters in which nothing had happened but snow and wind."
)
TEXTS = {"three words": "Go home now.", "ten words": SENTENCE, "57 words": LONG}
SPEAK = Path(__file__).parents[1] / "synthesize.py"
RUNTIME = "import sys; from tts.runtime import Voice; Voice.load(sys.argv[1]).synthesize(sys.argv[2])"


def main(arguments: list[str], _: Path | None) -> None:
    settings = dict(KEYS)
    for argument in arguments:
        key, _equals, value = argument.partition("=")
        if key not in KEYS:
            raise UserError(f"{key}: unknown; known: {', '.join(KEYS)}")
        settings[key] = value
    torch.set_num_threads(1)
    exported, rounds = Path(settings["exported"]) if settings["exported"] else None, int(settings["rounds"])
    if exported is not None and not (exported / ACOUSTIC).is_file():
        raise UserError(f"exported={exported}: no {ACOUSTIC} there; tts-export format=onnx writes it")
    from_cold(settings["voice"], exported, rounds)
    voice = Voice.load(settings["voice"])
    first_sound(voice, rounds)
    texts = read_sentences(folder("sentences") / "everyday_test.txt")[: int(settings["count"])]
    steadily(voice, exported, texts, rounds)


def from_cold(voice: str, exported: Path | None, rounds: int) -> None:
    """One short sentence from the shell, in processes of their own."""
    with tempfile.TemporaryDirectory() as out:
        asked = [str(SPEAK), f"voice={voice}", f"text={SENTENCE}", f"out={out}/spoken"]
        commands = {
            "import torch": ["-c", "import torch"],
            "tts-synthesize": asked,
            "tts-synthesize picture=true": [*asked, "picture=true"],
        }
        if exported is not None:
            commands["tts-synthesize, the exported voice"] = [*asked, f"voice={exported}"]
            commands["tts.runtime, from Python"] = ["-c", RUNTIME, str(exported), SENTENCE]
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                spent[name].append(_process(command))
    print("| from the shell, one sentence | CPU seconds | wall seconds |\n|---|---|---|")
    for name, figures in spent.items():
        cpu, wall = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"| {name} | {cpu:.2f} | {wall:.2f} |", flush=True)


def _process(command: list[str]) -> tuple[float, float]:
    """CPU and wall seconds of a Python process."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, *command], check=True, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, time.perf_counter() - started


def first_sound(voice: Voice, rounds: int) -> None:
    """`Voice.stream` until its first piece."""
    print("\n| until the first sound | milliseconds of CPU |\n|---|---|")
    for name, text in TEXTS.items():
        spent = []
        for _ in range(rounds + 1):
            started = time.process_time()
            next(voice.stream(text))
            spent.append(time.process_time() - started)
        print(f"| {name} | {1e3 * statistics.median(spent):.0f} |", flush=True)
    for speed in SPEEDS:
        each = sorted(min(_until_sound(voice, text, speed) for _ in range(3)) for text in read_sentences(FRESH))
        told = f"{statistics.median(each):.1f}, {each[int(0.9 * len(each))]:.1f}, {each[-1]:.1f}"
        print(f"| {len(each)} fresh sentences at speed {speed:g}: median, 90 %, most | {told} |", flush=True)


def _until_sound(voice: Voice, text: str, speed: float) -> float:
    """Milliseconds."""
    started = time.process_time()
    next(voice.stream(text, speed=speed))
    return 1e3 * (time.process_time() - started)


def _spoken(voice: tts.runtime.Voice, text: str) -> Any:
    return voice.synthesize(text).wav


def steadily(voice: Voice, exported: Path | None, texts: list[str], rounds: int) -> None:
    """Many sentences, the reading of text included."""
    rate = voice.config.audio.sample_rate
    programs: dict[str, tuple[Callable[[str], Any], int]] = {"torch": (lambda text: voice.synthesize(text).wav, rate)}
    if exported is not None:
        for name, place in (("tts.runtime", exported), ("tts.runtime, int8", exported / "int8")):
            if (place / ACOUSTIC).is_file():
                programs[name] = partial(_spoken, tts.runtime.Voice.load(place)), rate
        if importlib.util.find_spec("piper") and (exported / "piper/voice.onnx").is_file():
            from piper import PiperVoice

            piper = PiperVoice.load(exported / "piper/voice.onnx")
            programs[f"piper-tts {version('piper-tts')}, the same voice"] = (
                lambda text: np.concatenate([chunk.audio_float_array for chunk in piper.synthesize(text)]),
                rate,
            )
    if importlib.util.find_spec("hibari"):
        import hibari

        theirs = hibari.Hibari("heart")
        programs[f"hibari-tts {version('hibari-tts')}, its own voice"] = theirs, theirs.sample_rate
    spent: dict[str, list[float]] = {name: [] for name in programs}
    for speak, _ in programs.values():
        speak(texts[0])
    for _ in range(rounds):
        for name, (speak, hertz) in programs.items():
            started = time.process_time()
            seconds = sum(len(speak(text)) for text in texts) / hertz
            spent[name].append((time.process_time() - started) / seconds)
    print("\n| many sentences | CPU seconds a second of speech |\n|---|---|")
    for name, figures in spent.items():
        print(f"| {name} | {statistics.median(figures):.4f} |", flush=True)
