"""How a language is read aloud: what all share, and the register of those that have more to say.

num2words says the numbers, CLDR (through Babel) dates, units and currencies. What is still written in digits after that
is left to espeak-ng.
"""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import ClassVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_name
from babel.units import UnknownUnitError, format_unit
from num2words import CONVERTER_CLASSES, num2words

from tts.text.languages.written import (
    ADDRESS,
    CAPITAL,
    DATE,
    DEGREES,
    INITIAL,
    ISO_DATE,
    MONEY,
    MONEY_AFTER,
    MONEY_BEFORE,
    MONEY_BETWEEN,
    NEW_SENTENCE,
    NUMBER,
    NUMERAL,
    PHONE,
    RANGE,
    UNIT,
    UNITS,
)
from tts.text.roman import ROMAN

POINT_DECIMALS = {"he", "ja", "ko", "th", "zh", "cmn", "hi", "bn"}
"""Languages that write 3.5 for three and a half; the others write 3,5."""
LONGEST_NUMBER = 15
"""Digits; longer strings are codes, not quantities."""
FEWEST_DIALLED = 7
"""Digits of a telephone number."""


class Reader:
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
    to = ""
    """Said between the two ends of a range."""
    minus = ""
    """Said before a negative number; what num2words says if empty."""
    clock: tuple[str, str] | None = None
    """How times are said: with hours `{h}` and minutes `{m}`, and at whole hours with `{h}` alone."""
    hour = "h"
    """Regular expression of the word for *hour*, which may follow a time in digits."""
    dot, at, slash = "", "", ""
    """How `.`, `@` and `/` are read in addresses; without them, addresses are left as they are."""
    point = ""
    """Of decimals, where num2words has another word."""
    one: tuple[str, str] | None = None
    """Where the word for *hour* is feminine: the ending of *one* in a number, and its ending before hours."""
    decimals_together = False
    """3,14 is three comma fourteen, and not three comma one four."""
    years_of_hundreds = False
    """1989 is nineteen hundred eighty-nine, and not one thousand nine hundred eighty-nine."""
    first_of_month = False
    """Only the first of a month is an ordinal."""
    nouns_are_capital = False
    """Nouns are written with a capital letter, as in German."""
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
        self.language, base = language, base_of(language)
        self.code = _num2words_language(language, base)
        self.locale = _locale(language, base)
        self.mark = "." if base in POINT_DECIMALS else ","
        self._abbreviations = [
            (_abbreviation(written), said)
            for written, said in sorted(self.abbreviations.items(), key=lambda item: -len(item[0]))
        ]
        hour = self.hour
        self._time = re.compile(
            rf"(?<![\w.,:])([01]?\d|2[0-4])(?:[:h]|\.(?=\d\d(?:\s?(?:-|–|{self.to or '-'})\s?\d+\.\d\d)?\s?(?:{hour})\b))([0-5]\d)(?![\w:]|[.,]\d)(?:\s?(?:{hour})\b)?"
        )
        self._whole_hour = re.compile(rf"(?<![\w.,:])([01]?\d|2[0-4])\s?(?:{hour})(?![\w']|\.\w)")
        self._day_first = self.locale is not None and self.locale.date_formats["short"].pattern.startswith("d")
        months = "|".join(re.escape(m) for m in self.locale.months["format"]["wide"].values()) if self.locale else "$^"
        self._day = re.compile(rf"(?<![\w.,:-])(\d{{1,2}})(\.?)(?=\s(?:de )?(?:{months})\b)")

    def __reduce__(self) -> tuple[type[Reader], tuple[str]]:
        return type(self), (self.language,)

    def read(self, text: str) -> str:
        """`text` in words as far as the language is known. Never raises, whatever the text."""
        if self.eliding:
            text = re.sub(r"(?<=[^\W\d]')\s?\"\s?(?=\w)", "", text)
        if self.dot:
            text = ADDRESS.sub(self._address, text)
        text = self.dates(text)
        for pattern, said in self._abbreviations:
            text = pattern.sub(partial(self._abbreviated, said), text)
        if any(c.isdigit() for c in text):
            text = self.times(RANGE.sub(self._range, PHONE.sub(_phone, text)))
            text = MONEY_BETWEEN.sub(r"\1,\3 \2", text)
            text = MONEY_BEFORE.sub(lambda m: self._money(m[0], m[1], m[3], m[2]), text)
            text = MONEY_AFTER.sub(lambda m: self._money(m[0], m[1], m[2], m[3]), text)
        text = self.ordinals(DEGREES.sub(r" °\1", text))
        text = self._day.sub(lambda m: self.day(m[1], m[2]), text)
        text = NUMBER[self.mark].sub(self._number, UNIT.sub(self._unit, text))
        return NUMERAL.sub(self._numeral, text)

    def held_stops(self, text: str) -> Iterator[int]:
        """Where full stops are in `text` that belong to an abbreviation or an ordinal and end no sentence."""
        for pattern, said in self._abbreviations:
            for match in pattern.finditer(text):
                stops = [match.start() + m.start() for m in re.finditer(r"\.", match[0])]
                yield from stops[:-1] if said.endswith(".") and NEW_SENTENCE.match(text, match.end()) else stops
        yield from (match.end() - 1 for match in self._day.finditer(text) if match[2])

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
        text = ISO_DATE.sub(lambda m: date(m[0], m[3], m[2], m[1]), text)
        return DATE.sub(lambda m: date(m[0], m[1], m[3], m[4]), text) if self._day_first else text

    def times(self, text: str) -> str:
        """Times of day, as `clock` says."""
        if self.clock is None:
            return text
        text = self._time.sub(lambda m: self._clock(int(m[1]), int(m[2])), text)
        said_after = re.fullmatch(self.hour, self.clock[1].split()[-1])
        return self._whole_hour.sub(lambda m: self._clock(int(m[1]), 0), text) if said_after else text

    def ordinals(self, text: str) -> str:
        """Ordinals that are written in digits and marked as such."""
        return text

    def day(self, digits: str, stop: str) -> str:
        """The day of a month; `stop` where it is written with a full stop."""
        return self.ordinal(digits) if stop or (self.first_of_month and digits == "1") else digits

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """A Roman numeral after a word, and its full stop if it has one."""
        return ""

    def counting(self, said: str, value: int, after: str) -> str:
        """A whole number before what it counts."""
        return said

    def currency(self, value: Decimal, code: str) -> str | None:
        """An amount of money; `code` is that of ISO 4217, as in EUR. None where it is left as it is."""
        said = self.say(f"{value:.2f}", to="currency", currency=code, separator="|")
        if said is not None:
            units, _, cents = said.partition("|")
            return " ".join([units] * (value >= 1 or not value) + [cents] * bool(value % 1)).strip()
        if self.locale is None:
            return None
        name = get_currency_name(code, count=int(value), locale=self.locale)
        return f"{int(value)} {name if self.nouns_are_capital else name.lower()} {int(value % 1 * 100) or ''}".strip()

    def cardinal(self, value: int) -> str:
        """A whole number in words."""
        return self.say(str(value)) or str(value)

    def ordinal(self, value: int | str) -> str:
        """An ordinal in words."""
        return self.say(str(value), to="ordinal") or str(value)

    def say(self, number: str, code: str | None = None, **how: str) -> str | None:
        """num2words' reading, or None where it has none: its languages fail in many ways, and espeak-ng reads digits
        too."""
        code = code or self.code
        if code is None:
            return None
        try:
            value = Decimal(number)
            said = num2words(int(value) if "." not in number else float(value), lang=code, **how)
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
            return None
        return str(said).replace(",", "").strip()

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

    def _money(self, whole: str, sign: str, amount: str, symbol: str) -> str:
        value = self._value(amount)
        said = None if value is None or self.code is None else self.currency(value, MONEY[symbol])
        return self._minus(said, sign) if said else whole

    def _unit(self, match: re.Match[str]) -> str:
        value = self._value(match[1])
        if self.locale is None or value is None:
            return match[0]
        try:
            said = format_unit(value, UNITS[match[2]], "long", locale=self.locale)
        except UnknownUnitError:
            return match[0]
        return said.replace(format_decimal(value, locale=self.locale), match[1])

    def _numeral(self, match: re.Match[str]) -> str:
        before, numeral, stop = match.groups()
        value = ROMAN[numeral] if len(numeral) > 1 else None
        text = match.string
        said = self.numeral(value, text[: match.start()], stop, text[match.end() :]) if value is not None else ""
        return before + said if said else match[0]

    def _number(self, match: re.Match[str]) -> str:
        sign, digits = match[1], match[2]
        value = self._value(digits)
        if value is None:
            return match[0]
        if self.mark in digits:
            said = self._decimal(value)
        elif self.years_of_hundreds and digits.isdigit() and 1100 <= value <= 1999:
            said = self.say(digits, to="year")
        else:
            said = self.say(str(value))
            said = said and self.counting(said, int(value), match.string[match.end() :])
        return match[0] if said is None else (sign if sign == "+" else "") + self._minus(said, sign)

    def _decimal(self, value: Decimal) -> str | None:
        """All decimals that are written, zeros too."""
        pattern = (self.say("2.5") or "").split()
        whole, _, decimals = str(value).partition(".")
        if len(pattern) != 3 or not decimals:
            return self.say(str(value))
        zeros = len(decimals) - len(decimals.lstrip("0"))
        together = self.decimals_together and len(decimals) <= 3
        parts = [*decimals[:zeros], decimals[zeros:]] if together else list(decimals)
        numbers = [self.say(part) or part for part in (whole, *parts) if part]
        return " ".join([numbers[0], self.point or pattern[1], *numbers[1:]])

    def _value(self, digits: str) -> Decimal | None:
        """The number that `digits` writes with the language's own separators; None where it reads as a code."""
        groups = "," if self.mark == "." else "."
        plain = re.sub(rf"[ '{groups}](?=\d{{3}}(?!\d))", "", digits).replace(self.mark, ".")
        if plain.count(".") > 1 or not re.fullmatch(r"\d+(\.\d+)?", plain):
            return None
        leading_zero = len(plain) > 1 and plain[0] == "0" and plain[1] != "."
        return None if leading_zero or len(plain) > LONGEST_NUMBER else Decimal(plain)

    def _minus(self, said: str, sign: str) -> str:
        if sign != "-":
            return said
        if self.minus:
            return f"{self.minus} {said}"
        negative, one = self.say("-1"), self.say("1")
        if negative and one and negative.endswith(one):
            return f"{negative.removesuffix(one).strip()} {said}"
        word = str(getattr(CONVERTER_CLASSES.get(self.code), "negword", None) or "").strip()
        return f"{word} {said}" if word else f"-{said}"


