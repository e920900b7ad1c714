"""The aligner's acoustic model: hidden Markov states with Gaussian mixtures."""
