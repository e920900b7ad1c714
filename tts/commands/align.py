"""`tts-align`: when each word and phone of a corpus is spoken."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from tts.alignment import Aligner, AlignerConfig, Alignment, certainty
from tts.alignment.export import write_alignment, write_ctm, write_ranking, write_text
from tts.audio import waveform
from tts.commands.cli import command
from tts.data.manifest import PreparedCorpus, Split, Utterance, read_manifest
from tts.errors import UserError
from tts.schema import parse
from tts.synthesis.voice import Voice

ALL: tuple[Split, ...] = ("train", "valid", "test")


@dataclass(frozen=True)
class AlignConfig:
    """`configs/align.yaml`, resolved."""

    corpus: dict[str, Any]
    out: str = "aligned"
    aligner: str | None = None
    voice: str | None = None
    train_splits: tuple[Split, ...] = ALL
    splits: tuple[Split, ...] = ALL
    model: AlignerConfig = field(default_factory=AlignerConfig)


def align(config: dict[str, Any]) -> None:
    """Write ID.TextGrid and ID.json for every utterance, phones.ctm and words.ctm for all, and `ranking.tsv`: the
    utterances whose sound fits their text least first.

    Raises
    ------
    UserError: nothing to align, or some utterances could not be (the others are); `failed.tsv` lists them.
    """
    settings = parse(AlignConfig, config, "config")
    if settings.aligner is not None and settings.voice is not None:
        raise UserError("give aligner=PATH or voice=PATH, not both")
    corpus = read_manifest(settings.corpus["out"])
    out = Path(settings.out).expanduser()
    out.mkdir(parents=True, exist_ok=True)
    chosen = [u for u in corpus.utterances if u.split in settings.splits]
    if not chosen:
        raise UserError(f"{corpus.folder}: no utterance of the splits {', '.join(settings.splits)}")
    aligner = _aligner(settings, corpus, out)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # one utterance a thread
    failed: dict[str, str] = {}
    done: dict[str, Alignment] = {}

    def one(utterance: Utterance) -> None:
        try:
            done[utterance.id] = _align(aligner, corpus, utterance)
            write_alignment(out, utterance, done[utterance.id])
        except UserError as error:
            failed[utterance.id] = " ".join(str(error).split())

    with ThreadPoolExecutor(threads) as pool:
        for _ in tqdm(pool.map(one, chosen), total=len(chosen), desc="aligning", disable=None):
            pass
    torch.set_num_threads(threads)
    aligned = [u for u in chosen if u.id in done]
    write_ctm(out, aligned, done)
    write_ranking(out, aligned, done)
    lines = [f"{name}\t{reason}\n" for name, reason in sorted(failed.items())]
    write_text(out / "failed.tsv", "".join(lines))
    print(f"{len(aligned)} utterances aligned: {out}/ID.TextGrid, ID.json, phones.ctm, words.ctm")
    print(f"least certain first: {out}/ranking.tsv")
    if failed:
        raise UserError(f"{len(failed)} of {len(chosen)} utterances could not be aligned; {out}/failed.tsv says why")


def _aligner(settings: AlignConfig, corpus: PreparedCorpus, out: Path) -> Aligner | Voice:
    if settings.voice is not None:
        return Voice.load(settings.voice)
    if settings.aligner is not None:
        return Aligner.load(Path(settings.aligner).expanduser())
    rate = settings.model.sample_rate
    chosen = [u for u in corpus.utterances if u.split in settings.train_splits]
    if not chosen:
        raise UserError(f"{corpus.folder}: no utterance of the splits {', '.join(settings.train_splits)} to train on")
    recordings = []
    for utterance in tqdm(chosen, desc="reading", disable=None):
        try:
            wav = waveform.read(corpus.audio_path(utterance), rate)
        except UserError as error:
            print(f"not learnt from: {error}", file=sys.stderr)
        else:
            recordings.append((utterance.id, wav, utterance.tokens))
    aligner = Aligner.train(
        recordings, settings.model, lambda stage, value: print(f"{stage}: log-likelihood {value:.3f} a frame")
    )
    aligner.save(out / "aligner")
    print(f"aligner: {out / 'aligner'}")
    return aligner


def _align(aligner: Aligner | Voice, corpus: PreparedCorpus, utterance: Utterance) -> Alignment:
    rate = corpus.info.sample_rate
    wav = waveform.read(corpus.audio_path(utterance), rate)
    if isinstance(aligner, Aligner):
        return aligner.align(wav, rate, utterance.tokens, utterance.id)
    heard = aligner.align(wav, rate, utterance.tokens)
    sure = certainty(heard.posterior)
    return Alignment(heard.words, heard.phones, sure.tolist(), float(sure.log().mean()))


main = command(align, "align", literal=("voice", "aligner", "out", "corpus.out"))

if __name__ == "__main__":
    main()
