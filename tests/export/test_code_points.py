"""What espeak-ng says, sent as code points, becomes the tokens that the front end makes of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tts.export.code_points import CodePoints, Regrouped, samples_per_id
from tts.synthesis.reading import read_tokens
from tts.synthesis.voice import Voice
from tts.text.ipa import ipa
from tts.text.symbols import SymbolTable


@pytest.fixture(scope="module")
def base() -> Voice:
    return Voice.load("base")


@pytest.fixture(scope="module")
def points(base: Voice) -> CodePoints:
    return CodePoints(base.table)


def ids_of(points: CodePoints, text: str) -> torch.Tensor:
    """As a host sends them: pads between, `^` and `$` at the ends."""
    ids = [1, 0]
    for point in unicodedata.normalize("NFD", text):
        ids += [*points.id_map[point], 0]
    return torch.tensor([*ids, 2])


def read(points: CodePoints, text: str) -> Regrouped:
    ids = ids_of(points, text)
    return points(ids, torch.tensor(len(ids)))


def rows(points: CodePoints, table: SymbolTable, text: str) -> list[tuple[str, int, int]]:
    regrouped = read(points, text)
    n = int(regrouped.length)
    assert not regrouped.symbols[n:].any()
    columns = (regrouped.symbols, regrouped.stress, regrouped.boundary)
    symbols, stress, boundary = (column[:n].tolist() for column in columns)
    return list(zip(table.decode(symbols), stress, boundary, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "The little boy's bottle had fallen under the chair.",
        "Hello! I am sorry; the balloon is a button.",
        "A fire, an iron: who are you?",
        "Go.",
    ],
)
def test_tokens_stress_and_places_are_those_of_the_front_end(base: Voice, points: CodePoints, text: str) -> None:
    tokens = read_tokens(text, base.config.text, base.table, "en-us")
    expected = list(zip(tokens.symbols, tokens.stress, tokens.boundaries(), strict=True))
    assert rows(points, base.table, ipa(tokens)) == expected


@pytest.mark.parametrize(
    ("written", "phones"),
    [
        ("bˈɑːɾəl", "b ɑː ɾ əl"),
        ("həlˈoʊ", "h ə l oʊ"),  # before a vowel the two are apart
        ("sˈɑːɹi", "s ɑː ɹ i"),
        ("kˈɑːɹ", "k ɑːɹ"),
        ("bˈʌʔn̩", "b ʌ ʔ n̩"),
        ("tʃˈaɪɚ", "tʃ aɪɚ"),
    ],
)
def test_the_longest_phone_is_taken(points: CodePoints, base: Voice, written: str, phones: str) -> None:
    assert [symbol for symbol, _, _ in rows(points, base.table, written)][1:-1] == phones.split()


def test_a_letter_that_the_voice_lacks_is_the_nearest_it_has(points: CodePoints, base: Voice) -> None:
    assert [symbol for symbol, _, _ in rows(points, base.table, "ʁa:")][1:-1] == ["ɹ", "æ", ","]


def test_pads_anywhere_and_ids_behind_the_end_change_nothing(points: CodePoints) -> None:
    ids = ids_of(points, "tʃˈɪldɹən, həlˈoʊ.")
    one = points(ids, torch.tensor(len(ids)))
    bare = ids[ids != 0]
    for other in (
        points(bare, torch.tensor(len(bare))),
        points(torch.cat([torch.zeros(3, dtype=torch.int64), ids]), torch.tensor(len(ids) + 3)),
        points(torch.cat([ids, ids]), torch.tensor(len(ids))),
    ):
        n = int(other.length)
        assert n == int(one.length)
        for name in ("symbols", "stress", "boundary"):
            assert (getattr(one, name)[:n] == getattr(other, name)[:n]).all()


@given(st.lists(st.sampled_from(["tʃ", "aɪɚ", "ˈ", "ɑːɹ", "ə", "l", "əl", " ", ",", "ː", "t", "ʃ", "n̩"]), max_size=40))
def test_any_sentence_is_read_as_one_after_another_from_the_left(points: CodePoints, pieces: Sequence[str]) -> None:
    """What the chain of functions finds at once is what a loop finds in turn."""
    ids = ids_of(points, "".join(pieces))
    codes = ids[ids != 0]
    size, symbol = points._longest(codes)
    starts, place = [], 0
    while place < len(codes):
        starts.append(place)
        place += int(size[place])
    expected = [int(symbol[i]) for i in starts if symbol[i] > 0]
    regrouped = points(ids, torch.tensor(len(ids)))
    assert regrouped.symbols[: int(regrouped.length)].tolist() == expected


@given(st.lists(st.integers(1, 30), min_size=12, max_size=12))
def test_the_ids_last_as_long_as_the_sound(points: CodePoints, durations: list[int]) -> None:
    regrouped = read(points, "tʃˈaɪɚ həlˈoʊ.")
    n = int(regrouped.length)
    frames = torch.zeros(len(regrouped.symbols), dtype=torch.int64)
    frames[:n] = torch.tensor(durations[:n])
    hops = samples_per_id(regrouped, frames)
    assert (hops >= 0).all()
    assert float(hops.sum()) == int(frames.sum()) - 1
    for token in range(1, n - 1):
        assert float(hops[regrouped.owner == token].sum()) == int(frames[token])
    assert not hops[regrouped.owner < 0].any()
