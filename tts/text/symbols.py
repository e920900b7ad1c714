"""The symbol table of a voice: which token is which row of its embedding."""

from __future__ import annotations

import difflib
import json
import logging
import unicodedata
from collections.abc import Iterable, Sequence

from tts.errors import UserError
from tts.storage.plain_data import plain_json
from tts.text.likeness import letters, nearest_phone, nearest_phones
from tts.text.phones import is_vowel
from tts.text.tokens import END, START, Tokens

logger = logging.getLogger(__name__)
PAD = "<pad>"
SPECIAL = (PAD, START, END)
LONGEST_SYMBOL = 64
"""Characters, in code points."""
NEAR_MARKS = {
    ",": ".;:—",
    ".": ",!?;",
    "?": ".!,",
    "!": ".?,",
    ";": ",.:",
    ":": ",.;",
    "—": ",.;",
    "…": ".,—",
}
"""For each punctuation mark, what else marks much the same pause, nearest first."""


class UnknownSymbol(UserError):
    """A token that the voice has never seen."""


class SymbolTable:
    """A fixed, ordered set of symbols; `<pad>` has id 0, `<s>` 1, `</s>` 2.

    Raises
    ------
    UserError: the symbols are not distinct short strings that start with the three special ones.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        if not all(isinstance(s, str) and 0 < len(s) <= LONGEST_SYMBOL for s in self.symbols):
            raise UserError(f"symbol table: every symbol must be a string of 1 to {LONGEST_SYMBOL} characters")
        if not all(s == unicodedata.normalize("NFC", s) for s in self.symbols):
            raise UserError("symbol table: every symbol must be in Unicode NFC")
        if self.symbols[: len(SPECIAL)] != SPECIAL:
            raise UserError(f"symbol table: must start with {', '.join(SPECIAL)}, got {list(self.symbols[:3])}")
        self._warned: set[str] = set()
        self._nearest: dict[tuple[str, bool], tuple[str, ...]] = {}
        """Of a symbol that is not here, and whether it is of another language, what is said for it."""
        self._ids: dict[str, int] = {}
        for symbol in self.symbols:
            if symbol in self._ids:
                raise UserError(f"symbol table: {symbol!r} stands in it twice")
            self._ids[symbol] = len(self._ids)

    @classmethod
    def from_tokens(cls, utterances: Iterable[Tokens]) -> SymbolTable:
        """Every symbol of `utterances`: the special ones, then punctuation sorted, then the others sorted."""
        return cls(SPECIAL).extend(utterances)

    def extend(self, utterances: Iterable[Tokens]) -> SymbolTable:
        """A table with the symbols of `utterances` added at the end, so that existing ids stay what they are."""
        new = {symbol for tokens in utterances for symbol in tokens.symbols} - self._ids.keys()
        return SymbolTable((*self.symbols, *sorted(new, key=lambda s: (s not in NEAR_MARKS, s))))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SymbolTable) and self.symbols == other.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def encode(self, tokens: Tokens, utterance: str) -> list[int]:
        """Ids of `tokens`, [N].

        Raises
        ------
        UnknownSymbol: naming the first unknown symbol, its word, the `utterance` and near known symbols.
        """
        try:
            return [self._ids[symbol] for symbol in tokens.symbols]
        except KeyError:
            place = next(i for i, symbol in enumerate(tokens.symbols) if symbol not in self._ids)
            raise UnknownSymbol(self._complaint(tokens, place, utterance)) from None

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Symbols of `ids`.

        Raises
        ------
        UserError: an id outside the table.
        """
        symbols = []
        for i in map(int, ids):
            if not 0 <= i < len(self.symbols):
                raise UserError(f"symbol id {i} is outside the table of {len(self.symbols)} symbols")
            symbols.append(self.symbols[i])
        return symbols

    def adapt(self, tokens: Tokens) -> Tokens:
        """`tokens` with what this table lacks replaced by the nearest it has.

        Text to be spoken may hold a semicolon where the training corpus had none: a pause is a pause, and where there
        is no mark like it, it is left out. A phone or a character is replaced by the one that sounds most like it
        (`tts.text.likeness`), one of another language also by several in a row, with a warning that names them, once
        each. Where nothing is like it, it is left out with a warning too, or, if no token of its word would remain,
        kept: `encode` refuses it.
        """
        if all(symbol in self._ids for symbol in tokens.symbols):
            return tokens
        kept = []
        languages, marks = tokens.language or ("",) * len(tokens), tokens.mark or (0,) * len(tokens)
        asked = zip(tokens.symbols, tokens.word, languages, strict=True)
        stand_ins = [self._stand_ins(symbol, word < 0, bool(language)) for symbol, word, language in asked]
        audible = {word for found, word in zip(stand_ins, tokens.word, strict=True) if found}
        rows = zip(tokens.symbols, stand_ins, tokens.stress, tokens.word, languages, marks, strict=True)
        for symbol, found, stress, word, language, mark in rows:
            if not found and word < 0:
                continue
            if found != (symbol,) and word >= 0 and word in audible:
                self._warn(symbol, found, tokens.words[word])
            if not found and word not in audible:
                found = (symbol,)
            vowel = next((i for i, one in enumerate(found) if is_vowel(one)), 0)
            kept += [(one, stress * (i == vowel), word, language, mark) for i, one in enumerate(found)]
        symbols, stresses, words, languages, marks = zip(*kept, strict=True)
        return Tokens(
            symbols, stresses, words, tokens.words, languages if tokens.language else (), marks if tokens.mark else ()
        )

    def _stand_ins(self, symbol: str, mark: bool, foreign: bool) -> tuple[str, ...]:
        """What this table has for `symbol`; empty if nothing. One of another language may become several."""
        if symbol in self._ids:
            return (symbol,)
        if mark:
            return tuple(near for near in NEAR_MARKS.get(symbol, "") if near in self._ids)[:1]
        if (symbol, foreign) not in self._nearest:
            known = [s for s in self.symbols[len(SPECIAL) :] if s not in NEAR_MARKS]
            near = nearest_phones(symbol, known) if foreign else (nearest_phone(symbol, known),)
            self._nearest[symbol, foreign] = tuple(one for one in near if one is not None)
        return self._nearest[symbol, foreign]

    def _warn(self, symbol: str, stand_ins: tuple[str, ...], word: str) -> None:
        if symbol not in self._warned:
            self._warned.add(symbol)
            said = " ".join(stand_ins)
            instead = f"says {said!r} instead" if said else "leaves it out, for it knows nothing like it"
            logger.warning("this voice does not know %r, as in %r: it %s", symbol, word, instead)

    def mapping_from(self, other: SymbolTable) -> list[int | None]:
        """For each symbol of this table, [len(self)], its id in `other`, or None where `other` lacks it."""
        return [other._ids.get(symbol) for symbol in self.symbols]

    def to_json(self) -> str:
        """A JSON list of the symbols in order of their ids."""
        return json.dumps(self.symbols, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str, where: str = "symbols.json") -> SymbolTable:
        """The inverse of `to_json`; `where` names the file in errors.

        Raises
        ------
        UserError: not a JSON list of distinct symbols that starts with the special ones.
        """
        try:
            symbols = plain_json(text)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{where}: not JSON ({error})") from error
        if not isinstance(symbols, list):
            raise UserError(f"{where}: expected a list of symbols, got {type(symbols).__name__}")
        try:
            return cls(symbols)
        except UserError as error:
            raise UserError(f"{where}: {error}") from error

    def _complaint(self, tokens: Tokens, place: int, utterance: str) -> str:
        symbol = tokens.symbols[place]
        word = f" in the word {tokens.words[tokens.word[place]]!r}" if tokens.word[place] >= 0 else ""
        known = [s for s in self.symbols[len(SPECIAL) :] if s not in NEAR_MARKS]
        near = [s for s in known if letters(s) == letters(symbol)]
        near += [s for s in difflib.get_close_matches(symbol, known, n=4, cutoff=0.4) if s not in near]
        near += [s for s in known if s[0] == symbol[0] and s not in near]
        hint = f"nearest known: {' '.join(near[:4])}" if near else f"known: {' '.join(known[:40])}"
        return (
            f"utterance {utterance}: this voice does not know the symbol {symbol!r}{word} ({hint}); "
            "respell it, for instance as phones in braces, with spaces between them: {h ə l ˈoʊ}"
        )
