"""What is in a prepared corpus: measures of each utterance, phones that it lacks, duplicates, what is suspicious."""
