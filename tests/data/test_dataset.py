"""Prepared corpora become batches of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from tts.audio.config import AudioConfig
from tts.batch import encode_text
from tts.data.dataset import Item, SpeechDataset, items_of, mel_statistics
from tts.data.features import FeatureStore
from tts.data.manifest import CorpusInfo, PreparedCorpus, Split, Utterance
from tts.errors import UserError
from tts.text.symbols import SymbolTable, UnknownSymbol
from tts.text.tokens import Tokens

AUDIO = AudioConfig(n_mels=4)


def utterance(id: str, phones: str, frames: int, speaker: str = "ann", split: Split = "train") -> Utterance:
    """One word, spelt out, between `<s>` and `</s>`."""
    n = len(phones)
    return Utterance(
        id=id, recording=id, speaker=speaker, split=split, text=phones,
        seconds=(frames - 1) * AUDIO.frame_seconds,
        symbols=("<s>", *phones, "</s>"), stress=(0, 1, *[0] * n), word=(-1, *[0] * n, -1), words=(phones,),
    )  # fmt: skip


def corpus(
    folder: Path, name: str, utterances: Sequence[Utterance], seed: int = 0
) -> tuple[PreparedCorpus, FeatureStore]:
    info = CorpusInfo(name, "en-us", "none", "nobody", AUDIO.sample_rate, {"language": "en-us"})
    store = FeatureStore(folder / name, AUDIO)
    store.folder.mkdir()
    random = np.random.default_rng(seed)
    for u in utterances:
        np.save(store.path(u), random.normal(-4, 2, (store.frames(u), 5)).astype(np.float16))
    return PreparedCorpus(folder / name, info, list(utterances)), store


@pytest.fixture
def corpora(tmp_path: Path) -> list[tuple[PreparedCorpus, FeatureStore]]:
    first = [utterance("a", "kat", 12), utterance("b", "no", 7, "bob"), utterance("v", "at", 9, split="valid")]
    return [corpus(tmp_path, "one", first), corpus(tmp_path, "two", [utterance("a", "ton", 20, "bob")], seed=1)]


@pytest.fixture
def dataset(corpora: list[tuple[PreparedCorpus, FeatureStore]]) -> SpeechDataset:
    items = items_of(corpora, "train")
    table = SymbolTable.from_tokens(item.utterance.tokens for item in items)
    return SpeechDataset(items, table, ["bob", "ann"], AUDIO)


def test_items_are_those_of_the_split_in_order_each_with_its_corpus(corpora: list) -> None:
    items = items_of(corpora, "train")
    assert [(item.id, item.part, item.frames) for item in items] == [
        ("one/a", 0, 12),
        ("one/b", 0, 7),
        ("two/a", 1, 20),
    ]
    assert [item.id for item in items_of(corpora, "valid")] == ["one/v"]
    assert items_of(corpora, "test") == []


def test_an_utterance_with_more_tokens_than_frames_is_refused_by_name(tmp_path: Path) -> None:
    short = corpus(tmp_path, "short", [utterance("fine", "kat", 5), utterance("hasty", "kato", 5)])
    with pytest.raises(UserError, match=r"short/hasty: 5 frames for 6 tokens.*hop_length"):
        items_of([short], "train")


def test_a_batch_holds_every_utterance_padded_with_zeros(dataset: SpeechDataset) -> None:
    batch = dataset.collate([dataset[i] for i in range(len(dataset))])
    assert batch.ids == ["one/a", "one/b", "two/a"]
    assert batch.mel.shape == (3, 20, 4) and batch.mel.dtype == torch.float32
    assert batch.mel_lengths.tolist() == [12, 7, 20]
    assert batch.text.lengths.tolist() == [5, 4, 5]
    assert batch.text.speaker.tolist() == [1, 0, 0]
    assert batch.text.symbols.dtype == batch.mel_lengths.dtype == torch.int64
    for b, item in enumerate(dataset.items):
        n, t = int(batch.text.lengths[b]), item.frames
        assert dataset.table.decode(batch.text.symbols[b, :n]) == list(item.utterance.symbols)
        assert batch.text.stress[b, :n].tolist() == list(item.utterance.stress)
        assert batch.text.boundary[b, :n].tolist() == list(item.utterance.tokens.boundaries())
        mel, pitch = item.store.load(item.utterance)
        assert torch.equal(batch.mel[b, :t], mel) and torch.equal(batch.pitch[b, :t], pitch)
        assert not batch.mel[b, t:].any()
        assert not any(x[b, n:].any() for x in (batch.text.symbols, batch.text.stress, batch.text.boundary))


def test_a_batch_moves_whole(dataset: SpeechDataset) -> None:
    moved = dataset.collate([dataset[0]]).to("meta")
    tensors = [moved.mel, moved.mel_lengths, *(x for x in vars(moved.text).values() if x is not None)]
    assert all(x.device.type == "meta" for x in tensors)
    assert moved.ids == ["one/a"]


def test_an_unknown_symbol_names_itself_and_the_utterance() -> None:
    table = SymbolTable(("<pad>", "<s>", "</s>", "k"))
    tokens = Tokens(("<s>", "k", "x", "</s>"), (0, 0, 0, 0), (-1, 0, 0, -1), ("kx",))
    with pytest.raises(UnknownSymbol, match=r"utterance one/z.*'x'"):
        encode_text([tokens], [0], table, ["one/z"])


def test_each_token_has_the_number_of_its_language() -> None:
    table = SymbolTable(("<pad>", "<s>", "</s>", "k"))
    mixed = Tokens(("<s>", "k", "k", "</s>"), (0,) * 4, (-1, 0, 1, -1), ("k", "k"), ("de", "de", "fr-fr", "de"))
    plain = Tokens(("<s>", "k", "</s>"), (0,) * 3, (-1, 0, -1), ("k",)).in_language("fr-fr")
    batch = encode_text([mixed, plain], [0, 0], table, ["one/y", "one/z"], ["fr-fr", "de"])
    assert batch.language is not None
    assert batch.language.tolist() == [[1, 1, 0, 1], [0, 0, 0, 0]]
    assert encode_text([mixed], [0], table, ["one/y"], ["de"]).language is None, "a model of one has no number for it"
    with pytest.raises(UserError, match="utterance one/y: de is no language of this voice, which speaks fr-fr, it"):
        encode_text([mixed], [0], table, ["one/y"], ["fr-fr", "it"])


def test_missing_features_are_named(dataset: SpeechDataset) -> None:
    item = dataset[1]
    item.store.path(item.utterance).unlink()
    with pytest.raises(UserError, match=r"b\.npy.*prepare"):
        dataset.collate([item])


def test_mel_statistics_are_per_channel_over_all_frames(dataset: SpeechDataset) -> None:
    mels = torch.cat([item.store.load(item.utterance)[0] for item in dataset.items]).double()
    mean, std = mel_statistics(dataset.items)
    torch.testing.assert_close(mean.double(), mels.mean(0), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(std.double(), mels.std(0), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("count", [3, 10, 19, 20, 21, 39, 100])
def test_mel_statistics_read_no_more_than_the_limit_from_the_whole_list(
    dataset: SpeechDataset, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    items = [Item(dataset.items[0].utterance, dataset.items[0].corpus, dataset.items[0].store, k) for k in range(count)]
    by_store = FeatureStore.load

    def load(self: FeatureStore, utterance: Utterance) -> tuple[torch.Tensor, torch.Tensor]:
        read.append(1)
        return by_store(self, utterance)

    monkeypatch.setattr(FeatureStore, "load", load)
    mel_statistics(items, limit=10)
    assert min(count, 5) <= len(read) <= min(count, 10)
