"""A text as a voice reads it: sentences of tokens that it knows. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tts.text.config import TextConfig
from tts.text.frontend import Unpronounceable, front_end, split_sentences
from tts.text.growing import Written, growing_sentences
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens


def read_tokens(text: str, config: TextConfig, table: SymbolTable, language: str) -> Tokens:
    """The tokens of a text in `language`, those that the voice lacks replaced by the nearest it has.

    Raises
    ------
    Unpronounceable, UserError: as the front end does.
    """
    return table.adapt(front_end(replace(config, language=language))(text))


def read_growing(
    pieces: Iterable[str], config: TextConfig, table: SymbolTable, language: str, limit: int
) -> Iterator[tuple[Tokens, bool]]:
    """The tokens of each sentence of a text that is still being written, several times and longer each time, and
    whether it has ended (`tts.text.growing`); until then without `</s>`.

    Raises
    ------
    Unpronounceable: as `read_sentences`.
    """
    for written in growing_sentences(pieces, language, limit):
        try:
            tokens = read_tokens(written.text, config, table, language)
        except Unpronounceable:
            if any(character.isalnum() for character in written.text):
                raise
            continue
        yield tokens if written.ended else _before(written, tokens, config, table, language), written.ended


def _before(written: Written, alone: Tokens, config: TextConfig, table: SymbolTable, language: str) -> Tokens:
    """The tokens of a text before what follows it, of which `alone` are read without that."""
    try:
        tokens = read_tokens(written.text + written.following, config, table, language)
    except Unpronounceable:
        return alone.until(len(alone) - 1)  # it is refused when its turn comes
    end = next((i for i, word in enumerate(tokens.word) if word >= len(alone.words)), len(tokens) - 1)
    return tokens.until(end)


def read_sentences(text: str, config: TextConfig, table: SymbolTable, language: str, limit: int) -> list[Tokens]:
    """The same for each sentence, or part of a sentence of more than `limit` characters.

    Raises
    ------
    Unpronounceable: nothing to say, or words without a sound.
    """
    sentences = []
    for sentence in split_sentences(text, limit, language):
        try:
            sentences.append(read_tokens(sentence, config, table, language))
        except Unpronounceable:
            if any(character.isalnum() for character in sentence):
                raise  # words must never be dropped silently
    if not sentences:
        raise Unpronounceable(f"nothing to say in {text[:80]!r}: write words")
    return sentences
