"""The recursions compiled by numba."""
