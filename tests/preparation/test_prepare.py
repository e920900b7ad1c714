import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.corpora.corpus import Recording, Sound
from tts.corpora.ljspeech import LJSpeech
from tts.data import features
from tts.data.features import FeatureStore, ensure_features
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.intervals import Interval, read_textgrid
from tts.preparation import prepare as preparation
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.preparation.splits import assign_splits
from tts.storage.locks import exclusive, in_turn
from tts.storage.ownership import MARK, kind_of
from tts.text.config import TextConfig

AUDIO, TEXT = AudioConfig(), TextConfig(units="graphemes")
RATE = 22050


def babble(seconds: float, rate: int = RATE) -> torch.Tensor:
    noise = torch.randn(round(seconds * rate), generator=torch.Generator().manual_seed(3))
    return 0.1 * noise


def spoken(*seconds: float, silence: float = 0.4) -> torch.Tensor:
    """Stretches of noise between silences."""
    gap = torch.zeros(round(silence * RATE))
    return torch.cat([gap] + [part for s in seconds for part in (babble(s), gap)])


@dataclasses.dataclass(frozen=True)
class Given:
    recordings: tuple[Recording, ...]
    name: str = "given"
    language: str = "en-us"
    licence: str = "none"
    credits: str = "nobody"

    def __iter__(self):
        return iter(self.recordings)


def load(wav: torch.Tensor, truth: dict[str, list[Interval]] | None = None) -> Sound:
    return Sound([wav], RATE, truth)


def die() -> Sound:
    os._exit(11)


def fail() -> Sound:
    raise UserError("broken file")


def rec(id: str, wav: torch.Tensor, text: str = "one two three", **more: object) -> Recording:
    return Recording(id, "me", text, partial(load, wav), **more)  # type: ignore[arg-type]


def run(out: Path, *recordings: Recording, limits: Limits | None = None, workers: int = 0):
    return prepare(Given(recordings), out, AUDIO, TEXT, limits or Limits(), workers)


def reasons(out: Path) -> dict[str, str]:
    rows = [line.split("\t") for line in (out / "rejected.tsv").read_text().splitlines()[1:]]
    return {row[0]: row[1] for row in rows}


def test_every_flaw_is_listed_with_its_reason(tmp_path: Path) -> None:
    good = spoken(1.0)
    loud = spoken(1.0)
    loud[10000:12000] = 1.0
    report = run(
        tmp_path, rec("good", good), rec("good", good), rec("../up", good), rec(".hidden", good),
        rec("blank", good, "  "),
        rec("signs", good, "?! --"), rec("mojibake", good, "caf\ufffd"), Recording("broken", "me", "a", fail),
        rec("empty", torch.zeros(0)), rec("quiet", torch.zeros(RATE)), rec("clipped", loud),
        rec("long", spoken(14.0), "one long breath " * 9), rec("fast", spoken(1.0), "much " * 14),
        rec("slow", spoken(7.0), "oh"), rec("dense", spoken(0.3), "a much too long text"),
    )  # fmt: skip
    assert reasons(tmp_path) == {
        "good": "duplicate id", "../up": "unsafe id", ".hidden": "unsafe id", "blank": "empty text",
        "signs": "unpronounceable text", "mojibake": "unpronounceable text",
        "broken": "unreadable or empty audio",
        "empty": "unreadable or empty audio", "quiet": "silent", "clipped": "clipped", "long": "too long",
        "fast": "speaking rate out of range", "slow": "speaking rate out of range",
        "dense": "speaking rate out of range",
    }  # fmt: skip
    assert report.utterances["train"] == 1 and sum(report.rejected.values()) == 14
    assert not (tmp_path.parent / "up.flac").exists()
    assert "duplicate id" in report.table()


