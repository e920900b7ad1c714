"""Numbers and amounts of money as a language says them.

num2words says the numbers, CLDR (through Babel) the names of currencies. What neither knows stays in digits, which
espeak-ng reads.
"""

from __future__ import annotations

import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name
from num2words import CONVERTER_CLASSES, num2words

from tts.text.languages.words import CURRENCIES, DECIMAL_MONEY, DECIMALS_TOGETHER, MINUS, POINT, YEN
from tts.text.languages.written import MONEY

POINT_DECIMALS = {
    "bn", "cmn", "es-419", "he", "hi", "ja", "kn", "ko", "mr", "ms", "pa", "sw", "ta", "te", "th", "ur", "yue", "zh",
}  # fmt: skip
"""Languages that write 3.5 for three and a half; the others write 3,5."""
BOTH_DECIMALS = {"ar", "es-419", "fa"}
"""Languages of many countries, some of which write 3.5 and others 3,5: with three digits after it, either mark stands
between thousands."""
READ_BY_ESPEAK = {"ar", "he", "ja", "th"}
"""Languages whose digits espeak-ng reads better than num2words' words."""
LONGEST_NUMBER = 15
"""Digits; longer strings are codes, not quantities."""
ENGLISH_MONEY = CONVERTER_CLASSES["en"].CURRENCY_FORMS
"""What num2words says of money in languages of which it knows nothing better."""


class Spoken:
    """The numbers of one language; what a language has of its own, its reader sets."""

    minus = ""
    """Said before a negative number; without it, the word in `words.MINUS` or that of num2words."""
    point = ""
    """Said before decimals; without it, the word in `words.POINT` or that of num2words."""
    decimals_together = False
    """3,14 is three comma fourteen, and not three comma one four."""
    nouns_are_capital = False
    """Nouns are written with a capital letter, as in German."""

    def __init__(self, language: str) -> None:
        self.language, self.base = language, base_of(language)
        self.code = _num2words_language(language, self.base)
        self.locale = _locale(language, self.base)
        self.both_decimals = language.lower() in BOTH_DECIMALS
        self.mark = "." if {language.lower(), self.base} & POINT_DECIMALS else ","
        self.point = self.point or POINT.get(self.base, "")

    def value(self, digits: str) -> Decimal | None:
        """The number that `digits` writes with the language's own separators, or with others where they can be read in
        one way only (1.234,56 and 1,234.56); None where it reads as a code."""
        mark = max(",.", key=digits.rfind) if "," in digits or "." in digits else self.mark
        if digits.count(mark) > 1 or (self.both_decimals and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits)):
            mark = "," if mark == "." else "."
        elif digits.count(mark) == 1 and not {",", "."} < set(digits) and not self.both_decimals:
            mark = self.mark
        groups = "," if mark == "." else "."
        plain = re.sub(rf"[ '{groups}](?=\d{{3}}(?!\d))", "", digits).replace(mark, ".")
        if plain.count(".") > 1 or not re.fullmatch(r"\d+(\.\d+)?", plain):
            return None
        leading_zero = len(plain) > 1 and plain[0] == "0" and plain[1] != "."
        return None if leading_zero or len(plain) > LONGEST_NUMBER else Decimal(plain)

    def decimal(self, value: Decimal, written: str = "") -> str | None:
        """A number with all the decimals that are `written`, zeros too."""
        whole, _, decimals = str(value).partition(".")
        pattern = (self.say("2.5") or "").split()
        point = self.point or (pattern[1] if len(pattern) == 3 else "")
        if not point or not decimals:
            return self.say(str(value))
        zeros = len(decimals) - len(decimals.lstrip("0"))
        together = (self.decimals_together or self.base in DECIMALS_TOGETHER) and len(decimals) <= 3
        parts = [*decimals[:zeros], decimals[zeros:]] if together else list(decimals)
        numbers = [self.say(part) or part for part in (whole, *parts) if part]
        return " ".join([numbers[0], point, *numbers[1:]])

    def cardinal(self, value: int) -> str:
        """A whole number in words."""
        return self.say(str(value)) or str(value)

    def ordinal(self, value: int | str) -> str:
        """An ordinal in words."""
        return self.say(str(value), to="ordinal") or str(value)

    def currency(self, value: Decimal, code: str) -> str | None:
        """An amount of money; `code` is that of ISO 4217, as in EUR. None where it is left as it is."""
        name = CURRENCIES.get(self.base, {}).get(code)
        if name:
            amount = value.normalize() if self.base in DECIMAL_MONEY else Decimal(int(value))
            cents = "" if amount == value else f" {self.cardinal(int(value % 1 * 100))}"
            return f"{self._amount(amount)} {name}{cents}"
        if value != round(value, 2):
            return f"{self._amount(value)} {self.currency_name(code)}"
        said = self.say(f"{value:.2f}", to="currency", currency=code, separator="|") if self._knows(code) else None
        if said is not None:
            units, separated, cents = said.partition("|")
            if not separated:
                return said
            return " ".join([units] * (value >= 1 or not value) + [cents] * bool(value % 1)).strip()
        if self.locale is None:
            return None
        name = get_currency_name(code, count=int(value), locale=self.locale)
        if not self.nouns_are_capital:
            name = " ".join(word if word.isupper() else word.lower() for word in name.split())
        return f"{int(value)} {name} {int(value % 1 * 100) or ''}".strip()

    def currency_name(self, code: str) -> str:
        """The name of a currency after a number of several: euros, рублей."""
        said = self.currency(Decimal(5), code) or ""
        return said.removeprefix(self.cardinal(5)).removeprefix("5").strip() or code

    def currency_of(self, symbol: str) -> str:
        """The code of ISO 4217 that `symbol` stands for."""
        return YEN.get(self.base, MONEY[symbol]) if symbol == "¥" else MONEY[symbol]

    def _knows(self, currency: str) -> bool:
        """Whether num2words has its own words for a currency, and not only the English ones."""
        converter = CONVERTER_CLASSES.get(self.code)
        forms = getattr(converter, "CURRENCY_FORMS", {})
        own = "CURRENCY_FORMS" in vars(type(converter)) or forms.get(currency) != ENGLISH_MONEY.get(currency)
        return currency in forms and own

    def _amount(self, value: Decimal) -> str:
        if value == value.to_integral():
            return self.cardinal(int(value))
        return self.decimal(value) or str(value).replace(".", self.mark)

    def negative(self, said: str) -> str:
        """A number below zero, of which `said` is the rest."""
        word = self.minus or MINUS.get(self.base, "")
        if word:
            return f"{word} {said}"
        negative, one = self.say("-1"), self.say("1")
        if negative and one and negative.endswith(one):
            return f"{negative.removesuffix(one).strip()} {said}"
        word = str(getattr(CONVERTER_CLASSES.get(self.code), "negword", None) or "").strip()
        return f"{word} {said}" if word else f"-{said}"

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


def base_of(language: str) -> str:
    """de of de-ch, pt of pt-br."""
    return language.lower().replace("_", "-").split("-")[0]


def _num2words_language(language: str, base: str) -> str | None:
    if base in READ_BY_ESPEAK:
        return None
    region = language.replace("-", "_").split("_")
    for code in ("_".join([base, *(part.upper() for part in region[1:])]), {"nb": "no"}.get(base, base)):
        if code in CONVERTER_CLASSES and code != "am":  # where it loops for ever on most numbers above 1,000
            return code
    return None


def _locale(language: str, base: str) -> Locale | None:
    for name in (language.replace("-", "_"), {"cmn": "zh"}.get(base, base)):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None
