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
from tts.synthesis.growing import GrowingSentence
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
            yield sentence.grow(tokens.until(known), False)
        yield sentence.grow(tokens, True)


def new_sentence(voice: Voice) -> GrowingSentence:
    def encode(tokens: Tokens) -> Any:
        return encode_text([tokens.in_language("en-us")], [0], voice.table, ["text"], voice.info.languages)

    return GrowingSentence(voice.model, encode, lambda tokens: None, 1.0, lambda tokens: 10_000)


def test_it_begins_long_before_the_sentence_ends(base: Voice) -> None:
    read: list[str] = []

    def words() -> Iterator[str]:
        for word in by_word(TEXT):
            read.append(word)
            yield word

    sounds = base.stream(words())
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
        count = next(n for n in range(3, len(tokens)) if len(sentence.grow(tokens.until(n), False)))
        begun[ahead] = count
    assert begun[0] < begun[2] < begun["null"]


def replace_frames(voice: Voice, sentence: GrowingSentence) -> GrowingSentence:
    """An untrained voice's tokens are short: let each last as long as the decoder sees."""
    voice.model.shortest.frames.fill_(float(sentence.reach))
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
    first = sentence.grow(said.until(len(said) - 1), False)
    spoken = len(sentence.ends)
    word = max(said.word[:spoken])
    rest = sentence.grow(corrected, True)
    assert len(first) and len(rest)
    assert sentence.tokens.symbols[:spoken] == said.symbols[:spoken]
    assert sentence.tokens.words == said.words[: word + 1] + corrected.words[word + 1 :]
    assert sentence.tokens.symbols[-1] == "</s>"
    assert sentence.ends[-1] == len(first) + len(rest)


@pytest.mark.parametrize("text", [
    "The early bird and a hungry worm, who were the only ones awake, saw an old owl on the apple tree.",
    "We paid 5 € for 3 kg of apples on May 5, 2021 and 20 more people came to see us at 17:05 in the end.",
])  # fmt: skip
def test_what_is_known_early_is_read_as_in_the_whole(base: Voice, text: str) -> None:
    whole = read_tokens(text, base.config.text, base.table, "en-us")
    states = list(read_growing(text, base.config.text, base.table, "en-us", 300))
    assert len(states) > 8
    for tokens, _ in states:
        assert tokens.symbols == whole.symbols[: len(tokens)], tokens.words[-1]


def test_a_vocoder_that_needs_all_frames_gets_them(base: Voice) -> None:
    voice = Voice(base.model, base.config, base.table, base.info, GriffinLimVocoder(iterations=1))
    pieces = list(voice.stream(by_word(TEXT)))
    assert len(pieces) == 3, "two sentences and a pause"


def test_what_needs_the_whole_sentence_is_refused(base: Voice) -> None:
    with pytest.raises(UserError, match="pitch_range cannot be changed: the melody's mean"):
        next(base.stream(by_word(TEXT), controls=Controls(pitch_range=0.5)))


def test_words_that_have_no_sound_are_refused_and_signs_passed_over(base: Voice) -> None:
    assert list(base.stream(["", " … ", "\n\n"])) == []
    with pytest.raises(Unpronounceable):
        list(base.stream(["Hello there. ", "中文 "]))


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
