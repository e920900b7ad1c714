"""Faults in speech of a known text, found from its sound alone.

Forced alignment gives every phone a place, spoken or not. Here the path through the phones may also jump, for a
penalty, or enter a filler for sounds that are none of the text's (`tts.evaluation.jump_decoding`). Where a jump pays,
and the path goes on for a few phones from where it landed, phones were skipped or repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Literal

import numpy as np
from torch import Tensor

from tts.alignment import Aligner
from tts.alignment.hmm.states import StatePath, StateTable
from tts.evaluation.jump_decoding import FILLER, TextStates, decode
from tts.text.tokens import Tokens

FEWEST_PHONES, FEWEST_OF_WORD = 2, 3
"""Fewer are no fault: a single missing phone is mostly a slurred one, and two that seem repeated and are no whole word
were drawn out."""
FEWEST_IN_SPAN = 4
"""Phones in a row that a span must have; fewer may be a chance resemblance."""
QUIET = -2
"""Stands for silence among numbers of phones."""
PASSED = 0.02
"""Seconds; a phone that the path passes in no more does not count as spoken."""
CONTEXT = 0.5
"""Seconds before and after a fault whose phones are reported."""
SHORTEST_PHONE, LONGEST_PHONE, MOST_ODD = 0.03, 0.15, 4
"""Seconds that a phone takes which was spoken unlike the aligner's model of it, and how many in a row may be so."""
ODD_SECONDS, BABBLE_SECONDS, SILENCE_SECONDS = 0.5, 0.3, 1.5
"""Longest that another place of the text may fit the sound better, without a fault; longest filler; longest silence
within or after the text."""

Kind = Literal["skipped", "repeated", "cut short", "babble", "run on", "silence"]


@dataclass(frozen=True)
class Fault:
    kind: Kind
    seconds: float
    """When."""
    what: str
    """The phones concerned."""
    heard: str = field(default="", compare=False)
    """The phones recognised around it, in order; `·` is silence, `?` a sound that is none of the text's."""


@dataclass
class Span:
    """A part of the text that is spoken without a jump."""

    first: int
    last: int
    """Its phones."""
    start: int
    end: int
    """Its frames."""
    spoken: frozenset[int] = frozenset()
    """Those of its phones that last longer than `PASSED`."""

    @property
    def phones(self) -> int:
        return self.last - self.first + 1


def detect_faults(aligner: Aligner, densities: Tensor, tokens: Tokens) -> list[Fault]:
    """Faults of a recording of a text, by the `densities` `[T, S]` of an aligner's states in it.

    Two models must both find one: that of phones in context, which errs in rare contexts, and that without context, in
    which a phone may sound like its transition to the next. The faults returned are the first's: where a word is said
    many times, the two may place them differently.

    Raises
    ------
    UserError: a phone that the aligner does not know.
    """
    found = []
    for likelihoods, table in ((densities, aligner.table), without_context(densities, aligner.table)):
        path = table.path(tokens, "the text")
        found.append(find_faults(likelihoods.numpy(), path, table.silence, tokens, aligner.config.frame_seconds))
    return found[0] if found[1] else []


def without_context(scores: Tensor, table: StateTable) -> tuple[Tensor, StateTable]:
    """Scores `[T, S]` of the phones' states, the best over contexts, and the table of these states."""
    plain = StateTable(table.phones, table.per_phone)
    found = scores.new_full((len(scores), plain.silence + 1), float("-inf"))
    rows = table.origin(plain).expand(len(scores), -1)
    return found.scatter_reduce(1, rows, scores, "amax"), plain


