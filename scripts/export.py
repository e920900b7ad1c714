"""Take a voice elsewhere: `python scripts/export.py voice=PATH format=onnx|piper|sherpa out=DIR`."""

from tts.commands.export import main

if __name__ == "__main__":
    main()
