"""The tables of docs/ROBUSTNESS.md, from what `benchmark=robustness` found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def page(out: Path, found: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown: all rows, the same by class of sentences, and the detector.

    Parameters
    ----------
    found: by row, what `scripts/evaluate.py metric=robustness` left in results.json.
    """
    classes = list(dict.fromkeys(case["kind"] for result in found.values() for case in result["cases"]))
    detector = json.loads((out / "detector/results.json").read_text("utf-8"))
    shares = detector["found"]
    headings = ("", "bad cases", "by kind", "unscored", "phones without a frame", "word errors", "real-time factor")
    parts = [
        _table(headings, [_row(name, result) for name, result in found.items()]),
        "Bad cases and word errors (per cent) by class:",
        _table(("class", *found), [(kind, *(_cell(result, kind) for result in found.values())) for kind in classes]),
        f"The detector, on {detector['recordings']} held-out recordings with inserted faults:",
        _table(tuple(shares), [tuple(f"{100 * share:.1f} %" for share in shares.values())]),
    ]
    return "\n\n".join(parts) + "\n"


def _row(name: str, result: Mapping[str, Any]) -> tuple[str, ...]:
    cases = result["cases"]
    kinds = sorted(((n, kind) for kind, n in result["bad_cases"].items() if kind != "total"), reverse=True)
    spent, seconds = (sum(case[key] for case in cases) for key in ("spent", "seconds"))
    return (
        name,
        f"{result['bad_cases']['total']} of {len(cases)}",
        ", ".join(f"{kind} {n}" for n, kind in kinds),
        str(len(result["unscored"])),
        str(sum(case["zero_frames"] for case in cases)),
        f"{100 * errors['rate']:.1f} %" if (errors := result["word_errors"].get("all")) else "",
        f"{spent / seconds:.3f}" if spent else "",
    )


def _cell(result: Mapping[str, Any], kind: str) -> str:
    bad = sum(case["kind"] == kind and bool(case["faults"]) for case in result["cases"])
    errors = result["word_errors"].get(kind)  # none where no sentence of the class was transcribed
    return f"{bad} · {100 * errors['rate']:.0f}" if errors else str(bad)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