def base_of(language: str) -> str:
    """de of de-ch, pt of pt-br."""
    return language.lower().replace("_", "-").split("-")[0]


def feminine(said: str) -> str:
    """A Romance ordinal that ends in -o, of a feminine noun."""
    return re.sub(r"o\b", "a", said)


def numbered(value: int, after: str, others: str) -> str:
    """The noun that stands `after` a number which ends in one, unless that is one of the `others` (a regular
    expression), or empty: there it is like an article."""
    noun = re.match(rf"\s+(?!(?:{others})\b)([^\W\d_A-ZÀ-Þ]+)", after)
    return noun[1] if noun and value % 10 == 1 and value % 100 != 11 else ""


def _abbreviation(written: str) -> re.Pattern[str]:
    """See `Reader.abbreviations`."""
    body = written.removeprefix("# ").removeprefix("-").removesuffix(" #").removesuffix(" A")
    before = {"#": r"(?<=\d)\s?", "-": r"(?<=[^\W\d_])"}.get(written[0], r"(?<![\w.,])")
    first = f"[{re.escape(body[0] + body[0].upper())}]"
    rest = re.escape(body[1:]).replace(r"\.\ ", r"\.\s?")
    after = {" #": r"\s?(?=\d)", " A": rf"(?=\s+{CAPITAL})"}.get(written[-2:], "" if body.endswith(".") else r"(?!\w)")
    return re.compile(before + first + rest + after)


def _phone(match: re.Match[str]) -> str:
    """Groups of digits one after the other, not the number they would make together."""
    groups = re.findall(r"\d+", match[0])
    if sum(map(len, groups)) < FEWEST_DIALLED:
        return match[0]
    said = [group if len(group) <= 2 and group[0] != "0" else " ".join(group) for group in groups]
    return ("+" if match[0].startswith("+") else "") + ", ".join(said)


def _num2words_language(language: str, base: str) -> str | None:
    region = language.replace("-", "_").split("_")
    for code in ("_".join([base, *(part.upper() for part in region[1:])]), {"nb": "no"}.get(base, base)):
        if code in CONVERTER_CLASSES and code != "am":  # where it loops for ever on most numbers above 1,000
            return code
    return None


def _locale(language: str, base: str) -> Locale | None:
    for name in (language.replace("-", "_"), base):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None
