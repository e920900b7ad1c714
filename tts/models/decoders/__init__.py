"""Hidden states to mel, a file for each decoder."""
