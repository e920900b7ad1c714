"""Durations that an aligner measured beforehand: phone intervals of TextGrids as frames per token.

N tokens, T mel frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, zip_longest
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from tts.data.dataset import Item
from tts.data.given_times import GivenTimes
from tts.errors import UserError
from tts.intervals import Interval
from tts.text.tokens import Tokens, is_silence

ON_A_CENTRE = 6
"""Decimals of a frame: a boundary that close to a frame's centre is on it."""


class OtherPhones(UserError):
    """The phones of a file are not those of the text front end."""


def durations_of(
    intervals: Sequence[Interval], tokens: Tokens, frames: int, frame_seconds: float, name: str, start: float = 0.0
) -> Tensor:
    """Frames per token, int64 `[N]`, each at least 1, of `frames` (at least N) in all.

    A frame belongs to the token whose interval its centre, at a multiple of `frame_seconds`, lies in. Silences go to
    the token that stands for one there: `<s>`, `</s>` or a punctuation mark; where the text has none, to the phone
    before. A mark in front of `</s>` shares the last silence only where the file divides it.

    Parameters
    ----------
    intervals: phones and silences in order of time, in seconds.
    name: of the file, in errors.
    start: where in the file the first frame is, in errors.

    Raises
    ------
    OtherPhones: the phones are not, one by one, those of `tokens`; names the first place.
    ValueError: fewer frames than tokens.
    """
    if frames < len(tokens):
        raise ValueError(f"{name}: {frames} frames for {len(tokens)} tokens")
    _check_phones(intervals, tokens, name, start)
    first = (torch.tensor(_starts(intervals, tokens), dtype=torch.float64) / frame_seconds).round(decimals=ON_A_CENTRE)
    places = torch.arange(len(tokens))
    # Every token starts a frame or more after the one before, and leaves as many as there are tokens to come.
    free = (first.ceil().long() - places).cummax(0).values.clamp(0, frames - len(tokens))
    return torch.diff(free + places, append=torch.tensor([frames]))


def with_durations(items: Sequence[Item], folder: Path, left_out: dict[str, str]) -> list[Item]:
    """`items` with the durations that `folder` has for them; those it has none for go to `left_out`, with the reason.

    The times of corpus C are in `folder`/C where there is such a folder, else in `folder` itself.

    Raises
    ------
    UserError: it has none for any of them; gives the first reason.
    """
    found = []
    reasons = {}
    given: dict[Path, GivenTimes] = {}
    for item in tqdm(items, desc="durations", disable=None):
        corpus, own = item.corpus, folder / item.corpus.info.name
        if corpus.folder not in given:
            given[corpus.folder] = GivenTimes(own if own.is_dir() else folder, corpus.utterances)
        try:
            found.append(replace(item, durations=_durations(given[corpus.folder], item)))
        except UserError as error:
            reasons[item.id] = str(error)
    if items and not found:
        corpora = ", ".join(dict.fromkeys(item.corpus.info.name for item in items))
        raise UserError(
            f"alignment.folder={folder}: nothing there fits the {len(items)} {items[0].utterance.split} utterances of "
            f"{corpora}; the first: {next(iter(reasons.values()))}"
        )
    left_out |= reasons
    return found


def _durations(given: GivenTimes, item: Item) -> tuple[int, ...]:
    tokens, frame_seconds = item.utterance.tokens, item.store.audio.frame_seconds
    phones, start = given.read(item.utterance)
    name = str(given.path(item.utterance))
    return tuple(durations_of(phones, tokens, item.frames, frame_seconds, name, start).tolist())


def _check_phones(intervals: Sequence[Interval], tokens: Tokens, name: str, start: float) -> None:
    theirs = [interval for interval in intervals if not is_silence(interval.label)]
    ours = [place for place, symbol in enumerate(tokens.symbols) if not is_silence(symbol)]
    for number, (place, interval) in enumerate(zip_longest(ours, theirs), 1):
        if place is not None and interval is not None and interval.label == tokens.symbols[place]:
            continue
        wanted = "no more" if place is None else f"{tokens.symbols[place]!r}, in {tokens.words[tokens.word[place]]!r}"
        has = "no more" if interval is None else f"{interval.label!r} at {start + interval.start:.2f} s"
        raise OtherPhones(
            f"{name}: phone {number} is {has}, but the text front end has {wanted}; "
            "the aligner must be given the phones of the text front end, as scripts/align.py is"
        )


def _starts(intervals: Sequence[Interval], tokens: Tokens) -> list[float]:
    """Where each token starts, in seconds: a phone where the file has it, a pause where the phone before ends."""
    phones: list[Interval] = []
    silences: list[list[Interval]] = [[]]  # before each phone, and after the last
    for interval in intervals:
        if is_silence(interval.label):
            silences[-1].append(interval)
        else:
            phones.append(interval)
            silences.append([])
    starts: list[float] = []
    passed, end = 0, 0.0
    for silent, group in groupby(tokens.symbols, is_silence):
        count = len(list(group))
        if silent:
            further = [silence.start for silence in silences[passed][1:count]]
            starts += [end] * (count - len(further)) + further
        else:
            starts += [phone.start for phone in phones[passed : passed + count]]
            passed += count
            end = phones[passed - 1].end
    return starts
