"""From tokens to the states that a recording of them passes through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from tts.errors import UserError
from tts.text.classes import phone_class
from tts.text.tokens import Tokens, is_silence

BETWEEN_WORDS = -1
"""Token of a pause that the text does not mark."""
SILENCE = "sil"
GLIDING = ("nasal", "approximant")


@dataclass(frozen=True)
class StatePath:
    """States in order, `[N]` each."""

    states: tuple[int, ...]
    """Rows of the acoustic model."""
    skippable: tuple[bool, ...]
    """Silences between words, marked or not."""
    tokens: tuple[int, ...]
    """The token each belongs to, or `BETWEEN_WORDS`."""


@dataclass(frozen=True)
class StateTable:
    """Numbers the states: `per_phone` for each phone, and one of silence, the last.

    With `in_context`, the last state of a nasal or approximant is another one before every vowel, every class of
    consonants and a pause: such a sound changes gradually into what follows.
    """

    phones: tuple[str, ...]
    per_phone: int
    in_context: bool = False

    @cached_property
    def rows(self) -> dict[tuple[str, int, str], int]:
        """Number of every phone's states; the third of the key is what follows, empty where that does not matter."""
        contexts = sorted({_context(phone) for phone in self.phones} | {SILENCE})
        keys = [
            (phone, k, after)
            for phone in self.phones
            for k in range(self.per_phone)
            for after in (contexts if self._in_context(phone, k) else [""])
        ]
        return {key: i for i, key in enumerate(keys)}

    @property
    def silence(self) -> int:
        return len(self.rows)

    def origin(self, coarse: StateTable) -> Tensor:
        """For each state, that of a table with fewer states, of the same phones, that it starts from, `[S]`."""
        rows = [coarse.rows[phone, min(k, coarse.per_phone - 1), ""] for phone, k, _ in self.rows]
        return torch.tensor([*rows, coarse.silence])

    def path(self, tokens: Tokens, name: str) -> StatePath:
        """States of an utterance: silence at both ends, an optional one at punctuation and between words.

        Raises
        ------
        UserError: a phone that the aligner was not trained on; names it and the utterance.
        """
        unknown = {s for s in tokens.symbols if not is_silence(s)} - set(self.phones)
        if unknown:
            raise UserError(f"{name}: the aligner does not know the phone {min(unknown)!r}; train one on such speech")
        states, skippable, owners = [self.silence], [False], [0]
        last = len(tokens) - 1
        for i in range(1, last):
            symbol, word = tokens.symbols[i], tokens.word[i]
            pause_here = is_silence(symbol) or word != tokens.word[i - 1]
            if pause_here and states[-1] != self.silence:  # a path skips one at a time, so never two in a row
                states.append(self.silence)
                skippable.append(True)
                owners.append(i if is_silence(symbol) else BETWEEN_WORDS)
            if is_silence(symbol):
                continue
            after = _context(tokens.symbols[i + 1])
            states += [
                self.rows[symbol, k, after if self._in_context(symbol, k) else ""] for k in range(self.per_phone)
            ]
            skippable += [False] * self.per_phone
            owners += [i] * self.per_phone
        if states[-1] == self.silence and len(states) > 1:  # the last punctuation mark is the silence at the end
            states, skippable, owners = states[:-1], skippable[:-1], owners[:-1]
        return StatePath((*states, self.silence), (*skippable, False), (*owners, last))

    def _in_context(self, phone: str, k: int) -> bool:
        return self.in_context and k == self.per_phone - 1 and phone_class(phone) in GLIDING


def _context(symbol: str) -> str:
    """The right context that a phone has before this symbol: the vowel, the class of consonant, or silence."""
    if is_silence(symbol):
        return SILENCE
    return symbol if phone_class(symbol) == "vowel" else phone_class(symbol)
