"""From a corpus to a prepared folder: checked, trimmed, cut, tokenised, split."""
