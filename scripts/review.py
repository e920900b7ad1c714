"""See and correct a prepared corpus: `python scripts/review.py corpus=data/NAME [timings=DIR]`."""

from tts.commands.review import main

if __name__ == "__main__":
    main()
