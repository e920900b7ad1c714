"""The one exception a command reports to its user in a single line, and whose code another one comes from."""

from __future__ import annotations

import re
import traceback
from textwrap import shorten

PLUGINS: set[str] = set()
"""Packages of the user's that a command imported, so that what they raise can be told from a bug of ours."""


class UserError(ValueError):
    """Something the user gave or asked for is wrong.

    The message says what is wrong, where (file, line, utterance id, key) and what to do about it, in one line.
    Commands print it on standard error and exit with status 1; anything else is a bug and keeps its traceback.
    """


def in_short(error: BaseException, most: int = 240) -> str:
    """What a library's exception says, on a line: as many of its first sentences as have `most` characters, without the
    full stop; of one that is longer, as many words."""
    said = ""
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(str(error).split())):
        if said and len(said) + 1 + len(sentence) > most:
            break
        said = f"{said} {sentence}".strip()
    return shorten(said, most, placeholder=" …").removesuffix(".")


def place_in_plugin(error: BaseException) -> str:
    """`plugin NAME (FILE:LINE): `, the last line of a user's package that `error` passed through; empty if none."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package in PLUGINS:
            return f"plugin {package} ({frame.f_code.co_filename}:{line}): "
    return ""
