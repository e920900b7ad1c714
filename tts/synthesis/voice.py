"""A trained voice: text in, speech with timings out; recordings in, alignments out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import fields, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import Tensor

from tts.attention import chain_posterior
from tts.attention.decoding import PathMode
from tts.audio import waveform
from tts.audio.mel import LogMel
from tts.audio.pitch import pitch_contour
from tts.batch import TextBatch, encode_text
from tts.errors import UserError
from tts.models.acoustic import AcousticModel, Reference
from tts.models.controls import TokenControls
from tts.models.decoders.decoder import InferenceOutput
from tts.synthesis.controls import (
    Manner,
    asked_of,
    check_chunk,
    check_possible,
    combined,
    nothing_asked,
    with_last,
    with_pitches,
)
from tts.synthesis.folder import VoiceConfig, VoiceInfo, load_voice, save_voice
from tts.synthesis.growing import GrowingSentence, from_its_beginning, growing_mel, in_parts
from tts.synthesis.reading import each_sentence, read_growing, read_markup, read_sentences, read_tokens
from tts.synthesis.speakers import Speaker, find_speaker, spoken_language
from tts.synthesis.speech import MISFIT_LIMIT, Aligned, Synthesis, joined
from tts.synthesis.timings import PAUSE, frames_of, timings
from tts.text.controls import AS_PREDICTED, Controls, Marked
from tts.text.frontend import LONGEST_SENTENCE, front_end
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens
from tts.vocoder.choice import AUTO_VOCODER, GrowingVocoder, VocoderChoice, make_vocoder

__all__ = ["Aligned", "Controls", "Synthesis", "Voice", "VoiceConfig", "VoiceInfo", "save_voice"]

FASTEST_SPEECH = 30.0
"""Tokens per second; no human speech is faster."""
MOST_AT_ONCE = 4096
"""Frames, for each of which the vocoder takes 64 kB. With long pauses a sentence may last many minutes."""
SOUND = "what the vocoder makes of the voice's frames"
MOST_CELLS = 1 << 26
"""Of frames × frequencies and of frames × tokens, in a sentence: 21 minutes of 16 kHz in half a gigabyte each, beyond
any real one. A voice from an untrusted source could ask for any length."""

if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    # A child has none of its parent's OpenMP threads, and would wait for them forever.
    os.register_at_fork(after_in_child=partial(torch.set_num_threads, 1))


class Endless(UserError):
    """The attention never reached the end of the text."""


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
        controls = combined(controls, speed, pitch, energy)
        if reference_mode not in ("prosody", "style"):
            raise UserError(f"reference_mode={reference_mode}: choose prosody or style")
        who = find_speaker(self.info, speaker)
        language = spoken_language(self.info, language, who)
        follow = reference is not None and reference_mode == "prosody"
        if follow:
            self.check_aligns()
        manner = Manner(who, language, controls, read_markup(text))
        markup = manner.markup
        sentences = [self._tokens(markup, language)] if follow else self._sentences(markup, language, limit)
        wav = self.reference_wav(reference) if reference is not None else None
        batches = [self._encode(tokens, who, language) for tokens in sentences]
        asked = [
            self._asked(tokens, manner, number == 0, number + 1 == len(sentences), follow)
            for number, tokens in enumerate(sentences)
        ]
        pieces = [
            self._finished(tokens, self._speak(tokens, batch, wav, follow, controls.speed, wanted))
            for tokens, batch, wanted in zip(sentences, batches, asked, strict=True)
        ]
        spoken = [self._sounded(tokens, piece) for tokens, piece in zip(sentences, pieces, strict=True)]
        speech = joined(spoken, language, PAUSE * controls.pauses)
        if follow and wav is not None:
            speech.doubt = self._doubt(sentences[0], wav, language)
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
        who, frames = find_speaker(self.info, speaker), max(1, round(chunk_seconds / self.config.audio.frame_seconds))
        language = spoken_language(self.info, language, who)
        if not isinstance(text, str):
            yield from self._stream_growing(text, Manner(who, language, controls, Marked("")), frames, limit)
            return
        manner = Manner(who, language, controls, read_markup(text))
        sentences = each_sentence(manner.markup, self.config.text, self.table, language, limit)
        for number, ((_, tokens), last) in enumerate(with_last(sentences)):
            if number:
                yield from self._pause(controls).split(frames * self.config.audio.hop_length)
            known = from_its_beginning(tokens, self.model.reads_ahead, controls.speed)
            yield from self._stream_sentence(known, manner, frames, number == 0, last)

    def _stream_growing(self, pieces: Iterable[str], manner: Manner, frames: int, limit: int) -> Iterator[Tensor]:
        """The sound of a text that comes in pieces."""
        why = "the melody's mean is known when the sentence has ended"
        check_possible(manner.controls, Tokens((), (), (), ()), set(self.controls) - {"pitch_range"}, why)
        states = read_growing(pieces, self.config.text, self.table, manner.language, limit)
        for number, first in enumerate(states):
            if number:
                yield from self._pause(manner.controls).split(frames * self.config.audio.hop_length)
            sentence = chain([first], states)  # goes on to where it has ended, and leaves the others
            yield from self._stream_sentence(sentence, manner, frames, number == 0, True)

    def _stream_sentence(
        self, states: Iterable[tuple[Tokens, bool]], manner: Manner, frames: int, first: bool, last: bool
    ) -> Iterator[Tensor]:
        """The sound of a sentence, given as far as it is known, and whether that is all, until it is."""
        controls = manner.controls
        decoding = self.model.decoder.growing(controls.speed)
        # The melody's mean is asked for, or what is marked is.
        whole = controls.pitch_range != 1 or len(manner.markup.stretches) > 1
        if decoding is None or whole or not isinstance(self.vocoder, GrowingVocoder):
            tokens = next(tokens for tokens, ended in states if ended)
            spoken = self._spoken(tokens, manner, first, last)
            sounds = self.vocoder.stream(spoken.mel[0], frames)
        else:
            encode = partial(self._encode, who=manner.who, language=manner.language)
            asked = partial(self._asked, manner=manner, first=first, last=last)
            growing = GrowingSentence(self.model, decoding, encode, asked, controls.speed, self._most_frames)
            sounds = self.vocoder.stream_growing(in_parts(growing_mel(growing, states), MOST_AT_ONCE))
        for sound in sounds:
            yield from _finite(sound, SOUND).split(frames * self.config.audio.hop_length)

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
        who = find_speaker(self.info, speaker)
        language = spoken_language(self.info, language, who)
        manner = Manner(who, language, controls, read_markup(text))
        sentences = read_sentences(manner.markup, self.config.text, self.table, language, limit)
        if durations is not None and (len(sentences) > 1 or controls.speed != 1 or controls.pauses != 1):
            raise UserError("durations are those of one sentence at speed 1, with pauses as they are")
        if pitches is not None and len(sentences) > 1:
            raise UserError("pitches are those of one sentence")
        for number, ((written, tokens), last) in enumerate(with_last(sentences)):
            piece = self._spoken(tokens, manner, number == 0, last, durations, pitches)
            yield replace(self._sounded(tokens, piece), text=written)

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
        who = find_speaker(self.info, speaker)
        language = spoken_language(self.info, language, who)
        sentences = self._sentences(read_markup(text), language, limit)
        frames = 0.0
        for tokens in sentences:
            frames += float(self.model.predicted_durations(self._encode(tokens, who, language)).sum())
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
        who = Speaker(0)
        language = spoken_language(self.info, language, who)
        tokens = self._tokens(Marked(text), language) if isinstance(text, str) else self.table.adapt(text)
        mel = self.log_mel(self.reference_wav((wav, sample_rate)))
        if len(mel) < len(tokens):
            raise UserError(f"{len(mel)} frames for {len(tokens)} tokens: the text is not that of the recording")
        batch, lengths = self._encode(tokens, who, language), torch.tensor([len(mel)])
        reference, attention = self.model.align(batch, mel[None], lengths)
        posterior = chain_posterior(attention, batch.lengths, lengths)[0]
        durations = posterior.double().sum(0).tolist()
        seconds = torch.as_tensor(wav).numel() / sample_rate
        words, phones = timings(tokens, durations, self.config.audio.frame_seconds, 0.0, seconds)
        return Aligned(
            words,
            phones,
            posterior,
            attention.sharpest.item(),
            float(reference.misfit) / MISFIT_LIMIT,
        )

    def speaker_index(self, name: str | None) -> int:
        """The number of one of `info.speakers`, or of the largest share in a mixture. Raises
        UserError if there is none."""
        return find_speaker(self.info, name).index

    def _encode(self, tokens: Tokens, who: Speaker, language: str) -> TextBatch:
        spoken = tokens.in_language(language)
        batch = encode_text([spoken], [who.index], self.table, ["text"], self.info.languages)
        return replace(batch, shares=None if who.shares is None else torch.tensor([who.shares]))

    def _tokens(self, text: Marked, language: str) -> Tokens:
        return read_tokens(text.text, self.config.text, self.table, language, len(text.stretches) > 1)

    def _sentences(self, text: str | Marked, language: str, limit: int) -> list[Tokens]:
        return [sentence.tokens for sentence in read_sentences(text, self.config.text, self.table, language, limit)]

    def _asked(
        self,
        tokens: Tokens,
        manner: Manner,
        first: bool,
        last: bool,
        follow: bool = False,
        pitches: Sequence[float] | None = None,
    ) -> TokenControls | None:
        """What is asked of each token beside the speed; None if nothing."""
        controls, markup = manner.controls, manner.markup
        if not self.model.decoder.takes_controls:
            why = f"an {self.config.model.decoder.kind} decoder has its own"
            check_possible(controls, tokens, self.controls, why)
            if pitches is not None:
                raise UserError(f"pitches cannot be changed: {why}")
        if follow:
            why = "the timing is that of the reference"
            check_possible(controls, tokens, {"speed", "energy", "pitch", "pitch_range"}, why)
        asked = asked_of(tokens, replace(controls, speed=1.0), markup, self.config.audio.frame_seconds, first, last)
        if pitches is not None:
            asked = with_pitches(asked or nothing_asked(len(tokens)), pitches)
        if asked is None:
            return None
        return TokenControls(**{field.name: torch.tensor([getattr(asked, field.name)]) for field in fields(asked)})

    def _spoken(
        self,
        tokens: Tokens,
        manner: Manner,
        first: bool,
        last: bool,
        durations: Sequence[float] | None = None,
        pitches: Sequence[float] | None = None,
    ) -> InferenceOutput:
        """A sentence of a text; `first`, `last`: whether it begins or ends it; `durations`, `pitches`: as in
        `sentences`."""
        asked = self._asked(tokens, manner, first, last, pitches=pitches)
        batch = self._encode(tokens, manner.who, manner.language)
        if durations is not None and asked is not None:
            asked.lengthening.fill_(1.0)  # those of a reading: the durations are what they are
        if durations is None:
            return self._finished(tokens, self._speak(tokens, batch, None, False, manner.controls.speed, asked))
        frames = torch.tensor([frames_of(durations, tokens, self.config.audio.frame_seconds)])
        most = self._most_frames(tokens)
        return self._finished(tokens, self.model.infer(batch, durations=frames, most_frames=most, controls=asked))

    def _speak(
        self,
        tokens: Tokens,
        batch: TextBatch,
        wav: Tensor | None,
        follow: bool,
        speed: float,
        asked: TokenControls | None,
    ) -> InferenceOutput:
        most = self._most_frames(tokens)
        speak = partial(self.model.infer, batch, speed=speed, most_frames=most, controls=asked)
        if wav is None:
            return speak()
        mel = self.log_mel(wav)
        if not follow:
            return speak(self.model.style_of(mel[None], torch.tensor([len(mel)])))
        reference = self._reference(batch, mel, tokens)
        pitch = pitch_contour(wav, self.config.audio)[None]
        return speak(reference.style, reference.prosody, reference.durations, pitch)

    def _most_frames(self, tokens: Tokens) -> int:
        """Most frames that these tokens may take; fewer with many tokens or frequencies, to bound memory."""
        return MOST_CELLS // max(len(tokens), self.config.audio.n_fft // 2 + 1)

    @staticmethod
    def _finished(tokens: Tokens, piece: InferenceOutput) -> InferenceOutput:
        if not piece.finished.all():
            raise Endless(
                f"no end of “{' '.join(tokens.words)[:60]}” after {len(piece.mel[0])} frames: the attention lost "
                "its way; train longer, switch to SMMA, or speak along path=hard"
            )
        _finite(piece.mel, "the frames that the voice makes")
        return piece

    def _pause(self, controls: Controls) -> Tensor:
        """The silence between sentences."""
        return torch.zeros(round(PAUSE * controls.pauses * self.config.audio.sample_rate))

    def _reference(self, batch: TextBatch, mel: Tensor, tokens: Tokens) -> Reference:
        if len(mel) < len(tokens):
            raise UserError(
                f"reference: {len(mel)} frames for {len(tokens)} tokens of text; in prosody mode the recording must "
                "speak this very text; with another text use reference_mode=style"
            )
        return self.model.align(batch, mel[None], torch.tensor([len(mel)]))[0]

    def _doubt(self, tokens: Tokens, wav: Tensor, language: str) -> str:
        """Why a reference at the voice's rate is most likely not of this text; empty where it may be."""
        rate = len(tokens) / len(wav) * self.config.audio.sample_rate
        misfit = self.align(wav, self.config.audio.sample_rate, tokens, language).misfit
        if rate > FASTEST_SPEECH:
            why = f"the text has {rate:.0f} sounds for each of its seconds, and none is as fast as {FASTEST_SPEECH:.0f}"
        elif misfit > 1:
            why = f"it does not sound like the text (misfit {misfit:.1f}, believable is 1)"
        else:
            return ""
        return f"the reference seems to say something else: {why}; with another text use reference_mode=style"

    def reference_wav(self, reference: str | Path | tuple[Tensor, int]) -> Tensor:
        """A recording, given by its path or as `[samples]` and sample rate, at the voice's sample rate.

        Raises
        ------
        UserError: unreadable, of several channels, or too short for a mel.
        """
        rate = self.config.audio.sample_rate
        if isinstance(reference, tuple):
            wav = torch.as_tensor(reference[0], dtype=torch.float32).squeeze()
            if wav.dim() != 1:
                raise UserError(f"reference: a waveform of shape {tuple(wav.shape)}; give one channel, [samples]")
            wav = waveform.resample(wav, reference[1], rate)
        else:
            wav = waveform.read(Path(reference), rate)
        if len(wav) <= self.config.audio.n_fft:
            raise UserError(f"reference: {len(wav)} samples are too short for a reference")
        return wav

    def _sounded(self, tokens: Tokens, piece: InferenceOutput) -> Synthesis:
        """A sentence with its sound."""
        mel = piece.mel[0]
        long = len(mel) > MOST_AT_ONCE
        wav = torch.cat(list(self.vocoder.stream(mel, MOST_AT_ONCE))) if long else self.vocoder(mel)
        wav = _finite(wav, SOUND)
        audio, frames = self.config.audio, piece.durations[0]
        words, phones = timings(tokens, frames.tolist(), audio.frame_seconds, 0.0, len(wav) / audio.sample_rate)
        return Synthesis(wav, audio.sample_rate, words, phones, mel, frames, tokens)


def _finite(values: Tensor, what: str) -> Tensor:
    if not torch.isfinite(values).all():
        raise UserError(
            f"{what}: not finite numbers; the weights are damaged, so copy the folder again or train longer"
        )
    return values
