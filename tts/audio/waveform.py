"""Audio files in and out, and sample-rate conversion."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import soundfile
import torch
import torchaudio

from tts.errors import UserError
from tts.files import whole


def read(path: str | Path, sample_rate: int) -> torch.Tensor:
    """The file as a mono waveform, float32 [samples] in [−1, 1], converted to `sample_rate` (Hz).

    Raises
    ------
    UserError: the file is missing, empty or not readable as audio.
    """
    wav, native = read_native(path)
    return resample(wav, native, sample_rate)


def read_native(path: str | Path) -> tuple[torch.Tensor, int]:
    """The file as a mono waveform, float32 [samples], and its own sample rate in Hz.

    Channels are averaged. WAV, FLAC, Ogg and MP3 by libsndfile; raw G.722 (`.g722`) by FFmpeg.

    Raises
    ------
    UserError: the file is missing, empty or not readable as audio.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such audio file")
    try:
        samples, rate = _read_g722(path) if path.suffix.lower() == ".g722" else _read_sndfile(path)
    except (OSError, RuntimeError, av.FFmpegError) as error:
        raise UserError(f"{path}: not readable as audio ({_one_line(error)})") from error
    if not len(samples):
        raise UserError(f"{path}: the file holds no samples")
    if not np.isfinite(samples).all():
        raise UserError(f"{path}: the file holds samples that are not numbers (NaN or infinity)")
    return torch.from_numpy(samples), rate


def resample(wav: torch.Tensor, old: int, new: int) -> torch.Tensor:
    """Convert `wav` [..., samples] from `old` to `new` Hz with a Kaiser-windowed sinc.

    The filter is that of resampy's `kaiser_best`; aliases stay below −90 dB.
    """
    if old == new:
        return wav
    return torchaudio.functional.resample(
        wav,
        old,
        new,
        lowpass_filter_width=64,
        rolloff=0.9475937167399596,
        resampling_method="sinc_interp_kaiser",
        beta=14.769656459379492,
    )


def write(path: str | Path, wav: torch.Tensor, sample_rate: int) -> None:
    """Write `wav` [samples] as 16-bit mono, the format named by the suffix (`.wav`, `.flac`), atomically.

    A waveform that goes beyond ±1 is scaled down as a whole, so that it neither wraps round nor clips.

    Raises
    ------
    ValueError: `wav` is not one-dimensional or not finite.
    """
    path = Path(path)
    wav = wav.detach().to("cpu", torch.float32)
    if wav.dim() != 1 or not torch.isfinite(wav).all():
        raise ValueError(f"{path}: expected finite samples of shape [samples], got {tuple(wav.shape)}")
    peak = float(wav.abs().max()) if len(wav) else 0.0
    samples = (wav / max(peak, 1.0)).numpy()
    with whole(path) as draft:
        soundfile.write(draft, samples, sample_rate, format=path.suffix[1:].upper(), subtype="PCM_16")


def _read_sndfile(path: Path) -> tuple[np.ndarray, int]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(samples.mean(axis=1)), rate


def _read_g722(path: Path) -> tuple[np.ndarray, int]:
    # Naming the format keeps FFmpeg from guessing another one, some of which open further files.
    with av.open(str(path), format="g722") as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        rate = int(stream.codec_context.sample_rate)
    samples = np.concatenate(frames) if frames else np.empty(0, np.int16)
    return samples.astype(np.float32) / 32768, rate


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
