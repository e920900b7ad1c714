"""Recordings that stand in a list: what the layouts of this family have in common."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import ClassVar

from tts.audio.decoding import SUFFIXES
from tts.corpora.corpus import NotThisLayout, Part, Recording, from_file
from tts.corpora.folders import check_folder, check_languages, folder_of
from tts.corpora.languages import of_all
from tts.corpora.lists.choice import expected
from tts.corpora.lists.entries import Entry, Format
from tts.corpora.lists.files import AudioFiles, Found, stem, without_folder
from tts.corpora.lists.in_folder import lists_in, only_list, split_lists, what_is_in
from tts.corpora.lists.nothing import no_texts
from tts.corpora.lists.readings import ROLES, UNUSED, Columns
from tts.corpora.lists.rewriting import rewritten
from tts.corpora.lists.rows import JSON, read_rows
from tts.corpora.lists.speaker_names import in_one_form
from tts.corpora.lists.times import latest_starts, part_of, unused_ends, unused_times
from tts.corpora.written import Changes, Place, together
from tts.errors import UserError
from tts.storage.ownership import kind_of

FILE_OF_TEXT = re.compile(r"\S+\.(?:txt|lab|npy|pt|json|TextGrid|wav|flac|mp3)")


@dataclass(frozen=True)
class Table:
    """Fields and reading of a layout; a subclass, which is a `Corpus` too, says which lists and columns are its own."""

    lists: ClassVar[Sequence[str]] = ("metadata.csv", "metadata.txt", "metadata.tsv")
    """Patterns of the lists in the folder (`lists_in`). Where no metadata.csv is, lists that are called by their splits
    are read together (`split_lists`)."""
    readings: ClassVar[Sequence[Columns]] = (("file", "text"),)
    """Columns of lists without a header."""
    usual_separator: ClassVar[str | None] = None
    """None for any that the lines have in common."""
    described: ClassVar[str] = ""
    """What a list holds, as an error says it; empty for lines of `readings`."""

    root: str
    """Folder with the recordings and their list, or the list itself."""
    speaker: str | None = None
    """Who speaks in all recordings; null for whom the list names, or else the corpus's name."""
    speaker_folder: int | None = None
    """Which folder of a file is its speaker's, 1 for the first, whatever the list names."""
    columns: list[str] | None = None
    """What the list's columns are, as in corpus.columns=[file,speaker,text]: file, text, speaker, language, style,
    start and seconds or end (of a part of the file), raw for a text as written beside one as read, and _ for one that
    is not used; null for what its first line or the layout says."""
    separator: str | None = None
    """Between columns: bar, tab, comma, semicolon or any other character; null for that of the layout, or the one that
    the lines have in common."""
    header: bool | None = None
    """Whether the first line names the columns; null to look."""
    channel: int | None = None
    """Which channel to take of files with several, 1 for the first; null for the loudest, or the mean of two."""
    layout: str = ""
    name: str = ""
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __post_init__(self) -> None:
        for column in self.columns or ():
            if column not in (*ROLES, *UNUSED):
                raise UserError(
                    f"corpus.columns: {column!r} is not one of {', '.join(ROLES)}, raw, or _ for one not used"
                )
        if self.columns is not None and not {"file", "text"} <= set(self.columns):
            raise UserError(f"corpus.columns=[{','.join(self.columns)}]: one must be the file, and one the text")
        if twice := [role for role in ROLES if (self.columns or []).count(role) > 1]:
            raise UserError(
                f"corpus.columns=[{','.join(self.columns or ())}]: two are the {twice[0]}; give _ for the one that is "
                "not meant"
            )
        check_channel(self.channel)
        check_folder(self.speaker_folder)

    @property
    def format(self) -> Format:
        columns = None if self.columns is None else tuple(self.columns)
        return Format(self.readings, columns, self.separator or self.usual_separator, self.header)

    def __iter__(self) -> Iterator[Recording]:
        folder, lists = self.found_lists()
        files = AudioFiles(folder)
        reader = self.reader(files)
        try:
            entries = [entry for path in lists for entry in reader.read(path)]
        except UserError as error:
            if _names_none(lists[0], reader, files):  # so that no advice about its columns would help
                raise UserError(
                    f"{folder}: no .wav, .flac, .mp3 or other audio file in it, but {lists[0].name}; put this list "
                    "into the folder of its sound, or into one above"
                ) from error
            raise
        if not entries:
            raise UserError(f"{lists[0]}: no line of a recording in it; expected {self._expected}")
        entries, found = _in_speakers_folders(entries, files)
        if twice := _in_two_lists(entries, found, folder):
            raise UserError(f"{folder}: {twice}; give one of the lists, as corpus.root={lists[0]}")
        if not any(one.path for one in found):
            raise UserError(_nothing_found(entries, files))
        if unused := unused_times(entries, found) or unused_ends(entries):
            raise UserError(unused)
        if all(FILE_OF_TEXT.fullmatch(entry.values["text"]) for entry in entries):
            raise UserError(
                f"{entries[0].list}:{entries[0].line}: where the text should be is the name of a file, "
                f"{entries[0].values['text']!r}; write the text itself, or put it beside its sound as corpus="
                "txt_beside_audio reads it"
            )
        if not any("language" in entry.values for entry in entries):
            check_languages([one.path for one in found if one.path], folder, self.language, self.speaker_folder)
        languages = of_all(
            [entry.values.get("language", "") for entry in entries], self.language, str(lists[0]),
            [f"{entry.list}:{entry.line}" for entry in entries],
        )  # fmt: skip
        latest, nothing = latest_starts(entries, found), no_texts([entry.values["text"] for entry in entries])
        names = self.speaker_names({entry.values.get("speaker", "") for entry in entries})
        ids = _ids(entries, lists, files, self.name_in_id)
        for entry, one, language, id in zip(entries, found, languages, ids, strict=True):
            path = one.path or folder / entry.values["file"].replace("\\", "/").lstrip("/")
            speaker, nobody = self._speaker(entry, path, folder, names)
            problem = entry.problem or nothing.get(entry.values["text"], "") or nobody or one.problem
            yield self._recording(entry, path, id, speaker, language, problem, latest.get(one.path, 0.0))

    def with_texts(self, texts: Mapping[Place, str]) -> Changes:
        """What its lists would be with other texts (`Corpus.with_texts`)."""
        folder, _ = self.found_lists()
        if kind_of(folder) == "import":
            again = "the next tts-import writes its list anew; give corpus=imported and the folder as corpus.root"
            return Changes({}, dict.fromkeys(texts, again))
        reader = self.reader(AudioFiles(folder))
        return together(
            rewritten(Path(file), reader, {place: text for place, text in texts.items() if place.file == file})
            for file in sorted({place.file for place in texts})
        )

    def reader(self, files: AudioFiles) -> Format:
        """How the lists beside these files are read."""
        return replace(self.format, is_file=files.has)

    def unused_columns(self) -> list[str]:
        """Names of columns that stand for no role."""
        folder, lists = self.found_lists()
        reader = self.reader(AudioFiles(folder))
        return list(dict.fromkeys(name for path in lists for entry in reader.read(path) for name in entry.unused))

    def found_lists(self) -> tuple[Path, list[Path]]:
        """The folder of the recordings, and their lists.

        Raises
        ------
        UserError: there is none, saying what there is.
        """
        root = Path(self.root).expanduser()
        if root.is_file():
            if root.suffix.lower() in SUFFIXES:
                raise UserError(
                    f"{root}: sound, and no list of recordings; `tts-import audio={root}` writes down its text"
                )
            return root.parent, [root]
        if not root.is_dir():
            raise UserError(f"{root}: no such folder")
        if found := lists_in(root, self.lists):
            return root, found
        if set(Table.lists) <= set(self.lists) and (found := split_lists(root)):
            return root, found
        raise NotThisLayout(
            f"{root}: no {self.lists[0]} here, expected with {self._expected}; {what_is_in(root)}. "
            f"corpus=auto recognises other layouts, and corpus.root={only_list(root) or 'FILE'} names the list"
        )

    @property
    def _expected(self) -> str:
        return self.described or f"lines {expected(self.readings)}"

    def speaker_of(self, path: Path, folder: Path) -> str | None:
        """Who speaks in the recordings of a list, where its place in the corpus's folder says so."""
        return None

    def speaker_names(self, written: Iterable[str]) -> Mapping[str, str]:
        """Of speakers' names in the list what the corpus uses; empty for what names nobody."""
        return in_one_form(written)

    def name_in_id(self, name: str) -> str:
        """Of a recording's relative name in the list what its id keeps."""
        return without_folder(name)

    def _speaker(self, entry: Entry, path: Path, folder: Path, names: Mapping[str, str]) -> tuple[str, str]:
        """Who speaks, and why that is not known."""
        if self.speaker is not None:
            return self.speaker, ""
        if self.speaker_folder is not None:
            name = folder_of(path, folder, self.speaker_folder)
            return (
                name or self.name,
                "" if name else f"corpus.speaker_folder={self.speaker_folder}, and it is in fewer folders",
            )
        name = names[entry.values["speaker"]] if "speaker" in entry.values else ""
        unnamed = "speaker" in entry.values and not name
        return name or self.speaker_of(entry.list, folder) or self.name, "it names no speaker" * unnamed

    def _recording(
        self, entry: Entry, path: Path, id: str, speaker: str, language: str, problem: str, latest: float
    ) -> Recording:
        values, part = entry.values, Part(self.channel)
        if ".." in stem(values["file"]).split("/"):
            problem = problem or f"{values['file']!r} leads out of the folder"
        try:
            part = part_of(values, self.channel)
        except ValueError as error:
            problem = problem or f"start, seconds and end are no times ({error})"
        if part.seconds is None and part.start < latest:
            problem = problem or f"it gives no end or seconds, and another line of its file starts at {latest:g}"
        alone = part.start == latest == 0 and part.seconds is not None
        return replace(
            from_file(id, speaker, values["text"], path, replace(part, alone=alone)),
            recording=without_folder(stem(values["file"])).replace("/", "-") if values.get("start") else "",
            language=language,
            style=values.get("style", ""),
            problem=f"{entry.list.name}:{entry.line}: {problem}" if problem else "",
            written=Place(str(entry.list), entry.line),
        )


