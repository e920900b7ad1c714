"""A batch of utterances as tensors. B utterances, N tokens, T frames, M mel channels, padded with zeros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from tts.errors import UserError
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens


@dataclass
class Tensors:
    """Tensors that belong together, and others beside them."""

    def each(self, change: Callable[[Tensor], Tensor]) -> Self:
        """The same with every tensor changed."""
        changed: dict[str, Tensor | Tensors] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                changed[field.name] = change(value)
            elif isinstance(value, Tensors):
                changed[field.name] = value.each(change)
        return replace(self, **changed)

    def to(self, device: torch.device | str) -> Self:
        """Without waiting for the copies, where `pin_memory` came before."""
        return self.each(lambda tensor: tensor.to(device, non_blocking=True))

    def pin_memory(self) -> Self:
        """In memory that a GPU can read by itself; what `DataLoader` calls."""
        return self.each(Tensor.pin_memory)


@dataclass
class TextBatch(Tensors):
    """Tokens as ids."""

    symbols: Tensor
    """int64 `[B, N]`; 0 is padding."""
    stress: Tensor
    """int64 `[B, N]`; 0 none, 1 primary, 2 secondary."""
    boundary: Tensor
    """int64 `[B, N]`; place in the word, as `Tokens.boundaries` numbers them."""
    lengths: Tensor
    """int64 `[B]`, tokens."""
    speaker: Tensor
    """int64 `[B]`, number of the speaker."""
    language: Tensor | None = None
    """int64 `[B, N]`, number of the language of each token; None for a model of one."""
    shares: Tensor | None = None
    """float32 `[B, S]`, shares of all speakers in a voice between several; None for `speaker` alone."""


@dataclass
class Batch(Tensors):
    """Utterances with their recordings' mels."""

    ids: list[str]
    """B names, each the corpus's and the utterance's, as in `mine/001`."""
    text: TextBatch
    """Their tokens."""
    mel: Tensor
    """float32 `[B, T, M]`, log-mel."""
    pitch: Tensor
    """float32 `[B, T]`, Hz; 0 where unvoiced."""
    mel_lengths: Tensor
    """int64 `[B]`, frames."""
    durations: Tensor | None = None
    """int64 `[B, N]`, frames per token; None where the model is to find them."""
    channels: Tensor | None = None
    """int64 `[B]`, how many mel channels, from the lowest, each recording has; None where all have all."""

    @property
    def missing_channels(self) -> Tensor | None:
        """bool `[B, 1, M]`: which channels lie above what the recording holds; None where none do."""
        if self.channels is None:
            return None
        return (torch.arange(self.mel.shape[2], device=self.mel.device) >= self.channels[:, None])[:, None]


def encode_text(
    tokens: list[Tokens], speakers: list[int], table: SymbolTable, ids: list[str], languages: Sequence[str] = ()
) -> TextBatch:
    """Pad and number a list of token sequences.

    Parameters
    ----------
    languages: those of the model; where it has one or none, the tokens' own do not matter.

    Raises
    ------
    UnknownSymbol: naming the symbol and the utterance (`ids`).
    UserError: a token in a language that is not among `languages`.
    """
    symbols = [torch.tensor(table.encode(t, name)) for t, name in zip(tokens, ids, strict=True)]
    return TextBatch(
        symbols=pad_sequence(symbols, batch_first=True),
        stress=pad_sequence([torch.tensor(t.stress) for t in tokens], batch_first=True),
        boundary=pad_sequence([torch.tensor(t.boundaries()) for t in tokens], batch_first=True),
        lengths=torch.tensor([len(t) for t in tokens]),
        speaker=torch.tensor(speakers),
        language=_numbered(tokens, ids, languages) if len(languages) > 1 else None,
    )


def _numbered(tokens: list[Tokens], ids: list[str], languages: Sequence[str]) -> Tensor:
    """The number of each token's language, int64 `[B, N]`."""
    number = {name: i for i, name in enumerate(languages)}
    for name, unknown in zip(ids, (set(t.language) - number.keys() for t in tokens), strict=True):
        if unknown:
            raise UserError(
                f"utterance {name}: {', '.join(sorted(unknown))} is no language of this voice, which speaks "
                f"{', '.join(languages)}"
            )
    return pad_sequence([torch.tensor([number[name] for name in t.language]) for t in tokens], batch_first=True)
