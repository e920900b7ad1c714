"""Which layout a folder has: each is tried, and one that reads what no other reads differently is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tts.corpora.beside import TextBesideAudio
from tts.corpora.corpus import Corpus, NotThisLayout, Recording
from tts.corpora.folders import WhichFolder
from tts.corpora.huggingface import TABLES, HuggingFace, no_such_folder
from tts.corpora.imported import MANIFEST, Imported
from tts.corpora.languages import LanguageError
from tts.corpora.lhotse import Lhotse
from tts.corpora.libritts import LibriTTS
from tts.corpora.lists.columns import as_key, with_role
from tts.corpora.lists.entries import Entry, Format
from tts.corpora.lists.files import AudioFiles, audio_files
from tts.corpora.lists.in_folder import ENDINGS, of_one_corpus, split_lists, what_is_in
from tts.corpora.lists.layouts import (
    F5,
    CommonVoice,
    Coqui,
    GPTSoVITS,
    LJSpeech,
    LJSpeechMultispeaker,
    MAILabs,
    NeMo,
    Piper,
)  # fmt: skip
from tts.corpora.lists.named_speakers import StylesNotSpeakers, TwoReadings
from tts.corpora.lists.readings import Columns
from tts.corpora.lists.rows import JSON, read_rows
from tts.corpora.lists.table import Table
from tts.corpora.other_folders import what_to_do
from tts.corpora.published import pinyin_in_texts, unnamed_speakers
from tts.corpora.vctk import VCTK
from tts.errors import UserError
from tts.storage.ownership import kind_of

CORPORA = (Imported, LibriTTS, VCTK, CommonVoice, MAILabs, Lhotse)
"""Told by their folders and the names of their lists, beside which nothing else counts."""
FOLDERS = (HuggingFace, NeMo, LJSpeechMultispeaker, TextBesideAudio)
LISTS = (LJSpeech, Coqui, Piper, GPTSoVITS, F5, LJSpeechMultispeaker)
BELOW = ("*/metadata.*", "*/*/metadata.*")
"""Lists in folders of their own."""


class Reading(NamedTuple):
    """A layout that can read the folder."""

    corpus: Corpus
    recordings: list[Recording]

    @property
    def rows(self) -> set[tuple[str, ...]]:
        """What it understands."""
        return {(r.speaker, r.text, r.file, r.language, r.style) for r in self.recordings if not r.problem}

    @property
    def root(self) -> str:
        return str(getattr(self.corpus, "root", ""))

    def check(self) -> None:
        """Raises UserError where most of what it lists is unclear, so that the folder may be meant otherwise, where it
        is in lists that may be of two corpora, or where what would be speakers are numbers after the text."""
        speakers = sorted({r.speaker for r in self.recordings if not r.problem} - {self.corpus.name})
        columns = self._columns() if speakers and all(map(str.isdecimal, speakers)) else ()
        if columns[-1:] == ("speaker",):
            raise UserError(
                f"{self.root}: two readings are possible, as column {len(columns)} says "
                f"{', '.join(map(repr, speakers[:3]))}: give {as_key(columns)} if these numbers are speakers, or "
                f"{as_key(with_role(columns, '_'))}"
            )
        lists = sorted({Path(recording.written.file) for recording in self.recordings if recording.written})
        unnamed = any(recording.speaker == self.corpus.name for recording in self.recordings)
        if isinstance(self.corpus, NeMo) and unnamed and not of_one_corpus(lists):
            raise UserError(
                f"{self.root}: two readings are possible, as {lists[0].name} and {lists[1].name} may be two corpora: "
                f"give one of the lists, as corpus.root={lists[0]}, or corpus={self.corpus.layout} to read all together"
            )
        unclear = [recording for recording in self.recordings if recording.problem]
        if 2 * len(unclear) > len(self.recordings):
            raise UserError(
                f"{self.root}: as corpus={self.corpus.layout}, {len(unclear)} of {len(self.recordings)} recordings are "
                f"unclear, such as {unclear[0].id} ({unclear[0].problem}): give the folder or the list of one corpus "
                f"as corpus.root, mend them, or give corpus={self.corpus.layout} corpus.root={self.root} to leave them "
                "out"
            )

    def _columns(self) -> Columns:
        """Of its list, by which the speakers are named; none where that is said otherwise."""
        corpus = self.corpus
        if not isinstance(corpus, LISTS) or corpus.speaker is not None or corpus.speaker_folder is not None:
            return ()
        folder, lists = corpus.found_lists()
        return corpus.reader(AudioFiles(folder)).columns_of(lists[0])

    def check_other_lists(self, root: Path) -> None:
        """Raises UserError where there are further lists below, beside recordings that are not read."""
        own = {_without_links(Path(recording.written.file)): None for recording in self.recordings if recording.written}
        others = sorted(path for pattern in BELOW for path in root.glob(pattern) if _without_links(path) not in own)
        if not others or not own or not isinstance(self.corpus, Table):
            return
        read = {_without_links(Path(recording.file)) for recording in self.recordings}
        for other in others:
            missing = [path for path in audio_files(other.parent) if _without_links(path) not in read]
            if missing and _is_list(other):
                raise UserError(
                    f"{root}: {next(iter(own)).name} is read, but not {other.relative_to(root)}, beside "
                    f"{len(missing)} recordings that no line of it names, such as {missing[0].name}: give one of these "
                    "lists as corpus.root, or write all lines into one"
                )


@dataclass(frozen=True)
class Auto(Table, Corpus):
    """Any of the layouts of people's own recordings: the one that the folder has, or a refusal that names two."""

    layout: Literal["auto"] = "auto"
    name: str = "auto"
    language: str = ""
    """The espeak-ng language of the texts, such as en-us, de, fr-fr; empty for the layout's own, which is en-us but for
    en-gb of vctk."""

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recognised())

    def recognised(self) -> Corpus:
        """The corpus in the layout that the folder has.

        Raises
        ------
        UserError: it has none, or can be read in two ways; naming what is there.
        """
        root = Path(self.root).expanduser()
        if not root.exists():
            raise UserError(no_such_folder(self.root))
        if not root.is_dir() and not root.is_file():
            raise UserError(f"{root}: neither a folder nor a file on a disk; save the list as a file beside its sound")
        if root.is_dir() and kind_of(root) == "import" and not (root / MANIFEST).is_file():
            raise UserError(f"{root}: an import that is not finished; run tts-import again, with out={root}")
        if advice := self._published(root):
            raise UserError(f"{root}: {advice}")
        as_folder = [root] if root.is_dir() and self.columns is None else []
        readings, errors = _readings(self._as(layout, folder) for folder in as_folder for layout in CORPORA)
        if not readings and not errors:
            readings, errors = _readings(self._lists(root))
            further = _readings(self._as(layout, folder) for folder in as_folder for layout in FOLDERS)
            readings, errors = readings + further[0], errors + further[1]
        readings = _different(readings)
        if not readings:
            errors.sort(key=lambda error: not isinstance(error, WhichFolder))
            raise (
                errors[0]
                if errors
                else UserError(f"{root}: no layout that is known; {what_is_in(root)}{what_to_do(root)}")
            )
        if len(readings) > 1:
            compared = _compared(*readings[:2])
            raise UserError(f"{root}: two readings are possible: {compared}; give one of them, or corpus.columns")
        self._check_keys(readings[0].corpus)
        if self.columns is None:
            readings[0].check()
        if as_folder and not isinstance(readings[0].corpus, CORPORA):
            readings[0].check_other_lists(root)
        return readings[0].corpus

    def _published(self, root: Path) -> str:
        """What to give for a published corpus that no layout reads well."""
        if self.columns is not None:
            return ""
        named = self.speaker is not None or self.speaker_folder is not None
        return pinyin_in_texts(root) or ("" if named else unnamed_speakers(root))

    def _check_keys(self, corpus: Corpus) -> None:
        """Raises UserError where a key is given that the layout lacks."""
        for field in fields(self):
            if not hasattr(corpus, field.name) and getattr(self, field.name) != field.default:
                raise UserError(
                    f"{self.root}: it is read as corpus={corpus.layout}, which has no corpus.{field.name}; leave it out"
                )

    def _lists(self, root: Path) -> Iterator[Corpus]:
        """Each list that may be one, in each layout of lists."""
        if root.is_file() and root.suffix in TABLES:
            yield self._as(HuggingFace, root)
            return
        parts = split_lists(root) if root.is_dir() else []
        if parts:  # together or not at all: one of them alone would be half a corpus
            yield from (self._as(layout, root) for layout in LISTS)
        paths = [root] if root.is_file() else sorted(p for p in root.iterdir() if p.suffix.lower() in (*ENDINGS, *JSON))
        paths.sort(key=lambda path: path.stem != "metadata")  # whose error is the first to be told
        texts = {path.with_suffix("") for path in audio_files(root)} if root.is_dir() else set()
        for path in paths:
            if path.is_file() and path.with_suffix("") not in texts and path not in parts:
                layouts = [NeMo] if path.suffix.lower() in JSON else LISTS
                yield from _understood_differently([self._as(layout, path) for layout in layouts], path)

    def _as(self, layout: type[Any], root: Path) -> Corpus:
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.init}
        own |= {"root": str(root)}
        stated = {key for key in ("language", "licence", "credits") if own[key] == getattr(Auto, key)}
        keys = {field.name for field in fields(layout)} - {"layout"} - stated
        return layout(**{key: value for key, value in own.items() if key in keys})


