"""TextGrids become frames per token, or a reason why they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tts.audio.config import AudioConfig
from tts.data.dataset import Item, SpeechDataset
from tts.data.features import FeatureStore
from tts.data.given_durations import OtherPhones, durations_of, with_durations
from tts.data.manifest import CorpusInfo, PreparedCorpus, Utterance
from tts.errors import UserError
from tts.intervals import Interval, write_textgrid
from tts.models.predictors.duration import hard_alignment
from tts.synthesis.timings import timings
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens, is_silence

HOP = 0.0125
AUDIO = AudioConfig(n_mels=4)


def spoken(*words: str) -> Tokens:
    """Words spelt out, a letter a phone; a mark after a word is a token of its own."""
    symbols, word = ["<s>"], [-1]
    for number, written in enumerate(words):
        symbols += list(written)
        word += [-1 if is_silence(symbol) else number for symbol in written]
    names = tuple(written.rstrip(",.") for written in words)
    return Tokens((*symbols, "</s>"), (0,) * (len(symbols) + 1), (*word, -1), names)


@st.composite
def texts(draw: st.DrawFn) -> Tokens:
    words = draw(st.lists(st.text("aab", min_size=1, max_size=3), min_size=1, max_size=4))
    return spoken(*(word + draw(st.sampled_from(["", "", ",", "."])) for word in words))


def intervals(*rows: tuple[str, float]) -> list[Interval]:
    """Labels and the ends of their intervals in frames, one after another from 0."""
    ends = [0.0, *(end for _, end in rows)]
    return [Interval(label, a * HOP, b * HOP) for (label, _), (a, b) in zip(rows, pairwise(ends), strict=True) if b > a]


def durations(tokens: Tokens, rows: Sequence[tuple[str, float]], frames: int) -> list[int]:
    return durations_of(intervals(*rows), tokens, frames, HOP, "x").tolist()


@given(st.data())
def test_any_times_give_every_token_a_frame_and_all_frames_a_token(data: st.DataObject) -> None:
    tokens = data.draw(texts())
    frames = data.draw(st.integers(len(tokens), len(tokens) + 30))
    phones = [symbol for symbol in tokens.symbols if not is_silence(symbol)]
    rows: list[tuple[str, float]] = []
    at = 0.0
    for phone in phones:
        for label in (*data.draw(st.lists(st.sampled_from(["", "sil", ",", "sp"]), max_size=2)), phone):
            at += data.draw(st.floats(0.01, 12))
            rows.append((label, at))
    rows.append(("", at + data.draw(st.floats(0.01, 5))))
    found = durations_of(intervals(*rows), tokens, frames, HOP, "x")
    assert found.dtype == torch.int64
    assert found.shape == (len(tokens),)
    assert found.min() >= 1
    assert found.sum() == frames


@given(st.data())
def test_durations_written_as_times_and_read_again_are_the_same(data: st.DataObject) -> None:
    tokens = data.draw(texts())
    given_ones = data.draw(st.lists(st.integers(1, 9), min_size=len(tokens), max_size=len(tokens)))
    frame_seconds = data.draw(st.sampled_from([0.0125, 200 / 22050, 256 / 24000]))
    frames = sum(given_ones)
    _, phones = timings(tokens, given_ones, frame_seconds, 0.0, (frames - 1) * frame_seconds + 0.003)
    assert durations_of(phones, tokens, frames, frame_seconds, "x").tolist() == given_ones
    alignment = hard_alignment(torch.tensor([given_ones]), frames)
    assert alignment[0].sum(0).long().tolist() == given_ones


@given(st.data())
def test_a_frame_is_in_the_interval_that_its_centre_is_in(data: st.DataObject) -> None:
    tokens = spoken(data.draw(st.text("ab", min_size=1, max_size=5)))
    labels = ["sil", *tokens.symbols[1:-1], "sil"]
    ends, at = [], 0.0
    for _ in labels:
        at += data.draw(st.floats(1.01, 9))  # no interval without a centre
        ends.append(at)
    frames = int(at) + 1
    rows = intervals(*zip(labels, ends, strict=True))
    found = durations_of(rows, tokens, frames, HOP, "x")
    owner = torch.repeat_interleave(found)
    for t in range(frames):
        place = int(owner[t])
        assert rows[place].start - 1e-9 <= t * HOP <= rows[place].end + 1e-9


def test_a_boundary_on_a_centre_gives_the_frame_to_what_starts_there() -> None:
    assert durations(spoken("a"), [("", 3), ("a", 7), ("", 10)], 10) == [3, 4, 3]


# Where silences go


@pytest.mark.parametrize("blank", ["", "sil", "sp", ","])
def test_a_silence_goes_to_what_stands_for_one(blank: str) -> None:
    rows = [(blank, 5), ("a", 8), (blank, 12), ("b", 20), (blank, 26)]
    assert durations(spoken("a,", "b"), rows, 26) == [5, 3, 4, 8, 6]
    assert durations(spoken("a", "b"), rows, 26) == [5, 7, 8, 6]  # unmarked: to the phone before
    assert durations(spoken("ab"), rows, 26) == [5, 7, 8, 6]  # as is a closure within a word


def test_pauses_without_a_silence_take_a_frame_from_what_follows() -> None:
    rows = [("a", 8), ("b", 20)]
    assert durations(spoken("a,", "b"), rows, 20) == [1, 7, 1, 10, 1]
    assert durations(spoken("a,", "b."), rows, 20) == [1, 7, 1, 9, 1, 1]


def test_the_silence_at_the_end_is_the_end_s_unless_the_file_divides_it() -> None:
    tokens = spoken("a.")
    assert durations(tokens, [("", 3), ("a", 7), ("sil", 17)], 17) == [3, 4, 1, 9]
    assert durations(tokens, [("", 3), ("a", 7), ("sil", 11), ("", 17)], 17) == [3, 4, 4, 6]
    assert durations(tokens, [("", 3), ("a", 7), ("sp", 11), ("", 13), ("sil", 17)], 17) == [3, 4, 4, 6]


def test_time_that_no_interval_covers_is_silence() -> None:
    rows = [Interval("a", 2 * HOP, 5 * HOP), Interval("b", 9 * HOP, 12 * HOP)]
    assert durations_of(rows, spoken("a,", "b"), 20, HOP, "x").tolist() == [2, 3, 4, 3, 8]


def test_phones_shorter_than_a_frame_get_one() -> None:
    rows = [("", 3), ("a", 3.2), ("b", 3.4), ("c", 3.5), ("d", 10), ("", 12)]
    assert durations(spoken("abcd"), rows, 12) == [3, 1, 1, 1, 4, 2]
    assert durations(spoken("abcd"), rows, 6) == [1] * 6


def test_fewer_frames_than_tokens_are_no_durations() -> None:
    with pytest.raises(ValueError, match="5 frames for 6 tokens"):
        durations(spoken("abcd"), [("a", 1), ("b", 2), ("c", 3), ("d", 4)], 5)


# What does not fit


@pytest.mark.parametrize(
    ("theirs", "complaint"),
    [
        ("kaz", r"x: phone 3 is 'z' at 0\.10 s, but the text front end has 't', in 'kat'"),
        ("ka", r"x: phone 3 is no more, but the text front end has 't', in 'kat'"),
        ("katno", r"x: phone 5 is 'o' at 0\.15 s, but the text front end has no more"),
        ("", r"x: phone 1 is no more, but the text front end has 'k', in 'kat'"),
    ],
)
def test_the_first_phone_that_differs_is_named(theirs: str, complaint: str) -> None:
    rows = [("", 4), *((label, 6 + 2 * k) for k, label in enumerate(theirs)), ("", 30)]
    with pytest.raises(OtherPhones, match=complaint + "; the aligner must be given the phones of the text front end"):
        durations(spoken("kat,", "n"), rows, 30)


# Folders of TextGrids


def utterance(id: str, tokens: Tokens, frames: int) -> Utterance:
    return Utterance(
        id=id, recording=id, speaker="ann", split="train", text=" ".join(tokens.words),
        seconds=(frames - 1) * AUDIO.frame_seconds, symbols=tokens.symbols, stress=tokens.stress, word=tokens.word,
        words=tokens.words,
    )  # fmt: skip


@pytest.fixture
def items(tmp_path: Path) -> list[Item]:
    """Three utterances of 30, 20 and 25 frames of a corpus `mine`."""
    own = [
        utterance(id, spoken(*words), frames)
        for id, words, frames in (("one", ["kat,", "no."], 30), ("two", ["at"], 20), ("three", ["no"], 25))
    ]
    info = CorpusInfo("mine", "en-us", "none", "nobody", AUDIO.sample_rate, {"language": "en-us"})
    corpus, store = PreparedCorpus(tmp_path, info, own), FeatureStore(tmp_path / "features", AUDIO)
    store.folder.mkdir()
    for u in own:
        np.save(store.path(u), np.zeros((store.frames(u), AUDIO.n_mels + 1), np.float16))
    return [Item(u, corpus, store, 0) for u in own]


def write(folder: Path, item: Item, tier: str = "phones", phones: Sequence[str] = (), end: float | None = None) -> Path:
    """A TextGrid as MFA writes it: phones of three frames from the fifth on, blanks elsewhere."""
    folder.mkdir(exist_ok=True)
    labels = phones or [symbol for symbol in item.utterance.symbols if not is_silence(symbol)]
    hop = AUDIO.frame_seconds
    rows = [Interval(label, (5 + 3 * k) * hop, (8 + 3 * k) * hop) for k, label in enumerate(labels)]
    words = [Interval("all", rows[0].start, rows[-1].end)]
    path = folder / f"{item.utterance.id}.TextGrid"
    write_textgrid(path, {tier.replace("phones", "words"): words, tier: rows}, end or item.utterance.seconds)
    return path


@pytest.mark.parametrize("tier", ["phones", "ann - phones"])
def test_files_of_an_outside_aligner_are_read_and_become_a_batch(items: list[Item], tmp_path: Path, tier: str) -> None:
    for item in items:
        write(tmp_path / "grids", item, tier)
    left_out: dict[str, str] = {}
    found = with_durations(items, tmp_path / "grids", left_out)
    assert left_out == {}
    assert [item.utterance for item in found] == [item.utterance for item in items]
    assert [item.durations for item in found] == [
        (5, 3, 3, 3, 1, 2, 3, 1, 9),
        (5, 3, 3, 9),
        (5, 3, 3, 14),
    ]
    table = SymbolTable.from_tokens(item.utterance.tokens for item in items)
    batch = SpeechDataset(found, table, ["ann"], AUDIO).collate(found[:2]).to("cpu")
    assert SpeechDataset(items, table, ["ann"], AUDIO).collate(items).durations is None
    assert batch.durations is not None
    assert batch.durations.tolist() == [[5, 3, 3, 3, 1, 2, 3, 1, 9], [5, 3, 3, 9, 0, 0, 0, 0, 0]]
    assert torch.equal(batch.durations.sum(1), batch.mel_lengths)


def test_a_folder_of_the_corpus_s_name_comes_first(items: list[Item], tmp_path: Path) -> None:
    for item in items:
        write(tmp_path / "grids", item)
    (tmp_path / "grids" / "mine").mkdir()
    left_out: dict[str, str] = {}
    with pytest.raises(UserError, match=r"grids/mine/one\.TextGrid: no such file"):
        with_durations(items, tmp_path / "grids", left_out)
    write(tmp_path / "grids" / "mine", items[1])
    assert [item.utterance.id for item in with_durations(items, tmp_path / "grids", left_out)] == ["two"]


def test_what_does_not_fit_is_left_out_with_its_reason(items: list[Item], tmp_path: Path) -> None:
    grids = tmp_path / "grids"
    good = write(grids, items[0])
    write(grids, items[1], phones="ab")
    left_out: dict[str, str] = {}
    assert [item.utterance.id for item in with_durations(items, grids, left_out)] == ["one"]
    assert list(left_out) == ["mine/two", "mine/three"]
    assert "two.TextGrid: phone 2 is 'b' at 0.10 s" in left_out["mine/two"]
    assert "three.TextGrid: no such file; time the corpus with scripts/align.py" in left_out["mine/three"]

    write(grids, items[1], end=items[1].utterance.seconds + 0.11)
    (grids / "three.TextGrid").write_text("no grid")
    left_out.clear()
    assert [item.utterance.id for item in with_durations(items, grids, left_out)] == ["one"]
    assert "two.TextGrid: 0.35 s long, but the recording has 0.24 s; time it again" in left_out["mine/two"]
    assert "three.TextGrid: not a readable TextGrid" in left_out["mine/three"]

    good.rename(grids / "three.TextGrid")
    with pytest.raises(
        UserError, match=r"nothing there fits the 3 train utterances of mine; the first: .*one\.TextGrid"
    ):
        with_durations(items, grids, left_out)
    assert with_durations([], grids, left_out) == []


def test_a_few_hundredths_more_or_less_are_no_matter(items: list[Item], tmp_path: Path) -> None:
    item = items[1]
    for seconds in (item.utterance.seconds - 0.09, item.utterance.seconds + 0.09):
        write(tmp_path / "grids", item, end=seconds)
        (found,) = with_durations([item], tmp_path / "grids", {})
        assert found.durations is not None and sum(found.durations) == item.frames


def test_the_phone_set_of_another_dictionary_is_explained(items: list[Item], tmp_path: Path) -> None:
    write(tmp_path / "grids", items[1], phones=["AE1", "T"])
    with pytest.raises(
        UserError, match=r"phone 1 is 'AE1' .* has 'a', in 'at'; the aligner must be given the phones of the text"
    ):
        with_durations(items[1:2], tmp_path / "grids", {})


def test_a_phone_that_does_not_fit_is_named_where_its_file_has_it(items: list[Item], tmp_path: Path) -> None:
    item = items[1]
    moved = replace(item.utterance, original="two.wav", offset=7.0, original_seconds=20.0)
    corpus = replace(item.corpus, utterances=[moved])
    hop = AUDIO.frame_seconds
    phones = [Interval("a", 7 + 5 * hop, 7 + 8 * hop), Interval("b", 7 + 8 * hop, 7 + 11 * hop)]
    (tmp_path / "grids").mkdir()
    write_textgrid(tmp_path / "grids" / "two.TextGrid", {"phones": phones}, 20.0)
    with pytest.raises(UserError, match=r"two\.TextGrid: phone 2 is 'b' at 7\.10 s"):
        with_durations([replace(item, corpus=corpus, utterance=moved)], tmp_path / "grids", {})
