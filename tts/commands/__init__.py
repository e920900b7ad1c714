"""The commands. Torch's C++ notices for its developers are kept off the user's terminal; torch reads this on import."""

import os

os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
