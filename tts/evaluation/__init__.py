"""Judges of a voice or an aligner."""
