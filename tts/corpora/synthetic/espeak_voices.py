"""The voices in espeak-ng's data folder: languages, and the variants that make speakers of them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import espeakng_loader

_LANGUAGE = re.compile(r"^language[ \t]+(\S+)(?:[ \t]+(\d+))?", re.MULTILINE)
_ECHO = re.compile(r"^echo[ \t]+(\d+)[ \t]+(\d+)", re.MULTILINE)
_USUAL_PRIORITY = 5


@cache
def languages() -> dict[str, str]:
    """Language code → name of the voice file that serves it best (espeak-ng finds only some by code)."""
    best: dict[str, tuple[int, str]] = {}
    for path in sorted((_data() / "lang").rglob("*")):
        if path.is_file():
            for code, priority in _LANGUAGE.findall(path.read_text(encoding="utf-8", errors="replace")):
                candidate = (int(priority or _USUAL_PRIORITY), path.name)
                best[code] = min(best.get(code, candidate), candidate)
    return {code: name for code, (_, name) in sorted(best.items())}


@cache
def variants() -> tuple[str, ...]:
    """The speaker variants: f1–f5, m1–m8, klatt, …"""
    return tuple(sorted(path.name for path in _variant_folder().iterdir() if path.is_file()))


def echo(variant: str, sample_rate: int) -> tuple[int, int]:
    """Delay in samples and strength in 1/256 of the echo that a variant adds to its output; zeros if none."""
    if not variant:
        return 0, 0
    found = _ECHO.search((_variant_folder() / variant).read_text(encoding="utf-8", errors="replace"))
    delay, strength = (int(found[1]), min(int(found[2]), 100)) if found else (0, 0)
    return (delay * sample_rate // 1000, strength) if delay and strength else (0, 0)


def _variant_folder() -> Path:
    return _data() / "voices" / "!v"


def _data() -> Path:
    return Path(espeakng_loader.get_data_path())
