"""Measures of a voice or an aligner."""
