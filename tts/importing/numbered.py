"""Numbers, names or other columns beside the sentences of a list, which nobody reads: `12. It rained.`,
`s012|It rained.`, `s012|It rained.|mia`"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tts.importing.matching import words_heard
from tts.importing.recognition import Word
from tts.importing.spoken_text import keys

NUMBER = re.compile(r"\s*[(\[]?(\d+)(?:[.):\]]+(?:\s+|(?=[^\W\d]))|\s+[–—-]\s+|\s+)(?=\S)")
NAME = re.compile(r"\s*([^\s|]+)[^\S\t]*[|\t]\s*(?=[^\s|])(?!.*[|\t])")
NEARLY_ALL = 0.8
"""Of the lines: those that have a number or a name, and of the numbers those that go on counting; there may be titles,
and parts that are counted anew."""
FEWEST = 3
"""Lines of a list."""


def one_column(text: str) -> tuple[str, int]:
    """Of a list `NAME|text|…` in which nearly all lines have as many columns, three or more, the one with most letters,
    of several such the last, and its number from 1; the text as it is, and 0, where it is no such list."""
    lines = text.splitlines()
    for mark in "|\t":
        rows = [[cell.strip() for cell in line.split(mark)] for line in lines if line.strip()]
        count = max(Counter(map(len, rows)).items(), key=lambda item: item[1], default=(0, 0))[0]
        whole = [row for row in rows if len(row) == count]
        names = [row[0] for row in whole]
        named = len(set(names)) == len(names) and all(re.fullmatch(r"\S+", name) for name in names)
        if count < 3 or len(rows) < FEWEST or len(whole) < NEARLY_ALL * len(rows) or not named:
            continue
        letters = [sum(len(row[column]) for row in whole) for column in range(1, count)]
        column = max(range(1, count), key=lambda column: (letters[column - 1], column))
        return "\n".join(row[column] if len(row) == count else mark.join(row) for row in rows), column + 1
    return text, 0


def without_numbers(text: str, heard: Sequence[Sequence[Word]], language: str) -> tuple[str, str]:
    """A list of sentences without the numbers or names of its lines, and the first of them as it stands there; the text
    as it is, and nothing, where most lines have none, where they do not count, or where they are heard.

    Parameters
    ----------
    heard: in each recording of which this is the text.
    """
    lines = text.splitlines()
    count = sum(map(bool, map(str.strip, lines)))
    for kind in (NAME, NUMBER):
        found = [match for line in lines if (match := kind.match(line))]
        before = [match[1] for match in found]
        listed = len(set(before)) == len(before) if kind is NAME else _count(before)
        if count < FEWEST or len(found) < NEARLY_ALL * count or not listed:
            continue
        if _are_read([(match[1], match.string[match.end() :]) for match in found], heard, language):
            continue
        return "\n".join(kind.sub("", line, count=1) if kind.match(line) else line for line in lines), found[0][0]
    return text, ""


def _count(numbers: Sequence[str]) -> bool:
    """Whether they go on by one."""
    steps = [int(b) - int(a) for a, b in pairwise(numbers)]
    return steps.count(1) >= NEARLY_ALL * len(steps)


def _are_read(lines: Sequence[tuple[str, str]], heard: Sequence[Sequence[Word]], language: str) -> bool:
    """Whether, of the lines whose beginning is heard, most are heard with what stands before it."""
    said = [[word.key for word in words_heard(words, language)] for words in heard]
    pairs = {pair for words in said for pair in pairwise(words)}
    alone = {words[0] for words in said if len(words) == 1}
    with_it = without = 0
    for before, rest in lines:
        last, first = keys(before, language)[-1:], keys(rest, language)[:2]
        if (*last, *first[:1]) in pairs:
            with_it += 1
        elif tuple(first) in pairs or alone.issuperset(first):
            without += 1
    return with_it > without
