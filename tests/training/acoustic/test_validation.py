"""What validation says where there is nothing to measure."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.training.monitoring.means import Means, in_words


def test_a_voice_that_voices_nothing_has_no_pitch_error(
    make_trainer: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = make_trainer(tmp_path, "debug=fast")
    voicing = trainer.averaged_model.decoder.pitch_predictor.out
    with torch.no_grad():
        voicing.weight.zero_()
        voicing.bias.copy_(torch.tensor([0.0, -9.0]))
    metrics = trainer.validate(trainer.log)
    assert math.isnan(metrics.pop("pitch_error"))
    assert all(map(math.isfinite, metrics.values()))
    trainer.log.validation(metrics | {"pitch_error": math.nan}, 1, 0.1)
    assert "pitch_error –" in capsys.readouterr().err
    trainer.log.close()


def test_a_vocoder_without_a_voiced_recording_has_no_pitch_error(
    make_vocoder_trainer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make_vocoder_trainer(tmp_path, "debug=vocoder_fast")
    store = type(trainer.validator.items[0].store)
    load = store.load
    monkeypatch.setattr(store, "load", lambda *a: (load(*a)[0], torch.zeros(len(load(*a)[0]))))
    metrics = trainer.validate(trainer.log)
    assert math.isnan(metrics.pop("pitch"))
    assert all(map(math.isfinite, metrics.values()))
    trainer.log.close()


def test_what_is_missing_has_no_part_in_a_mean() -> None:
    means = Means()
    means.add({"a": 1.0, "b": math.nan, "c": math.nan}, 3)
    means.add({"a": 5.0, "b": 2.0, "c": math.nan}, 1)
    assert {name: in_words(value) for name, value in means.values().items()} == {"a": "2.000", "b": "2.000", "c": "–"}
