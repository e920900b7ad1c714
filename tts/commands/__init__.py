"""The commands. Notices of torch's C++ code for developers are turned off, by a variable that torch reads on import.

Imports take seconds. Ctrl-C meanwhile ends the command without a traceback, even where an imported module catches the
exception or fails because of it. What they make stays for good, so that no garbage is looked for in it: that would be
a tenth of their time.
"""

import gc
import os
import signal
import sys
import threading
from types import FrameType, TracebackType

os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
_received: list[int] = []


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    signal.default_int_handler(number, frame)


def _excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if _received or issubclass(kind, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def end_imports() -> None:
    """Imports are done: restore Python's handling of Ctrl-C and of garbage. Raises KeyboardInterrupt if one came
    during them."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    if signal.getsignal(signal.SIGINT) is _on_interrupt:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if _received:
        _received.clear()
        raise KeyboardInterrupt
    if sys.excepthook is _excepthook:
        sys.excepthook = sys.__excepthook__


gc.disable()
sys.excepthook = _excepthook
if (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
):
    signal.signal(signal.SIGINT, _on_interrupt)
