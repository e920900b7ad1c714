"""A text as a voice reads it: sentences of tokens that it knows. Needs no torch."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tts.text.config import TextConfig
from tts.text.frontend import Unpronounceable, front_end, split_sentences
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens


class Sentence(NamedTuple):
    """A sentence, or a part of one, that is spoken in one go."""

    text: str
    """As written, on one line."""
    tokens: Tokens


def read_tokens(text: str, config: TextConfig, table: SymbolTable, language: str) -> Tokens:
    """The tokens of a text in `language`, those that the voice lacks replaced by the nearest it has.

    Raises
    ------
    Unpronounceable, UserError: as the front end does.
    """
    return table.adapt(front_end(replace(config, language=language))(text))


def read_sentences(text: str, config: TextConfig, table: SymbolTable, language: str, limit: int) -> list[Sentence]:
    """The sentences of a text, and the parts of those of more than `limit` characters, with their tokens.

    Raises
    ------
    Unpronounceable: nothing to say, or words without a sound.
    """
    sentences = []
    for sentence in split_sentences(text, limit, language):
        try:
            sentences.append(Sentence(sentence, read_tokens(sentence, config, table, language)))
        except Unpronounceable:
            if any(character.isalnum() for character in sentence):
                raise  # words must never be dropped silently
    if not sentences:
        raise Unpronounceable(f"nothing to say in {text[:80]!r}: write words")
    return sentences
