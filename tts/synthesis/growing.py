"""Speech of a sentence before all of it is made, or even written.

A token's duration and state are final once `AcousticModel.reads_ahead` tokens after it are known, and the decoder says
which frames these settle (`GrowingMel`). What comes out is what the whole sentence would have given, but for the mean
about which the variance is restored: that of the sentence so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor

from tts.batch import TextBatch
from tts.models.acoustic import AcousticModel, check_frames
from tts.models.controls import TokenControls
from tts.models.decoders.decoder import GrowingMel
from tts.text.tokens import END, Tokens

FRAMES_OF_AVERAGE = 40.0
"""By how many frames the average of all speech counts in that of a sentence which has only begun."""
BEGINNING, LONGER = 10, 3
"""Tokens that the first piece of a finished sentence speaks at least, more at a higher speed, and how many times as
many the next one does. With fewer, the vocoder often waits for the next."""
FIRST_PART = 32
"""Frames that the vocoder is given first; then twice as many, and so on. It sees others beside them, and makes a tenth
of a second of these."""


class GrowingSentence:
    """A sentence's mel, piece by piece.

    Parameters
    ----------
    decoding: makes the frames.
    encode: tokens as the model reads them, for the speaker who speaks.
    asked: what is asked of each of them beside the speed; None if nothing.
    speed: 2 is twice as fast.
    most_frames: that a sentence of these tokens may take.
    """

    def __init__(
        self,
        model: AcousticModel,
        decoding: GrowingMel,
        encode: Callable[[Tokens], TextBatch],
        asked: Callable[[Tokens], TokenControls | None],
        speed: float,
        most_frames: Callable[[Tokens], int],
    ) -> None:
        self.model, self.decoding, self.encode, self.asked = model, decoding, encode, asked
        self.speed, self.most_frames = speed, most_frames
        self.tokens = Tokens((), (), (), ())
        self.settled = 0
        """Tokens whose state and duration are final."""
        self.given = 0
        """Frames that were returned."""
        self.cepstra = model.variance.mean(model.mel_mean[None, None], torch.ones(1, 1)) * FRAMES_OF_AVERAGE
        """Sum over those frames, and the average."""

    @torch.no_grad()
    def grow(self, tokens: Tokens, ended: bool) -> Iterator[Tensor]:
        """The frames `[T, M]`, log-mel, that are final now and were not before, in pieces.

        Parameters
        ----------
        tokens: of the sentence as far as it is known. Where they differ from what was spoken, that stays, and the words
            after it are spoken on.
        ended: whether this is all of it, with `</s>`.

        Raises
        ------
        UserError: it takes too many frames.
        """
        self.tokens = tokens = self._continued(tokens)
        text = self.encode(tokens)
        states, durations = self.model.plan(text)
        asked = self.asked(tokens)
        takes = asked is not None and self.model.decoder.takes_controls
        if asked is not None and takes:
            durations = asked.durations(durations, self.speed)
        self.settled = len(tokens) if ended else max(self.settled, len(tokens) - self.model.reads_ahead)
        states, durations = states[:, : self.settled], durations[:, : self.settled]
        check_frames(float(durations.sum()) / self.speed, self.most_frames(tokens))
        for piece in self.decoding.grow(states, durations, ended, asked if takes else None):
            mel, ahead = (part * self.model.mel_std + self.model.mel_mean for part in (piece.mel, piece.ahead))
            mel = self.model.restored(mel, self._mean(mel, ahead), text)
            if asked is not None:
                mel = asked.louder(mel, piece.token)
            self.given += mel.shape[1]
            yield mel[0]

    def _mean(self, new: Tensor, ahead: Tensor) -> Tensor:
        """The mean cepstrum of the sentence as far as it is made, `[1, 1, M]`; keeps that of the `new` frames."""
        variance, sums = self.model.variance, []
        for mel in (new, ahead):
            count = mel.shape[1]
            sums.append(variance.mean(mel, torch.ones(1, count)) * count if count else torch.zeros_like(self.cepstra))
        self.cepstra = self.cepstra + sums[0]
        return (self.cepstra + sums[1]) / (FRAMES_OF_AVERAGE + self.given + new.shape[1] + ahead.shape[1])

    def _continued(self, tokens: Tokens) -> Tokens:
        """What was spoken, to the end of its word, and what follows that in `tokens`."""
        spoken, before = self.settled, self.tokens
        if tokens.symbols[:spoken] == before.symbols[:spoken]:
            return tokens
        word = max(before.word[:spoken])
        kept = max(spoken, *(i + 1 for i, w in enumerate(before.word) if w == word))
        rest = next((i for i, w in enumerate(tokens.word) if w > word), len(tokens))
        if rest == len(tokens) and tokens.symbols[-1] == END:
            rest -= 1
        languages = (before.language or ("",) * len(before))[:kept] + (tokens.language or ("",) * len(tokens))[rest:]
        return Tokens(
            symbols=before.symbols[:kept] + tokens.symbols[rest:],
            stress=before.stress[:kept] + tokens.stress[rest:],
            word=before.word[:kept] + tokens.word[rest:],
            words=before.words[: word + 1] + tokens.words[word + 1 :],
            language=languages if any(languages) else (),
        )


def growing_mel(sentence: GrowingSentence, states: Iterable[tuple[Tokens, bool]]) -> Iterator[Tensor]:
    """The mel of a sentence in pieces, each as soon as it is final; ends with the sentence."""
    for tokens, ended in states:
        yield from sentence.grow(tokens, ended)
        if ended:
            return


def from_its_beginning(tokens: Tokens, reads_ahead: int, speed: float) -> Iterator[tuple[Tokens, bool]]:
    """A finished sentence as `growing_mel` takes it: its first words, then more and more, so that its first sound need
    not wait for the rest."""
    wanted = round(BEGINNING * max(1.0, speed)) + reads_ahead
    for count in range(1, len(tokens) - 1):
        ends_a_word = tokens.word[count - 1] >= 0 and tokens.word[count] != tokens.word[count - 1]
        if ends_a_word and count >= wanted:
            yield tokens.until(count), False
            wanted *= LONGER
    yield tokens, True


def in_parts(mels: Iterable[Tensor], most: int) -> Iterator[Tensor]:
    """Mels `[T, M]` in parts of at most so many frames, the first ones short, so that their sound is made soon."""
    size = FIRST_PART
    for mel in mels:
        while len(mel):
            yield mel[:size]
            mel, size = mel[size:], min(2 * size, most)
