"""Lists as programs and corpora have them; what a layout is stands in its class, and `Table` reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from tts.corpora.corpus import Corpus, NotThisLayout
from tts.corpora.folders import telling
from tts.corpora.lists.files import composed
from tts.corpora.lists.readings import Columns, is_header
from tts.corpora.lists.rows import read_rows
from tts.corpora.lists.table import Table
from tts.errors import UserError

ANY_METADATA = Table.lists
LONGEST_NAME = 12
"""Characters of a speaker's name that is a checksum."""


@dataclass(frozen=True)
class LJSpeech(Table, Corpus):
    """Recordings of one speaker: `metadata.csv` with `id|text` or `id|text|normalised text`, beside `wavs/`."""

    readings: ClassVar[Sequence[Columns]] = (("file", "raw", "text"),)
    layout: Literal["ljspeech"] = "ljspeech"
    name: str = "ljspeech"

    def name_in_id(self, name: str) -> str:
        return name.removeprefix("wavs/")  # and no other folder, so that ids are those of versions up to 0.5


@dataclass(frozen=True)
class LJSpeechMultispeaker(Table, Corpus):
    """LJSpeech's with several speakers: a column for the speaker, or a folder in LJSpeech's layout for each."""

    lists: ClassVar[Sequence[str]] = (*ANY_METADATA, *(f"*/{name}" for name in ANY_METADATA))
    readings: ClassVar[Sequence[Columns]] = (
        ("file", "text", "speaker"), ("file", "speaker", "text"),
        ("file", "raw", "text", "speaker"), ("file", "speaker", "raw", "text"), ("file", "raw", "text"),
    )  # fmt: skip
    layout: Literal["ljspeech_multispeaker"] = "ljspeech_multispeaker"
    name: str = "ljspeech_multispeaker"

    def speaker_of(self, path: Path, folder: Path) -> str | None:
        return None if path.parent == folder else next(iter(telling([composed(path.parent.name)])), None)


@dataclass(frozen=True)
class Piper(Table, Corpus):
    """Piper's: `metadata.csv` with `id|text`, or `id|speaker|text`."""

    readings: ClassVar[Sequence[Columns]] = (("file", "text"), ("file", "speaker", "text"))
    layout: Literal["piper"] = "piper"
    name: str = "piper"


@dataclass(frozen=True)
class Coqui(Table, Corpus):
    """Coqui's: `metadata.csv` with `id|text` or `id|text|speaker`, or columns named in its first line."""

    readings: ClassVar[Sequence[Columns]] = (("file", "text"), ("file", "text", "speaker"))
    layout: Literal["coqui"] = "coqui"
    name: str = "coqui"


@dataclass(frozen=True)
class GPTSoVITS(Table, Corpus):
    """GPT-SoVITS's and VITS's: `NAME.list` with `path|speaker|language|text`."""

    lists: ClassVar[Sequence[str]] = ("*.list", *ANY_METADATA)
    readings: ClassVar[Sequence[Columns]] = (("file", "speaker", "language", "text"),)
    layout: Literal["gpt_sovits"] = "gpt_sovits"
    name: str = "gpt_sovits"


@dataclass(frozen=True)
class F5(Table, Corpus):
    """F5-TTS's: `metadata.csv` whose first line is `audio_file|text`."""

    described: ClassVar[str] = "a first line `audio_file|text`"
    layout: Literal["f5"] = "f5"
    name: str = "f5"


@dataclass(frozen=True)
class CommonVoice(Table, Corpus):
    """Common Voice's: `validated.tsv` beside `clips/`; speakers are called by the beginning of their `client_id`."""

    lists: ClassVar[Sequence[str]] = ("validated.tsv", "*/validated.tsv", "*/*/validated.tsv")
    splits: ClassVar[Sequence[str]] = ("train.tsv", "dev.tsv", "test.tsv")
    """Lists that are read together where there is no other, if the first is there."""
    usual_separator: ClassVar[str | None] = "\t"
    described: ClassVar[str] = "a first line that names client_id, path and sentence, with tabs between"
    layout: Literal["common_voice"] = "common_voice"
    name: str = "common_voice"
    licence: str = "CC0-1.0"
    credits: str = "Mozilla Common Voice and its contributors"

    def found_lists(self) -> tuple[Path, list[Path]]:
        try:
            return super().found_lists()
        except NotThisLayout:
            folder = Path(self.root).expanduser()
            lists = [path for name in self.splits if (path := folder / name).is_file()]
            if not lists or lists[0].name != self.splits[0]:
                raise
        if self.columns is not None:
            return folder, lists
        rows = {path: read_rows(path, self.usual_separator) for path in lists}
        for path, found in rows.items():
            if found and not is_header(found[0].cells):  # as others call their lists, too
                raise NotThisLayout(f"{path}: expected {self.described}; corpus=auto recognises other layouts")
        return folder, [path for path in lists if len(rows[path]) > 1] or lists[:1]  # some languages lack a split

    def speaker_names(self, written: Iterable[str]) -> Mapping[str, str]:
        names = super().speaker_names(written)
        short = {name: name[:LONGEST_NAME] for name in names.values()}
        return {one: short[name] for one, name in names.items()} if len({*short.values()}) == len(short) else names


@dataclass(frozen=True)
class MAILabs(Table, Corpus):
    """M-AILABS's: `…/female/SPEAKER/BOOK/metadata.csv` with `id|text|normalised text`, beside `wavs/`."""

    lists: ClassVar[Sequence[str]] = ("**/*male/*/*/metadata.csv", "**/mix/*/metadata.csv")
    readings: ClassVar[Sequence[Columns]] = (("file", "raw", "text"),)
    layout: Literal["m_ailabs"] = "m_ailabs"
    name: str = "m_ailabs"
    credits: str = "M-AILABS speech dataset, from LibriVox readers"

    def found_lists(self) -> tuple[Path, list[Path]]:
        """Those of one reader; those in mix/, whose readers nothing names, only where the user says who speaks."""
        folder, lists = super().found_lists()
        if self.speaker is not None or self.speaker_folder is not None:
            return folder, lists
        mixed = [p for p in lists if p.match("mix/*/metadata.csv") and not p.match("*male/*/*/metadata.csv")]
        if len(mixed) == len(lists):
            raise UserError(
                f"{lists[0].parent.parent}: several people read a book in mix/, and nothing says who; "
                "corpus.speaker=mix takes all for one speaker, and "
                f"corpus.speaker_folder={len(lists[0].parent.relative_to(folder).parts)} each folder such as "
                f"{lists[0].parent.name}/ for a speaker's"
            )
        return folder, [path for path in lists if path not in mixed]

    def speaker_of(self, path: Path, folder: Path) -> str | None:
        return composed(path.parent.parent.name)


@dataclass(frozen=True)
class NeMo(Table, Corpus):
    """NeMo's manifests: a JSON object a line with `audio_filepath`, `text`, and perhaps `offset` and `speaker`."""

    lists: ClassVar[Sequence[str]] = ("*manifest*.json", "*.json", "*.jsonl")
    described: ClassVar[str] = 'a line `{"audio_filepath": …, "text": …}` for each recording'
    layout: Literal["nemo"] = "nemo"
    name: str = "nemo"
