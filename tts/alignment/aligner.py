"""The aligner: energies are log-likelihoods of an acoustic model, the path is the chain of `tts.ops`, pauses optional.

T frames, N states on the path of an utterance, S states of the model, C features.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from tts.alignment.config import AlignerConfig
from tts.alignment.features import Cepstra
from tts.alignment.mixtures import Mixtures, Statistics
from tts.alignment.states import BETWEEN_WORDS, StatePath, StateTable
from tts.audio import waveform
from tts.data.textgrid import Interval, is_silence
from tts.errors import UserError
from tts.ops import stepwise_marginals
from tts.schema import parse, plain
from tts.text.tokens import Tokens

WEIGHTS, CARD = "aligner.safetensors", "aligner.json"
CELLS_PER_BATCH = 3_000_000
"""Frames × states that are aligned at a time."""


@dataclass(frozen=True)
class Spoken:
    """A recording and what is said in it, ready to be aligned."""

    name: str
    features: Tensor
    """`[T, C]`."""
    tokens: Tokens
    path: StatePath


@dataclass(frozen=True)
class _Heard:
    """What the model makes of a recording."""

    spoken: Spoken
    components: Tensor
    """Log densities of every Gaussian, `[T, S, M]`."""
    posterior: Tensor
    """Where the path is, `[T, N]`."""
    score: float
    """Log-likelihood per frame."""


@dataclass(frozen=True)
class Alignment:
    """When each phone and word of a recording is spoken, in seconds."""

    words: list[Interval]
    phones: list[Interval]
    """`sil` for silences; together they cover the recording."""
    confidence: list[float]
    """Per phone, 0 to 1: how sure the chain is that its frames are in it."""
    score: float
    """Log-likelihood per frame; low beside its neighbours' where the text is not what was said."""


@dataclass(frozen=True)
class _Card:
    """`aligner.json`."""

    config: AlignerConfig
    phones: tuple[str, ...]