def test_what_is_loud_but_no_speech_is_rejected(tmp_path: Path) -> None:
    time = torch.arange(round(1.5 * RATE)) / RATE

    def tone(hertz: float) -> torch.Tensor:
        return torch.sin(2 * torch.pi * hertz * time)

    flat = torch.full_like(time, 0.5)
    sounds = {
        "constant": flat, "steps": 0.3 * tone(4).sign(), "rumble": 0.3 * tone(10), "tone": 0.3 * tone(440),
        "noisy": 0.3 * tone(440) + 0.02 * babble(1.5), "square": 0.5 * tone(150).sign(),
        "two": 0.2 * (tone(697) + tone(1209)),
        "clipped": (0.9 * tone(200)).clamp(-0.5, 0.5), "hum": 0.1 * (tone(50) + tone(100) + 0.5 * tone(150)),
    }  # fmt: skip
    gap = torch.zeros(RATE // 2)
    recordings = [rec("good", spoken(1.0))]
    for name, wav in sounds.items():
        recordings += [
            rec(name, wav, "one two three four"),
            rec(f"{name}+", torch.cat([gap, wav, gap]), "one two three"),
        ]
    run(tmp_path, *recordings)
    assert reasons(tmp_path) == {recording.id: "no speech" for recording in recordings[1:]}


def test_a_recording_that_would_not_fit_in_memory_is_rejected(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(waveform, "MOST_SAMPLES", 2 * AUDIO.sample_rate)
    run(tmp_path, rec("good", spoken(1.0)), rec("long", spoken(3.0)))
    assert reasons(tmp_path) == {"long": "too long"}


def test_names_that_are_not_utf8_are_rejected_by_name(tmp_path: Path) -> None:
    def missing() -> Sound:
        raise UserError("no file \udce4.wav")

    good = rec("good", spoken(1.0))
    recordings = [
        good, dataclasses.replace(good, id="b\udce4r"), dataclasses.replace(good, id="her", speaker="J\udcfcrgen"),
        dataclasses.replace(good, id="said", text="b\udce4h"), dataclasses.replace(good, id="gone", load=missing),
    ]  # fmt: skip
    for _ in range(2):
        run(tmp_path, *recordings)
        assert reasons(tmp_path) == {
            "b\\udce4r": "unsafe id", "her": "unsafe speaker", "said": "unpronounceable text",
            "gone": "unreadable or empty audio",
        }  # fmt: skip


def test_fewer_frames_than_tokens(tmp_path: Path) -> None:
    limits = Limits(max_rate=1000)
    run(tmp_path, rec("ok", spoken(1.0)), rec("dense", spoken(0.3), "so many letters " * 5), limits=limits)
    assert reasons(tmp_path) == {"dense": "fewer frames than phones"}


def test_silence_is_trimmed_to_the_margin_and_truth_moves_along(tmp_path: Path) -> None:
    truth = {"phones": [Interval("sil", 0.0, 0.4), Interval("a", 0.4, 0.9), Interval("b", 0.9, 1.4)]}
    run(tmp_path, Recording("a", "me", "one two", partial(load, spoken(1.0), truth)))
    corpus = read_manifest(tmp_path)
    (utterance,) = corpus.utterances
    assert utterance.seconds == pytest.approx(1.2, abs=0.03)
    wav = waveform.read(corpus.audio_path(utterance), AUDIO.sample_rate)
    assert len(wav) == round(utterance.seconds * AUDIO.sample_rate)
    phones = read_textgrid(tmp_path / "truth" / "a.TextGrid")["phones"]
    assert [p.label for p in phones] == ["sil", "a", "b"]
    assert phones[1].start == pytest.approx(0.1, abs=0.02) and phones[2].end == pytest.approx(1.1, abs=0.02)


def test_long_recordings_are_cut_where_text_and_pauses_agree(tmp_path: Path) -> None:
    sentences = ["Aaaa bbbb cccc dddd eeee.", "Ffff gggg.", "Hhhh iiii jjjj kkkk llll mmmm nnnn."]
    wav = spoken(*(0.15 * sum(c.isalpha() for c in s) for s in sentences))
    report = run(tmp_path, rec("x", wav, " ".join(sentences)), rec("y", spoken(1.0)))
    pieces = [u for u in read_manifest(tmp_path).utterances if u.recording == "x"]
    assert [u.text for u in pieces] == sentences
    assert [u.id for u in pieces] == ["x~01", "x~02", "x~03"]
    assert [u.seconds for u in pieces] == pytest.approx([3.2, 1.4, 4.4], abs=0.05)
    assert len({u.split for u in pieces}) == 1 and report.cut == 1


def test_stopped_preparation_goes_on_and_changes_are_noticed(tmp_path: Path, monkeypatch) -> None:
    calls: list[str] = []
    original = preparation.UtteranceMaker.__call__

    def watched(self, recording):
        if recording.id == "stop":
            raise KeyboardInterrupt
        calls.append(recording.id)
        return original(self, recording)

    monkeypatch.setattr(preparation.UtteranceMaker, "__call__", watched)
    a, b = rec("a", spoken(1.0)), rec("b", spoken(1.0), "four five")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, a, rec("stop", spoken(1.0)), b)
    assert calls == ["a"] and not (tmp_path / "manifest.jsonl").exists()
    run(tmp_path, a, b)
    assert calls == ["a", "b"]
    first = (tmp_path / "manifest.jsonl").read_bytes()
    run(tmp_path, a, b)
    assert calls == ["a", "b"] and (tmp_path / "manifest.jsonl").read_bytes() == first
    run(tmp_path, dataclasses.replace(a, stamp="new"), b)
    assert calls == ["a", "b", "a"]
    run(tmp_path, a, b, limits=Limits(margin_seconds=0.05))
    assert calls[3:] == ["a", "b"]


def test_a_corpus_that_is_half_prepared_again_is_not_taken_for_finished(tmp_path: Path) -> None:
    def stop() -> Sound:
        raise KeyboardInterrupt

    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, rec("a", spoken(1.5), stamp="new"), Recording("b", "me", "one two", stop, stamp="new"))
    with pytest.raises(UserError, match="no prepared corpus"):
        read_manifest(tmp_path)


