"""SubRip and WebVTT: what is said, a sentence a cue, and less where one would be long to read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import pairwise
from typing import NamedTuple

from tts.intervals import Interval

LINE, LINES, LONGEST = 42, 2, 7.0
"""Characters of a line, lines, and seconds of a cue: what subtitlers take for readable."""
TOKEN = re.compile(r"\S+?(?:[。！？、，][。！？、，」』）]*|(?=\s)|$)")
"""What stands between spaces, or ends with a mark of Chinese or Japanese."""
END = re.compile(r"""[.!?…。！？]["'”’»)\]」』）]*\s*$""")
CLAUSE = re.compile(r"""[,;:–—、，；：]["'”’»)\]」』）]*\s*$""")
"""Ends of sentences and clauses."""
PAUSE = 0.1
"""Seconds after the end of a sentence; a shorter one is that of an abbreviation."""


class Cue(NamedTuple):
    """Some words as written, marks included, and when they are said, in seconds."""

    text: str
    start: float
    end: float


def srt(cues: Sequence[Cue]) -> str:
    """SubRip."""
    shown = (f"{number}\n{_span(cue, ',')}\n{_lines(cue.text)}\n" for number, cue in enumerate(cues, 1))
    return "\n".join(shown)


def vtt(cues: Sequence[Cue]) -> str:
    """WebVTT, https://www.w3.org/TR/webvtt1/."""
    return "\n".join(["WEBVTT\n", *(f"{_span(cue, '.')}\n{escape(_lines(cue.text), quote=False)}\n" for cue in cues)])


def cues(text: str, words: Sequence[Interval]) -> Iterator[Cue]:
    """A text in cues: cut after every sentence with a pause, and in parts that are `_readable`.

    Parameters
    ----------
    words: of the text, in order. The cues show it as written, numbers and abbreviations too.
    """
    sentence: list[Cue] = []
    parts = timed_parts(text, words)
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        sentence.append(part)
        if after is None or (END.search(part.text) and after.start - part.end >= PAUSE):
            yield from _readable(sentence)
            sentence = []


def timed_parts(text: str, words: Sequence[Interval]) -> list[Cue]:
    """The smallest parts of the text of which times are known, with the spaces between them; in all the whole text.

    Words are read otherwise than written where there are numbers, abbreviations or languages without spaces. What is
    alike stands together; what is not, between two that are, is shared out by length.
    """
    tokens = list(TOKEN.finditer(text))
    spelt, said = [_bare(token.group()) for token in tokens], [_bare(word.label) for word in words]
    starts: list[tuple[int, int]] = []  # of each part, its first token and its first word
    for kind, i, stop, j, end in SequenceMatcher(None, spelt, said, autojunk=False).get_opcodes():
        if kind in ("equal", "replace"):
            starts += _shared_out(spelt[i:stop], said[j:end], i, j)
    starts[0] = (0, 0)  # with what comes before it
    ends = [*starts[1:], (len(tokens), len(words))]
    places = [0, *(tokens[token].start() for token, _ in starts[1:]), len(text)]
    return [
        Cue(text[a:b], words[word].start, words[last - 1].end)
        for (a, b), (_, word), (_, last) in zip(pairwise(places), starts, ends, strict=True)
    ]


def _shared_out(tokens: Sequence[str], words: Sequence[str], i: int, j: int) -> list[tuple[int, int]]:
    """Where parts of some tokens, the first of which is the `i`th, and words, the first the `j`th, begin: one a token;
    all together where there are fewer words."""
    if len(words) < len(tokens):
        return [(i, j)]
    starts, lengths = [(i, j)], [len(word) or 1 for word in words]
    share = sum(lengths) / (sum(map(len, tokens)) or 1)
    place, wanted, passed = 0, 0.0, 0
    for number, token in enumerate(tokens[:-1], 1):
        wanted += share * len(token)
        last = len(words) - (len(tokens) - number)  # as many are left as there are tokens
        while place < number or (place < last and passed + lengths[place] / 2 <= wanted):
            passed += lengths[place]
            place += 1
        starts.append((i + number, j + place))
    return starts


def _bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word).casefold()


def _readable(parts: Sequence[Cue]) -> Iterator[Cue]:
    """The parts as one cue, or as several where that would be too long."""
    whole = Cue("".join(part.text for part in parts).strip(), parts[0].start, parts[-1].end)
    if len(parts) == 1 or (len(_wrapped(whole.text)) <= LINES and whole.end - whole.start <= LONGEST):
        yield whole
        return
    middle = (whole.start + whole.end) / 2

    def worth(place: int) -> float:
        before, after = parts[place - 1], parts[place]
        mark = 2.0 if END.search(before.text) else 1.0 if CLAUSE.search(before.text) else 0.0
        off_centre = abs((before.end + after.start) / 2 - middle) / (whole.end - whole.start)
        return mark + min(after.start - before.end, 1.0) - 4 * off_centre

    place = max(range(1, len(parts)), key=worth)
    yield from _readable(parts[:place])
    yield from _readable(parts[place:])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, LINE, break_on_hyphens=False)


def _lines(text: str) -> str:
    return "\n".join(_wrapped(text))


def _span(cue: Cue, point: str) -> str:
    return f"{_clock(cue.start, point)} --> {_clock(cue.end, point)}"


def _clock(seconds: float, point: str) -> str:
    whole, milliseconds = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{milliseconds:03d}"