class Aligner:
    """A trained aligner."""

    def __init__(self, config: AlignerConfig, table: StateTable, mixtures: Mixtures, scale: Tensor) -> None:
        self.config, self.table, self.mixtures, self.scale = config, table, mixtures, scale
        self._cepstra = Cepstra(config)

    @classmethod
    def train(
        cls,
        recordings: Sequence[tuple[str, Tensor, Tokens]],
        config: AlignerConfig,
        progress: Callable[[str, float], None] = lambda _stage, _likelihood: None,
    ) -> Aligner:
        """Learn from recordings and their tokens: one Gaussian a phone from evenly cut speech, then more states, then
        more Gaussians, each followed by a few rounds of expectation–maximisation.

        Parameters
        ----------
        recordings: name, waveform `[samples]` at `config.sample_rate`, tokens. Those too short for their text are left
            out.
        progress: told the stage and the log-likelihood per frame after every round.

        Raises
        ------
        UserError: no recording is long enough for its text.
        """
        cepstra = Cepstra(config)
        heard = [r for r in recordings if len(r[1]) > config.n_fft]
        phones = tuple(sorted({s for _, _, tokens in heard for s in tokens.symbols if not is_silence(s)}))
        full = StateTable(phones, config.states)
        spoken = [Spoken(name, cepstra(wav), tokens, full.path(tokens, name)) for name, wav, tokens in heard]
        spoken = [s for s in spoken if len(s.features) >= len(s.path.states)]
        if not spoken:
            raise UserError("no recording is long enough for its text: nothing to learn from")
        scale = torch.cat([s.features for s in spoken]).std(0).clamp(min=1e-3)
        table = StateTable(phones, 1)
        aligner = cls(config, table, Mixtures.standard(table.silence + 1, config.cepstra), scale)
        spoken = [replace(s, features=s.features / scale, path=table.path(s.tokens, s.name)) for s in spoken]
        aligner._start_evenly(spoken)
        aligner._improve(spoken, "one state a phone", progress)
        if config.states > 1:
            aligner._split_states()
            spoken = [replace(s, path=full.path(s.tokens, s.name)) for s in spoken]
            aligner._improve(spoken, f"{config.states} states", progress)
        while aligner.mixtures.weights.shape[1] < config.mixtures:
            aligner.mixtures = aligner.mixtures.split_gaussians()
            aligner._improve(spoken, f"{aligner.mixtures.weights.shape[1]} Gaussians", progress)
        return aligner

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
            [heard] = self._hear([spoken])
        except ValueError as error:
            raise UserError(f"{name}: too short for its text ({error})") from error
        return self._timed(heard, len(wav) / sample_rate)

    def densities(self, wav: Tensor, sample_rate: int) -> Tensor:
        """Log-likelihood of every state in every frame of a recording `[samples]`, `[T, S]`."""
        resampled = waveform.resample(wav, sample_rate, self.config.sample_rate)
        return self.mixtures.components(self._cepstra(resampled) / self.scale).logsumexp(-1)

    def save(self, folder: Path) -> None:
        """Write `aligner.safetensors` and `aligner.json`, the latter last and by rename."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({**vars(self.mixtures), "scale": self.scale}, folder / WEIGHTS)
        card = plain(_Card(self.config, self.table.phones))
        draft = folder / f"{CARD}.part"
        draft.write_text(json.dumps(card, indent=1, ensure_ascii=False), "utf-8")
        draft.replace(folder / CARD)

    @classmethod
    def load(cls, folder: Path) -> Aligner:
        """Read what `save` wrote; nothing in it is run.

        Raises
        ------
        UserError: no aligner there, or a damaged one.
        """
        try:
            card = json.loads((folder / CARD).read_text("utf-8"))
            tensors = load_file(folder / WEIGHTS)
        except (OSError, ValueError, SafetensorError) as error:
            raise UserError(f"{folder}: no aligner that can be read ({error}); train one") from error
        card = parse(_Card, card, str(folder / CARD))
        config, table = card.config, StateTable(card.phones, card.config.states)
        shape = (table.silence + 1, config.mixtures, config.cepstra)
        wanted = {"means": shape, "variances": shape, "weights": shape[:2], "scale": shape[2:]}
        for name, size in wanted.items():
            if name not in tensors or tensors[name].shape != size or not torch.isfinite(tensors[name]).all():
                raise UserError(f"{folder / WEIGHTS}: {name} is missing or does not fit aligner.json; train one")
        scale = tensors.pop("scale")
        return cls(config, table, Mixtures(**{name: tensors[name] for name in wanted if name != "scale"}), scale)

    def _start_evenly(self, spoken: Sequence[Spoken]) -> None:
        """Statistics of speech cut evenly: what is loud belongs to the phones, the rest to the silence."""
        statistics = Statistics(self.mixtures)
        for item in spoken:
            phones = torch.tensor([s for s in item.path.states if s != self.table.silence])
            loud = (item.features[:, 0] > 0).nonzero().flatten()
            first, end = int(loud[0]), int(loud[-1]) + 1
            occupancy = torch.zeros(len(item.features), len(self.mixtures.weights))
            occupancy[:first, self.table.silence] = occupancy[end:, self.table.silence] = 1
            if len(phones):
                frames = torch.arange(first, end)
                place = (frames - first) * len(phones) // (end - first)
                occupancy[frames, phones[place]] = 1
            statistics.add(item.features, self.mixtures.components(item.features), occupancy)
        self.mixtures = statistics.estimate(self.config.least_variance)

    def _split_states(self) -> None:
        """Every phone's state becomes several in a row, alike at first; their order parts them."""
        one, self.table = self.table, StateTable(self.table.phones, self.config.states)
        rows = torch.arange(one.silence).repeat_interleave(self.config.states)
        self.mixtures = self.mixtures.take(torch.cat([rows, torch.tensor([one.silence])]))

    def _improve(self, spoken: Sequence[Spoken], stage: str, progress: Callable[[str, float], None]) -> None:
        frames = sum(len(item.features) for item in spoken)
        batches = list(self._batches(spoken))
        for _ in range(self.config.iterations):
            statistics, likelihood = Statistics(self.mixtures), 0.0
            for heard in chain.from_iterable(map(self._hear, batches)):
                states = torch.tensor(heard.spoken.path.states)
                occupancy = torch.zeros(len(heard.posterior), len(self.mixtures.weights))
                occupancy.index_add_(1, states, heard.posterior)
                statistics.add(heard.spoken.features, heard.components, occupancy)
                likelihood += heard.score * len(heard.posterior)
            self.mixtures = statistics.estimate(self.config.least_variance)
            progress(stage, likelihood / frames)

    def _batches(self, spoken: Sequence[Spoken]) -> Iterator[list[Spoken]]:
        """Recordings of similar length together."""
        batch: list[Spoken] = []
        for item in sorted(spoken, key=lambda s: len(s.features)):
            batch.append(item)
            if len(batch) * len(item.features) * len(item.path.states) > CELLS_PER_BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _hear(self, batch: Sequence[Spoken]) -> Iterator[_Heard]:
        texts = torch.tensor([len(item.path.states) for item in batch])
        mels = torch.tensor([len(item.features) for item in batch])
        energy = torch.zeros(len(batch), 1, int(mels.max()), int(texts.max()))
        skippable = torch.zeros(len(batch), int(texts.max()), dtype=torch.bool)
        components = [self.mixtures.components(item.features) for item in batch]
        for b, item in enumerate(batch):
            energy[b, 0, : mels[b], : texts[b]] = components[b].logsumexp(-1)[:, torch.tensor(item.path.states)]
            skippable[b, : texts[b]] = torch.tensor(item.path.skippable)
        gamma, log_z = stepwise_marginals(energy, texts, mels, skippable)
        for b, item in enumerate(batch):
            yield _Heard(item, components[b], gamma[b, 0, : mels[b], : texts[b]], float(log_z[b, 0] / mels[b]))

    def _timed(self, heard: _Heard, seconds: float) -> Alignment:
        path, tokens, posterior = heard.spoken.path, heard.spoken.tokens, heard.posterior
        hop = self.config.hop_length / self.config.sample_rate
        frames = posterior.double().sum(0)
        # Frame t is centred on t·hop, so the boundary between frames t − 1 and t lies at (t − ½)·hop.
        edges = ((frames.cumsum(0) - 0.5) * hop).clamp(0.0, seconds).tolist()
        starts, ends = [0.0, *edges[:-1]], [*edges[:-1], seconds]
        phones: list[Interval] = []
        owned: list[list[int]] = []  # states of each phone
        owners: list[int] = []
        waiting: float | None = None  # where a silence too short to be one began
        for place, (state, owner) in enumerate(zip(path.states, path.tokens, strict=True)):
            start, end = starts[place], ends[place]
            silent = state == self.table.silence
            if silent and owner not in (0, len(tokens) - 1) and end - start < self.config.shortest_pause:
                waiting = start
            elif owners and owner == owners[-1] and owner != BETWEEN_WORDS:  # a further state of the same phone
                phones[-1] = phones[-1]._replace(end=end)
                owned[-1].append(place)
            else:
                label = "sil" if silent else tokens.symbols[owner]
                phones.append(Interval(label, start if waiting is None else waiting, end))
                owned.append([place])
                owners.append(owner)
                waiting = None
        words = []
        for index, label in enumerate(tokens.words):
            own = [p for p, owner in zip(phones, owners, strict=True) if owner >= 0 and tokens.word[owner] == index]
            if own:
                words.append(Interval(label, own[0].start, own[-1].end))
        whole = torch.stack([posterior[:, places].sum(1) for places in owned], 1)
        return Alignment(words, phones, certainty(whole).tolist(), heard.score)


def certainty(posterior: Tensor) -> Tensor:
    """How sure it is of the frames that it gives each token: mean posterior, weighted by itself, `[T, N]` → `[N]`."""
    return posterior.double().square().sum(0) / posterior.double().sum(0).clamp(min=1e-9)
