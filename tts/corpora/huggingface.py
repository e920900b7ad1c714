"""Folders of Hugging Face datasets: sound files with their metadata, or tables of Parquet and Arrow that hold both."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import ModuleType
from typing import Any, ClassVar, Literal, NamedTuple

from tts.audio.decoding import Content
from tts.corpora.configurations import check_one_dataset
from tts.corpora.corpus import Corpus, NotThisLayout, Part, Recording, Sound, open_sound
from tts.corpora.folders import folder_of
from tts.corpora.languages import of_all
from tts.corpora.lists.names import Names, as_said
from tts.corpora.lists.nothing import no_texts
from tts.corpora.lists.readings import ROLES, named, role_of
from tts.corpora.lists.rows import JSON, read_text
from tts.corpora.lists.table import Table
from tts.errors import UserError
from tts.storage.files import stamp

TABLES = (".parquet", ".arrow")
NAME_ON_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
OF_THE_FILE = ("file", "seconds")
"""Roles of columns that say of a sound what it says itself."""
MOST_BYTES = 2**31
"""Of a group of rows, which is read as a whole."""


@dataclass(frozen=True)
class HuggingFace(Table, Corpus):
    """A folder from the Hugging Face hub or of `save_to_disk`: Parquet, Arrow, or sound beside `metadata.csv`."""

    lists: ClassVar[Sequence[str]] = (
        "metadata.jsonl", "metadata.csv", "*/metadata.jsonl", "*/metadata.csv", "*/*/metadata.jsonl",
        "*/*/metadata.csv",
    )  # fmt: skip
    usual_separator: ClassVar[str | None] = ","
    layout: Literal["huggingface"] = "huggingface"
    name: str = "huggingface"

    def found_lists(self) -> tuple[Path, list[Path]]:
        folder, lists = super().found_lists()
        if self.separator is None and self.columns is None and lists[0].suffix not in JSON:
            first = read_text(lists[0]).lstrip().partition("\n")[0]
            if "," not in first and ("|" in first or "\t" in first):
                raise NotThisLayout(f"{lists[0]}: no commas between its columns; corpus=auto recognises other layouts")
        return folder, lists

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        if not root.exists():
            raise UserError(no_such_folder(self.root))
        tables = self._tables(root)
        yield from self._from_tables(root if root.is_dir() else root.parent, tables) if tables else super().__iter__()

    def unused_columns(self) -> list[str]:
        tables = self._tables(Path(self.root).expanduser())
        if not tables:
            return super().unused_columns()
        return list(dict.fromkeys(name for path in tables for name in _read(path).unused))

    def _tables(self, root: Path) -> list[Path]:
        found = [root] if root.suffix in TABLES else [p for kind in TABLES for p in sorted(root.rglob(f"*{kind}"))]
        return [path for path in found if not path.name.startswith("cache-")]  # what `datasets` keeps for itself

    def _from_tables(self, root: Path, tables: Sequence[Path]) -> Iterator[Recording]:
        found = [(path, _read(path)) for path in tables]
        read = [(path, table.audio, table.rows) for path, table in found]
        nothing = no_texts([row["text"] for _, _, rows in read for row in rows])
        if self.speaker_folder is None:
            check_one_dataset(root, {path: rows for path, _, rows in read})
        names = self.speaker_names({row.get("speaker", "") for _, _, rows in read for row in rows})
        if self.speaker_folder is not None and self.speaker is None and any(names.values()):
            column = next(table.roles["speaker"] for _, table in found if "speaker" in table.roles)
            raise UserError(f"{root}: the column {column} says who speaks: leave out corpus.speaker_folder")
        named = Counter(_id(row["file"]) for _, _, rows in read for row in rows)
        places = [f"{path}: row {number}" for path, _, rows in read for number in range(1, len(rows) + 1)]
        said = [row.get("language", "") for _, _, rows in read for row in rows]
        languages = iter(of_all(said, self.language, str(root), places))
        for path, audio, rows in read:
            seen, group = stamp(path), path.relative_to(root).with_suffix("").as_posix().replace("/", "-")
            folder = folder_of(path, root, self.speaker_folder) if self.speaker_folder else ""
            for number, row in enumerate(rows):
                id, name = _id(row["file"]), names[row.get("speaker", "")]
                unnamed = "speaker" in row and not (name or self.speaker or folder)
                yield Recording(
                    id=id if id and named[id] == 1 else f"{group}-{number:06d}",
                    speaker=self.speaker or folder or name or self.name,
                    text=row["text"],
                    load=partial(_load, path, audio, number, Part(self.channel)),
                    stamp=f"{seen}:{number}:{self.channel}",
                    language=next(languages),
                    style=row.get("style", ""),
                    file=f"{path}:{number + 1}",
                    problem=nothing.get(row["text"], "") or "it names no speaker" * unnamed,
                )


def no_such_folder(root: str) -> str:
    """An error, with how a dataset is fetched if `root` may be the name of one on the hub."""
    if not NAME_ON_HUB.fullmatch(root):
        return f"{root}: no such folder"
    return f"{root}: no such folder; if it is a dataset on the Hugging Face hub, give corpus.root=hf:{root}"


def _id(file: str) -> str:
    """Of the recording in a file of this name; empty where it names none."""
    path = PurePosixPath(file)
    return path.with_suffix("").as_posix().replace("/", "-") if path.name else ""


class _Table(NamedTuple):
    """What is in a file."""

    roles: dict[str, str]
    """Of each role but the file the name of its column."""
    audio: str
    """The column that holds the sound."""
    rows: list[dict[str, str]]
    """By role, and under `file` the name of its sound."""
    unused: list[str]
    """Columns that are not read."""


def _read(path: Path) -> _Table:
    pyarrow = _pyarrow(path)
    try:
        columns, audio = _columns(path)
        cells, names = _cells(path, columns, audio), _schema(path).names
    except (pyarrow.ArrowException, OSError, UnicodeError) as error:
        raise UserError(f"{path}: not readable as a table ({' '.join(str(error).split())})") from error
    taken = Names.of(columns, [*enumerate(cells, 1)]).taken(columns)
    rows = [{role: row[name] for role, name in taken.of(row).items()} | {"file": row[audio]} for row in cells]
    others = [name for name in names if name != audio and role_of(name) not in OF_THE_FILE]
    return _Table(taken.roles, audio, rows, [name for name in others if name in taken.unused or name not in columns])


def _columns(path: Path) -> tuple[list[str], str]:
    """Of a table the columns that have a role but the file's, and the one that holds the sound."""
    schema = _schema(path)
    pyarrow = _pyarrow(path)
    roles = named(name for name in schema.names if role_of(name) not in (*OF_THE_FILE, "start", "end"))
    sounds = [
        field.name for field in schema if pyarrow.types.is_struct(field.type) and _holds_sound(field.type, pyarrow)
    ]
    if len(sounds) != 1 or "text" not in roles:
        missing = "column of sound (a struct of bytes and path)" if len(sounds) != 1 else "text"
        raise UserError(
            f"{path}: no {missing} among its columns {', '.join(schema.names[:12])}"
            + (f"; it may be called {', '.join(ROLES['text'])}" if len(sounds) == 1 else "")
        )
    for role, name in roles.items():
        if pyarrow.types.is_nested(schema.field(name).type):
            raise UserError(f"{path}: the {role} in its column {name} is no text but {schema.field(name).type}")
    flat = [field.name for field in schema if not pyarrow.types.is_nested(field.type)]
    return [name for name in flat if role_of(name) in roles], sounds[0]


