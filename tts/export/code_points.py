"""Phones from the code points that other programs send, inside the graph.

Piper and programs like it have espeak-ng read the text, and send one id for each code point of its answer, in NFD, with
pads between them, `^` at the start and `$` at the end. A voice of ours reads whole phones, with stress and place in the
word beside them. So code points are put together again: from left to right, the longest phone that the voice knows. A
vowel that ends in a consonant (`ɔːɹ`, `əl`) is not taken before another vowel, where espeak-ng most often says the two
apart (hello, sorry). docs/tutorials/export.md has how often that is not what espeak-ng meant.

n ids of the host, N tokens, K phones of several code points, L code points in the longest.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.text.frontend import MARKS
from tts.text.likeness import PLACES, VOWELS, letters, nearest_phone
from tts.text.phones import PRIMARY, SECONDARY, SYLLABIC, is_vowel
from tts.text.phones import VOWELS as VOWEL_LETTERS
from tts.text.symbols import NEAR_MARKS, SPECIAL, SymbolTable
from tts.text.tokens import END, START

PAD, FIRST, LAST, SPACE = "_", "^", "$", " "
HOST = (PAD, FIRST, LAST, SPACE, PRIMARY, SECONDARY)
"""What hosts send beside phones and punctuation; the first three have the ids 0, 1 and 2 in all of them."""
SILENT = "-ʲʰʷˠˤˑ\u0303\u032a\u032f\u0361"
"""Joints, modifiers and diacritics that espeak-ng writes: pads to a voice that has no phone with them."""
DOUBLINGS = 13
"""Sentences of up to 2 ** 13 code points are put together right."""


class Regrouped(NamedTuple):
    """N tokens of a sentence in the first places of n, and which of the host's ids each is made of."""

    symbols: Tensor
    """int64 `[n]`; 0 beyond the tokens."""
    stress: Tensor
    """int64 `[n]`."""
    boundary: Tensor
    """int64 `[n]`."""
    length: Tensor
    """int64 `[]`, N."""
    owner: Tensor
    """int64 `[n]`, the token that each of the host's ids is part of; −1 where of none."""
    rank: Tensor
    """int64 `[n]`, how many ids of the same token are before it."""


