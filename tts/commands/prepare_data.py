"""`tts-prepare`: recordings and their texts become a prepared corpus."""

from __future__ import annotations

from typing import Any

from tts.audio.config import AudioConfig
from tts.commands.cli import command
from tts.corpora.registry import open_corpus
from tts.data.manifest import corpus_folder
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.preparation.prepare import default_workers, prepare
from tts.settings.schema import parse
from tts.text.config import TextConfig

CORPUS = ("corpus.root", "corpus.out", "corpus.downloads", "corpus.credits", "corpus.licence")
"""Keys of every corpus to be prepared that are taken to the letter."""


def prepare_data(config: dict[str, Any]) -> None:
    """Prepare the corpus that `config` (`configs/prepare.yaml`, resolved) describes, and print what came
    of it."""
    out = corpus_folder(config["corpus"])
    corpus = open_corpus(config["corpus"])
    audio = parse(AudioConfig, config["audio"], "audio")
    text = parse(TextConfig, config["text"], "text")
    limits = parse(Limits, config["limits"], "limits")
    workers = default_workers() if config["workers"] is None else config["workers"]
    if not isinstance(workers, int) or workers < 1:
        raise UserError(f"workers={workers}: give a number of processes, 1 or more")
    report = prepare(corpus, out, audio, text, limits, workers)
    print(report.table())
    if report.rejected:
        print(f"  rejected utterances, with reasons: {out / 'rejected.tsv'}")
    print(f"prepared corpus: {out}")


main = command(prepare_data, "prepare", literal=CORPUS)

if __name__ == "__main__":
    main()
