"""Polish as it is read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from tts.text.languages.nouns import counted, ends_in
from tts.text.languages.reader import Reader
from tts.text.languages.written import NEW_SENTENCE

MONTH = "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia"
YEAR = re.compile(r"(?:(?<= )|^)(\d{4})(?=\s(roku|rok|rokiem|rokowi)\b)|(?<=[a-ząćęłńóśźż] )(\d{4})(?![\w-]|[.,:]\d)")
AFTER_MONTH = re.compile(rf"\b(?:{MONTH})\s$")
SHORT_YEAR = re.compile(r"(?<![\w.,:-])(\d{4})\s?r\.")
IN_A_YEAR = re.compile(r"\b(?:w|we|po|o)\s$", re.IGNORECASE)
DECADE = re.compile(r"\b(lata|latach|lat) (\d0)\.")
ENDINGS = {"lata": "e", "lat": "ych", "latach": "ych"}
NO_NOUN = "i|lub|a|albo|ale|czy|do|dla|na|po|od|za|przy|ani|by|się|nie|są|mi|mu|my|gdy|niż|razy|zera"
"""May follow a number that counts nothing."""
FEMININE_TWO = re.compile(
    r"(?:osob|kobiet|minut|godzin|sekund|dziewczyn|stron|kart|gwiazd|szkoł|grup|drużyn|lamp|ryb|par|zup|kaw|herbat|pizz|ton"
    r"|świec|gór|wysp|bramk|połow|rodzin|firm|zmian|prób|mam|łyż|rzek|nog|rąk|córk|matk|siostr|książk|dziewczynk|szklank"
    r"|butelk|łyżk|łyżeczk|drog|sztuk|kropk|kresk|złotówk|kartk|paczk|puszk|filiżank|kanapk|piosenk|bajk|gazet|lekcj"
    r"|wersj|informacj|cz[ęe]ści|rzecz|noc|ulic|tablic|różnic|kopi|lini|seri|trzeci|czwart|piąt|dziesiąt|setn)(?:y|i|e)"
    r"|części|ręce|\w+(?:cje|zje|ości)"
)
MASCULINE = re.compile(r"mężczyzna|kolega|tata|kierowca|sędzia|poeta|atleta|\w+(?:ysta|ista|wca)")


class Polish(Reader, language="pl"):
    """Days, kings and centuries by their ordinal."""

    examples: ClassVar = {
        "-5 °C, 20 zł, 5 mln zł": "minus pięć stopni Celsjusza, dwadzieścia złotych, pięć milionów złotych",
        "24.12.2024 r.": "dwudziestego czwartego grudnia dwa tysiące dwudziestego czwartego roku.",
        "2 kwietnia 2025": "drugiego kwietnia dwa tysiące dwudziestego piątego",
        "w 2024 r.": "w dwa tysiące dwudziestym czwartym roku.",
        "w lipcu 1989 roku, lata 90. i": "w lipcu tysiąc dziewięćset osiemdziesiątego dziewiątego roku, "
        "lata dziewięćdziesiąte i",
        "€5 mln, 2 mld zł, 1 mln zł": "pięć milionów euro, dwa miliardy złotych, jeden milion złotych",
        "1 kobieta, 2 osoby, 2 koty, 1 okno": "jedna kobieta, dwie osoby, dwa koty, jedno okno",
        "2/3, 3×4": "dwie trzecie, trzy razy cztery",
        "o 14:30, Jan Paweł II": "o czternaście trzydzieści, Jan Paweł drugi",
        "Ok. Idziemy, ok. 5": "Ok. Idziemy, około pięć",
    }
    fractions: ClassVar = {
        "1/2": "pół", "1/3": "jedna trzecia", "2/3": "dwie trzecie", "1/4": "jedna czwarta", "3/4": "trzy czwarte",
        "1/5": "jedna piąta", "2/5": "dwie piąte", "3/5": "trzy piąte", "4/5": "cztery piąte", "1/8": "jedna ósma",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "np.": "na przykład", "itd.": "i tak dalej.", "itp.": "i tym podobne.",
        "tzn.": "to znaczy", "tj.": "to jest", "m.in.": "między innymi", "# r.": "roku.", "ul.": "ulica",
        "al. A": "aleja", "pl. A": "plac", "godz.": "godzina", "str. #": "strona", "nr #": "numer", "dr A": "doktor",
        "prof.": "profesor", "mgr A": "magister", "inż.": "inżynier", "ok. #": "około", "tel.": "telefon",
        "św. A": "święty", "tys.": "tysięcy.", "mln": "milionów", "mld": "miliardów", "p.n.e.": "przed naszą erą.",
        "n.e.": "naszej ery.", "wg": "według", "dot.": "dotyczy", "tzw.": "tak zwany",
    }  # fmt: skip
    decimals_together = True
    to = "do"
    minus = "minus"
    clock = ("{h} {m}", "{h} zero zero")
    hour = "h"
    dot = "kropka"
    at = "małpa"
    slash = "ukośnik"

    def held_stops(self, text: str) -> Iterator[int]:
        yield from super().held_stops(text)
        yield from (match.end() - 1 for match in DECADE.finditer(text))

    def dates(self, text: str) -> str:
        text = SHORT_YEAR.sub(self._short_year, super().dates(text))
        text = DECADE.sub(lambda m: f"{m[1]} {self.ordinal(m[2])[:-1]}{ENDINGS[m[1]]}", text)
        return YEAR.sub(self._year, text)

    def _short_year(self, match: re.Match[str]) -> str:
        rest = match.string[match.end() :]
        ends = "" if rest.strip() and not NEW_SENTENCE.match(rest) else "."
        return f"{match[1]} roku{ends}"

    def _year(self, match: re.Match[str]) -> str:
        before = match.string[: match.start()]
        if match[3] and not AFTER_MONTH.search(before):
            return match[0]
        ordinal = self.ordinal(match[1] or match[3])
        if match[2] == "rok":
            return ordinal
        locative = match[2] == "roku" and IN_A_YEAR.search(before)
        return re.sub(r"([yi])\b", r"\1m", ordinal) if locative else _genitive(ordinal)

    def day(self, digits: str, stop: str) -> str:
        return _genitive(self.ordinal(digits))

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        return self.ordinal(value) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        noun = counted(after, NO_NOUN)
        if not noun:
            return said
        if value == 1 and not MASCULINE.fullmatch(noun):
            return "jedna" if noun.endswith("a") else "jedno" if noun[-1] in "oeę" else said
        return re.sub("dwa$", "dwie", said) if ends_in(value, 2) and FEMININE_TWO.fullmatch(noun) else said


def _genitive(ordinal: str) -> str:
    return re.sub(r"i\b", "iego", re.sub(r"y\b", "ego", ordinal))
