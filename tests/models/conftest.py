"""Tiny models and batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch

from tts.attention import AttentionConfig
from tts.audio.pitch import STEPS
from tts.batch import Batch, TextBatch
from tts.models.acoustic import AcousticModel
from tts.models.config import ModelConfig
from tts.models.decoders import DecoderConfig, ParallelDecoderConfig
from tts.models.encoders.reference import ReferenceEncoderConfig
from tts.models.encoders.text import TextEncoderConfig
from tts.models.predictors.duration import DurationConfig
from tts.models.predictors.pitch import PitchConfig
from tts.models.predictors.prosody import ProsodyConfig

SYMBOLS, SPEAKERS, N_MELS = 9, 3, 8


@pytest.fixture
def make_model() -> Callable[..., AcousticModel]:
    """A model of the given width and attention settings, in evaluation mode."""

    def make(
        seed: int = 0,
        width: int = 16,
        decoder: DecoderConfig | None = None,
        languages: int = 1,
        **attention: object,
    ) -> AcousticModel:
        torch.manual_seed(seed)
        config = ModelConfig(
            width=width,
            text_encoder=TextEncoderConfig(layers=2, kernel=3),
            reference_encoder=ReferenceEncoderConfig(channels=(4, 8), gru=width // 2, style_tokens=4, style_heads=2),
            attention=AttentionConfig(**({"heads": 2, "head_dim": width // 2} | attention)),
            prosody=ProsodyConfig(channels=2, layers=1, kernel=3),
            duration=DurationConfig(layers=1, kernel=3),
            decoder=decoder or ParallelDecoderConfig(layers=2, kernel=3, pitch=PitchConfig(layers=1, kernel=3)),
        )
        model = AcousticModel(config, N_MELS, SYMBOLS, SPEAKERS, languages).eval()
        harmonics = torch.randn(STEPS, N_MELS, generator=torch.Generator().manual_seed(1))
        model.set_mel_statistics(torch.linspace(-6, -3, N_MELS), torch.linspace(1, 2, N_MELS), harmonics)
        return model

    return make


@pytest.fixture
def make_batch() -> Callable[..., Batch]:
    """Random utterances with the given numbers of tokens and frames; zeros in the padding, as the dataset pads."""

    def make(texts: Sequence[int], mels: Sequence[int], seed: int = 0, speakers: Sequence[int] | None = None) -> Batch:
        generator = torch.Generator().manual_seed(seed)
        shape = len(texts), max(texts)
        text_lengths, mel_lengths = torch.tensor(texts), torch.tensor(mels)
        tokens = torch.arange(shape[1]) < text_lengths[:, None]
        frames = torch.arange(max(mels)) < mel_lengths[:, None]
        return Batch(
            ids=[f"utterance {b}" for b in range(len(texts))],
            text=TextBatch(
                symbols=torch.randint(1, SYMBOLS, shape, generator=generator) * tokens,
                stress=torch.randint(0, 3, shape, generator=generator) * tokens,
                boundary=torch.randint(0, 5, shape, generator=generator) * tokens,
                lengths=text_lengths,
                speaker=torch.tensor(speakers if speakers is not None else [b % SPEAKERS for b in range(len(texts))]),
            ),
            mel=(1.5 * torch.randn(len(mels), max(mels), N_MELS, generator=generator) - 4) * frames[..., None],
            pitch=(300 * torch.rand(len(mels), max(mels), generator=generator) - 60).clamp(min=0) * frames,
            mel_lengths=mel_lengths,
        )

    return make


@pytest.fixture
def take() -> Callable[[Batch, int], Batch]:
    """One utterance of a batch, without padding."""

    def one(batch: Batch, b: int) -> Batch:
        n, t = int(batch.text.lengths[b]), int(batch.mel_lengths[b])
        text = batch.text
        return Batch(
            ids=[batch.ids[b]],
            text=TextBatch(
                symbols=text.symbols[b : b + 1, :n],
                stress=text.stress[b : b + 1, :n],
                boundary=text.boundary[b : b + 1, :n],
                lengths=text.lengths[b : b + 1],
                speaker=text.speaker[b : b + 1],
            ),
            mel=batch.mel[b : b + 1, :t],
            pitch=batch.pitch[b : b + 1, :t],
            mel_lengths=batch.mel_lengths[b : b + 1],
        )

    return one
