"""Written text to tokens: what training corpora, voices and aligners all read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tts.errors import UserError
from tts.text.braces import BRACES, MARK, in_another_language
from tts.text.config import TextConfig
from tts.text.languages import reader
from tts.text.normalise import clean, normalise
from tts.text.phonemes import Phonemiser
from tts.text.phones import Phone, Phones, place_stress
from tts.text.scripts import LETTER, in_another_script, in_chinese
from tts.text.sentences import LONGEST_SENTENCE, split_sentences
from tts.text.symbols import SPECIAL
from tts.text.tokens import END, START, Tokens, is_silence

__all__ = ["LONGEST_SENTENCE", "TextFrontEnd", "Unpronounceable", "split_sentences"]


MARKS = {
    **{mark: mark for mark in ",.?!;:—…"},
    **dict.fromkeys("()[]", ","),
    "–": "—",
    **dict.fromkeys("၊、，،", ","),
    **dict.fromkeys("。።။।", "."),
    "؟": "?",
    "؛": ";",
}
"""Written mark to punctuation token. Brackets and dashes are pauses; quotation marks and the rest are not read."""
STRENGTH = ",—;:….!?"
"""Of several marks in a row the one furthest right here stays."""
READ_SIGNS = "%&+=@#€$£¥₹°§"
"""Signs that espeak-ng reads as words; normalised English has none left."""
JOIN = rf"['·-]|(?<=\d)[.,:/](?=\d)|(?<![^\W_]{{2}})\.(?={LETTER}(?![^\W_]))"
"""What may stand between two characters of one word: don't, well-known, 17:05, U.S.A, but not the end of a.Sentence."""
ASCII_IPA = str.maketrans({"g": "ɡ", ":": "ː", "'": "ˈ"})
"""What people type for IPA letters that keyboards lack."""


class Unpronounceable(UserError):
    """No phone remains of a text."""


@dataclass(frozen=True)
class _Word:
    written: str
    phones: Phones | None = None
    """Given in braces; None where the text says how to read it."""
    language: str = ""
    """Of a word in another language than the text's."""


@dataclass(frozen=True)
class _Mark:
    """The beginning of a stretch of a marked-up text, or a pause in it."""

    number: int
    pause: bool


