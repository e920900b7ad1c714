"""Trained voices in formats of other programs."""
