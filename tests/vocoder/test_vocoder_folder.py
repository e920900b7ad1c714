"""A vocoder's folder: what goes in comes out, in half the size if asked, and nothing in a stranger's is trusted."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from tts.errors import UserError
from tts.vocoder.folder import VocoderInfo, load_vocoder, save_vocoder

FILES = ("config.yaml", "model.safetensors", "vocoder.json")


@pytest.fixture
def copy(tiny_vocoder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_vocoder / "vocoder", tmp_path / "vocoder")


def reseal(folder: Path) -> None:
    """Give changed files the hashes that go with them, as someone who means harm would."""
    edit_info(folder, lambda info: info.update(sha256={n: digest(folder / n) for n in info["sha256"]}))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def edit_info(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    info = json.loads((folder / "vocoder.json").read_text())
    change(info)
    (folder / "vocoder.json").write_text(json.dumps(info))


def mel() -> torch.Tensor:
    return torch.randn(30, 90, generator=torch.Generator().manual_seed(0)) - 4


def test_what_goes_in_comes_out(copy: Path, tmp_path: Path) -> None:
    generator, info = load_vocoder(copy)
    save_vocoder(tmp_path / "again", generator, info)
    again, same_info = load_vocoder(tmp_path / "again")
    assert (again.config, again.audio, same_info) == (generator.config, generator.audio, info)
    assert torch.equal(again(mel()), generator(mel()))
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == sorted(FILES)


def test_loading_draws_no_random_number_of_the_run_that_asks_for_it(copy: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    load_vocoder(copy)
    assert torch.equal(torch.rand(3), expected)


def test_half_precision_halves_the_weights_and_hardly_changes_the_sound(copy: Path, tmp_path: Path) -> None:
    generator, info = load_vocoder(copy)
    half = VocoderInfo(info.licence, info.credits, info.training, half=True)
    save_vocoder(tmp_path / "half", generator, half)
    whole, less = ((folder / "model.safetensors").stat().st_size for folder in (copy, tmp_path / "half"))
    assert less < 0.6 * whole
    again, _ = load_vocoder(tmp_path / "half")
    assert all(p.dtype == torch.float32 for p in again.parameters())
    wav = generator(mel())
    # A pitch that differs by a thousandth shifts the pulses ever further: loudness is what can be compared.
    assert (again(mel()).square().mean() / wav.square().mean()).log().abs() < 0.01


def test_a_vocoder_says_what_it_learnt_from(tiny_vocoder: Path) -> None:
    _, info = load_vocoder(tiny_vocoder)
    assert "GPL" in info.licence
    assert "espeak" in info.credits
    assert info.training["name"] == "tiny_vocoder"
    assert info.training["step"] == 6


def test_it_holds_the_averaged_weights(tiny_vocoder: Path) -> None:
    state = torch.load(tiny_vocoder / "checkpoints" / "last.pt", weights_only=True)
    for name, value in load_file(tiny_vocoder / "vocoder" / "model.safetensors").items():
        assert torch.equal(value, state["average"][f"module.{name}"]), name


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_or_a_link_is_refused(name: str, copy: Path, tmp_path: Path) -> None:
    moved = shutil.move(copy / name, tmp_path / name)
    with pytest.raises(UserError, match=f"{name}: missing or not a plain file"):
        load_vocoder(copy)
    (copy / name).symlink_to(moved)
    with pytest.raises(UserError, match=f"{name}: missing or not a plain file"):
        load_vocoder(copy)


@pytest.mark.parametrize("name", FILES[:2])
def test_one_changed_bit_is_refused(name: str, copy: Path) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"{name}: changed since training"):
        load_vocoder(copy)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda c: c["generator"].update(_target_="os.system"), "unknown key '_target_'"),
        (lambda c: c["generator"].update(widht=3), "unknown key 'widht'; did you mean 'width'"),
        (lambda c: c["generator"].update(width="${oc.env:HOME}"), "expected int"),
        (lambda c: c["generator"].update(width=10**12), "width must lie between"),
        (lambda c: c["generator"].update(layers=10**6), "layers must lie between"),
        (lambda c: c["generator"].update(width=24), "different models"),
        (lambda c: c["generator"].update(layers=9), "different models"),
        (lambda c: c["generator"].update(steps=7), "must divide the hop"),
        (lambda c: c["generator"].update(window=10**9), "window must lie between"),
        (lambda c: c["generator"].update(steps=200, window=32768), "must be 2 to 64 times as long"),
        (lambda c: c["audio"].update(hop_length=2, win_length=4), "hop_length=2 at audio.sample_rate|must divide"),
        (lambda c: c["audio"].update(n_mels=10**9), "n_mels is beyond 1024"),
        (lambda c: c["audio"].update(n_mels=81), "different models"),
        (lambda c: c.pop("audio"), "the key 'audio' is missing"),
    ],
)
def test_settings_that_no_vocoder_has_are_refused(change: Callable[[Any], Any], complaint: str, copy: Path) -> None:
    config = yaml.safe_load((copy / "config.yaml").read_text())
    change(config)
    (copy / "config.yaml").write_text(yaml.safe_dump(config))
    reseal(copy)
    with pytest.raises(UserError, match=complaint):
        load_vocoder(copy)


def test_yaml_that_names_code_is_refused_and_not_run(copy: Path, tmp_path: Path) -> None:
    (copy / "config.yaml").write_text(f"audio: !!python/object/apply:os.mkdir [{tmp_path / 'it_ran'}]")
    reseal(copy)
    with pytest.raises(UserError, match=r"config\.yaml: cannot be read"):
        load_vocoder(copy)
    assert not (tmp_path / "it_ran").exists()


def test_a_pickle_in_place_of_weights_is_refused_and_not_run(copy: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "it_ran"),)

    torch.save({"weights": Bomb()}, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be read"):
        load_vocoder(copy)
    assert not (tmp_path / "it_ran").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.pop("mel_mean"),
        lambda w: w.update(extra=torch.zeros(1)),
        lambda w: w.update(mel_mean=torch.zeros(3)),
        lambda w: w.update(mel_mean=torch.zeros(80, dtype=torch.float16)),
        lambda w: w["mel_mean"].fill_(float("nan")),
        lambda w: w["mel_mean"].fill_(1e38),
        lambda w: w["mel_std"].fill_(0.0),
        lambda w: w["filter_trunk.head.weight"].fill_(1e30),
    ],
)
def test_weights_of_another_model_are_refused(change: Callable[[Any], Any], copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    change(weights)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors"):
        load_vocoder(copy)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda i: i.update(format=2), "format 2, this version reads 1"),
        (lambda i: i.pop("licence"), "'licence' is missing"),
        (lambda i: i.update(sha256={}), "changed since training"),
        (lambda i: i.update(half=True), "is torch.float32 and should be torch.float16"),
        (lambda i: i.update(run="rm"), "unknown key 'run'"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(change: Callable[[Any], Any], complaint: str, copy: Path) -> None:
    edit_info(copy, change)
    with pytest.raises(UserError, match=complaint):
        load_vocoder(copy)


def test_a_run_s_vocoder_is_found_between_two_renames(copy: Path) -> None:
    copy.rename(copy.with_name(".vocoder.old"))
    assert load_vocoder(copy.parent)[1] == load_vocoder(copy)[1]


def test_where_there_is_none_it_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no vocoder here; give the folder that training wrote as RUN_DIR/vocoder"):
        load_vocoder(tmp_path / "nowhere")