class TextFrontEnd:
    """Text to tokens by one `TextConfig`. Cheap to construct, picklable, safe to share between threads.

    Words are those of the normalised text, so "5 km" is two words, "five" and "kilometres". Phones in braces,
    separated by spaces, are one word taken as it is: `Say {h ə l ˈoʊ} now`. Text in braces after a language and a colon
    is read in that language: `She said {fr-fr: bonjour} to all`. Punctuation tokens are `, . ? ! ; : — …`;
    of several in a row the strongest stays, and there is none before the first sound.

    Raises
    ------
    UserError: `units=phones` and espeak-ng lacks the language.
    """

    def __init__(self, config: TextConfig) -> None:
        self.config = config
        # Kept so that a worker process, which gets the front end pickled, imports the package that defines the reader.
        self._reader = reader(config.language)
        self._phonemiser = Phonemiser(config.language) if config.units == "phones" else None

    def __call__(self, text: str, marked: bool = False) -> Tokens:
        """The tokens of `text`, `<s>` first and `</s>` last.

        Parameters
        ----------
        marked: read `{#3}` and `{#4 ,}` as marks (`tts.text.controls.Marked`); words on both sides are read together.

        Raises
        ------
        Unpronounceable: nothing in the text has a sound, or a Chinese character stands in another language.
        UserError: braces hold something that is no phone, or a language that espeak-ng lacks.
        """
        symbols, stress, word, language, marks = [START], [0], [-1], [""], [0]
        words: list[str] = []
        current = 0
        for item in self._pronounced(list(self._items(text, marked))):
            if isinstance(item, _Mark) and not item.pause:
                current = item.number
            elif isinstance(item, str | _Mark):
                symbol, mark = (item, current) if isinstance(item, str) else (",", item.number)
                if word[-1] >= 0:
                    symbols.append(symbol)
                    stress.append(0)
                    word.append(-1)
                    language.append("")
                    marks.append(mark)
                elif isinstance(item, _Mark):
                    marks[-1] = mark
                elif STRENGTH.find(item) > STRENGTH.find(symbols[-1]) >= 0:
                    symbols[-1] = item
            elif item.phones:
                symbols += [phone.symbol for phone in item.phones]
                stress += [phone.stress for phone in item.phones]
                word += [len(words)] * len(item.phones)
                language += [item.language] * len(item.phones)
                marks += [current] * len(item.phones)
                words.append(item.written)
        if not words:
            raise Unpronounceable(f"nothing to pronounce in the text {_quoted(text)}; write words, not only signs")
        spoken = [name or self.config.language for name in (*language, "")] if any(language) else []
        numbers = (*marks, 0) if any(marks) else ()
        return Tokens((*symbols, END), (*stress, 0), (*word, -1), tuple(words), tuple(spoken), numbers)

    def _items(self, text: str, marked: bool = False) -> Iterator[_Word | _Mark | str]:
        """Words without phones, words given in braces, marks, and punctuation marks (as strings), in order."""
        for i, piece in enumerate(BRACES.split(text)):
            if i % 2 and marked and (mark := MARK.fullmatch(piece)):
                yield _Mark(int(mark[1]), mark[2] is not None)
                continue
            if i % 2:
                elsewhere = in_another_language(piece)
                yield from self._elsewhere(*elsewhere) if elsewhere else self._given(piece, text)
                continue
            piece = normalise(piece, self.config.language) if self.config.normalize else clean(piece)
            for match in _item(self._reader.clipped).finditer(piece):
                if match["mark"]:
                    if not _inside_word(match):
                        yield MARKS[match["mark"]]
                else:
                    yield _Word(match["word"] or match["sign"])

    def _elsewhere(self, language: str, text: str) -> Iterator[_Word | _Mark | str]:
        other = front_end(replace(self.config, language=language))
        for item in other._pronounced(list(other._items(text))):
            yield replace(item, language=language) if isinstance(item, _Word) else item

    def _given(self, inside: str, text: str) -> Iterator[_Word]:
        parts = inside.split()
        if self.config.units == "phones":
            parts = [part.translate(ASCII_IPA) for part in parts]
        phones = place_stress(parts)
        for phone in phones:
            letters = any(unicodedata.category(c)[0] == "L" for c in phone.symbol)
            if not letters or phone.symbol in SPECIAL or is_silence(phone.symbol):
                raise UserError(
                    f"{phone.symbol!r} in the braces of {_quoted(text)} is not a phone; separate phones by spaces"
                )
        if phones:
            yield _Word("".join(unicodedata.normalize("NFC", part) for part in parts), phones)

    def _pronounced(self, items: Sequence[_Word | _Mark | str]) -> Iterator[_Word | _Mark | str]:
        """Words get their phones, each clause (between punctuation, pauses and braces) in one go."""
        clause: list[_Word | _Mark] = []
        for item in (*items, ""):
            if (isinstance(item, _Word) and item.phones is None) or (isinstance(item, _Mark) and not item.pause):
                clause.append(item)
                continue
            read = iter(self._read([word.written for word in clause if isinstance(word, _Word)]))
            for word in clause:
                yield _Word(word.written, next(read)) if isinstance(word, _Word) else word
            clause = []
            if item:
                yield item

    def _read(self, words: list[str]) -> list[Phones]:
        if not self._phonemiser:
            return [spelled(word) for word in words]
        language = self.config.language
        if strange := in_chinese(words, language):
            raise Unpronounceable(f"espeak-ng cannot read {strange!r} in {language}; respell it")
        if strange := in_another_script(words, language):
            raise Unpronounceable(
                f"espeak-ng would name the letters of {strange!r} in {language}; respell it, or choose the language of "
                "the text (corpus.language)"
            )
        return self._phonemiser(words)


@cache
def front_end(config: TextConfig) -> TextFrontEnd:
    """The front end of a config, kept. Raises UserError where espeak-ng lacks its language."""
    return TextFrontEnd(config)


@cache
def _item(clipped: str) -> re.Pattern[str]:
    """A word, a sign or a punctuation mark; `clipped`: expression of an apostrophe that begins a word."""
    return re.compile(
        rf"(?P<word>(?:{clipped})?{LETTER}(?:(?:{JOIN})?{LETTER})*)"
        rf"|(?P<sign>[{READ_SIGNS}])|(?P<mark>[{re.escape(''.join(MARKS))}])"
    )


def spelled(word: str) -> Phones:
    """Lower-case characters of a word, each with its combining marks: letters, digits and apostrophes."""
    characters = re.findall(rf"{LETTER}|'", unicodedata.normalize("NFC", word.lower()))
    return tuple(Phone(c, 0) for c in characters) if any(c != "'" for c in characters) else ()


def _inside_word(match: re.Match[str]) -> bool:
    """A bracket that opens or closes within a word, as in colo(u)r, is no pause."""
    if match[0] not in "()[]":
        return False
    text, at = match.string, match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before.isalnum() if match[0] in "([" else after.isalnum()


def _quoted(text: str) -> str:
    short = re.sub(r"\s+", " ", text).strip()
    return repr(short if len(short) <= 80 else short[:79] + "…")
