"""On chords of known durations the model finds which token is spoken when, and keeps it through the switch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from tts.attention.focus import inspect_path
from tts.audio.pitch import STEPS as PITCHES
from tts.batch import Batch, TextBatch
from tts.models.acoustic import AcousticModel, Conditions
from tts.models.losses import LossConfig, Objective

STEPS, SWITCH = 90, 60
UTTERANCES = 16
"""With four, a model can learn by heart any alignment it happens to start with."""
TOLERANCE = 2
"""Frames."""


def chords() -> tuple[Batch, Tensor]:
    """Utterances with one chord per symbol, and the durations they were made with."""
    random = torch.Generator().manual_seed(0)
    spectra = 2 * torch.randn(9, 8, generator=random) - 5
    texts, durations, mels = [], [], []
    for n in (5, 6, 7, 8) * (UTTERANCES // 4):
        inner = 3 + torch.cumsum(torch.randint(1, 6, (n - 2,), generator=random), 0) % 6  # neighbours differ
        text = torch.cat([torch.tensor([1]), inner, torch.tensor([2])])
        frames = torch.randint(3, 11, (n,), generator=random)
        mel = spectra[text].repeat_interleave(frames, 0)
        texts.append(text)
        durations.append(frames)
        mels.append(mel + 0.3 * torch.randn(mel.shape, generator=random))
    symbols = pad_sequence(texts, batch_first=True)
    nothing = torch.zeros_like(symbols)
    lengths = torch.tensor([len(text) for text in texts])
    text_batch = TextBatch(symbols, nothing, nothing, lengths, torch.zeros_like(lengths))
    mel_lengths = torch.tensor([len(mel) for mel in mels])
    mel = pad_sequence(mels, batch_first=True)
    batch = Batch([str(b) for b in range(UTTERANCES)], text_batch, mel, torch.zeros(mel.shape[:2]), mel_lengths)
    return batch, pad_sequence(durations, batch_first=True)


def train(model: AcousticModel, batch: Batch) -> Iterator[tuple[int, float]]:
    """Yields each step and its mel loss. The prior is gone by the switch."""
    torch.manual_seed(0)
    objective = Objective(model, LossConfig(duration=0.3))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.98))
    for step in range(STEPS):
        if step == SWITCH:
            model.attention.smma_tunable = True
        objective.train()
        loss, report = objective(batch, Conditions(prior=max(0.0, 3 * (1 - step / SWITCH))), step)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        model.eval()
        yield step, float(report.terms["mel"])


def furthest_boundary(durations: Tensor, truth: Tensor) -> float:
    return float((durations.cumsum(1) - truth.cumsum(1)).abs().max())


@pytest.mark.parametrize(("gate", "selection"), [("lookahead", "focused"), ("contrast", "all")])
def test_alignments_are_found_and_kept(make_model: Callable[..., AcousticModel], gate: str, selection: str) -> None:
    batch, truth = chords()
    model = make_model(width=32, gate=gate, selection=selection)
    model.set_mel_statistics(torch.full((8,), -5.0), torch.full((8,), 2.0), torch.zeros(PITCHES, 8))
    mel_loss = []
    for step, loss in train(model, batch):
        mel_loss.append(loss)
        if step in (SWITCH - 1, STEPS - 1):
            with torch.no_grad():
                output = model(batch, Conditions())
            assert furthest_boundary(output.durations, truth) <= TOLERANCE, f"best path after step {step}"
    used = output.alignment
    assert furthest_boundary(used.sum(1), truth) <= TOLERANCE
    report = inspect_path(used, batch.text.lengths, batch.mel_lengths)
    assert (report.monotonicity == 1).all()
    assert not any(x.any() for x in (report.skipped, report.repeated, report.unfinished))
    assert mel_loss[-1] < 0.3 * mel_loss[0]
    assert output.attention.focus.max() > 0.9

    # What it has heard it can say: durations come from text alone, and differ by as little as it learnt.
    spoken = model.infer(batch.text)
    off = (spoken.durations - truth).abs().float()[truth > 0].mean()
    indifferent = (truth[truth > 0].float() - truth[truth > 0].float().mean()).abs().mean()
    assert off < indifferent
