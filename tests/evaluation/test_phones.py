"""Phones understood: the best path through a loop of phones, and errors counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.alignment import AlignerConfig
from tts.alignment.from_corpus import learn_from_corpus
from tts.audio import waveform
from tts.data.manifest import read_manifest
from tts.evaluation import phones
from tts.evaluation.phones import PhoneErrors, PhoneListener, phones_of, score_recordings, score_voice
from tts.synthesis.voice import Voice


def plainly(states: np.ndarray, silence: np.ndarray) -> list[int]:
    """The same path by an explicit matrix of moves between all states."""
    frames, count, per_phone = states.shape
    total = count * per_phone + 1
    moves = np.full((total, total), -np.inf)
    ends = [p * per_phone + per_phone - 1 for p in range(count)] + [total - 1]
    for p in range(count):
        for k in range(per_phone):
            state = p * per_phone + k
            moves[state, state] = 0.0
            if k:
                moves[state - 1, state] = 0.0
        for end in ends:
            if per_phone > 1 or end != p:
                moves[end, p * per_phone] = -phones.ENTERING
    for end in ends:
        moves[end, total - 1] = 0.0
    scores = np.concatenate([states.reshape(frames, -1), silence[:, None]], 1)
    best, came = np.full(total, -np.inf), []
    best[-1] = 0.0
    for t in range(frames):
        reached = best[:, None] + moves
        came.append(reached.argmax(0))
        best = reached.max(0) + scores[t]
    state = ends[int(np.argmax(best[ends]))]
    heard = []
    for t in range(frames - 1, -1, -1):
        before = int(came[t][state])
        if state < total - 1 and state % per_phone == 0 and before != state:
            heard.append(state // per_phone)
        state = before
    return heard[::-1]


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 14), st.integers(1, 4), st.integers(2, 3), st.integers(0, 2**31))
def test_the_best_path_is_that_of_a_plain_search(frames: int, count: int, per_phone: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    states, silence = draw.normal(0, 12, (frames, count, per_phone)), draw.normal(0, 12, frames)
    assert phones._decode(states, silence) == plainly(states, silence)


def test_errors_are_counted_over_all_texts() -> None:
    errors = PhoneErrors()
    errors.add(["a", "b", "c"], ["a", "x", "c", "d"])
    errors.add(["tʃ"], [])
    assert (errors.errors, errors.phones, errors.rate) == (3, 4, 0.75)


def test_a_listener_hears_what_it_was_trained_on(prepared: Path, tiny_run: Path, tmp_path: Path) -> None:
    corpus = read_manifest(prepared)
    listener = PhoneListener(learn_from_corpus(corpus, corpus.utterances, AlignerConfig(), tmp_path / "listener")[0])
    errors = PhoneErrors()
    for utterance in corpus.utterances:
        wav = waveform.read(corpus.audio_path(utterance), corpus.info.sample_rate)
        errors.add(phones_of(utterance.tokens), listener.hear(wav, corpus.info.sample_rate))
    assert errors.rate < 0.4
    voice, texts = Voice.load(tiny_run), corpus.utterances[:3]
    copies = score_recordings(voice, corpus, texts, listener)["copy"]
    assert score_voice(voice, corpus, texts, listener, tmp_path).rate > copies.rate
    assert (tmp_path / f"{corpus.utterances[0].id}.wav").is_file()
