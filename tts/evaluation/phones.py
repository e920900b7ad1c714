"""Phones understood: what a listener trained on people's recordings hears in speech, in any language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torchaudio.functional import edit_distance

from tts.alignment import Aligner
from tts.audio import waveform
from tts.audio.mel import LogMel
from tts.data.manifest import PreparedCorpus, Utterance
from tts.evaluation.faults import without_context
from tts.reporting.progress import shown
from tts.synthesis.speakers import language_of
from tts.synthesis.voice import Endless, Voice
from tts.text.tokens import Tokens, is_silence

ENTERING = 12.0
"""Nats that a new phone costs: as many are heard as are said (docs/LOG.md, "Phones understood")."""


@dataclass
class PhoneErrors:
    """Counted over texts."""

    errors: int = 0
    """Phones left out, put in, or taken for others."""
    phones: int = 0
    """In the texts."""

    @property
    def rate(self) -> float:
        """Errors over phones; can exceed 1."""
        return self.errors / max(1, self.phones)

    def add(self, text: Sequence[str], heard: Sequence[str]) -> None:
        """Count one text."""
        self.errors += edit_distance(text, heard)
        self.phones += len(text)


class PhoneListener:
    """Hears one of an aligner's phones after another, in any order, by its acoustic model alone."""

    def __init__(self, aligner: Aligner) -> None:
        self.aligner = aligner

    def hear(self, wav: Tensor, sample_rate: int) -> list[str]:
        """The likeliest phones of a recording `[samples]`."""
        with torch.inference_mode():
            scores, table = without_context(self.aligner.densities(wav, sample_rate), self.aligner.table)
        count = len(table.phones)
        states = scores[:, : table.silence].numpy().astype(np.float64).reshape(len(scores), count, table.per_phone)
        heard = _decode(states, scores[:, table.silence].numpy().astype(np.float64))
        return [table.phones[phone] for phone in heard]


def score_recordings(
    voice: Voice, corpus: PreparedCorpus, utterances: list[Utterance], listener: PhoneListener
) -> dict[str, PhoneErrors]:
    """What a listener mistakes in held-out recordings (`recording`), and in their copies through the voice's vocoder
    (`copy`)."""
    rate, log_mel = voice.config.audio.sample_rate, LogMel(voice.config.audio)
    errors = {"recording": PhoneErrors(), "copy": PhoneErrors()}
    for utterance in shown(utterances, len(utterances), "recordings"):
        recording = waveform.read(corpus.audio_path(utterance), rate)
        for source, wav in (("recording", recording), ("copy", voice.vocoder(log_mel(recording)))):
            errors[source].add(phones_of(utterance.tokens), listener.hear(wav, rate))
    return errors


def score_voice(
    voice: Voice,
    corpus: PreparedCorpus,
    utterances: list[Utterance],
    listener: PhoneListener,
    out: Path,
    speaker: str | None = None,
) -> PhoneErrors:
    """What a listener mistakes in texts of its own language as `voice` says them, into `out/ID.wav`.

    Parameters
    ----------
    speaker: who says them; who said them in the recording if not given.

    Raises
    ------
    UserError: the voice does not speak the corpus's language.
    """
    errors, language = PhoneErrors(), language_of(voice.info, corpus.info.text["language"])
    for utterance in shown(utterances, len(utterances), "texts"):
        heard: list[str] = []
        try:
            speech = voice.synthesize(utterance.text, speaker or utterance.speaker, language=language)
        except Endless:
            print(f"not finished, and counts as silent: {utterance.text}")
        else:
            waveform.write(out / f"{utterance.id}.wav", speech.wav, speech.sample_rate)
            heard = listener.hear(speech.wav, speech.sample_rate)
        errors.add(phones_of(utterance.tokens), heard)
    return errors


def phones_of(tokens: Tokens) -> list[str]:
    """The phones of a text, without pauses."""
    return [symbol for symbol in tokens.symbols if not is_silence(symbol)]


def _decode(states: np.ndarray, silence: np.ndarray) -> list[int]:
    """The phones of the best path, by Viterbi.

    Parameters
    ----------
    states: `[T, P, K]`, log-likelihood of every phone's states, gone through in order.
    silence: `[T]`, of what may stand between phones, at no cost.
    """
    frames, count, _ = states.shape
    best = np.full(states.shape[1:], -np.inf)
    quiet = 0.0
    moved = np.zeros(states.shape, bool)
    origin = np.zeros(frames, np.int64)  # what ended last before each frame: a phone, or `count` for silence
    waited = np.zeros(frames, bool)  # whether silence goes on from silence
    for t in range(frames):
        ends = best[:, -1]
        last = int(ends.argmax())
        origin[t] = last if ends[last] > quiet else count
        entering = max(ends[last], quiet) - ENTERING
        before = np.concatenate([np.full((count, 1), entering), best[:, :-1]], 1)
        moved[t] = before > best
        waited[t] = quiet >= ends[last]
        best, quiet = np.maximum(before, best) + states[t], max(quiet, ends[last]) + silence[t]
    phone, state = int(best[:, -1].argmax()), states.shape[2] - 1
    if quiet >= best[phone, -1]:
        phone = count
    heard = []
    for t in range(frames - 1, -1, -1):
        if phone == count:
            if not waited[t]:
                phone, state = int(origin[t]), states.shape[2] - 1
        elif moved[t, phone, state]:
            if state:
                state -= 1
            else:
                heard.append(phone)
                phone, state = int(origin[t]), states.shape[2] - 1
    return heard[::-1]
