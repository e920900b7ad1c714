"""Figures of a voice: `python scripts/evaluate.py metric=speech|alignment voice=PATH out=DIR`."""

from tts.commands.evaluate import main

if __name__ == "__main__":
    main()
