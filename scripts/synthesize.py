"""Speak: `python scripts/synthesize.py voice=PATH text="..." out=DIR`."""

from tts.commands.synthesize import main

if __name__ == "__main__":
    main()