def find_faults(scores: np.ndarray, path: StatePath, silence: int, tokens: Tokens, hop_seconds: float) -> list[Fault]:
    """Faults of a recording, in order of time.

    Parameters
    ----------
    scores: `[T, S]`, log-likelihood of each state of an acoustic model in each frame.
    path: the states of the text.
    silence: the state of silence.
    """
    text = TextStates.of(path, silence, tokens)
    decoded = decode(scores, text)
    count = int(text.phones.max()) + 1
    quiet = (decoded != FILLER) & ~text.is_phone[decoded]
    owners = [path.tokens[int(np.flatnonzero(text.phones == n)[0])] for n in range(count)]
    names = [tokens.symbols[owner] for owner in owners]
    words = [tokens.word[owner] for owner in owners]
    spans = _spans(decoded, text, hop_seconds)
    faults = [
        Fault("run on" if start >= spans[-1].end else "silence", start * hop_seconds, f"{seconds:.1f} s")
        for start, end in _stretches(quiet)
        if spans and (seconds := (end - start) * hop_seconds) >= SILENCE_SECONDS
    ]
    spoken = _drop_lookalikes(_drop_short(spans, count), quiet, hop_seconds)
    last, end = -1, 0
    for span in [*spoken, Span(count, count, len(decoded), len(decoded))]:
        missed = span.first - last - 1
        between = float((~quiet[end : span.start]).sum()) * hop_seconds
        concerned = range(min(span.first, last + 1), max(span.first, last + 1))
        again = len(span.spoken.intersection(concerned))
        if again >= FEWEST_PHONES and (again >= FEWEST_OF_WORD or _are_words(concerned, words)):
            faults.append(Fault("repeated", span.start * hop_seconds, " ".join(names[n] for n in concerned)))
        elif missed >= FEWEST_PHONES and between < SHORTEST_PHONE * missed:
            kind: Kind = "cut short" if span.first == count else "skipped"
            faults.append(Fault(kind, span.start * hop_seconds, " ".join(names[n] for n in concerned)))
        if between - LONGEST_PHONE * min(max(missed, 0), MOST_ODD) >= BABBLE_SECONDS:
            kind = "run on" if last == count - 1 else "babble"
            faults.append(Fault(kind, end * hop_seconds, f"{between:.1f} s"))
        last, end = span.last, span.end
    phones_around = partial(_phones_around, _runs(decoded, text), names, hop_seconds)
    return [replace(fault, heard=phones_around(fault.seconds)) for fault in sorted(faults, key=lambda f: f.seconds)]


def _phones_around(runs: list[tuple[int, int, int]], names: list[str], hop_seconds: float, seconds: float) -> str:
    labels = []
    for phone, start, end in runs:
        near = start * hop_seconds < seconds + CONTEXT and end * hop_seconds > seconds - CONTEXT
        if near and (phone < 0 or (end - start) * hop_seconds > PASSED):
            labels.append({QUIET: "·", FILLER: "?"}.get(phone) or names[phone])
    return " ".join(labels)


def _runs(decoded: np.ndarray, text: TextStates) -> list[tuple[int, int, int]]:
    """Phone, `QUIET` or `FILLER`, first frame and the one after the last, for every run of it, in order of time."""
    phones = np.where(decoded == FILLER, FILLER, np.where(text.is_phone[decoded], text.phones[decoded], QUIET))
    edges = [0, *(np.flatnonzero(np.diff(phones)) + 1).tolist(), len(phones)]
    return [(int(phones[start]), start, end) for start, end in pairwise(edges)]


def _spans(decoded: np.ndarray, text: TextStates, hop_seconds: float) -> list[Span]:
    """Spans of the path in order of time; a single phone left out or repeated does not end one."""
    spans: list[Span] = []
    continuing = False
    for phone, start, end in _runs(decoded, text):
        if phone == FILLER:
            continuing = False
        elif phone != QUIET and (end - start) * hop_seconds > PASSED:
            if continuing and 1 - FEWEST_PHONES <= phone - spans[-1].last <= FEWEST_PHONES:
                spans[-1].first = min(spans[-1].first, phone)
                spans[-1].last, spans[-1].end = phone, end
                spans[-1].spoken |= {phone}
            else:
                spans.append(Span(phone, phone, start, end, frozenset({phone})))
                continuing = True
    return spans


def _are_words(phones: range, words: list[int]) -> bool:
    """Whether they are whole words, of these words of all phones."""
    begin = phones.start == 0 or words[phones.start - 1] != words[phones.start]
    return begin and (phones.stop == len(words) or words[phones.stop - 1] != words[phones.stop])


def _drop_short(spans: list[Span], count: int) -> list[Span]:
    """Without spans of a few phones, except where speech begins with the text and where it goes on to its end."""

    def is_kept(i: int, span: Span) -> bool:
        begins = i == 0 and span.first == 0
        ends = i == len(spans) - 1 and span.last == count - 1 and (i == 0 or span.first > spans[i - 1].last)
        return span.phones >= min(FEWEST_PHONES if begins or ends else FEWEST_IN_SPAN, count)

    return [span for i, span in enumerate(spans) if is_kept(i, span)]


def _drop_lookalikes(spans: list[Span], quiet: np.ndarray, hop_seconds: float) -> list[Span]:
    """Without short spans elsewhere after which the path goes on where it was: sounds that resemble another part."""
    spans, i = list(spans), 1
    while i < len(spans) - 1:
        before, span, after = spans[i - 1 : i + 2]
        missed = after.first - before.last - 1
        between = float((~quiet[before.end : after.start]).sum()) * hop_seconds
        elsewhere = not before.last < span.first <= span.last < after.first
        short = (span.end - span.start) * hop_seconds <= ODD_SECONDS
        if elsewhere and short and missed > -FEWEST_OF_WORD and SHORTEST_PHONE * missed <= between:
            del spans[i]
            i = max(i - 1, 1)
        else:
            i += 1
    return spans


def _stretches(true: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