def test_trying_the_rejected_again_leaves_a_finished_corpus_finished(tmp_path: Path) -> None:
    def stop() -> Sound:
        raise KeyboardInterrupt

    def denied() -> Sound:
        raise PermissionError("no")

    good = rec("a", spoken(1.0))
    run(tmp_path, good, Recording("b", "me", "one two", denied))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, good, Recording("b", "me", "one two", stop))
    assert [u.id for u in read_manifest(tmp_path).utterances] == ["a"]


def test_what_may_have_been_mended_is_tried_again_and_what_the_recording_says_is_not(tmp_path: Path) -> None:
    def lacking(error: Exception) -> Sound:
        raise error

    good, short = rec("good", spoken(1.0)), rec("short", spoken(0.05))
    failing = [
        Recording(id, "me", "one two three", partial(lacking, error))
        for id, error in (("denied", PermissionError("no")), ("memory", MemoryError()), ("codec", UserError("what?")))
    ]
    run(tmp_path, good, short, *failing)
    assert set(reasons(tmp_path)) == {"short", "denied", "memory", "codec"}
    mended = [dataclasses.replace(f, load=good.load) for f in failing]
    run(tmp_path, good, dataclasses.replace(short, load=fail), *mended)
    assert set(reasons(tmp_path)) == {"short"} and reasons(tmp_path)["short"] != "unreadable or empty audio"
    assert len(read_manifest(tmp_path).utterances) == 4


def test_a_recording_that_kills_its_process_is_lost_alone_each_time(tmp_path: Path) -> None:
    recordings = [rec(f"r{i}", spoken(0.8 + 0.1 * i)) for i in range(3)]
    bomb = Recording("bomb", "me", "boom", die)
    run(tmp_path / "many", recordings[0], bomb, *recordings[1:], workers=1)
    run(tmp_path / "one", *recordings)
    assert reasons(tmp_path / "many") == {"bomb": "failed"}
    assert "its process ended with status 11" in (tmp_path / "many/rejected.tsv").read_text()
    assert (tmp_path / "many/manifest.jsonl").read_bytes() == (tmp_path / "one/manifest.jsonl").read_bytes()
    run(tmp_path / "many", recordings[0], bomb, *recordings[1:], workers=2)
    assert reasons(tmp_path / "many") == {"bomb": "failed"}


