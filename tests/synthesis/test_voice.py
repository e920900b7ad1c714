"""A voice speaks the whole text, and gives the times of words and phones."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.batch import TextBatch
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.intervals import Interval, write_textgrid
from tts.models.decoders.decoder import InferenceOutput
from tts.models.predictors.duration import hard_alignment
from tts.synthesis.timings import frames_of, timings
from tts.synthesis.voice import Synthesis, Voice
from tts.text.tokens import Tokens
from tts.vocoder.choice import AUTO_VOCODER, GriffinLimVocoder, VocoderChoice

RATE = AudioConfig().sample_rate
LONG = "The old lamp fell. She sold nine hats, then went home; did the bird sing? We keep the sea in view!"


@pytest.fixture(scope="module")
def voice(tiny_run: Path) -> Voice:
    return Voice.load(tiny_run)


@pytest.fixture(scope="module")
def recording(prepared: Path) -> tuple[Path, Any]:
    corpus = read_manifest(prepared)
    utterance = corpus.utterances[0]
    return corpus.audio_path(utterance), utterance


def assert_timed(speech: Synthesis) -> None:
    """No gap, no overlap, from nought to the end of the sound; every word where its phones are."""
    seconds = len(speech.wav) / speech.sample_rate
    assert speech.phones[0].start == 0
    assert speech.phones[-1].end == pytest.approx(seconds, abs=1e-9)
    for before, after in pairwise(speech.phones):
        assert before.end == pytest.approx(after.start, abs=1e-9)
        assert before.start <= before.end
    assert [w.label for w in speech.words] == list(speech.tokens.words)
    starts = {round(p.start, 9) for p in speech.phones}
    ends = {round(p.end, 9) for p in speech.phones}
    for before, after in pairwise(speech.words):
        assert before.end <= after.start + 1e-9
    assert all(round(w.start, 9) in starts and round(w.end, 9) in ends for w in speech.words)


@pytest.mark.parametrize("text", ["Go home.", LONG, "A lamp", "the, bird: sing", "Say {l ˈæ m p} now."])
def test_speech_is_timed_from_its_first_sample_to_its_last(voice: Voice, text: str) -> None:
    speech = voice.synthesize(text)
    assert speech.wav.dtype == torch.float32
    assert speech.wav.isfinite().all()
    assert speech.sample_rate == RATE
    assert_timed(speech)
    assert int(speech.durations.sum()) == len(speech.mel)
    assert speech.durations.min() >= 1
    assert len(speech.durations) == len(speech.tokens)
    alignment = speech.alignment
    assert alignment.shape == (len(speech.mel), len(speech.tokens))
    torch.testing.assert_close(alignment.sum(0).long(), speech.durations)


def test_speakers_mix_by_shares(voice: Voice) -> None:
    alone = voice.synthesize(LONG, "en-us+m3")
    assert torch.equal(voice.synthesize(LONG, "en-us+m3:2").wav, alone.wav), "shares relate to their sum"
    mixed = voice.synthesize(LONG, "en-us+f3:0.7, en-us+m3:0.3")
    assert_timed(mixed)
    assert not torch.equal(mixed.mel, voice.synthesize(LONG, "en-us+f3:0.3,en-us+m3:0.7").mel)
    assert voice.speaker_index("en-us+f3:1,en-us+m3:3") == 1


@pytest.mark.parametrize(
    ("speaker", "complaint"),
    [
        ("en-us+f9", "speaker=en-us.f9: not in this voice.*en-us.f3"),
        ("en-us+f3:0.5,bob:0.5", "'bob' is not in this voice"),
        ("en-us+f3:0.5,en-us+m3", "'en-us.m3' has no share"),
        ("en-us+f3:1e39,en-us+m3:1", "'1e39' is no share"),
        ("en-us+f3:0.5,", "'' has no share"),
        ("en-us+f3:x", r"'x' is no share from 0\.0001 to 10000; write shares as in ann:0\.7,bob:0\.3"),
        ("en-us+f3:-1", "'-1' is no share"),
        ("en-us+f3:nan", "'nan' is no share"),
        ("en-us+f3:0,en-us+m3:0", "'0' is no share"),
        ("", "not in this voice"),
    ],
)
def test_speakers_that_are_not_there_are_refused(voice: Voice, speaker: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        voice.synthesize("Go home.", speaker)


def test_a_long_text_is_its_sentences_with_pauses_between(voice: Voice) -> None:
    whole = voice.synthesize(LONG)
    parts = [
        voice.synthesize(s) for s in ("The old lamp fell.", "She sold nine hats, then went home; did the bird sing?")
    ]
    assert whole.words[:4] == parts[0].words
    sounds = len(parts[0].wav)
    torch.testing.assert_close(whole.wav[:sounds], parts[0].wav)
    gap = round(0.1 * whole.sample_rate)
    assert not whole.wav[sounds : sounds + gap].any()
    torch.testing.assert_close(whole.wav[sounds + gap : sounds + gap + len(parts[1].wav)], parts[1].wav)
    assert whole.phones[len(parts[0].phones)].label == "sil"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=st.lists(st.integers(1, 100_000), min_size=2, max_size=30))
def test_sentences_of_any_length_follow_one_another_to_the_last_bit(
    samples: list[int], voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter(samples)
    monkeypatch.setattr(voice, "vocoder", lambda mel: torch.zeros(next(given)))
    monkeypatch.setattr(voice.model, "infer", lambda text, *_, **__: spoken(text))
    speech = voice.synthesize("Go home. " * len(samples))
    assert_timed(speech)
    assert all(before.end == after.start for before, after in pairwise(speech.phones))
    write_textgrid(tmp_path / "speech.TextGrid", {"words": speech.words, "phones": speech.phones})


def spoken(text: TextBatch) -> InferenceOutput:
    """Ten frames of silence a token."""
    durations = torch.full_like(text.symbols, 10)
    frames = int(durations.sum())
    mel = torch.zeros(1, frames, AudioConfig().n_mels)
    return InferenceOutput(mel, durations.sum(1), durations, hard_alignment(durations, frames), torch.tensor([True]))


def test_the_same_text_sounds_the_same_every_time(voice: Voice) -> None:
    one, other = voice.synthesize("Go home."), voice.synthesize("Go home.")
    assert torch.equal(one.wav, other.wav)


def test_speed_shortens_speech(voice: Voice, recording: tuple[Path, Any]) -> None:
    slow, fast = (len(voice.synthesize(LONG, speed=s).wav) for s in (0.5, 1.0))
    assert slow > 1.3 * fast
    path, utterance = recording
    as_spoken, hurried = (voice.synthesize(utterance.text, reference=path, speed=s) for s in (1.0, 2.0))
    assert len(hurried.wav) == pytest.approx(len(as_spoken.wav) / 2, rel=0.2)  # no token is shorter than a frame


def test_a_sentence_has_a_length_that_is_believable(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tts.synthesis.sentence.MOST_CELLS", (AudioConfig().n_fft // 2 + 1) * 100)
    with pytest.raises(UserError, match=r"would take \d+ frames of speech, and no more than 100 are spoken in one go"):
        voice.synthesize("Go home.", speed=0.25)
    with pytest.raises(UserError, match=r"no more than 100"):
        next(voice.stream("Go home.", speed=0.25))
    assert len(voice.synthesize("Go home.", speed=4.0).mel) <= 100


@pytest.mark.parametrize(
    "where", ["decoder.envelope.bias", "duration_predictor.out.bias", "text_encoder.symbol.weight"]
)
def test_what_is_no_number_is_never_heard(where: str, tiny_run: Path) -> None:
    damaged = Voice.load(tiny_run)
    with torch.no_grad():
        damaged.model.get_parameter(where).fill_(float("nan"))
    with pytest.raises(UserError, match=r"not finite numbers|nan frames"):
        damaged.synthesize("Go home.")


def test_frames_that_no_vocoder_can_sound_are_refused(tiny_run: Path) -> None:
    loud = Voice.load(tiny_run, GriffinLimVocoder(iterations=1))
    loud.model.mel_mean += 1e3
    with pytest.raises(UserError, match="what the vocoder makes of the voice's frames: not finite numbers"):
        loud.synthesize("Go home.")


@pytest.mark.parametrize("speed", [0.0, -1.0, 0.2, 4.1, float("nan"), float("inf")])
def test_absurd_speeds_are_refused(voice: Voice, speed: float) -> None:
    with pytest.raises(UserError, match=r"speed=.*choose between 0\.25 and 4"):
        voice.synthesize("Go home.", speed=speed)


def test_speakers_differ_and_the_first_is_the_default(voice: Voice) -> None:
    first, second = (voice.synthesize("Go home.", speaker=name) for name in voice.info.speakers)
    assert torch.equal(voice.synthesize("Go home.").wav, first.wav)
    assert first.wav.shape != second.wav.shape or not torch.allclose(first.wav, second.wav)


def test_an_unknown_speaker_is_refused_with_the_nearest(voice: Voice) -> None:
    with pytest.raises(UserError, match=r"speaker=en-us\+f4: not in this voice; did you mean 'en-us\+f3'"):
        voice.synthesize("Go home.", speaker="en-us+f4")
    with pytest.raises(UserError, match=r"known: en-us\+f3, en-us\+m3"):
        voice.synthesize("Go home.", speaker="zzz")


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "...", "?!", "— …", "🙂", "\u200b", '""'])
def test_nothing_to_say_is_an_error(voice: Voice, text: str) -> None:
    with pytest.raises(UserError, match="nothing to"):
        voice.synthesize(text)


@pytest.mark.parametrize("text", ["Go home. 今日は.", "家へ", "Go home. {q͡ʘ}", "Go {ʘ} home."])
def test_what_the_voice_cannot_say_is_refused_and_never_left_out(voice: Voice, text: str) -> None:
    with pytest.raises(UserError):
        voice.synthesize(text)


def test_a_sound_that_was_never_heard_is_said_as_the_nearest_with_a_warning(
    voice: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    speech = voice.synthesize("Go to church.")
    assert [word.label for word in speech.words] == ["Go", "to", "church"]
    assert any("does not know 'tʃ', as in 'church': it says" in message for message in caplog.messages)


def test_signs_between_sentences_are_no_reason_to_stop(voice: Voice) -> None:
    assert [w.label for w in voice.synthesize("Go home. ... ! Did the bird sing?").words] == [
        "Go", "home", "Did", "the", "bird", "sing",
    ]  # fmt: skip


def test_a_pause_mark_that_was_never_seen_becomes_one_that_was(voice: Voice) -> None:
    assert ";" not in voice.table
    assert "," in voice.synthesize("Go home; sing.").tokens.symbols


def test_prosody_of_a_reference_is_followed(voice: Voice, recording: tuple[Path, Any]) -> None:
    path, utterance = recording
    frames = round(utterance.seconds * RATE) // AudioConfig().hop_length + 1
    speech = voice.synthesize(utterance.text, speaker=utterance.speaker, reference=path)
    assert len(speech.mel) == frames
    assert_timed(speech)
    wav = waveform.read(path, RATE)
    given = voice.synthesize(utterance.text, speaker=utterance.speaker, reference=(wav, RATE))
    torch.testing.assert_close(given.mel, speech.mel)
    assert not torch.allclose(voice.synthesize(utterance.text).mel[:5], speech.mel[:5])


def test_style_of_a_reference_goes_with_any_text(voice: Voice, recording: tuple[Path, Any]) -> None:
    styled = voice.synthesize("Go home. Did the bird sing?", reference=recording[0], reference_mode="style")
    plain = voice.synthesize("Go home. Did the bird sing?")
    assert_timed(styled)
    assert styled.mel.shape != plain.mel.shape or not torch.equal(styled.mel, plain.mel)


def test_references_that_do_not_fit_are_refused(voice: Voice, recording: tuple[Path, Any], tmp_path: Path) -> None:
    short = torch.randn(8000, generator=torch.Generator().manual_seed(0)) * 0.1
    with pytest.raises(UserError, match=r"frames for \d+ tokens of text.*reference_mode=style"):
        voice.synthesize(" ".join([LONG] * 2), reference=(short, RATE))
    with pytest.raises(UserError, match="too short for a reference"):
        voice.synthesize("Go home.", reference=(short[:500], RATE))
    with pytest.raises(UserError, match=r"none\.wav"):
        voice.synthesize("Go home.", reference=tmp_path / "none.wav")
    (tmp_path / "text.wav").write_text("not a sound")
    with pytest.raises(UserError, match=r"text\.wav"):
        voice.synthesize("Go home.", reference=str(tmp_path / "text.wav"))
    with pytest.raises(UserError, match="reference_mode=melody: choose prosody or style"):
        voice.synthesize("Go home.", reference=(short, RATE), reference_mode="melody")


def test_a_recording_is_aligned_with_its_text(voice: Voice, recording: tuple[Path, Any]) -> None:
    path, utterance = recording
    wav = waveform.read(path, RATE)
    aligned = voice.align(wav, RATE, utterance.text)
    again = voice.align(wav, RATE, utterance.tokens)
    assert aligned.phones == again.phones
    as_array = voice.align(wav.double().numpy()[None], RATE, utterance.text)
    assert as_array.phones == aligned.phones
    with pytest.raises(UserError, match="give one channel"):
        voice.align(torch.stack([wav, wav]), RATE, utterance.text)
    assert aligned.phones[0].start == 0
    assert aligned.phones[-1].end == pytest.approx(len(wav) / RATE)
    assert all(a.end == b.start and a.start <= a.end for a, b in pairwise(aligned.phones))
    assert [w.label for w in aligned.words] == list(utterance.words)
    torch.testing.assert_close(aligned.posterior.sum(1), torch.ones(len(aligned.posterior)))
    assert aligned.posterior[0, 0] == pytest.approx(1)
    assert aligned.posterior[-1, -1] == pytest.approx(1)
    assert 0 < aligned.focus <= 1
    with pytest.raises(UserError, match="the text is not that of the recording"):
        voice.align(wav[:2000], RATE, LONG)


@settings(deadline=None)
@given(st.data())
def test_timings_cover_the_sound_for_any_durations(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 4), max_size=5), "phones per word")
    word = [-1, *(w for w, n in enumerate(lengths) for _ in range(n)), -1]
    symbols = ("<s>", *("a" for w in word[1:-1]), "</s>")
    tokens = Tokens(symbols, (0,) * len(word), tuple(word), tuple(f"w{i}" for i in range(len(lengths))))
    durations = data.draw(st.lists(st.floats(0, 30), min_size=len(word), max_size=len(word)), "frames")
    start, end = sorted(data.draw(st.lists(st.floats(0, 100), min_size=2, max_size=2), "seconds"))
    words, phones = timings(tokens, durations, 0.0125, start, end)
    assert len(phones) == len(word)
    assert phones[0].start == start
    assert phones[-1].end == end
    assert phones[0].label == phones[-1].label == "sil"
    assert all(a.end == b.start and a.start <= a.end for a, b in pairwise(phones))
    assert [w.label for w in words] == [f"w{i}" for i in range(len(lengths))]
    assert all(w.start <= w.end for w in words)


def test_boundaries_lie_between_frames() -> None:
    tokens = Tokens(("<s>", "a", "b", "</s>"), (0, 1, 0, 0), (-1, 0, 0, -1), ("ab",))
    words, phones = timings(tokens, [10, 4, 6, 20], 0.0125, 1.0, 1.5)
    assert [p.start for p in phones] == pytest.approx([1.0, 1 + 9.5 * 0.0125, 1 + 13.5 * 0.0125, 1 + 19.5 * 0.0125])
    assert words == [Interval("ab", phones[1].start, phones[2].end)]


@given(st.lists(st.integers(1, 60), min_size=2, max_size=40), st.sampled_from([0.0125, 0.01, 256 / 22050]))
def test_lengths_of_phones_in_seconds_are_their_frames_again(frames: list[int], frame_seconds: float) -> None:
    count = len(frames)
    tokens = Tokens(("<s>", *"a" * (count - 2), "</s>"), (0,) * count, (-1, *[0] * (count - 2), -1), ("a",))
    end = (sum(frames) - 1) * frame_seconds
    _, phones = timings(tokens, [float(one) for one in frames], frame_seconds, 0.0, end)
    rounded = [round(phone.end, 5) - round(phone.start, 5) for phone in phones]
    assert frames_of(rounded, tokens, frame_seconds) == frames


def test_phones_are_as_long_as_they_are_asked_to_be(voice: Voice) -> None:
    [before] = voice.sentences("Go home.")
    lengths = [phone.end - phone.start for phone in before.phones]
    [same] = voice.sentences("Go home.", durations=lengths)
    assert torch.equal(same.wav, before.wav) and same.phones == before.phones
    lengths[2] += 0.2
    [after] = voice.sentences("Go home.", durations=lengths)
    changed = [b.end - b.start - (a.end - a.start) for a, b in zip(before.phones, after.phones, strict=True)]
    assert changed == pytest.approx([0.2 if i == 2 else 0 for i in range(len(lengths))], abs=1e-6)
    assert len(after.wav) - len(before.wav) == round(0.2 * RATE)
    [shortest] = voice.sentences("Go home.", durations=[0] * len(lengths))
    assert shortest.durations.tolist() == [1] * len(lengths)


@pytest.mark.parametrize(
    ("text", "lengths", "speed", "says"),
    [
        ("Go home. Go home.", [0.1] * 7, 1, "those of one sentence"),
        ("Go home.", [0.1] * 8, 2, "at speed 1"),
        ("Go home.", [0.1] * 3, 1, "3 durations for 8 phones"),
        ("Go home.", [0.1] * 7 + [-1], 1, "between 0 and 5"),
        ("Go home.", [0.1] * 7 + [float("nan")], 1, "between 0 and 5"),
        ("Go home.", [0.1] * 7 + [1e9], 1, "between 0 and 5"),
    ],
)
def test_lengths_that_cannot_be_are_refused(
    voice: Voice, text: str, lengths: list[float], speed: float, says: str
) -> None:
    with pytest.raises(UserError, match=says):
        list(voice.sentences(text, speed=speed, durations=lengths))


def test_a_voice_trained_without_the_switch_speaks(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    make_trainer(
        tmp_path, "debug=fast", "smma.switch_on=never", "trainer.max_steps=2", "trainer.frames_per_batch=400",
        "trainer.validation_utterances=1",
    ).fit()  # fmt: skip
    voice = Voice.load(tmp_path / "voice")
    assert not voice.model.attention.smma_tunable
    assert voice.info.training["switched_at"] is None
    assert_timed(voice.synthesize("Go home."))


@pytest.mark.parametrize("vocoder", [GriffinLimVocoder(iterations=2), AUTO_VOCODER])
def test_what_is_streamed_is_what_is_spoken(
    vocoder: VocoderChoice, tiny_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no variance is restored, as its mean is not known in the beginning."""
    voice = Voice.load(tiny_run, vocoder)
    monkeypatch.setattr(voice.model.decoder, "restored_variance", None)
    whole, pieces = voice.synthesize(LONG).wav, list(voice.stream(LONG, chunk_seconds=0.1))
    torch.testing.assert_close(torch.cat(pieces), whole, rtol=0, atol=1e-3)
    if vocoder is AUTO_VOCODER:
        assert max(map(len, pieces)) <= 0.11 * voice.config.audio.sample_rate
    with pytest.raises(UserError, match="speed"):
        next(voice.stream(LONG, speed=9.0))


