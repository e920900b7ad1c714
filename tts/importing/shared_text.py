"""The text of several recordings in one file, such as a book's whose chapters are read: which of it is read in each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from statistics import median

from tts.importing.lines import line_by_line
from tts.importing.matching import compared, matches, words_heard
from tts.importing.recognition import Word
from tts.importing.spoken_text import clauses, keys

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
    parts = list(clauses(line_by_line(text), language))
    written, owners, whole, edges = list[str](), list[int](), list[list[str]](), {0}
    for number, (clause, ends) in enumerate(parts):
        own = keys(clause, language)
        written += own
        owners += [number] * len(own)
        whole.append(own if ends and (not number or parts[number - 1][1]) else [])
        edges |= {len(written)} if ends else set()
    words = [[w._replace(recording=n) for w in words_heard(own, language)] for n, own in enumerate(heard)]
    said = [[word.key for word in own] for own in words]
    places = _places(written, edges, said)
    order = sorted(range(len(said)), key=lambda number: (places[number], number))
    spoken, partner = compared(written, [word for number in order for word in words[number]])
    votes = [Counter[int]() for _ in parts]
    for place, other in partner.items():
        votes[owners[place]][spoken[other].recording] += 1
    _add_whole(votes, whole, said)
    stretches = [""] * len(heard)
    for (clause, ends), recording in zip(parts, _most_voted(votes, [ends for _, ends in parts]), strict=True):
        if recording is not None:
            stretches[recording] += clause + ("\n\n" if ends else " ")
    return [stretch.rstrip() for stretch in stretches]


def _most_voted(votes: Sequence[Counter[int]], ends: Sequence[bool]) -> list[int | None]:
    """The recording of each clause: where none has it, that of the next clause of its sentence, or else that of the
    clause before, or of the first that one has.

    Parameters
    ----------
    ends: whether each ends a sentence.
    """
    known = [vote.most_common(1)[0][0] if vote else None for vote in votes]
    for n in range(len(known) - 2, -1, -1):
        if known[n] is None and not ends[n]:
            known[n] = known[n + 1]
    last = next((recording for recording in known if recording is not None), None)
    found = []
    for recording in known:
        last = last if recording is None else recording
        found.append(last)
    return found


def _add_whole(votes: Sequence[Counter[int]], whole: Sequence[list[str]], said: Sequence[list[str]]) -> None:
    """A vote for each recording without any in which a sentence is heard, and no more: where that is one word, no other
    shows that it is meant. Sentences that are the same go to such recordings one by one.

    Parameters
    ----------
    whole: the words of each clause that is a sentence; none for others.
    """
    found = {number for vote in votes for number in vote}
    for number, spoken in enumerate(said):
        if spoken and number not in found:
            free = (vote for vote, own in zip(votes, whole, strict=True) if own == spoken and not vote)
            next(free, Counter[int]())[number] += 1


def _places(written: list[str], edges: Set[int], said: Sequence[list[str]]) -> list[float]:
    """Where in the text each recording is: at the words that stand together only once in it. One whose words all come
    again is at such a place that no other has, best as a whole sentence after the recording before it; one that is
    nowhere is where the one before it is.

    Parameters
    ----------
    edges: between the words of which sentences begin and end.
    """
    once = _once(written)
    known = [_place(once, spoken) for spoken in said]
    order = sorted((place, number) for number, place in enumerate(known) if place is not None)
    again, taken = dict[int, dict[tuple[str, ...], list[int]]](), set[int]()
    if any(place is None and spoken for place, spoken in zip(known, said, strict=True)):
        again = {length: _runs(written, length) for length in TOGETHER}
        taken = set(matches(written, [key for _, number in order for key in said[number]]))
    places, last = list[float](), -1.0
    for spoken, place in zip(said, known, strict=True):
        if place is None:
            ranked = []
            for at in _begins(again, spoken):
                stop = at + len(spoken)
                ranked.append((len(taken.intersection(range(at, stop))), not {at, stop} <= edges, at <= last, at))
            if ranked:
                *_, place = min(ranked)
                taken.update(range(place, place + len(spoken)))
        last = last if place is None else place
        places.append(last)
    return places


def _begins(runs: dict[int, dict[tuple[str, ...], list[int]]], spoken: Sequence[str]) -> list[int]:
    """Where in the text all places begin that have most of these words."""
    for length, places in runs.items():
        here = zip(*(spoken[k:] for k in range(length)), strict=False)
        votes = Counter(at - k for k, run in enumerate(here) for at in places.get(run, ()))
        if votes:
            most = max(votes.values())
            return [at for at, count in votes.items() if count == most]
    return []


def _once(written: Sequence[str]) -> dict[int, dict[tuple[str, ...], int]]:
    """By length, the runs of words that are only once in the text, and where."""
    runs = {length: _runs(written, length) for length in TOGETHER}
    return {length: {run: at[0] for run, at in places.items() if len(at) == 1} for length, places in runs.items()}


def _runs(written: Sequence[str], length: int) -> dict[tuple[str, ...], list[int]]:
    """The runs of so many words, and all their places."""
    found = defaultdict[tuple[str, ...], list[int]](list)
    for place, run in enumerate(zip(*(written[k:] for k in range(length)), strict=False)):
        found[run].append(place)
    return found


def _place(once: dict[int, dict[tuple[str, ...], int]], spoken: Sequence[str]) -> float | None:
    for length, places in once.items():
        runs = zip(*(spoken[k:] for k in range(length)), strict=False)
        found = [places[run] for run in runs if run in places]
        if found:
            return median(found)
    return None
