"""SubRip and WebVTT: what is said, a sentence a cue, and less where one would be long to read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from pathlib import Path
from typing import NamedTuple

from tts.alignment.files import Alignments, TimedFile
from tts.alignment.own_files import write_own
from tts.data.manifest import Utterance
from tts.intervals import Interval

LINE, LINES, LONGEST = 42, 2, 7.0
"""Characters of a line, lines, and seconds of a cue: what subtitlers take for readable."""
END, CLAUSE = re.compile(r"""[.!?…。！？]["'”’»)\]]*$"""), re.compile(r"""[,;:–—、，；：]["'”’»)\]]*$""")
PAUSE = 0.1
"""Seconds after the end of a sentence; a shorter one is that of an abbreviation."""


class Cue(NamedTuple):
    """Some words as written, marks included, and when they are said, in seconds."""

    text: str
    start: float
    end: float


def write_srt(out: Path, aligned: Alignments) -> list[Path]:
    """NAME.srt of every file."""
    return write_own(out, ((f"{file.name}.srt", srt(cues_of(file))) for file in aligned.files))


def write_vtt(out: Path, aligned: Alignments) -> list[Path]:
    """NAME.vtt of every file."""
    return write_own(out, ((f"{file.name}.vtt", vtt(cues_of(file))) for file in aligned.files))


def srt(cues: Sequence[Cue]) -> str:
    """SubRip."""
    shown = (f"{number}\n{_span(cue, ',')}\n{_lines(cue.text)}\n" for number, cue in enumerate(cues, 1))
    return "\n".join(shown)


def vtt(cues: Sequence[Cue]) -> str:
    """WebVTT, https://www.w3.org/TR/webvtt1/."""
    return "\n".join(["WEBVTT\n", *(f"{_span(cue, '.')}\n{escape(_lines(cue.text), quote=False)}\n" for cue in cues)])


def cues_of(file: TimedFile) -> list[Cue]:
    """All cues of a file, in order of time; each within one utterance."""
    found = (cue for utterance, alignment in file.parts for cue in cues(utterance, alignment.words))
    return sorted(found, key=lambda cue: cue.start)


def cues(utterance: Utterance, words: Sequence[Interval]) -> Iterator[Cue]:
    """An utterance in cues: cut after every sentence with a pause, and in parts that are `_readable`.

    Parameters
    ----------
    words: of the utterance, in order; those that were read from a number or an abbreviation are shown as written.
    """
    sentence: list[Cue] = []
    written = _written(utterance.text, words)
    for part, after in zip(written, [*written[1:], None], strict=True):
        sentence.append(part)
        if after is None or (END.search(part.text) and after.start - part.end >= PAUSE):
            yield from _readable(sentence)
            sentence = []


def _written(text: str, words: Sequence[Interval]) -> list[Cue]:
    """The smallest parts of the text that have times: from one word that is read as it is written to the next."""
    tokens = list(re.finditer(r"\S+", text))
    spelt, said = [_bare(token.group()) for token in tokens], [_bare(word.label) for word in words]
    blocks = SequenceMatcher(None, spelt, said, autojunk=False).get_matching_blocks()
    places = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
    if not places:  # as in scripts without spaces between words
        return [Cue(word.label, word.start, word.end) for word in words]
    places[0] = (0, 0)  # whatever comes before it
    ends = [*places[1:], (len(tokens), len(words))]
    return [
        Cue(" ".join(token.group() for token in tokens[a:c]), words[b].start, words[d - 1].end)
        for (a, b), (c, d) in zip(places, ends, strict=True)
    ]


def _bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word).casefold()


def _readable(parts: Sequence[Cue]) -> Iterator[Cue]:
    """The parts as one cue, or as several where that would be too long."""
    whole = Cue(" ".join(part.text for part in parts), parts[0].start, parts[-1].end)
    if len(parts) == 1 or (len(_wrapped(whole.text)) <= LINES and whole.end - whole.start <= LONGEST):
        yield whole
        return
    middle = (whole.start + whole.end) / 2

    def worth(place: int) -> float:
        before, after = parts[place - 1], parts[place]
        mark = 2.0 if END.search(before.text) else 1.0 if CLAUSE.search(before.text) else 0.0
        off_centre = abs((before.end + after.start) / 2 - middle) / (whole.end - whole.start + 1e-9)
        return mark + min(after.start - before.end, 1.0) - 4 * off_centre

    place = max(range(1, len(parts)), key=worth)
    yield from _readable(parts[:place])
    yield from _readable(parts[place:])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, LINE, break_long_words=False, break_on_hyphens=False)


def _lines(text: str) -> str:
    return "\n".join(_wrapped(text))


def _span(cue: Cue, point: str) -> str:
    return f"{_clock(cue.start, point)} --> {_clock(cue.end, point)}"


def _clock(seconds: float, point: str) -> str:
    whole, milliseconds = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{milliseconds:03d}"
