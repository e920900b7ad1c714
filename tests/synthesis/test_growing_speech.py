"""A text that is still being written is spoken before it is finished, as it would be spoken whole."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from tts.batch import encode_text
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.decoders.parallel import GrowingFrames
from tts.synthesis.growing import GrowingSentence, from_its_beginning
from tts.synthesis.reading import read_growing, read_tokens
from tts.synthesis.voice import Voice
from tts.text.controls import Controls
from tts.text.frontend import Unpronounceable
from tts.text.tokens import Tokens
from tts.vocoder.choice import GriffinLimVocoder

TEXT = "The quick brown fox, who was tired, jumped over the lazy dog near the river. Then it slept for 9 hours."


@pytest.fixture(scope="module")
def base() -> Voice:
    return Voice.load("base")


def by_word(text: str) -> Iterator[str]:
    for word in text.split(" "):
        yield word + " "


def noted(words: Iterator[str], read: list[str]) -> Iterator[str]:
    """The same, each kept in `read` when it is asked for."""
    for word in words:
        read.append(word)
        yield word


def test_the_sound_is_that_of_the_whole_where_no_variance_is_restored(
    base: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base.model.decoder, "restored_variance", None)
    controls = Controls(speed=1.3, pitch=2.0, energy=-6.0)
    whole = base.synthesize(TEXT, controls=controls).wav
    spoken = torch.cat(list(base.stream(by_word(TEXT), controls=controls)))
    torch.testing.assert_close(spoken, whole, rtol=0, atol=1e-3)


def test_the_mel_is_that_of_the_whole_but_for_the_mean(base: Voice) -> None:
    """A variance about a mean that is not yet known: a constant of less than a fifth of a standard deviation."""
    sentence = TEXT.split(". ")[0] + "."
    speech = base.synthesize(sentence)
    made = torch.cat(list(grown(base, [speech.tokens], 3)))
    assert made.shape == speech.mel.shape
    assert float((made - speech.mel).square().mean().sqrt()) < 0.2 * float(speech.mel.std(0).mean())


def grown(voice: Voice, texts: list[Tokens], every: int) -> Iterator[torch.Tensor]:
    """The mel of tokens that come `every` at a time."""
    sentence = new_sentence(voice)
    for tokens in texts:
        for known in range(every, len(tokens) - 1, every):
            yield from sentence.grow(tokens.until(known), False)
        yield from sentence.grow(tokens, True)


def new_sentence(voice: Voice) -> GrowingSentence:
    def encode(tokens: Tokens) -> Any:
        return encode_text([tokens.in_language("en-us")], [0], voice.table, ["text"], voice.info.languages)

    decoding = voice.model.decoder.growing(1.0)
    assert decoding is not None
    return GrowingSentence(voice.model, decoding, encode, lambda tokens: None, 1.0, lambda tokens: 10_000)


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_a_long_sentence_begins_before_all_of_it_is_made(
    base: Voice, speed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first sound takes the decoder as long as that of a short one."""
    made: list[int] = []
    infer = base.model.decoder.infer

    def counted(*arguments: Any, **named: Any) -> Any:
        output = infer(*arguments, **named)
        made.append(int(output.mel_lengths.sum()))
        return output

    monkeypatch.setattr(base.model.decoder, "infer", counted)
    monkeypatch.setattr(base.model.decoder, "restored_variance", None)
    long = ", and ".join([TEXT.split(".")[0]] * 3) + "."
    sounds = base.stream(long, speed=speed)
    first = next(sounds)
    whole = base.synthesize(long, speed=speed).wav
    assert made[0] < made[-1] / 3
    torch.testing.assert_close(torch.cat([first, *sounds]), whole, rtol=0, atol=5e-3)


def test_the_beginnings_of_a_sentence_end_with_words(base: Voice) -> None:
    tokens = base.synthesize(TEXT.split(". ")[0] + ".").tokens
    *beginnings, whole = from_its_beginning(tokens, 8, 1.0)
    assert whole == (tokens, True) and len(beginnings) == 1
    first, ended = beginnings[0]
    assert not ended and tokens.symbols[: len(first)] == first.symbols
    assert first.boundaries() == tokens.boundaries()[: len(first)]
    assert list(from_its_beginning(tokens, 200, 1.0)) == [(tokens, True)]


