"""Text that a client sends while what came before is spoken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from tts.serving.clauses import Clauses
from tts.serving.errors import Refused


class Feed:
    """What is complete of a text, each part once, as it comes; at most `most` characters wait."""

    def __init__(self, language: str, most: int) -> None:
        self._clauses, self._most = Clauses(language), most
        self._texts: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting = 0
        self.ended = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to speak, though more may come."""
        return not self._waiting and not self.ended

    def add(self, text: str) -> None:
        """Raises `Refused` if too much waits."""
        if self._waiting + len(self._clauses) + len(text) > self._most:
            message = f"more than {self._most} characters wait to be spoken; send them as the sound comes"
            raise Refused(413, "text_too_long", message, "text")
        self._put(self._clauses.add(text))

    def flush(self) -> None:
        """Speak what there is, though no sentence ends here."""
        self._put(self._clauses.flush())

    def end(self) -> None:
        """There is no more."""
        self.flush()
        self.ended = True
        self._texts.put_nowait(None)

    async def texts(self) -> AsyncGenerator[str, None]:
        """What is to be spoken, until the end."""
        while (text := await self._texts.get()) is not None:
            yield text
            self._waiting -= len(text)

    def _put(self, texts: list[str]) -> None:
        for text in texts:
            if any(map(str.isalnum, text)):
                self._waiting += len(text)
                self._texts.put_nowait(text)
