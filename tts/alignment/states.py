"""From tokens to the states that a recording of them passes through."""

from __future__ import annotations

from dataclasses import dataclass

from tts.data.textgrid import is_silence
from tts.errors import UserError
from tts.text.tokens import Tokens

BETWEEN_WORDS = -1
"""Token of a pause that the text does not mark."""


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
    """Numbers the states: `per_phone` for each phone, and one of silence, the last."""

    phones: tuple[str, ...]
    per_phone: int

    @property
    def silence(self) -> int:
        return len(self.phones) * self.per_phone

    def path(self, tokens: Tokens, name: str) -> StatePath:
        """States of an utterance: silence at both ends, an optional one at punctuation and between words.

        Raises
        ------
        UserError: a phone that the aligner was not trained on; names it and the utterance.
        """
        known = {phone: i for i, phone in enumerate(self.phones)}
        states, skippable, owners = [self.silence], [False], [0]
        last = len(tokens) - 1
        for i in range(1, last):
            symbol, word = tokens.symbols[i], tokens.word[i]
            pause_here = is_silence(symbol) or word != tokens.word[i - 1]
            if pause_here and states[-1] != self.silence:  # a path steps over one at a time, so never two in a row
                states.append(self.silence)
                skippable.append(True)
                owners.append(i if is_silence(symbol) else BETWEEN_WORDS)
            if is_silence(symbol):
                continue
            if symbol not in known:
                raise UserError(f"{name}: the aligner does not know the phone {symbol!r}; train one on such speech")
            first = known[symbol] * self.per_phone
            states += range(first, first + self.per_phone)
            skippable += [False] * self.per_phone
            owners += [i] * self.per_phone
        if states[-1] == self.silence and len(states) > 1:  # what ends the text takes the silence at its end
            states, skippable, owners = states[:-1], skippable[:-1], owners[:-1]
        return StatePath((*states, self.silence), (*skippable, False), (*owners, last))
