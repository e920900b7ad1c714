"""Settings: plain data checked against dataclasses, and values that change over training steps."""