FORKS = """
import os, sys, torch
from tts.synthesis.voice import Voice

torch.set_num_threads(2)
voice, text, recording = Voice.load(sys.argv[1]), *sys.argv[2:]
voice.synthesize(text)
child = os.fork()
if not child:
    for reference in (None, recording):
        assert voice.synthesize(text, reference=reference).wav.isfinite().all()
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_voice_loaded_before_a_fork_speaks_in_the_child(tiny_run: Path, recording: tuple[Path, Any]) -> None:
    path, utterance = recording
    arguments = [sys.executable, "-c", FORKS, tiny_run, utterance.text, path]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    environment.pop("OMP_NUM_THREADS", None)
    process = subprocess.Popen(arguments, env=environment, start_new_session=True)
    try:
        assert process.wait(timeout=120) == 0
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)  # the child that hangs too


def test_a_recording_that_is_not_of_the_text_is_told(
    voice: Voice, recording: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, utterance = recording
    monkeypatch.setattr("tts.synthesis.recording.MISFIT_LIMIT", 1e9)  # a voice of six steps has learnt no sounds
    assert not voice.synthesize(utterance.text, reference=path).doubt
    hurried = "We keep the sea in view, we keep the sea in view, we keep the sea in view, we keep the sea."
    speech = voice.synthesize(hurried, reference=(waveform.read(path, RATE)[:24000], RATE))
    assert "none is as fast as 30; with another text use reference_mode=style" in speech.doubt
    assert not voice.synthesize(hurried, reference=path, reference_mode="style").doubt
    monkeypatch.setattr("tts.synthesis.recording.MISFIT_LIMIT", 1e-9)
    assert voice.align(waveform.read(path, RATE), RATE, utterance.text).misfit > 1
    assert "does not sound like the text" in voice.synthesize(utterance.text, reference=path).doubt
