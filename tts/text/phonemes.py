"""Written words to IPA phones by espeak-ng, through phonemizer and the library that espeakng-loader carries.

espeak-ng answers with groups of phones that need not be the written words: it merges ("of the" is one
group) and
splits ("iPhone" is two). The words are found again by comparing the groups with each word's
pronunciation on its own:
the cheapest monotone matching in which one group holds one to four words, or one word one or several
groups, and
within a group of several words the cut that resembles their own pronunciations most. Every word keeps at
least one
phone. Where no such matching exists the words are pronounced one by one.
"""

from __future__ import annotations

import difflib
import heapq
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple

import espeakng_loader
from num2words import num2words
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from tts.errors import UserError
from tts.text.english_words import SPELLED

LANGUAGE_SWITCH = re.compile(r"\([\w-]+\)")
SPELLED_WITH_S = re.compile(r"([A-Z]{2,}|PhD)'?s")
"""FBI's, DVDs: espeak-ng spells the letters and loses the s."""
GERMAN_NUMBER = re.compile(
    r"(?:ein|zwei|drei|vier|fünf|sech|sieb|acht|neun|zehn|elf|zwölf|zwanzig|s|en|zig|ßig|hundert|tausend|und)+"
    r"(?:s?te[nrms]?)?",
    re.IGNORECASE,
)
JOINTS = {
    "de": re.compile(
        r"(?<=tausend|hundert)(?=.)|(?<=.)(?=tausend|hundert|und[zdvfsan])|(?<=.und)(?=[zdvfsan])", re.IGNORECASE
    ),
    "it": re.compile(r"(?<=nt[ai]|nto|ila)(?=se(?:i|tte))"),
}
"""Where the words of a number meet. Written together espeak-ng takes them for one: vierundvierzig with a v within,
quarantasette with a z."""
BY_DIGITS = {"fr", "nl"}
"""Languages whose numbers below a hundred espeak-ng says better from digits than from words (quatre-vingt-deux)."""
SIGN = re.compile(r"(?<=[^\W\d])['.·-](?=.)")
"""What stands within a word after a letter."""
VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻᵿ")
SYLLABIC = "\u0329\u030d"
PRIMARY, SECONDARY = "ˈ", "ˌ"
MOST_WORDS_IN_A_GROUP, MOST_GROUPS_IN_A_WORD = 4, 6
LONG_WORDS = 15
"""Phones a word, on average, that no clause of several words has."""
LONGEST_WORD = 300
"""Characters; a clause of a script without spaces is one word."""
LONGEST_CLAUSE, LONGEST_CLAUSE_BYTES = 250, 600
"""What espeak-ng is given in one go: beyond 300 words, which may be a character each, it reads past its tables, and
beyond 800 bytes it cuts within a word."""
MOST_PHONES_IN_A_GROUP = 40
"""Of a longer word espeak-ng drops the end, silently, once a buffer of 200 codes is full: a phone with its stress,
length and tone, or in the name of a letter, takes up to four."""
LONGEST_WITH_SIGNS = 90
"""Bytes of a word with full stops, hyphens or apostrophes in it. espeak-ng's buffers hold 80 bytes of letters with full
stops between them, and 67 endings such as 's; it writes on behind them."""


class Phone(NamedTuple):
    """One IPA phone with its length and syllabic marks, in NFC."""

    symbol: str
    stress: int
    """0 none, 1 primary, 2 secondary; on vowels and syllabic consonants only."""


Phones = tuple[Phone, ...]


