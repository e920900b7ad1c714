"""Speakers told apart."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from tts.audio import waveform
from tts.data.manifest import read_manifest
from tts.importing.activity import RATE
from tts.importing.speakers import CHANGE, SpeakerRecogniser, tell_apart


def embeddings(rng: np.random.Generator, centre: np.ndarray, count: int) -> list[np.ndarray]:
    drawn = centre + rng.normal(scale=0.02, size=(count, len(centre)))
    return list(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def test_who_speaks_most_comes_first_and_short_pieces_go_to_whom_they_sound_like() -> None:
    rng = np.random.default_rng(0)
    ann, bob = np.eye(64)[0], np.eye(64)[1]
    heard = [*embeddings(rng, bob, 10), *embeddings(rng, ann, 20), *embeddings(rng, bob, 3)]
    assert tell_apart(heard, [3.0] * 30 + [0.5] * 3) == [1] * 10 + [0] * 20 + [1] * 3


def test_a_piece_that_sounds_like_nobody_is_no_speaker_of_its_own() -> None:
    rng = np.random.default_rng(0)
    heard = [*embeddings(rng, np.eye(64)[0], 20), *embeddings(rng, np.eye(64)[5], 1)]
    assert tell_apart(heard, [3.0] * 21) == [0] * 21


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pieces_are_enough(count: int) -> None:
    heard = embeddings(np.random.default_rng(0), np.eye(64)[0], count)
    assert tell_apart(heard, [1.0] * count) == [0] * count


def test_two_voices_differ_and_one_that_goes_over_into_another_is_noticed(prepared: Path) -> None:
    pytest.importorskip("resemblyzer")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        recognise = SpeakerRecogniser()
    corpus = read_manifest(prepared)
    sounds: dict[str, list[np.ndarray]] = {}
    for u in corpus.utterances:
        sounds.setdefault(u.speaker, []).append(waveform.read(corpus.audio_path(u), RATE).numpy())
    pieces = [np.concatenate(own[i : i + 2]) for own in sounds.values() for i in (0, 2, 4)]
    numbers = tell_apart([recognise(piece).embedding for piece in pieces], [len(p) / RATE for p in pieces])
    assert numbers[:3] == [numbers[0]] * 3 and numbers[3:] == [1 - numbers[0]] * 3
    one, other = (np.concatenate(own[:3]) for own in sounds.values())
    assert recognise(one).change < CHANGE < recognise(np.concatenate([one, other])).change