def test_it_begins_long_before_the_sentence_ends(base: Voice) -> None:
    read: list[str] = []
    sounds = base.stream(noted(by_word(TEXT), read))
    assert len(next(sounds)) > 0
    assert len(read) < 10, "of a first sentence of 15 words"
    assert sum(map(len, sounds)) > 0
    assert len(read) == len(TEXT.split())


def test_a_voice_that_reads_less_ahead_begins_earlier(make_trainer: Callable[..., Any], tmp_path: Any) -> None:
    begun = {}
    for ahead in (0, 2, "null"):
        trainer = make_trainer(tmp_path / str(ahead), f"model.reads_ahead={ahead}", "trainer.max_steps=1")
        trainer.fit()
        voice = Voice.load(tmp_path / str(ahead))
        assert voice.model.reads_ahead == {0: 0, 2: 2, "null": 4}[ahead]
        tokens = voice.synthesize("The old lamp fell and she sold nine hats to a man in the street").tokens
        sentence = replace_frames(voice, new_sentence(voice))
        count = next(n for n in range(3, len(tokens)) if list(sentence.grow(tokens.until(n), False)))
        begun[ahead] = count
    assert begun[0] < begun[2] < begun["null"]


def replace_frames(voice: Voice, sentence: GrowingSentence) -> GrowingSentence:
    """An untrained voice's tokens are short: let each last as long as the decoder sees."""
    assert isinstance(sentence.decoding, GrowingFrames)
    voice.model.shortest.frames.fill_(float(sentence.decoding.reach))
    return sentence


