"""Devices, processes and signals of a run."""
