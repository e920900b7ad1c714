"""The `base_speech` corpus: minutes of what the package's base learnt from, which come with it.

A voice that starts from the base forgets the words that its own recordings lack, unless it hears some of this beside
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tts.corpora.corpus import Corpus, Recording, from_file
from tts.errors import UserError
from tts.storage.resources import PACKAGED

FOLDER = PACKAGED["base"] / "speech"
LISTING = "metadata.csv"
"""A line `id|speaker|text` for each `id.opus`."""


@dataclass(frozen=True)
class BaseSpeech(Corpus):
    """Minutes of the speech that the package's base learnt from, by twenty of its speakers: to train beside
    recordings of your own, so that a voice which starts from the base does not forget the words that they lack."""

    layout: Literal["base_speech"] = "base_speech"
    name: str = "base_speech"
    language: str = "en-us"
    licence: str = "Apache-2.0"
    credits: str = "Kokoro-82M (hexgrad); hibari-tts (Maureese Williams), distilled from Kokoro-82M (hexgrad)"

    def __iter__(self) -> Iterator[Recording]:
        try:
            lines = (FOLDER / LISTING).read_text("utf-8").splitlines()
        except OSError as error:
            raise UserError(
                f"{error.filename}: cannot be read ({error.strerror}); install the package again"
            ) from error
        for line in lines:
            id, speaker, text = line.split("|", 2)
            yield from_file(id, speaker, text, FOLDER / f"{id}.opus")
