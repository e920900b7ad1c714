"""What the project takes from torchaudio: all of it plain torch, so that a CPU build of torch is enough.

torchaudio's wheels for Linux are built for CUDA. Beside a CPU build of torch, or one of another year, their compiled
extension does not load, and then importing torchaudio fails, though only its lattice decoders, `forced_align` and two
filters are in there. In that case it is imported as if it had been built without an extension, which it provides for.
"""

from __future__ import annotations

import sys
from types import ModuleType


def _import_torchaudio() -> None:
    try:
        import torchaudio  # noqa: F401 (its failure is what counts)
    except OSError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]  # half imported
        without = ModuleType("torchaudio._extension")
        without.__dict__.update(
            _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=_needs_the_extension
        )
        sys.modules[without.__name__] = without


def _needs_the_extension(function: object) -> object:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError(f"{getattr(function, '__name__', function)}: this torchaudio does not fit this torch")

    return refuse


_import_torchaudio()

from torchaudio.functional import create_dct, melscale_fbanks, resample  # noqa: E402 (after what makes it possible)
from torchaudio.transforms import MFCC, GriffinLim, MelSpectrogram  # noqa: E402

__all__ = ["MFCC", "GriffinLim", "MelSpectrogram", "create_dct", "melscale_fbanks", "resample"]
