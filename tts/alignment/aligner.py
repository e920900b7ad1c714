"""The aligner: an acoustic model of the sounds, and the path of a text through them, with optional pauses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from tts.alignment.config import AlignerConfig
from tts.alignment.features import Cepstra
from tts.alignment.hearing import Spoken, hear
from tts.alignment.mixtures import Mixtures
from tts.alignment.states import StateTable
from tts.alignment.timing import Alignment, timed
from tts.audio import waveform
from tts.errors import UserError
from tts.files import fingerprint, sha256, whole, write_text
from tts.model_folder import LARGEST_AUDIO, plain_file
from tts.schema import check_sizes, parse, plain
from tts.text.tokens import Tokens

WEIGHTS, CARD = "aligner.safetensors", "aligner.json"


@dataclass(frozen=True)
class _Card:
    """`aligner.json`."""

    config: AlignerConfig
    phones: tuple[str, ...]
    sha256: str
    """Of `aligner.safetensors`."""
    source: str
    """What it was trained on, as the caller of `Aligner.save` tells it apart."""

    @property
    def identity(self) -> str:
        return fingerprint(plain(self.config), self.phones, self.sha256)


class Aligner:
    """A trained aligner; `tts.alignment.train_aligner` makes one."""

    identity = ""
    """Tells aligners apart, once saved or loaded."""
    source = ""
    """What it was trained on, once saved or loaded."""

    def __init__(self, config: AlignerConfig, table: StateTable, mixtures: Mixtures, scale: Tensor) -> None:
        self.config, self.table, self.mixtures, self.scale = config, table, mixtures, scale
        self._cepstra = Cepstra(config)

    def align(self, wav: Tensor, sample_rate: int, tokens: Tokens, name: str = "recording") -> Alignment:
        """Align a recording `[samples]` with its tokens.

        Raises
        ------
        UserError: an unknown phone, or a recording too short for its text.
        """
        resampled = waveform.resample(wav, sample_rate, self.config.sample_rate)
        if len(resampled) <= self.config.n_fft:
            raise UserError(f"{name}: {len(wav)} samples are too short to hear anything in")
        spoken = Spoken(name, self._cepstra(resampled) / self.scale, tokens, self.table.path(tokens, name))
        try:
            [heard] = hear(self.mixtures, [spoken])
        except ValueError as error:
            raise UserError(f"{name}: too short for its text ({error})") from error
        return timed(heard, self.table.silence, self.config, len(wav) / sample_rate)

    def densities(self, wav: Tensor, sample_rate: int) -> Tensor:
        """Log-likelihood of every state in every frame of a recording `[samples]`, `[T, S]`."""
        resampled = waveform.resample(wav, sample_rate, self.config.sample_rate)
        return self.mixtures.components(self._cepstra(resampled) / self.scale).logsumexp(-1)

    def save(self, folder: Path, source: str = "") -> None:
        """Write `aligner.safetensors` and `aligner.json`, which holds the former's SHA-256, last and by rename."""
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / WEIGHTS) as draft:
            save_file({**vars(self.mixtures), "scale": self.scale}, draft)
        card = _Card(self.config, self.table.phones, sha256(folder / WEIGHTS), source)
        write_text(folder / CARD, json.dumps(plain(card), indent=1, ensure_ascii=False))
        self.identity, self.source = card.identity, source

    @classmethod
    def load(cls, folder: Path) -> Aligner:
        """Read what `save` wrote, there or in `aligner/` of the folder; nothing in it is run.

        Raises
        ------
        UserError: no aligner there, or a damaged one.
        """
        if not (folder / CARD).is_file() and (folder / "aligner" / CARD).is_file():
            folder = folder / "aligner"
        try:
            card = parse(_Card, plain_file(folder / CARD), str(folder / CARD))
            check_sizes(card.config, **LARGEST_AUDIO)
            if sha256(folder / WEIGHTS) != card.sha256:
                raise UserError(f"{folder / WEIGHTS}: changed since training (SHA-256 differs); copy it again")
            tensors = load_file(folder / WEIGHTS)
        except UserError:
            raise
        except (OSError, ValueError, SafetensorError) as error:
            raise UserError(f"{folder}: no aligner that can be read ({error}); train one") from error
        config, table = card.config, card.config.table(card.phones)
        shape = (table.silence + 1, config.mixtures, config.cepstra)
        wanted = {"means": shape, "variances": shape, "weights": shape[:2], "scale": shape[2:]}
        for name, size in wanted.items():
            if name not in tensors or tensors[name].shape != size or not torch.isfinite(tensors[name]).all():
                raise UserError(f"{folder / WEIGHTS}: {name} is missing or does not fit aligner.json; train one")
        scale = tensors.pop("scale")
        if not ((tensors["variances"] > 0).all() and (tensors["weights"] >= 0).all() and (scale > 0).all()):
            raise UserError(f"{folder / WEIGHTS}: holds variances or weights that cannot be; train one")
        aligner = cls(config, table, Mixtures(**{name: tensors[name] for name in wanted if name != "scale"}), scale)
        aligner.identity, aligner.source = card.identity, card.source
        return aligner
