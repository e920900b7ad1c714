"""Speaking many requests at once with few workers: limits, and turns by the sentence.

A worker makes one sentence of a request, then one of the next request that waits: a long text does not keep a short one
waiting for longer than a sentence. Sentences are not put together in batches: docs/serving.md has the measurement.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from tts.errors import UserError
from tts.serving.config import ServeConfig
from tts.serving.errors import Refused
from tts.serving.metrics import Metrics
from tts.serving.utterance import Piece, Utterance

Made = TypeVar("Made")


class Engine:
    """Workers, and the requests that they serve."""

    def __init__(self, config: ServeConfig, metrics: Metrics) -> None:
        self._config, self._metrics = config, metrics
        self._workers = ThreadPoolExecutor(config.workers, "speaker")
        self._open, self._stopping = 0, False

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """A request is served, from here to the end of the block. Raises `Refused` if there are too many."""
        if self._stopping:
            raise Refused(503, "stopping", "the server is being stopped")
        if self._open >= self._config.requests:
            raise Refused(429, "too_many_requests", f"{self._open} requests are being served; try again in a moment")
        self._open += 1
        self._metrics.open.set(self._open)
        try:
            yield
        finally:
            self._open -= 1
            self._metrics.open.set(self._open)

    async def speak(self, utterance: Utterance, text: str) -> AsyncGenerator[Piece, None]:
        """Each sentence when it is made. Once nobody reads on, no further one is begun.

        Raises
        ------
        Refused: the text cannot be spoken; the first sentence, or all of them, took too long.
        """
        pieces = self._timed(utterance.say(text))
        left, first = self._config.seconds, True
        while True:
            begun = time.monotonic()
            limit = min(left, self._config.wait) if first else left
            piece = await self._by_worker(limit, next, pieces, None)
            if piece is None:
                return
            took = time.monotonic() - begun
            if first:
                self._metrics.first_sound.observe(took)
            left, first = left - took, False
            yield piece

    def stop(self) -> None:
        """Admit nothing more."""
        self._stopping = True

    @property
    def busy(self) -> bool:
        """Whether a request is being served."""
        return self._open > 0

    def close(self) -> None:
        """End the workers, after the sentences that they are making."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    async def made(self, make: Callable[..., Made], *given: object) -> Made:
        """What a worker makes of something else than a text. Raises `Refused` as `speak` does, and as `admitted`."""
        with self.admitted():
            return await self._by_worker(self._config.wait, make, *given)

    async def _by_worker(self, limit: float, make: Callable[..., Made], *given: object) -> Made:
        job = self._workers.submit(make, *given)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), max(limit, 0.0))
        except TimeoutError as error:
            if job.cancelled():
                raise Refused(503, "busy", f"no worker was free within {limit:.0f} s; try again later") from error
            raise Refused(504, "too_slow", f"not spoken within {limit:.0f} s; send less text at once") from error
        except UserError as error:
            raise Refused(422, "not_spoken", str(error), "input") from error

    def _timed(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        while True:
            begun = time.perf_counter()
            piece = next(pieces, None)
            self._metrics.working.inc(time.perf_counter() - begun)
            if piece is None:
                return
            self._metrics.spoken.inc(piece.seconds)
            yield piece
