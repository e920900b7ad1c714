"""`tts-align`: when each word and phone of a corpus is spoken."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tts.alignment import Aligner, AlignerConfig, Alignment, certainty
from tts.alignment.aligner import is_aligner
from tts.alignment.export import holds_alignments, may_write, read_alignment, write_alignment, write_ranking
from tts.alignment.formats import FORMATS, check_formats
from tts.alignment.from_corpus import learn_from_corpus, recording_source
from tts.alignment.hmm.threads import in_threads
from tts.alignment.ranking import rank
from tts.alignment.report import write_report
from tts.audio import waveform
from tts.commands.cli import command
from tts.commands.prepare_data import CORPUS, PrepareConfig, prepare_corpus
from tts.data.manifest import PreparedCorpus, Split, Utterance, corpus_folder, read_manifest
from tts.errors import UserError
from tts.reporting.progress import counted
from tts.settings.schema import parse
from tts.storage.files import fingerprint, write_rows
from tts.storage.locks import exclusive
from tts.storage.ownership import claim
from tts.synthesis.voice import Voice

NAMED = 5
"""Utterances that are named in a warning; ranking.tsv has all."""
ALL: tuple[Split, ...] = ("train", "valid", "test")
LITERAL = ("voice", "aligner", "out", *CORPUS)


@dataclass(frozen=True)
class AlignConfig(PrepareConfig):
    """Of `tts-align`; the keys of `tts-prepare` are for a corpus that is not prepared yet."""

    out: str = "aligned"
    """Folder for the times and the report."""
    aligner: str | None = None
    """Folder of a trained aligner to use, OUT/aligner of an earlier run; null trains one on the corpus."""
    voice: str | None = None
    """Folder of a trained voice to align with, instead of an aligner."""
    train_splits: tuple[Split, ...] = ALL
    """Splits of the corpus that the aligner is trained on; exact times, where a corpus has them, are never read."""
    splits: tuple[Split, ...] = ALL
    """Splits of the corpus whose recordings are aligned."""
    formats: tuple[str, ...] = ("ctm",)
    """Formats of files with the times of the whole corpus, beside ID.TextGrid and ID.json of each recording; a
    package may add others."""
    model: AlignerConfig = field(default_factory=AlignerConfig)
    """The aligner's acoustic model."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_formats(self.formats)
        if self.aligner is not None and self.voice is not None:
            raise ValueError("give aligner=PATH or voice=PATH, not both")


def read_config(config: dict[str, Any]) -> AlignConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(AlignConfig, config, "")


def align(config: dict[str, Any]) -> None:
    """Write ID.TextGrid and ID.json for every utterance, phones.ctm and words.ctm for all, ranking.tsv and
    report.html: the utterances whose sound fits their text least first. What an earlier run made from the same
    recordings, text and aligner stays as it is, and so does a TextGrid that was written or changed by hand.

    Raises
    ------
    UserError: nothing to align, or some utterances could not be (the others are); `failed.tsv` lists them.
    """
    settings = read_config(config)
    folder = corpus_folder(settings.corpus)
    out = Path(settings.out).expanduser()
    claim(out, "alignment", "out", recognised=lambda out: holds_alignments(out) or is_aligner(out / "aligner"))
    with exclusive(out, "out"):
        _align_corpus(settings, folder, out)


def _align_corpus(settings: AlignConfig, folder: Path, out: Path) -> None:
    if not (folder / "manifest.jsonl").is_file():
        prepare_corpus(settings)  # one that is there was made with settings of its own, and stays as it is
    corpus = read_manifest(folder)
    chosen = _chosen(corpus, settings.splits, "to align")
    aligner = _aligner(settings, corpus, out)
    done, failed = _align_all(aligner, corpus, chosen, out)
    write_rows(out / "failed.tsv", sorted(failed.items()))
    if not done:
        raise UserError(f"none of {len(chosen)} utterances could be aligned ({': '.join(min(failed.items()))})")
    aligned = [u for u in chosen if u.id in done]
    ranked = rank(aligned, done)
    written = [path for name in settings.formats for path in FORMATS[name](out, [(u, done[u.id]) for u in aligned])]
    write_ranking(out, ranked)
    write_report(out, corpus, ranked, failed)
    files = ", ".join(["ID.TextGrid", "ID.json", *(path.name for path in written)])
    print(f"{len(aligned)} utterances aligned: {out}/{files}")
    print(f"look at first: {out}/report.html, ranking.tsv")
    doubtful = [r.utterance.id for r in ranked if r.alignment.doubtful]
    if doubtful:
        named = ", ".join(doubtful[:NAMED]) + (" …" if len(doubtful) > NAMED else "")
        what = f"{len(doubtful)} of {len(aligned)} utterances sound like another text than theirs"
        print(f"warning: {what} (misfit above 1 in {out}/ranking.tsv): {named}", file=sys.stderr)
    if failed:
        raise UserError(f"{len(failed)} of {len(chosen)} utterances could not be aligned; {out}/failed.tsv says why")


