"""Things counted by name, and Roman numerals, in English words: No. 5, Henry VIII, Chapter IV."""

from __future__ import annotations

import re

from num2words import num2words

from tts.text.languages.english.numbers import ordinal, year
from tts.text.languages.rule import Rule
from tts.text.roman import ROMAN

MONARCHS = (
    "Henry|Edward|George|James|William|Richard|Charles|Louis|Elizabeth|Mary|Philip|Francis|Frederick|Napoleon|"
    "Peter|Paul|Pius|"
    "Benedict|Gregory|"
    "Leo|Clement|Innocent|Alexander|Nicholas|Catherine|Margaret|Robert|David|Ivan|John|Urban|Otto|Ferdinand|"
    "Alfonso|Haakon|Ramses|Ptolemy|Christian|Gustav|Felipe|Albert|Leopold|Harald|Umberto|Boniface|Sixtus|Julius|Adrian"
)
FIRST_NAMES = (
    f"{MONARCHS}|Thomas|Michael|Joseph|Daniel|Samuel|Benjamin|Walter|Howard|Harold|Arthur|Frank|Jack|Donald|Ronald"
    "|Kenneth|Steven|Stephen|Matthew|Andrew|Anthony|Patrick|Jonathan|Christopher|Martin|Thurston|Bill|Bob|Jim|Sam"
)
"""Before a surname and a numeral: John Smith III."""
REIGNING = "King|Queen|Pope|Prince|Princess|Emperor|Empress|Tsar|Sultan"
COUNTED = (
    "Chapter|Part|Volume|Book|Act|Scene|Section|War|Phase|Type|Class|Article|Appendix|Stage|Level|Episode|Bowl|Mark"
)
LONGER = "|".join(sorted((numeral for numeral in ROMAN if len(numeral) > 1), key=len, reverse=True))
"""Numerals of two letters and more."""


def regnal(match: re.Match[str]) -> str:
    """A monarch's number. "Then Mary I trusted left": I is the pronoun far more often than a first."""
    return match[0] if match[2] == "I" else f"{match[1]} the {ordinal(ROMAN[match[2]])}"


def numeral(match: re.Match[str]) -> str:
    """A numeral of two letters and more, whatever it counts."""
    if match[1] not in ROMAN:
        return match[0]
    return f"{ordinal(ROMAN[match[1]])} century" if match[2] else num2words(ROMAN[match[1]])


def roman_year(match: re.Match[str]) -> int:
    """Of its thousands, hundreds, tens and ones."""
    values, total = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}, 0
    for letter, following in zip(match[0], f"{match[0][1:]} ", strict=True):
        total += values[letter] * (-1 if values.get(following, 0) > values[letter] else 1)
    return total


RULES = [
    Rule(r"\b[Nn]os?\.\s?(?=\d)|\bNº\s?(?=\d)", "number ", {"No. 5": "number five"}),
    Rule(r"(?<!\w)#(?=\d)", "number ", {"#6": "number six"}),
    Rule(
        rf"\b({MONARCHS})\s(I|V|X|{LONGER})\b(?!'(?!s\b)\w|\.\w)",
        regnal,
        {
            "Henry VIII's wife": "Henry the eighth's wife",
            "Henry V saw Mary I think": "Henry the fifth saw Mary I think",
        },
    ),
    Rule(
        rf"\b((?:(?:{FIRST_NAMES})\s(?:[A-Z](?:\.|[a-z]+)\s)?|(?:{REIGNING})\s)[A-Z][a-z]+),?\s(V|{LONGER})\b(?!'(?!s\b)\w|\.\w)",
        regnal,
        {"John Smith III": "John Smith the third", "Queen Margrethe II": "Queen Margrethe the second"},
    ),
    Rule(
        rf"\b({COUNTED})\s({LONGER}|I(?!\s[a-z])|(?<=War\s)I|V|X)\b(?!'(?!s\b)\w|\.\w)",
        lambda m: f"{m[1]} {num2words(ROMAN[m[2]])}",
        {"Chapter IV": "Chapter four", "World War I began": "World War one began"},
    ),
    Rule(
        r"\bIV(?=s?\b)(?=\s(?:drip|line|fluid|therapy|bag|pole|needle|treatment|access|antibiotic|injection))|(?<=\ban\s)IV\b",
        "I.V",
        {"an IV": "an I.V", "the IV drip": "the I.V drip"},
    ),
    Rule(
        r"\b(X{0,2}(?:IX|IV|VI{1,3}|I{2,3})|XI|XVI?|X[IVX]{2,5})(?='s\s|[\s.,;:!?)]|$)(\s+century)?",
        numeral,
        {"Rocky IV": "Rocky four", "the XIX century": "the nineteenth century"},
    ),
    Rule(
        r"\b(?=M[MDCLXVI]{3})(M{1,2})(D?C{0,3}|C[DM])(L?X{0,3}|X[LC])(V?I{0,3}|I[VX])\b",
        lambda m: year(roman_year(m)),
        {"built in MCMXCIX": "built in nineteen ninety-nine"},
    ),
]