def _without_links(path: Path) -> Path:
    """To folders; a file may be a link, as in the cache of the Hugging Face hub."""
    return path.parent.resolve() / path.name


def _is_list(path: Path) -> bool:
    """Whether a file names recordings beside it, each in a line with something else."""
    if path.suffix.lower() not in (*ENDINGS, *JSON):
        return False
    files = AudioFiles(path.parent)
    try:
        if path.suffix.lower() in JSON:
            return any(files.has(entry.values["file"]) for entry in Format(()).read(path))
        return any(files.has(cell) for row in read_rows(path, None) for cell in row.cells if len(row.cells) > 1)
    except UserError:
        return False


def _understood_differently(corpora: Sequence[Any], path: Path) -> Iterator[Corpus]:
    """Without those that understand the lines of a list as one before them does."""
    seen: list[list[Entry]] = []
    for corpus in corpora:
        try:
            entries = corpus.format.read(path)
        except UserError:  # which it will raise again
            yield corpus
            continue
        if entries not in seen:
            seen.append(entries)
            yield corpus


def _readings(corpora: Iterable[Corpus]) -> tuple[list[Reading], list[UserError]]:
    """Of the layouts that can read the folder; and what is wrong with it, of those whose files are there."""
    readings, errors, unsure = list[Reading](), list[UserError](), list[tuple[str, TwoReadings]]()
    for corpus in corpora:
        try:
            reading = _read(corpus)
        except NotThisLayout:
            continue
        except LanguageError:
            raise
        except TwoReadings as error:
            unsure.append((str(getattr(corpus, "root", "")), error))
            continue
        except UserError as error:
            errors.append(error)
            continue
        if any(not recording.stamp.startswith("missing") for recording in reading.recordings):
            readings.append(reading)
        elif reading.recordings and all(recording.problem for recording in reading.recordings):
            first = reading.recordings[0]
            errors.append(UserError(f"{reading.root}: as corpus={corpus.layout}, {first.id}: {first.problem}"))
    for root, doubt in unsure:  # where another layout would take one reading without a word
        others = [reading.root for reading in readings if reading.root != root and Path(root).is_file()]
        raise TwoReadings(f"{doubt}; or give another list, such as corpus.root={others[0]}") if others else doubt
    return readings, errors


