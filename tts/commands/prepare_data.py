"""`tts-prepare`: recordings and their texts become a prepared corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tts.audio.config import AudioConfig
from tts.commands.cli import command
from tts.corpora.allison import Allison
from tts.corpora.corpus import Corpus
from tts.corpora.libritts import LibriTTS
from tts.corpora.ljspeech import LJSpeech
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.corpora.synthetic.hibari import HibariCorpus
from tts.corpora.vctk import VCTK
from tts.data.manifest import corpus_folder
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.preparation.prepare import default_workers, prepare
from tts.settings.defaults import NOT_COMPOSED
from tts.settings.schema import nearest, parse
from tts.text.config import TextConfig

CORPUS = ("corpus.root", "corpus.out", "corpus.downloads", "corpus.credits", "corpus.licence")
"""Keys of every corpus to be prepared that are taken to the letter."""
LAYOUTS: dict[str, type] = {
    "allison": Allison,
    "espeak": EspeakCorpus,
    "hibari": HibariCorpus,
    "libritts": LibriTTS,
    "ljspeech": LJSpeech,
    "vctk": VCTK,
}


def open_corpus(config: dict[str, Any]) -> Corpus:
    """The corpus that the config's `corpus` section describes.

    Raises
    ------
    UserError: unknown layout or key, or no root where the layout needs one.
    """
    settings = {key: value for key, value in config.items() if key not in ("layout", "out")}
    layout = config.get("layout", config.get("name"))
    if layout not in LAYOUTS:
        raise UserError(f"corpus.layout={layout}: no such layout{nearest(str(layout), LAYOUTS)}")
    if layout in ("libritts", "ljspeech", "vctk") and not settings.get("root"):
        raise UserError(f"corpus={layout} reads recordings of yours: give their folder as corpus.root=PATH")
    language = settings["language"]
    if layout == "espeak":
        del settings["language"]  # its voices have one
    corpus: Corpus = parse(LAYOUTS[layout], settings, "corpus")
    if corpus.language != language:
        raise UserError(f"corpus.voices speak {corpus.language}, but corpus.language={language}: make them agree")
    return corpus


@dataclass(frozen=True)
class PrepareConfig:
    """Of `tts-prepare`."""

    corpus: dict[str, Any] = field(metadata=NOT_COMPOSED)
    """The recordings, and where the prepared corpus goes."""
    audio: AudioConfig = field(default_factory=AudioConfig)
    """The mel definition."""
    text: TextConfig = field(default_factory=TextConfig)
    """How written text becomes phones or letters."""
    limits: Limits = field(default_factory=Limits)
    """What is accepted, and how utterances are divided into splits."""
    workers: int | None = None
    """Processes; null for one per core."""


def prepare_data(config: dict[str, Any]) -> None:
    """Prepare a corpus as `config` says, and print what came of it."""
    prepare_corpus(parse(PrepareConfig, config, "config"))


def prepare_corpus(settings: PrepareConfig) -> None:
    """Prepare the corpus that `settings` describe, and print what came of it."""
    out = corpus_folder(settings.corpus)
    corpus = open_corpus(settings.corpus)
    workers = default_workers() if settings.workers is None else settings.workers
    if workers < 1:
        raise UserError(f"workers={workers}: give a number of processes, 1 or more")
    report = prepare(corpus, out, settings.audio, settings.text, settings.limits, workers)
    print(report.table())
    if report.rejected:
        print(f"  rejected utterances, with reasons: {out / 'rejected.tsv'}")
    print(f"prepared corpus: {out}")


main = command(prepare_data, "prepare", literal=CORPUS)

if __name__ == "__main__":
    main()
