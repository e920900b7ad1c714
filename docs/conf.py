"""The site: `make docs` builds the pages of this folder into `build/docs`."""

from __future__ import annotations

import sys
from pathlib import Path

import tts

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "SMMA-TTS"
version = release = tts.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "docstrings", "settings"]

myst_heading_anchors = 3
default_role = "code"  # in docstrings, single backquotes are code
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
exclude_patterns = ["_ext"]

html_theme = "furo"
html_title = f"SMMA-TTS {release}"
html_show_copyright = False
