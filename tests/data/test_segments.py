"""Stretches of recordings: what is cut is what is there, and a step's batch is known from its number alone."""

from pathlib import Path

import pytest
import soundfile
import torch

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.data import segments
from tts.data.dataset import Item, items_of
from tts.data.features import ensure_features
from tts.data.manifest import read_manifest
from tts.data.segments import Numbers, RecordedSegments, SegmentBatch, StoredSegments, read_samples
from tts.errors import UserError

AUDIO = AudioConfig()
FRAMES = 30


@pytest.fixture(scope="module")
def items(prepared: Path) -> list[Item]:
    corpus = read_manifest(prepared)
    return items_of([(corpus, ensure_features(corpus, AUDIO, 1))], "train")


@pytest.fixture
def as_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SPEEDS", (segments.Fraction(1),))
    monkeypatch.setattr(segments, "QUIETEST", 0.0)
    monkeypatch.setattr(segments, "LOUDEST", 0.0)


def dataset(items: list[Item], size: int = 4, seed: int = 0, weights: list[float] | None = None) -> RecordedSegments:
    return RecordedSegments(items, weights or [1.0], AUDIO, FRAMES, size, seed)


def same(a: SegmentBatch, b: SegmentBatch) -> bool:
    return a.ids == b.ids and all(torch.equal(x, y) for x, y in ((a.wav, b.wav), (a.mel, b.mel), (a.pitch, b.pitch)))


def test_a_batch_is_known_from_seed_and_number(items: list[Item]) -> None:
    one = dataset(items)
    assert same(one[7], dataset(items)[7])
    assert not same(one[7], one[8])
    assert not same(one[7], dataset(items, seed=1)[7])


def test_shapes_fit_one_another(items: list[Item]) -> None:
    batch = dataset(items)[0]
    assert batch.wav.shape == (4, (FRAMES - 1) * AUDIO.hop_length)
    assert batch.mel.shape == (4, FRAMES, AUDIO.n_mels)
    assert batch.pitch.shape == (4, FRAMES)
    assert batch.wav[:, batch.inner(5)].shape == (4, (FRAMES - 1 - 10) * AUDIO.hop_length)


def test_mel_and_pitch_are_those_of_the_samples(items: list[Item], as_recorded: None) -> None:
    batch = dataset(items, 8)[3]
    by_id = {item.id: item for item in items}
    for id, wav, mel, pitch in zip(batch.ids, batch.wav, batch.mel, batch.pitch, strict=True):
        recording, _ = soundfile.read(by_id[id].corpus.audio_path(by_id[id].utterance), dtype="float32")
        whole, hop = torch.from_numpy(recording), AUDIO.hop_length
        full_mel, full_pitch = LogMel(AUDIO)(whole), by_id[id].store.load(by_id[id].utterance)[1]
        start = next(
            t for t in range(len(full_pitch)) if torch.equal(whole[t * hop : t * hop + len(wav)], wav[: len(whole)])
        )
        inside = slice(4, -4)  # the recording's own ends are mirrored, those of a stretch silent
        torch.testing.assert_close(mel[inside], full_mel[start : start + FRAMES][inside], rtol=0, atol=1e-3)
        assert torch.equal(pitch, full_pitch[start : start + FRAMES])


def test_a_faster_recording_is_higher_and_holds_more(items: list[Item], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "QUIETEST", 0.0)
    monkeypatch.setattr(segments, "LOUDEST", 0.0)
    found = {}
    for speed in (segments.Fraction(4, 5), segments.Fraction(1), segments.Fraction(5, 4)):
        monkeypatch.setattr(segments, "SPEEDS", (speed,))
        batches = [dataset(items, 16)[number] for number in range(4)]
        pitch = torch.cat([batch.pitch for batch in batches])
        found[speed] = float(pitch[pitch > 0].median())
    medians = list(found.values())
    assert medians[0] < medians[1] < medians[2]
    assert medians[2] / medians[0] == pytest.approx(25 / 16, rel=0.2)


def test_stored_mels_go_with_the_samples_they_are_stored_for(items: list[Item]) -> None:
    hop, by_id = AUDIO.hop_length, {item.id: item for item in items}
    data = StoredSegments(items, [1.0], AUDIO, FRAMES, 8, 0)
    batch = data[2]
    assert same(batch, StoredSegments(items, [1.0], AUDIO, FRAMES, 8, 0)[2])
    for id, wav, mel, pitch in zip(batch.ids, batch.wav, batch.mel, batch.pitch, strict=True):
        stored, contour = by_id[id].store.load(by_id[id].utterance)
        (start,) = [t for t in range(len(stored) - FRAMES + 1) if torch.equal(stored[t : t + FRAMES], mel)]
        assert torch.equal(contour[start : start + FRAMES], pitch)
        assert torch.equal(read_samples(by_id[id], start * hop, len(wav)), wav)


def test_a_recording_shorter_than_a_stretch_is_followed_by_silence(items: list[Item]) -> None:
    frames = items[0].frames + 20
    for kind in (RecordedSegments, StoredSegments):
        batch = kind(items[:1], [1.0], AUDIO, frames, 2, 0)[0]
        assert batch.mel.shape == (2, frames, AUDIO.n_mels)
        assert batch.wav.shape == (2, (frames - 1) * AUDIO.hop_length)
    assert (batch.mel[:, -15:] == torch.tensor(AUDIO.floor).log()).all()
    assert not batch.wav[:, -15 * AUDIO.hop_length :].any()
    assert not batch.pitch[:, -15:].any()


def test_corpora_are_drawn_by_weight(items: list[Item]) -> None:
    half = len(items) // 2
    mixed = [Item(i.utterance, i.corpus, i.store, int(n >= half)) for n, i in enumerate(items)]
    first = {item.id for item in mixed[:half]}
    data = dataset(mixed, 50, weights=[3.0, 1.0])
    drawn = [id for number in range(8) for id in data[number].ids]
    assert sum(id in first for id in drawn) / len(drawn) == pytest.approx(0.75, abs=0.08)


def test_silence_stands_before_and_behind_a_recording(items: list[Item]) -> None:
    whole, _ = soundfile.read(items[0].corpus.audio_path(items[0].utterance), dtype="float32")
    wav = read_samples(items[0], -100, len(whole) + 300)
    assert len(wav) == len(whole) + 300
    assert not wav[:100].any()
    assert not wav[-200:].any()
    assert torch.equal(wav[100:-200], torch.from_numpy(whole))


def test_a_recording_that_is_gone_is_named(items: list[Item], tmp_path: Path) -> None:
    corpus = type(items[0].corpus)(**(vars(items[0].corpus) | {"folder": tmp_path}))
    lost = Item(items[0].utterance, corpus, items[0].store, 0)
    with pytest.raises(UserError, match="not readable as audio; prepare the corpus again"):
        read_samples(lost, 0, 10)


def test_processes_share_the_numbers_out() -> None:
    def first(numbers: Numbers) -> list[int]:
        return [n for n, _ in zip(numbers, range(4), strict=False)]

    assert first(Numbers(6, 2)) == [6, 8, 10, 12]
    assert first(Numbers(7, 2)) == [7, 9, 11, 13]
