"""Long text cut into sentences short enough to speak in one go."""

from __future__ import annotations

import re

from tts.text.english_words import BEFORE_DIGITS, DAYS, ZONES
from tts.text.languages import base_of, reader

ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|Hon|St|Mt|Ft|Capt|Col|Gen|Lt|Sgt|Maj|Gov|Sen|Pres|vs|cf|approx|fig|figs"
    r"|vol|pp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Mon|Tues?|Wed|Thu|Thurs|Fri"
    r"|Rep|Adm|Cmdr|Cpl|Pvt|Supt|Det|Messrs|Bros|Hwy|al"
    r"|e\.g|i\.e)|(?<![\w'])(?<![ap]\.(?=m\.))(?!I\.)[^\W\d_]|^I)\.$",
    re.IGNORECASE,
)
"""What ends in a full stop in English without ending a sentence: titles, months, initials."""
NUMBERED = re.compile(rf"\b(?:Nos?|Nr|Rs|{'|'.join(BEFORE_DIGITS)})\.$", re.IGNORECASE)
"""And what does so before a digit."""
HALF_DAY = re.compile(r"[ap]\.\s?m\.$", re.IGNORECASE)
AFTER_HALF_DAY = re.compile(rf"(?:{'|'.join(DAYS)}|{ZONES})\b")
"""In "at 9 a.m. Monday" no sentence ends."""
INITIAL = re.compile(r"(?<![\w'])[^\W\d_]\.$")
"""And in other languages, beside their abbreviations."""
ITEM = re.compile(r"\(?\d{1,3}\.$")
"""The number of an item in a list belongs to the item."""
LONGEST_ABBREVIATION = 10
"""Characters, with the full stop and what stands before it, that the two expressions above look at."""
END = re.compile(
    r"(?:(?<![.!?…])[.!?…]++[\"'”’“»«›)\]]*+(?: »(?=\s|$))?(?=\s+[^\s\W]|\s+[\"'“‘„«»‹(\[¿¡{—–]|\s*$)"
    r"|[。！？]+[」』”]?)\s*"
)
LINES = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•–]|\(?\d{1,3}[.)])\s)")
"""Paragraphs, and the items of a list."""
CLAUSE = re.compile(r"(?<=[,;:—，、；])\s*")


LONGEST_SENTENCE = 300
"""Characters."""


def split_sentences(text: str, limit: int = LONGEST_SENTENCE, language: str = "en-us") -> list[str]:
    """Sentences of `text`, each at most `limit` characters.

    A full stop ends no sentence after an abbreviation or initial, nor before a lower-case word. A longer
    sentence is cut after clause marks, then at spaces, then anywhere;
    phones in braces are kept whole where they fit.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1 character")
    sentences = []
    english = base_of(language) == "en"
    for line in LINES.split(text):
        line = " ".join(line.split())
        held = set() if english else set(reader(language).held_stops(line))
        start = 0
        for match in END.finditer(line):
            end, after = match.end(), line[match.end() : match.end() + 1]
            # All that was not cut yet would be searched again at every full stop.
            before = line[max(start, end - LONGEST_ABBREVIATION) : end].rstrip()
            item = after and ITEM.match(before) and end - start <= LONGEST_ABBREVIATION
            if english:
                goes_on = _goes_on_in_english(before, line, end)
            else:
                goes_on = match.start() in held or bool(after and INITIAL.search(before))
            if after.islower() or item or goes_on:
                continue
            sentences += _cut(line[start:end].rstrip(), limit)
            start = end
        sentences += _cut(line[start:].strip(), limit)
    return sentences


def _goes_on_in_english(before: str, line: str, end: int) -> bool:
    """Whether what ends with `before` goes on at `end` of `line`."""
    after = line[end : end + 1]
    numbered = after.isdigit() and NUMBERED.search(before)
    timed = HALF_DAY.search(before) and AFTER_HALF_DAY.match(line, end)
    return bool(numbered or timed or (after and ABBREVIATED.search(before)))


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
