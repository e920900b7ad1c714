"""Full stops after abbreviations: part of them, or the end of a sentence as well."""

from __future__ import annotations

import re

STARTERS = (
    "The|It|He|She|They|We|In|This|That|Then|But|And|At|On|You|There|These|Those|However|When|If|As|My|His|Her|Its|Our"
    "|Their|What|Who|So|Now|No|Yes|From|With|By|After|Before|While|Since|To|Is|Was|Are|Were"
)
"""Words that begin a sentence far more often than they are part of a name."""


def sentence_goes_on(match: re.Match[str]) -> bool:
    """Whether the sentence goes on after what was matched, which ends in a full stop."""
    rest = match.string[match.end() :]
    return bool(rest.strip("\"') ")) and not re.match(rf"\s+(?:{STARTERS})\b", rest)


def final_stop(match: re.Match[str]) -> str:
    """The full stop of an abbreviation that ends its sentence, else nothing."""
    return "." if match[0].endswith(".") and not sentence_goes_on(match) else ""
