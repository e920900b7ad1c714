"""HTTP in which the head of a request must come in time: uvicorn waits for it without end.

Connections that send nothing would else take all the places that there are.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


def punctual(seconds: float) -> type[H11Protocol]:
    """uvicorn's protocol, which closes a connection that takes longer than that for the head of a request."""

    class Punctual(H11Protocol):
        _late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._forget()

        def _watch(self) -> None:
            """From the first byte of a head to its last: those that trickle in make it no longer."""
            if self.conn.their_state is not h11.IDLE:
                self._forget()
            elif self._late is None:
                self._late = self.loop.call_later(seconds, self.transport.close)

        def _forget(self) -> None:
            if self._late is not None:
                self._late.cancel()
            self._late = None

    return Punctual
