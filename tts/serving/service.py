"""What all interfaces share: voices, workers, figures, and a line of log for each request."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from tts.serving.config import ServeConfig
from tts.serving.engine import Engine
from tts.serving.errors import GONE, Refused
from tts.serving.heard import Heard
from tts.serving.metrics import Metrics
from tts.serving.utterance import Piece, Utterance
from tts.serving.voices import Library

logger = logging.getLogger(__name__)


class Service:
    """The parts of a server."""

    def __init__(self, config: ServeConfig, library: Library) -> None:
        self.config, self.library, self.heard = config, library, Heard()
        self.metrics = Metrics(lambda: len(self.library))
        self.engine = Engine(config, self.metrics)

    async def spoken(
        self, interface: str, utterance: Utterance, texts: AsyncGenerator[str, None]
    ) -> AsyncGenerator[Piece, None]:
        """The sentences of one request, from its admission to its line in the log. Raises `Refused`."""
        begun, first, status, code = time.monotonic(), None, GONE, "client_gone"
        said: list[str] = []
        try:
            with self.engine.admitted():
                async for text in texts:
                    said.append(text if self.config.log_texts else " " * len(text))
                    async with aclosing(self.engine.speak(utterance, text)) as pieces:
                        async for piece in pieces:
                            first = first or time.monotonic() - begun
                            yield piece
            status, code = 200, "spoken"
        except Refused as refused:
            status, code = refused.status, refused.code
            raise
        except Exception as error:
            status, code = 500, type(error).__name__
            raise
        finally:
            self.metrics.requests.labels(interface, str(status)).inc()
            fields = {
                "interface": interface,
                "status": status,
                "code": code,
                "model": utterance.served.name,
                "language": utterance.language,
                "format": utterance.format,
                "characters": sum(map(len, said)),
                "sentences": utterance.sentences,
                "spoken_seconds": round(utterance.seconds, 3),
                "first_sound_seconds": None if first is None else round(first, 4),
                "total_seconds": round(time.monotonic() - begun, 4),
            }
            logger.info("request", extra={"fields": fields | ({"texts": said} if self.config.log_texts else {})})

    async def watch(self) -> None:
        """Look after the folder of voices, without end."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "reader") as reader:  # always the same: each thread keeps memory of its own
            while self.config.reload:
                await asyncio.sleep(self.config.reload)
                try:
                    await loop.run_in_executor(reader, self.library.refresh)
                except Exception:
                    logger.exception("voices not looked at")
