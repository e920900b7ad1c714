"""Which lists there are in a folder, and what else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

ENDINGS = (".csv", ".tsv", ".txt", ".list", ".psv")
"""Of files that may be lists."""
SPLITS = {"train", "training", "val", "valid", "validation", "dev", "test", "eval"}
"""Words in the names of lists, or of their folders, that hold a part of a corpus each."""
BESIDE_SPLITS = {"clean", "other", "partial", "set", "data", "split", "part"}
"""Words beside those in the names of such folders, as in `train-clean-100` and `test_set`."""


def lists_in(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """What the first of the patterns for the folder itself finds; else what all patterns for the folders below it find,
    in each of these the first. A folder that links lead to is one, and is called by its own name if it is in there."""
    for pattern in patterns:
        found = sorted(path for path in folder.glob(pattern) if path.is_file()) if "/" not in pattern else []
        if found:
            return found
    below: dict[Path, Path] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)) if "/" in pattern else []:
            if path.is_file():
                below.setdefault(path.parent, path)
    base, real = folder.resolve(), dict[Path, Path]()
    for path in sorted(below.values(), key=lambda p: (p.parent.resolve() != base / p.parent.relative_to(folder), p)):
        real.setdefault(path.parent.resolve(), path)
    return sorted(real.values())


def split_lists(folder: Path) -> list[Path]:
    """Lists that are named by their parts of one corpus, such as train.txt and val.txt; none where there is but one."""
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())
    parts = [_words(path.stem) & SPLITS for path in found]
    named = [path for path, split in zip(found, parts, strict=True) if split]
    return named if len(set(map(frozenset, filter(None, parts)))) > 1 else []


def of_one_corpus(lists: Sequence[Path]) -> bool:
    """Whether lists are called alike but for splits and numbers, as parts of one corpus are."""
    names = (re.sub(r"(?<=[a-z])(?=[A-Z])", " ", path.stem) for path in lists)
    return len({frozenset(_words(name) - SPLITS - BESIDE_SPLITS) for name in names}) == 1


def is_split(folder: str) -> bool:
    """Whether a folder of this name holds a part of a corpus, and is not called by anything else."""
    words = _words(folder)
    return not words.isdisjoint(SPLITS) and words <= SPLITS | BESIDE_SPLITS


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", name.casefold()))


def only_list(folder: Path) -> Path | None:
    """The file that is likely to be the list, where there is but one."""
    found = [path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file()]
    return found[0] if len(found) == 1 else None


def what_is_in(folder: Path) -> str:
    """The files and folders of a folder, as an error says it: names, and of many files of a kind how many."""
    kinds: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        kind, name = ("folders", f"{path.name}/") if path.is_dir() else (f"{path.suffix} files", path.name)
        kinds.setdefault(kind.strip(), []).append(name)
    shown = [name for names in kinds.values() if len(names) < 3 for name in names]
    shown += [f"{len(names)} {kind}" for kind, names in kinds.items() if len(names) > 2]
    return f"here are {', '.join(shown[:12])}" if shown else "the folder is empty"
