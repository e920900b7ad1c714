"""Debian packages as a source of data: fetched by apt without root, unpacked by the standard library."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tts.corpora.downloads import downloading
from tts.errors import UserError

TIMEOUT = 600
"""Seconds that one apt command may take."""


def fetch(packages: tuple[str, ...], folder: Path) -> None:
    """Download packages (verified by apt) into `folder` as .deb files; needs no root and installs nothing.

    Where the machine has no usable package lists, private ones are fetched into `folder/apt`.

    Raises
    ------
    UserError: no apt-get here, or it failed; its last words are in the message.
    """
    if shutil.which("apt-get") is None:
        raise UserError(
            f"no apt-get on this machine to fetch {' and '.join(packages)} with; download these Debian "
            "packages elsewhere and give their folder as corpus.root=PATH, or use corpus=espeak, which needs "
            "no download"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if not _apt(["download", *packages], folder).returncode:
        return
    private = folder.absolute() / "apt"
    (private / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (private / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    options = ["-o", f"Dir::State::Lists={private / 'lists'}", "-o", f"Dir::Cache={private / 'cache'}"]
    updated = _apt([*options, "update"], folder)
    done = _apt([*options, "download", *packages], folder)
    shutil.rmtree(private)
    if done.returncode:
        words = [line for line in (updated.stderr + done.stderr).splitlines() if line.startswith("E:")]
        raise UserError(
            f"apt-get could not fetch {' and '.join(packages)} "
            f"({' '.join(words[-1:]) or 'no reason given'}); check the network and that the Debian 'main' or "
            "Ubuntu 'universe' archive is enabled, or give corpus.root=PATH"
        )


def _apt(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["apt-get", *arguments],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"apt-get {arguments[-1]} took over {TIMEOUT} s; try again or give corpus.root=PATH") from error


def tree(packages: tuple[str, ...], marker: str, downloads: str, root: str | None) -> Path:
    """A folder with what the packages hold below `usr/share`: fetched and unpacked in `downloads` as far as needed.

    Parameters
    ----------
    marker: name of a file that the packages hold, or a pattern of several folders deep.
    root: folder with the packages (.deb) or their unpacked files; nothing is fetched then.

    Raises
    ------
    UserError: `root` holds neither; the packages cannot be had, or are damaged.
    """
    place = Path(downloads)
    folder = Path(root).expanduser() if root else place
    if root and any(folder.rglob(marker)):
        return folder
    unpacked = place / "unpacked"

    def is_there() -> bool:
        return not root and any(unpacked.rglob(marker))

    if is_there():
        return unpacked
    with downloading(place):
        if is_there():  # by now
            return unpacked
        if not root and not _newest(packages, folder):
            fetch(packages, folder)
        found = _newest(packages, folder)
        if not found:
            raise UserError(
                f"{folder}: neither {marker} nor the packages {' and '.join(packages)} (.deb) in it; leave corpus.root "
                "out to have them fetched"
            )
        unpack_anew(found, unpacked, "usr/share")
    return unpacked


def _newest(packages: tuple[str, ...], folder: Path) -> list[Path]:
    """The newest file of each package, or nothing if one is missing."""
    found = [sorted(folder.glob(f"{package}_*.deb")) for package in packages]
    return [files[-1] for files in found] if all(found) else []


def unpack_anew(packages: list[Path], folder: Path, under: str) -> None:
    """Replace `folder` by what the packages hold below `under`; it is there whole or not at all."""
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for package in packages:
        unpack(package, draft, under)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def unpack(package: Path, folder: Path, under: str) -> int:
    """Extract the regular files below `under` (a path in the package, such as `usr/share/doc`) into `folder`.

    Links, devices, and names that lead out of `folder` are never written. Returns the number of files.

    Raises
    ------
    UserError: not a Debian package, or damaged.
    """
    count = 0
    try:
        with tarfile.open(fileobj=_data(package)) as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if member.isreg() and name.startswith(under + "/"):
                    # Python 3.11.2, which Debian 12 has, knows no extraction filters.
                    target = (folder / name).resolve()
                    content = archive.extractfile(member)
                    if content is None or not target.is_relative_to(folder.resolve()):
                        raise ValueError(f"{name!r} leads out of it")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content.read())
                    count += 1
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise UserError(f"{package}: damaged or not a Debian package ({error}); delete it and run again") from error
    return count


def _data(package: Path) -> io.BytesIO:
    """The package's data archive, decompressed where Python's tarfile cannot do it."""
    for name, content in _ar(package):
        if name.startswith("data.tar"):
            if not name.endswith(".zst"):
                return io.BytesIO(content)
            if shutil.which("dpkg-deb") is None:
                raise UserError(f"{package}: compressed with zstd, which needs dpkg-deb; take Debian's own package")
            done = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package.absolute())], capture_output=True)
            if done.returncode:
                raise ValueError("dpkg-deb cannot read it")
            return io.BytesIO(done.stdout)
    raise ValueError("no data archive in it")


def _ar(package: Path) -> Iterator[tuple[str, bytes]]:
    """Members of a Unix archive: a magic line, then 60-byte headers (size at 48) and padding to even."""
    content = package.read_bytes()
    if not content.startswith(b"!<arch>\n"):
        raise ValueError("no archive header")
    position = 8
    while position + 60 <= len(content):
        header = content[position : position + 60]
        size = int(header[48:58])
        data = content[position + 60 : position + 60 + size]
        if len(data) != size or header[58:60] != b"`\n":
            raise ValueError("cut short")
        yield header[:16].decode("ascii").rstrip(" /"), data
        position += 60 + size + size % 2
