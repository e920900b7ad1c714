"""What may stand in braces: phones, as in `{h ə l ˈoʊ}`, or text in another language, as in `{fr-fr: bonjour}`."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache

from tts.errors import UserError
from tts.text.likeness import may_be_phone
from tts.text.phonemes import languages, near
from tts.text.phones import STRESS_MARKS

BRACES = re.compile(r"\{([^{}]*)\}")
DEEPEST = 8
"""Braces within each other."""
MARK = re.compile(r"#(\d+)( ,)?")
"""What braces hold in a marked-up text (`tts.text.controls.Marked`): the beginning of a stretch, or a pause."""
_NAMED = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\s*:\s*(.*)", re.DOTALL)


def in_another_language(inside: str) -> tuple[str, str] | None:
    """The espeak-ng language and the text, of what stands between braces; None where that is phones.

    Raises
    ------
    UserError: it starts with what is nearly a language, or there is no text after one.
    """
    found = _NAMED.fullmatch(inside)
    if found is None:
        return None
    language, text = found[1].lower(), found[2].strip()
    if language not in _known():
        if "-" in language or any(known.startswith(f"{language}-") for known in _known()):
            raise UserError(f"{{{inside}}}: espeak-ng has no language {language!r}{near(language, sorted(_known()))}")
        return None  # a long phone, such as ts:
    if not text:
        raise UserError(f"{{{inside}}}: no text after the language")
    return language, text


def without_notes(text: str, known: Container[str]) -> str:
    """`text` with braces only around phones, text in another language and marks. Of others, as in `Dear {name}`, what
    they hold is left. `known`: symbols that are phones whatever they look like.

    Raises
    ------
    UserError: as `in_another_language` does.
    """
    for _ in range(DEEPEST):
        before, text = text, BRACES.sub(lambda match: match[0] if _is_read(match[1], known) else match[1], text)
        if text == before:
            break
    return text


def _is_read(inside: str, known: Container[str]) -> bool:
    if MARK.fullmatch(inside) or in_another_language(inside):
        return True
    parts = [(part, part.translate(STRESS_MARKS)) for part in inside.split()]
    return all(symbol in known or may_be_phone(part) for part, symbol in parts)


def masked(text: str) -> str:
    """Text of the same length in which nothing between braces ends a sentence or a clause."""
    return BRACES.sub(lambda match: "{" + "x" * (len(match[0]) - 2) + "}", text)


@cache
def _known() -> frozenset[str]:
    return frozenset(languages())