def _chosen(corpus: PreparedCorpus, splits: tuple[Split, ...], purpose: str) -> list[Utterance]:
    chosen = [u for u in corpus.utterances if u.split in splits]
    if not chosen:
        raise UserError(f"{corpus.folder}: no utterance of the splits {', '.join(splits)} {purpose}")
    return chosen


def _aligner(settings: AlignConfig, corpus: PreparedCorpus, out: Path) -> Aligner | Voice:
    """The aligner or voice of the settings; or one trained here, unless an earlier run trained the same."""
    if settings.voice is not None:
        voice = Voice.load(settings.voice)
        voice.check_aligns()
        return voice
    if settings.aligner is not None:
        return Aligner.load(Path(settings.aligner).expanduser())
    chosen = _chosen(corpus, settings.train_splits, "to train on")
    aligner, left_out = learn_from_corpus(corpus, chosen, settings.model, out / "aligner")
    if left_out is not None:
        write_rows(out / "not_learnt.tsv", sorted(left_out.items()))
        if left_out:
            print(f"not learnt from: {len(left_out)}, listed in {out}/not_learnt.tsv")
    return aligner


def _align_all(
    aligner: Aligner | Voice, corpus: PreparedCorpus, chosen: list[Utterance], out: Path
) -> tuple[dict[str, Alignment], dict[str, str]]:
    """Alignments, and reasons why there is none, by id; one utterance a thread."""
    identity = aligner.identity if isinstance(aligner, Aligner) else fingerprint(aligner.info.sha256)
    failed: dict[str, str] = {}
    done: dict[str, Alignment] = {}
    fresh: list[float] = []
    edited: list[str] = []

    def align_one(utterance: Utterance) -> None:
        source = fingerprint(identity, recording_source(corpus, utterance))
        earlier = read_alignment(out, utterance, source)
        if earlier is not None:
            done[utterance.id] = earlier
            if not may_write(out, utterance):
                edited.append(utterance.id)
            return
        if not may_write(out, utterance):
            failed[utterance.id] = (
                f"{utterance.id}.TextGrid or {utterance.id}.json was written or changed by hand or by another program: "
                "move both away to align anew"
            )
            return
        try:
            done[utterance.id] = _align(aligner, corpus, utterance).rounded()
            write_alignment(out, utterance, done[utterance.id], source)
            fresh.append(utterance.seconds)
        except UserError as error:
            failed[utterance.id] = str(error)

    started = time.process_time()
    for _ in tqdm(in_threads(align_one, chosen), total=len(chosen), desc="aligning", disable=None):
        pass
    spent, seconds = time.process_time() - started, sum(fresh)
    if fresh:
        print(
            f"{seconds / 60:.1f} min of speech aligned in {spent:.1f} CPU-s: {seconds / spent:.0f} × real time a core"
        )
    if len(fresh) < len(done):
        print(f"{len(done) - len(fresh)} utterances were aligned before and have not changed")
    if edited:
        print(
            f"{counted(len(edited), 'TextGrid')} changed by hand, {min(edited)} for one: left as it is, while ID.json, "
            "the CTMs and the report hold the times that were found"
        )
    return done, failed


def _align(aligner: Aligner | Voice, corpus: PreparedCorpus, utterance: Utterance) -> Alignment:
    rate = corpus.info.sample_rate
    wav = waveform.read(corpus.audio_path(utterance), rate)
    if isinstance(aligner, Aligner):
        return aligner.align(wav, rate, utterance.tokens, utterance.id)
    aligned = aligner.align(wav, rate, utterance.tokens.in_language(corpus.info.text["language"]))
    confidence = certainty(aligned.posterior)
    score = float(confidence.log().mean())
    return Alignment(aligned.words, aligned.phones, confidence.tolist(), score, aligned.misfit)


main = command(align, "align", check=read_config, literal=LITERAL, chosen=("corpus",))

if __name__ == "__main__":
    main()