def check_channel(channel: int | None) -> None:
    """Raises UserError where it is no number of a channel."""
    if channel is not None and channel < 1:
        raise UserError(f"corpus.channel={channel}: 1 is the first")


def _nothing_found(entries: Sequence[Entry], files: AudioFiles) -> str:
    first = entries[0]
    if not files.paths:
        return f"{files.folder}: no .wav, .flac, .mp3 or other audio file in it; {first.list.name} names {len(entries)}"
    there = f"an audio file here is {files.paths[0].relative_to(files.folder).as_posix()}"
    said = f"{first.list}: no audio file for any of its {len(entries)} lines, such as {first.values['file']!r}; {there}"
    other = next((role for role in first.values if _any_found(files, role, entries)), "")
    return f"{said}; what was taken for the {other} names them: give corpus.columns" if other else said


def _names_none(path: Path, reader: Format, files: AudioFiles) -> bool:
    """Whether there is no sound beside a list, and none elsewhere that it names."""
    if files.paths or path.suffix.lower() in JSON:
        return False
    rows = read_rows(path, reader.separator)
    return not any(one.path for one in files.find([cell for row in rows for cell in row.cells]))


def _in_two_lists(entries: Sequence[Entry], found: Sequence[Found], folder: Path) -> str:
    """The first recording that two lists name."""
    lists: dict[tuple[Path, str], Path] = {}
    for entry, one in zip(entries, found, strict=True):
        part = entry.values.get("start", "")
        other = lists.setdefault((one.path, part), entry.list) if one.path else entry.list
        if other != entry.list:
            places = " and in ".join(str(path.relative_to(folder)) for path in (other, entry.list))
            return f"{entry.values['file']!r} is in {places}"
    return ""


