"""A text that comes in pieces, cut where something can be spoken already."""

from __future__ import annotations

from tts.text.braces import masked
from tts.text.sentences import CLAUSE, LONGEST_SENTENCE, split_sentences

SHORTEST = 60
"""Characters of a clause that is spoken before its sentence is whole; shorter ones sound cut off."""
WITHOUT_SPACE = "，、；"
"""Marks after which there is none; after others it tells a clause from a number such as 1,000."""


class Clauses:
    """What is complete of a text so far: sentences, and clauses that are long enough.

    A full stop ends a sentence only once more text has come, since `3.` may be `3.5` and `Dr.` a title.
    """

    def __init__(self, language: str) -> None:
        self._language, self._rest = language, ""

    def add(self, text: str) -> list[str]:
        """Take more of the text; what is complete now."""
        self._rest += text
        *whole, last = split_sentences(self._rest, LONGEST_SENTENCE, self._language) or [""]
        place = _clause(last)
        if place:
            whole.append(last[:place].rstrip())
            last = last[place:]
        self._rest = last + self._rest[len(self._rest.rstrip()) :]
        return whole

    def flush(self) -> list[str]:
        """All that is left, as the text ends here."""
        rest, self._rest = self._rest.strip(), ""
        return [rest] if rest else []

    def __len__(self) -> int:
        """Characters that are kept."""
        return len(self._rest)


def _clause(sentence: str) -> int:
    """Where the last clause begins that is not whole yet; 0 if what comes before it is too short."""
    places = [
        mark.end()
        for mark in CLAUSE.finditer(masked(sentence))
        if mark.end() < len(sentence) and (mark.group() or sentence[mark.start() - 1] in WITHOUT_SPACE)
    ]
    return places[-1] if places and places[-1] >= SHORTEST else 0
