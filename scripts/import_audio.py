"""Long recordings to a corpus: `python scripts/import_audio.py audio=FOLDER out=CORPUS`."""

from tts.commands.import_audio import main

if __name__ == "__main__":
    main()
