"""A subset of the W3C's Speech Synthesis Markup Language 1.1: `<speak>…</speak>` to a text with numbered stretches.

Read by expat, without entities, document types and anything else that would be fetched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn, TypeVar
from xml.parsers import expat

from tts.errors import UserError
from tts.settings.schema import nearest
from tts.text.controls import AS_PREDICTED, Controls, Marked, Stretch
from tts.text.languages.english.abbreviations import TITLES
from tts.text.languages.english.stops import STARTERS
from tts.text.likeness import LETTERS_OF_A_PHONE, letters, may_be_phone
from tts.text.phones import apart

T = TypeVar("T")

RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.75}
PITCHES = {"x-low": -4.0, "low": -2.0, "medium": 0.0, "default": 0.0, "high": 2.0, "x-high": 4.0}
RANGES = {"x-low": 0.25, "low": 0.6, "medium": 1.0, "default": 1.0, "high": 1.4, "x-high": 1.8}
VOLUMES = {"silent": -40.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
"""Seconds."""
EMPHASIS = {
    "strong": Controls(speed=0.8, pitch=2.5, pitch_range=1.2, energy=3.0),
    "moderate": Controls(speed=0.88, pitch=1.5, pitch_range=1.1, energy=1.5),
    "none": AS_PREDICTED,
    "reduced": Controls(speed=1.15, pitch=-1.0, pitch_range=0.8, energy=-2.0),
}
"""An accented word is longer, higher and louder (Fry 1958, "Experiments in the perception of stress")."""
LONGEST = 10.0
"""Seconds of a pause, or of what `duration` is asked for."""
TITLE = re.compile(rf"\b(?:{'|'.join(TITLES)}|St)\.\Z")
INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}\Z")
PARAGRAPH = "\n\n"
SPACE = re.compile(r"\s+")
"""In XML the end of a line is a space, whatever the lines look like."""
DEEPEST = 50
"""Elements within each other."""
ATTRIBUTES = {
    "speak": ("version", "xml:lang", "xmlns", "xmlns:xsi", "xsi:schemaLocation"),
    "p": ("xml:lang",),
    "s": ("xml:lang",),
    "break": ("time", "strength"),
    "prosody": ("rate", "pitch", "range", "volume", "duration"),
    "emphasis": ("level",),
    "phoneme": ("ph", "alphabet"),
    "lang": ("xml:lang",),
    "sub": ("alias",),
}
"""Of every element that is known."""
_TIME = re.compile(r"\+?(\d+(?:\.\d*)?|\.\d+)(ms|s)")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")


def is_ssml(text: str) -> bool:
    """Whether a text is marked up: it begins with `<speak`, or as only XML does."""
    return re.match(r"\s*<(?:speak[\s>/]|\?xml\s|!DOCTYPE\s)", text) is not None


def read_ssml(document: str) -> Marked:
    """The text of a document, and how its stretches are to be said.

    Raises
    ------
    UserError: no well-formed XML, an element or attribute that is not known here, or a value that is none: with its
        line and column.
    """
    return _Reader().read(document)


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")  # whatever an XML declaration says: the text is decoded already
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = lambda *_: self._fail("a document type is not read; leave it out")
        self.open: list[tuple[str, int, str]] = []
        """Each element's name, and the number of the stretch and the language outside it."""
        self.stretches = [Stretch()]
        self.numbers: dict[Stretch, int] = {self.stretches[0]: 0}
        self.current = self.said = 0
        """Number of the stretch that text is in, and of the last that it was marked with."""
        self.language = ""
        self.pauses: list[float] = []
        """Seconds of breaks since the last text."""
        self.replaced = 0
        """How deep within an element whose text is not read."""
        self.pieces: list[str] = []

    def read(self, document: str) -> Marked:
        try:
            self.parser.Parse(document.strip().encode("utf-8"), True)
        except expat.ExpatError as error:
            self._fail(f"not well-formed XML: {expat.ErrorString(error.code)}")
        except UnicodeEncodeError as error:
            raise UserError(f"<speak>: not Unicode text: {error}") from error
        text = "".join(self.pieces).rstrip() + self._breaks()
        return Marked(text, tuple(self.stretches))

    def _fail(self, what: str) -> NoReturn:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber
        raise UserError(f"<speak>, line {line}, column {column + 1}: {what}")

    def _start(self, name: str, given: dict[str, str]) -> None:
        if not self.open and name != "speak":
            self._fail(f"<{name}> where <speak> must be the outermost element")
        if name not in ATTRIBUTES:
            self._fail(f"<{name}> is not read{nearest(name, ATTRIBUTES)}")
        if len(self.open) >= DEEPEST:
            self._fail(f"more than {DEEPEST} elements within each other")
        unknown = [key for key in given if key not in ATTRIBUTES[name]]
        if unknown:
            self._fail(f"<{name} {unknown[0]}=…> is not read{nearest(unknown[0], ATTRIBUTES[name])}")
        self.open.append((name, self.current, self.language))
        outer = self.stretches[self.current]
        try:
            if name == "prosody":
                seconds = self._seconds(given["duration"], "duration") if "duration" in given else outer.seconds
                self._enter(Stretch(outer.controls.beside(self._prosody(given)), seconds))
            elif name == "emphasis":
                level = self._label(given.get("level", "moderate"), "level", EMPHASIS)
                self._enter(replace(outer, controls=outer.controls.beside(level)))
        except UserError as error:
            if str(error).startswith("<speak>"):
                raise
            self._fail(str(error))
        if name == "break":
            seconds = STRENGTHS["medium"]
            if "time" in given:
                seconds = self._seconds(given["time"], "time")
            elif "strength" in given:
                seconds = self._label(given["strength"], "strength", STRENGTHS)
            self.pauses.append(seconds)
        elif name in ("p", "s"):
            self.pieces.append(PARAGRAPH)
        elif name == "lang":
            self.language = self._needed(given, "lang", "xml:lang").lower().replace("_", "-")
        elif name == "sub":
            self._say(self._needed(given, "sub", "alias"))
            self.replaced += 1
        elif name == "phoneme":
            if given.get("alphabet", "ipa") != "ipa":
                self._fail(f"alphabet={given['alphabet']!r} is not read: write the phones in ipa")
            phones = self._needed(given, "phoneme", "ph")
            if {"{", "}"} & set(phones) or phones.startswith("#"):
                self._fail(f"ph={phones!r}: these are no phones")
            parts = phones.split()
            if len(parts) == 1 or any(len(letters(part)) > LETTERS_OF_A_PHONE for part in parts):
                phones = " ".join(map(" ".join, map(apart, parts)))
            if wrong := next((part for part in phones.split() if not may_be_phone(part)), None):
                self._fail(f"ph={given['ph']!r}: {wrong!r} is no phone")
            self._say(f"{{{phones}}}", phones=True)
            self.replaced += 1

    def _end(self, name: str) -> None:
        _, self.current, self.language = self.open.pop()
        if name in ("sub", "phoneme"):
            self.replaced -= 1
        elif name in ("p", "s"):
            self.pieces.append(PARAGRAPH)

    def _text(self, text: str) -> None:
        if not self.replaced:
            self._say(SPACE.sub(lambda space: PARAGRAPH if space[0].count("\n") > 1 else " ", text))

    def _say(self, text: str, phones: bool = False) -> None:
        if re.search(r"\{\s*#", text):
            self._fail("braces that begin with # hold no phones")
        said = text.strip()
        if not said:
            self.pieces.append(text)
            return
        before, after = text[: text.index(said[0])], text[len(text.rstrip()) :]
        if self.language and not phones:
            if {"{", "}"} & set(said):
                self._fail("braces within <lang>: write the element around what is read in that language alone")
            said = f"{{{self.language}: {said}}}"
        pause = self._breaks()
        mark = "" if self.current == self.said else f"{{#{self.current}}}"
        title = "" if pause or not mark else self._title(said)
        self.pieces += [before, pause, mark, title, said, after]
        self.said = self.current

    def _title(self, said: str) -> str:
        """What belongs before `said` and, read without it, would end a sentence: a title, which is taken back. Of
        initials (U.S.) the last full stop is."""
        i = next((i for i in reversed(range(len(self.pieces))) if self.pieces[i].strip()), 0)
        last = self.pieces[i] if self.pieces and PARAGRAPH not in self.pieces[i:] else ""
        title = TITLE.search(last)
        if title and said[0].isupper():
            self.pieces[i:] = [last[: title.start()]]
            return f"{title[0]} "
        if INITIALS.search(last) and not re.match(rf"(?:{STARTERS})\b", said):
            self.pieces[i] = last[:-1]
        return ""

    def _breaks(self) -> str:
        """The mark of what breaks have come, as one pause."""
        if not self.pauses:
            return ""
        self.stretches.append(Stretch(seconds=min(LONGEST, sum(self.pauses))))  # each its own: tokens of one share it
        self.pauses.clear()
        return f"{{#{len(self.stretches) - 1} ,}}"

    def _enter(self, stretch: Stretch) -> None:
        """Begin a stretch; one that is to last some time is like no other."""
        if stretch.seconds is not None and stretch.seconds != self.stretches[self.current].seconds:
            self.stretches.append(stretch)
            self.current = len(self.stretches) - 1
        else:
            self.current = self._number(stretch)

    def _number(self, stretch: Stretch) -> int:
        if stretch not in self.numbers:
            self.numbers[stretch] = len(self.stretches)
            self.stretches.append(stretch)
        return self.numbers[stretch]

    def _needed(self, given: dict[str, str], element: str, name: str) -> str:
        if not given.get(name, "").strip():
            self._fail(f"<{element}> needs {name}")
        return given[name].strip()

    def _label(self, value: str, name: str, known: dict[str, T]) -> T:
        if value not in known:
            self._fail(f"{name}={value!r}: choose one of {', '.join(known)}")
        return known[value]

    def _seconds(self, value: str, name: str) -> float:
        found = _TIME.fullmatch(value.strip())
        seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else math.inf
        if seconds > LONGEST:
            self._fail(f"{name}={value!r}: give a time up to {LONGEST:g}s, such as 500ms or 1.5s")
        return seconds

    def _prosody(self, given: dict[str, str]) -> Controls:
        return Controls(
            speed=self._value(given, "rate", RATES, _factor, "a share such as 80%, or 1.2"),
            pitch=self._value(given, "pitch", PITCHES, _semitones, "semitones such as +2st, or a share such as -10%"),
            pitch_range=self._value(given, "range", RANGES, _factor, "a share such as 120% or -20%"),
            energy=self._value(given, "volume", VOLUMES, _decibels, "decibels such as +6dB"),
        )

    def _value(
        self,
        given: dict[str, str],
        name: str,
        labels: dict[str, float],
        read: Callable[[str], float | None],
        wanted: str,
    ) -> float:
        value = given.get(name, "default").strip()
        found = labels.get(value, read(value))
        if found is None:
            self._fail(f"{name}={value!r}: give {wanted}, or one of {', '.join(labels)}")
        return found


def _factor(value: str) -> float | None:
    """`120%`, `+20%`, `1.2`."""
    number = value.removesuffix("%")
    if not _NUMBER.fullmatch(number):
        return None
    if number == value:
        return float(number)
    return float(number) / 100 + (1 if number[0] in "+-" else 0)


def _semitones(value: str) -> float | None:
    """`+2st`, `+10%`."""
    if value.endswith("st") and _NUMBER.fullmatch(value[:-2]):
        return float(value[:-2])
    factor = _factor(value) if value.endswith("%") else None
    return 12 * math.log2(factor) if factor is not None and factor > 0 else None


def _decibels(value: str) -> float | None:
    return float(value[:-2]) if value.endswith("dB") and _NUMBER.fullmatch(value[:-2]) else None
