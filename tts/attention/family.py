"""Every mechanism that comes with the package, by name."""

from __future__ import annotations

from tts.attention.chunkwise import ChunkwiseAttention, InfiniteLookback
from tts.attention.convolutional import DynamicConvolutionAttention, LocationSensitiveAttention
from tts.attention.forward import ForwardAttention
from tts.attention.gates import ContrastGate, LookaheadGate, SigmoidGate
from tts.attention.mechanism import Mechanism
from tts.attention.mixture import GaussianMixtureAttention
from tts.attention.monotonic import MonotonicAttention
from tts.attention.names import MECHANISMS, check_name
from tts.attention.plain import PublishedSnippet, SoftmaxAttention

__all__ = [
    "ChunkwiseAttention",
    "ContrastGate",
    "DynamicConvolutionAttention",
    "ForwardAttention",
    "GaussianMixtureAttention",
    "InfiniteLookback",
    "LocationSensitiveAttention",
    "LookaheadGate",
    "MonotonicAttention",
    "PublishedSnippet",
    "SigmoidGate",
    "SoftmaxAttention",
    "mechanism_class",
]


def mechanism_class(name: str) -> type[Mechanism]:
    """Raises ValueError if no mechanism has this name."""
    check_name(name)
    return MECHANISMS[name]