def _read(corpus: Any) -> Reading:
    try:
        return Reading(corpus, list(corpus))
    except StylesNotSpeakers as error:
        corpus = replace(corpus, columns=list(error.columns))
        return Reading(corpus, list(corpus))


def _different(readings: Sequence[Reading]) -> list[Reading]:
    """Without those that read nothing but what another one reads, too."""
    kept: list[Reading] = []
    for reading in sorted(readings, key=lambda reading: -len(reading.rows)):
        if not any(reading.rows <= other.rows for other in kept):
            kept.append(reading)
    return kept


def _compared(one: Reading, other: Reading) -> str:
    """Where two readings differ."""
    by_id = {recording.id: recording for recording in other.recordings}
    differing = [r for r in one.recordings if r.id in by_id and _said(r) != _said(by_id[r.id])]
    plain = (r for r in differing if not r.problem and not by_id[r.id].problem)
    first = next(plain, differing[0] if differing else one.recordings[0])
    second = by_id.get(first.id, other.recordings[0])
    names = (f"corpus={reading.corpus.layout}" for reading in (one, other))
    roots = (f" corpus.root={reading.root}" if one.root != other.root else "" for reading in (one, other))
    said = (f" ({_said(recording)})" for recording in (first, second))
    return " and ".join(map("".join, zip(names, roots, said, strict=True)))


def _said(recording: Recording) -> str:
    if recording.problem:
        return f"{recording.id!r} is unclear, {recording.problem}"
    return f"{recording.id!r} is {recording.text[:40]!r} by {recording.speaker}"
