"""From hours of sound, with or without text, to a folder of short recordings with their texts."""
