"""Speech that checks itself: a voice that leaves words out is heard, and speaks again."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from tts.alignment import Aligner, AlignerConfig, train_aligner
from tts.audio import waveform
from tts.corpora.synthetic.espeak import say
from tts.corpora.synthetic.espeak_engine import SAMPLE_RATE, EspeakEngine
from tts.corpora.synthetic.sentences import read_sentences
from tts.evaluation.verification import speak_checked
from tts.storage.resources import folder
from tts.synthesis.voice import Endless, Synthesis, Voice
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

FRONT_END = TextFrontEnd(TextConfig())
WHOLE = "We watched the river rise all through the night."
CUT = "We watched the river rise."


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    yield EspeakEngine("en-us")


@pytest.fixture(scope="module")
def aligner(engine: EspeakEngine) -> Aligner:
    config = AlignerConfig(mixtures=2, iterations=4)
    recordings = []
    for number, text in enumerate(read_sentences(folder("sentences") / "en.txt")[:60]):
        tokens = FRONT_END(text)
        wav = waveform.resample(say(engine, tokens)[0], SAMPLE_RATE, config.sample_rate)
        recordings.append((str(number), wav, tokens))
    return train_aligner(recordings, config)


class Speaking:
    """As much of a voice as is asked for here. What it says at each attempt is given: None for no end."""

    info = SimpleNamespace(language="en-us", languages=("en-us",), native=("en-us",), speakers=("one",))
    model = SimpleNamespace(decoder=SimpleNamespace(path_mode=None))

    def __init__(self, engine: EspeakEngine, *says: str | None) -> None:
        self.engine, self.says, self.asked = engine, list(says), []

    def synthesize(self, text: str, speaker: str | None, **settings: Any) -> Synthesis:
        said = self.says[min(len(self.asked), len(self.says) - 1)]
        self.asked.append(settings)
        if said is None:
            raise Endless("no end")
        wav, tokens = say(self.engine, FRONT_END(said))[0], FRONT_END(text)
        count = torch.ones(len(tokens), dtype=torch.long)
        return Synthesis(wav, SAMPLE_RATE, [], [], torch.zeros(len(tokens), 2), count, tokens)


def checked(voice: Speaking, aligner: Aligner, text: str) -> Any:
    return speak_checked(cast(Voice, voice), aligner, text)


def test_what_is_said_right_is_said_once(engine: EspeakEngine, aligner: Aligner) -> None:
    voice = Speaking(engine, WHOLE)
    found = checked(voice, aligner, WHOLE)
    assert not found.faults and not found.repaired and found.attempts == len(voice.asked) == 1
    assert [word.interval.label for word in found.words] == WHOLE.rstrip(".").split()
    assert statistics.median(word.misfit for word in found.words) < 1


def test_words_that_are_left_out_are_heard_and_said_again(engine: EspeakEngine, aligner: Aligner) -> None:
    voice = Speaking(engine, CUT, WHOLE)
    found = checked(voice, aligner, WHOLE)
    assert not found.faults and found.repaired == [WHOLE] and found.attempts == 2
    assert voice.asked[1]["speed"] < voice.asked[0]["speed"], "slower"


def test_the_best_attempt_is_kept_where_none_is_right(engine: EspeakEngine, aligner: Aligner) -> None:
    voice = Speaking(engine, CUT)
    found = checked(voice, aligner, WHOLE)
    assert found.faults and not found.repaired and found.attempts == len(voice.asked) > 2
    assert voice.asked[-1]["limit"] < len(WHOLE), "in parts"
    missing = [word.misfit for word in found.words if word.interval.label in ("through", "night")]
    assert min(missing) > 4


def test_a_sentence_too_short_to_be_compared_is_said_again(engine: EspeakEngine, aligner: Aligner) -> None:
    found = checked(Speaking(engine, "We.", WHOLE), aligner, 3 * f"{WHOLE[:-1]}, " + WHOLE)
    assert found.attempts > 1


def test_no_end_is_as_bad_as_a_fault(engine: EspeakEngine, aligner: Aligner) -> None:
    assert checked(Speaking(engine, None, WHOLE), aligner, WHOLE).repaired == [WHOLE]
    with pytest.raises(Endless):
        checked(Speaking(engine, None), aligner, WHOLE)
