"""Training a vocoder."""
