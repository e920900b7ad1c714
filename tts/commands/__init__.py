"""The commands. Torch's C++ notices for its developers are kept off the user's terminal; torch reads this on import.

Ctrl-C while a command's parts are still imported, which takes seconds, is no error to trace. It ends the command, even
where what is imported catches it, or breaks of it.
"""

import os
import signal
import sys
import threading
from types import FrameType, TracebackType

os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
_heard: list[int] = []


def _hear(number: int, frame: FrameType | None) -> None:
    _heard.append(number)
    signal.default_int_handler(number, frame)


def _say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if _heard or issubclass(kind, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def end_imports() -> None:
    """All is imported: Ctrl-C is Python's own again. Raises KeyboardInterrupt if there was one that went unheard."""
    if signal.getsignal(signal.SIGINT) is _hear:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if _heard:
        _heard.clear()
        raise KeyboardInterrupt
    if sys.excepthook is _say:
        sys.excepthook = sys.__excepthook__


sys.excepthook = _say
if (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
):
    signal.signal(signal.SIGINT, _hear)
