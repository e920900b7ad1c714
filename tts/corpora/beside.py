"""A text file beside each audio file, of the same name: what forced aligners take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tts.corpora.corpus import Corpus, NotThisLayout, Part, Place, Recording, from_file
from tts.corpora.folders import check_folder, folder_of, last_folders
from tts.corpora.lists.files import FOLDERS, audio_files
from tts.corpora.lists.in_folder import what_is_in
from tts.corpora.lists.table import check_channel
from tts.corpora.transcript import read_transcript
from tts.errors import UserError

ENDINGS = (".lab", ".txt")
TEXT_FOLDERS = ("txt", "text", "texts", "transcripts", "transcriptions")
"""Names of folders that texts may be in where the sound is in another (`tts.corpora.lists.files.FOLDERS`); in `lab/`
there are times more often than texts."""


@dataclass(frozen=True)
class TextBesideAudio(Corpus):
    """`ID.txt` or `ID.lab` beside `ID.wav`, as for the Montreal Forced Aligner, or in `txt/` beside `wav/`; a folder
    for each speaker, or none."""

    root: str
    """Folder with the recordings."""
    speaker: str | None = None
    """Who speaks in all recordings; null for the name of the folder that each is in, or the corpus's where there is
    none."""
    speaker_folder: int | None = None
    """Which folder of a file is its speaker's, 1 for the first; null for the last that is not called train, wavs or the
    like."""
    channel: int | None = None
    """Which channel to take of files with several, 1 for the first; null for the loudest, or the mean of two."""
    layout: Literal["txt_beside_audio"] = "txt_beside_audio"
    name: str = "txt_beside_audio"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __post_init__(self) -> None:
        check_channel(self.channel)
        check_folder(self.speaker_folder)

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        if not root.is_dir():
            raise UserError(f"{root}: no such folder")
        files = audio_files(root)
        if not any(_texts(path, root) for path in files):
            raise NotThisLayout(f"{root}: no ID.txt or ID.lab beside an audio file ID.wav; {what_is_in(root)}")
        for path, speaker in zip(files, self._speakers(files, root), strict=True):
            yield self._recording(path, speaker, _texts(path, root), root)

    def _speakers(self, files: list[Path], root: Path) -> list[str]:
        """Who speaks in each file; empty where no folder says so."""
        if self.speaker is not None:
            return [self.speaker] * len(files)
        if self.speaker_folder is not None:
            return [folder_of(path, root, self.speaker_folder) for path in files]
        return [folder or self.name for folder in last_folders(files, root)]

    def _recording(self, path: Path, speaker: str, texts: list[Path], root: Path) -> Recording:
        within = path.relative_to(root).with_suffix("")
        read = {read_transcript(text) for text in texts}
        problem = "" if read else f"no {path.stem}.txt or {path.stem}.lab beside it"
        if len(read) > 1:
            problem = f"{' and '.join(text.name for text in texts)} differ"
        if not speaker:
            problem = problem or f"corpus.speaker_folder={self.speaker_folder}, and it is in fewer folders"
        recording = from_file(
            "-".join(within.parts), speaker or self.name, min(read, default=""), path, Part(self.channel)
        )
        return replace(recording, problem=problem, written=Place(str(texts[0])) if len(texts) == 1 else None)


def _texts(path: Path, root: Path) -> list[Path]:
    """Of a recording, beside it, or else in a folder of texts beside that of sound."""
    beside = [text for ending in ENDINGS for text in _either_case(path, ending)]
    parts = path.relative_to(root).parts
    apart = [
        text
        for i, part in enumerate(parts[:-1])
        if part.casefold() in FOLDERS
        for folder in TEXT_FOLDERS
        for text in _either_case(root.joinpath(*parts[:i], folder, *parts[i + 1 :]), ".txt")
    ]
    return beside or apart


def _either_case(path: Path, ending: str) -> list[Path]:
    """The file of that name with this ending, or with it in capitals; none where there is neither."""
    named = (path.with_suffix(ending), path.with_suffix(ending.upper()))
    return [text for text in named if text.is_file()][:1]
