"""Russian as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader

ORDINAL = re.compile(r"\b(\d+)-(й|я|е|х|го|м|му)\b")
HARD = {"я": "ая", "е": "ое", "х": "ых", "го": "ого", "м": "ом", "му": "ому"}
SOFT = {"я": "ья", "е": "ье", "х": "ьих", "го": "ьего", "м": "ьем", "му": "ьему"}
"""Endings of ordinals by what is written after the digits."""


class Russian(Reader, language="ru"):
    """Ordinals with their endings, days in the neuter."""

    examples: ClassVar = {
        "5 км, 100 руб., № 5": "пять километров, сто рублей, номер пять",
        "1-й и 3-я, Людовик XIV": "первый и третья, Людовик четырнадцатый",
        "24.12.2024 в 14:30": "двадцать четвёртое декабря две тысячи двадцать четыре года в четырнадцать тридцать",
        "т. е. и т. д.": "то есть и так далее.",
        "5 см. Потом": "пять сантиметров. Потом",
    }
    abbreviations: ClassVar = {
        "1/2": "половина", "½": "половина", "1/4": "одна четверть", "¼": "одна четверть", "3/4": "три четверти",
        "¾": "три четверти", "млн руб.": "миллионов рублей.", "млрд руб.": "миллиардов рублей.",
        "тыс. руб.": "тысяч рублей.", "т. е.": "то есть", "и т. д.": "и так далее.", "и т. п.": "и тому подобное.",
        "т. к.": "так как", "и др.": "и другие.", "# гг.": "годов.", "# г.": "года.", "г. A": "город", "ул.": "улица",
        "д. #": "дом", "кв. #": "квартира", "стр. #": "страница", "с. #": "страница", "тел.": "телефон",
        "# коп.": "копеек.", "тыс.": "тысяч.", "млн": "миллионов", "млрд": "миллиардов", "им. A": "имени",
        "проф.": "профессор", "напр.": "например", "см. стр.": "смотри страница",
        "см. рис.": "смотри рисунок", "ок. #": "около", "до н. э.": "до нашей эры.",
        "н. э.": "нашей эры.", "г-н": "господин", "г-жа": "госпожа", "# мин.": "минут.", "# ч.": "часов.",
        "# сек.": "секунд.", "№": "номер",
    }  # fmt: skip
    minus = "минус"
    clock = ("{h} {m}", "{h} ноль ноль")
    hour = "ч"
    dot = "точка"
    at = "собака"
    slash = "слэш"

    def day(self, digits: str, stop: str) -> str:
        return self._ending(digits, "е")

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(lambda match: self._ending(match[1], match[2]), text)

    def _ending(self, digits: str, written: str) -> str:
        said = self.ordinal(digits)
        ending = (SOFT if said.endswith("ий") else HARD).get(written)
        return re.sub("[ыои]й$", ending, said) if ending else said

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        return self.ordinal(value) + stop
