"""Written text to tokens."""
