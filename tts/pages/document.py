"""HTML documents of the package: one style, no outside hosts, and a policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".html": "text/html"}
"""Of the files in `static/`."""


@cache
def static(name: str) -> str:
    """A file of `static/`."""
    return (STATIC / name).read_text("utf-8")


def document(title: str, parts: Sequence[str], script: str | None = None) -> str:
    """A page with the package's style inside it; the title is text, `parts` are HTML.

    Parameters
    ----------
    script: address of a script that the page's server has; None for a file on disk, in which none may run.
    """
    head = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(script is not None))}">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(title)}</title><style>{static('style.css')}</style>",
        f'<script type="module" src="{escape(script)}"></script>' if script is not None else "",
        "</head><body>",
    ]
    return "".join(head) + "\n".join(parts) + "\n</body></html>\n"


@cache
def policy(served: bool) -> str:
    """The Content-Security-Policy of a page: what is not named here is refused.

    Parameters
    ----------
    served: it comes from the package's own server; otherwise it is a file, whose sounds lie beside it.
    """
    digest = base64.b64encode(hashlib.sha256(static("style.css").encode()).digest()).decode()
    rules = {"default-src": "'none'", "style-src": f"'sha256-{digest}'", "base-uri": "'none'", "form-action": "'none'"}
    if served:
        rules |= {"script-src": "'self'", "connect-src": "'self'", "img-src": "'self' data:", "form-action": "'self'"}
        rules |= {"media-src": "'self' blob:"}
    else:
        rules |= {"img-src": "data:", "media-src": "'self' file:"}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def written_in(language: str) -> dict[str, str]:
    """Attributes of text in an espeak-ng language: how it is read aloud, and from which side it is written."""
    return {"lang": language.partition("-")[0], "dir": "auto"}


def attributes(values: Mapping[str, object]) -> str:
    """HTML attributes, escaped; those that are None are left out, and those that are True have no value."""
    shown = ((name, value) for name, value in values.items() if value is not None and value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{escape(str(value))}"' for name, value in shown)
