"""A neural vocoder: log-mel frames to a waveform, by filtering a harmonic source and noise."""
