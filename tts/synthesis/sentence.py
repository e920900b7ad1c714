"""The sentences of a text: from their tokens to frames, and to sound, whole or in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from tts.batch import TextBatch, encode_text
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.controls import TokenControls
from tts.models.decoders.decoder import InferenceOutput
from tts.synthesis.controls import Manner, asked_of, check_possible, nothing_asked, with_pitches
from tts.synthesis.folder import VoiceConfig
from tts.synthesis.growing import GrowingSentence, growing_mel, in_parts
from tts.synthesis.recording import Followed
from tts.synthesis.speech import Synthesis
from tts.synthesis.timings import PAUSE, frames_of, timings
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens
from tts.vocoder.choice import GrowingVocoder, Vocoder

MOST_AT_ONCE = 4096
"""Frames, for each of which the vocoder takes 64 kB. With long pauses a sentence may last many minutes."""
SOUND = "what the vocoder makes of the voice's frames"
MOST_CELLS = 1 << 26
"""Of frames × frequencies and of frames × tokens, in a sentence: 21 minutes of 16 kHz in half a gigabyte each, beyond
any real one. A voice from an untrusted source could ask for any length."""
NOTHING = Followed()


class Endless(UserError):
    """The attention never reached the end of the text."""


class Ready(NamedTuple):
    """A sentence as the model takes it."""

    tokens: Tokens
    text: TextBatch
    asked: TokenControls | None
    """Of each token beside the speed; None if nothing."""


@dataclass(frozen=True)
class SentenceSynthesizer:
    """A voice that speaks the sentences of one text in one manner."""

    model: AcousticModel
    config: VoiceConfig
    table: SymbolTable
    languages: tuple[str, ...]
    """All that the voice speaks."""
    vocoder: Vocoder
    manner: Manner

    def ready(self, tokens: Tokens, first: bool, last: bool, pitches: Sequence[float] | None = None) -> Ready:
        """A sentence of the text.

        Parameters
        ----------
        first, last: whether it begins or ends the text.
        pitches: semitones for each token, beside what the controls ask for.

        Raises
        ------
        UserError: a symbol or a language that the voice does not know; controls that its decoder does not have.
        """
        return Ready(tokens, self.encode(tokens), self._asked(tokens, first, last, pitches))

    def encode(self, tokens: Tokens) -> TextBatch:
        """Tokens as the model reads them, for who speaks."""
        who, spoken = self.manner.who, tokens.in_language(self.manner.language)
        batch = encode_text([spoken], [who.index], self.table, ["text"], self.languages)
        return replace(batch, shares=None if who.shares is None else torch.tensor([who.shares]))

    def frames(self, sentence: Ready, followed: Followed = NOTHING) -> InferenceOutput:
        """What the model makes of a sentence.

        Raises
        ------
        Endless: an autoregressive voice did not come to its end. UserError: it would be too long, or the weights are
            damaged.
        """
        tokens, text, asked = sentence
        most = self._most_frames(tokens)
        made = self.model.infer(text, *followed, speed=self.manner.controls.speed, most_frames=most, controls=asked)
        if not made.finished.all():
            raise Endless(
                f"no end of “{' '.join(tokens.words)[:60]}” after {len(made.mel[0])} frames: the attention lost "
                "its way; train longer, switch to SMMA, or speak along path=hard"
            )
        _check_finite(made.mel, "the frames that the voice makes")
        return made

    def frames_lasting(self, sentence: Ready, seconds: Sequence[float]) -> InferenceOutput:
        """The same, where each token lasts so many seconds.

        Raises
        ------
        Endless, UserError: as `frames`; there is not one for each token, or one is out of range.
        """
        if sentence.asked is not None:
            sentence.asked.lengthening.fill_(1.0)  # those of a reading: the durations are what they are
        durations = frames_of(seconds, sentence.tokens, self.config.audio.frame_seconds)
        return self.frames(sentence, Followed(durations=torch.tensor([durations])))

    def sounded(self, tokens: Tokens, made: InferenceOutput) -> Synthesis:
        """A sentence with its sound."""
        mel = made.mel[0]
        long = len(mel) > MOST_AT_ONCE
        wav = torch.cat(list(self.vocoder.stream(mel, MOST_AT_ONCE))) if long else self.vocoder(mel)
        _check_finite(wav, SOUND)
        audio, frames = self.config.audio, made.durations[0]
        words, phones = timings(tokens, frames.tolist(), audio.frame_seconds, 0.0, len(wav) / audio.sample_rate)
        return Synthesis(wav, audio.sample_rate, words, phones, mel, frames, tokens)

    def stream(self, states: Iterable[tuple[Tokens, bool]], frames: int, first: bool, last: bool) -> Iterator[Tensor]:
        """The sound of a sentence in pieces of so many frames at most, float32 `[samples]`.

        Parameters
        ----------
        states: the sentence as far as it is known, and whether that is all, until it is.
        """
        controls = self.manner.controls
        decoding = self.model.decoder.growing(controls.speed)
        # The melody's mean is asked for, or what is marked is.
        whole = controls.pitch_range != 1 or len(self.manner.markup.stretches) > 1
        if decoding is None or whole or not isinstance(self.vocoder, GrowingVocoder):
            tokens = next(tokens for tokens, ended in states if ended)
            sounds = self.vocoder.stream(self.frames(self.ready(tokens, first, last)).mel[0], frames)
        else:
            asked = partial(self._asked, first=first, last=last)
            growing = GrowingSentence(self.model, decoding, self.encode, asked, controls.speed, self._most_frames)
            sounds = self.vocoder.stream_growing(in_parts(growing_mel(growing, states), MOST_AT_ONCE))
        for sound in sounds:
            _check_finite(sound, SOUND)
            yield from sound.split(frames * self.config.audio.hop_length)

    @property
    def pause(self) -> Tensor:
        """The silence between sentences, `[samples]`."""
        return torch.zeros(round(PAUSE * self.manner.controls.pauses * self.config.audio.sample_rate))

    def _asked(
        self, tokens: Tokens, first: bool, last: bool, pitches: Sequence[float] | None = None
    ) -> TokenControls | None:
        controls = self.manner.controls
        if not self.model.decoder.takes_controls:
            why = f"an {self.config.model.decoder.kind} decoder has its own"
            check_possible(controls, tokens, {"speed", "energy"}, why)
            if pitches is not None:
                raise UserError(f"pitches cannot be changed: {why}")
        frame_seconds = self.config.audio.frame_seconds
        asked = asked_of(tokens, replace(controls, speed=1.0), self.manner.markup, frame_seconds, first, last)
        if pitches is not None:
            asked = with_pitches(asked or nothing_asked(len(tokens)), pitches)
        if asked is None:
            return None
        return TokenControls(**{field.name: torch.tensor([getattr(asked, field.name)]) for field in fields(asked)})

    def _most_frames(self, tokens: Tokens) -> int:
        """Most frames that these tokens may take; fewer with many tokens or frequencies, to bound memory."""
        return MOST_CELLS // max(len(tokens), self.config.audio.n_fft // 2 + 1)


def _check_finite(values: Tensor, what: str) -> None:
    if not torch.isfinite(values).all():
        raise UserError(
            f"{what}: not finite numbers; the weights are damaged, so copy the folder again or train longer"
        )
