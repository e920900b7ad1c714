"""Long text cut into sentences short enough to speak in one go."""

from __future__ import annotations

import re

ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|Hon|St|Mt|Ft|Capt|Col|Gen|Lt|Sgt|Maj|Gov|Sen|Pres|vs|cf|approx|fig|figs"
    r"|vol|pp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
    r"|e\.g|i\.e|z\.B|bzw|usw)|(?<![\w'])(?<![ap]\.)(?!I\.)[^\W\d_])\.$",
    re.IGNORECASE,
)
"""What ends in a full stop without ending a sentence: titles, months, initials."""
END = re.compile(
    r"(?:[.!?…]+[\"'”’)\]]*(?=\s+[^\s\W]|\s+[\"'“‘(\[¿¡{—]|\s*$)"
    r"|[。！？]+[」』”]?)\s*"
)
CLAUSE = re.compile(r"(?<=[,;:—，、；])\s*")


LONGEST_SENTENCE = 300
"""Characters."""


def split_sentences(text: str, limit: int = LONGEST_SENTENCE) -> list[str]:
    """Sentences of `text`, each at most `limit` characters.

    A full stop ends no sentence after an abbreviation or initial, nor before a lower-case word. A longer
    sentence is cut after clause marks, then at spaces, then anywhere;
    phones in braces are kept whole where they fit.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1 character")
    sentences = []
    for line in re.split(r"\n\s*\n", text):
        line = " ".join(line.split())
        start = 0
        for match in END.finditer(line):
            before, after = line[start : match.end()].rstrip(), line[match.end() : match.end() + 1]
            numbered = after.isdigit() and re.search(r"\b(?:Nos?|Nr|p)\.$", before, re.IGNORECASE)
            if (after and ABBREVIATED.search(before)) or after.islower() or numbered:
                continue
            sentences += _cut(before, limit)
            start = match.end()
        sentences += _cut(line[start:].strip(), limit)
    return sentences


def _cut(sentence: str, limit: int) -> list[str]:
    pieces = []
    while len(sentence) > limit:
        window = sentence[: limit + 1]
        clauses = [m.start() for m in CLAUSE.finditer(window) if limit // 3 < m.start() <= limit]
        spaces = [m.start() for m in re.finditer(r"\s(?![^{}]*\})", window)]
        at = (clauses or [s for s in spaces if s > 0] or [limit])[-1]
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [piece for piece in (*pieces, sentence) if piece]
