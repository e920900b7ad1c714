"""The training loop; `acoustic` and `vocoder` fill in what is trained."""
