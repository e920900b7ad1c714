"""Pictures that other packages add."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tts.training.monitoring import pictures
from tts.training.monitoring.pictures import AlignmentPicture, Picture, TrainingView, ValidationView


def test_pictures_of_another_package_are_shown_beside_the_built_in_ones(
    make_trainer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "TRAINING", dict(pictures.TRAINING))
    monkeypatch.setattr(pictures, "VALIDATION", dict(pictures.VALIDATION))

    @pictures.training_picture
    def squared(view: TrainingView) -> dict[str, Picture]:
        weights = view.report.alignment[0, : view.frames, : view.tokens].square()
        return {"mine/squared": AlignmentPicture(weights, view.axes())}

    @pictures.validation_picture
    def lengths(view: ValidationView) -> dict[str, Picture]:
        figure = Figure(figsize=(2, 2))
        FigureCanvasAgg(figure)
        figure.gca().bar(["recording", "made"], [view.frames, int(view.from_text.mel_lengths[view.row])])
        return {"lengths": figure}

    make_trainer(tmp_path, "debug=fast", "trainer.max_steps=3").fit()
    board = EventAccumulator(str(tmp_path / "tensorboard"), size_guidance={"images": 0})
    board.Reload()
    assert {"mine/squared", "alignment/used", "valid_1/lengths", "valid_1/alignment"} <= set(board.Tags()["images"])
    assert [event.step for event in board.Images("mine/squared")] == [
        event.step for event in board.Images("alignment/used")
    ]
