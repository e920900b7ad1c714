"""The aligner: a hidden Markov model of the phones, and the path of a text through it, with optional pauses."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from tts.alignment.config import AlignerConfig
from tts.alignment.hmm.features import Cepstra
from tts.alignment.hmm.mixtures import Mixtures
from tts.alignment.hmm.posterior import AlignerInput, PathPosterior, path_posteriors
from tts.alignment.hmm.states import StateTable
from tts.alignment.timing import Alignment, alignment_of
from tts.audio import waveform
from tts.errors import UserError
from tts.intervals import Interval
from tts.model_folder import Limits, check_values
from tts.settings.schema import parse, plain
from tts.storage.files import atomic_write, fingerprint, sha256, write_text
from tts.storage.plain_data import plain_file
from tts.text.symbols import LONGEST_SYMBOL
from tts.text.tokens import Tokens, is_silence

WEIGHTS, CARD = "aligner.safetensors", "aligner.json"
MISFIT_LIMIT = 3.2
"""Nats per frame by which the likeliest states of all may fit better than those of the text: a misfit of 1. Where the
text is right it is 0.8 to 2.0, where it is another one 4.7 and more (docs/LOG.md)."""
LIMITS: dict[str, Limits] = {
    "means": (-1e6, 1e6),
    "variances": (1e-8, 1e8),
    "weights": (0.0, 1.0 + 1e-4),
    "scale": (1e-4, 1e6),
}
"""Of the weights; between them log-likelihoods are finite."""


@dataclass(frozen=True)
class _Card:
    """`aligner.json`."""

    config: AlignerConfig
    phones: tuple[str, ...]
    sha256: str
    """Of `aligner.safetensors`."""
    source: str
    """What it was trained on, as the caller of `Aligner.save` tells it apart."""
    learnt_from: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Training corpora, and the speakers of each; empty in aligners of earlier versions."""

    def __post_init__(self) -> None:
        if not self.phones or len(set(self.phones)) != len(self.phones):
            raise ValueError("phones must be at least one, and each only once")
        if not all(0 < len(phone) <= LONGEST_SYMBOL and not is_silence(phone) for phone in self.phones):
            raise ValueError(f"each of phones must be a phone of 1 to {LONGEST_SYMBOL} characters")

    @property
    def identity(self) -> str:
        return fingerprint(plain(self.config), self.phones, self.sha256)


def is_aligner(folder: Path) -> bool:
    """Whether `Aligner.save` wrote the card that is in `folder`."""
    try:
        return bool(parse(_Card, plain_file(folder / CARD)).sha256)
    except (UserError, OSError):
        return False