def _holds_sound(struct: Any, pyarrow: ModuleType) -> bool:
    types, inner = pyarrow.types, {field.name: field.type for field in struct}
    return (
        {"bytes", "path"} <= inner.keys()
        and (types.is_binary(inner["bytes"]) or types.is_large_binary(inner["bytes"]) or types.is_null(inner["bytes"]))
        and (types.is_string(inner["path"]) or types.is_large_string(inner["path"]) or types.is_null(inner["path"]))
    )


def _cells(path: Path, columns: Sequence[str], audio: str) -> list[dict[str, str]]:
    """Of every row what is in its columns, and under that of the sound its name."""
    rows: list[dict[str, str]] = []
    for batch in _batches(path, [*columns, f"{audio}.path"]):
        values = [batch.column(name).to_pylist() for name in columns]
        values.append(_pyarrow(path).compute.struct_field(batch.column(audio), "path").to_pylist())
        rows += [dict(zip([*columns, audio], map(as_said, row), strict=True)) for row in zip(*values, strict=True)]
    return rows


def _load(path: Path, audio: str, number: int, part: Part) -> Sound:
    pyarrow = _pyarrow(path)
    try:
        sound = _sound(path, audio, number)
    except (pyarrow.ArrowException, OSError, UnicodeError) as error:
        raise UserError(f"{path}: row {number + 1}: not readable ({' '.join(str(error).split())})") from error
    if sound is None or (sound["bytes"] is None and not sound["path"]):
        raise UserError(f"{path}: row {number + 1}: no sound in it")
    name = sound["path"] or f"row {number + 1}"
    if sound["bytes"] is not None:
        return open_sound(Content(f"{path}: {name}", sound["bytes"]), part)
    place = PureWindowsPath(name)  # which sees the separators of either system
    if place.anchor or ".." in place.parts:
        raise UserError(f"{path}: row {number + 1}: its sound is {name!r}, which is not in the table's folder")
    return open_sound(path.parent / name, part)


