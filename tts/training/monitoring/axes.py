"""Axes around a picture of an alignment, drawn in milliseconds.

A figure of matplotlib takes a tenth of a second, which is too long where every step is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from tts.reporting.plots import FONT, literal

SIZE, LINE, GAP = 11, 14, 4
"""Pixels: of letters, from line to line, and between what is beside each other."""
HEIGHT, WIDTH = 420, 480
"""Pixels; smaller pictures are enlarged by whole numbers, so that one value stays one colour."""
APART = 50
"""Pixels between ticks of the time axis, at least."""
BLACK, WHITE, GREY = (0, 0, 0), (255, 255, 255), (110, 110, 110)


class Axes:
    """A title above, phones to the left, seconds below.

    Parameters
    ----------
    title: of lines, each cut where the picture ends.
    labels: N, from the bottom to the top.
    frames: T, from the left to the right; `frame_seconds` each, the first of them centred at 0.
    """

    def __init__(self, title: str, labels: Sequence[str], frames: int, frame_seconds: float) -> None:
        self.title, self.labels, self.frames, self.frame_seconds = title.splitlines(), labels, frames, frame_seconds
        self.tall, self.wide = max(3, HEIGHT // len(labels)), max(1, WIDTH // frames)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Where the picture is, in pixels: left, top, right, bottom."""
        left, top = self._margin, LINE * len(self.title) + GAP
        return left, top, left + self.wide * self.frames, top + self.tall * len(self.labels)

    def around(self, picture: np.ndarray) -> np.ndarray:
        """uint8 `[N, T, 3]`, the last token on top → the same enlarged, with its axes, `[height, width, 3]`."""
        left, top, right, bottom = self.box
        image = self._empty.copy()
        image[top:bottom, left:right] = picture.repeat(self.tall, 0).repeat(self.wide, 1)
        return image

    @cached_property
    def _shown(self) -> list[tuple[int, str]]:
        """Labels with the numbers of their tokens; not all where they would overlap."""
        return [(n, literal(self.labels[n])) for n in range(0, len(self.labels), -(-SIZE // self.tall))]

    @property
    def _margin(self) -> int:
        return int(max(map(_width, ["tokens ↑", *(label for _, label in self._shown)]))) + 2 * GAP

    @cached_property
    def _empty(self) -> np.ndarray:
        """All but the picture; drawn once for all the pictures of an utterance."""
        left, _, right, bottom = self.box
        end = right + int(_width(" seconds →")) + 2 * GAP
        image = Image.new("RGB", (end, bottom + LINE + 2 * GAP), WHITE)
        draw = ImageDraw.Draw(image)
        for number, line in enumerate(self.title):
            draw.text((left, LINE * number + GAP // 2), _cut(literal(line), end - left), BLACK, _font())
        for n, label in self._shown:
            y = bottom - (n + 0.5) * self.tall
            draw.line((left - GAP, y, left, y), GREY)
            draw.text((left - GAP - 1, y), label, BLACK, _font(), anchor="rm")
        below = bottom + GAP
        for seconds in self._ticks():
            x = left + (seconds / self.frame_seconds + 0.5) * self.wide
            draw.line((x, bottom, x, below), GREY)
            draw.text((x, below), f"{seconds:g}", BLACK, _font(), anchor="mt" if seconds else "lt")
        draw.text((right + GAP, below), "seconds →", GREY, _font(), anchor="lt")
        draw.text((GAP, below), "tokens ↑", GREY, _font(), anchor="lt")
        return np.asarray(image).copy()

    def _ticks(self) -> Iterator[float]:
        seconds = self.frames * self.frame_seconds
        steps = (digit * power for power in (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0) for digit in (1, 2, 5))
        apart = APART * self.frame_seconds / self.wide
        step = next((step for step in steps if step >= apart), seconds)
        return (round(step * number, 2) for number in range(int(seconds / step) + 1) if step * number < seconds)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(findfont(FONT), SIZE)


def _width(text: str) -> float:
    return _font().getlength(text)


def _cut(line: str, width: int) -> str:
    """As much of `line` as fits."""
    if _width(line) <= width:
        return line
    end = int(len(line) * width / _width(line))
    while end and _width(line[:end] + "…") > width:
        end -= 1
    return line[:end] + "…"
