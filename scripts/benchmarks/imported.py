"""A voice from one long recording without its text, beside the voice from the same prompts with their texts.

The training prompts of a prepared corpus are joined with silences and music into `minutes=60`, their texts thrown away,
imported by `tts-import` and prepared; the original is the corpus of the same prompts. A voice is trained on each by the
same recipe and seed, and what the judges of `benchmark=small_data` say of them is printed.

`corpus=PATH` (data/allison), `minutes=60`, `seed=0`, `experiment=little_speech`, `sentences=FILE,FILE`
(data/sentences/fresh.txt); other keys go to `scripts/train.py`. `out=DIR` (runs/imported) keeps all; what was imported
there is not imported again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.arguments import settings_and_overrides
from benchmarks.judging import Judges, Row, last_line, show, train_voice
from benchmarks.long_recording import long_recording
from tts.commands.import_audio import import_audio
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest, write_manifest
from tts.errors import UserError
from tts.storage.files import write_text
from tts.synthesis.voice import Voice

DEFAULTS = {
    "corpus": "data/allison", "minutes": "60", "seed": "0", "experiment": "little_speech",
    "sentences": "data/sentences/fresh.txt",
}  # fmt: skip
SHORTEST = 1.0
"""Seconds of a prompt."""
PREPARE = Path(__file__).parents[1] / "prepare_data.py"


def main(arguments: list[str], out: Path | None) -> None:
    settings, overrides = settings_and_overrides(arguments, DEFAULTS)
    out = out or Path("runs/imported")
    out.mkdir(parents=True, exist_ok=True)
    corpus = read_manifest(Path(settings["corpus"]).expanduser())
    judges = Judges(corpus, [Path(path).expanduser() for path in settings["sentences"].split(",")])
    chosen = [u for u in corpus.split("train") if u.seconds >= SHORTEST]
    _, unread = long_recording(corpus, chosen, float(settings["minutes"]), int(settings["seed"]), out / "long.flac")
    chosen = [u for u in chosen if u not in unread]
    import_audio({"audio": str(out / "long.flac"), "out": str(out / "pieces"), "language": corpus.info.language})
    rows: dict[str, Row] = {}
    for name, prepared in (
        ("the prompts", _original(corpus, chosen, out / "prompts")),
        ("the long recording", _prepared(corpus, out / "pieces", out / "imported")),
    ):
        run = out / name.replace(" ", "_")
        minutes = train_voice(run, prepared.folder, settings["experiment"], int(settings["seed"]), overrides)
        seconds = sum(u.seconds for u in prepared.split("train"))
        about = {"utterances": len(prepared.split("train")), "seconds": seconds, "minutes of training": minutes}
        rows[name] = about | judges.score(Voice.load(run), prepared.utterances[0].speaker)
        show(name, rows[name])
        write_text(out / "results.json", json.dumps(rows, indent=1))


def _original(corpus: PreparedCorpus, chosen: list[Utterance], folder: Path) -> PreparedCorpus:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "audio").mkdir(parents=True)
    for utterance in chosen:
        shutil.copy(corpus.audio_path(utterance), folder / "audio")
    write_manifest(folder, replace(corpus.info, name=folder.name), chosen)
    return read_manifest(folder)


def _prepared(corpus: PreparedCorpus, pieces: Path, folder: Path) -> PreparedCorpus:
    keys = [f"corpus.root={pieces}", f"corpus.out={folder}", f"corpus.language={corpus.info.language}"]
    command = [sys.executable, str(PREPARE), "corpus=imported", *keys]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"{PREPARE} {' '.join(keys)}: {last_line(done)}")
    return read_manifest(folder)
