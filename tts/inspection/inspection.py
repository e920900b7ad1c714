"""All that is found out about a prepared corpus."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from tts.corpora.synthetic.sentences import read_sentences
from tts.data.manifest import PreparedCorpus, Utterance
from tts.inspection.coverage import Coverage, coverage, phones, read_all
from tts.inspection.duplicates import Duplicates, duplicates
from tts.inspection.measures import ABOVE_NOISE, Measures, measures_of, sample
from tts.inspection.suspicious import Aligned, Suspect, read_ranking, suspects
from tts.settings.schema import parse
from tts.storage.resources import folder
from tts.text.config import TextConfig
from tts.text.frontend import front_end

MEASURED = 20_000
"""Utterances that are measured, at most: an hour of speech takes a core 20 seconds, so that 1,000 hours would take
it five to six hours."""
SUGGESTIONS = 25
"""Sentences to record next."""


@dataclass(frozen=True)
class Inspection:
    """Of one corpus."""

    corpus: PreparedCorpus
    measured: int
    """Utterances whose sound was looked at: all, or a sample of a large corpus."""
    measures: Mapping[str, Measures]
    """By utterance; of those, the ones whose sound cannot be read are missing."""
    aligned: Mapping[str, Aligned]
    """By utterance; empty where no aligner was run."""
    suspects: list[Suspect]
    """Every utterance, the most suspicious first."""
    coverage: Coverage
    duplicates: Duplicates

    def rate(self, utterance: Utterance) -> float | None:
        """Phones per second of speech; None where that is not known."""
        found = self.measures.get(utterance.id)
        return len(phones(utterance.tokens)) / found.speech if found is not None and found.speech > 0 else None

    def remark(self) -> str:
        """What should be better about the recordings before a voice learns from them; empty where nothing is known."""
        above = median([found.above_noise for found in self.measures.values()] or [math.inf])
        if above >= ABOVE_NOISE:
            return ""
        return (
            f"noisy: speech is {above:.0f} dB above the noise, and a voice learns both; turn the noise down first, "
            "as tts-import does with pieces.denoise=true"
        )

    @cached_property
    def by_id(self) -> dict[str, Suspect]:
        return {suspect.utterance.id: suspect for suspect in self.suspects}


def inspect(
    corpus: PreparedCorpus, workers: int, timings: Path | None, sentences: Path | None, most: int = MEASURED
) -> Inspection:
    """Measure a corpus, and rank its utterances.

    Parameters
    ----------
    most: of its utterances are measured, chosen as good as by chance; their texts are all compared.
    timings: folder of `tts-align` for the corpus, whose ranking counts; None for none.
    sentences: file to choose sentences from, one a line; None for the project's own in the corpus's language.

    Raises
    ------
    UserError: there is no ranking in `timings`, or no sentence in `sentences`.
    """
    aligned = read_ranking(timings) if timings is not None else {}
    looked_at = sample(corpus.utterances, most)
    measures = measures_of(corpus, looked_at, workers)
    read = read_all(candidates(corpus.info.language, sentences), front_end(parse(TextConfig, corpus.info.text, "text")))
    return Inspection(
        corpus,
        len(looked_at),
        measures,
        aligned,
        suspects(corpus.utterances, looked_at, measures, aligned),
        coverage(corpus.utterances, read, SUGGESTIONS),
        duplicates(corpus.utterances, measures),
    )


def candidates(language: str, given: Path | None) -> list[str]:
    """Sentences to choose from: those of a file, or else the project's own in a language, of which it may have none.

    Raises
    ------
    UserError: the file cannot be read, or holds no sentence.
    """
    own = folder("sentences") / f"{language.partition('-')[0]}.txt"
    if given is None and not own.is_file():
        return []
    return list(dict.fromkeys(read_sentences(own if given is None else given)))