def test_two_preparations_of_one_folder_at_once_are_refused(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)))
    before = (tmp_path / "manifest.jsonl").read_bytes()
    with (
        exclusive(tmp_path, "corpus.out"),
        pytest.raises(UserError, match=rf"in use by process {os.getpid()} .*corpus\.out=PATH"),
    ):
        run(tmp_path, rec("b", spoken(1.0)))
    assert (tmp_path / "manifest.jsonl").read_bytes() == before


def test_nothing_usable_and_foreign_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none of 1 .*silent \(1\).*rejected.tsv"):
        run(tmp_path / "a", rec("quiet", torch.zeros(RATE)))
    (tmp_path / "b" / "audio").mkdir(parents=True)
    (tmp_path / "b" / "audio" / "mine.wav").write_text("mine")
    with pytest.raises(UserError, match=r"holds audio/, which preparation did not write .*corpus\.out=PATH"):
        run(tmp_path / "b", rec("a", spoken(1.0)))
    (tmp_path / "b" / "manifest.jsonl").write_text('{"audio_filepath": "audio/mine.wav"}\n')  # as NeMo has it
    (tmp_path / "b" / "prepared.jsonl").write_text("[1]\n")
    with pytest.raises(UserError, match=r"holds audio/, manifest\.jsonl, prepared\.jsonl"):
        run(tmp_path / "b", rec("a", spoken(1.0)))
    assert (tmp_path / "b" / "audio" / "mine.wav").exists()


def test_only_files_that_a_preparation_wrote_are_removed(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)), rec("c", spoken(1.0)))
    names = (".ipynb_checkpoints", "notes.txt", "old.flac", "song~1.flac", "a.flac.7.part", "b.flac.7.part")
    others = [tmp_path / "audio" / name for name in names]
    others[0].mkdir()
    for path in others[1:]:
        path.write_text("x")
    left = {".ipynb_checkpoints", "notes.txt", "old.flac", "song~1.flac", "a.flac"}
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    assert {p.name for p in (tmp_path / "audio").iterdir()} == left | {"b.flac"}
    # What was written under other settings is ours as well.
    run(tmp_path, rec("a", spoken(1.0)), limits=Limits(margin_seconds=0.05))
    assert {p.name for p in (tmp_path / "audio").iterdir()} == left


def test_what_was_prepared_before_folders_were_marked_goes_on(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)))
    (tmp_path / MARK).unlink()
    run(tmp_path, Recording("a", "me", "one two three", fail))  # done before: not read again
    assert [u.id for u in read_manifest(tmp_path).utterances] == ["a"] and kind_of(tmp_path) == "preparation"
    for name in (MARK, "prepared.jsonl"):
        (tmp_path / name).unlink()
    run(tmp_path, rec("a", spoken(1.0)))
    (tmp_path / "fetched" / "downloads").mkdir(parents=True)
    run(tmp_path / "fetched", rec("a", spoken(1.0)))


