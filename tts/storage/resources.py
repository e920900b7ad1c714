"""Folders of plain files that travel with the package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
PACKAGED = {
    folder.name: folder
    for folder in map(PACKAGE.joinpath, ("voices/base", "vocoder/universal", "vocoder/universal_24khz"))
}
"""The models that come with the package, by the names that stand for their paths."""
IN_CHECKOUT = {"configs": "configs", "sentences": "data/sentences"}


def folder(name: str) -> Path:
    """The folder `configs` or `sentences`: inside the installed package, or in the source checkout around it.

    Raises
    ------
    ValueError: another name.
    FileNotFoundError: the installation lacks the folder.
    """
    if name not in IN_CHECKOUT:
        raise ValueError(f"no resource folder {name!r}; known: {', '.join(IN_CHECKOUT)}")
    for path in (PACKAGE / name, PACKAGE.parent / IN_CHECKOUT[name]):
        if path.is_dir():
            return path
    raise FileNotFoundError(f"{PACKAGE / name} is missing: install the package again")
