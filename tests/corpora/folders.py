"""Folders of recordings as people have them, made for a test."""

import wave
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tts.corpora.corpus import Recording
from tts.corpora.preview import SHOWN, first_rows
from tts.corpora.registry import open_corpus
from tts.corpora.remarks import remarks

Row = tuple[str, str, str]


def sounds(folder: Path, *names: str, channels: int = 1, rate: int = 8000, seconds: float = 0.1) -> Path:
    """Silent WAV files, whatever their endings say."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(bytes(2 * channels * round(rate * seconds)))
    return folder


def text(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(layout: str, root: Path, **settings: object) -> list[Recording]:
    return list(open_corpus({"layout": layout, "root": str(root), **settings}))


def shown(corpus: Any) -> list[str]:
    """The lines of the table in which the first recordings are shown."""
    root = Path(corpus.root)
    return first_rows(list(corpus)[:SHOWN], root.parent if root.is_file() else root).splitlines()


def remarked(corpus: Any) -> list[str]:
    """What is remarked about all of a corpus."""
    return remarks(corpus, list(corpus))


def rows(recordings: Iterable[Recording]) -> list[Row]:
    """Id, speaker and text of each; all of them are there and understood."""
    listed = list(recordings)
    assert [r.id for r in listed if r.problem or r.stamp.startswith("missing")] == []
    return [(r.id, r.speaker, r.text) for r in listed]


def problems(recordings: Iterable[Recording]) -> Mapping[str, str]:
    return {r.id: r.problem for r in recordings if r.problem}
