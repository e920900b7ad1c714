"""Loading a voice and speaking."""
