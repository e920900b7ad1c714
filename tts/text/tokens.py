"""What the text front end returns and every later stage reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

START, END = "<s>", "</s>"
"""First and last token of every utterance: they take the leading and trailing silence."""
_SILENCES = {"", "sil", "sp", "spn", START, END}


def is_silence(symbol: str) -> bool:
    """Whether a token, or a label of a TextGrid, is no phone: `sil`, a blank, `<s>`, `</s>` or punctuation."""
    return symbol in _SILENCES or all(unicodedata.category(character)[0] in "PZ" for character in symbol)


@dataclass(frozen=True)
class Tokens:
    """One utterance as a sequence of N tokens: phones (or characters) and punctuation, between `<s>` and `</s>`."""

    symbols: tuple[str, ...]
    """[N]; the first is `<s>` and the last `</s>`."""
    stress: tuple[int, ...]
    """[N]; 0 none, 1 primary, 2 secondary. Only vowels carry stress."""
    word: tuple[int, ...]
    """[N]; index into `words`, −1 for `<s>`, `</s>` and punctuation. Not decreasing where ≥ 0."""
    words: tuple[str, ...]
    """The written words, in order, as timings label them."""
    language: tuple[str, ...] = ()
    """[N], the espeak-ng language that each token is read in; empty where all are in that of the text."""
    mark: tuple[int, ...] = ()
    """[N], number of the stretch of a marked-up text (`tts.text.controls.Marked`); empty where nothing is marked."""

    def __post_init__(self) -> None:
        rows = self.symbols, self.stress, self.word, self.language or self.symbols, self.mark or self.symbols
        if len({len(row) for row in rows}) > 1:
            raise ValueError("symbols, stress, word, language and mark must have one entry per token")

    def __len__(self) -> int:
        return len(self.symbols)

    def in_language(self, language: str) -> Tokens:
        """The same with the language of each token named; `language` is that of the text."""
        return self if self.language else replace(self, language=(language,) * len(self))

    def until(self, end: int) -> Tokens:
        """The first `end` tokens and their words, without `</s>`."""
        word = self.word[:end]
        return Tokens(self.symbols[:end], self.stress[:end], word, self.words[: max(word) + 1], self.language[:end])

    def boundaries(self) -> tuple[int, ...]:
        """[N]; place within the word: 0 outside any word, 1 first token, 2 inside, 3 last, 4 first and last."""
        places = []
        for i, word in enumerate(self.word):
            if word < 0:
                places.append(0)
                continue
            first = i == 0 or self.word[i - 1] != word
            last = i + 1 == len(self.word) or self.word[i + 1] != word
            places.append(4 if first and last else 1 if first else 3 if last else 2)
        return tuple(places)


def concatenated(sentences: Sequence[Tokens], language: str) -> Tokens:
    """The tokens of sentences one after another, without their marks; `language` is that of the text where theirs name
    none."""
    several = any(tokens.language for tokens in sentences)
    word: list[int] = []
    words: list[str] = []
    for tokens in sentences:
        word += [w if w < 0 else w + len(words) for w in tokens.word]
        words += tokens.words
    return Tokens(
        symbols=tuple(s for tokens in sentences for s in tokens.symbols),
        stress=tuple(s for tokens in sentences for s in tokens.stress),
        word=tuple(word),
        words=tuple(words),
        language=tuple(s for tokens in sentences for s in tokens.in_language(language).language) if several else (),
    )
