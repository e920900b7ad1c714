"""Of the names of speakers as they are written the one form that is used of each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tts.corpora.lists.files import composed
from tts.corpora.lists.meanings import NOBODY

WHOLE = re.compile(r"(\d+)\.0+")
"""A number as programs write it where some are missing."""


def in_one_form(names: Iterable[str]) -> dict[str, str]:
    """Letters with their accents, and `1` for `1.0` where both are there; empty for what names nobody."""
    forms = {name: "" if name in NOBODY else composed(name) for name in names}
    there = set(forms.values())
    return {name: whole if (whole := WHOLE.sub(r"\1", form)) in there else form for name, form in forms.items()}
