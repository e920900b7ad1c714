"""A text file beside each audio file, of the same name: what forced aligners take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from tts.corpora.corpus import Corpus, NotThisLayout, Part, Recording, from_file
from tts.corpora.folders import check_folder, check_languages, check_last_folders, folder_of, last_folder
from tts.corpora.lists.files import FOLDERS, audio_files, composed
from tts.corpora.lists.in_folder import what_is_in
from tts.corpora.lists.table import check_channel
from tts.corpora.not_texts import before_texts, instead_of_text
from tts.corpora.transcript import read_content
from tts.corpora.written import Place
from tts.errors import UserError

ENDINGS = (".lab", ".txt")
TEXT_FOLDERS = ("txt", "text", "texts", "transcript", "transcripts", "transcription", "transcriptions")
"""Names of folders that texts may be in where the sound is in another (`tts.corpora.lists.files.FOLDERS`); in `lab/`
there are times more often than texts."""


class _Beside(NamedTuple):
    """A file that has the name of a recording."""

    file: Path
    content: str
    """All of it."""
    instead: str
    """What it holds, if that is no text."""
    before: str = ""
    """With what it begins that is not said."""

    @property
    def text(self) -> str:
        """On one line."""
        said = composed(self.content).lstrip()[len(self.before) :] if self.before else self.content
        return " ".join(said.split())


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
        read = {path: [_read(file) for file in _texts(path, root)] for path in audio_files(root)}
        beside = [one for found in read.values() for one in found]
        if not beside:
            raise NotThisLayout(f"{root}: no ID.txt or ID.lab beside an audio file ID.wav; {what_is_in(root)}")
        if all(one.instead for one in beside):
            raise UserError(
                f"{beside[0].file}: {beside[0].instead}; it is so in all {len(beside)} files beside "
                "recordings; write only what is said into ID.txt beside ID.wav; long recordings are then cut by "
                f"`tts-import audio={root}`"
            )
        plain = [(path, one) for path, found in read.items() for one in found if not one.instead]
        before = before_texts([(path.stem, one.content) for path, one in plain])
        texts = {one.file: one._replace(before=cut) for (_, one), cut in zip(plain, before, strict=True)}
        check_languages([path for path, _ in plain], root, self.language, self.speaker_folder)
        if self.speaker is None and self.speaker_folder is None:
            check_last_folders([path for path, _ in plain], root)
        for path, found in read.items():
            yield self._recording(path, self._speaker(path, root), found, texts, root)

    def _speaker(self, path: Path, root: Path) -> str:
        """Who speaks in a file; empty where no folder says so."""
        if self.speaker is not None:
            return self.speaker
        if self.speaker_folder is not None:
            return folder_of(path, root, self.speaker_folder)
        return last_folder(path, root) or self.name

    def _recording(
        self, path: Path, speaker: str, found: list[_Beside], texts: Mapping[Path, _Beside], root: Path
    ) -> Recording:
        within = path.relative_to(root).with_suffix("")
        plain = [texts[one.file] for one in found if one.file in texts]
        said = {one.text: one for one in plain}
        problem = "" if said else f"no {path.stem}.txt or {path.stem}.lab beside it"
        if found and not said:
            problem = f"{found[0].file.name} holds {found[0].instead}"
        if len(said) > 1:
            problem = f"{' and '.join(one.file.name for one in said.values())} differ"
        if not speaker:
            problem = problem or f"corpus.speaker_folder={self.speaker_folder}, and it is in fewer folders"
        recording = from_file(
            "-".join(within.parts), speaker or self.name, min(said, default=""), path, Part(self.channel)
        )
        own = [one for one in plain if one.before][:1] or plain
        written = Place(str(own[0].file), before=" ".join(own[0].before.split())) if len(own) == 1 else None
        return replace(recording, problem=problem, written=written)


def _read(file: Path) -> _Beside:
    content = read_content(file)
    return _Beside(file, content, instead_of_text(content))


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
