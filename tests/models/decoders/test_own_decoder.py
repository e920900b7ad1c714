"""A decoder that the package does not know: it trains, is saved, loads and speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from torch import Tensor, nn

from tts.errors import UserError
from tts.models.decoders.decoder import Decoder, DecoderConfig, DecoderOutput, InferenceOutput, TeacherForcing
from tts.models.predictors.duration import hard_alignment, whole_frames
from tts.settings.schema import parse, plain
from tts.synthesis.voice import Voice
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.hardware.fabric import launch


class LinearDecoder(Decoder):
    """Each frame from its token alone."""

    def __init__(self, width: int, n_mels: int) -> None:
        super().__init__()
        self.over = nn.Linear(width, n_mels)  # also the earlier name of something else

    def forward(self, states: Tensor, text_lengths: Tensor, teacher: TeacherForcing) -> DecoderOutput:
        return DecoderOutput(self.over(teacher.alignment @ states), teacher.alignment)

    def infer(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
    ) -> InferenceOutput:
        whole = whole_frames(durations / speed, text_lengths)
        lengths = whole.sum(1)
        alignment = hard_alignment(whole, int(lengths.max()))
        return InferenceOutput(self.over(alignment @ states), lengths, whole, alignment, lengths > 0)


@pytest.fixture
def linear() -> Iterator[type[DecoderConfig]]:
    """Its settings, offered for the time of a test."""

    @dataclass(frozen=True)
    class LinearDecoderConfig(DecoderConfig):
        kind: Literal["linear"] = "linear"

        def build(self, width: int, n_mels: int) -> LinearDecoder:
            return LinearDecoder(width, n_mels)

    yield LinearDecoderConfig
    DecoderConfig.options.pop("linear", None)


def test_it_trains_goes_on_is_saved_loads_and_speaks(
    linear: type[DecoderConfig], make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    config = make_trainer(tmp_path / "other", "debug=fast").config
    config = replace(config, run_dir=str(tmp_path / "run"), model=replace(config.model, decoder=linear()))
    config = parse(TrainConfig, plain(config))
    AcousticTrainer(config, launch(config.trainer)).fit()
    longer = replace(config, resume="auto", trainer=replace(config.trainer, max_steps=8))
    trainer = AcousticTrainer(longer, launch(config.trainer))
    trainer.fit()
    assert trainer.step == 8 and trainer.model.smma_tunable

    speech = Voice.load(tmp_path / "run").synthesize("The old sea.")
    assert isinstance(Voice.load(tmp_path / "run").model.decoder, LinearDecoder)
    assert speech.wav.isfinite().all() and len(speech.wav) > 0

    del DecoderConfig.options["linear"]
    with pytest.raises(UserError, match=r"decoder\.kind: 'linear' is not one of parallel, autoregressive.*plugins="):
        Voice.load(tmp_path / "run")
