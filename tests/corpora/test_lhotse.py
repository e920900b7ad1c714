"""Lhotse's manifests, written by lhotse."""

from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, rows, sounds
from tts.errors import UserError

lhotse = pytest.importorskip("lhotse", reason="pip install '.[lhotse]'")


def manifests(root: Path, **changes: object):
    """A talk of two sentences by two speakers, the second one on the second of two channels, and one whole file."""
    sounds(root / "wavs", "talk.wav", channels=2, seconds=2.0)
    sounds(root / "wavs", "whole.wav", seconds=0.5)
    recordings = [lhotse.Recording.from_file(root / "wavs" / f"{name}.wav") for name in ("talk", "whole")]
    said = lhotse.SupervisionSegment
    supervisions = [
        said("talk-1", "talk", 0.25, 0.5, channel=0, text="One.", speaker="mia", language="English"),
        said("talk-2", "talk", 1.0, 0.5, channel=1, text="Zwei.", speaker="tom", language="German"),
        said("whole", "whole", 0.0, 0.5, channel=0, text="Three."),
    ]
    return lhotse.RecordingSet.from_recordings(recordings), lhotse.SupervisionSet.from_segments(supervisions)


def check(recordings) -> None:
    assert rows(recordings) == [("talk-1", "mia", "One."), ("talk-2", "tom", "Zwei."), ("whole", "me", "Three.")]
    assert [(r.source, r.language) for r in recordings] == [("talk", ""), ("talk", "de"), ("whole", "")]
    loaded = [r.load() for r in recordings]
    assert [len(sound.wav) for sound in loaded] == [4000, 4000, 4000]
    assert [sound.channel for sound in loaded] == ["1 of 2", "2 of 2", ""]


@pytest.mark.parametrize("layout", ["lhotse", "auto"])
@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl"])
def test_recordings_and_supervisions(tmp_path: Path, layout: str, ending: str) -> None:
    recordings, supervisions = manifests(tmp_path)
    recordings.to_file(tmp_path / f"mine_recordings_all.{ending}")
    supervisions.to_file(tmp_path / f"mine_supervisions_all.{ending}")
    check(read(layout, tmp_path, name="me"))
    (tmp_path / f"mine_recordings_all.{ending}").unlink()
    with pytest.raises(UserError, match=r"no mine_recordings_all\.jsonl.* beside it; here are"):
        read(layout, tmp_path)


def test_cuts(tmp_path: Path) -> None:
    cuts = lhotse.CutSet.from_manifests(*manifests(tmp_path)).trim_to_supervisions(keep_all_channels=False)
    cuts.to_file(tmp_path / "mine_cuts.jsonl.gz")
    check(read("lhotse", tmp_path, name="me"))
    cuts.to_file(tmp_path / "mine_supervisions.jsonl.gz")
    (tmp_path / "mine_recordings.jsonl.gz").touch()
    with pytest.raises(UserError, match=r"holds supervisions \(mine_supervisions\.jsonl\.gz\) and cuts"):
        read("lhotse", tmp_path)


def test_cuts_of_recordings_that_are_to_be_transformed_are_called_so(tmp_path: Path) -> None:
    cuts = lhotse.CutSet.from_manifests(*manifests(tmp_path / "sound")).trim_to_supervisions(keep_all_channels=False)
    (tmp_path / "cuts").mkdir()
    cuts.resample(4000).to_file(tmp_path / "cuts/mine_cuts.jsonl.gz")
    with pytest.raises(UserError, match=r"as corpus=lhotse, talk-1: its recording is to be transformed; save it with"):
        read("auto", tmp_path / "cuts")


def test_a_command_in_a_manifest_is_not_run(tmp_path: Path) -> None:
    recordings, supervisions = manifests(tmp_path)
    harmful = []
    for recording in recordings:
        recording.sources[0].type, recording.sources[0].source = "command", f"touch {tmp_path}/run"
        harmful.append(recording)
    lhotse.RecordingSet.from_recordings(harmful).to_file(tmp_path / "recordings.jsonl")
    supervisions.to_file(tmp_path / "supervisions.jsonl")
    found = read("lhotse", tmp_path)
    assert set(problems(found).values()) == {"its sound is no file but a command; save it as one"}
    for recording in found:
        with pytest.raises(UserError, match="no such audio file"):
            recording.load()
    assert not (tmp_path / "run").exists()


def test_damage_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "recordings.jsonl").write_text('{"id": 1')
    (tmp_path / "supervisions.jsonl").write_text('{"id": 1')
    with pytest.raises(UserError, match=r"lhotse cannot read its manifests"):
        read("lhotse", tmp_path)


def test_a_missing_recording_is_not_another_speaker_s(tmp_path: Path) -> None:
    recordings, supervisions = manifests(tmp_path)
    moved = []
    for recording in recordings:
        recording.sources[0].source = f"mia/{recording.id}.wav"
        moved.append(recording)
    lhotse.RecordingSet.from_recordings(moved).to_file(tmp_path / "recordings.jsonl")
    supervisions.to_file(tmp_path / "supervisions.jsonl")
    (tmp_path / "wavs").rename(tmp_path / "tom")
    assert {r.stamp.partition(":")[0] for r in read("lhotse", tmp_path)} == {"missing"}
