"""A text that comes in pieces, cut where something can be spoken already."""

from __future__ import annotations

from tts.text.braces import masked
from tts.text.sentences import CLAUSE, LONGEST_SENTENCE, split_sentences
from tts.text.ssml import is_ssml

SHORTEST = 60
"""Characters of a clause that is spoken before its sentence is whole; shorter ones sound cut off."""


class Clauses:
    """What is complete of a text so far: sentences, and clauses that are long enough.

    A full stop ends a sentence only once more text has come, since `3.` may be `3.5` and `Dr.` a title. What begins as
    SSML is complete at the flush.
    """

    def __init__(self, language: str) -> None:
        self._language, self._rest = language, ""

    def add(self, text: str) -> list[str]:
        """Take more of the text; what is complete now."""
        self._rest += text
        if is_ssml(self._rest):  # a document is read whole
            return []
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
    places = [mark.end() for mark in CLAUSE.finditer(masked(sentence)) if mark.end() < len(sentence)]
    return places[-1] if places and places[-1] >= SHORTEST else 0
