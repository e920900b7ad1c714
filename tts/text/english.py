"""English as it is read aloud: numbers, money, dates, times, units, signs, abbreviations."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from num2words import num2words

from tts.text import english_readings as say
from tts.text.english_words import (
    ABBREVIATIONS,
    BEFORE_DIGITS,
    COUNTED,
    DAY_NAMES,
    DAYS,
    DOLLARS,
    DOTTED_TITLES,
    DOTTED_UNITS,
    EXTENSIONS,
    FRACTIONS,
    INITIALS,
    LARGE_COUNTS,
    MONARCHS,
    MONEY,
    MONTH_NAMES,
    PAIRS,
    PER,
    POWERS,
    ROADS,
    SCALES,
    SIGNS,
    TITLES,
    UNITS,
    ZONES,
)
from tts.text.roman import ROMAN

MONTH = r"(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
DAY = r"(Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\b\.?"
HALF_DAY = rf"([aApP])(?:[mM]\b|\.\s?[mM](?:\.(?!\s*$|\s+(?!(?:{'|'.join(DAYS)}|{ZONES})\b)[A-Z])|\b))"
"""am, PM, a.m.: the last full stop belongs to it unless a sentence ends there."""
CLOCK = r"\d{1,2}(?:[:.][0-5]\d)?"
D = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
"""A quantity: digits, perhaps grouped by commas, perhaps with decimals."""
U = "|".join(re.escape(u) for u in sorted(set(UNITS) - {"in"}, key=len, reverse=True))
SIGN = "[$£€¥₹₩]"
SCALE = r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|lakh|crore|bn|mn|tn|[kKmMbBtT])\b)?"
R = "|".join(sorted((numeral for numeral in ROMAN if len(numeral) > 1), key=len, reverse=True))
"""Numerals of two letters and more."""

RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+\.\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|edu|gov|io|co\.uk|dev)\b(?:/\S*)?", re.IGNORECASE), say.address),
    (re.compile(r"(?<!\d\s)(?<![^\s(])–(?=\.?\d)"), "-"),
    # phone numbers and other codes, before anything that would read their hyphens as ranges or dates
    (re.compile(r"(?<![\w.])(?:\+\d{1,3}(?:[ -]\(?\d{2,4}\)?){2,5}|(?:\+?1[ -.])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}|\d{3}-\d{4})(?![\w-])"), say.phone),
    (re.compile(r"(?<![\w.,-])(?:0\d{2,4}(?: \d{3,6}){1,2}|(?:\d{4}[ -]){3}\d{4}|\d{5}-\d{4})(?![\w-])"), say.phone),
    (re.compile(r"\b((?:[Cc]all|[Dd]ial|[Rr]ing|[Pp]hone)(?:ed|ing)?\s|[A-Z]{2}\s(?=\d{5}))(\d{3}|\d{5})(?![\w%]|[.,:-]\d)"), lambda m: m[1] + say.spell(m[2])),
    (re.compile(r"\b1-(8\d\d)-(?=[A-Z])"), lambda m: f"one {say.spell(m[1])} "),
    # heights, and rows of one sign that only decorate
    (re.compile(r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})(?:\"|'')"), lambda m: f"{say.cardinal(m[1])} foot {say.cardinal(m[2])}"),
    (re.compile(r"(\d)'(?=\s(?:tall|high|wide|long|deep)\b)"), r"\1 ft"),
    (re.compile(r"(?<![\w.])(\d+)'\s?[x×]\s?(\d+)'"), lambda m: f"{say.cardinal(m[1])} by {say.cardinal(m[2])} foot"),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\"(?=\s[a-z])"), say.inches),
    (re.compile(r"([=*#~_+^<>|-])\1{2,}"), " "),
    # ranges whose ends are more than numbers
    (re.compile(rf"(?<!\w)({SIGN})(\d[\d,]*)(?:\s?[–-]\s?|\s—\s)\1?(?=\d)(?![\d,]*\.\d)"), r"\2 to \1"),
    (re.compile(rf"({SIGN}(?:{D})(?:\s?(?:thousand|million|billion|trillion|bn|mn|[kKmMbB]))?)\s?[–-]\s?(?={SIGN}\d)"), r"\1 to "),
    (re.compile(rf"(?<![\w:.])({CLOCK})(\s?[aApP]\.?[mM]\b\.?)?\s?[–-]\s?(?={CLOCK}\s?{HALF_DAY})"), r"\1\2 to "),
    (re.compile(r"(?<![\w:.])(\d{1,2}:\d\d)\s?[–-]\s?(?=\d{1,2}:\d\d(?![\w:]))"), r"\1 to "),
    (re.compile(rf"(?<![\w.,-])((?:{D})\s?(?:%|{U}))\s?[–-]\s?(?=(?:{D})\s?(?:%|(?:{U})(?!\w)))"), r"\1 to "),
    (re.compile(rf"\b{DAY}\s?[–-]\s?{DAY}(?!\w)"), say.from_to(DAY_NAMES)),
    (re.compile(rf"\b{DAY}(?=,?\s(?:\d{{1,2}}\s)?{MONTH}(?!\w))"), lambda m: DAY_NAMES[m[1].lower()[:3]]),
    (re.compile(rf"\b{MONTH}\s?[–-]\s?{MONTH}(?!\w|\s\d{{1,2}}\b)"), say.from_to(MONTH_NAMES)),
    # amounts of one thing per another
    (re.compile(rf"(\d(?:\s?[A-Za-z]+)?)/({'|'.join(PER)}|hour|day|night|week|month|year|minute|second|pound|gallon|person)\b(?!/)"), lambda m: f"{m[1]} per {PER.get(m[2], m[2])}"),
    # money
    (re.compile(r"\bRs\.?\s?(?=\d)"), "₹"),
    (re.compile(r"(?<![\w.,])(\d+)\s?¢"), lambda m: f"{say.cardinal(m[1])} cent{'' if m[1] == '1' else 's'}"),
    (re.compile(r"(?P<minus>(?<!\w)-)?(?:\b(?P<nation>" + "|".join(DOLLARS) + r")(?=\$))?(?P<sign>" + SIGN + r")\s?(?P<amount>" + D + r"|\.\d+)" + SCALE), say.money),
    (re.compile(r"(?P<minus>(?<!\w)-)?(?<![\w.,])(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion))?\s?(?P<sign>[£€₹₩]|(?:USD|GBP|EUR|JPY|INR)\b)"), say.money),
    (re.compile(r"(?P<minus>(?<!\w)-)?\b(?P<sign>USD|GBP|EUR|JPY|INR)\s?(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn)\b)?"), say.money),
    # dates
    (re.compile(r"(?<![\w/-])(\d{4})-(\d{2})-(\d{2})(?![\w/-])"), lambda m: say.date(int(m[3]), int(m[2]), m[1], m[0])),
    (re.compile(r"(?<![\w/.])(\d{1,2})(?:/(?=\d+/)|\.(?=\d+\.\d{4}))(\d{1,2})[/.](\d{4}|\d{2})(?![\w/]|\.\d)"), say.slashed_date),
    (re.compile(r"\b" + MONTH + r"\s(\d{1,2})(?:st|nd|rd|th)?\b(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?\b)?(?![:.]\d|-[A-Za-z])(?:,?\s(\d{4})\b)?"), say.month_first),
    (re.compile(r"\b(?:[Tt]he\s)?(\d{1,2})(?:st|nd|rd|th)?(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?)?\s(?:of\s)?" + MONTH + r"(?!\w)(?:,?\s(\d{4})\b)?"), say.day_first),
    (re.compile(r"\b" + MONTH + r",?\s(\d{4})\b"), lambda m: f"{say.month(m[1])} {say.year(int(m[2]))}"),
    (re.compile(r"\b(Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.(?=\s[a-z])"), lambda m: say.month(m[1])),
    # times, verses, ratios
    (re.compile(r"(?<![\w:.])(\d{1,3}):(\d{1,3})[–-](\d{1,3})(?![\w:]|\s?[aApP]\.?[mM])"), r"\1 \2 to \3"),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}})\.([0-5]\d)()\s?{HALF_DAY}"), say.time),
    (re.compile(r"(?<![\w:.])(\d{1,2}):([0-5]\d)\.(\d{1,3})(?![\w:.]*\d)"), lambda m: f"{say.cardinal(m[1])} {say.cardinal(m[2].lstrip('0') or '0')} point {say.spell(m[3])}"),
    (re.compile(r"(?<![\w:.])(?P<hour>\d{1,4})\s?h\s?(?P<minute>\d{1,2})(?:\s?m(?:in)?\b|\b)(?:\s?(?P<second>\d{1,2})\s?s(?:ec)?\b)?"), say.lasts),
    (re.compile(r"(?<![\w:.])(?P<minute>\d{1,4})\s?m(?:in)?\s?(?P<second>\d{1,2})\s?s(?:ec)?\b"), say.lasts),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?:\s?{HALF_DAY})?(?![\w:])"), say.time),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}})()()\s?{HALF_DAY}"), lambda m: f"{num2words(int(m[1]))} {m[4].upper()}M"),
    (re.compile(r"(?<![\w:.,])(\d{1,3}):(\d{1,3})(?![\w:]|[.,]\d)"), r"\1 to \2"),
    # decades, things known by a number, and ordinals
    (re.compile(r"(?<=[A-Z]-)(\d{1,4})s\b|(?<=[a-z]-)(?!\d*0s)(\d{1,4})s\b|\b(?<=[a-z]\s)(?<!in\s)(?<!for\s)(\d\d[1-9])s\b"), lambda m: say.plural(say.cardinal(m[1] or m[2] or m[3]))),
    (re.compile(r"\b([Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|iPhone|Boeing|Airbus)\s(\d{1,3})s\b"), lambda m: f"{m[1]} {say.plural(say.cardinal(m[2]))}"),
    (re.compile(r"(?<![\w.])'?(\d{3}0|\d0)'?s\b"), say.decade),
    (re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:st|nd|rd|th)\b"), lambda m: say.ordinal(int(m[1].replace(",", "")))),
    # No. 5, #5, Henry VIII, Chapter IV
    (re.compile(r"\b[Nn]os?\.\s?(?=\d)|\bNº\s?(?=\d)"), "number "),
    (re.compile(r"(?<!\w)#(?=\d)"), "number "),
    (re.compile(rf"\b({MONARCHS})\s(I|V|X|{R})\b(?!'(?!s\b)\w|\.\w)"), say.regnal),
    (re.compile(rf"\b({COUNTED})\s({R}|I(?!\s[a-z])|(?<=War\s)I|V|X)\b(?!'(?!s\b)\w|\.\w)"), lambda m: f"{m[1]} {num2words(ROMAN[m[2]])}"),
    (re.compile(r"\bIV(?=s?\b)(?=\s(?:drip|line|fluid|therapy|bag|pole|needle|treatment|access|antibiotic|injection))|(?<=\ban\s)IV\b"), "I.V"),
    (re.compile(r"\b(X{0,2}(?:IX|IV|VI{1,3}|I{2,3})|XI|XVI?|X[IVX]{2,5})(?='s\s|[\s.,;:!?)]|$)(\s+century)?"), say.numeral),
    # fractions, ranges, dimensions
    (re.compile(rf"(\d+)?\s?([{''.join(FRACTIONS)}])"), say.vulgar),
    (re.compile(r"(?<![\w./])(\d+)[\s-](\d{1,3})/(\d{1,3})(?![\w/])"), lambda m: f"{say.cardinal(m[1])} and {say.fraction(int(m[2]), int(m[3]))}"),
    (re.compile(rf"(?<![\w./])(?:{'|'.join(PAIRS)})(?![\w/]|\.\d)"), lambda m: PAIRS[m[0]]),
    (re.compile(r"(?<![\w./])(\d{1,3})/(\d{1,3}|(?!19|20)\d{4})(?:nds?|rds?|ths?)?(?![\w/]|\.\d)"), lambda m: say.fraction(int(m[1]), int(m[2]))),
    # sums
    (re.compile(rf"(?<![\w.,])({D})\s[–—-]\s(?=(?:{D})\s?=)|(?<![\w.,-])(\d+)-(?=\d+\s?=)"), lambda m: f"{m[1] or m[2]} minus "),
    (re.compile(rf"(?<![\w.,])({D})\s?[x×]\s?(?=(?:{D})\s?=|10[\^⁰¹²³⁴⁵⁶⁷⁸⁹⁻])"), r"\1 times "),
    (re.compile(r"(?<=\w)⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda m: f" to the power of minus {unicodedata.normalize('NFKC', m[1])}"),
    (re.compile(r"(?<=\d)(?![²³](?![⁰¹²³⁴-⁹]))([⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda m: f" to the power of {unicodedata.normalize('NFKC', m[1])}"),
    (re.compile(r"(?<=\d)\^(-?)(?=\d)"), lambda m: f" to the power of {'minus ' if m[1] else ''}"),
    (re.compile(rf"(?<![\w.,-])({D})(?:[–-]|\s[–—-]\s)(?=(?:{D})(?!\w*-\d))"), r"\1 to "),
    (re.compile(rf"(?<![\w.,])({D})\s?[x×]\s?(?=\d)"), r"\1 by "),
    # units and percentages
    (re.compile(rf"(?<![\w.,])({D})m(?=\s(?:{LARGE_COUNTS})\b)"), r"\1 million"),
    (re.compile(r"\b(\d{1,2})\s(?:ft|feet|foot)\.?\s(\d{1,2})\sin\b\.?"), lambda m: f"{say.cardinal(m[1])} feet {say.cardinal(m[2])} inch{'' if m[2] == '1' else 'es'}"),
    (re.compile(rf"(?<![\w.,])({D})\sin\.(?=\s[a-z])"), lambda m: f"{say.cardinal(m[1])} inch{'' if m[1] == '1' else 'es'}"),
    (re.compile(rf"(\d)([\s-]?(?:{DOTTED_UNITS}))\.(?=\s[a-z\d])"), r"\1\2"),
    (re.compile(rf"(?<![\w.,])(?:(?<!\w)(-))?({D}|\.\d+)([\s-]?)(?!{INITIALS}(?:\.\s?[A-Z]|\s(?:[A-Z][a-z]|\d+(?:st|nd|rd|th))))({U})(?![\w²³/'])"), say.unit),
    (re.compile(rf"(?:(?<!\w)(-))?(?<![\w.,])(\.\d+|{D})\s?%"), lambda m: f"{'minus ' if m[1] else ''}{say.cardinal(m[2])} percent"),
    (re.compile(rf"(?<![\w.,])(?!401k)({D})(\s?bn|[kM])\b(?!\.\w)"), lambda m: f"{say.cardinal(m[1])} {SCALES[m[2].strip().lower()]}"),
    # abbreviations
    (re.compile(r"\b[eE]\.\s?g\.,?"), "for example,"),
    (re.compile(r"\bi\.\s?e\.,?"), "that is,"),
    # initials: U.S.A., J. R. Smith
    (re.compile(r"\bPh\.\s?D\b\.?"), say.doctorate),
    (re.compile(r"\b(?:[A-Z]\.){2,}"), say.dotted),
    (re.compile(r"(?<![\w.'])([A-HJ-Z])\.(?=\s+[A-Z][a-z.])"), say.initial),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=\s|\w)"), "with "),
    (re.compile(r"\ba\.k\.a\.?(?!\w)|\baka\b"), "also known as"),
    (re.compile(r"\band/or\b"), "and or"),
    (re.compile(rf"\b([A-Z]\w*[a-z]\s|\d(?:st|nd|rd|th)\s)({'|'.join(ROADS)})(?=,|\s*$)"), lambda m: m[1] + ROADS[m[2]]),
    (re.compile(r"\b([A-Z]\w*[a-z]\s|\d(?:st|nd|rd|th)\s)(Rd|Ave|Blvd|Ln)\b(?!\.)"), lambda m: m[1] + ROADS[m[2]]),
    (re.compile(r"(\d\s(?:[A-Z]\w*\s){1,2})St\b(?!\.)"), r"\1Street"),
    (re.compile(r"\b(St|Dr)\b\."), say.street),
    (re.compile(r"\b(St)\s(?=[A-Z])"), "Saint "),
    (re.compile(rf"\b({'|'.join(t for t in TITLES if t not in DOTTED_TITLES)})\b\.?(?=\s(?:[A-Z]|(?:and|&)\s(?:Mrs?|Ms|Dr)\b|(?:de|van|von|del|la)\s|d'[A-Z]))"), lambda m: TITLES[m[1]]),
    (re.compile(rf"\b({'|'.join(TITLES)})\.(?=\s[A-Z])"), lambda m: TITLES[m[1]]),
    (re.compile(rf"\b({'|'.join(sorted(ABBREVIATIONS, key=len, reverse=True))})\.", re.IGNORECASE), say.abbreviation),
    (re.compile(rf"\b({'|'.join(f'[{w[0].upper()}{w[0]}]{w[1:]}' for w in BEFORE_DIGITS if len(w) > 1)}|[Pp]|c)\.\s?(?=\d)|\b(Apt|Hwy)\s(?=\d)"), lambda m: BEFORE_DIGITS[(m[1] or m[2]).lower()] + " "),
    (re.compile(r"\bv\.(?=\s[A-Z])"), "versus"),
    (re.compile(r"\bet al\."), "et al"),
    (re.compile(r"\b(etc|vs)\b(?!\.)"), lambda m: ABBREVIATIONS[m[1]]),
    (re.compile(r"(\w)\((e?s)\)"), r"\1\2"),
]  # fmt: skip

FINAL: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"(?<=[A-Za-z0-9_]{{2}})\.(?=(?:{EXTENSIONS})\b)"), " dot "),
    (re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])"), " "),
    (re.compile(rf"(?<![\w.,)])-(?={D})"), "minus "),
    (re.compile(r"(?<![\d.,])(\d+(?:\.\d+){2,})(?![\w]|\.\d)"), lambda m: " point ".join(say.cardinal(p) for p in m[1].split("."))),
    (re.compile(r"(?<![\d.,])\.(\d+)"), lambda m: f"point {say.spell(m[1])}"),
    (re.compile(r"~\s?(?=\d)"), "about "),
    (re.compile(r"(?<=\d)\s?\*\s?(?=\d)"), " times "),
    (re.compile(rf"({D})"), lambda m: say.number(m[1])),
    (re.compile(r"(\w)\s?([²³])"), lambda m: f"{m[1]} {POWERS[m[2]]}"),
    (re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])"), " "),
    (re.compile(r"(?<=\w)\s?\^\s?(?=\w)"), " to the power of "),
    (re.compile(r"(?<!\w)#(?=[A-Za-z])"), "hashtag "),
    (re.compile(r"[*~^_|]"), " "),
    (re.compile("[" + re.escape("".join(SIGNS)) + "]"), lambda m: f" {SIGNS[m[0]]} "),
    (re.compile(SIGN), lambda m: f" {MONEY[m[0]][0]} "),
    (re.compile(r"\s+([,.;:!?…])"), r"\1"),
]  # fmt: skip
FOREIGN = re.compile("[\u1e00-\u1eff]")
"""Letters, most of them Vietnamese, whose codes espeak-ng reads out."""
NEEDS_RULES = re.compile(
    r"[^A-Za-z ,;:!?.\"'-]|\.(?![\"']?$)|(?<![A-Za-z])-|--|\b(?:St|aka|etc|vs|Mrs?|Ms|Dr|Prof|Rev|Capt|Lt|Sgt|Gov|Mt|Ft|Ph|Rd|Ave|Blvd|Ln|[IVX]{1,6})\b"
    rf"|\b(?:{'|'.join(ABBREVIATIONS)}|[ap]\.m|[A-Z]\.[A-Z])\.|\b(?:{'|'.join([*DAY_NAMES, *MONTH_NAMES])})[a-z]{{0,6}}-",
    re.IGNORECASE,
)
"""Most sentences contain nothing that any of these rules could match: one search spares them all the others."""


def normalise_english(text: str) -> str:
    """Clean text (`tts.text.normalise.clean`) as English words.

    Day and month in 3/4/2025 are read the American way unless the first exceeds 12; four-digit numbers from
    1100 to 2099 without a comma are read as years; a single `I` after a name is the pronoun.
    """
    text = FOREIGN.sub(lambda m: unicodedata.normalize("NFD", m[0])[0], text)
    if len(re.findall(r"[A-Z]{2,}", text)) > 2 and text.isupper():
        text = re.sub(r"\b[A-Z]+\b", say.quiet, text)
    if not NEEDS_RULES.search(text):
        return text
    for pattern, reading in RULES + FINAL:
        text = pattern.sub(reading, text)
    return text
