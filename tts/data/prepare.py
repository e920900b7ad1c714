"""A corpus becomes a prepared folder: validated, trimmed, cut, tokenised, split, and reported on."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from tts.audio.config import AudioConfig
from tts.data.corpus import Corpus, Recording
from tts.data.journal import Journal
from tts.data.limits import Limits
from tts.data.manifest import CorpusInfo, Utterance, write_manifest
from tts.data.report import Report, write_report
from tts.data.splits import assign_splits
from tts.data.utterance import FAILED, Outcome, Rejected, UtteranceMaker
from tts.errors import UserError
from tts.schema import plain
from tts.text.config import TextConfig

FEW = 64
"""Up to so many recordings are done sooner in this process than worker processes take to start."""


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
    detail), `report.json`, and last `corpus.json` and `manifest.jsonl`. Run again after it was stopped, it
    goes on where it was; run again with other settings, or after recordings changed, it does what they
    affect.

    Parameters
    ----------
    workers: processes; started by spawning, so a script that calls this needs the `__main__` guard.

    Raises
    ------
    UserError: the corpus cannot be read, `out` holds somebody else's files, or no recording passes.
    """
    recordings = list(corpus)
    out = Path(out)
    _claim(out)
    maker = UtteranceMaker(out, audio, text, limits)
    settings = _Settings(audio.sample_rate, (audio.n_fft, audio.hop_length), plain(text), _bounds(limits))
    first: dict[str, Recording] = {}
    duplicates = []
    for recording in recordings:
        if recording.id in first:
            duplicates.append(Rejected(recording.id, "duplicate id", "an earlier recording has the same id"))
        else:
            first[recording.id] = recording
    with Journal.open(out, settings.fingerprint) as journal:
        outcomes = {id: done for id, r in first.items() if (done := journal.finished(r)) is not None}
        todo = [recording for id, recording in first.items() if id not in outcomes]
        if any(journal.has_audio(recording) for recording in todo):  # which the manifest may name: no longer finished
            (out / "manifest.jsonl").unlink(missing_ok=True)
        bar = tqdm(total=len(first), initial=len(outcomes), desc=f"prepare {corpus.name}", unit="rec", disable=None)
        with bar:
            for recording, outcome in _run(maker, todo, workers):
                journal.add(recording, outcome)
                outcomes[recording.id] = outcome
                bar.update()
    accepted = [fields for id in first for fields in outcomes[id].accepted]
    rejected = [r for id in first for r in outcomes[id].rejected] + duplicates
    splits = assign_splits((a["recording"] for a in accepted), limits.valid_percent, limits.test_percent)
    utterances = [_utterance(fields, splits[fields["recording"]]) for fields in accepted]
    report = write_report(out, corpus.name, len(recordings), utterances, rejected)
    if not utterances:
        reasons = ", ".join(f"{reason} ({n})" for reason, n in Counter(r.reason for r in rejected).most_common(3))
        raise UserError(
            f"{corpus.name}: none of {len(recordings)} recordings can be used: "
            f"{reasons or 'the corpus is empty'}; each is listed in {out / 'rejected.tsv'}"
        )
    info = CorpusInfo(corpus.name, corpus.language, corpus.licence, corpus.credits, audio.sample_rate, plain(text))
    write_manifest(out, info, utterances)
    _remove_strays(out, {u.id for u in utterances})  # last: what a manifest names is there at any time
    return report


def _bounds(limits: Limits) -> dict[str, Any]:
    """Without the splits, which are assigned afresh each time."""
    return {key: value for key, value in plain(limits).items() if not key.endswith("_percent")}


def _claim(out: Path) -> None:
    """Make the folder, or make sure that the files in it are a preparation's own: strays in it are removed
    later."""
    ours = Journal.is_in(out)
    for name in ("audio", "truth"):
        if not ours and (out / name).exists() and any((out / name).iterdir()):
            raise UserError(
                f"{out / name}: holds files that no preparation wrote; give another folder as corpus.out=PATH"
            )
        (out / name).mkdir(parents=True, exist_ok=True)


def _remove_strays(out: Path, ids: set[str]) -> None:
    """Delete audio and times of utterances that an earlier preparation accepted and this one does not."""
    for folder, ending in (("audio", ".flac"), ("truth", ".TextGrid")):
        # A process that was killed leaves a draft, ID.flac.PID.part.
        for path in [*(out / folder).glob(f"*{ending}"), *(out / folder).glob(f"*{ending}.*.part")]:
            if path.is_file() and path.name.removesuffix(ending) not in ids:
                path.unlink()
    if not any((out / "truth").iterdir()):
        (out / "truth").rmdir()


def _utterance(fields: dict[str, Any], split: Any) -> Utterance:
    lists = {key: tuple(fields[key]) for key in ("symbols", "stress", "word", "words")}
    return Utterance(**{**fields, **lists, "split": split})


_maker: UtteranceMaker | None = None


def _start_worker(maker: UtteranceMaker) -> None:
    global _maker
    torch.set_num_threads(1)
    _maker = maker


def _work(recording: Recording) -> Outcome:
    assert _maker is not None
    return _maker(recording)


def _run(maker: UtteranceMaker, recordings: list[Recording], workers: int) -> Iterator[tuple[Recording, Outcome]]:
    """Outcomes as they come. A recording whose decoder kills its process is rejected like any other."""
    if workers <= 1 or len(recordings) <= FEW:
        for recording in recordings:
            yield recording, maker(recording)
        return
    queue = deque(recordings)
    while queue:
        suspects: dict[Future[Outcome], Recording] = {}
        yield from _together(maker, queue, suspects, workers)
        for recording in suspects.values():
            yield recording, _alone(maker, recording)


def _together(
    maker: UtteranceMaker, queue: deque[Recording], pending: dict[Future[Outcome], Recording], workers: int
) -> Iterator[tuple[Recording, Outcome]]:
    """Outcomes until the queue is empty or a process dies, which leaves in `pending` what may have killed it."""
    with _pool(maker, workers) as pool:
        try:
            while queue or pending:
                while queue and len(pending) < 4 * workers:
                    pending[pool.submit(_work, queue[0])] = queue[0]
                    queue.popleft()  # not before it was taken: a pool whose process has died takes nothing
                yield from _collect(pending)
        except BrokenProcessPool:
            return
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _pool(maker: UtteranceMaker, workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: torch's and espeak's threads and locks do not survive a fork.
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker, initargs=(maker,))


def _collect(pending: dict[Future[Outcome], Recording]) -> Iterator[tuple[Recording, Outcome]]:
    for future in wait(pending, return_when=FIRST_COMPLETED).done:
        outcome = future.result()
        yield pending.pop(future), outcome


def _alone(maker: UtteranceMaker, recording: Recording) -> Outcome:
    with _pool(maker, 1) as pool:
        try:
            return pool.submit(_work, recording).result()
        except BrokenProcessPool:
            return Outcome([], [Rejected(recording.id, FAILED, "its process died while reading it")])


def default_workers() -> int:
    """One process per core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
