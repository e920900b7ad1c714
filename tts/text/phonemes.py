"""Written words to IPA phones by espeak-ng, through phonemizer and the library that espeakng-loader carries.

A clause is pronounced in one go, and its phones are given back to its words (`tts.text.matching`). Every word that has
a sound keeps at least one phone. Where no matching exists the words are pronounced one by one.
"""

from __future__ import annotations

import difflib
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import espeakng_loader
from num2words import num2words
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from tts.errors import UserError
from tts.text.languages.english.acronyms import SPELLED, WORDS
from tts.text.matching import match_words
from tts.text.phones import Phone, Phones, place_stress

LANGUAGE_SWITCH = re.compile(r"\([\w-]+\)")
SPELLED_WITH_S = re.compile(r"([A-Z]{2,}|PhD)'?s")
"""FBI's, DVDs: espeak-ng spells the letters and loses the s."""
CAPITALS = re.compile(r"(?<![^-])(?:[A-Z]{2,8}|IoT)(?![^-])")
"""An acronym, alone or between hyphens; espeak-ng bears no long rows of dotted letters."""
OPENING_A = re.compile(r"\AA(?=\.\w)")
"""Of an acronym: "of A.I" would be "of a" and ".I", which it reads as "dot I"; a hyphen keeps them apart."""
AMONG_OTHERS = "they saw {} before"
"""What espeak-ng is not given as shouting: there it says many acronyms as words."""
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


class Phonemiser:
    """Pronounces words of one espeak-ng language. Cheap to construct, picklable, safe to share between threads.

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
        """Phones of each of the written `words` of one clause, in their context; () for a word without sound.

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
        shouted = len(words) > 1 and not any(map(str.islower, "".join(words)))
        readings = [self._espeak.word(self._respelled(word, shouted)) for word in words]
        result: list[Phones] = []
        for part in _parts([written for written, _ in readings]):
            result += self._clause(words[part], readings[part])
        return result

    def _clause(self, words: Sequence[str], readings: Sequence[tuple[str, Phones]]) -> list[Phones]:
        written = " ".join(written for written, _ in readings)
        alone = [phones for _, phones in readings]
        groups = self._espeak.groups(written) if _fits(written) else alone
        voiced = [i for i, phones in enumerate(alone) if phones]
        matched = match_words(groups, [alone[i] for i in voiced])
        result: list[Phones] = [()] * len(words)
        for i, phones in zip(voiced, matched, strict=True):
            result[i] = self._with_final_s(words[i], phones)
            if self._is_letter_a(words, i):
                result[i] = (Phone("eɪ", 1),)
        return result

    def _respelled(self, word: str, shouted: bool) -> str:
        """As espeak-ng reads it right; `shouted`: in a clause that is all in capitals."""
        if self.language.startswith("en"):
            plural = SPELLED_WITH_S.fullmatch(word)
            word = CAPITALS.sub(lambda m: self._acronym(m[0], shouted), plural[1] if plural else word)
            return OPENING_A.sub("-A", word)
        base = self.language.split("-")[0]
        if base == "it" or (base == "de" and GERMAN_NUMBER.fullmatch(word)):
            return JOINTS[base].sub("-", word)
        return _digits(base).get(word, word)

    def _acronym(self, word: str, shouted: bool) -> str:
        dotted = ".".join(word)
        if word in SPELLED:
            return dotted
        if shouted:
            return word
        if word in WORDS:
            return word.lower()
        spelled = self._espeak.among(word) == self._espeak.among(dotted)
        return dotted if spelled else word

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
            raise UserError(f"language {language!r}: espeak-ng has no such language{near(language, known)}")
        self._wrapper.set_voice(language)
        self._english = language.startswith("en")
        self.word = lru_cache(maxsize=100_000)(self._word)
        self.among = lru_cache(maxsize=10_000)(self._among)

    def groups(self, text: str) -> list[Phones]:
        """Phones between the spaces of espeak-ng's answer."""
        with self._lock:
            answer = self._wrapper.text_to_phonemes(text)
        answer = LANGUAGE_SWITCH.sub("", answer)
        groups = (_phones(group) for group in answer.split())
        return [group for group in groups if group]

    def _among(self, word: str) -> list[Phones]:
        """What is said for a word among others in small letters."""
        return self.groups(AMONG_OTHERS.format(word))

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


def near(language: str, known: list[str]) -> str:
    """The known languages nearest to one that is not, as the end of an error."""
    base = re.split(r"[-_]", language.lower())[0]
    found = [k for k in known if base and k.split("-")[0] == base]
    found = found or difflib.get_close_matches(language.lower(), known, n=3, cutoff=0.4)
    return f"; did you mean {', '.join(found[:5])}?" if found else f"; known: {', '.join(known)}"


@lru_cache(maxsize=200_000)
def _phones(group: str) -> Phones:
    return place_stress(group.split("_"))
