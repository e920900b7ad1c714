"""Checkpoints are whole or not there, and reading one runs nothing."""

import os
import pickle
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tts.errors import UserError
from tts.training.checkpoint import load_checkpoint, restore_random_state, save_checkpoint


def test_round_trip(tmp_path: Path) -> None:
    state = {"weights": torch.randn(3, 2), "step": 7, "names": ["a", "ʃ"], "nested": {"lr": 0.5, "none": None}}
    save_checkpoint(tmp_path / "deep" / "last.pt", state)
    loaded = load_checkpoint(tmp_path / "deep" / "last.pt")
    assert torch.equal(loaded.pop("weights"), state.pop("weights"))
    assert loaded == {"format": 1, **state}
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["last.pt"]


def test_what_a_killed_run_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / "last.pt.4711.part").write_bytes(b"half")
    save_checkpoint(tmp_path / "last.pt", {"step": 1})
    assert [p.name for p in tmp_path.iterdir()] == ["last.pt"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_file_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"weights": torch.randn(500)})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UserError, match=r"last\.pt: not a readable checkpoint"):
        load_checkpoint(path)


@pytest.mark.parametrize("content", [b"not a checkpoint", b"\x80\x04.", b"PK\x03\x04 broken", b"\x00" * 100])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"last\.pt: not a"):
        load_checkpoint(path)


def test_other_tensors_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    torch.save([torch.zeros(2)], tmp_path / "list.pt")
    torch.save({"format": 99}, tmp_path / "future.pt")
    for name in ("list.pt", "future.pt"):
        with pytest.raises(UserError, match="not a checkpoint of this version"):
            load_checkpoint(tmp_path / name)
    with pytest.raises(UserError, match="no checkpoint here"):
        load_checkpoint(tmp_path / "none.pt")


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("save", [torch.save, lambda value, path: Path(path).write_bytes(pickle.dumps(value))])
def test_code_in_a_checkpoint_is_refused_and_not_run(save: Any, tmp_path: Path) -> None:
    mark = tmp_path / "it_ran"
    save({"format": 1, "weights": Bomb(mark)}, tmp_path / "bomb.pt")
    with pytest.raises(UserError, match="not a readable checkpoint"):
        load_checkpoint(tmp_path / "bomb.pt")
    assert not mark.exists()


@pytest.mark.parametrize("broken", ["fsync", "replace", "write"])
def test_a_crash_while_writing_leaves_the_old_one(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"step": 1})

    def crash(*_: Any, **__: Any) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        where, name = {"fsync": (os, "fsync"), "replace": (Path, "replace"), "write": (torch, "save")}[broken]
        patch.setattr(where, name, crash)
        with pytest.raises(OSError, match="power cut"):
            save_checkpoint(path, {"step": 2})
    assert load_checkpoint(path)["step"] == 1
    save_checkpoint(path, {"step": 3})
    assert load_checkpoint(path)["step"] == 3
    assert [p.name for p in tmp_path.iterdir()] == ["last.pt"]


def test_a_flipped_bit_is_noticed_and_the_other_checkpoints_are_named(tmp_path: Path) -> None:
    for name in ("best.pt", "step_0000003.pt", "last.pt"):
        save_checkpoint(tmp_path / name, {"weights": torch.zeros(5000)})
    content = bytearray((tmp_path / "last.pt").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "last.pt").write_bytes(content)
    with pytest.raises(UserError, match=r"last\.pt: damaged since it was written") as caught:
        load_checkpoint(tmp_path / "last.pt")
    for name in ("best.pt", "step_0000003.pt"):
        assert f"resume={tmp_path / name}" in str(caught.value)
    assert load_checkpoint(tmp_path / "best.pt")


def test_no_flipped_bit_anywhere_changes_what_is_read(tmp_path: Path) -> None:
    state = {"weights": torch.randn(500), "step": 7, "names": ["a", "ʃ"], "lr": 0.5}
    path = tmp_path / "last.pt"
    save_checkpoint(path, state)
    whole, draw = path.read_bytes(), random.Random(0)
    refused = 0
    for _ in range(200):
        content = bytearray(whole)
        content[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(content)
        try:
            found = load_checkpoint(path)
        except UserError:
            refused += 1
            continue
        assert torch.equal(found.pop("weights"), state["weights"])
        assert found == {"format": 1} | {name: value for name, value in state.items() if name != "weights"}
    assert refused > 50


def test_a_full_disk_leaves_the_old_one_and_says_so(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"step": 1})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"File too large.*last\.pt"):
            save_checkpoint(path, {"weights": torch.randn(50_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert load_checkpoint(path)["step"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["last.pt"]


def test_a_state_within_a_tensor_of_all_is_restored(tmp_path: Path) -> None:
    torch.manual_seed(1)
    wanted = torch.get_rng_state()
    states = list(torch.stack([torch.zeros_like(wanted), wanted]).unbind(0))  # as versions without copies saved them
    save_checkpoint(tmp_path / "last.pt", {"rng": states})
    torch.manual_seed(2)
    second: Any = SimpleNamespace(global_rank=1, device=torch.device("cpu"))
    restore_random_state(second, load_checkpoint(tmp_path / "last.pt")["rng"])
    assert torch.equal(torch.get_rng_state(), wanted)
