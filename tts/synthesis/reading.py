"""A text as a voice reads it: sentences of tokens that it knows. Needs no torch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tts.text.config import TextConfig
from tts.text.controls import Marked
from tts.text.frontend import Unpronounceable, front_end, split_sentences
from tts.text.ssml import is_ssml, read_ssml
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens

_BEGINNING, _MARKS = re.compile(r"\{#\d+\}"), re.compile(r"\{#\d+(?: ,)?\}")


def read_tokens(text: str, config: TextConfig, table: SymbolTable, language: str, marked: bool = False) -> Tokens:
    """The tokens of a text in `language`, those that the voice lacks replaced by the nearest it has.

    Raises
    ------
    Unpronounceable, UserError: as the front end does.
    """
    return table.adapt(front_end(replace(config, language=language))(text, marked))


def read_markup(text: str) -> Marked:
    """A text as it is, or what the markup `<speak>…</speak>` says of it.

    Raises
    ------
    UserError: mistakes in the markup.
    """
    return read_ssml(text) if is_ssml(text) else Marked(text)


def read_sentences(
    text: str | Marked, config: TextConfig, table: SymbolTable, language: str, limit: int
) -> list[Tokens]:
    """The same for each sentence, or part of a sentence of more than `limit` characters.

    Raises
    ------
    Unpronounceable: nothing to say, or words without a sound.
    """
    return list(each_sentence(text, config, table, language, limit))


def each_sentence(
    text: str | Marked, config: TextConfig, table: SymbolTable, language: str, limit: int
) -> Iterator[Tokens]:
    """The same, each when it is asked for."""
    marked = isinstance(text, Marked) and len(text.stretches) > 1
    written = text.text if isinstance(text, Marked) else text
    said = False
    stretch = ""  # that goes on from sentence to sentence
    for sentence in split_sentences(written, limit, language):
        whole = stretch + sentence
        stretch = ([stretch, *_BEGINNING.findall(sentence)] if marked else [stretch])[-1]
        try:
            tokens = read_tokens(whole, config, table, language, marked)
        except Unpronounceable:
            if any(character.isalnum() for character in (_MARKS.sub("", sentence) if marked else sentence)):
                raise  # words must never be dropped silently
            continue
        said = True
        yield tokens
    if not said:
        raise Unpronounceable(f"nothing to say in {written[:80]!r}: write words")
