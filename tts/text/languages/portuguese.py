"""Portuguese of Europe and of Brazil as it is read aloud."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar

from tts.text.languages.nouns import counted, feminine
from tts.text.languages.reader import Reader

ORDINAL = re.compile(r"\b(\d+)\.?([ºª])")
NO_NOUN = (
    "e|ou|a|as|de|do|da|das|em|no|na|nas|por|com|para|que|é|são|era|foi|mais|menos|ao|à|às|como|entre|até|se|não|pela"
    "|pelas|contra|cada|muitas|várias|algumas|outras|estas|essas|todas"
)
"""May follow a number that counts nothing."""
MASCULINE = re.compile(
    r"(?:dia|meio-dia|mapa|planeta|cometa|sofá|guarda|papa|poeta|atleta|tema|clima|drama|trauma|pijama|quilograma|grama"
    r"|\w+(?:grama|blema|stema|orema|oema|quema|lema|dioma|ploma|ntoma|sma|igma|norama|soma))s?"
)
"""Nouns in -a."""
FEMININE = re.compile(
    r"\w*(?:as?|ção|ções|são|sões|dades?|gem|gens|tudes?)|(?:mulher|vez|voz|luz|cruz|flor|cor)(?:es)?"
    r"|(?:noite|parte|classe|tarde|torre|chave|morte|fonte|frase|base|nave|série|espécie|gente|foto|mão|mãe|cidade)s?"
)
HUNDREDS = re.compile(r"(?<=[zhc]ent)os\b")
QUEENS = re.compile(r"(?:\w*a|Isabel|Beatriz)\s*$")


class Portuguese(Reader, language="pt"):
    """Reais, ordinals with a small letter."""

    examples: ClassVar = {
        "R$ 20,50, 1 gata, 21 gatos": "vinte reais e cinquenta centavos, uma gata, vinte e um gatos",
        "2 meninas, 22 dias, 200 mulheres": "duas meninas, vinte e dois dias, duzentas mulheres",
        "R$ 5 milhões, R$ 2,5 bi": "cinco milhões de reais, dois vírgula cinco bilhões de reais",
        "1/3 de 3×4, Maria II": "um terço de três vezes quatro, Maria segunda",
        "a 3.ª vez, Pedro II, João XXIII": "a terceira vez, Pedro segundo, João vinte e três",
        "às 14:30, o Sr. Silva": "às catorze e trinta, o senhor Silva",
    }
    fractions: ClassVar = {
        "1/2": "meio", "1/3": "um terço", "2/3": "dois terços", "1/4": "um quarto", "3/4": "três quartos",
        "1/5": "um quinto", "2/5": "dois quintos", "3/5": "três quintos", "4/5": "quatro quintos", "1/8": "um oitavo",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "D. A": "dom", "Sr.": "senhor", "Sra.": "senhora", "Srta.": "senhorita", "Srs.": "senhores", "Dr.": "doutor",
        "Dra.": "doutora", "Prof.": "professor", "Profa.": "professora", "Exmo.": "excelentíssimo",
        "etc.": "et cetera.", "p. ex.": "por exemplo", "pág.": "página", "págs.": "páginas", "n.º": "número",
        "nº": "número", "Av.": "avenida", "tel.": "telefone", "a. C.": "antes de Cristo.",
        "d. C.": "depois de Cristo.", "aprox.": "aproximadamente.", "séc.": "século", "vol. #": "volume",
        "cap. #": "capítulo", "art. #": "artigo", "Eng. A": "engenheiro", "Ltda.": "limitada.", "Jr.": "júnior.",
        "Sto.": "santo", "Sta.": "santa", "EUA": "Estados Unidos",
    }  # fmt: skip
    decimals_together = True
    first_of_month = True
    one = ("um", "uma")
    to = "a"
    minus = "menos"
    clock = ("{h} e {m}", "{h} horas")
    hour = "h|horas?"
    dot = "ponto"
    at = "arroba"
    slash = "barra"

    def currency(self, value: Decimal, code: str) -> str | None:
        # num2words knows reais in Brazil only.
        return self.say(f"{value:.2f}", "pt_BR", to="currency") if code == "BRL" else super().currency(value, code)

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(self._ordinal, text)

    def _ordinal(self, match: re.Match[str]) -> str:
        said = self.ordinal(match[1])
        return feminine(said) if match[2] == "ª" else said

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        """Pedro II, João XXIII."""
        said = self.ordinal(value) if value <= 10 else self.cardinal(value)
        return (feminine(said) if value <= 10 and QUEENS.search(before) else said) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        noun = counted(after, NO_NOUN)
        if not FEMININE.fullmatch(noun) or MASCULINE.fullmatch(noun) or noun.endswith("s") == (value == 1):
            return said
        return HUNDREDS.sub("as", re.sub(r"\bdois$", "duas", re.sub(r"\bum$", "uma", said)))
