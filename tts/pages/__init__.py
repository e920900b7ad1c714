"""Pages for a browser on this machine: the report of a corpus, its review, and recording."""
