"""Written text to words a reader would say: Unicode clean-up for every language, then numbers and signs."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from num2words import CONVERTER_CLASSES, num2words

from tts.text.english import normalise_english

QUOTES = str.maketrans(
    {
        # ligatures and full-width characters, as in text copied from PDFs and from East Asian keyboards
        **{chr(c): unicodedata.normalize("NFKC", chr(c)) for c in (*range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F))},
        **dict.fromkeys("‘’‚‛′ʼ`´＇", "'"),
        **dict.fromkeys("“”„‟″«»‹›＂〝〞「」『』", '"'),
        **dict.fromkeys("‐‑⁃﹣－", "-"),
        **dict.fromkeys("−", "-"),
        **dict.fromkeys("‒", "–"),
        **dict.fromkeys("―⸺⸻", "—"),
        "⁄": "/",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "।": ".",
        "॥": ".",
        "。": ". ",
        "．": ".",
        "，": ", ",
        "、": ", ",
        "？": "? ",
        "！": "! ",
        "；": "; ",
        "：": ": ",
        "（": " (",
        "）": ") ",
        "％": "%",
        "＄": "$",
        "＆": "&",
    }
)
JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: meaningful between the letters of Arabic-script and Indic words, noise
elsewhere."""
STRAY_JOINER = re.compile(f"(?<![\u0600-\u0dff])[{JOINERS}]|[{JOINERS}](?![\u0600-\u0dff])")
DOUBLE_DASH = re.compile(r"(?<=[^-])--+(?=[^-]|$)|(?<=\s)-(?=\s)")
DOTS = re.compile(r"(?:\.\s?){2,}\.|\.{2,}")

NUMBER = re.compile(r"(?<![\w.,])([-+]?)(\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\w])")
MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
AMOUNT = r"(\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)"
MONEY_BEFORE = re.compile(rf"(?<![A-Za-z\d])(?<!\d )([$€£¥])\s?{AMOUNT}(?![\d.,]*\d)")
MONEY_AFTER = re.compile(rf"(?<![\d.,]){AMOUNT}\s?([$€£¥])")
ORDINAL = {
    "fr": re.compile(r"\b(\d+)(?:er|ère|re|e|ème)\b"),
    "es": re.compile(r"\b(\d+)(?:\.?[ºª])"),
    "it": re.compile(r"\b(\d+)[ºª°]"),
    "pt": re.compile(r"\b(\d+)\.?[ºª]"),
    "nl": re.compile(r"\b(\d+)(?:e|de|ste)\b"),
    "sv": re.compile(r"\b(\d+):[ae]\b"),
}
POINT_DECIMALS = {"en", "he", "ja", "ko", "th", "zh", "cmn", "hi", "bn"}
"""Languages that write 3.5 for three and a half; the others write 3,5."""
LONGEST_NUMBER = 15
"""Digits; longer strings are codes, not quantities."""


def normalise(text: str, language: str) -> str:
    """`text` as words: NFC, plain quotes and dashes, no control characters, numbers and signs spelled out.

    English is treated in full (`tts.text.english`). In other languages num2words reads the numbers, ordinals
    and sums of money where it knows the language, and the rest is left to espeak-ng. Never raises,
    whatever the text.

    Parameters
    ----------
    language: an espeak-ng language (en-us, fr-fr, pt-br, …).
    """
    text = clean(text)
    base = language.lower().replace("_", "-").split("-")[0]
    text = normalise_english(text) if base == "en" else _spell_numbers(text, language, base)
    return re.sub(r"\s+", " ", text).strip()


def clean(text: str) -> str:
    """Unicode clean-up alone: NFC, one space between words, plain quotes, dashes, ellipses and decimal
    digits."""
    text = unicodedata.normalize("NFC", text).translate(QUOTES)
    text = "".join(map(_plain_character, text)) if not text.isascii() or not text.isprintable() else text
    text = STRAY_JOINER.sub("", text)
    text = DOTS.sub("… ", text)
    text = DOUBLE_DASH.sub(" — ", text)
    return re.sub(r"\s+", " ", text).strip()


def _plain_character(character: str) -> str:
    if character in JOINERS:
        return character
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Zs" | "Zl" | "Zp":
            return " "
        case "Cc":
            return " " if character.isspace() else ""
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
    return character


def _spell_numbers(text: str, language: str, base: str) -> str:
    code = _num2words_language(language, base)
    if code is None or not any(c.isdigit() for c in text):
        return text
    comma = base not in POINT_DECIMALS

    def money(amount: str, sign: str, whole: str) -> str:
        value = _value(amount, comma)
        if value is None:
            return whole
        said = _say(f"{value:.2f}", code, to="currency", currency=MONEY[sign], separator="|")
        if said is None:
            return whole
        units, _, cents = said.partition("|")
        return f"{units} {cents}".strip() if value % 1 else units

    text = MONEY_BEFORE.sub(lambda m: money(m[2], m[1], m[0]), text)
    text = MONEY_AFTER.sub(lambda m: money(m[1], m[2], m[0]), text)
    if base in ORDINAL:
        text = ORDINAL[base].sub(lambda m: _say(m[1], code, to="ordinal") or m[0], text)

    def number(match: re.Match[str]) -> str:
        value = _value(match[2], comma)
        said = None if value is None else _say(str(value), code)
        return match[0] if said is None else (match[1] if match[1] == "+" else "") + _minus(said, match[1], code)

    return NUMBER.sub(number, text)


def _minus(said: str, sign: str, code: str) -> str:
    if sign != "-":
        return said
    negative = _say("-1", code)
    one = _say("1", code)
    return f"{negative.removesuffix(one).strip()} {said}" if negative and one and negative.endswith(one) else said


def _value(digits: str, comma: bool) -> Decimal | None:
    """The number that `digits` writes with the language's own separators; None where it reads as a code."""
    mark, groups = (",", ".") if comma else (".", ",")
    plain = re.sub(rf"[ '{re.escape(groups)}](?=\d{{3}}(?!\d))", "", digits).replace(mark, ".")
    if plain.count(".") > 1 or not re.fullmatch(r"\d+(\.\d+)?", plain):
        return None
    leading_zero = len(plain) > 1 and plain[0] == "0" and plain[1] != "."
    return None if leading_zero or len(plain) > LONGEST_NUMBER else Decimal(plain)


def _num2words_language(language: str, base: str) -> str | None:
    region = language.replace("-", "_").split("_")
    for code in ("_".join([base, *(part.upper() for part in region[1:])]), {"nb": "no"}.get(base, base)):
        if code in CONVERTER_CLASSES and code != "am":  # where it loops for ever on most numbers above 1,000
            return code
    return None


def _say(number: str, code: str, **how: str) -> str | None:
    """num2words' reading, or None where it has none: its languages fail in many ways, and espeak reads
    digits too."""
    try:
        value = Decimal(number)
        said = num2words(int(value) if "." not in number else float(value), lang=code, **how)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        return None
    return str(said).replace(",", "").strip()
