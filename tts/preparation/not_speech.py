"""What is loud enough for speech and is none: a constant level, rumble, a tone, a hum."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from tts.preparation.pauses import Span

WINDOW, STEP = 0.032, 0.010
"""Seconds: window of a spectrum, and step between spectra."""
MOST = 1000
"""Spectra of a recording; of a longer one they are further apart."""
LOWEST, HIGHEST = 70.0, 8000.0
"""Hz; what speech is made of lies between."""
LEAST_BETWEEN = 1e-3
"""Share of the power in that range; 98 % in the speech of the corpora here."""
MOST_ALIKE = 0.975
"""Length of the mean of the spectra, each of length 1: 1 where all are the same. 0.89 in noise, from 0.98 in tones and
hums, also with noise 20 dB below them; in real speech 0.86 at most, and 0.96 in its steadiest half second."""
ENOUGH = 0.5
"""Seconds; a vowel alone may be as steady as a tone for less."""


def not_speech(wav: torch.Tensor, sample_rate: int, spans: Sequence[Span]) -> str:
    """Why the loud stretches `spans` of `wav` [samples] cannot be speech, in words; empty where they can."""
    window = round(WINDOW * sample_rate)
    seconds = sum(span.seconds for span in spans)
    step = max(STEP, seconds / MOST)
    starts = torch.cat([torch.arange(span.start, span.end, step) for span in spans])
    places = (starts * sample_rate).long()[:, None] + torch.arange(window)
    stretches = wav[places.clamp(max=len(wav) - 1)] * (places < len(wav))
    spectra = torch.fft.rfft(stretches * torch.hann_window(window)).abs()  # [spectra, frequencies]
    hertz = torch.arange(spectra.shape[1]) * sample_rate / window
    between = spectra[:, (hertz >= LOWEST) & (hertz <= HIGHEST)]
    shares = between.square().sum(1) / spectra.square().sum(1).clamp_min(1e-20)
    if float(shares.median()) < LEAST_BETWEEN:
        return f"hardly anything above {LOWEST:.0f} Hz, as in a constant level or rumble"
    directions = between / between.norm(dim=1, keepdim=True).clamp_min(1e-9)
    if seconds >= ENOUGH and float(directions.mean(0).norm()) > MOST_ALIKE:
        return "the same sound throughout, as in a tone or a hum"
    return ""
