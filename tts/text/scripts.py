"""Words in another script than a text's, which espeak-ng would spell letter by letter or pass over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from tts.text.braces import BRACES


def character_ranges(points: Iterable[int]) -> str:
    """Code points in rising order as they stand in a class of a regular expression, where ranges compile faster."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


COMBINING = character_ranges(c for c in range(0x300, 0x10000) if unicodedata.category(chr(c))[0] == "M")
LETTER = rf"[^\W_{COMBINING}][{COMBINING}\u200c\u200d]*"
HAN = re.compile("[\u3400-\u9fff]")
LATIN = frozenset({
    "af", "ca", "cs", "cy", "da", "de", "en", "eo", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu", "id", "is", "it",
    "la", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sq", "sv", "sw", "tr", "vi",
})  # fmt: skip
"""Languages of espeak-ng that are written in Latin letters and no others."""
READ_HAN = ("cmn", "yue", "hak")
"""Elsewhere, Japanese included, espeak-ng says "Chinese letter" for each character: nothing to train on."""
OWN_HAN = ("ja", "ko")
"""Languages that have Chinese characters in their own words, and would be misread in Chinese."""
LANGUAGES = {
    "ARABIC": "ar", "ARMENIAN": "hy", "BENGALI": "bn", "CJK": "cmn", "CYRILLIC": "ru", "DEVANAGARI": "hi",
    "ETHIOPIC": "am", "GEORGIAN": "ka", "GREEK": "el", "GUJARATI": "gu", "GURMUKHI": "pa", "HANGUL": "ko",
    "HEBREW": "he", "HIRAGANA": "ja", "KANNADA": "kn", "KATAKANA": "ja", "KATAKANA-HIRAGANA": "ja",
    "MALAYALAM": "ml", "MYANMAR": "my", "ORIYA": "or", "SINHALA": "si", "TAMIL": "ta", "TELUGU": "te", "THAI": "th",
}  # fmt: skip
"""By the first word of a letter's name in Unicode, the language that most texts in that script are in."""
WITHOUT_SPACES = ("cmn", "ja", "th", "my")
OTHER_LETTER = rf"(?![\0-\u036f\u1d00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff])[^\W\d_{COMBINING}][{COMBINING}\u200c\u200d]*"
WORD = re.compile(rf"(?:{OTHER_LETTER})+")
"""Of letters that are not Latin."""
BETWEEN = re.compile(r"[^\S\n]{0,3}|['’·-]")
"""What may stand between two words of one run."""
DASH = re.compile(r"(?<=\s)[一ー](?=\s)")
"""A character that stands for a dash, alone between words in Latin letters."""


class _Stretch(NamedTuple):
    """Characters of a text, and the language to read them in."""

    start: int
    end: int
    language: str


def in_another_script(words: Iterable[str], language: str) -> str | None:
    """The first word that espeak-ng would spell in a language of Latin letters; a single letter (α, π) is read by its
    name, and none is said to be in another script then."""
    return next(filter(_has_no_latin_letter, words), None) if _is_latin(language) else None


def in_chinese(words: Iterable[str], language: str) -> str | None:
    """The first word with a Chinese character, where the language is not read with such."""
    return None if language.startswith(READ_HAN) else next(filter(HAN.search, words), None)


def with_languages(text: str, language: str) -> str:
    """`text` with words in another script in braces, each with a language that is written so: `{ru: Москва}`.

    What stands in braces already is as it was, as are single letters, words with Latin letters in them, and scripts
    that no language here has.
    """
    latin = _is_latin(language)
    if text.isascii() or not (latin or HAN.search(text)) or language.startswith((*READ_HAN, *OWN_HAN)):
        return text
    pieces = BRACES.split(DASH.sub("—", text) if latin else text)
    pieces[::2] = [_marked(piece, latin) for piece in pieces[::2]]
    return "".join(f"{{{piece}}}" if i % 2 else piece for i, piece in enumerate(pieces))


def _marked(text: str, latin: bool) -> str:
    """`latin`: whether all other scripts are another language's; else only Chinese characters are."""
    runs = list[list[_Stretch]]()
    for one in _elsewhere(text, latin):
        last = runs[-1][-1] if runs else None
        if last and last.language == one.language and BETWEEN.fullmatch(text, last.end, one.start):
            runs[-1].append(one)
        else:
            runs.append([one])
    runs = [run for run in runs if run[0].language in WITHOUT_SPACES or any(one.end - one.start > 1 for one in run)]
    edges = [0, *(edge for run in runs for edge in (run[0].start, run[-1].end)), len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    parts[1::2] = [f"{{{run[0].language}: {part}}}" for run, part in zip(runs, parts[1::2], strict=True)]
    return "".join(parts)


def _elsewhere(text: str, latin: bool) -> Iterator[_Stretch]:
    """What is to be read in other languages."""
    for word in WORD.finditer(text):
        # Latin letters or digits are in the same word, as in Wеb and СO2.
        mixed = text[word.start() - 1 : word.start()].isalnum() or text[word.end() : word.end() + 1].isalnum()
        for one in _stretches(word):
            if (latin or one.language == "cmn") and (one.language in WITHOUT_SPACES or not mixed):
                yield one


def _stretches(word: re.Match[str]) -> Iterator[_Stretch]:
    """Parts of a word, each of letters of one language; none of letters of an unknown one. Chinese characters beside
    kana are Japanese."""
    names = [unicodedata.name(character, "").split(" ")[0] for character in word[0]]
    known = ["cmn" if name == "IDEOGRAPHIC" else LANGUAGES.get(name, "") for name in names]
    if "ja" in known:
        known = ["ja" if one == "cmn" else one for one in known]
    start = word.start()
    for language, letters in groupby(_carried(known, word[0])):
        end = start + len(list(letters))
        if language:
            yield _Stretch(start, end, language)
        start = end


def _carried(known: Sequence[str], letters: str) -> Iterator[str]:
    """The language of each character; marks and joiners have that of their letter."""
    current = ""
    for language, character in zip(known, letters, strict=True):
        current = current if unicodedata.category(character)[0] in "MC" else language
        yield current


def _is_latin(language: str) -> bool:
    return language.split("-")[0] in LATIN and language != "en-shaw"


def _has_no_latin_letter(word: str) -> bool:
    letters = [c for c in word if unicodedata.category(c)[0] == "L"] if not word.isascii() else []
    return len(letters) > 1 and not any(unicodedata.name(c, "").startswith(("LATIN", "MODIFIER")) for c in letters)
