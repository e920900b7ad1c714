"""Recordings made up for the tests of preparation, and a corpus of them."""

import dataclasses
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch

from tts.audio.config import AudioConfig
from tts.corpora.corpus import Recording, Sound
from tts.errors import UserError
from tts.intervals import Interval
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.preparation.report import Report
from tts.text.config import TextConfig

AUDIO, TEXT = AudioConfig(), TextConfig(units="graphemes")
RATE = 22050


def babble(seconds: float, rate: int = RATE) -> torch.Tensor:
    noise = torch.randn(round(seconds * rate), generator=torch.Generator().manual_seed(3))
    return 0.1 * noise


def spoken(*seconds: float, silence: float = 0.4) -> torch.Tensor:
    """Stretches of noise between silences."""
    gap = torch.zeros(round(silence * RATE))
    return torch.cat([gap] + [part for s in seconds for part in (babble(s), gap)])


@dataclasses.dataclass(frozen=True)
class Given:
    recordings: tuple[Recording, ...]
    name: str = "given"
    language: str = "en-us"
    licence: str = "none"
    credits: str = "nobody"

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recordings)


def load(wav: torch.Tensor, truth: dict[str, list[Interval]] | None = None) -> Sound:
    return Sound([wav], RATE, truth)


def die() -> Sound:
    os._exit(11)


def fail() -> Sound:
    raise UserError("broken file")


def rec(id: str, wav: torch.Tensor, text: str = "one two three", **more: object) -> Recording:
    return Recording(id, "me", text, partial(load, wav), **more)  # type: ignore[arg-type]


def run(out: Path, *recordings: Recording, limits: Limits | None = None, workers: int = 0) -> Report:
    return prepare(Given(recordings), out, AUDIO, TEXT, limits or Limits(), workers)


def reasons(out: Path) -> dict[str, str]:
    rows = [line.split("\t") for line in (out / "rejected.tsv").read_text().splitlines()[1:]]
    return {row[0]: row[1] for row in rows}
