"""Pictures of recordings."""

from __future__ import annotations

from io import BytesIO

import pytest
import torch
from PIL import Image

from tts.pages.pictures import TALL, WIDEST, mel_png

RATE = 16000


@pytest.mark.parametrize(("seconds", "width"), [(0.001, 1), (1.0, 100), (6.4, 640), (6.41, 321), (100.0, 625)])
def test_a_picture_has_a_column_for_a_hundredth_of_a_second_or_for_several(seconds: float, width: int) -> None:
    picture = Image.open(BytesIO(mel_png(torch.zeros(round(seconds * RATE)), RATE)))
    assert abs(picture.width - width) <= 6 and picture.width <= WIDEST + 1 and picture.height == TALL


def test_a_long_recording_is_at_its_place_though_it_is_taken_in_parts() -> None:
    wav = 1e-4 * torch.randn(90 * RATE, generator=torch.Generator().manual_seed(0))
    wav[60 * RATE : 75 * RATE] *= 3000
    picture = Image.open(BytesIO(mel_png(wav, RATE))).convert("L")
    bright = torch.tensor(list(picture.tobytes())).view(picture.height, picture.width).double().mean(0)
    loud = (bright > (bright.min() + bright.max()) / 2).nonzero().flatten() / picture.width * 90
    assert abs(float(loud[0]) - 60) < 0.5 and abs(float(loud[-1]) - 75) < 0.5 and len(loud) > 95
