"""The `Voice` of an exported folder. Needs no torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import UserError
from tts.intervals import Interval
from tts.runtime.folder import (
    ACOUSTIC,
    CONTROL_INPUTS,
    PITCH_INPUT,
    SETTING_INPUTS,
    TOKEN_INPUTS,
    VOCODER,
    Card,
    read_folder,
)
from tts.storage.published import fetched
from tts.synthesis.controls import Manner, asked_of, check_chunk, check_possible, combined, nothing_asked, with_last
from tts.synthesis.reading import read_growing, read_markup, read_sentences
from tts.synthesis.speakers import Speaker, find_speaker, spoken_language
from tts.synthesis.timings import PAUSE, Timeline, timings
from tts.text.controls import AS_PREDICTED, Controls, Marked
from tts.text.frontend import LONGEST_SENTENCE
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens

LONGEST = 300
"""Seconds of a sentence: with long pauses a few words could last many minutes, and take gigabytes."""


@dataclass
class Synthesis:
    """Synthesised speech."""

    wav: np.ndarray
    """float32 `[samples]`."""
    sample_rate: int
    """Hz."""
    words: list[Interval]
    """Seconds; the written words."""
    phones: list[Interval]
    """Seconds; the tokens, `sil` at the ends of sentences; together they cover the sound."""
    text: str = ""
    """As written, of what `Voice.sentences` gives."""


class Voice:
    """A voice that can speak. `Voice.load` reads the folder that `tts-export format=onnx` writes.

    Graphs compute and can do nothing else, but those of a stranger may take any time and memory.
    """

    def __init__(self, acoustic: Any, vocoder: Any, table: SymbolTable, info: Card) -> None:
        self._acoustic, self._vocoder, self.table, self.info = acoustic, vocoder, table, info
        inputs = {i.name for i in acoustic.get_inputs()}
        self._changes_pitch, self._by_token = PITCH_INPUT in inputs, not inputs.isdisjoint(CONTROL_INPUTS)

    @classmethod
    def load(cls, path: str | Path, threads: int = 1) -> Voice:
        """Read an exported voice, a folder or `hf:USER/NAME`; `threads` is how many each of its graphs may take.

        Raises
        ------
        UserError: none there, or a damaged one; onnxruntime is not installed.
        """
        folder = fetched(Path(path).expanduser())
        card, table = read_folder(folder)
        acoustic, vocoder = (_session(folder / name, threads) for name in (ACOUSTIC, VOCODER))
        given, rest = ([i.name for i in graph.get_inputs()] for graph in (acoustic, vocoder))
        autoregressive = {*TOKEN_INPUTS, "speaker", *SETTING_INPUTS}
        parallel = {*autoregressive, PITCH_INPUT, *(CONTROL_INPUTS if card.format > 1 else ())}
        if set(given) not in (parallel, autoregressive) or rest != ["mel"]:
            raise UserError(f"{folder}: its graphs are not those of an exported voice; export it again")
        [shares] = [i.shape for i in acoustic.get_inputs() if i.name == "speaker"]
        if shares[-1] != len(card.speakers):
            raise UserError(
                f"{folder}: {len(card.speakers)} speakers in its card, {shares[-1]} in its graph; export it again"
            )
        return cls(acoustic, vocoder, table, card)

    def synthesize(
        self,
        text: str,
        speaker: str | None = None,
        speed: float = 1.0,
        limit: int = LONGEST_SENTENCE,
        language: str | None = None,
        pitch: float = 0.0,
        energy: float = 0.0,
        controls: Controls = AS_PREDICTED,
    ) -> Synthesis:
        """Speak `text`, sentence by sentence; a text that begins with `<speak>` is read as SSML (docs/controls.md).

        Parameters
        ----------
        speaker: one of `info.speakers`, the first if not given; or shares of several, as in `ann:0.7,bob:0.3`.
        speed: 2 is twice as fast; between 0.25 and 4.
        limit: characters of a sentence, or of a part of one that is longer, spoken in one go.
        language: of the text, one of `info.languages`; the speaker's own if not given.
        pitch: semitones above the speaker's own; between −24 and 24.
        energy: decibels above the speaker's own; between −40 and 40.
        controls: of the whole text, beside `speed`, `pitch` and `energy`.

        Raises
        ------
        UserError: nothing to say, unknown speaker or language, a setting out of range, mistakes in the markup; controls
            that an export of an earlier version does not have.
        """
        controls = combined(controls, speed, pitch, energy)
        pause = self._pause(controls)
        timeline = Timeline(self.sample_rate)
        wavs: list[np.ndarray] = []
        for sentence in self.sentences(text, speaker, 1.0, limit, language, controls=controls):
            if wavs:
                wavs.append(pause)
                timeline.silence(len(pause))
            wavs.append(sentence.wav)
            timeline.speech(sentence.words, sentence.phones, len(sentence.wav))
        return Synthesis(np.concatenate(wavs), self.sample_rate, timeline.words, timeline.phones)

    def stream(
        self,
        text: str | Iterable[str],
        speaker: str | None = None,
        speed: float = 1.0,
        limit: int = LONGEST_SENTENCE,
        language: str | None = None,
        pitch: float = 0.0,
        energy: float = 0.0,
        controls: Controls = AS_PREDICTED,
        chunk_seconds: float | None = None,
    ) -> Iterator[np.ndarray]:
        """Speak `text` a sentence at a time, float32 `[samples]`; joined the pieces are what `synthesize` gives.

        A text that is still being written is an iterable of its pieces, as a language model gives them: each sentence
        is spoken as soon as it has ended.

        Parameters
        ----------
        chunk_seconds: longest piece of sound; whole sentences if not given.

        Raises
        ------
        UserError: as `synthesize`. Pieces without words are no error.
        """
        controls = combined(controls, speed, pitch, energy)
        if chunk_seconds is not None:
            check_chunk(chunk_seconds)
            chunk_seconds = max(chunk_seconds, self.info.hop_length / self.sample_rate)
        who = find_speaker(self.info, speaker)
        language = spoken_language(self.info, language, who)
        if isinstance(text, str):
            spoken = self.sentences(text, speaker, 1.0, limit, language, controls=controls)
        else:
            spoken = self._written(text, Manner(who, language, controls, Marked("")), limit)
        for number, sentence in enumerate(spoken):
            for sound in [self._pause(controls), sentence.wav] if number else [sentence.wav]:
                size = len(sound) if chunk_seconds is None else round(chunk_seconds * self.sample_rate)
                for start in range(0, len(sound), max(1, size)):
                    yield sound[start : start + size]

    def _written(self, pieces: Iterable[str], manner: Manner, limit: int) -> Iterator[Synthesis]:
        """The sentences of a text that comes in pieces, but for what was written."""
        known = read_growing(pieces, self.info.text, self.table, manner.language, limit)
        for number, tokens in enumerate(tokens for tokens, ended in known if ended):
            yield self._spoken("", tokens, manner, number == 0, True)

    def _pause(self, controls: Controls) -> np.ndarray:
        return np.zeros(round(PAUSE * controls.pauses * self.sample_rate), np.float32)

    def sentences(
        self,
        text: str,
        speaker: str | None = None,
        speed: float = 1.0,
        limit: int = LONGEST_SENTENCE,
        language: str | None = None,
        pitch: float = 0.0,
        energy: float = 0.0,
        controls: Controls = AS_PREDICTED,
    ) -> Iterator[Synthesis]:
        """Speak `text` a sentence at a time, each with its text as written and its times from its own start.

        `synthesize` has `tts.synthesis.timings.PAUSE` seconds of silence between them, times `controls.pauses`.

        Raises
        ------
        UserError: as `synthesize`; for a later sentence after the earlier ones have been given.
        """
        controls = combined(controls, speed, pitch, energy)
        who = find_speaker(self.info, speaker)
        language = spoken_language(self.info, language, who)
        manner = Manner(who, language, controls, read_markup(text))
        sentences = read_sentences(manner.markup, self.info.text, self.table, language, limit)
        for number, ((written, tokens), last) in enumerate(with_last(sentences)):
            yield self._spoken(written, tokens, manner, number == 0, last)

    def _spoken(self, written: str, tokens: Tokens, manner: Manner, first: bool, last: bool) -> Synthesis:
        """A sentence of a text; `first`, `last`: whether it begins or ends it."""
        rate, hop = self.sample_rate, self.info.hop_length
        inputs = self._encoded(tokens, manner.language) | {"speaker": self._shares(manner.who)}
        inputs |= self._asked(tokens, manner, first, last)
        mel, durations = self._acoustic.run(["mel", "durations"], inputs)
        if mel.shape[1] * hop > LONGEST * rate:
            raise UserError(
                f"a sentence would last {mel.shape[1] * hop / rate:.0f} s, and no more than {LONGEST} are spoken "
                "in one go; give shorter sentences, a higher speed or shorter pauses"
            )
        (wav,) = self._vocoder.run(["wav"], {"mel": mel})
        whole = wav.shape == (1, (mel.shape[1] - 1) * hop) and durations.shape == (1, len(tokens))
        if not whole or not wav.size or not math.isfinite(np.abs(wav).max()):
            raise UserError("what the voice makes is not sound; its files are damaged, so copy the folder again")
        words, phones = timings(tokens, durations[0].tolist(), hop / rate, 0.0, wav.shape[1] / rate)
        return Synthesis(wav[0], rate, words, phones, written)

    @property
    def controls(self) -> Set[str]:
        """Names of the controls of a whole text that it takes; with all of them it takes markup too."""
        if self._by_token:
            return {*Controls.LIMITS, "seed"}
        return {"speed", "energy", "pitch"} if self._changes_pitch else {"speed", "energy"}

    @property
    def sample_rate(self) -> int:
        """Hz of what it speaks."""
        return self.info.sample_rate

    def _asked(self, tokens: Tokens, manner: Manner, first: bool, last: bool) -> dict[str, np.ndarray]:
        """The graph's inputs for what is asked for."""
        controls, by_token = manner.controls, self._by_token
        pitch, energy = (0.0, 0.0) if by_token else (controls.pitch, controls.energy)
        settings = {
            name: np.array([value], np.float32)
            for name, value in zip(SETTING_INPUTS, (controls.speed, energy), strict=True)
        }
        if self._changes_pitch:
            settings[PITCH_INPUT] = np.array([pitch], np.float32)
        if not by_token:
            why = "the voice was exported by an earlier version; export it again"
            if not self._changes_pitch:
                why = "an autoregressive decoder has its own"
            check_possible(controls, tokens, self.controls, why)
            return settings
        frame_seconds = self.info.hop_length / self.info.sample_rate
        of_tokens = asked_of(tokens, replace(controls, speed=1.0), manner.markup, frame_seconds, first, last)
        rows = vars(of_tokens or nothing_asked(len(tokens))).values()
        return settings | {
            name: np.array([row], np.int64 if name == "group" else np.float32)
            for name, row in zip(CONTROL_INPUTS, rows, strict=True)
        }

    def _encoded(self, tokens: Tokens, language: str) -> dict[str, np.ndarray]:
        spoken = tokens.in_language(language).language
        unknown = set(spoken) - set(self.info.languages)
        if unknown and len(self.info.languages) > 1:
            raise UserError(
                f"{', '.join(sorted(unknown))} is no language of this voice, which speaks "
                f"{', '.join(self.info.languages)}"
            )
        number = {name: i for i, name in enumerate(self.info.languages)}
        rows = (
            self.table.encode(tokens, "text"),
            tokens.stress,
            tokens.boundaries(),
            [number.get(name, 0) for name in spoken],
        )
        return {name: np.array([row], np.int64) for name, row in zip(TOKEN_INPUTS, rows, strict=True)}

    def _shares(self, who: Speaker) -> np.ndarray:
        shares = np.zeros((1, len(self.info.speakers)), np.float32)
        if who.shares is None:
            shares[0, who.index] = 1
        else:
            shares[0] = who.shares
        return shares


def _session(path: Path, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError("an exported voice needs onnxruntime: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes have no common base but this
        raise UserError(f"{path}: onnxruntime cannot read it: {str(error).splitlines()[0]}") from error
