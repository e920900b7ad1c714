"""Speech of a sentence that is still being written.

Convolutions see only so far. A token's duration and state are final once `AcousticModel.reads_ahead` tokens after it
are known, and a frame is final once `Decoder.reach` frames after it are. The sentence is spoken up to there. What comes
out is what the whole sentence would have given, but for the mean about which the variance is restored: that of the
sentence so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from tts.batch import TextBatch
from tts.models.acoustic import AcousticModel, check_frames
from tts.models.controls import TokenControls
from tts.text.tokens import END, Tokens

FRAMES_OF_AVERAGE = 40.0
"""By how many frames the average of all speech counts in that of a sentence which has only begun."""


class GrowingSentence:
    """A sentence's mel, piece by piece.

    Parameters
    ----------
    encode: tokens as the model reads them, for the speaker who speaks.
    asked: what is asked of each of them beside the speed; None if nothing.
    speed: 2 is twice as fast.
    most_frames: that a sentence of these tokens may take.
    """

    def __init__(
        self,
        model: AcousticModel,
        encode: Callable[[Tokens], TextBatch],
        asked: Callable[[Tokens], TokenControls | None],
        speed: float,
        most_frames: Callable[[Tokens], int],
    ) -> None:
        reach = model.decoder.reach
        assert reach is not None  # a decoder that makes frames in parallel
        self.model, self.encode, self.asked, self.reach = model, encode, asked, reach
        self.speed, self.most_frames = speed, most_frames
        self.tokens = Tokens((), (), (), ())
        self.ends: list[int] = []
        """Of the tokens whose duration is final, in frames."""
        self.passed = 0.0
        """The same of the last one, before rounding."""
        self.given = 0
        """Frames that were returned."""
        self.cepstra = model.variance.mean(model.mel_mean[None, None], torch.ones(1, 1)) * FRAMES_OF_AVERAGE
        """Sum over those frames, and the average."""

    @torch.no_grad()
    def grow(self, tokens: Tokens, ended: bool) -> Tensor:
        """The frames `[T, M]`, log-mel, that are final now and were not before.

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
        if asked is not None:
            durations = asked.durations(durations, self.speed)
        final = len(tokens) if ended else max(len(self.ends), len(tokens) - self.model.reads_ahead)
        for frames in (durations[0, len(self.ends) : final].double() / self.speed).clamp(min=1.0).tolist():
            self.passed += frames
            check_frames(self.passed, self.most_frames(tokens))
            self.ends.append(int(self.passed + 0.5))
        known = self.ends[-1] if self.ends else 0
        until = known if ended else known - self.reach
        if until <= self.given:
            return states.new_zeros(0, len(self.model.mel_mean))
        first = next(i for i, end in enumerate(self.ends) if end > self.given - self.reach)
        start = self.ends[first - 1] if first else 0
        whole = torch.tensor([self.ends[first:]]).diff(prepend=torch.tensor([[start]]))
        within = None if asked is None else asked.each(lambda values: values[:, first:final])
        taken: dict[str, Any] = {} if within is None else {"controls": within}
        output = self.model.decoder.infer(states[:, first:final], torch.tensor([final - first]), whole, True, **taken)
        mel = output.mel * self.model.mel_std + self.model.mel_mean
        new = slice(self.given - start, until - start)
        mel = self.model.restored(mel, self._mean(mel[:, self.given - start :], mel[:, new]), text)
        if within is not None:
            mel = within.louder(mel, output.alignment.argmax(-1))
        self.given = until
        return mel[0, new]

    def _mean(self, ahead: Tensor, new: Tensor) -> Tensor:
        """The mean cepstrum of the sentence as far as it is made, `[1, 1, M]`; keeps that of the `new` frames."""
        variance = self.model.variance
        known = torch.ones(ahead.shape[:2])
        count = FRAMES_OF_AVERAGE + self.given + ahead.shape[1]
        mean = (self.cepstra + variance.mean(ahead, known) * ahead.shape[1]) / count
        self.cepstra = self.cepstra + variance.mean(new, known[:, : new.shape[1]]) * new.shape[1]
        return mean

    def _continued(self, tokens: Tokens) -> Tokens:
        """What was spoken, to the end of its word, and what follows that in `tokens`."""
        spoken, before = len(self.ends), self.tokens
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
        mel = sentence.grow(tokens, ended)
        if len(mel):
            yield mel
        if ended:
            return
