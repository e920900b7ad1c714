"""A voice folder from an untrusted source: weights are checked, and nothing in them is run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.synthesis.sealed import reseal
from tts.errors import UserError
from tts.synthesis.voice import Voice


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_numbers_are_refused(value: float, copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights["decoder.envelope.bias"][3] = value
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"decoder\.envelope\.bias holds values that are not numbers"):
        Voice.load(copy)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shortest.frames", 20_000.0), ("shortest.frames", -1.0), ("mel_mean", 1e38), ("mel_std", 0.0),
        ("variance.recorded", -1.0), ("duration_predictor.out.bias", 1e30), ("decoder.harmonics", 1e3),
    ],
)  # fmt: skip
def test_weights_that_no_training_makes_are_refused(name: str, value: float, copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights[name].fill_(value)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=rf"{name} holds values from .* and training makes none beyond"):
        Voice.load(copy)


def test_all_weights_times_a_huge_number_are_refused(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    save_file({n: v * 1e30 if v.is_floating_point() else v for n, v in weights.items()}, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match="training makes none beyond"):
        Voice.load(copy)


@pytest.mark.parametrize("heads", [[False, False], [True, True]])
def test_heads_that_no_switch_chooses_are_refused(heads: list[bool], copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights["attention.monotonic"] = torch.tensor(heads)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"attention\.monotonic chooses .* heads"):
        Voice.load(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.pop("decoder.envelope.bias"),
        lambda w: w.update(extra=torch.zeros(1)),
        lambda w: w.update({"decoder.envelope.bias": torch.zeros(3)}),
        lambda w: w.update({"decoder.envelope.bias": torch.zeros(80, dtype=torch.complex64)}),
        lambda w: w.update({"attention.monotonic": torch.zeros(2, dtype=torch.bool)}),
    ],
)
def test_weights_of_another_model_are_refused(change: Callable[[Any], Any], copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    change(weights)
    save_file(weights, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors"):
        Voice.load(copy)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_weights_cut_short_are_refused_even_with_matching_hashes(share: float, copy: Path) -> None:
    path = copy / "model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be read"):
        Voice.load(copy)


def test_a_pickle_in_place_of_weights_is_refused_and_not_run(copy: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "it_ran"),)

    torch.save({"weights": Bomb()}, copy / "model.safetensors")
    reseal(copy)
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be read"):
        Voice.load(copy)
    assert not (tmp_path / "it_ran").exists()
