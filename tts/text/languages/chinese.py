"""Mandarin and Cantonese as they are read aloud. Numbers stay in digits, which espeak-ng reads."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader
from tts.text.languages.scales import currency_last
from tts.text.languages.written import UNITS

DIGITS = "零一二三四五六七八九"
DATE = re.compile(r"(?<![\d./-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-]|\.\d)")
YEAR = re.compile(r"(?<!\d)(?!\d000)(\d{4})(?=\s?年)")
SCORE = re.compile(
    r"(?<![A-Za-z\d.,:-])(\d{1,3}):(\d)(?![\d:])|(?<![A-Za-z\d.,:-])(\d{1,3})-(\d{1,3})(%?)(?![A-Za-z\d.:-])"
)
RANGE = re.compile(r"(?<=\d)\s?[~〜～]\s?(?=\d)")
MINUS = re.compile(r"(?<![A-Za-z\d)-])-(?=\d)")
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?%")
UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True) if unit.isascii() or "°" in unit)
AMOUNT = re.compile(rf"((?:(?<![A-Za-z\d)-])-)?\d+(?:\.\d+)?\s?(?:{UNIT}))(?![A-Za-z\d/²³])")
MONEY = re.compile(r"([A-Z]{0,2}[$€£¥₹₩₽]\s?\d(?:[\d.,]*\d)?|\d(?:[\d.,]*\d)?\s?[$€£¥₹₩₽])")


class Chinese(Reader, language="cmn"):
    """Years digit by digit, scores and ranges."""

    examples: ClassVar = {
        "今天是2025-09-28。": "今天是二零二五年九月二十八日.",
        "2024年, 3000年": "二零二四年, 3000年",
        "比赛以4-0和11-3结束": "比赛以四比零和十一比三结束",
        "10~15人, 10-15天": "10到15人, 十到十五天",
        "气温-5°C, 50%, 10-20%": "气温 负 5摄氏度 , 百分之50, 百分之十到二十",
        "花费$5亿, 比分3:2": "花费5亿 美元 , 比分三比二",
        "价格¥50和$5.50": "价格 50 元 和 5.5 美元",
    }
    than, up_to, year, month, day_of_month = "比", "到", "年", "月", "日"
    negative_sign, hundredths = "负", "百分之"

    def read(self, text: str) -> str:
        text = currency_last(text, "十百千万萬亿億", self)
        text = DATE.sub(self._date, text)
        text = YEAR.sub(lambda match: _one_by_one(match[1]), text)
        text = RANGE.sub(self.up_to, SCORE.sub(self._score, text))
        text = super().read(AMOUNT.sub(r" \1 ", MONEY.sub(r" \1 ", text)))
        return PERCENT.sub(rf"{self.hundredths}\1", MINUS.sub(self.negative_sign, text)).strip()

    def _date(self, match: re.Match[str]) -> str:
        month, day = int(match[3]), int(match[4])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return match[0]
        return (
            f"{_one_by_one(match[1])}{self.year}{_below_a_hundred(month)}{self.month}"
            f"{_below_a_hundred(day)}{self.day_of_month}"
        )

    def _score(self, match: re.Match[str]) -> str:
        """Numbers that rise are a range, unless one is nothing."""
        first, last = (int(number) for number in match.groups()[:4] if number)
        if max(first, last) > 99 or match[0].startswith("0") != (first == 0):
            return match[0]
        rises = match[3] and 0 < first < last
        hundredths = self.hundredths if match[5] else ""
        return f"{hundredths}{_below_a_hundred(first)}{self.up_to if rises else self.than}{_below_a_hundred(last)}"


class Cantonese(Chinese, language="yue"):
    """In traditional characters."""

    examples: ClassVar = {"氣溫-5°C, 50%": "氣溫 負 攝氏 5 度 , 百分之50", "¥50": "50 元"}
    negative_sign = "負"


def _one_by_one(digits: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in digits)


def _below_a_hundred(value: int) -> str:
    tens, ones = divmod(value, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"
