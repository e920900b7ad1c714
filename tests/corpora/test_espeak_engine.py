"""The espeak voice: exact times, and the same bytes whatever happened before."""

import pickle
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tts.corpora.synthetic.espeak_engine import SAMPLE_RATE, EspeakEngine, EspeakOutput
from tts.corpora.synthetic.espeak_voices import languages, variants
from tts.errors import UserError

TEXT = "Help calls came from the little hotel, but the cat thought of apples."


def level(speech: EspeakOutput, start: float, end: float) -> float:
    """Root mean square."""
    part = speech.wav[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return float(np.sqrt(np.mean(part**2)))


def test_output_does_not_depend_on_what_was_spoken_before() -> None:
    first = EspeakEngine("en-us+f3").speak(TEXT)
    EspeakEngine("en-us+whisper", rate=120).speak("Something else altogether!")
    EspeakEngine("de").speak("Guten Tag.")
    again = EspeakEngine("en-us+f3").speak(TEXT)
    assert first.wav.tobytes() == again.wav.tobytes()
    assert (first.phones, first.words) == (again.phones, again.words)


def test_threads_do_not_disturb_each_other() -> None:
    jobs = [
        ("en-us+f3", TEXT),
        ("en-us+m3", "Another sentence."),
        ("en-us+klatt", TEXT),
        ("fr-fr", "Bonjour."),
    ] * 3
    alone = {job: EspeakEngine(job[0]).speak(job[1]).wav.tobytes() for job in set(jobs)}
    heard: list[tuple[tuple[str, str], bytes]] = []

    def speak(job: tuple[str, str]) -> None:
        heard.append((job, EspeakEngine(job[0]).speak(job[1]).wav.tobytes()))

    threads = [threading.Thread(target=speak, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == len(jobs)
    assert all(wav == alone[job] for job, wav in heard)


def test_phones_cover_the_sound_without_gaps() -> None:
    speech = EspeakEngine().speak(TEXT)
    assert speech.wav.dtype == np.float32 and np.abs(speech.wav).max() <= 1
    assert speech.phones[0].start == 0
    assert speech.phones[-1].end == pytest.approx(len(speech.wav) / speech.sample_rate)
    assert all(a.end == b.start and a.start <= a.end for a, b in pairwise(speech.phones))
    assert [w.label for w in speech.words] == [
        "Help",
        "calls",
        "came",
        "from the",
        *["little", "hotel", "but", "the", "cat", "thought", "of", "apples"],
    ]


def test_labels_are_bare_phones_and_silence() -> None:
    labels = [p.label for p in EspeakEngine("en-us").speak("Hello, thick otter.").phones]
    assert labels == ["h", "ə", "l", "oʊ", "sil", "θ", "ɪ", "k", "ɑː", "ɾ", "ɚ", "sil"]


@pytest.mark.parametrize("voice", ["en-us", "en-us+f2", "en-us+f3", "en-us+m2", "en-us+whisper"])
def test_closures_belong_to_the_stop_they_announce(voice: str) -> None:
    speech = EspeakEngine(voice).speak("She packed a thick blue basket.")
    for phone in speech.phones[1:]:
        if phone.label in {"p", "t", "k"}:
            opening = level(speech, phone.start + 0.002, phone.start + 0.018)
            whole = level(speech, phone.start, phone.end)
            assert opening < 0.35 * whole, (voice, phone)


def test_echoing_voices_have_the_closures_of_dry_ones() -> None:
    """f3 with its echo fills the closures with sound; their lengths, fixed by espeak, must still be found."""
    dry = EspeakEngine("en-us+m3").speak(TEXT).phones
    echoing = EspeakEngine("en-us+f3").speak(TEXT).phones
    assert [p.label for p in dry] == [p.label for p in echoing]
    for a, b in zip(dry, echoing, strict=True):
        if a.label in {"k", "p"}:
            assert b.end - b.start == pytest.approx(a.end - a.start, abs=0.012), (a, b)


def test_a_coda_l_without_time_of_its_own_is_kept_at_no_length() -> None:
    phones = EspeakEngine("en-us").speak("Milk helps.").phones
    assert [p.label for p in phones if p.end == p.start] == ["l", "l"]


def test_after_a_pause_the_closure_is_not_the_pause() -> None:
    phones = EspeakEngine("en-us").speak("Wait. Take care.").phones
    pause = next(i for i, p in enumerate(phones) if p.label == "sil")
    assert phones[pause].end - phones[pause].start > 0.2
    assert phones[pause + 1].label == "t"
    assert 0.05 < phones[pause + 1].end - phones[pause + 1].start < 0.15


def test_words_run_together_share_an_interval() -> None:
    words = EspeakEngine("en-us").speak("Keep it out of sight.").words
    assert "out of" in [w.label for w in words]


def test_marks_of_another_language_are_no_phones() -> None:
    phones = EspeakEngine("fr-fr").speak("Le weekend, nous aimons le shopping à Birmingham.").phones
    assert not any("(" in p.label or ")" in p.label for p in phones)


def test_rate_and_pitch_act() -> None:
    slow, fast = (EspeakEngine(rate=rate).speak(TEXT).wav for rate in (120, 240))
    assert len(slow) > 1.4 * len(fast)
    assert EspeakEngine(pitch=20).speak(TEXT).wav.tobytes() != EspeakEngine(pitch=80).speak(TEXT).wav.tobytes()


def test_engines_pickle() -> None:
    engine = pickle.loads(pickle.dumps(EspeakEngine("en-us+m3", 160, 40)))
    assert engine == EspeakEngine("en-us+m3", 160, 40)
    assert engine.speak("Yes.").wav.tobytes() == EspeakEngine("en-us+m3", 160, 40).speak("Yes.").wav.tobytes()


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    EspeakEngine().speak("Yes.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"voice": "en-us+f33"}, "did you mean 'f3'"),
        ({"voice": "en-us+../f3"}, "unknown variant"),
        ({"voice": "xx-nowhere"}, "unknown language 'xx-nowhere'"),
        ({"rate": 900}, "80–450"),
        ({"pitch": 120}, "0–99"),
    ],
)
def test_wrong_settings_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(UserError, match=message.replace("+", r"\+")):
        EspeakEngine(**arguments).speak("Yes.")


@pytest.mark.parametrize("text", ["", "  ", "...", "\x00\x01"])
def test_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="nothing to say"):
        EspeakEngine().speak(text)


def test_control_characters_do_not_reach_the_voice() -> None:
    """espeak-ng reads control-A as the start of a command that changes the voice."""
    assert EspeakEngine().speak("One\x01 80S two.").wav.tobytes() != EspeakEngine().speak("One two.").wav.tobytes()
    assert EspeakEngine().speak("One\x00two.").wav.tobytes() == EspeakEngine().speak("One two.").wav.tobytes()


@pytest.mark.parametrize(
    "text", ["é." * 110, "a . " * 90, "s'" * 80, "x" * 301, "word " * 300, "A. " * 70, "1a" * 150, "one-" * 30 + "two"]
)
def test_what_would_smash_a_buffer_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        EspeakEngine().speak(text)


def test_a_surrogate_is_no_text() -> None:
    assert EspeakEngine().speak("One\ud800two.").wav.tobytes() == EspeakEngine().speak("One two.").wav.tobytes()


def test_variants_are_listed() -> None:
    assert {"f1", "f3", "m3", "klatt"} <= set(variants())


@pytest.mark.parametrize("code", ["en-us", "en-gb", "fr-fr", "pt-pt", "zh"])
def test_every_language_code_finds_its_voice(code: str) -> None:
    assert code in languages()
    assert EspeakEngine(code).speak("ma").phones
