"""Languages other than English as they are read aloud: numbers, money, dates, times, units, abbreviations.

num2words says the numbers, CLDR (through Babel) dates, units and currencies, `tts.text.language_words` what neither
knows. What is still written in digits after that is left to espeak-ng.
"""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, partial

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_currency_name
from babel.units import UnknownUnitError, format_unit
from num2words import CONVERTER_CLASSES, num2words

from tts.text.language_words import UNITS, WORDS, LanguageWords

POINT_DECIMALS = {"he", "ja", "ko", "th", "zh", "cmn", "hi", "bn"}
"""Languages that write 3.5 for three and a half; the others write 3,5."""
DECIMALS_AS_NUMBER = {"fr", "es", "it", "pt", "ca", "ro", "pl"}
"""Languages that say three comma fourteen; the others say three comma one four."""
YEARS_OF_HUNDREDS = {"de", "nl"}
"""Languages that say nineteen hundred eighty-nine."""
FEMININE_ONE = {"fr": ("un", "une"), "es": ("uno", "una"), "it": ("uno", "una"), "pt": ("um", "uma")}
"""The end of a number that ends in one, and before a feminine noun."""
NO_NOUN = {
    "es": "y|o|u|a|de|del|en|por|con|para|que|es|está|son|era|fue|más|menos|sin|si|se|no|al|como|entre|hasta",
    "it": "e|o|a|di|del|in|per|con|che|è|sono|era|più|meno|da|su|al|come|tra|fino|si|non",
    "pt": "e|ou|a|de|do|da|em|no|na|por|com|para|que|é|são|era|foi|mais|menos|ao|como|entre|até|se|não",
}
"""Words that may follow a number which counts nothing. Before a noun a number that ends in one is like an article."""
LONGEST_NUMBER = 15
"""Digits; longer strings are codes, not quantities."""
FEWEST_DIALLED = 7
"""Digits of a telephone number."""