def test_a_damaged_journal_costs_time_and_nothing_else(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    first = (tmp_path / "manifest.jsonl").read_bytes()
    with (tmp_path / "prepared.jsonl").open("a") as journal:
        journal.write('[1]\n7\n{"id": 3, "key": "", "accepted": [], "rejected": []}\n{"id": "b", "key": ')
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    assert (tmp_path / "manifest.jsonl").read_bytes() == first


LINE = {
    "id": "a", "recording": "a", "speaker": "me", "split": "train", "text": "oh", "seconds": 1.0,
    "symbols": ["<s>", "o", "</s>"], "stress": [0, 1, 0], "word": [-1, 0, -1], "words": ["oh"],
}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        b"\xff", b"[" * 100_000, b'{"id": ' + b"1" * 5000 + b"}", b"{", b"[]", json.dumps(LINE).encode(),
        *(
            json.dumps(LINE | {"id": "b"} | change).encode()
            for change in (
                {"stress": [0]}, {"stress": [0, 10**30, 0]}, {"word": [-1, 1, -1]}, {"symbols": [], "stress": [],
                "word": []}, {"seconds": float("nan")}, {"seconds": float("inf")}, {"seconds": 0}, {"id": "../b"},
                {"seconds": 1e308}, {"seconds": -1.0}, {"seconds": True}, {"id": "b" * 300}, {"id": "b\0"},
                {"id": ".b"}, {"id": "b\ud800"}, {"speaker": "\udcff"}, {"speaker": ""},
                {"symbols": ["<s>", "\ud83d", "</s>"]},
                {"symbols": ["<s>", "", "</s>"]}, {"words": ["\udcff"]}, {"split": "both"}, {"text": 7},
                {"symbols": ["o"] * 100_001, "stress": [0] * 100_001, "word": [0] * 100_001},
            )
        ),
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_named_by_line(tmp_path: Path, line: bytes) -> None:
    info = {"name": "n", "language": "en", "licence": "", "credits": "", "sample_rate": 16000, "text": {}}
    (tmp_path / "corpus.json").write_text(json.dumps(info))
    first = json.dumps(LINE).encode() + b"\n"
    (tmp_path / "manifest.jsonl").write_bytes(first)
    assert [u.id for u in read_manifest(tmp_path).utterances] == ["a"]
    (tmp_path / "manifest.jsonl").write_bytes(first + line + b"\n")
    with pytest.raises(UserError, match=r"manifest\.jsonl:2"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sample_rate": 0}, "sample_rate=0"), ({"sample_rate": 10**30}, "sample_rate"), ({"name": "\udcff"}, "half a"),
        ({"text": {"units": "sounds"}}, "text.units"), ({"text": {"tongue": "en"}}, "text: unknown key"),
        ({"name": 1}, "name"),
    ],
)  # fmt: skip
def test_a_damaged_card_is_named(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    (tmp_path / "manifest.jsonl").write_text(json.dumps(LINE) + "\n")
    info = {"name": "n", "language": "en", "licence": "", "credits": "", "sample_rate": 16000, "text": {}}
    (tmp_path / "corpus.json").write_text(json.dumps(info))
    assert read_manifest(tmp_path).info.text["units"] == "phones"
    (tmp_path / "corpus.json").write_text(json.dumps(info | change))
    with pytest.raises(UserError, match=rf"corpus\.json: .*{complaint}|corpus\.json\.{complaint}"):
        read_manifest(tmp_path)


def test_splits_are_stable_and_never_empty() -> None:
    ids = [f"r{i}" for i in range(2000)]
    splits = assign_splits(ids, 5, 5)
    assert splits == assign_splits(reversed(ids), 5, 5)
    assert all(assign_splits(ids[:700], 5, 5)[i] == splits[i] for i in ids[:700])
    assert 60 < list(splits.values()).count("valid") < 140
    assert set(assign_splits(["a", "b"], 5, 5).values()) >= {"train", "valid"}
    assert assign_splits(["a"], 99, 0) == {"a": "train"}


def test_features_are_cached_and_renewed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.5)))
    corpus = read_manifest(tmp_path)
    store = ensure_features(corpus, AUDIO, 2)
    assert "to compute, once: 2" in capsys.readouterr().err
    a = corpus.utterances[0]
    wav = waveform.read(corpus.audio_path(a), AUDIO.sample_rate)
    expected = LogMel(AUDIO)(wav)
    mel, pitch = store.load(a)
    assert mel.dtype == torch.float32 and mel.shape == (store.frames(a), 80) and pitch.shape == (store.frames(a),)
    assert torch.allclose(store.load(a)[0], expected, atol=5e-3)
    kept = store.path(corpus.utterances[1]).stat().st_mtime_ns
    store.path(a).write_bytes(store.path(a).read_bytes()[:500])
    with pytest.raises(UserError, match="damaged"):
        store.load(a)[0]
    ensure_features(corpus, AUDIO, 1)
    assert "to compute, once: 1" in capsys.readouterr().err
    ensure_features(corpus, AUDIO, 1)
    assert not capsys.readouterr().err
    assert torch.allclose(store.load(a)[0], expected, atol=5e-3)
    assert store.path(corpus.utterances[1]).stat().st_mtime_ns == kept
    other = ensure_features(corpus, AudioConfig(n_mels=40), 1)
    assert other.folder != store.folder and other.load(a)[0].shape[1] == 40
    with pytest.raises(UserError, match="22050"):
        ensure_features(corpus, AudioConfig(sample_rate=22050, hop_length=256), 1)


