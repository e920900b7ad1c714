"""Training a voice."""
