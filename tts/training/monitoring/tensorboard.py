"""TensorBoard: scalars, alignment pictures, mels and audio, written by a thread beside training."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tensorboard.data_compat import migrate_value  # type: ignore[import-untyped]
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter
from torch.utils.tensorboard.summary import audio as audio_summary

from tts.reporting.plots import COLOURS, LOUDEST, QUIETEST
from tts.training.monitoring.axes import Axes

QUEUE = 64

_default_excepthook = threading.excepthook


def _ignore_writer_threads(failed: threading.ExceptHookArgs) -> None:
    """An error in a thread of tensorboard's is raised again by its writer: do not print it here."""
    if not type(failed.thread).__module__.startswith("tensorboard."):
        _default_excepthook(failed)


threading.excepthook = _ignore_writer_threads


class ColourMap:
    """A matplotlib colour map as a table on the training device: pictures are made there, and only bytes are copied."""

    def __init__(self, name: str, device: torch.device) -> None:
        table = colormaps[name](np.linspace(0, 1, 256))[:, :3]
        self.table = torch.tensor(np.round(table * 255), dtype=torch.uint8, device=device)

    def __call__(self, values: Tensor, low: float = 0.0, high: float = 1.0) -> Tensor:
        """`[T, X]` → picture uint8 `[3, X, T]`: time to the right, the first row at the bottom."""
        levels = ((values.detach().float() - low) / (high - low) * 255).nan_to_num(0).clamp(0, 255).long()
        return self.table[levels].permute(2, 1, 0).flip(1)


class TensorBoard:
    """A writer whose pictures and sounds are encoded by a thread of its own.

    A picture is copied from the device without waiting for it; the thread waits. If the thread falls behind by `QUEUE`
    pictures, training waits for it rather than filling the memory.
    """

    def __init__(self, folder: Path, device: torch.device, first_step: int = 0) -> None:
        self.writer = SummaryWriter(str(folder), purge_step=first_step + 1)
        self.device = device
        self.colours = ColourMap(COLOURS, device)
        self._thread = ThreadPoolExecutor(1, "tensorboard")
        self._pending: list[Future[None]] = []

    def scalars(self, values: dict[str, float], step: int) -> None:
        """A value that is missing (NaN) has no point in its curve."""
        for name, value in values.items():
            if not math.isnan(value):
                self.writer.add_scalar(name, value, step)

    def markdown(self, name: str, text: str, step: int) -> None:
        self.writer.add_text(name, text, step)

    def text(self, name: str, text: str, step: int) -> None:
        """`text` as it is written, in one line."""
        self.markdown(name, _verbatim(text), step)

    def alignment(self, name: str, alignment: Tensor, step: int, axes: Axes) -> None:
        """`[T, N]`, cut to its lengths, with its axes around it."""
        self._picture(name, self.colours(alignment), step, axes)

    def mel(self, name: str, mel: Tensor, step: int) -> None:
        """Log-mel `[T, M]`, in the colours of every picture of one."""
        self._picture(name, self.colours(mel, QUIETEST, LOUDEST).repeat_interleave(2, 1), step)

    def figure(self, name: str, figure: Figure, step: int, failed: Callable[[Exception], None]) -> None:
        """
        Parameters
        ----------
        failed: called by the thread, with the error, if the figure cannot be drawn; it is not shown then.
        """

        def write() -> None:
            try:
                figure.set_dpi(90)
                canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
                canvas.draw()
                drawn = np.asarray(canvas.buffer_rgba())[..., :3]
            except Exception as error:
                failed(error)
                return
            self.writer.add_image(name, drawn, step, dataformats="HWC")

        self._submit(write)

    def audio(self, name: str, wav: Tensor, sample_rate: int, step: int, text: str) -> None:
        """`[samples]`, with the text that is spoken in it."""
        sound = wav.detach().cpu().clamp(-1, 1)

        def write() -> None:
            summary = audio_summary(name, sound, sample_rate)
            value = summary.value[0]
            value.metadata.summary_description = _verbatim(text)
            value.CopyFrom(migrate_value(value))  # TensorBoard shows descriptions of summaries of its newer kind only
            file: Any = self.writer.file_writer
            file.add_summary(summary, step)

        self._submit(write)

    def close(self) -> None:
        """Write everything still waiting; raises what the thread raised."""
        for future in self._pending:
            future.result()
        self._thread.shutdown()
        self.writer.close()

    def flush(self) -> None:
        for future in self._pending:
            future.result()
        self._pending.clear()
        self.writer.flush()

    def _picture(self, name: str, picture: Tensor, step: int, axes: Axes | None = None) -> None:
        copied = None
        if picture.is_cuda:
            host = torch.empty(picture.shape, dtype=torch.uint8, pin_memory=True)
            host.copy_(picture, non_blocking=True)
            copied = torch.cuda.Event()
            copied.record()
        else:
            host = picture

        def write() -> None:
            if copied is not None:
                copied.synchronize()
            drawn = host.permute(1, 2, 0).numpy()
            self.writer.add_image(name, drawn if axes is None else axes.around(drawn), step, dataformats="HWC")

        self._submit(write)

    def _submit(self, write: Any) -> None:
        self._pending = [f for f in self._pending if not _finished(f)]
        if len(self._pending) >= QUEUE:
            self._pending.pop(0).result()
        self._pending.append(self._thread.submit(write))


def _verbatim(text: str) -> str:
    """Markdown that shows `text` as it is, in one line."""
    return "    " + " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _finished(future: Future[None]) -> bool:
    """Whether the write is done; a failed one raises here, so that a full disk is not silent."""
    if future.done():
        future.result()
        return True
    return False
