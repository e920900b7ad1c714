"""A corpus becomes a prepared folder: validated, trimmed, cut, tokenised, split, and reported on."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tts.audio.config import AudioConfig
from tts.corpora.corpus import Corpus, Recording
from tts.data.manifest import CorpusInfo, Utterance, read_manifest, recording_of, write_manifest
from tts.errors import UserError
from tts.preparation.corrections import COPY, NAME, read_corrections, unused
from tts.preparation.journal import Journal
from tts.preparation.limits import Limits
from tts.preparation.report import Report, write_report
from tts.preparation.splits import split_pieces
from tts.preparation.utterance import FAILED, Outcome, Rejected, UtteranceMaker, one_line
from tts.settings.schema import plain
from tts.storage.locks import exclusive
from tts.storage.ownership import claim, unknown_names
from tts.text.config import TextConfig
from tts.workers import WorkerDied, map_unordered


@dataclass(frozen=True)
class _Settings:
    """Everything that a finished recording's outcome depends on, apart from the recording."""

    sample_rate: int
    frames: tuple[int, int]
    text: dict[str, Any]
    limits: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(plain(self), sort_keys=True).encode()).hexdigest()[:16]


def prepare(corpus: Corpus, out: Path, audio: AudioConfig, text: TextConfig, limits: Limits, workers: int) -> Report:
    """Prepare `corpus` in the folder `out`, which `tts.data.manifest.read_manifest` reads.

    Writes `audio/ID.flac`, `truth/ID.TextGrid` where the corpus has exact times, `rejected.tsv` (id, reason,
    detail), `report.json`, and last `corpus.json` and `manifest.jsonl`; applies `corrections.jsonl`. Run again after
    it was stopped, it goes on where it was; run again with other settings, or after recordings changed, it does what
    they affect.

    Parameters
    ----------
    workers: processes, which a recording may kill without harm to the others; started by spawning, so a script that
        calls this needs the `__main__` guard. With 0 the work is done in this process, for tests and small scripts.

    Raises
    ------
    UserError: the corpus cannot be read, `out` holds somebody else's files or is in use, or no recording passes.
    """
    out = Path(out)
    claim(out, "preparation", "corpus.out", recognised=_made_before)
    recordings = list(corpus)
    with exclusive(out, "corpus.out"):
        return _prepare(corpus, recordings, out, audio, text, limits, workers)


def _prepare(
    corpus: Corpus,
    recordings: list[Recording],
    out: Path,
    audio: AudioConfig,
    text: TextConfig,
    limits: Limits,
    workers: int,
) -> Report:
    for name in ("audio", "truth"):
        (out / name).mkdir(exist_ok=True)
    corrections = read_corrections(out)
    maker = UtteranceMaker(out, audio, text, limits, corrections)
    settings = _Settings(audio.sample_rate, (audio.n_fft, audio.hop_length), plain(text), _bounds(limits))
    distinct, duplicates = _distinct(recordings)
    with Journal.open(out, settings.fingerprint, corrections) as journal:
        outcomes = _finish(distinct, journal, maker, workers, corpus.name)
    accepted = [fields for id in distinct for fields in outcomes[id].accepted]
    rejected = [r for id in distinct for r in outcomes[id].rejected] + duplicates
    sources = {fields["id"]: fields["recording"] for fields in accepted}
    other_texts = all(recording.file for recording in distinct.values())  # where speech is made, voices share texts
    splits = split_pieces(sources, limits.valid_percent, limits.test_percent, other_texts)
    root = _root(corpus)
    originals = {id: _original(recording, root) for id, recording in distinct.items()}
    utterances = [
        _utterance(fields, splits[fields["id"]], originals[recording_of(fields["id"])]) for fields in accepted
    ]
    texts = {id: one_line(recording.text) for id, recording in distinct.items()}
    stale = unused(corrections, texts, {u.id: u.text for u in utterances})
    report = write_report(out, corpus.name, text.language, len(recordings), utterances, rejected, stale)
    if not utterances:
        reasons = ", ".join(f"{reason} ({n})" for reason, n in Counter(r.reason for r in rejected).most_common(3))
        raise UserError(
            f"{corpus.name}: none of {len(recordings)} recordings can be used: "
            f"{reasons or 'the corpus is empty'}; each is listed in {out / 'rejected.tsv'}"
        )
    of_whom = (corpus.name, corpus.language, corpus.licence, corpus.credits)
    place = None if root is None else _text(root.absolute())
    info = CorpusInfo(*of_whom, audio.sample_rate, plain(text), place)
    write_manifest(out, info, utterances)
    _remove_strays(out, journal, {u.id for u in utterances})  # last: what a manifest names is there at any time
    return report


