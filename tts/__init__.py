"""Text-to-speech training around stepwise monotonic multihead attention (SMMA)."""

__version__ = "0.1.0"
