"""Does the package install and work where there is no checkout? Builds sdist and wheel, installs the wheel, uses it.

python scripts/check_install.py [lowest] [python=PATH] [wheel=PATH]

The wheel goes by plain `pip install` into an empty environment in a folder for temporary files (some 10 GB of disk
while it lasts). There the installed commands prepare a small corpus, train a voice for six steps, speak with it and
align the corpus, and export the base; in a second environment without torch, installed as docs/tutorials/export.md
says, `tts.runtime` speaks with that. `lowest` takes the lowest version of every dependency that `pyproject.toml`
allows, without that second part. `python` is the interpreter of the environments. No environment of the checkout is
needed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = (
    "We keep the sea in view.",
    "A lamp stood by the door.",
    "Rain fell on the old town.",
    "Go home, then call.",
)
NEEDED_GB = 10
FAST = (
    "debug=fast", "trainer.max_steps=6", "trainer.frames_per_batch=800", "model.width=32", "trainer.accelerator=cpu",
    "trainer.devices=1",
)  # fmt: skip
SPEAK_WITHOUT_TORCH = """
import importlib.util
from tts.runtime import Voice
assert importlib.util.find_spec("torch") is None
speech = Voice.load("exported").synthesize("The old sea, on 3 May.")
print("tts.runtime", f"{len(speech.wav) / speech.sample_rate:.2f} s of", *(word.label for word in speech.words))
"""
USE_FROM_PYTHON = """
import tts
from importlib import metadata
assert tts.__version__ == metadata.version("smma-tts"), tts.__version__
assert "site-packages" in tts.__file__, tts.__file__
speech = tts.Voice.load("run").synthesize("The old sea.")
assert speech.wav.isfinite().all() and len(speech.phones) > 5
print("tts", tts.__version__, f"{len(speech.wav) / speech.sample_rate:.2f} s")
"""


def run(*command: str | Path, cwd: Path) -> None:
    """Print a command and run it. Raises CalledProcessError where it fails."""
    print("$", *command, flush=True)
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    subprocess.run([str(part) for part in command], cwd=cwd, env=clean, check=True)


def environment(python: str, folder: Path) -> Path:
    """Make an empty environment; its folder of commands."""
    run(python, "-m", "venv", folder, cwd=folder.parent)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def lowest_versions() -> str:
    """Constraints that pin every dependency of the package to the lowest version allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = []
    for requirement in project["dependencies"]:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)>=([^,]+),<.+", requirement)
        if match is None:
            raise SystemExit(f"pyproject.toml: {requirement!r} has no lowest and highest version")
        lines.append(f"{match[1]}=={match[2]}\n")
    return "".join(lines)


def use(bin: Path, folder: Path) -> None:
    """Speak, prepare, train and align with the commands in `bin`, in `folder`."""
    (folder / "sentences.txt").write_text("\n".join(SENTENCES), "utf-8")
    corpus = ("corpus=espeak", "corpus.out=corpus")
    voices = ("corpus.voices=[en-us+f3,en-us+m3]", "corpus.sentences=sentences.txt", "corpus.hours=null")
    run(bin / "tts-synthesize", "voice=base", "text=The old sea.", "out=spoken_by_the_base", cwd=folder)
    run(bin / "tts-prepare", "corpus=base_speech", cwd=folder)
    run(bin / "tts-prepare", *corpus, *voices, cwd=folder)
    run(bin / "tts-train", *corpus, *FAST, "run_dir=run", cwd=folder)
    run(bin / "tts-synthesize", "voice=run", "text=The old sea.", "out=spoken", cwd=folder)
    run(bin / "tts-align", *corpus, "out=timings", cwd=folder)
    run(bin / "python", "-c", USE_FROM_PYTHON, cwd=folder)
    made = (
        "spoken/0001.wav",
        "spoken/0001.TextGrid",
        "timings/report.html",
        "timings/phones.ctm",
        "run/voice/voice.json",
    )
    missing = [name for name in made if not (folder / name).is_file()]
    if missing:
        raise SystemExit(f"not made: {', '.join(missing)}")


def use_without_torch(bin: Path, wheel: Path, python: str, folder: Path) -> None:
    """Export the base with the commands in `bin`, and speak with it in an environment without torch."""
    run(bin / "python", "-m", "pip", "install", "--quiet", f"{wheel}[export]", cwd=folder)
    run(bin / "tts-export", "voice=base", "out=exported", cwd=folder)
    documented = (ROOT / "docs/tutorials/export.md").read_text("utf-8")
    (needed,) = re.findall(r"^pip install (onnxruntime .+)$", documented, re.MULTILINE)
    small = environment(python, folder / "small")
    before = size_of(folder / "small")
    run(small / "python", "-m", "pip", "install", "--quiet", *needed.split(), cwd=folder)
    run(small / "python", "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    run(small / "python", "-c", SPEAK_WITHOUT_TORCH, cwd=folder)
    print(f"without torch: {size_of(folder / 'small') - before:,.0f} MiB")


def size_of(folder: Path) -> float:
    """MiB of its files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def check_space(folder: Path) -> None:
    """Raises SystemExit where the disk of `folder` has no room for the environments."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < NEEDED_GB:
        raise SystemExit(
            f"{folder.parent} has {free:.1f} GB free, and the environments need {NEEDED_GB}; make room, or "
            "give another disk as TMPDIR=FOLDER"
        )


def main() -> None:
    if {"--help", "-h"} & set(sys.argv[1:]):
        print((__doc__ or "").strip())
        return
    arguments = dict(argument.partition("=")[::2] for argument in sys.argv[1:])
    unknown = arguments.keys() - {"lowest", "python", "wheel"}
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}\n\n{__doc__}")
    with tempfile.TemporaryDirectory(prefix="smma-tts-install-") as name:
        folder = Path(name)
        check_space(folder)
        wheel = Path(arguments["wheel"]).resolve() if "wheel" in arguments else None
        python = arguments.get("python", sys.executable)
        if wheel is None:  # from the sdist, as pip would
            tool = environment(python, folder / "build")
            run(tool / "python", "-m", "pip", "install", "--quiet", "build", cwd=folder)
            run(tool / "python", "-m", "build", "--outdir", folder / "dist", ROOT, cwd=folder)
            (wheel,) = (folder / "dist").glob("*.whl")
        bin = environment(python, folder / "env")
        constraints: tuple[str | Path, ...] = ()
        if "lowest" in arguments:
            (folder / "lowest.txt").write_text(lowest_versions(), "utf-8")
            constraints = ("--constraint", folder / "lowest.txt")
        started = time.monotonic()
        run(bin / "python", "-m", "pip", "install", "--quiet", *constraints, wheel, cwd=folder)
        took = time.monotonic() - started
        size = size_of(folder / "env")
        started = time.monotonic()
        use(bin, folder)
        print(f"installed in {took:.0f} s, {size:,.0f} MiB; used in {time.monotonic() - started:.0f} s")
        if "lowest" not in arguments:
            use_without_torch(bin, wheel, python, folder)


if __name__ == "__main__":
    main()
