"""Libraries of the extra `import`, which are imported when they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from tts.errors import UserError


def library(module: str, purpose: str, install: str = "'smma-tts[import]'") -> Any:
    """A module of the extra.

    Parameters
    ----------
    purpose: what needs it, as the error says it.
    install: what pip is to install, as typed in a shell.

    Raises
    ------
    UserError: it is not installed; says how to get it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UserError(f"{purpose} needs {module} ({error}): pip install {install}") from error
