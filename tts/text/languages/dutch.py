"""Dutch as it is read aloud."""

from __future__ import annotations

import re
from typing import ClassVar

from tts.text.languages.reader import Reader

ORDINAL = re.compile(r"\b(\d+)(?:e|de|ste)\b")


class Dutch(Reader, language="nl"):
    """Years of hundreds, kings by their ordinal."""

    examples: ClassVar = {
        "€ 20,-, 5 km/u, 3 l": "twintig euro, vijf kilometer per uur, drie liter",
        "€ 2,5 miljard, $5 mln.": "twee komma vijf miljard euro, vijf miljoen dollar.",
        "2/3, 3×4": "twee derde, drie keer vier",
        "van 9.00 tot 18.00 uur in 1989": "van negen uur tot achttien uur in negentien honderd negenentachtig",
        "de 3e keer, bijv. -5": "de derde keer, bijvoorbeeld min vijf",
        "Willem II regeerde": "Willem de tweede regeerde",
    }
    fractions: ClassVar = {
        "1/2": "half", "1/3": "een derde", "2/3": "twee derde", "1/4": "een kwart", "3/4": "drie kwart",
        "1/5": "een vijfde", "2/5": "twee vijfde", "3/5": "drie vijfde", "4/5": "vier vijfde", "1/8": "een achtste",
    }  # fmt: skip
    abbreviations: ClassVar = {
        "dhr.": "de heer", "mevr.": "mevrouw", "mw.": "mevrouw", "dr.": "doctor", "prof.": "professor",
        "drs.": "doctorandus", "ir. A": "ingenieur", "ing. A": "ingenieur", "bijv.": "bijvoorbeeld",
        "bv.": "bijvoorbeeld", "d.w.z.": "dat wil zeggen", "enz.": "enzovoort.", "etc.": "et cetera.",
        "o. a.": "onder andere", "m. a. w.": "met andere woorden", "nr.": "nummer", "blz.": "bladzijde",
        "ca.": "circa", "i.p.v.": "in plaats van", "t.o.v.": "ten opzichte van", "m.b.t.": "met betrekking tot",
        "v. Chr.": "voor Christus.", "n. Chr.": "na Christus.", "tel.": "telefoon", "jl.": "jongstleden.",
        "a.u.b.": "alstublieft.", "s.v.p.": "alstublieft.", "mln.": "miljoen.", "mld.": "miljard.",
        "max. #": "maximaal", "min. #": "minimaal", "incl.": "inclusief", "excl.": "exclusief", "art. #": "artikel",
        "St. A": "Sint", "ong.": "ongeveer", "evt.": "eventueel", "t/m": "tot en met",
    }  # fmt: skip
    years_of_hundreds = True
    clipped = r"'(?=[tsmknr]\b)"
    to = "tot"
    minus = "min"
    clock = ("{h} uur {m}", "{h} uur")
    hour = "uur|u"
    dot = "punt"
    at = "apenstaartje"
    slash = "slash"

    def ordinals(self, text: str) -> str:
        return ORDINAL.sub(lambda match: self.ordinal(match[1]), text)

    def numeral(self, value: int, before: str, stop: str, after: str) -> str:
        return f"de {self.ordinal(value)}{stop}"
