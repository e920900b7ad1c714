"""Corpora that synthesisers speak."""