def _any_found(files: AudioFiles, role: str, entries: Sequence[Entry]) -> bool:
    return any(one.path for one in files.find([entry.values.get(role, "") for entry in entries]))


def _in_speakers_folders(entries: list[Entry], files: AudioFiles) -> tuple[list[Entry], list[Found]]:
    """The lines, and the file of each: of several that a name without a folder may mean, the one in the folder of the
    line's speaker."""
    found = _found(entries, files)
    if any("/" in stem(entry.values["file"]) for entry in entries) or not any(one.problem for one in found):
        return entries, found
    within = [f"{entry.values.get('speaker')}/{entry.values['file']}" for entry in entries]
    told = [
        entry._replace(values=entry.values | {"file": name}) if one.problem and files.is_one(name) else entry
        for entry, name, one in zip(entries, within, found, strict=True)
    ]
    return told, _found(told, files)


def _found(entries: Sequence[Entry], files: AudioFiles) -> list[Found]:
    """The file of each line: beside its list, or elsewhere in the corpus's folder if it names the list's folder."""
    found = [Found(None)] * len(entries)
    for parent in dict.fromkeys(entry.list.parent for entry in entries):
        here = files if parent == files.folder else AudioFiles(parent)
        own = [i for i, entry in enumerate(entries) if entry.list.parent == parent]
        for i, one in zip(own, here.find([entries[i].values["file"] for i in own]), strict=True):
            found[i] = one
        if here is not files:
            own = [
                i for i in own if found[i].path is None and parent.name in stem(entries[i].values["file"]).split("/")
            ]
            for i, one in zip(own, files.find([entries[i].values["file"] for i in own]), strict=True):
                found[i] = one
    return found


def _ids(
    entries: Sequence[Entry], lists: Sequence[Path], files: AudioFiles, shorten: Callable[[str], str]
) -> list[str]:
    """Of each recording: its name in the list without what all have in common."""
    names = [files.within(stem(entry.values["file"])) for entry in entries]
    elsewhere = [name for name in names if name.startswith("/")]
    common = os.path.commonpath([PurePosixPath(name).parent for name in elsewhere]) if elsewhere else ""
    above = os.path.commonpath([path.parent for path in lists])
    # `wavs/1` and `audio/1` are two; a name that is listed twice is one.
    listed = {(e.list.parent, name) for e, name in zip(entries, names, strict=True)}
    distinct = Counter((parent, shorten(name)) for parent, name in listed)
    ids = []
    for entry, name in zip(entries, names, strict=True):
        unique = distinct[entry.list.parent, shorten(name)] == 1
        relative = shorten(name) if unique else name
        short = name.removeprefix(common).lstrip("/") if name.startswith("/") else relative
        if ".." not in PurePosixPath(short).parts:  # which preparation refuses by name
            short = short.replace("/", "-")
        group = entry.list.parent.relative_to(above).parts if len(lists) > 1 else ()
        start = (entry.values["start"].replace(":", "."),) if entry.values.get("start") else ()
        ids.append("-".join((*group, short, *start)))
    return ids
