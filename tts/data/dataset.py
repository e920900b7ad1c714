"""Prepared corpora as a dataset of batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from tts.audio.config import AudioConfig
from tts.batch import Batch, encode_text
from tts.data.features import FeatureStore
from tts.data.manifest import PreparedCorpus, Split, Utterance
from tts.errors import UserError
from tts.text.symbols import SymbolTable


@dataclass(frozen=True)
class Item:
    """An utterance and where it comes from."""

    utterance: Utterance
    corpus: PreparedCorpus
    store: FeatureStore
    part: int
    """Position of its corpus in the mix."""
    durations: tuple[int, ...] | None = None
    """`[N]`, frames per token, where they are given."""

    @property
    def language(self) -> str:
        """Of its corpus."""
        return str(self.corpus.info.text["language"])

    @property
    def id(self) -> str:
        return f"{self.corpus.info.name}/{self.utterance.id}"

    @property
    def frames(self) -> int:
        return self.store.frames(self.utterance)

    @property
    def bandwidth(self) -> float:
        """Hz above which its audio holds nothing."""
        return min(self.utterance.bandwidth or math.inf, self.corpus.info.sample_rate / 2)

    @property
    def channels(self) -> int:
        """Mel channels, from the lowest, that its audio fills."""
        return self.store.audio.channels_below(self.bandwidth)


def items_of(corpora: list[tuple[PreparedCorpus, FeatureStore]], split: Split) -> list[Item]:
    """The utterances of one split of every corpus.

    Raises
    ------
    UserError: an utterance has fewer frames than tokens at this hop.
    """
    items = [Item(u, corpus, store, part) for part, (corpus, store) in enumerate(corpora) for u in corpus.split(split)]
    for item in items:
        if item.frames < len(item.utterance.symbols):
            raise UserError(
                f"{item.id}: {item.frames} frames for {len(item.utterance.symbols)} tokens; "
                "use a shorter audio.hop_length, or prepare the corpus with a lower limits.max_rate"
            )
    return items


class SpeechDataset(Dataset[Item]):
    """Items and how a list of them becomes a `Batch`. Durations are given for all of them or for none.

    `languages` are those of the model, where it has several.
    """

    def __init__(
        self,
        items: list[Item],
        table: SymbolTable,
        speakers: list[str],
        audio: AudioConfig,
        languages: Sequence[str] = (),
    ) -> None:
        self.items, self.table, self.audio, self.languages = items, table, audio, languages
        self.speaker_ids = {name: i for i, name in enumerate(speakers)}

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Item:
        return self.items[index]

    def collate(self, items: list[Item]) -> Batch:
        loaded = [item.store.load(item.utterance) for item in items]
        mels, pitches = [mel for mel, _ in loaded], [pitch for _, pitch in loaded]
        tokens = [item.utterance.tokens.in_language(item.language) for item in items]
        ids = [item.id for item in items]
        speakers = [self.speaker_ids[item.utterance.speaker] for item in items]
        durations = [torch.tensor(item.durations) for item in items if item.durations is not None]
        channels = torch.tensor([item.channels for item in items])
        return Batch(
            ids=ids,
            text=encode_text(tokens, speakers, self.table, ids, self.languages),
            mel=pad_sequence(mels, batch_first=True),
            pitch=pad_sequence(pitches, batch_first=True),
            mel_lengths=torch.tensor([len(mel) for mel in mels]),
            durations=pad_sequence(durations, batch_first=True) if durations else None,
            channels=channels if bool((channels < self.audio.n_mels).any()) else None,
        )


def mel_statistics(items: list[Item], limit: int = 500) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every mel channel, `[M]` each, over up to `limit` items spread evenly.

    Recordings count in the channels that they fill; a channel that none fills is silent.
    """
    spread = items[:: max(1, -(-len(items) // limit))]
    mels = [item.store.load(item.utterance)[0] for item in spread]
    filled = torch.tensor([item.channels for item in spread])
    if bool((filled == mels[0].shape[1]).all()):
        whole = torch.cat(mels)
        return whole.mean(0), whole.std(0)
    mean, std = torch.full_like(mels[0][0], math.log(items[0].store.audio.floor)), torch.zeros_like(mels[0][0])
    for channel in range(int(filled.max())):
        values = torch.cat([mel[:, channel] for mel, count in zip(mels, filled, strict=True) if channel < count])
        mean[channel], std[channel] = values.mean(), values.std()
    return mean, std