class Aligner:
    """A trained aligner; `tts.alignment.train_aligner` makes one."""

    identity = ""
    """Tells aligners apart, once saved or loaded."""
    source = ""
    """What it was trained on, once saved or loaded."""
    learnt_from: Mapping[str, Sequence[str]] = MappingProxyType({})
    """Training corpora, and the speakers of each, once saved or loaded; empty where that is not known."""

    def __init__(self, config: AlignerConfig, table: StateTable, mixtures: Mixtures, scale: Tensor) -> None:
        self.config, self.table, self.mixtures, self.scale = config, table, mixtures, scale
        self._cepstra = Cepstra(config)

    def align(self, wav: Tensor, sample_rate: int, tokens: Tokens, name: str = "recording") -> Alignment:
        """Align a recording `[samples]` with its tokens.

        Raises
        ------
        UserError: an unknown phone, or a recording too short for its text.
        """
        posterior = self._posterior(wav, sample_rate, tokens, name)
        best = self.mixtures.components(posterior.input.features).logsumexp(-1).amax(-1).mean()
        misfit = (float(best) - posterior.score) / MISFIT_LIMIT
        return alignment_of(posterior, self.table.silence, self.config, len(wav) / sample_rate, misfit)

    @torch.inference_mode()
    def align_words(
        self, wav: Tensor, sample_rate: int, tokens: Tokens, densities: Tensor
    ) -> list[tuple[Interval, float]]:
        """Each word of a recording, and its misfit: by how much its frames fit any sounds better than those of the
        word, as a share of what is believable in a whole recording. Single words go further: one that was said has
        mostly less than 2, one that was left out mostly more than 4.

        Parameters
        ----------
        densities: what the method of that name gives for the recording.

        Raises
        ------
        UserError: as `align`.
        """
        posterior = self._posterior(wav, sample_rate, tokens, "recording")
        alignment = alignment_of(posterior, self.table.silence, self.config, len(wav) / sample_rate, math.nan)
        likelihoods = posterior.components.logsumexp(-1)[:, posterior.row_of]
        excess = (densities.amax(-1) - (posterior.gamma * likelihoods).sum(1)) / MISFIT_LIMIT
        hop = self.config.hop_length / self.config.sample_rate
        found = []
        for word in alignment.words:
            first, last = round(word.start / hop), max(round(word.start / hop) + 1, round(word.end / hop))
            found.append((word, float(excess[min(first, len(excess) - 1) : last].mean())))
        return found

    def _posterior(self, wav: Tensor, sample_rate: int, tokens: Tokens, name: str) -> PathPosterior:
        resampled = waveform.resample(wav, sample_rate, self.config.sample_rate)
        if len(resampled) <= self.config.n_fft:
            raise UserError(f"{name}: {len(wav)} samples are too short to align")
        recording = AlignerInput(name, self._cepstra(resampled) / self.scale, tokens, self.table.path(tokens, name))
        try:
            [posterior] = path_posteriors(self.mixtures, [recording])
        except ValueError as error:
            raise UserError(f"{name}: too short for its text ({error})") from error
        return posterior

    @torch.inference_mode()
    def densities(self, wav: Tensor, sample_rate: int) -> Tensor:
        """Log-likelihood of every state in every frame of a recording `[samples]`, `[T, S]`."""
        resampled = waveform.resample(wav, sample_rate, self.config.sample_rate)
        return self.mixtures.components(self._cepstra(resampled) / self.scale).logsumexp(-1)

    @property
    def speakers(self) -> set[str]:
        """The speakers it was trained on; empty where that is not known."""
        return {speaker for speakers in self.learnt_from.values() for speaker in speakers}

    def save(self, folder: Path, source: str = "", learnt_from: Mapping[str, Sequence[str]] | None = None) -> None:
        """Write `aligner.safetensors` and `aligner.json`, which holds the former's SHA-256, last and by rename.

        Parameters
        ----------
        source: what it was trained on, as the caller tells it apart.
        learnt_from: training corpora, and the speakers of each.
        """
        learnt = {corpus: tuple(speakers) for corpus, speakers in (learnt_from or {}).items()}
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(folder / WEIGHTS) as draft:
            draft.write_bytes(save({**vars(self.mixtures), "scale": self.scale}))
        card = _Card(self.config, self.table.phones, sha256(folder / WEIGHTS), source, learnt)
        write_text(folder / CARD, json.dumps(plain(card), indent=1, ensure_ascii=False))
        self.identity, self.source, self.learnt_from = card.identity, source, learnt

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
            if sha256(folder / WEIGHTS) != card.sha256:
                raise UserError(f"{folder / WEIGHTS}: changed since training (SHA-256 differs); copy it again")
            with safe_open(folder / WEIGHTS, framework="pt") as weights:
                shapes = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118 (no iterator)
        except UserError:
            raise
        except (OSError, ValueError, SafetensorError) as error:
            raise UserError(f"{folder}: no aligner that can be read ({error}); train one") from error
        config, table = card.config, card.config.table(card.phones)
        shape = (table.silence + 1, config.mixtures, config.cepstra)
        wanted = {"means": shape, "variances": shape, "weights": shape[:2], "scale": shape[2:]}
        for name, size in wanted.items():
            if shapes.get(name) != size:
                raise UserError(f"{folder / WEIGHTS}: {name} is missing or does not fit aligner.json; train one")
        tensors = load_file(folder / WEIGHTS)
        other = next((name for name in wanted if tensors[name].dtype != torch.float32), None)
        if other is not None:
            raise UserError(f"{folder / WEIGHTS}: {other} is {tensors[other].dtype} and should be float32; train one")
        check_values(folder / WEIGHTS, tensors, LIMITS)
        if not (tensors["weights"].sum(1) > 0).all():
            raise UserError(f"{folder / WEIGHTS}: weights leave a state without Gaussians; train one")
        scale = tensors.pop("scale")
        aligner = cls(config, table, Mixtures(**{name: tensors[name] for name in wanted if name != "scale"}), scale)
        aligner.identity, aligner.source, aligner.learnt_from = card.identity, card.source, card.learnt_from
        return aligner
