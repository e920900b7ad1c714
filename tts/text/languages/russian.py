"""Russian as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.nouns import counted, ends_in
from tts.text.languages.reader import Reader
from tts.text.languages.written import NEW_SENTENCE

ORDINAL = re.compile(r"\b(\d+)-(ый|ой|й|ая|я|ое|ые|е|ых|х|ого|го|ому|му|ом|м|ую|ю)\b(?=(\sгод(?:ы|ам|ами|ах)\b)?)")
MONTH = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
AFTER_MONTH = re.compile(rf"\d\s(?:{MONTH})\s$")
YEAR = re.compile(
    r"(?<![\w.,:-])(\d{4})(?=\s(год(?:а|у|ом|е)?)\b)|(?<=[ая] )([12]\d{3})(?!\s?(?:г\.|гг)|[\w-]|[.,:]\d)"
)
SHORT_YEAR = re.compile(r"(?<![\w.,:-])(\d{4})\s?г\.")
IN_A_YEAR = re.compile(r"\b(?:в|о|во)\s$", re.IGNORECASE)
HARD = {"й": "ый", "я": "ая", "е": "ое", "ые": "ые", "х": "ых", "го": "ого", "м": "ом", "му": "ому", "ю": "ую"}
SOFT = {"й": "ий", "я": "ья", "е": "ье", "ые": "ьи", "х": "ьих", "го": "ьего", "м": "ьем", "му": "ьему", "ю": "ью"}
"""Endings of ordinals by what is written after the digits."""
OF_YEARS = {"год": "й", "года": "го", "году": "м", "годом": "им", "годе": "м"}
NO_NOUN = "и|или|при|ли|если|мы|вы|чтобы|бы|почти|на|за|для|до|из|от|по|под|а|не|но|что|это|она|была|были|стали"
"""May follow a number that counts nothing."""
FEMININE_ONE = re.compile(
    r"\w*[^\Wм]я|\w*а|\w*ость|(?:ноч|част|двер|площад|област|мыш|вещ|тетрад|кроват|лошад|доч|мат|жизн|смерт|рол|цел"
    r"|печ|реч|трет|четверт|степен|мысл|повест|помощ|скорост|новост|сет|модел|ступен|стен)ь"
)
FEMININE_TWO = re.compile(r"\w*(?:[ыи]|ые|ие)")
MASCULINE = re.compile(r"(?:мужчин|дедушк|пап|дяд|юнош|судь|пут)[аяыи]|\w*(?:ами|ями)")
QUEENS = re.compile(
    r"[^\W\d_](?:([ая])|([ую]))\s*$|\b(?:Екатерин|Елизавет|Анн|Мари|Виктори|Маргарит|Изабелл|Софи)(ы|и|е|ой|ей)\s*$"
)
KINGS = re.compile(
    r"\b(?:Петр|Никола|Александр|Павл|Иван|Фёдор|Федор|Михаил|Людовик|Генрих|Карл|Фридрих|Вильгельм|Филипп|Густав|Георг"
    r"|Иоанн|Бенедикт|Рамзес|Рамсес|Яков|Франциск|Эдуард|Владимир|Васили|Констанций|Константин)"
    r"(?:([ая])|([ую])|(?:ом|ем)()|(е|и))\s*$"
)
"""Names in their cases."""
CASES = ("го", "му", "им", "м")


class Russian(Reader, language="ru"):
    """Ordinals with their endings, days in the neuter."""

    examples: ClassVar = {
        "5 км, 100 руб., № 5": "пять километров, сто рублей, номер пять",
        "1-й и 3-я, Людовик XIV": "первый и третья, Людовик четырнадцатый",
        "24.12.2024 в 14:30": "двадцать четвёртого декабря две тысячи двадцать четвёртого года в четырнадцать тридцать",
        "12 апреля 1961 года": "двенадцатого апреля тысяча девятьсот шестьдесят первого года",
        "в 2024 году, 2023 год": "в две тысячи двадцать четвёртом году, две тысячи двадцать третий год",
        "в 1990 г. и 12 мая 2000 г.": "в тысяча девятьсот девяностом году и двенадцатого мая двухтысячного года.",
        "1 мая 2024": "первого мая две тысячи двадцать четвёртого",
        "Глава II, при Николае II": "Глава вторая, при Николае втором",
        "90-е годы, в 90-х": "девяностые годы, в девяностых",
        "$5 млн, 2 млрд руб., 1 тыс.": "пять миллионов долларов, два миллиарда рублей, одна тысяча.",
        "1 минута, 2 минуты, 2 часа, 1 место": "одна минута, две минуты, два часа, одно место",
        "22 книги за 1 минуту": "двадцать две книги за одну минуту",
        "Екатерина II и сын Павла III": "Екатерина вторая и сын Павла третьего",
        "2/3, 3×4": "две трети, три на четыре",
        "8 800 555-35-35": "восемь, восемь ноль ноль, пять пять пять, тридцать пять, тридцать пять",
        "т. е. и т. д.": "то есть и так далее.",
        "5 см. Потом": "пять сантиметров. Потом",
    }
    fractions: ClassVar = {
        "1/2": "половина", "1/3": "одна треть", "2/3": "две трети", "1/4": "одна четверть", "3/4": "три четверти",
        "1/5": "одна пятая", "2/5": "две пятых", "3/5": "три пятых", "4/5": "четыре пятых", "1/8": "одна восьмая",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "т. е.": "то есть", "и т. д.": "и так далее.", "и т. п.": "и тому подобное.",
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

    def dates(self, text: str) -> str:
        text = SHORT_YEAR.sub(self._short_year, super().dates(text))
        return YEAR.sub(self._year, text)

    def _year(self, match: re.Match[str]) -> str:
        if match[1]:
            return self._ending(match[1], OF_YEARS[match[2]])
        return self._ending(match[3], "го") if AFTER_MONTH.search(match.string[: match.start()]) else match[0]

    def _short_year(self, match: re.Match[str]) -> str:
        inside = IN_A_YEAR.search(match.string[: match.start()])
        rest = match.string[match.end() :]
        ends = "" if rest.strip() and not NEW_SENTENCE.match(rest) else "."
        return f"{match[1]} {'году' if inside else 'года'}{ends}"

    def day(self, digits: str, stop: str) -> str:
        return self._ending(digits, "го")

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(
            lambda match: self._ending(match[1], "ые" if match[3] and match[2] == "е" else match[2]), text
        )

    def _ending(self, digits: str, written: str) -> str:
        said = self.ordinal(digits)
        endings = SOFT if said.endswith("ий") else HARD
        ending = endings.get(written) or endings.get(written[1:]) or written
        return said if written in ("й", "ый", "ой") else re.sub("[ыои]й$", ending, said)

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        king, queen = KINGS.search(before), QUEENS.search(before)
        ending = "й"
        if king:
            ending = next(case for case, found in zip(CASES, king.groups(), strict=True) if found is not None)
        elif queen:
            ending = "я" if queen[1] else "ю" if queen[2] else "ой"
        return self._ending(str(value), ending) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        noun = counted(after, NO_NOUN)
        if not noun or MASCULINE.fullmatch(noun):
            return said
        if ends_in(value, 2) and FEMININE_TWO.fullmatch(noun):
            return re.sub("два$", "две", said)
        if ends_in(value, 1):
            one = "одна" if FEMININE_ONE.fullmatch(noun) else "одно" if noun[-1] in "оеё" else ""
            one = "одну" if noun[-1] in "ую" else one
            return re.sub("один$", one, said) if one else said
        return said
