"""Czech as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.nouns import counted, ends_in
from tts.text.languages.reader import Reader

ONES = [
    "první", "druhý", "třetí", "čtvrtý", "pátý", "šestý", "sedmý", "osmý", "devátý", "desátý", "jedenáctý", "dvanáctý",
    "třináctý", "čtrnáctý", "patnáctý", "šestnáctý", "sedmnáctý", "osmnáctý", "devatenáctý",
]  # fmt: skip
TENS = ["dvacátý", "třicátý", "čtyřicátý", "padesátý", "šedesátý", "sedmdesátý", "osmdesátý", "devadesátý"]
ORDINAL = re.compile(
    r"(?:(?<!\w)(?P<before>v|ve|po|o|na|při|do|od|z|ze|bez|u|během)\s)?(?<![\w.,:-])(?P<digits>[1-9]\d?)\."
    r"(?=\s(?P<noun>[a-záčďéěíňóřšťúůýž]+))",
    re.IGNORECASE,
)
"""Before a small letter; elsewhere a number ends a sentence."""
MONTH = re.compile("ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince")
NO_NOUN = (
    "a|i|nebo|ale|ani|až|do|na|za|před|po|od|k|ke|ku|v|ve|z|ze|s|se|si|pro|při|když|že|je|jsou|byl|byla|bylo|by|než"
)
"""May follow a number that counts nothing."""
MASCULINE_ONE = re.compile(r"táta|kolega|starosta|předseda|soudce|\w+ista")
SOFT_FEMININE = re.compile(
    r"noc|věc|věž|část|kost|řeč|myš|postel|loď|píseň|báseň|paní|\w+ost|\w*ice|\w+yně|nedě?le|země"
)
TWO = re.compile(
    r"\w+a|(?:žen|hodin|minut|sekund|korun|osob|knih|stran|řad|skupin|tříd|škol|vod|zim|ryb|kráv|hodnot|ulic|holk|dívk|matk"
    r"|lžičk|lžíc|láhv|kostk|karet|kart|rodin|změn|cen|slov|cest|tun|ruk|noh|hor|řek|chyb|otázk|částk|známk|polovin|třetin"
    r"|čtvrtin|pětin|firm|bank|fotografi|verz|stanic|prác|vět|noc|věc)(?:y|e|i)|děti|oči|uši|ruce|noci|věci|části"
)
GENITIVE = re.compile("do|od|z|ze|bez|u|během", re.IGNORECASE)


class Czech(Reader, language="cs"):
    """Ordinals with a full stop, in the gender and often the case of what follows."""

    examples: ClassVar = {
        "21. století, v 19. století": "dvacáté první století, v devatenáctém století",
        "24.12.2024": "dvacátého čtvrtého prosince dva tisíce dvacet čtyři",
        "3. 10. 2024 v Praze": "třetího října dva tisíce dvacet čtyři v Praze",
        "3. místo, 2. třída, 1. den": "třetí místo, druhá třída, první den",
        "2 ženy, 2 okna, 2 domy, 1 okno, 1 den": "dvě ženy, dvě okna, dva domy, jedno okno, jeden den",
        "od 5. patra": "od pátého patra",
        "Bylo jich 5. Pak šli": "Bylo jich pět. Pak šli",
        "Dr. Novák, např. 5 km": "doktor Novák, například pět kilometrů",
    }

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(self._ordinal, text)

    def counting(self, said: str, value: int, after: str) -> str:
        noun = counted(after, NO_NOUN)
        if not noun:
            return said
        if value == 1:
            feminine = SOFT_FEMININE.fullmatch(noun) or (noun.endswith("a") and not MASCULINE_ONE.fullmatch(noun))
            return "jedna" if feminine else "jedno" if noun[-1] in "oeěí" else "jeden"
        return re.sub("dva$", "dvě", said) if ends_in(value, 2) and TWO.fullmatch(noun) else said

    def _ordinal(self, match: re.Match[str]) -> str:
        before, noun = match["before"], match["noun"]
        if noun != noun.lower():
            return match[0]
        if MONTH.fullmatch(noun) or (before and GENITIVE.fullmatch(before)):
            ending = "ého" if not noun.endswith(("y", "ě")) else "é"
        elif before and noun.endswith(("e", "ě", "u", "í")):
            ending = "ém"
        else:
            ending = "á" if noun.endswith(("a", "ost")) else "é" if noun.endswith(("o", "í", "ě", "e")) else "ý"
        return (f"{before} " if before else "") + " ".join(_inflected(word, ending) for word in _words(match["digits"]))


def _words(digits: str) -> list[str]:
    tens, ones = divmod(int(digits), 10)
    if tens < 2:
        return [ONES[int(digits) - 1]]
    return [TENS[tens - 2]] + ([ONES[ones - 1]] if ones else [])


def _inflected(ordinal: str, ending: str) -> str:
    """A hard ordinal takes `ending`, a soft one its like: prvního, prvním."""
    if ordinal.endswith("ý"):
        return ordinal.removesuffix("ý") + ending
    return ordinal + {"ého": "ho", "ém": "m"}.get(ending, "")
