"""Audio files in and out, and sample-rate conversion."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

import av
import librosa
import numpy as np
import soundfile
import torch

from tts.audio import transforms
from tts.errors import UserError
from tts.files import whole

WIDTH, ROLLOFF = 64, 0.9475937167399596
"""Of the resampling filter: zero crossings on a side, and its edge as a share of the lower rate's half."""
RATES = range(4_000, 384_001)
"""Hz that a file may have."""
MOST_SAMPLES = 2**29
"""In one file, over all its channels: 2 GiB as they are read, three hours at 48 kHz."""
MOST_CELLS = 2**21
"""Of a filter kernel, which has one for every sample of a period of both rates: 44,100 to 16,000 Hz need 130,400."""


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
    UserError: the file is missing, empty, not readable as audio, or says that it is longer or has another sample rate
        than recordings have.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such audio file")
    try:
        samples, rate = _read_g722(path) if path.suffix.lower() == ".g722" else _read_sndfile(path)
    except (OSError, RuntimeError, TypeError, MemoryError, av.FFmpegError) as error:
        raise UserError(f"{path}: not readable as audio ({_one_line(error)})") from error
    if not len(samples):
        raise UserError(f"{path}: the file holds no samples")
    if not np.isfinite(samples).all():
        raise UserError(f"{path}: the file holds samples that are not numbers (NaN or infinity)")
    return torch.from_numpy(samples), rate


def resample(wav: torch.Tensor, old: int, new: int) -> torch.Tensor:
    """Convert `wav` [..., samples] from `old` to `new` Hz with a Kaiser-windowed sinc.

    The filter is that of resampy's `kaiser_best`; aliases stay below −90 dB. Where the two rates have so little in
    common that its kernel would not fit in memory, soxr's best one.
    """
    if old == new:
        return wav
    if _cells(old, new) > MOST_CELLS:
        soxr = librosa.resample(wav.detach().cpu().numpy(), orig_sr=old, target_sr=new, res_type="soxr_vhq")
        return torch.from_numpy(soxr).to(wav)
    return transforms.resample(
        wav,
        old,
        new,
        lowpass_filter_width=WIDTH,
        rolloff=ROLLOFF,
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
    encoded = BytesIO()  # libsndfile says nothing of what it could not write when it closes a file, as on a full disk
    soundfile.write(encoded, samples, sample_rate, format=path.suffix[1:].upper(), subtype="PCM_16")
    with whole(path) as draft:
        draft.write_bytes(encoded.getbuffer())


def _cells(old: int, new: int) -> int:
    """Of the kernel that torchaudio makes."""
    common = math.gcd(old, new)
    return new // common * (2 * math.ceil(WIDTH * max(old / new, 1) / ROLLOFF) + old // common)


def _read_sndfile(path: Path) -> tuple[np.ndarray, int]:
    with soundfile.SoundFile(path) as file:
        # Both are what the file's first bytes say, by which memory would be asked for.
        if file.samplerate not in RATES:
            raise UserError(f"{path}: {file.samplerate} Hz; recordings have {RATES[0]} to {RATES[-1]} Hz")
        if file.frames * file.channels > MOST_SAMPLES:
            raise UserError(f"{path}: says that it holds {file.frames} samples; give recordings of an hour at most")
        samples = file.read(dtype="float32", always_2d=True)
        return np.ascontiguousarray(samples.mean(axis=1)), file.samplerate


def _read_g722(path: Path) -> tuple[np.ndarray, int]:
    # Naming the format keeps FFmpeg from guessing another one, some of which open further files.
    with av.open(str(path), format="g722") as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        rate = int(stream.codec_context.sample_rate)
    samples = np.concatenate(frames) if frames else np.empty(0, np.int16)
    return samples.astype(np.float32) / 32768, rate


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
