"""Which recordings train, validate and test: decided by a hash of the recording, so that it does not change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from tts.data.manifest import Split

TOO_MANY = 2
"""Times as many utterances as are asked for."""


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


def split_pieces(
    recordings: Mapping[str, str], valid_percent: float, test_percent: float, other_texts: bool = True
) -> dict[str, Split]:
    """Utterance → split, from utterance → recording: all of a recording share one, unless there are so few that less
    than one of them would be held out, and that one is too much. Then each utterance has its own.

    Parameters
    ----------
    other_texts: whether the utterances of a recording differ in their texts, so that they may be parted.
    """
    held_out = (valid_percent + test_percent) / 100
    by_recording = assign_splits(recordings.values(), valid_percent, test_percent)
    splits = {id: by_recording[recording] for id, recording in recordings.items()}
    if other_texts and len(by_recording) * held_out < 1 and _held_out(splits) > TOO_MANY * held_out * len(splits):
        own = assign_splits(recordings, valid_percent, test_percent)
        return own if _held_out(own) < _held_out(splits) else splits
    return splits


def _held_out(splits: Mapping[str, Split]) -> int:
    return sum(split != "train" for split in splits.values())
