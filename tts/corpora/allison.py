"""The `allison` corpus: Asterisk's English telephone prompts by Allison Smith, from two Debian packages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tts.corpora import debian
from tts.corpora.corpus import Corpus, Recording, from_file
from tts.corpora.downloads import downloading
from tts.errors import UserError

PACKAGES = ("asterisk-core-sounds-en", "asterisk-core-sounds-en-g722")
TRANSCRIPTS = "core-sounds-en.txt.gz"
VOICE = "en_US_f_Allison"
MISMATCHED = {"demo-instruct", "vm-intro"}
"""Recordings whose sound differs from the transcript: another wording; a tone after the words."""
CORRECTIONS = {
    "umute": "unmute",
    "witheld": "withheld",
    "fourtieth": "fortieth",
    "Un-indentified": "Unidentified",
    "exclaimation-point": "exclamation point",
    "*": "star",
    "#": "pound",
    "xray": "x-ray",
}


@dataclass(frozen=True)
class Allison(Corpus):
    """About 24 minutes of one speaker, studio quality, 16 kHz."""

    downloads: str
    """Folder that the packages are fetched and unpacked into."""
    root: str | None = None
    """Folder with the two packages (.deb) or their unpacked files, where they cannot be fetched."""
    layout: Literal["allison"] = "allison"
    name: str = "allison"
    language: str = "en-us"
    licence: str = "CC-BY-SA-3.0"
    credits: str = "Allison Smith (voice), Digium, Inc. (Asterisk core sounds)"

    def __iter__(self) -> Iterator[Recording]:
        tree = self._tree()
        sounds = next((p for p in sorted(tree.rglob(VOICE)) if p.is_dir()), None)
        listing = next(iter(sorted(tree.rglob(TRANSCRIPTS))), None)
        if sounds is None or listing is None:
            missing = VOICE + "/" if sounds is None else TRANSCRIPTS
            raise UserError(f"{tree}: no {missing} in it; expected the packages {' and '.join(PACKAGES)}")
        transcripts = _transcripts(listing)
        files = sorted(sounds.rglob("*.g722"))
        if not files:
            raise UserError(f"{sounds}: no .g722 file in it; the package {PACKAGES[1]} holds them")
        for path in files:
            prompt = path.relative_to(sounds).with_suffix("").as_posix()
            text = transcripts.get(prompt, "")
            if text and prompt not in MISMATCHED:
                yield from_file(prompt.replace("/", "-"), "allison", text, path)

    def _tree(self) -> Path:
        """The folder of unpacked files, fetched and unpacked as far as needed."""
        downloads = Path(self.downloads)
        folder = Path(self.root).expanduser() if self.root else downloads
        if self.root and any(folder.rglob(TRANSCRIPTS)):
            return folder
        unpacked = downloads / "unpacked"
        if not self.root and unpacked.is_dir():
            return unpacked
        with downloading(downloads):
            if not self.root and unpacked.is_dir():  # by now
                return unpacked
            if not self.root and not _debs(folder):
                debian.fetch(PACKAGES, folder)
            packages = _debs(folder)
            if not packages:
                raise UserError(
                    f"{folder}: neither {TRANSCRIPTS} nor both packages {' and '.join(PACKAGES)} (.deb) in it; "
                    "leave corpus.root out to have them fetched"
                )
            debian.unpack_anew(packages, unpacked, "usr/share")
        return unpacked


def _debs(folder: Path) -> list[Path]:
    """The newest file of each package, or nothing if one is missing."""
    found = [sorted(folder.glob(f"{package}_*.deb")) for package in PACKAGES]
    return [files[-1] for files in found] if all(found) else []


def _transcripts(listing: Path) -> dict[str, str]:
    """Prompt → text. Texts that only describe a sound, in brackets, come out empty."""
    try:
        lines = gzip.decompress(listing.read_bytes()).decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UserError(f"{listing}: not a gzipped transcript ({error})") from error
    texts = {}
    for line in lines:
        prompt, colon, text = line.partition(": ")
        if colon and not line.startswith(";"):
            texts[prompt.strip()] = _speech(text)
    return texts


def _speech(text: str) -> str:
    text = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", text)
    words = (CORRECTIONS.get(word, word) for word in text.split())
    text = " ".join(words)
    return re.sub(r"^\.\.\. ", "", text)
