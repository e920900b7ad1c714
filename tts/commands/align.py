"""`tts-align`: when each word and phone of a corpus is spoken."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tts.alignment import Aligner, AlignerConfig, Alignment, certainty
from tts.alignment.aligner import is_aligner
from tts.alignment.export import (
    holds_alignments,
    may_write,
    read_alignment,
    read_earlier,
    write_alignment,
    write_ranking,
)
from tts.alignment.files import Alignments, TimedFile
from tts.alignment.formats import FORMATS, check_formats
from tts.alignment.from_corpus import learn_from_corpus, recording_source
from tts.alignment.hmm.threads import in_threads
from tts.alignment.ranking import rank
from tts.alignment.report import write_report
from tts.audio import waveform
from tts.commands.cli import command
from tts.commands.prepare_data import CORPUS, PrepareConfig, prepare_corpus
from tts.data.manifest import PreparedCorpus, Split, Utterance, corpus_folder, read_manifest
from tts.data.originals import Original, originals
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
    """Formats beside NAME.TextGrid and NAME.json of each file: ctm (phones.ctm and words.ctm of the whole corpus), srt
    and vtt (subtitles), eaf (ELAN); a package may add others."""
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
    """Write NAME.TextGrid and NAME.json for every file that the user gave, phones.ctm and words.ctm for all,
    ranking.tsv and report.html: the utterances whose sound fits their text least first. Times are in seconds from the
    start of the file. What an earlier run made from the same recordings, text and aligner stays as it is, and so does
    a TextGrid that was written or changed by hand.

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
    files, failed = _align_all(aligner, corpus, chosen, out)
    write_rows(out / "failed.tsv", sorted(failed.items()))
    if not files:
        raise UserError(f"none of {len(chosen)} utterances could be aligned ({': '.join(min(failed.items()))})")
    aligned = Alignments(replace(file, sound=corpus.file_path(file.parts[0][0])) for file in files)
    ranked = rank([utterance for utterance, _ in aligned], {u.id: alignment for u, alignment in aligned})
    written = [path for name in settings.formats for path in FORMATS[name](out, aligned)]
    write_ranking(out, ranked)
    write_report(out, corpus, ranked, failed)
    stems = {file.name for file in files} | {utterance.id for utterance, _ in aligned}
    names = dict.fromkeys(f"NAME{path.suffix}" if path.stem in stems else path.name for path in written)
    print(f"{len(aligned)} utterances aligned: {out}/{', '.join(['NAME.TextGrid', 'NAME.json', *names])}")
    _say_whose_clock(corpus, [utterance for utterance, _ in aligned])
    print(f"look at first: {out}/report.html, ranking.tsv")
    doubtful = [r.utterance.id for r in ranked if r.alignment.doubtful]
    if doubtful:
        named = ", ".join(doubtful[:NAMED]) + (" …" if len(doubtful) > NAMED else "")
        what = f"{len(doubtful)} of {len(aligned)} utterances sound like another text than theirs"
        print(f"warning: {what} (misfit above 1 in {out}/ranking.tsv): {named}", file=sys.stderr)
    if failed:
        raise UserError(f"{len(failed)} of {len(chosen)} utterances could not be aligned; {out}/failed.tsv says why")


def _say_whose_clock(corpus: PreparedCorpus, aligned: list[Utterance]) -> None:
    unknown = sum(utterance.original is None for utterance in aligned)
    if unknown:
        print(
            f"times of {counted(unknown, 'utterance')} are those of the prepared recordings in {corpus.folder}/audio, "
            "made by a version up to 0.5; for times of your own files, prepare the corpus again and align it again"
        )


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


