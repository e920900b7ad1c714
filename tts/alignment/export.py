"""Alignments as files: a TextGrid and a JSON each, which are read back, and a ranking of what to look at."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tts.alignment.ranking import Ranked
from tts.alignment.timing import Alignment
from tts.data.manifest import Utterance
from tts.intervals import Interval, write_textgrid
from tts.storage.files import sha256, write_rows, write_text

KEYS = {"words", "phones", "score", "source", "textgrid"}
"""Of every ID.json."""
HEADINGS = ("id", "deviation", "least_certain_phone", "at", "its_confidence", "text", "misfit")
"""Of ranking.tsv."""


def write_alignment(out: Path, utterance: Utterance, alignment: Alignment, source: str) -> None:
    """ID.json (words, phones, a confidence per phone), then ID.TextGrid (tiers `words`, `phones`), each atomically.

    Parameters
    ----------
    source: what the times were made from; `read_alignment` asks for the same.
    """
    grid = out / f"{utterance.id}.TextGrid"
    grid.unlink(missing_ok=True)  # one that does not match its JSON would count as edited by hand
    draft = out / f".{utterance.id}.TextGrid"
    write_textgrid(draft, {"words": alignment.words, "phones": alignment.phones})
    phones = [
        phone._asdict() | {"confidence": confidence}
        for phone, confidence in zip(alignment.phones, alignment.confidence, strict=True)
    ]
    words = [word._asdict() for word in alignment.words]
    content = {"words": words, "phones": phones, "score": alignment.score, "source": source, "textgrid": sha256(draft)}
    if not math.isnan(alignment.misfit):
        content["misfit"] = alignment.misfit
    write_text(out / f"{utterance.id}.json", json.dumps(content, ensure_ascii=False, indent=1))
    draft.replace(grid)


def may_write(out: Path, utterance: Utterance) -> bool:
    """Whether ID.TextGrid and ID.json are not there, or are those that `write_alignment` wrote, unchanged."""
    grid, card = out / f"{utterance.id}.TextGrid", out / f"{utterance.id}.json"
    content = _content(card)
    if content is None:
        return not grid.exists() and not card.exists()
    return not grid.exists() or content["textgrid"] == sha256(grid)


def holds_alignments(folder: Path) -> bool:
    """Whether `write_alignment` or `write_ranking` wrote into a folder, by what its files hold."""
    ranking = folder / "ranking.tsv"
    if ranking.is_file():
        with ranking.open(encoding="utf-8", errors="replace") as lines:
            return lines.readline().startswith("\t".join(HEADINGS[:5]))
    return any(_content(card) is not None for card in folder.glob("*.json"))


def _content(card: Path) -> dict[str, Any] | None:
    """What an ID.json holds, if `write_alignment` wrote it."""
    try:
        content = json.loads(card.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and KEYS.issubset(content) else None


def read_alignment(out: Path, utterance: Utterance, source: str) -> Alignment | None:
    """What `write_alignment` wrote from the same source; None where it did not, or the files are damaged."""
    content = _content(out / f"{utterance.id}.json")
    if content is None or content["source"] != source or not (out / f"{utterance.id}.TextGrid").is_file():
        return None
    try:
        words, phones = [[_interval(row) for row in content[tier]] for tier in ("words", "phones")]
        confidence = [float(row["confidence"]) for row in content["phones"]]
        score, misfit = float(content["score"]), float(content.get("misfit", math.nan))
        return Alignment(words, phones, confidence, score, misfit) if phones else None
    except (ValueError, KeyError, TypeError):
        return None


def _interval(row: Mapping[str, Any]) -> Interval:
    return Interval(str(row["label"]), float(row["start"]), float(row["end"]))


def write_ranking(out: Path, ranked: Sequence[Ranked]) -> None:
    """ranking.tsv, the most suspicious utterance first."""
    rows = [HEADINGS]
    for r in ranked:
        phone, confidence = r.weakest
        figures = (f"{r.deviation:.2f}", phone.label, f"{phone.start:.3f}", f"{confidence:.3f}")
        misfit = "" if math.isnan(r.alignment.misfit) else f"{r.alignment.misfit:.2f}"
        rows.append((r.utterance.id, *figures, r.utterance.text, misfit))
    write_rows(out / "ranking.tsv", rows)
