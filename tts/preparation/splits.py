"""Which recordings train, validate and test: decided by a hash of the recording, so that it never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tts.data.manifest import Split


def position(recording: str) -> float:
    """A place in [0, 100) that depends on nothing but the recording's id."""
    return int.from_bytes(hashlib.blake2b(recording.encode(), digest_size=8).digest()) / 2**64 * 100


def assign_splits(recordings: Iterable[str], valid_percent: float, test_percent: float) -> dict[str, Split]:
    """Recording → split: the lowest `test_percent` of positions test, the next `valid_percent` validate.

    Of two or more recordings at least one validates and one trains; a single one trains.
    """
    order = sorted(set(recordings), key=position)
    splits: dict[str, Split] = {}
    for recording in order:
        place = position(recording)
        splits[recording] = (
            "test" if place < test_percent else "valid" if place < test_percent + valid_percent else "train"
        )
    if order and "train" not in splits.values():
        splits[order[-1]] = "train"
    if valid_percent > 0 and "valid" not in splits.values() and len(order) > 1:
        splits[order[0]] = "valid"
    return splits
