"""Every speaker in every language: `scripts/benchmark.py benchmark=many [key=value …]`.

For each language, the phone errors of a listener that is trained on the recordings of its corpus: in held-out
recordings, in their copies through the vocoder, and in their texts as each speaker says them. And how alike each
speaker sounds in each language to their own recordings (cosine of `resemblyzer`, a speaker recogniser, which needs `pip
install resemblyzer "setuptools<81"`).

`voice=PATH` (runs/many); `corpora=PATH,PATH`, a language each (those of experiment=many); `texts=20` of each;
`others=NAME,NAME`, further speakers of the voice (kokoro-am_michael), and the corpus with their
recordings, `of=PATH` (data/base_speech). With `out=DIR` listeners
and sounds stay, listeners that are there are not trained again, and results.json holds all.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.likeness import Likeness
from tts.alignment import Aligner, AlignerConfig
from tts.alignment.aligner import is_aligner
from tts.alignment.from_corpus import learn_from_corpus
from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest
from tts.evaluation.phones import PhoneListener, phones_of, score_recordings, score_voice
from tts.storage.files import write_text
from tts.synthesis.voice import Voice

DEFAULTS = {
    "voice": "runs/many",
    "corpora": "data/allison,data/prompts_spanish,data/prompts_french,data/prompts_italian,data/prompts_russian,"
    "data/fillets",
    "texts": "20", "others": "kokoro-am_michael", "of": "data/base_speech",
}  # fmt: skip
FEWEST_PHONES = 8
"""Of a text: a word alone says little."""


@dataclass(frozen=True)
class Language:
    """One corpus: who is heard in it, and what they are to say."""

    corpus: PreparedCorpus
    name: str
    speakers: list[str]
    held_out: list[Utterance]
    listener: PhoneListener


def main(arguments: list[str], out: Path | None) -> None:
    """Print phone errors and likeness, languages by speakers."""
    settings = DEFAULTS | dict(argument.partition("=")[::2] for argument in arguments)
    torch.set_num_threads(1)
    voice, likeness = Voice.load(settings["voice"]), Likeness()
    with tempfile.TemporaryDirectory() as temporary:
        folder = out or Path(temporary)
        paths = [Path(path).expanduser() for path in settings["corpora"].split(",")]
        languages = [opened(path, int(settings["texts"]), folder) for path in paths]
        known = {
            speaker: likeness.speaker(language.corpus, [u for u in language.corpus.utterances if u.speaker == speaker])
            for language in languages
            for speaker in language.speakers
        }
        of, others = read_manifest(settings["of"]), settings["others"].split(",")
        known |= {name: likeness.speaker(of, [u for u in of.utterances if u.speaker == name]) for name in others}
        rows = {language.name: measured(voice, language, known, likeness, folder) for language in languages}
        write_text(folder / "results.json", json.dumps(rows, indent=1, ensure_ascii=False))
    for what in ("phone errors %", "likeness"):
        show(what, rows)


def opened(path: Path, texts: int, folder: Path) -> Language:
    """A corpus, with a listener that knows its recordings for training."""
    corpus = read_manifest(path)
    place = folder / "listeners" / corpus.info.name
    if is_aligner(place):
        aligner = Aligner.load(place)
    else:
        aligner = learn_from_corpus(corpus, corpus.split("train"), AlignerConfig(), place)[0]
    held_out = [u for u in corpus.utterances if u.split != "train" and len(phones_of(u.tokens)) >= FEWEST_PHONES]
    speakers = list(dict.fromkeys(u.speaker for u in corpus.utterances))
    return Language(corpus, corpus.info.text["language"], speakers, held_out[:texts], PhoneListener(aligner))


def measured(
    voice: Voice, language: Language, known: dict[str, Any], likeness: Likeness, folder: Path
) -> dict[str, dict[str, float]]:
    """By speaker; recordings and copies are of those who were recorded."""
    corpus, held_out, listener = language.corpus, language.held_out, language.listener
    recorded, rate = score_recordings(voice, corpus, held_out, listener), voice.config.audio.sample_rate
    rows = {
        name: {"phone errors %": 100 * recorded[source].rate}
        for name, source in (("(recordings)", "recording"), ("(their copies)", "copy"))
    }
    for speaker in known:
        spoken = folder / "spoken" / language.name / speaker
        spoken.mkdir(parents=True, exist_ok=True)
        errors = score_voice(voice, corpus, held_out, listener, spoken, speaker)
        wavs = [waveform.read(path, rate) for path in sorted(spoken.glob("*.wav"))]
        alike = [float(np.dot(likeness.embedding(wav, rate), known[speaker])) for wav in wavs]
        rows[speaker] = {"phone errors %": 100 * errors.rate, "likeness": statistics.mean(alike)}
    return rows


def show(what: str, rows: dict[str, dict[str, dict[str, float]]]) -> None:
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    print(f"\n| {what} | {' | '.join(rows)} |\n|---|{'---|' * len(rows)}")
    for name in names:
        values = [row.get(name, {}).get(what) for row in rows.values()]
        if any(value is not None for value in values):
            print(f"| {name} | {' | '.join('' if value is None else f'{value:.3g}' for value in values)} |")
