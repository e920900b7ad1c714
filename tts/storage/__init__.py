"""Files: written whole or not at all, whose they are, and plain data read without trusting it."""
