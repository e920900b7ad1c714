"""The espeak-ng language that a corpus's own word for a language means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache

from babel import Locale
from babel.core import get_global

from tts.errors import UserError
from tts.settings.schema import nearest
from tts.text.phonemes import languages

OTHER_NAMES = {"en": "en-us", "fr": "fr-fr", "zh": "cmn", "cn": "cmn", "jp": "ja", "kr": "ko", "no": "nb", "tl": "fil"}
"""Codes that espeak-ng does not know, or not as one of its own."""
COUNTRIES = {"cn", "jp", "kr"}
"""Of `OTHER_NAMES`."""
FIRST_NAMES = {
    "ara", "ben", "cat", "dan", "geo", "ina", "ita", "kat", "lin", "mac", "mal", "mar", "may", "pol", "ron", "sin",
    "tam",
}  # fmt: skip
"""People's, that are codes of languages, too."""
CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class LanguageError(UserError):
    """A corpus says what its languages are, and they cannot be spoken so."""


def espeak_language(said: str, main: str) -> str:
    """For example `de` for `DE`, `de-DE`, `deu` or `German`, and `cmn` for `zh`; empty for `main`, that of the corpus.

    Raises
    ------
    UserError: espeak-ng has no such language.
    """
    code = said.casefold().replace("_", "-")
    code = _codes().get(code, code)
    short = code.split("-")[0]
    if short not in languages() and short in _of_three_letters():
        short, code = _of_three_letters()[short], code.replace(short, _of_three_letters()[short], 1)
    for name in (code, OTHER_NAMES.get(code, ""), short, OTHER_NAMES.get(short, "")):
        if name and name in (main, main.split("-")[0]):
            return ""
        if name in languages():
            return OTHER_NAMES.get(name, name)
    raise UserError(f"espeak-ng has no language {said!r}{nearest(code, languages())}")


@cache
def _codes() -> dict[str, str]:
    """By the English name of each language."""
    return {name.casefold(): code for code, name in Locale("en").languages.items()}


@cache
def _of_three_letters() -> dict[str, str]:
    """By the code of three letters of each language that of two."""
    aliases = {code: alias.split("_")[0] for code, alias in get_global("language_aliases").items() if len(code) == 3}
    return {code: alias for code, alias in aliases.items() if alias not in COUNTRIES}


def is_language(said: str) -> bool:
    """Whether it looks like a language, be it one that espeak-ng lacks."""
    return bool(CODE.fullmatch(said)) or said.casefold() in _codes()


def are_languages(said: Collection[str]) -> bool:
    """Whether all of them look like languages, and espeak-ng has at least half."""
    return all(map(is_language, said)) and 2 * sum(map(says_language, said)) >= len(said) > 0


def says_language(said: str) -> bool:
    """Whether espeak-ng has it, and it is no person's name."""
    return said.casefold() not in FIRST_NAMES and is_spoken(said)


def is_spoken(said: str) -> bool:
    """Whether espeak-ng has it."""
    try:
        return bool(espeak_language(said, ""))
    except UserError:
        return False


def of_all(said: Sequence[str], main: str, where: str, places: Sequence[str] = ()) -> list[str]:
    """`espeak_language` of each, or empty where nothing is said.

    Parameters
    ----------
    where: the list, as errors name it.
    places: of each, the line that says it; none where they have no numbers.

    Raises
    ------
    LanguageError: espeak-ng lacks one, or none is in the language of the corpus.
    """
    spoken = {"": ""}
    for number, name in enumerate(said):
        if name not in spoken:
            try:
                spoken[name] = espeak_language(name, main)
            except UserError as error:
                raise LanguageError(f"{places[number] if places else where}: {error}") from error
    found = [spoken[name] for name in said]
    if found and all(found):
        usual, count = Counter(found).most_common(1)[0]
        raise LanguageError(
            f"{where}: nothing in it is in corpus.language={main}, and {count} of {len(found)} are in {usual}: "
            f"give corpus.language={usual}"
        )
    return found