def computed(corpus: PreparedCorpus, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Ids of the utterances whose features are computed (again) now."""
    store = FeatureStore(corpus.folder / "features" / AUDIO.fingerprint, AUDIO)
    before = {u.id: store.path(u).stat().st_ino if store.path(u).exists() else 0 for u in corpus.utterances}
    ensure_features(corpus, AUDIO, 1)
    changed = [u.id for u in corpus.utterances if store.path(u).stat().st_ino != before[u.id]]
    said = capsys.readouterr().err
    assert f"to compute, once: {len(changed)} utterance" in said if changed else not said
    return changed


def test_features_are_of_what_the_recording_holds_whatever_its_date(tmp_path: Path, capsys) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    corpus = read_manifest(tmp_path)
    a, b = (corpus.audio_path(u) for u in corpus.utterances)
    assert computed(corpus, capsys) == ["a", "b"]
    wav = waveform.read(a, AUDIO.sample_rate)
    waveform.write(a, 0.5 * wav, AUDIO.sample_rate)
    os.utime(a, ns=(10**18, 10**18))  # long ago
    assert computed(corpus, capsys) == ["a"]
    os.utime(b, ns=(10**18, 10**18))  # as in a copy of the corpus
    assert computed(corpus, capsys) == []
    # An earlier version noted nothing down: its features stay, and are held to their recordings from then on.
    (tmp_path / "features" / AUDIO.fingerprint / "origins.jsonl").unlink()
    assert computed(corpus, capsys) == []
    waveform.write(a, wav, AUDIO.sample_rate)
    os.utime(a, ns=(10**18, 10**18))
    assert computed(corpus, capsys) == ["a"]
    with (tmp_path / "features" / AUDIO.fingerprint / "origins.jsonl").open("a") as origins:
        origins.write('[]\n{"id": "a"}\n{"id": "b", "sta')
    assert computed(corpus, capsys) == []


def test_features_that_another_training_makes_meanwhile_are_not_made_again(tmp_path: Path, capsys, monkeypatch) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    corpus = read_manifest(tmp_path)

    @contextlib.contextmanager
    def after_another(folder: Path, work: str) -> Iterator[None]:
        monkeypatch.setattr(features, "in_turn", in_turn)
        ensure_features(corpus, AUDIO, 1)
        with in_turn(folder, work):
            yield

    monkeypatch.setattr(features, "in_turn", after_another)
    ensure_features(corpus, AUDIO, 1)
    assert capsys.readouterr().err.count("to compute") == 1


def test_prepared_from_a_users_folder(tmp_path: Path) -> None:
    (tmp_path / "in/wavs").mkdir(parents=True)
    for name in ("a", "b"):
        waveform.write(tmp_path / "in/wavs" / f"{name}.wav", spoken(1.0), RATE)
    (tmp_path / "in/metadata.csv").write_text("a|One two.\nb|Three four.\nc|Missing.\n")
    prepare(LJSpeech(str(tmp_path / "in")), tmp_path / "out", AUDIO, TEXT, Limits(), 0)
    assert [u.id for u in read_manifest(tmp_path / "out").utterances] == ["a", "b"]
    assert json.loads((tmp_path / "out/report.json").read_text())["rejected"] == {"unreadable or empty audio": 1}
    assert np.isclose(read_manifest(tmp_path / "out").utterances[0].seconds, 1.2, atol=0.03)
