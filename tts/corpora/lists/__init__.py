"""Corpora whose recordings stand in a list, a line each: `metadata.csv`, `train.list`, `manifest.json`."""
