"""French as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader
from tts.text.roman import ROMAN

ORDINAL = re.compile(r"\b(\d+|[IVX]+)(er|ère|re|e|ᵉ|ème|nd|nde)\b")


class French(Reader, language="fr"):
    """Hours with an h, ordinals of arabic and roman numerals."""

    examples: ClassVar = {
        "Il a 21 ans et 3,50 kg": "Il a vingt et un ans et trois virgule cinquante kilogrammes",
        "1 234,56 €": "mille deux cent trente-quatre euros cinquante-six centimes",
        "12€50": "douze euros cinquante centimes",
        "le 24/12/2024 à 14h30": "le vingt-quatre décembre deux mille vingt-quatre à quatorze heures trente",
        "9h, 21h, 1h05": "neuf heures, vingt et une heures, une heure cinq",
        "le 1er jour, la 1re fois": "le premier jour, la première fois",
        "XIXe siècle, François Ier, Louis XIV": "dix-neuvième siècle, François premier, Louis quatorze",
        "01 23 45 67 89": "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf",
        "01.23.45.67.89": "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf",
        "M. Dupont, n°5, l'« ami », etc. Puis": "monsieur Dupont, numéro cinq, l'ami \", et cetera. Puis",
        "30 min. Puis 20 max. et min. 5": "trente minutes. Puis vingt maximum et minimum cinq",
    }
    abbreviations: ClassVar = {
        "1/2": "un demi", "½": "un demi", "1/4": "un quart", "¼": "un quart", "3/4": "trois quarts",
        "¾": "trois quarts", "M. A": "monsieur", "MM. A": "messieurs", "Mme.": "madame", "Mlle.": "mademoiselle",
        "Me A": "maître", "Dr.": "docteur", "Dr A": "docteur", "Pr A": "professeur", "p. ex.": "par exemple",
        "par ex.": "par exemple", "etc.": "et cetera.", "c.-à-d.": "c'est-à-dire", "env.": "environ",
        "av. J.-C.": "avant Jésus-Christ.", "apr. J.-C.": "après Jésus-Christ.", "J.-C.": "Jésus-Christ.",
        "bd.": "boulevard", "bd A": "boulevard", "av.": "avenue", "tél.": "téléphone", "p. #": "page",
        "pp. #": "pages", "art. #": "article", "éd.": "édition", "vol. #": "volume", "chap.": "chapitre",
        "fig. #": "figure", "n° #": "numéro", "nº #": "numéro", "N° #": "numéro", "svp": "s'il vous plaît",
        "cf.": "confer", "janv.": "janvier", "févr.": "février", "avr.": "avril", "juil.": "juillet",
        "sept.": "septembre", "oct.": "octobre", "nov.": "novembre", "déc.": "décembre", "# M€": "millions d'euros",
        "# Md€": "milliards d'euros", "max. #": "maximum", "# max.": "maximum.", "min. #": "minimum",
    }  # fmt: skip
    eliding = True
    decimals_together = True
    first_of_month = True
    one = ("un", "une")
    to = "à"
    minus = "moins"
    clock = ("{h} heures {m}", "{h} heures")
    hour = "h|heures?"
    dot = "point"
    at = "arobase"
    slash = "slash"

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(self._ordinal, text)

    def _ordinal(self, match: re.Match[str]) -> str:
        digits = match[1] if match[1].isdigit() else str(ROMAN.get(match[1], ""))
        if not digits:
            return match[0]
        return "première" if digits == "1" and match[2] in ("re", "ère") else self.ordinal(digits)

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        return self.cardinal(value) + stop
