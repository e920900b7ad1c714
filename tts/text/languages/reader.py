"""How a language is read aloud: what all share, and the register of those that have more to say.

num2words says the numbers, CLDR (through Babel) dates, units and currencies. What is still written in digits after that
is left to espeak-ng.
"""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import UnknownUnitError, format_unit

from tts.text.languages import abbreviations, telephone
from tts.text.languages.scales import SCALES, Scales
from tts.text.languages.spoken import Spoken
from tts.text.languages.words import (
    ADDRESSES,
    BEFORE_AMOUNTS,
    DAYS_AS_ORDINALS,
    HOURS_WITH_STOP,
    LOCAL_MONEY,
    OPERATORS,
    ORDINALS,
    PERCENT,
    PERCENT_FIRST,
)
from tts.text.languages.written import (
    ADDRESS,
    DATE,
    DEGREES,
    GERSHAYIM,
    INDIAN,
    INITIAL,
    ISO_DATE,
    MONEY_AFTER,
    MONEY_BEFORE,
    MONEY_BETWEEN,
    NEW_SENTENCE,
    NUMBER,
    NUMERAL,
    OPERATOR,
    PERCENT_BEFORE,
    PERCENT_SIGN,
    RANGE,
    SPACED_DATE,
    UNIT,
    UNITS,
)
from tts.text.roman import ROMAN


