"""Alignments as files: a TextGrid and a JSON each, which are read back, and a ranking of what to look at."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tts.alignment.files import TimedFile
from tts.alignment.ranking import Ranked
from tts.alignment.timing import Alignment
from tts.data.manifest import Utterance
from tts.data.originals import Original
from tts.intervals import Interval, write_textgrid
from tts.storage.files import sha256, write_rows, write_text

KEYS = {"words", "phones", "score", "source", "textgrid"}
"""Of every NAME.json."""
HEADINGS = ("id", "deviation", "least_certain_phone", "at", "its_confidence", "text", "misfit", "file")
"""Of ranking.tsv."""


def write_alignment(out: Path, file: TimedFile, source: str) -> None:
    """NAME.json (words, phones, a confidence per phone), then NAME.TextGrid (tiers `words`, `phones`), each atomically.

    Parameters
    ----------
    source: what the times were made from; `read_alignment` asks for the same.
    """
    grid, draft = out / f"{file.name}.TextGrid", out / f".{file.name}.TextGrid"
    grid.unlink(missing_ok=True)  # one that does not match its JSON would count as edited by hand
    write_textgrid(draft, file.tiers(), file.seconds)
    content = {
        "words": [word._asdict() for word, _ in file.words],
        "phones": [phone._asdict() | {"confidence": confidence} for phone, confidence in file.phones],
        "score": file.score,
        "source": source,
        "textgrid": sha256(draft),
        **_misfit(file.misfit),
        "audio": file.original.path,
        "seconds": file.seconds,
        "utterances": [_summary(utterance, alignment) for utterance, alignment in file.parts],
    }
    write_text(out / f"{file.name}.json", json.dumps(content, ensure_ascii=False, indent=1))
    draft.replace(grid)
    for utterance, _ in file.parts:
        if utterance.id != file.name and may_write(out, utterance.id):  # of a version up to 0.5, which are outdated now
            for ending in ("TextGrid", "json"):
                (out / f"{utterance.id}.{ending}").unlink(missing_ok=True)


def _summary(utterance: Utterance, alignment: Alignment) -> dict[str, Any]:
    return {
        "id": utterance.id,
        "speaker": utterance.speaker,
        "text": utterance.text,
        "start": alignment.phones[0].start,
        "end": alignment.phones[-1].end,
        "words": len(alignment.words),
        "phones": len(alignment.phones),
        "score": alignment.score,
        **_misfit(alignment.misfit),
    }


def _misfit(value: float) -> dict[str, float]:
    return {} if math.isnan(value) else {"misfit": value}


def may_write(out: Path, name: str) -> bool:
    """Whether NAME.TextGrid and NAME.json are not there, or are those that `write_alignment` wrote, unchanged."""
    grid, card = out / f"{name}.TextGrid", out / f"{name}.json"
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
    """What a NAME.json holds, if `write_alignment` wrote it."""
    try:
        content = json.loads(card.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and KEYS.issubset(content) else None


def read_alignment(out: Path, original: Original, source: str) -> TimedFile | None:
    """What `write_alignment` wrote from the same source; None where it did not, or the files are damaged."""
    content = _of_source(out, original.name, source)
    if content is None or "utterances" not in content:
        return None
    known = {utterance.id: utterance for utterance in original.utterances}
    words, phones = 0, 0
    parts = []
    try:
        for summary in content["utterances"]:
            last_word, last_phone = words + int(summary["words"]), phones + int(summary["phones"])
            own = {"words": content["words"][words:last_word], "phones": content["phones"][phones:last_phone]}
            parts.append((known[summary["id"]], _alignment(summary | own)))
            words, phones = last_word, last_phone
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    return TimedFile(original, tuple(parts)) if parts else None


def read_earlier(out: Path, utterance: Utterance, source: str) -> Alignment | None:
    """What a version up to 0.5 wrote from the same source, in seconds from the start of the prepared audio."""
    content = _of_source(out, utterance.id, source)
    if content is None or "utterances" in content:
        return None
    try:
        return _alignment(content)
    except (ValueError, KeyError, TypeError):
        return None


def _of_source(out: Path, name: str, source: str) -> dict[str, Any] | None:
    content = _content(out / f"{name}.json")
    there = content is not None and content["source"] == source and (out / f"{name}.TextGrid").is_file()
    return content if there else None


def _alignment(content: Mapping[str, Any]) -> Alignment:
    """Raises ValueError, KeyError or TypeError where it is damaged."""
    words, phones = [[_interval(row) for row in content[tier]] for tier in ("words", "phones")]
    confidence = [float(row["confidence"]) for row in content["phones"]]
    if not phones:
        raise ValueError("no phones")
    return Alignment(words, phones, confidence, float(content["score"]), float(content.get("misfit", math.nan)))


def _interval(row: Mapping[str, Any]) -> Interval:
    return Interval(str(row["label"]), float(row["start"]), float(row["end"]))


def write_ranking(out: Path, ranked: Sequence[Ranked]) -> None:
    """ranking.tsv, the most suspicious utterance first; places are in seconds from the start of its file."""
    rows = [HEADINGS]
    for r in ranked:
        phone, confidence = r.weakest
        figures = (f"{r.deviation:.2f}", phone.label, f"{phone.start:.3f}", f"{confidence:.3f}")
        misfit = "" if math.isnan(r.alignment.misfit) else f"{r.alignment.misfit:.2f}"
        rows.append((r.utterance.id, *figures, r.utterance.text, misfit, r.utterance.original or ""))
    write_rows(out / "ranking.tsv", rows)