@pytest.mark.parametrize("ahead", [0, 1, 2, 3, 7, 8, 11, 14, 50])
def test_a_token_depends_on_no_more_than_it_reads_ahead(base: Voice, ahead: int) -> None:
    config = replace(base.config.model, reads_ahead=ahead)
    model = AcousticModel(
        config, base.config.audio.n_mels, len(base.table), len(base.info.speakers), len(base.info.languages)
    )
    model.load_state_dict(base.model.state_dict())
    assert model.eval().reads_ahead == min(ahead, 14)
    tokens = base.synthesize("Where the hungry old bear slept all winter, the snow was deep.").tokens
    encode = new_sentence(base).encode
    before, after = encode(tokens), encode(tokens)
    place = 30
    after.symbols[0, place] = after.symbols[0, place - 1]
    (states, durations), (others, other_durations) = model.plan(before), model.plan(after)
    same = place - model.reads_ahead
    torch.testing.assert_close(states[:, :same], others[:, :same], rtol=0, atol=1e-5)
    torch.testing.assert_close(durations[:, :same], other_durations[:, :same], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(states[:, same : place + 1], others[:, same : place + 1])


def test_what_was_spoken_stays_when_it_turns_out_to_be_read_otherwise(base: Voice) -> None:
    said = base.synthesize("The lead pipe was as heavy as the old iron door").tokens
    corrected = base.synthesize("The led pipes were as heavy as an old door in there").tokens
    sentence = new_sentence(base)
    first = list(sentence.grow(said.until(len(said) - 1), False))
    spoken = sentence.settled
    word = max(said.word[:spoken])
    rest = list(sentence.grow(corrected, True))
    assert first and rest
    assert sentence.tokens.symbols[:spoken] == said.symbols[:spoken]
    assert sentence.tokens.words == said.words[: word + 1] + corrected.words[word + 1 :]
    assert sentence.tokens.symbols[-1] == "</s>"
    assert sentence.given == sum(map(len, [*first, *rest]))


@pytest.mark.parametrize("text", [
    "The early bird and a hungry worm, who were the only ones awake, saw an old owl on the apple tree.",
    "The quick brown fox, who was tired, jumped over the lazy dog near the river.",
    "We paid 5 € for 3 kg of apples on May 5, 2021 and 20 more people came to see us at 17:05 in the end.",
])  # fmt: skip
def test_what_is_known_early_is_read_as_in_the_whole(base: Voice, text: str) -> None:
    whole = read_tokens(text, base.config.text, base.table, "en-us")
    states = list(read_growing(text, base.config.text, base.table, "en-us", 300))
    assert len(states) > 8
    for tokens, _ in states:
        assert tokens.symbols == whole.symbols[: len(tokens)], tokens.words[-1]
        assert tokens.stress == whole.stress[: len(tokens)], tokens.words[-1]


@pytest.fixture(scope="module")
def stepwise(make_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Voice:
    """An autoregressive voice on a stepwise path, with a vocoder that grows."""
    folder = tmp_path_factory.mktemp("stepwise")
    overrides = ["experiment=transformer_smma", "model.decoder.attention.selection=focused", "smma.switch_on=step",
                 "smma.switch_step=1", "trainer.max_steps=2"]  # fmt: skip
    make_trainer(folder, *overrides).fit()
    voice = Voice.load(folder)
    voice.model.shortest.frames.fill_(6.0)  # untrained durations are near nothing
    return voice


def test_an_autoregressive_voice_says_word_by_word_what_it_says_whole(stepwise: Voice) -> None:
    whole = stepwise.synthesize(TEXT).wav
    read: list[str] = []
    sounds = stepwise.stream(noted(by_word(TEXT), read))
    first = next(sounds)
    assert len(read) < 12
    torch.testing.assert_close(torch.cat([first, *sounds]), whole, rtol=0, atol=1e-3)


def test_an_autoregressive_voice_begins_before_the_sentence_is_made(
    stepwise: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0

    def counted(*arguments: Any) -> Any:
        nonlocal steps
        steps += 1
        return step(*arguments)

    step = stepwise.model.decoder.step
    monkeypatch.setattr(stepwise.model.decoder, "step", counted)
    sounds = stepwise.stream(TEXT)
    first, until_first = next(sounds), steps
    rest = list(sounds)
    assert len(rest) > 2 and until_first < steps / 2
    torch.testing.assert_close(torch.cat([first, *rest]), stepwise.synthesize(TEXT).wav, rtol=0, atol=1e-3)


def test_an_autoregressive_voice_at_another_speed_waits_for_the_sentence(stepwise: Voice) -> None:
    whole = stepwise.synthesize(TEXT, speed=1.2).wav
    torch.testing.assert_close(torch.cat(list(stepwise.stream(by_word(TEXT), speed=1.2))), whole, rtol=0, atol=1e-3)


def test_a_vocoder_that_needs_all_frames_gets_them(base: Voice) -> None:
    voice = Voice(base.model, base.config, base.table, base.info, GriffinLimVocoder(iterations=1))
    pieces = list(voice.stream(by_word(TEXT), chunk_seconds=60))
    assert len(pieces) == 3, "two sentences and a pause"


def test_what_needs_the_whole_sentence_is_refused(base: Voice) -> None:
    with pytest.raises(UserError, match="pitch_range cannot be changed: the melody's mean"):
        next(base.stream(by_word(TEXT), controls=Controls(pitch_range=0.5)))


def test_words_that_have_no_sound_are_refused_and_signs_passed_over(base: Voice) -> None:
    assert list(base.stream(["", " … ", "\n\n"])) == []
    with pytest.raises(Unpronounceable):
        list(base.stream(["Hello there. ", "今日は "]))


@pytest.mark.parametrize("pieces", [["<speak>Go home now.</speak>"], ["<spe", "ak>Go home ", "and be well</speak>"]])
def test_markup_in_pieces_is_refused_and_not_read_out(base: Voice, pieces: list[str]) -> None:
    with pytest.raises(UserError, match="SSML is read whole"):
        list(base.stream(iter(pieces)))


def test_a_text_that_fails_or_is_not_wanted_any_more_is_left(base: Voice) -> None:
    left = []

    def pieces(error: bool) -> Iterator[str]:
        try:
            yield from by_word(TEXT)
            if error:
                raise OSError("gone")
        finally:
            left.append(error)

    with pytest.raises(OSError, match="gone"):
        list(base.stream(pieces(True)))
    sounds = base.stream(pieces(False))
    next(sounds)
    del sounds
    gc.collect()
    assert left == [True, False]
