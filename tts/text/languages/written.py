"""How numbers, money, units, dates and times are written in languages other than English: what `reader` looks for."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

UNITS = {
    "km/h": "kilometer-per-hour", "km/u": "kilometer-per-hour", "Go": "gigabyte", "Mo": "megabyte", "Ko": "kilobyte",
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter",
    "m/s": "meter-per-second", "km²": "square-kilometer", "km2": "square-kilometer", "m²": "square-meter",
    "m2": "square-meter", "cm²": "square-centimeter", "m³": "cubic-meter", "m3": "cubic-meter", "ha": "hectare",
    "kg": "kilogram", "g": "gram", "mg": "milligram", "t": "tonne", "l": "liter", "L": "liter", "ml": "milliliter",
    "cl": "centiliter", "°C": "celsius", "°F": "fahrenheit", "°": "degree", "kWh": "kilowatt-hour", "kW": "kilowatt",
    "MW": "megawatt", "W": "watt", "V": "volt", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    "Hz": "hertz",
    "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "kcal": "kilocalorie", "min": "minute",
    "км/ч": "kilometer-per-hour", "км": "kilometer", "м": "meter", "см": "centimeter", "мм": "millimeter",
    "км²": "square-kilometer", "м²": "square-meter", "кв. м": "square-meter", "м³": "cubic-meter", "кг": "kilogram",
    "г": "gram", "мг": "milligram", "л": "liter", "мл": "milliliter", "кВт": "kilowatt", "Вт": "watt", "ч": "hour",
    "мин": "minute", "сек": "second", "Гб": "gigabyte", "ГБ": "gigabyte", "Мб": "megabyte", "МБ": "megabyte",
}  # fmt: skip
"""Written after a number, and CLDR's name of it."""

GROUPED = r"\d{1,3}(?:[ .,']\d{3})+"
NUMBER = {
    marks: re.compile(
        rf"(?<![\w.,:])([-+]?)(\d{{1,3}}(?:[ '{groups}]\d{{3}})+(?:[{marks}]\d+)?(?! \d)|\d{{1,3}}(?:[{marks}]\d{{3}})+(?:[{groups}]\d+|[{marks}]\d{{3}})|\d+(?:[{marks}]\d+)?)(?!\w|[.,:]\d)"
    )
    for marks, groups in ((",", "."), (".", ","), (".,", ".,"))
}
"""By the marks that may stand before decimals. Dates, versions and addresses are none."""
INDIAN = re.compile(r"(?<![\w.,])\d{1,2}(?:,\d\d)+,\d{3}(?!\d|,\d)")
"""A hundred thousand is 1,00,000."""
MONEY = {
    "R$": "BRL", "US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "zł": "PLN", "руб.": "RUB",
    "₹": "INR", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₴": "UAH", "₫": "VND", "₱": "PHP", "₦": "NGN", "₸": "KZT",
    "₾": "GEL", "₼": "AZN", "֏": "AMD", "฿": "THB", "৳": "BDT", "₡": "CRC", "₲": "PYG", "₵": "GHS", "Kč": "CZK",
}  # fmt: skip
MONEY |= {code: code for code in ("EUR", "USD", "GBP", "CHF", "PLN", "BRL", "SEK", "NOK", "DKK")}
MONEY |= {code: code for code in ("HUF", "RON", "TRY", "VND", "IDR")}
CURRENCY = "|".join(map(re.escape, MONEY))
AMOUNT = rf"((?:{GROUPED}|\d+)(?:[.,]\d{{1,2}})?)(?:,[-–]+)?"
MONEY_BEFORE = re.compile(rf"(?<![\w$.,])(-?)({CURRENCY})\s?{AMOUNT}(?![\d.,]*\d)")
MONEY_AFTER = re.compile(rf"(?<![\w.,])(-?){AMOUNT}\s?({CURRENCY})(?!\w)")
MONEY_BETWEEN = re.compile(r"\b(\d+)\s?([€£$])(\d\d)\b")
UNIT = re.compile(
    rf"(?<![\w.,])(-?)({GROUPED}(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s?({'|'.join(map(re.escape, sorted(UNITS, key=len, reverse=True)))})(?![\w/²³'°€$£])"
)
OPERATOR = re.compile(r"(?<=\d)\s?([×*÷]|(?<!\b0)x)\s?(?=-?\d)|(±)\s?(?=\d)")
PERCENT_SIGN = re.compile(r"(?<=\d)\s?%")
PERCENT_BEFORE = re.compile(r"%\s?(?=\d)")
GERSHAYIM = re.compile(r'(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
"""Within a Hebrew word this is no quotation mark."""
DEGREES = re.compile(r"(?<=\d)\s?[º°]\s?([CF])\b")
ADDRESS = re.compile(
    r"\bhttps?://\S+|\bwww\.\S+\.\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|eu|de|fr|es|it|pt|br|nl|pl|ru|io|info|edu|gov|cz|se|tr|ua|ch|at|uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
DATE = re.compile(r"(?<![\w.,/-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\w|[./-]\d)")
SPACED_DATE = re.compile(r"(?<![\w.,/-])(\d{1,2})\. (\d{1,2})\. (?=\d{4}(?!\w|[./-]\d))")
"""As in Czech, 3. 10. 2024."""
ISO_DATE = re.compile(r"(?<![\w.,/-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
TIME = r"\d{1,2}(?:[:h]\d\d|h)"
RANGE = re.compile(rf"(?<![\w.,:-])({TIME}|\d+(?:,\d+)?)\s?[-–~]\s?({TIME}|\d+(?:,\d+)?)(?![\d-]|[.,:]\d)")
NUMERAL = re.compile(r"(^|(?<=[^\W\d_]) )(X{0,3}(?:IX|IV|V?I{0,3}))(\.?)(?![\w'-]|\.\w)")
INITIAL = re.compile(r"(?<![\w'])(?<!\d )[^\W\d_]\.$")
"""Of a name: its full stop ends no sentence."""
CAPITAL = "[^\\W\\d_a-zß-öø-ÿа-яё]"
NEW_SENTENCE = re.compile(rf"[\"')]*\s+[\"'(¿¡«„]*{CAPITAL}")
