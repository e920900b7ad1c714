"""Languages other than English as they are read aloud: a file each for what is its own, `reader` for the rest."""

from __future__ import annotations

from functools import cache

from tts.text.languages.dutch import Dutch
from tts.text.languages.french import French
from tts.text.languages.german import German
from tts.text.languages.greek import Greek
from tts.text.languages.italian import Italian
from tts.text.languages.polish import Polish
from tts.text.languages.portuguese import Portuguese
from tts.text.languages.reader import Reader
from tts.text.languages.russian import Russian
from tts.text.languages.spanish import Spanish

READERS: dict[str, type[Reader]] = {
    "de": German, "el": Greek, "es": Spanish, "fr": French, "it": Italian, "nl": Dutch, "pl": Polish, "pt": Portuguese,
    "ru": Russian,
}  # fmt: skip


def base_of(language: str) -> str:
    """de of de-ch, pt of pt-br."""
    return language.lower().replace("_", "-").split("-")[0]


@cache
def reader(language: str) -> Reader:
    """The reader of an espeak-ng language (fr-fr, pt-br, …)."""
    base = base_of(language)
    return READERS.get(base, Reader)(language, base)