def _sound(path: Path, audio: str, number: int) -> dict[str, Any]:
    if path.suffix == ".arrow":
        return _arrow(path)[audio][number].as_py()
    ends = _ends(path)
    group = bisect_right(ends, number)
    return _group(path, group, audio)[audio][number - (ends[group - 1] if group else 0)].as_py()


@lru_cache(maxsize=64)
def _ends(path: Path) -> list[int]:
    """The rows up to the end of each group."""
    metadata = _pyarrow(path).parquet.ParquetFile(path).metadata
    return list(accumulate(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)))


@lru_cache(maxsize=1)
def _group(path: Path, group: int, audio: str) -> Any:
    """Rows that were written together: the next one to be read is most often among them."""
    file = _pyarrow(path).parquet.ParquetFile(path)
    size = file.metadata.row_group(group).total_byte_size
    if size > MOST_BYTES:
        raise UserError(f"{path}: rows in groups of {size / 2**30:.1f} GiB; write it with row_group_size=100")
    return file.read_row_group(group, columns=[audio])


@lru_cache(maxsize=8)
def _arrow(path: Path) -> Any:
    """The whole table, of which only what is used is read from the disk."""
    pyarrow = _pyarrow(path)
    source = pyarrow.memory_map(str(path))
    try:
        return pyarrow.ipc.open_stream(source).read_all()
    except pyarrow.ArrowInvalid:
        return pyarrow.ipc.open_file(source).read_all()


def _schema(path: Path) -> Any:
    return _arrow(path).schema if path.suffix == ".arrow" else _pyarrow(path).parquet.read_schema(path)


def _batches(path: Path, columns: list[str]) -> Iterator[Any]:
    if path.suffix == ".arrow":
        yield from _arrow(path).select([name.removesuffix(".path") for name in columns]).to_batches()
    else:
        yield from _pyarrow(path).parquet.ParquetFile(path).iter_batches(columns=columns)


def _pyarrow(path: Path) -> ModuleType:
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.ipc
        import pyarrow.parquet
    except ImportError as error:
        raise UserError(f"{path} needs pyarrow ({error}): pip install 'smma-tts[huggingface]'") from error
    return pyarrow
