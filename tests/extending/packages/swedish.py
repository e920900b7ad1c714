"""How Swedish is read aloud: beside what num2words and CLDR know, its abbreviations, times and signs."""

from __future__ import annotations

from typing import ClassVar

from tts.text.languages import Reader


class Swedish(Reader, language="sv"):
    abbreviations: ClassVar = {"t. ex.": "till exempel", "kl.": "klockan"}
    minus = "minus"
    examples: ClassVar = {"t.ex. 5 km": "till exempel fem kilometer", "-3": "minus tre"}
