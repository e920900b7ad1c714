"""Make of a run of experiment=base the base that comes with the package: python scripts/release_base.py runs/base

Writes tts/voices/base: the voice in half precision, and some minutes of the speech that it learnt from, by the
speakers with most of it in turn, as `corpus=base_speech` reads them. The README beside it is written by hand.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path

import soundfile

from tts.corpora.base_speech import FOLDER, LISTING
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest
from tts.storage.files import write_text
from tts.storage.plain_data import plain_file
from tts.storage.resources import PACKAGED
from tts.synthesis.voice import Voice, save_voice
from tts.training.run_folder import CONFIG

SECONDS = 330.0
"""Of speech; with the weights it is to stay within 8 MB."""
HEARD = 20
"""Speakers of it."""
SHORTEST, LONGEST = 1.5, 8.0
"""Seconds of an utterance that is taken."""
COMPRESSION = 0.93
"""Of Opus by libsndfile: some 25 kbit/s, all of 12 kHz."""


def main() -> int:
    if len(sys.argv) != 2 or {"--help", "-h"} & set(sys.argv):
        print((__doc__ or "").strip())
        return 0
    run = Path(sys.argv[1])
    voice = Voice.load(run)
    info = replace(voice.info, half=True, training=voice.info.training | {"name": "base"})
    save_voice(PACKAGED["base"], voice.model, voice.config, voice.table, info)
    parts = plain_file(run / CONFIG)["corpora"]
    taken = chosen([read_manifest(part["out"]) for part in parts.values()], voice.info.speakers)
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.opus"):
        old.unlink()
    lines = []
    for corpus, utterance in taken:
        samples, rate = soundfile.read(corpus.audio_path(utterance), dtype="float32")
        path = FOLDER / f"{utterance.id}.opus"
        soundfile.write(path, samples, rate, format="OGG", subtype="OPUS", compression_level=COMPRESSION)
        lines.append(f"{utterance.id}|{utterance.speaker}|{utterance.text}\n")
    write_text(FOLDER / LISTING, "".join(lines))
    seconds = sum(utterance.seconds for _, utterance in taken)
    speakers = {utterance.speaker for _, utterance in taken}
    print(f"{FOLDER}: {len(taken)} utterances, {seconds / 60:.1f} min of {len(speakers)} speakers")
    return 0


def chosen(corpora: list[PreparedCorpus], speakers: tuple[str, ...]) -> list[tuple[PreparedCorpus, Utterance]]:
    """From the training splits, one utterance after another of each of the speakers with most speech."""
    own = [[(c, u) for c in corpora for u in c.split("train") if u.speaker == speaker] for speaker in speakers]
    own.sort(key=lambda pairs: -sum(utterance.seconds for _, utterance in pairs))
    fitting = [[pair for pair in pairs if SHORTEST <= pair[1].seconds <= LONGEST] for pairs in own[:HEARD]]
    taken: list[tuple[PreparedCorpus, Utterance]] = []
    for pair in filter(None, chain.from_iterable(zip_longest(*fitting))):
        if sum(utterance.seconds for _, utterance in taken) >= SECONDS:
            break
        taken.append(pair)
    return taken


if __name__ == "__main__":
    sys.exit(main())
