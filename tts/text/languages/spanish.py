"""Spanish as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader, feminine, numbered

ORDINAL = re.compile(r"\b(\d+)\.?(º|ª|er\b|[drtm]o\b|[drtm]a\b)")
NO_NOUN = "y|o|u|a|de|del|en|por|con|para|que|es|está|son|era|fue|más|menos|sin|si|se|no|al|como|entre|hasta"
"""May follow a number that counts nothing."""


class Spanish(Reader, language="es"):
    """Ordinals with a small letter, numbers that are cut short before a noun."""

    examples: ClassVar = {
        "2,3 %, 21.000, 25 m": "dos coma tres %, veintiún mil, veinticinco metros",
        "1 perro, 21 casas, 21 perros": "un perro, veintiuna casas, veintiún perros",
        "el 24/12/2024 a las 14:30": "el veinticuatro de diciembre de dos mil veinticuatro a las catorce y treinta",
        "18:00 h": "dieciocho horas",
        "91 234 56 78": "noventa y uno doscientos treinta y cuatro cincuenta y seis setenta y ocho",
        "1.ª vez, 3.er piso": "primera vez, tercer piso",
        "siglo XX, Felipe VI": "siglo veinte, Felipe sexto",
        "EE. UU. es, p. ej. a, info@a.es": "Estados Unidos es, por ejemplo a, info arroba a punto es",
    }
    abbreviations: ClassVar = {
        "# M€": "millones de euros", "1/2": "medio", "½": "medio", "1/4": "un cuarto", "¼": "un cuarto",
        "3/4": "tres cuartos", "¾": "tres cuartos", "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita",
        "Sres.": "señores", "Dr.": "doctor", "Dra.": "doctora", "D. A": "don", "Dña.": "doña", "D.ª": "doña",
        "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted", "Vds.": "ustedes", "EE. UU.": "Estados Unidos.",
        "p. ej.": "por ejemplo", "etc.": "etcétera.", "a. C.": "antes de Cristo.", "d. C.": "después de Cristo.",
        "núm.": "número", "n.º": "número", "nº": "número", "pág.": "página", "págs.": "páginas", "Av.": "avenida",
        "Avda.": "avenida", "C/ A": "calle", "Sto.": "santo", "Sta.": "santa", "tel.": "teléfono",
        "Lic.": "licenciado", "Ing.": "ingeniero", "Prof.": "profesor", "Profa.": "profesora",
        "aprox.": "aproximadamente.", "vol. #": "volumen", "cap. #": "capítulo", "art. #": "artículo",
        "máx.": "máximo.", "mín.": "mínimo.", "Gral.": "general", "Cía.": "compañía.",
    }  # fmt: skip
    decimals_together = True
    point = "coma"
    one = ("uno", "una")
    to = "a"
    minus = "menos"
    clock = ("{h} y {m}", "{h} horas")
    hour = "h|horas?"
    dot = "punto"
    at = "arroba"
    slash = "barra"

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(self._ordinal, text)

    def _ordinal(self, match: re.Match[str]) -> str:
        said, suffix = self.ordinal(match[1]), match[2]
        if suffix.endswith(("ª", "a")):
            return feminine(said)
        return said.removesuffix("o") if suffix == "er" else said

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """Felipe VI, Alfonso XIII."""
        return (self.ordinal(value) if value <= 10 else self.cardinal(value)) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        said = re.sub(r"(veintiu|\bu)no(?= mil)", _cut, said)
        noun = numbered(value, after, NO_NOUN)
        if not noun:
            return said
        return said.removesuffix("o") + "a" if re.search("as?$", noun) else re.sub(r"(veintiu|\bu)no$", _cut, said)


def _cut(match: re.Match[str]) -> str:
    return "veintiún" if match[1] == "veintiu" else "un"
