"""The corpus that an import comes to: which pieces are kept, who speaks in them, and the lists that say so."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tts.alignment.ranking import deviations
from tts.corpora.imported import LIST, MANIFEST, Corrected, Piece, list_of, placed, read_corrected, read_pieces, spot
from tts.errors import UserError
from tts.importing.config import ChoiceConfig
from tts.importing.fit import Clip, Fit
from tts.importing.folder import piece_ids, wav_path
from tts.importing.run import Done
from tts.storage.files import write_rows, write_text


@dataclass(frozen=True)
class Entry(Piece):
    """A line of `pieces.jsonl`: the piece, and what speaks for it."""

    agreement: float
    """Share of its words that the recogniser heard, of a given text; 1 where the text is the recogniser's."""
    score: float | None = None
    """As `Fit` has them; None where it was not aligned."""
    misfit: float | None = None
    worst_word: str = ""
    worst_misfit: float | None = None
    contradiction: str = ""
    """As `Fit` has it."""
    gain: float | None = None
    deviation: float | None = None
    """Of its score from the median of its speaker's, in robust standard deviations."""


def clips_of(done: Sequence[Done], out: Path) -> list[Clip]:
    """All pieces of all files, with the texts that were corrected in `out`. Raises UserError where those cannot be
    read."""
    all_ = [
        (id, file, piece)
        for file in done
        for id, piece in zip(piece_ids(file.source.name, file.cut), file.cut.pieces, strict=True)
    ]
    spots = [(id, spot(piece.start, piece.end, file.cut.seconds, piece.text)) for id, file, piece in all_]
    corrected = placed(spots, read_corrected(out))
    return [
        Clip(
            id,
            wav_path(file.folder, id),
            piece.end - piece.start,
            corrected[id].text if id in corrected else piece.text,
            () if id in corrected else piece.rivals,
        )
        for id, file, piece in all_
    ]


def entries_of(
    done: Sequence[Done],
    fits: Mapping[str, Fit],
    speakers: Mapping[str, str],
    changes: Mapping[str, str],
    choice: ChoiceConfig,
) -> list[Entry]:
    """All pieces, with the reasons for leaving out those that are.

    Parameters
    ----------
    fits: by id, where there are any.
    speakers: likewise.
    changes: why a piece is of more than one speaker, by id.
    """
    unsure = sum(bool(fit.contradiction) and fit.gain is None for fit in fits.values())
    doubted = 2 * unsure <= len(fits)  # where that many differ, the recogniser is likelier to be wrong than the text
    entries = []
    for file in done:
        for id, piece in zip(piece_ids(file.source.name, file.cut), file.cut.pieces, strict=True):
            entry = Entry(
                id, piece.text, speakers.get(id, ""), file.cut.path, piece.start, piece.end, file.cut.seconds,
                left_out="", agreement=round(piece.agreement, 3),
            )  # fmt: skip
            entries.append(_judged(entry, fits.get(id), changes.get(id, ""), choice, doubted))
    return _worst_left_out(entries, choice.worst_percent)


def _judged(entry: Entry, fit: Fit | None, change: str, choice: ChoiceConfig, doubted: bool) -> Entry:
    """`doubted`: whether a piece is left out where nobody can tell if its text is right."""
    reason = change
    if entry.agreement < choice.least_agreement:
        reason = reason or f"only {100 * entry.agreement:.0f} % of its words were heard"
    if fit is None or fit.problem:
        return replace(entry, left_out=reason or (fit.problem if fit else ""))
    if fit.misfit > choice.most_misfit:
        reason = reason or "sounds like another text"
    elif fit.worst_misfit > choice.most_word_misfit:
        reason = reason or f"does not sound like its word {fit.worst_word}"
    elif fit.is_contradicted(choice.most_contradiction, doubted):
        reason = reason or f"words differ: {fit.contradiction}"
    return replace(
        entry, score=round(fit.score, 4), misfit=round(fit.misfit, 4), worst_word=fit.worst_word,
        worst_misfit=round(fit.worst_misfit, 4), contradiction=fit.contradiction,
        gain=None if fit.gain is None else round(fit.gain, 2), left_out=reason,
    )  # fmt: skip


def _worst_left_out(entries: Sequence[Entry], percent: float) -> list[Entry]:
    scores = {entry.id: (entry.speaker, entry.score) for entry in entries if entry.score is not None}
    found = deviations({id: (speaker, score) for id, (speaker, score) in scores.items() if score is not None})
    ranked = sorted((deviation, id) for id, deviation in found.items())
    worst = {id for _, id in ranked[: int(len(ranked) * percent / 100)]}
    rounded = [replace(e, deviation=round(found[e.id], 3)) if e.id in found else e for e in entries]
    return [
        replace(e, left_out=e.left_out or f"among the worst {percent:g} %") if e.id in worst else e for e in rounded
    ]


