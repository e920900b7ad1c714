"""The one exception a command reports to its user in a single line."""

from __future__ import annotations


class UserError(ValueError):
    """Something the user gave or asked for is wrong.

    The message says what is wrong, where (file, line, utterance id, key) and what to do about it, in one line.
    Commands print it on standard error and exit with status 1; anything else is a bug and keeps its traceback.
    """
