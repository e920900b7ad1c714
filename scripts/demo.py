"""`make demo`: recordings, the package's base trained to speak like them, and five sentences spoken.

python scripts/demo.py run_dir=runs/demo trainer.max_steps=150

Takes overrides of `scripts/train.py`; `python scripts/train.py experiment=little_speech --help` lists them. Each stage
is one of the project's own commands, printed before it runs. It fetches 24 minutes of recordings on Debian and its
family, and takes synthetic speech in their place elsewhere.
"""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from tts.commands.cli import fail, load_config
from tts.commands.terminal import make_reliable
from tts.errors import UserError

SCRIPTS = Path(__file__).parent
SENTENCES = SCRIPTS.parent / "data" / "sentences" / "demo.txt"


def run(script: str, *arguments: str) -> bool:
    """Print a command of the project and run it; whether it succeeded. A signal stops it and the demo."""
    print(f"\n$ python scripts/{script} {shlex.join(arguments)}", flush=True)
    process = subprocess.Popen([sys.executable, str(SCRIPTS / script), *arguments])
    received: list[int] = []

    def forward(number: int, _: object) -> None:
        received.append(number)
        if number != signal.SIGINT:  # Ctrl-C in a terminal has reached the script too
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    succeeded = process.wait() == 0
    for number, handler in before.items():
        signal.signal(number, handler)
    if received:
        print("The demo was stopped; make demo, with the same settings, goes on from here and speaks.", file=sys.stderr)
        sys.exit(128 + received[0])
    return succeeded


def main() -> int:
    make_reliable()
    overrides = sys.argv[1:]
    if {"--help", "-h"} & set(overrides):
        print(__doc__.strip())
        return 0
    run_dir = next((o.partition("=")[2] for o in overrides if o.startswith("run_dir=")), "runs/demo")
    overrides = [f"run_dir={run_dir}", *(o for o in overrides if not o.startswith("run_dir="))]
    try:  # a misspelt key is named before the minutes of preparation
        load_config("train", ["experiment=little_speech", *overrides])
    except UserError as error:
        fail(str(error))
    stages: list[tuple[str, float]] = []
    started = time.monotonic()

    def finish(stage: str) -> None:
        stages.append((stage, time.monotonic() - started - sum(seconds for _, seconds in stages)))

    overrides = [*overrides, "resume=auto"]
    if not run("prepare_data.py", "corpus=base_speech", "report=false"):
        return 1
    if not run("prepare_data.py", "corpus=allison", "report=false"):
        print("No recordings could be fetched (see above): the demo goes on with synthetic speech in their place.")
        if not run("prepare_data.py", "corpus=espeak", "report=false"):
            return 1
        overrides = ["corpus.parts.voice.out=data/espeak", *overrides]
    finish("prepare")
    if not run("train.py", "experiment=little_speech", *overrides):
        return 1
    finish("train")
    out = str(Path(run_dir) / "spoken")
    if not run("synthesize.py", f"voice={run_dir}/voice", f"text_file={SENTENCES}", f"out={out}", "picture=true"):
        return 1
    finish("speak")
    times = ", ".join(f"{stage} {seconds / 60:.1f} min" for stage, seconds in stages)
    print(
        f"""
Done: {times}.
  speech, pictures, timings   {out}/0001.wav .png .TextGrid .json …
  the voice                   {run_dir}/voice
  what training looked like   make tensorboard   (docs/tensorboard.md says how to read it)

Next:
  make demo STEPS=1000 goes on with this voice; what the last steps of training were worth is said above
  .venv/bin/python scripts/synthesize.py voice={run_dir}/voice text="Anything you like." out=spoken
  .venv/bin/python scripts/prepare_data.py corpus=ljspeech corpus.root=YOUR_FOLDER corpus.name=mine
  .venv/bin/python scripts/train.py experiment=little_speech corpus.parts.voice.out=data/mine run_dir=runs/mine"""
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
