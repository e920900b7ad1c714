"""A text that is still being written, as sentences that can be spoken before they are finished. Needs no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tts.text.sentences import split_sentences

PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[\"”’)]*[,;:]?[\"”’)]*")
"""What is read the same whatever follows: no number, sign or abbreviation."""
CLAUSE_ENDS = (",", ";", ":")
PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*$")


@dataclass(frozen=True)
class Written:
    """The sentence that is being written, as far as it is known how to read it."""

    text: str
    ended: bool
    """Whether it is complete; the next one is another sentence."""
    following: str = ""
    """Words after it that are known already. They are not to be spoken yet, and say how what stands before them is
    read, as in "the end" and "the start"."""


def growing_sentences(pieces: Iterable[str], language: str, limit: int) -> Iterator[Written]:
    """The sentences of a text that comes in pieces, of any size: letters, words, or more.

    Each sentence comes several times, longer each time, and at last whole. Until then it lacks the last word, as that
    may still change how it is read; before a number, a sign or an abbreviation it lacks these too. A sentence is whole
    when the next one begins, at an empty line, or at the end of the text. `limit`: characters, as for
    `split_sentences`.
    """
    buffer, known = "", ""
    for piece in pieces:
        buffer += piece
        complete, rest = _complete_words(buffer)
        sentences = split_sentences(complete, limit, language)
        ended = sentences if PARAGRAPH.search(complete) else sentences[:-1]
        for sentence in ended:
            yield Written(sentence, True)
            known = ""
        last = "" if len(ended) == len(sentences) else sentences[-1]
        if ended:
            buffer = last + complete[len(complete.rstrip()) :] + rest if last else rest
        readable = _readable(last)
        if len(readable) > len(known):
            known = readable
            yield Written(readable, False, last[len(readable) :])
    for sentence in split_sentences(buffer, limit, language):
        yield Written(sentence, True)


def _complete_words(text: str) -> tuple[str, str]:
    """What stands before the last space outside braces, with that space, and the rest."""
    opened = text.rfind("{")
    end = opened if opened > text.rfind("}") else len(text)
    space = max((match.end() for match in re.finditer(r"\s+", text[:end])), default=0)
    return text[:space], text[space:]


def _readable(sentence: str) -> str:
    """The part of an unfinished sentence that is read the same whatever follows."""
    words = list(re.finditer(r"\{[^{}]*\}\S*|\S+", sentence))
    if words and not words[-1][0].endswith(CLAUSE_ENDS):
        words.pop()
    while words and not (words[-1][0].startswith("{") or PLAIN_WORD.fullmatch(words[-1][0])):
        words.pop()
    return sentence[: words[-1].end()] if words else ""
