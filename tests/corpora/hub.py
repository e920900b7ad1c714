"""A hub of datasets on this machine, as huggingface_hub speaks with it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(folder: Path, repository: str) -> Iterator[tuple[str, list[str]]]:
    """Its address while it runs, and the paths of the files that were fetched."""
    fetched: list[str] = []
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(False)

        def do_GET(self) -> None:
            self.answer(True)

        def answer(self, whole: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.startswith(f"/api/datasets/{repository}/tree/"):
                tree = [
                    {"type": "file", "path": name, "size": file.stat().st_size, "oid": _oid(file)}
                    for name, file in files.items()
                ]
                self.send(200, json.dumps(tree).encode(), whole)
            elif path.startswith(f"/api/datasets/{repository}"):
                siblings = [{"rfilename": name, "size": file.stat().st_size} for name, file in files.items()]
                about = {"id": repository, "sha": COMMIT, "private": False, "siblings": siblings}
                self.send(200, json.dumps(about).encode(), whole)
            elif (name := path.removeprefix(f"/datasets/{repository}/resolve/{COMMIT}/")) in files:
                fetched.extend([name] if whole else [])
                self.send(200, files[name].read_bytes(), whole, ETag=f'"{_oid(files[name])}"')
            else:
                self.send(404, b"{}", whole, **{"X-Error-Code": "RepoNotFound"})

        def send(self, status: int, content: bytes, whole: bool, **headers: str) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content)), "X-Repo-Commit": COMMIT} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            if whole:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fetched
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _oid(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
