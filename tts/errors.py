"""The one exception a command reports to its user in a single line, and whose code another one comes from."""

from __future__ import annotations

import traceback

PLUGINS: set[str] = set()
"""Packages of the user's that a command imported, so that what they raise can be told from a bug of ours."""


class UserError(ValueError):
    """Something the user gave or asked for is wrong.

    The message says what is wrong, where (file, line, utterance id, key) and what to do about it, in one line.
    Commands print it on standard error and exit with status 1; anything else is a bug and keeps its traceback.
    """


def place_in_plugin(error: BaseException) -> str:
    """`plugin NAME (FILE:LINE): `, the last line of a user's package that `error` passed through; empty if none."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package in PLUGINS:
            return f"plugin {package} ({frame.f_code.co_filename}:{line}): "
    return ""
