"""The VCTK layout: `txt/SPEAKER/ID.txt` and `wav48_silence_trimmed/SPEAKER/ID_mic1.flac` (0.92) or
`wav48/SPEAKER/ID.wav`, or `wav16/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tts.corpora.corpus import Corpus, NotThisLayout, Recording, from_file
from tts.corpora.transcript import read_transcript
from tts.corpora.written import Place

AUDIO = ("wav48_silence_trimmed/{speaker}/{id}_mic1.flac", "wav48/{speaker}/{id}.wav", "wav16/{speaker}/{id}.wav")


@dataclass(frozen=True)
class VCTK(Corpus):
    """Many speakers reading newspaper sentences; the first microphone."""

    root: str
    """Folder with the recordings."""
    speakers: list[str] | None = None
    """Speakers to take, as in corpus.speakers=[p225,p226]; null for all."""
    layout: Literal["vctk"] = "vctk"
    name: str = "vctk"
    language: str = "en-gb"
    licence: str = "CC-BY-4.0"
    credits: str = "CSTR VCTK Corpus (Yamagishi, Veaux, MacDonald 2019), University of Edinburgh"

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        texts = sorted(root.glob("txt/*/*.txt"))
        if not texts:
            raise NotThisLayout(
                f"{root}: no txt/SPEAKER/ID.txt in it; expected it beside {AUDIO[0].split('/')[0]}/ or wav48/"
            )
        for path in texts:
            speaker = path.parent.name
            if self.speakers is None or speaker in self.speakers:
                places = [root / place.format(speaker=speaker, id=path.stem) for place in AUDIO]
                audio = next((place for place in places if place.is_file()), places[0])
                yield replace(from_file(path.stem, speaker, read_transcript(path), audio), written=Place(str(path)))
