"""Greek as it is read aloud."""

from __future__ import annotations

from typing import ClassVar

from tts.text.languages.reader import Reader


class Greek(Reader, language="el"):
    """Its question mark looks like a semicolon."""

    examples: ClassVar = {
        "τι; ναι": "τι? ναι",
    }

    def read(self, text: str) -> str:
        return super().read(text.replace(";", "?"))
