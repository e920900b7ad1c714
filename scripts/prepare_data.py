"""Prepare a corpus: `python scripts/prepare_data.py corpus=ljspeech corpus.root=PATH`."""

from tts.commands.prepare_data import main

if __name__ == "__main__":
    main()
