"""How well the text of each piece fits its sound, as the project's aligner hears it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from tts.alignment import Aligner, AlignerConfig, train_aligner
from tts.alignment.hmm.threads import in_threads
from tts.audio import waveform
from tts.errors import UserError
from tts.importing.kept import Kept
from tts.importing.rivals import Rival
from tts.reporting.progress import shown
from tts.settings.schema import parse, plain
from tts.storage.files import fingerprint, stamp
from tts.text.config import TextConfig
from tts.text.frontend import front_end
from tts.text.tokens import Tokens

FEW = 180.0
"""Seconds of speech of which an aligner learns wrong texts by heart, too."""
ENOUGH = 20.0
"""Seconds of speech of which an aligner learns enough to tell which of two texts is said elsewhere."""
LEARNT_FROM = 2 * 3600.0
"""Seconds of speech that are enough to learn the phones from."""


@dataclass(frozen=True)
class Fit:
    """Of one piece."""

    score: float
    """Log-likelihood per frame (`tts.alignment.Alignment`)."""
    misfit: float
    """Likewise: beyond 1 it is most likely of another text."""
    worst_word: str
    """The word whose sound fits least."""
    worst_misfit: float
    """Of that word (`Aligner.align_words`): mostly below 2 where it was said, above 4 where it was not."""
    problem: str = ""
    """Why it could not be aligned."""
    contradiction: str = ""
    """Which words were heard in place of others of its text, where that fits its sound best; empty where none was."""
    gain: float | None = None
    """By how much it fits better so: log-likelihood, in nats; below 0 the text fits better. None where nothing else was
    heard, or the aligner knows too little to tell."""

    def is_contradicted(self, most: float, doubted: bool) -> bool:
        """Whether other words are said than its text has.

        Parameters
        ----------
        most: the gain beyond which they are.
        doubted: what is answered where the gain is not known, unless `most` is infinite.
        """
        if not self.contradiction:
            return False
        return doubted and most < math.inf if self.gain is None else self.gain > most


@dataclass(frozen=True)
class Clip:
    """A piece as it is stored."""

    id: str
    path: Path
    seconds: float
    text: str
    rivals: tuple[Rival, ...] = ()
    """Where other words were heard."""


def fits(clips: Sequence[Clip], aligner: Path | None, language: str, folder: Path) -> dict[str, Fit]:
    """The fit of every clip, by id. What an earlier run found with the same aligner is not computed again.

    Parameters
    ----------
    aligner: of which folder it is; None for one that learns from the clips, kept in `folder/aligner`.
    folder: where fits are kept, in `fits.jsonl`.

    Raises
    ------
    UserError: no aligner there, or nothing to learn from.
    """
    tokens, found = _tokens(clips, language)
    usable = [clip for clip in clips if clip.id in tokens]
    if not usable:
        return found
    made = Aligner.load(aligner) if aligner is not None else _learnt(usable, tokens, folder / "aligner")
    others = {clip.id: _others(clip, tokens[clip.id], language) for clip in usable}
    sure = [clip for clip in usable if not others[clip.id]]
    judge = made if aligner is not None or len(sure) == len(usable) else _judge(sure, tokens, folder / "judge")
    identities = {
        clip.id: fingerprint(made.identity, clip.text, stamp(clip.path), *_identity(judge, others[clip.id]))
        for clip in usable
    }
    with Kept(folder / "fits.jsonl") as kept:
        known = {clip.id: _read(kept.get(identities[clip.id])) for clip in usable}
        found |= {id: fit for id, fit in known.items() if fit is not None}
        todo = [clip for clip in usable if clip.id not in found]
        fresh = in_threads(lambda clip: _fit(made, clip, tokens[clip.id], judge, others[clip.id]), todo)
        for clip, fit in zip(todo, shown(fresh, len(todo), "fit of text and sound"), strict=True):
            found[clip.id] = fit
            kept.add(identities[clip.id], plain(fit))
    return found


def _tokens(clips: Sequence[Clip], language: str) -> tuple[dict[str, Tokens], dict[str, Fit]]:
    """Of each clip that can be pronounced; and the others, with the reason."""
    read: Callable[[str], Tokens] = front_end(TextConfig(language=language))
    tokens, failed = {}, {}
    for clip in clips:
        try:
            tokens[clip.id] = read(clip.text)
        except UserError as error:
            failed[clip.id] = _failed(error)
    return tokens, failed


def _failed(error: UserError) -> Fit:
    return Fit(0.0, 0.0, "", 0.0, str(error))


def _judge(sure: Sequence[Clip], tokens: dict[str, Tokens], folder: Path) -> Aligner | None:
    """An aligner that learnt from the clips of which nothing else was heard than is written: one that learnt from the
    others, too, would find that wrong texts fit. None where it would know too little."""
    return _learnt(sure, tokens, folder) if sum(clip.seconds for clip in sure) >= ENOUGH else None


def _identity(judge: Aligner | None, others: Sequence[tuple[Rival, Tokens]]) -> list[str]:
    """What else a fit depends on."""
    return ["" if judge is None else judge.identity, *(rival.text for rival, _ in others)] if others else []


def _learnt(clips: Sequence[Clip], tokens: dict[str, Tokens], folder: Path) -> Aligner:
    """An aligner that learnt from the clips, or from as many of them, evenly spread, as are enough."""
    share = LEARNT_FROM / max(LEARNT_FROM, sum(clip.seconds for clip in clips))
    chosen = [clip for i, clip in enumerate(clips) if int(i * share) != int((i - 1) * share) or share == 1]
    config = AlignerConfig()
    source = fingerprint(plain(config), [[clip.id, clip.text, stamp(clip.path)] for clip in chosen])
    try:
        earlier = Aligner.load(folder)
    except UserError:
        earlier = None
    if earlier is not None and earlier.source == source:
        return earlier

    def recordings() -> Iterator[tuple[str, Tensor, Tokens]]:
        for clip in shown(chosen, len(chosen), "reading pieces"):
            yield clip.id, waveform.read(clip.path, config.sample_rate), tokens[clip.id]

    seconds = sum(clip.seconds for clip in chosen)
    little = "; so few say little of how well texts fit" if seconds < FEW else ""
    print(f"learning the phones from {seconds / 60:.1f} min of speech{little}", flush=True)
    aligner = train_aligner(recordings(), config)
    aligner.save(folder, source)
    return aligner


def _others(clip: Clip, tokens: Tokens, language: str) -> list[tuple[Rival, Tokens]]:
    """What was heard instead, as far as it can be pronounced and sounds otherwise: not `so` for `sew`."""
    found = []
    for rival in clip.rivals:
        with suppress(UserError):
            instead = front_end(TextConfig(language=language))(rival.text)
            if instead.symbols != tokens.symbols:
                found.append((rival, instead))
    return found


def _fit(
    aligner: Aligner, clip: Clip, tokens: Tokens, judge: Aligner | None, others: Sequence[tuple[Rival, Tokens]]
) -> Fit:
    rate = aligner.config.sample_rate
    try:
        wav = waveform.read(clip.path, rate)
        alignment = aligner.align(wav, rate, tokens, clip.id)
        words = aligner.align_words(wav, rate, tokens, aligner.densities(wav, rate))
    except UserError as error:
        return _failed(error)
    word, worst = max(words, key=lambda pair: pair[1], default=(None, 0.0))
    fit = Fit(alignment.score, alignment.misfit, word.label if word else "", worst)
    if not others:
        return fit
    known = [] if judge is None else _gains(judge, wav, tokens, others)
    gain, contradiction = max(known, default=(None, f"{others[0][0]}"))
    return replace(fit, contradiction=contradiction, gain=gain)


def _gains(
    judge: Aligner, wav: Tensor, tokens: Tokens, others: Sequence[tuple[Rival, Tokens]]
) -> list[tuple[float, str]]:
    """By how much a sound fits other tokens better, in nats, and what they are; none where the judge lacks a phone, or
    the tokens take longer than the sound."""
    rate, frames, found = judge.config.sample_rate, len(wav) / judge.config.hop_length, list[tuple[float, str]]()
    with suppress(UserError):
        score = judge.align(wav, rate, tokens).score
        for rival, instead in others:
            with suppress(UserError):
                found.append((frames * (judge.align(wav, rate, instead).score - score), f"{rival}"))
    return found


def _read(data: Any) -> Fit | None:
    try:
        return parse(Fit, data)
    except UserError:  # none was kept, or it was changed
        return None
