"""A rule of reading aloud: what is written in one way, how it is said, and examples, which the tests read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


class Rule:
    """Replaces what a regular expression finds by what is said for it.

    Parameters
    ----------
    written: regular expression.
    said: replacement as `re.sub` takes it: a template, or a function of the match.
    examples: texts in which the rule finds something, and the whole texts in words.
    """

    def __init__(self, written: str, said: str | Callable[[re.Match[str]], str], examples: Mapping[str, str]) -> None:
        self.written = re.compile(written)
        self.said = said
        self.examples = examples

    def __call__(self, text: str) -> str:
        return self.written.sub(self.said, text)
