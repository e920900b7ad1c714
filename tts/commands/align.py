"""`tts-align`: when each word and phone of a corpus is spoken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from tts.alignment import Aligner, AlignerConfig, Alignment, certainty, train_aligner
from tts.alignment.export import is_ours, read_alignment, write_alignment, write_ctm, write_ranking
from tts.alignment.ranking import rank
from tts.alignment.report import write_report
from tts.audio import waveform
from tts.commands.cli import command
from tts.commands.prepare_data import CORPUS, prepare_data
from tts.data.manifest import PreparedCorpus, Split, Utterance, corpus_folder, read_manifest
from tts.errors import UserError
from tts.files import fingerprint, sha256, write_rows
from tts.schema import parse, plain
from tts.synthesis.voice import Voice
from tts.text.tokens import Tokens

ALL: tuple[Split, ...] = ("train", "valid", "test")
LITERAL = ("voice", "aligner", "out", *CORPUS)


@dataclass(frozen=True)
class AlignConfig:
    """`configs/align.yaml`, resolved."""

    corpus: dict[str, Any]
    audio: dict[str, Any]
    text: dict[str, Any]
    limits: dict[str, Any]
    workers: int | None = None
    """The last four are for a corpus that is not prepared yet."""
    out: str = "aligned"
    aligner: str | None = None
    voice: str | None = None
    train_splits: tuple[Split, ...] = ALL
    splits: tuple[Split, ...] = ALL
    model: AlignerConfig = field(default_factory=AlignerConfig)


def align(config: dict[str, Any]) -> None:
    """Write ID.TextGrid and ID.json for every utterance, phones.ctm and words.ctm for all, ranking.tsv and
    report.html: the utterances whose sound fits their text least first. What an earlier run made from the same
    recordings, text and aligner stays as it is, and so does a TextGrid that was written or changed by hand.

    Raises
    ------
    UserError: nothing to align, or some utterances could not be (the others are); `failed.tsv` lists them.
    """
    settings = parse(AlignConfig, config, "config")
    if settings.aligner is not None and settings.voice is not None:
        raise UserError("give aligner=PATH or voice=PATH, not both")
    folder = corpus_folder(settings.corpus)
    if not (folder / "manifest.jsonl").is_file():
        prepare_data(config)  # one that is there was made with settings of its own, and stays as it is
    corpus = read_manifest(folder)
    out = Path(settings.out).expanduser()
    out.mkdir(parents=True, exist_ok=True)
    chosen = _chosen(corpus, settings.splits, "to align")
    aligner = _aligner(settings, corpus, out)
    done, failed = _align_all(aligner, corpus, chosen, out)
    write_rows(out / "failed.tsv", sorted(failed.items()))
    if not done:
        raise UserError(f"none of {len(chosen)} utterances could be aligned ({': '.join(min(failed.items()))})")
    aligned = [u for u in chosen if u.id in done]
    ranked = rank(aligned, done)
    write_ctm(out, aligned, done)
    write_ranking(out, ranked)
    write_report(out, corpus, ranked, failed)
    print(f"{len(aligned)} utterances aligned: {out}/ID.TextGrid, ID.json, phones.ctm, words.ctm")
    print(f"look at first: {out}/report.html, ranking.tsv")
    if failed:
        raise UserError(f"{len(failed)} of {len(chosen)} utterances could not be aligned; {out}/failed.tsv says why")


def _chosen(corpus: PreparedCorpus, splits: tuple[Split, ...], purpose: str) -> list[Utterance]:
    chosen = [u for u in corpus.utterances if u.split in splits]
    if not chosen:
        raise UserError(f"{corpus.folder}: no utterance of the splits {', '.join(splits)} {purpose}")
    return chosen


def _aligner(settings: AlignConfig, corpus: PreparedCorpus, out: Path) -> Aligner | Voice:
    """The one that was asked for; one trained here, unless an earlier run trained the same."""
    if settings.voice is not None:
        voice = Voice.load(settings.voice)
        voice.check_aligns()
        return voice
    if settings.aligner is not None:
        return Aligner.load(Path(settings.aligner).expanduser())
    chosen = _chosen(corpus, settings.train_splits, "to train on")
    folder = out / "aligner"
    source = fingerprint(plain(settings.model), [_source(corpus, u) for u in chosen])
    earlier = _earlier(folder)
    if earlier is not None and earlier.source == source:
        print(f"aligner: {folder}, trained before on the same recordings")
        return earlier
    left_out: dict[str, str] = {}

    def recordings() -> Iterator[tuple[str, Tensor, Tokens]]:
        for utterance in tqdm(chosen, desc="reading", disable=None):
            try:
                wav = waveform.read(corpus.audio_path(utterance), settings.model.sample_rate)
            except UserError as error:
                left_out[utterance.id] = str(error)
            else:
                yield utterance.id, wav, utterance.tokens

    started = time.process_time()
    aligner = train_aligner(
        recordings(),
        settings.model,
        progress=lambda stage, value: print(f"{stage}: log-likelihood {value:.3f} a frame", flush=True),
        left_out=left_out,
    )
    aligner.save(folder, source)
    write_rows(out / "not_learnt.tsv", sorted(left_out.items()))
    print(f"aligner: {folder}, trained in {time.process_time() - started:.0f} CPU-s", end="")
    print(f"; not learnt from: {len(left_out)}, listed in {out}/not_learnt.tsv" if left_out else "")
    return aligner


def _earlier(folder: Path) -> Aligner | None:
    """What an earlier run left there, if it is whole."""
    try:
        return Aligner.load(folder)
    except UserError:
        return None


def _align_all(
    aligner: Aligner | Voice, corpus: PreparedCorpus, chosen: list[Utterance], out: Path
) -> tuple[dict[str, Alignment], dict[str, str]]:
    """Alignments, and reasons why there is none, by id; one utterance a thread."""
    identity = aligner.identity if isinstance(aligner, Aligner) else fingerprint(aligner.info.sha256)
    failed: dict[str, str] = {}
    done: dict[str, Alignment] = {}
    fresh: list[float] = []

    def one(utterance: Utterance) -> None:
        source = fingerprint(identity, _source(corpus, utterance))
        earlier = read_alignment(out, utterance, source)
        if earlier is not None:
            done[utterance.id] = earlier
            return
        if not is_ours(out, utterance):
            failed[utterance.id] = f"{utterance.id}.TextGrid was written or changed by hand: move it away to align anew"
            return
        try:
            done[utterance.id] = _align(aligner, corpus, utterance).rounded()
            write_alignment(out, utterance, done[utterance.id], source)
            fresh.append(utterance.seconds)
        except UserError as error:
            failed[utterance.id] = str(error)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    started = time.process_time()
    try:
        with ThreadPoolExecutor(threads) as pool:
            for _ in tqdm(pool.map(one, chosen), total=len(chosen), desc="aligning", disable=None):
                pass
    finally:
        torch.set_num_threads(threads)
    spent, heard = time.process_time() - started, sum(fresh)
    if fresh:
        print(f"{heard / 60:.1f} min of speech aligned in {spent:.1f} CPU-s: {heard / spent:.0f} × real time a core")
    if len(fresh) < len(done):
        print(f"{len(done) - len(fresh)} utterances were aligned before and have not changed")
    return done, failed


def _source(corpus: PreparedCorpus, utterance: Utterance) -> list[Any]:
    """Tells recordings and their texts apart, as plain data."""
    path = corpus.audio_path(utterance)
    return [utterance.id, plain(utterance.tokens), sha256(path) if path.is_file() else None]


def _align(aligner: Aligner | Voice, corpus: PreparedCorpus, utterance: Utterance) -> Alignment:
    rate = corpus.info.sample_rate
    wav = waveform.read(corpus.audio_path(utterance), rate)
    if isinstance(aligner, Aligner):
        return aligner.align(wav, rate, utterance.tokens, utterance.id)
    heard = aligner.align(wav, rate, utterance.tokens)
    sure = certainty(heard.posterior)
    return Alignment(heard.words, heard.phones, sure.tolist(), float(sure.log().mean()))


main = command(align, "align", literal=LITERAL)

if __name__ == "__main__":
    main()
