"""Polish as it is read aloud."""

from __future__ import annotations

from typing import ClassVar

from tts.text.languages.reader import Reader


class Polish(Reader, language="pl"):
    """Days, kings and centuries by their ordinal."""

    examples: ClassVar = {
        "-5 °C, 20 zł, 5 mln zł": "minus pięć stopni Celsjusza, dwadzieścia złotych, pięć milionów złotych",
        "24.12.2024 r.": "dwudziesty czwarty grudnia dwa tysiące dwadzieścia cztery roku.",
        "o 14:30, Jan Paweł II": "o czternaście trzydzieści, Jan Paweł drugi",
        "Ok. Idziemy, ok. 5": "Ok. Idziemy, około pięć",
    }
    abbreviations: ClassVar = {
        "1/2": "pół", "½": "pół", "1/4": "jedna czwarta", "¼": "jedna czwarta", "3/4": "trzy czwarte",
        "¾": "trzy czwarte", "mln zł": "milionów złotych", "mld zł": "miliardów złotych",
        "tys. zł": "tysięcy złotych", "np.": "na przykład", "itd.": "i tak dalej.", "itp.": "i tym podobne.",
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

    def day(self, digits: str, stop: str) -> str:
        return self.ordinal(digits)

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        return self.ordinal(value) + stop
