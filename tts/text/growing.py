"""A text that is still being written, as sentences that can be spoken before they are finished. Needs no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tts.text.sentences import split_sentences

PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[\"”’)]*[,;:]?[\"”’)]*")
"""What is read the same whatever follows: no number, sign or abbreviation."""
CLAUSE_ENDS = (",", ";", ":")
ENDED = re.compile(r"(?:\n[^\S\n]*\n|[。！？][」』”]?)\s*$")
"""An empty line, and the marks after which no space comes."""
COMPLETE = re.compile(r"\s+|[。！？]+[」』”]?(?=[^\s。！？」』”])")
"""What ends a word for good."""


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
    when the next one begins, at an empty line, or at the end of the text. One of more than `limit` characters is cut as
    `split_sentences` does, but behind what was given of it already.
    """
    buffer, known = "", ""
    for piece in pieces:
        new = len(buffer)
        buffer += piece
        if not COMPLETE.search(buffer, max(0, new - 2)):  # all of it would be read again at each letter
            continue
        complete, rest = _complete_words(buffer)
        sentences = _split(complete, known, limit, language)
        ended = sentences if ENDED.search(complete) else sentences[:-1]
        for sentence in ended:
            yield Written(sentence, True)
            known = ""
        last = "" if len(ended) == len(sentences) else sentences[-1]
        buffer = last + complete[len(complete.rstrip()) :] + rest if last else rest
        readable = _readable(last)
        if len(readable) > len(known):
            known = readable
            yield Written(readable, False, last[len(readable) :])
    for sentence in _split(buffer, known, limit, language):
        yield Written(sentence, True)


def _split(text: str, known: str, limit: int, language: str) -> list[str]:
    """Sentences of a text that begins with the words of `known`, none of which are cut off."""
    sentences = split_sentences(text, limit, language)
    if not sentences or len(sentences[0]) >= len(known):
        return sentences
    count = len(known.split())
    return [known, *(s for rest in text.split(None, count)[count:] for s in split_sentences(rest, limit, language))]


def _complete_words(text: str) -> tuple[str, str]:
    """What stands before the last space or end outside braces, with that, and the rest."""
    opened = text.rfind("{")
    end = opened if opened > text.rfind("}") else len(text)
    space = max((match.end() for match in COMPLETE.finditer(text, 0, end)), default=0)
    return text[:space], text[space:]


def _readable(sentence: str) -> str:
    """The part of an unfinished sentence that is read the same whatever follows."""
    words = list(re.finditer(r"\{[^{}]*\}\S*|\S+", sentence))
    if words and not words[-1][0].endswith(CLAUSE_ENDS):
        words.pop()
    while words and not (words[-1][0].startswith("{") or PLAIN_WORD.fullmatch(words[-1][0])):
        words.pop()
    return sentence[: words[-1].end()] if words else ""
