"""An exported voice as a folder: `acoustic.onnx`, `vocoder.onnx`, `symbols.json` and `voice.json`. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts.errors import UserError
from tts.settings.schema import parse
from tts.storage.files import sha256
from tts.storage.plain_data import plain_file, read_text
from tts.text.config import TextConfig
from tts.text.symbols import SymbolTable

FORMAT = 2
"""1, until 0.6, had no `CONTROL_INPUTS`."""
ACOUSTIC, VOCODER, SYMBOLS, CARD = "acoustic.onnx", "vocoder.onnx", "symbols.json", "voice.json"
TOKEN_INPUTS = ("symbols", "stress", "boundary", "language")
"""int64 `[1, N]` each."""
SETTING_INPUTS = ("speed", "energy")
"""float32 `[1]` each: a factor, decibels."""
PITCH_INPUT = "pitch"
"""float32 `[1]`, semitones; an autoregressive decoder has neither it nor `CONTROL_INPUTS`."""
CONTROL_INPUTS = ("lengthening", "frames", "group", "token_pitch", "token_range", "token_energy")
"""`[1, N]` each, float32 but for `group`, int64: what is asked of each token, as in `tts.synthesis.controls.Asked`."""
LARGEST_GRAPH = 1 << 30
"""Bytes."""
LARGEST_RATE = 192_000
"""Hz."""


@dataclass(frozen=True)
class Card:
    """`voice.json` of an exported voice."""

    sample_rate: int
    """Hz."""
    hop_length: int
    """Samples from one frame of the mel to the next."""
    text: TextConfig
    """How text is read."""
    speakers: tuple[str, ...]
    language: str
    """The one that it was made for."""
    languages: tuple[str, ...]
    """All that it speaks."""
    native: tuple[str, ...]
    """The language of each speaker."""
    licence: str
    credits: str
    training: dict[str, Any]
    sha256: dict[str, str] = field(default_factory=dict)
    """Of the other files."""
    format: int = FORMAT

    def __post_init__(self) -> None:
        if not 0 < self.hop_length <= self.sample_rate <= LARGEST_RATE:
            raise ValueError(f"0 < hop_length ≤ sample_rate ≤ {LARGEST_RATE} must hold")
        if not self.speakers or len(set(self.speakers)) != len(self.speakers):
            raise ValueError("must name at least one speaker, and none twice")
        if self.language not in self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError(f"languages: must hold {self.language}, and none twice")
        if len(self.native) != len(self.speakers) or not set(self.native) <= set(self.languages):
            raise ValueError("native: must name one of the languages for each speaker")


def read_folder(folder: Path) -> tuple[Card, SymbolTable]:
    """The card and the symbols of an exported voice, whose graphs are those it was exported with.

    Raises
    ------
    UserError: something is missing, damaged or does not fit the rest.
    """
    if not (folder / CARD).is_file() or not (folder / ACOUSTIC).exists():
        raise UserError(f"{folder}: no exported voice here; give the folder that tts-export format=onnx wrote")
    for name in (ACOUSTIC, VOCODER, SYMBOLS, CARD):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise UserError(f"{path}: missing or not a plain file; copy the whole folder again")
        if path.stat().st_size > LARGEST_GRAPH:
            raise UserError(f"{path}: larger than any such file; the folder is damaged")
    card = parse(Card, plain_file(folder / CARD), str(folder / CARD))
    if not 1 <= card.format <= FORMAT:
        raise UserError(
            f"{folder / CARD}: format {card.format}, this version reads up to {FORMAT}; export the voice again"
        )
    for name in (ACOUSTIC, VOCODER, SYMBOLS):
        if card.sha256.get(name) != sha256(folder / name):
            raise UserError(f"{folder / name}: changed since it was exported (SHA-256 differs); copy the folder again")
    return card, SymbolTable.from_json(read_text(folder / SYMBOLS), where=str(folder / SYMBOLS))
