"""Time words and phones: `python scripts/align.py corpus=NAME out=DIR`."""

from tts.commands.align import main

if __name__ == "__main__":
    main()
