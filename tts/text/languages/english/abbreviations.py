"""Abbreviations, titles, streets and initials in English words."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

from num2words import num2words

from tts.text.languages.english.dates import DAY_NAMES
from tts.text.languages.english.numbers import ordinal
from tts.text.languages.english.stops import STARTERS, final_stop, sentence_goes_on
from tts.text.languages.rule import Rule

TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "Rev": "Reverend",
    "Hon": "Honourable", "Capt": "Captain", "Col": "Colonel", "Gen": "General", "Lt": "Lieutenant", "Sgt": "Sergeant",
    "Maj": "Major", "Gov": "Governor", "Sen": "Senator", "Pres": "President", "Fr": "Father", "Mt": "Mount",
    "Ft": "Fort", "Rep": "Representative", "Adm": "Admiral", "Cmdr": "Commander", "Cpl": "Corporal", "Pvt": "Private",
    "Supt": "Superintendent", "Det": "Detective", "Messrs": "Messieurs", "Drs": "Doctors", "Profs": "Professors",
    "Pt": "Point",
}  # fmt: skip
DOTTED_TITLES = {
    "Fr", "Gen", "Hon", "Sen", "Maj", "Col", "Pres", "Rep", "Adm", "Cmdr", "Cpl", "Pvt", "Supt", "Det", "Messrs",
    "Drs", "Profs", "Pt",
}  # fmt: skip
"""Titles only where a full stop says so."""
ABBREVIATIONS = {
    "etc": "et cetera", "vs": "versus", "approx": "approximately", "dept": "department", "govt": "government",
    "ave": "avenue", "blvd": "boulevard", "rd": "road", "jr": "junior", "sr": "senior", "inc": "incorporated",
    "ltd": "limited", "corp": "corporation", "figs": "figures", "vol": "volume", "pp": "pages", "cf": "compare",
    "tel": "telephone", "tues": "Tuesday", "thurs": "Thursday", "misc": "miscellaneous", "esp": "especially",
    "incl": "including", "bros": "brothers",
}  # fmt: skip
"""With a full stop."""
LAST_IN_SENTENCE = {"etc", "jr", "sr", "inc", "ltd", "corp", "ave", "rd"}
"""Abbreviations with which a sentence may end."""
BEFORE_DIGITS = {
    "fig": "figure", "ch": "chapter", "ed": "edition", "p": "page", "sec": "section", "eq": "equation",
    "ext": "extension", "est": "established", "ca": "circa", "c": "circa", "pt": "part", "apt": "apartment",
    "hwy": "highway", "max": "maximum", "min": "minimum", "art": "article", "dept": "department", "tel": "telephone",
    "ste": "suite", "rm": "room", "bldg": "building", "fl": "floor", "qty": "quantity", "avg": "average",
}  # fmt: skip
"""Abbreviations only before a number."""
SMALL_NUMBERS = "|".join(num2words(n) for n in range(2, 40))
"""What earlier rules made of Roman numerals."""
ROADS = {
    "St": "Street", "Rd": "Road", "Ave": "Avenue", "Dr": "Drive", "Blvd": "Boulevard", "Ln": "Lane",
}  # fmt: skip
COMPASS = "(?:[NS][EW]?|[EW])"
NAMED = r"\b(?!(?:The|A|My|Our|Your|Dear)\s)[A-Z]\w*[a-z]\s"
NUMBERED = rf"\b(?:[a-z]+-)?(?:{'|'.join(ordinal(n) for n in (*range(1, 20), *range(20, 101, 10)))})\s"
"""What stands before a road: a name, or a number, of which earlier rules made a word."""


def abbreviation(match: re.Match[str]) -> str:
    """One of `ABBREVIATIONS`; its full stop stays where a sentence ends."""
    word, rest = ABBREVIATIONS[match[1].lower()], match.string[match.end() :]
    ends = not rest.strip() or re.match(rf"\s+(?!{COMPASS}\b)[\"']?[A-Z]", rest)
    return word + ("." if ends and match[1].lower() in LAST_IN_SENTENCE else "")


def street(match: re.Match[str]) -> str:
    """`St.` and `Dr.`: a saint or a doctor before a name, a street or a drive after one."""
    saint, before, rest = match[1] == "St", match.string[: match.start()], match.string[match.end() :]
    capital = re.match(r"\s+[A-Z]", rest) is not None
    name_follows = capital and not re.match(rf"\s+(?:{STARTERS})\b", rest)
    name_before = re.search(r"\b(?!(?:The|A|My|Our|Your)\s)[A-Z0-9]\w*\s$", before)
    numbered = re.search(rf"{NUMBERED}$", before)
    if (name_before and saint) or ((name_before or numbered) and not name_follows) or (saint and not capital):
        ends = match[0].endswith(".") and (capital or not rest.strip())
        return ROADS[match[1]] + ("." if ends else "")
    ends = match[0].endswith(".") and (not rest.strip() or (capital and not name_follows))
    return ("Saint" if saint else "Doctor") + ("." if ends else "")


def dotted(match: re.Match[str]) -> str:
    """U.S.A.: the last full stop stays only where the sentence ends."""
    return match[0][:-1] if sentence_goes_on(match) else match[0]


def initial(match: re.Match[str]) -> str:
    """The initial of a name (J. R. Smith, John F. Kennedy), not the end of a sentence (vitamin C. Then …)."""
    before = match.string[: match.start()].split()
    another = re.match(r"\s[A-Z]\.\s?[A-Z]", match.string[match.end() :])
    name = not before or another or (before[-1][:1].isupper() and sentence_goes_on(match))
    return match[1] if name else match[0]


def either_case(word: str) -> str:
    """Regular expression of a word with a capital or without."""
    return f"[{word[0].upper()}{word[0]}]{word[1:]}"


RULES = [
    # Spaces that are missing.
    Rule(
        rf"\b(?:({'|'.join(TITLES)})\.(?=[A-Z][a-z])|((?:[A-Z]\.){{2,}})(?=[a-z]{{2}}))",
        lambda m: f"{m[0]} ",
        {"Mr.Smith": "Mister Smith", "of D.C.on Monday": "of D.C on Monday"},
    ),
    Rule(r"\b[eE]\.\s?g\.,?", "for example,", {"pets, e.g. cats": "pets, for example, cats"}),
    Rule(r"\b[iI]\.\s?e\.,?", "that is,", {"today, i.e., now": "today, that is, now"}),
    # Degrees and initials.
    Rule(r"\bPh\.\s?D\b\.?", lambda m: "PhD" + final_stop(m), {"a Ph.D. in law": "a PhD in law"}),
    Rule(
        r"\b(?:[A-Z]\.){2,}",
        dotted,
        {"The U.S.A. won": "The U.S.A won"},
    ),
    Rule(
        r"(?<![\w.'])([A-HJ-Z])\.(?=\s+[A-Z][a-z.])",
        initial,
        {"J. R. Smith": "J R Smith", "John F. Kennedy took vitamin C. It": "John F Kennedy took vitamin C. It"},
    ),
    # Short forms without a full stop.
    Rule(r"№\s?(?=\d)", "number ", {"№ 5": "number five"}),
    Rule(r"\b([A-GJ])#(?![\w#])", r"\1 sharp", {"C#, F# minor": "C sharp, F sharp minor"}),
    Rule(
        r"(?<=[A-Za-z]\s)<3(?=\s(?:you|u|it|this|that|these|my|our|your|him|her|them|the)\b)",
        "love",
        {"I really <3 this": "I really love this"},
    ),
    Rule(r"(?<!\S)<3$", "", {"Thank you <3": "Thank you"}),
    Rule(rf"\bACT(?=\s(?:\d|(?:{SMALL_NUMBERS})\b))", "Act", {"ACT II": "Act two"}),
    Rule(r"\bAT&T\b", "A.T and T", {"by AT&T": "by A.T and T"}),
    Rule(r"\bw/o\b", "without", {"tea w/o milk": "tea without milk"}),
    Rule(r"\bw/(?=\s|\w)", "with ", {"tea w/ milk": "tea with milk"}),
    Rule(r"\ba\.k\.a\.?(?!\w)|\baka\b", "also known as", {"Ziggy aka David": "Ziggy also known as David"}),
    Rule(r"\band/or\b", "and or", {"tea and/or milk": "tea and or milk"}),
    # Streets and saints.
    Rule(
        rf"({NAMED}|{NUMBERED})({'|'.join(ROADS)})(?=[,;:!?)]|\s*$|\s{COMPASS}\b)",
        lambda m: m[1] + ROADS[m[2]],
        {
            "Main St, Boston": "Main Street, Boston",
            "on 5th St NW": "on fifth Street NW",
            "Rodeo Dr; now": "Rodeo Drive; now",
        },
    ),
    Rule(
        rf"({NAMED}|{NUMBERED})(Rd|Ave|Blvd|Ln)\b(?!\.)|({NUMBERED})(St)\b(?!\.|\s[A-Z][a-z])",
        lambda m: f"{m[1] or m[3]}{ROADS[m[2] or m[4]]}",
        {
            "along Oak Rd to town": "along Oak Road to town",
            "at 42nd St and 5th Ave in": "at forty-second Street and fifth Avenue in",
        },
    ),
    Rule(
        r"(\d\s(?:[A-Z]\w*\s){1,2})St\b(?!\.)",
        r"\1Street",
        {"at 221 Baker St by night": "at two hundred and twenty-one Baker Street by night"},
    ),
    Rule(
        r"\b(St|Dr)\b\.",
        street,
        {
            "Dr. Smith of Elm St. met St. Paul": "Doctor Smith of Elm Street met Saint Paul",
            "He lives on Oak Dr. He left": "He lives on Oak Drive. He left",
        },
    ),
    Rule(r"\b(St)\s(?=[A-Z])", "Saint ", {"St Paul": "Saint Paul"}),
    # Titles.
    Rule(
        rf"\b({'|'.join(t for t in TITLES if t not in DOTTED_TITLES)})\b\.?(?=\s(?:[A-Z]|(?:and|&)\s(?:Mrs?|Ms|Dr)\b|(?:de|van|von|del|la)\s|d'[A-Z]))",
        lambda m: TITLES[m[1]],
        {"Mr Smith": "Mister Smith", "Mr. and Mrs. Jones": "Mister and Missus Jones"},
    ),
    Rule(rf"\b({'|'.join(TITLES)})\.(?=\s[A-Z])", lambda m: TITLES[m[1]], {"Gen. Lee": "General Lee"}),
    # Abbreviations.
    Rule(
        rf"(?i)\b({'|'.join(sorted(ABBREVIATIONS, key=len, reverse=True))})\.",
        abbreviation,
        {"approx. five cats, etc.": "approximately five cats, et cetera."},
    ),
    Rule(
        rf"\b({'|'.join(either_case(w) for w in BEFORE_DIGITS if len(w) > 1)}|[Pp]|c)\.\s?(?=\d|(?:{SMALL_NUMBERS})\b)|\b(Apt|Hwy)\s(?=\d)",
        lambda m: BEFORE_DIGITS[(m[1] or m[2]).lower()] + " ",
        {"Fig. 2": "figure two", "ch. IV": "chapter four", "p. 7": "page seven", "Apt 4": "apartment four"},
    ),
    Rule(
        r"\b(Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\.(?=\s[a-z\d])",
        lambda m: DAY_NAMES[m[1].lower()[:3]],
        {"Open Sat. and Sun. 9-5": "Open Saturday and Sunday nine to five"},
    ),
    Rule(r"\bv\.(?=\s[A-Z])", "versus", {"Roe v. Wade": "Roe versus Wade"}),
    Rule(r"\bet al\.", "et al", {"Smith et al. agree": "Smith et al agree"}),
    Rule(r"\bb/c\b(?!/)", "because", {"late b/c of you": "late because of you"}),
    Rule(r"(?<=/)etc\b(?!\.)", "E T C", {"/etc/hosts": "slash E T C hosts"}),
    Rule(r"\b(etc|vs)\b(?!\.)", lambda m: ABBREVIATIONS[m[1]], {"cats vs dogs": "cats versus dogs"}),
    Rule(r"(\w)\((e?s)\)", r"\1\2", {"the dog(s)": "the dogs"}),
]
