"""Formats that hold the times of a whole corpus; a package from outside adds one by `timing_format`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tts.alignment.timing import Alignment
from tts.data.manifest import Utterance
from tts.settings.schema import nearest
from tts.storage.files import write_text

Alignments = Sequence[tuple[Utterance, Alignment]]
"""Every aligned utterance, with its times."""
Writer = Callable[[Path, Alignments], list[Path]]
"""Writes the alignments into a folder → the files that it wrote."""
FORMATS: dict[str, Writer] = {}


def timing_format(name: str) -> Callable[[Writer], Writer]:
    """Decorator that offers a function as `formats=[NAME]` of `tts-align`.

    The function gets a folder and every aligned utterance of the corpus, `(Utterance, Alignment)`, writes files into
    the folder and returns their paths.

    Raises
    ------
    ValueError: another module offers a format of this name.
    """

    def offer(writer: Writer) -> Writer:
        there = FORMATS.get(name)
        if there is not None and there.__module__ != writer.__module__:
            raise ValueError(f"format {name}: offered by {there.__module__} already; take another name")
        FORMATS[name] = writer
        return writer

    return offer


def check_formats(names: Iterable[str]) -> None:
    """Raises ValueError where there is no format of a name."""
    for name in names:
        if name not in FORMATS:
            raise ValueError(f"formats: {name!r} is not one of {', '.join(FORMATS)}{nearest(name, FORMATS)}")


@timing_format("ctm")
def write_ctm(out: Path, aligned: Alignments) -> list[Path]:
    """phones.ctm and words.ctm: `<id> 1 <start> <seconds> <label> <confidence>`, a space in an id or label as `_`."""
    phones: list[str] = []
    words: list[str] = []
    for utterance, alignment in aligned:
        for tier, confidences, lines in (
            (alignment.phones, alignment.confidence, phones),
            (alignment.words, alignment.word_confidence, words),
        ):
            for i, confidence in zip(tier, confidences, strict=True):
                id, label = _column(utterance.id), _column(i.label)
                lines.append(f"{id} 1 {i.start:.4f} {i.end - i.start:.4f} {label} {confidence:.4f}\n")
    written = [out / "phones.ctm", out / "words.ctm"]
    for path, lines in zip(written, (phones, words), strict=True):
        write_text(path, "".join(lines))
    return written


def _column(text: str) -> str:
    return "_".join(text.split())
