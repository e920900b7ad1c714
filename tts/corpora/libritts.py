"""The LibriTTS layout: `[subset/]speaker/chapter/ID.wav` with `ID.normalized.txt` beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tts.corpora.corpus import Corpus, NotThisLayout, Recording, from_file
from tts.corpora.transcript import read_transcript
from tts.corpora.written import Place


@dataclass(frozen=True)
class LibriTTS(Corpus):
    """Many speakers, each a folder of chapters; `root` is one subset or the folder that holds several."""

    root: str
    """Folder with the recordings: one subset, or the folder that holds several."""
    speakers: list[str] | None = None
    """Speakers to take, as in corpus.speakers='["84","174"]'; null for all."""
    layout: Literal["libritts"] = "libritts"
    name: str = "libritts"
    language: str = "en-us"
    licence: str = "CC-BY-4.0"
    credits: str = "LibriTTS (Zen et al. 2019), from LibriVox readers"

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        texts = sorted(root.rglob("*.normalized.txt"))
        if not texts:
            raise NotThisLayout(
                f"{root}: no *.normalized.txt in it; expected SPEAKER/CHAPTER/ID.normalized.txt and ID.wav"
            )
        for path in texts:
            speaker = path.parent.parent.name
            if self.speakers is None or speaker in self.speakers:
                id = path.name.removesuffix(".normalized.txt")
                audio = path.with_name(f"{id}.wav")
                if not audio.exists() and path.with_name(f"{id}.flac").exists():
                    audio = path.with_name(f"{id}.flac")
                yield replace(from_file(id, speaker, read_transcript(path), audio), written=Place(str(path)))
