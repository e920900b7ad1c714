"""Pictures of any length."""

from pathlib import Path

import torch
from PIL import Image

from tts.audio.config import AudioConfig
from tts.plots import alignment_figure, save_png
from tts.text.tokens import Tokens


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
