"""The commands. Torch's C++ notices for its developers are kept off the user's terminal; torch reads this on import.

Ctrl-C while a command's parts are still imported, which takes seconds, is no error to trace.
"""

import os
import sys
from types import TracebackType

os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")


def _say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _say
