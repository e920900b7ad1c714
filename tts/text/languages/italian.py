"""Italian as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.nouns import counted, feminine
from tts.text.languages.reader import Reader

ORDINAL = re.compile(r"\b(\d+)([ºª])|(?<=[aeiAEI]l )(\d+)(°)")
"""5° is the fifth after an article, else five degrees."""
TIME = re.compile(r"\b(ore|[ad]lle) (\d{1,2})\.(\d\d)(?!\d|[.,]\d)")
NO_NOUN = "e|o|a|di|del|in|per|con|che|è|sono|era|più|meno|da|su|al|come|tra|fino|si|non"
"""May follow a number that counts nothing."""


class Italian(Reader, language="it"):
    """Times with a full stop, ordinals with a small letter."""

    examples: ClassVar = {
        "-5 gradi, 20°C, 90°": "meno cinque gradi, venti gradi Celsius, novanta gradi",
        "il 3° posto, la 3ª volta": "il terzo posto, la terza volta",
        "1 milione, 1 casa, 1 studente": "un milione, una casa, uno studente",
        "€ 5 milioni, 2,5 mln €": "cinque milioni di euro, due virgola cinque milioni di euro",
        "2/3 di 3×4, Elisabetta II": "due terzi di tre per quattro, Elisabetta seconda",
        "alle ore 14.30, il 01/02/2023": "alle ore quattordici e trenta, il primo febbraio duemilaventitre",
        "Sig. Rossi, ecc.": "signor Rossi, eccetera.",
    }
    fractions: ClassVar = {
        "1/2": "mezzo", "1/3": "un terzo", "2/3": "due terzi", "1/4": "un quarto", "3/4": "tre quarti",
        "1/5": "un quinto", "2/5": "due quinti", "3/5": "tre quinti", "4/5": "quattro quinti", "1/8": "un ottavo",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "Sig.ra": "signora", "Sig.na": "signorina", "Sig.": "signor", "Sigg.": "signori", "Dott.ssa": "dottoressa",
        "Dott.": "dottor", "Dr.": "dottor", "Prof.ssa": "professoressa", "Prof.": "professor", "Ing.": "ingegner",
        "Avv.": "avvocato", "On. A": "onorevole", "ecc.": "eccetera.", "ad es.": "ad esempio",
        "p. es.": "per esempio", "per es.": "per esempio", "pag.": "pagina", "pagg.": "pagine", "n. #": "numero",
        "n° #": "numero", "art. #": "articolo", "tel.": "telefono", "a. C.": "avanti Cristo.",
        "d. C.": "dopo Cristo.", "cfr.": "confronta", "vol. #": "volume", "cap. #": "capitolo", "ca.": "circa.",
        "P.za": "piazza", "V.le": "viale", "C.so": "corso", "max. #": "massimo", "min. #": "minimo",
    }  # fmt: skip
    eliding = True
    decimals_together = True
    first_of_month = True
    one = ("uno", "una")
    to = "a"
    minus = "meno"
    clock = ("{h} e {m}", "{h}")
    hour = "h"
    dot = "punto"
    at = "chiocciola"
    slash = "barra"

    def times(self, text: str) -> str:
        return super().times(TIME.sub(r"\1 \2:\3", text))

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(self._ordinal, text)

    def _ordinal(self, match: re.Match[str]) -> str:
        said = self.ordinal(match[1] or match[3])
        return feminine(said) if match[2] == "ª" else said

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """Vittorio Emanuele II, Elisabetta II, XX secolo."""
        said = self.ordinal(value)
        return (feminine(said) if re.search(r"(?:a|[Pp]arte)\s*$", before) else said) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        noun = counted(after, NO_NOUN) if value == 1 else ""
        if not noun:
            return said
        return "una" if noun.endswith("a") else "uno" if re.match("z|s[^aeiou]|gn|ps", noun) else "un"
