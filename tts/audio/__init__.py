"""Waveforms, mels and pitch."""
