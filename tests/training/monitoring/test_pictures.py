"""Pictures that other packages add; one that fails does not end the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tts.training.monitoring import pictures
from tts.training.monitoring.pictures import AlignmentPicture, Picture, TrainingView, ValidationView


@pytest.fixture(autouse=True)
def _registers_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "TRAINING", dict(pictures.TRAINING))
    monkeypatch.setattr(pictures, "VALIDATION", dict(pictures.VALIDATION))


def test_pictures_of_another_package_are_shown_beside_the_built_in_ones(
    make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    @pictures.training_picture
    def squared(view: TrainingView) -> dict[str, Picture]:
        weights = view.report.alignment[0, : view.frames, : view.tokens].square()
        return {"mine/squared": AlignmentPicture(weights, view.axes())}

    @pictures.validation_picture
    def lengths(view: ValidationView) -> dict[str, Picture]:
        figure = Figure(figsize=(2, 2))
        figure.gca().bar(["recording", "made"], [view.frames, int(view.from_text.mel_lengths[view.row])])
        return {"lengths": figure}

    make_trainer(tmp_path, "debug=fast", "trainer.max_steps=3").fit()
    board = EventAccumulator(str(tmp_path / "tensorboard"), size_guidance={"images": 0})
    board.Reload()
    assert {"mine/squared", "alignment/used", "valid_1/lengths", "valid_1/alignment"} <= set(board.Tags()["images"])
    assert [event.step for event in board.Images("mine/squared")] == [
        event.step for event in board.Images("alignment/used")
    ]


def test_a_picture_that_fails_is_left_out_with_one_warning(
    make_trainer: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    @pictures.training_picture
    def raising(view: TrainingView) -> dict[str, Picture]:
        raise KeyError("no such head")

    @pictures.training_picture
    def misshapen(view: TrainingView) -> dict[str, Picture]:
        return {"misshapen": AlignmentPicture(torch.zeros(3, 2), view.axes())}

    @pictures.training_picture
    def no_picture(view: TrainingView) -> dict[str, Any]:
        return {"no_picture": view.report.mel}

    @pictures.validation_picture
    def undrawable(view: ValidationView) -> dict[str, Picture]:
        figure = Figure(figsize=(2, 2))
        figure.gca().set_title(r"a formula that is none: $\nothing{$")
        return {"undrawable": figure}

    trainer = make_trainer(tmp_path, "debug=fast")
    trainer.fit()
    assert trainer.step == 6
    warnings = [line for line in capsys.readouterr().err.splitlines() if line.startswith("picture ")]
    for name, reason in (
        ("raising", "KeyError: 'no such head'"),
        ("misshapen", "ValueError: weights of shape (3, 2)"),
        ("no_picture", "TypeError: 'no_picture' is a Tensor"),
        ("undrawable", "ValueError: "),
    ):
        [warning] = [line for line in warnings if f"{__name__}." in line and f".{name} fails" in line]
        assert f"is left out from here on: {reason}" in warning
    assert len(warnings) == 4
    board = EventAccumulator(str(tmp_path / "tensorboard"), size_guidance={"images": 0})
    board.Reload()
    assert {"alignment/used", "valid_1/alignment"} <= set(board.Tags()["images"])
