"""Utterances that are there more than once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tts.data.manifest import Utterance
from tts.inspection.measures import Measures
from tts.storage.files import fingerprint


class Duplicates(NamedTuple):
    """Groups of ids, the largest first."""

    texts: list[list[str]]
    """One speaker says the same words."""
    sounds: list[list[str]]
    """The samples are the same."""


def duplicates(utterances: Sequence[Utterance], measures: Mapping[str, Measures]) -> Duplicates:
    """Texts are compared by their words, in lower case and without punctuation; sounds by their hash."""
    texts: dict[str, list[str]] = {}
    sounds: dict[str, list[str]] = {}
    for u in utterances:
        words = [word.casefold() for word in u.words]  # kept as a hash, which is smaller where there are a million
        texts.setdefault(fingerprint(u.speaker, words), []).append(u.id)
        if u.id in measures:
            sounds.setdefault(measures[u.id].sha256, []).append(u.id)
    return Duplicates(_several(texts.values()), _several(sounds.values()))


def _several(groups: Iterable[list[str]]) -> list[list[str]]:
    return sorted((group for group in groups if len(group) > 1), key=len, reverse=True)
