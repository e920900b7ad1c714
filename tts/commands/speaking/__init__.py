"""What `tts-synthesize` speaks with: a trained voice, or an exported one without torch."""
