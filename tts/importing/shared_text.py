"""The text of several recordings in one file, such as a book's whose chapters are read: which of it is read in each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from tts.importing.matching import matches, words_heard
from tts.importing.recognition import Word
from tts.importing.spoken_text import clauses, keys

LINE = re.compile(r"\n[^\S\n]*(?=(\S))")
TOGETHER = (4, 3, 2, 1)
"""Words, one after another, that are only once in a text tell where in it they are; fewer where a recording has none
of so many."""


def divided(text: str, heard: Sequence[Sequence[Word]], language: str) -> list[str]:
    """The stretch of `text` that is read in each recording, in whatever order they are; empty where none is.

    Recordings are put in the order of the text by words that stand together only once in it; then all that was heard is
    aligned with the text by the fewest edits, and a clause belongs to the recording that has most of its words. What
    nobody read stays with the recording before it, so nothing of the text is lost.

    Raises
    ------
    UserError: the extra `import` is not installed.
    """
    parts = list(clauses(_line_by_line(text), language))
    written: list[str] = []
    owners: list[int] = []
    for number, (clause, _) in enumerate(parts):
        own = keys(clause, language)
        written += own
        owners += [number] * len(own)
    said = [[word.key for word in words_heard(words, language)] for words in heard]
    order = _in_order_of_text(written, said)
    partner = matches(written, [key for number in order for key in said[number]])
    owner_of_heard = [number for number in order for _ in said[number]]
    votes = [Counter[int]() for _ in parts]
    for place, other in partner.items():
        votes[owners[place]][owner_of_heard[other]] += 1
    stretches = [""] * len(heard)
    for (clause, ends), recording in zip(parts, _most_voted(votes), strict=True):
        if recording is not None:
            stretches[recording] += clause + ("\n\n" if ends else " ")
    return [stretch.rstrip() for stretch in stretches]


def _line_by_line(text: str) -> str:
    """With a paragraph for every line that begins like a sentence: a list of sentences may have no full stops. Lines of
    prose that go on within a sentence mostly begin with a small letter."""
    small = text.islower()  # all of it
    return LINE.sub(lambda line: "\n\n" if small or not line[1].islower() else "\n", text)


def _most_voted(votes: Sequence[Counter[int]]) -> list[int | None]:
    """The recording of each clause: where none has it, that of the clause before, or of the first that one has."""
    known = [vote.most_common(1)[0][0] if vote else None for vote in votes]
    last = next((recording for recording in known if recording is not None), None)
    found = []
    for recording in known:
        last = last if recording is None else recording
        found.append(last)
    return found


def _in_order_of_text(written: Sequence[str], said: Sequence[Sequence[str]]) -> list[int]:
    """The numbers of the recordings, by where in the text most of what is heard in them is. One that this does not
    show, as its words come again elsewhere, stays behind the one before it."""
    once, places = _once(written), list[float]()
    for spoken in said:
        found = _place(once, spoken)
        places.append(found if found is not None else places[-1] if places else -1.0)
    return sorted(range(len(said)), key=lambda number: (places[number], number))


def _once(written: Sequence[str]) -> dict[int, dict[tuple[str, ...], int]]:
    """By length, the runs of words that are only once in the text, and where."""
    found = {}
    for length in TOGETHER:
        runs = list(zip(*(written[k:] for k in range(length)), strict=False))
        counts = Counter(runs)
        found[length] = {run: place for place, run in enumerate(runs) if counts[run] == 1}
    return found


def _place(once: dict[int, dict[tuple[str, ...], int]], spoken: Sequence[str]) -> float | None:
    for length, places in once.items():
        runs = zip(*(spoken[k:] for k in range(length)), strict=False)
        found = [places[run] for run in runs if run in places]
        if found:
            return median(found)
    return None
