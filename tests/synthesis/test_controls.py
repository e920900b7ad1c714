"""What is asked for is what is heard: lengths, melody and loudness of a text and of parts of it."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pytest
import torch

from tts.errors import UserError
from tts.models.controls import TokenControls
from tts.synthesis.controls import asked_of, varied
from tts.synthesis.voice import Synthesis, Voice
from tts.text.controls import Controls, Marked, Stretch
from tts.text.tokens import Tokens

TEXT = "Hello there, old friend. It went well."


@pytest.fixture(scope="module")
def base() -> Voice:
    return Voice.load("base")


def word(speech: Synthesis, label: str) -> float:
    """Seconds of a word."""
    [found] = [word for word in speech.words if word.label == label]
    return found.end - found.start


def pause(speech: Synthesis, label: str) -> float:
    return sum(phone.end - phone.start for phone in speech.phones if phone.label == label)


def decibels(wav: torch.Tensor) -> float:
    return float(10 * wav.double().square().mean().log10())


def median_pitch(speech: Synthesis) -> float:
    """Semitones, by autocorrelation: no part of what made the sound."""
    wav, rate = speech.wav.double().numpy(), speech.sample_rate
    found = []
    for start in range(0, len(wav) - 1200, 600):
        frame = wav[start : start + 1200] - wav[start : start + 1200].mean()
        correlation = np.correlate(frame, frame, "full")[len(frame) - 1 :]
        lag = int(correlation[rate // 400 : rate // 70].argmax()) + rate // 400
        if correlation[lag] > 0.6 * correlation[0] and frame.std() > 0.02:
            found.append(12 * np.log2(rate / lag))
    return float(np.median(found))


def test_controls_that_change_nothing_leave_every_sample_as_it_is(base: Voice) -> None:
    assert torch.equal(base.synthesize(TEXT).wav, base.synthesize(TEXT, controls=Controls()).wav)
    assert torch.equal(base.synthesize(TEXT).wav, base.synthesize(f"<speak>{TEXT}</speak>").wav)


@pytest.mark.parametrize("semitones", [-3.0, 4.0])
def test_the_pitch_is_higher_by_the_semitones_asked_for(base: Voice, semitones: float) -> None:
    change = median_pitch(base.synthesize(TEXT, controls=Controls(pitch=semitones)))
    assert change - median_pitch(base.synthesize(TEXT)) == pytest.approx(semitones, abs=0.7)


def test_energy_is_in_decibels(base: Voice) -> None:
    louder = base.synthesize(TEXT, controls=Controls(energy=5))
    assert decibels(louder.wav) - decibels(base.synthesize(TEXT).wav) == pytest.approx(5, abs=0.4)


def test_both_ways_to_give_a_speed_come_together(base: Voice) -> None:
    fast = base.synthesize(TEXT, speed=1.25, controls=Controls(speed=1.2))
    assert torch.equal(fast.durations, base.synthesize(TEXT, speed=1.5).durations)


def test_pauses_are_longer_and_words_are_not(base: Voice) -> None:
    usual, slow = base.synthesize(TEXT), base.synthesize(TEXT, controls=Controls(pauses=3))
    assert pause(slow, ",") == pytest.approx(3 * pause(usual, ","), abs=0.03)
    assert word(slow, "Hello") == pytest.approx(word(usual, "Hello"), abs=0.02)
    between = [phone for phone in slow.phones if phone.label == "sil"][2]
    assert between.end - between.start == pytest.approx(0.3, abs=0.001), "between the sentences"
    assert slow.phones[0].end == usual.phones[0].end, "nothing is added before the first sound"


def test_a_break_lasts_as_long_as_it_says(base: Voice) -> None:
    speech = base.synthesize('<speak>Hello <break time="700ms"/> friend, <break time="400ms"/> go.</speak>')
    first, second = [phone.end - phone.start for phone in speech.phones if phone.label == ","]
    assert (first, second) == pytest.approx((0.7, 0.4), abs=0.02)
    at = next(phone for phone in speech.phones if phone.label == ",")
    silence = speech.wav[round((at.start + 0.15) * 24000) : round((at.end - 0.15) * 24000)]
    assert decibels(silence) < decibels(speech.wav) - 30


def test_breaks_of_the_same_length_each_last_so_long(base: Voice) -> None:
    text = '<speak>One <break time="1s"/> two <break time="1s"/> three <break time="1s"/> four.</speak>'
    pauses = [phone.end - phone.start for phone in base.synthesize(text).phones if phone.label == ","]
    assert pauses == pytest.approx([1.0] * 3, abs=0.02)


def test_a_break_between_sentences_is_counted_with_the_pause_that_is_there(base: Voice) -> None:
    usual = base.synthesize("Go home. Come back.")
    marked = base.synthesize('<speak>Go home. <break time="1s"/>Come back.</speak>')
    begins = next(phone for phone in usual.phones[len(usual.phones) // 2 :] if phone.label == "sil")
    assert len(marked.wav) / 24000 - len(usual.wav) / 24000 < 1.0 < len(marked.wav) / 24000
    assert begins.end > begins.start


def test_a_word_lasts_as_long_as_asked_for_and_the_others_as_before(base: Voice) -> None:
    usual = base.synthesize("The old lamp fell down.")
    long = base.synthesize('<speak>The old <prosody duration="900ms">lamp</prosody> fell down.</speak>')
    assert word(long, "lamp") == pytest.approx(0.9, abs=0.02)
    assert word(long, "fell") == pytest.approx(word(usual, "fell"), abs=0.02)
    assert [w.label for w in long.words] == [w.label for w in usual.words]


def test_an_emphasised_word_is_longer_and_louder_than_it_was(base: Voice) -> None:
    usual = base.synthesize("The old lamp fell down.")
    strong = base.synthesize('<speak>The old <emphasis level="strong">lamp</emphasis> fell down.</speak>')
    assert word(strong, "lamp") == pytest.approx(1.25 * word(usual, "lamp"), abs=0.02)
    assert word(strong, "fell") == pytest.approx(word(usual, "fell"), abs=0.02)

    def level(speech: Synthesis) -> float:
        [lamp] = [word for word in speech.words if word.label == "lamp"]
        return decibels(speech.wav[round(lamp.start * 24000) : round(lamp.end * 24000)])

    assert level(strong) > level(usual) + 1.5


def test_a_stretch_goes_on_from_sentence_to_sentence(base: Voice) -> None:
    slow = base.synthesize('<speak>Go on. <prosody rate="50%">Go home. Come back.</prosody> Go on.</speak>')
    usual = base.synthesize("Go on. Go home. Come back. Go on.")
    assert word(slow, "back") == pytest.approx(2 * word(usual, "back"), abs=0.04)
    ends = [(w.label, round(w.end - w.start, 3)) for w in (slow.words[-1], usual.words[-1])]
    assert ends[0] == ends[1]


def test_words_beside_a_mark_are_read_together(base: Voice) -> None:
    """A lone `a` is read as the letter."""
    plain = base.synthesize("It is a dog.")
    marked = base.synthesize("<speak>It is a <emphasis>dog</emphasis>.</speak>")
    assert marked.tokens.symbols == plain.tokens.symbols


def test_what_is_streamed_is_what_is_spoken_with_markup_too(base: Voice) -> None:
    text = '<speak>Go home, <break time="300ms"/> <emphasis>now</emphasis>. <prosody pitch="+2st">Go.</prosody></speak>'
    controls = Controls(pitch_range=1.3, pauses=2, energy=-2)
    whole = base.synthesize(text, controls=controls).wav
    streamed = torch.cat(list(base.stream(text, controls=controls)))
    assert torch.allclose(streamed, whole, atol=2e-5)


def test_a_very_long_sentence_is_made_into_sound_piece_by_piece(base: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Oh, so slow, so slow."
    whole = base.synthesize(text)
    monkeypatch.setattr("tts.synthesis.sentence.MOST_AT_ONCE", 50)
    monkeypatch.setattr(base.vocoder, "forward", None)
    torch.testing.assert_close(base.synthesize(text).wav, whole.wav, rtol=0, atol=1e-4)


def test_a_seed_is_a_reading(base: Voice) -> None:
    def wav(variation: float, seed: int) -> torch.Tensor:
        return base.synthesize(TEXT, controls=Controls(variation=variation, seed=seed)).wav

    assert torch.equal(wav(0.5, 1), wav(0.5, 1))
    assert not torch.equal(wav(0.5, 1)[:9000], wav(0.5, 2)[:9000])
    assert torch.equal(wav(0.0, 1), wav(0.0, 2))


def test_readings_differ_from_word_to_word_by_as_much_as_is_asked_for() -> None:
    count = 2000
    places = (*range(-1, count), -1)
    words = tuple(f"w{i}" for i in range(count))
    tokens = Tokens(("h",) * len(places), (0,) * len(places), places, words)
    longer, higher = varied(tokens, 0.5, 3)
    assert (longer[0], higher[0], longer[-1], higher[-1]) == (1.0, 0.0, 1.0, 0.0)
    assert statistics.stdev(map(math.log, longer[1:-1])) == pytest.approx(0.075, rel=0.1)
    assert statistics.stdev(higher[1:-1]) == pytest.approx(1.0, rel=0.1)
    assert abs(statistics.mean(higher)) < 0.1


def test_a_reading_is_the_same_while_its_text_is_written(base: Voice) -> None:
    controls = Controls(variation=0.8, seed=5)
    text = "The early bird and a hungry worm saw an old owl on the apple tree."
    whole = base.synthesize(text, controls=controls).wav
    assert sum(map(len, base.stream(text, controls=controls))) == len(whole)
    pieces = (word + " " for word in text.split())
    assert sum(map(len, base.stream(pieces, controls=controls))) == len(whole)


def test_given_lengths_are_those_of_every_reading(base: Voice) -> None:
    def lengths(given: list[float] | None, variation: float) -> list[float]:
        [spoken] = base.sentences("Go home now.", durations=given, controls=Controls(variation=variation, seed=4))
        return [phone.end - phone.start for phone in spoken.phones]

    usual = lengths(None, 0.0)
    assert lengths(usual, 1.0) == pytest.approx(usual)
    assert lengths(None, 1.0) != pytest.approx(usual)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_pieces_that_are_no_length_are_refused(base: Voice, seconds: float) -> None:
    with pytest.raises(UserError, match=r"chunk_seconds=.*: give seconds above 0"):
        next(base.stream("Go.", chunk_seconds=seconds))


@pytest.mark.parametrize("seed", [-1, 2**53, 1.5, "a", True])
def test_what_is_no_seed_is_refused(seed: Any) -> None:
    with pytest.raises(UserError, match="choose a whole number between 0 and"):
        Controls(seed=seed)


@pytest.mark.parametrize("asked", [{"pitch": 25.0}, {"pitch_range": -1.0}, {"energy": float("nan")}, {"pauses": 21.0}])
def test_controls_beyond_their_limits_are_refused(asked: dict[str, float]) -> None:
    name = next(iter(asked))
    with pytest.raises(UserError, match=f"{name}=.*: choose between"):
        Controls(**asked)


def test_a_decoder_without_controls_says_so(base: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(base.model.decoder), "takes_controls", False)
    with pytest.raises(UserError, match=r"pitch, pauses cannot be changed: an? parallel decoder has its own"):
        base.synthesize(TEXT, controls=Controls(pitch=1, pauses=2))
    with pytest.raises(UserError, match="what is marked up in the text cannot be changed"):
        base.synthesize("<speak>Go <emphasis>home</emphasis>.</speak>")
    louder = base.synthesize(TEXT, controls=Controls(energy=5))
    assert decibels(louder.wav) - decibels(base.synthesize(TEXT).wav) == pytest.approx(5, abs=0.4)


def test_the_timing_of_a_reference_is_not_changed(base: Voice) -> None:
    reference = (torch.randn(48000) * 0.1, 24000)
    with pytest.raises(UserError, match="pauses cannot be changed: the timing is that of the reference"):
        base.synthesize("Go home.", reference=reference, controls=Controls(pauses=2))


def test_the_range_is_about_the_mean_and_unvoiced_frames_stay_so() -> None:
    one = torch.ones(1, 1)
    controls = TokenControls(one, 0 * one, torch.zeros(1, 1, dtype=torch.long), 12 * one, 0.5 * one, 0 * one)
    pitch = torch.tensor([[100.0, 0.0, 400.0, 200.0]])
    changed = controls.melody(pitch, torch.zeros(1, 4, dtype=torch.long))
    expected = [2 * 200 * 2**-0.5, 0.0, 2 * 200 * 2**0.5, 400.0]
    assert changed[0].tolist() == pytest.approx([min(500.0, value) for value in expected], rel=1e-5)


def test_tokens_of_a_stretch_share_its_seconds_as_they_were_predicted() -> None:
    tokens = Tokens(("<s>", "h", "ə", "</s>"), (0,) * 4, (-1, 0, 0, -1), ("ha",), mark=(0, 1, 1, 0))
    asked = asked_of(tokens, Controls(), Marked("", (Stretch(), Stretch(seconds=0.3))), 0.01)
    assert asked is not None
    controls = TokenControls(**{name: torch.tensor([row]) for name, row in vars(asked).items()})
    durations = controls.durations(torch.tensor([[2.0, 4.0, 6.0, 3.0]]), 1.0)
    assert durations.tolist() == [[2.0, 12.0, 18.0, 3.0]]


def test_each_phone_takes_a_pitch_of_its_own(base: Voice) -> None:
    [plain] = base.sentences("The old lamp fell.")
    count = len(plain.phones)
    [up] = base.sentences("The old lamp fell.", pitches=[2.0] * count)
    [all_up] = base.sentences("The old lamp fell.", controls=Controls(pitch=2))
    torch.testing.assert_close(up.wav, all_up.wav)
    [together] = base.sentences("The old lamp fell.", pitches=[2.0] * count, controls=Controls(pitch=-2))
    torch.testing.assert_close(together.wav, plain.wav, rtol=0, atol=1e-3)
    last = [0.0] * (count - 6) + [6.0] * 6
    [end] = base.sentences("The old lamp fell.", pitches=last)
    changed = (end.mel - plain.mel).abs().mean(1)
    assert changed[: len(changed) // 3].max() < 0.2 * changed.max(), "but for the mean that variance is restored about"
    wrong_ones = (([1.0], "one for each"), ([99.0] * count, "between -24 and 24"), ([math.nan] * count, "must be"))
    for wrong, why in wrong_ones:
        with pytest.raises(UserError, match=why):
            next(base.sentences("The old lamp fell.", pitches=wrong))
    with pytest.raises(UserError, match="one sentence"):
        next(base.sentences("Go home. Now.", pitches=[0.0] * 9))
