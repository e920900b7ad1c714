"""How well a voice aligns held-out recordings: against exact times, or for want of them, another aligner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from tts.alignment import Aligner
from tts.attention.focus import inspect_path
from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance
from tts.data.textgrid import read_textgrid
from tts.errors import UserError
from tts.evaluation.boundaries import boundary_errors, summarise
from tts.evaluation.judges import word_starts
from tts.synthesis.voice import Aligned, Voice


@dataclass
class AlignmentScore:
    """Errors in seconds, summarised, and what the paths themselves show."""

    against: str
    """`truth` (phone boundaries) or `pocketsphinx` (word starts)."""
    summary: dict[str, float]
    path: dict[str, float]
    """Means over utterances: focus rate, monotonicity, skipped, repeated and unfinished tokens; of a voice only."""
    unscored: int
    """Utterances that the other aligner could not do."""


def score_alignment(voice: Voice | Aligner, corpus: PreparedCorpus, utterances: list[Utterance]) -> AlignmentScore:
    """Align held-out recordings; scored against `truth/` where the corpus has it, else against pocketsphinx.

    Raises
    ------
    UserError: nothing could be scored.
    """
    exact = (corpus.folder / "truth").is_dir()
    errors, paths, unscored = [], [], 0
    for utterance in tqdm(utterances, desc="alignments", disable=None):
        rate = corpus.info.sample_rate
        wav = waveform.read(corpus.audio_path(utterance), rate)
        aligned = voice.align(wav, rate, utterance.tokens)
        if isinstance(aligned, Aligned):
            paths.append(_path(aligned))
        if exact:
            truth = read_textgrid(corpus.folder / "truth" / f"{utterance.id}.TextGrid")["phones"]
            errors.append(boundary_errors(aligned.phones, truth))
            continue
        words = word_starts(wav, " ".join(utterance.words), rate)
        if words is None or len(words) != len(aligned.words):
            unscored += 1
            continue
        errors.append(np.array([ours.start - theirs.start for ours, theirs in zip(aligned.words, words, strict=True)]))
    if not errors:
        raise UserError(f"{corpus.folder}: no utterance could be scored")
    return AlignmentScore(
        against="truth" if exact else "pocketsphinx",
        summary=summarise(np.concatenate(errors)),
        path={name: float(np.mean([p[name] for p in paths])) for name in (paths[0] if paths else ())},
        unscored=unscored,
    )


def _path(aligned: Aligned) -> dict[str, float]:
    frames, tokens = aligned.posterior.shape
    report = inspect_path(
        aligned.posterior[None], *(aligned.posterior.new_tensor([n]).long() for n in (tokens, frames))
    )
    return {
        "focus_rate": aligned.focus,
        "monotonicity": float(report.monotonicity[0]),
        "skipped": float(report.skipped[0]),
        "repeated": float(report.repeated[0]),
        "unfinished": float(report.unfinished[0]),
    }
