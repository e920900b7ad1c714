"""Corpora as people have them: a file for each layout, and `registry`, which finds the one that a config names."""
