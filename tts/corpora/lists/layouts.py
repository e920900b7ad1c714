"""Lists as programs and corpora have them; what a layout is stands in its class, and `Table` reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from tts.corpora.corpus import Corpus, NotThisLayout
from tts.corpora.lists.readings import Columns, is_header
from tts.corpora.lists.rows import read_rows
from tts.corpora.lists.table import SPLITS, Table

ANY_METADATA = Table.lists


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

    lists: ClassVar[Sequence[str]] = (*ANY_METADATA, "*/metadata.csv")
    readings: ClassVar[Sequence[Columns]] = (
        ("file", "text", "speaker"), ("file", "speaker", "text"),
        ("file", "raw", "text", "speaker"), ("file", "speaker", "raw", "text"), ("file", "raw", "text"),
    )  # fmt: skip
    layout: Literal["ljspeech_multispeaker"] = "ljspeech_multispeaker"
    name: str = "ljspeech_multispeaker"

    def speaker_of(self, path: Path, folder: Path) -> str | None:
        return None if path.parent == folder or path.parent.name.casefold() in SPLITS else path.parent.name


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

    lists: ClassVar[Sequence[str]] = ("validated.tsv", "*/validated.tsv", "*/*/validated.tsv", "train.tsv")
    usual_separator: ClassVar[str | None] = "\t"
    described: ClassVar[str] = "a first line that names client_id, path and sentence, with tabs between"
    layout: Literal["common_voice"] = "common_voice"
    name: str = "common_voice"
    licence: str = "CC0-1.0"
    credits: str = "Mozilla Common Voice and its contributors"

    def found_lists(self) -> tuple[Path, list[Path]]:
        folder, lists = super().found_lists()
        if self.columns is None and lists[0].name == self.lists[-1]:  # as others call their lists, too
            first = read_rows(lists[0], self.usual_separator)[:1]
            if not any(is_header(row.cells) for row in first):
                raise NotThisLayout(f"{lists[0]}: expected {self.described}; corpus=auto recognises other layouts")
        return folder, lists

    def named_speaker(self, name: str) -> str:
        return name[:12]


@dataclass(frozen=True)
class MAILabs(Table, Corpus):
    """M-AILABS's: `…/female/SPEAKER/BOOK/metadata.csv` with `id|text|normalised text`, beside `wavs/`."""

    lists: ClassVar[Sequence[str]] = ("**/*male/*/*/metadata.csv", "**/mix/*/metadata.csv")
    readings: ClassVar[Sequence[Columns]] = (("file", "raw", "text"),)
    layout: Literal["m_ailabs"] = "m_ailabs"
    name: str = "m_ailabs"
    credits: str = "M-AILABS speech dataset, from LibriVox readers"

    def speaker_of(self, path: Path, folder: Path) -> str | None:
        return path.parent.parent.name


@dataclass(frozen=True)
class NeMo(Table, Corpus):
    """NeMo's manifests: a JSON object a line with `audio_filepath`, `text`, and perhaps `offset` and `speaker`."""

    lists: ClassVar[Sequence[str]] = ("*manifest*.json", "*.json", "*.jsonl")
    described: ClassVar[str] = 'a line `{"audio_filepath": …, "text": …}` for each recording'
    layout: Literal["nemo"] = "nemo"
    name: str = "nemo"
