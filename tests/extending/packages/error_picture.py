"""A picture in TensorBoard: where in time and frequency a held-out recording is reconstructed badly."""

from __future__ import annotations

from matplotlib.figure import Figure

from tts.training.monitoring.pictures import Picture, ValidationView, validation_picture


@validation_picture
def mel_error(view: ValidationView) -> dict[str, Picture]:
    figure = Figure(figsize=(8, 3))
    axes = figure.gca()
    axes.imshow(view.output.error[view.row, : view.frames].float().cpu().T, origin="lower", aspect="auto")
    axes.set(xlabel="frame", ylabel="channel")
    axes.set_title(view.title, parse_math=False)  # a `$` in the text is no formula
    return {"mel_error": figure}
