"""Alignments as files: TextGrid, JSON, CTM, and a ranking of what to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tts.alignment.ranking import Ranked
from tts.alignment.timing import Alignment
from tts.data.manifest import Utterance
from tts.data.textgrid import Interval, write_textgrid
from tts.files import sha256, write_rows, write_text


def write_alignment(out: Path, utterance: Utterance, alignment: Alignment, source: str) -> None:
    """ID.json (words, phones, a confidence per phone), then ID.TextGrid (tiers `words`, `phones`), each atomically.

    Parameters
    ----------
    source: what the times were made from; `read_alignment` asks for the same.
    """
    grid = out / f"{utterance.id}.TextGrid"
    grid.unlink(missing_ok=True)  # one that does not fit its JSON would be taken for somebody's own work
    draft = out / f".{utterance.id}.TextGrid"
    write_textgrid(draft, {"words": alignment.words, "phones": alignment.phones})
    phones = [
        phone._asdict() | {"confidence": confidence}
        for phone, confidence in zip(alignment.phones, alignment.confidence, strict=True)
    ]
    words = [word._asdict() for word in alignment.words]
    content = {"words": words, "phones": phones, "score": alignment.score, "source": source, "textgrid": sha256(draft)}
    write_text(out / f"{utterance.id}.json", json.dumps(content, ensure_ascii=False, indent=1))
    draft.replace(grid)


def is_ours(out: Path, utterance: Utterance) -> bool:
    """Whether there is no ID.TextGrid but one that `write_alignment` wrote and nobody has changed since."""
    grid, card = out / f"{utterance.id}.TextGrid", out / f"{utterance.id}.json"
    if not grid.is_file():
        return True
    if not card.is_file():
        return False
    try:
        return bool(json.loads(card.read_text("utf-8"))["textgrid"] == sha256(grid))
    except (ValueError, KeyError, TypeError):
        return True  # a damaged file of ours


def read_alignment(out: Path, utterance: Utterance, source: str) -> Alignment | None:
    """What `write_alignment` wrote from the same source; None where it did not, or the files are damaged."""
    if not (out / f"{utterance.id}.TextGrid").is_file():
        return None
    try:
        content = json.loads((out / f"{utterance.id}.json").read_text("utf-8"))
        if content["source"] != source:
            return None
        words, phones = [[_interval(row) for row in content[tier]] for tier in ("words", "phones")]
        confidence = [float(row["confidence"]) for row in content["phones"]]
        return Alignment(words, phones, confidence, float(content["score"])) if phones else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _interval(row: Mapping[str, Any]) -> Interval:
    return Interval(str(row["label"]), float(row["start"]), float(row["end"]))


def write_ctm(out: Path, utterances: Sequence[Utterance], done: Mapping[str, Alignment]) -> None:
    """phones.ctm and words.ctm: `<id> 1 <start> <seconds> <label> <confidence>`, a space in an id or label as `_`."""
    phones: list[str] = []
    words: list[str] = []
    for utterance in utterances:
        alignment = done[utterance.id]
        for tier, confidences, lines in (
            (alignment.phones, alignment.confidence, phones),
            (alignment.words, alignment.word_confidence, words),
        ):
            for i, confidence in zip(tier, confidences, strict=True):
                id, label = _column(utterance.id), _column(i.label)
                lines.append(f"{id} 1 {i.start:.4f} {i.end - i.start:.4f} {label} {confidence:.4f}\n")
    write_text(out / "phones.ctm", "".join(phones))
    write_text(out / "words.ctm", "".join(words))


def _column(text: str) -> str:
    return "_".join(text.split())


def write_ranking(out: Path, ranked: Sequence[Ranked]) -> None:
    """ranking.tsv, the most suspicious utterance first."""
    rows = [("id", "deviation", "least_certain_phone", "at", "its_confidence", "text")]
    for r in ranked:
        phone, confidence = r.weakest
        figures = (f"{r.deviation:.2f}", phone.label, f"{phone.start:.3f}", f"{confidence:.3f}")
        rows.append((r.utterance.id, *figures, r.utterance.text))
    write_rows(out / "ranking.tsv", rows)
