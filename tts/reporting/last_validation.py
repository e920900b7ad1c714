"""What a run's last validation looked and sounded like, as files in the run's folder, which `tts-serve` shows.

`last_validation/` holds `validation.json` and for each utterance `shown_N.png`, its alignment, and a sound of each of
`KINDS`. Reading needs neither torch nor matplotlib.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tts.errors import UserError
from tts.settings.schema import parse
from tts.storage.files import atomic_write, write_text
from tts.storage.plain_data import plain_file

if TYPE_CHECKING:
    import numpy as np

FOLDER, CARD = "last_validation", "validation.json"
KINDS = ("recording", "reconstructed", "synthesised")
"""The recording, what the model makes of it, and what it speaks from the text alone."""
NAME = re.compile(rf"shown_[1-9](\.png|_({'|'.join(KINDS)})\.wav)", re.ASCII)
LARGEST = 1 << 25
"""Bytes of a file that is read."""


@dataclass(frozen=True)
class ShownUtterance:
    """An utterance that was reconstructed and spoken."""

    id: str
    text: str


@dataclass(frozen=True)
class ValidationCard:
    """`validation.json`."""

    step: int
    values: dict[str, float]
    """Means over all utterances, by name; those that are no numbers are left out."""
    utterances: tuple[ShownUtterance, ...]
    """The first has the files `shown_1…`."""


@dataclass(frozen=True)
class Shown:
    """An utterance with what is shown of it."""

    utterance: ShownUtterance
    picture: Path | None
    """A PNG file; None where it could not be drawn."""
    sounds: Mapping[str, np.ndarray]
    """float32 `[samples]` by kind."""


def write_validation(
    run: Path, step: int, values: Mapping[str, float], shown: Sequence[Shown], sample_rate: int
) -> None:
    """Write the files of a run, over those of an earlier step; the card last.

    Raises
    ------
    OSError: they cannot be written. ValueError: a sound is not finite.
    """
    from tts.audio.sound_file import write_samples

    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(shown, 1):
        if one.picture is None:
            (folder / f"shown_{number}.png").unlink(missing_ok=True)
        else:
            with atomic_write(folder / f"shown_{number}.png") as draft:
                shutil.copyfile(one.picture, draft)
        for kind in KINDS:
            write_samples(folder / f"shown_{number}_{kind}.wav", one.sounds[kind], sample_rate)
    finite = {name: value for name, value in values.items() if math.isfinite(value)}
    card = ValidationCard(step, finite, tuple(one.utterance for one in shown))
    write_text(folder / CARD, json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n")


def read_validation(run: Path) -> ValidationCard | None:
    """The card of a run; None if it has none that can be read."""
    path = run / FOLDER / CARD
    try:
        there = path.is_file() and not path.parent.is_symlink()
        return parse(ValidationCard, plain_file(path), str(path)) if there else None
    except (OSError, UserError):
        return None


def read_shown(run: Path, name: str) -> bytes | None:
    """A picture or sound of a run's last validation; None if there is none of that name."""
    path = run / FOLDER / name
    if not NAME.fullmatch(name) or path.parent.is_symlink() or path.is_symlink():
        return None
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST else None
    except OSError:  # it is being replaced
        return None
