"""`tts-align`: when each word and phone of a corpus is spoken."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from tts.alignment import Aligner, AlignerConfig, Alignment
from tts.audio import waveform
from tts.commands.cli import command
from tts.data.manifest import PreparedCorpus, Split, Utterance, read_manifest
from tts.data.textgrid import Interval, write_textgrid
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
            _write(out, utterance, done[utterance.id])
        except UserError as error:
            failed[utterance.id] = " ".join(str(error).split())

    with ThreadPoolExecutor(threads) as pool:
        for _ in tqdm(pool.map(one, chosen), total=len(chosen), desc="aligning", disable=None):
            pass
    torch.set_num_threads(threads)
    aligned = [u for u in chosen if u.id in done]
    _write_ctm(out, aligned, done)
    _write_ranking(out, aligned, done)
    lines = [f"{name}\t{reason}\n" for name, reason in sorted(failed.items())]
    (out / "failed.tsv").write_text("".join(lines), "utf-8")
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
    sureness = heard.posterior.square().sum(0) / heard.posterior.sum(0).clamp(min=1e-9)
    return Alignment(heard.words, heard.phones, sureness.tolist(), float(sureness.log().mean()))


def _write(out: Path, utterance: Utterance, alignment: Alignment) -> None:
    write_textgrid(out / f"{utterance.id}.TextGrid", {"words": alignment.words, "phones": alignment.phones})

    def rows(intervals: Sequence[Interval]) -> list[dict[str, Any]]:
        return [{"label": i.label, "start": round(i.start, 6), "end": round(i.end, 6)} for i in intervals]

    phones = rows(alignment.phones)
    for phone, confidence in zip(phones, alignment.confidence, strict=True):
        phone["confidence"] = round(confidence, 4)
    content = {"words": rows(alignment.words), "phones": phones, "score": round(alignment.score, 4)}
    draft = out / f"{utterance.id}.json.part"
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    draft.replace(out / f"{utterance.id}.json")


def _write_ctm(out: Path, utterances: list[Utterance], done: dict[str, Alignment]) -> None:
    phones, words = [], []
    for utterance in utterances:
        alignment = done[utterance.id]
        for phone, confidence in zip(alignment.phones, alignment.confidence, strict=True):
            phones.append(f"{_ctm(utterance, phone)} {confidence:.4f}\n")
        words += [f"{_ctm(utterance, word)}\n" for word in alignment.words]
    (out / "phones.ctm").write_text("".join(phones), "utf-8")
    (out / "words.ctm").write_text("".join(words), "utf-8")


def _ctm(utterance: Utterance, interval: Interval) -> str:
    return f"{utterance.id} 1 {interval.start:.4f} {interval.end - interval.start:.4f} {interval.label}"


def _write_ranking(out: Path, utterances: list[Utterance], done: dict[str, Alignment]) -> None:
    """By how far the score lies below the corpus's median, in robust standard deviations of each speaker."""
    scores: dict[str, list[float]] = {}
    for utterance in utterances:
        scores.setdefault(utterance.speaker, []).append(done[utterance.id].score)
    middle = {s: float(np.median(v)) for s, v in scores.items()}
    spread = {s: 1.4826 * float(np.median(np.abs(np.array(v) - middle[s]))) + 1e-6 for s, v in scores.items()}
    rows = []
    for u in utterances:
        alignment = done[u.id]
        deviation = (alignment.score - middle[u.speaker]) / spread[u.speaker]
        worst = min(zip(alignment.confidence, alignment.phones, strict=True), key=lambda pair: pair[0])
        rows.append(
            (deviation, f"{u.id}\t{deviation:.2f}\t{worst[1].label}\t{worst[1].start:.3f}\t{worst[0]:.3f}\t{u.text}\n")
        )
    header = "id\tdeviation\tleast_certain_phone\tat\tits_confidence\ttext\n"
    (out / "ranking.tsv").write_text(header + "".join(row for _, row in sorted(rows)), "utf-8")


main = command(align, "align", literal=("voice", "aligner", "out", "corpus.out"))

if __name__ == "__main__":
    main()
