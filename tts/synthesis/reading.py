"""A text as a voice reads it: sentences of tokens that it knows. Needs no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tts.errors import UserError
from tts.text.braces import without_notes
from tts.text.config import TextConfig
from tts.text.controls import Marked
from tts.text.frontend import Unpronounceable, front_end, split_sentences
from tts.text.growing import Written, growing_sentences
from tts.text.scripts import with_languages
from tts.text.ssml import is_ssml, read_ssml
from tts.text.symbols import SymbolTable
from tts.text.tokens import Tokens

_BEGINNING, _MARKS = re.compile(r"\{#\d+\}"), re.compile(r"\{#\d+(?: ,)?\}")


class Sentence(NamedTuple):
    """A sentence, or a part of one, that is spoken in one go."""

    text: str
    """As written, on one line, without markup."""
    tokens: Tokens


def read_tokens(text: str, config: TextConfig, table: SymbolTable, language: str, marked: bool = False) -> Tokens:
    """The tokens of a text in `language`, those that the voice lacks replaced by the nearest it has. Words in another
    script are read in a language that is written so, and braces that hold no phones are left out.

    Raises
    ------
    Unpronounceable, UserError: as the front end does.
    """
    if config.units == "phones":
        text = with_languages(without_notes(text, table), language)
    return table.adapt(front_end(replace(config, language=language))(text, marked))


def read_growing(
    pieces: Iterable[str], config: TextConfig, table: SymbolTable, language: str, limit: int
) -> Iterator[tuple[Tokens, bool]]:
    """The tokens of each sentence of a text that is still being written, several times and longer each time, and
    whether it has ended (`tts.text.growing`); until then without `</s>`.

    Raises
    ------
    Unpronounceable: as `read_sentences`. UserError: it is SSML, which must be complete to be read.
    """
    for number, written in enumerate(growing_sentences(pieces, language, limit)):
        if not number and is_ssml(written.text):
            raise UserError("SSML is read whole: give it as one text, not in pieces")
        try:
            tokens = read_tokens(written.text, config, table, language)
        except Unpronounceable:
            if any(character.isalnum() for character in written.text):
                raise
            continue
        yield tokens if written.ended else _before(written, tokens, config, table, language), written.ended


def _before(written: Written, alone: Tokens, config: TextConfig, table: SymbolTable, language: str) -> Tokens:
    """The tokens of a text before what follows it, of which `alone` are read without that.

    After all that is known comes its longest word once more, in place of those to come: espeak-ng stresses the last
    words of a clause otherwise than those within.
    """
    to_come = max(alone.words, key=len, default="")
    try:
        tokens = read_tokens(f"{written.text}{written.following} {to_come}", config, table, language)
    except UserError:
        return alone.until(len(alone) - 1)  # it is refused when its turn comes
    end = next((i for i, word in enumerate(tokens.word) if word >= len(alone.words)), len(tokens) - 1)
    return tokens.until(end)


def read_markup(text: str) -> Marked:
    """A text as it is, or what the markup `<speak>…</speak>` says of it.

    Raises
    ------
    UserError: mistakes in the markup.
    """
    return read_ssml(text) if is_ssml(text) else Marked(text)


def read_sentences(
    text: str | Marked, config: TextConfig, table: SymbolTable, language: str, limit: int
) -> list[Sentence]:
    """The sentences of a text, and the parts of those of more than `limit` characters, with their tokens.

    Raises
    ------
    Unpronounceable: nothing to say, or words without a sound.
    """
    return list(each_sentence(text, config, table, language, limit))


def each_sentence(
    text: str | Marked, config: TextConfig, table: SymbolTable, language: str, limit: int
) -> Iterator[Sentence]:
    """The same, each when it is asked for."""
    marked = isinstance(text, Marked) and len(text.stretches) > 1
    written = text.text if isinstance(text, Marked) else text
    said = False
    stretch = ""  # that goes on from sentence to sentence
    for sentence in split_sentences(written, limit, language):
        whole = stretch + sentence
        plain = sentence
        if marked:
            stretch = [stretch, *_BEGINNING.findall(sentence)][-1]
            plain = " ".join(_MARKS.sub("", sentence).split())
        try:
            tokens = read_tokens(whole, config, table, language, marked)
        except Unpronounceable:
            if any(character.isalnum() for character in plain):
                raise  # words must never be dropped silently
            continue
        said = True
        yield Sentence(plain, tokens)
    if not said:
        shown = _MARKS.sub("", written) if marked else written
        raise Unpronounceable(f"nothing to say in {shown[:80]!r}: write words")
