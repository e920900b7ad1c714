"""Train a voice: `python scripts/train.py experiment=NAME run_dir=PATH [key=value ...]`."""

from tts.commands.train import main

if __name__ == "__main__":
    main()
