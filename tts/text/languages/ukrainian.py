"""Ukrainian as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.nouns import counted, ends_in
from tts.text.languages.reader import Reader
from tts.text.languages.written import NEW_SENTENCE

ORDINAL = re.compile(r"\b(\d+)-(й|ий|ій|га|ша|тя|та|ма|а|я|ге|ше|тє|те|ме|е|го|ого|му|ому|м|ті|ні|і|х|их)\b")
YEAR = re.compile(r"(?<![\w.,:-])(\d{4})(?=\s(року|році|рік|роком)\b)")
SHORT_YEAR = re.compile(r"(?<![\w.,:-])(\d{4})\s?р\.(?!\w)")
ENDINGS = {"року": "го", "році": "му", "рік": "й", "роком": "м"}
HARD = {"й": "ий", "а": "а", "е": "е", "го": "ого", "му": "ому", "м": "им", "і": "і", "х": "их"}
SOFT = {"й": "ій", "а": "я", "е": "є", "го": "ього", "му": "ьому", "м": "ім", "і": "і", "х": "іх"}
"""Endings of ordinals by what is written after the digits."""
NO_NOUN = "і|й|та|або|чи|якщо|ми|ви|щоб|майже|на|за|для|до|із|зі|від|по|під|а|не|але|що|це|вона|була|були|стали|з|у|в"
"""May follow a number that counts nothing."""
FEMININE_ONE = re.compile(r"\w*[ая]|\w*ість|(?:ніч|річ|двер|мат|міць|сіль|тінь)[ьі]?")
FEMININE_TWO = re.compile(
    r"(?:книг|жінк|дівчин|хвилин|годин|секунд|сторінк|кімнат|машин|дорог|рук|ног|країн|груп|вулиц|школ|мов|тисяч|пісн|хат"
    r"|гривн|копійк|чашк|ложк|сестр|дочк|зірк|стор|кав|карт|фотографі|історі|лекці|версі|ноч|реч|частин)[иіїй]"
)
MASCULINE = re.compile(r"(?:чоловіка|дядька|батька|тата|суддя|юнака)|\w*(?:ами|ями)")


class Ukrainian(Reader, language="uk"):
    """Ordinals with their endings, days in the genitive."""

    examples: ClassVar = {
        "24.12.2024 о 9": "двадцять четвертого грудня дві тисячі двадцять четвертого року о дев'ять",
        "3 жовтня 2024 року, у 2023 році": "третього жовтня дві тисячі двадцять четвертого року, у дві тисячі двадцять "
        "третьому році",
        "1-й, 2-га, 3-тє, 5-го": "перший, друга, третє, п'ятого",
        "2 книги, 1 хвилина, 2 дні": "дві книги, одна хвилина, два дні",
        "2x3": "два на три",
    }

    def dates(self, text: str) -> str:
        text = SHORT_YEAR.sub(self._short_year, super().dates(text))
        return YEAR.sub(lambda match: self._ending(match[1], ENDINGS[match[2]]), text)

    def _short_year(self, match: re.Match[str]) -> str:
        rest = match.string[match.end() :]
        ends = "" if rest.strip() and not NEW_SENTENCE.match(rest) else "."
        return f"{match[1]} року{ends}"

    def day(self, digits: str, stop: str) -> str:
        return self._ending(digits, "го")

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(lambda match: self._ending(match[1], match[2]), text)

    def _ending(self, digits: str, written: str) -> str:
        said = self.ordinal(digits)
        endings = SOFT if said.endswith("ій") else HARD
        case = next((c for c in ("го", "му", "м", "х", "й") if written.endswith(c)), "")
        case = case or {"а": "а", "я": "а", "е": "е", "є": "е", "і": "і"}[written[-1]]
        return re.sub("[иі]й$", endings[case], said)

    def counting(self, said: str, value: int, after: str) -> str:
        noun = counted(after, NO_NOUN)
        if not noun or MASCULINE.fullmatch(noun):
            return said
        if ends_in(value, 2) and FEMININE_TWO.fullmatch(noun):
            return re.sub("два$", "дві", said)
        if ends_in(value, 1) and FEMININE_ONE.fullmatch(noun):
            return re.sub("один$", "одна", said)
        return said
