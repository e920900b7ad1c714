"""Attention between text and mel: plain, then stepwise monotonic."""

from tts.attention.config import AttentionConfig
from tts.attention.smma import (
    AttentionOutput,
    StepwiseMonotonicMultiheadAttention,
    best_durations,
    chain_log_z,
    chain_posterior,
)

__all__ = [
    "AttentionConfig",
    "AttentionOutput",
    "StepwiseMonotonicMultiheadAttention",
    "best_durations",
    "chain_log_z",
    "chain_posterior",
]
