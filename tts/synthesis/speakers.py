"""Who speaks, one of a voice's speakers or a mixture of several, and in which of its languages. Needs no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from tts.errors import UserError
from tts.settings.schema import nearest

MOST_SHARE = 1e4
"""Of a speaker in a mixture."""


class NoSuchLanguage(UserError):
    """A voice does not speak it."""


class Speakers(Protocol):
    """What a voice's card says of who speaks."""

    @property
    def speakers(self) -> tuple[str, ...]: ...

    @property
    def language(self) -> str: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    @property
    def native(self) -> tuple[str, ...]:
        """The language of each speaker."""


@dataclass(frozen=True)
class Speaker:
    """One of a voice's speakers, or a mixture of several."""

    index: int
    """Number of the speaker, or of the one with the largest share."""
    shares: tuple[float, ...] | None = None
    """`[S]`, those of all speakers in a mixture; they sum to 1."""


def find_speaker(info: Speakers, name: str | None) -> Speaker:
    """The speaker that `name` says: one of `info.speakers`, the first for None, or several with their shares, as in
    `ann:0.7,bob:0.3`.

    Raises
    ------
    UserError: there is no such speaker, or a share is none.
    """
    speakers = info.speakers
    if name is None or name in speakers:
        return Speaker(0 if name is None else speakers.index(name))
    if ":" not in name:
        raise UserError(f"speaker={name}: not in this voice{nearest(name, speakers)}")
    shares = [0.0] * len(speakers)
    for part in name.split(","):
        one, _, share = part.strip().rpartition(":")
        if not one:
            raise UserError(f"speaker={name}: {share!r} has no share; write one for each, as in ann:0.7,bob:0.3")
        if one not in speakers:
            raise UserError(
                f"speaker={name}: {one!r} is not in this voice{nearest(one, speakers)}; write shares as in "
                "ann:0.7,bob:0.3"
            )
        shares[speakers.index(one)] += _share(share, name)
    return Speaker(shares.index(max(shares)), tuple(share / sum(shares) for share in shares))


def _share(written: str, name: str) -> float:
    try:
        share = float(written)
    except ValueError:
        share = math.nan
    if not 1 / MOST_SHARE <= share <= MOST_SHARE:  # nor NaN
        raise UserError(
            f"speaker={name}: {written!r} is no share from {1 / MOST_SHARE:g} to {MOST_SHARE:g}; write shares as in "
            "ann:0.7,bob:0.3"
        )
    return share


def spoken_language(info: Speakers, name: str | None, who: Speaker) -> str:
    """The language of a text: the one that is named, or the speaker's own for None.

    Raises
    ------
    NoSuchLanguage: the voice does not speak it.
    """
    if name is None:
        return info.native[who.index]
    if name not in info.languages:
        raise NoSuchLanguage(f"language={name}: this voice speaks {', '.join(info.languages)}")
    return name


def language_of(info: Speakers, corpus: str) -> str:
    """The language in which a voice reads texts of a corpus's language: that one, or its own variant of it.

    Raises
    ------
    UserError: it speaks neither.
    """
    if corpus in info.languages:
        return corpus
    base = corpus.partition("-")[0]
    for language in info.languages:
        if language.partition("-")[0] == base:
            return language
    raise UserError(f"this voice speaks {', '.join(info.languages)}, and the corpus {corpus}")