def write_corpus(out: Path, entries: Sequence[Entry], done: Sequence[Done], failed: Mapping[str, str]) -> int:
    """Write `left_out.tsv`, `pieces.jsonl`, and `metadata.csv` with `id|text`, or `id|text|speaker` of several; and say
    how much was left out."""
    rows = [("file", "start", "end", "reason", "text")]
    rows += [(name, "", "", reason, "") for name, reason in sorted(failed.items())]
    for file in done:
        own = [(e.start, e.end, f"{e.id}: {e.left_out}", e.text) for e in entries
               if e.left_out and e.source == file.cut.path]  # fmt: skip
        own += [(piece.start, piece.end, piece.reason, piece.text) for piece in file.cut.left_out]
        rows += [(file.source.name, f"{a:.2f}", f"{b:.2f}", reason, text) for a, b, reason, text in sorted(own)]
    write_rows(out / "left_out.tsv", rows)
    write_text(out / LIST, list_of(entries, _corrected(out, entries)))
    write_text(out / MANIFEST, manifest_of(entries))
    return len(rows) - 1


def manifest_of(entries: Sequence[Entry]) -> str:
    """The content of `pieces.jsonl`."""
    lines = []
    for entry in map(asdict, entries):
        entry["left_out"] = entry.pop("left_out")  # comes last in the folders of all versions
        lines.append(json.dumps(entry, ensure_ascii=False) + "\n")
    return "".join(lines)


def _corrected(out: Path, pieces: Sequence[Piece]) -> dict[str, Corrected]:
    """By id, what was corrected."""
    return placed([(piece.id, piece.spot) for piece in pieces], read_corrected(out))


def keep_edited(out: Path, entries: Sequence[Entry]) -> Path | None:
    """A copy of `metadata.csv` where that is neither what the import before wrote nor what this one will; None where it
    is."""
    path = out / LIST
    if not path.is_file():
        return None
    own = [list_of(entries, _corrected(out, entries))]
    with suppress(UserError):  # of a manifest that somebody changed, so that nothing tells what was written
        pieces = [piece for _, piece in read_pieces(out / MANIFEST)]
        own.append(list_of(pieces, _corrected(out, pieces)))
    return None if path.read_text("utf-8", "backslashreplace") in own else kept_copy(path)


def kept_copy(path: Path) -> Path:
    """A copy of a file beside it, under the first name that is free."""
    number = 0
    while (copy := path.with_name(f"{path.name}.bak{number or ''}")).exists() or copy.is_symlink():
        number += 1
    shutil.copy2(path, copy)
    return copy


def waiting(out: Path, entries: Sequence[Entry]) -> int:
    """How many corrected texts are of no piece that is there now."""
    return len(read_corrected(out)) - len(_corrected(out, entries))


def report(entries: Sequence[Entry], done: Sequence[Done]) -> str:
    """What was kept and what not, as a table."""
    kept = [entry for entry in entries if not entry.left_out]
    speech = sum(file.cut.speech for file in done)
    seconds = sum(entry.end - entry.start for entry in kept)
    speakers = Counter[str]()
    for entry in kept:
        speakers[entry.speaker] += 1
    lines = [
        f"  {sum(file.cut.seconds for file in done) / 60:9.1f} min of sound, {speech / 60:.1f} min of speech",
        f"  {seconds / 60:9.1f} min in {len(kept)} pieces kept",
    ]
    if unsure := [entry for entry in kept if entry.contradiction and entry.gain is None]:
        lines.append(
            f"            in {len(unsure)} of them other words were heard than their text has, such as {unsure[0].id}: "
            f"{unsure[0].contradiction}; there is too little speech to tell which is right"
        )
    if len(speakers) > 1:
        lines.append("            of speakers " + ", ".join(f"{s} ({n})" for s, n in speakers.most_common()))
    reasons = Counter(_kind(entry.left_out) for entry in entries if entry.left_out)
    seconds_of: dict[str, float] = defaultdict(float)
    for entry in entries:
        seconds_of[_kind(entry.left_out)] += entry.end - entry.start
    for file in done:
        for piece in file.cut.left_out:
            reasons[_kind(piece.reason)] += 1
            seconds_of[_kind(piece.reason)] += piece.end - piece.start
    for reason, count in reasons.most_common():
        minutes = f"{seconds_of[reason] / 60:9.1f} min in" if seconds_of[reason] else f"{'':12} "
        lines.append(f"  {minutes} {count} left out: {reason}")
    return "\n".join(lines)


def _kind(reason: str) -> str:
    for kind in ("only", "does not sound like its word", "too long", "too short", "words differ"):
        if reason.startswith(kind):
            return {"only": "too few of its words were heard"}.get(kind, kind)
    return reason
