"""Text as parts that a recording may be cut between, each with the time when it is said."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tts.importing.recognition import Word
from tts.text.normalise import normalise
from tts.text.sentences import split_sentences

CLAUSE_END = re.compile(r"(?<=[,;:–—，；：、])[\"'”’)\]]*\s+|(?<=[，；：、])")
LONG_PAUSE = 0.35
"""Seconds between two words, after which speech may be cut even if there is no mark."""
WHOLE = 100_000
"""Characters: no sentence is cut for its length."""
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Letters of scripts without spaces between words, each of which counts as a word."""
CONTRACTED = tuple(
    (re.compile(rf"{short}\b"), whole)
    for short, whole in (("\\bwon't", "will not"), ("'d", " would"), ("\\bgonna", "going to"), ("\\bwanna", "want to"))
)
"""Short forms of English whose spelling is not like that of their words."""


@dataclass(frozen=True)
class Part:
    """A sentence, or a clause of one."""

    text: str
    start: float
    """Seconds in the recording."""
    end: float
    ends_sentence: bool
    agreement: float = 1.0
    """Share of its words that the recogniser heard; 1 where the text is the recogniser's."""
    problem: str = ""
    """Why it is not to be used."""
    apart: bool = False
    """Whether something else is said between it and the part before it."""
    before: float = -math.inf
    """Middle of the last word that was heard before it, in seconds: it is cut after that."""
    after: float = math.inf
    """Likewise of the first one after it."""


def clauses(text: str, language: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each ends a sentence."""
    for sentence in split_sentences(text, WHOLE, language):
        start = 0
        for match in CLAUSE_END.finditer(sentence):
            if any(map(str.isalnum, sentence[start : match.end()])):
                yield sentence[start : match.end()].strip(), False
                start = match.end()
        if rest := sentence[start:].strip():
            yield rest, True


def heard_parts(words: Sequence[Word], language: str) -> list[Part]:
    """The parts of what was heard."""
    text, owners = "", []  # of each character that is no space, the word
    for index, word in enumerate(words):
        text += word.text
        owners += [index] * len(_letters(word.text))
    found, used = list[Part](), 0
    for clause, ends in clauses(text, language):
        size = len(_letters(clause))
        own = list(dict.fromkeys(owners[used : used + size]))
        used += size
        stops = [i + 1 for i, (a, b) in enumerate(pairwise(own)) if words[b].start - words[a].end >= LONG_PAUSE]
        for first, stop in pairwise([0, *stops, len(own)]):
            some, last = own[first:stop], stop == len(own)
            said = "".join(words[i].text for i in some).strip() if stops else clause
            if any(map(str.isalnum, said)):
                a, b = some[0], some[-1]
                before = words[a - 1].middle if a else -math.inf
                after = words[b + 1].middle if b + 1 < len(words) else math.inf
                part = Part(said, words[a].start, words[b].end, ends and last, before=before, after=after)
                found.append(part)
    return found


def keys(text: str, language: str) -> list[str]:
    """The words of a text as they are compared: numbers spelled out, no marks, no capitals, no accents."""
    return list(_keys(text, language))


@lru_cache(maxsize=2**14)
def _keys(text: str, language: str) -> tuple[str, ...]:
    spoken = unicodedata.normalize("NFKD", normalise(text, language).casefold())
    bare = "".join(c for c in spoken if not unicodedata.combining(c))
    for short, whole in CONTRACTED if language.startswith("en") else ():
        bare = short.sub(whole, bare)
    bare = bare.replace("'", "")
    return tuple(key for word in re.findall(r"\w+", bare) for key in (word if UNSPACED.search(word) else [word]))


def _letters(text: str) -> str:
    return "".join(text.split())
