"""Alignments as files: TextGrid, JSON, CTM, and a ranking of what to look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts.alignment.aligner import Alignment
from tts.data.manifest import Utterance
from tts.data.textgrid import Interval, write_textgrid


def write_alignment(out: Path, utterance: Utterance, alignment: Alignment) -> None:
    """ID.TextGrid (tiers `words`, `phones`) and ID.json (the same, with a confidence per phone), atomically."""
    write_textgrid(out / f"{utterance.id}.TextGrid", {"words": alignment.words, "phones": alignment.phones})

    def rows(intervals: Sequence[Interval]) -> list[dict[str, Any]]:
        return [{"label": i.label, "start": round(i.start, 6), "end": round(i.end, 6)} for i in intervals]

    phones = rows(alignment.phones)
    for phone, confidence in zip(phones, alignment.confidence, strict=True):
        phone["confidence"] = round(confidence, 4)
    content = {"words": rows(alignment.words), "phones": phones, "score": round(alignment.score, 4)}
    write_text(out / f"{utterance.id}.json", json.dumps(content, ensure_ascii=False, indent=1))


def write_ctm(out: Path, utterances: list[Utterance], done: dict[str, Alignment]) -> None:
    """phones.ctm and words.ctm: `<id> 1 <start> <seconds> <label>`, and for phones the confidence."""
    phones, words = [], []
    for utterance in utterances:
        alignment = done[utterance.id]
        for phone, confidence in zip(alignment.phones, alignment.confidence, strict=True):
            phones.append(f"{_ctm(utterance, phone)} {confidence:.4f}\n")
        words += [f"{_ctm(utterance, word)}\n" for word in alignment.words]
    write_text(out / "phones.ctm", "".join(phones))
    write_text(out / "words.ctm", "".join(words))


def _ctm(utterance: Utterance, interval: Interval) -> str:
    return f"{utterance.id} 1 {interval.start:.4f} {interval.end - interval.start:.4f} {interval.label}"


def write_ranking(out: Path, utterances: list[Utterance], done: dict[str, Alignment]) -> None:
    """ranking.tsv: by how far the score lies below the speaker's median, in robust standard deviations."""
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
    write_text(out / "ranking.tsv", header + "".join(row for _, row in sorted(rows)))


def write_text(path: Path, content: str) -> None:
    """Write a file by rename, so that it is there whole or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(content, "utf-8")
    draft.replace(path)
