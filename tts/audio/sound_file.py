"""Sound written into files. Needs no torch."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from tts.storage.files import atomic_write


def write_samples(path: str | Path, wav: np.ndarray, sample_rate: int) -> None:
    """Write `wav` [samples] as 16-bit mono, the format named by the suffix (`.wav`, `.flac`), atomically.

    A waveform that goes beyond ±1 is scaled down as a whole, so that it neither wraps round nor clips.

    Raises
    ------
    ValueError: `wav` is not one-dimensional or not finite.
    """
    path = Path(path)
    if wav.ndim != 1 or not np.isfinite(wav).all():
        raise ValueError(f"{path}: expected finite samples of shape [samples], got {wav.shape}")
    peak = float(np.abs(wav).max()) if len(wav) else 0.0
    samples = wav / np.float32(max(peak, 1.0))
    encoded = BytesIO()  # libsndfile says nothing of what it could not write when it closes a file, as on a full disk
    soundfile.write(encoded, samples, sample_rate, format=path.suffix[1:].upper(), subtype="PCM_16")
    with atomic_write(path) as draft:
        draft.write_bytes(encoded.getbuffer())
