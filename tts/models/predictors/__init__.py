"""What is predicted from text: durations, pitch, prosody."""
