"""Serve voices by HTTP: `python scripts/serve.py voices=DIR [host=127.0.0.1 port=8000 wyoming=true]`."""

from tts.commands.serve import main

if __name__ == "__main__":
    main()
