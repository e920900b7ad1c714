"""French as it is read aloud."""

# ruff: noqa: E501 (what is read stands beside what is written)
from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.nouns import counted, ends_in
from tts.text.languages.reader import Reader
from tts.text.roman import ROMAN

ORDINAL = re.compile(r"\b(\d+|[IVX]+)(er|ère|re|e|ᵉ|ème|nd|nde)\b")

HEIGHT = re.compile(r"(?<![\w.,])([1-9]) ?m ?(\d\d)(?!\w|[.,]\d)")
"""1m80, in which metres are said and centimetres are not."""
NO_NOUN = "et|ou|de|du|des|à|au|en|par|pour|que|est|sur|dans|le|la|les|avec|sans|contre"
"""May follow a number that counts nothing."""
FEMININE = re.compile(
    r"(?:\w+(?:[ts]ion|ette|esse|ance|ande|ille|elle|enne|ière|euse|rice|aine|ture|tude|ité|erie)"
    r"|minute|seconde|heure|page|fille|femme|personne|fois|année|semaine|journée|soirée|nuit|voiture|maison|place|table"
    r"|chaise|ville|rue|lettre|ligne|tasse|bouteille|pièce|partie|étoile|voix|main|fin|école|équipe|chose|chambre|porte"
    r"|fleur|pomme|image|phrase|tonne|vie|langue|fenêtre|clé|carte|note|route|photo|vidéo|tranche|cuillère|goutte"
    r"|pierre|île|usine|lampe|robe|balle|bombe|copie|entrée|idée|œuvre|scène|série|tâche|tête|victime|voie|vache"
    r"|messe|armée|reine|mère|sœur|règle|feuille|gare|banque|église|marche|dent|jambe)s?"
)


class French(Reader, language="fr"):
    """Hours with an h, ordinals of arabic and roman numerals."""

    examples: ClassVar = {
        "Il a 21 ans et 3,50 kg": "Il a vingt et un ans et trois virgule cinquante kilogrammes",
        "1 234,56 €": "mille deux cent trente-quatre euros cinquante-six centimes",
        "12€50": "douze euros cinquante centimes",
        "1 minute, 1 fille, 21 pages, 1 ami": "une minute, une fille, vingt et une pages, un ami",
        "£3 millions, € 2,5 millions, 5 M€": "trois millions de livres, deux virgule cinq millions d'euros, cinq millions d'euros",
        "2/3, 3×4=12": "deux tiers, trois fois quatre=douze",
        "+33612345678, 0612345678": "+trente-trois, six, douze, trente-quatre, cinquante-six, soixante-dix-huit, zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit",
        "M. le maire, M. et Mme Dupont": "monsieur le maire, monsieur et madame Dupont",
        "1m80, 2x3 m": "un mètre quatre-vingts, deux fois trois mètres",
        "le 24/12/2024 à 14h30": "le vingt-quatre décembre deux mille vingt-quatre à quatorze heures trente",
        "9h, 21h, 1h05": "neuf heures, vingt et une heures, une heure cinq",
        "le 1er jour, la 1re fois": "le premier jour, la première fois",
        "XIXe siècle, François Ier, Louis XIV": "dix-neuvième siècle, François premier, Louis quatorze",
        "01 23 45 67 89": "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf",
        "01.23.45.67.89": "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf",
        "M. Dupont, n°5, l'« ami », etc. Puis": "monsieur Dupont, numéro cinq, l'ami \", et cetera. Puis",
        "30 min. Puis 20 max. et min. 5": "trente minutes. Puis vingt maximum et minimum cinq",
    }
    fractions: ClassVar = {
        "1/2": "un demi", "1/3": "un tiers", "2/3": "deux tiers", "1/4": "un quart", "3/4": "trois quarts",
        "1/5": "un cinquième", "2/5": "deux cinquièmes", "3/5": "trois cinquièmes", "4/5": "quatre cinquièmes",
        "1/8": "un huitième",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "M. A": "monsieur", "M. le": "monsieur le", "M. et Mme": "monsieur et madame", "MM. A": "messieurs", "Mme.": "madame", "Mlle.": "mademoiselle",
        "Me A": "maître", "Dr.": "docteur", "Dr A": "docteur", "Pr A": "professeur", "p. ex.": "par exemple",
        "par ex.": "par exemple", "etc.": "et cetera.", "c.-à-d.": "c'est-à-dire", "env.": "environ",
        "av. J.-C.": "avant Jésus-Christ.", "apr. J.-C.": "après Jésus-Christ.", "J.-C.": "Jésus-Christ.",
        "bd.": "boulevard", "bd A": "boulevard", "av.": "avenue", "tél.": "téléphone", "p. #": "page",
        "pp. #": "pages", "art. #": "article", "éd.": "édition", "vol. #": "volume", "chap.": "chapitre",
        "fig. #": "figure", "n° #": "numéro", "nº #": "numéro", "N° #": "numéro", "svp": "s'il vous plaît",
        "cf.": "confer", "janv.": "janvier", "févr.": "février", "avr.": "avril", "juil.": "juillet",
        "sept.": "septembre", "oct.": "octobre", "nov.": "novembre", "déc.": "décembre", "max. #": "maximum", "# max.": "maximum.", "min. #": "minimum",
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
        return ORDINAL.sub(self._ordinal, HEIGHT.sub(r"\1 m \2", text))

    def _ordinal(self, match: re.Match[str]) -> str:
        digits = match[1] if match[1].isdigit() else str(ROMAN.get(match[1], ""))
        if not digits:
            return match[0]
        return "première" if digits == "1" and match[2] in ("re", "ère") else self.ordinal(digits)

    def counting(self, said: str, value: int, after: str) -> str:
        if value == 1 or ends_in(value, 1):
            return re.sub(r"\bun$", "une", said) if FEMININE.fullmatch(counted(after, NO_NOUN)) else said
        return said

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        return self.cardinal(value) + stop
