"""Speech that checks itself: what a voice says is compared with its text by an aligner that is not the voice's own, and
sentences with a fault are spoken again along other paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import torch

from tts.alignment import Aligner
from tts.attention.decoding import PathMode
from tts.errors import UserError
from tts.evaluation.faults import Fault, detect_faults
from tts.intervals import Interval
from tts.synthesis.speakers import find_speaker, spoken_language
from tts.synthesis.speech import Synthesis, joined
from tts.synthesis.voice import Endless, Voice
from tts.text.frontend import LONGEST_SENTENCE, split_sentences

SLOWER = 0.85
"""Share of the speed asked for."""
SEEDS = 2
"""Further draws of an autregressive voice's noise."""
PARTS = (0.5, 0.25)
"""Shares of a sentence that are spoken in one go, where the whole does not come right."""
UNCLEAR = 3.0
"""Misfit of a word that was most likely not said, or not clearly."""
FEWEST_CHARACTERS = 20
"""Of such a part."""


@dataclass(frozen=True)
class CheckedWord:
    """A word as the aligner hears it."""

    interval: Interval
    """The word as written, and its seconds by the aligner."""
    misfit: float
    """By how much its sound fits any phones better than its own (`Aligner.align_words`): mostly below 2 where it was
    said, above 4 where it was left out."""


@dataclass
class CheckedSpeech:
    """Speech that was compared with its text."""

    speech: Synthesis
    words: list[CheckedWord]
    faults: list[Fault]
    """Those that remain, by time in the speech; `what` names the phones concerned."""
    repaired: list[str]
    """Sentences that had a fault at first and have none now."""
    attempts: int
    """Sentences spoken, all attempts counted."""


@dataclass
class _Attempt:
    speech: Synthesis
    faults: list[Fault]
    words: list[CheckedWord]

    @property
    def rank(self) -> tuple[int, int, float]:
        """Fewer faults first, then fewer words that are not clear, then a better fit."""
        misfits = [word.misfit for word in self.words]
        return len(self.faults), sum(misfit > UNCLEAR for misfit in misfits), sum(misfits) / max(1, len(misfits))


def speak_checked(
    voice: Voice,
    aligner: Aligner,
    text: str,
    speaker: str | None = None,
    speed: float = 1.0,
    language: str | None = None,
    limit: int = LONGEST_SENTENCE,
) -> CheckedSpeech:
    """Speak `text` sentence by sentence; one that skips, repeats or babbles is spoken again: along the other path and
    with other noise, where the decoder is autoregressive, then slower, then in parts. The best attempt is kept.

    Parameters
    ----------
    aligner: trained on speech in the phones of the voice, best on its speakers' (`tts-align`).
    speaker, speed, language, limit: as in `Voice.synthesize`.

    Raises
    ------
    UserError: as `Voice.synthesize`; a phone that the aligner does not know.
    Endless: no attempt at a sentence came to its end; UserError likewise, where all were too short for it.
    """
    native = spoken_language(voice.info, language, find_speaker(voice.info, speaker))
    kept: list[_Attempt] = []
    repaired: list[str] = []
    spoken = 0
    for sentence in split_sentences(text, limit, native):
        if not any(character.isalnum() for character in sentence):
            continue
        best, failed, number = None, None, 0
        for number, speak in enumerate(_ways(voice, sentence, speaker, speed, language, limit)):
            spoken += 1
            try:
                speech = speak()
            except UserError as error:
                if number == 0 and not isinstance(error, Endless):
                    raise  # what was asked for cannot be spoken at all
                failed = error
                continue
            aligner.table.path(speech.tokens, "the text")  # which raises for a phone that it does not know
            try:
                attempt = _checked(aligner, speech)
            except UserError as error:  # too short for its text
                failed = error
                continue
            if best is None or attempt.rank < best.rank:
                best = attempt
            if not best.faults:
                break
        if best is None:
            assert failed is not None
            raise failed
        if number and not best.faults:
            repaired.append(sentence)
        kept.append(best)
    if not kept:
        raise UserError(f"nothing to say in {text[:80]!r}: write words")
    speech = joined([attempt.speech for attempt in kept], native)
    words, faults = _placed(kept, speech)
    return CheckedSpeech(speech, words, faults, repaired, spoken)


def _ways(
    voice: Voice, sentence: str, speaker: str | None, speed: float, language: str | None, limit: int
) -> Iterator[Callable[[], Synthesis]]:
    """Ways to say a sentence, the one that was asked for first."""
    speak = partial(voice.synthesize, sentence, speaker, language=language)
    whole = partial(speak, speed=speed, limit=limit)
    yield whole
    path = voice.model.decoder.path_mode
    if path is not None:
        yield partial(_along, voice, "soft" if path == "hard" else "hard", whole)
        for seed in range(1, SEEDS + 1):
            yield partial(_with_noise, voice, seed, whole)
    yield partial(speak, speed=max(0.25, SLOWER * speed), limit=limit)
    for share in PARTS:
        most = round(share * len(sentence))
        if most >= FEWEST_CHARACTERS:
            yield partial(speak, speed=speed, limit=min(limit, most))


def _along(voice: Voice, path: PathMode, speak: Callable[[], Synthesis]) -> Synthesis:
    """Along another path than the voice's."""
    usual = voice.model.decoder.path_mode or path
    voice.follow(path)
    try:
        return speak()
    finally:
        voice.follow(usual)


def _with_noise(voice: Voice, seed: int, speak: Callable[[], Synthesis]) -> Synthesis:
    """With the decoder's dropout, whose draws depend on the seed alone."""
    voice.model.decoder.set_noise(True)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return speak()
    finally:
        voice.model.decoder.set_noise(False)


def _checked(aligner: Aligner, speech: Synthesis) -> _Attempt:
    densities = aligner.densities(speech.wav, speech.sample_rate)
    faults = detect_faults(aligner, densities, speech.tokens)
    words = aligner.align_words(speech.wav, speech.sample_rate, speech.tokens, densities)
    return _Attempt(speech, faults, [CheckedWord(interval, misfit) for interval, misfit in words])


def _placed(attempts: list[_Attempt], speech: Synthesis) -> tuple[list[CheckedWord], list[Fault]]:
    """Words and faults by their time in the whole."""
    words: list[CheckedWord] = []
    faults: list[Fault] = []
    pauses = (len(speech.wav) - sum(len(a.speech.wav) for a in attempts)) / max(1, len(attempts) - 1)
    start = 0.0
    for attempt in attempts:
        for word in attempt.words:
            label, begins, ends = word.interval
            moved = Interval(label, begins + start, ends + start)
            words.append(CheckedWord(moved, word.misfit))
        faults += [replace(fault, seconds=fault.seconds + start) for fault in attempt.faults]
        start += (len(attempt.speech.wav) + pauses) / speech.sample_rate
    return words, faults