def _distinct(recordings: list[Recording]) -> tuple[dict[str, Recording], list[Rejected]]:
    """By id, the first of each, and the others."""
    first: dict[str, Recording] = {}
    duplicates = []
    for recording in recordings:
        if recording.id in first:
            duplicates.append(Rejected(recording.id, "duplicate id", "an earlier recording has the same id"))
        else:
            first[recording.id] = recording
    return first, duplicates


def _finish(
    recordings: dict[str, Recording], journal: Journal, maker: UtteranceMaker, workers: int, name: str
) -> dict[str, Outcome]:
    """The outcome of every recording, by id: those that the journal has, and the others once they are done."""
    outcomes = {id: done for id, r in recordings.items() if (done := journal.finished(r)) is not None}
    todo = [recording for id, recording in recordings.items() if id not in outcomes]
    if any(journal.has_audio(recording) for recording in todo):  # which the manifest may name: no longer finished
        (maker.out / "manifest.jsonl").unlink(missing_ok=True)
    with tqdm(total=len(recordings), initial=len(outcomes), desc=f"prepare {name}", unit="rec", disable=None) as bar:
        for recording, outcome in _outcomes(maker, todo, workers):
            journal.add(recording, outcome)
            outcomes[recording.id] = outcome
            bar.update()
    return outcomes


def _bounds(limits: Limits) -> dict[str, Any]:
    """Without the splits, which are assigned afresh each time."""
    return {key: value for key, value in plain(limits).items() if not key.endswith("_percent")}


def _made_before(out: Path) -> bool:
    """Whether a preparation made the folder before such folders were marked; it fetched what it needed first.

    Corrections may be all that was kept of a corpus.
    """
    if Journal.is_in(out) or unknown_names(out) == ["downloads/"] or {NAME, COPY}.issuperset(unknown_names(out)):
        return True
    try:
        read_manifest(out)
    except (UserError, OSError):
        return False
    return True


def _remove_strays(out: Path, journal: Journal, ids: set[str]) -> None:
    """Delete audio and times that a preparation wrote, this one or an earlier one, and this one does not name."""
    for folder, ending in (("audio", ".flac"), ("truth", ".TextGrid")):
        # A process that was killed leaves a draft, ID.flac.PID.part.
        for path in [*(out / folder).glob(f"*{ending}"), *(out / folder).glob(f"*{ending}.*.part")]:
            id = path.name[: path.name.rindex(ending)]
            if path.is_file() and journal.knows(id) and (id not in ids or path.suffix == ".part"):
                path.unlink()
    if not any((out / "truth").iterdir()):
        (out / "truth").rmdir()


def _root(corpus: Corpus) -> Path | None:
    """The folder of a corpus's recordings, where it has one."""
    root = getattr(corpus, "root", None) or getattr(corpus, "downloads", None)
    if root is None:
        return None
    folder = Path(root).expanduser()
    return folder.parent if folder.is_file() else folder  # a list in it


def _original(recording: Recording, root: Path | None) -> str:
    """The file of a recording, relative to the corpus's folder if it is in there."""
    if not recording.file:
        return ""
    path = Path(recording.file)
    return _text(path.relative_to(root) if root is not None and path.is_relative_to(root) else path)


def _text(path: Path) -> str:
    """A path as it is written: a file name may hold what no manifest can."""
    return path.as_posix().encode("utf-8", "replace").decode()


def _utterance(fields: dict[str, Any], split: Any, original: str) -> Utterance:
    lists = {key: tuple(fields.get(key, ())) for key in ("symbols", "stress", "word", "words", "language")}
    place = {} if original else {"offset": None, "original_seconds": None, "whole_seconds": None}
    return Utterance(**{**fields, **lists, **place, "split": split, "original": original})


def _outcomes(maker: UtteranceMaker, recordings: list[Recording], workers: int) -> Iterator[tuple[Recording, Outcome]]:
    """Outcomes as they come. A recording whose decoder kills its process is rejected like any other."""
    if not workers:
        yield from ((recording, maker(recording)) for recording in recordings)
        return
    for recording, outcome in map_unordered(maker, recordings, workers):
        if isinstance(outcome, WorkerDied):
            outcome = Outcome([], [Rejected(recording.id, FAILED, f"{outcome}, at its text or its sound")])
        yield recording, outcome


def default_workers() -> int:
    """One process per core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
