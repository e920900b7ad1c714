"""Record a corpus in the browser: `python scripts/record.py out=FOLDER [sentences=FILE] [language=de]`."""

from tts.commands.record import main

if __name__ == "__main__":
    main()