class CodePoints(nn.Module):
    """A host's ids to tokens, by the phones of a voice.

    Lengths of tensors are read off their shapes: `len` would make them constants of the graph.
    """

    known: Tensor
    lengths: Tensor
    closed: Tensor
    symbol: Tensor
    single: Tensor
    opens: Tensor
    mark: Tensor
    stressable: Tensor

    def __init__(self, table: SymbolTable) -> None:
        super().__init__()
        self.points = _code_points(table)
        """Every code point that is understood; its place is its id."""
        number = {point: i for i, point in enumerate(self.points)}
        longer = sorted((nfd, symbol) for symbol in table.symbols[len(SPECIAL) :] if len(nfd := _nfd(symbol)) > 1)
        self.longest = max((len(nfd) for nfd, _ in longer), default=1)
        known = torch.full((len(longer), self.longest), -1)
        for row, (nfd, _) in zip(known, longer, strict=True):
            row[: len(nfd)] = torch.tensor([number[point] for point in nfd])
        marks = [point in MARKS or point in (FIRST, LAST) for point in self.points]
        ids = dict(zip(table.symbols, range(len(table)), strict=True))
        singles = [ids.get(found, 0) if (found := _alone(point, table)) else 0 for point in self.points]
        self.register_buffer("known", known)
        self.register_buffer("lengths", torch.tensor([len(nfd) for nfd, _ in longer], dtype=torch.int64))
        self.register_buffer("closed", torch.tensor([_closed(nfd) for nfd, _ in longer], dtype=torch.bool))
        self.register_buffer("symbol", torch.tensor([ids[symbol] for _, symbol in longer], dtype=torch.int64))
        self.register_buffer("single", torch.tensor(singles))
        self.register_buffer(
            "opens", torch.tensor([p in VOWEL_LETTERS or p in (PRIMARY, SECONDARY) for p in self.points])
        )
        self.register_buffer("mark", torch.tensor(marks))
        self.register_buffer("stressable", torch.tensor([is_vowel(symbol) for symbol in table.symbols]))

    @property
    def id_map(self) -> dict[str, list[int]]:
        """`phoneme_id_map` of Piper's JSON."""
        return {point: [i] for i, point in enumerate(self.points)} | {
            point: [0] for point in SILENT if point not in self.points
        }

    def forward(self, ids: Tensor, length: Tensor) -> Regrouped:
        """Of int64 ids `[n]`, those before `length` `[]`."""
        kept = (ids != 0) & (torch.arange(ids.shape[0]) < length)
        place = kept.long().cumsum(0) - 1
        codes = _packed(ids, kept)
        size, symbol = self._longest(codes)
        start, inside = _starts(size, self.longest)
        real = torch.arange(ids.shape[0]) < kept.sum()
        token = start & (symbol > 0) & real
        number = token.long().cumsum(0) - 1

        mark = self.mark[codes]
        before = _shifted(codes)
        stress = (before == HOST.index(PRIMARY)).long() + 2 * (before == HOST.index(SECONDARY)).long()
        word = ((codes == HOST.index(SPACE)) | mark).long().cumsum(0)
        # A mark is a word by itself: no other number is negative.
        word = _packed(torch.where(mark, -1 - number, word), token)
        marks, count = _packed(mark.long(), token), token.sum()
        first = (_shifted(word, -(1 << 40)) != word).long()
        last = torch.cat([first[1:], first[:1]]).masked_fill(torch.arange(ids.shape[0]) == count - 1, 1)
        boundary = (2 - first + last + 2 * first * last) * (1 - marks)  # 1 first, 2 inside, 3 last, 4 both
        symbols = _packed(symbol, token)

        part = token | (inside & real)
        owner = torch.where(part, number, -1)
        rank = torch.arange(ids.shape[0]) - _packed(torch.arange(ids.shape[0]), token)[number.clamp(min=0)]
        return Regrouped(
            symbols,
            _packed(stress, token) * self.stressable[symbols].long(),
            boundary * (torch.arange(ids.shape[0]) < count).long(),
            count,
            torch.where(kept, owner[place.clamp(min=0)], -1),
            torch.where(kept, rank[place.clamp(min=0)], 0),
        )

    def _longest(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """At every code point the length `[n]` of the longest phone that begins there, and its symbol `[n]`."""
        alone = self.single[codes]
        if not len(self.known):
            return torch.ones_like(codes), alone
        ahead = F.pad(codes, (0, self.longest))
        windows = torch.stack([ahead[i : i + codes.shape[0]] for i in range(self.longest + 1)], 1)
        fits = ((windows[:, None, :-1] == self.known) | (self.known < 0)).all(-1)
        following = windows[:, self.lengths]
        fits = fits & ~(self.closed & self.opens[following])
        size, best = (fits * self.lengths).max(1)
        return size.clamp(min=1), torch.where(size > 0, self.symbol[best], alone)


def samples_per_id(regrouped: Regrouped, frames: Tensor) -> Tensor:
    """How long each of the host's ids sounds, float32 `[n]`, in hops, of whole frames per token `[n]`.

    Their sum is that of the sound: one less than the frames, of whose first and last one only half is heard. A token's
    frames are divided among its ids.
    """
    owner, rank, count = regrouped.owner, regrouped.rank, regrouped.length
    sounding = owner >= 0
    owner = owner.clamp(min=0)
    members = torch.zeros_like(frames).scatter_add(0, owner, sounding.long())
    whole, among = frames[owner], members[owner].clamp(min=1)
    share = (whole * (rank + 1)) // among - (whole * rank) // among
    outer = ((owner == 0) & (rank == 0)).float() + ((owner == count - 1) & (rank == among - 1)).float()
    return (share.float() - 0.5 * outer) * sounding.float()


def _code_points(table: SymbolTable) -> list[str]:
    """What hosts send, then what the voice's own symbols are made of, then letters for which it has a stand-in."""
    own = {point for symbol in table.symbols[len(SPECIAL) :] for point in _nfd(symbol)}
    near = {c for c in (*VOWELS, *"".join(PLACES), *NEAR_MARKS, *MARKS) if len(_nfd(c)) == 1 and _alone(c, table)}
    return [*HOST, *sorted((own | near) - set(HOST))]


def _alone(point: str, table: SymbolTable) -> str | None:
    """The symbol that a code point is by itself; None where it is none, as a mark of length."""
    if point in (FIRST, LAST):
        return START if point == FIRST else END
    if point in table:
        return point
    if point in MARKS:
        return next((mark for mark in (MARKS[point], *NEAR_MARKS.get(MARKS[point], "")) if mark in table), None)
    if not letters(point):
        return None
    return nearest_phone(point, (s for s in table.symbols[len(SPECIAL) :] if s not in NEAR_MARKS))


def _closed(nfd: str) -> bool:
    """Whether a phone begins as a vowel and ends in a consonant."""
    own = letters(nfd)
    return bool(own) and own[0] in VOWEL_LETTERS and own[-1] not in VOWEL_LETTERS and not set(SYLLABIC) & set(nfd)


def _starts(size: Tensor, longest: int) -> tuple[Tensor, Tensor]:
    """Where phones of these lengths `[n]` begin, one after another, and where they go on, bool `[n]` both.

    Reading from left to right is a chain of functions, each from the number of code points still to be skipped to the
    next such number. Chains of twice the length are made of two, so that a few steps read all places at once.
    """
    state = torch.arange(longest)
    still = torch.arange(-1, longest - 1).expand(size.shape[0], -1)
    chain = torch.where(state == 0, size[:, None] - 1, still)
    for doubling in range(DOUBLINGS):
        nothing = state.expand(1 << doubling, -1)
        chain = chain.gather(1, torch.cat([nothing, chain])[: size.shape[0]])
    waiting = _shifted(chain[:, 0])
    return waiting == 0, waiting > 0


def _packed(values: Tensor, kept: Tensor) -> Tensor:
    """The values where `kept` `[n]`, in the first places of n; 0 behind them."""
    place = torch.where(kept, kept.long().cumsum(0) - 1, kept.shape[0])
    return torch.zeros(kept.shape[0] + 1, dtype=values.dtype).scatter(0, place, values)[:-1]


def _shifted(values: Tensor, first: int = 0) -> Tensor:
    """Each value in the place of the next."""
    return torch.cat([torch.full((1,), first, dtype=values.dtype), values[:-1]])


def _nfd(symbol: str) -> str:
    return unicodedata.normalize("NFD", symbol)
