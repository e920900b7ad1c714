"""Portuguese of Europe and of Brazil as it is read aloud."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar

from tts.text.languages.reader import Reader, feminine, numbered

ORDINAL = re.compile(r"\b(\d+)\.?([ºª])")
NO_NOUN = "e|ou|a|de|do|da|em|no|na|por|com|para|que|é|são|era|foi|mais|menos|ao|como|entre|até|se|não"
"""May follow a number that counts nothing."""


class Portuguese(Reader, language="pt"):
    """Reais, ordinals with a small letter."""

    examples: ClassVar = {
        "R$ 20,50, 1 gata, 21 gatos": "vinte reais e cinquenta centavos, uma gata, vinte e um gatos",
        "a 3.ª vez, Pedro II, João XXIII": "a terceira vez, Pedro segundo, João vinte e três",
        "às 14:30, o Sr. Silva": "às catorze e trinta, o senhor Silva",
    }
    abbreviations: ClassVar = {
        "1/2": "meio", "½": "meio", "1/4": "um quarto", "¼": "um quarto", "3/4": "três quartos", "¾": "três quartos",
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
        return (self.ordinal(value) if value <= 10 else self.cardinal(value)) + stop

    def counting(self, said: str, value: int, after: str) -> str:
        noun = numbered(value, after, NO_NOUN)
        return said.removesuffix("um") + "uma" if re.search("as?$", noun) else said
