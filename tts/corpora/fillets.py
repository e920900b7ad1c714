"""The `fillets` corpus: what the two fish of the game Fish Fillets say, in Dutch or Czech, from two Debian packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tts.corpora import debian
from tts.corpora.corpus import Corpus, Recording, from_file
from tts.errors import UserError

LANGUAGES = ("nl", "cs")
PLAYERS = {"font_small": "small", "font_big": "big"}
"""The two who are heard throughout, a woman and a man, by the letters that their lines are shown in."""
LINE = re.compile(
    r'dialogId\("(?P<id>[^"\\/]+)",\s*"(?P<font>\w+)",\s*"(?:[^"\\]|\\.)*"\)'
    r'\s*dialogStr\("(?P<text>(?:[^"\\]|\\.)*)"\)'
)
"""Of a level's dialogs, in Lua."""
ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Fillets(Corpus):
    """About an hour and a half of two speakers, 22.05 kHz, acted. In Czech they are noisy.

    Raises
    ------
    UserError: there is none in the language.
    """

    downloads: str
    """Folder that the packages are fetched and unpacked into."""
    root: str | None = None
    """Folder with the two packages (.deb) or their unpacked files, where they cannot be fetched."""
    layout: Literal["fillets"] = "fillets"
    name: str = "fillets"
    language: str = "nl"
    """Dutch (nl) or Czech (cs)."""
    licence: str = "GPL-2.0"
    credits: str = "ALTAR interactive and the Fish Fillets NG team (fillets.sourceforge.net)"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UserError(f"corpus.language={self.language}: corpus=fillets has {' and '.join(LANGUAGES)}")

    def __iter__(self) -> Iterator[Recording]:
        packages = "fillets-ng-data", f"fillets-ng-data-{self.language}"
        tree = debian.tree(packages, f"sound/*/{self.language}/*.ogg", self.downloads, self.root)
        listings = sorted(tree.rglob(f"script/*/dialogs_{self.language}.lua"))
        if not listings:
            raise UserError(f"{tree}: no script/LEVEL/dialogs_{self.language}.lua in it; {packages[0]} holds them")
        given: set[str] = set()
        for listing in listings:
            sounds = listing.parents[2] / "sound" / listing.parent.name / self.language
            for line in LINE.finditer(_read(listing)):
                path, player = sounds / f"{line['id']}.ogg", PLAYERS.get(line["font"])
                if player and path.is_file() and line["id"] not in given:
                    given.add(line["id"])
                    text = " ".join(ESCAPED.sub(r"\1", line["text"]).split())
                    yield from_file(line["id"], f"fillets-{self.language}-{player}", text, path)
        if not given:
            raise UserError(f"{tree}: no recording of a line in it; {packages[1]} holds them")


def _read(listing: Path) -> str:
    try:
        return listing.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{listing}: cannot be read as UTF-8 ({error})") from error
