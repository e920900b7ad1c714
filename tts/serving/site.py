"""The page at `/`, on which voices are heard: files of the package, which use the server's own API and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

FOLDER = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
FILES = {
    "/" if path.name == "index.html" else f"/page/{path.name}": path
    for path in sorted(FOLDER.iterdir())
    if path.suffix in TYPES
}
"""By their paths on the server. There is nothing in them that a token would protect."""
RULES = (
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data: blob:",
    "media-src 'self' blob:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "; ".join(RULES),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def routes() -> APIRouter:
    router = APIRouter()
    for place, path in FILES.items():
        router.add_api_route(place, _answering(path), methods=["GET", "HEAD"], include_in_schema=False)
    return router


def _answering(path: Path) -> Callable[[], Response]:
    content, media_type = path.read_bytes(), TYPES[path.suffix]

    def answer() -> Response:
        return Response(content, media_type=media_type, headers=HEADERS)

    return answer
