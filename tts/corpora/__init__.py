"""Corpora as people have them, a file each."""
