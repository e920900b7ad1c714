"""Long text cut into sentences short enough to speak in one go."""

from __future__ import annotations

import re
from itertools import pairwise

from tts.text.braces import BRACES, in_another_language, masked
from tts.text.languages import reader
from tts.text.markup import QUOTED

ITEM = re.compile(r"\(?\d{1,3}\.$")
"""The number of an item in a list belongs to the item."""
LONGEST_ABBREVIATION = 10
"""Characters, with the full stop and what stands before it, that a language looks at."""
END = re.compile(
    r"(?:(?<![.!?…])[.!?…]++[\"'”’“»«›)\]]*+(?: »(?=\s|$))?(?=\s+[^\s\W]|\s+[\"'“‘„«»‹(\[¿¡{—–]|\s*$)"
    r"|[。！？]+[」』”]?)\s*"
)
LINES = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•–|]|#{1,6}|\(?\d{1,3}[.)])\s)")
"""Paragraphs, headings, the items of a list and the rows of a table."""
HEADING = re.compile(r"^([^\S\n]*#{1,6}[^\S\n].*\n)", re.MULTILINE)
CLAUSE = re.compile(r"(?<=[,;:])\s+|(?<=[—，、；])\s*")
"""Not the marks within 1,000 and 5:30."""
LONGEST_SENTENCE = 300
"""Characters."""
NARROW = 25
"""Characters; a page is wider."""


def split_sentences(text: str, limit: int = LONGEST_SENTENCE, language: str = "en-us") -> list[str]:
    """Sentences of `text`, each at most `limit` characters.

    A full stop ends no sentence after an abbreviation or initial, nor before a lower-case word. Lines of a list or a
    poem are apart, those of a wrapped page are not. A longer sentence is cut after clause marks, then at spaces, then
    anywhere. Signs of a quotation (`>`) are left out. What stands in braces is kept whole where it fits; text in
    another language becomes several braces where it does not.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1 character")
    sentences = []
    language_reader = reader(language)
    text = HEADING.sub(r"\1\n", QUOTED.sub("", text))
    text = BRACES.sub(lambda match: _shortened(match, limit), text)
    capitals_tell = not language_reader.nouns_are_capital
    for line in (line for paragraph in LINES.split(text) for line in _lines(paragraph, capitals_tell)):
        hidden = masked(line)
        held = set(language_reader.held_stops(line))
        start = 0
        for match in END.finditer(hidden):
            end = match.end()
            # All that was not cut yet would be searched again at every full stop.
            before = line[max(start, end - LONGEST_ABBREVIATION) : end].rstrip()
            after = line[end : end + LONGEST_ABBREVIATION]
            item = after and ITEM.match(before) and end - start <= LONGEST_ABBREVIATION
            goes_on = match.start() in held or (after and language_reader.goes_on(before, after))
            if after[:1].islower() or item or goes_on:
                continue
            sentences += _cut(line[start:end].rstrip(), limit)
            start = end
        sentences += _cut(line[start:].strip(), limit)
    return sentences


def _lines(paragraph: str, capitals_tell: bool) -> list[str]:
    """A paragraph on one line, or each of its lines, as in a list or a poem: where half of them or more have room for
    the next word and all begin with a capital or a number, or are narrow; or four and more begin with a capital.

    Where a page ends lines, some of the next begin with a small letter; how many have room depends on its letters.

    Parameters
    ----------
    capitals_tell: whether few words have one, as in most languages but German.
    """
    lines = [" ".join(line.split()) for line in paragraph.splitlines() if line.strip()]
    width, breaks = max(map(len, lines), default=0), list(pairwise(lines))
    room = sum(len(line) + 1 + len(following.split(" ", 1)[0]) <= width for line, following in breaks)
    short = breaks and 2 * room >= len(breaks)
    begun = all(line[0].isupper() or line[0].isdigit() for line in lines)
    narrow = width <= NARROW and len(breaks) > 1
    verse = begun and capitals_tell and len(breaks) > 2
    return lines if (short and (begun or narrow)) or verse else [" ".join(lines)]


def _shortened(match: re.Match[str], limit: int) -> str:
    """Braces on one line, and several in place of those with more text in another language than goes in one."""
    whole = " ".join(match[0].split())
    elsewhere = in_another_language(match[1]) if len(whole) > limit else None
    if elsewhere is None:
        return whole
    language, text = elsewhere
    most = max(1, limit - len(language) - len("{: }"))
    return " ".join(f"{{{language}: {piece}}}" for piece in split_sentences(text, most, language))


def _cut(sentence: str, limit: int) -> list[str]:
    pieces = []
    while len(sentence) > limit:
        window = masked(sentence)[: limit + 1]
        clauses = [m.start() for m in CLAUSE.finditer(window) if limit // 3 < m.start() <= limit]
        spaces = [m.start() for m in re.finditer(r"\s", window)]
        at = (clauses or [s for s in spaces if s > 0] or [limit])[-1]
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [piece for piece in (*pieces, sentence) if piece]
