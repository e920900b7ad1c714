"""What a preparation came to: counts, hours, and why each rejected utterance was rejected."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median, mode

from tts.data.manifest import Utterance, recording_of
from tts.preparation.utterance import Rejected
from tts.settings.schema import plain
from tts.storage.files import write_rows, write_text

NAMED = 5
"""Corrections that the table names."""


@dataclass(frozen=True)
class Report:
    """`report.json`."""

    corpus: str
    recordings: int
    """As the corpus lists them, before any check."""
    cut: int
    """Recordings that were cut into several utterances."""
    utterances: dict[str, int]
    """By split."""
    hours: dict[str, float]
    """By split."""
    speakers: dict[str, int]
    """Utterances of each."""
    languages: dict[str, int]
    """Utterances in each, by what most of their tokens are in."""
    symbols: dict[str, int]
    """Occurrences of each token, most frequent first."""
    narrow: int
    """Utterances whose recordings do not go up to half the sample rate."""
    narrow_to: float | None
    """Hz up to which they go, the median; None where there are none."""
    channels: dict[str, int]
    """Utterances by what was taken of their files' channels and tracks, as in `3 of 6`; files of one are left out."""
    cut_off: dict[str, str]
    """By utterance how much of its file is there, where the head of that says it was longer."""
    rejected: dict[str, int]
    """By reason."""
    stale: list[str]
    """Ids of corrections that were not applied: the corpus has another text for them by now, or none."""

    def table(self) -> str:
        """A summary for the terminal."""
        total = sum(self.utterances.values())
        minutes = 60 * sum(self.hours.values())
        rows = [("recordings", f"{self.recordings}, {self.cut} of them cut at pauses")]
        rows += [("utterances", f"{total}, {minutes:.1f} min")]
        rows += [(f"  {s}", f"{n}, {60 * self.hours[s]:.1f} min") for s, n in self.utterances.items()]
        rows += [("speakers", f"{len(self.speakers)}")]
        if len(self.languages) > 1:
            rows += [("languages", ", ".join(f"{language} {count}" for language, count in self.languages.items()))]
        rows += [("symbols", f"{len(self.symbols)}")]
        if self.narrow_to is not None:
            rows += [("narrow band", f"{self.narrow} utterances, up to {self.narrow_to / 1000:.1f} kHz")]
        rows += [("channel", f"{taken}: {count} utterances") for taken, count in self.channels.items()]
        if self.cut_off:
            id, there = next(iter(self.cut_off.items()))
            rows += [("cut off", f"{len(self.cut_off)} utterances, such as {id}: {there}")]
        rows += [("rejected", f"{sum(self.rejected.values())}")]
        rows += [(f"  {reason}", f"{count}") for reason, count in self.rejected.items()]
        if self.stale:
            named = ", ".join(self.stale[:NAMED]) + (" …" if len(self.stale) > NAMED else "")
            rows += [("not corrected", f"{len(self.stale)}, of another text than the corpus has by now: {named}")]
        width = max(len(name) for name, _ in rows)
        return "\n".join([f"{self.corpus}:", *(f"  {name:<{width}}  {value}" for name, value in rows)])


def write_report(
    out: Path,
    corpus: str,
    language: str,
    recordings: int,
    utterances: list[Utterance],
    rejected: list[Rejected],
    stale: list[str],
) -> Report:
    """Write `report.json` and `rejected.tsv` into `out`.

    Parameters
    ----------
    language: of the corpus, where an utterance says no other.
    """
    splits: dict[str, list[Utterance]] = {
        name: [u for u in utterances if u.split == name] for name in ("train", "valid", "test")
    }
    pieces = {recording_of(u.id) for u in utterances if "~" in u.id}
    narrow = [u.bandwidth for u in utterances if u.bandwidth is not None]
    report = Report(
        corpus=corpus,
        recordings=recordings,
        cut=len(pieces),
        utterances={name: len(part) for name, part in splits.items()},
        hours={name: round(sum(u.seconds for u in part) / 3600, 4) for name, part in splits.items()},
        speakers=dict(sorted(Counter(u.speaker for u in utterances).items())),
        languages=dict(Counter(mode(u.language or [language]) for u in utterances).most_common()),
        symbols=dict(Counter(symbol for u in utterances for symbol in u.symbols).most_common()),
        narrow=len(narrow),
        narrow_to=median(narrow) if narrow else None,
        channels=dict(Counter(u.channel for u in utterances if u.channel).most_common()),
        cut_off={u.id: u.cut_off for u in utterances if u.cut_off},
        rejected=dict(Counter(r.reason for r in rejected).most_common()),
        stale=stale,
    )
    write_text(out / "report.json", json.dumps(plain(report), indent=2, ensure_ascii=False))
    write_rows(out / "rejected.tsv", [("id", "reason", "detail"), *((r.id, r.reason, r.detail) for r in rejected)])
    return report
