"""Settings of what is made of long recordings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PieceConfig:
    """The recordings that long ones are cut into."""

    shortest: float = 1.0
    """Length in seconds of the shortest piece."""
    longest: float = 12.0
    """Length in seconds of the longest piece."""
    preferred: float = 5.0
    """Length in seconds that pieces are near to, where sentences allow it."""
    shortest_pause: float = 0.15
    """Length in seconds of the shortest pause in which a recording is cut."""
    longest_pause: float = 1.0
    """Length in seconds of the longest pause between two sentences or clauses of one piece."""
    margin: float = 0.15
    """Seconds of a pause that a piece keeps at either end; half of it, if it is shorter than two."""
    loudness: float | None = -23.0
    """Loudness (LUFS, ITU-R BS.1770) that every piece is brought to, or as near to it as it can be without clipping;
    null leaves it as it is."""
    denoise: bool = False
    """Whether steady noise, as it is between sentences, is taken out of every piece. What a model is to learn from is
    better left alone where the noise is low."""

    def __post_init__(self) -> None:
        if not 0.5 <= self.shortest <= self.preferred <= self.longest <= 60:
            raise ValueError("0.5 ≤ shortest ≤ preferred ≤ longest ≤ 60 must hold")
        if not 0.05 <= self.shortest_pause <= self.longest_pause <= 10:
            raise ValueError("0.05 ≤ shortest_pause ≤ longest_pause ≤ 10 must hold")
        if not 0 <= self.margin <= 2:
            raise ValueError("margin must be 0 to 2 seconds")
        if self.loudness is not None and not -60 <= self.loudness <= -5:
            raise ValueError("loudness must be −60 to −5 LUFS, or null")


@dataclass(frozen=True)
class ChoiceConfig:
    """Which pieces are kept."""

    most_misfit: float = 0.7
    """Misfit above which a piece is left out: its sound is most likely of another text, or words are missing from it.
    Where the text is right, it is 0.2 to 0.6 (docs/importing.md)."""
    most_word_misfit: float = 5.0
    """Misfit of its worst word above which a piece is left out: that word was most likely not said. Most words that
    were have less than 2."""
    most_contradiction: float = 20.0
    """Where other words were heard than its text has: log-likelihood in nats by which its sound may fit those better;
    above it a piece is left out, and where there is too little speech to tell, unless that is so in more than half of
    the pieces. A recogniser's slip fits worse, mostly by 20 and more. `inf` keeps them all."""
    least_agreement: float = 0.7
    """Share of a given text's words, in a piece, that the recogniser must have heard."""
    worst_percent: float = 0.0
    """Percentage of all pieces, those that fit their text least for their speaker, that are left out besides."""

    def __post_init__(self) -> None:
        if not self.most_misfit > 0 or not self.most_word_misfit > 0:
            raise ValueError("most_misfit and most_word_misfit must be above 0")
        if not self.most_contradiction >= 0:
            raise ValueError("most_contradiction must be 0 or more")
        if not 0 <= self.least_agreement <= 1 or not 0 <= self.worst_percent < 100:
            raise ValueError("least_agreement must be 0 to 1, and worst_percent 0 up to 100")
