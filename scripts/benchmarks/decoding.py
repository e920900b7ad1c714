"""How fast an autoregressive voice decodes, by length: `scripts/benchmark.py benchmark=decoding voice=PATH`.

Frames a CPU-second on one thread, with the cache, and without it, where each step does all steps before again.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch

from tts.errors import UserError
from tts.models.decoders.autoregressive import AutoregressiveDecoder
from tts.models.decoders.decoder import TeacherForcing
from tts.synthesis.voice import Voice

LENGTHS = (50, 100, 200, 400, 800)
"""Steps."""
STEPS_A_TOKEN = 3
SAMPLED = 20
"""Steps that are timed without the cache, spread over the length, for all of them take long."""


def main(arguments: list[str], _out: Path | None) -> None:
    """Print a table."""
    key, _, voice = arguments[0].partition("=") if len(arguments) == 1 else ("", "", "")
    if key != "voice" or not voice:
        raise UserError("benchmark=decoding takes voice=PATH, of an autoregressive voice")
    decoder = Voice.load(voice).model.decoder
    if not isinstance(decoder, AutoregressiveDecoder):
        raise UserError(f"voice={voice}: its decoder is parallel, and has no steps")
    torch.set_num_threads(1)
    print("| steps | with | without |\n|---|---|---|")
    with torch.inference_mode():
        for steps in LENGTHS:
            frames = steps * decoder.config.reduction
            print(f"| {steps} | {frames / cached(decoder, steps):.0f} | {frames / uncached(decoder, steps):.0f} |")


def cached(decoder: AutoregressiveDecoder, steps: int) -> float:
    """CPU-seconds of so many steps along a given path."""
    states, lengths, durations = text_of(decoder, steps)
    started = time.process_time()
    decoder.infer(states, lengths, durations, given=True)
    return time.process_time() - started


def uncached(decoder: AutoregressiveDecoder, steps: int) -> float:
    """CPU-seconds of so many steps, each with all before it, from a sample of them."""
    states, lengths, durations = text_of(decoder, steps)
    sample = range(1, steps + 1, max(1, steps // SAMPLED))
    started = time.process_time()
    for step in sample:
        frames = step * decoder.config.reduction
        mel, alignment = torch.zeros(1, frames, len(decoder.go)), torch.zeros(1, frames, states.shape[1])
        decoder(states, lengths, TeacherForcing(mel, mel[..., 0], torch.tensor([frames]), alignment, durations))
    return (time.process_time() - started) / len(sample) * steps


def text_of(decoder: AutoregressiveDecoder, steps: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """States, lengths and durations of a text that takes so many steps."""
    tokens = -(-steps // STEPS_A_TOKEN)
    durations = torch.full((1, tokens), STEPS_A_TOKEN * decoder.config.reduction)
    durations[0, -1] -= (tokens * STEPS_A_TOKEN - steps) * decoder.config.reduction
    return torch.randn(1, tokens, decoder.stop.in_features), torch.tensor([tokens]), durations
