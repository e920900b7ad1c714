"""A trained voice: text in, speech with timings out; recordings in, alignments out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import Tensor

from tts.attention.decoding import PathMode
from tts.audio.mel import LogMel
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.synthesis.controls import Manner, check_chunk, check_possible, combined, with_last
from tts.synthesis.folder import VoiceConfig, VoiceInfo, load_voice, save_voice
from tts.synthesis.growing import from_its_beginning
from tts.synthesis.reading import each_sentence, read_growing, read_markup, read_sentences, read_tokens
from tts.synthesis.recording import Followed, aligned, doubt, prosody_of, read_recording, style_of
from tts.synthesis.sentence import Endless, SentenceSynthesizer
from tts.synthesis.speakers import find_speaker, spoken_language
from tts.synthesis.speech import Aligned, Synthesis, joined
from tts.synthesis.timings import PAUSE
from tts.text.controls import AS_PREDICTED, Controls, Marked
from tts.text.frontend import LONGEST_SENTENCE, front_end
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens
from tts.vocoder.choice import AUTO_VOCODER, VocoderChoice, make_vocoder

__all__ = ["Aligned", "Controls", "Endless", "Synthesis", "Voice", "VoiceConfig", "VoiceInfo", "save_voice"]

FOLLOWING = {"speed", "energy", "pitch", "pitch_range"}
"""Controls that change what follows the prosody of a reference."""

if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    # A child has none of its parent's OpenMP threads, and would wait for them forever.
    os.register_at_fork(after_in_child=partial(torch.set_num_threads, 1))


class Voice:
    """A voice that can speak. `Voice.load` reads the folder that training writes.

    It may be loaded before a fork and speak in the child, on one thread: torch cannot have more there.
    """

    takes_durations: ClassVar[bool] = True
    """Whether `sentences` takes them; an exported voice does not."""

    def __init__(
        self,
        model: AcousticModel,
        config: VoiceConfig,
        table: SymbolTable,
        info: VoiceInfo,
        vocoder: VocoderChoice = AUTO_VOCODER,
    ) -> None:
        self.model, self.config, self.table, self.info = model, config, table, info
        self.front_end = front_end(config.text)  # of its own language; texts in others have theirs
        self.log_mel = LogMel(config.audio)
        self.vocoder = make_vocoder(vocoder, config.audio)

    @classmethod
    def load(cls, path: str | Path, vocoder: VocoderChoice = AUTO_VOCODER) -> Voice:
        """Read a voice folder, that of a run with `voice/` in it, or one that is published, as `hf:USER/NAME`.

        Raises
        ------
        UserError: no voice there, or a damaged one; a vocoder of another mel definition.
        """
        return cls(*load_voice(Path(path).expanduser()), vocoder)

    @torch.inference_mode()
    def synthesize(
        self,
        text: str,
        speaker: str | None = None,
        reference: str | Path | tuple[Tensor, int] | None = None,
        reference_mode: Literal["prosody", "style"] = "prosody",
        speed: float = 1.0,
        limit: int = LONGEST_SENTENCE,
        language: str | None = None,
        controls: Controls = AS_PREDICTED,
        pitch: float = 0.0,
        energy: float = 0.0,
    ) -> Synthesis:
        """Speak `text`, sentence by sentence; a text that begins with `<speak>` is read as SSML (docs/controls.md).

        Parameters
        ----------
        speaker: one of `info.speakers`, the first if not given; or shares of several, as in `ann:0.7,bob:0.3`.
        reference: a recording's path, or waveform `[samples]` and sample rate. With `prosody` it speaks the same text,
            and its melody and timing are followed; with `style` its manner of speaking is taken on for any text.
        speed: 2 is twice as fast; between 0.25 and 4.
        limit: characters of a sentence, or of a part of one that is longer, spoken in one go.
        language: of the text, one of `info.languages`; the speaker's own if not given. Parts of it may be in others:
            `She said {fr-fr: bonjour}.`
        controls: speed, pitch, its range, energy and pauses of the whole text, beside `speed`, `pitch` and `energy`.
        pitch: semitones above the speaker's own; between −24 and 24.
        energy: decibels above the speaker's own; between −40 and 40.

        Raises
        ------
        UserError: nothing to say, unknown speaker or language, unreadable or too short reference, speed out of range,
            mistakes in the markup; prosody of a reference asked of a voice that cannot align it; controls that the
            voice's decoder does not have.
        Endless: an autoregressive voice did not come to the end of a sentence.
        """
        if reference_mode not in ("prosody", "style"):
            raise UserError(f"reference_mode={reference_mode}: choose prosody or style")
        follow = reference is not None and reference_mode == "prosody"
        if follow:
            self.check_aligns()
        manner = self._manner(text, speaker, language, combined(controls, speed, pitch, energy))
        synthesizer = self._synthesizer(manner)
        sentences = [self._whole(manner)] if follow else self._sentences(manner, limit)
        wav = None if reference is None else self.reference_wav(reference)
        ready = [synthesizer.ready(tokens, i == 0, last) for i, (tokens, last) in enumerate(with_last(sentences))]
        followed = Followed()
        if wav is not None:
            mel = self.log_mel(wav)
            if follow:
                check_possible(manner.controls, sentences[0], FOLLOWING, "the timing is that of the reference")
                followed = prosody_of(self.model, ready[0].text, wav, mel, self.config.audio)
            else:
                followed = Followed(style_of(self.model, mel))
        made = [synthesizer.frames(sentence, followed) for sentence in ready]
        spoken = [synthesizer.sounded(tokens, one) for tokens, one in zip(sentences, made, strict=True)]
        speech = joined(spoken, manner.language, PAUSE * manner.controls.pauses)
        if follow and wav is not None:
            misfit = self.align(wav, self.sample_rate, sentences[0], manner.language).misfit
            speech.doubt = doubt(sentences[0], len(wav) / self.sample_rate, misfit)
        return speech

    @torch.inference_mode()
    def stream(
        self,
        text: str | Iterable[str],
        speaker: str | None = None,
        speed: float = 1.0,
        chunk_seconds: float = 0.3,
        limit: int = LONGEST_SENTENCE,
        language: str | None = None,
        controls: Controls = AS_PREDICTED,
        pitch: float = 0.0,
        energy: float = 0.0,
    ) -> Iterator[Tensor]:
        """Speak `text` in pieces of `chunk_seconds` at most, float32 `[samples]`, each as soon as it is made.

        A long sentence begins when its first words are made. Joined the pieces are what `synthesize` gives, but for the
        mean that the variance of a parallel decoder's mel is restored about: it is of the sentence so far. Where
        `pitch_range` or markup ask for something, the sentence is made as a whole, and is the same.

        A text that is still being written is an iterable of its pieces, as a language model gives them: each is spoken
        as soon as what was written since settles how (`tts.synthesis.growing`). An autoregressive voice
        whose heads are not all on stepwise paths, or at another speed, and a vocoder that needs all frames, wait for
        the end of the sentence.

        Raises
        ------
        UserError, Endless: as `synthesize`; for a later sentence after the earlier ones have been given. Pieces without
            words are no error.
        """
        controls = combined(controls, speed, pitch, energy)
        check_chunk(chunk_seconds)
        frames = max(1, round(chunk_seconds / self.config.audio.frame_seconds))
        manner = self._manner(text if isinstance(text, str) else "", speaker, language, controls)
        synthesizer = self._synthesizer(manner)
        for number, (states, last) in enumerate(self._known(text, manner, limit)):
            if number:
                yield from synthesizer.pause.split(frames * self.config.audio.hop_length)
            yield from synthesizer.stream(states, frames, number == 0, last)

    def _known(
        self, text: str | Iterable[str], manner: Manner, limit: int
    ) -> Iterator[tuple[Iterable[tuple[Tokens, bool]], bool]]:
        """Each sentence, as far as it is known and whether that is all, until it is; and whether it ends the text."""
        if isinstance(text, str):
            sentences = each_sentence(manner.markup, self.config.text, self.table, manner.language, limit)
            for (_, tokens), last in with_last(sentences):
                yield from_its_beginning(tokens, self.model.reads_ahead, manner.controls.speed), last
            return
        why = "the melody's mean is known when the sentence has ended"
        check_possible(manner.controls, Tokens((), (), (), ()), set(self.controls) - {"pitch_range"}, why)
        states = read_growing(text, self.config.text, self.table, manner.language, limit)
        for first in states:
            yield chain([first], states), True  # goes on to where it has ended, and leaves the others

    @torch.inference_mode()
    def sentences(
        self,
        text: str,
        speaker: str | None = None,
        speed: float = 1.0,
        limit: int = LONGEST_SENTENCE,
        language: str | None = None,
        controls: Controls = AS_PREDICTED,
        durations: Sequence[float] | None = None,
        pitches: Sequence[float] | None = None,
        pitch: float = 0.0,
        energy: float = 0.0,
    ) -> Iterator[Synthesis]:
        """Speak `text` a sentence at a time, each with its text as written and its times from its own start.

        `synthesize` has `tts.synthesis.timings.PAUSE` seconds of silence between them, times `controls.pauses`.

        Parameters
        ----------
        durations: seconds for each phone of a single sentence, as they are in its `phones`, `sil` included; they come
            out as near as whole frames are, and a frame at least. Predicted if not given.
        pitches: likewise semitones above what `controls` ask for, −24 to 24, of a voice with `takes_pitches`.

        Raises
        ------
        UserError, Endless: as `stream`; durations or pitches of several sentences, or durations together with a speed.
        """
        controls = combined(controls, speed, pitch, energy)
        manner = self._manner(text, speaker, language, controls)
        synthesizer = self._synthesizer(manner)
        sentences = read_sentences(manner.markup, self.config.text, self.table, manner.language, limit)
        if durations is not None and (len(sentences) > 1 or controls.speed != 1 or controls.pauses != 1):
            raise UserError("durations are those of one sentence at speed 1, with pauses as they are")
        if pitches is not None and len(sentences) > 1:
            raise UserError("pitches are those of one sentence")
        for number, ((written, tokens), last) in enumerate(with_last(sentences)):
            ready = synthesizer.ready(tokens, number == 0, last, pitches)
            made = synthesizer.frames(ready) if durations is None else synthesizer.frames_lasting(ready, durations)
            yield replace(synthesizer.sounded(tokens, made), text=written)

    @property
    def takes_pitches(self) -> bool:
        """Whether `sentences` takes them."""
        return self.model.decoder.takes_controls

    @property
    def hears_speakers(self) -> bool:
        """Whether it can speak like somebody in a recording (`tts.synthesis.new_speaker`)."""
        return self.model.speaker_encoder is not None

    @property
    def controls(self) -> Set[str]:
        """Names of the controls of a whole text that it takes; with all of them it takes markup too."""
        return {*Controls.LIMITS, "seed"} if self.model.decoder.takes_controls else {"speed", "energy"}

    @property
    def sample_rate(self) -> int:
        """Hz of what it speaks."""
        return self.config.audio.sample_rate

    @torch.inference_mode()
    def expected_seconds(
        self, text: str, speaker: str | None = None, limit: int = LONGEST_SENTENCE, language: str | None = None
    ) -> float:
        """How long `text` takes by the duration predictor alone, sentence by sentence, pauses between them included."""
        manner = self._manner(text, speaker, language, AS_PREDICTED)
        encode, sentences = self._synthesizer(manner).encode, self._sentences(manner, limit)
        frames = sum(float(self.model.predicted_durations(encode(tokens)).sum()) for tokens in sentences)
        return frames * self.config.audio.frame_seconds + PAUSE * (len(sentences) - 1)

    def follow(self, path: PathMode) -> None:
        """Choose the path of an autoregressive voice through the text (`tts.models.decoders.autoregressive`)."""
        self.model.decoder.set_path(path)

    def check_aligns(self) -> None:
        """Refuse a voice that cannot find the phones of a recording.

        Raises
        ------
        UserError: it was given its alignment in training.
        """
        if self.info.training.get("alignment") == "from_files":
            raise UserError(
                "this voice was trained with alignment=from_files and cannot find the phones of a recording; "
                "scripts/align.py can, and for its manner of speaking alone there is reference_mode=style"
            )

    @torch.inference_mode()
    def align(self, wav: Tensor, sample_rate: int, text: str | Tokens, language: str | None = None) -> Aligned:
        """When each word and phone of `text` is spoken in a recording, a tensor or array `[samples]`; `language` is
        that of the text, the first speaker's if not given.

        Boundaries are where the posterior of the monotonic chain passes from one token to the next, between frames too.
        Any text gets times: where `misfit` is above 1, the recording is most likely of another one.

        Raises
        ------
        UserError: nothing to align, or fewer frames than tokens; a voice that was given its alignment in training.
        """
        self.check_aligns()
        manner = self._manner("", None, language, AS_PREDICTED)
        if isinstance(text, str):
            tokens = self._whole(replace(manner, markup=Marked(text)))
        else:
            tokens = self.table.adapt(text)
        mel = self.log_mel(self.reference_wav((wav, sample_rate)))
        seconds = torch.as_tensor(wav).numel() / sample_rate
        read = self._synthesizer(manner).encode(tokens)
        return aligned(self.model, tokens, read, mel, seconds, self.config.audio.frame_seconds)

    def speaker_index(self, name: str | None) -> int:
        """The number of one of `info.speakers`, or of the largest share in a mixture.

        Raises
        ------
        UserError: there is none.
        """
        return find_speaker(self.info, name).index

    def reference_wav(self, reference: str | Path | tuple[Tensor, int]) -> Tensor:
        """A recording, given by its path or as `[samples]` and sample rate, at the voice's sample rate.

        Raises
        ------
        UserError: unreadable, of several channels, or too short for a mel.
        """
        return read_recording(reference, self.config.audio)

    def _manner(self, text: str, speaker: str | None, language: str | None, controls: Controls) -> Manner:
        who = find_speaker(self.info, speaker)
        return Manner(who, spoken_language(self.info, language, who), controls, read_markup(text))

    def _synthesizer(self, manner: Manner) -> SentenceSynthesizer:
        return SentenceSynthesizer(self.model, self.config, self.table, self.info.languages, self.vocoder, manner)

    def _sentences(self, manner: Manner, limit: int) -> list[Tokens]:
        sentences = read_sentences(manner.markup, self.config.text, self.table, manner.language, limit)
        return [sentence.tokens for sentence in sentences]

    def _whole(self, manner: Manner) -> Tokens:
        """A text that is spoken as one sentence."""
        markup = manner.markup
        return read_tokens(markup.text, self.config.text, self.table, manner.language, len(markup.stretches) > 1)
