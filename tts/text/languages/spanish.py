"""Spanish as it is read aloud."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar

from tts.text.languages.nouns import counted, feminine
from tts.text.languages.reader import Reader

ORDINAL = re.compile(r"\b(\d+)\.?(º|ª|er\b|[drtm]o\b|[drtm]a\b)")
NO_NOUN = (
    "y|o|u|a|de|del|en|por|con|para|que|es|está|son|era|fue|más|menos|sin|si|se|no|al|como|entre|hasta|la|las|contra"
    "|sobre|cada|muchas|varias|algunas|otras|estas|esas|todas|tras"
)
"""May follow a number that counts nothing."""
MASCULINE = re.compile(
    r"(?:día|mediodía|mapa|planeta|cometa|sofá|tranvía|guardia|papa|cura|gorila|poeta|atleta|profeta|panda|tema|lema"
    r"|\w+(?:grama|blema|stema|orema|oema|quema|lema|dioma|ploma|ntoma|sma|tagma|igma|drama|norama|rauma|clima|ijama"
    r"|soma)|clima|drama|aroma|pijama)s?"
)
"""Nouns in -a."""
FEMININE = re.compile(
    r"\w*(?:as?|ci[oó]n|ciones|si[oó]n|siones|[dt]ad|[dt]ades|tud|tudes|umbres?)"
    r"|(?:mano|noche|parte|calle|clase|tarde|torre|nube|llave|muerte|fuente|frase|base|nave|serie|especie|gente|foto"
    r"|moto|tesis|crisis)s?"
    r"|(?:mujer|flor|ley|red|pared)(?:es)?|(?:región|razón|opinión|reunión|imagen|orden|vez|voz|luz|cruz|raíz)"
    r"|(?:region|razon|opinion|reunion|imágen|órden)es|(?:ve|vo|lu|cru|raí)ces"
)
HUNDREDS = re.compile(r"(?<=ient)os\b")
QUEENS = re.compile(r"(?:\w*a|Isabel|Beatriz|Carmen|Parte)\s*$")


class Spanish(Reader, language="es"):
    """Ordinals with a small letter, numbers that are cut short before a noun."""

    examples: ClassVar = {
        "2,3 %, 21.000, 25 m": "dos coma tres %, veintiún mil, veinticinco metros",
        "1 perro, 21 casas, 21 perros": "un perro, veintiuna casas, veintiún perros",
        "21 días, 1 problema, 1 sofá": "veintiún días, un problema, un sofá",
        "1 mujer, 1 canción, 31 veces": "una mujer, una canción, treinta y una veces",
        "200 personas y 500 libros": "doscientas personas y quinientos libros",
        "Isabel II": "Isabel segunda",
        "2/3 de 3×4": "dos tercios de tres por cuatro",
        "$5 millones, 3,5 M€": "cinco millones de dólares, tres coma cinco millones de euros",
        "600 123 456": "seis cero cero, uno dos tres, cuatro cinco seis",
        "a las 2:30 p. m. en S.A. y Pza. Mayor": "a las dos y treinta pe eme en ese a y plaza Mayor",
        "el 24/12/2024 a las 14:30": "el veinticuatro de diciembre de dos mil veinticuatro a las catorce y treinta",
        "18:00 h": "dieciocho horas",
        "91 234 56 78": "noventa y uno doscientos treinta y cuatro cincuenta y seis setenta y ocho",
        "1.ª vez, 3.er piso": "primera vez, tercer piso",
        "siglo XX, Felipe VI": "siglo veinte, Felipe sexto",
        "EE. UU. es, p. ej. a, info@a.es": "Estados Unidos es, por ejemplo a, info arroba a punto es",
    }
    fractions: ClassVar = {
        "1/2": "medio", "1/3": "un tercio", "2/3": "dos tercios", "1/4": "un cuarto", "3/4": "tres cuartos",
        "1/5": "un quinto", "2/5": "dos quintos", "3/5": "tres quintos", "4/5": "cuatro quintos", "1/8": "un octavo",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita",
        "Sres.": "señores", "Dr.": "doctor", "Dra.": "doctora", "D. A": "don", "Dña.": "doña", "D.ª": "doña",
        "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted", "Vds.": "ustedes", "EE. UU.": "Estados Unidos.",
        "p. ej.": "por ejemplo", "etc.": "etcétera.", "a. C.": "antes de Cristo.", "d. C.": "después de Cristo.",
        "núm.": "número", "n.º": "número", "nº": "número", "pág.": "página", "págs.": "páginas", "Av.": "avenida",
        "Pza.": "plaza", "a. m.": "a eme.", "p. m.": "pe eme.", "S.A.": "ese a.", "Avda.": "avenida", "C/ A": "calle",
        "Sto.": "santo", "Sta.": "santa", "tel.": "teléfono",
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

    def decimal(self, value: Decimal, written: str = "") -> str | None:
        said = super().decimal(value, written)
        return said and (said.replace(" coma ", " punto ") if re.search(r"\.\d+$", written) else said)

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(self._ordinal, text)

    def _ordinal(self, match: re.Match[str]) -> str:
        said, suffix = self.ordinal(match[1]), match[2]
        if suffix.endswith(("ª", "a")):
            return feminine(said)
        return said.removesuffix("o") if suffix == "er" else said

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """Felipe VI, Alfonso XIII."""
        said = self.ordinal(value) if value <= 10 else self.cardinal(value)
        return (feminine(said) if value <= 10 and QUEENS.search(before) else said) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        said = re.sub(r"(veintiu|\bu)no(?= mil)", _cut, said)
        noun = counted(after, NO_NOUN)
        if not noun:
            return said
        if FEMININE.fullmatch(noun) and not MASCULINE.fullmatch(noun):
            if noun.endswith("s") == (value == 1):
                return said
            return HUNDREDS.sub("as", re.sub(r"uno$", "una", said))
        return re.sub(r"(veintiu|\bu)no$", _cut, said)


def _cut(match: re.Match[str]) -> str:
    return "veintiún" if match[1] == "veintiu" else "un"
