"""Pictures of any length and of any text."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tts.audio.config import AudioConfig
from tts.intervals import Interval
from tts.reporting.plots import alignment_figure, literal, phones_figure, save_png
from tts.text.tokens import Tokens

STRANGE = (
    "a$\\frac$b", "$x^2$", "$", "\\$", "\u202eשלום", "عالم", "क्षि", "漢字", "\x07", "\x00", "\ud800",
    "\U000e0041", "a\nb", "", " ",
)  # fmt: skip
"""Labels that no picture must stumble over: mathematics, other scripts, characters without a picture."""


def tokens_of(symbols: tuple[str, ...]) -> Tokens:
    return Tokens(symbols, (0,) * len(symbols), (0,) * len(symbols), ("a",))


@pytest.mark.parametrize(
    "title",
    [
        "$x^2$ \\frac",
        "\u202eשלום",
        "漢\x07\ud800\u200b",
        "",
        "word " * 2000,
        "w" * 5000,
        "漢" * 500,
        "one\ntwo\n\nthree",
    ],
)
def test_any_text_is_drawn_to_the_letter_and_without_a_warning(title: str, tmp_path: Path) -> None:
    mel, spoken = torch.zeros(60, 80), tokens_of(STRANGE)
    intervals = [Interval(label, 0.05 * i, 0.05 * i + 0.05) for i, label in enumerate(STRANGE)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = alignment_figure(torch.rand(60, len(STRANGE)), spoken, mel, AudioConfig(), title)
        save_png(figure, tmp_path / "alignment.png")
        certain = [0.5] * len(STRANGE)
        save_png(phones_figure(mel, AudioConfig(), intervals, intervals, certain), tmp_path / "phones.png")
    shown = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert shown == [literal(symbol) for symbol in STRANGE]
    assert shown[:4] == list(STRANGE[:4])
    with Image.open(tmp_path / "alignment.png") as picture:
        pixels = np.asarray(picture.convert("L"))
    assert pixels[:, [0, -1]].min() == pixels[[0, -1]].min() == 255, "cut off at an edge"


def test_what_the_font_lacks_is_a_box_and_what_shows_nothing_is_left_out() -> None:
    assert literal("ə\u0303 ʈʂʰ é ¿") == "ə\u0303 ʈʂʰ é ¿"
    assert literal("漢a\x07\ud800") == "□a□□"
    assert literal("\u200fשל\u202c") == "של"
    assert literal("a\tb\n c") == "a b c"
    assert literal("") == literal("\u200b") == "□", "an empty label would look like a missing one"


def test_mels_have_the_same_colours_whatever_their_loudness() -> None:
    """librosa chooses others where a mel rises above 0."""
    spoken = tokens_of(("a", "b"))
    images = []
    for loudest in (-3.0, 0.9, 5.0):
        mel = torch.linspace(-11.5, loudest, 40)[:, None].expand(40, 80)
        images.append(alignment_figure(torch.rand(40, 2), spoken, mel, AudioConfig(), "").axes[0].collections[0])
        images.append(phones_figure(mel, AudioConfig(), [], [], []).axes[0].images[0])
    looks = {(image.get_cmap().name, *image.get_clim()) for image in images}
    assert looks == {("magma", -10.0, 1.0)}


def test_a_picture_of_an_hour_of_speech_holds_no_more_than_its_pixels(tmp_path: Path) -> None:
    durations = torch.arange(50_000) % 11 + 1
    tokens = Tokens(("a",) * len(durations), (0,) * len(durations), (0,) * len(durations), ("a",))
    mel = torch.zeros(int(durations.sum()), 80)
    figure = alignment_figure(durations, tokens, mel, AudioConfig(), "long")
    upper, lower = figure.axes
    assert upper.collections[0].get_array().size <= 2000 * 80
    [path] = lower.lines
    seconds, places = path.get_data()
    assert len(seconds) == len(durations) + 1
    assert seconds[-1] == lower.get_xlim()[1] == (len(mel) - 0.5) * AudioConfig().frame_seconds
    assert seconds[7] == (durations[:7].sum() - 0.5) * AudioConfig().frame_seconds
    assert places[7] == 7
    save_png(figure, tmp_path / "long.png")
    with Image.open(tmp_path / "long.png") as picture:
        assert min(picture.size) > 100