class Phonemiser:
    """Pronounces words of one espeak-ng language. Cheap to construct, picklable, safe to share between
    threads.

    Raises
    ------
    UserError: espeak-ng has no such language; names near ones.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._espeak = _espeak(language)

    def __reduce__(self) -> tuple[type[Phonemiser], tuple[str]]:
        return Phonemiser, (self.language,)

    def __call__(self, words: Sequence[str]) -> list[Phones]:
        """Phones of each of the written `words` of one clause, in their context; () for a word without
        sound.

        Raises
        ------
        UserError: a word of more than `LONGEST_WORD` characters.
        """
        overlong = next((word for word in words if len(word) > LONGEST_WORD), None)
        if overlong:
            raise UserError(
                f"word of {len(overlong)} characters, {overlong[:20]}…: espeak-ng reads words of up to {LONGEST_WORD}; "
                "write it shorter or put spaces in it"
            )
        readings = [self._espeak.word(self._respelled(word)) for word in words]
        result: list[Phones] = []
        for part in _parts([written for written, _ in readings]):
            result += self._clause(words[part], readings[part])
        return result

    def _clause(self, words: Sequence[str], readings: Sequence[tuple[str, Phones]]) -> list[Phones]:
        written = " ".join(written for written, _ in readings)
        alone = [phones for _, phones in readings]
        groups = self._espeak.groups(written) if _fits(written) else alone
        voiced = [i for i, phones in enumerate(alone) if phones]
        matched = _match(groups, [alone[i] for i in voiced])
        result: list[Phones] = [()] * len(words)
        for i, phones in zip(voiced, matched, strict=True):
            result[i] = self._with_final_s(words[i], phones)
            if self._is_letter_a(words, i):
                result[i] = (Phone("eɪ", 1),)
        return result

    def _respelled(self, word: str) -> str:
        """As espeak-ng reads it right."""
        if self.language.startswith("en"):
            acronym = SPELLED_WITH_S.fullmatch(word)
            word = acronym[1] if acronym else word
            return ".".join(word) if word in SPELLED else word
        base = self.language.split("-")[0]
        if base == "it" or (base == "de" and GERMAN_NUMBER.fullmatch(word)):
            return JOINTS[base].sub("-", word)
        return _digits(base).get(word, word)

    def _is_letter_a(self, words: Sequence[str], i: int) -> bool:
        """Vitamin A is: a capital before a small letter and not at the start, or it would be the article."""
        return words[i] == "A" and 0 < i < len(words) - 1 and words[i + 1].islower() and self.language.startswith("en")

    def _with_final_s(self, word: str, phones: Phones) -> Phones:
        if not self.language.startswith("en") or not SPELLED_WITH_S.fullmatch(word):
            return phones
        last = phones[-1].symbol
        if last in {"s", "z", "ʃ", "ʒ", "tʃ", "dʒ"}:
            return (*phones, Phone("ᵻ", 0), Phone("z", 0))
        return (*phones, Phone("s" if last in {"p", "t", "k", "f", "θ"} else "z", 0))


class _Espeak:
    """One espeak-ng library with its voice set; it keeps global state, so calls are serialised."""

    def __init__(self, language: str) -> None:
        EspeakWrapper.set_library(espeakng_loader.get_library_path())
        EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
        self._wrapper = EspeakWrapper()
        self._lock = threading.Lock()
        known = sorted({v.language for v in self._wrapper.available_voices() if not v.identifier.startswith("mb/")})
        if language not in known:
            raise UserError(f"text.language={language}: espeak-ng has no such language{_near(language, known)}")
        self._wrapper.set_voice(language)
        self._english = language.startswith("en")
        self.word = lru_cache(maxsize=100_000)(self._word)

    def groups(self, text: str) -> list[Phones]:
        """Phones between the spaces of espeak-ng's answer."""
        with self._lock:
            answer = self._wrapper.text_to_phonemes(text)
        answer = LANGUAGE_SWITCH.sub("", answer)
        groups = (_phones(group) for group in answer.split())
        return [group for group in groups if group]

    def _word(self, word: str) -> tuple[str, Phones]:
        """The word, with spaces in it where espeak-ng would not read all of it otherwise, and its phones."""
        if len(word) == 1 and word.isalpha() and not self._english:
            # Alone it would be a letter, called by its name, where among others it is a word: é, à, ο, w.
            thrice = self.groups(f"{word} {word} {word}")
            if len(thrice) == 3:
                return word, thrice[1]
        if _fits(word) and (len(word.encode()) <= LONGEST_WITH_SIGNS or not SIGN.search(word)):
            groups = self.groups(word)
            if len(word) == 1 or all(len(group) <= MOST_PHONES_IN_A_GROUP for group in groups):
                return word, sum(groups, ())
        (first, phones), (second, others) = map(self.word, _halves(word))
        return f"{first} {second}", phones + others


def _halves(word: str) -> tuple[str, str]:
    """A word in two: without the sign nearest its middle, or before the letter nearest it."""
    places = [sign.span() for sign in SIGN.finditer(word)]
    # Otherwise anywhere, but no mark shall lose its letter.
    places = places or [(i, i) for i in range(1, len(word)) if unicodedata.category(word[i])[0] not in "MC"]
    half = len(word) // 2
    end, start = min(places, key=lambda place: abs(place[0] - half), default=(half, half))
    return word[:end], word[start:]


def _fits(written: str) -> bool:
    """Whether espeak-ng may be given it in one go."""
    return len(written) <= LONGEST_CLAUSE and len(written.encode()) <= LONGEST_CLAUSE_BYTES


def _parts(words: Sequence[str]) -> Iterator[slice]:
    """`words` in runs that espeak-ng may be given in one go, or of one word."""
    start = length = size = 0
    for i, word in enumerate(words):
        length, size = length + len(word) + 1, size + len(word.encode()) + 1
        if i > start and (length > LONGEST_CLAUSE or size > LONGEST_CLAUSE_BYTES):
            yield slice(start, i)
            start, length, size = i, len(word) + 1, len(word.encode()) + 1
    if words:
        yield slice(start, len(words))


@cache
def _espeak(language: str) -> _Espeak:
    return _Espeak(language)


@cache
def _digits(base: str) -> dict[str, str]:
    """Numbers from 30 to 99 as they are written in words, and in digits."""
    return {num2words(n, lang=base): str(n) for n in range(30, 100)} if base in BY_DIGITS else {}


