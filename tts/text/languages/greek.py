"""Greek as it is read aloud."""

from __future__ import annotations

from tts.text.languages.reader import Reader


class Greek(Reader):
    """Its question mark looks like a semicolon."""

    def read(self, text: str) -> str:
        return super().read(text.replace(";", "?"))