GROUPED = r"\d{1,3}(?:[ .,']\d{3})+"
NUMBER = {
    mark: re.compile(
        rf"(?<![\w.,:])([-+]?)(\d{{1,3}}(?:[ '{group}]\d{{3}})+(?:[{mark}]\d+)?(?! \d)|\d+(?:[{mark}]\d+)?)(?!\w|[.,:]\d)"
    )
    for mark, group in ((",", "."), (".", ","))
}
"""By decimal mark. Dates, versions and addresses are none."""
MONEY = {
    "R$": "BRL",
    "US$": "USD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₽": "RUB",
    "zł": "PLN",
    "руб.": "RUB",
}
MONEY |= {code: code for code in ("EUR", "USD", "GBP", "CHF", "PLN", "BRL")}
CURRENCY = "|".join(map(re.escape, MONEY))
AMOUNT = rf"((?:{GROUPED}|\d+)(?:[.,]\d{{1,2}})?)(?:,[-–]+)?"
MONEY_BEFORE = re.compile(rf"(?<![\w$.,])(-?)({CURRENCY})\s?{AMOUNT}(?![\d.,]*\d)")
MONEY_AFTER = re.compile(rf"(?<![\w.,])(-?){AMOUNT}\s?({CURRENCY})(?!\w)")
MONEY_BETWEEN = re.compile(r"\b(\d+)\s?([€£$])(\d\d)\b")
UNIT = re.compile(
    rf"(?<![\w.,])({GROUPED}(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s?({'|'.join(map(re.escape, sorted(UNITS, key=len, reverse=True)))})(?![\w/²³'°€$£])"
)
DEGREES = re.compile(r"(?<=\d)\s?[º°]\s?([CF])\b")
ADDRESS = re.compile(
    r"\bhttps?://\S+|\bwww\.\S+\.\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|eu|de|fr|es|it|pt|br|nl|pl|ru)\b(?:/\S*)?",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w.,+/-])(?:\+\d{1,3}|0\d{1,5})(?:[ ./-]\(?\d{1,9}\)?){1,6}(?![\w/-]|[.,]\d)|(?<![\w.,+/-])(?:\d )?\(\d{2,4}\)(?:[ -]?\d{2,9}){1,4}(?![\w/-]|[.,]\d)"
)
DATE = re.compile(r"(?<![\w.,/-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\w|[./-]\d)")
ISO_DATE = re.compile(r"(?<![\w.,/-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
GERMAN_DATE = re.compile(r"(?<!\w)(am|vom|zum|bis|den|dem|der|ab|seit)\s+(\d{1,2})\.(\d{1,2})\.(?!\d)")
"""Without a year only after such a word: "Version 1.2." ends a sentence."""
TIME = r"\d{1,2}(?:[:h]\d\d|h)"
RANGE = re.compile(rf"(?<![\w.,:-])({TIME}|\d+(?:,\d+)?)\s?[-–]\s?({TIME}|\d+(?:,\d+)?)(?![\d-]|[.,:]\d)")
ORDINAL = {
    "fr": re.compile(r"\b(\d+|[IVX]+)(er|ère|re|e|ᵉ|ème|nd|nde)\b"),
    "es": re.compile(r"\b(\d+)\.?(º|ª|er\b|[drtm]o\b|[drtm]a\b)"),
    "it": re.compile(r"\b(\d+)([ºª])|(?<=[aeiAEI]l )(\d+)(°)"),
    "pt": re.compile(r"\b(\d+)\.?([ºª])"),
    "nl": re.compile(r"\b(\d+)(e|de|ste)\b"),
    "sv": re.compile(r"\b(\d+):([ae])\b"),
    "ru": re.compile(r"\b(\d+)-(й|я|е|х|го|м|му)\b"),
}  # fmt: skip
RUSSIAN_ENDINGS = {"я": "ая", "е": "ое", "х": "ых", "го": "ого", "м": "ом", "му": "ому"}
FEMININE = {"ª", "re", "ère", "da", "ra", "ta", "ma"}
DETERMINERS = r"(?i:am|im|vom|zum|zur|bis|dem|den|des|beim|seit|ab|der|die|das|diese[rnsm]?|jede[rnsm]?)"
DETERMINER = re.compile(rf"(?<!\w){DETERMINERS}$")
GERMAN_ORDINAL = re.compile(
    rf"(?:(?<!\w)(?P<before>{DETERMINERS})\s+)?"
    r"(?<![\w.,:-])(?P<digits>\d{1,3})\.(?=\s+(?:(?P<month>Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b|(?P<small>[a-zäöü])|\w))"
)  # fmt: skip
"""Of a date, after a determiner, or before a small letter: elsewhere a number ends a sentence."""
WEAK = re.compile(r"(?i)(?:am|im|vom|zum|zur|bis|dem|den|des|beim|seit|ab)")
"""After these a German ordinal ends in -n."""
EARLIER_WEAK = re.compile(rf"{WEAK.pattern}\s\S+\s(?:und|oder|bis)\s$")
FEMININE_NOUN = re.compile(r"\s+[A-ZÄÖÜ]\w*(?:e|ung|heit|keit|schaft|tät|ion)\b")
NOUN = re.compile(r"\s+[A-ZÄÖÜ]")
ROMAN = re.compile(r"(^|(?<=[^\W\d_]) )(X{0,3}(?:IX|IV|V?I{0,3}))(\.?)(?![\w'-]|\.\w)")
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
CAPITAL = "[^\\W\\d_a-zß-öø-ÿа-яё]"
NEW_SENTENCE = re.compile(rf"[\"')]*\s+[\"'(¿¡«„]*{CAPITAL}")


def read_aloud(text: str, language: str, base: str) -> str:
    """`text` in words as far as the language is known. Never raises, whatever the text.

    Parameters
    ----------
    language: an espeak-ng language (fr-fr, pt-br, …); `base` is it without its region.
    """
    return _reader(language, base).read(text)


def held_stops(text: str, language: str) -> Iterator[int]:
    """Where full stops are in `text` that belong to an abbreviation or an ordinal and end no sentence."""
    reader = _reader(language, base_of(language))
    for pattern, said in reader.abbreviations:
        for match in pattern.finditer(text):
            stops = [match.start() + m.start() for m in re.finditer(r"\.", match[0])]
            yield from stops[:-1] if said.endswith(".") and NEW_SENTENCE.match(text, match.end()) else stops
    yield from (match.end() - 1 for match in reader.day.finditer(text) if match[2])
    if reader.base == "de":
        yield from (match.end() - 1 for match in GERMAN_ORDINAL.finditer(text) if _is_german_ordinal(match))
        for match in GERMAN_DATE.finditer(text):
            yield from (match.start(3) - 1, match.end() - 1)


def base_of(language: str) -> str:
    """de of de-ch, pt of pt-br."""
    return language.lower().replace("_", "-").split("-")[0]


@cache
def _reader(language: str, base: str) -> _Reader:
    return _Reader(language, base)


class _Reader:
    """One language. Its rules are applied in the order of `read`; each leaves alone what it does not know."""

    def __init__(self, language: str, base: str) -> None:
        self.base = base
        self.code = _num2words_language(language, base)
        self.locale = _locale(language)
        self.words = WORDS.get(base, LanguageWords())
        self.mark = "." if base in POINT_DECIMALS else ","
        self.abbreviations = [
            (_abbreviation(written), said)
            for written, said in sorted(self.words.abbreviations.items(), key=lambda item: -len(item[0]))
        ]
        hour = self.words.hour
        self.time = re.compile(
            rf"(?<![\w.,:])([01]?\d|2[0-4])(?:[:h]|\.(?=\d\d(?:\s?(?:-|–|{self.words.to or '-'})\s?\d+\.\d\d)?\s?(?:{hour})\b))([0-5]\d)(?![\w:]|[.,]\d)(?:\s?(?:{hour})\b)?"
        )
        self.whole_hour = re.compile(rf"(?<![\w.,:])([01]?\d|2[0-4])\s?(?:{hour})(?![\w']|\.\w)")
        short = self.locale.date_formats["short"].pattern if self.locale else ""
        self.day_first = short.startswith("d")
        months = "|".join(re.escape(m) for m in self.locale.months["format"]["wide"].values()) if self.locale else "$^"
        self.day = re.compile(rf"(?<![\w.,:-])(\d{{1,2}})(\.?)(?=\s(?:de )?(?:{months})\b)")

    def read(self, text: str) -> str:
        if self.base in ("fr", "it", "ca"):
            text = re.sub(r"(?<=[^\W\d]')\s?\"\s?(?=\w)", "", text)  # l'« ami »: what is elided belongs to the word
        elif self.base == "el":
            text = text.replace(";", "?")
        if self.words.dot:
            text = ADDRESS.sub(self._address, text)
        text = self._dates(text)
        for pattern, said in self.abbreviations:
            text = pattern.sub(partial(_abbreviated, said), text)
        if any(c.isdigit() for c in text):
            text = self._digits(text)
        return ROMAN.sub(self._roman, text)

    def _digits(self, text: str) -> str:
        text = PHONE.sub(_phone, text)
        text = RANGE.sub(self._range, text)
        if self.words.clock:
            if self.base == "it":
                text = re.sub(r"\b(ore|[ad]lle) (\d{1,2})\.(\d\d)(?!\d|[.,]\d)", r"\1 \2:\3", text)
            text = self.time.sub(lambda m: self._time(int(m[1]), int(m[2])), text)
            if re.search(r"\w$", self.words.clock[1]) and re.fullmatch(
                self.words.hour, self.words.clock[1].split()[-1]
            ):
                text = self.whole_hour.sub(lambda m: self._time(int(m[1]), 0), text)
        text = MONEY_BETWEEN.sub(r"\1,\3 \2", text)
        text = MONEY_BEFORE.sub(lambda m: self._money(m[0], m[1], m[3], m[2]), text)
        text = MONEY_AFTER.sub(lambda m: self._money(m[0], m[1], m[2], m[3]), text)
        text = DEGREES.sub(r" °\1", text)
        if self.base == "de":
            text = re.sub(r"(?<!\w)(\d{1,2}\.)\s?[-–]\s?(?=\d{1,2}\.)", rf"\1 {self.words.to} ", text)
            text = GERMAN_ORDINAL.sub(self._german_ordinal, text)
        text = self.day.sub(self._day, text)
        if self.base in ORDINAL:
            text = ORDINAL[self.base].sub(self._ordinal, text)
        text = UNIT.sub(self._unit, text)
        return NUMBER[self.mark].sub(self._number, text)

    def _address(self, match: re.Match[str]) -> str:
        """A URL or e-mail address, read as people read them."""
        text = re.sub(r"^https?://", "", match[0], flags=re.IGNORECASE)
        bare = text.rstrip(".,;:!?)'\"")
        said = re.sub(r"^www\.", f"W W W {self.words.dot} ", bare, flags=re.IGNORECASE).rstrip("/")
        for sign, word in ((".", self.words.dot), ("@", self.words.at), ("/", self.words.slash)):
            said = said.replace(sign, f" {word} ")
        return said + text[len(bare) :]

    def _dates(self, text: str) -> str:
        def date(whole: str, day: str, month: str, year: str) -> str:
            try:
                when = datetime.date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
                return str(format_date(when, "long", locale=self.locale))
            except ValueError:
                return whole

        if self.locale is None:
            return text
        text = ISO_DATE.sub(lambda m: date(m[0], m[3], m[2], m[1]), text)
        if self.day_first:
            text = DATE.sub(lambda m: date(m[0], m[1], m[3], m[4]), text)
        return GERMAN_DATE.sub(self._german_date, text) if self.base == "de" else text

    def _german_date(self, match: re.Match[str]) -> str:
        try:
            when = datetime.date(2000, int(match[3]), int(match[2]))
        except ValueError:
            return match[0]
        ends = "" if match.string[match.end() :].strip() else "."
        return f"{match[1]} {format_skeleton('MMMMd', when, locale=self.locale)}{ends}"

    def _range(self, match: re.Match[str]) -> str:
        """Numbers that rise, and times; a score or a telephone number is read with a pause."""
        first, last = match[1], match[2]
        times = ":" in match[0] or "h" in match[0]
        rises = times or float(first.replace(",", ".")) < float(last.replace(",", "."))
        dialled = first.startswith("0") or (len(first), len(last)) == (3, 4)
        return f"{first} {self.words.to if self.words.to and rises and not dialled else '–'} {last}"

    def _time(self, hour: int, minute: int) -> str:
        assert self.words.clock is not None
        said = self.words.clock[0 if minute else 1]
        spoken = str(hour)
        if hour % 10 == 1 and hour != 11 and self.base in FEMININE_ONE:
            one, feminine = FEMININE_ONE[self.base]
            spoken = (self._say(spoken) or spoken).removesuffix(one) + feminine
            said = re.sub(r"(heure|hora)s", r"\1", said) if hour == 1 else said
        return said.format(h=spoken, m=minute)

    def _money(self, whole: str, sign: str, amount: str, symbol: str) -> str:
        value = self._value(amount)
        if value is None or self.code is None:
            return whole
        currency = MONEY[symbol]
        said = self._currency(value, currency)
        return self._minus(said, sign) if said else whole

    def _currency(self, value: Decimal, currency: str) -> str | None:
        if self.base == "pt" and currency == "BRL":
            return self._say(f"{value:.2f}", "pt_BR", to="currency")
        said = self._say(f"{value:.2f}", to="currency", currency=currency, separator="|")
        if said is not None:
            units, _, cents = said.partition("|")
            return " ".join([units] * (value >= 1 or not value) + [cents] * bool(value % 1)).strip()
        if self.locale is None:
            return None
        whole = int(value)
        name = get_currency_name(currency, count=whole, locale=self.locale)
        name = name if self.base == "de" else name.lower()
        return f"{whole} {name} {int(value % 1 * 100) or ''}".strip()

    def _unit(self, match: re.Match[str]) -> str:
        value, name = self._value(match[1]), UNITS[match[2]]
        if self.locale is None or value is None:
            return match[0]
        try:
            said = format_unit(value, name, "long", locale=self.locale)
        except UnknownUnitError:
            return match[0]
        return said.replace(format_decimal(value, locale=self.locale), match[1])

    def _german_ordinal(self, match: re.Match[str]) -> str:
        said = self._say(match["digits"], to="ordinal") if _is_german_ordinal(match) else None
        if said is None:
            return match[0]
        before = match["before"]
        if before:
            return f"{before} {said}{'n' if WEAK.fullmatch(before) else ''}"
        return said + ("n" if EARLIER_WEAK.search(match.string[: match.start()]) else "r")

    def _day(self, match: re.Match[str]) -> str:
        """The first of a month, and every day where all are ordinals or have a full stop."""
        if self.base in ("pl", "ru") or match[2] or (self.base in ("fr", "it", "pt") and match[1] == "1"):
            said = self._say(match[1], to="ordinal") or match[1]
            return re.sub(r"[ыо]й$", "ое", re.sub(r"ий$", "ье", said)) if self.base == "ru" else said
        return match[0]

    def _ordinal(self, match: re.Match[str]) -> str:
        digits, suffix = (group for group in match.groups() if group)
        value = digits if digits.isdigit() else str(_roman_value(digits) or "")
        said = self._say(value, to="ordinal") if value else None
        if said is None:
            return match[0]
        if self.base == "fr":
            return "première" if value == "1" and suffix in FEMININE else said
        if self.base == "ru":
            if said.endswith("ий") and suffix != "й":
                return (
                    said.removesuffix("ий") + "ь" + {"х": "их", "го": "его", "м": "ем", "му": "ему"}.get(suffix, suffix)
                )
            return re.sub(r"[ыо]й$", RUSSIAN_ENDINGS.get(suffix, r"\g<0>"), said)
        if suffix in FEMININE:
            return re.sub(r"o\b", "a", said)
        return said.removesuffix("o") if self.base == "es" and suffix == "er" else said

    def _roman(self, match: re.Match[str]) -> str:
        """XIV after a word, in the way that kings and centuries are counted."""
        before, numeral, stop = match.groups()
        value = _roman_value(numeral)
        if value is None or len(numeral) < 2:
            return match[0]
        ordinal = self._say(str(value), to="ordinal") or numeral
        if self.base == "de" and stop and match.string[match.end() :].strip():
            determined = DETERMINER.search(match.string, 0, match.start())
            ending = "n" if determined and WEAK.fullmatch(determined[0]) else ""
            return f"{before}{'' if determined else 'der '}{ordinal.capitalize()}{ending}"
        if self.base == "nl":
            return f"{before}de {ordinal}{stop}"
        if self.base in ("pl", "ru") or (self.base in ("es", "pt") and value <= 10):
            return before + ordinal + stop
        return before + (self._say(str(value)) or numeral) + stop if self.base in ("de", "fr", "es", "pt") else match[0]

    def _number(self, match: re.Match[str]) -> str:
        sign, digits = match[1], match[2]
        value = self._value(digits)
        if value is None:
            return match[0]
        if digits.isdigit() and self.base in YEARS_OF_HUNDREDS and 1100 <= value <= 1999:
            said = self._say(digits, to="year")
        elif self.mark in digits:
            said = self._decimal(value)
        else:
            said = self._say(str(value))
            said = re.sub(r"(veintiu|\bu)no(?= mil)", _apocope, said) if said and self.base == "es" else said
            said = said and self._counting(said, int(value), match.string[match.end() :])
        return match[0] if said is None else (sign if sign == "+" else "") + self._minus(said, sign)

    def _counting(self, said: str, value: int, rest: str) -> str:
        """A number that ends in one, before the noun that it counts."""
        if self.base == "de":
            article = "eine" if FEMININE_NOUN.match(rest) else "ein"
            return article if value == 1 and NOUN.match(rest) else said
        noun = re.match(rf"\s+(?!(?:{NO_NOUN.get(self.base, '')})\b)([^\W\d_A-ZÀ-Þ]+)", rest)
        if self.base not in NO_NOUN or noun is None or value % 10 != 1 or value % 100 == 11:
            return said
        one, feminine = FEMININE_ONE[self.base]
        if re.search(r"a[s]?$", noun[1]):
            return said.removesuffix(one) + feminine if self.base != "it" or value == 1 else said
        if self.base == "es":
            return re.sub(r"(veintiu|\bu)no$", _apocope, said)
        return "un" if self.base == "it" and value == 1 and not re.match(r"z|s[^aeiou]|gn|ps", noun[1]) else said

    def _decimal(self, value: Decimal) -> str | None:
        """All decimals that are written, zeros too."""
        pattern = (self._say("2.5") or "").split()
        whole, _, decimals = str(value).partition(".")
        if len(pattern) != 3 or not decimals:
            return self._say(str(value))
        point = "coma" if self.base in ("es", "ca") else pattern[1]
        zeros = len(decimals) - len(decimals.lstrip("0"))
        together = self.base in DECIMALS_AS_NUMBER and len(decimals) <= 3
        parts = [*decimals[:zeros], decimals[zeros:]] if together else list(decimals)
        return " ".join([self._say(whole) or whole, point, *(self._say(part) or part for part in parts if part)])

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
        if self.words.minus:
            return f"{self.words.minus} {said}"
        negative, one = self._say("-1"), self._say("1")
        if negative and one and negative.endswith(one):
            return f"{negative.removesuffix(one).strip()} {said}"
        word = str(getattr(CONVERTER_CLASSES.get(self.code), "negword", None) or "-").strip()
        return f"{word} {said}" if word != "-" else f"-{said}"

    def _say(self, number: str, code: str | None = None, **how: str) -> str | None:
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


def _abbreviation(written: str) -> re.Pattern[str]:
    """See `LanguageWords.abbreviations`."""
    body = written.removeprefix("# ").removeprefix("-").removesuffix(" #").removesuffix(" A")
    before = {"#": r"(?<=\d)\s?", "-": r"(?<=[^\W\d_])"}.get(written[0], r"(?<![\w.,])")
    first = f"[{re.escape(body[0] + body[0].upper())}]"
    rest = re.escape(body[1:]).replace(r"\.\ ", r"\.\s?")
    after = {" #": r"\s?(?=\d)", " A": rf"(?=\s+{CAPITAL})"}.get(written[-2:], "" if body.endswith(".") else r"(?!\w)")
    return re.compile(before + first + rest + after)


def _abbreviated(said: str, match: re.Match[str]) -> str:
    before, rest = match.string[: match.start()][-1:], match.string[match.end() :]
    ends = match[0].endswith(".") and (not rest.strip() or (said.endswith(".") and NEW_SENTENCE.match(rest)))
    return " " * before.isdigit() + said.removesuffix(".") + "." * bool(ends) + " " * rest[:1].isdigit()


def _apocope(match: re.Match[str]) -> str:
    return "veintiún" if match[1] == "veintiu" else "un"


def _phone(match: re.Match[str]) -> str:
    """Groups of digits one after the other, not the number they would make together."""
    groups = re.findall(r"\d+", match[0])
    if sum(map(len, groups)) < FEWEST_DIALLED:
        return match[0]
    said = [group if len(group) <= 2 and group[0] != "0" else " ".join(group) for group in groups]
    return ("+" if match[0].startswith("+") else "") + ", ".join(said)


def _is_german_ordinal(match: re.Match[str]) -> bool:
    return bool(match["before"] or match["month"] or match["small"])


def _roman_value(numeral: str) -> int | None:
    """Of a strict numeral up to 39, else None."""
    if not re.fullmatch(r"(?=.)X{0,3}(?:IX|IV|V?I{0,3})", numeral):
        return None
    values = [ROMAN_VALUES[letter] for letter in numeral]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _num2words_language(language: str, base: str) -> str | None:
    region = language.replace("-", "_").split("_")
    for code in ("_".join([base, *(part.upper() for part in region[1:])]), {"nb": "no"}.get(base, base)):
        if code in CONVERTER_CLASSES and code != "am":  # where it loops for ever on most numbers above 1,000
            return code
    return None


def _locale(language: str) -> Locale | None:
    for name in (language.replace("-", "_"), base_of(language)):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None
