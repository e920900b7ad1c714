"""Formats beside TextGrid and JSON, of a corpus or of each file; a package from outside adds one by
`timing_format`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tts.alignment.elan import write_eaf
from tts.alignment.files import Alignments
from tts.alignment.subtitles import write_srt, write_vtt
from tts.settings.schema import nearest
from tts.storage.files import write_text

Writer = Callable[[Path, Alignments], list[Path]]
"""Writes the alignments into a folder → the files that it wrote."""
FORMATS: dict[str, Writer] = {}


def timing_format(name: str) -> Callable[[Writer], Writer]:
    """Decorator that offers a function as `formats=[NAME]` of `tts-align`.

    The function gets a folder and `Alignments`: every aligned utterance of the corpus, `(Utterance, Alignment)`, with
    times in seconds from the start of the file that it is in. It writes files into the folder and returns their paths.

    It may take the name of a format that comes with the package, and its place.

    Raises
    ------
    ValueError: another package offers a format of this name.
    """

    def offer(writer: Writer) -> Writer:
        there = FORMATS.get(name)
        others = there is not None and there.__module__ != writer.__module__
        if others and not there.__module__.startswith("tts."):
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
    """phones.ctm and words.ctm: `<name> 1 <start> <seconds> <label> <confidence>`; the name is that of the file, and a
    space in a name or label becomes `_`."""
    phones: list[str] = []
    words: list[str] = []
    for file in aligned.files:
        for tier, lines in ((file.phones, phones), (file.words, words)):
            for i, confidence in tier:
                name, label = _column(file.name), _column(i.label)
                lines.append(f"{name} 1 {i.start:.4f} {i.end - i.start:.4f} {label} {confidence:.4f}\n")
    written = [out / "phones.ctm", out / "words.ctm"]
    for path, lines in zip(written, (phones, words), strict=True):
        write_text(path, "".join(lines))
    return written


for _name, _writer in (("srt", write_srt), ("vtt", write_vtt), ("eaf", write_eaf)):
    timing_format(_name)(_writer)


def _column(text: str) -> str:
    return "_".join(text.split())
