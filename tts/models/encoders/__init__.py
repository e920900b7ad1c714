"""Text and mel to hidden states."""
