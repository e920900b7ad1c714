"""`tts-serve`: voices as a server."""

from __future__ import annotations

from typing import Any

from tts.commands.cli import command
from tts.errors import UserError
from tts.serving.config import ServeConfig
from tts.settings.schema import parse


def read_config(config: dict[str, Any]) -> ServeConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(ServeConfig, config, "")


def serve(config: dict[str, Any]) -> None:
    """Serve the voices until Ctrl-C or a signal.

    Raises
    ------
    UserError: no voice, or the extra `serve` is not installed.
    OSError: a port is taken.
    """
    settings = read_config(config)
    try:
        from tts.serving import server
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is not installed: pip install '.[serve]'") from error
    server.serve(settings)


main = command(serve, "serve", check=read_config, literal=("voices", "token", "default"))

if __name__ == "__main__":
    main()
