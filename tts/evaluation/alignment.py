"""Accuracy of the alignments of a voice or an aligner: against exact or given times, or else another aligner's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tts.alignment import Aligner
from tts.attention.focus import inspect_path
from tts.audio import waveform
from tts.data.given_times import GivenTimes
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.evaluation.boundaries import Boundary, PhonesDiffer, boundary_times, count_hits, match_boundaries, summarise
from tts.evaluation.judges import word_starts
from tts.intervals import Interval, moved, phone_tier
from tts.synthesis.voice import Aligned, Voice
from tts.text.classes import phone_class


@dataclass
class AlignmentScore:
    """Boundary errors in seconds, and figures of the alignment paths."""

    against: str
    """`truth` (phone boundaries), the folder of TextGrids that was given, or `pocketsphinx` (word starts)."""
    summary: dict[str, float]
    """Of phone boundaries, `f1_20ms` too."""
    classes: dict[str, dict[str, float]]
    """The same by what starts at the boundary, `pause edge` where a silence is on either side; of phones only."""
    path: dict[str, float]
    """Means over utterances: focus rate, monotonicity, skipped, repeated and unfinished tokens; of a voice only."""
    unscored: dict[str, str]
    """Utterances that could not be compared, and why."""


@dataclass
class PhoneScore:
    """Boundaries of several utterances, pooled."""

    boundaries: list[Boundary] = field(default_factory=list)
    hits: int = 0
    predicted: int = 0
    true: int = 0

    def add(self, predicted: Sequence[Interval], truth: Sequence[Interval]) -> None:
        """Add one utterance.

        Raises
        ------
        PhonesDiffer: the two are not of the same phones; nothing is added then.
        """
        self.boundaries += match_boundaries(predicted, truth)
        ours, theirs = boundary_times(predicted), boundary_times(truth)
        self.hits += count_hits(ours, theirs)
        self.predicted += len(ours)
        self.true += len(theirs)

    def summary(self) -> dict[str, float]:
        """Figures of `summarise`, and `f1_20ms`: precision and recall of boundaries whatever their phones."""
        f1 = 2 * self.hits / (self.predicted + self.true) if self.true else float("nan")
        return summarise([b.error for b in self.boundaries]) | {"f1_20ms": f1}

    def classes(self) -> dict[str, dict[str, float]]:
        """Figures by class of the phone that starts, largest class first."""
        errors: dict[str, list[float]] = {}
        for b in self.boundaries:
            name = "pause edge" if b.before is None or b.after is None else phone_class(b.after)
            errors.setdefault(name, []).append(b.error)
        return {name: summarise(e) for name, e in sorted(errors.items(), key=lambda item: -len(item[1]))}


def score_alignment(
    voice: Voice | Aligner, corpus: PreparedCorpus, utterances: list[Utterance], given: Path | None = None
) -> AlignmentScore:
    """Align recordings and score them against `given`, else the corpus's `truth/`, else pocketsphinx's words.

    Parameters
    ----------
    given: folder of TextGrids with a tier of phones, as `GivenTimes` reads them.

    Raises
    ------
    UserError: nothing could be scored.
    """
    truth = given if given is not None else corpus.folder / "truth"
    exact = truth.is_dir()
    if given is not None and not exact:
        raise UserError(f"truth={given}: no such folder; give one with a TextGrid for each utterance, ID.TextGrid")
    times = GivenTimes(given, corpus.utterances) if given is not None else None
    phones = PhoneScore()
    starts: list[np.ndarray] = []
    paths: list[dict[str, float]] = []
    unscored: dict[str, str] = {}
    for utterance in tqdm(utterances, desc="alignments", disable=None):
        path = truth / f"{utterance.id}.TextGrid" if times is None else times.path(utterance)
        if exact and not path.is_file():
            unscored[utterance.id] = "no TextGrid"
            continue
        rate = corpus.info.sample_rate
        wav = waveform.read(corpus.audio_path(utterance), rate)
        try:
            aligned = voice.align(wav, rate, utterance.tokens.in_language(corpus.info.text["language"]))
        except UserError as error:
            unscored[utterance.id] = str(error)
            continue
        if isinstance(aligned, Aligned):
            paths.append(_path(aligned))
        if exact:
            try:
                theirs, start = (phone_tier(path), 0.0) if times is None else times.read(utterance)
                # On the clock of the TextGrid, whose places errors name.
                phones.add(*(moved(tier, start) for tier in (aligned.phones, theirs)))
            except (PhonesDiffer, UserError) as error:
                unscored[utterance.id] = str(error)
            continue
        words = word_starts(wav, " ".join(utterance.words), rate)
        if words is None or len(words) != len(aligned.words):
            unscored[utterance.id] = "pocketsphinx has no times for its words"
            continue
        starts.append(np.array([ours.start - theirs.start for ours, theirs in zip(aligned.words, words, strict=True)]))
    if not phones.boundaries and not starts:
        reason = next(iter(unscored.items()), ("", "there is none"))
        raise UserError(
            f"{truth if exact else corpus.folder}: no utterance of these splits could be scored ({': '.join(reason)}); "
            "those of other splits are asked for with splits=[train,valid,test]"
        )
    return AlignmentScore(
        against="pocketsphinx" if not exact else "truth" if given is None else str(given),
        summary=phones.summary() if exact else summarise(np.concatenate(starts)),
        classes=phones.classes() if exact else {},
        path=_means(paths),
        unscored=unscored,
    )


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in (rows[0] if rows else ())}


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
