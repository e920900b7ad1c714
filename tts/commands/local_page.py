"""What commands that serve a page on this machine have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tts.errors import UserError


def check_port(port: int) -> None:
    """Raises ValueError where there is no such port."""
    if not 0 <= port < 65536:
        raise ValueError(f"port={port}: from 0 to 65535")


@contextmanager
def serving() -> Iterator[None]:
    """Around the import of what serves. Raises UserError where the extra is not installed."""
    try:
        yield
    except ImportError as error:
        raise UserError(
            f"a page is served with FastAPI and uvicorn ({error}): pip install 'smma-tts[serve]'"
        ) from error