@dataclass
class _Job:
    """A file, and what of it is to be done."""

    original: Original
    """With those of its utterances that are to be aligned."""
    source: str
    """What its times are made of."""
    found: dict[str, Alignment]
    """By id, in seconds from the start of the prepared audio; what an earlier run found, and then the rest."""
    todo: list[Utterance]
    writable: bool
    """Whether its TextGrid and JSON are not there, or ours and unchanged."""
    current: bool
    """Whether they are there, and need a change only if something new is found."""

    @classmethod
    def of(cls, original: Original, identity: str, corpus: PreparedCorpus, out: Path) -> _Job:
        """Whose times an aligner or voice of this identity finds, with what is in `out` already."""
        sources = {u.id: recording_source(corpus, u) for u in original.utterances}
        source = fingerprint(identity, *sources.values())  # as in versions up to 0.5
        if original.path:
            source = fingerprint(source, [u.offset for u in original.utterances], original.seconds)
        known = read_alignment(out, original, source)
        if known is not None:
            found = {u.id: alignment.shifted(-(u.offset or 0.0)) for u, alignment in known.parts}
        else:
            earlier = {u.id: read_earlier(out, u, fingerprint(identity, sources[u.id])) for u in original.utterances}
            found = {id: alignment for id, alignment in earlier.items() if alignment is not None}
        todo = [u for u in original.utterances if u.id not in found]
        current = known is not None or not (todo or original.path)
        return cls(original, source, found, todo, may_write(out, original.name), current)

    @property
    def refused(self) -> bool:
        """Whether there is something that must not be written over, and does not hold the times."""
        return bool(not self.writable and not self.current and self.todo)

    def finish(self, out: Path) -> TimedFile:
        """All that was found, in its files."""
        file = TimedFile.of(self.original, self.found)
        news = any(utterance.id in self.found for utterance in self.todo)
        self.writable = self.writable and may_write(out, file.name)  # as it may have been changed by now
        if file.parts and self.writable and (news or not self.current):
            write_alignment(out, file, self.source)
        return file


def _align_all(
    aligner: Aligner | Voice, corpus: PreparedCorpus, chosen: list[Utterance], out: Path
) -> tuple[list[TimedFile], dict[str, str]]:
    """What was found in each file, and reasons why there is nothing for an utterance, by id."""
    identity = aligner.identity if isinstance(aligner, Aligner) else fingerprint(aligner.info.sha256)
    failed: dict[str, str] = {}
    fresh: list[float] = []

    def align_one(job: _Job, utterance: Utterance) -> None:
        try:
            job.found[utterance.id] = _align(aligner, corpus, utterance)
            fresh.append(utterance.seconds)
        except UserError as error:
            failed[utterance.id] = str(error)

    ids = {utterance.id for utterance in chosen}
    files = [f.only(ids).named_in(out) for f in originals(corpus.utterances) if any(u.id in ids for u in f.utterances)]
    jobs = list(in_threads(lambda original: _Job.of(original, identity, corpus, out), files))
    for job in jobs:
        if job.refused:
            name = job.original.name
            reason = f"{name}.TextGrid or {name}.json was written or changed by hand or by another program: "
            failed |= {u.id: f"{reason}move both away to align anew" for u in job.original.utterances}
    jobs = [job for job in jobs if not job.refused]
    todo = [(job, utterance) for job in jobs for utterance in job.todo]
    started = time.process_time()
    aligned = tqdm(in_threads(lambda pair: align_one(*pair), todo), total=len(todo), desc="aligning", disable=None)
    finished: dict[str, TimedFile] = {}
    for _, (job, utterance) in zip(aligned, todo, strict=True):  # in their order
        if utterance is job.todo[-1]:
            finished[job.original.name] = job.finish(out)
    done = [finished.get(job.original.name) or job.finish(out) for job in jobs]
    spent, seconds = time.process_time() - started, sum(fresh)
    if fresh:
        print(
            f"{seconds / 60:.1f} min of speech aligned in {spent:.1f} CPU-s: {seconds / spent:.0f} × real time a core"
        )
    before = sum(len(file.parts) for file in done) - len(fresh)
    if before:
        print(f"{counted(before, 'utterance')} were aligned before and have not changed")
    edited = [job.original.name for job in jobs if not job.writable]
    if edited:
        print(
            f"{counted(len(edited), 'TextGrid')} changed by hand, {min(edited)} for one: left as it is, while its "
            "JSON, the other formats and the report hold the times that were found"
        )
    return [file for file in done if file.parts], failed


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