def languages() -> list[str]:
    """The languages espeak-ng knows, sorted."""
    voices = _espeak("en-us")._wrapper.available_voices()
    return sorted({v.language for v in voices if not v.identifier.startswith("mb/")})


def _near(language: str, known: list[str]) -> str:
    base = re.split(r"[-_]", language.lower())[0]
    near = [k for k in known if base and k.split("-")[0] == base]
    near = near or difflib.get_close_matches(language.lower(), known, n=3, cutoff=0.4)
    return f"; did you mean {', '.join(near[:5])}?" if near else f"; known: {', '.join(known)}"


def is_vowel(symbol: str) -> bool:
    """Whether an IPA phone can carry stress: a vowel, diphthong or syllabic consonant."""
    decomposed = unicodedata.normalize("NFD", symbol)
    return decomposed[:1] in VOWELS or any(mark in decomposed for mark in SYLLABIC)


@lru_cache(maxsize=200_000)
def _phones(group: str) -> Phones:
    return place_stress(group.split("_"))


def place_stress(parts: Sequence[str]) -> Phones:
    """Phones from IPA parts, with each stress mark moved onto the next vowel (dropped where none follows)."""
    phones = []
    pending = 0
    for part in parts:
        if PRIMARY in part:
            pending = 1
        elif SECONDARY in part:
            pending = 2
        symbol = unicodedata.normalize("NFC", part.translate(STRESS_MARKS)).strip()
        if not symbol:
            continue
        stress = pending if pending and is_vowel(symbol) else 0
        pending = 0 if stress else pending
        phones.append(Phone(symbol, stress))
    return tuple(phones)


STRESS_MARKS = dict.fromkeys(map(ord, "ˈˌ-"))


def _match(groups: Sequence[Phones], alone: Sequence[Phones]) -> Sequence[Phones]:
    """`groups` of phones divided among words whose own pronunciations are `alone`; one non-empty entry
    per word.

    Uniform-cost search over (groups used, words used): almost always the diagonal, so few states are visited.
    """
    if len(groups) == len(alone) and all(map(_alike, groups, alone)):
        return groups
    if sum(map(len, alone)) > LONG_WORDS * len(alone):
        return alone  # of another script: each letter is read by its name
    queue: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    done = set()
    goal = (len(groups), len(alone))
    while queue:
        cost, g, w = heapq.heappop(queue)
        if (g, w) in done:
            continue
        done.add((g, w))
        if (g, w) == goal:
            return _divide(groups, alone, best)
        steps = [(1, n) for n in range(1, min(MOST_WORDS_IN_A_GROUP, len(alone) - w) + 1)]
        if w < len(alone):
            steps += [(n, 1) for n in range(2, min(len(groups) - g, len(alone[w]), MOST_GROUPS_IN_A_WORD) + 1)]
        for dg, dw in steps:
            if g + dg > len(groups):
                continue
            heard, own = sum(groups[g : g + dg], ()), sum(alone[w : w + dw], ())
            if len(heard) < dw or not 1 / 3 <= (len(heard) + 1) / (len(own) + 1) <= 3:
                continue
            step = _distance(heard, own) + 0.1 * (dg + dw - 2)
            node = (g + dg, w + dw)
            if node not in best or cost + step < best[node][0]:
                best[node] = (cost + step, (g, w))
                heapq.heappush(queue, (cost + step, *node))
    return alone


def _divide(
    groups: Sequence[Phones],
    alone: Sequence[Phones],
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
) -> list[Phones]:
    node = (len(groups), len(alone))
    pieces: list[Phones] = []
    while node != (0, 0):
        g, w = best[node][1]
        phones = sum(groups[g : node[0]], ())
        pieces[:0] = _cut(phones, tuple(alone[w : node[1]]))
        node = (g, w)
    return pieces


@lru_cache(maxsize=50_000)
def _cut(phones: Phones, alone: tuple[Phones, ...]) -> tuple[Phones, ...]:
    """`phones` in as many non-empty pieces as words, each as like the word's own pronunciation as can be."""
    cuts = min(
        combinations(range(1, len(phones)), len(alone) - 1),
        key=lambda c: sum(
            _distance(phones[a:b], own) for a, b, own in zip((0, *c), (*c, len(phones)), alone, strict=True)
        ),
    )
    return tuple(phones[a:b] for a, b in zip((0, *cuts), (*cuts, len(phones)), strict=True))


def _alike(group: Phones, own: Phones) -> bool:
    return group == own or _distance(group, own) <= 0.5 * min(len(group), len(own))


@lru_cache(maxsize=200_000)
def _distance(a: Phones, b: Phones) -> float:
    """Edit distance of phones, stress aside; a vowel for a vowel costs half, for espeak-ng reduces
    vowels in context."""
    row = [float(j) for j in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], float(i)
        for j, y in enumerate(b, 1):
            if x.symbol == y.symbol:
                change = 0.0
            else:
                change = 0.5 if is_vowel(x.symbol) and is_vowel(y.symbol) else 1.0
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + change)
    return row[-1]
