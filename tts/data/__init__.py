"""What training reads: prepared corpora, features, batches and segments."""
