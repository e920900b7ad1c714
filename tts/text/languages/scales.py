"""Millions and their like: after an amount of money they come before the currency, however it is written."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

from babel import Locale

from tts.text.languages.spoken import Spoken
from tts.text.languages.written import CURRENCY, GROUPED, NEW_SENTENCE

SCALES = {
    "de": {
        "Mio": "Million Millionen", "Mrd": "Milliarde Milliarden", "Bio": "Billion Billionen", "Tsd": "Tausend Tausend",
        "M": "Million Millionen",
    },
    "nl": {"mln": "miljoen miljoen", "mld": "miljard miljard", "bln": "biljoen biljoen"},
    "fr": {"M": "million millions", "Md": "milliard milliards", "Mds": "milliard milliards", "Mrd": "milliard milliards"},
    "es": {"M": "millón millones", "mil M": "mil_millones mil_millones", "B": "billón billones", "mil": "mil mil"},
    "pt": {
        "mi": "milhão milhões", "bi": "bilhão bilhões", "tri": "trilhão trilhões", "M": "milhão milhões",
        "mil": "mil mil", "mil M": "mil_milhões mil_milhões",
    },
    "it": {"mln": "milione milioni", "mld": "miliardo miliardi", "M": "milione milioni", "mila": "mila mila"},
    "ca": {"M": "milió milions"},
    "ru": {
        "млн": "миллион миллиона миллионов миллиона", "млрд": "миллиард миллиарда миллиардов миллиарда",
        "трлн": "триллион триллиона триллионов триллиона", "тыс": "тысяча тысячи тысяч тысячи",
    },
    "uk": {
        "млн": "мільйон мільйони мільйонів мільйона", "млрд": "мільярд мільярди мільярдів мільярда",
        "тис": "тисяча тисячі тисяч тисячі",
    },
    "pl": {
        "mln": "milion miliony milionów miliona", "mld": "miliard miliardy miliardów miliarda",
        "bln": "bilion biliony bilionów biliona", "tys": "tysiąc tysiące tysięcy tysiąca",
    },
    "hi": {"लाख": "लाख लाख", "करोड़": "करोड़ करोड़", "हज़ार": "हज़ार हज़ार", "अरब": "अरब अरब"},
    "cs": {"mil": "milion miliony milionu milionů", "mld": "miliarda miliardy miliardy miliard"},
    "sv": {"mn": "miljon miljoner", "mdr": "miljard miljarder"},
    "tr": {"mn": "milyon milyon", "mr": "milyar milyar"},
}  # fmt: skip
"""Abbreviation, and its word after one, few, many and other numbers, in the order of CLDR; `_` is a space."""
OF = {"ca": "de", "es": "de", "fr": "de", "it": "di", "pt": "de"}
"""Between millions and what they are of, but not after a thousand."""
ELIDING = {"ca", "fr"}
THOUSAND = {"mil", "mila"}
ORDER = ("one", "few", "many", "other")
LONG = 3
"""Letters; shorter abbreviations are read only beside a sign of money."""


class Scales:
    """Amounts in millions of one language. It says numbers and currencies as `language` does."""

    def __init__(self, language: Spoken) -> None:
        self._language, self._plural = language, Locale.parse(language.base).plural_form
        self._of, self._elides = OF.get(language.base, ""), language.base in ELIDING
        self._forms = {
            name: [form.replace("_", " ") for form in forms.split()] for name, forms in SCALES[language.base].items()
        }
        names = {*self._forms, *(form for forms in self._forms.values() for form in forms)}
        either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        self._pattern = re.compile(
            rf"(?<![\w.,$])(-?)(?:({CURRENCY})\s?)?(?<![\w.,])({GROUPED}(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s?({either})(?!\w)(\.?)(?:\s?({CURRENCY})(?!\w))?"
        )

    def read(self, text: str) -> str:
        """Abbreviations in words, and currencies behind them."""
        return self._pattern.sub(self._said, text)

    def _said(self, match: re.Match[str]) -> str:
        minus, before, amount, name, stop, after = match.groups()
        symbol, value = before or after, self._language.value(amount)
        forms = self._forms.get(name, [])
        if value is None or (not symbol and (not forms or len(name) < LONG)):
            return match[0]
        category = self._plural(value)
        word = name
        if forms:
            word = forms[ORDER.index(category)] if len(forms) == len(ORDER) else forms[category != "one"]
        amount = re.sub(r"^(\d+)[.,](\d\d?)$", rf"\1{self._language.mark}\2", amount)
        said = f"{minus}{amount} {word}" + (self._of_money(word, symbol) if symbol else "")
        rest = match.string[match.end() :]
        if after:
            stop, abbreviated = "." * after.endswith("."), True
        else:
            abbreviated = bool(forms) and len(name) >= LONG
        ends = not rest.strip() or (not self._language.nouns_are_capital and NEW_SENTENCE.match(rest))
        return said + stop * bool(ends or not abbreviated)

    def _of_money(self, word: str, symbol: str) -> str:
        name = self._language.currency_name(self._language.currency_of(symbol))
        if not self._of or word in THOUSAND:
            return f" {name}"
        return f" d'{name}" if self._elides and re.match("[aeiouy]", name) else f" {self._of} {name}"


def currency_last(text: str, characters: str, language: Spoken) -> str:
    """Money in a language that writes millions as `characters` behind the digits."""
    scaled = rf"({CURRENCY})\s?(\d[\d.,]*)\s?([{characters}]+)"
    return re.sub(
        scaled, lambda m: f"{m[2]}{m[3]} {language.currency_name(language.currency_of(m[1]))} ", text
    ).rstrip()
