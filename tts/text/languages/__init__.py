"""Languages as they are read aloud: a file each for what is its own, `reader` for what all share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tts.text.languages.chinese import Cantonese, Chinese
from tts.text.languages.czech import Czech
from tts.text.languages.dutch import Dutch
from tts.text.languages.english.reader import English
from tts.text.languages.french import French
from tts.text.languages.german import German
from tts.text.languages.greek import Greek
from tts.text.languages.hungarian import Hungarian
from tts.text.languages.italian import Italian
from tts.text.languages.japanese import Japanese
from tts.text.languages.korean import Korean
from tts.text.languages.polish import Polish
from tts.text.languages.portuguese import Portuguese
from tts.text.languages.reader import Reader
from tts.text.languages.russian import Russian
from tts.text.languages.spanish import Spanish
from tts.text.languages.spoken import base_of
from tts.text.languages.ukrainian import Ukrainian

__all__ = [
    "Cantonese", "Chinese", "Czech", "Dutch", "English", "French", "German", "Greek", "Hungarian", "Italian",
    "Japanese", "Korean", "Polish", "Portuguese", "Reader", "Russian", "Spanish", "Ukrainian", "reader",
]  # fmt: skip


def reader(language: str) -> Reader:
    """The reader of an espeak-ng language (en-us, fr-fr, pt-br, …)."""
    kind: Callable[[str], Reader] = Reader.of_language.get(base_of(language), Reader)
    return _made(kind, language)


@cache
def _made(kind: Callable[[str], Reader], language: str) -> Reader:
    return kind(language)