class Reader(Spoken):
    """One language. Its rules are applied in the order of `read`; each leaves alone what it does not know.

    A language that needs no more than numbers, dates and units is read by this class itself. One that has words and
    rules of its own is a subclass, whose definition is all that it takes for texts of that language to be read by it::

        class Swedish(Reader, language="sv"):
            abbreviations: ClassVar = {"t. ex.": "till exempel", "kl.": "klockan"}
            examples: ClassVar = {"t.ex. 5 km": "till exempel fem kilometer"}
            minus = "minus"

    Parameters
    ----------
    language: an espeak-ng language, such as pt-br: the region decides about numbers and dates.

    Raises
    ------
    TypeError: a class is defined for a language that another one reads, and is no subclass of that one.
    """

    of_language: ClassVar[dict[str, type[Reader]]] = {}
    """Languages, without their regions, and who reads them."""
    examples: ClassVar[dict[str, str]] = {}
    """Written to read, at least one of every rule; tests hold the language to them."""
    abbreviations: ClassVar[dict[str, str]] = {}
    """Written to read. `#` at either end stands for a digit there, `A` at the end for a capital letter, `-` at the
    start for a letter. What is read ends in a full stop where a sentence may end with the abbreviation."""
    fractions: ClassVar[dict[str, str]] = {}
    """Written, as in `1/2`, to read; the characters for them, such as ½, are read likewise."""
    to = ""
    """Said between the two ends of a range."""
    clock: tuple[str, str] | None = None
    """How times are said: with hours `{h}` and minutes `{m}`, and at whole hours with `{h}` alone."""
    hour = "h"
    """Regular expression of the word for *hour*, which may follow a time in digits."""
    dot, at, slash = "", "", ""
    """How `.`, `@` and `/` are read in addresses; without them, addresses are left as they are."""
    one: tuple[str, str] | None = None
    """Where the word for *hour* is feminine: the ending of *one* in a number, and its ending before hours."""
    years_of_hundreds = False
    """1989 is nineteen hundred eighty-nine, and not one thousand nine hundred eighty-nine."""
    first_of_month = False
    """Only the first of a month is an ordinal."""
    clipped = r"'(?=(?i:tis|twas|em|til|cause|bout|cos|n|round)\b)"
    """Regular expression of an apostrophe that is part of the word after it; elsewhere it is a quotation mark."""
    eliding = False
    """l' and d' belong to the next word, even where a quotation mark stands between."""

    def __init_subclass__(cls, language: str = "") -> None:
        if not language:
            return
        there = Reader.of_language.get(language)
        again = there is not None and (there.__module__, there.__qualname__) == (cls.__module__, cls.__qualname__)
        if there is not None and not again and not issubclass(cls, there):
            raise TypeError(
                f"{cls.__module__}.{cls.__qualname__}: {language!r} is read by {there.__module__}.{there.__qualname__} "
                "already; make yours a subclass of it"
            )
        Reader.of_language[language] = cls

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._abbreviations = abbreviations.found(self.base, self.abbreviations, self.fractions)
        self._phone = telephone.pattern(self.base)
        self._scales = Scales(self) if self.base in SCALES else None
        if not self.dot:
            self.dot, self.at, self.slash = ADDRESSES.get(self.base, ("", "", ""))
        hour = self.hour
        self._time = re.compile(
            rf"(?<![\w.,:])([01]?\d|2[0-4])(?:[:h]|\.(?=\d\d(?:\s?(?:-|–|{self.to or '-'})\s?\d+\.\d\d)?\s?(?:{hour})\b))([0-5]\d)(?![\w:]|[.,]\d)(?:\s?(?:{hour})\b)?"
        )
        self._whole_hour = re.compile(rf"(?<![\w.,:])([01]?\d|2[0-4])\s?(?:{hour})(?![\w']|\.\w)")
        stopped = HOURS_WITH_STOP.get(self.base)
        self._stopped_time = stopped and re.compile(rf"\b({stopped}) (\d{{1,2}})\.([0-5]\d)(?![\w:]|[.,]\d)")
        sign, self._code = LOCAL_MONEY.get(self.base, ("", ""))
        before = rf"|(?<!\w){sign}\.?\s?(?=\d)" if sign in BEFORE_AMOUNTS else ""
        self._local_money = sign and re.compile(rf"(?<=\d)\s?({sign})(?:\.(?=\s[^\W\dA-ZÅÄÖÆØ]|,))?(?!\w){before}")
        self._day_first = self.locale is not None and self.locale.date_formats["short"].pattern.startswith("d")
        months = "|".join(re.escape(m) for m in self.locale.months["format"]["wide"].values()) if self.locale else "$^"
        self._day = re.compile(rf"(?<![\w.,:-])(\d{{1,2}})(\.?)(?=\s(?:de )?(?:{months})\b)")

    def __reduce__(self) -> tuple[type[Reader], tuple[str]]:
        return type(self), (self.language,)

    def read(self, text: str) -> str:
        """`text` in words as far as the language is known. Never raises, whatever the text."""
        text = text.translate({ord("٫"): self.mark, ord("٬"): None, ord("٪"): "%", ord("℃"): "°C", ord("℉"): "°F"})
        if self.eliding:
            text = re.sub(r"(?<=[^\W\d]')\s?\"\s?(?=\w)", "", text)
        if self.dot:
            text = ADDRESS.sub(self._address, text)
        numbers = any(c.isdigit() for c in text)
        if numbers:
            text = INDIAN.sub(lambda match: match[0].replace(",", ""), text)
            text = self._phone.sub(lambda m: telephone.said(m, self.base), self.dates(text))
            text = self._scales.read(text) if self._scales else text
        for pattern, said in self._abbreviations:
            text = pattern.sub(partial(self._abbreviated, said), text)
        text = GERSHAYIM.sub("", text)
        if numbers:
            text = OPERATOR.sub(self._operator, self.times(RANGE.sub(self._range, text)))
            if self._local_money:
                text = self._local_money.sub(lambda m: f" {self._code}" if m[1] else f"{self._code} ", text)
            text = MONEY_BETWEEN.sub(r"\1,\3 \2", text)
            text = MONEY_BEFORE.sub(lambda m: self._money(m[0], m[1], m[3], m[2]), text)
            text = MONEY_AFTER.sub(lambda m: self._money(m[0], m[1], m[2], m[3]), text)
            if self.base in PERCENT_FIRST:
                text = PERCENT_BEFORE.sub(f"{PERCENT_FIRST[self.base]} ", text)
            if self.base in PERCENT:
                text = PERCENT_SIGN.sub(f" {PERCENT[self.base]}", text)
        text = self.ordinals(DEGREES.sub(r" °\1", text))
        text = self._day.sub(lambda m: self.day(m[1], m[2]), text)
        text = NUMBER[".," if self.both_decimals else self.mark].sub(self._number, UNIT.sub(self._unit, text))
        return NUMERAL.sub(self._numeral, text)

    def held_stops(self, text: str) -> Iterator[int]:
        """Where full stops are in `text` that belong to an abbreviation or an ordinal and end no sentence."""
        for pattern, said in self._abbreviations:
            for match in pattern.finditer(text):
                stops = [match.start() + m.start() for m in re.finditer(r"\.", match[0])]
                yield from stops[:-1] if said.endswith(".") and NEW_SENTENCE.match(text, match.end()) else stops
        yield from (match.end() - 1 for match in self._day.finditer(text) if match[2])
        for match in SPACED_DATE.finditer(text):
            yield from (match.end(1), match.end(2))

    def goes_on(self, before: str, after: str) -> bool:
        """Whether a sentence goes on after `before`, a few characters that end in a mark, with `after`, some more."""
        return INITIAL.search(before) is not None

    def dates(self, text: str) -> str:
        """Dates in digits in the long form of CLDR."""

        def date(whole: str, day: str, month: str, year: str) -> str:
            try:
                when = datetime.date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
                return str(format_date(when, "long", locale=self.locale))
            except ValueError:
                return whole

        if self.locale is None:
            return text
        text = SPACED_DATE.sub(r"\1.\2.", ISO_DATE.sub(lambda m: date(m[0], m[3], m[2], m[1]), text))
        return DATE.sub(lambda m: date(m[0], m[1], m[3], m[4]), text) if self._day_first else text

    def times(self, text: str) -> str:
        """Times of day, as `clock` says."""
        if self._stopped_time:
            text = self._stopped_time.sub(lambda m: f"{m[1]} {m[2]}" + f" {m[3]}" * (m[3] != "00"), text)
        if self.clock is None:
            return text
        text = self._time.sub(lambda m: self._clock(int(m[1]), int(m[2])), text)
        said_after = re.fullmatch(self.hour, self.clock[1].split()[-1])
        return self._whole_hour.sub(lambda m: self._clock(int(m[1]), 0), text) if said_after else text

    def ordinals(self, text: str) -> str:
        """Ordinals that are written in digits and marked as such."""
        written = ORDINALS.get(self.base)
        return re.sub(written, lambda match: self.ordinal(match[1]), text) if written else text

    def day(self, digits: str, stop: str) -> str:
        """The day of a month; `stop` where it is written with a full stop."""
        marked = stop or self.base in DAYS_AS_ORDINALS or (self.first_of_month and digits == "1")
        return self.ordinal(digits) if marked else digits

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """A Roman numeral after a word, and its full stop if it has one."""
        return ""

    def counting(self, said: str, value: int, after: str) -> str:
        """A whole number before what it counts."""
        return said

    def _address(self, match: re.Match[str]) -> str:
        """A URL or e-mail address, read as people read them."""
        text = re.sub(r"^https?://", "", match[0], flags=re.IGNORECASE)
        bare = text.rstrip(".,;:!?)'\"")
        said = re.sub(r"^www\.", f"W W W {self.dot} ", bare, flags=re.IGNORECASE).rstrip("/")
        for sign, word in ((".", self.dot), ("@", self.at), ("/", self.slash)):
            said = said.replace(sign, f" {word} ")
        return said + text[len(bare) :]

    def _abbreviated(self, said: str, match: re.Match[str]) -> str:
        before, rest = match.string[: match.start()][-1:], match.string[match.end() :]
        ends = match[0].endswith(".") and (not rest.strip() or (said.endswith(".") and NEW_SENTENCE.match(rest)))
        return " " * before.isdigit() + said.removesuffix(".") + "." * bool(ends) + " " * rest[:1].isdigit()

    def _range(self, match: re.Match[str]) -> str:
        """Numbers that rise, and times; a score or a telephone number is read with a pause."""
        first, last = match[1], match[2]
        times = ":" in match[0] or "h" in match[0]
        rises = times or float(first.replace(",", ".")) < float(last.replace(",", "."))
        dialled = first.startswith("0") or (len(first), len(last)) == (3, 4)
        return f"{first} {self.to if self.to and rises and not dialled else '–'} {last}"

    def _clock(self, hour: int, minute: int) -> str:
        assert self.clock is not None
        said, spoken = self.clock[0 if minute else 1], str(hour)
        if self.one and hour % 10 == 1 and hour != 11:
            spoken = self.cardinal(hour).removesuffix(self.one[0]) + self.one[1]
            said = re.sub(r"(heure|hora)s", r"\1", said) if hour == 1 else said
        return said.format(h=spoken, m=minute)

    def _operator(self, match: re.Match[str]) -> str:
        word = OPERATORS.get(self.base, {}).get(re.sub("[*x]", "×", match[1] or match[2]))
        return f" {word} " if word else match[0]

    def _money(self, whole: str, sign: str, amount: str, symbol: str) -> str:
        value = self.value(amount)
        said = None if value is None else self.currency(value, self.currency_of(symbol))
        if said is None:
            return whole
        return self.negative(said) if sign else said

    def _unit(self, match: re.Match[str]) -> str:
        sign, digits, unit = match.groups()
        value = self.value(digits)
        if self.locale is None or value is None:
            return match[0]
        try:
            said = format_unit(value, UNITS[unit], "long", locale=self.locale)
        except UnknownUnitError:
            return match[0]
        said = said.replace(format_decimal(value, locale=self.locale), digits)
        return self.negative(said) if sign else said

    def _numeral(self, match: re.Match[str]) -> str:
        before, numeral, stop = match.groups()
        value = ROMAN[numeral] if len(numeral) > 1 else None
        text = match.string
        said = self.numeral(value, text[: match.start()], stop, text[match.end() :]) if value is not None else ""
        return before + said if said else match[0]

    def _number(self, match: re.Match[str]) -> str:
        sign, digits = match[1], match[2]
        value = self.value(digits)
        if value is None:
            return match[0]
        if "." in str(value):
            said = self.decimal(value, digits)
        elif self.years_of_hundreds and digits.isdigit() and 1100 <= value <= 1999:
            said = self.say(digits, to="year")
        else:
            said = self.say(str(value))
            said = said and self.counting(said, int(value), match.string[match.end() :])
        said = said or digits
        return self.negative(said) if sign == "-" else sign + said
